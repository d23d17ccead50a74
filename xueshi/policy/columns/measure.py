"""What there is towards a demand: the sums of its lines, under their ceilings, with what is carried over.

The counterpart of ``policy.measure``, with the same names. Hours under the same ceilings are one *cell*: a cell is a
sum, and the cells are filled in the order in which the walk takes single entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from xueshi.policy import demands
from xueshi.policy.amounts import Share
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.amounts import ONE
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.lines import Line
from xueshi.policy.columns.once import marks_read
from xueshi.policy.columns.terms import People
from xueshi.policy.columns.windows import Period
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.likeness import Likeness
from xueshi.policy.question import Target
from xueshi.policy.words import Word

Key = tuple[str, tuple[tuple[int, int], ...]]


@dataclass
class Tally:
    """Measures every demand of one question; ``asked`` are those that the question asks for, and of whom;
    ``moved_in`` says what was put off to a year. The walk sets both."""

    people: People
    lines: list[Line]
    asked: dict[str, Node] = field(default_factory=dict)
    moved_in: Callable[[str, Period], Node] = lambda _id, _years: ZERO
    _had: dict[Key, Node] = field(default_factory=dict)
    _pools: dict[tuple[tuple[int, int], ...], list[tuple[Likeness, Line]]] = field(default_factory=dict)

    def have(self, target: Target, years: Period) -> Node:
        """What there is towards a demand over a period, in its unit."""
        key = (target.key, tuple((year, id(whose)) for year, whose in years.items()))
        if key not in self._had:
            self._had[key] = self._have(target, years)
        return self._had[key]

    def _have(self, target: Target, years: Period) -> Node:
        demand = target.demand
        if demand.holds is not None:
            look = self.people.at(max(years, default=self.people.asked.year))
            return algebra.as_number(self.people.told(demand.holds, look, favours=True, by=target.id))
        lines = self.lines_of(target, years)
        if demand.same is not None:
            return self._best_of(demand, demand.same, target, years, lines)
        return self._carrying(target, years, self._measured(demand, target, years, lines))

    # ---- lines ----------------------------------------------------------------------------------

    def lines_of(self, target: Target, years: Period) -> list[Line]:
        """The lines that count towards a demand, each once, whatever the ceilings."""
        found = self._sure(target, years)
        found += [
            line
            for origin, line in self._allotted(years)
            if origin.belongs(target.key, target.filters) == 1 and line.like.belongs(target.key, target.filters) == 2
        ]
        return self._reaching(target, years, found) if target.demand.reach else found

    def _within(self, years: Period) -> list[Line]:
        """The lines of a period, each for those for whom a year of it belongs."""
        self._check(years)
        found = []
        for line in self.lines:
            inside = algebra.or_(*(years[year] for year in range(line.year, line.last + 1) if year in years))
            if inside is not FALSE:
                found.append(_for(line, inside))
        return found

    def _check(self, years: Period) -> None:
        layout = self.people.layout
        if layout.cut and not set(years) <= set(layout.years):
            raise Beyond("", f"the frame does not have {min(set(years) - set(layout.years))}")

    def _sure(self, target: Target, years: Period) -> list[Line]:
        return [line for line in self._within(years) if line.like.belongs(target.key, target.filters) == 2]

    def _reaching(self, target: Target, years: Period, found: list[Line]) -> list[Line]:
        """With them those of kinds that have a window of their own, each line once."""
        inside: dict[int, list[Node]] = {}
        last = max(years, default=self.people.asked.year)
        for reach in target.demand.reach:
            own = self.people.span(reach.over, last)
            self._check(own)
            for index, line in enumerate(self.lines):
                if reach.of.holds(line.like.sight) and line.like.belongs(target.key, target.filters) == 2:
                    inside.setdefault(index, []).extend(own[y] for y in range(line.year, line.last + 1) if y in own)
        kept = list(found)
        for index, whose in inside.items():
            line = self.lines[index]
            own_years = algebra.or_(*(years[y] for y in range(line.year, line.last + 1) if y in years))
            more = algebra.and_(algebra.or_(*whose), algebra.not_(own_years))
            if more is not FALSE:
                kept.append(_for(line, more))
        return kept

    # ---- hours that may go to one of several categories ------------------------------------------

    def _allotted(self, years: Period) -> list[tuple[Likeness, Line]]:
        """Each hour is sent where it is missing, in the order of the categories named."""
        key = tuple((year, id(whose)) for year, whose in years.items())
        if key in self._pools:
            return self._pools[key]
        self._pools[key] = found = []
        short: dict[str, Node] = {}
        pooled = [line for line in self._within(years) if len(line.like.earning.as_) > 1]
        self._alike(pooled)
        for line in pooled:
            left, categories = line.parts, line.like.earning.as_
            for category in categories:
                if category not in short:
                    short[category] = algebra.most(self._short_of(line, category, years), ZERO)
                taken = algebra.least(left, short[category])
                short[category] = algebra.minus(short[category], taken)
                left = algebra.minus(left, taken)
                found.append((line.like, replace(line, like=line.like.variant(category), parts=taken)))
            found.append((line.like, replace(line, like=line.like.variant(categories[0]), parts=left)))
        return found

    def _alike(self, pooled: list[Line]) -> None:
        """Which of them goes where must not matter."""
        read = marks_read(self.people.book) - {"category"}
        kinds = {
            (line.like.earning.as_, tuple((k, v) for k, v in line.like.says.items() if k in read)) for line in pooled
        }
        if len(kinds) > 1:
            provision = pooled[0].like.provision
            raise Beyond(provision.id if provision else "", "entries of several kinds choose between categories")

    def _short_of(self, line: Line, category: str, years: Period) -> Node:
        """How much the neediest demand lacks that hours of this category would serve."""
        lacking = [ZERO]
        for id_, whose in self.asked.items():
            target = self.people.question.target(id_, max(years, default=self.people.asked.year))
            if line.like.belongs(target.key, target.filters) != 1:
                continue
            if line.like.variant(category).belongs(target.key, target.filters) == 2:
                sure = self._carrying(target, years, self._capped(target, years, self._sure(target, years)))
                lacks = algebra.minus(self._need(id_, years), sure)
                lacking.append(algebra.if_(whose, lacks, ZERO))
        return algebra.most(*lacking)

    def _need(self, id_: str, years: Period) -> Node:
        """What is owed over a period, with what was put off to it."""
        owing = self._owing(id_, years)
        each = [(self.people.terms(id_, year), whose) for year, whose in owing.items()]
        need = [
            algebra.if_(algebra.and_(whose, terms.applies), terms.need, ZERO) for terms, whose in each if terms.told
        ]
        return algebra.add(*need, self.moved_in(id_, owing))

    def _owing(self, id_: str, years: Period) -> Period:
        return years if self.people.question.window(id_) is None else {self.people.asked.year: TRUE}

    # ---- ceilings -------------------------------------------------------------------------------

    def _measured(self, demand: demands.Demand, target: Target, years: Period, lines: Sequence[Line]) -> Node:
        """Hours under their ceilings; or how many entries there are, or how many of the names that are asked for."""
        return _named(demand, lines) if demand.at_least is None else self._capped(target, years, lines)

    def _best_of(
        self, demand: demands.Demand, mark: Word, target: Target, years: Period, lines: Sequence[Line]
    ) -> Node:
        """All in one subject: the best one."""
        by_name: dict[str, list[Line]] = {}
        for line in lines:
            for name in line.like.sight.value(mark):
                by_name.setdefault(name, []).append(line)
        return algebra.most(ZERO, *(self._measured(demand, target, years, by_name[name]) for name in sorted(by_name)))

    def _capped(self, target: Target, years: Period, lines: Sequence[Line]) -> Node:
        ceilings = [
            Ceiling(law.of, law.per_year, self._room(law, target, years, lines), stands)
            for said, law in self.people.question.ceilings(target.id, max(years, default=self.people.question.year))
            if target.id in law.towards
            and (stands := self.people.told(law.when, self.people.now, favours=False, by=said.id)) is not FALSE
        ]
        return under_ceilings(ceilings, lines)

    def _room(self, law: demands.Cap, target: Target, years: Period, lines: Sequence[Line]) -> Node:
        if law.shared:
            return self._share_of(law, target, years)

        def share(of: Share) -> Node:
            if of.of == "accumulated":
                free = algebra.add(*(line.parts for line in lines if not law.of.holds(line.like.sight)))
                beside = of.share / (1 - of.share)
                return algebra.scaled(free, beside.numerator, beside.denominator)
            owing = self._owing(target.id, years).items()
            each = [algebra.if_(whose, self._written(target.id, year), ZERO) for year, whose in owing]
            required = algebra.most(ZERO, *each) if law.per_year else algebra.add(*each)
            return algebra.scaled(required, of.share.numerator, of.share.denominator, up=of.up)

        return self.people.amount(law.at_most, self.people.now, owed=False, share=share)

    def _written(self, id_: str, year: int) -> Node:
        """What the demand asks in writing; of somebody to whom it does not apply, nothing."""
        terms = self.people.terms(id_, year)
        return algebra.if_(terms.applies, terms.written, ZERO)

    def _share_of(self, law: demands.Cap, target: Target, years: Period) -> Node:
        """This demand's part of a ceiling for several: first what each lacks, in order; the rest to the first."""
        if any(len(line.like.earning.as_) > 1 for line in self._within(years)):
            raise Beyond(target.id, "hours choose between categories under a ceiling that demands share")
        left = self.people.amount(law.at_most, self.people.now, owed=False)
        given: dict[str, Node] = {}
        under: dict[str, Node] = {}
        for id_ in (one for one in law.towards if one in self.asked):
            lines = self.lines_of(self.people.question.target(id_, max(years, default=self.people.asked.year)), years)
            capped = [line.parts for line in lines if law.of.holds(line.like.sight)]
            free = [line.parts for line in lines if not law.of.holds(line.like.sight)]
            whose = self.asked[id_]
            under[id_] = algebra.if_(whose, algebra.add(*capped), ZERO)
            lacks = algebra.most(ZERO, algebra.minus(self._need(id_, years), algebra.add(*free)))
            given[id_] = algebra.least(left, under[id_], lacks)
            left = algebra.minus(left, given[id_])
        for id_ in given:
            more = algebra.least(left, algebra.minus(under[id_], given[id_]))
            given[id_] = algebra.add(given[id_], more)
            left = algebra.minus(left, more)
        return algebra.if_(self.asked.get(target.id, FALSE), given.get(target.id, left), left)

    # ---- surplus of earlier years ---------------------------------------------------------------

    def _carrying(self, target: Target, years: Period, own: Node) -> Node:
        carry = self.people.question.law(max(years, default=self.people.question.year)).carries.get(target.id)
        if carry is None:
            return own
        if len(years) == 1:
            return self._with_carried(carry, target, years, own)
        if all(whose is TRUE for whose in years.values()):
            return own
        raise Beyond(target.id, "a surplus is carried into a window that is one year long for some")

    def _with_carried(self, carry: demands.Carry, target: Target, years: Period, own: Node) -> Node:
        """A surplus serves the years after it, once, the oldest first; only a year's own hours are a surplus."""
        people, buckets = self.people, list[tuple[int, Node]]()
        now = next(iter(years))
        for year in range(people.book.known_from, now):
            terms = people.terms(target.id, year)
            if terms.applies is FALSE or not terms.told:
                continue
            then = people.question.target(target.id, year)
            need, have = self._need(target.id, {year: TRUE}), self._plain(then, year)
            buckets = [(last, parts) for last, parts in buckets if last >= year]
            lacks = algebra.most(ZERO, algebra.minus(need, have))
            buckets, _ = _drawn(buckets, algebra.if_(terms.applies, lacks, ZERO))
            # Where nothing may have been owed there may be no surplus.
            owed = algebra.and_(terms.applies, people.other.terms(target.id, year).applies)
            more = algebra.most(ZERO, algebra.minus(have, need))
            buckets.append((year + carry.lives, self._surplus(carry, then, year, algebra.if_(owed, more, ZERO))))
        buckets = [(last, parts) for last, parts in buckets if last >= now]
        terms = people.terms(target.id, now)
        lacks = algebra.most(ZERO, algebra.minus(self._need(target.id, years), own)) if terms.told else ZERO
        _, carried = _drawn(buckets, algebra.if_(terms.applies, lacks, ZERO))
        return algebra.add(own, carried)

    def _plain(self, target: Target, year: int) -> Node:
        years: Period = {year: TRUE}
        return self._capped(target, years, self.lines_of(target, years))

    def _surplus(self, carry: demands.Carry, target: Target, year: int, surplus: Node) -> Node:
        if carry.of is not ALWAYS:
            lines = self.lines_of(target, {year: TRUE})
            own = [line.parts for line in lines if carry.of.holds(line.like.sight)]
            surplus = algebra.least(surplus, algebra.add(*own))
        if carry.at_most is None:
            return surplus
        return algebra.least(surplus, self.people.amount(carry.at_most, self.people.at(year), owed=False))


