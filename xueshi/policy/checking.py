"""What is known of a person and of an entry, checked before anything is judged.

A misspelt fact must not become a missing one, and two facts that cannot both be true must not decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from xueshi.policy.facts import Facts, Mark
from xueshi.policy.reading import did_you_mean
from xueshi.policy.words import Vocabulary, Word


class NotAWord(ValueError):
    """A fact or a mark that the vocabulary does not have, or not with this value."""


class Contradiction(ValueError):
    """Facts that cannot all be true of one person."""


def check_facts(facts: Facts, words: Vocabulary, last_day: date | None = None) -> None:
    """Refuse what the vocabulary does not know (``NotAWord``) and what cannot be (``Contradiction``).

    ``last_day`` is the end of the year judged: nobody who is judged was born after it.
    """
    for name, value in facts.known.items():
        word = words.facts.get(name)
        if word is None:
            raise NotAWord(f"{name!r} is no fact.{did_you_mean(name, words.facts)}")
        if not (isinstance(value, str) and value in word.values) and not _fits(word, value):
            raise _unfit(word, value)
    born = facts.get("born")
    if isinstance(born, date):
        _check_life(facts, words, born, last_day)


def check_marks(says: Mapping[str, Mark], words: Vocabulary) -> None:
    """The same for the marks of an entry."""
    for name, value in says.items():
        word = words.entries.get(name)
        if word is None:
            raise NotAWord(f"{name!r} is no mark of an entry.{did_you_mean(name, words.entries)}")
        many = isinstance(value, tuple) and word.kind in ("word", "name")
        if not all(_fits(word, one) for one in value) if many else not _fits(word, value):  # type: ignore[union-attr]
            raise _unfit(word, value)


def _unfit(word: Word, value: object) -> NotAWord | Contradiction:
    if isinstance(value, tuple) and word.kind in ("word", "name"):
        values = [one[1] if isinstance(one, tuple) and len(one) == 2 else one for one in value]
        if all(isinstance(one, str) and (word.kind == "name" or one in word.values) for one in values):
            held = " and ".join(repr(one) for one in values)
            return Contradiction(f"{word.name!r} cannot be {held} at once; give each the day from which it is held")
    if isinstance(value, tuple) and word.kind == "spell":
        return Contradiction(f"{word.name!r}: a spell ends before it begins, or two overlap: {_said(value)}")
    meant = did_you_mean(value, word.values) if isinstance(value, str) else ""
    return NotAWord(f"{value!r} is not a value of {word.name!r}, which is a {word.kind}.{meant}")


def _said(value: object) -> str:
    return str(value).replace("datetime.date", "")


def _fits(word: Word, value: object) -> bool:
    kind = word.kind
    if kind in ("word", "name"):
        if isinstance(value, str):
            return bool(value) if kind == "name" else value in word.values
        return _is_dated(word, value)
    if kind == "event":
        return all(isinstance(day, date) for day in (value if isinstance(value, tuple) else (value,)))
    if kind == "spell":
        return _are_spells(value)
    if kind in ("flag", "number") and isinstance(value, tuple):
        return _is_dated(word, value)
    return _is_one(word, value)


def _is_one(word: Word, value: object) -> bool:
    """A single value of the word's kind; "" among dated words says that it is none from then on."""
    if word.kind in ("word", "name"):
        return isinstance(value, str) and (word.kind == "name" or value in word.values or not value)
    if word.kind == "flag":
        return isinstance(value, bool)
    if word.kind == "date":
        return isinstance(value, date)
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0


def _is_dated(word: Word, value: object) -> bool:
    """(day, value) pairs, no two from the same day."""
    if not isinstance(value, tuple):
        return False
    days = [pair[0] for pair in value if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], date)]
    if len(days) != len(value) or len(set(days)) != len(days):
        return False
    return all(_is_one(word, pair[1]) for pair in value)


def _are_spells(value: object) -> bool:
    if not isinstance(value, tuple):
        return False
    end = date.min
    for number, one in enumerate(value, 1):
        if not isinstance(one, tuple) or len(one) != 2 or not isinstance(one[0], date):
            return False
        if one[0] <= end and number > 1:
            return False
        end = one[1] if isinstance(one[1], date) else date.max
        if one[1] is not None and (not isinstance(one[1], date) or one[1] < one[0]):
            return False
    return True


def _check_life(facts: Facts, words: Vocabulary, born: date, last_day: date | None) -> None:
    if last_day is not None and born > last_day:
        raise Contradiction(f"born on {born}, after the end of the year that is judged ({last_day})")
    for name, value in facts.known.items():
        if words.facts[name].kind != "event":
            continue
        days = value if isinstance(value, tuple) else (value,)
        early = [day for day in days if isinstance(day, date) and day < born]
        if early:
            raise Contradiction(f"{name!r} on {early[0]}, before the person was born on {born}")
