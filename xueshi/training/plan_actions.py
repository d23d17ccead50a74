"""What operators change: annual plans and the exam that belongs to each."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.courses.models import Lesson
from xueshi.exams.actions import terms as exams
from xueshi.exams.models import Exam, Question
from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.ledger import law
from xueshi.people.viewer import Viewer
from xueshi.training.models import Enrolment, Plan


class PlanTaken(Refused):
    code = "plan-taken"
    sentence = _("%(year)s 年度在这个地区已经有这门课程的计划。")
    next_step = _("请在列表里打开那份计划修改。")


class PlanInUse(Refused):
    code = "plan-in-use"
    sentence = _("已有 %(count)s 人选了这门课，课程、题库和考试的题数、时长、合格分不能再改。")
    next_step = _("起止时间仍可延长；要换内容，请为下一年度另建计划。")


class PlanNotReady(Refused):
    code = "plan-not-ready"
    sentence = _("还不能发布：%(problems)s")


@dataclass(frozen=True)
class ExamTerms:
    """How many questions of each kind, how many minutes, the pass mark of 100, and the window."""

    bank_id: int
    singles: int
    multiples: int
    judgements: int
    minutes: int
    pass_mark: int
    opens_at: datetime
    closes_at: datetime

    @property
    def content(self) -> tuple[int, ...]:
        """What may not change once somebody counts on it; the window may."""
        return (self.bank_id, self.singles, self.multiples, self.judgements, self.minutes, self.pass_mark)


def _terms_of(exam: Exam) -> ExamTerms:
    return ExamTerms(**{name: getattr(exam, name) for name in ExamTerms.__dataclass_fields__})


@dataclass(frozen=True)
class PlanTerms:
    """The plan itself; `instrument` is the key of the notice it follows."""

    year: int
    region_id: int
    title: str
    course_id: int
    instrument: str
    opens_at: datetime
    closes_at: datetime


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != "operator":
        raise NotAllowed()


@transaction.atomic(durable=True)
def draft_plan(*, viewer: Viewer, plan: PlanTerms, exam: ExamTerms, at: datetime) -> Plan:
    """Draft a plan with its exam; one course is planned once a year in a region (CQ-30)."""
    _operator(viewer)
    if Plan.objects.filter(year=plan.year, region_id=plan.region_id, course_id=plan.course_id).exists():
        raise PlanTaken(year=plan.year)
    made_exam = exams.add_exam(viewer=viewer, at=at, title=plan.title, **asdict(exam))
    made = Plan.objects.create(exam=made_exam, **asdict(plan))
    audit.record(viewer, "draft-plan", f"plan:{made.pk}", at=at, year=plan.year, instrument=plan.instrument)
    return made


@transaction.atomic(durable=True)
def change_plan(*, viewer: Viewer, plan_id: int, plan: PlanTerms, exam: ExamTerms, at: datetime) -> Plan:
    """Change a plan. Once somebody has chosen it, only its dates and its title may change."""
    _operator(viewer)
    found = Plan.objects.select_for_update(of=("self",)).select_related("exam").filter(pk=plan_id).first()
    if found is None:
        raise NotYours()
    taken = Enrolment.objects.filter(plan=found).count()
    before = (found.year, found.region_id, found.course_id, found.instrument, _terms_of(found.exam).content)
    after = (plan.year, plan.region_id, plan.course_id, plan.instrument, exam.content)
    if taken and before != after:
        raise PlanInUse(count=taken)
    exams.change_exam(viewer=viewer, exam_id=found.exam_id, at=at, title=plan.title, **asdict(exam))
    for name, value in asdict(plan).items():
        setattr(found, name, value)
    found.save()
    audit.record(viewer, "change-plan", f"plan:{found.pk}", at=at, year=plan.year)
    return found


@transaction.atomic(durable=True)
def publish_plan(*, viewer: Viewer, plan_id: int, at: datetime) -> Plan:
    """Open a plan to learners, when nothing is missing; publishing twice changes nothing."""
    _operator(viewer)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("exam", "course").filter(pk=plan_id).first()
    if plan is None:
        raise NotYours()
    if plan.state == Plan.State.PUBLISHED:
        return plan
    problems = missing(plan)
    if problems:
        raise PlanNotReady(problems="；".join(problems))
    plan.state = Plan.State.PUBLISHED
    plan.save(update_fields=["state"])
    audit.record(viewer, "publish-plan", f"plan:{plan.pk}", at=at)
    return plan


def missing(plan: Plan) -> list[str]:
    """What a plan lacks before it can be published, in words."""
    problems: list[str] = []
    if not Lesson.objects.filter(course=plan.course).exists():
        problems.append(str(_("课程还没有视频课")))
    bank = Question.objects.filter(bank_id=plan.exam.bank_id, retired_at=None)
    for kind, wanted in (
        ("single", plan.exam.singles),
        ("multiple", plan.exam.multiples),
        ("judgement", plan.exam.judgements),
    ):
        have = bank.filter(kind=kind).count()
        if have < wanted:
            problems.append(
                str(_("题库里的%(kind)s只有 %(have)s 道，要抽 %(wanted)s 道"))
                % {"kind": Question.Kind(kind).label, "have": have, "wanted": wanted}
            )
    book = law.of(plan.instrument)
    if book.fee(clock.day_of(plan.opens_at), plan.course.category) is None:
        problems.append(str(_("所依据的通知没有规定收费")))
    if plan.exam.opens_at < plan.opens_at or plan.exam.closes_at > plan.closes_at:
        problems.append(str(_("考试时间要在计划的起止时间之内")))
    return problems


@transaction.atomic(durable=True)
def close_plan(*, viewer: Viewer, plan_id: int, reason: str, at: datetime) -> Plan:
    """Close a plan: nobody new may choose it; what was opened goes on until its window ends."""
    _operator(viewer)
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise NotYours()
    if plan.state != Plan.State.CLOSED:
        plan.state = Plan.State.CLOSED
        plan.save(update_fields=["state"])
        audit.record(viewer, "close-plan", f"plan:{plan.pk}", at=at, reason=reason)
    return plan
