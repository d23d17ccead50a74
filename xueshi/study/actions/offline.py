"""Downloading the courseware and studying it offline (CQ-09): no time is measured, the learner declares it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import Refused
from xueshi.people.viewer import Viewer
from xueshi.study import regime
from xueshi.study.actions.cycles import study_if_complete
from xueshi.study.actions.playing import (
    AlreadyPassed,
    check_window,
    enrolment_for,
    progress_in_cycle,
)
from xueshi.study.models import CoursePass, LessonProgress


class OfflineNotForeseen(Refused):
    """The plan's notice does not know studying offline."""

    status = 409
    code = "offline-not-foreseen"
    sentence = _("本次通知没有规定线下学习，这一讲要在线看完。")
    next_step = _("请打开这一讲在线学习。")


class NotDownloaded(Refused):
    """The courseware was not downloaded, so it cannot have been studied."""

    status = 409
    code = "not-downloaded"
    sentence = _("这一讲的课件还没有下载过，不能登记为线下学完。")
    next_step = _("请先下载课件，学完后再登记；也可以在线学习。")


@transaction.atomic(durable=True)
def note_download(*, viewer: Viewer, lesson_id: int, at: datetime) -> None:
    """Remember that the courseware of a lesson was fetched, the first time in this cycle.

    Outside the window and after a pass there is nothing to remember: downloading stays free.
    """
    lesson, enrolment = enrolment_for(viewer, lesson_id, at=at)
    plan = enrolment.plan
    passed = CoursePass.objects.filter(enrolment=enrolment).exists()
    if passed or not plan.opens_at <= at < plan.closes_at:
        return
    progress = progress_in_cycle(viewer, enrolment, lesson, at=at)
    if progress.downloaded_at is None:
        progress.downloaded_at = at
        progress.save(update_fields=["downloaded_at"])
        audit.record(viewer, "study.download_courseware", f"lesson:{lesson_id}", at=at, cycle=progress.cycle_id)


@transaction.atomic(durable=True)
def declare_offline_study(*, viewer: Viewer, lesson_id: int, at: datetime) -> LessonProgress:
    """The learner declares that a downloaded lesson was studied offline; it is complete by that.

    Only where the notice takes a download as evidence. Twice is harmless. Raises OfflineNotForeseen, NotDownloaded
    and what opening a lesson raises.
    """
    lesson, enrolment = enrolment_for(viewer, lesson_id, at=at)
    check_window(enrolment, at=at)
    if CoursePass.objects.filter(enrolment=enrolment).exists():
        raise AlreadyPassed()
    progress = progress_in_cycle(viewer, enrolment, lesson, at=at)
    if progress.completed_at is not None:
        return progress
    if regime.DOWNLOADED not in regime.study_law(enrolment.plan).evidence:
        raise OfflineNotForeseen()
    if progress.downloaded_at is None:
        raise NotDownloaded()
    progress.completed_at, progress.completed_by = at, LessonProgress.Evidence.DOWNLOADED
    progress.save(update_fields=["completed_at", "completed_by"])
    audit.record(viewer, "study.declare_offline_study", f"lesson:{lesson_id}", at=at, cycle=progress.cycle_id)
    study_if_complete(cycle_id=progress.cycle_id, at=at)
    return progress
