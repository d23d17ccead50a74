"""A population judged as columns: a wide frame for all who stand under one instrument, and rows back out of it.

The numbers and outcomes are those of the walk. What the walk alone can name (which fact is missing, which entry
counted) is not said; whoever needs it asks ``explain`` about the person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from xueshi.command import judging, schema, wording
from xueshi.command.judging import Answers, Laws, Question
from xueshi.command.population import Person, Population
from xueshi.command.speech import Two, Voice
from xueshi.policy import whole
from xueshi.policy.book import Rulebook
from xueshi.policy.checking import check_facts
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.branches import UNITS
from xueshi.policy.columns.gather import ENTRIES, FACTS, NotAFact, TooMany, gather
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.plan import OUTCOMES, VERDICTS, Found, Plan
from xueshi.policy.columns.plan import plan as planned
from xueshi.policy.demands import Demand
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Outcome, Verdict
from xueshi.policy.words import Word

Run = Callable[[Callable[[Any], Any], pl.DataFrame], pl.DataFrame]
"""Applies a plan's function to a frame on some engine and brings the result back."""


def judge(
    run: Run, population: Population, laws: Laws, question: Question, voice: Voice, progress: Callable[[int], None]
) -> Answers:
    """Everybody at once, by instrument and question; those of whom a rule has no columns one by one."""
    answers = Answers(voice)
    groups: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], list[Person]] = defaultdict(list)
    books: dict[str, Rulebook] = {}
    for person in population.members():
        choice = laws.of(person, question.on)
        if choice.book is None:
            answers.note_none(person, choice)
            continue
        try:
            asked = question.of(person, choice.book)
            last = choice.book.calendar.last_day(asked.year)
            check_facts(judging.known_to(choice.book, person.facts), choice.book.words, last)
        except ValueError as problem:
            answers.blame(population, person, problem)
            continue
        books[choice.book.key] = choice.book
        groups[choice.book.key, asked.target, tuple(asked.marks.items())].append(person)
    done = answers.people
    for (key, _, _), people in groups.items():
        book = books[key]
        asked = question.of(people[0], book)
        try:
            _Group(population, people, book, asked).judge(run, answers)
        except (Beyond, NotAFact, TooMany) as problem:
            warn(voice, key, problem, len(people))
            judging.one_by_one(population, people, laws, question, answers)
        done += len(people)
        progress(done)
    return answers


def warn(voice: Voice, key: str, why: Exception, people: int) -> None:
    """Say that people are judged one by one, because a rule has no form as columns."""
    said = Two("{key}：不能按列计算（{why}），逐人判断 {n} 人", "{key}: no columns ({why}); {n} people one by one")
    voice.warn(said, key=key, why=why, n=people)


@dataclass
class _Group:
    """People who are asked the same under one instrument."""

    population: Population
    people: Sequence[Person]
    book: Rulebook
    asked: Asked

    def judge(self, run: Run, answers: Answers) -> None:
        """Gather, plan, run, and write down."""
        frame, layout = gathered(self.population, self.people, [self.book], self.asked.year)
        plan = planned(self.book, self.asked, layout)
        rows = run(plan.findings, frame).sort("person")
        bound = run(plan.bound, frame).sort("person")
        _Told(self.people, self.book, self.asked, plan, rows, bound["bound"], answers).tell()


def gathered(
    population: Population, people: Sequence[Person], books: Sequence[Rulebook], year: int
) -> tuple[pl.DataFrame, Layout]:
    """The wide frame of these people in the words of these instruments; ``person`` is where they stand in the list.

    ``unit`` is where a unit stands in ``units_of``. Raises ``Beyond`` for instruments with different calendars.
    """
    calendar = books[0].calendar
    if any(book.calendar != calendar for book in books):
        raise Beyond("", "the years of the instruments begin on different days")
    units = {unit: code for code, unit in enumerate(units_of(people))}
    persons = pl.DataFrame(
        {
            "person": range(len(people)),
            "region": [one.region for one in people],
            "unit": [units[one.unit] for one in people],
        },
        schema={"person": pl.Int64, "region": pl.String, "unit": pl.Int64},
    )
    words = schema.vocabulary(books)
    facts = pl.DataFrame([*_facts(people, words.facts)], schema=FACTS, orient="row")
    entries, alikes = _entries(population, people, population.marks_in(words.entries))
    first = min([year, *(calendar.year_of(day) for day in entries["on"].unique())])
    return gather(
        persons,
        entries,
        facts,
        words=words.facts,
        alikes=alikes,
        years=range(min(first, *(book.known_from for book in books)), year + 1),
        on=calendar.last_day(year),
        cuts=sorted({day for book in books for day in book.days}),
        calendar=calendar,
    )


