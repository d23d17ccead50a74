"""The years of a window, as columns: which of a finite number of years it holds, and for whom."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, Node
from xueshi.policy.columns.amounts import Reader, figure
from xueshi.policy.columns.looks import PersonLook
from xueshi.policy.windows import Window

Period = Mapping[int, Node]
"""Years, oldest first, and for whom each belongs to the period; a year of nobody is left out."""


def only(year: int) -> Period:
    """Just this year, for everybody."""
    return {year: TRUE}


def span(window: Window, look: PersonLook, earliest: int, *, longest: bool) -> Period:
    """The years meant, as ``Window.span`` says.

    A window that begins before anything is known begins with one year more, which stands for all before it.
    """
    end = look.year - (1 if window.previous else 0)
    if window.years:
        return {year: TRUE for year in window.years if max(window.not_before, 1) <= year <= end}
    start = _start(window, look, max(earliest, window.not_before), end, longest=longest)
    if window.at_most is not None:
        start = algebra.most(start, algebra.number(end - window.at_most + 1))
    first = max(window.not_before, start.low, min(earliest, *look.layout.years) - 1)
    each = {year: algebra.at_least(algebra.number(year), start) for year in range(first, end + 1)}
    return {year: inside for year, inside in each.items() if inside is not FALSE}


def _start(window: Window, look: PersonLook, earliest: int, end: int, *, longest: bool) -> Node:
    if window.cycle:
        began, happened = _began(window, look)
        rounds = algebra.scaled(algebra.minus(algebra.number(end), began), 1, window.cycle)
        first = algebra.add(began, algebra.scaled(algebra.most(rounds, algebra.ZERO), window.cycle))
        return algebra.if_(happened, first, algebra.number(end - window.cycle + 1 if longest else end))
    if window.hangs_on is not None:
        began, happened = _began(window, look)
        return algebra.if_(happened, began, algebra.number(earliest if longest else end))
    least = max(1, window.last.smallest)
    found = figure(window.last, Reader(look))
    years = algebra.if_(found.known, found.value, algebra.number(window.last.largest if longest else least))
    return algebra.minus(algebra.number(end + 1), years)


def _began(window: Window, look: PersonLook) -> tuple[Node, Node]:
    """The year in which it began, and for whom anybody knows one."""
    if window.cycle and isinstance(window.cycle_from, int):
        return algebra.number(window.cycle_from), TRUE
    word = window.hangs_on
    assert word is not None  # noqa: S101 - the caller asked
    known = look.start(word) if word.kind == "spell" else look.event(word)[1]
    return look.year_of(known.value), algebra.and_(known.known, algebra.at_least(known.value, algebra.number(1)))
