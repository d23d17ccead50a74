"""``plan``: of the courses that are offered, the best set that closes what somebody is missing.

The planner knows no rule. It asks ``assess`` what is missing with some offers and without others, so it never
proposes an hour that the engine would refuse, and a new kind of demand needs no new planner. What it hears it
keeps as covers (``covering``): when a set will not do, everything that would not help it either is laid beside it
(the closure), and of the rest enough must be chosen to bring what is still missing. The cheapest set that no cover
rules out is asked about next; the first that passes is the best.

Two things are taken for granted, and hold for every demand but a share of the *accumulated*: more hours never
hurt, and an offer closes no more of a gap than it is worth. Where they do not hold, ``Plan.proven`` is False.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from xueshi.policy import whole
from xueshi.policy.amounts import Share
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.covering import Cheapest, Cover, Patience
from xueshi.policy.demands import Demand
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Finding, Verdict

Goal = Literal["hours", "money", "earliest"]
PATIENCE = 500  # questions to the engine; twenty steps of searching for each
_STEPS = 20

Chosen = frozenset[int]
Missing = dict["Gap", tuple[str, int]]  # in which unit and branch, and how much


@dataclass(frozen=True)
class Offer:
    """Something that could still be done: an entry as it would be recorded, its price in yuan, and when it runs.

    ``pending``: it is done and only waits to be decided (a claim of hours). Then it costs nothing and takes no
    study; ``ends`` is the day by which it is decided.
    """

    entry: Entry
    price: Decimal
    starts: date
    ends: date
    pending: bool = False

    def __post_init__(self) -> None:
        """Refuse an offer that ends before it starts, or pays somebody to come."""
        if self.ends < self.starts:
            raise ValueError(f"offer {self.entry.id!r} would end before it starts")
        if self.price < 0:
            raise ValueError(f"offer {self.entry.id!r}: {self.price} yuan is less than nothing")


@dataclass(frozen=True, order=True)
class Gap:
    """A demand that is not met, over its years (none: over one sum)."""

    provision: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """A chosen offer, and the gaps that would be open without it (in the order of the law)."""

    offer: Offer
    closes: tuple[Gap, ...]


@dataclass(frozen=True)
class Plan:
    """The offers to take, in the order in which they end, and what follows.

    ``hours`` are to be studied and ``money`` to be paid: pending claims add to neither. ``finishes_on`` is the last
    end, or None where nothing has to be done. ``proven``: no other set of these offers is better.
    """

    steps: tuple[Step, ...]
    hours: Decimal
    money: Decimal
    finishes_on: date | None
    assessment: Assessment
    proven: bool

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The chosen offers alone."""
        return tuple(step.offer for step in self.steps)


def plan(
    book: Rulebook,
    facts: Facts,
    entries: Sequence[Entry],
    asked: Asked,
    offers: Sequence[Offer],
    by: Goal = "hours",
    *,
    patience: int = PATIENCE,
) -> Plan | None:
    """The best of the offers that make the answer a pass; None when all of them together would not.

    ``by="hours"`` compares hours, money, end, number of offers, ids; ``"money"`` money before hours; ``"earliest"``
    the end before both. So ties are always broken the same way. An offer without hours of its own is taken at what
    the law credits for it. A person who misses nothing gets a plan without steps. Raises as ``assess`` does, also
    for an offer with the id of an entry.
    """
    planner = _Planner(book, facts, tuple(entries), asked, _usable(offers), by, patience)
    return planner.plan()


def _usable(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(offers, key=lambda offer: offer.entry.id))


def _done(found: Assessment) -> bool:
    return found.verdict in (Verdict.PASS, Verdict.NOTHING_OWED)


def _missing(found: Assessment) -> Missing:
    """What is open, and how far."""
    return {
        Gap(one.provision, one.years): (f"{one.unit} {getattr(one, 'branch', '')}", _whole(one))
        for one in found.findings
        if not one.outcome.passes
    }


def _whole(one: Finding) -> int:
    return _parts(one.missing) if one.unit == "hours" else int(one.missing)


def _parts(hours: Decimal) -> int:
    """Shown hours have four places, which name one 1/1800th."""
    return round(hours * whole.PARTS)


