"""One walk through the law for one person: a finding on every demand that a question asks for.

Order: select, exclude, convert, cap, sum, relieve, compare. All missing facts are read one way, against the
person or in their favour; ``assess`` takes both walks where it must.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from xueshi.policy import demands, whole
from xueshi.policy.amounts import Share, leaf
from xueshi.policy.conditions import ALWAYS
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Finding, Outcome
from xueshi.policy.lines import Sorted, sort
from xueshi.policy.measure import Have, Tally, Years
from xueshi.policy.question import Question, Target, branch_of
from xueshi.policy.terms import Person, Terms
from xueshi.policy.windows import YEAR, Window

Key = tuple[str, Years]


@dataclass(slots=True)
class Way:
    """One way of an either-or (or several together): what there is, what is needed, and what is missing.

    ``short`` is what would be missing without any relief.
    """

    name: str
    unit: str
    have: Have
    need: int
    missing: int
    short: int


class Walk:
    """The walk; ``findings`` is its result, and ``missing`` are the facts it would have liked to know."""

    def __init__(
        self, question: Question, facts: Facts, asked: Asked, entries: Iterable[Entry], *, generous: bool
    ) -> None:
        """Sort the entries; the demands are judged by ``findings``."""
        self.question = question
        self.person = Person(question, facts, asked, generous=generous)
        self.person.accumulated = self._accumulated
        self.sorted: Sorted = sort(self.person, entries)
        self.tally = Tally(self.person, self.sorted)
        self.tally.moved_in = self._moved_in

    @property
    def missing(self) -> set[str]:
        """The facts that nobody recorded and that were asked for."""
        return self.person.missing

    def binds(self) -> bool:
        """Whether the instrument speaks of this person at all."""
        binds = self.question.book.binds
        return binds is ALWAYS or self.person.told(binds, self.person.now, favours=False)

    def findings(self) -> dict[Key, Finding]:
        """One finding per demand and period, in the order of the law."""
        found: dict[Key, Finding] = {}
        if not self.binds():
            return found
        now, earliest = self.person.now, self.question.book.known_from
        for id, number, window in self._asked(found):
            own = self.question.window(id)
            over = own or window
            if over is YEAR:
                found.setdefault((id, (now.year,)), self._judge(id, (now.year,), (now.year,)))
                continue
            self.person.missing |= over.unknown(now)
            if not over.each:
                found[id, (-number,)] = self._judge_sum(id, over, owing=(now.year,) if own else ())
                continue
            for year in over.span(now, earliest, longest=not self.person.generous):
                if (id, (year,)) not in found:
                    found[id, (year,)] = self._judge(id, (year,), (year,))
        return found

    def _asked(self, found: dict[Key, Finding]) -> list[tuple[str, int, Window]]:
        """The demands that this decision asks for, in the order of the law, each over every window that asks for it.

        Where the facts leave open which of several purposes asks, all of them do, or, if generous, none; and what
        is asked anyway, where no purpose asks otherwise, is so too. A purpose that asks nothing is a finding. The
        number tells the windows of a demand apart.
        """
        person, asked = self.person, dict[str, list[tuple[int, Window]]]()
        otherwise: set[str] = set()
        for provision, law in self.question.purposes:
            if law.when is ALWAYS or person.told(law.when, person.now, favours=True):
                otherwise.update(law.asks)
            if law.when is not ALWAYS and not person.told(law.when, person.now, favours=not law.asks):
                continue
            if not law.asks:
                nothing, year = Decimal(0), (person.asked.year,)
                found[provision.id, year] = Finding(
                    *(provision.id, provision.article, year, Outcome.WAIVED, nothing, nothing, nothing),
                    because=provision.id,
                )
            for id in law.asks:
                over, windows = law.over or YEAR, asked.setdefault(id, [])
                if all(over != other for _, other in windows):
                    windows.append((self.question.first_with(over), over))
        for id in self.question.of_themselves:
            if id not in otherwise and all(over != YEAR for _, over in asked.setdefault(id, [])):
                asked[id].append((0, YEAR))
        self.tally.asked = tuple(id for id in self.question.demands if id in asked)
        return [
            (id, number, window)
            for id in self.tally.asked
            for number, window in ([(0, YEAR)] if self.question.window(id) else asked[id])
        ]

    def _judge_sum(self, id: str, over: Window, *, owing: Years) -> Finding:
        """A sum whose beginning may be open.

        With a need of its own, more years can only help; where the needs of the years are added, the worst of
        all beginnings stands, or, if generous, the best.
        """
        now, earliest, generous = self.person.now, self.question.book.known_from, self.person.generous
        if owing:
            return self._judge(id, over.span(now, earliest, longest=generous), owing)
        each = [self._judge(id, span, span) for span in over.spans(now, earliest)]
        if len(each) == 1:
            return each[0]
        return (min if generous else max)(each, key=lambda one: (one.outcome is Outcome.UNMET, one.missing, one.years))

    # ---- one demand over one period -------------------------------------------------------------

    def _judge(self, id: str, years: Years, owing: Years) -> Finding:
        """The hours of ``years`` beside the needs of the years ``owing``."""
        person = self.person
        each = [person.terms(id, year) for year in owing]
        if not each:
            each = [replace(person.terms(id, person.asked.year), applies=False)]
        owed = [terms for terms in each if terms.applies]
        if not owed:
            because = next((t.because for t in reversed(each) if t.because), id)
            return _finding(each[-1], years, Outcome.NOT_APPLICABLE, because=because)
        if not all(terms.told for terms in owed):
            return _finding(each[-1], years, Outcome.CANNOT_TELL, because="known_from")
        total = owed[0] if len(owed) == 1 else _sum(owed)
        target = self.question.target(id, max(years, default=person.asked.year))
        if total.demand.branches:
            way = _cheapest(total.demand.enough, self._ways(total, total.demand, target, years, owing))
            return _compare(total, years, way, 0)
        moved = self._moved_in(id, years)
        have = self.tally.have(target, years)
        need, short = total.need + moved, max(0, total.written + moved - have.amount)
        missing = self._with_what_is_added(total, max(0, need - have.amount))
        return _compare(total, years, Way("", total.demand.unit, have, need, missing, short), moved)

    def _with_what_is_added(self, total: Terms, missing: int) -> int:
        """With a share of the accumulated, what is added enlarges the whole."""
        if not missing or total.demand.at_least is None:
            return missing
        share = leaf(total.demand.at_least, self.person.now)
        if not isinstance(share, Share) or share.of != "accumulated":
            return missing
        rest = 1 - share.share
        return -(-missing * rest.denominator // rest.numerator)

    def _moved_in(self, id: str, years: Years) -> int:
        """The shortfall of the year before that was deferred to this one, or may have been."""
        question = self.question
        if not question.defers or len(years) != 1 or not question.book.encodes(years[0] - 1):
            return 0
        before = (years[0] - 1,)
        terms = self.person.terms(id, before[0])
        if not (terms.applies and terms.told) or terms.advisory or not question.moves(id, terms.demand):
            return 0
        if not self.person.other().relieved(id, before[0]).deferred:
            return 0
        have = self.tally.have(question.target(id, before[0]), before).amount
        return max(0, terms.need + self._moved_in(id, before) - have)

    def _accumulated(self, id: str, year: int) -> int:
        own = self.question.window(id)
        earliest = self.question.book.known_from
        years = own.span(self.person.at(year), earliest, longest=self.person.generous) if own else (year,)
        return self.tally.have(self.question.target(id, year), years).amount

    # ---- either-or ------------------------------------------------------------------------------

    def _ways(self, total: Terms, of: demands.Demand, target: Target, years: Years, owing: Years) -> list[Way]:
        return [self._way(total, branch, branch_of(target, branch), years, owing) for branch in of.branches]

    def _way(self, total: Terms, branch: demands.Branch, target: Target, years: Years, owing: Years) -> Way:
        person, demand = self.person, branch.demand
        if demand.over is not None:
            at = person.at(max(years, default=person.asked.year))
            person.missing |= demand.over.unknown(at)
            years = demand.over.span(at, self.question.book.known_from, longest=person.generous)
            owing = owing[-1:]
        if demand.branches:
            return replace(_cheapest(demand.enough, self._ways(total, demand, target, years, owing)), name=branch.name)
        need = written = 0
        for year in owing:
            one = person.need_of(demand, total.demand.within, year)
            written += one
            need += (
                whole.times(one, person.relieved(total.provision.id, year).factor) if demand.unit == "hours" else one
            )
        have = self.tally.have(target, years)
        return Way(branch.name, demand.unit, have, need, max(0, need - have.amount), max(0, written - have.amount))


def _cheapest(enough: int, ways: list[Way]) -> Way:
    """Of the ways, the ``enough`` cheapest as one: what is counted in hours before what is not."""
    best = sorted(ways, key=lambda way: (way.missing > 0, way.unit != "hours", way.missing))[:enough]
    unit = next((way.unit for way in best if way.missing), best[0].unit)
    alike = [way for way in best if way.unit == unit]
    have = replace(
        alike[0].have,
        amount=sum(way.have.amount for way in alike),
        counted=tuple(dict.fromkeys(one for way in best for one in way.have.counted)),
        lacking=tuple(name for way in best for name in way.have.lacking),
        name="、".join(way.name for way in best),
    )
    need, missing = sum(way.need for way in alike), sum(way.missing for way in alike)
    return Way(have.name, unit, have, need, missing, sum(way.short for way in best))


def _sum(owed: list[Terms]) -> Terms:
    """The needs of several years as one."""
    return replace(
        owed[-1],
        written=sum(terms.written for terms in owed),
        need=sum(terms.need for terms in owed),
        waived=all(terms.waived for terms in owed),
        advisory=any(terms.advisory for terms in owed),
        relief=tuple(dict.fromkeys(id for terms in owed for id in terms.relief)),
        deferred="",
    )


def _compare(total: Terms, years: Years, way: Way, moved: int) -> Finding:
    """The outcome: as written, by a relief, by weighing, or not."""
    relief: tuple[str, ...] = ()
    deferred = 0
    if not way.short:
        outcome = Outcome.MET
    elif total.waived:
        outcome, relief = Outcome.WAIVED, total.relief
    elif not way.missing:
        outcome, relief = Outcome.REDUCED, total.relief
    elif total.advisory:
        outcome, relief = Outcome.ADVISORY, total.relief
    elif total.deferred:
        outcome, relief, deferred = Outcome.WAIVED, (*total.relief, total.deferred), way.missing
    else:
        outcome = Outcome.UNMET
    missing = 0 if outcome is Outcome.WAIVED else way.missing
    found = _finding(total, years, outcome, way, missing, relief or way.have.forgiven)
    if moved or deferred:
        return found._replace(moved_in=whole.shown(moved, up=True), moved_out=whole.shown(deferred, up=True))
    return found


def _finding(
    terms: Terms,
    years: Years,
    outcome: Outcome,
    way: Way | None = None,
    missing: int = 0,
    relief: tuple[str, ...] = (),
    because: str = "",
) -> Finding:
    unit = way.unit if way else terms.demand.unit
    have = way.have if way else NOTHING
    show = whole.shown if unit == "hours" else _number
    return Finding(
        provision=terms.provision.id,
        article=terms.provision.article,
        years=years,
        outcome=outcome,
        have=show(have.amount),
        need=None if way is None else show(0 if terms.waived else way.need, True),
        missing=show(missing, True),
        unit=unit,
        counted=have.counted,
        left=have.left,
        relief=relief,
        because=because,
        within=terms.demand.within,
        branch=have.name,
        lacking=have.lacking,
        carried=whole.shown(have.carried) if have.carried else ZERO,
    )


def _number(number: int, up: bool = False) -> Decimal:
    return Decimal(number)


NOTHING = Have(0)
ZERO = Decimal(0)
