"""The law in people's hands: a bureau tries a draft before it binds anybody, a learner follows the plan to the end."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.journeys.conftest import Someone
from tests.journeys.test_seven_steps import (
    answers,
    confirms_in_the_unit,
    everything_is_received,
    hands_in,
    pays_online,
    registers,
    verifies,
)

CHONGQING = Path(__file__).resolve().parents[2] / "policies" / "cn-50" / "chongqing-2010.yaml"


def raised(to: int, year: int) -> str:
    """The notice with its yearly hours raised from a year on: the old wording ends, a new one stands below it."""
    text = CHONGQING.read_text(encoding="utf8")
    found = re.search(r"  - id: public\n(?:    .*\n)+", text)
    assert found is not None
    old = found.group(0)
    new = old.replace("at_least: 20", f"at_least: {to}").replace("20学时", f"{to}学时")
    ended, begun = f"    until: {year - 1}-12-31\n", f"    since: {year}-01-01\n"
    return text.replace(old, old + ended + new + begun)


def follows_the_plan(learner: Someone, button: str) -> None:
    """Open the standing, see the first step of the plan, and press its button."""
    learner.goes_to("/learn/standing/")
    step = learner.page.locator("#h-plan").locator("xpath=ancestor::section").locator("ol li").first
    step.get_by_role("link", name=button).click()
    learner.page.wait_for_load_state()


@pytest.mark.journey
def test_an_officer_tries_a_draft_before_it_binds_anybody(someone, member) -> None:
    officer, year = someone(), date.today().year  # noqa: DTZ011  the demo's year, whatever the hour
    officer.signs_in(member("cashier").id_number)
    officer.goes_to("/office/simulations/")
    officer.presses("试一份草案")
    officer.looks("draft-new")
    officer.page.locator("[name=text]").fill(raised(24, year).replace("at_least: 24", "at_leest: 24"))
    officer.page.locator("[name=years]").first.check()
    officer.presses("开始试算")
    officer.sees("Did you mean 'at_least'?")
    officer.looks("draft-not-understood")
    text = officer.page.locator("[name=text]").input_value()
    officer.page.locator("[name=text]").fill(text.replace("at_leest", "at_least"))
    for box in officer.page.locator("[name=years]").all():
        box.check()
    officer.presses("开始试算")
    officer.page.locator("#h-whole").wait_for(timeout=120_000)
    officer.looks("draft-result")
    officer.page.get_by_role("link", name=re.compile(str(year))).first.click()
    officer.page.locator("#h-causes").wait_for()
    officer.page.locator("#h-samples").locator("xpath=ancestor::section").locator("ul a").first.click()
    officer.page.wait_for_load_state()
    officer.looks("draft-person")


@pytest.mark.journey
@pytest.mark.clause("CQ-51")
def test_a_learner_follows_the_plan_to_the_end(someone, member) -> None:
    learner, officer, clerk = someone(), someone(), someone()
    name = "示例旅人丙"
    registers(learner, 503, name, employer="渝中区示例中学", keeper="unit")
    follows_the_plan(learner, "去选课")
    learner.presses("选这门课")
    learner.goes_to("/learn/standing/")
    learner.looks("standing-short")
    follows_the_plan(learner, "去缴费")
    pays_online(learner)
    for _ in range(3):
        follows_the_plan(learner, "继续学习")
        learner.page.locator("video").wait_for()
        learner.page.locator("button[data-play]").click()
        learner.page.locator("#finished:not([hidden])").wait_for(timeout=60_000)
    follows_the_plan(learner, "去考试")
    learner.page.locator("main a.btn-primary").first.click()
    box = learner.page.locator("main form input[type=checkbox]")
    if box.count():
        box.first.check()
    learner.presses("开始考试")
    learner.page.locator("fieldset[data-slot]").first.wait_for()
    everything_is_received(learner, answers(learner))
    hands_in(learner)
    follows_the_plan(learner, "去送审")
    learner.presses("打印成绩合格单")
    learner.goes_to("/learn/documents/")
    learner.presses("送去审验")
    learner.goes_to("/learn/standing/")
    learner.looks("standing-waiting")
    officer.signs_in(member("cashier").id_number)
    verifies(officer, name)
    clerk.signs_in(member("clerk").id_number)
    confirms_in_the_unit(clerk, name)
    learner.goes_to("/learn/standing/")
    learner.looks("standing-met")
    assert "够" in learner.says()
    assert learner.page.locator("#h-plan").count() == 0
