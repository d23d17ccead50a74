"""The law as one decision reads it: what of a rulebook is in force for a purpose and a year.

Everything here depends on the rulebook and the question alone, so it is worked out once and kept on the
rulebook; a walk through one person's facts starts from it, and so do the columns of a population.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from xueshi.policy import demands
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.facts import Mark
from xueshi.policy.likeness import Likeness, likeness
from xueshi.policy.windows import YEAR, Window

V = TypeVar("V")
Said = tuple[Provision, V]
_MOST_LIKENESSES = 20_000  # a bound for a catalogue gone wild; a city has some hundreds


@dataclass(frozen=True, slots=True)
class YearLaw:
    """What the words in force on the last day of a year say about its entries and its needs."""

    earnings: tuple[Said[demands.Earning], ...]
    counts: tuple[Said[demands.Counts], ...]
    hours: tuple[Said[demands.Hour], ...]
    make_ups: tuple[Said[demands.MakeUp], ...]
    reliefs: tuple[Said[demands.Relief], ...]
    no_exam: tuple[Said[demands.Relief], ...]
    caps: tuple[Said[demands.Cap], ...]
    carries: Mapping[str, demands.Carry]


@dataclass(frozen=True, slots=True)
class Target:
    """A demand, or one branch of it, as something that entries count towards: they must pass every filter."""

    key: str
    id: str
    demand: demands.Demand
    filters: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Relieved:
    """The reliefs that hold for one demand and year, put together: waived beats all, the smallest factor applies."""

    relief: tuple[str, ...]
    factor: Fraction
    waived: bool
    advisory: bool
    deferred: str


class Question:
    """One purpose and year under one rulebook; ``of`` keeps it on the rulebook."""

    def __init__(self, book: Rulebook, purpose: str, year: int) -> None:
        """Read the rulebook for this question."""
        self.book, self.purpose, self.year = book, purpose, year
        self.day = book.calendar.last_day(year)
        self.purposes = [said for said in book.of(demands.Purpose, self.day) if purpose in said[1].purposes]
        self.owed = [said for said in book.of(demands.Owed, self.day) if self._for_now(said[1].purposes)]
        reliefs = [said for said in book.of(demands.Relief, self.day) if purpose in said[1].purposes]
        self.reliefs = [said for said in reliefs if said[1].gives != "no_exam"]
        self.no_exam = [said for said in reliefs if said[1].gives == "no_exam"]
        self.caps = tuple(book.of(demands.Cap, self.day))
        self.defers = any(isinstance(p.value, demands.Relief) and p.value.gives == "deferred" for p in book.provisions)
        self.demands = list(dict.fromkeys(p.id for p in book.provisions if isinstance(p.value, demands.Demand)))
        self.of_themselves = [id for id in self.demands if purpose in self.wording(id)[1].purposes]
        self.put_together: dict[tuple[str, ...], Relieved] = {}
        self._years: dict[int, YearLaw] = {}
        self._likenesses: dict[tuple[object, ...], Likeness] = {}
        self._targets: dict[tuple[str, int], Target] = {}
        self._in_force: dict[tuple[str, int], Said[demands.Demand] | None] = {}
        self._windows: dict[str, Window | None] = {}

    @classmethod
    def of(cls, book: Rulebook, purpose: str, year: int) -> Question:
        """The question, read once per rulebook."""
        found = book.memo.get((purpose, year))
        if not isinstance(found, Question):
            found = book.memo[purpose, year] = cls(book, purpose, year)
        return found

    def _for_now(self, purposes: tuple[str, ...]) -> bool:
        return not purposes or self.purpose in purposes

    def law(self, year: int) -> YearLaw:
        """The words in force on the last day of a year."""
        found = self._years.get(year)
        if found is None:
            book, day = self.book, self.book.calendar.last_day(year)
            yearly = [said for said in book.of(demands.Relief, day) if not said[1].purposes]
            found = self._years[year] = YearLaw(
                tuple(book.of(demands.Earning, day)),
                tuple(said for said in book.of(demands.Counts, day) if self._for_now(said[1].purposes)),
                tuple(book.of(demands.Hour, day)),
                tuple(book.of(demands.MakeUp, day)),
                tuple(said for said in yearly if said[1].gives != "no_exam"),
                tuple(said for said in yearly if said[1].gives == "no_exam"),
                tuple(book.of(demands.Cap, day)),
                {law.surplus_of: law for _, law in book.of(demands.Carry, day)},
            )
        return found

    def ceilings(self, id: str, year: int) -> tuple[Said[demands.Cap], ...]:
        """The ceilings of a period that ends with a year: by the words of that year, as the demand's own are."""
        return self.caps if self.window(id) else self.law(year).caps

    def likeness(self, says: Mapping[str, Mark], year: int) -> Likeness:
        """What entries with these marks amount to in a year; worked out once for all that say the same."""
        key = (year, *says.items())
        found = self._likenesses.get(key)
        if found is None:
            if len(self._likenesses) >= _MOST_LIKENESSES:
                self._likenesses.clear()
            found = self._likenesses[key] = likeness(self.book, self.law(year), says, year)
        return found

    def wording(self, id: str) -> Said[demands.Demand]:
        """The words of a demand on the day asked, or else its newest."""
        best = max(self.book.wordings(id), key=lambda p: (p.in_force(self.day), p.since))
        assert isinstance(best.value, demands.Demand)  # noqa: S101 - the loader made sure
        return best, best.value

    def in_force(self, id: str, year: int) -> Said[demands.Demand] | None:
        """The words of a demand for a year: those of that year's end, or today's if it has its own window."""
        key = (id, year)
        if key not in self._in_force:
            day = self.day if self.window(id) else self.book.calendar.last_day(year)
            wordings = (p for p in self.book.wordings(id) if p.in_force(day))
            self._in_force[key] = next(((p, p.value) for p in wordings if isinstance(p.value, demands.Demand)), None)
        return self._in_force[key]

    def window(self, id: str) -> Window | None:
        """The demand's own window: a part has that of its whole."""
        if id not in self._windows:
            demand = self.wording(id)[1]
            while demand.within:
                demand = self.wording(demand.within)[1]
            self._windows[id] = demand.over
        return self._windows[id]

    def is_sum(self, id: str) -> bool:
        """Whether it is owed once for several years, by its own window."""
        window = self.window(id)
        return window is not None and not window.each

    def moves(self, id: str, demand: demands.Demand) -> bool:
        """Whether a shortfall can be put off: hours of one year can; a sum or an either-or has no next year."""
        return demand.unit == "hours" and not self.is_sum(id)

    def first_with(self, over: Window) -> int:
        """The number, from 1, of the first purpose with this window, whoever it asks."""
        return next(n for n, (_, law) in enumerate(self.purposes, 1) if (law.over or YEAR) == over)

    def target(self, id: str, year: int) -> Target:
        """What an entry must be to count towards a demand, by the words for a year and those of its wholes."""
        found = self._targets.get((id, year))
        if found is None:
            provision, demand = self.in_force(id, year) or self.wording(id)
            filters, part = [demand.of], demand
            while part.within:
                part = (self.in_force(part.within, year) or self.wording(part.within))[1]
                filters.append(part.of)
            kept = tuple(one for one in filters if one != ALWAYS)
            found = self._targets[id, year] = Target(f"{id}@{provision.since}", id, demand, kept)
        return found


def branch_of(target: Target, branch: demands.Branch) -> Target:
    """One way of an either-or: its own filter within that of the whole."""
    filters = target.filters if branch.demand.of == ALWAYS else (*target.filters, branch.demand.of)
    return Target(f"{target.key}/{branch.name}", target.id, branch.demand, filters)
