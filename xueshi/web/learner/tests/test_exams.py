"""The exam pages: what is said, that nothing is lost, and that no key ever leaves."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from xueshi.exams.models import Answer, Attempt, Exam, Question
from xueshi.exams.tests.sittings import move_window, right_answers, save, to_the_end
from xueshi.study import actions as study
from xueshi.study.actions import begin_cycle
from xueshi.study.models import CoursePass, LearningCycle
from xueshi.training.models import Enrolment
from xueshi.web import pulse_exams

pytestmark = pytest.mark.django_db
CANARY = "CANARY-KEY"


@pytest.fixture
def enrolment(wang, plan):
    now = datetime.now(UTC)
    for question in Question.objects.all():
        question.explanation = f"{CANARY}-{question.pk}"
        question.save()
    return Enrolment.objects.create(person=wang, plan=plan, chosen_at=now, opened_at=now)


@pytest.fixture
def studied(enrolment, viewer, wang):
    now = datetime.now(UTC)
    begin_cycle(viewer=viewer(wang), enrolment=enrolment, at=now)
    LearningCycle.objects.update(studied_at=now)
    return enrolment


@pytest.fixture
def me(wang, signed_in):
    return signed_in(wang)


@pytest.fixture
def sat(me, studied):
    """A formal exam, started as a learner starts it."""
    answer = me.post(reverse("learner:exam_check", args=[studied.pk]), {"ready": "on"})
    attempt = Attempt.objects.get()
    assert answer.headers["Location"] == reverse("learner:attempt", args=[attempt.pk])
    return attempt


def at(name, attempt):
    return reverse(f"learner:{name}", args=[attempt.pk])


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())).replace("&nbsp;", " ")


# ---- what is open


def test_without_an_enrolment_the_page_says_what_will_stand_here(me):
    assert "还没有可以参加的考试" in words(me.get(reverse("learner:exams")))


def test_before_payment_and_before_study_the_page_says_what_opens_the_exam(me, enrolment):
    home = reverse("learner:exams")
    Enrolment.objects.update(opened_at=None)
    unpaid = words(me.get(home))
    assert "缴费开通以后，才能考试" in unpaid
    assert "做一次模拟考试" not in unpaid
    Enrolment.objects.update(opened_at=datetime.now(UTC))
    unstudied = words(me.get(home))
    assert "再学完 2 讲，考试就开放" in unstudied
    assert "做一次模拟考试" in unstudied


@pytest.mark.clause("CQ-11", "CQ-13")
def test_a_learner_who_has_studied_may_sit_the_exam_in_its_window(me, studied, plan):
    home = reverse("learner:exams")
    page = me.get(home)
    assert "学完了，可以考试，您有 2 次机会" in words(page)
    assert "考试共有2次机会，2次考试都未合格的人员需重新学习" in words(page)
    move_window(plan.exam, days=30)
    assert "开放。" in words(me.get(home))
    move_window(plan.exam, days=-60)
    assert "截止。" in words(me.get(home))


def test_the_exam_page_asks_few_queries(me, sat, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        me.get(reverse("learner:exams"))


# ---- the check before


@pytest.mark.clause("CQ-14")
def test_the_exam_starts_only_after_an_explicit_confirmation(me, studied):
    url = reverse("learner:exam_check", args=[studied.pk])
    page = words(me.get(url))
    assert "请务必确保所用计算机运行正常，网络通畅" in page
    assert "必须在本次考试时间结束前重新登录继续考试" in page
    refused = me.post(url)
    assert refused.status_code == 422
    assert "请先看过上面的检查和规则" in words(refused)
    assert not Attempt.objects.exists()
    assert me.post(url, {"ready": "on"}).status_code == 302
    assert Attempt.objects.get().kind == "formal"


def test_starting_twice_is_one_attempt(me, sat, studied):
    again = me.post(reverse("learner:exam_check", args=[studied.pk]), {"ready": "on"})
    assert again.headers["Location"] == at("attempt", sat)
    assert Attempt.objects.count() == 1


def test_before_study_the_check_page_says_so_and_nothing_starts(me, enrolment):
    url = reverse("learner:exam_check", args=[enrolment.pk])
    assert "再学完 2 讲" in words(me.get(url))
    assert me.post(url, {"ready": "on"}).status_code == 409
    assert not Attempt.objects.exists()


# ---- the paper


def test_the_paper_shows_every_question_with_native_controls(me, sat, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page = me.get(at("attempt", sat))
    html = page.content.decode()
    assert html.count("<fieldset") == 8
    assert html.count('type="radio"') == 4 * 4 + 2 * 2
    assert len(re.findall(r'type="checkbox" name="q', html)) == 2 * 4
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert re.search(r"第 1 次，共 2 次机会", words(page))
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.clause("CQ-15")
def test_the_page_carries_the_servers_time_and_the_fixed_end(me, sat):
    html = me.get(at("attempt", sat)).content.decode()
    ends = re.search(r'data-ends="([^"]+)"', html)[1]
    assert datetime.fromisoformat(ends) == sat.ends_at
    now = datetime.fromisoformat(re.search(r'data-exam-time[^>]*data-now="([^"]+)"', html)[1])
    assert abs((datetime.now(UTC) - now).total_seconds()) < 30


@pytest.mark.clause("CQ-15")
def test_after_a_reload_every_answer_is_back(me, sat):
    for slot, chosen in right_answers(sat).items():
        save(sat, slot, chosen, seq=1, flagged=slot == 2)
    html = me.get(at("attempt", sat)).content.decode()
    for slot, chosen in right_answers(sat).items():
        found = re.findall(rf'name="q{slot}" value="(\d+)" checked', html)
        assert tuple(map(int, found)) == chosen
    assert re.findall(r'name="f(\d)" value="1" data-flag checked', html) == ["2"]


@pytest.mark.clause("CQ-15")
def test_without_script_a_form_saves_every_answer(me, sat):
    answers = right_answers(sat)
    typed = {f"q{slot}": [str(n) for n in chosen] for slot, chosen in answers.items()} | {"f1": "1"}
    assert me.post(at("attempt", sat), typed | {"then": "save"}).headers["Location"] == at("attempt", sat)
    assert {a.slot: tuple(a.chosen) for a in Answer.objects.all()} == answers
    assert Answer.objects.get(slot=1).flagged
    me.post(at("attempt", sat), typed | {"then": "save"})
    assert set(Answer.objects.values_list("seq", flat=True)) == {1}
    changed = me.post(at("attempt", sat), typed | {"q0": "9", "q1": [], "then": "hand-in"})
    assert changed.headers["Location"] == at("exam_hand_in", sat)
    assert (Answer.objects.get(slot=0).seq, Answer.objects.get(slot=1).chosen) == (1, [])


# ---- another machine


@pytest.mark.clause("CQ-15")
def test_another_machine_goes_on_with_all_answers_and_the_first_one_is_told(me, sat, wang, signed_in):
    save(sat, 0, (1,))
    there = signed_in(wang)
    first_look = there.get(at("attempt", sat))
    assert "改在这里答" in words(first_look)
    assert b"<fieldset" not in first_look.content
    assert there.post(at("exam_seat", sat)).headers["Location"] == at("attempt", sat)
    page = there.get(at("attempt", sat))
    assert re.search(r"之前答的 1 题都在，结束时间不变", words(page))
    assert b'name="q0" value="1" checked' in page.content
    assert "改在这里答" in words(me.get(at("attempt", sat)))
    refused = me.post(at("attempt", sat), {"q0": "2", "then": "save"})
    assert b"<fieldset" not in refused.content
    assert Answer.objects.get().chosen == [1]


@pytest.mark.clause("CQ-15")
def test_starting_again_elsewhere_does_not_share_the_seat(me, sat, studied, wang, signed_in):
    there = signed_in(wang)
    there.post(reverse("learner:exam_check", args=[studied.pk]), {"ready": "on"})
    assert "改在这里答" in words(there.get(at("attempt", sat)))


@pytest.mark.clause("CQ-15", "CQ-16")
def test_after_the_end_nobody_goes_on_and_the_result_says_why(me, sat, wang, signed_in):
    to_the_end(sat, seconds=11)
    assert me.get(at("attempt", sat)).headers["Location"] == at("exam_result", sat)
    assert "正在登记" in words(me.get(at("exam_result", sat)))
    assert signed_in(wang).post(at("exam_seat", sat)).status_code == 409
    study.close_overdue(at=datetime.now(UTC))
    page = words(me.get(at("exam_result", sat)))
    assert "没有按时交卷，没有成绩，登记为不合格" in page
    assert "还有 1 次机会" in page
    assert "上次没有按时交卷" in words(me.get(reverse("learner:exams")))


# ---- handing in and results


def test_handing_in_first_names_what_is_unanswered(me, sat):
    for slot in (0, 1, 2):
        save(sat, slot, (0,), flagged=slot == 1)
    page = me.get(at("exam_hand_in", sat))
    assert "还有 5 题没有答" in words(page)
    linked = re.findall(rf'href="{at("attempt", sat)}#q(\d+)"', page.content.decode())
    assert linked == ["4", "5", "6", "7", "8", "2"]
    sat.refresh_from_db()
    assert sat.state == "running"


@pytest.mark.clause("CQ-12")
def test_a_pass_shows_score_and_next_step_and_counts_once(me, sat):
    for slot, chosen in right_answers(sat).items():
        save(sat, slot, chosen)
    for _ in range(2):
        done = me.post(at("exam_hand_in", sat), {"submit_key": "k"})
        assert done.headers["Location"] == at("exam_result", sat)
    page = words(me.get(at("exam_result", sat)))
    assert "考试合格，100 分" in page
    assert "打印合格单" in page
    assert CoursePass.objects.count() == 1
    assert "考试合格，100 分" in words(me.get(reverse("learner:exams")))
    assert "成绩查询" in words(me.get(reverse("learner:exams")))


@pytest.mark.clause("CQ-12", "CQ-13")
def test_a_fail_shows_the_pass_mark_and_the_chances_left_then_study_again(me, sat, studied):
    me.post(at("exam_hand_in", sat), {"submit_key": "k"})
    page = words(me.get(at("exam_result", sat)))
    assert "这次 0 分，没有合格；60 分合格" in page
    assert "还有 1 次机会" in page
    me.post(reverse("learner:exam_check", args=[studied.pk]), {"ready": "on"})
    second = Attempt.objects.get(number=2)
    me.post(at("exam_hand_in", second), {"submit_key": "k"})
    page = words(me.get(at("exam_result", second)))
    assert "要重新学习" in page
    assert "2 次都没有合格，重新学完 2 讲以后再考" in words(me.get(reverse("learner:exams")))


def test_after_the_window_a_failed_attempt_promises_no_further_chance(me, sat, plan):
    me.post(at("exam_hand_in", sat), {"submit_key": "k"})
    result, study_page = at("exam_result", sat), reverse("learner:study")
    assert "准备下一次考试" in words(me.get(result))
    assert "都学完了，可以考试了" in words(me.get(study_page))
    move_window(plan.exam, days=-60)
    page = words(me.get(result))
    assert "本年度考试已经截止" in page
    assert "还有 1 次机会" not in page
    assert "准备下一次考试" not in page
    page = words(me.get(study_page))
    assert "都学完了，考试已经截止" in page
    assert "考试已经开放" not in page


def test_while_an_exam_runs_its_check_page_leads_back_and_its_line_promises_no_result(me, sat, studied):
    check = words(me.get(reverse("learner:exam_check", args=[studied.pk])))
    assert "您有一场考试正在进行" in check
    assert "第 2 次考试" not in check
    assert at("exam_result", sat) not in me.get(reverse("learner:exams")).content.decode()
    to_the_end(sat, seconds=11)
    assert at("exam_result", sat) in me.get(reverse("learner:exams")).content.decode()


def test_the_home_page_says_when_the_time_is_over_and_the_result_still_to_come(me, sat):
    home = reverse("learner:home")
    assert "您有一场考试正在进行" in words(me.get(home))
    to_the_end(sat, seconds=11)
    page = words(me.get(home))
    assert "考试时间到了，正在登记结果" in page
    assert "您有一场考试正在进行" not in page


def test_a_page_in_front_of_one_when_time_is_up_is_still_handed_in(me, sat):
    to_the_end(sat, seconds=3)
    assert me.post(at("exam_hand_in", sat), {"submit_key": "k"}).status_code == 302
    sat.refresh_from_db()
    assert sat.state == "submitted"


@pytest.mark.clause("CQ-15", "CQ-16")
def test_the_open_page_hands_in_by_itself_even_where_the_sign_in_has_ended(me, sat, wang):
    for slot, chosen in right_answers(sat).items():
        save(sat, slot, chosen)
    form = re.search(r"<form[^>]*data-exam-end.*?</form>", me.get(at("attempt", sat)).content.decode()).group()
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    action = re.search(r'action="([^"]+)"', form).group(1)
    to_the_end(sat, seconds=3)
    elsewhere = Client(enforce_csrf_checks=True)  # no session, and no token of one
    for forged in ({}, hidden | {"ticket": ""}, hidden | {"ticket": hidden["ticket"][:-2] + "xx"}):
        assert elsewhere.post(action, forged).status_code == 404
    assert elsewhere.get(action).status_code == 405
    other = pulse_exams.ticket(attempt_id=sat.pk + 1, person_id=wang.pk, seat_epoch=1, ends_at=sat.ends_at)
    assert elsewhere.post(action, hidden | {"ticket": other}).status_code == 404
    assert Attempt.objects.get().state == "running"
    for _ in range(2):
        assert elsewhere.post(action, hidden).headers["Location"] == at("exam_result", sat)
    assert "/sign-in/" in elsewhere.get(at("exam_result", sat)).headers["Location"]
    assert Attempt.objects.get().state == "submitted"
    assert "考试合格，100 分" in words(me.get(at("exam_result", sat)))


def test_a_paper_handed_in_too_late_is_refused_in_words(me, sat):
    to_the_end(sat, seconds=15)
    late = me.post(at("exam_hand_in", sat), {"submit_key": "k"})
    assert late.status_code == 409
    assert "时间已到" in words(late)


@pytest.mark.clause("CQ-10")
def test_a_mock_exam_can_be_taken_as_often_as_one_likes_and_explains_every_question(me, enrolment):
    for number in (1, 2, 3):
        me.post(reverse("learner:mock_start", args=[enrolment.pk]))
        mock = Attempt.objects.get(kind="mock", number=number)
        save(mock, 0, right_answers(mock)[0])
        me.post(at("exam_hand_in", mock), {"submit_key": "k"})
        page = me.get(at("exam_result", mock))
        assert "模拟考试 12.5 分，对 1 题，共 8 题" in words(page)
        assert page.content.decode().count(CANARY) == 8
    assert not Attempt.objects.filter(kind="formal").exists()
    assert not LearningCycle.objects.exists()


# ---- nothing leaks


def canaries(attempt):
    return [CANARY, *(f'"key"{sep}' for sep in (":", ": ")), "data-key", "data-right"]


def test_no_byte_of_a_key_leaves_before_a_mock_exam_is_over_and_never_of_a_formal_one(me, sat, enrolment):
    """Every response of a formal exam, and of a running mock, is scanned; a review shows that the scan can see."""
    responses = [me.get(reverse("learner:exams")), me.get(reverse("learner:exam_check", args=[enrolment.pk]))]
    me.post(reverse("learner:mock_start", args=[enrolment.pk]))
    mock = Attempt.objects.get(kind="mock")
    for attempt in (sat, mock):
        save(attempt, 0, right_answers(attempt)[0])
        responses += [me.get(at(name, attempt)) for name in ("attempt", "exam_hand_in", "exam_result", "exam_seat")]
    me.post(at("exam_hand_in", sat), {"submit_key": "k"})
    responses += [me.get(at("exam_result", sat)), me.get(at("attempt", sat)), me.get(reverse("learner:exams"))]
    for response in responses:
        body = response.content.decode()
        assert not [canary for canary in canaries(sat) if canary in body], response.request["PATH_INFO"]
    me.post(at("exam_hand_in", mock), {"submit_key": "k"})
    assert CANARY in me.get(at("exam_result", mock)).content.decode()


def test_a_right_option_looks_like_any_other_on_a_paper(me, sat):
    html = me.get(at("attempt", sat)).content.decode()
    options = set(
        re.findall(r'<label class="([^"]*)"><input class="([^"]*)" type="radio" name="q\d" value="\d">', html)
    )
    assert options == {("x-opt", "form-check-input")}


def test_nobody_sees_or_touches_another_ones_exam(me, sat, stranger, signed_in):
    other = signed_in(stranger)
    for name in ("attempt", "exam_hand_in", "exam_result"):
        assert me.get(at(name, sat)).status_code in {200, 302}
        assert other.get(at(name, sat)).status_code == 404
    for name in ("exam_seat", "exam_hand_in"):
        assert other.post(at(name, sat), {"submit_key": "k"}).status_code == 404
    sat.refresh_from_db()
    assert (sat.state, sat.seat_epoch) == ("running", 1)


def test_nobody_starts_for_another_one(enrolment, stranger, signed_in):
    other = signed_in(stranger)
    assert other.get(reverse("learner:exam_check", args=[enrolment.pk])).status_code == 404
    assert other.post(reverse("learner:mock_start", args=[enrolment.pk])).status_code == 404
    assert not Attempt.objects.exists()


def test_every_exam_page_can_be_read_in_english(me, sat, enrolment):
    me.cookies["django_language"] = "en"
    save(sat, 0, (0,))
    pages = [me.get(reverse("learner:exams")), *(me.get(at(name, sat)) for name in ("attempt", "exam_hand_in"))]
    Exam.objects.update(title="Exam")
    me.post(at("exam_hand_in", sat), {"submit_key": "k"})
    pages += [me.get(at("exam_result", sat)), me.get(reverse("learner:exam_check", args=[enrolment.pk]))]
    me.post(reverse("learner:mock_start", args=[enrolment.pk]))
    mock = Attempt.objects.get(kind="mock")
    pages.append(me.get(at("attempt", mock)))
    me.post(at("exam_hand_in", mock), {"submit_key": "k"})
    pages.append(me.get(at("exam_result", mock)))
    for page in pages:
        assert page.status_code == 200
        for said in ("可以考试", "交卷", "第 1 题", "模拟考试", "服务器已收到", "已保存", "机会"):
            ours = re.sub(r"<q.*?</q>", "", page.content.decode())  # the notice itself stays as it is
            assert said not in ours, (page.request["PATH_INFO"], said)
