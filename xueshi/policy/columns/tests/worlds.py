"""People and entries of whatever a rulebook speaks of, and the wide frame that describes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import gcd

import polars as pl
from hypothesis import strategies as st

from xueshi.policy import whole
from xueshi.policy.book import Rulebook
from xueshi.policy.columns.layout import NO_DAY, NO_NUMBER, NO_WORD, PARTS_OF_FACT, Fact, Kind, Layout
from xueshi.policy.columns.once import words_in
from xueshi.policy.conditions import UNKNOWN, days_shared, months_shared
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.sight import PersonSight
from xueshi.policy.words import Word

FIRST, LAST = 2009, 2027
TYPES = {
    "": pl.Int32, "flag": pl.Boolean, "word": pl.Int16, "name": pl.Int16, "days": pl.Int16, "months": pl.Int16,
    "first": pl.Int32, "last": pl.Int32, "start": pl.Int32,
}  # fmt: skip


@dataclass(frozen=True)
class Human:
    """Somebody, and what they did."""

    facts: Facts
    entries: tuple[Entry, ...]


# ---- people ---------------------------------------------------------------------------------------


def spoken_of(book: Rulebook) -> set[str]:
    """The words that the rulebook's provisions use; those of its definitions too."""
    found = words_in((book.binds, *(provision.value for provision in book.provisions)))
    return found | {"born", "sex"}


def humans(book: Rulebook, first: int, last: int) -> st.SearchStrategy[Human]:
    """Somebody of whom the rulebook may speak."""
    key = (book.digest, first, last)
    if key not in _KNOWN:
        _KNOWN[key] = _humans(book, first, last)
    return _KNOWN[key]


_KNOWN: dict[tuple[str, int, int], st.SearchStrategy[Human]] = {}


def _humans(book: Rulebook, first: int, last: int) -> st.SearchStrategy[Human]:
    used = spoken_of(book)
    days = st.dates(date(first, 1, 1), date(last + 1, 12, 31))
    facts = {
        name: _fact(word, days)
        for name, word in book.words.facts.items()
        if name in used and name != "target" and not word.rows and word.years_since is None
    }
    marks = {name: _mark(word, days) for name, word in book.words.entries.items() if name in used}
    sure = {name: one for name, one in marks.items() if name in ("category", "passed", "verified")}
    says = st.fixed_dictionaries(sure, optional={n: one for n, one in marks.items() if n not in sure})
    hours = st.sampled_from([None, *map(Decimal, ("0", "0.5", "7.25", "10", "20", "24", "30", "45", "60", "90"))])
    booked = st.none() | st.none() | st.integers(first, last)
    entry = st.tuples(days, hours, says | st.fixed_dictionaries({}, optional=marks), booked)
    return st.builds(
        lambda known, rows: Human(Facts.of(known), tuple(Entry(str(n), *row) for n, row in enumerate(rows))),
        st.fixed_dictionaries({}, optional=facts),
        st.lists(entry, max_size=9),
    )


def _fact(word: Word, days: st.SearchStrategy[date]) -> st.SearchStrategy[object]:
    if word.name == "born":
        return st.dates(date(1955, 1, 1), date(1985, 12, 31))
    if word.kind in ("word", "name"):
        values = st.sampled_from(sorted(word.values) or ["水利", "给排水"])
        dated = st.lists(st.tuples(days, values | st.just("")), min_size=1, max_size=3, unique_by=lambda one: one[0])
        return values | values | dated.map(lambda rows: tuple(sorted(rows)))
    if word.kind == "flag":
        return st.booleans()
    if word.kind == "date":
        return days
    if word.kind == "event":
        return st.lists(days | st.dates(date(1995, 1, 1), date(2009, 1, 1)), max_size=2)
    if word.kind == "spell":
        return st.lists(days, max_size=4, unique=True).map(_spells)
    return st.integers(0, 40).map(lambda n: Decimal(n) / 2)


def _spells(days: list[date]) -> tuple[tuple[date, date | None], ...]:
    ends = [*sorted(days), None][: len(days) + len(days) % 2]
    return tuple(zip(ends[::2], ends[1::2], strict=True))


def _mark(word: Word, days: st.SearchStrategy[date]) -> st.SearchStrategy[object]:
    if word.kind in ("word", "name"):
        return st.sampled_from(sorted(word.values) or ["水利", "给排水"])
    if word.kind == "flag":
        return st.sampled_from([True, True, False])
    if word.kind in ("event", "date"):
        return days
    return st.sampled_from([Decimal(n) for n in (1, 2, 5, 45, 90, 100, 400)])


# ---- their frame ----------------------------------------------------------------------------------


