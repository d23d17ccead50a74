"""The law for a population: one plan per rulebook, question and frame, used on as many frames as one likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xueshi.policy.book import Rulebook
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, Node
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.branches import UNITS
from xueshi.policy.columns.emit import Program
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.walk import Judgement, Walk
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Outcome, Verdict
from xueshi.policy.question import Question

VERDICTS = tuple(Verdict)
OUTCOMES = tuple(Outcome)
NO_REASON = -1
_STOPS = (Outcome.UNMET, Outcome.CANNOT_TELL)
_EASES = (Outcome.ADVISORY, Outcome.REDUCED, Outcome.WAIVED)


@dataclass(frozen=True)
class Reason:
    """Why: the finding that stops somebody (a provision, and the year; 0 or below for a sum of years).

    For somebody who passes, otherwise than by the hours as written, only by which outcome (``provision`` is "").
    """

    provision: str
    year: int
    outcome: Outcome


@dataclass(frozen=True)
class Found:
    """One demand over one period, settled; the names of its columns in ``findings``.

    A ``year`` of 0 or below is a sum of years: below, minus the number of the purpose that asks for it.
    """

    provision: str
    year: int
    unit: str

    @property
    def outcome(self) -> str:
        """An index into ``OUTCOMES``; -1 for whom there is no such finding."""
        return self._named("outcome")

    @property
    def have(self) -> str:
        """What there is: parts of hours, or what the demand counts."""
        return self._named("have")

    @property
    def need(self) -> str:
        """What is needed; -1 where it is not applicable or cannot be told."""
        return self._named("need")

    @property
    def missing(self) -> str:
        """What is missing."""
        return self._named("missing")

    @property
    def counted_in(self) -> str:
        """An index into ``branches.UNITS``; only where ``unit`` is "branches" it differs from person to person."""
        return self._named("unit")

    def _named(self, what: str) -> str:
        return f"{self.provision}.{self.year}.{what}"


class Plan:
    """What a rulebook makes of everybody in frames of one layout."""

    def __init__(self, book: Rulebook, asked: Asked, layout: Layout) -> None:
        """Plan it; raises ``Beyond``."""
        if book.calendar != layout.calendar or book.calendar.birth_month:
            raise Beyond("", "the years of the rulebook are not those of the frame")
        self.book, self.asked, self.layout = book, asked, layout
        question = Question.of(book, asked.purpose, asked.year)
        strict = Walk.through(question, layout, asked, generous=False)
        self._feared = strict.judgements()
        self._bound = strict.binds()
        self._hoped = Walk.through(question, layout, asked, generous=True).judgements()

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """The findings there can be, in the order of the law."""
        return tuple(
            Found(id, year, UNITS[known] if (known := algebra.constant(one.unit)) is not None else "branches")
            for (id, year), one in self._feared.items()
        )

    @cached_property
    def _settled(self) -> Mapping[tuple[str, int], Mapping[Outcome, Node]]:
        """The outcomes: a failure stands only if knowing every missing fact could not undo it."""
        return {key: self._settle(key, one) for key, one in self._feared.items()}

    def _settle(self, key: tuple[str, int], one: Judgement) -> Mapping[Outcome, Node]:
        feared, other = one.outcomes.get(Outcome.UNMET, FALSE), self._hoped.get(key)
        hoped = FALSE if other is None else algebra.and_(other.present, other.outcomes.get(Outcome.UNMET, FALSE))
        untold = algebra.or_(one.outcomes.get(Outcome.CANNOT_TELL, FALSE), algebra.and_(feared, algebra.not_(hoped)))
        return {**one.outcomes, Outcome.UNMET: algebra.and_(feared, hoped), Outcome.CANNOT_TELL: untold}

    def _who(self, key: tuple[str, int], outcome: Outcome) -> Node:
        return algebra.and_(self._feared[key].present, self._settled[key].get(outcome, FALSE))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """What the column ``reason`` points into."""
        return tuple(reason for reason, _ in self._why)

    @cached_property
    def _why(self) -> Sequence[tuple[Reason, Node]]:
        """The reasons, and for whom each is given if none before it is."""
        found: list[tuple[Reason, Node]] = []
        # Who has an outcome that decides before this one is not asked again, so nothing need keep them out.
        so_far = dict.fromkeys(self._feared, FALSE)
        for outcome in (*_STOPS, *_EASES):
            given = [key for key in self._feared if self._who(key, outcome) is not FALSE]
            so_far |= {key: algebra.or_(so_far[key], self._who(key, outcome)) for key in given}
            if outcome in _STOPS:
                found += [(Reason(*key, outcome), so_far[key]) for key in given]
            elif given:
                found.append((Reason("", 0, outcome), algebra.or_(*(so_far[key] for key in given))))
        return found

    @cached_property
    def _verdict(self) -> Node:
        def anybody(outcome: Outcome) -> Node:
            return algebra.or_(*(self._who(key, outcome) for key in self._feared))

        something = algebra.or_(
            *(
                algebra.and_(one.present, algebra.not_(one.outcomes.get(Outcome.NOT_APPLICABLE, FALSE)))
                for one in self._feared.values()
            )
        )
        unknown = TRUE if not self.book.encodes(self.asked.year) else anybody(Outcome.CANNOT_TELL)
        code = algebra.if_(something, _code(Verdict.PASS), _code(Verdict.NOTHING_OWED))
        code = algebra.if_(unknown, _code(Verdict.UNKNOWN), code)
        code = algebra.if_(anybody(Outcome.UNMET), _code(Verdict.FAIL), code)
        return algebra.if_(self._bound, code, _code(Verdict.NOTHING_OWED))

    @cached_property
    def _reason(self) -> Node:
        return algebra.first_of([whose for _, whose in self._why])

    @cached_property
    def _bare(self) -> Program:
        return Program({"verdict": (self._verdict, "Int8")})

    @cached_property
    def _lean(self) -> Program:
        return Program({"verdict": (self._verdict, "Int8"), "reason": (self._reason, "Int16")})

    @cached_property
    def _whole(self) -> Program:
        wanted: dict[str, tuple[Node, str]] = {"verdict": (self._verdict, "Int8")}
        for found, (key, one) in zip(self.found, self._feared.items(), strict=True):
            outcome = algebra.number(-1)
            for name, whose in self._settled[key].items():
                here = algebra.and_(one.present, whose)
                outcome = algebra.if_(here, algebra.number(OUTCOMES.index(name)), outcome)
            told = algebra.not_(
                algebra.or_(*(one.outcomes.get(name, FALSE) for name in (Outcome.NOT_APPLICABLE, Outcome.CANNOT_TELL)))
            )
            wanted[found.outcome] = outcome, "Int8"
            wanted[found.have] = one.have, _kind(one.have)
            wanted[found.need] = algebra.if_(told, one.need, algebra.number(-1)), _kind(one.need)
            wanted[found.missing] = one.missing, _kind(one.missing)
            if found.unit == "branches":
                wanted[found.counted_in] = one.unit, "Int8"
        return Program(wanted)

    def verdicts(self, frame: Any, *, reasons: bool = True) -> Any:
        """``person``, ``verdict`` (index into ``VERDICTS``) and ``reason`` (index into ``reasons``, -1: none).

        The reason is the first finding, in the order of the law, that fails, or that cannot be told; or else that
        something was weighed, reduced or waived. Frames are whatever Narwhals takes; what comes is of the same kind.
        """
        return (self._lean if reasons else self._bare).run(frame, self.layout.person)

    def bound(self, frame: Any) -> Any:
        """``person`` and ``bound``: whether the instrument speaks of them at all; a fact that is missing binds."""
        return Program({"bound": (self._bound, "Boolean")}).run(frame, self.layout.person)

    def findings(self, frame: Any) -> Any:
        """``person``, ``verdict``, and the columns of every ``Found``."""
        return self._whole.run(frame, self.layout.person)


def plan(book: Rulebook, asked: Asked, layout: Layout) -> Plan:
    """The plan for a question, or ``Beyond`` where a rule has no form on such a frame."""
    return Plan(book, asked, layout)


def _code(verdict: Verdict) -> Node:
    return algebra.number(VERDICTS.index(verdict))


def _kind(number: Node) -> str:
    return "Int32" if number.low >= -(2**31) and number.high < 2**31 else "Int64"
