"""Every page that reads a chapter of the law, for a person and a plan under each of the five notices."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import notices
from tests.notices import CHONGQING, HOHHOT, JINAN, JURONG, KAIFENG
from xueshi.certificates.ways_queries import ways_for
from xueshi.exams import queries as exams
from xueshi.exams.models import Attempt, Exam
from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people.models import Post, Region
from xueshi.recognition import actions as recognition
from xueshi.recognition import queries as reviews
from xueshi.study import actions as study
from xueshi.study import queries as studies
from xueshi.study import regime
from xueshi.study.models import LearningCycle
from xueshi.training import actions, plan_queries
from xueshi.training.models import Enrolment, Plan

pytestmark = pytest.mark.django_db
SET = {"price": Decimal("120.00"), "price_basis": "示例价费〔2018〕1号"}
GIVEN = {HOHHOT: {"hours": Decimal(30)}, JINAN: SET, KAIFENG: SET}
EACH = pytest.mark.parametrize("held", notices.ALL, ids=lambda held: held.code)


def words(response) -> str:
    assert response.status_code == 200
    html = response.content.decode().split("<template", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("&nbsp;", " ")


def said(client, name, *args, language="zh-hans"):
    return words(client.get(reverse(name, args=args), headers={"Accept-Language": language}))


@pytest.fixture(autouse=True)
def _only_one_city(db):
    Region.objects.all().delete()


@pytest.fixture
def learner(make_person):
    def make(held, serial=2, born=date(1980, 3, 7)):
        return make_person("示例学员", serial, region=notices.region_of(held), born=born, title="intermediate")

    return make


@pytest.fixture
def at_the_time(held):
    """The house as it was when the notice was in force."""
    with time_machine.travel(held.at, tick=True):
        yield


# ---- what anybody reads --------------------------------------------------------------------------------

STEPS = {
    CHONGQING: (
        "每人每年 70.00 元，学习、练习和考试都在内。到窗口缴，由窗口核对资料后开通；网上缴，到账就自动开通。",
        "在线看课，或者下载课件学。模拟练习不限次数，不计成绩。",
        "学完后在规定时间内考。共有 2 次机会；断线了，换一台机器登录接着考，时间照走。",
        "平台按您的单位和档案算出是哪一家。审过后，单位确认 20 学时。",
        "渝人社办〔2010〕257号 三",
    ),
    HOHHOT: (
        "公需科目：30 学时共 75.00 元。专业科目：每学时 2.50 元。网上缴，到账就自动开通。",
        "这一年选的课都学完后再考。",
        "学员自行打印培训合格证书",
        "送给通知写明的部门审验，见下面的原文。学时按通知折算。",
        "学员须自行登陆网络平台进行缴费激活课程后学习",
    ),
    JURONG: (
        "不收费，选好课就开通。",
        "在线看课，系统自动计时。",
        "学完后在规定时间内考。不合格可以自己补考，次数不限。通知列明的人可以不考，学完就够。",
        "1967年12月31日前出生",
        "通知没有写由谁审验。学时按通知折算。",
        "计公需科目继续教育24学时",
        "文字照所存的文本还原",
    ),
    JINAN: (
        "通知没有写价格，按主管部门定的标准收，金额写在课程上。通知没有写怎样缴；在平台上网上缴，到账就自动开通。",
        "在规定时间内考。",
        "送给通知写明的部门审验，见下面的原文。",
        "济南市专业技术人员继续教育规定 加大投入",
    ),
    KAIFENG: (
        "通知没有写价格，按主管部门定的标准收",
        "通知要求到班参加面授；平台上的课供自学。",
        "按通知先后由两处审核，见下面的原文。",
        "汴人社〔2013〕96号 四",
    ),
}
NOT_SAID = {
    HOHHOT: ("70.00", "0 次机会", "确认 0 学时", " 0.00 元"),
    JURONG: ("70.00", "0 次机会", "确认 0 学时", " 0.00 元"),
    JINAN: ("70.00", "次机会", "确认 0 学时", " 0.00 元", "可以不考"),
    KAIFENG: ("70.00", "次机会", "确认 0 学时", " 0.00 元", "可以不考"),
}


@EACH
@pytest.mark.clause("CQ-22", "CQ-51")
def test_the_steps_say_what_the_notice_says_and_nothing_else(held, client: Client, at_the_time):
    notices.region_of(held)
    page = said(client, "public:how_it_works")
    for sentence in STEPS[held]:
        assert sentence in page
    for sentence in NOT_SAID.get(held, ()):
        assert sentence not in page
    assert [page.index(f"第 {n} 步：") for n in range(1, 8)]


@EACH
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_public_pages_stand_under_every_notice(held, language, client: Client, at_the_time):
    notices.region_of(held)
    for planned in (False, True):
        if planned:
            notices.plan_of(held, **GIVEN.get(held, {}))
        for name in ("home", "how_it_works", "help", "downloads", "requirements", "register"):
            page = said(client, f"public:{name}", language=language)
            assert "None" not in page.replace("Plug-insNone", "")
        assert law.governing(held.code, clock.day_of(held.at)).title in said(client, "public:home")
    pdf = client.get(reverse("public:guide_pdf"), headers={"Accept-Language": language})
    assert pdf.content.startswith(b"%PDF-")


@EACH
@pytest.mark.parametrize("name", ["home", "how_it_works", "help"])
def test_in_english_only_the_notices_own_words_are_chinese(held, name, client: Client, at_the_time):
    notices.plan_of(held, **GIVEN.get(held, {}))
    html = client.get(reverse(f"public:{name}"), headers={"Accept-Language": "en"}).content.decode()
    html = html.split("<body", 1)[1].split("<template", 1)[0]
    for _ in range(2):
        html = re.sub(r'<(\w+)[^>]*\blang="zh[^"]*"[^>]*>(?:(?!<\1\b).)*?</\1>', "", html, flags=re.DOTALL)
    html = re.sub(r"<cite>.*?</cite>", "", html).replace("学时", "")
    assert re.findall(r"[\u4e00-\u9fff]+", html) == []


# ---- choosing and paying -------------------------------------------------------------------------------

OFFERED = {
    CHONGQING: ("70.00 元", "每人每年一次，渝价函〔2010〕205号", "下载课件"),
    HOHHOT: ("75.00 元", "30 学时共 75.00 元，内发改费字〔2018〕1399号", "公需科目30个学时共75元"),
    JURONG: ("不收费", "免费参加公需科目继续教育培训和考核"),
    JINAN: ("120.00 元", "示例价费〔2018〕1号", "按照国家和省有关规定执行"),
    KAIFENG: ("120.00 元", "示例价费〔2018〕1号", "按照统一标准收取学习培训费用"),
}


@EACH
@pytest.mark.clause("CQ-05", "CQ-22", "CQ-23")
def test_the_offer_names_the_price_and_the_sentence_behind_it(held, learner, signed_in, at_the_time):
    plan = notices.plan_of(held, **GIVEN.get(held, {}))
    client = signed_in(learner(held))
    page = said(client, "learner:choose")
    for sentence in OFFERED[held]:
        assert sentence in page
    assert "选这门课" in page
    assert ("每人每年一次" in page) == (held is CHONGQING)
    client.post(reverse("learner:choose_plan", args=[plan.pk]))
    assert Enrolment.objects.get().opened_at is not None if held is JURONG else Enrolment.objects.get()


@pytest.mark.parametrize(("held", "category"), [(HOHHOT, "professional"), (JINAN, "public"), (KAIFENG, "public")])
def test_what_has_no_price_yet_says_so_and_offers_no_button(held, category, learner, signed_in, viewer, at_the_time):
    plan = notices.plan_of(held, category=category)
    person = learner(held)
    client = signed_in(person)
    page = said(client, "learner:choose")
    assert "价格还没有定" in page
    assert "不收费" not in page
    assert "选这门课" not in page
    assert client.post(reverse("learner:choose_plan", args=[plan.pk])).status_code == 409
    assert ways_for(viewer(person), held.at) == []


@EACH
def test_the_order_can_be_paid_where_the_notice_says_or_online_where_it_is_silent(
    held, learner, signed_in, at_the_time
):
    plan = notices.plan_of(held, **GIVEN.get(held, {}))
    client = signed_in(learner(held))
    answer = client.post(reverse("learner:choose_plan", args=[plan.pk]))
    if held is JURONG:
        assert answer["Location"] == reverse("learner:home")
        assert "不收费" in said(client, "learner:home")
        return
    page = words(client.get(answer["Location"]))
    assert "在线付费" in page
    assert ("现场缴费" in page) == (held is CHONGQING)
    assert "None" not in page
    assert "缴费后就能学习" in said(client, "learner:home")


@EACH
def test_the_counter_sees_what_is_owed_under_every_notice(
    held, learner, signed_in, viewer, make_person, make_organisation, at_the_time
):
    desk = make_organisation("示例人力社保局", "county_hrss", "county", notices.region_of(held))
    cashier = make_person("示例窗口", 6, region=desk.region, post="counter", at_organisation=desk)
    Post.objects.update(since=held.at)
    person, plan = learner(held), notices.plan_of(held, **GIVEN.get(held, {}))
    actions.choose(viewer=viewer(person), plan_id=plan.pk, at=clock.now())
    page = said(signed_in(cashier), "authority:registrant", person.pk)
    assert ("通知没有写这位学员到哪个窗口缴费" in page) == (held not in (CHONGQING, JURONG))
    assert ("这门课不用缴费" in page) == (held is JURONG)


# ---- planning ------------------------------------------------------------------------------------------

FIXED = {
    (CHONGQING, "public"): ("70.00 元，每人每年一次 · 渝价函〔2010〕205号", "都不合格要重新学习", "单位确认 20 学时"),
    (HOHHOT, "public"): ("30 学时共 75.00 元 · 内发改费字〔2018〕1399号", "按通知折算：", "学习没有规定"),
    (HOHHOT, "professional"): ("每学时 2.50 元", "这一年选的课都学完以后，在考试时间之内"),
    (JURONG, "public"): ("不收费", "不合格的可以自行补考，次数不限", "符合条件的人可以不考：", "按通知折算："),
    (JINAN, "public"): ("按主管部门定的标准，由本计划录入", "考试中断没有规定"),
    (KAIFENG, "public"): ("按主管部门定的标准，由本计划录入", "到班参加面授"),
}


@pytest.mark.parametrize(("held", "category"), FIXED, ids=lambda one: getattr(one, "code", one))
def test_the_operator_sees_what_the_notice_fixes(held, category, signed_in, operator_of, at_the_time):
    plan = notices.plan_of(held, category=category, **GIVEN.get(held, {}))
    page = said(signed_in(operator_of(held)), "operator:plan", plan.pk)
    squeezed = page.replace(" ", "")
    for sentence in FIXED[held, category]:
        assert sentence.replace(" ", "") in squeezed
    assert " 0.00 元" not in page
    terms = plan_queries.terms(plan.instrument, clock.day_of(plan.opens_at), category, plan.course.kind)
    assert [quote.n for quote in terms.notes] == list(range(1, len(terms.notes) + 1))
    assert all(quote.cite == quote.cite.strip() for quote in terms.notes)


@pytest.fixture
def operator_of(make_person, make_organisation):
    def make(held):
        region = notices.region_of(held)
        centre = make_organisation("示例人事培训中心", "training_centre", "municipal", region)
        person = make_person("示例管理员", 12, region=region, post="operator", at_organisation=centre)
        Post.objects.update(since=held.at)
        return person

    return make


@pytest.mark.parametrize("held", [KAIFENG])
def test_the_operator_enters_the_price_that_the_authority_set(held, signed_in, operator_of, at_the_time):
    plan = notices.plan_of(held)
    Plan.objects.filter(pk=plan.pk).update(state="draft")
    client, url = signed_in(operator_of(held)), reverse("operator:plan", args=[plan.pk])
    assert "要录入主管部门定的价格和文号" in words(client.get(url))
    fields = client.get(url).context["form"]
    typed = {one.name: one.value() for one in fields if one.value() is not None}
    typed |= {name: clock_of(typed[name]) for name in typed if name.endswith("_at")}
    alone = client.post(url, typed | {"price": "120"})
    assert alone.status_code == 422
    assert "要写明是哪份文件定的" in alone.content.decode()
    assert client.post(url, typed | {"price": "120", "price_basis": "示例价费〔2013〕2号"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.price, plan.price_basis) == (Decimal("120.00"), "示例价费〔2013〕2号")
    assert "要录入主管部门定的价格" not in words(client.get(url))


def clock_of(moment):
    return moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M")


# ---- studying and sitting ------------------------------------------------------------------------------


@pytest.fixture
def enrolled(learner):
    """Open under the notice, and still open today: what is studied and sat is told by the database's own clock."""

    def make(held, category="public", person=None, code="", **more):
        now = datetime.now(UTC)
        plan = notices.plan_of(
            held, category=category, code=code, closes_at=now + timedelta(days=30), **GIVEN.get(held, {})
        )
        Exam.objects.filter(pk=plan.exam_id).update(closes_at=now + timedelta(days=10))
        person = person or learner(held, **more)
        return Enrolment.objects.create(person=person, plan=plan, chosen_at=now, opened_at=now)

    return make


