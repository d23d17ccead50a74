"""Kleene's three values as columns, and what conditions and amounts look at.

A ``Kleene`` is a pair of truths, *surely* and *possibly*: they are one and the same where nothing can be unknown,
and then unknown facts cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from xueshi.policy.columns.algebra import FALSE, TRUE, Node
from xueshi.policy.words import Word

LAST_DAY = 99991231


def ymd(day: date) -> int:
    """A day as the columns have it."""
    return day.year * 10_000 + day.month * 100 + day.day


@dataclass(frozen=True, slots=True)
class Kleene:
    """Surely so, and possibly so."""

    sure: Node
    possible: Node


def plainly(answer: Node) -> Kleene:
    """A truth of which everybody is sure."""
    return Kleene(answer, answer)


NOBODY_KNOWS = Kleene(FALSE, TRUE)


@dataclass(frozen=True, slots=True)
class Known:
    """A number per person and whether it is known; none is below everything."""

    value: Node
    known: Node


class Says(Protocol):
    """What a word says of a person or of an entry, as columns."""

    def among(self, word: Word, values: Iterable[str]) -> Kleene:
        """It is one of these."""

    def figure(self, word: Word) -> Known:
        """A number in 1/1800ths, below 0 for none; a day as yyyymmdd, 0 for none."""

    def known(self, word: Word) -> Node:
        """Somebody knows what it says."""


class Look(Says, Protocol):
    """What a word says of a person; the counterpart of ``conditions.Sight``."""

    @property
    def first_day(self) -> int:
        """The first day of the year, as yyyymmdd."""

    @property
    def last_day(self) -> int:
        """Its last day."""

    def flag(self, word: Word) -> Kleene:
        """It is so."""

    def event(self, word: Word) -> tuple[Known, Known, bool]:
        """The first and the last day, and whether these are all."""

    def shared(self, word: Word, unit: str) -> Known:
        """How many ``days`` or ``months`` of the year a spell covers."""
