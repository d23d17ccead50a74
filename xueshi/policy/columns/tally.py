"""Entries as columns: of each year and kind the hours and how many.

The long form, one row per entry: ``person`` (Int64), ``alike`` (Int32: which of the given sets of marks it says),
``on`` (Date), ``for_year`` (Int16, null or the year booked for), ``parts`` (Int32: hours in 1/1800, null where none are
said) and ``count`` (Int8: 1, and -1 for a line that takes another back, whose parts are below nothing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import gcd
from typing import TypeAlias

import numpy as np
import polars as pl

from xueshi.policy.calendar import Calendar
from xueshi.policy.columns.layout import Kind
from xueshi.policy.columns.states import Frame, Numbers, days
from xueshi.policy.facts import Mark

Says: TypeAlias = Mapping[str, Mark]
_Key: TypeAlias = tuple[tuple[tuple[str, str, Mark], ...], bool, str, str, int | None]
_MOST = 2**15 - 1


class TooMany(ValueError):
    """More entries or hours of a kind in a year than a column holds."""


@dataclass
class Kinds:
    """Kinds of entries and their numbers, as they are met; begun with those of a frame before."""

    met: dict[_Key, Kind] = field(default_factory=dict)
    free: int = 0  # the next number
    cut: bool = False  # there are entries of other years

    @classmethod
    def of(cls, kinds: tuple[Kind, ...]) -> Kinds:
        return cls({_key(kind): kind for kind in kinds}, 1 + max((kind.id for kind in kinds), default=-1))

    def meet(self, kind: Kind) -> Kind:
        """The kind with its number; its years and bounds widened by what is met."""
        key = _key(kind)
        known = self.met.get(key)
        if known is None:
            made = replace(kind, id=self.free)
            self.free += 1
        else:
            most = None if known.most is None or kind.most is None else max(known.most, kind.most)
            years = tuple(sorted({*known.years, *kind.years}))
            step = gcd(known.step, kind.step)
            made = replace(known, years=years, least=min(known.least, kind.least), most=most, step=step)
        self.met[key] = made
        return made

    @property
    def all(self) -> tuple[Kind, ...]:
        return tuple(sorted(self.met.values(), key=lambda kind: kind.id))


def _key(kind: Kind) -> _Key:
    says = tuple(sorted((name, type(value).__name__, value) for name, value in kind.says.items()))
    return says, kind.hours, kind.first, kind.last, kind.for_year


@dataclass(frozen=True)
class Slots:
    """Days that no line of the law tells apart: ``of`` gives the slot of each day from ``begins`` on."""

    begins: int
    of: Numbers
    spans: tuple[tuple[int, str, str], ...]  # year, first and last day in it


def slots(first: int, last: int, cuts: tuple[date, ...], calendar: Calendar) -> Slots:
    """The slots of the days ``first`` to ``last``; a new one begins on each of ``cuts`` and with each year."""
    epoch = date(1970, 1, 1)
    one_after = epoch + timedelta(last + 1)
    year = calendar.year_of(epoch + timedelta(first))
    of = np.zeros(last - first + 1, dtype=np.int32)
    spans: list[tuple[int, str, str]] = []
    while calendar.first_day(year) < one_after:
        opens, after = calendar.first_day(year), calendar.first_day(year + 1)
        begins = [opens, *sorted({cut for cut in cuts if opens < cut < after})]
        for begin, end in zip(begins, [*begins[1:], after], strict=True):
            if len(begins) == 1:
                spans.append((year, "01-01", "12-31"))
            else:
                spans.append((year, f"{begin:%m-%d}", f"{end - timedelta(1):%m-%d}"))
            low, high = max(days(begin) - first, 0), max(days(end) - first, 0)
            of[low:high] = len(spans) - 1
        year += 1
    return Slots(first, of, tuple(spans))


def tally(
    entries: pl.DataFrame, at: Numbers, alikes: Mapping[int, Says], frame: Frame, cuts: tuple[date, ...], kinds: Kinds
) -> list[pl.Series]:
    """The columns ``h<year>_<kind>`` and ``n<year>_<kind>``; ``at`` is the row of each entry. ``kinds`` grows.

    Columns that nothing is left of after what was taken back are not made. Raises TooMany.
    """
    if not len(entries):
        return []
    day = entries["on"].to_physical().to_numpy()
    cut = slots(int(day.min()), int(day.max()), cuts, frame.calendar)
    slot = cut.of[day - cut.begins]
    said = entries["parts"].is_not_null().to_numpy()
    parts = entries["parts"].fill_null(0).to_numpy()
    count = entries["count"].to_numpy()
    years = np.array([year for year, _, _ in cut.spans], dtype=np.int64)
    booked = entries["for_year"].cast(pl.Int64).fill_null(0).to_numpy()
    booked = np.where(booked == years[slot], 0, booked)
    code = _code(entries["alike"].to_numpy(), slot, booked, said)
    made: list[pl.Series] = []
    for own in _together(code):
        one = own[0]
        year, first, last = cut.spans[slot[one]]
        worth = np.abs(parts[own])
        says, late = alikes[int(entries["alike"][int(one)])], int(booked[one]) or None
        kind = Kind(-1, says, (year,), bool(said[one]), first, last, late)
        if kind.hours:
            step = int(np.gcd.reduce(worth)) or 1
            kind = replace(kind, least=int(worth.min()), most=int(worth.max()), step=step)
        if year not in frame.years:
            kinds.cut = True
        else:
            made += _columns(kind, at[own], parts[own], count[own], frame.rows, kinds)
    return made


def _columns(kind: Kind, at: Numbers, parts: Numbers, count: Numbers, rows: int, kinds: Kinds) -> Iterator[pl.Series]:
    many = np.bincount(at, weights=count, minlength=rows)
    hours = np.bincount(at, weights=parts, minlength=rows)
    if not many.any() and not hours.any():
        return
    if many.max() > _MOST or hours.max() >= 2**31:
        raise TooMany(f"more than a column holds: {dict(kind.says)} in {kind.years[0]}")
    met, (year,) = kinds.meet(kind), kind.years
    if kind.hours:
        yield pl.Series(f"h{year}_{met.id}", hours.astype(np.int32))
    yield pl.Series(f"n{year}_{met.id}", many.astype(np.int16))


def _code(alike: Numbers, slot: Numbers, booked: Numbers, said: Numbers) -> Numbers:
    """One whole number for what tells entries apart, as small as may be."""
    late = booked != 0
    years = np.where(late, booked - booked[late].min() + 1, 0) if late.any() else booked
    code = alike.astype(np.int64)
    for part in (slot, years, said):
        code = code * (int(part.max()) + 1) + part
    return code


def _together(code: Numbers) -> Iterator[Numbers]:
    """The rows of each code, in the order of codes."""
    least, most = int(code.min()), int(code.max())
    if most - least < 1 << 22:
        present = np.flatnonzero(np.bincount(code - least))
        number = np.zeros(most - least + 1, dtype=np.int32)
        number[present] = np.arange(len(present), dtype=np.int32)
        dense = number.astype(np.int16 if len(present) <= _MOST else np.int32)[code - least]  # short: sorted by radix
    else:
        _, dense = np.unique(code, return_inverse=True)
    order = np.argsort(dense, kind="stable")
    ends = np.cumsum(np.bincount(dense))
    yield from np.split(order, ends[:-1])
