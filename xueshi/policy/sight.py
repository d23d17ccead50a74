"""What a condition sees: a person as of the end of a year, or one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xueshi.policy.conditions import UNKNOWN
from xueshi.policy.facts import Asked, Entry, Facts, Mark
from xueshi.policy.reading import did_you_mean
from xueshi.policy.words import Vocabulary, Word


class NotAWord(ValueError):
    """A fact or a mark that the vocabulary does not have, or not with this value."""


@dataclass(frozen=True)
class PersonSight:
    """Facts as they stood on 31 December of ``year``, and the target asked about."""

    facts: Facts
    asked: Asked
    year: int

    def value(self, word: Word) -> object:
        """See ``conditions.Sight``. An event still ahead is known not to have happened."""
        known = self.asked.target if word.name == "target" else self.facts.get(word.name)
        if known is None:
            return UNKNOWN if word.absent == "unknown" else _none(word)
        last = date(self.year, 12, 31)
        if word.kind == "event":
            days = known if isinstance(known, tuple) else (known,)
            return tuple(day for day in days if isinstance(day, date) and day <= last)
        if word.kind == "word":
            return _held(known, last)
        return known


@dataclass(frozen=True)
class EntrySight:
    """The marks of an entry; one that it does not carry is *no*."""

    says: Mapping[str, Mark]
    year: int

    def value(self, word: Word) -> object:
        """See ``conditions.Sight``."""
        said = self.says.get(word.name)
        if said is None:
            return _none(word)
        if word.kind in ("word", "event"):
            return said if isinstance(said, tuple) else (said,)
        return said


def _none(word: Word) -> object:
    if word.kind in ("word", "event"):
        return ()
    return False if word.kind == "flag" else None


def _held(known: object, last: date) -> tuple[str, ...]:
    """The word held on a day: always this one, or the newest that had begun."""
    if isinstance(known, str):
        return (known,)
    begun = [word for day, word in known if day <= last]  # type: ignore[attr-defined]
    return (begun[-1],) if begun else ()


def check_facts(facts: Facts, words: Vocabulary) -> None:
    """Refuse what the vocabulary does not know: a misspelt fact must not become a missing one."""
    for name, value in facts.known.items():
        _check(words.facts, "fact", name, value)


def check_entry(entry: Entry, words: Vocabulary) -> None:
    """The same for the marks of an entry."""
    for name, value in entry.says.items():
        _check(words.entries, "mark of an entry", name, value)


def _check(words: Mapping[str, Word], what: str, name: str, value: object) -> None:
    word = words.get(name)
    if word is None:
        raise NotAWord(f"{name!r} is no {what}.{did_you_mean(name, words)}")
    if not _fits(word, value):
        meant = did_you_mean(value, word.values) if isinstance(value, str) else ""
        raise NotAWord(f"{value!r} is not a value of {name!r}, which is a {word.kind}.{meant}")


def _fits(word: Word, value: object) -> bool:
    many = value if isinstance(value, tuple) else (value,)
    if word.kind == "word":
        names = [pair[1] if isinstance(pair, tuple) and len(pair) == 2 else pair for pair in many]
        return all(isinstance(name, str) and name in word.values for name in names)
    if word.kind == "event":
        return all(isinstance(day, date) for day in many)
    if word.kind == "flag":
        return isinstance(value, bool)
    if word.kind == "date":
        return isinstance(value, date)
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