def units_of(people: Sequence[Person]) -> list[str]:
    """The units of these people, each once."""
    return [*dict.fromkeys(one.unit for one in people)]


def _facts(
    people: Sequence[Person], words: Mapping[str, Word]
) -> Iterator[tuple[int, str, str, date | None, date | None]]:
    """One row per fact, or per step of one that changed."""
    for at, person in enumerate(people):
        for name, value in person.facts.known.items():
            if name in words:
                yield from ((at, name, *row) for row in _steps(value, words[name].kind))


def _entries(
    population: Population, people: Sequence[Person], marks: Sequence[tuple[str, Sequence[Any]]]
) -> tuple[pl.DataFrame, Mapping[int, Mapping[str, Any]]]:
    """One row per entry; those with the same marks are alike."""
    done = population.done
    hours, for_year = done.column("hours"), done.column("for_year")
    on, years = done.column("on"), done.column("year")
    whose = [(at, i) for at, one in enumerate(people) for i in population.by_person.get(one.id, ())]
    alike: dict[tuple[Any, ...], int] = {}
    parts: dict[Any, int | None] = {None: None}
    rows = []
    for at, i in whose:
        said = tuple(column[i] for _, column in marks)
        much = hours[i]
        if much not in parts:
            parts[much] = whole.parts(much)
        day = on[i] or date(years[i], 6, 30)
        rows.append((at, alike.setdefault(said, len(alike)), day, for_year[i], parts[much], 1))
    alikes = {
        number: {name: value for (name, _), value in zip(marks, said, strict=True) if value is not None}
        for said, number in alike.items()
    }
    return pl.DataFrame(rows, schema=ENTRIES, orient="row"), alikes


def _steps(value: Any, kind: str) -> Iterator[tuple[str, date | None, date | None]]:
    """A value in the long form of ``columns.states``."""
    if kind == "event":
        days = value if isinstance(value, tuple) else (value,)
        yield from (("yes", day, None) for day in days)
        if not days:
            yield "no", None, None
    elif kind == "spell":
        for first, last in value:
            yield "yes", first, None if last is None else last + timedelta(days=1)
        if not value:
            yield "no", None, None
    elif isinstance(value, tuple):
        yield from ((_written(word), day, None) for day, word in value)
    else:
        yield _written(value), None, None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass
class _Told:
    """The columns of the answer, turned into the rows of the result."""

    people: Sequence[Person]
    book: Rulebook
    asked: Asked
    plan: Plan
    rows: pl.DataFrame
    bound: pl.Series
    answers: Answers
    worded: dict[tuple[str, int], pl.Series] = field(default_factory=dict)

    def tell(self) -> None:
        """Write the rows down, and count."""
        voice, book = self.answers.voice, self.book
        self.answers.books[book.key] = book
        verdicts = self.rows["verdict"]
        for index, count in verdicts.value_counts().iter_rows():
            self.answers.verdicts[str(VERDICTS[index])] += count
        least = self._least()
        self.answers.missing += whole.shown(int(least.sum()), up=True)
        says = {index: voice.text(wording.VERDICTS[Verdict(one)]) for index, one in enumerate(VERDICTS)}
        same = pl.DataFrame(
            {
                "row": [one.row for one in self.people],
                "person": [one.id for one in self.people],
                "name": [one.name for one in self.people],
                "region": [one.region for one in self.people],
                "unit": [one.unit for one in self.people],
                "verdict": verdicts.replace_strict(says, return_dtype=pl.String),
                "least": _shown(least, up=True),
                "reason": self._reasons(),
            }
        ).with_columns(
            instrument=pl.lit(book.key),
            purpose=pl.lit(judging.purpose(voice, book, self.asked.purpose)),
            year=pl.lit(self.asked.year),
        )
        alone = pl.Series([True] * len(self.people))
        for one in self.plan.found:
            here = self.rows[one.outcome] != -1
            alone &= ~here
            self.answers.frames.append(same.with_columns(**self._finding(one)).filter(here))
        self.answers.frames.append(same.filter(alone))

    def _finding(self, one: Found) -> dict[str, Any]:
        """The columns of one finding, for everybody."""
        voice = self.answers.voice
        day = self.book.calendar.last_day(one.year) if one.year else None
        provision = judging.wording_of(self.book, one.provision, day)
        outcomes = {index: voice.text(wording.OUTCOMES[Outcome(name)]) for index, name in enumerate(OUTCOMES)}
        units = self._units(one)
        need = self.rows[one.need]
        return {
            "provision": pl.lit(one.provision),
            "article": pl.lit(provision.article),
            "clause": pl.lit(provision.text),
            "years": pl.lit(str(one.year or "")),
            "outcome": self.rows[one.outcome].replace_strict({**outcomes, -1: ""}, return_dtype=pl.String),
            "have": _counted(self.rows[one.have], units, up=False),
            "need": _counted(need, units, up=True).set(need == -1, None),
            "missing": _counted(self.rows[one.missing], units, up=True),
            "of": units.replace_strict(
                {index: voice.text(wording.UNITS[name]) for index, name in enumerate(UNITS)}, return_dtype=pl.String
            ),
            "why": self._why(one),
        }

    def _units(self, one: Found) -> pl.Series:
        if one.unit == "branches":
            return self.rows[one.counted_in].cast(pl.Int8)
        return pl.Series([UNITS.index(one.unit)] * self.rows.height, dtype=pl.Int8)

    def _why(self, one: Found) -> pl.Series:
        """What is missing, in words; each distinct answer is worded once."""
        if (one.provision, one.year) not in self.worded:
            asked = pl.DataFrame({"o": self.rows[one.outcome], "m": self.rows[one.missing], "u": self._units(one)})
            each = asked.unique()
            said = [self._in_words(*row) for row in each.iter_rows()]
            words = each.with_columns(said=pl.Series(said, dtype=pl.String))
            found = asked.join(words, on=["o", "m", "u"], how="left", maintain_order="left")["said"]
            self.worded[one.provision, one.year] = found
        return self.worded[one.provision, one.year]

    def _in_words(self, outcome: int, much: int, unit: int) -> str:
        voice = self.answers.voice
        if outcome in (OUTCOMES.index(Outcome.UNMET), OUTCOMES.index(Outcome.ADVISORY)):
            hours = UNITS[unit] == "hours"
            return wording.missing(voice, whole.shown(much, up=True) if hours else much, UNITS[unit])
        if outcome == OUTCOMES.index(Outcome.CANNOT_TELL):
            return voice.text(Two("缺少资料", "a fact is not known"))
        return ""

    def _reasons(self) -> pl.Series:
        """What every finding that does not pass says, in one sentence; else why nothing was asked."""
        voice = self.answers.voice
        open_ = [OUTCOMES.index(Outcome.UNMET), OUTCOMES.index(Outcome.CANNOT_TELL)]
        said = [pl.when(~pl.lit(self.bound)).then(pl.lit(wording.not_bound(voice, self.book))).alias("none")]
        for at, one in enumerate(self.plan.found):
            day = self.book.calendar.last_day(one.year) if one.year else None
            article = judging.wording_of(self.book, one.provision, day).article
            years = voice.text(Two("{years} 年 ", "{years} "), years=one.year) if one.year else ""
            text = pl.lit(f"{years}{article} ") + pl.lit(self._why(one))
            here = pl.lit(self.rows[one.outcome].is_in(open_))
            said.append(pl.when(here).then(text.str.strip_chars()).alias(f"r{at}"))
        between = "；" if voice.lang == "zh" else "; "
        told = pl.select(said).select(pl.concat_str(pl.all(), separator=between, ignore_nulls=True).alias("reason"))
        return told["reason"]

    def _least(self) -> pl.Series:
        """In parts, the fewest hours that cure everything: an hour in a part also fills the whole."""
        unmet, hours = OUTCOMES.index(Outcome.UNMET), UNITS.index("hours")
        owing = {}
        for one in self.plan.found:
            counts = (self.rows[one.outcome] == unmet) & (self._units(one) == hours)
            owing[one.provision, one.year] = np.where(counts.to_numpy(), self.rows[one.missing].to_numpy(), 0)
        within = {key: self._within(*key) for key in owing}

        def least(key: tuple[str, int]) -> Any:
            parts = [least(one) for one, over in within.items() if over == key[0] and one[1] == key[1]]
            return np.maximum(owing[key], sum(parts)) if parts else owing[key]

        roots = [least(key) for key in owing if (within[key], key[1]) not in owing]
        total = sum(roots) if roots else np.zeros(self.rows.height)
        return pl.Series(total, dtype=pl.Int64)

    def _within(self, id: str, year: int) -> str:
        law = judging.wording_of(self.book, id, self.book.calendar.last_day(year) if year else None).value
        return law.within if isinstance(law, Demand) else ""


def _shown(parts: pl.Series, *, up: bool) -> pl.Series:
    """Hours of parts with four places, as ``whole.shown`` has them: 10,000 of them are 1,800 parts."""
    return ((parts.cast(pl.Int64) * 50 + (8 if up else 0)) // 9 / 10_000).round(4).cast(pl.Decimal(18, 4))


def _counted(numbers: pl.Series, units: pl.Series, *, up: bool) -> pl.Series:
    """Hours where hours are counted, else the number itself."""
    hours = units == UNITS.index("hours")
    return pl.select(pl.when(hours).then(_shown(numbers, up=up)).otherwise(numbers.cast(pl.Decimal(18, 4)))).to_series()