def finish(viewer, enrolment):
    now = datetime.now(UTC)
    cycle = study.begin_cycle(viewer=viewer(enrolment.person), enrolment=enrolment, at=now)
    LearningCycle.objects.filter(pk=cycle.pk).update(studied_at=now)
    cycle_lessons = studies.LessonProgress.objects.filter(cycle=cycle)
    cycle_lessons.update(completed_at=now, completed_by="timed")


def fail(viewer, enrolment):
    """Sit and hand in an empty paper."""
    me, now = viewer(enrolment.person), datetime.now(UTC)
    attempt = study.start_exam(viewer=me, enrolment_id=enrolment.pk, at=now)
    return study.submit_exam(viewer=me, attempt_id=attempt.pk, submit_key="k", at=now)


@EACH
def test_the_pages_of_a_learner_stand_under_every_notice(held, enrolled, signed_in, viewer):
    enrolment = enrolled(held)
    client = signed_in(enrolment.person)
    for language in ("zh-hans", "en"):
        for name in ("home", "choose", "study", "exams", "documents", "hours"):
            assert "None" not in said(client, f"learner:{name}", language=language)
        assert "None" not in said(client, "learner:exam_check", enrolment.pk, language=language)
        lesson = studies.course_state_for(viewer(enrolment.person), enrolment.pk).lessons[0].lesson
        assert "None" not in said(client, "learner:lesson", lesson.pk, language=language)
    home = said(client, "learner:home")
    need = {CHONGQING: "公需科目 20 学时", HOHHOT: "公需科目 30 学时"}
    assert need.get(held, "按通知折算") in home
    assert all(way.minutes >= 0 for way in ways_for(viewer(enrolment.person), datetime.now(UTC)))


