"""A draft against the rules in force, over a population: who gains, who falls below, and by which provision.

Two engines grow the same ``Difference``: the walk here, person by person with every reason, and the columns
(``xueshi.policy.columns``), which give it whole groups at once. A difference can be kept as plain JSON in the
middle and grown further, so that a long run survives a restart; two parts of a population add up to the whole.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from xueshi.policy import demands
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.comparing import compare
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Verdict

SAMPLES = 20  # kept of each transition
PROBLEMS = 20  # sentences kept of people that could not be judged
STEP = 200  # people between two calls of `progress`
GROUPED = ("region", "unit", "title")

Move = tuple[Verdict, Verdict]
Direction = Literal["gain", "fall", "eased", "harder", "same"]
_RANK = {Verdict.FAIL: 0, Verdict.UNKNOWN: 1, Verdict.PASS: 2, Verdict.NOTHING_OWED: 2}


@dataclass(frozen=True)
class Subject:
    """One of the population. ``region`` is a GB/T 2260 code, ``unit`` and ``title`` are labels to group by."""

    id: int | str
    facts: Facts
    entries: tuple[Entry, ...] = ()
    region: str = ""
    unit: str = ""
    title: str = ""


Fit = Callable[[Subject, Rulebook], Subject]


@dataclass(frozen=True)
class Judged:
    """Both answers about one person, or about ``people`` of whom the same is true (hours are of all of them)."""

    before: Verdict
    after: Verdict
    missing_before: Decimal = Decimal(0)
    missing_after: Decimal = Decimal(0)
    causes: tuple[str, ...] = ()
    people: int = 1

    @property
    def direction(self) -> Direction:
        """Which way it goes; with the same verdict the missing hours decide."""
        return direction(self.before, self.after, self.missing_before, self.missing_after)


def direction(before: Verdict, after: Verdict, missing_before: Decimal, missing_after: Decimal) -> Direction:
    """``gain`` and ``fall``: the verdict is better or worse. ``eased``, ``harder``: only the missing hours are."""
    if _RANK[before] != _RANK[after]:
        return "gain" if _RANK[after] > _RANK[before] else "fall"
    if missing_before == missing_after:
        return "same"
    return "eased" if missing_after < missing_before else "harder"


@dataclass
class Group:
    """Some of the population: how many made which step, and the hours missing in all, before and after."""

    moves: Counter[Move] = field(default_factory=Counter)
    ways: Counter[Direction] = field(default_factory=Counter)
    missing_before: Decimal = Decimal(0)
    missing_after: Decimal = Decimal(0)

    @property
    def people(self) -> int:
        """All of them, also those for whom nothing changes."""
        return sum(self.moves.values())

    @property
    def gains(self) -> int:
        """Those whose verdict is better."""
        return self.ways["gain"]

    @property
    def falls(self) -> int:
        """Those whose verdict is worse."""
        return self.ways["fall"]

    def verdicts(self, *, after: bool) -> Counter[Verdict]:
        """How many stand how, before or after."""
        found: Counter[Verdict] = Counter()
        for move, people in self.moves.items():
            found[move[after]] += people
        return found

    def note(self, judged: Judged) -> None:
        """Count one person, or people of whom the same is true."""
        self.moves[judged.before, judged.after] += judged.people
        self.ways[judged.direction] += judged.people
        self.missing_before += judged.missing_before
        self.missing_after += judged.missing_after

    def add(self, other: Group) -> None:
        """Count the people of another group too."""
        self.moves.update(other.moves)
        self.ways.update(other.ways)
        self.missing_before += other.missing_before
        self.missing_after += other.missing_after

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "moves": {f"{one}>{two}": n for (one, two), n in sorted(self.moves.items())},
            "ways": dict(sorted(self.ways.items())),
            "missing": [format(self.missing_before, "f"), format(self.missing_after, "f")],
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Group:
        """Back from JSON."""
        before, after = map(Decimal, plain["missing"])
        return cls(Counter({_move(k): n for k, n in plain["moves"].items()}), Counter(plain["ways"]), before, after)


def _move(written: str) -> Move:
    one, _, two = written.partition(">")
    return Verdict(one), Verdict(two)


@dataclass(frozen=True)
class Sample:
    """A person to look at, and why."""

    id: int | str
    missing_before: Decimal
    missing_after: Decimal
    causes: tuple[str, ...] = ()


@dataclass
class Difference:
    """What a draft changes for one question. ``by`` is region, unit, title -> label -> group.

    ``causes`` counts by provision, ``samples`` holds at most SAMPLES of each transition, always the same ones;
    ``unread`` people could not be judged at all, ``problems`` says why for the first of them.
    """

    asked: Asked
    whole: Group = field(default_factory=Group)
    by: dict[str, dict[str, Group]] = field(default_factory=lambda: {name: {} for name in GROUPED})
    causes: dict[str, Counter[Direction]] = field(default_factory=dict)
    samples: dict[Move, tuple[Sample, ...]] = field(default_factory=dict)
    unread: int = 0
    problems: tuple[tuple[int | str, str], ...] = ()

    @property
    def nothing(self) -> bool:
        """True when the draft changes nothing for anybody."""
        return self.whole.people == self.whole.ways["same"]

    def note(self, judged: Judged, *, region: str = "", unit: str = "", title: str = "") -> None:
        """Count a person, or a group of people of whom all of this is the same."""
        self.whole.note(judged)
        for name, label in zip(GROUPED, (region, unit, title), strict=True):
            self.by[name].setdefault(label, Group()).note(judged)
        if judged.direction != "same":
            for id in judged.causes:
                self.causes.setdefault(id, Counter())[judged.direction] += judged.people

    def show(self, id: int | str, judged: Judged) -> None:
        """Offer somebody as a sample; of each transition the same few are kept, whatever the order."""
        if judged.direction != "same":
            one = Sample(id, judged.missing_before, judged.missing_after, judged.causes)
            self._keep((judged.before, judged.after), (one,))

    def fail(self, id: int | str, sentence: str) -> None:
        """Count somebody who cannot be judged: contradicting facts, a mark outside the vocabulary."""
        self.unread += 1
        self.problems = (*self.problems, (id, sentence))[:PROBLEMS]

    def add(self, other: Difference) -> None:
        """Count another part of the population, asked the same question."""
        self.whole.add(other.whole)
        for name, groups in other.by.items():
            for label, group in groups.items():
                self.by[name].setdefault(label, Group()).add(group)
        for id, ways in other.causes.items():
            self.causes.setdefault(id, Counter()).update(ways)
        for move, samples in other.samples.items():
            self._keep(move, samples)
        self.unread += other.unread
        self.problems = (*self.problems, *other.problems)[:PROBLEMS]

    def _keep(self, move: Move, samples: Iterable[Sample]) -> None:
        kept = [*self.samples.get(move, ()), *samples]
        self.samples[move] = tuple(sorted(kept, key=lambda one: scattered(one.id))[:SAMPLES])

    def plain(self) -> dict[str, Any]:
        """As JSON has it, to be kept and grown further."""
        return {
            "asked": [self.asked.purpose, self.asked.year, self.asked.target],
            "whole": self.whole.plain(),
            "by": {name: {label: one.plain() for label, one in groups.items()} for name, groups in self.by.items()},
            "causes": {id: dict(ways) for id, ways in self.causes.items()},
            "samples": {
                f"{one}>{two}": [
                    [s.id, format(s.missing_before, "f"), format(s.missing_after, "f"), list(s.causes)] for s in found
                ]
                for (one, two), found in self.samples.items()
            },
            "unread": self.unread,
            "problems": [list(one) for one in self.problems],
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Difference:
        """Back from JSON."""
        return cls(
            asked=Asked(*plain["asked"]),
            whole=Group.of(plain["whole"]),
            by={name: {label: Group.of(one) for label, one in groups.items()} for name, groups in plain["by"].items()},
            causes={id: Counter(ways) for id, ways in plain["causes"].items()},
            samples={
                _move(move): tuple(Sample(id, Decimal(b), Decimal(a), tuple(why)) for id, b, a, why in found)
                for move, found in plain["samples"].items()
            },
            unread=plain["unread"],
            problems=tuple((id, sentence) for id, sentence in plain["problems"]),
        )


def scattered(id: int | str) -> tuple[int, str]:
    """An order that has nothing to do with when somebody came; the same everywhere."""
    return zlib.crc32(str(id).encode()), str(id)


def touches(after: Rulebook, year: int, region: str) -> bool:
    """Whether a draft decides about a year and a place at all: it has begun by the year's end, and lies there.

    A ``region`` that is not known ("") is taken to lie there.
    """
    return after.since <= date(year, 12, 31) and (not region or region.startswith(after.region.code))


def simulate(
    before: Rulebook | None,
    after: Rulebook,
    asked: Asked,
    population: Iterable[Subject],
    progress: Callable[[int], None] | None = None,
    fit: Fit | None = None,
) -> Difference:
    """Ask the same question of everybody under both books, person by person.

    ``before`` is the book that the draft replaces; None where no law is encoded (everybody *cannot tell*). Where
    the draft does not reach (a year that ended before it begins, another region) the rules in force go on.
    ``fit`` may leave out what a book has no words for; without it an unknown word makes a person unreadable.
    ``progress`` is called with the number of people done, now and then and at the end; what it raises ends the run.
    Raises ``NotAPurpose`` or ``NotAWord`` for a question that either book does not know. A person whose facts
    contradict each other is counted in ``unread`` and stops nothing.
    """
    for book in (before, after):
        if book is not None:
            assess(book, Facts(), (), asked)
    found, done = Difference(asked), 0
    changed = changed_between(before, after)
    for done, one in enumerate(population, 1):
        _count(found, one, (before, after), changed, fit)
        if progress and done % STEP == 0:
            progress(done)
    if progress and (done % STEP or not done):
        progress(done)
    return found


def changed_between(before: Rulebook | None, after: Rulebook) -> frozenset[str]:
    """The provisions by which somebody may stand otherwise; all of them, where there was no law before."""
    if before is None:
        return frozenset(p.id for p in after.provisions if isinstance(p.value, demands.HourVerb))
    return frozenset(change.provision for change in compare(before, after).changes if change.hours)


def _count(
    found: Difference,
    one: Subject,
    books: tuple[Rulebook | None, Rulebook],
    changed: frozenset[str],
    fit: Fit | None,
) -> None:
    try:
        now, then = judged_twice(*books, one, found.asked, fit)
    except ValueError as problem:
        found.fail(one.id, str(problem))
        return
    judged = Judged(
        before=now.verdict if now else Verdict.UNKNOWN,
        after=then.verdict if then else Verdict.UNKNOWN,
        missing_before=now.least if now else Decimal(0),
        missing_after=then.least if then else Decimal(0),
        causes=_causes(now, then, changed),
    )
    found.note(judged, region=one.region, unit=one.unit, title=one.title)
    found.show(one.id, judged)


def judged_twice(
    before: Rulebook | None, after: Rulebook, one: Subject, asked: Asked, fit: Fit | None = None
) -> tuple[Assessment | None, Assessment | None]:
    """Both answers about one person; None where no law is encoded. Raises ``ValueError`` for nonsense."""
    now = _judged(before, one, asked, fit) if before else None
    if not touches(after, asked.year, one.region):
        return now, now
    return now, _judged(after, one, asked, fit)


def _judged(book: Rulebook, one: Subject, asked: Asked, fit: Fit | None) -> Assessment:
    fitted = fit(one, book) if fit else one
    return assess(book, fitted.facts, fitted.entries, asked)


def _causes(now: Assessment | None, then: Assessment | None, changed: frozenset[str]) -> tuple[str, ...]:
    """The changed provisions that made a difference here.

    A ceiling or a window leaves no trace in the answer: where none is found, all that changed share the blame, and
    where only a definition changed, the demands that came out otherwise do.
    """
    different = {id for id, _ in set(_said(now)) ^ set(_said(then)) if id}
    return tuple(sorted(different & changed or (changed if different else ()) or different))


def _said(one: Assessment | None) -> Iterator[tuple[str, object]]:
    """What each provision had to say about somebody: a difference in these is a difference by it."""
    if one is None:
        return
    for found in one.findings:
        yield found.provision, (found.years, found.outcome, found.need, found.missing)
        yield from ((id, (found.provision, found.years)) for id in found.relief)
        yield found.because, (found.provision, found.years)
    yield from ((line.provision, (line.entry, line.year, line.hours)) for line in one.lines)
    yield from ((gone.provision, gone.entry) for gone in one.refused)
