"""Dated facts as columns: what was held at the end of each year.

The long form, one row per fact: ``person`` (Int64), ``word``, ``value`` (both String), ``since`` and ``until`` (Date;
null since: always, null until: still; ``until`` is the first day it no longer holds). The facts of one word of one
person do not overlap; where they do, the one that began last holds. Values are written so:

======  =========================================================================
word    one of its values; ``""`` known to be none. A name is the same
flag    ``true``, ``false``
date    ``2015-07-01``; ``""`` known to be none
number  ``12.5``; ``""`` known to be none
event   ``yes`` on the day ``since``; ``no`` where there was none
spell   ``yes`` from ``since`` until the day before ``until``; ``no`` where there was none
======  =========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from xueshi.policy.calendar import Calendar
from xueshi.policy.columns.layout import NO_DAY, NO_NUMBER, NO_WORD, PARTS_OF_FACT, Fact
from xueshi.policy.whole import PARTS
from xueshi.policy.words import Word

Numbers: TypeAlias = npt.NDArray[Any]

TYPES: Mapping[tuple[str, str], Any] = {
    ("word", ""): pl.Int16,
    ("name", ""): pl.Int16,
    ("flag", ""): pl.Boolean,
    ("date", ""): pl.Int32,
    ("number", ""): pl.Int32,
    ("event", "first"): pl.Int32,
    ("event", "last"): pl.Int32,
    ("spell", "days"): pl.Int16,
    ("spell", "months"): pl.Int16,
    ("spell", "start"): pl.Int32,
}
NONE: Mapping[str, int] = {
    "word": NO_WORD, "name": NO_WORD, "flag": 0, "date": NO_DAY, "number": NO_NUMBER, "event": NO_DAY, "spell": NO_DAY,
}  # fmt: skip
_NULL = -(2**31)  # inside this module: nobody knows
_ALWAYS, _STILL = -719_162, 2**31 - 1  # the first day there is, and one after all others


class NotAFact(ValueError):
    """A value that its word does not have, or a person who is not there."""


@dataclass(frozen=True)
class Frame:
    """What the columns of one gathering share: how many rows, which years and when they end."""

    rows: int
    years: tuple[int, ...]
    calendar: Calendar
    on: date

    @property
    def ends(self) -> tuple[int, ...]:
        """The last day of each year, as days since 1970."""
        return tuple(days(self.calendar.last_day(year)) for year in self.years)


def _months(first: Numbers, after: Numbers) -> Numbers:
    """Whole months from a day to another, both as days since 1970."""
    ends = [np.clip(day, -200_000, 200_000).astype("datetime64[D]") for day in (first, after)]
    months = [day.astype("datetime64[M]") for day in ends]
    of_month = [(day - month.astype("datetime64[D]")).astype(int) for day, month in zip(ends, months, strict=True)]
    found: Numbers = (months[1] - months[0]).astype(int) - (of_month[1] < of_month[0])
    return found


def days(day: date) -> int:
    """A day as Polars counts it."""
    return (day - date(1970, 1, 1)).days


def default(fact: Fact, absent: str) -> int | bool | None:
    """What a row says of whom nothing is recorded: null, or none where absence means no."""
    if absent == "unknown":
        return None
    return False if fact.kind == "flag" else NONE[fact.kind]


def constant(column: pl.Series, word: Word, years: tuple[int, ...]) -> tuple[pl.Series, Fact]:
    """A fact that never changes: a word (String) or a date (Date), null where nobody knows."""
    codes = {value: code for code, value in enumerate(word.values)} if word.kind == "word" else {}
    name = f"f_{word.name}"
    if word.kind == "word":
        made = _coded(column, word, codes).cast(pl.Int16).alias(name)
    else:
        made = _as_day(column).alias(name)
    if word.absent == "no":
        made = made.fill_null(NONE[word.kind])
    return made, Fact(word.name, word.kind, years, {"": name}, codes, full=made.null_count() == 0)


def stand(
    facts: pl.DataFrame, at: Numbers, words: Iterable[Word], frame: Frame, known: Mapping[str, Mapping[str, int]]
) -> tuple[list[pl.Series], list[Fact]]:
    """Each word as columns; ``at`` is the row of each fact, ``known`` the codes of names given before."""
    columns: list[pl.Series] = []
    found: list[Fact] = []
    by_word = {
        key[0]: part for key, part in facts.with_columns(at=pl.Series(at)).partition_by("word", as_dict=True).items()
    }
    for word in words:
        held = by_word.pop(word.name, None)
        if held is None:
            codes = {value: code for code, value in enumerate(word.values)}
            found.append(Fact(word.name, word.kind, frame.years, {}, codes, full=word.absent == "no"))
            continue
        made, said = _Word(word, held, frame, known.get(word.name, {})).columns()
        columns += made
        found += said
    if by_word:
        raise NotAFact(f"{min(map(str, by_word))!r} is no fact of the vocabulary")
    return columns, found


class _Word:
    """The facts of one word, sorted by row and day."""

    def __init__(self, word: Word, held: pl.DataFrame, frame: Frame, known: Mapping[str, int]) -> None:
        self.word, self.frame = word, frame
        self.codes: dict[str, int] = dict(known)
        held = held.with_columns(
            pl.col("since").cast(pl.Int32).fill_null(_ALWAYS), pl.col("until").cast(pl.Int32).fill_null(_STILL)
        ).sort("at", "since", "value")
        self.at = held["at"].to_numpy()
        self.since, self.until = held["since"].to_numpy(), held["until"].to_numpy()
        self.text = held["value"]
        self.absent = NONE[word.kind] if word.absent == "no" else _NULL

    def columns(self) -> tuple[list[pl.Series], list[Fact]]:
        made = {"event": self._event, "spell": self._spell, "date": self._date}.get(self.word.kind, self._held)()
        columns: dict[str, pl.Series] = {}
        years: dict[tuple[str, ...], list[int]] = {}
        for year, parts in zip(self.frame.years, made, strict=True):
            for part in parts:
                columns[part.name] = part
            years.setdefault(tuple(part.name for part in parts), []).append(year)
        few = self.word.kind != "event" or self._most() <= 2
        parts_of = PARTS_OF_FACT[self.word.kind]
        facts = [
            Fact(
                self.word.name, self.word.kind, tuple(of), dict(zip(parts_of, names, strict=True)), self.codes,
                full=all(columns[name].null_count() == 0 for name in names), few=few,
            )
            for names, of in years.items()
        ]  # fmt: skip
        return list(columns.values()), facts

    def _ends(self) -> Sequence[tuple[int, str]]:
        """The last day of each year, and what to call its column; one name where nothing changed meanwhile."""
        ends = self.frame.ends
        later = (self.since > ends[0]).any() or ((self.until > ends[0]) & (self.until < _STILL)).any()
        if not later:
            return [(ends[0], "")] * len(ends)
        return [(end, f"_{year}") for end, year in zip(ends, self.frame.years, strict=True)]

    def _held(self) -> list[list[pl.Series]]:
        none, values = NONE[self.word.kind], self._values()
        made: dict[str, list[pl.Series]] = {}
        for end, suffix in self._ends():
            if suffix not in made:
                column = np.full(self.frame.rows, self.absent, dtype=np.int32)
                column[self.at] = none
                begun = self.since <= end
                column[self.at[begun]] = np.where(self.until[begun] > end, values[begun], none)
                made[suffix] = [self._series("", column, suffix)]
        return [made[suffix] for _, suffix in self._ends()]

    def _values(self) -> Numbers:
        kind = self.word.kind
        if kind == "number":
            number = (self.text.replace("", None).cast(pl.Float64) * PARTS).round()
            return number.cast(pl.Int32).fill_null(NO_NUMBER).to_numpy()
        if kind == "flag":
            wrong = ~self.text.is_in(["true", "false", ""])
            if wrong.any():
                raise NotAFact(f"{self.text.filter(wrong)[0]!r} is not a value of {self.word.name!r}")
            return (self.text == "true").cast(pl.Int32).to_numpy()
        if kind == "name":
            for value in sorted(set(self.text.unique()) - {""} - self.codes.keys()):
                self.codes[value] = len(self.codes)
        else:
            self.codes = {value: code for code, value in enumerate(self.word.values)}
        return _coded(self.text, self.word, self.codes).cast(pl.Int32).to_numpy()

    def _date(self) -> list[list[pl.Series]]:
        """A date is one for all years: as it stands on the day of the frame."""
        on = days(self.frame.on)
        held = (self.since <= on) & (self.until > on)
        column = np.full(self.frame.rows, self.absent, dtype=np.int32)
        text = self.text.filter(pl.Series(held)).replace("", None).str.to_date("%Y-%m-%d")
        column[self.at[held]] = _as_day(text).fill_null(NO_DAY).to_numpy()
        return [[self._series("", column, "")]] * len(self.frame.years)

    def _event(self) -> list[list[pl.Series]]:
        happened = self._happened()
        day = _as_day(pl.Series(self.since[happened], dtype=pl.Int32).cast(pl.Date)).to_numpy()
        at, since = self.at[happened], self.since[happened]
        made: dict[str, list[pl.Series]] = {}
        for end, suffix in self._ends():
            if suffix not in made:
                last = np.full(self.frame.rows, self.absent, dtype=np.int32)
                last[self.at] = NO_DAY
                first = last.copy()
                by = since <= end
                last[at[by]] = day[by]
                first[at[by][::-1]] = day[by][::-1]
                made[suffix] = [self._series("first", first, suffix), self._series("last", last, suffix)]
        return [made[suffix] for _, suffix in self._ends()]

    def _spell(self) -> list[list[pl.Series]]:
        happened = self._happened()
        at, since, until = self.at[happened], self.since[happened], self.until[happened]
        day = _as_day(pl.Series(since, dtype=pl.Int32).cast(pl.Date)).to_numpy()
        none = np.full(self.frame.rows, self.absent, dtype=np.int32)
        none[self.at] = NO_DAY
        made = []
        for year, end in zip(self.frame.years, self.frame.ends, strict=True):
            opens = days(self.frame.calendar.first_day(year))
            first, after = np.maximum(since, opens), np.minimum(until, end + 1)
            shared = []
            for part, covered in (("days", after - first), ("months", _months(first, after))):
                count = np.bincount(at, weights=np.clip(covered, 0, None), minlength=self.frame.rows).astype(np.int32)
                count[none == _NULL] = _NULL
                shared.append(self._series(part, count, f"_{year}"))
            start, begun = none.copy(), since <= end
            start[at[begun]] = day[begun]
            made.append([*shared, self._series("start", start, f"_{year}")])
        return made

    def _happened(self) -> Numbers:
        wrong = ~self.text.is_in(["yes", "no"])
        if wrong.any():
            raise NotAFact(f"{self.text.filter(wrong)[0]!r} is not a value of {self.word.name!r}: yes or no")
        return (self.text == "yes").to_numpy()

    def _most(self) -> int:
        at = self.at[self._happened()]
        return int(np.bincount(at).max()) if len(at) else 0

    def _series(self, part: str, column: Numbers, suffix: str) -> pl.Series:
        name = f"f_{self.word.name}" + (f"_{part}" if part else "") + suffix
        made = pl.Series(name, column)
        if self.absent == _NULL:
            made = pl.select(pl.when(made != _NULL).then(made).alias(name)).to_series()
        return made.cast(TYPES[self.word.kind, part])


def _coded(column: pl.Series, word: Word, codes: Mapping[str, int]) -> pl.Series:
    """Words as their codes; "" is none."""
    table = {**codes, "": NO_WORD}
    strange = set(column.drop_nulls().unique()) - table.keys()
    if strange:
        raise NotAFact(f"{min(strange)!r} is not a value of {word.name!r}")
    return column.replace_strict(list(table), list(table.values()), return_dtype=pl.Int16)


def _as_day(column: pl.Series) -> pl.Series:
    """A Date as yyyymmdd; Polars keeps a month in eight bits, so it is widened first."""
    dt = column.dt
    return dt.year().cast(pl.Int32) * 10000 + dt.month().cast(pl.Int32) * 100 + dt.day().cast(pl.Int32)