def frame_of(
    people: Sequence[Human], book: Rulebook, *, by_day: bool = False, targets: Sequence[str] = ()
) -> tuple[pl.DataFrame, Layout]:
    """One row per person, and what its columns mean; ``by_day``: entries of different days are of different kinds."""
    columns: dict[str, pl.Series] = {"person": pl.Series("person", range(len(people)), pl.Int64)}
    kinds = _kinds(people, book, by_day, columns)
    facts = _facts(people, book, columns)
    if targets:
        codes = {value: n for n, value in enumerate(sorted(set(targets)))}
        columns["target"] = pl.Series("target", [codes[one] for one in targets], pl.Int16)
        facts.append(Fact("target", "word", tuple(range(FIRST, LAST + 1)), {"": "target"}, codes, full=True))
    else:
        facts.append(Fact("target", "word", tuple(range(FIRST, LAST + 1))))
    layout = Layout(date(LAST, 12, 31), tuple(range(FIRST, LAST + 1)), kinds, tuple(facts), book.calendar)
    return pl.DataFrame(list(columns.values())), layout


def _kinds(people: Sequence[Human], book: Rulebook, by_day: bool, columns: dict[str, pl.Series]) -> tuple[Kind, ...]:
    found: dict[tuple[object, ...], list[tuple[int, Entry]]] = {}
    for row, person in enumerate(people):
        for entry in person.entries:
            span = (entry.on, entry.on) if by_day else _between_lines(book, entry.on)
            days = tuple(day.strftime("%m-%d") for day in span)
            key = (tuple(sorted(entry.says.items())), entry.hours is None, entry.for_year, days)
            found.setdefault(key, []).append((row, entry))
    kinds = []
    for n, (key, entries) in enumerate(found.items()):
        parts = [whole.parts(entry.hours or 0) for _, entry in entries]
        years = sorted({book.calendar.year_of(entry.on) for _, entry in entries})
        says, bare, for_year, days = key
        kind = Kind(n, dict(says), tuple(years), not bare, *days, for_year, min(parts), max(parts), gcd(*parts) or 1)
        kinds.append(kind)
        for year in years:
            hours, count = [0] * len(people), [0] * len(people)
            for row, entry in entries:
                if book.calendar.year_of(entry.on) == year:
                    count[row] += 1
                    hours[row] += whole.parts(entry.hours or 0)
            columns[f"n{year}_{n}"] = pl.Series(f"n{year}_{n}", count, pl.Int16)
            if not bare:
                columns[f"h{year}_{n}"] = pl.Series(f"h{year}_{n}", hours, pl.Int32)
    return tuple(kinds)


def _between_lines(book: Rulebook, on: date) -> tuple[date, date]:
    """The days around this one between which the law draws no line."""
    year = book.calendar.year_of(on)
    starts = sorted({book.calendar.first_day(year), *(day for day in book.days if book.calendar.year_of(day) == year)})
    ends = [*(day - timedelta(days=1) for day in starts[1:]), book.calendar.last_day(year)]
    return next((start, end) for start, end in zip(starts, ends, strict=True) if on <= end)


def _facts(people: Sequence[Human], book: Rulebook, columns: dict[str, pl.Series]) -> list[Fact]:
    found = []
    for name, word in book.words.facts.items():
        if name == "target" or word.rows or word.years_since is not None:
            continue
        if all(person.facts.get(name) is None for person in people) and word.absent == "unknown":
            found.append(Fact(name, word.kind, tuple(range(FIRST, LAST + 1))))
            continue
        for year in range(FIRST, LAST + 1):
            found.append(_fact_of(people, book, word, year, columns))
    return found


def _fact_of(people: Sequence[Human], book: Rulebook, word: Word, year: int, columns: dict[str, pl.Series]) -> Fact:
    sights = [PersonSight(person.facts, Asked("", year), year, book.calendar) for person in people]
    values = [sight.value(word) for sight in sights]
    codes: dict[str, int] = {}
    named = {}
    for part in PARTS_OF_FACT[word.kind]:
        name = named[part] = f"{word.name}_{part}_{year}"
        cells = [
            None if value is UNKNOWN else _cell(word, part, value, sight, codes)
            for value, sight in zip(values, sights, strict=True)
        ]
        columns[name] = pl.Series(name, cells, TYPES[part or (word.kind if word.kind in TYPES else "")])
    full = not any(value is UNKNOWN for value in values)
    few = word.kind != "event" or all(value is UNKNOWN or len(value) <= 2 for value in values)
    return Fact(word.name, word.kind, (year,), named, codes, full, few)


def _cell(word: Word, part: str, value: object, sight: PersonSight, codes: dict[str, int]) -> object:
    if word.kind in ("word", "name"):
        return codes.setdefault(value[0], len(codes)) if value else NO_WORD
    if word.kind == "flag":
        return value
    if word.kind == "number":
        return NO_NUMBER if value is None else int(value * whole.PARTS)
    if part in ("days", "months"):
        shared = days_shared if part == "days" else months_shared
        return shared(value, sight.first_day, sight.last_day)
    if word.kind == "date":
        return _ymd(value) if value else NO_DAY
    days = [one[0] if isinstance(one, tuple) else one for one in value]
    return _ymd(min(days) if part == "first" else max(days)) if days else NO_DAY


def _ymd(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
