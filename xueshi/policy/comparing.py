"""Two rulebooks side by side: which provisions are new, closed, or say something else, and from which day.

Nothing is computed for anybody here; `simulate` does that. A book that begins later than the one it replaces
leaves the days before it as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from xueshi.policy import demands
from xueshi.policy.book import Provision, Rulebook

_NOT_COMPARED = frozenset({"key", "digest", "provisions", "words", "source", "source_sha256", "_by_id"})


class Kind(StrEnum):
    """What became of a provision. Only ``REWORDED`` leaves its meaning as it was."""

    ADDED = "added"
    CLOSED = "closed"
    CHANGED = "changed"
    REWORDED = "reworded"


@dataclass(frozen=True)
class Change:
    """One provision that is not the same in both books; ``since`` is the first day on which it is not."""

    kind: Kind
    provision: str
    since: date
    before: Provision | None
    after: Provision | None

    @property
    def wording(self) -> Provision:
        """The wording that counts from ``since`` on, or the last one of a provision that was closed."""
        found = self.after or self.before
        assert found is not None  # noqa: S101  a change has at least one side
        return found

    @property
    def meaning(self) -> bool:
        """Whether it says something else, in whatever words."""
        return self.kind is not Kind.REWORDED

    @property
    def hours(self) -> bool:
        """Whether anybody's standing may change by it: examinations, fees and papers ask for no hours."""
        return self.meaning and isinstance(self.wording.value, demands.HourVerb)


@dataclass(frozen=True)
class Comparison:
    """The changes in the order of the law, and the names of header fields that differ."""

    changes: tuple[Change, ...]
    header: tuple[str, ...] = ()

    @property
    def effective(self) -> date:
        """The first day from which somebody may stand otherwise; ``date.max`` when nobody may."""
        return min((change.since for change in self.changes if change.hours), default=date.max)


def compare(before: Rulebook, after: Rulebook) -> Comparison:
    """What ``after`` changes where it replaces ``before``."""
    ids = dict.fromkeys(p.id for book in (after, before) for p in book.provisions)
    found = (_compared(id, before, after) for id in ids)
    header = (f.name for f in fields(Rulebook) if f.compare and f.name not in _NOT_COMPARED)
    return Comparison(
        changes=tuple(change for change in found if change),
        header=tuple(name for name in header if getattr(before, name) != getattr(after, name)),
    )


def _compared(id: str, before: Rulebook, after: Rulebook) -> Change | None:
    """The first day on which the meaning differs, or else the first on which the words do."""
    reworded: Change | None = None
    for day in _turns(id, before, after):
        old = _on(before, id, day)
        new = old if day < after.since else _on(after, id, day)
        kind = _kind(old, new)
        if kind is Kind.REWORDED:
            reworded = reworded or Change(kind, id, day, old, new)
        elif kind:
            return Change(kind, id, day, old, new)
    return reworded


def _turns(id: str, before: Rulebook, after: Rulebook) -> list[date]:
    """The days on which either book begins or ceases to say something."""
    wordings = [p for book in (before, after) for p in book.provisions if p.id == id]
    ends = {p.until + timedelta(days=1) for p in wordings if p.until < date.max}
    return sorted({p.since for p in wordings} | ends | {after.since})


def _on(book: Rulebook, id: str, day: date) -> Provision | None:
    return next((p for p in book.provisions if p.id == id and p.in_force(day)), None)


def _kind(old: Provision | None, new: Provision | None) -> Kind | None:
    if old is None or new is None:
        return None if old is new else Kind.ADDED if old is None else Kind.CLOSED
    if old.value != new.value:
        return Kind.CHANGED
    return None if (old.text, old.article) == (new.text, new.article) else Kind.REWORDED