def _for(line: Line, whose: Node) -> Line:
    """The line, of some people only."""
    if whose is TRUE:
        return line
    return replace(line, count=algebra.if_(whose, line.count, ZERO), parts=algebra.if_(whose, line.parts, ZERO))


def _named(demand: demands.Demand, lines: Sequence[Line]) -> Node:
    """How many entries there are, or how many of the names that are asked for."""
    if demand.each is not None:
        names = [
            algebra.or_(
                *(
                    algebra.at_least(line.count, ONE)
                    for line in lines
                    if name in line.like.sight.value(demand.each.mark)
                )
            )
            for name in demand.each.names
        ]
        return algebra.add(*(algebra.as_number(name) for name in names))
    by_entry: dict[tuple[int, int], list[Node]] = {}
    for line in lines:
        by_entry.setdefault(line.entry, []).append(line.count)
    return algebra.add(*(algebra.most(*counts) for counts in by_entry.values()))


def _drawn(buckets: list[tuple[int, Node]], wanted: Node) -> tuple[list[tuple[int, Node]], Node]:
    """What is left of the surpluses when so much is drawn, and how much it was."""
    left, drawn = list[tuple[int, Node]](), ZERO
    for last, parts in buckets:
        taken = algebra.least(parts, algebra.minus(wanted, drawn))
        drawn = algebra.add(drawn, taken)
        left.append((last, algebra.minus(parts, taken)))
    return left, drawn


