"""The formal exam as a part of studying: when it opens, what a result does to the cycle (CQ-11, CQ-13, CQ-16)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.exams import actions as exams
from xueshi.exams import queries as exam_queries
from xueshi.exams.models import Attempt
from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.viewer import Viewer
from xueshi.policy.chapters import ExamLaw
from xueshi.study import queries, regime
from xueshi.study.actions.cycles import begin_cycle, end_cycle
from xueshi.study.actions.playing import AlreadyPassed, NotOpened
from xueshi.study.models import CoursePass, LearningCycle, LessonProgress
from xueshi.training.models import Enrolment


class NotStudied(Refused):
    """The exam opens after study (CQ-11, CQ-51)."""

    status = 409
    code = "not-studied"
    sentence = _("还有 %(left)d 讲没有学完，学完以后考试才开放。")
    next_step = _("请到“学习”把没学完的学完；模拟考试现在就可以练习。")


class CoursesLeft(Refused):
    """The exam opens after all the courses of the year."""

    status = 409
    code = "courses-left"
    sentence = _("这一年选的课都学完以后，考试才开放：还有%(titles)s没有学完。")
    next_step = _("请到“学习”把这些课学完；模拟考试现在就可以练习。")


class NoChanceLeft(Refused):
    """Every chance of this cycle is used and the notice names no way on."""

    status = 409
    code = "no-chance-left"
    sentence = _("%(attempts)d 次考试机会都用完了。")
    next_step = _("请向主管部门咨询怎样继续。")


@transaction.atomic(durable=True)
def start_exam(*, viewer: Viewer, enrolment_id: int, device: str = "", at: datetime) -> Attempt:
    """Start the formal exam, or go on with the one that runs.

    Raises NotYours, NotOpened, AlreadyPassed, NotStudied, CoursesLeft, NoChanceLeft, and what exams.actions.start
    raises (the exam's window).
    """
    enrolment = (
        Enrolment.objects.filter(pk=enrolment_id, person_id=viewer.person_id, withdrawn_at=None)
        .select_related("plan__course")
        .first()
    )
    if enrolment is None:
        raise NotYours()
    if enrolment.opened_at is None:
        raise NotOpened()
    if CoursePass.objects.filter(enrolment=enrolment).exists():
        raise AlreadyPassed()
    plan, law = enrolment.plan, regime.exam_law(enrolment.plan)
    formal = Attempt.objects.filter(person_id=viewer.person_id, kind=Attempt.Kind.FORMAL).defer("paper")
    list(formal.select_for_update().filter(state=Attempt.State.RUNNING))  # attempt before cycle, as in submit
    cycle = begin_cycle(viewer=viewer, enrolment=enrolment, at=at)
    cycle = LearningCycle.objects.select_for_update().get(pk=cycle.pk)
    _may_sit(enrolment, law, cycle)
    key = regime.cycle_key(cycle.pk)
    sat = list(formal.filter(cycle_key=key))
    running = [one for one in sat if one.state == Attempt.State.RUNNING]
    chances = regime.chances(law)
    if not running and chances is not None and len(sat) >= chances:
        raise NoChanceLeft(attempts=chances)
    return exams.start(
        person_id=viewer.person_id,
        exam_id=plan.exam_id,
        kind=Attempt.Kind.FORMAL,
        cycle_key=key,
        number=running[0].number if running else len(sat) + 1,
        device=device,
    )


def _may_sit(enrolment: Enrolment, law: ExamLaw, cycle: LearningCycle) -> None:
    if law.opens_after in (regime.STUDY, regime.ALL_COURSES) and cycle.studied_at is None:
        raise NotStudied(left=LessonProgress.objects.filter(cycle=cycle, completed_at=None).count())
    left = queries.courses_left(enrolment) if law.opens_after == regime.ALL_COURSES else ()
    if left:
        raise CoursesLeft(titles="、".join(f"《{title}》" for title in left))


@transaction.atomic(durable=True)
def submit_exam(*, viewer: Viewer, attempt_id: int, submit_key: str, at: datetime) -> Attempt:
    """Hand in the formal exam: a pass is written down, the last failed chance begins a new cycle.

    The same submit again gives the same result. Raises what exams.actions.submit raises.
    """
    attempt = exams.submit(viewer=viewer, attempt_id=attempt_id, submit_key=submit_key)
    _settle(viewer, attempt, at=at)
    return attempt


def close_overdue(*, at: datetime) -> int:
    """Close every formal attempt whose time is over, each in its own transaction; how many.

    What follows is the notice's: no score, failed, and one chance gone (CQ-15, CQ-16). Where it says nothing of
    that, what was saved is marked.
    """
    ids = exam_queries.overdue()
    for attempt_id in ids:
        _close(attempt_id, at=at)
    return len(ids)


@transaction.atomic(durable=True)
def _close(attempt_id: int, *, at: datetime) -> None:
    attempt = exams.close(attempt_id, forfeits=_forfeits(attempt_id))
    _settle(None, attempt, at=at)


def _forfeits(attempt_id: int) -> bool:
    """Whether the notice of the plan takes the score from a paper that nobody handed in."""
    cycle_id = regime.cycle_id_of(Attempt.objects.values_list("cycle_key", flat=True).get(pk=attempt_id))
    if cycle_id is None:
        return False
    cycle = LearningCycle.objects.select_related("enrolment__plan__course").filter(pk=cycle_id).first()
    return cycle is not None and regime.exam_law(cycle.enrolment.plan).on_interruption == regime.NO_SCORE


def _settle(viewer: Viewer | None, attempt: Attempt, *, at: datetime) -> None:
    """What a finished attempt does to its cycle; done once, whoever comes first."""
    cycle_id = regime.cycle_id_of(attempt.cycle_key)
    if cycle_id is None or attempt.kind != Attempt.Kind.FORMAL or attempt.state == Attempt.State.RUNNING:
        return
    cycle = LearningCycle.objects.select_for_update(of=("self",)).filter(pk=cycle_id).first()
    if cycle is None or cycle.ended_at is not None:
        return
    if attempt.passed and attempt.score is not None:
        passed, _made = CoursePass.objects.get_or_create(
            enrolment_id=cycle.enrolment_id,
            defaults={
                "person_id": cycle.person_id,
                "attempt": attempt,
                "score": attempt.score,
                "passed_at": attempt.submitted_at or at,
            },
        )
        audit.record(viewer, "study.pass_course", f"pass:{passed.pk}", at=at, attempt=attempt.pk)
        end_cycle(cycle=cycle, by="passed", at=at)
        return
    enrolment = Enrolment.objects.select_related("plan__course").get(pk=cycle.enrolment_id)
    law = regime.exam_law(enrolment.plan)
    finished = Attempt.objects.filter(
        person_id=cycle.person_id, kind=Attempt.Kind.FORMAL, cycle_key=attempt.cycle_key
    ).exclude(state=Attempt.State.RUNNING)
    chances = regime.chances(law)
    if law.then == regime.RESTUDY and chances is not None and finished.count() >= chances:
        end_cycle(cycle=cycle, by="failed_out", at=at)
        begin_cycle(viewer=viewer, enrolment=enrolment, at=at)
