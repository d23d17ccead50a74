"""From kinds of entries to lines: what each kind counts for, in which years, and what it is worth, for whom.

The counterpart of ``policy.lines``. The law of a kind is decided while planning, by the same functions as for one
person; what is left for the frame are sums, and conditions on the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

from xueshi.policy import demands
from xueshi.policy import lines as walk
from xueshi.policy.amounts import Amount, named_demands
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, FOREVER, TRUE, ZERO, Node, columns_of
from xueshi.policy.columns.amounts import ONE, Own, Reader, figure
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.kleene import ymd
from xueshi.policy.columns.layout import MOST_HOURS, Kind
from xueshi.policy.columns.looks import EntryLook
from xueshi.policy.columns.once import only_once
from xueshi.policy.columns.terms import People
from xueshi.policy.facts import Entry, Facts
from xueshi.policy.likeness import Hurdle, Likeness
from xueshi.policy.terms import Person

ANY_HOURS = Decimal(1)
A_SINGLE_ONE = "the hours of one entry"  # no column: only its bounds are used
SINGLE = frozenset({A_SINGLE_ONE})


@dataclass(frozen=True)
class Line:
    """Entries of one kind and year: for the years ``year`` to ``last``, so many, and worth so much together.

    ``each`` is the worth of a single one, where it is the same for all of them; ``entry`` tells which entries they
    are, for those that are spread over several lines; they were done between these ``days``.
    """

    like: Likeness
    year: int
    last: int
    count: Node
    parts: Node
    each: Node | None
    entry: tuple[int, int]
    days: tuple[date, date]


def lines_of(people: People) -> list[Line]:
    """Every kind of the frame as lines; for whom it does not count, it counts nothing."""
    found: list[Line] = []
    for kind in people.layout.kinds:
        for year in kind.years:
            found.extend(_Kind(people, kind, year).lines())
    return only_once(people.question, found)


class _Kind:
    """One kind of entry in one year, and the law about it."""

    def __init__(self, people: People, kind: Kind, natural: int) -> None:
        self.people, self.kind, self.natural = people, kind, natural
        self.year = natural if kind.for_year is None else kind.for_year
        self.like = people.question.likeness(kind.says, self.year)
        self.name = self.like.provision.id if self.like.provision else ""
        self.number = algebra.column(people.layout.count(natural, kind), high=2**15 - 1)
        first, last = kind.days(natural, people.layout.calendar)
        days = (first, last, *(day for day in people.book.days if first < day <= last))
        hours = ANY_HOURS if kind.hours else None
        self.entries = tuple(Entry("", day, hours, kind.says, kind.for_year) for day in days)

    @property
    def anybody(self) -> Person:
        """Somebody of whom nothing is known: for what only the question decides."""
        return Person(self.people.question, Facts.of({}), self.people.asked, generous=False)

    def lines(self) -> Iterator[Line]:
        """Its lines; for whom it is stopped, they count nothing."""
        counts = algebra.not_(self.stopped())
        if counts is FALSE:
            return
        parts, each, told = self.worth()
        counts = algebra.and_(counts, told)
        if counts is FALSE:
            return
        count, parts = (algebra.if_(counts, one, ZERO) for one in (self.number, parts))
        law = self.like.earning
        days = self.entries[0].on, self.entries[1].on
        last = self.year + law.valid - 1
        line = Line(self.like, self.year, last, count, parts, each, (self.kind.id, self.natural), days)
        if law.split == 1:
            yield line
        for n in range(law.split if law.split > 1 else 0):
            yield self._part(line, n, law.split)

    def _part(self, line: Line, n: int, split: int) -> Line:
        """What it counts for in the n-th of the years over which it is spread."""
        year = line.year + n
        if line.each is not None:
            until, before = (algebra.scaled(line.each, upto, split) for upto in (n + 1, n))
            each = algebra.minus(until, before)
            return replace(line, year=year, last=year, parts=algebra.times(each, line.count), each=each)
        if self.kind.step % split or self.like.earning.gives:
            raise Beyond(self.name, "entries of unequal worth are spread over years, each rounded by itself")
        return replace(line, year=year, last=year, parts=algebra.scaled(line.parts, 1, split))

    # ---- whether it counts --------------------------------------------------------------------

    def stopped(self) -> Node:
        """For whom a sentence stops it."""
        if self._alike(self.not_made_up, "for which years it may be made up", self.name):
            return TRUE
        return algebra.or_(*(self._hurdle(hurdle) for hurdle in self.like.hurdles))

    def not_made_up(self, entry: Entry) -> bool:
        if self.year == self.natural:
            return False
        return walk.not_made_up(self.anybody, entry, self.like) is not None

    def _alike(self, test: Callable[[Entry], bool], what: str, by: str) -> bool:
        """What holds of its first day, its last, and the days between on which the law draws a line, holds of all."""
        answers = {test(entry) for entry in self.entries}
        if len(answers) > 1:
            raise Beyond(by, f"kind {self.kind.id} of {self.natural} straddles the day that decides {what}")
        return answers.pop()

    def _hurdle(self, hurdle: Hurdle) -> Node:
        law, people, by = hurdle.law, self.people, hurdle.provision.id
        stands = people.told(law.when, people.now, favours=False, by=by)
        missing, unexamined = hurdle.lacks, hurdle.unexamined
        if hurdle.asks:
            missing, unexamined = walk.lacks_beside_the_question(self.anybody, self.like, law)
        if not self._alike(lambda entry: law.done_from <= entry.on <= law.done_to, "when it must be done", by):
            return stands
        fails = algebra.truth(bool(missing))
        if missing and missing != unexamined:
            fails = algebra.either(people.no_exam(self.year, self._towards), algebra.truth(bool(unexamined)), TRUE)
        if law.after is not None and stands is not FALSE and fails is not TRUE:
            fails = algebra.or_(fails, algebra.not_(self._after(law, by)))
        return algebra.and_(stands, fails)

    def _towards(self, id: str) -> int:
        target = self.people.question.target(id, self.year)
        return self.like.belongs(target.key, target.filters)

    def _after(self, law: demands.Counts, by: str) -> Node:
        """Done after the event; the frame can tell that of entries that lie all on one day."""
        assert law.after is not None  # noqa: S101 - the caller asked
        known = self.people.now.event(law.after)[1]
        first, last = (entry.on for entry in self.entries[:2])
        if first != last:
            raise Beyond(by, f"counts after {law.after.name!r}, and the frame does not keep the days of entries")
        before = algebra.not_(algebra.at_least(known.value, algebra.number(ymd(first))))
        happened = algebra.at_least(known.value, ONE)
        return algebra.either(known.known, algebra.and_(happened, before), algebra.truth(self.people.generous))

    # ---- what it is worth ---------------------------------------------------------------------

    def worth(self) -> tuple[Node, Node | None, Node]:
        """What all of them are worth together, what each is if that is the same, and for whom anybody can say it."""
        law = self.like.earning
        if self.like.parts is not None:
            each = algebra.number(self.like.parts)
            return algebra.times(each, self.number), each, TRUE
        one, told = self._sum(ONE, self._own_of_one())
        if told is FALSE:
            return ZERO, None, FALSE
        most = algebra.number(FOREVER)
        if law.gives and law.at_most is not None:
            most, known = self._amount(law.at_most, ONE, self._own_of_one())
            told = algebra.and_(told, known)
        if SINGLE.isdisjoint(columns_of(one)):
            each = algebra.least(one, most)
            return algebra.times(each, self.number), each, told
        if one.high <= most.low:
            return self._sum(self.number, self._own_of_all)[0], None, told
        if one.low >= most.high:
            return algebra.times(most, self.number), most, told
        raise Beyond(self.name, "a ceiling per entry, and entries of unequal hours")

    def _sum(self, count: Node, own: Own | None) -> tuple[Node, Node]:
        law = self.like.earning
        if not law.gives:
            return (ZERO, FALSE) if own is None else (own(Fraction(1)), TRUE)
        each = [self._amount(amount, count, own) for amount in law.gives]
        return algebra.add(*(value for value, _ in each)), algebra.and_(*(told for _, told in each))

    def _amount(self, amount: Amount, count: Node, own: Own | None) -> tuple[Node, Node]:
        people, year = self.people, self.year
        look = EntryLook(self.like.sight, people.book.words.entries, people.at(year))
        bases = {id: partial(self._written, id) for id in named_demands(amount)}
        found = figure(amount, Reader(look, count, own, bases, marks=frozenset(people.book.words.entries)))
        bound = algebra.scaled(count, amount.largest if people.generous else amount.smallest)
        return algebra.if_(found.known, found.value, bound), algebra.not_(found.silent)

    def _written(self, id: str) -> Node:
        return self.people.terms(id, self.year).written

    # ---- its own hours ------------------------------------------------------------------------

    def _by_minutes(self) -> int | None:
        """The parts of one entry that comes with minutes."""
        return walk.own_hours(replace(self.entries[0], hours=None), self.like)

    def _own_of_one(self) -> Own | None:
        if self.kind.hours and self.kind.least == self.kind.most:
            parts: int | None = self.kind.least
        elif self.kind.hours:
            one = algebra.column(A_SINGLE_ONE, low=self.kind.least, high=self.kind.most or FOREVER)
            return lambda factor: algebra.scaled(one, factor.numerator, factor.denominator)
        else:
            parts = self._by_minutes()
        if parts is None:
            return None
        return lambda factor: algebra.number(parts * factor.numerator // factor.denominator)

    def _own_of_all(self, factor: Fraction) -> Node:
        """A multiple of the hours of all; exact only where no single one would have been rounded."""
        if self.kind.step * factor.numerator % factor.denominator:
            raise Beyond(self.name, "entries of unequal hours, each rounded by itself")
        hours = algebra.column(self.people.layout.hours(self.natural, self.kind), high=MOST_HOURS)
        return algebra.scaled(hours, factor.numerator, factor.denominator)