@EACH
@pytest.mark.clause("CQ-11", "CQ-13")
def test_who_failed_is_told_what_the_notice_says_of_sitting_again(held, enrolled, signed_in, viewer):
    enrolment = enrolled(held)
    finish(viewer, enrolment)
    client = signed_in(enrolment.person)
    chances = {CHONGQING: "共 2 次，还有 2 次", JURONG: "不合格可以自己补考，次数不限"}
    assert chances.get(held, "通知没有限定次数") in said(client, "learner:exams")
    first = fail(viewer, enrolment)
    result = said(client, "learner:exam_result", first.pk)
    if held is CHONGQING:
        assert "还有 1 次机会" in result
        fail(viewer, enrolment)
        with pytest.raises(study.NotStudied):
            fail(viewer, enrolment)
        return
    assert "可以再考，次数不限" in result
    assert "准备下一次考试" in result
    assert "重新学习" not in result
    assert "没有合格。可以再考，次数不限" in said(client, "learner:exams")
    for _ in range(3):
        fail(viewer, enrolment)
    assert Attempt.objects.filter(kind="formal").count() == 4
    assert studies.course_state_for(viewer(enrolment.person), enrolment.pk).cycle_number == 1
    clauses = exams.clauses(held.key, clock.day_of(held.at))
    assert ("make_up" in clauses) == (held is JURONG)


