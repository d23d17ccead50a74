"""Entries that say the same are alike: what they amount to is worked out once.

A city's ledger holds millions of lines and some hundred kinds of them. Which earning applies, in which
category, which conditions of counting fail, and towards which demands a line goes: all that hangs on the
marks and the year alone, and is asked here, by the walk and by the columns alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from xueshi.policy import demands
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.checking import check_marks
from xueshi.policy.conditions import AllOf, AnyOf, Condition, Matches, Not, Sight
from xueshi.policy.facts import Mark
from xueshi.policy.sight import EntrySight

if TYPE_CHECKING:
    from xueshi.policy.question import YearLaw


@dataclass(frozen=True, slots=True)
class Hurdle:
    """A ``counts`` sentence about entries like these; ``lacks`` are the words of its filter that fail.

    ``unexamined`` are those that would fail if the exam were forgiven (``no_exam``). A hurdle without any
    still stands where the day of the entry, the person or the question decides; ``stands`` is False where
    it can never stop such an entry.
    """

    provision: Provision
    law: demands.Counts
    lacks: tuple[str, ...]
    unexamined: tuple[str, ...]
    asks: bool  # the filter looks at what the question names (``matching``)

    @property
    def stands(self) -> bool:
        """Whether it could ever stop such an entry."""
        always = (self.law.done_from, self.law.done_to) == (date.min, date.max)
        return bool(self.lacks) or self.asks or self.law.after is not None or not always


@dataclass(slots=True)
class Likeness:
    """Entries with the same marks in the same year.

    ``sight`` has the marks with the categories as earned; ``earning`` the law of their worth; ``hour`` the
    minutes to the hour; ``parts`` the worth where it is the same for all of them, ``per_hour`` (a fraction)
    where it is so much for each hour.
    """

    year: int
    says: Mapping[str, Mark]
    sight: EntrySight
    provision: Provision | None
    earning: demands.Earning
    hour: demands.Hour | None
    parts: int | None
    per_hour: tuple[int, int] | None
    hurdles: tuple[Hurdle, ...]
    make_up: tuple[tuple[Provision, demands.MakeUp], ...]
    belongings: dict[str, int] = field(default_factory=dict)
    variants: dict[str, Likeness] = field(default_factory=dict)
    category: str = field(init=False)  # in which they count; a|b where each hour goes to one of two
    said_by: str = field(init=False)  # the earning, or ""

    def __post_init__(self) -> None:
        """Say once what every line of this kind shows."""
        said = self.sight.says.get("category", "")
        self.category = "|".join(said) if isinstance(said, tuple) else str(said)
        self.said_by = self.provision.id if self.provision else ""

    def variant(self, category: str) -> Likeness:
        """The same, gone to one of the categories between which each hour may choose."""
        found = self.variants.get(category)
        if found is None:
            sight = EntrySight({**self.sight.says, "category": category}, self.year)
            one = replace(self.earning, as_=(category,))
            found = self.variants[category] = replace(self, sight=sight, earning=one, belongings={}, variants={})
        return found

    def belongs(self, to: str, filters: tuple[Condition, ...]) -> int:
        """2: they count towards the demand ``to``; 1: they may, each hour there or elsewhere; 0: they do not."""
        found = self.belongings.get(to)
        if found is None:
            found = self.belongings[to] = self._belongs(to, filters)
        return found

    def _belongs(self, to: str, filters: tuple[Condition, ...]) -> int:
        if len(self.earning.as_) < 2:
            return 2 if all(one.holds(self.sight) for one in filters) else 0
        each = [self.variant(one).belongs(to, filters) == 2 for one in self.earning.as_]
        return 2 if all(each) else int(any(each))


def likeness(book: Rulebook, law: YearLaw, says: Mapping[str, Mark], year: int) -> Likeness:
    """What the law of a year makes of entries with these marks; raises ``checking.NotAWord``."""
    check_marks(says, book.words)
    plain = EntrySight(says, year)
    provision, earning = next(((p, e) for p, e in law.earnings if e.of.holds(plain)), (None, demands.Earning()))
    earned = dict(says)
    if earning.as_:
        earned["category"] = earning.as_[0] if len(earning.as_) == 1 else earning.as_
    sight = EntrySight(earned, year)
    forgiven = EntrySight({**earned, "passed": True} if "passed" in book.words.entries else earned, year)
    hurdles = [
        Hurdle(said, one, lacks(one.only, sight), lacks(one.only, forgiven), _looks_at_question(one.only))
        for said, one in law.counts
        if one.of.holds(sight)
    ]
    return Likeness(
        year=year,
        says=says,
        sight=sight,
        provision=provision,
        earning=earning,
        hour=next((hour for _, hour in law.hours), None) if "minutes" in says else None,
        parts=earning.fixed,
        per_hour=None if (each := earning.per_hour) is None else (each.numerator, each.denominator),
        hurdles=tuple(one for one in hurdles if one.stands),
        make_up=tuple((said, one) for said, one in law.make_ups if one.of.holds(sight)),
    )


def lacks(only: Condition, sight: Sight) -> tuple[str, ...]:
    """The words of the filter that do not hold."""
    parts = only.parts if type(only) is AllOf else (only,)
    return tuple(
        word.name if (word := getattr(part, "word", None)) else "only" for part in parts if not part.holds(sight)
    )


def _looks_at_question(one: Condition) -> bool:
    if isinstance(one, AllOf | AnyOf):
        return any(_looks_at_question(part) for part in one.parts)
    return _looks_at_question(one.part) if isinstance(one, Not) else isinstance(one, Matches)
