"""Everybody through the law at once: a judgement on every demand that a question asks for.

The counterpart of ``policy.walk``, with the same names. All missing facts are read one way, against the person or in
their favour; ``plan`` puts the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce

from xueshi.policy import demands
from xueshi.policy.amounts import Amount, Share
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.amounts import by_leaf
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.branches import HOURS, UNITS, Way, cheapest
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.lines import lines_of
from xueshi.policy.columns.measure import Tally
from xueshi.policy.columns.terms import People, Terms
from xueshi.policy.columns.windows import Period, only
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Outcome
from xueshi.policy.question import Question, Target, branch_of
from xueshi.policy.windows import YEAR, Window


@dataclass(frozen=True)
class Judgement:
    """One demand over one period: ``present`` for whom there is such a finding at all.

    ``outcomes`` exclude each other and leave nobody out. ``have``, ``need`` and ``missing`` are in ``unit`` (an
    index into ``branches.UNITS``); ``need`` means nothing where it is not applicable or cannot be told.
    """

    present: Node
    outcomes: Mapping[Outcome, Node]
    have: Node = ZERO
    need: Node = ZERO
    missing: Node = ZERO
    unit: Node = HOURS


@dataclass
class Walk:
    """The walk; ``judgements`` is its result, by provision and year (0 or below for a sum of years)."""

    people: People
    tally: Tally = field(init=False)

    @classmethod
    def through(cls, question: Question, layout: Layout, asked: Asked, *, generous: bool) -> Walk:
        """Prepare it."""
        return cls(People(question, layout, asked, generous))

    def __post_init__(self) -> None:
        """Sort the kinds of entries into lines."""
        self.tally = Tally(self.people, lines_of(self.people))
        self.tally.moved_in = self._moved_in
        self.people.accumulated = self._accumulated

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.people.question

    def binds(self) -> Node:
        """Of whom the instrument speaks at all."""
        return self.people.told(self.question.book.binds, self.people.now, favours=False)

    def judgements(self) -> dict[tuple[str, int], Judgement]:
        """One judgement per demand and period, in the order of the law."""
        found: dict[tuple[str, int], Judgement] = {}
        bound = self.binds()
        for id, windows in self._asked(found).items():
            each: dict[int, list[Node]] = {}
            for number, window, whose in windows:
                if not window.each:
                    found[id, -number] = self._judge_sum(id, window, whose, own=number == 0)
                    continue
                span = self.people.span(window, self.people.asked.year, longest=not self.people.generous)
                for year, inside in span.items():
                    each.setdefault(year, []).append(algebra.and_(whose, inside))
            for year in sorted(each):
                found[id, year] = self._judge(id, only(year), only(year), algebra.or_(*each[year]))
        return {
            key: Judgement(algebra.and_(bound, one.present), one.outcomes, one.have, one.need, one.missing, one.unit)
            for key, one in found.items()
            if algebra.and_(bound, one.present) is not FALSE
        }

    def _asked(self, found: dict[tuple[str, int], Judgement]) -> dict[str, list[tuple[int, Window, Node]]]:
        """The demands that this decision asks for, each over every window that asks for it, and of whom.

        The number of the first purpose that names a window tells the windows of a demand apart.
        """
        asked: dict[str, list[tuple[int, Window, Node]]] = {}
        otherwise: dict[str, list[Node]] = {}
        for number, (provision, law) in enumerate(self.question.purposes, 1):
            whose = self.people.told(law.when, self.people.now, favours=not law.asks, by=provision.id)
            if not law.asks:
                found[provision.id, self.people.asked.year] = Judgement(whose, {Outcome.WAIVED: TRUE})
            surely = self.people.told(law.when, self.people.now, favours=True, by=provision.id)
            for id in law.asks:
                asked.setdefault(id, []).append((number, law.over or YEAR, whose))
                otherwise.setdefault(id, []).append(surely)
        for id in self.question.of_themselves:
            asked.setdefault(id, []).append((0, YEAR, algebra.not_(algebra.or_(*otherwise.get(id, ())))))
        kept = {id: self._apart(id, asked[id]) for id in self.question.demands if id in asked}
        self.tally.asked = {id: algebra.or_(*(whose for _, _, whose in one)) for id, one in kept.items() if one}
        return {id: one for id, one in kept.items() if one}

    def _apart(self, id: str, windows: list[tuple[int, Window, Node]]) -> list[tuple[int, Window, Node]]:
        """The different windows among them; a demand with its own has no other."""
        if (own := self.question.window(id)) is not None:
            windows = [(0, own, whose) for _, _, whose in windows]
        found: list[tuple[int, Window, Node]] = []
        for number, window, whose in windows:
            same = next((n for n, (_, other, _) in enumerate(found) if other == window), None)
            if same is None:
                found.append((number, window, whose))
            else:
                found[same] = (found[same][0], window, algebra.or_(found[same][2], whose))
        return [one for one in found if one[2] is not FALSE]

    def _judge_sum(self, id: str, window: Window, whose: Node, *, own: bool) -> Judgement:
        """A sum whose beginning may be open: the worst of all that it could be, or the best."""
        now, generous = self.people.asked.year, self.people.generous
        if own:
            return self._judge(id, self.people.span(window, now), only(now), whose)
        (known, span), *others = self.people.spans(window, now)
        found = self._judge(id, span, span, whose)
        each = [self._judge(id, years, years, whose) for _, years in others]
        return _either(known, found, reduce(partial(_worse, better=generous), each)) if each else found

    # ---- one demand over one period -------------------------------------------------------------

    def _judge(self, id: str, years: Period, owing: Period, present: Node) -> Judgement:
        """The hours of ``years`` beside the needs of the years ``owing``."""
        each = [(self.people.terms(id, year), whose) for year, whose in owing.items()]
        owed = [(t, one) for t, whose in each if (one := algebra.and_(t.applies, whose)) is not FALSE]
        applies = algebra.or_(*(whose for _, whose in owed))
        untold = algebra.or_(*(whose for terms, whose in owed if not terms.told))
        outcomes = {Outcome.NOT_APPLICABLE: algebra.not_(applies), Outcome.CANNOT_TELL: untold}
        owed = [(terms, whose) for terms, whose in owed if terms.told]
        judged = algebra.and_(applies, algebra.not_(untold))
        if judged is FALSE:
            return Judgement(
                present, outcomes, unit=_unit(each[-1][0].demand if each else self.question.wording(id)[1])
            )
        self._of_one_form(id, [terms.demand for terms, _ in owed])
        total = _sum(owed)
        target = self.question.target(id, max(years, default=self.people.asked.year))
        if total.demand.branches:
            way = cheapest(total.demand.enough, self._ways(id, total.demand, total.demand.within, target, years, owing))
        else:
            way = self._way_of(id, total, target, years)
        return _compare(total, way, outcomes, judged, present)

    def _way_of(self, id: str, total: Terms, target: Target, years: Period) -> Way:
        moved = self._moved_in(id, years)
        have = self.tally.have(target, years)
        written, need = (algebra.add(one, moved) for one in (total.written, total.need))
        way = Way.of(_unit(total.demand), have, need, written)
        if total.demand.at_least is None:
            return way
        added = by_leaf(total.demand.at_least, self.people.now, partial(_with_what_is_added, way.missing))
        return replace(way, missing=added)

    def _of_one_form(self, id: str, each: Sequence[demands.Demand]) -> None:
        """Over a sum of years the last words decide what kind of demand it is; here all must be of one kind."""
        forms = [(d.unit, d.branches, "accumulated" in str(d.at_least)) for d in each]
        if any(form != forms[0] for form in forms):
            raise Beyond(id, "over these years it was a demand of different kinds")

    def _moved_in(self, id: str, years: Period) -> Node:
        """The shortfall of the year before that was deferred to this one, or may have been."""
        question = self.question
        if not question.defers:
            return ZERO
        if len(years) != 1:
            if any(whose is not TRUE for whose in years.values()):
                raise Beyond(id, "a shortfall is deferred into a window that is one year long for some")
            return ZERO
        before = next(iter(years)) - 1
        if not question.book.encodes(before):
            return ZERO
        terms = self.people.terms(id, before)
        deferred = self.people.other.relieved(id, before).deferred
        whose = algebra.and_(terms.applies, algebra.not_(terms.advisory), deferred)
        if not terms.told or whose is FALSE or not question.moves(id, terms.demand):
            return ZERO
        have = self.tally.have(question.target(id, before), only(before))
        left = algebra.minus(algebra.add(terms.need, self._moved_in(id, only(before))), have)
        return algebra.if_(whose, algebra.most(ZERO, left), ZERO)

    def _accumulated(self, id: str, year: int) -> Node:
        own = self.question.window(id)
        years = self.people.span(own, year) if own else only(year)
        return self.tally.have(self.question.target(id, year), years)

    # ---- either-or ------------------------------------------------------------------------------

    def _ways(
        self, id: str, of: demands.Demand, within: str, target: Target, years: Period, owing: Period
    ) -> list[Way]:
        return [self._way(id, one, within, branch_of(target, one), years, owing) for one in of.branches]

    def _way(self, id: str, branch: demands.Branch, within: str, target: Target, years: Period, owing: Period) -> Way:
        people, demand = self.people, branch.demand
        if demand.over is not None:
            last = max(years, default=people.asked.year)
            years = people.span(demand.over, last)
            owing = dict(list(owing.items())[-1:])
        if demand.branches:
            return cheapest(demand.enough, self._ways(id, demand, within, target, years, owing))
        need = written = ZERO
        for year, whose in owing.items():
            one = people.need_of(demand, within, year)
            lowered = people.lowered(one, people.relieved(id, year)) if demand.unit == "hours" else one
            written = algebra.add(written, algebra.if_(whose, one, ZERO))
            need = algebra.add(need, algebra.if_(whose, lowered, ZERO))
        have = self.tally.have(target, years)
        return Way.of(_unit(demand), have, need, written)


def _with_what_is_added(missing: Node, amount: Amount) -> Node:
    """With a share of the accumulated, what is added enlarges the whole."""
    if not isinstance(amount, Share) or amount.of != "accumulated":
        return missing
    rest = 1 - amount.share
    return algebra.scaled(missing, rest.denominator, rest.numerator, up=True)


def _worse(one: Judgement, other: Judgement, *, better: bool) -> Judgement:
    """Of two spans, the other beginning later, the one that is worse, the later of equals; or better, the earlier."""
    unmet, others = (of.outcomes.get(Outcome.UNMET, FALSE) for of in (one, other))
    more = algebra.at_least(other.missing, one.missing)
    as_bad = algebra.or_(
        algebra.and_(others, algebra.not_(unmet)), algebra.and_(more, algebra.or_(others, algebra.not_(unmet)))
    )
    if not better:
        return _either(as_bad, other, one)
    less = algebra.below(other.missing, one.missing)
    as_good = algebra.or_(
        algebra.and_(unmet, algebra.not_(others)), algebra.and_(less, algebra.or_(unmet, algebra.not_(others)))
    )
    return _either(as_good, other, one)


def _either(condition: Node, one: Judgement, other: Judgement) -> Judgement:
    """One judgement where the condition holds, else the other."""

    def pick(of: str) -> Node:
        return algebra.if_(condition, getattr(one, of), getattr(other, of))

    outcomes = {
        name: algebra.either(condition, one.outcomes.get(name, FALSE), other.outcomes.get(name, FALSE))
        for name in {**one.outcomes, **other.outcomes}
    }
    return Judgement(one.present, outcomes, pick("have"), pick("need"), pick("missing"), pick("unit"))


def _unit(demand: demands.Demand) -> Node:
    return algebra.number(UNITS.index(demand.unit))


def _sum(owed: Sequence[tuple[Terms, Node]]) -> Terms:
    """The needs of several years as one."""
    how_many = algebra.add(*(algebra.as_number(whose) for _, whose in owed))
    single = algebra.not_(algebra.at_least(how_many, algebra.number(2)))

    def total(of: str) -> Node:
        return algebra.add(*(algebra.if_(whose, getattr(terms, of), ZERO) for terms, whose in owed))

    return Terms(
        owed[-1][0].demand,
        written=total("written"),
        need=total("need"),
        waived=algebra.and_(*(algebra.or_(algebra.not_(whose), terms.waived) for terms, whose in owed)),
        advisory=algebra.or_(*(algebra.and_(whose, terms.advisory) for terms, whose in owed)),
        deferred=algebra.and_(single, algebra.or_(*(algebra.and_(whose, terms.deferred) for terms, whose in owed))),
    )


def _compare(total: Terms, way: Way, outcomes: Mapping[Outcome, Node], judged: Node, present: Node) -> Judgement:
    """The outcome: as written, by a relief, by weighing, or not."""
    left = judged
    found = dict(outcomes)

    def take(outcome: Outcome, whose: Node) -> None:
        nonlocal left
        found[outcome] = algebra.or_(found.get(outcome, FALSE), algebra.and_(left, whose))
        left = algebra.and_(left, algebra.not_(whose))

    take(Outcome.MET, way.met)
    take(Outcome.WAIVED, total.waived)
    take(Outcome.REDUCED, way.enough)
    take(Outcome.ADVISORY, total.advisory)
    take(Outcome.WAIVED, algebra.and_(total.deferred, way.in_hours))
    found[Outcome.UNMET] = left
    nothing = algebra.or_(algebra.not_(judged), found[Outcome.WAIVED])
    return Judgement(
        present,
        found,
        have=algebra.if_(judged, way.have, ZERO),
        need=algebra.if_(total.waived, ZERO, way.need),
        missing=algebra.if_(nothing, ZERO, way.missing),
        unit=algebra.if_(judged, way.unit, _unit(total.demand)),
    )