def test_the_exam_waits_for_all_the_courses_of_the_year(enrolled, signed_in, viewer):
    first = enrolled(HOHHOT, "professional", code="first")
    second = enrolled(HOHHOT, "professional", code="second", person=first.person)
    enrolled(HOHHOT, "public", person=first.person)  # of another category: not waited for
    Plan.objects.filter(pk=second.plan_id).update(title="第二门")
    me, client = viewer(first.person), signed_in(first.person)
    with pytest.raises(study.NotStudied):
        study.start_exam(viewer=me, enrolment_id=first.pk, at=datetime.now(UTC))
    finish(viewer, first)
    with pytest.raises(study.CoursesLeft) as refused:
        study.start_exam(viewer=me, enrolment_id=first.pk, at=datetime.now(UTC))
    assert f"《{second.plan.course.title}》" in refused.value.said
    waits = f"这门课学完了，再学完《{second.plan.course.title}》，考试就开放"
    for page in (said(client, "learner:exams"), said(client, "learner:exam_check", first.pk)):
        assert waits in page
    assert waits in words(client.get(reverse("learner:study"), {"enrolment": first.pk}))
    finish(viewer, second)
    assert study.start_exam(viewer=me, enrolment_id=first.pk, at=datetime.now(UTC)).number == 1


