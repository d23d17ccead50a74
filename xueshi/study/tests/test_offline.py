"""Studying offline: the notice lets one download the courseware and learn from it (CQ-09)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xueshi.kernel.models import AuditLine
from xueshi.study import actions, queries, regime
from xueshi.study.models import LearningCycle, LessonProgress

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def declare(viewer, person, lesson, at=None):
    return actions.declare_offline_study(viewer=viewer(person), lesson_id=lesson.pk, at=at or now())


@pytest.mark.clause("CQ-09")
def test_a_downloaded_lesson_may_be_declared_as_studied_offline(wang, enrolment, lessons, viewer) -> None:
    with pytest.raises(actions.NotDownloaded):
        declare(viewer, wang, lessons[0])
    for lesson in lessons:
        actions.note_download(viewer=viewer(wang), lesson_id=lesson.pk, at=now())
        declare(viewer, wang, lesson)
    progress = LessonProgress.objects.get(lesson=lessons[0])
    assert (progress.completed_by, progress.credited_ms) == ("downloaded", 0)
    assert LearningCycle.objects.get().studied_at
    assert queries.course_state_for(viewer(wang), enrolment.pk).studied
    assert AuditLine.objects.filter(action="study.declare_offline_study").count() == 2


def test_declaring_or_downloading_twice_is_one_record(wang, enrolment, lessons, viewer) -> None:
    for _ in range(2):
        actions.note_download(viewer=viewer(wang), lesson_id=lessons[0].pk, at=now())
    first = declare(viewer, wang, lessons[0])
    assert declare(viewer, wang, lessons[0]).completed_at == first.completed_at
    assert (
        AuditLine.objects.filter(action__in=["study.declare_offline_study", "study.download_courseware"]).count() == 2
    )


def test_where_the_notice_knows_no_download_only_timed_study_counts(
    wang, enrolment, lessons, viewer, monkeypatch
) -> None:
    actions.note_download(viewer=viewer(wang), lesson_id=lessons[0].pk, at=now())
    written = regime.study_law
    monkeypatch.setattr(regime, "study_law", lambda plan: replace(written(plan), evidence=("timed",)))
    with pytest.raises(actions.OfflineNotForeseen):
        declare(viewer, wang, lessons[0])
    monkeypatch.undo()
    assert declare(viewer, wang, lessons[0]).completed_at


def test_offline_study_needs_payment_and_the_window(wang, stranger, enrol, lessons, viewer) -> None:
    unpaid = enrol(stranger, opened=False)
    with pytest.raises(actions.NotOpened):
        declare(viewer, stranger, lessons[0])
    unpaid.opened_at = now()
    unpaid.save()
    actions.note_download(viewer=viewer(stranger), lesson_id=lessons[0].pk, at=now())
    with pytest.raises(actions.StudyClosed):
        declare(viewer, stranger, lessons[0], unpaid.plan.closes_at + timedelta(seconds=1))
    assert declare(viewer, stranger, lessons[0]).completed_at


def test_after_the_window_downloading_stays_free_and_leaves_no_trace(wang, enrolment, lessons, viewer) -> None:
    actions.note_download(viewer=viewer(wang), lesson_id=lessons[0].pk, at=enrolment.plan.closes_at)
    assert not LearningCycle.objects.exists()
