"""The verbs that decide about hours, as frozen values. ``verbs`` reads them, ``assess`` applies them to a person.

Hours are whole 1/1800ths here (see ``whole``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from xueshi.policy.amounts import Amount, Fixed, Rate
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.windows import Window
from xueshi.policy.words import Word


@dataclass(frozen=True, slots=True)
class Each:
    """Each of these names at least once among the entries (``one_of_each``)."""

    mark: Word
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Entries like these count over a window of their own (``with``), such as projects of three years."""

    of: Condition
    over: Window


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of an either-or, under its name."""

    name: str
    demand: Demand


@dataclass(frozen=True, slots=True)
class Demand:
    """What is owed: exactly one of hours, entries, names, a condition, or branches.

    ``at_least`` hours; ``courses`` entries; ``each`` name; ``holds``; or at least ``enough`` of ``branches``.
    ``within`` is the demand of which this is a part (其中); ``over`` None is the year, or the window of the
    purpose that asks. ``same``: all in one subject, the best one. ``reach``: kinds with their own window.
    """

    at_least: Amount | None = None
    courses: int = 0
    each: Each | None = None
    holds: Condition | None = None
    branches: tuple[Branch, ...] = ()
    enough: int = 0
    of: Condition = ALWAYS
    same: Word | None = None
    reach: tuple[Reach, ...] = ()
    within: str = ""
    over: Window | None = None
    purposes: tuple[str, ...] = ("annual",)
    when: Condition = ALWAYS

    @property
    def unit(self) -> str:
        """``hours``, ``courses`` (entries or names), ``condition`` or ``branches``."""
        if self.branches:
            return "branches"
        if self.holds is not None:
            return "condition"
        return "courses" if self.at_least is None else "hours"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a decision asks for, and over which years; ``asks`` nothing: nothing is owed."""

    purposes: tuple[str, ...]
    asks: tuple[str, ...]
    when: Condition = ALWAYS
    over: Window | None = None


@dataclass(frozen=True, slots=True)
class Relief:
    """What lowers a need, or takes its bite away.

    ``gives``: ``waived``, ``complete`` (deemed), ``reference`` (a factor to weigh), ``times`` a factor,
    ``no_exam`` (study is owed, the exam is not) or ``deferred`` (the shortfall moves to next year).
    ``of`` names the demands it is about; none: all.
    """

    gives: str
    times: Fraction = Fraction(1)
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """The first year owed: a year, or the year of (or after) an event; ``of`` names the demands, none: all."""

    year: int = 0
    event: Word | None = None
    after: bool = False
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the entries ``of``, only those that are ``only``, and done when they must be."""

    of: Condition = ALWAYS
    only: Condition = ALWAYS
    after: Word | None = None
    done_from: date = date.min
    done_to: date = date.max
    purposes: tuple[str, ...] = ()
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class MakeUp:
    """For which past years an entry may be booked, and when it must be done (补学, ZJ-05)."""

    years: tuple[int, ...]
    of: Condition = ALWAYS
    done_from: date = date.min
    done_to: date = date.max


@dataclass(frozen=True, slots=True)
class Earning:
    """What an entry is worth: the sum of ``gives``; none: a reviewer enters the hours.

    ``as_`` are the categories it counts in: one, or several of which each hour goes to one; none: its own.
    ``split`` spreads it over so many years, ``valid`` lets it count in each of so many years, from its own on.
    """

    of: Condition = ALWAYS
    gives: tuple[Amount, ...] = ()
    at_most: Amount | None = None
    as_: tuple[str, ...] = ()
    once: str = ""
    split: int = 1
    valid: int = 1

    @property
    def fixed(self) -> int | None:
        """The parts that every such entry is worth, or None where that depends."""
        only = self.gives[0] if len(self.gives) == 1 and self.at_most is None else None
        return only.is_ if isinstance(only, Fixed) else None

    @property
    def per_hour(self) -> Fraction | None:
        """What each hour of such an entry is worth, where that is all that is said."""
        only = self.gives[0] if len(self.gives) == 1 and self.at_most is None else None
        return only.each if isinstance(only, Rate) and only.per is None else None

    @property
    def category(self) -> str:
        """The one category it counts in, or ""."""
        return self.as_[0] if len(self.as_) == 1 else ""


@dataclass(frozen=True, slots=True)
class Hour:
    """Minutes to the hour (学时), never more than the course's length, rounded down per entry."""

    minutes: Amount
    at_most_length: bool = False
    round_down_to: int = 1


@dataclass(frozen=True, slots=True)
class Cap:
    """Hours like these count at most so much towards the demands named.

    ``per_year``: inside a longer window, each year by itself. ``shared``: one ceiling for all the demands
    together; hours go first where they are missing, in the order of ``towards``.
    """

    at_most: Amount
    towards: tuple[str, ...]
    of: Condition = ALWAYS
    when: Condition = ALWAYS
    per_year: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Carry:
    """A year's own surplus serves the next ``lives`` years, once; ``of``: only surplus of this kind."""

    surplus_of: str
    at_most: Amount | None = None
    of: Condition = ALWAYS
    lives: int = 1


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from not meeting what one of the purposes asks, unless it is excused."""

    if_unmet: tuple[str, ...]
    effect: str
    on: tuple[str, ...]
    in_principle: bool = False
    unless: Condition | None = None


HourVerb = Demand | Purpose | Relief | Owed | Counts | MakeUp | Earning | Hour | Cap | Carry | Consequence