@pytest.mark.parametrize(
    ("serial", "born", "free"),
    [
        (3, date(1967, 12, 31), True),
        (3, date(1968, 1, 1), False),
        (2, date(1972, 12, 31), True),
        (2, date(1973, 1, 1), False),
    ],
)
def test_who_need_not_sit_is_told_so_with_the_sentence_and_may_sit(serial, born, free, enrolled, signed_in, viewer):
    enrolment = enrolled(JURONG, serial=serial, born=born)
    page = said(signed_in(enrolment.person), "learner:exams")
    assert ("按通知，您可以不参加考试" in page) == free
    assert ("原则上可不参加考试" in page) == free
    finish(viewer, enrolment)
    assert (
        study.start_exam(viewer=viewer(enrolment.person), enrolment_id=enrolment.pk, at=datetime.now(UTC)).number == 1
    )


@pytest.mark.parametrize("held", [CHONGQING, HOHHOT, JINAN, KAIFENG], ids=lambda held: held.code)
def test_elsewhere_nobody_is_freed_from_the_exam_and_nothing_is_asked(held, enrolled, django_assert_num_queries):
    enrolment = enrolled(held, born=date(1950, 1, 1))
    enrolment.plan.course.kind  # noqa: B018  read before counting
    with django_assert_num_queries(0):
        assert regime.freed(enrolment) is None


# ---- reviews -------------------------------------------------------------------------------------------


@pytest.fixture
def offices(make_organisation):
    def make(held):
        region = notices.region_of(held)
        return {
            "county_hrss": make_organisation("示例区县局", "county_hrss", "county", region),
            "ce_association": make_organisation("示例协会", "ce_association", "municipal", region),
        }

    return make


EXPECTED = {
    CHONGQING: ("示例协会", "重庆继续教育协会"),
    HOHHOT: ("示例区县局", "属地人力资源社会保障部门"),
    JURONG: ("", None),
    JINAN: ("", None),
    KAIFENG: ("", "继续教育基地审核，再由人力资源和社会保障部门"),
}


@EACH
@pytest.mark.clause("CQ-33", "CQ-36")
def test_the_reviewer_is_the_notices_or_it_is_said_that_there_is_none(held, learner, viewer, offices):
    person, _offices = learner(held), offices(held)
    found = reviews.expected_for(viewer(person), held.key, "public", held.at)
    assert (found.organisation, found.clause and found.clause.who) == EXPECTED[held]
    refusals = {
        JURONG: recognition.NobodyVerifies, JINAN: recognition.RouteUndecided, KAIFENG: recognition.TwoReviews,
    }  # fmt: skip
    asked = {
        "viewer": viewer(person), "subject": "slip:1", "person_id": person.pk, "instrument": held.key,
        "category": "public", "at": held.at,
    }  # fmt: skip
    if held in refusals:
        with pytest.raises(refusals[held]):
            recognition.ask_review(**asked)
        return
    review = recognition.ask_review(**asked)
    assert review.organisation.name == found.organisation
    shown = reviews.latest(["slip:1"])["slip:1"]
    assert shown.clause.who == found.clause.who
    assert shown.clause.cite == shown.clause.cite.strip()


@pytest.mark.parametrize(
    ("held", "category", "who"),
    [
        (KAIFENG, "professional", "市级行业主管部门或继续教育基地审核，再由人力资源和社会保障部门"),
        (KAIFENG, "public", "继续教育基地审核，再由人力资源和社会保障部门"),
        (JINAN, "public", "市人力社保局"),
        (CHONGQING, "public", "区县人力社保部门"),
    ],
)
def test_several_reviewers_are_named_as_the_notice_names_them(held, category, who):
    book = law.of(held.key)
    assert reviews.named(book, book.routes(category, clock.day_of(held.at))[0]) == who


def test_of_several_who_may_review_the_one_on_the_platform_does(learner, offices):
    book = law.of(JINAN.key)
    route = book.routes("public", clock.day_of(JINAN.at))[1]
    office = offices(JINAN)["county_hrss"]
    assert route.first[0] == "county_hrss"
    swapped = replace(route, first=tuple(reversed(route.first)))
    person = learner(JINAN)
    for one in (route, swapped):
        assert reviews.verifier_of(one, person.pk, JINAN.at.date()) == ("county_hrss", office)
    assert reviews.named(book, swapped).startswith("市级行业主管部门或")
