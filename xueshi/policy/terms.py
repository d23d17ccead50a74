"""What one demand asks of one person for one year: is it owed, how much, and with which relief.

Every missing fact is read against the person, or, if ``generous``, in their favour; and noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from xueshi.policy import demands, whole
from xueshi.policy.amounts import Amount
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.conditions import UNKNOWN, Condition, Sight
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.sight import PersonSight
from xueshi.policy.windows import Window

Law = TypeVar("Law", demands.Relief, demands.Owed)


@dataclass(frozen=True)
class Terms:
    """Needs in parts of hours, or in entries for ``courses``; ``written`` is before any relief."""

    provision: Provision
    demand: demands.Demand
    applies: bool = True
    because: str = ""
    told: bool = True
    written: int = 0
    need: int = 0
    waived: bool = False
    advisory: bool = False
    relief: tuple[str, ...] = ()


@dataclass
class Person:
    """One person under one rulebook and one question; ``missing`` gathers the facts not known."""

    book: Rulebook
    facts: Facts
    asked: Asked
    generous: bool
    missing: set[str] = field(default_factory=set)

    def at(self, year: int) -> PersonSight:
        """The person at the end of a year."""
        return PersonSight(self.facts, self.asked, year)

    @property
    def now(self) -> PersonSight:
        """The person at the end of the year asked about."""
        return self.at(self.asked.year)

    @property
    def day(self) -> date:
        """The last day of the year asked about."""
        return date(self.asked.year, 12, 31)

    def told(self, condition: Condition, sight: Sight, *, favours: bool) -> bool:
        """A condition as two values; ``favours``: it holding is good for the person."""
        answer = condition.holds(sight)
        if answer is None:
            self.missing |= condition.unknown(sight)
            return favours == self.generous
        return answer

    def terms(self, id: str, year: int) -> Terms:
        """What the demand ``id`` asks for ``year``.

        A yearly demand is judged by the words of that year, one with its own window by today's.
        """
        provision, demand = self.wording(id)
        yearly = self.over(demand) is None
        day = date(year, 12, 31) if yearly else self.day
        if yearly and year < self.book.known_from:
            return Terms(provision, demand, told=False)
        for wording in self.book.wordings(id):
            if wording.in_force(day) and isinstance(wording.value, demands.Demand):
                provision, demand = wording, wording.value
                break
        else:
            return Terms(provision, demand, applies=False, because=id)
        if because := self._not_owed(provision, demand, year):
            return Terms(provision, demand, applies=False, because=because)
        return self._relieved(provision, demand, year)

    def wording(self, id: str) -> tuple[Provision, demands.Demand]:
        """The words of a demand on the day asked, or else its newest."""
        found = self.book.wordings(id)
        best = max(found, key=lambda p: (p.in_force(self.day), p.since))
        assert isinstance(best.value, demands.Demand)  # noqa: S101 - the loader made sure
        return best, best.value

    def over(self, demand: demands.Demand) -> Window | None:
        """The demand's own window: a part has that of its whole."""
        while demand.within:
            demand = self.wording(demand.within)[1]
        return demand.over

    def amount(self, amount: Amount, sight: Sight, *, owed: bool) -> int:
        """A figure; unknown, it is read against the person unless generous."""
        value = amount.value(sight)
        if value is None:
            self.missing |= amount.unknown(sight)
            return amount.smallest if owed == self.generous else amount.largest
        return value

    def _not_owed(self, provision: Provision, demand: demands.Demand, year: int) -> str:
        if not self.told(demand.when, self.at(year), favours=False):
            return provision.id
        starts: list[tuple[int, str]] = []
        for said, law in self._for_now(demands.Owed):
            if self.told(law.when, self.now, favours=True):
                starts.append((self._first_owed(law), said.id))
        first, because = max(starts, default=(0, ""))
        return because if year < first else ""

    def _first_owed(self, law: demands.Owed) -> int:
        if law.event is None:
            return law.year
        days = self.now.value(law.event)
        if days is UNKNOWN:
            self.missing.add(law.event.name)
            return date.max.year if self.generous else 0
        happened = [day.year for day in days] if isinstance(days, tuple) else []
        return max(happened, default=date.max.year) + law.after

    def _for_now(self, kind: type[Law]) -> list[tuple[Provision, Law]]:
        return [
            (provision, law)
            for provision, law in self.book.of(kind, self.day)
            if not law.purposes or self.asked.purpose in law.purposes
        ]

    def _reliefs(self, year: int) -> list[tuple[Provision, demands.Relief]]:
        """Those for this decision are read in the year asked, the others in the year judged."""
        found = [
            (provision, law)
            for provision, law in self._for_now(demands.Relief)
            if law.purposes and self.told(law.when, self.now, favours=True)
        ]
        yearly = self.book.of(demands.Relief, date(year, 12, 31))
        found += [
            (provision, law)
            for provision, law in yearly
            if not law.purposes and self.told(law.when, self.at(year), favours=True)
        ]
        return found

    def _relieved(self, provision: Provision, demand: demands.Demand, year: int) -> Terms:
        hours = demand.at_least
        written = self.amount(hours, self.at(year), owed=True) if hours else demand.courses
        reliefs = self._reliefs(year)
        factor = min((law.times for _, law in reliefs), default=Fraction(1))
        kinds = {law.gives for _, law in reliefs}
        waived = not kinds.isdisjoint({"waived", "complete"})
        lowered = whole.times(written, factor) if demand.unit == "hours" else written
        return Terms(
            provision,
            demand,
            written=written,
            need=0 if waived else lowered,
            waived=waived,
            advisory="reference" in kinds,
            relief=tuple(said.id for said, _ in reliefs),
        )
