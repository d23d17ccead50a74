"""The operator's pages: what they take, what they refuse and say, what stays typed, and whom they let in."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from xueshi.courses.models import Course, Lesson
from xueshi.kernel.clock import SHANGHAI
from xueshi.payments.models import Notice
from xueshi.people.models import Organisation, Post, Region
from xueshi.training import actions, queries
from xueshi.training.models import Plan
from xueshi.web.operator import forms

NOW = datetime.now(UTC)
PAGES = ("home", "regions", "organisations", "organisation_new", "posts", "courses", "plans", "plan_new", "money")


@pytest.fixture
def desk(operator, signed_in):
    return signed_in(operator)


def at(name, *args):
    return reverse(f"operator:{name}", args=args)


def words(response):
    return response.content.decode()


# ---- who comes in --------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-28")
@pytest.mark.parametrize("name", PAGES)
def test_the_operators_desk_is_for_operators(desk, wang, clerk, cashier, signed_in, name):
    assert desk.get(at(name)).status_code == 200
    for other in (wang, clerk, cashier):
        assert signed_in(other).get(at(name)).status_code == 403
    assert Client().get(at(name)).status_code == 302


@pytest.mark.clause("CQ-28")
@pytest.mark.parametrize("name", ["organisation_close", "post_grant", "post_end", "plan_publish", "plan_close"])
def test_nor_does_anybody_else_change_anything(desk, wang, signed_in, name):
    url = at(name) if name == "post_grant" else at(name, 999_999)
    assert signed_in(wang).post(url).status_code == 403
    assert Client().post(url).status_code == 302
    assert desk.post(url, {"reason": "试试"}).status_code in {404, 422}


@pytest.mark.parametrize("name", ["region", "organisation", "course", "plan", "post_end"])
def test_what_is_not_there_is_not_found(desk, plan, name):
    there = {
        "region": Region.objects.first().pk,
        "organisation": Organisation.objects.first().pk,
        "course": plan.course_id,
        "plan": plan.pk,
        "post_end": Post.objects.first().pk,
    }
    assert desk.get(at(name, there[name])).status_code == 200
    assert desk.get(at(name, 999_999)).status_code == 404
    assert desk.get(at(name, 0)).status_code == 404


@pytest.mark.parametrize("name", ["organisation_close", "plan_close"])
def test_what_is_not_there_is_not_closed_whether_or_not_a_reason_is_given(desk, name):
    assert desk.post(at(name, 999_999), {"reason": ""}).status_code == 404
    assert desk.post(at(name, 999_999), {"reason": "误建"}).status_code == 404


@pytest.mark.parametrize("odd", ["?kind=%00", "?text=%00", "?role=%00", "?kind=nothing&role=nobody"])
def test_anything_odd_in_the_address_is_no_filter(desk, county_bureau, odd):
    assert county_bureau.name in words(desk.get(at("organisations") + odd))
    assert desk.get(at("posts") + odd).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_can_be_read_in_both_languages(desk, plan, language):
    desk.cookies["django_language"] = language
    for name in PAGES:
        page = words(desk.get(at(name)))
        assert page.count("<h1") == 1
        assert ("Overview" in page) == (language == "en")


# ---- courses -------------------------------------------------------------------------------------------


def test_a_course_is_added_once(desk):
    typed = {"code": "ethics-2026", "title": "职业道德（示例）", "summary": "一讲"}
    assert desk.post(at("courses"), typed).status_code == 302
    assert Course.objects.get(code="ethics-2026").title == typed["title"]
    again = desk.post(at("courses"), typed | {"title": "另一门"})
    assert again.status_code == 422
    assert "已经有了" in words(again)
    assert 'value="另一门"' in words(again)
    assert desk.post(at("courses"), typed | {"code": "有空格 "}).status_code == 422


@pytest.fixture
def lesson():
    return {"number": "3", "title": "第三讲", "summary": "讲什么"}


def upload(name="lesson.mp4", data=b"not a video"):
    return SimpleUploadedFile(name, data)


def test_a_lesson_that_is_no_video_is_refused_and_what_was_typed_stays(desk, plan, lesson):
    refused = desk.post(at("course", plan.course_id), lesson | {"video": upload()})
    assert refused.status_code == 422
    assert "不是可以播放的视频" in words(refused)
    assert 'value="第三讲"' in words(refused)
    assert "请重新选一次" in words(refused)
    assert Lesson.objects.count() == 2


def test_a_real_video_becomes_a_lesson(desk, plan, lesson, tmp_path):
    film = film_of_a_second(tmp_path / "film.mp4")
    typed = lesson | {"captions": upload("zh.vtt", b"no captions"), "video": upload(data=film)}
    refused = desk.post(at("course", plan.course_id), typed)
    assert refused.status_code == 422
    assert "不是 WebVTT 字幕" in words(refused)
    taken = desk.post(at("course", plan.course_id), lesson | {"number": "1", "video": upload(data=film)})
    assert taken.status_code == 422
    assert "第 1 讲已经有了" in words(taken)
    good = lesson | {"captions": upload("zh.vtt", b"WEBVTT\n"), "video": upload(data=film)}
    assert desk.post(at("course", plan.course_id), good).status_code == 302
    kept = Lesson.objects.get(number=3)
    assert kept.captions_id
    assert 0 < kept.seconds < 3
    assert "第三讲" in words(desk.get(at("course", plan.course_id)))


def film_of_a_second(path: Path) -> bytes:
    """A second of grey, as an encoder writes it."""
    import av

    with av.open(str(path), "w") as box:
        stream = box.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            for packet in stream.encode(av.VideoFrame(64, 48, "yuv420p")):
                box.mux(packet)
        for packet in stream.encode():
            box.mux(packet)
    return path.read_bytes()


def test_a_file_of_the_wrong_kind_or_too_large_is_refused_in_words(desk, plan, lesson, monkeypatch):
    wrong = desk.post(at("course", plan.course_id), lesson | {"video": upload("讲义.docx")})
    assert "“讲义.docx”不能用在这里，请选 MP4、M4V、WEBM 文件。" in words(wrong)
    monkeypatch.setattr(forms, "MEGABYTE", 1)
    large = desk.post(at("course", plan.course_id), lesson | {"video": upload(data=b"x" * 501)})
    assert large.status_code == 422
    assert "“lesson.mp4”有 501 MB，最多 500 MB。" in words(large)
    just = desk.post(at("course", plan.course_id), lesson | {"video": upload(data=b"x" * 500)})
    assert "最多 500 MB。请压缩" not in words(just)


# ---- plans ---------------------------------------------------------------------------------------------


@pytest.fixture
def typed(plan):
    """A plan of another year, as one types it: until the 31st of December, 24:00."""
    return {
        "year": "2031", "region": plan.region_id, "title": "2031 年度公需科目", "course": plan.course_id,
        "instrument": plan.instrument, "opens_at": "2031-01-01T00:00", "closes_at": "2032-01-01T00:00",
        "bank": plan.exam.bank_id, "singles": "4", "multiples": "2", "judgements": "2", "minutes": "45",
        "pass_mark": "60", "exam_opens_at": "2031-06-01T09:00", "exam_closes_at": "2032-01-01T00:00",
    }  # fmt: skip


def as_shown(plan):
    """What the form of a plan shows, to be posted again."""
    exam = plan.exam
    return {
        "year": plan.year, "region": plan.region_id, "title": plan.title, "course": plan.course_id,
        "instrument": plan.instrument, "opens_at": said(plan.opens_at), "closes_at": said(plan.closes_at),
        "bank": exam.bank_id, "singles": exam.singles, "multiples": exam.multiples, "judgements": exam.judgements,
        "minutes": exam.minutes, "pass_mark": exam.pass_mark, "exam_opens_at": said(exam.opens_at),
        "exam_closes_at": said(exam.closes_at),
    }  # fmt: skip


def said(moment):
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S.%f}"


@pytest.mark.clause("CQ-10", "CQ-28")
@pytest.mark.parametrize("midnight", ["2032-01-01T00:00", "2031-12-31T24:00", "2031-12-31 24:00", "2032-01-01 00:00"])
def test_a_plan_is_drafted_with_the_times_of_shanghai(desk, typed, midnight):
    answer = desk.post(at("plan_new"), typed | {"closes_at": midnight, "exam_closes_at": midnight})
    made = Plan.objects.select_related("exam").get(year=2031)
    assert answer.headers["Location"] == at("plan", made.pk)
    assert made.opens_at == datetime(2030, 12, 31, 16, 0, tzinfo=UTC)
    assert made.closes_at == made.exam.closes_at == datetime(2031, 12, 31, 16, 0, tzinfo=UTC)
    assert made.exam.opens_at == datetime(2031, 6, 1, 1, 0, tzinfo=UTC)
    shown = words(desk.get(at("plan", made.pk)))
    assert 'value="2032-01-01T00:00"' in shown
    assert "至 2031年12月31日（周三）24:00" in shown


@pytest.mark.parametrize(
    ("wrong", "words_said"),
    [
        ({"closes_at": "2030-01-01T00:00"}, "截止要晚于开始。"),
        ({"exam_closes_at": "2031-06-01T09:00"}, "截止要晚于开始。"),
        ({"closes_at": "年底"}, "这样填日期和时刻"),
        ({"closes_at": "2031-02-30T24:00"}, "这样填日期和时刻"),
        ({"opens_at": "0001-01-02T00:00"}, "年份要在 2000 到 2100 之间"),
        ({"closes_at": "9999-12-31 24:00"}, "年份要在 2000 到 2100 之间"),
        ({"singles": "0", "multiples": "0", "judgements": "0"}, "一份试卷至少要有一道题。"),
        ({"pass_mark": "101"}, "100"),
        ({"minutes": "0"}, "1"),
        ({"title": ""}, "请填写"),
        ({"region": "999999"}, "999999"),
    ],
)
def test_a_malformed_plan_is_said_at_its_field_and_what_was_typed_stays(desk, typed, wrong, words_said):
    refused = desk.post(at("plan_new"), typed | {"title": "写了很久的名称"} | wrong)
    assert refused.status_code == 422
    assert words_said in words(refused)
    assert 'aria-invalid="true"' in words(refused)
    assert ('value="写了很久的名称"' in words(refused)) == ("title" not in wrong)
    assert Plan.objects.count() == 1


@pytest.mark.clause("CQ-30")
def test_the_same_plan_twice_is_refused_and_what_was_typed_stays(desk, typed):
    assert desk.post(at("plan_new"), typed).status_code == 302
    again = desk.post(at("plan_new"), typed | {"title": "同一年的第二份"})
    assert again.status_code == 422
    assert "已经有这门课程的计划" in words(again)
    assert 'value="同一年的第二份"' in words(again)
    assert Plan.objects.filter(year=2031).count() == 1


@pytest.mark.clause("CQ-28")
def test_a_plan_is_published_when_nothing_is_missing(desk, typed):
    desk.post(at("plan_new"), typed | {"singles": "50"})
    made = Plan.objects.get(year=2031)
    page = words(desk.get(at("plan", made.pk)))
    assert "题库里的单选题只有 6 道，要抽 50 道" in page
    assert at("plan_publish", made.pk) not in page
    assert desk.post(at("plan_publish", made.pk)).status_code == 409
    assert desk.post(at("plan", made.pk), typed).status_code == 302
    assert at("plan_publish", made.pk) in words(desk.get(at("plan", made.pk)))
    assert desk.post(at("plan_publish", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "published"


@pytest.mark.clause("CQ-13", "CQ-15", "CQ-16")
def test_the_plans_page_quotes_what_the_notice_has_fixed(desk, plan):
    page = words(desk.get(at("plan", plan.pk)))
    assert "2 次，都不合格要重新学习" in page
    numbers = re.findall(r'class="x-ref" href="#(n\d+)"', page)
    assert sorted(set(numbers)) == sorted(re.findall(r'class="x-note" id="(n\d+)"', page))
    for sentence in ("考试共有2次机会，2次考试都未合格的人员需重新学习", "否则本次考试无成绩并登记为不合格"):
        assert f"<q>{sentence}</q>" in page
    assert "渝人社办〔2010〕257号 一、第5步" in page
    assert "通知没有规定，由本计划定" in page


def test_what_somebody_counts_on_is_said_and_stays(desk, plan, wang, viewer):
    assert "时间只能放宽" not in words(desk.get(at("plan", plan.pk)))
    actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)
    assert "时间只能放宽" in words(desk.get(at("plan", plan.pk)))
    before = as_shown(plan)
    refused = desk.post(at("plan", plan.pk), before | {"minutes": "5"})
    assert refused.status_code == 422
    assert "已有 1 人选了这门课" in words(refused)
    assert 'value="5"' in words(refused)
    longer = said(plan.closes_at + timedelta(days=30))
    assert desk.post(at("plan", plan.pk), before | {"closes_at": longer}).status_code == 302
    shorter = desk.post(at("plan", plan.pk), before)
    assert shorter.status_code == 422
    assert "不能缩短" in words(shorter)


def test_a_plan_is_closed_for_a_reason(desk, plan, stranger, viewer):
    refused = desk.post(at("plan_close", plan.pk), {"reason": " "})
    assert refused.status_code == 422
    assert plan.title in words(refused)
    plan.refresh_from_db()
    assert plan.state == "published"
    assert desk.post(at("plan_close", plan.pk), {"reason": "名额已满"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "closed"
    with pytest.raises(actions.PlanNotOpen):
        actions.choose(viewer=viewer(stranger), plan_id=plan.pk, at=NOW)


def test_a_change_that_would_break_a_published_plan_is_refused(desk, plan):
    refused = desk.post(at("plan", plan.pk), as_shown(plan) | {"singles": "50"})
    assert refused.status_code == 422
    assert "不能改成这样" in words(refused)
    plan.exam.refresh_from_db()
    assert plan.exam.singles == 4


@pytest.mark.parametrize(("name", "queries_at_most"), [("home", 10), ("plans", 6), ("courses", 5), ("regions", 7)])
def test_lists_cost_the_same_however_long(
    desk, plan, wang, viewer, django_assert_max_num_queries, name, queries_at_most
):
    actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)
    for n in range(8):
        course = Course.objects.create(code=f"c{n}", title=f"课{n}", kind="public_topic")
        Region.objects.create(code=f"5002{n:02d}", name=f"区{n}", parent=plan.region)
        Plan.objects.create(
            year=2040 + n, region=plan.region, title=f"计划{n}", course=course, exam=plan.exam,
            instrument=plan.instrument, opens_at=plan.opens_at, closes_at=plan.closes_at,
        )  # fmt: skip
    with django_assert_max_num_queries(queries_at_most):
        assert desk.get(at(name)).status_code == 200


def test_a_plans_page_costs_a_fixed_number_of_queries(desk, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        desk.get(at("plan", plan.pk))


# ---- money ---------------------------------------------------------------------------------------------


def heard(order, verdict, trade="2026060122001", amount="70.00"):
    return Notice.objects.create(
        provider="alipay", notify_id=f"n-{trade}", order_number=order.number, trade_no=trade, amount=amount,
        verdict=verdict, heard_at=NOW,
    )  # fmt: skip


@pytest.fixture
def order(plan, wang, viewer):
    from xueshi.payments import queries as payments

    enrolment = actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)
    return payments.order_of(queries.subject_of(enrolment.pk))


def test_money_that_must_go_back_is_listed_without_telling_whose(desk, order, wang, django_assert_max_num_queries):
    assert "没有要退的款" in words(desk.get(at("money")))
    heard(order, "late")
    heard(order, "late")  # the same trade, told again
    heard(order, "mismatched", trade="2026060122002", amount="0.01")
    for quiet in ("forged", "unknown", "not_paid", "repeated"):
        heard(order, quiet, trade=f"quiet-{quiet}")
    with django_assert_max_num_queries(6):
        page = words(desk.get(at("money")))
    assert '<span class="x-num">2</span>' in page
    assert page.count(order.number) == 2
    assert "0.01" in page
    assert "金额或商户不符" in page
    assert "quiet" not in page
    assert wang.name not in page
    assert wang.id_masked not in page
    assert "2 笔款要退" in words(desk.get(at("home")))


def test_a_wrong_notice_that_was_put_right_needs_nobody(desk, order):
    heard(order, "mismatched", trade="2026060122003")
    assert order.number in words(desk.get(at("money")))
    heard(order, "believed", trade="2026060122003")
    assert order.number not in words(desk.get(at("money")))


def test_no_address_names_an_order(desk, order):
    heard(order, "late")
    page = words(desk.get(at("money")))
    assert order.number in page
    assert not [a for a in re.findall(r'href="([^"]*)"', page) if order.number in a]
