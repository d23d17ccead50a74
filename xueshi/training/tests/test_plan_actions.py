"""Planning a year: what may be published, what may still change, and who may do it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xueshi.courses.models import Course, Lesson
from xueshi.exams.models import Bank, Question
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.training import actions, plan_actions, plan_queries, queries
from xueshi.training.models import Enrolment, Plan
from xueshi.training.plan_actions import ExamTerms, PlanTerms

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
OPENS = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # 2026-01-01 00:00 in Shanghai
CLOSES = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


@pytest.fixture
def terms(plan):
    """The terms of the plan of the scenery, which is published."""
    return (
        PlanTerms(
            year=plan.year, region_id=plan.region_id, title=plan.title, course_id=plan.course_id,
            instrument=plan.instrument, opens_at=plan.opens_at, closes_at=plan.closes_at,
        ),
        ExamTerms(**{name: getattr(plan.exam, name) for name in ExamTerms.__dataclass_fields__}),
    )  # fmt: skip


@pytest.fixture
def draft(desk, plan, terms):
    """Another year's draft of the same course, with nothing missing."""
    drafted, exam = terms
    return plan_actions.draft_plan(
        viewer=desk, at=NOW,
        plan=replace(drafted, year=plan.year + 1), exam=exam,
    )  # fmt: skip


@pytest.fixture
def chosen(viewer, wang, plan):
    return actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=datetime.now(UTC))


def publish(desk, plan):
    return plan_actions.publish_plan(viewer=desk, plan_id=plan.pk, at=NOW)


def change(desk, plan, terms, *, exam=None, **changes):
    before, before_exam = terms
    return plan_actions.change_plan(
        viewer=desk, plan_id=plan.pk, at=NOW,
        plan=replace(before, **changes), exam=replace(before_exam, **(exam or {})),
    )  # fmt: skip


# ---- drafting ------------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-28", "CQ-30")
def test_a_draft_holds_what_was_decided_and_no_learner_sees_it(desk, plan, terms, draft, viewer, wang):
    assert (draft.state, draft.year, draft.exam.singles) == ("draft", plan.year + 1, plan.exam.singles)
    assert draft.exam_id != plan.exam_id
    assert draft.pk not in {offer.plan.pk for offer in queries.plans_for(viewer(wang), NOW)}
    assert AuditLine.objects.get(action="training.draft_plan").facts["instrument"] == plan.instrument
    publish(desk, draft)
    assert draft.pk in {offer.plan.pk for offer in queries.plans_for(viewer(wang), NOW)}


@pytest.mark.clause("CQ-30")
def test_a_course_is_planned_once_a_year_in_a_region(desk, plan, terms):
    with pytest.raises(plan_actions.PlanTaken):
        plan_actions.draft_plan(viewer=desk, plan=terms[0], exam=terms[1], at=NOW)
    assert Plan.objects.count() == 1
    another = plan_actions.draft_plan(viewer=desk, plan=replace(terms[0], year=plan.year + 1), exam=terms[1], at=NOW)
    assert Plan.objects.count() == 2
    with pytest.raises(plan_actions.PlanTaken):
        change(desk, another, terms)


@pytest.mark.clause("CQ-28")
def test_planning_is_the_operators(desk, plan, draft, terms, viewer, cashier, wang):
    for other in (viewer(cashier, "counter"), viewer(wang), replace(desk, capacity="learner")):
        with pytest.raises(NotAllowed):
            plan_actions.draft_plan(viewer=other, plan=replace(terms[0], year=2040), exam=terms[1], at=NOW)
        with pytest.raises(NotAllowed):
            change(other, plan, terms)
        with pytest.raises(NotAllowed):
            publish(other, draft)
        with pytest.raises(NotAllowed):
            plan_actions.close_plan(viewer=other, plan_id=plan.pk, reason="试试", at=NOW)
    assert publish(desk, draft).state == "published"


def test_what_is_not_there_is_not_found(desk, terms):
    absent = Plan(pk=999_999)
    with pytest.raises(NotYours):
        change(desk, absent, terms)
    with pytest.raises(NotYours):
        publish(desk, absent)
    with pytest.raises(NotYours):
        plan_actions.close_plan(viewer=desk, plan_id=absent.pk, reason="误建", at=NOW)


# ---- publishing ----------------------------------------------------------------------------------------


def test_publishing_twice_is_publishing_once(desk, draft):
    assert publish(desk, draft).state == publish(desk, draft).state == "published"
    assert AuditLine.objects.filter(action="training.publish_plan").count() == 1


@pytest.mark.parametrize(
    ("kind", "wanted", "words"),
    [
        ("singles", 7, "单选题只有 6 道，要抽 7 道"),
        ("multiples", 4, "多选题只有 3 道"),
        ("judgements", 4, "判断题只有 3 道"),
    ],
)
def test_a_bank_that_is_too_small_is_said_before_publishing(desk, draft, terms, kind, wanted, words):
    enough = {"singles": 6, "multiples": 3, "judgements": 3}
    change(desk, draft, terms, year=draft.year, exam=enough | {kind: wanted})
    with pytest.raises(plan_actions.PlanNotReady) as refused:
        publish(desk, draft)
    assert words in refused.value.said
    assert Plan.objects.get(pk=draft.pk).state == "draft"
    change(desk, draft, terms, year=draft.year, exam=enough)
    assert publish(desk, draft).state == "published"


