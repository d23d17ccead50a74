"""What the columns of a wide frame mean: one row per person, as it stood on one day.

Entries that say the same are alike (a ``Kind``). Of each kind and year the frame has

* ``h<year>_<kind>``: the hours of such entries, summed, in parts of 1/1800 hour (Int32; 0 for none);
* ``n<year>_<kind>``: how many there are (Int16; 0 for none).

``year`` is the year of the day of the entry by ``Layout.calendar``, never the year it is booked for. Neither is ever
null. A kind
without hours (``hours`` False) has only the second.

A fact is one column or more (``Fact.columns``), as the fact stood at the end of a year:

======  ======================================================================================================
word    ``""``: Int16 code by ``Fact.codes``; null: nobody knows; -1: known to be none. A name is the same
flag    ``""``: Boolean; null: nobody knows
date    ``""``: Int32 yyyymmdd; null: nobody knows; 0: known to be none
number  ``""``: Int32 in 1/1800ths; null: nobody knows; -1: known to be none
event   ``first`` and ``last``: the first and the last such day up to the year's end, Int32 yyyymmdd; both null:
        nobody knows; both 0: known not to have happened
spell   ``days`` and ``months``: how many of the year all spells cover (Int16; ``conditions.days_shared`` and
        ``months_shared``); ``start``: the day on which the latest one
        begins that begins before the year ends (Int32 yyyymmdd; 0: there is none); both null: nobody knows
======  ======================================================================================================

What a fact's ``absent: no`` means is already in the columns: the null of such a fact is written as none (a flag
as False).
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.facts import Mark

NO_WORD = -1
NO_DAY = 0
NO_NUMBER = -1
MOST_HOURS = 2**26  # parts of one kind in one year: 37,000 hours, so that sums fit 32 bits
PARTS_OF_FACT = {
    "word": ("",),
    "name": ("",),
    "flag": ("",),
    "date": ("",),
    "number": ("",),
    "event": ("first", "last"),
    "spell": ("days", "months", "start"),
}


class NotALayout(ValueError):
    """A description of columns that contradicts itself, or is of another version."""


@dataclass(frozen=True)
class Kind:
    """Entries that say the same: their marks, and what else decides about them.

    ``first`` and ``last`` are the days between which such entries lie in their year (``MM-DD``, both included):
    a notice that draws a line inside a year needs kinds that do not straddle it. ``for_year`` is what
    ``facts.Entry`` says of something made up later. Every single entry has at least ``least`` and at most ``most``
    parts, and a multiple of ``step``; with ``least == most`` all are worth the same.
    """

    id: int
    says: Mapping[str, Mark] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    hours: bool = True
    first: str = "01-01"
    last: str = "12-31"
    for_year: int | None = None
    least: int = 0
    most: int | None = None
    step: int = 1

    def days(self, year: int, calendar: Calendar = CIVIL) -> tuple[date, date]:
        """The first and the last day on which such an entry can lie in a year; all of it by default."""
        if (self.first, self.last) == ("01-01", "12-31"):
            return calendar.first_day(year), calendar.last_day(year)
        return _day(year, self.first, calendar), _day(year, self.last, calendar)


@dataclass(frozen=True)
class Fact:
    """A fact at the end of some years: the columns that hold it.

    ``columns`` is empty for a fact that is recorded of nobody at all. ``full``: none of them has a null. ``few``:
    nobody has more than two such days (an event), so that the first and the last are all.
    """

    word: str
    kind: str
    years: tuple[int, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    full: bool = False
    few: bool = True


@dataclass(frozen=True)
class Layout:
    """One wide frame. ``on`` is the day it stands for; ``years`` those whose entries it holds, all of them.

    A year begins and ends by ``calendar``, for entries and for facts. Nobody has an entry in a year that is not
    among ``years``, unless it is ``cut`` off: then asking for another year is beyond it.

    An entry whose marks are not among ``kinds`` does not exist in this frame. ``region`` and ``unit`` are columns to
    group by, or "" where there are none; ``person`` is who the row is about.
    """

    on: date
    years: tuple[int, ...]
    kinds: tuple[Kind, ...]
    facts: tuple[Fact, ...]
    calendar: Calendar = CIVIL
    cut: bool = False
    person: str = "person"
    region: str = "region"
    unit: str = "unit"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse two kinds of one number, a kind in a year that is not here, and half a fact."""
        if len({kind.id for kind in self.kinds}) != len(self.kinds):
            raise NotALayout("two kinds of entries have the same number")
        for kind in self.kinds:
            if not set(kind.years) <= set(self.years):
                raise NotALayout(f"kind {kind.id} has years that the frame does not have")
        for fact in self.facts:
            if fact.columns and tuple(sorted(fact.columns)) != PARTS_OF_FACT[fact.kind]:
                raise NotALayout(f"{fact.word!r} is a {fact.kind}, which needs {PARTS_OF_FACT[fact.kind]}")

    def hours(self, year: int, kind: Kind) -> str:
        """The column of the hours of a kind in a year."""
        return f"h{year}_{kind.id}"

    def count(self, year: int, kind: Kind) -> str:
        """The column of how many there are."""
        return f"n{year}_{kind.id}"

    @cached_property
    def _facts(self) -> Mapping[tuple[str, int], Fact]:
        return {(fact.word, year): fact for fact in self.facts for year in fact.years}

    def fact(self, word: str, year: int) -> Fact | None:
        """The columns of a fact as it stood at the end of a year, or None if the frame does not have it."""
        return self._facts.get((word, year))

    def to_json(self) -> str:
        """The same as text, the same text for the same layout."""
        return json.dumps(asdict(self), default=_plain, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """The layout that ``to_json`` wrote; ``NotALayout`` if it is of another version."""
        found = json.loads(text)
        if found["version"] != cls.version:
            raise NotALayout(f"version {found['version']} of a layout, expected {cls.version}")
        kinds = tuple(
            Kind(**one | {"says": {name: _mark(said) for name, said in one["says"].items()}, "years": (*one["years"],)})
            for one in found.pop("kinds")
        )
        facts = tuple(Fact(**one | {"years": (*one["years"],)}) for one in found.pop("facts"))
        found["calendar"] = Calendar(**found["calendar"])
        on, years = date.fromisoformat(found.pop("on")["day"]), (*found.pop("years"),)
        return cls(on, years, kinds, facts, **found)


def _day(year: int, day: str, calendar: Calendar) -> date:
    month, of_month = (int(part) for part in day.split("-"))
    days = (date(y, month, min(of_month, monthrange(y, month)[1])) for y in (year - 1, year, year + 1))
    return next(on for on in days if calendar.year_of(on) == year)


def _plain(value: object) -> object:
    """What JSON has no form for: a day and a number, each under its name."""
    return {"day": value.isoformat()} if isinstance(value, date) else {"number": str(value)}


def _mark(value: object) -> Mark:
    """What ``_plain`` wrote."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return date.fromisoformat(value["day"]) if "day" in value else Decimal(value["number"])
    return value  # type: ignore[return-value]  # strings, flags and whole numbers are themselves
