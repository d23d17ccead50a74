"""What could still bring hours: plans, courses begun, slips on their way; each as the planner takes it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from xueshi.certificates import ways_queries
from xueshi.certificates.tests import scenery
from xueshi.courses.models import Lesson
from xueshi.kernel import clock
from xueshi.study.models import LearningCycle, LessonProgress
from xueshi.training.models import Enrolment


@pytest.fixture
def ways(wang, viewer):
    def look(at: datetime | None = None):
        return ways_queries.ways_for(viewer(wang), at or datetime.now(UTC))

    return look


def test_an_open_plan_is_an_offer_with_the_laws_price_and_hours(plan, ways):
    (way,) = ways()
    assert (way.kind, way.price, way.pending) == ("choose", Decimal("70.00"), False)
    assert way.entry.hours == 20
    assert way.entry.says["kind"] == "public_topic"
    assert way.minutes == 2
    assert way.offer.ends >= way.offer.starts


def test_a_plan_that_is_over_or_too_long_to_finish_is_no_offer(plan, ways):
    assert ways()
    assert ways(plan.closes_at + timedelta(seconds=1)) == []
    assert ways(plan.exam.closes_at + timedelta(seconds=1)) == []
    Lesson.objects.filter(course=plan.course_id).update(seconds=Decimal(999_999))
    assert ways() == []


def test_one_that_is_chosen_is_to_be_paid_and_one_that_is_open_to_be_studied(wang, plan, ways):
    at = datetime.now(UTC)
    chosen = Enrolment.objects.create(person=wang, plan=plan, chosen_at=at)
    assert [way.kind for way in ways()] == ["pay"]
    chosen.opened_at = at
    chosen.save()
    (way,) = ways()
    assert (way.kind, way.price) == ("study", 0)
    assert way.lesson_id is not None


def test_who_has_studied_goes_to_the_exam(wang, plan, ways):
    at = datetime.now(UTC)
    opened = Enrolment.objects.create(person=wang, plan=plan, chosen_at=at, opened_at=at)
    assert [way.kind for way in ways()] == ["study"]
    cycle = LearningCycle.objects.create(person=wang, enrolment=opened, number=1, started_at=at, studied_at=at)
    for lesson in Lesson.objects.filter(course=plan.course_id):
        LessonProgress.objects.create(cycle=cycle, lesson=lesson, completed_at=at, completed_by="timed")
    assert [way.kind for way in ways()] == ["sit"]


def test_a_pass_is_a_claim_until_its_hours_are_recorded(wang, plan, ways, verifier, clerk):
    slip = scenery.slip_of(wang, plan)
    (way,) = ways()
    assert (way.kind, way.pending, way.price) == ("send", True, 0)
    review = scenery.actions.send_slip(viewer=scenery.seen(wang), document_id=slip.pk, at=scenery.NOON)
    assert [one.kind for one in ways()] == ["wait"]
    scenery.verify(verifier, review)
    assert [one.kind for one in ways()] == ["wait"]
    scenery.actions.confirm_hours(viewer=scenery.seen(clerk, "unit_clerk"), document_id=slip.pk, at=scenery.NOON)
    assert ways() == []


def test_a_plan_for_a_past_year_is_offered_for_that_year(plan, ways):
    plan.year -= 3
    plan.save()
    (way,) = ways()
    assert way.year == clock.day_of(datetime.now(UTC)).year - 3
    assert way.entry.for_year == way.year


def test_who_has_passed_is_never_later_than_who_has_still_to_study(wang, plan, ways):
    (to_choose,) = ways()
    scenery.slip_of(wang, plan)
    (passed,) = ways(scenery.NOON)
    assert to_choose.ends - to_choose.starts >= passed.ends - passed.starts
    assert to_choose.entry.on < to_choose.ends  # the exam is not the end: a slip is verified and confirmed
