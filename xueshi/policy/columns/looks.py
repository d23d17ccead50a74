"""What the frame says of everybody at the end of a year, and what a kind of entry says: the counterpart of sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from xueshi.policy import whole
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, FOREVER, TRUE, Node
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.conditions import column
from xueshi.policy.columns.kleene import LAST_DAY, NOBODY_KNOWS, Kleene, Known, plainly, ymd
from xueshi.policy.columns.layout import NO_DAY, NO_NUMBER, Fact, Layout
from xueshi.policy.facts import Asked
from xueshi.policy.sight import EntrySight
from xueshi.policy.words import Word


@dataclass(frozen=True)
class PersonLook:
    """Everybody as they stood at the end of a year, and the target asked about."""

    layout: Layout
    asked: Asked
    year: int
    seen: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def last_day(self) -> int:
        """The last day of the year, as yyyymmdd."""
        return ymd(self.layout.calendar.last_day(self.year))

    @property
    def first_day(self) -> int:
        """Its first day."""
        return ymd(self.layout.calendar.first_day(self.year))

    def year_of(self, day: Node) -> Node:
        """The year to which a day belongs."""
        calendar = self.layout.calendar
        begins = 0 if calendar.civil else calendar.month * 100 + calendar.day
        year = algebra.scaled(algebra.add(day, algebra.number(-begins)), 1, 10_000)
        return algebra.add(year, algebra.number(1)) if calendar.named_by_end and not calendar.civil else year

    def _fact(self, word: Word) -> Fact:
        fact = self.layout.fact(word.name, self.year)
        if fact is None:
            raise Beyond("", f"the frame does not have {word.name!r} as of the end of {self.year}")
        return fact

    def among(self, word: Word, values: Iterable[str]) -> Kleene:
        """See ``Look``. The first row of a defined word that holds decides."""
        wanted = frozenset(values)
        if word.rows:
            return self._defined(word, wanted)
        if word.name == "target" and self.asked.target is not None:
            return plainly(algebra.truth(self.asked.target in wanted))
        fact = self._fact(word)
        if not fact.columns:
            return NOBODY_KNOWS if word.absent == "unknown" else plainly(FALSE)
        codes = [code for value, code in fact.codes.items() if value in wanted]
        if fact.full:
            return plainly(algebra.among(fact.columns[""], codes, null=None))
        return Kleene(*(algebra.among(fact.columns[""], codes, null=null) for null in (False, True)))

    def _defined(self, word: Word, wanted: frozenset[str]) -> Kleene:
        sure: list[Node] = []
        unsure: list[Node] = []
        before = TRUE
        for value, condition in word.rows:
            row = column(condition, self)
            if value in wanted:
                sure.append(algebra.and_(before, row.sure))
            unsure.append(algebra.and_(before, row.possible, algebra.not_(row.sure)))
            before = algebra.and_(before, algebra.not_(row.possible))
        return Kleene(algebra.or_(*sure), algebra.or_(*sure, *unsure))

    def flag(self, word: Word) -> Kleene:
        """See ``Look``."""
        fact = self._fact(word)
        if not fact.columns:
            return NOBODY_KNOWS if word.absent == "unknown" else plainly(FALSE)
        if fact.full:
            return plainly(algebra.flag(fact.columns[""], null=None))
        return Kleene(*(algebra.flag(fact.columns[""], null=null) for null in (False, True)))

    def figure(self, word: Word) -> Known:
        """See ``Look``."""
        if word.years_since is not None:
            last = self.event(word.years_since)[1]
            years = algebra.scaled(algebra.minus(algebra.number(self.last_day), last.value), 1, 10_000)
            happened = algebra.at_least(last.value, algebra.number(NO_DAY + 1))
            none_or = algebra.if_(happened, algebra.scaled(years, whole.PARTS), algebra.number(NO_NUMBER))
            return Known(none_or, last.known)
        fact, none = self._fact(word), NO_DAY if word.kind == "date" else NO_NUMBER
        return self._column(fact, "", none, LAST_DAY if word.kind == "date" else FOREVER, word)

    def _column(self, fact: Fact, part: str, none: int, high: int, word: Word) -> Known:
        if not fact.columns:
            return Known(algebra.number(none), algebra.truth(word.absent == "no"))
        name = fact.columns[part]
        if fact.full:
            never_none = word.kind == "date" and word.absent == "unknown"
            return Known(algebra.column(name, low=none + never_none, high=high), TRUE)
        return Known(algebra.column(name, low=none, high=high, null=none), algebra.not_(algebra.is_null(name)))

    def event(self, word: Word) -> tuple[Known, Known, bool]:
        """See ``Look``."""
        fact = self._fact(word)
        first, last = (self._column(fact, part, NO_DAY, self.last_day, word) for part in ("first", "last"))
        return first, last, fact.few

    def shared(self, word: Word, unit: str) -> Known:
        """See ``Look``."""
        return self._column(self._fact(word), unit, 0, 2**15, word)

    def start(self, word: Word) -> Known:
        """The day on which the latest spell began, 0 for none."""
        return self._column(self._fact(word), "start", NO_DAY, LAST_DAY, word)

    def known(self, word: Word) -> Node:
        """See ``Look``."""
        if word.rows:
            return algebra.not_(self.among(word, ()).possible)
        if word.name == "target" and self.asked.target is not None:
            return TRUE
        fact = self._fact(word)
        if not fact.columns:
            return algebra.truth(word.absent == "no")
        return TRUE if fact.full else algebra.not_(algebra.is_null(next(iter(fact.columns.values()))))


@dataclass(frozen=True)
class EntryLook:
    """A kind of entry, known while planning; behind it the person, for words that are no marks."""

    sight: EntrySight
    marks: Mapping[str, Word]
    person: PersonLook

    def is_mark(self, word: Word) -> bool:
        """It is said by the entry, not by the person."""
        return word.name in self.marks

    def among(self, word: Word, values: Iterable[str]) -> Kleene:
        """See ``Look``."""
        if not self.is_mark(word):
            return self.person.among(word, values)
        return plainly(algebra.truth(not frozenset(values).isdisjoint(self.sight.value(word))))

    def figure(self, word: Word) -> Known:
        """See ``Look``."""
        if not self.is_mark(word):
            return self.person.figure(word)
        value = self.sight.value(word)
        if not isinstance(value, int | Decimal | Fraction):
            return Known(algebra.number(NO_NUMBER), TRUE)
        return Known(algebra.number(int(value * whole.PARTS)), TRUE)

    def known(self, word: Word) -> Node:
        """See ``Look``."""
        return TRUE if self.is_mark(word) else self.person.known(word)
