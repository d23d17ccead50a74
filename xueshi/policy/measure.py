"""What there is towards a demand: the lines that count, under their ceilings, with what is carried over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from xueshi.policy import demands, whole
from xueshi.policy.amounts import Share, leaf
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.findings import Counted
from xueshi.policy.likeness import Likeness, lacks
from xueshi.policy.lines import Sorted, Worth
from xueshi.policy.question import Target
from xueshi.policy.terms import Person
from xueshi.policy.words import Word

Years = tuple[int, ...]


@dataclass(slots=True)
class Have:
    """An amount in the demand's unit, and how it came about.

    ``name`` is the subject or branch that was best; ``lacking`` what one_of_each or holds misses;
    ``carried`` the parts that came from earlier years; ``forgiven`` the reliefs without which less would count.
    """

    amount: int
    counted: tuple[Counted, ...] = ()
    left: tuple[Counted, ...] = ()
    name: str = ""
    lacking: tuple[str, ...] = ()
    carried: int = 0
    forgiven: tuple[str, ...] = ()


@dataclass(slots=True)
class Ceiling:
    """A cap as it stands for one demand and period: whose hours, how many, and whether year by year."""

    of: Condition
    room: int
    per_year: bool


class Tally:
    """Measures every demand of one question.

    ``asked`` are those that the question asks for; ``moved_in`` says what was put off to a year. The walk sets both.
    """

    def __init__(self, person: Person, found: Sorted) -> None:
        """Start from the lines of one person."""
        self.person, self.question, self.lines = person, person.question, found
        self.asked: tuple[str, ...] = ()
        self.moved_in: Callable[[str, Years], int] = lambda _id, _years: 0
        self._had: dict[tuple[str, Years], Have] = {}
        self._pools: dict[Years, list[tuple[Likeness, Worth]]] = {}

    def have(self, target: Target, years: Years) -> Have:
        """What there is towards a demand over a period; worked out once."""
        key = (target.key, years)
        found = self._had.get(key)
        if found is None:
            found = self._had[key] = self._have(target, years)
        return found

    def _have(self, target: Target, years: Years) -> Have:
        demand = target.demand
        if demand.holds is not None:
            return self._holds(demand.holds, years)
        lines = self.lines_of(target, years)
        if demand.same is not None:
            return self._best_of(demand, demand.same, target, years, lines)
        return self._carrying(target, years, self._measured(demand, target, years, lines))

    # ---- lines ----------------------------------------------------------------------------------

    def lines_of(self, target: Target, years: Years) -> list[Worth]:
        """The lines that count towards a demand, each once, whatever the ceilings."""
        key, filters, found = target.key, target.filters, self._sure(target, years)
        if self.lines.pooled:
            found += [
                line
                for origin, line in self._allotted(years)
                if origin.belongs(key, filters) == 1 and line.like.belongs(key, filters) == 2
            ]
        return self._reaching(target, years, found) if target.demand.reach else found

    def _reaching(self, target: Target, years: Years, found: list[Worth]) -> list[Worth]:
        """With them those of kinds that have a window of their own."""
        each = {id(line): line for line in found}
        sight = self.person.at(max(years, default=self.question.year))
        for reach in target.demand.reach:
            self.person.missing |= reach.over.unknown(sight)
            for year in reach.over.span(sight, self.question.book.known_from, longest=self.person.generous):
                for line in self.lines.by_year.get(year, ()):
                    if reach.of.holds(line.like.sight) and line.like.belongs(target.key, target.filters) == 2:
                        each[id(line)] = line
        return list(each.values())

    def _allotted(self, years: Years) -> list[tuple[Likeness, Worth]]:
        """Hours that may go to one of several categories, each hour sent where it is missing, in the order named."""
        if years in self._pools:
            return self._pools[years]
        self._pools[years] = found = []
        short: dict[str, int] = {}
        pooled = [line for line in self._within(years) if len(line.like.earning.as_) > 1]
        for line in sorted(pooled, key=self._beneath):
            left, categories = line.parts, line.like.earning.as_
            for category in categories:
                if category not in short:
                    short[category] = self._short_of(line, category, years)
                taken = min(left, short[category])
                short[category] -= taken
                left -= taken
                if taken:
                    found.append((line.like, _gone_to(line, category, taken)))
            if left:
                found.append((line.like, _gone_to(line, categories[0], left)))
        return found

    def _beneath(self, line: Worth) -> int:
        """Under how many ceilings: free hours are allotted first, because they count wherever they go."""
        return sum(law.of.holds(line.like.sight) is True for _, law in self.question.caps)

    def _short_of(self, line: Worth, category: str, years: Years) -> int:
        """How much the neediest demand lacks that hours of this category would serve."""
        most = 0
        for id_ in self.asked:
            target = self.question.target(id_, max(years, default=self.question.year))
            if line.like.belongs(target.key, target.filters) != 1:
                continue
            if line.like.variant(category).belongs(target.key, target.filters) == 2:
                sure = self._capped(target, years, self._sure(target, years))
                most = max(most, self._need(id_, years) - self._carrying(target, years, sure).amount)
        return most

    def _sure(self, target: Target, years: Years) -> list[Worth]:
        """Those that count towards it wherever hours with a choice may go."""
        key, filters = target.key, target.filters
        return [line for line in self._within(years) if line.like.belongs(key, filters) == 2]

    def _within(self, years: Years) -> Iterable[Worth]:
        """The lines of a period, each once, though it may be valid in several of the years."""
        by_year = self.lines.by_year
        if len(years) == 1:
            return by_year.get(years[0], ())
        return {id(line): line for year in years for line in by_year.get(year, ())}.values()

    def _need(self, id_: str, years: Years) -> int:
        """What is owed over a period, with what was put off to it."""
        owing = self._owing(id_, years)
        need = sum(self.person.terms(id_, year).need for year in owing if self._owes(id_, year))
        return need + self.moved_in(id_, years)

    def _owes(self, id_: str, year: int) -> bool:
        terms = self.person.terms(id_, year)
        return terms.applies and terms.told

    # ---- what is not hours ----------------------------------------------------------------------

    def _holds(self, condition: Condition, years: Years) -> Have:
        sight = self.person.at(max(years, default=self.question.year))
        if self.person.told(condition, sight, favours=True):
            return Have(1)
        return Have(0, lacking=lacks(condition, sight))

    def _measured(self, demand: demands.Demand, target: Target, years: Years, lines: Sequence[Worth]) -> Have:
        """Hours under their ceilings; or how many entries there are, or which of the names that are asked for."""
        if demand.at_least is not None:
            return self._capped(target, years, lines)
        counted = tuple([line.counted for line in lines])
        forgiven = _forgiven(lines)
        if demand.each is None:
            return Have(len({line.entry.id for line in lines}), counted, forgiven=forgiven)
        said: set[str] = set()
        for line in lines:
            said.update(line.like.sight.value(demand.each.mark))
        lacking = tuple(name for name in demand.each.names if name not in said)
        return Have(len(demand.each.names) - len(lacking), counted, lacking=lacking, forgiven=forgiven)

    # ---- ceilings -------------------------------------------------------------------------------

    def _best_of(
        self, demand: demands.Demand, mark: Word, target: Target, years: Years, lines: Sequence[Worth]
    ) -> Have:
        """All in one subject: the best one, the first by name of equals."""
        by_name: dict[str, list[Worth]] = {}
        for line in lines:
            for name in line.like.sight.value(mark):
                by_name.setdefault(name, []).append(line)
        each = [replace(self._measured(demand, target, years, by_name[name]), name=name) for name in sorted(by_name)]
        return max(each, key=lambda have: have.amount, default=Have(0))

    def _capped(self, target: Target, years: Years, lines: Sequence[Worth]) -> Have:
        ceilings = self._ceilings(target, years, lines)
        if not ceilings:
            counted = tuple([line.counted for line in lines if line.parts])
            return Have(sum([line.parts for line in lines]), counted, forgiven=_forgiven(lines))
        return under_ceilings(ceilings, lines)

    def _ceilings(self, target: Target, years: Years, lines: Sequence[Worth]) -> list[Ceiling]:
        person, found = self.person, []
        for _, law in self.question.ceilings(target.id, max(years, default=self.question.year)):
            if target.id not in law.towards or not person.told(law.when, person.now, favours=False):
                continue
            room = self._room(law, target, years, lines)
            found.append(Ceiling(law.of, room, law.per_year))
        return found

    def _room(self, law: demands.Cap, target: Target, years: Years, lines: Sequence[Worth]) -> int:
        if law.shared:
            return self._share_of(law, target, years)
        bases: dict[str, int] = {}
        share = leaf(law.at_most, self.person.now)
        if isinstance(share, Share):
            if share.of == "accumulated":
                free = sum(line.parts for line in lines if not law.of.holds(line.like.sight))
                beside: Fraction = share.share / (1 - share.share)
                return free * beside.numerator // beside.denominator
            written = [self.person.terms(target.id, year).written for year in self._owing(target.id, years)]
            bases = {"required": max(written, default=0) if law.per_year else sum(written)}
        return self.person.amount(law.at_most, self.person.now, owed=False, bases=bases)

    def _owing(self, id_: str, years: Years) -> Years:
        return (self.question.year,) if self.question.is_sum(id_) else years

    def _share_of(self, law: demands.Cap, target: Target, years: Years) -> int:
        """This demand's part of a ceiling for several: first what each lacks, in order; the rest to the first."""
        left = self.person.amount(law.at_most, self.person.now, owed=False)
        given: dict[str, int] = {}
        under: dict[str, int] = {}
        for id_ in (one for one in law.towards if one in self.asked):
            lines = self.lines_of(self.question.target(id_, max(years, default=self.question.year)), years)
            under[id_] = sum(line.parts for line in lines if law.of.holds(line.like.sight))
            others = sum(line.parts for line in lines) - under[id_]
            given[id_] = min(left, under[id_], max(0, self._need(id_, years) - others))
            left -= given[id_]
        for id_ in given:
            more = min(left, under[id_] - given[id_])
            given[id_] += more
            left -= more
        return given.get(target.id, left)

    # ---- surplus of earlier years ---------------------------------------------------------------

    def _carrying(self, target: Target, years: Years, own: Have) -> Have:
        carry = self.question.law(years[0]).carries.get(target.id) if len(years) == 1 else None
        return self._with_carried(carry, target, years, own) if carry else own

    def _with_carried(self, carry: demands.Carry, target: Target, years: Years, own: Have) -> Have:
        """A surplus serves the years after it, once, the oldest first; only a year's own hours are a surplus."""
        buckets = list[tuple[int, int]]()
        for year in range(self.question.book.known_from, years[0]):
            if not self._owes(target.id, year):
                continue
            then = self.question.target(target.id, year)
            need, have = self._need(target.id, (year,)), self._plain(then, year)
            buckets = [(last, parts) for last, parts in buckets if last >= year]
            if have.amount < need:
                buckets, _ = _drawn(buckets, need - have.amount)
            elif not self.person.other().terms(target.id, year).applies:
                continue  # where nothing may have been owed there may be no surplus
            elif surplus := self._surplus(carry, then, year, have.amount - need):
                buckets.append((year + carry.lives, surplus))
        buckets = [(last, parts) for last, parts in buckets if last >= years[0]]
        wanted = self._need(target.id, years) - own.amount if self._owes(target.id, years[0]) else 0
        _, carried = _drawn(buckets, max(0, wanted))
        return replace(own, amount=own.amount + carried, carried=carried) if carried else own

    def _plain(self, target: Target, year: int) -> Have:
        return self._capped(target, (year,), self.lines_of(target, (year,)))

    def _surplus(self, carry: demands.Carry, target: Target, year: int, surplus: int) -> int:
        if carry.of is not ALWAYS:
            lines = self.lines_of(target, (year,))
            surplus = min(surplus, sum(line.parts for line in lines if carry.of.holds(line.like.sight)))
        if carry.at_most is None:
            return surplus
        return min(surplus, self.person.amount(carry.at_most, self.person.at(year), owed=False))


