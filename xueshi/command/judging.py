"""A whole population asked one question; one row per person and finding, whatever engine answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from xueshi.command import wording
from xueshi.command.population import Person, Population, Problem
from xueshi.command.speech import Two, Voice
from xueshi.policy.assess import assess
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.choosing import Choice
from xueshi.policy.conditions import ALWAYS
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.findings import Assessment, Finding, Verdict
from xueshi.policy.load import Library

COLUMNS: Mapping[str, tuple[Two, Any]] = {
    "person": (Two("人员编号", "person"), pl.String),
    "name": (Two("姓名", "name"), pl.String),
    "region": (Two("地区代码", "region"), pl.String),
    "unit": (Two("工作单位", "unit"), pl.String),
    "instrument": (Two("文件", "instrument"), pl.String),
    "purpose": (Two("事项", "purpose"), pl.String),
    "year": (Two("年度", "year"), pl.Int64),
    "verdict": (Two("结论", "verdict"), pl.String),
    "reason": (Two("理由", "reason"), pl.String),
    "least": (Two("至少还差学时", "least"), pl.Decimal(18, 4)),
    "provision": (Two("规定编号", "provision"), pl.String),
    "article": (Two("条款", "article"), pl.String),
    "clause": (Two("原文", "clause"), pl.String),
    "years": (Two("计算年度", "years"), pl.String),
    "outcome": (Two("情况", "outcome"), pl.String),
    "have": (Two("已有", "have"), pl.Decimal(18, 4)),
    "need": (Two("需要", "need"), pl.Decimal(18, 4)),
    "missing": (Two("差", "missing"), pl.Decimal(18, 4)),
    "of": (Two("单位名称", "of"), pl.String),
    "why": (Two("说明", "why"), pl.String),
}


@dataclass(frozen=True)
class Question:
    """What is asked of everybody. ``year`` None: the year of the instrument in which ``on`` lies."""

    purpose: str
    on: date
    year: int | None = None
    target: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)

    def of(self, person: Person, book: Rulebook) -> Asked:
        """The question to one of them, under one instrument."""
        year = self.year if self.year is not None else book.calendar.year_of(self.on)
        marks = {key: said for key, said in {**self.marks, **person.marks}.items() if key in book.words.entries}
        return Asked(self.purpose, year, person.target or self.target, marks)


@dataclass
class Laws:
    """Which instrument governs whom: always the same one, or the one of each person's region."""

    library: Library
    always: Rulebook | None = None
    known: dict[tuple[str, str, date], Choice] = field(default_factory=dict)

    def of(self, person: Person, on: date) -> Choice:
        """The instrument for a person on a day, and why the others are not."""
        if self.always is not None or not person.region:
            return Choice(self.always, "named" if self.always else "none", ())
        key = person.region, person.field, on
        if key not in self.known:
            choice = self.library.choose(person.facts, person.region, on, person.field)
            around = (book for book in self.library.books.values() if person.region.startswith(book.region.code))
            if any(book.binds != ALWAYS for book in around):
                return choice  # it hangs on who is asked about
            self.known[key] = choice
        return self.known[key]


