"""What one demand asks of one person for one year: is it owed, how much, and with which relief.

Every missing fact is read against the person, or, if ``generous``, in their favour; and noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from xueshi.policy import demands, whole
from xueshi.policy.amounts import Amount, Fixed, Share, leaf, named_demands
from xueshi.policy.book import Provision
from xueshi.policy.conditions import ALWAYS, UNKNOWN, Condition, Sight
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.question import Question, Relieved, Said
from xueshi.policy.sight import PersonSight


@dataclass(slots=True)
class Terms:
    """Needs in parts of hours, or in what the demand counts; ``written`` is before any relief.

    ``deferred`` is the relief that moves a shortfall to the next year.
    """

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
    deferred: str = ""


class Person:
    """One person under one question; ``missing`` gathers the facts not known.

    ``accumulated`` says what there is towards a demand in a year, for shares of it; the walk sets it.
    """

    __slots__ = (
        *("accumulated", "asked", "book", "facts", "generous", "missing", "now", "question"),
        *("_first_owed_by", "_now", "_other", "_sights", "_terms", "_yearly"),
    )

    def __init__(self, question: Question, facts: Facts, asked: Asked, *, generous: bool) -> None:
        """Look at the person; nothing is read yet."""
        self.question, self.book, self.facts, self.asked = question, question.book, facts, asked
        self.generous = generous
        self.missing: set[str] = set()
        self.accumulated: Callable[[str, int], int] = lambda _id, _year: 0
        self._sights: dict[int, PersonSight] = {}
        self._terms: dict[tuple[str, int], Terms] = {}
        self._now: list[Said[demands.Relief]] | None = None
        self._yearly: dict[int, list[Said[demands.Relief]]] = {}
        self._first_owed_by: list[tuple[int, Provision, demands.Owed]] | None = None
        self._other: Person | None = None
        self.now = self.at(asked.year)

    def at(self, year: int) -> PersonSight:
        """The person at the end of a year."""
        found = self._sights.get(year)
        if found is None:
            found = self._sights[year] = PersonSight(self.facts, self.asked, year, self.book.calendar)
        return found

    def other(self) -> Person:
        """The same person with every missing fact read the other way; of an earlier year, what hurts then may help now.

        Nothing owed then is a kindness then, and no surplus now; a shortfall put off then is owed now.
        """
        if self._other is None:
            self._other = Person(self.question, self.facts, self.asked, generous=not self.generous)
        return self._other

    def told(self, condition: Condition, sight: Sight, *, favours: bool) -> bool:
        """A condition as two values; ``favours``: it holding is good for the person."""
        answer = condition.holds(sight)
        if answer is None:
            self.missing |= condition.unknown(sight)
            return favours == self.generous
        return answer

    def amount(self, amount: Amount, sight: PersonSight, *, owed: bool, bases: Mapping[str, int] | None = None) -> int:
        """A figure; unknown, it is read against the person unless generous."""
        if type(amount) is Fixed:
            return amount.is_
        sight.bases = bases or {}
        value = amount.value(sight)
        if value is None:
            self.missing |= amount.unknown(sight)
            return amount.smallest if owed == self.generous else amount.largest
        return value

    def yearly_needs(self, amount: Amount, year: int) -> dict[str, int]:
        """The needs, as written for this person, of the demands that an amount speaks of."""
        return {id: self.terms(id, year).written for id in named_demands(amount)}

    # ---- what is owed ---------------------------------------------------------------------------

    def terms(self, id: str, year: int) -> Terms:
        """What the demand ``id`` asks for ``year``.

        A yearly demand is judged by the words of that year, one with its own window by today's.
        """
        found = self._terms.get((id, year))
        if found is None:
            found = self._terms[id, year] = self._read(id, year)
        return found

    def _read(self, id: str, year: int) -> Terms:
        if self.question.window(id) is None and not self.book.encodes(year):
            return Terms(*self.question.wording(id), told=False)
        said = self.question.in_force(id, year)
        if said is None:
            return Terms(*self.question.wording(id), applies=False, because=id)
        provision, demand = said
        if because := self._not_owed(provision, demand, year):
            return Terms(provision, demand, applies=False, because=because)
        if demand.within:
            whole_ = self.terms(demand.within, year)
            if not (whole_.applies and whole_.told):
                return Terms(provision, demand, whole_.applies, whole_.because, whole_.told)
        return self._relieved(provision, demand, year)

    def _not_owed(self, provision: Provision, demand: demands.Demand, year: int) -> str:
        if demand.when is not ALWAYS and not self.told(demand.when, self.at(year), favours=False):
            return provision.id
        first, because = 0, ""
        for start, said, law in self._starts():
            if start > first and (not law.of or provision.id in law.of):
                first, because = start, said.id
        return because if year < first else ""

    def _starts(self) -> list[tuple[int, Provision, demands.Owed]]:
        if self._first_owed_by is None:
            self._first_owed_by = [
                (self._first_owed(law), said, law)
                for said, law in self.question.owed
                if self.told(law.when, self.now, favours=True)
            ]
        return self._first_owed_by

    def _first_owed(self, law: demands.Owed) -> int:
        if law.event is None:
            return law.year
        days = self.now.value(law.event)
        if days is UNKNOWN:
            self.missing.add(law.event.name)
            return date.max.year if self.generous else 0
        return max((self.now.year_of(day) for day in days), default=date.max.year) + law.after

    # ---- reliefs --------------------------------------------------------------------------------

    def reliefs(self, year: int) -> list[Said[demands.Relief]]:
        """Those for this decision are read in the year asked, the others in the year judged."""
        found = self._yearly.get(year)
        if found is None:
            if self._now is None:
                self._now = [r for r in self.question.reliefs if self.told(r[1].when, self.now, favours=True)]
            at = self.at(year)
            yearly = [r for r in self.question.law(year).reliefs if self.told(r[1].when, at, favours=True)]
            found = self._yearly[year] = [*self._now, *yearly]
        return found

    def no_exam(self, year: int, towards: Callable[[str], int]) -> str:
        """The relief by which this person need not sit the exam, or ""; ``towards`` tells what an entry serves."""
        for said, law, at in (
            *((*one, self.now) for one in self.question.no_exam),
            *((*one, self.at(year)) for one in self.question.law(year).no_exam),
        ):
            serves = not law.of or any(towards(id) for id in law.of)
            if serves and self.told(law.when, at, favours=True):
                return said.id
        return ""

    def relieved(self, id: str, year: int) -> Relieved:
        """The reliefs for one demand and year, put together."""
        reliefs = self.reliefs(year)
        if not reliefs:
            return _NO_RELIEF
        held = [said for said in reliefs if not said[1].of or id in said[1].of]
        key = tuple([said[0].id for said in held])
        found = self.question.put_together.get(key)
        if found is None:
            found = self.question.put_together[key] = _together(held)
        return found

    def _relieved(self, provision: Provision, demand: demands.Demand, year: int) -> Terms:
        written = self.need_of(demand, demand.within, year)
        by = self.relieved(provision.id, year)
        lowered = written if by.factor is _WHOLE or demand.unit != "hours" else whole.times(written, by.factor)
        return Terms(
            provision,
            demand,
            written=written,
            need=0 if by.waived else lowered,
            waived=by.waived,
            advisory=by.advisory,
            relief=by.relief,
            deferred=by.deferred if self.question.moves(provision.id, demand) else "",
        )

    def need_of(self, demand: demands.Demand, within: str, year: int) -> int:
        """The need as written: parts of hours, or how many entries, names or conditions; 0 for branches.

        A share is of what ``within`` requires that year, or of what there is towards it.
        """
        if type(demand.at_least) is Fixed:
            return demand.at_least.is_
        if demand.at_least is not None:
            share, bases = leaf(demand.at_least, self.at(year)), dict[str, int]()
            if isinstance(share, Share):
                required = share.of == "required"
                bases = {share.of: self.terms(within, year).written if required else self.accumulated(within, year)}
            return self.amount(demand.at_least, self.at(year), owed=True, bases=bases)
        if demand.each is not None:
            return len(demand.each.names)
        return 1 if demand.holds is not None else demand.courses


def _together(held: list[Said[demands.Relief]]) -> Relieved:
    kinds = {law.gives: said.id for said, law in held}
    return Relieved(
        relief=tuple(said.id for said, law in held if law.gives != "deferred"),
        factor=min((law.times for _, law in held), default=_WHOLE),
        waived="waived" in kinds or "complete" in kinds,
        advisory="reference" in kinds,
        deferred=kinds.get("deferred", ""),
    )


_WHOLE = Fraction(1)
_NO_RELIEF = _together([])
