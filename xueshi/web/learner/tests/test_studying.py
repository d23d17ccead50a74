"""The pages of studying: what they say in every state, who may fetch what, and files in parts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from xueshi.courses.models import Lesson
from xueshi.exams.models import Attempt
from xueshi.study import actions
from xueshi.study.models import CoursePass, LearningCycle, LessonProgress, PlayerLease
from xueshi.training.models import Enrolment
from xueshi.web.learner import byte_ranges

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def enrolment(wang, plan) -> Enrolment:
    return Enrolment.objects.create(person=wang, plan=plan, chosen_at=now(), opened_at=now())


@pytest.fixture
def lesson(plan) -> Lesson:
    return Lesson.objects.filter(course=plan.course).order_by("number").first()


@pytest.fixture
def hers(wang, enrolment, signed_in):
    return signed_in(wang)


def page(client, name: str = "learner:study", *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def open_here(client, lesson, **headers: str):
    return client.post(reverse("learner:open_lesson", args=[lesson.pk]), HTTP_ACCEPT="application/json", **headers)


# ---- the list of lessons --------------------------------------------------------------------------


def test_whoever_has_chosen_nothing_is_shown_the_way(wang, signed_in) -> None:
    assert "去选课" in page(signed_in(wang))


@pytest.mark.clause("CQ-51")
def test_before_payment_the_lessons_stand_there_locked_and_say_what_opens_them(hers, enrolment, lesson) -> None:
    enrolment.opened_at = None
    enrolment.save()
    shown = page(hers)
    assert "缴费以后就能学习" in shown
    assert "缴费后开放" in shown
    assert reverse("learner:lesson", args=[lesson.pk]) not in shown
    assert hers.get(reverse("learner:lesson", args=[lesson.pk])).status_code == 409
    assert open_here(hers, lesson).json()["code"] == "study-not-opened"


def test_the_page_says_how_much_is_left_and_what_the_notice_says(hers, lesson) -> None:
    shown = page(hers)
    assert "就能考试" in shown
    assert "2 分" in shown
    assert "下载网络学习课件" in shown
    assert "开始学习" in shown
    assert "还有 2 讲没有学完" in shown


def test_the_study_page_costs_few_queries(hers, django_assert_max_num_queries) -> None:
    page(hers)
    with django_assert_max_num_queries(9):
        page(hers)


def test_the_lesson_page_costs_few_queries(hers, lesson, django_assert_max_num_queries) -> None:
    page(hers)
    with django_assert_max_num_queries(11):
        page(hers, "learner:lesson", lesson.pk)


def test_after_the_window_the_page_says_what_still_works(hers, plan, lesson) -> None:
    plan.closes_at = now() - timedelta(days=1)
    plan.save()
    assert "学习已经截止" in page(hers)
    assert "仍可下载" in page(hers)
    shown = page(hers, "learner:lesson", lesson.pk)
    assert "不再计时" in shown
    assert "player.js" not in shown
    assert open_here(hers, lesson).json()["code"] == "study-closed"


def test_after_the_window_nobody_is_sent_to_pay(hers, enrolment, plan) -> None:
    Enrolment.objects.update(opened_at=None)
    for name in ("learner:study", "learner:home"):
        assert "去缴费" in page(hers, name)
    plan.closes_at = now() - timedelta(days=1)
    plan.save()
    for name in ("learner:study", "learner:home"):
        assert "去缴费" not in page(hers, name)
        assert "截止" in page(hers, name)


def test_a_second_round_says_why(hers, enrolment, wang, viewer) -> None:
    LearningCycle.objects.create(
        enrolment=enrolment, person=wang, number=1, started_at=now(), ended_at=now(), ended_by="failed_out"
    )
    actions.begin_cycle(viewer=viewer(wang), enrolment=enrolment, at=now())
    assert "第 2 轮学习" in page(hers)


def test_after_the_pass_watching_is_free_and_not_timed(hers, enrolment, wang, plan, lesson) -> None:
    attempt = Attempt.objects.create(
        exam=plan.exam, person=wang, kind="formal", cycle_key="cycle:1", number=1, state="submitted", seed="s",
        paper=[], started_at=now(), ends_at=now(), seat_at=now(), score=90, right=8, submitted_at=now(), passed=True,
    )  # fmt: skip
    CoursePass.objects.create(enrolment=enrolment, person=wang, attempt=attempt, score=90, passed_at=now())
    assert "已经考试合格" in page(hers)
    assert "player.js" not in page(hers, "learner:lesson", lesson.pk)
    assert open_here(hers, lesson).json()["code"] == "already-passed"


def test_the_pages_stand_in_english(hers, lesson) -> None:
    hers.cookies["django_language"] = "en"
    assert "then the exam opens" in page(hers)
    assert "to go" in page(hers, "learner:lesson", lesson.pk)


# ---- the player -----------------------------------------------------------------------------------


def test_opening_gives_a_ticket_and_where_to_go_on(hers, lesson) -> None:
    opened = open_here(hers, lesson).json()
    assert opened["ticket"]
    assert (opened["position_ms"], opened["next_in_s"]) == (0, 15)


def test_looking_at_a_lesson_takes_nothing_from_where_one_studies(hers, lesson) -> None:
    phone = "Mozilla/5.0 (Linux; Android 11) Mobile"
    open_here(hers, lesson, HTTP_USER_AGENT=phone)
    shown = page(hers, "learner:lesson", lesson.pk)
    assert "手机上" in shown
    assert "改在这里学" in shown
    assert PlayerLease.objects.get().epoch == 1


def test_gaps_are_listed_with_the_way_to_close_them(hers, enrolment, wang, viewer, lesson) -> None:
    cycle = actions.begin_cycle(viewer=viewer(wang), enrolment=enrolment, at=now())
    LessonProgress.objects.filter(cycle=cycle, lesson=lesson).update(
        covered=[[0, 10_000], [30_000, 40_000]], credited_ms=20_000, position_ms=40_000
    )
    shown = page(hers, "learner:lesson", lesson.pk)
    assert "00:10 – 00:30" in shown
    assert 'data-from="10000"' in shown
    assert "本讲已计 20 秒，还需 40 秒" in shown


def test_no_plugin_is_needed_and_the_video_has_captions(hers, lesson) -> None:
    lesson.captions = lesson.courseware
    lesson.save()
    shown = page(hers, "learner:lesson", lesson.pk)
    assert '<track kind="captions" srclang="zh-Hans"' in shown
    assert "<object" not in shown
    assert "<embed" not in shown


# ---- offline --------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-09")
def test_a_lesson_is_downloaded_studied_offline_and_recorded(hers, lesson) -> None:
    assert "线下学完" not in page(hers)
    refused = hers.post(reverse("learner:offline", args=[lesson.pk]))
    assert refused.status_code == 409
    assert "还没有下载过" in refused.content.decode()
    hers.get(reverse("learner:courseware", args=[lesson.pk]))
    assert "登记第 1 讲线下学完" in page(hers)
    hers.post(reverse("learner:offline", args=[lesson.pk]))
    assert "已登记线下学完" in page(hers)


# ---- files ----------------------------------------------------------------------------------------


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.clause("CQ-09", "CQ-21")
def test_a_broken_download_goes_on_where_it_stopped(hers, lesson) -> None:
    address = reverse("learner:courseware", args=[lesson.pk])
    whole = hers.get(address)
    content = body(whole)
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = hers.get(address, HTTP_RANGE="bytes=5-", HTTP_IF_RANGE=whole.headers["ETag"])
    assert rest.status_code == 206
    assert content[:5] + body(rest) == content
    changed = hers.get(address, HTTP_RANGE="bytes=5-", HTTP_IF_RANGE='"another"')
    assert (changed.status_code, body(changed)) == (200, content)


def test_a_video_comes_in_pieces(hers, lesson, monkeypatch) -> None:
    monkeypatch.setattr(byte_ranges, "PIECE", 8)
    address = reverse("learner:video", args=[lesson.pk])
    size = lesson.video.size
    first = hers.get(address, HTTP_RANGE="bytes=0-")
    assert (first.status_code, first.headers["Content-Range"]) == (206, f"bytes 0-7/{size}")
    last = hers.get(address, HTTP_RANGE="bytes=-4")
    assert last.headers["Content-Range"] == f"bytes {size - 4}-{size - 1}/{size}"
    assert body(first) + body(hers.get(address, HTTP_RANGE="bytes=8-11")) == b"not really a"
    beyond = hers.get(address, HTTP_RANGE=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert hers.head(address).headers["Content-Length"] == str(size)


def test_a_file_that_is_known_is_not_sent_again(hers, lesson) -> None:
    address = reverse("learner:video", args=[lesson.pk])
    etag = hers.head(address).headers["ETag"]
    assert hers.get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("", None),
    ],
)
def test_ranges_mean_what_the_standard_says(header: str, part: tuple[int, int] | None) -> None:
    assert byte_ranges.part(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(header: str) -> None:
    with pytest.raises(byte_ranges.Unsatisfiable):
        byte_ranges.part(header, 100)


@pytest.mark.parametrize("name", ["video", "courseware", "captions", "lesson", "open_lesson", "offline"])
def test_without_an_enrolment_a_lesson_is_not_there(hers, stranger, signed_in, lesson, name: str) -> None:
    lesson.captions = lesson.courseware
    lesson.save()
    address = reverse(f"learner:{name}", args=[lesson.pk, "zh"] if name == "captions" else [lesson.pk])
    theirs = signed_in(stranger)
    if name in {"open_lesson", "offline"}:
        assert theirs.post(address).status_code == 404
        assert hers.post(address).status_code in {200, 409}
    else:
        assert theirs.get(address).status_code == 404
        assert hers.get(address).status_code == 200


def test_before_payment_no_file_is_given(hers, enrolment, lesson) -> None:
    assert hers.get(reverse("learner:video", args=[lesson.pk])).status_code == 200
    enrolment.opened_at = None
    enrolment.save()
    for name in ("video", "courseware"):
        assert hers.get(reverse(f"learner:{name}", args=[lesson.pk])).status_code == 404


def test_captions_that_do_not_exist_are_not_found(hers, lesson) -> None:
    assert hers.get(reverse("learner:captions", args=[lesson.pk, "zh"])).status_code == 404
