"""What operators change: annual plans and the exam that belongs to each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from xueshi.courses.models import Lesson
from xueshi.exams.actions import terms as exams
from xueshi.exams.models import Exam, Question
from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.ledger import law
from xueshi.people.viewer import Viewer
from xueshi.training import base_queries, base_rules, base_words, prices
from xueshi.training.models import Enrolment, Plan


class PlanTaken(Refused):
    code = "plan-taken"
    sentence = _("%(year)s 年度在这个地区已经有这门课程的计划。")
    next_step = _("请在列表里打开那份计划修改。")


class PlanInUse(Refused):
    code = "plan-in-use"
    sentence = _("已有 %(count)s 人选了这门课，课程、学时、价格、题库和考试的题数、时长、合格分不能再改。")
    next_step = _("起止时间仍可延长；要换内容，请为下一年度另建计划。")


class WindowNarrowed(Refused):
    code = "plan-window-narrowed"
    sentence = _("已有 %(count)s 人选了这门课，他们的学习和考试时间不能缩短。")
    next_step = _("开始只能提前，截止只能推后。不想再让人选课，可以关闭计划。")


class NotPublished(Refused):
    code = "plan-not-published"
    sentence = _("这份计划还是草稿，没有人看得到，不用关闭。")


class PlanNotReady(Refused):
    code = "plan-not-ready"
    sentence = _("还不能发布：%(problems)s。")
    next_step = _("补齐以后再发布。")


class WouldBreak(PlanNotReady):
    code = "plan-would-break"
    sentence = _("这份计划已经发布，不能改成这样：%(problems)s。")
    next_step = _("请照这几点再改，学员现在看到的还是原来的计划。")


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
    """The plan itself; `instrument` is the key of the notice it follows.

    `hours` and `price` (yuan, with the document that set it) are for what the notice leaves to the plan.
    """

    year: int
    region_id: int
    title: str
    course_id: int
    instrument: str
    opens_at: datetime
    closes_at: datetime
    hours: Decimal | None = None
    price: Decimal | None = None
    price_basis: str = ""
    base_id: int | None = None  # the training base that carries it out (KF-19)
    specialty: str = ""


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != "operator":
        raise NotAllowed()


@contextmanager
def _once_a_year(year: int) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        if isinstance(problem.__cause__, UniqueViolation):
            raise PlanTaken(year=year) from None
        raise


@transaction.atomic(durable=True)
def draft_plan(*, viewer: Viewer, plan: PlanTerms, exam: ExamTerms, at: datetime) -> Plan:
    """Draft a plan with its exam; one course is planned once a year in a region. Raises PlanTaken."""
    _operator(viewer)
    made_exam = exams.add_exam(viewer=viewer, at=at, title=plan.title, **asdict(exam))
    with _once_a_year(plan.year):
        made = Plan.objects.create(exam=made_exam, **asdict(plan))
    audit.record(viewer, "training.draft_plan", f"plan:{made.pk}", at=at, year=plan.year, instrument=plan.instrument)
    return made


@transaction.atomic(durable=True)
def change_plan(*, viewer: Viewer, plan_id: int, plan: PlanTerms, exam: ExamTerms, at: datetime) -> Plan:
    """Change a plan. Once somebody has chosen it, only its title may change, and its dates may be extended.

    A published plan stays publishable. Raises PlanInUse, WindowNarrowed, PlanTaken, WouldBreak, ExamInUse.
    """
    _operator(viewer)
    found = _locked(plan_id)
    taken = Enrolment.objects.filter(plan=found, withdrawn_at=None).count()
    if taken and (_content(found, _terms_of(found.exam)) != _content(plan, exam) or _dearer(plan, found)):
        raise PlanInUse(count=taken)
    if taken and (_narrower(plan, found) or _narrower(exam, found.exam)):
        raise WindowNarrowed(count=taken)
    exams.change_exam(viewer=viewer, exam_id=found.exam_id, at=at, title=plan.title, **asdict(exam))
    for name, value in asdict(plan).items():
        setattr(found, name, value)
    with _once_a_year(plan.year):
        found.save()
    if found.state == Plan.State.PUBLISHED:
        _ready(_locked(plan_id), WouldBreak)
    audit.record(viewer, "training.change_plan", f"plan:{found.pk}", at=at, year=plan.year)
    return found


def _content(plan: Plan | PlanTerms, exam: ExamTerms) -> tuple[object, ...]:
    return (plan.year, plan.region_id, plan.course_id, plan.instrument, exam.content)


def _dearer(after: PlanTerms, before: Plan) -> bool:
    """Whether hours or price would become others than those on which somebody counted; what is open may be filled."""
    hours = before.hours is not None and after.hours != before.hours
    price = before.price is not None and (after.price, after.price_basis) != (before.price, before.price_basis)
    return hours or price


def _narrower(after: PlanTerms | ExamTerms, before: Plan | Exam) -> bool:
    """Whether somebody who counted on a window would lose a part of it."""
    return after.opens_at > before.opens_at or after.closes_at < before.closes_at


def _locked(plan_id: int) -> Plan:
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("exam", "course", "region")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotYours()
    return plan


def _ready(plan: Plan, refused: type[PlanNotReady] = PlanNotReady) -> None:
    problems = missing(plan)
    if problems:
        raise refused(problems="；".join(problems))


@transaction.atomic(durable=True)
def publish_plan(*, viewer: Viewer, plan_id: int, at: datetime) -> Plan:
    """Open a plan to learners, when nothing is missing; publishing twice changes nothing. Raises PlanNotReady."""
    _operator(viewer)
    plan = _locked(plan_id)
    if plan.state == Plan.State.PUBLISHED:
        return plan
    _ready(plan)
    if clock.day_of(at) > clock.day_of(plan.opens_at):  # what is published late is new on the day it is
        problems = _against_the_base(plan, clock.day_of(at))
        if problems:
            raise PlanNotReady(problems="；".join(problems))
    plan.state = Plan.State.PUBLISHED
    plan.save(update_fields=["state"])
    audit.record(viewer, "training.publish_plan", f"plan:{plan.pk}", at=at)
    return plan


def missing(plan: Plan) -> list[str]:
    """What a plan lacks before it can be published, in words."""
    problems: list[str] = []
    if not Lesson.objects.filter(course=plan.course).exists():
        problems.append(str(_("课程还没有视频课")))
    have = dict(
        Question.objects.filter(bank_id=plan.exam.bank_id, retired_at=None)
        .values_list("kind")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for kind, wanted in (
        (Question.Kind.SINGLE, plan.exam.singles),
        (Question.Kind.MULTIPLE, plan.exam.multiples),
        (Question.Kind.JUDGEMENT, plan.exam.judgements),
    ):
        if have.get(kind, 0) < wanted:
            problems.append(
                str(_("题库里的%(kind)s只有 %(have)s 道，要抽 %(wanted)s 道"))
                % {"kind": kind.label, "have": have.get(kind, 0), "wanted": wanted}
            )
    if plan.exam.opens_at < plan.opens_at or plan.exam.closes_at > plan.closes_at:
        problems.append(str(_("考试时间要在计划的起止时间之内")))
    return problems + _against_the_law(plan)


def _against_the_law(plan: Plan) -> list[str]:
    """What the notice does not give, and the one topic a year that it allows (CQ-30)."""
    if plan.instrument not in law.library().books:
        return [str(_("平台上没有所依据的通知"))]
    book, on = law.of(plan.instrument), clock.day_of(plan.opens_at)
    problems = []
    problems += _against_the_fee(plan)
    problems += _against_the_base(plan, on)
    award = book.award(plan.course.kind, on)
    if award and award.once == "year":
        other = (
            Plan.objects.filter(year=plan.year, region=plan.region, course__kind=plan.course.kind)
            .filter(state=Plan.State.PUBLISHED)
            .exclude(pk=plan.pk)
            .first()
        )
        if other:
            problems.append(
                str(_("%(year)s 年度在%(region)s已经发布了“%(title)s”，这类课一年只有一个专题"))
                % {"year": plan.year, "region": plan.region.name, "title": other.title}
            )
    return problems


def _against_the_fee(plan: Plan) -> list[str]:
    """What is missing for the price (CQ-22), and what the notice has fixed and the plan may not fix otherwise."""
    on = clock.day_of(plan.opens_at)
    fee, award = prices.fee_of(plan, on), law.of(plan.instrument).award(plan.course.kind, on)
    problems = []
    if fee is None:
        problems.append(str(_("所依据的通知在计划开始那天没有规定收费")))
    if prices.lacking(plan, on) == "price":
        problems.append(str(_("通知没有写价格，要录入主管部门定的价格和文号")))
    if prices.lacking(plan, on) == "hours":
        problems.append(str(_("通知按学时收费，要录入这门课计多少学时")))
    if plan.price is not None and (fee is None or not fee.by_schedule):
        problems.append(str(_("价格由通知定，不能另填")))
    if plan.hours is not None and award and award.hours != plan.hours:
        problems.append(str(_("通知规定这门课计 %(hours)s 学时，不能另填")) % {"hours": award.hours})
    return problems


def _against_the_base(plan: Plan, on: date) -> list[str]:
    """Only an accredited base teaches, within its scope and for the standard fee (KF-19, KF-37, KF-39)."""
    if plan.base is None:
        return []
    category = plan.course.category
    answer = base_queries.may_open(plan.base.pk, on, plan.region.code, category, plan.specialty)
    problems = []
    if isinstance(answer, base_rules.Outside):
        problems.append(str(_("%(base)s不能承办：%(why)s")) % {"base": plan.base.name, "why": base_words.why(answer)})
    standards = [one for one in base_queries.fees_of(plan.region.code, on) if one.subject == category]
    if (
        plan.price
        and standards
        and plan.price not in {base_rules.due(one.per, one.amount, plan.hours) for one in standards}
    ):
        problems.append(str(_("基地要按统一标准收费，价格和主管部门定的标准不一样")))
    return problems


@transaction.atomic(durable=True)
def close_plan(*, viewer: Viewer, plan_id: int, reason: str, at: datetime) -> Plan:
    """Close a plan: nobody new may choose it; what was opened goes on until its window ends."""
    _operator(viewer)
    plan = _locked(plan_id)
    if plan.state == Plan.State.DRAFT:
        raise NotPublished()
    if plan.state != Plan.State.CLOSED:
        plan.state = Plan.State.CLOSED
        plan.save(update_fields=["state"])
        audit.record(viewer, "training.close_plan", f"plan:{plan.pk}", at=at, reason=reason)
    return plan
