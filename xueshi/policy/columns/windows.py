"""The years of a window, as columns: which of a finite number of years it holds, and for whom."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, Node
from xueshi.policy.columns.amounts import Reader, told
from xueshi.policy.columns.looks import PersonLook
from xueshi.policy.windows import Window

Period = Mapping[int, Node]
"""Years, oldest first, and for whom each belongs to the period; a year of nobody is left out."""


def only(year: int) -> Period:
    """Just this year, for everybody."""
    return {year: TRUE}


def span(window: Window, look: PersonLook, earliest: int, *, generous: bool) -> Period:
    """The years meant, as ``Window.span`` says.

    A window that begins before anything is known begins with one year more, which stands for all before it.
    """
    end = look.year - (1 if window.previous else 0)
    if window.years:
        return {year: TRUE for year in window.years if max(window.not_before, 1) <= year <= end}
    start = _start(window, look, max(earliest, window.not_before), end, generous=generous)
    if window.at_most is not None:
        start = algebra.most(start, algebra.number(end - window.at_most + 1))
    first = max(window.not_before, start.low, min(earliest, *look.layout.years) - 1)
    each = {year: algebra.at_least(algebra.number(year), start) for year in range(first, end + 1)}
    return {year: inside for year, inside in each.items() if inside is not FALSE}


def _start(window: Window, look: PersonLook, earliest: int, end: int, *, generous: bool) -> Node:
    if window.cycle:
        first = _began(window, look, earliest, end, generous=generous)
        rounds = algebra.scaled(algebra.minus(algebra.number(end), first), 1, window.cycle)
        return algebra.add(first, algebra.scaled(algebra.most(rounds, algebra.ZERO), window.cycle))
    if window.since is not None or window.spell is not None:
        return _began(window, look, earliest, end, generous=generous)
    years = told(window.last, Reader(look), owed=True, generous=generous)
    return algebra.minus(algebra.number(end + 1), years)


def _began(window: Window, look: PersonLook, earliest: int, end: int, *, generous: bool) -> Node:
    if isinstance(window.cycle_from, int) and window.cycle:
        return algebra.number(window.cycle_from)
    word = window.hangs_on
    assert word is not None  # noqa: S101 - the caller asked
    known = look.start(word) if word.kind == "spell" else look.event(word)[1]
    happened = algebra.and_(known.known, algebra.at_least(known.value, algebra.number(1)))
    return algebra.if_(happened, look.year_of(known.value), algebra.number(end if generous else earliest))