def test_retired_questions_are_not_counted(desk, draft, terms):
    change(desk, draft, terms, year=draft.year, exam={"singles": 6})
    Question.objects.filter(code="S0").update(retired_at=NOW)
    with pytest.raises(plan_actions.PlanNotReady, match="单选题只有 5 道"):
        publish(desk, draft)
    Question.objects.filter(code="S0").update(retired_at=None)
    assert publish(desk, draft).state == "published"


def test_a_course_without_lessons_is_not_published(desk, draft, terms):
    empty = Course.objects.create(code="empty", title="还没有视频的课", kind="public_topic")
    change(desk, draft, terms, year=draft.year, course_id=empty.pk)
    with pytest.raises(plan_actions.PlanNotReady, match="课程还没有视频课"):
        publish(desk, draft)
    change(desk, draft, terms, year=draft.year)
    assert Lesson.objects.filter(course_id=draft.course_id).exists()
    assert publish(desk, draft).state == "published"


@pytest.mark.clause("CQ-10")
@pytest.mark.parametrize("early", [True, False])
def test_the_exam_lies_within_the_plan(desk, draft, terms, early):
    plan = terms[0]
    outside = {"opens_at": plan.opens_at - DAY} if early else {"closes_at": plan.closes_at + timedelta(seconds=1)}
    change(desk, draft, terms, year=draft.year, exam=outside)
    with pytest.raises(plan_actions.PlanNotReady, match="起止时间之内"):
        publish(desk, draft)
    change(desk, draft, terms, year=draft.year, exam={"opens_at": plan.opens_at, "closes_at": plan.closes_at})
    assert publish(desk, draft).state == "published"


def test_where_the_law_is_silent_on_the_fee_nothing_is_published(desk, draft, terms):
    before = datetime(2010, 10, 26, tzinfo=UTC)  # the day before the notice
    change(desk, draft, terms, year=draft.year, opens_at=before)
    with pytest.raises(plan_actions.PlanNotReady, match="没有规定收费"):
        publish(desk, draft)
    change(desk, draft, terms, year=draft.year, opens_at=datetime(2010, 10, 27, tzinfo=UTC))
    assert publish(desk, draft).state == "published"


def test_a_notice_that_we_do_not_hold_cannot_be_followed(desk, draft, terms):
    change(desk, draft, terms, year=draft.year, instrument="cn-99/nowhere")
    with pytest.raises(plan_actions.PlanNotReady, match="没有所依据的通知"):
        publish(desk, draft)


@pytest.mark.clause("CQ-30")
def test_a_region_has_one_public_topic_a_year(desk, plan, terms):
    other = Course.objects.create(code="ethics", title="职业道德（示例）", kind="public_topic")
    lesson = Lesson.objects.filter(course=plan.course).first()
    Lesson.objects.create(course=other, number=1, title="第 1 讲", seconds=60, video=lesson.video)
    second = plan_actions.draft_plan(
        viewer=desk, plan=replace(terms[0], course_id=other.pk, title="第二个专题"), exam=terms[1], at=NOW
    )
    with pytest.raises(plan_actions.PlanNotReady) as refused:
        publish(desk, second)
    assert "一年只有一个专题" in refused.value.said
    assert plan.title in refused.value.said
    plan_actions.close_plan(viewer=desk, plan_id=plan.pk, reason="换专题", at=NOW)
    assert publish(desk, second).state == "published"


def test_everything_that_is_missing_is_said_at_once(desk, draft, terms):
    empty = Course.objects.create(code="empty", title="还没有视频的课", kind="public_topic")
    change(desk, draft, terms, year=draft.year, course_id=empty.pk, exam={"singles": 50, "judgements": 50})
    assert len(plan_actions.missing(plan_queries.plan(draft.pk))) == 3


# ---- changing ------------------------------------------------------------------------------------------


def test_until_somebody_chooses_everything_may_change(desk, plan, terms):
    changed = change(desk, plan, terms, title="新名称", exam={"minutes": 45, "singles": 3})
    assert (changed.title, changed.exam.title) == ("新名称", plan.exam.title)
    exam = Plan.objects.select_related("exam").get(pk=plan.pk).exam
    assert (exam.minutes, exam.singles, exam.title) == (45, 3, "新名称")


@pytest.mark.parametrize(
    "content", [{"minutes": 45}, {"pass_mark": 50}, {"singles": 3}, {"multiples": 1}, {"judgements": 1}, {"bank_id": 0}]
)
def test_what_somebody_counts_on_does_not_change(desk, plan, terms, chosen, content):
    if "bank_id" in content:
        content = {"bank_id": Bank.objects.create(code="other", title="另一题库").pk}
    with pytest.raises(plan_actions.PlanInUse) as refused:
        change(desk, plan, terms, exam=content)
    assert "已有 1 人" in refused.value.said
    plan.exam.refresh_from_db()
    assert plan.exam.minutes == terms[1].minutes
    assert change(desk, plan, terms, title="只改名称").title == "只改名称"


