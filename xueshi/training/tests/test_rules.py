"""Windows, regions and the seven steps: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


whatever = st.dictionaries(st.sampled_from(rules.STEPS), st.booleans())


@pytest.mark.clause("CQ-51")
@given(whatever)
def test_each_step_is_gated_by_the_one_before(done: dict[rules.Step, bool]) -> None:
    stands = rules.stand(done)
    assert tuple(s.step for s in stands) == rules.STEPS
    states = [s.state for s in stands]
    assert states == sorted(states, key=("done", "now", "later").index)
    assert states.count("now") == (0 if all(s == "done" for s in states) else 1)
    for one in stands:
        missing = rules.gate(one.step, done)
        assert (missing is not None) == (one.state == "later")
        assert one.waits_for == missing
        assert one.state != "done" or done[one.step]


@pytest.mark.clause("CQ-51")
def test_who_has_registered_and_chosen_pays_next() -> None:
    done: dict[rules.Step, bool] = {"register": True, "choose": True, "exam": True}
    assert [(s.step, s.state) for s in rules.stand(done)][1:4] == [
        ("choose", "done"),
        ("pay", "now"),
        ("study", "later"),
    ]
    assert rules.gate("study", done) == "pay"
    assert rules.gate("pay", done) is None
