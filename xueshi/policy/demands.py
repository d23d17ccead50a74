"""The verbs that decide about hours, as frozen values. ``verbs`` reads them, ``assess`` applies them.

Hours are whole 1/1800ths here (see ``whole``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from xueshi.policy.conditions import ALWAYS, UNKNOWN, Condition, Sight
from xueshi.policy.windows import Window
from xueshi.policy.words import Word


@dataclass(frozen=True)
class Amount:
    """A number, or a table by a word of the person: ``rows`` by value, ``otherwise`` for the rest."""

    fixed: int = 0
    by: Word | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    otherwise: int | None = None

    def value(self, sight: Sight) -> int | None:
        """The figure, or None when the table has no row for this person (or nobody knows which)."""
        if self.by is None:
            return self.fixed
        word = sight.value(self.by)
        if word is UNKNOWN:
            return None
        row = next((self.rows[w] for w in word or () if w in self.rows), None)  # type: ignore[attr-defined]
        return self.otherwise if row is None else row

    @property
    def largest(self) -> int:
        """The most it can be."""
        return max((self.fixed, *self.rows.values(), self.otherwise or 0))

    @property
    def smallest(self) -> int:
        """The least it can be."""
        rows = [*self.rows.values(), *([] if self.otherwise is None else [self.otherwise])]
        return min(rows, default=self.fixed)

    @property
    def complete(self) -> bool:
        """True if everybody has a row, whatever the word turns out to be."""
        return self.by is None or self.otherwise is not None


@dataclass(frozen=True)
class Demand:
    """So many hours, or so many entries (``courses``), of a kind, over a window."""

    at_least: Amount | None = None
    courses: int = 0
    of: Condition = ALWAYS
    within: str = ""
    over: Window | None = None
    purposes: tuple[str, ...] = ("annual",)
    when: Condition = ALWAYS

    @property
    def unit(self) -> str:
        """``hours`` or ``courses``."""
        return "courses" if self.at_least is None else "hours"


@dataclass(frozen=True)
class Purpose:
    """What a decision asks for, and over which years; ``asks`` nothing: nothing is owed."""

    purposes: tuple[str, ...]
    asks: tuple[str, ...]
    when: Condition = ALWAYS
    over: Window | None = None


@dataclass(frozen=True)
class Relief:
    """``waived``, ``complete`` (deemed), ``reference`` (a factor to weigh), or ``times`` a factor."""

    gives: str
    times: Fraction = Fraction(1)
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Owed:
    """The first year owed: a year, or the year of (or after) an event."""

    year: int = 0
    event: Word | None = None
    after: bool = False
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Counts:
    """Of the entries ``of``, only those that are ``only``, and done when they must be."""

    of: Condition = ALWAYS
    only: Condition = ALWAYS
    after: Word | None = None
    done_from: date = date.min
    done_to: date = date.max
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Earning:
    """What an entry is worth: ``fixed``, ``per_hour`` of it, or neither (a reviewer enters it)."""

    of: Condition = ALWAYS
    fixed: int | None = None
    per_hour: Fraction | None = None
    category: str = ""
    once: str = ""


@dataclass(frozen=True)
class Cap:
    """Hours like these count at most so much towards the demands named."""

    at_most: Amount
    towards: tuple[str, ...]
    of: Condition = ALWAYS
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Consequence:
    """What follows from not meeting what one of the purposes asks, unless it is excused."""

    if_unmet: tuple[str, ...]
    effect: str
    on: tuple[str, ...]
    in_principle: bool = False
    unless: Condition | None = None


HourVerb = Demand | Purpose | Relief | Owed | Counts | Earning | Cap | Consequence
