"""How much counts: a table for the plain cases, properties for what nobody may ever get."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.study import rules
from xueshi.study.rules import Heard, Span, Standing

T0 = 1_700_000_000_000
MINUTE = 60_000


def standing(**other: object) -> Standing:
    return Standing(heard_ms=T0, position_ms=0, span_from_ms=T0, **other)  # type: ignore[arg-type]


def after(seconds: float, *played: tuple[int, int], leaving: bool = False) -> Heard:
    stretches = tuple((start * 1000, end * 1000) for start, end in played)
    position = stretches[-1][1] if stretches else 0
    return Heard(T0 + int(seconds * 1000), position, stretches, leaving)


@pytest.mark.parametrize(
    ("now", "seconds", "covered"),
    [
        pytest.param(after(15, (0, 15)), 15, [(0, 15)], id="watching"),
        pytest.param(after(15), 0, [], id="paused"),
        pytest.param(after(15, (0, 60)), 15, [(0, 15)], id="sixteen times as fast"),
        pytest.param(after(15, (500, 600)), 15, [(500, 515)], id="posting the end"),
        pytest.param(after(60, (0, 60)), 60, [(0, 60)], id="a dead network for a minute"),
        pytest.param(after(90, (0, 90)), 90, [(0, 90)], id="the longest gap"),
        pytest.param(after(91, (0, 91)), 0, [], id="silence"),
        pytest.param(after(8 * 3600, (0, 600)), 0, [], id="lid closed"),
        pytest.param(after(-40, (0, 15)), 0, [], id="the server's clock set back"),
        pytest.param(after(30, (0, 10), (200, 220)), 30, [(0, 10), (200, 220)], id="jumping while offline"),
        pytest.param(after(30, (0, 10), (5, 15)), 15, [(0, 15)], id="the same part twice"),
        pytest.param(after(15, (15, 0)), 0, [], id="backwards"),
        pytest.param(after(15, (590, 700)), 10, [(590, 600)], id="past the end"),
    ],
)
def test_only_time_that_passed_and_parts_not_seen_are_credited(
    now: Heard, seconds: int, covered: list[tuple[int, int]]
) -> None:
    found = rules.credit(standing(), now, 600_000)
    assert found.ms == seconds * 1000
    assert found.standing.covered == tuple((start * 1000, end * 1000) for start, end in covered)


def test_a_part_seen_before_earns_nothing_again() -> None:
    before = standing(covered=((0, 30_000),))
    assert rules.credit(before, after(15, (0, 15)), 600_000).ms == 0
    assert rules.credit(before, after(15, (20, 35)), 600_000).ms == 5000


def test_what_was_played_in_a_silence_does_not_count_and_the_player_is_sent_back() -> None:
    found = rules.credit(standing(), after(300, (5, 300)), 600_000)
    assert found.silent
    assert found.standing.position_ms == 5000
    assert rules.credit(found.standing, replace(after(315, (5, 20))), 600_000).ms == 15_000


def test_a_pause_longer_than_the_gap_costs_nothing_when_play_is_told() -> None:
    resumed = rules.credit(standing(), after(600), 600_000).standing
    assert rules.credit(resumed, after(615, (0, 15)), 600_000).ms == 15_000


@pytest.mark.parametrize("late", [0.4, 1.0, 2.9])
def test_a_late_beat_followed_by_a_punctual_one_loses_nothing(late: float) -> None:
    first = rules.credit(standing(), after(15 + late, (0, 15)), 600_000)
    second = rules.credit(first.standing, after(30, (15, 30)), 600_000)
    assert first.ms + second.ms == 30_000
    early = rules.credit(standing(), after(15 - late, (0, 15)), 600_000)
    caught_up = rules.credit(early.standing, after(30, (15, 30)), 600_000)
    assert early.ms + caught_up.ms == 30_000
    assert caught_up.standing.covered == ((0, 30_000),)


def test_a_span_closes_with_what_it_credited_on_leaving_and_on_silence() -> None:
    watched = rules.credit(standing(), after(20, (0, 20)), 600_000).standing
    assert rules.credit(watched, after(25, (20, 25), leaving=True), 600_000).closed == Span(T0, T0 + 25_000, 25_000)
    assert rules.credit(watched, after(500), 600_000).closed == Span(T0, T0 + 20_000, 20_000)


def test_after_leaving_no_clock_runs_until_play_is_told_again() -> None:
    gone = rules.credit(standing(), after(10, leaving=True), 600_000).standing
    assert gone.span_from_ms is None
    again = rules.credit(gone, after(20, (0, 20)), 600_000)
    assert again.ms == 0
    assert again.closed is None


@pytest.mark.parametrize(
    ("seen", "credited", "complete"),
    [
        (95_000, 95_000, True),
        (94_999, 94_999, False),
        (100_000, 90_000, False),  # seeking to the end gives positions, not time
        (90_000, 100_000, False),  # and waiting gives time, not positions
    ],
)
def test_a_lesson_is_complete_when_seen_and_timed(seen: int, credited: int, complete: bool) -> None:
    assert rules.is_complete(100_000, [(0, seen)], credited) is complete


def test_gaps_are_the_holes_before_the_furthest_part_seen() -> None:
    assert rules.gaps([(0, 10_000), (10_200, 20_000), (30_000, 40_000)], 60_000) == [(20_000, 30_000)]


@pytest.mark.parametrize(("length", "seconds"), [(3_600_000, 15), (60_000, 15), (20_000, 5), (2_000, 1)])
def test_short_videos_are_reported_more_often(length: int, seconds: int) -> None:
    assert rules.beat_seconds(length) == seconds


# ---- properties -----------------------------------------------------------------------------------

LENGTH = 300_000
place = st.integers(0, LENGTH + 5_000)
stretch = st.tuples(place, place)
beats = st.lists(
    st.tuples(st.integers(-40_000, 120_000), st.lists(stretch, max_size=4), place, st.booleans()), max_size=25
)


def run(history: list[tuple[int, list[tuple[int, int]], int, bool]]) -> list[tuple[Heard, rules.Credit]]:
    at, now, told = T0, Standing(T0, 0, span_from_ms=T0), []
    for step, played, position, leaving in history:
        at += step
        heard = Heard(at, position, tuple(played), leaving)
        found = rules.credit(now, heard, LENGTH)
        told.append((heard, found))
        now = found.standing
    return told


@given(beats)
def test_nobody_earns_more_than_the_clock(history: list[tuple[int, list[tuple[int, int]], int, bool]]) -> None:
    earned, latest = 0, T0
    for heard, found in run(history):
        earned += found.ms
        latest = max(latest, heard.at_ms)
        assert found.ms >= 0
        assert earned <= latest - T0


@given(beats)
def test_what_is_covered_is_what_was_credited_and_lies_within_the_video(
    history: list[tuple[int, list[tuple[int, int]], int, bool]],
) -> None:
    earned = 0
    for _, found in run(history):
        earned += found.ms
        covered = found.standing.covered
        assert rules.measure(covered) == earned <= LENGTH
        assert all(0 <= start < end <= LENGTH for start, end in covered)
        assert list(covered) == sorted(covered)


@given(beats)
def test_spans_never_overlap_and_never_credit_more_than_their_length(
    history: list[tuple[int, list[tuple[int, int]], int, bool]],
) -> None:
    told = run(history)
    last = rules.closed_span(told[-1][1].standing) if told else None
    spans = [found.closed for _, found in told if found.closed] + ([last] if last else [])
    for span in spans:
        assert 0 < span.credited_ms <= span.to_ms - span.from_ms
    for one, following in pairwise(spans):
        assert one.to_ms <= following.from_ms
    assert sum(span.credited_ms for span in spans) == sum(found.ms for _, found in told)


@given(
    start=place,
    cut=st.integers(0, 60_000),
    advance=st.integers(0, 200_000),
    gap=st.integers(0, rules.LONGEST_GAP_MS),
    share=st.integers(0, 1000),
    covered=st.lists(stretch.map(lambda pair: (min(pair), max(pair) + 1)), max_size=4),
    reserve=st.integers(0, rules.TOLERANCE_MS),
)
def test_splitting_a_beat_never_adds_credit(
    start: int, cut: int, advance: int, gap: int, share: int, covered: list[tuple[int, int]], reserve: int
) -> None:
    before = standing(covered=rules.merged(covered), reserve_ms=reserve)
    middle, end = start + min(cut, advance), start + advance
    whole = rules.credit(before, Heard(T0 + gap, end, ((start, end),)), LENGTH)
    first = rules.credit(before, Heard(T0 + gap * share // 1000, middle, ((start, middle),)), LENGTH)
    second = rules.credit(first.standing, Heard(T0 + gap, end, ((middle, end),)), LENGTH)
    assert first.ms + second.ms <= whole.ms


@given(st.lists(stretch, max_size=6), st.integers(0, LENGTH))
def test_first_and_rest_are_the_whole(stretches: list[tuple[int, int]], ms: int) -> None:
    forward = rules.clipped(stretches, LENGTH)
    taken, rest = rules.first(forward, ms)
    assert rules.measure(taken) == min(ms, rules.measure(forward))
    assert rules.measure(taken) + rules.measure(rest) == rules.measure(forward)