@dataclass
class _Planner:
    book: Rulebook
    facts: Facts
    entries: tuple[Entry, ...]
    asked: Asked
    offers: tuple[Offer, ...]
    by: Goal
    questions: int
    hurts: bool = False
    covers: list[Cover] = field(default_factory=list)
    answers: dict[Chosen, Assessment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.patience = Patience(self.questions * _STEPS)
        self.hurts = any(_shares_accumulated(p.value) for p in self.book.provisions)

    # ---- asking ---------------------------------------------------------------------------------

    def ask(self, chosen: Chosen) -> Assessment:
        """What follows with these offers."""
        if chosen not in self.answers:
            taken = [self.offers[i].entry for i in sorted(chosen)]
            self.answers[chosen] = assess(self.book, self.facts, [*self.entries, *taken], self.asked)
            self.patience.out |= len(self.answers) > self.questions
        return self.answers[chosen]

    def plan(self) -> Plan | None:
        nothing = frozenset[int]()
        everything = frozenset(range(len(self.offers)))
        if _done(self.ask(nothing)):
            return self._told(nothing)
        if not _done(self.ask(everything)):
            return None if not self.hurts else self._descended(everything)
        self._weigh()
        best = self._best(everything)
        return self._told(best)

    def _weigh(self) -> None:
        """Each offer alone: what it is worth, what it costs, and which gaps it leaves as they are."""
        before = _missing(self.ask(frozenset()))
        self.worth: list[int] = []
        self.lines: list[int] = []
        self.quiet: list[set[Gap]] = []
        for i, offer in enumerate(self.offers):
            found = self.ask(frozenset({i}))
            lines = [line for line in found.lines if line.entry == offer.entry.id]
            after = _missing(found)
            self._watch(before, after)
            self.worth.append(sum(_parts(line.hours) for line in lines))
            self.lines.append(len(lines))
            self.quiet.append({gap for gap, much in before.items() if after.get(gap) == much})
        self.costs = self._costs()
        self.search = Cheapest(self.costs, self.patience)
        for gap in before:
            self._learn(gap, frozenset(), [i for i, quiet in enumerate(self.quiet) if gap in quiet], [])

    def _costs(self) -> list[int]:
        """Hours and money in one number, below them the number of offers and the order of their ids."""
        count = len(self.offers)
        last = [(1 << count) - (1 << (count - 1 - i)) for i in range(count)]
        self.tail = sum(last) + 1
        pairs = [(self._study(i), self._price(i)) for i in range(count)]
        if self.by == "money":
            pairs = [(money, hours) for hours, money in pairs]
        within = sum(second for _, second in pairs) + 1
        return [(first * within + second) * self.tail + tail for (first, second), tail in zip(pairs, last, strict=True)]

    def _study(self, i: int) -> int:
        offer = self.offers[i]
        if offer.pending:
            return 0
        return self.worth[i] if offer.entry.hours is None else whole.parts(offer.entry.hours)

    def _price(self, i: int) -> int:
        """In hundredths of a fen, so that no price is rounded away."""
        return 0 if self.offers[i].pending else round(self.offers[i].price * 10_000)

    # ---- searching ------------------------------------------------------------------------------

    def _best(self, everything: Chosen) -> Chosen:
        """The best set. First the earliest end that the goal allows, then the cheapest that ends by then."""
        if self.by == "earliest":
            end = self._earliest(everything, lambda allowed: _done(self.ask(allowed)))
            return self._cheapest(self._until(end))
        best = self._cheapest(everything)
        cost = self._price_of(best)
        end = self._earliest(best, lambda allowed: self._costs_no_more(allowed, cost))
        soonest = self._cheapest(self._until(end))
        return best if self.patience.out else soonest

    def _until(self, end: date) -> Chosen:
        return frozenset(i for i, offer in enumerate(self.offers) if offer.ends <= end)

    def _earliest(self, chosen: Chosen, enough: Callable[[Chosen], bool]) -> date:
        """The first day until which the offers are enough; by the last end of ``chosen`` they are."""
        last = max(self.offers[i].ends for i in chosen)
        ends = sorted({offer.ends for offer in self.offers if offer.ends <= last})
        low, high = 0, len(ends) - 1
        while low < high:
            middle = (low + high) // 2
            if enough(self._until(ends[middle])):
                high = middle
            else:
                low = middle + 1
        return ends[low]

    def _costs_no_more(self, allowed: Chosen, cost: int) -> bool:
        if self.patience.out or not _done(self.ask(allowed)):
            return False
        return self._price_of(self._cheapest(allowed)) <= cost

    def _price_of(self, chosen: Chosen) -> int:
        return sum(self.costs[i] for i in chosen) // self.tail

    def _cheapest(self, allowed: Chosen) -> Chosen:
        """The cheapest of the allowed sets, which together are enough; out of patience, one that is enough."""
        while not self.patience.out:
            chosen = self.search.cover(self.covers, allowed)
            if chosen is None:
                break
            found = self.ask(chosen)
            if _done(found):
                return chosen
            rest = [i for i in range(len(self.offers)) if i not in chosen]
            for gap in _missing(found):
                still = [i for i in rest if gap in self.quiet[i]]
                self._learn(gap, chosen, still, [i for i in rest if gap not in self.quiet[i]])
        return self._thinned(allowed)

    def _learn(self, gap: Gap, chosen: Chosen, quiet: Sequence[int], others: Sequence[int]) -> None:
        """Lay beside a set that will not do all that would not help it; of the rest enough must be chosen."""
        missing = _missing(self.ask(chosen))
        closed = self._closure(gap, missing[gap], chosen, quiet)
        closed = self._closure(gap, missing[gap], closed, others)
        need = missing[gap][1] or 1  # nobody can say how much: any one may do
        rest = [i for i in range(len(self.offers)) if i not in closed]
        weights = {i: self._weight(gap, i, missing[gap]) for i in rest}
        enough = min(need, sum(weights.values()))
        self.hurts |= enough < need  # something was worth more in company than alone
        self.covers.append(Cover(weights, enough))

    def _closure(self, gap: Gap, missing: tuple[str, int], chosen: Chosen, more: Sequence[int]) -> Chosen:
        """``chosen`` and as many of ``more`` as leave the gap as it is; asked in halves."""
        if not more:
            return chosen
        after = _missing(self.ask(chosen | frozenset(more)))
        self._watch({gap: missing}, after)
        if after.get(gap) == missing:
            return chosen | frozenset(more)
        if len(more) == 1 or self.patience.out:
            return chosen
        half = len(more) // 2
        return self._closure(gap, missing, self._closure(gap, missing, chosen, more[:half]), more[half:])

    def _weight(self, gap: Gap, i: int, missing: tuple[str, int]) -> int:
        """How much of the gap an offer can close at most, in any company: never less than it does."""
        unit, need = missing[0], missing[1] or 1
        ways = _ways(self.book, gap.provision)
        if not ways:
            return need
        each = self.worth[i] if unit.startswith("hours ") else self.lines[i]
        return min(each * ways, need) or need

    def _watch(self, before: Missing, after: Missing) -> None:
        """More that leaves less: then nothing here is proven."""
        for gap, (unit, much) in before.items():
            other = after.get(gap)
            self.hurts |= other is not None and other[0] == unit and other[1] > much

    def _thinned(self, chosen: Chosen) -> Chosen:
        """Without what is not needed, the dearest first."""
        for i in sorted(chosen, key=lambda i: (-self.costs[i], i)):
            if _done(self.ask(chosen - {i})):
                chosen = chosen - {i}
        return chosen

    def _descended(self, chosen: Chosen) -> Plan | None:
        """Where more can hurt: take away what hurts most until it is enough, or nothing is left."""
        while chosen and not _done(self.ask(chosen)):
            found = {i: self.ask(chosen - {i}) for i in sorted(chosen)}
            chosen = chosen - {min(found, key=lambda i: (len(_missing(found[i])), found[i].least))}
        if not chosen:
            return None
        self._weigh()
        return self._told(self._thinned(chosen))

    # ---- telling --------------------------------------------------------------------------------

    def _told(self, chosen: Chosen) -> Plan:
        order = sorted(chosen, key=lambda i: (self.offers[i].ends, self.offers[i].entry.id))
        studied = sum(self._study(i) for i in chosen)
        return Plan(
            steps=tuple(Step(self.offers[i], tuple(_missing(self.ask(chosen - {i})))) for i in order),
            hours=whole.shown(studied),
            money=sum((self.offers[i].price for i in chosen if not self.offers[i].pending), Decimal(0)),
            finishes_on=self.offers[order[-1]].ends if order else None,
            assessment=self.ask(chosen),
            proven=not self.hurts and not self.patience.out,
        )


def _inside(value: object) -> Iterator[object]:
    """A value of the law and every value within it."""
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        more: Iterable[object] = (getattr(value, one.name) for one in fields(value))
    elif isinstance(value, Mapping):
        more = value.values()
    elif isinstance(value, tuple):
        more = value
    else:
        return
    for one in more:
        yield from _inside(one)


def _shares_accumulated(value: object) -> bool:
    """A need that grows with what is accumulated: the one demand by which more can be less."""
    return isinstance(value, Demand) and any(
        isinstance(one, Share) and one.of == "accumulated" for one in _inside((value.at_least, value.branches))
    )


def _ways(book: Rulebook, provision: str) -> int:
    """In how many branches at once an offer may serve a demand; 0 where their units differ."""
    demands = [one for p in book.provisions if p.id == provision for one in _inside(p.value) if isinstance(one, Demand)]
    leaves = [one for one in demands if not one.branches]
    return len(leaves) if len({one.unit for one in leaves}) == 1 else 0
