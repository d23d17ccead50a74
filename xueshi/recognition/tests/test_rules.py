"""Who may decide, and how fast, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.recognition import rules
from xueshi.recognition.rules import Decision, Obstacle, Verdict

METHODS = ("check_slip", "look_up_online")
decisions = st.builds(
    Decision,
    st.sampled_from(Verdict),
    st.sampled_from([*METHODS, "", "other"]),
    st.text(max_size=4),
    st.text(max_size=4),
)


@given(decisions, st.integers(1, 5), st.booleans())
def test_nobody_decides_the_own_whatever_is_said(decision: Decision, person_id: int, sealed: bool) -> None:
    found = rules.obstacle(decision, decider_id=person_id, person_id=person_id, sealed=sealed, methods=METHODS)
    assert found is Obstacle.OWN


@given(decisions, st.booleans())
def test_what_passes_has_its_method_and_its_seal_and_what_is_refused_its_reason(
    decision: Decision, sealed: bool
) -> None:
    found = rules.obstacle(decision, decider_id=1, person_id=2, sealed=sealed, methods=METHODS)
    if decision.verdict is Verdict.REFUSED:
        assert (found is None) == bool(decision.reason.strip())
    else:
        assert (found is None) == (decision.method in METHODS and (not sealed or bool(decision.seal.strip())))


@pytest.mark.parametrize(
    ("decision", "sealed", "found"),
    [
        (Decision(Verdict.VERIFIED, "check_slip", "", ""), False, None),
        (Decision(Verdict.VERIFIED, "check_slip", "", ""), True, Obstacle.NO_SEAL),
        (Decision(Verdict.VERIFIED, "check_slip", "示例印章", ""), True, None),
        (Decision(Verdict.VERIFIED, "", "示例印章", ""), True, Obstacle.NO_METHOD),
        (Decision(Verdict.REFUSED, "", "", ""), True, Obstacle.NO_REASON),
        (Decision(Verdict.REFUSED, "", "", "成绩不符"), True, None),
    ],
)
def test_what_stands_in_the_way(decision: Decision, sealed: bool, found: Obstacle | None) -> None:
    assert rules.obstacle(decision, decider_id=1, person_id=2, sealed=sealed, methods=METHODS) is found


def test_five_hundred_stamps_a_minute_are_more_than_anyone_looks_at() -> None:
    assert not rules.too_fast(rules.PACE - 1)
    assert rules.too_fast(rules.PACE)
    assert rules.PACE < 500


def test_days_are_counted_by_the_calendar() -> None:
    late = datetime(2026, 6, 1, 23, 59, tzinfo=UTC)
    assert rules.waited_days(late, late) == 0
    assert rules.waited_days(late, late + timedelta(minutes=2)) == 1
    assert rules.waited_days(late, late - timedelta(days=3)) == 0