def _gone_to(line: Worth, category: str, parts: int) -> Worth:
    counted = Counted(line.entry.id, whole.shown(parts))
    return replace(line, like=line.like.variant(category), parts=parts, counted=counted)


def _drawn(buckets: list[tuple[int, int]], wanted: int) -> tuple[list[tuple[int, int]], int]:
    """What is left of the surpluses when so much is drawn, and how much it was."""
    left, drawn = [], 0
    for last, parts in buckets:
        taken = min(parts, wanted - drawn)
        drawn += taken
        if taken < parts:
            left.append((last, parts - taken))
    return left, drawn


def under_ceilings(ceilings: Sequence[Ceiling], lines: Iterable[Worth]) -> Have:
    """Hours under the fewest ceilings count first, so none is wasted where two are nested or cross."""
    beneath = [
        (tuple([i for i, ceiling in enumerate(ceilings) if ceiling.of.holds(line.like.sight)]), line) for line in lines
    ]
    room: dict[tuple[int, int], int] = {}
    counted, left, total = [], [], 0
    for under, line in sorted(beneath, key=lambda one: (len(one[0]), one[0])):
        keys = [(i, line.year if ceilings[i].per_year else 0) for i in under]
        taken = min([line.parts, *(room.get(key, ceilings[key[0]].room) for key in keys)])
        for key in keys:
            room[key] = room.get(key, ceilings[key[0]].room) - taken
        total += taken
        if taken:
            counted.append(Counted(line.entry.id, whole.shown(taken)))
        if taken < line.parts:
            left.append(Counted(line.entry.id, whole.shown(line.parts - taken)))
    return Have(total, tuple(counted), tuple(left), forgiven=_forgiven(line for _, line in beneath))


def _forgiven(lines: Iterable[Worth]) -> tuple[str, ...]:
    found = [line.forgiven for line in lines if line.forgiven]
    return tuple(dict.fromkeys(found)) if found else ()
