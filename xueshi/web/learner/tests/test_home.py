"""The learner's home says what comes next, in every state of the way, within twelve queries."""

import pytest
from django.test import Client

from demo.walking import Offices, Story
from tests.scenery import INSTRUMENT

QUERIES = 12


@pytest.fixture
def story(wang, cashier, verifier, clerk, county_bureau, plan, viewer) -> Story:
    """The teacher's way through the plan, served by her district."""
    offices = Offices(
        counter=lambda learner: (viewer(cashier, "counter"), county_bureau.pk),
        verifier=lambda organisation: viewer(verifier, "verifier"),
        clerk=lambda learner: viewer(clerk, "unit_clerk"),
    )
    return Story(viewer(wang), plan, offices)


@pytest.fixture
def home(wang, signed_in, django_assert_max_num_queries):
    def look(**headers: str) -> str:
        client: Client = signed_in(wang)
        with django_assert_max_num_queries(QUERIES):
            answer = client.get("/learn/", headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return look


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("CQ-51")
@pytest.mark.parametrize(
    ("state", "says", "action"),
    [
        ("registered", "先选今年的公需科目。", "去选课"),
        ("chosen", "选好课了，缴费后就能学习。", "去缴费"),
        ("opened", "再学 2 讲，考试就开放。", "开始学习"),
        ("studying", "再学 1 讲，考试就开放。", "继续学习"),
        ("studied", "学完了，可以考试了。", "去考试"),
        ("failed-once", "学完了，可以考试了。", "去考试"),
        ("failed-twice", "2 次都没有合格，重新学完 2 讲，再得 2 次机会。", "开始学习"),
        ("passed", "考试合格，打印成绩合格单。", "打印合格单"),
        ("sent", "合格单在审验，您不用做什么。", "看办理情况"),
        ("returned", "合格单被退回，改好后再送一次。", "看退回的原因"),
        ("verified", "审验通过，等确认学时。", "看办理情况"),
        ("confirmed", "今年的公需科目完成了。", "看证书"),
    ],
)
def test_each_state_names_the_one_next_thing(story, home, state, says, action):
    story.until(state)
    page = home()
    assert says in page
    assert action in page
    assert page.count('aria-current="step"') == (0 if state == "confirmed" else 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("CQ-13")
def test_one_failed_attempt_leaves_one_chance(story, home):
    story.until("failed-once")
    assert "还有 1 次机会" in home()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("CQ-32")
def test_hours_stand_on_the_page_once_the_unit_has_confirmed_them(story, home):
    story.until("verified")
    assert "0 / 20" in home()
    story.confirm()
    assert "20 / 20" in home()


def test_the_page_speaks_english_too(wang, home):
    assert "Choose" in home(**{"accept-language": "en"})


def test_the_plan_of_the_scenery_follows_the_notice(plan):
    assert plan.instrument == INSTRUMENT
