"""Opening a lesson: the gates of study, and the one player a person may have."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.courses.models import Lesson
from xueshi.kernel import clock, signing
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.viewer import Viewer
from xueshi.study import moments, rules
from xueshi.study.actions.cycles import begin_cycle
from xueshi.study.models import CoursePass, LessonProgress, PlayerLease, WatchSpan
from xueshi.training.models import Enrolment

TICKET = "player"
TICKET_LASTS = timedelta(hours=12)  # as long as one stays signed in


class NotOpened(Refused):
    """Nothing has been paid, so study is not open (CQ-51)."""

    status = 409
    code = "study-not-opened"
    sentence = _("缴费以后才能学习。")
    next_step = _("请先到“选课缴费”缴费；在窗口缴费的，当场就会开通。")


class NotYetStarted(Refused):
    """The plan's window has not begun."""

    status = 409
    code = "study-not-started"
    sentence = _("学习从 %(year)d年%(month)d月%(day)d日 开始。")
    next_step = _("到时再来就可以；现在可以先下载课件。")


class StudyClosed(Refused):
    """The plan's window is over."""

    status = 409
    code = "study-closed"
    sentence = _("学习已于 %(year)d年%(month)d月%(day)d日 截止，不再计时。")
    next_step = _("课件仍可下载，视频仍可观看，成绩和证书仍可查询。")


class AlreadyPassed(Refused):
    """The course is passed: watching again is free and counts nothing."""

    status = 409
    code = "already-passed"
    sentence = _("这门课已经考试合格，回看不再计时。")
    next_step = _("视频仍可观看，课件仍可下载。")


@dataclass(frozen=True)
class Playing:
    """What a player needs: its ticket, where to go on, and what counts already."""

    ticket: str
    position_ms: int
    length_ms: int
    credited_ms: int
    covered: tuple[rules.Stretch, ...]
    complete: bool
    next_in_s: int


@transaction.atomic(durable=True)
def open_lesson(*, viewer: Viewer, lesson_id: int, device: str, at: datetime) -> Playing:
    """Take the person's one player for a lesson; whichever played before learns so at its next beat.

    `device` is a PlayerLease.Device. Raises NotYours, NotOpened, NotYetStarted, StudyClosed, AlreadyPassed.
    """
    lesson, enrolment = enrolment_for(viewer, lesson_id, at=at)
    check_window(enrolment, at=at)
    if CoursePass.objects.filter(enrolment=enrolment).exists():
        raise AlreadyPassed()
    PlayerLease.objects.bulk_create([PlayerLease(person_id=viewer.person_id)], ignore_conflicts=True)
    lease = PlayerLease.objects.select_for_update().get(person_id=viewer.person_id)
    progress = progress_in_cycle(viewer, enrolment, lesson, at=at)
    now = clock.database_now()
    close_span(lease)
    lease.epoch += 1
    lease.seq = lease.span_ms = lease.reserve_ms = 0
    lease.owed = []
    lease.progress, lease.position_ms, lease.device = progress, progress.position_ms, device
    lease.opened_at = lease.last_at = lease.span_started_at = max(now, lease.last_at or now)
    lease.save()
    length_ms = int(lesson.seconds * 1000)
    until = min(now + TICKET_LASTS, enrolment.plan.closes_at)
    return Playing(
        ticket=signing.ticket(
            TICKET,
            {"p": viewer.person_id, "e": lease.epoch, "g": progress.pk, "n": length_ms},
            until=int(until.timestamp()),
        ),
        position_ms=progress.position_ms if progress.position_ms < length_ms else 0,
        length_ms=length_ms,
        credited_ms=progress.credited_ms,
        covered=tuple((start, end) for start, end in progress.covered),
        complete=progress.completed_at is not None,
        next_in_s=rules.beat_seconds(length_ms),
    )


def enrolment_for(viewer: Viewer, lesson_id: int, *, at: datetime) -> tuple[Lesson, Enrolment]:
    """The lesson and the viewer's enrolment through which it is studied: the one open now, else the newest.

    Raises NotYours if no enrolment of the viewer has this lesson, NotOpened if none of them is paid for.
    """
    lesson = Lesson.objects.filter(pk=lesson_id).first()
    if lesson is None:
        raise NotYours()
    mine = list(
        Enrolment.objects.filter(
            person_id=viewer.person_id, plan__course_id=lesson.course_id, withdrawn_at=None
        ).select_related("plan")
    )
    if not mine:
        raise NotYours()
    opened = [one for one in mine if one.opened_at]
    if not opened:
        raise NotOpened()
    return lesson, max(opened, key=lambda one: (_is_open(one, at), one.plan.year, one.pk))


def _is_open(enrolment: Enrolment, at: datetime) -> bool:
    plan = enrolment.plan
    return plan.state == plan.State.PUBLISHED and plan.opens_at <= at < plan.closes_at


def check_window(enrolment: Enrolment, *, at: datetime) -> None:
    """Raises NotYetStarted or StudyClosed outside the plan's window."""
    plan = enrolment.plan
    if at < plan.opens_at:
        raise NotYetStarted(**_day(plan.opens_at))
    if not _is_open(enrolment, at):
        last = min(plan.closes_at, max(at, plan.opens_at)) - timedelta(microseconds=1)
        raise StudyClosed(**_day(last))


def _day(moment: datetime) -> dict[str, int]:
    day = clock.day_of(moment)
    return {"year": day.year, "month": day.month, "day": day.day}


def progress_in_cycle(viewer: Viewer, enrolment: Enrolment, lesson: Lesson, *, at: datetime) -> LessonProgress:
    """The locked row of a lesson in the open cycle, which begins here if nothing was studied yet."""
    cycle = begin_cycle(viewer=viewer, enrolment=enrolment, at=at)
    progress, _made = LessonProgress.objects.select_for_update().get_or_create(cycle=cycle, lesson=lesson)
    return progress


def close_span(lease: PlayerLease) -> None:
    """Put the open span of a locked lease into the table where nothing overlaps."""
    if lease.span_started_at is None or lease.last_at is None or lease.progress_id is None:
        return
    span = rules.Span(moments.ms(lease.span_started_at), moments.ms(lease.last_at), lease.span_ms)
    if span.credited_ms:
        WatchSpan.objects.bulk_create([watch_span(lease.person_id, lease.progress_id, span)])
    lease.span_started_at = None


def watch_span(person_id: int, progress_id: int, span: rules.Span) -> WatchSpan:
    """The row of a closed span, not saved yet."""
    return WatchSpan(
        person_id=person_id,
        progress_id=progress_id,
        packed=moments.packed(person_id, span.from_ms, span.to_ms),
        started_at=moments.at(span.from_ms),
        ended_at=moments.at(span.to_ms),
        credited_ms=span.credited_ms,
    )
