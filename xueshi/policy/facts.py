"""What is known of a person and of what they did, and what is asked about it.

Facts are dated: a title is held from a day, an event happened on a day. A fact that is absent is
*unknown* unless the vocabulary says that its absence means "no".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

Dated: TypeAlias = tuple[tuple[date, "str | bool | int | Decimal"], ...]
"""A word, flag or number as it changed: (from this day, this value), in order of days; "" is none from then on."""

Spells: TypeAlias = tuple[tuple[date, date | None], ...]
"""From-to, both days included; None: it goes on."""

Value: TypeAlias = str | bool | int | Decimal | date | tuple[date, ...] | Dated | Spells
Given: TypeAlias = Value | Mapping[str, date] | Sequence[date] | Sequence[tuple[date, date | None]]
Mark: TypeAlias = str | bool | int | Decimal | date | tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is known of one person; built by ``of``, checked against the vocabulary by ``assess``."""

    known: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, given: Mapping[str, Given]) -> Facts:
        """Facts from plain values.

        A word is a string, or ``{value: first day}`` when it changed (a flag or number then as pairs of day and
        value); an event is a day or several
        (none at all: it is known not to have happened); a flag is a bool; a number an int or
        Decimal; a date a date.
        """
        return cls(MappingProxyType({name: _tidy(value) for name, value in given.items()}))

    def get(self, name: str) -> Value | None:
        """The value, or None when nothing is recorded."""
        return self.known.get(name)


def _tidy(value: Given) -> Value:
    if isinstance(value, Mapping):
        return tuple(sorted((day, word) for word, day in value.items()))
    if isinstance(value, list):
        return tuple(sorted(value))
    return value  # type: ignore[return-value]  # what remains is a Value already


@dataclass(frozen=True)
class Entry:
    """One thing done: a course passed, a slip verified.

    ``on`` is the day that decides its year. ``hours`` are 学时 as recorded, or None when the
    instrument alone says what it is worth. ``for_year`` is the obligation year of something made up
    later (补学), where that is another. ``says`` holds the marks of the vocabulary, such as
    ``{"category": "public", "kind": "public_topic", "passed": True, "verified": True}``.
    """

    id: str
    on: date
    hours: Decimal | None = None
    says: Mapping[str, Mark] = field(default_factory=dict)
    for_year: int | None = None

    def __post_init__(self) -> None:
        """Refuse hours below nothing: a line and its reversal are netted before they come here."""
        if self.hours is not None and self.hours < 0:
            raise ValueError(f"entry {self.id!r}: {self.hours} hours is less than nothing")


@dataclass(frozen=True)
class Asked:
    """The question: which decision (``purpose``), for which year, towards which title.

    ``marks`` names what the application itself says, such as ``{"specialty": "给排水"}``.
    """

    purpose: str
    year: int
    target: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
