"""Conditions on a person and filters on an entry: keys that hold, do not hold, or cannot be told.

There are no expressions: every key must hold, a list of words is "any of these". A missing fact is
Kleene's third value, written None; ``unknown`` names the facts that would settle it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Protocol, TypeAlias

from xueshi.policy.reading import Here, did_you_mean
from xueshi.policy.words import Word

Bound: TypeAlias = int | Decimal | Fraction | date


class Unknown(Enum):
    """The value of a fact that nobody recorded."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


class Sight(Protocol):
    """What a condition may look at: a person, or an entry, as of the end of a year."""

    @property
    def year(self) -> int:
        """The year judged."""

    def value(self, word: Word) -> object:
        """The value now, ``None`` where it is known to be none, ``UNKNOWN`` where it is not known.

        A word is a tuple of strings, an event a tuple of days.
        """


class Condition(Protocol):
    """Something that holds, does not hold, or cannot be told (None)."""

    def holds(self, sight: Sight) -> bool | None:
        """True, False, or None when a fact is missing."""

    def unknown(self, sight: Sight) -> frozenset[str]:
        """The facts that are missing and could matter."""


@dataclass(frozen=True)
class _OfWord:
    word: Word

    def unknown(self, sight: Sight) -> frozenset[str]:
        missing = sight.value(self.word) is UNKNOWN
        return frozenset({self.word.name}) if missing else frozenset()


@dataclass(frozen=True)
class Among(_OfWord):
    """The word is one of these."""

    values: frozenset[str]

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        value = sight.value(self.word)
        if value is UNKNOWN:
            return None
        return isinstance(value, tuple) and not self.values.isdisjoint(value)


@dataclass(frozen=True)
class IsSo(_OfWord):
    """The flag is as said."""

    so: bool

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        value = sight.value(self.word)
        return None if value is UNKNOWN else (value is True) == self.so


COMPARISONS: Mapping[str, Callable[[Bound, Bound], bool]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "up_to": operator.le,
    "below": operator.lt,
    "since": operator.ge,
    "after": operator.gt,
    "by": operator.le,
    "before": operator.lt,
}


@dataclass(frozen=True)
class Between(_OfWord):
    """A number, a day, or the rank of an ordered word, compared with bounds; all must hold."""

    bounds: tuple[tuple[str, Bound], ...]

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``. What is known to be none lies within no bounds."""
        value = sight.value(self.word)
        if value is UNKNOWN:
            return None
        if isinstance(value, tuple):
            return any(self.fits(self.word.rank(word)) for word in value)
        return isinstance(value, int | Decimal | Fraction | date) and self.fits(value)

    def fits(self, value: Bound) -> bool:
        """Within every bound."""
        return all(COMPARISONS[name](value, bound) for name, bound in self.bounds)


@dataclass(frozen=True)
class Happened(_OfWord):
    """An event on some day within the bounds (and in the year judged, where that is asked)."""

    bounds: tuple[tuple[str, Bound], ...]
    in_year: bool

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        days = sight.value(self.word)
        if days is UNKNOWN:
            return None
        return isinstance(days, tuple) and any(
            (not self.in_year or day.year == sight.year)
            and all(COMPARISONS[name](day, bound) for name, bound in self.bounds)
            for day in days
        )


@dataclass(frozen=True)
class AllOf:
    """Every part holds; with no parts, always."""

    parts: tuple[Condition, ...] = ()

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        answers = [part.holds(sight) for part in self.parts]
        if False in answers:
            return False
        return None if None in answers else True

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        return frozenset().union(*(p.unknown(sight) for p in self.parts if p.holds(sight) is None))


@dataclass(frozen=True)
class AnyOf(AllOf):
    """At least one part holds."""

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        answers = [part.holds(sight) for part in self.parts]
        if True in answers:
            return True
        return None if None in answers else False


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        answer = self.part.holds(sight)
        return None if answer is None else not answer

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        return self.part.unknown(sight)


ALWAYS: Condition = AllOf()
NEVER: Condition = AnyOf()

_LATER = ("age", "matching", "says", "course")


def read_condition(here: Here, words: Mapping[str, Word], used: dict[str, Word]) -> Condition:
    """The condition that stands here; every word it uses is noted in ``used``."""
    parts: list[Condition] = []
    for key, place in here.all_fields().items():
        if key == "any":
            parts.append(AnyOf(tuple(read_condition(p, words, used) for p in place.items())))
        elif key == "not":
            parts.append(Not(read_condition(place, words, used)))
        elif key in words:
            used[key] = words[key]
            parts.append(_of_word(words[key], place))
        elif key in _LATER:
            raise place.refuse(f"{key!r} is not understood by this version")
        else:
            meant = did_you_mean(key, (*words, "any", "not"))
            raise here.refuse(f"{key!r} is not a word of the vocabulary here.{meant}")
    if not parts:
        raise here.refuse("a condition is expected here")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _of_word(word: Word, here: Here) -> Condition:
    if word.kind == "flag":
        return IsSo(word, here.flag())
    if word.kind == "event":
        return _event(word, here)
    if word.kind == "word" and not (word.ordered and isinstance(here.node.value, dict)):
        return Among(word, _values(word, here))
    if word.kind == "number" and not isinstance(here.node.value, dict):
        same = here.fraction()
        return Between(word, (("at_least", same), ("up_to", same)))
    return Between(word, _bounds(word, here))


def _values(word: Word, here: Here) -> frozenset[str]:
    named = here.words((*word.values, *word.groups), f"a value of {word.name!r}")
    return frozenset(v for name in named for v in word.groups.get(name, (name,)))


def _bounds(word: Word, here: Here) -> tuple[tuple[str, Bound], ...]:
    days = word.kind in ("date", "event")
    names = ("since", "after", "by", "before") if days else ("at_least", "above", "up_to", "below")
    found = here.fields(names)
    if not found:
        raise here.refuse(f"one of {', '.join(names)} is expected here")
    return tuple((name, _bound(word, place)) for name, place in found.items())


def _bound(word: Word, here: Here) -> Bound:
    if word.kind == "word":
        return word.rank(here.word(word.values, f"a value of {word.name!r}"))
    return here.fraction() if word.kind == "number" else here.day()


def _event(word: Word, here: Here) -> Condition:
    found = here.all_fields()
    if set(found) == {"in"}:
        found["in"].word(("year",), "year")
        return Happened(word, (), in_year=True)
    return Happened(word, _bounds(word, here), in_year=False)
