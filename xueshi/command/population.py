"""Two spreadsheets as a population: people with their facts, entries with their marks, and what is wrong with them.

Each distinct value of a column is read once, so that millions of rows cost as much as the values in them. A row
that cannot be read is never dropped in silence: it becomes a ``Problem``, and the person it is about is left out
only where that was asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from xueshi.command import grid, schema
from xueshi.command.cells import NO_PERSON, Bad, computed, no_person, tidy
from xueshi.command.schema import Column
from xueshi.command.speech import Two
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Entry, Facts


@dataclass(frozen=True)
class Problem:
    """A cell or row that cannot be read; ``person`` is who is left out because of it, "" where nobody knows."""

    file: str
    row: int
    column: str
    value: str
    problem: Two
    instead: Two
    person: str = ""


@dataclass
class Table:
    """The rows of a file that are not empty: their numbers, and the values of each column (None: empty)."""

    name: str
    rows: list[int]
    columns: dict[str, Column]
    values: dict[str, list[Any]]
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    blamed: set[tuple[int, str]] = field(default_factory=set)

    def column(self, key: str) -> list[Any]:
        """The values of a column; empty ones where the file does not have it."""
        return self.values.get(key) or [None] * len(self.rows)

    def blame(self, at: int, key: str, value: object, problem: Two, instead: Two) -> None:
        """Note what is wrong with a row."""
        person = self.column("person")[at] or ""
        self.blamed.add((at, key))
        heading = self.headings.get(key, key)
        self.problems.append(Problem(self.name, self.rows[at], heading, str(value or ""), problem, instead, person))


def read_table(file: str, columns: Sequence[Column], ignore: Sequence[str]) -> Table:
    """A file by these columns. Raises ``Stop`` for one that is no such table at all."""
    raw = grid.read(file, schema.recogniser(columns))
    found = schema.matched(raw.name, raw.headings, columns, ignore)
    cells = [name for name in raw.frame.columns if name != "row"]
    written = [pl.col(name).str.strip_chars().str.len_chars().fill_null(0) > 0 for name in cells]
    frame = raw.frame.filter(pl.any_horizontal(written))
    table = Table(
        name=raw.name,
        rows=frame["row"].to_list(),
        columns={column.key: column for column in found.values()},
        values={},
        headings={column.key: raw.headings[at] for at, column in found.items()},
    )
    bad: list[tuple[int, str, str, Bad]] = []
    for at, column in found.items():
        texts = frame[f"c{at}"]
        meant, wrong = _read(texts, column)
        table.values[column.key] = [meant.get(text) for text in texts]
        if wrong:
            bad += [(i, column.key, text, wrong[text]) for i, text in enumerate(texts) if text in wrong]
    for i, key, text, problem in sorted(bad, key=lambda one: one[0]):
        table.blame(i, key, text, problem.problem, problem.instead)
    _totals(table, frame)
    _beside(table, raw, frame)
    return table


def _read(texts: pl.Series, column: Column) -> tuple[dict[str | None, object], dict[str | None, Bad]]:
    """What each distinct text means, or why it means nothing."""
    meant: dict[str | None, object] = {}
    wrong: dict[str | None, Bad] = {}
    for text in texts.unique():
        bare = tidy(text) if text is not None else ""
        if not bare:
            continue
        try:
            meant[text] = column.read(computed(bare))
        except Bad as problem:
            wrong[text] = problem
    return meant, wrong


def _totals(table: Table, frame: pl.DataFrame) -> None:
    """Rows that sum up or sign begin so in one of their first cells, whatever column it is."""
    for name in [name for name in frame.columns if name != "row"][:3]:
        odd = {text for text in frame[name].unique() if text is not None and no_person(tidy(text))}
        for i, text in enumerate(frame[name]) if odd else ():
            if text in odd and (i, "person") not in table.blamed:
                table.values["person"][i] = None
                table.blame(i, "person", text, *NO_PERSON)


def _beside(table: Table, raw: grid.Grid, frame: pl.DataFrame) -> None:
    """Cells beyond the last heading: a row that was shifted by a comma too many."""
    for at, heading in enumerate(raw.headings):
        if heading:
            continue
        for i, text in enumerate(frame[f"c{at}"]):
            if text and text.strip():
                table.blame(i, "", text, _BESIDE, _SHIFTED)


_BESIDE = Two("这个单元格在没有列名的列里", "the cell stands in a column without a heading")
_SHIFTED = Two(
    "给该列写列名，或删去多出的分隔符、单元格", "give the column a heading, or delete the cell that is too many"
)


# ---- both together ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """One of the people; ``row`` is where in the file."""

    id: str
    row: int
    name: str
    region: str
    unit: str
    field: str
    facts: Facts
    target: str | None
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Horizon:
    """Until when: entries ``as_of`` a day, and what was recorded by ``known_on``."""

    as_of: date | None = None
    known_on: date | None = None


@dataclass
class Population:
    """Everybody in the two files. ``later`` counts entries that the horizon leaves out."""

    people: Table
    done: Table
    horizon: Horizon
    later: int = 0
    same: int = 0
    marks: dict[str, list[tuple[str, list[Any]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find what only shows when both files lie side by side."""
        self.ids: list[str | None] = self.people.column("person")
        _twice(self.people)
        for i, id in enumerate(self.ids):
            if id is None and (i, "person") not in self.people.blamed:
                self.people.blame(i, "person", "", _NOBODY, _WRITE_PERSON)
        self.by_person: dict[str, list[int]] = defaultdict(list)
        self._sort_entries()

    @property
    def problems(self) -> list[Problem]:
        """Of both files, in the order of their rows."""
        found = [*self.people.problems, *self.done.problems]
        return sorted(found, key=lambda one: (one.file != self.people.name, one.row))

    def left_out(self) -> frozenset[str]:
        """Those about whom some row cannot be read."""
        return frozenset(one.person for one in self.problems if one.person)

    def _sort_entries(self) -> None:
        known = {id for id in self.ids if id}
        done = self.done
        whose, on, years = done.column("person"), done.column("on"), done.column("year")
        recorded = done.column("recorded")
        seen: set[tuple[object, ...]] = set()
        ids: dict[tuple[str, str], int] = {}
        marks = [done.column(key) for key in done.columns if key not in ("person", "entry")]
        names = done.column("entry")
        for i, id in enumerate(whose):
            if id is None:
                if (i, "person") not in done.blamed:
                    done.blame(i, "person", "", _NOBODY, _WRITE_PERSON)
                continue
            if id not in known:
                done.blame(i, "person", id, _STRANGER, _ADD_PERSON)
                continue
            if not self._dated(i, on[i], years[i]):
                continue
            if names[i] is not None and ids.setdefault((id, names[i]), i) != i:
                done.blame(i, "entry", names[i], _SAME_ENTRY, _ONE_EACH)
                continue
            if self._later(i, on[i] or date(years[i], 6, 30), recorded[i]):
                self.later += 1
                continue
            self.by_person[id].append(i)
            said = (id, *(column[i] for column in marks))
            self.same += said in seen
            seen.add(said)

    def _dated(self, i: int, on: date | None, year: int | None) -> bool:
        """Whether an entry has its day; blames it if not."""
        done = self.done
        if on is None and year is None:
            if done.blamed.isdisjoint({(i, "on"), (i, "year")}):
                done.blame(i, "on", "", Two("没有日期", "there is no day"), Two("写 2022-12-31", "write 2022-12-31"))
            return False
        if on and year and on.year != year:
            done.blame(i, "year", year, _OTHER_YEAR, _FOR_YEAR)
            return False
        return True

    def _later(self, i: int, on: date, recorded: date | None) -> bool:
        until, known = self.horizon.as_of, self.horizon.known_on
        if known and recorded is None and (i, "recorded") not in self.done.blamed:
            self.done.blame(i, "recorded", "", Two("没有登记日期", "nobody says when it was recorded"), _RECORDED)
        return bool((until and on > until) or (known and recorded and recorded > known))

    def members(self) -> Iterator[Person]:
        """Everybody who can be read, in the order of the file."""
        out = self.left_out()
        facts = [(key, self.people.column(key)) for key, one in self.people.columns.items() if one.kind == "fact"]
        asked = [(key, self.people.column(key)) for key, one in self.people.columns.items() if one.kind == "question"]
        labels = [self.people.column(key) for key in ("name", "region", "unit", "field")]
        for i, id in enumerate(self.ids):
            if id is None or id in out:
                continue
            name, region, unit, field_ = (str(column[i] or "") for column in labels)
            known = {key: self._until(column[i]) for key, column in facts if column[i] is not None}
            target = known.pop("target", None)
            marks = {key: str(column[i]) for key, column in asked if column[i] is not None}
            yield Person(
                *(id, self.people.rows[i], name, region, unit, field_),
                *(Facts(known), target if isinstance(target, str) else None, marks),
            )

    def _until(self, value: Any) -> Any:
        """A dated fact as it was known until the horizon."""
        until = self.horizon.as_of
        if until is None or not isinstance(value, tuple):
            return value
        return tuple(one for one in value if (one[0] if isinstance(one, tuple) else one) <= until)

    def entries(self, person: str, book: Rulebook) -> tuple[Entry, ...]:
        """What somebody did, in the words of an instrument: a mark that it does not have is left away."""
        done = self.done
        marks = self.marks_of(book)
        return tuple(
            Entry(
                id=str(done.column("entry")[i] or done.rows[i]),
                on=done.column("on")[i] or date(done.column("year")[i], 6, 30),
                hours=_decimal(done.column("hours")[i]),
                says={key: column[i] for key, column in marks if column[i] is not None},
                for_year=done.column("for_year")[i],
            )
            for i in self.by_person.get(person, ())
        )

    def marks_of(self, book: Rulebook) -> list[tuple[str, list[Any]]]:
        """The columns of marks that an instrument has words for."""
        if book.key not in self.marks:
            self.marks[book.key] = self.marks_in(book.words.entries)
        return self.marks[book.key]

    def marks_in(self, words: Collection[str]) -> list[tuple[str, list[Any]]]:
        """The columns of marks that are among these words."""
        keys = [key for key, one in self.done.columns.items() if one.kind == "mark" and key in words]
        return [(key, self.done.column(key)) for key in keys]


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _twice(people: Table) -> None:
    """Each of several rows about one person is wrong: nobody knows which is right."""
    first: dict[str, int] = {}
    for i, id in enumerate(people.column("person")):
        if id is not None and first.setdefault(id, i) != i:
            said = Two(
                f"与第 {people.rows[first[id]]} 行是同一个人", f"the same person as in row {people.rows[first[id]]}"
            )
            people.blame(i, "person", id, said, Two("删去一行", "delete one of them"))


_NOBODY = Two("没有人员编号", "nobody says who this is about")
_WRITE_PERSON = Two("填写人员编号，或删去这一行", "write the person, or delete the row")
_STRANGER = Two("人员表里没有此人", "this person is not in the file of people")
_ADD_PERSON = Two("核对编号，或在人员表中加上此人", "check the number, or add the person to the other file")
_SAME_ENTRY = Two("同一人有两条记录用了这个编号", "this person has two entries of this name")
_ONE_EACH = Two("每条记录一个编号", "give each entry its own")
_OTHER_YEAR = Two("年度与完成日期不是同一年", "not the year of the day beside it")
_FOR_YEAR = Two("补学的，把年度写在“所属年度”列", "what is made up later has its year under for_year")
_RECORDED = Two("写登记日期，如 2022-12-31", "write the day, as 2022-12-31")
