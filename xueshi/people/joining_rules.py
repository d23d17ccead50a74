"""Two accounts of one human: what of the one goes to the other, and where they contradict each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Span:
    """From a day until the first day no longer; None: still."""

    since: date
    until: date | None = None

    @property
    def end(self) -> date:
        return self.until or date.max

    def overlaps(self, other: Span) -> bool:
        return self.since < other.end and other.since < self.end


def without(span: Span, others: Iterable[Span]) -> list[Span]:
    """The days of a span that none of the others covers, in order."""
    left = [span]
    for other in others:
        left = [piece for one in left for piece in _cut(one, other)]
    return sorted(left, key=lambda piece: piece.since)


def _cut(span: Span, other: Span) -> list[Span]:
    if not span.overlaps(other):
        return [span]
    pieces = []
    if span.since < other.since:
        pieces.append(Span(span.since, other.since))
    if other.until is not None and other.end < span.end:
        pieces.append(Span(other.until, span.until))
    return pieces


@dataclass(frozen=True)
class Contradiction:
    """Something that cannot be true of one human twice; somebody chooses."""

    key: str  # fact:12, title:junior, employer, hours:7
    about: str  # what it is about, in the law's or the register's word
    here: str  # as the account that stays has it
    there: str  # as the other one has it
    offered: tuple[str, ...] = ("here", "there")  # for hours: once, both