@dataclass
class Answers:
    """Rows of the result, how many people stand how, and who could not be judged."""

    voice: Voice
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in ("row", *COLUMNS)})
    verdicts: Counter[str] = field(default_factory=Counter)
    missing: Decimal = Decimal(0)
    books: dict[str, Rulebook] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Everybody who got an answer."""
        return sum(self.verdicts.values())

    def frame(self) -> pl.DataFrame:
        """One row per person and finding, in the order of the people; one alone for who has no finding."""
        schema = {"row": pl.Int64, **{name: kind for name, (_, kind) in COLUMNS.items()}}
        empty = pl.DataFrame(schema=schema)
        rows = pl.DataFrame(self.columns, schema=schema)
        frames = [pl.concat([empty, one], how="diagonal_relaxed").select(empty.columns) for one in self.frames]
        return pl.concat([rows, *frames], how="vertical_relaxed").sort("row", maintain_order=True).drop("row")

    def note(self, person: Person, book: Rulebook, asked: Asked, found: Assessment) -> None:
        """Write down the answer about one person."""
        self.books[book.key] = book
        self.missing += found.least
        said = {
            "verdict": self.voice.text(wording.VERDICTS[found.verdict]),
            "reason": wording.reason(self.voice, book, found),
            "least": found.least,
            "instrument": book.key,
            "purpose": purpose(self.voice, book, asked.purpose),
            "year": asked.year,
        }
        for one in found.findings or (None,):
            self._row(person, book, one, **said)
        self.verdicts[str(found.verdict)] += 1

    def note_none(self, person: Person, choice: Choice) -> None:
        """Write down that no instrument governs somebody; perhaps one would, but does not bind them."""
        others = [one.key for one in choice.considered if one.why == "not_bound"]
        reason = self.voice.text(Two("不受约束：{keys}", "not bound: {keys}"), keys="、".join(others)) if others else ""
        self._row(person, None, None, verdict=self.voice.text(wording.NO_LAW), reason=reason)
        self.verdicts["no_law"] += 1

    def blame(self, population: Population, person: Person, problem: ValueError) -> None:
        """Write down that somebody cannot be judged: facts that contradict each other."""
        said, people = Two(f"无法判断：{problem}", str(problem)), population.people
        heading = people.headings["person"]
        self.problems.append(Problem(people.name, person.row, heading, person.id, said, _CORRECT, person.id))

    def _row(self, person: Person, book: Rulebook | None, one: Finding | None, **said: Any) -> None:
        said |= {
            "row": person.row,
            "person": person.id,
            "name": person.name,
            "region": person.region,
            "unit": person.unit,
        }
        if one is not None and book is not None:
            said |= {
                "provision": one.provision,
                "article": one.article,
                "clause": clause(book, one),
                "years": wording.years_of(one.years),
                "outcome": self.voice.text(wording.OUTCOMES[one.outcome]),
                "have": one.have,
                "need": one.need,
                "missing": one.missing,
                "of": self.voice.text(wording.UNITS.get(one.unit, Two(one.unit, one.unit))),
                "why": wording.why(self.voice, book, one),
            }
        for name, column in self.columns.items():
            column.append(said.get(name))


def wording_of(book: Rulebook, id: str, on: date | None) -> Provision:
    """A provision as it stood on a day, or its newest wording where it did not stand yet."""
    try:
        return book.provision(id, on)
    except KeyError:
        return book.provision(id)


def clause(book: Rulebook, one: Finding) -> str:
    """The words of the law behind a finding, as they stood at the end of its last year."""
    return wording_of(book, one.provision, book.calendar.last_day(one.years[-1]) if one.years else None).text


def purpose(voice: Voice, book: Rulebook, key: str) -> str:
    """A decision by its name."""
    return book.words.lists["purposes"].get(key, key) if voice.lang == "zh" else key


def known_to(book: Rulebook, facts: Facts) -> Facts:
    """The facts that an instrument has words for."""
    return Facts({name: said for name, said in facts.known.items() if name in book.words.facts})


def judged(population: Population, person: Person, book: Rulebook, question: Question) -> tuple[Asked, Assessment]:
    """One person, with every reason. Raises ``ValueError`` for facts or marks that contradict each other."""
    asked = question.of(person, book)
    return asked, assess(book, known_to(book, person.facts), population.entries(person.id, book), asked)


def walk(
    population: Population, laws: Laws, question: Question, voice: Voice, progress: Callable[[int], None]
) -> Answers:
    """Everybody, one after the other."""
    answers = Answers(voice)
    one_by_one(population, population.members(), laws, question, answers, progress)
    return answers


def one_by_one(
    population: Population,
    people: Iterable[Person],
    laws: Laws,
    question: Question,
    answers: Answers,
    progress: Callable[[int], None] | None = None,
) -> None:
    """These people, each with every reason."""
    done = 0
    for done, person in enumerate(people, 1):
        choice = laws.of(person, question.on)
        if choice.book is None:
            answers.note_none(person, choice)
        else:
            try:
                answers.note(person, choice.book, *judged(population, person, choice.book, question))
            except ValueError as problem:
                answers.blame(population, person, problem)
        if progress and done % 100 == 0:
            progress(done)
    if progress:
        progress(done)


_CORRECT = Two("更正此人的资料或记录", "correct this person's facts or entries")


def standing(counts: Mapping[str, int]) -> Iterator[tuple[Two, int]]:
    """How many stand how, in the order of verdicts."""
    for verdict in Verdict:
        if counts.get(verdict):
            yield wording.VERDICTS[verdict], counts[verdict]
    if counts.get("no_law"):
        yield wording.NO_LAW, counts["no_law"]
