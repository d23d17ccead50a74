"""Watching, against a real database: one person, one clock, whatever tabs and devices do."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueshi.kernel import signing
from xueshi.kernel.errors import NotYours
from xueshi.study import actions, moments
from xueshi.study.models import LearningCycle, LessonProgress, PlayerLease, WatchSpan

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def test_watching_is_credited_by_the_time_that_passes(wang, enrolment, lessons, player, passing) -> None:
    mine = player(wang, lessons[0])
    passing(15)
    first = mine.says((0, 15))
    assert (first.kind, first.credited_ms, first.position_ms) == ("heard", 15_000, 15_000)
    passing(15)
    assert mine.says((15, 30)).covered == ((0, 30_000),)


def test_a_beat_heard_again_changes_nothing_and_gets_the_same_answer(wang, enrolment, lessons, player, passing) -> None:
    mine = player(wang, lessons[0])
    passing(15)
    first = mine.says((0, 15))
    rows = stored()
    passing(15)
    assert mine.says((0, 15), seq=1) == first
    assert mine.says((30, 45), seq=1) == first
    assert stored() == rows


def stored() -> list[tuple]:
    return [
        *PlayerLease.objects.order_by("pk").values_list(),
        *LessonProgress.objects.order_by("pk").values_list(),
        *WatchSpan.objects.order_by("pk").values_list("started_at", "ended_at", "credited_ms"),
    ]


def test_a_recorded_history_replayed_in_any_order_leaves_every_row_as_it_was(
    wang, enrolment, lessons, player, passing
) -> None:
    mine = player(wang, lessons[0])
    history = []
    for start in (0, 10, 20, 40, 25):
        passing(15)
        history.append(mine.beat((start, start + 14)))
        actions.record_beats(history[-1:])
    rows = stored()
    for _ in range(5):
        passing(7)
        random.shuffle(history)
        actions.record_beats(history)
    assert stored() == rows


def test_a_second_tab_takes_over_and_the_first_learns_where_and_since_when(
    wang, enrolment, lessons, player, passing
) -> None:
    first = player(wang, lessons[0])
    passing(15)
    assert first.says((0, 15)).kind == "heard"
    second = player(wang, lessons[1], "phone")
    passing(15)
    away = first.says((15, 30))
    assert (away.kind, away.device, away.lesson) == ("elsewhere", "phone", 2)
    assert away.since
    assert second.says((0, 15)).credited_ms == 15_000
    assert LessonProgress.objects.get(lesson=lessons[0]).credited_ms == 15_000


def test_taking_over_closes_the_span_of_the_first(wang, enrolment, lessons, player, passing) -> None:
    first = player(wang, lessons[0])
    passing(15)
    first.says((0, 12))
    player(wang, lessons[1])
    span = WatchSpan.objects.get()
    assert span.credited_ms == 12_000
    assert span.ended_at - span.started_at >= timedelta(seconds=15)


def test_a_dead_network_for_a_minute_loses_nothing(wang, enrolment, lessons, player, passing) -> None:
    mine = player(wang, lessons[0])
    passing(60)
    heard = mine.says((0, 60))
    assert heard.credited_ms == 60_000
    assert heard.complete


def test_a_closed_lid_earns_nothing_and_the_player_is_sent_back(wang, enrolment, lessons, player, passing) -> None:
    mine = player(wang, lessons[0])
    passing(8 * 3600)
    heard = mine.says((0, 60))
    assert (heard.credited_ms, heard.position_ms, heard.complete) == (0, 0, False)


@pytest.mark.clause("CQ-51")
def test_the_last_lesson_completes_the_study(wang, enrolment, lessons, watched) -> None:
    watched(wang, lessons[0])
    cycle = LearningCycle.objects.get()
    assert cycle.studied_at is None
    watched(wang, lessons[1])
    cycle.refresh_from_db()
    assert cycle.studied_at
    assert set(LessonProgress.objects.values_list("completed_by", flat=True)) == {"timed"}


def test_going_on_from_another_device_begins_where_one_stopped(wang, enrolment, lessons, player, passing) -> None:
    first = player(wang, lessons[0])
    passing(15)
    first.says((0, 15))
    assert player(wang, lessons[0], "phone").playing.position_ms == 15_000


def test_the_ticket_says_nothing_that_a_browser_could_use_to_earn_more(wang, enrolment, lessons, player) -> None:
    ticket = player(wang, lessons[0]).playing.ticket
    facts = signing.read_ticket(actions.TICKET, ticket, now=0)
    assert facts["n"] == 60_000
    with pytest.raises(signing.BadSeal):
        signing.read_ticket("seat", ticket, now=0)
    with pytest.raises(signing.BadSeal):
        signing.read_ticket(actions.TICKET, ticket, now=facts["until"] + 1)


# ---- gates ----------------------------------------------------------------------------------------


def opening(viewer, person, lesson, at=None):
    return actions.open_lesson(viewer=viewer(person), lesson_id=lesson.pk, device="computer", at=at or now())


@pytest.mark.clause("CQ-51")
def test_study_opens_by_payment_and_not_before(wang, enrol, lessons, viewer) -> None:
    enrolment = enrol(wang, opened=False)
    with pytest.raises(actions.NotOpened):
        opening(viewer, wang, lessons[0])
    enrolment.opened_at = now()
    enrolment.save()
    assert opening(viewer, wang, lessons[0]).length_ms == 60_000


def test_a_lesson_of_a_course_one_has_not_chosen_is_not_there(wang, stranger, enrolment, lessons, viewer) -> None:
    assert opening(viewer, wang, lessons[0])
    with pytest.raises(NotYours):
        opening(viewer, stranger, lessons[0])


def test_outside_the_window_nothing_is_timed_and_the_sentence_says_what_still_works(
    wang, enrolment, lessons, viewer
) -> None:
    plan = enrolment.plan
    with pytest.raises(actions.NotYetStarted):
        opening(viewer, wang, lessons[0], plan.opens_at - timedelta(seconds=1))
    assert opening(viewer, wang, lessons[0], plan.opens_at)
    with pytest.raises(actions.StudyClosed) as closed:
        opening(viewer, wang, lessons[0], plan.closes_at)
    assert "截止" in closed.value.said
    assert "仍可下载" in closed.value.advice


def test_a_ticket_ends_with_the_window(wang, enrolment, lessons, viewer) -> None:
    plan = enrolment.plan
    plan.closes_at = now() + timedelta(minutes=5)
    plan.save()
    ticket = opening(viewer, wang, lessons[0]).ticket
    assert signing.read_ticket(actions.TICKET, ticket, now=0)["until"] == int(plan.closes_at.timestamp())


def test_beats_of_a_cycle_that_has_ended_are_told_so(wang, enrolment, lessons, player, passing) -> None:
    mine = player(wang, lessons[0])
    passing(15)
    assert mine.says((0, 15)).kind == "heard"
    LearningCycle.objects.update(ended_at=now(), ended_by="failed_out")
    passing(15)
    assert mine.says((15, 30)).kind == "over"
    assert LessonProgress.objects.get(lesson=lessons[0]).credited_ms == 15_000


# ---- what the database refuses --------------------------------------------------------------------


def span(person, progress, start: datetime, seconds: int, credited_ms: int) -> WatchSpan:
    end = start + timedelta(seconds=seconds)
    return WatchSpan(
        person=person,
        progress=progress,
        started_at=start,
        ended_at=end,
        packed=moments.packed(person.pk, moments.ms(start), moments.ms(end)),
        credited_ms=credited_ms,
    )


def test_the_database_refuses_an_overlapping_span_and_takes_an_adjacent_one(
    wang, stranger, enrolment, lessons, player
) -> None:
    player(wang, lessons[0])
    progress = LessonProgress.objects.get(lesson=lessons[0])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    span(wang, progress, start, 60, 60_000).save()
    span(wang, progress, start + timedelta(seconds=60), 60, 60_000).save()
    span(stranger, progress, start, 60, 60_000).save()
    with pytest.raises(IntegrityError, match="a_second_is_credited_once"), transaction.atomic():
        span(wang, progress, start + timedelta(seconds=59), 30, 1000).save()


def test_the_database_refuses_more_credit_than_time_and_a_span_that_lies_about_itself(
    wang, enrolment, lessons, player
) -> None:
    player(wang, lessons[0])
    progress = LessonProgress.objects.get(lesson=lessons[0])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(IntegrityError, match="a_span_credits_at_most_its_length"), transaction.atomic():
        span(wang, progress, start, 60, 60_001).save()
    other = span(wang, progress, start, 60, 1000)
    other.started_at += timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="a_span_is_packed_honestly"), transaction.atomic():
        other.save()


def test_a_closed_span_cannot_be_changed(wang, enrolment, lessons, player) -> None:
    player(wang, lessons[0])
    progress = LessonProgress.objects.get(lesson=lessons[0])
    span(wang, progress, datetime(2026, 1, 1, tzinfo=UTC), 60, 1000).save()
    for deed in ("UPDATE study_watchspan SET credited_ms = 2000", "DELETE FROM study_watchspan"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(deed)


# ---- any interleaving -----------------------------------------------------------------------------

step = st.tuples(
    st.sampled_from(["open", "beat", "beat", "beat", "beat", "replay", "leave"]),
    st.integers(0, 3),  # which tab
    st.integers(0, 1),  # which lesson
    st.integers(0, 100),  # seconds that pass
    st.integers(0, 60),  # where it says it played
    st.integers(0, 60),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(step, max_size=30))
def test_whatever_tabs_and_courses_do_nobody_is_credited_more_than_has_passed(
    steps, wang, enrolment, lessons, player, passing
) -> None:
    before = transaction.savepoint()
    began = passing.by
    tabs: dict[int, object] = {}
    for deed, tab, lesson, seconds, start, length in steps:
        passing(seconds)
        if deed == "open" or tab not in tabs:
            tabs[tab] = player(wang, lessons[lesson])
        elif deed == "replay":
            tabs[tab].says((start, start + length), seq=max(1, tabs[tab].seq - 1))
        else:
            tabs[tab].says((start, start + length), leaving=deed == "leave")
    credited = sum(LessonProgress.objects.values_list("credited_ms", flat=True))
    spans = sum(WatchSpan.objects.values_list("credited_ms", flat=True))
    in_open = sum(PlayerLease.objects.exclude(span_started_at=None).values_list("span_ms", flat=True))
    assert credited <= (passing.by - began).total_seconds() * 1000 + 2000  # and what the test itself took
    assert credited == spans + in_open
    transaction.savepoint_rollback(before)