@pytest.mark.parametrize("name", ["year", "course_id", "region_id", "instrument"])
def test_nor_does_what_the_plan_is_about(desk, plan, terms, chosen, yuzhong, name):
    course = Course.objects.create(code="other", title="另一门课", kind="public_topic")
    other = {"year": plan.year + 1, "course_id": course.pk, "region_id": yuzhong.pk, "instrument": "cn-99/nowhere"}
    with pytest.raises(plan_actions.PlanInUse):
        change(desk, plan, terms, **{name: other[name]})
    assert getattr(Plan.objects.get(pk=plan.pk), name) == getattr(terms[0], name)


@pytest.mark.clause("CQ-10")
def test_the_window_of_those_who_have_chosen_is_extended_but_never_narrowed(desk, plan, terms, chosen):
    longer = change(desk, plan, terms, closes_at=terms[0].closes_at + DAY, exam={"closes_at": terms[1].closes_at + DAY})
    assert longer.closes_at == terms[0].closes_at + DAY
    for narrower in (
        {"closes_at": terms[0].closes_at},
        {"closes_at": terms[0].closes_at + DAY, "opens_at": terms[0].opens_at + DAY},
    ):
        with pytest.raises(plan_actions.WindowNarrowed):
            change(desk, plan, terms, **narrower, exam={"closes_at": terms[1].closes_at + DAY})
    with pytest.raises(plan_actions.WindowNarrowed):
        change(desk, plan, terms, closes_at=terms[0].closes_at + DAY)
    assert Plan.objects.get(pk=plan.pk).closes_at == terms[0].closes_at + DAY


def test_who_has_withdrawn_counts_on_nothing(desk, plan, terms, chosen):
    Enrolment.objects.filter(pk=chosen.pk).update(withdrawn_at=NOW)
    assert change(desk, plan, terms, exam={"minutes": 45}).pk == plan.pk
    assert plan_queries.counts(plan.pk) == {"chosen": 0, "opened": 0}


def test_a_published_plan_stays_publishable(desk, plan, terms):
    with pytest.raises(plan_actions.WouldBreak) as refused:
        change(desk, plan, terms, exam={"singles": 50})
    assert "不能改成这样" in refused.value.said
    plan.exam.refresh_from_db()
    assert plan.exam.singles == terms[1].singles
    assert change(desk, plan, terms, exam={"singles": 5}).pk == plan.pk


# ---- closing -------------------------------------------------------------------------------------------


def test_a_closed_plan_is_chosen_by_nobody_and_goes_on_for_those_who_have(desk, plan, viewer, stranger, chosen):
    for _ in range(2):
        closed = plan_actions.close_plan(viewer=desk, plan_id=plan.pk, reason="名额已满", at=NOW)
    assert closed.state == "closed"
    assert AuditLine.objects.filter(action="training.close_plan").values_list("reason", flat=True).get() == "名额已满"
    assert Enrolment.objects.filter(pk=chosen.pk, withdrawn_at=None).exists()
    with pytest.raises(actions.PlanNotOpen):
        actions.choose(viewer=viewer(stranger), plan_id=plan.pk, at=datetime.now(UTC))
    publish(desk, plan)
    assert actions.choose(viewer=viewer(stranger), plan_id=plan.pk, at=datetime.now(UTC)).plan_id == plan.pk


def test_a_draft_needs_no_closing(desk, draft):
    with pytest.raises(plan_actions.NotPublished):
        plan_actions.close_plan(viewer=desk, plan_id=draft.pk, reason="不要了", at=NOW)
    assert Plan.objects.get(pk=draft.pk).state == "draft"


# ---- what is seen --------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-13", "CQ-22")
def test_the_terms_of_the_notice_stand_with_their_sentences(plan):
    terms = plan_queries.terms(plan.instrument, OPENS.date())
    assert (terms.exam.attempts, terms.exam.then) == (2, "restudy")
    assert terms.quotes["attempts"] == terms.quotes["then"]
    assert terms.quotes["attempts"].text == "考试共有2次机会，2次考试都未合格的人员需重新学习"
    assert [note.n for note in terms.notes] == list(range(1, len(terms.notes) + 1))
    assert plan_queries.terms("cn-99/nowhere", OPENS.date()) is None


def test_plans_are_listed_with_how_many_have_chosen(plan, chosen, django_assert_num_queries):
    with django_assert_num_queries(1):
        listed = [(p.title, p.chosen, p.region.name, p.course.title, p.exam.bank.title) for p in plan_queries.plans()]
    assert [row[1] for row in listed] == [1]
    assert plan_queries.counts(plan.pk) == {"chosen": 1, "opened": 0}
