"""What one demand asks of everybody for one year: for whom it is owed, how much, and with which relief.

The counterpart of ``policy.terms``, with the same names. Every missing fact is read against the person, or, if
``generous``, in their favour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xueshi.policy import demands
from xueshi.policy.amounts import Amount, Share
from xueshi.policy.book import Rulebook
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.amounts import Reader, told
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.conditions import holds
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.looks import PersonLook
from xueshi.policy.columns.windows import Period, span, spans
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.facts import Asked
from xueshi.policy.question import Question, Said
from xueshi.policy.windows import Window


@dataclass(frozen=True)
class Terms:
    """Needs in parts of hours, or in what the demand counts; ``written`` is before any relief.

    What is said of somebody to whom it does not apply means nothing.
    """

    demand: demands.Demand
    applies: Node = TRUE
    told: bool = True
    written: Node = ZERO
    need: Node = ZERO
    waived: Node = FALSE
    advisory: Node = FALSE
    deferred: Node = FALSE


@dataclass(frozen=True)
class Relieved:
    """The reliefs for one demand and year: by which factors, most generous first, and for whom."""

    factors: tuple[tuple[demands.Relief, Node], ...]
    waived: Node
    advisory: Node
    deferred: Node


@dataclass
class People:
    """Everybody in a frame, under one question, with all missing facts read one way.

    ``accumulated`` says what there is towards a demand in a year, for shares of it; the walk sets it.
    """

    question: Question
    layout: Layout
    asked: Asked
    generous: bool
    accumulated: Callable[[str, int], Node] = lambda _id, _year: ZERO
    _looks: dict[int, PersonLook] = field(default_factory=dict)
    _terms: dict[tuple[str, int], Terms] = field(default_factory=dict)
    _reliefs: dict[int, list[tuple[Said[demands.Relief], Node]]] = field(default_factory=dict)

    @property
    def book(self) -> Rulebook:
        """The rulebook that is applied."""
        return self.question.book

    def at(self, year: int) -> PersonLook:
        """Everybody at the end of a year."""
        if year not in self._looks:
            self._looks[year] = PersonLook(self.layout, self.asked, year)
        return self._looks[year]

    @cached_property
    def other(self) -> People:
        """The same people with every missing fact read the other way; see ``Person.other``."""
        return People(self.question, self.layout, self.asked, not self.generous)

    @property
    def now(self) -> PersonLook:
        """Everybody at the end of the year asked about."""
        return self.at(self.asked.year)

    def told(self, condition: Condition, look: PersonLook, *, favours: bool, by: str = "") -> Node:
        """A condition as one truth; ``favours``: it holding is good for the person. ``by``: whose condition."""
        if condition is ALWAYS:
            return TRUE
        try:
            return holds(condition, look, favours=favours, generous=self.generous)
        except Beyond as beyond:
            raise Beyond(beyond.provision or by, beyond.why) from beyond

    def amount(
        self,
        amount: Amount,
        look: PersonLook,
        *,
        owed: bool,
        bases: Mapping[str, Callable[[], Node]] | None = None,
        share: Callable[[Share], Node] | None = None,
    ) -> Node:
        """A figure; unknown, it is read against the person unless generous."""
        return told(amount, Reader(look, bases=bases or {}, share=share), owed=owed, generous=self.generous)

    # ---- what is owed ---------------------------------------------------------------------------

    def terms(self, id: str, year: int) -> Terms:
        """What the demand ``id`` asks for ``year``."""
        if (id, year) not in self._terms:
            self._terms[id, year] = self._read(id, year)
        return self._terms[id, year]

    def _read(self, id: str, year: int) -> Terms:
        demand = self.question.wording(id)[1]
        if self.question.window(id) is None and not self.book.encodes(year):
            return Terms(demand, told=False)
        said = self.question.in_force(id, year)
        if said is None:
            return Terms(demand, applies=FALSE)
        demand = said[1]
        applies = self._owed(id, demand, year)
        if demand.within and applies is not FALSE:
            applies = algebra.and_(applies, self.terms(demand.within, year).applies)
        if applies is FALSE:
            return Terms(demand, applies=FALSE)
        return self._relieved(id, demand, applies, year)

    def _owed(self, id: str, demand: demands.Demand, year: int) -> Node:
        parts = [self.told(demand.when, self.at(year), favours=False, by=id)]
        for said, law in self.question.owed:
            if law.of and id not in law.of:
                continue
            stands = self.told(law.when, self.now, favours=True, by=said.id)
            before = algebra.below(algebra.number(year), self._first_owed(law))
            parts.append(algebra.not_(algebra.and_(stands, before)))
        return algebra.and_(*parts)

    def _first_owed(self, law: demands.Owed) -> Node:
        if law.event is None:
            return algebra.number(law.year)
        last = self.now.event(law.event)[1]
        happened = algebra.at_least(last.value, algebra.number(1))
        first = algebra.if_(happened, algebra.add(self.now.year_of(last.value), algebra.number(law.after)), NEVER)
        return algebra.if_(last.known, first, NEVER if self.generous else ZERO)

    # ---- reliefs --------------------------------------------------------------------------------

    def reliefs(self, year: int) -> list[tuple[Said[demands.Relief], Node]]:
        """Those for this decision are read in the year asked, the others in the year judged."""
        if year not in self._reliefs:
            each = [(said, self.now) for said in self.question.reliefs]
            each += [(said, self.at(year)) for said in self.question.law(year).reliefs]
            self._reliefs[year] = [
                (said, self.told(said[1].when, look, favours=True, by=said[0].id)) for said, look in each
            ]
        return self._reliefs[year]

    def no_exam(self, year: int, towards: Callable[[str], int]) -> Node:
        """Who need not sit the exam; ``towards`` tells what an entry serves."""
        each = [(said, self.now) for said in self.question.no_exam]
        each += [(said, self.at(year)) for said in self.question.law(year).no_exam]
        return algebra.or_(
            *(
                self.told(law.when, look, favours=True, by=provision.id)
                for (provision, law), look in each
                if not law.of or any(towards(id) for id in law.of)
            )
        )

    def relieved(self, id: str, year: int) -> Relieved:
        """The reliefs for one demand and year, put together: waived beats all, the smallest factor applies."""
        held = [
            (law, whose)
            for (_, law), whose in self.reliefs(year)
            if (not law.of or id in law.of) and whose is not FALSE
        ]

        def given(*gives: str) -> Node:
            return algebra.or_(*(whose for law, whose in held if law.gives in gives))

        factors = sorted((one for one in held if one[0].gives == "times"), key=lambda one: -one[0].times)
        return Relieved(tuple(factors), given("waived", "complete"), given("reference"), given("deferred"))

    def _relieved(self, id: str, demand: demands.Demand, applies: Node, year: int) -> Terms:
        written = self.need_of(demand, demand.within, year)
        by = self.relieved(id, year)
        lowered = self.lowered(written, by) if demand.unit == "hours" else written
        need = algebra.if_(by.waived, ZERO, lowered)
        deferred = by.deferred if self.question.moves(id, demand) else FALSE
        return Terms(demand, applies, True, written, need, by.waived, by.advisory, deferred)

    def lowered(self, written: Node, by: Relieved) -> Node:
        """A need by the smallest factor that holds; rounds up."""
        need = written
        for law, whose in by.factors:
            times = algebra.scaled(written, law.times.numerator, law.times.denominator, up=True)
            need = algebra.if_(whose, times, need)
        return need

    def need_of(self, demand: demands.Demand, within: str, year: int) -> Node:
        """The need as written: parts of hours, or how many entries, names or conditions; 0 for branches.

        A share is of what ``within`` requires that year, or of what there is towards it.
        """
        if demand.at_least is not None:
            bases: dict[str, Callable[[], Node]] = {
                "required": lambda: self.terms(within, year).written,
                "accumulated": lambda: self.accumulated(within, year),
            }
            return self.amount(demand.at_least, self.at(year), owed=True, bases=bases if within else {})
        if demand.each is not None:
            return algebra.number(len(demand.each.names))
        return algebra.number(1 if demand.holds is not None else demand.courses)

    # ---- windows --------------------------------------------------------------------------------

    def span(self, window: Window, year: int, *, longest: bool | None = None) -> Period:
        """The years of a window that ends with this one, and for whom; an open beginning is read as the walk does."""
        longest = self.generous if longest is None else longest
        return span(window, self.at(year), self.book.known_from, longest=longest)

    def spans(self, window: Window, year: int) -> list[tuple[Node, Period]]:
        """Every span it could be, and for whom."""
        return spans(window, self.at(year), self.book.known_from)


NEVER = algebra.number(9999)
