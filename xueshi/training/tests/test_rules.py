"""Windows and regions: no database."""

from datetime import UTC, datetime, timedelta

import pytest

from xueshi.training import rules

OPENS = datetime(2026, 3, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("state", "at", "where"),
    [
        ("draft", OPENS, "draft"),
        ("published", OPENS - TICK, "not_yet"),
        ("published", OPENS, "open"),
        ("published", CLOSES - TICK, "open"),
        ("published", CLOSES, "over"),
        ("closed", OPENS, "closed"),
    ],
)
def test_a_plan_is_open_within_its_window(state: str, at: datetime, where: str) -> None:
    assert rules.window(state=state, opens_at=OPENS, closes_at=CLOSES, at=at) == where


@pytest.mark.parametrize(
    ("plan", "person", "fits"),
    [("50", "500103", True), ("500103", "500103", True), ("500103", "50", False), ("51", "500103", False)],
)
def test_a_plan_is_for_its_region_and_below(plan: str, person: str, fits: bool) -> None:
    assert rules.is_for(plan, person) is fits
