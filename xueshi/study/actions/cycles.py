"""Learning cycles: begun lazily, studied when every lesson is complete, ended by a pass or by two fails (CQ-13)."""

from datetime import datetime

from django.db import transaction

from xueshi.courses.models import Lesson
from xueshi.kernel import audit
from xueshi.people.viewer import Viewer
from xueshi.study.models import LearningCycle, LessonProgress
from xueshi.training.models import Enrolment


@transaction.atomic
def begin_cycle(*, viewer: Viewer | None, enrolment: Enrolment, at: datetime) -> LearningCycle:
    """The open cycle of an enrolment; if there is none, the next one with all its lessons still to do.

    Twice at once makes one: the database knows one open cycle an enrolment.
    """
    past = LearningCycle.objects.filter(enrolment=enrolment).exclude(ended_at=None).count()
    cycle, made = LearningCycle.objects.get_or_create(
        enrolment=enrolment,
        ended_at=None,
        defaults={"person_id": enrolment.person_id, "number": past + 1, "started_at": at},
    )
    if made:
        lessons = Lesson.objects.filter(course_id=enrolment.plan.course_id).order_by("number")
        LessonProgress.objects.bulk_create(
            LessonProgress(cycle=cycle, lesson_id=lesson_id) for lesson_id in lessons.values_list("pk", flat=True)
        )
        audit.record(viewer, "study.begin_cycle", f"cycle:{cycle.pk}", at=at, enrolment=enrolment.pk, number=past + 1)
    return cycle


@transaction.atomic
def end_cycle(*, cycle: LearningCycle, by: str, at: datetime) -> None:
    """End a locked cycle, "passed" or "failed_out". It is kept as it is."""
    cycle.ended_at, cycle.ended_by = at, by
    cycle.save(update_fields=["ended_at", "ended_by"])
    audit.record(None, "study.end_cycle", f"cycle:{cycle.pk}", at=at, by=by)


@transaction.atomic
def study_if_complete(*, cycle_id: int, at: datetime) -> bool:
    """Mark a cycle as studied when no lesson of it is open any more: the exam opens (CQ-11, CQ-51)."""
    cycle = LearningCycle.objects.select_for_update().get(pk=cycle_id)
    if cycle.studied_at is None and cycle.ended_at is None:
        left = LessonProgress.objects.filter(cycle=cycle, completed_at=None).exists()
        if not left:
            cycle.studied_at = at
            cycle.save(update_fields=["studied_at"])
            audit.record(None, "study.complete", f"cycle:{cycle.pk}", at=at)
    return cycle.studied_at is not None
