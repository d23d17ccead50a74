"""The seven steps of the notice as one learner stands in them: each opened by the one before (CQ-51).

Decides nothing: it reads what study, payments and certificates say, and finds the words.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xueshi.certificates.queries import SlipState
from xueshi.study.queries import CourseState
from xueshi.web.look import saying


class Step(IntEnum):
    """The steps in the order of the notice."""

    REGISTER, CHOOSE, PAY, STUDY, EXAM, PRINT, VERIFY = range(1, 8)
    OVER = 8


def titles() -> dict[Step, str]:
    """Their names in the reader's language."""
    return {
        Step.REGISTER: _("注册"), Step.CHOOSE: _("选课"), Step.PAY: _("缴费"), Step.STUDY: _("学习"),
        Step.EXAM: _("考试"), Step.PRINT: _("打印合格单"), Step.VERIFY: _("审验"),
    }  # fmt: skip


@dataclass(frozen=True)
class Ribbon:
    """Where the learner stands, what to do next in one sentence, and the seven steps to draw."""

    now: Step
    says: str
    action: str = ""
    url: str = ""
    detail: str = ""
    waiting: bool = False  # it is somebody else's turn
    steps: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """What the ribbon is made of."""

    registered_at: datetime
    course: CourseState | None
    slip: SlipState | None
    order_id: int | None
    at: datetime
    free: bool = False  # the course costs nothing


def ribbon(place: Place) -> Ribbon:
    """The ribbon for one enrolment, or for somebody who has not chosen yet."""
    told = _told(place)
    return Ribbon(told.now, told.says, told.action, told.url, told.detail, told.waiting, _steps(place, told))


def _told(place: Place) -> Ribbon:
    course, slip = place.course, place.slip
    if course is None:
        return Ribbon(Step.CHOOSE, _("先选今年的公需科目。"), _("去选课"), reverse("learner:choose"))
    if not course.opened and course.window(place.at) == "closed":
        return Ribbon(
            Step.PAY, _("本年度学习已经截止。"), _("咨询"), reverse("public:help"),
            _("这门课不再收费，也没有开通；补学办法请咨询当地人力社保部门。"),
        )  # fmt: skip
    if not course.opened:
        url = reverse("learner:order", args=[place.order_id]) if place.order_id else reverse("learner:choose")
        return Ribbon(Step.PAY, _("选好课了，缴费后就能学习。"), _("去缴费"), url, _("可以网上付，也可以到窗口付。"))
    if slip and slip.state != "none":
        return _after_the_exam(slip)
    if not course.studied:
        return _studying(course, place.at)
    return _before_the_exam(course, place.at)


def _studying(course: CourseState, at: datetime) -> Ribbon:
    if course.window(at) == "closed":
        return Ribbon(
            Step.STUDY, _("本年度学习已经截止。"), _("看学过的内容"), reverse("learner:study"),
            _("已学的时间都保留；补学办法请咨询当地人力社保部门。"),
        )  # fmt: skip
    if course.courses_left and not course.lessons_left:
        titles = "".join(f"《{title}》" for title in course.courses_left)
        says = _("这门课学完了，再学完%(titles)s，考试就开放。") % {"titles": titles}
        return Ribbon(Step.STUDY, says, _("继续学习"), reverse("learner:study"))
    again = course.cycle_number > 1
    says = _("再学 %(n)s 讲，考试就开放。") % {"n": course.lessons_left}
    if again:
        says = _("%(chances)s 次都没有合格，重新学完 %(n)s 讲，再得 %(chances)s 次机会。") % {
            "n": course.lessons_left, "chances": course.chances,
        }  # fmt: skip
    begun = course.credited_ms or any(one.begun or one.complete for one in course.lessons)
    detail = _("还剩约 %(time)s。") % {"time": saying.minutes(max(1, round(course.remaining_ms / 60000)))}
    next_one = course.next_lesson
    url = reverse("learner:lesson", args=[next_one.lesson.pk]) if next_one else reverse("learner:study")
    return Ribbon(Step.STUDY, says, _("继续学习") if begun else _("开始学习"), url, detail)


