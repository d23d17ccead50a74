"""A whole population asked one question; one row per person and finding, whatever engine answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from xueshi.command import wording
from xueshi.command.population import Person, Population, Problem
from xueshi.command.speech import Two, Voice
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
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

    def of(self, person: Person, on: date) -> Rulebook | None:
        """The instrument for a person on a day, or None."""
        if self.always is not None or not person.region:
            return self.always
        return self.library.governing(person.region, on)


@dataclass
class Answers:
    """Rows of the result, how many people stand how, and who could not be judged."""

    voice: Voice
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    verdicts: Counter[str] = field(default_factory=Counter)
    missing: Decimal = Decimal(0)
    books: dict[str, Rulebook] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Everybody who got an answer."""
        return sum(self.verdicts.values())

    def frame(self) -> pl.DataFrame:
        """One row per person and finding; one alone for who has no finding."""
        return pl.DataFrame(self.columns, schema={name: kind for name, (_, kind) in COLUMNS.items()})

    def note(self, person: Person, book: Rulebook | None, asked: Asked | None, found: Assessment | None) -> None:
        """Write down the answer about one person."""
        if book is None or asked is None or found is None:
            verdict = "no_law"
            self._row(person, None, None, verdict=self.voice.text(wording.NO_LAW))
        else:
            verdict = str(found.verdict)
            self.books[book.key] = book
            self.missing += found.least
            said = {
                "verdict": self.voice.text(wording.VERDICTS[found.verdict]),
                "reason": wording.reason(self.voice, book, found),
                "least": found.least,
                "instrument": book.key,
                "purpose": _purpose(self.voice, book, asked.purpose),
                "year": asked.year,
            }
            for one in found.findings or (None,):
                self._row(person, book, one, **said)
        self.verdicts[verdict] += 1

    def _row(self, person: Person, book: Rulebook | None, one: Finding | None, **said: Any) -> None:
        said |= {"person": person.id, "name": person.name, "region": person.region, "unit": person.unit}
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


def clause(book: Rulebook, one: Finding) -> str:
    """The words of the law behind a finding, as they stood at the end of its last year."""
    try:
        on = book.calendar.last_day(one.years[-1]) if one.years else None
        return book.provision(one.provision, on).text
    except KeyError:
        return book.provision(one.provision).text


def _purpose(voice: Voice, book: Rulebook, purpose: str) -> str:
    return book.words.lists["purposes"].get(purpose, purpose) if voice.lang == "zh" else purpose


def known_to(book: Rulebook, facts: Facts) -> Facts:
    """The facts that an instrument has words for."""
    return Facts({name: said for name, said in facts.known.items() if name in book.words.facts})


def judged(
    population: Population, person: Person, laws: Laws, question: Question
) -> tuple[Rulebook | None, Asked | None, Assessment | None]:
    """One person, with every reason. Raises ``ValueError`` for facts or marks that contradict each other."""
    book = laws.of(person, question.on)
    if book is None:
        return None, None, None
    asked = question.of(person, book)
    entries = population.entries(person.id, book)
    return book, asked, assess(book, known_to(book, person.facts), entries, asked)


def walk(
    population: Population, laws: Laws, question: Question, voice: Voice, progress: Callable[[int], None]
) -> Answers:
    """Everybody, one after the other."""
    answers = Answers(voice)
    done = 0
    for done, person in enumerate(population.members(), 1):
        try:
            answers.note(person, *judged(population, person, laws, question))
        except ValueError as problem:
            said = Two(f"无法判断：{problem}", str(problem))
            people = population.people
            answers.problems.append(
                Problem(people.name, person.row, people.headings["person"], person.id, said, _CORRECT, person.id)
            )
        if done % 100 == 0:
            progress(done)
    progress(done)
    return answers


_CORRECT = Two("更正此人的资料或记录", "correct this person's facts or entries")


def standing(counts: Mapping[str, int]) -> Iterator[tuple[Two, int]]:
    """How many stand how, in the order of verdicts."""
    for verdict in Verdict:
        if counts.get(verdict):
            yield wording.VERDICTS[verdict], counts[verdict]
    if counts.get("no_law"):
        yield wording.NO_LAW, counts["no_law"]
