"""Conditions on a person and filters on an entry: keys that hold, do not hold, or cannot be told.

There are no expressions: every key must hold, a list of words is "any of these". A missing fact is
Kleene's third value, written None; ``unknown`` names the facts that would settle it. ``condition_reading``
reads them from a file; ``columns`` says the same of a population.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Protocol, TypeAlias

from xueshi.policy.words import Word

Bound: TypeAlias = int | Decimal | Fraction | date
Bounds: TypeAlias = tuple[tuple[str, Bound], ...]
Spell: TypeAlias = tuple[date, date | None]


class Unknown(Enum):
    """The value of a fact that nobody recorded."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


class Sight(Protocol):
    """What a condition may look at: a person, or an entry, as of the end of a year."""

    @property
    def year(self) -> int:
        """The year judged."""

    @property
    def first_day(self) -> date:
        """Its first day, by the calendar of the instrument."""

    @property
    def last_day(self) -> date:
        """Its last day."""

    def value(self, word: Word) -> object:
        """The value now, ``None`` where it is known to be none, ``UNKNOWN`` where it is not known.

        A word or name is a tuple of strings, an event a tuple of days, a spell a tuple of (from, to).
        """

    def year_of(self, day: date) -> int:
        """The year to which a day belongs, by the same calendar."""

    def asked_for(self, mark: str) -> str | None:
        """What the question names under a mark, such as the specialty applied for."""

    def basis(self, of: str) -> int | None:
        """What a share is a share of: ``required``, ``accumulated``, or a year's need by its id."""


class Condition(Protocol):
    """Something that holds, does not hold, or cannot be told (None)."""

    def holds(self, sight: Sight) -> bool | None:
        """True, False, or None when a fact is missing."""

    def unknown(self, sight: Sight) -> frozenset[str]:
        """The facts that are missing and could matter."""


def lacking(word: Word, sight: Sight) -> frozenset[str]:
    """The recorded facts that a word of unknown value hangs on; a defined word names those of its rows.

    A defined word of which no row holds, though every fact is known, names itself.
    """
    if word.rows:
        return frozenset().union(*(row.unknown(sight) for _, row in word.rows)) or frozenset({word.name})
    return frozenset({(word.years_since or word).name})


@dataclass(frozen=True, slots=True)
class _OfWord:
    word: Word

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        return lacking(self.word, sight) if sight.value(self.word) is UNKNOWN else frozenset()


@dataclass(frozen=True, slots=True)
class Among(_OfWord):
    """The word is one of these."""

    values: frozenset[str]

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        value = sight.value(self.word)
        if value is UNKNOWN:
            return None
        return isinstance(value, tuple) and not self.values.isdisjoint(value)


@dataclass(frozen=True, slots=True)
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


def within(value: Bound, bounds: Bounds) -> bool:
    """Within every bound."""
    return all(COMPARISONS[name](value, bound) for name, bound in bounds)


@dataclass(frozen=True, slots=True)
class Between(_OfWord):
    """A number, a day, or the rank of an ordered word, compared with bounds; all must hold."""

    bounds: Bounds

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``. What is known to be none lies within no bounds."""
        value = sight.value(self.word)
        if value is UNKNOWN:
            return None
        if isinstance(value, tuple):
            return any(within(self.word.rank(word), self.bounds) for word in value)
        return isinstance(value, int | Decimal | Fraction | date) and within(value, self.bounds)


@dataclass(frozen=True, slots=True)
class Happened(_OfWord):
    """An event on some day within the bounds (and in the year judged, where that is asked)."""

    bounds: Bounds
    in_year: bool

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        days = sight.value(self.word)
        if days is UNKNOWN:
            return None
        return isinstance(days, tuple) and any(
            (not self.in_year or sight.first_day <= day <= sight.last_day) and within(day, self.bounds) for day in days
        )


@dataclass(frozen=True, slots=True)
class Lasted(_OfWord):
    """A spell (leave, an appointment) that covers so many ``months`` or ``days`` of the year judged.

    Months run from a day to the day before the same day of a later month; ``unit`` "" asks for a single day.
    """

    unit: str
    bounds: Bounds

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        spells = sight.value(self.word)
        if spells is UNKNOWN:
            return None
        shared = months_shared if self.unit == "months" else days_shared
        number = shared(spells, sight.first_day, sight.last_day)  # type: ignore[arg-type]  # spells by the word's kind
        return within(number, self.bounds) if self.unit else number > 0


def days_shared(spells: tuple[Spell, ...], first: date, last: date) -> int:
    """How many days of a year the spells cover; both ends of a spell belong to it."""
    pieces = ((max(start, first), min(end or last, last)) for start, end in spells)
    return sum(max(0, (end - start).days + 1) for start, end in pieces)


def months_shared(spells: tuple[Spell, ...], first: date, last: date) -> int:
    """How many whole months of a year each spell covers, added: 1 February to 30 April are three."""
    pieces = ((max(start, first), min(end or last, last) + timedelta(days=1)) for start, end in spells)
    return sum(
        max(0, (after.year - start.year) * 12 + after.month - start.month - (after.day < start.day))
        for start, after in pieces
    )


@dataclass(frozen=True, slots=True)
class Aged:
    """Has reached the age of their sex by the last day of the year judged (``{male: 55, female: 50}``)."""

    born: Word
    sex: Word
    limits: tuple[tuple[str, int], ...]

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``. Without the sex it is told only where every limit says the same."""
        sex, born = sight.value(self.sex), sight.value(self.born)
        if sex is UNKNOWN:
            reached = {self._reached(born, limit, sight) for _, limit in self.limits}
            return reached.pop() if len(reached) == 1 and len(self.limits) == len(self.sex.values) else None
        for name, limit in self.limits:
            if isinstance(sex, tuple) and name in sex:
                return self._reached(born, limit, sight)
        return False

    def _reached(self, born: object, limit: int, sight: Sight) -> bool | None:
        if not isinstance(born, date):
            return None
        last = sight.last_day
        return (last.year - born.year - ((last.month, last.day) < (born.month, born.day))) >= limit

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        if self.holds(sight) is not None:
            return frozenset()
        return frozenset(word.name for word in (self.born, self.sex) if sight.value(word) is UNKNOWN)


@dataclass(frozen=True, slots=True)
class Says:
    """The entry carries the mark at all."""

    word: Word

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        return sight.value(self.word) not in ((), None, False, UNKNOWN)

    def unknown(self, sight: Sight) -> frozenset[str]:
        """Never anything: what an entry does not say is no."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Matches:
    """The entry's mark is the one the question names; a question that names none is matched by all (HT-07)."""

    word: Word

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        asked = sight.asked_for(self.word.name)
        return asked is None or asked in sight.value(self.word)  # type: ignore[operator]  # a name is a tuple

    def unknown(self, sight: Sight) -> frozenset[str]:
        """Never anything."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no parts, always."""

    parts: tuple[Condition, ...] = ()

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        answer: bool | None = True
        for part in self.parts:
            one = part.holds(sight)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        return frozenset().union(*(p.unknown(sight) for p in self.parts if p.holds(sight) is None))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...] = ()

    def holds(self, sight: Sight) -> bool | None:
        """See ``Condition``."""
        answer: bool | None = False
        for part in self.parts:
            one = part.holds(sight)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Condition``."""
        return frozenset().union(*(p.unknown(sight) for p in self.parts if p.holds(sight) is None))


@dataclass(frozen=True, slots=True)
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