def _before_the_exam(course: CourseState, at: datetime) -> Ribbon:
    exams, exam = reverse("learner:exams"), course.plan.exam
    if course.running_attempt_id and course.running_ends_at and at >= course.running_ends_at:
        return Ribbon(
            Step.EXAM, _("考试时间到了，正在登记结果。"), _("看结果"),
            reverse("learner:exam_result", args=[course.running_attempt_id]),
            _("结果一分钟内登记好。已保存的作答都留着。"), waiting=True,
        )  # fmt: skip
    if course.running_attempt_id and course.running_ends_at:
        url = reverse("learner:attempt", args=[course.running_attempt_id])
        detail = _("考试 %(end)s 结束，时间不停。") % {"end": saying.clock(course.running_ends_at)}
        return Ribbon(Step.EXAM, _("您有一场考试正在进行。"), _("接着答题"), url, detail)
    if at < exam.opens_at:
        return Ribbon(Step.EXAM, _("学完了，考试还没有开放。"), _("先做模拟考试"), exams, saying.opening(exam.opens_at))
    if at >= exam.closes_at:
        return Ribbon(Step.EXAM, _("本年度考试已经截止。"), _("看成绩"), exams, _("补考办法请咨询当地人力社保部门。"))
    left = course.chances_left
    detail = _("还有 %(n)s 次机会。") % {"n": left} if left is not None else ""
    if left is None and course.may_repeat:
        detail = _("不合格可以自己补考，次数不限。")
    return Ribbon(Step.EXAM, _("学完了，可以考试了。"), _("去考试"), exams, detail)


def _after_the_exam(slip: SlipState) -> Ribbon:
    documents = reverse("learner:documents")
    if slip.state in {"printable", "issued"}:
        return Ribbon(Step.PRINT, _("考试合格，打印成绩合格单。"), _("打印合格单"), documents)
    if slip.state == "printed":
        return Ribbon(Step.VERIFY, _("合格单打印好了，送去审验。"), _("送审验"), documents)
    if slip.state == "refused" and slip.review:
        return Ribbon(
            Step.VERIFY, _("合格单被退回，改好后再送一次。"), _("看退回的原因"), documents, slip.review.reason
        )
    if slip.state == "pending" and slip.review:
        detail = _("%(who)s审验中，%(since)s送到。") % {
            "who": slip.review.organisation, "since": saying.day(slip.review.submitted_at),
        }  # fmt: skip
        return Ribbon(Step.VERIFY, _("合格单在审验，您不用做什么。"), _("看办理情况"), documents, detail, waiting=True)
    if slip.state == "verified":
        return Ribbon(
            Step.VERIFY, _("审验通过，等确认学时。"), _("看办理情况"), documents,
            _("由单位经办确认；没有单位的，由审验的机构确认。确认后，学时记入证书和登记卡。"), waiting=True,
        )  # fmt: skip
    return Ribbon(Step.OVER, _("今年的公需科目完成了。"), _("看证书"), documents)


def _steps(place: Place, told: Ribbon) -> list[dict[str, Any]]:
    notes, names, urls = _notes(place, told), titles(), _urls(place)
    return [
        {
            "title": names[step],
            "note": notes.get(step, "") or _closed_note(step) if step >= told.now else notes.get(step, _("已完成")),
            "state": "done" if step < told.now else "now" if step == told.now else "later",
            "url": urls.get(step, "") if step <= told.now else "",
        }
        for step in Step
        if step != Step.OVER
    ]


def _notes(place: Place, told: Ribbon) -> dict[Step, str]:
    course, slip = place.course, place.slip
    notes = {Step.REGISTER: _("%(day)s 完成") % {"day": saying.day_short(place.registered_at)}}
    if course is None:
        return notes | {Step.CHOOSE: _("选今年的课程")}
    notes[Step.CHOOSE] = course.plan.course.title
    notes[Step.PAY] = _("不收费") if place.free else _("已缴费") if course.opened else _("待缴费")
    done = len(course.lessons) - course.lessons_left
    notes[Step.STUDY] = _("%(done)s / %(all)s 讲") % {"done": done, "all": len(course.lessons)} if course.opened else ""
    if course.passed:
        notes[Step.EXAM] = _("%(score)s 分，合格") % {"score": saying.hours(course.passed.score)}
        notes[Step.STUDY] = _("已学完")
    elif course.studied and course.chances_left is not None:
        notes[Step.EXAM] = _("还有 %(n)s 次机会") % {"n": course.chances_left}
    if slip and slip.review and told.now == Step.VERIFY:
        notes[Step.VERIFY] = slip.review.state_name
    if slip and slip.document:
        notes[Step.PRINT] = slip.document.number
    return notes


def _closed_note(step: Step) -> str:
    """What opens a step that is not open yet."""
    return {
        Step.PAY: _("选课后缴费"), Step.STUDY: _("缴费后开放"), Step.EXAM: _("学完后开放"),
        Step.PRINT: _("考试合格后"), Step.VERIFY: _("打印合格单后"),
    }.get(step, "")  # fmt: skip


def _urls(place: Place) -> dict[Step, str]:
    order = {Step.PAY: reverse("learner:order", args=[place.order_id])} if place.order_id else {}
    return {
        Step.CHOOSE: reverse("learner:choose"), Step.STUDY: reverse("learner:study"),
        Step.EXAM: reverse("learner:exams"), Step.PRINT: reverse("learner:documents"),
        Step.VERIFY: reverse("learner:documents"), **order,
    }  # fmt: skip
