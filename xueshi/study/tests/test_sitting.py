"""The formal exam as a part of studying: what opens it, what a result does, two chances and then again."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from procrastinate.contrib.django import app as procrastinate

from xueshi.exams import actions as exams
from xueshi.exams.models import Attempt, Question
from xueshi.kernel.errors import NotYours
from xueshi.study import actions, queries
from xueshi.study.models import CoursePass, LearningCycle, LessonProgress

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def studied(wang, enrolment, lessons, watched):
    """She has studied every lesson."""
    for lesson in lessons:
        watched(wang, lesson)
    return enrolment


def start(viewer, person, enrolment) -> Attempt:
    return actions.start_exam(viewer=viewer(person), enrolment_id=enrolment.pk, at=now())


def answer(person, attempt) -> None:
    """Every question, rightly."""
    saves = []
    for slot, place in enumerate(attempt.paper):
        key = Question.objects.get(pk=place["q"]).key
        shown = tuple(n for n, author in enumerate(place["options"]) if author in key)
        saves.append(exams.Save(attempt.pk, person.pk, attempt.seat_epoch, slot, 1, shown))
    exams.save_answers(saves)


def submit(viewer, person, attempt, *, right: bool) -> Attempt:
    if right:
        answer(person, attempt)
    return actions.submit_exam(viewer=viewer(person), attempt_id=attempt.pk, submit_key="k", at=now())


@pytest.mark.clause("CQ-11", "CQ-51")
def test_the_exam_opens_when_every_lesson_is_studied(wang, enrolment, lessons, watched, viewer) -> None:
    watched(wang, lessons[0])
    with pytest.raises(actions.NotStudied) as refused:
        start(viewer, wang, enrolment)
    assert "1 讲" in refused.value.said
    watched(wang, lessons[1])
    assert start(viewer, wang, enrolment).number == 1


def test_the_exam_opens_by_payment_only_and_for_its_owner_only(wang, stranger, enrol, viewer) -> None:
    enrolment = enrol(wang, opened=False)
    with pytest.raises(actions.NotOpened):
        start(viewer, wang, enrolment)
    with pytest.raises(NotYours):
        start(viewer, stranger, enrolment)


def test_starting_twice_goes_on_with_the_same_attempt(wang, studied, viewer) -> None:
    assert start(viewer, wang, studied).pk == start(viewer, wang, studied).pk


def test_a_pass_is_written_down_once_and_ends_the_cycle(wang, studied, viewer) -> None:
    attempt = start(viewer, wang, studied)
    first = submit(viewer, wang, attempt, right=True)
    again = submit(viewer, wang, attempt, right=False)
    assert first.passed
    assert again.score == first.score
    passed = CoursePass.objects.get()
    assert (passed.enrolment_id, passed.score) == (studied.pk, first.score)
    assert LearningCycle.objects.get().ended_by == "passed"
    with pytest.raises(actions.AlreadyPassed):
        start(viewer, wang, studied)
    with pytest.raises(actions.AlreadyPassed):
        actions.open_lesson(
            viewer=viewer(wang), lesson_id=LessonProgress.objects.first().lesson_id, device="computer", at=now()
        )


@pytest.mark.clause("CQ-13")
def test_after_two_fails_one_studies_again_and_has_two_new_chances(wang, studied, lessons, watched, viewer) -> None:
    submit(viewer, wang, start(viewer, wang, studied), right=False)
    state = queries.course_state_for(viewer(wang), studied.pk)
    assert (state.cycle_number, state.chances_left, state.studied) == (1, 1, True)
    second = start(viewer, wang, studied)
    assert second.number == 2
    submit(viewer, wang, second, right=False)

    old, new = LearningCycle.objects.order_by("number")
    assert old.ended_by == "failed_out"
    assert LessonProgress.objects.filter(cycle=old).exclude(completed_at=None).count() == 2
    state = queries.course_state_for(viewer(wang), studied.pk)
    assert (state.cycle_number, state.chances_left, state.studied) == (2, 2, False)
    assert state.remaining_ms == state.length_ms
    with pytest.raises(actions.NotStudied):
        start(viewer, wang, studied)
    for lesson in lessons:
        watched(wang, lesson)
    third = start(viewer, wang, studied)
    assert (third.number, third.cycle_key) == (1, f"cycle:{new.pk}")
    assert submit(viewer, wang, third, right=True).passed


@pytest.mark.clause("CQ-15", "CQ-16", "CQ-13")
def test_an_attempt_not_handed_in_has_no_score_and_costs_a_chance(wang, studied, viewer, passing) -> None:
    start(viewer, wang, studied)
    assert actions.close_overdue(at=now()) == 0
    passing(31 * 60)
    assert actions.close_overdue(at=now()) == 1
    assert actions.close_overdue(at=now()) == 0
    state = queries.course_state_for(viewer(wang), studied.pk)
    assert state.last_attempt.state == "no_score"
    assert state.chances_left == 1
    start(viewer, wang, studied)
    passing(31 * 60)
    actions.close_overdue(at=now())
    state = queries.course_state_for(viewer(wang), studied.pk)
    assert (state.cycle_number, state.chances_left) == (2, 2)


def test_a_notice_that_is_silent_of_interruption_has_the_saved_answers_marked(
    wang, studied, viewer, passing, law_changed
) -> None:
    law_changed("exam: {on_interruption: no_score}", "note: {why: left to the people}")
    answer(wang, start(viewer, wang, studied))
    passing(31 * 60)
    assert actions.close_overdue(at=now()) == 1
    state = queries.course_state_for(viewer(wang), studied.pk)
    assert (state.last_attempt.state, state.score) == ("submitted", 100)


def test_the_exam_stays_open_after_the_study_window_as_long_as_its_own(wang, studied, viewer) -> None:
    studied.plan.closes_at = now() - timedelta(days=1)
    studied.plan.save()
    assert start(viewer, wang, studied).number == 1


def test_the_course_state_costs_five_queries(wang, studied, viewer, django_assert_num_queries) -> None:
    start(viewer, wang, studied)
    seen = viewer(wang)
    with django_assert_num_queries(5):
        state = queries.course_state_for(seen, studied.pk)
    assert state.running_attempt_id
    assert [one.lesson.number for one in state.lessons] == [1, 2]


@pytest.mark.clause("CQ-16")
def test_the_worker_knows_the_job_that_closes_overdue_attempts(wang, studied, viewer, passing) -> None:
    attempt = start(viewer, wang, studied)
    passing(31 * 60)
    procrastinate.tasks["xueshi.study.jobs.close_overdue_exams"](timestamp=0)
    attempt.refresh_from_db()
    assert attempt.state == "no_score"
    assert ("xueshi.study.jobs.close_overdue_exams", "") in procrastinate.periodic_registry.periodic_tasks


def test_where_the_notice_knows_no_restudy_the_last_failed_chance_is_the_last(
    wang, studied, viewer, law_changed
) -> None:
    law_changed("exam: {attempts: 2, then: restudy}", "exam: {attempts: 2}")
    for number in (1, 2):
        attempt = start(viewer, wang, studied)
        assert attempt.number == number
        submit(viewer, wang, attempt, right=False)
    with pytest.raises(actions.NoChanceLeft):
        start(viewer, wang, studied)


def test_mock_exams_open_by_payment_too(wang, enrol, viewer) -> None:
    enrolment = enrol(wang, opened=False)
    with pytest.raises(actions.NotOpened):
        actions.start_mock(viewer=viewer(wang), enrolment_id=enrolment.pk, at=now())
    enrolment.opened_at = now()
    enrolment.save()
    assert actions.start_mock(viewer=viewer(wang), enrolment_id=enrolment.pk, at=now()).kind == "mock"


def test_after_a_pass_nothing_more_is_declared(wang, studied, lessons, viewer) -> None:
    submit(viewer, wang, start(viewer, wang, studied), right=True)
    with pytest.raises(actions.AlreadyPassed):
        actions.declare_offline_study(viewer=viewer(wang), lesson_id=lessons[0].pk, at=now())


def test_an_exam_keeps_its_terms_while_somebody_sits_it(wang, studied, viewer, operator) -> None:
    desk = viewer(operator, "operator")
    change = partial(exams.change_exam, viewer=desk, exam_id=studied.plan.exam_id, at=now())
    attempt = start(viewer, wang, studied)
    with pytest.raises(exams.ExamInUse):
        change(minutes=5)
    assert change(title="另一个名称").title == "另一个名称"
    submit(viewer, wang, attempt, right=False)
    assert change(minutes=5).minutes == 5
