"""What the engine answers: one finding per provision and period, and the verdict they amount to."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """How one demand stands; ``passes`` says whether it lets the person through."""

    MET = "met"
    REDUCED = "reduced"
    WAIVED = "waived"
    ADVISORY = "advisory"
    NOT_APPLICABLE = "not_applicable"
    UNMET = "unmet"
    CANNOT_TELL = "cannot_tell"

    @property
    def passes(self) -> bool:
        """True unless hours are missing or nobody can tell."""
        return self not in (Outcome.UNMET, Outcome.CANNOT_TELL)


class Verdict(StrEnum):
    """The answer as a whole. Silence is never "pass"."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOTHING_OWED = "nothing_owed"


class Counted(NamedTuple):
    """An entry and the hours of it that count (or that a ceiling cut off)."""

    entry: str
    hours: Decimal


class Finding(NamedTuple):
    """One demand over one period.

    ``have``, ``need`` and ``missing`` are in ``unit`` (hours, courses or condition); ``need`` is None where
    nobody can say it. ``because`` names the provision that makes it not applicable or waived.
    ``facts`` are the facts that would have to be known, for *cannot tell*. ``branch`` is the way of an
    either-or, or the subject, that was best; ``lacking`` the names or conditions that are missing;
    ``carried`` the hours of ``have`` that came from earlier years; ``moved_in`` the hours of ``need`` that were
    deferred from last year, ``moved_out`` the shortfall deferred to the next.
    """

    provision: str
    article: str
    years: tuple[int, ...]
    outcome: Outcome
    have: Decimal
    need: Decimal | None
    missing: Decimal
    unit: str = "hours"
    counted: tuple[Counted, ...] = ()
    left: tuple[Counted, ...] = ()
    relief: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    because: str = ""
    within: str = ""
    branch: str = ""
    lacking: tuple[str, ...] = ()
    carried: Decimal = Decimal(0)
    moved_in: Decimal = Decimal(0)
    moved_out: Decimal = Decimal(0)


class Line(NamedTuple):
    """An entry that counts: its year, its category and its worth, and the provision that says so."""

    entry: str
    year: int
    category: str
    hours: Decimal
    provision: str = ""


class Refusal(NamedTuple):
    """An entry that does not count at all, the provision why, and what it lacks."""

    entry: str
    provision: str
    article: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What follows from a failure: ``effect`` on the things named; ``lifted`` when excused."""

    provision: str
    article: str
    effect: str
    on: tuple[str, ...]
    in_principle: bool = False
    lifted: bool = False


@dataclass(frozen=True)
class Assessment:
    """The answer to one question under one rulebook; ``digest`` names exactly which wording.

    ``unencoded``: nobody has encoded that year, and the answer is *unknown*. ``bound`` False: the instrument
    does not speak of this person; ``see`` says where to look.
    """

    book: str
    digest: str
    purpose: str
    year: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    refused: tuple[Refusal, ...]
    effects: tuple[Effect, ...]
    least: Decimal
    unencoded: bool = False
    bound: bool = True
    see: str = ""

    @property
    def passed(self) -> bool:
        """True only for a pass in so many words."""
        return self.verdict is Verdict.PASS

    def finding(self, provision: str, year: int | None = None) -> Finding | None:
        """The finding on one provision (and year), if there is one."""
        for found in self.findings:
            if found.provision == provision and (year is None or year in found.years):
                return found
        return None

    def plain(self) -> dict[str, object]:
        """The same as JSON has it, to be frozen beside a decision: hours as strings."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | StrEnum):
        return str(value)
    if isinstance(value, Counted | Line | Refusal | Finding):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value
