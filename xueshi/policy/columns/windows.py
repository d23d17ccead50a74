"""The years of a window, as columns: which of a finite number of years it holds, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xueshi.policy.amounts import Amount, BySteps, ByWord, Fixed, figures
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, Node
from xueshi.policy.columns.amounts import Reader, figure
from xueshi.policy.columns.beyond import Beyond
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


def spans(window: Window, look: PersonLook, earliest: int) -> list[tuple[Node, Period]]:
    """Every span it could be, and for whom: one for those whose beginning is known, several for the others."""
    longest, shortest = (span(window, look, earliest, longest=longest) for longest in (True, False))
    if longest == shortest:
        return [(TRUE, longest)]
    known = _begins(window, look)
    sure = {year: algebra.and_(known, inside) for year, inside in longest.items()}
    found = [(known, {year: inside for year, inside in sure.items() if inside is not FALSE})]
    first, last = (_open(window, look, earliest, longest=longest) for longest in (True, False))
    lengths: Iterable[int] = range(len(last), len(first) + 1)
    if window.hangs_on is None:
        if any(not isinstance(row, Fixed) for row in _rows(window.last)):
            raise Beyond("", "a window whose length is a table in a table")
        lengths = sorted({len(last), *figures(window.last)})
    each = dict.fromkeys(tuple(first[max(0, len(first) - length) :]) for length in lengths)
    return [*found, *((algebra.not_(known), dict.fromkeys(years, TRUE)) for years in sorted(each))]


def _rows(amount: Amount) -> list[Amount]:
    if isinstance(amount, ByWord):
        return [*amount.rows.values(), *([] if amount.otherwise is None else [amount.otherwise])]
    return [row for _, row in amount.steps] if isinstance(amount, BySteps) else [amount]


def _begins(window: Window, look: PersonLook) -> Node:
    """For whom anybody knows when it begins."""
    return _began(window, look)[1] if window.hangs_on else figure(window.last, Reader(look)).known


def _open(window: Window, look: PersonLook, earliest: int, *, longest: bool) -> tuple[int, ...]:
    """The years of a window of which nobody knows when it begins."""
    end = look.year - (1 if window.previous else 0)
    since = look.year if not longest else max(earliest, window.not_before)
    if window.cycle and longest:
        since = end - window.cycle + 1
    if window.hangs_on is None:
        since = end + 1 - (window.last.largest if longest else max(1, window.last.smallest))
    if window.at_most is not None:
        since = max(since, end - window.at_most + 1)
    return tuple(range(max(since, window.not_before), end + 1))


def _start(window: Window, look: PersonLook, earliest: int, end: int, *, longest: bool) -> Node:
    if window.cycle:
        began, happened = _began(window, look)
        rounds = algebra.scaled(algebra.minus(algebra.number(end), began), 1, window.cycle)
        first = algebra.add(began, algebra.scaled(algebra.most(rounds, algebra.ZERO), window.cycle))
        return algebra.if_(happened, first, algebra.number(end - window.cycle + 1 if longest else look.year))
    if window.hangs_on is not None:
        began, happened = _began(window, look)
        return algebra.if_(happened, began, algebra.number(earliest if longest else look.year))
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
