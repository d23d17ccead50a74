"""How much: a number, a table, a rate, a share, or a year's worth of a demand.

An amount is in parts of hours (1/1800, see ``whole``), or a plain count where a count is meant (years of a
window, minutes to the hour). ``value`` is None when a fact is missing or a table has no row for it; then
``smallest`` and ``largest`` say between which figures it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from xueshi.policy.conditions import UNKNOWN, Sight, lacking
from xueshi.policy.words import Word

MOST = 10**9  # parts: more hours than there are in a working life


class Amount(Protocol):
    """A figure for one person or one entry."""

    def value(self, sight: Sight) -> int | None:
        """The figure, or None when it cannot be told."""

    def unknown(self, sight: Sight) -> frozenset[str]:
        """The facts that are missing; for a table without a row, the word that has none."""

    @property
    def smallest(self) -> int:
        """The least it can be, whatever the facts are."""

    @property
    def largest(self) -> int:
        """The most it can be."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    is_: int

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``."""
        return self.is_

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Amount``."""
        return frozenset()

    @property
    def smallest(self) -> int:
        """See ``Amount``."""
        return self.is_

    @property
    def largest(self) -> int:
        """See ``Amount``."""
        return self.is_


@dataclass(frozen=True, slots=True)
class ByWord:
    """A table by a word: it answers only what it names, unless ``otherwise`` is given."""

    word: Word
    rows: Mapping[str, Amount]
    otherwise: Amount | None = None

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``."""
        row = self.row(sight)
        return None if row is None else row.value(sight)

    def row(self, sight: Sight) -> Amount | None:
        """The row of this person, or None when there is none or nobody knows which."""
        held = sight.value(self.word)
        if held is UNKNOWN:
            return None
        for word in held:  # type: ignore[attr-defined]  # a word is a tuple
            if word in self.rows:
                return self.rows[word]
        return self.otherwise

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Amount``."""
        row = self.row(sight)
        return lacking(self.word, sight) if row is None else row.unknown(sight)

    @property
    def smallest(self) -> int:
        """See ``Amount``. A table that does not name everybody may ask for nothing."""
        return _least(self.rows.values(), self.otherwise)

    @property
    def largest(self) -> int:
        """See ``Amount``."""
        return max(row.largest for row in _with(self.rows.values(), self.otherwise))


@dataclass(frozen=True, slots=True)
class BySteps:
    """A table by a number: the first step that the number does not exceed; None: however large."""

    word: Word
    steps: tuple[tuple[Fraction | None, Amount], ...]

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``."""
        step = self.step(sight)
        return None if step is None else step.value(sight)

    def step(self, sight: Sight) -> Amount | None:
        """The step of this number, or None when nobody knows it or it lies above all steps."""
        number = sight.value(self.word)
        if not isinstance(number, int | Decimal | Fraction):
            return None
        return next((amount for up_to, amount in self.steps if up_to is None or number <= up_to), None)

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Amount``."""
        step = self.step(sight)
        return lacking(self.word, sight) if step is None else step.unknown(sight)

    @property
    def smallest(self) -> int:
        """See ``Amount``."""
        return min(amount.smallest for _, amount in self.steps)

    @property
    def largest(self) -> int:
        """See ``Amount``."""
        return max(amount.largest for _, amount in self.steps)


@dataclass(frozen=True, slots=True)
class Rate:
    """So much for each unit of a number (``less`` another); ``per`` None: for each hour of the entry itself.

    Rounds down to whole parts: nobody earns more than the rate says.
    """

    per: Word | None
    each: Fraction  # parts for one unit; for hours, the factor
    less: Word | None = None

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``; an entry's own hours are its ``basis("hours")``."""
        if self.per is None:
            own = sight.basis("hours")
            return None if own is None else own * self.each.numerator // self.each.denominator
        number, less = sight.value(self.per), sight.value(self.less) if self.less else 0
        if not isinstance(number, int | Decimal | Fraction):
            return None
        taken = less if isinstance(less, int | Decimal | Fraction) else 0
        return int(max(Fraction(number) - Fraction(taken), Fraction(0)) * self.each)

    def unknown(self, sight: Sight) -> frozenset[str]:
        """See ``Amount``."""
        missing = self.per is not None and self.value(sight) is None
        return frozenset({self.per.name}) if missing and self.per else frozenset()

    @property
    def smallest(self) -> int:
        """See ``Amount``."""
        return 0

    @property
    def largest(self) -> int:
        """See ``Amount``. A number that nobody knows may be any: more than any law asks for."""
        return MOST


@dataclass(frozen=True, slots=True)
class Share:
    """A share of what the whole requires (before relief), or of what is accumulated towards it.

    A need rounds up, a ceiling down (``up``), to 1/1800 hour.
    """

    share: Fraction
    of: str
    up: bool = True

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``."""
        whole = sight.basis(self.of)
        if whole is None:
            return None
        exact = self.share.numerator * whole
        return -(-exact // self.share.denominator) if self.up else exact // self.share.denominator

    def unknown(self, sight: Sight) -> frozenset[str]:
        """Nothing of its own: what the whole lacks, the whole names."""
        return frozenset()

    @property
    def smallest(self) -> int:
        """See ``Amount``."""
        return 0

    @property
    def largest(self) -> int:
        """See ``Amount``."""
        return MOST


@dataclass(frozen=True, slots=True)
class YearsOf:
    """So many years' worth of a demand, as that demand is written for this person (HT-25)."""

    years: Fraction
    demand: str

    def value(self, sight: Sight) -> int | None:
        """See ``Amount``."""
        year = sight.basis(self.demand)
        return None if year is None else year * self.years.numerator // self.years.denominator

    def unknown(self, sight: Sight) -> frozenset[str]:
        """Nothing of its own."""
        return frozenset()

    @property
    def smallest(self) -> int:
        """See ``Amount``."""
        return 0

    @property
    def largest(self) -> int:
        """See ``Amount``."""
        return MOST


def _with(rows: Iterable[Amount], otherwise: Amount | None) -> list[Amount]:
    return [*rows, *([] if otherwise is None else [otherwise])]


def _least(rows: Iterable[Amount], otherwise: Amount | None) -> int:
    """A table without ``otherwise`` may ask for nothing of somebody whom it does not name."""
    return 0 if otherwise is None else min(row.smallest for row in (*rows, otherwise))


def leaves(amount: Amount) -> list[Amount]:
    """Every figure, rate and share that an amount, or the tables in a table, can come to."""
    if isinstance(amount, ByWord):
        return [one for row in _with(amount.rows.values(), amount.otherwise) for one in leaves(row)]
    if isinstance(amount, BySteps):
        return [one for _, row in amount.steps for one in leaves(row)]
    return [amount]


def named_demands(amount: Amount) -> tuple[str, ...]:
    """The demands of whose yearly need an amount speaks."""
    return tuple(one.demand for one in leaves(amount) if isinstance(one, YearsOf))


def figures(amount: Amount) -> list[int]:
    """Every figure that a number, or the tables in a table, can give."""
    return [one.smallest for one in leaves(amount)]


def leaf(amount: Amount, sight: Sight) -> Amount:
    """The figure, rate or share that a table, or a table in a table, has for this person; itself if nobody knows."""
    row: Amount | None = None
    if isinstance(amount, ByWord):
        row = amount.row(sight)
    elif isinstance(amount, BySteps):
        row = amount.step(sight)
    return amount if row is None else leaf(row, sight)
