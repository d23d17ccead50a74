"""The hours cells: every half hour is drawn once, and none that was not earned."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.web.look import cells
from xueshi.web.look.cells import Cell

some_hours = st.decimals(min_value=0, max_value=80, places=2)
some_parts = st.fixed_dictionaries(dict.fromkeys(cells.FILLS, some_hours))


def halves(laid, state):
    return sum((cell.left == state) + (cell.right == state) for cell in laid)


@given(need=some_hours, parts=some_parts)
def test_each_state_has_as_many_half_cells_as_whole_halves_earned(need, parts):
    laid = cells.lay(need, parts)

    for state, hours in parts.items():
        assert halves(laid, state) == int(hours * 2)


@given(need=some_hours, parts=some_parts)
def test_what_is_missing_fills_the_need_and_nothing_more(need, parts):
    laid = cells.lay(need, parts)

    used = sum(int(hours * 2) for state, hours in parts.items() if state != "uncounted")
    assert halves(laid, cells.MISSING) == max(0, int(need * 2) - used)


@given(need=some_hours, parts=some_parts)
def test_at_most_one_half_cell_stands_outside(need, parts):
    laid = cells.lay(need, parts)

    assert halves(laid, cells.OUTSIDE) <= 1
    assert all(cell.left != cells.OUTSIDE for cell in laid)


@given(need=some_hours, parts=some_parts)
def test_the_hours_still_to_study_are_exact(need, parts):
    covered = sum(hours for state, hours in parts.items() if state != "uncounted")

    missing = cells.still_missing(need, parts)

    assert missing == 0 if covered >= need else missing + covered == need


def test_a_half_is_completed_by_what_is_missing():
    laid = cells.lay(Decimal(60), {"studied": Decimal("41.5"), "review": Decimal(6)})

    assert cells.runs(laid) == [
        (Cell("studied", "studied"), 41),
        (Cell("studied", "missing"), 1),
        (Cell("review", "review"), 6),
        (Cell("missing", "missing"), 12),
    ]


@pytest.mark.parametrize(
    ("parts", "last"),
    [
        ({"credited": Decimal("6.5"), "studied": Decimal("3.5")}, Cell("studied", "studied")),
        ({"credited": Decimal("0.99")}, Cell("credited", "outside")),
    ],
)
def test_two_halves_share_a_cell_and_a_lone_one_stands_alone(parts, last):
    laid = cells.lay(Decimal(0), parts)

    assert laid[-1] == last
    assert halves(laid, "credited") == int(parts["credited"] * 2)
