"""The hours cells: one cell is one class hour, half an hour is half a cell. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

# In order of certainty; the letter is the fill's class in theme.css.
FILLS = {"credited": "c", "studied": "s", "review": "p", "deemed": "w", "uncounted": "n"}
MISSING = "missing"
OUTSIDE = "outside"  # the other half of a half hour that nobody asks for
MOST = 150  # more cells than this nobody counts: the words alone


@dataclass(frozen=True)
class Cell:
    """One hour. Both halves are the same unless half an hour is of another state."""

    left: str
    right: str


def lay(need: Decimal, parts: Mapping[str, Decimal]) -> list[Cell]:
    """The cells for `need` hours of which `parts` are in some state.

    Each state is shown by whole halves, rounded down: a cell never shows more than is earned.
    A half is completed by the next state's half, then by what is missing. Hours beyond the need
    stand after it.
    """
    halves = {state: int(parts.get(state, Decimal(0)) * 2) for state in FILLS}
    used = sum(count for state, count in halves.items() if state != "uncounted")
    missing = max(0, int(need * 2) - used)
    cells: list[Cell] = []
    odd: list[str] = []
    for state, count in halves.items():
        if count % 2 and odd:  # completes an earlier half, so stands beside it
            at = next(n for n, cell in enumerate(cells) if cell.right == OUTSIDE)
            cells[at] = Cell(cells[at].left, state)
            odd.clear()
            cells += [Cell(state, state)] * (count // 2)
            continue
        cells += [Cell(state, state)] * (count // 2)
        if count % 2:
            cells.append(Cell(state, OUTSIDE))
            odd.append(state)
    if odd and missing:
        at = next(n for n, cell in enumerate(cells) if cell.right == OUTSIDE)
        cells[at] = Cell(cells[at].left, MISSING)
        missing -= 1
    cells += [Cell(MISSING, MISSING)] * (missing // 2)
    if missing % 2:
        cells.append(Cell(MISSING, OUTSIDE))
    return cells


def still_missing(need: Decimal, parts: Mapping[str, Decimal]) -> Decimal:
    """The exact hours still to study: what no state covers. Uncounted hours cover nothing."""
    covered = sum((hours for state, hours in parts.items() if state != "uncounted"), Decimal(0))
    return max(Decimal(0), need - covered)


def runs(cells: list[Cell]) -> list[tuple[Cell, int]]:
    """The cells as runs of equals, for tests and for words."""
    return [(cell, len(list(same))) for cell, same in groupby(cells)]