@dataclass(frozen=True)
class Ceiling:
    """A cap as it stands for one demand and period: whose hours, year by year or not, how many, and for whom."""

    of: Condition
    per_year: bool
    room: Node
    stands: Node


def under_ceilings(ceilings: Sequence[Ceiling], lines: Sequence[Line]) -> Node:
    """Hours under the fewest ceilings count first, so none is wasted where two are nested or cross."""
    for ceiling in ceilings:
        if ceiling.stands is not TRUE:
            for_sure = [replace(one, stands=TRUE) if one is ceiling else one for one in ceilings]
            without = [one for one in ceilings if one is not ceiling]
            ways = (under_ceilings(for_sure, lines), under_ceilings(without, lines))
            return algebra.if_(ceiling.stands, *ways)
    return _filled(ceilings, lines)


def _filled(ceilings: Sequence[Ceiling], lines: Sequence[Line]) -> Node:
    cells: dict[tuple[tuple[int, int], ...], list[Node]] = {}
    for line in lines:
        under = tuple(
            (i, line.year if one.per_year else 0) for i, one in enumerate(ceilings) if one.of.holds(line.like.sight)
        )
        cells.setdefault(under, []).append(line.parts)
    room: dict[tuple[int, int], Node] = {}
    total = ZERO
    for under, parts in sorted(cells.items(), key=lambda cell: (len(cell[0]), [i for i, _ in cell[0]])):
        taken = algebra.least(algebra.add(*parts), *(room.get(key, ceilings[key[0]].room) for key in under))
        for key in under:
            room[key] = algebra.minus(room.get(key, ceilings[key[0]].room), taken)
        total = algebra.add(total, taken)
    return total
