"""The notices and the standing in a browser: on a wide screen, on a phone, in Chinese and in English; clean for axe."""

import re

import pytest

from tests.journeys.conftest import Someone

NOTICE = "/notices/cn-50/chongqing-2010/"


def reads_the_registry(someone: Someone, name: str) -> None:
    someone.goes_to("/notices/")
    someone.looks(f"notices{name}")
    someone.goes_to(NOTICE)
    someone.looks(f"notice{name}")


@pytest.mark.journey
@pytest.mark.parametrize(("language", "name"), [("zh-CN", ""), ("en-GB", "-en")])
def test_anybody_reads_a_notice_beside_its_data(someone, language, name) -> None:
    for phone in (False, True):
        reads_the_registry(someone(phone=phone, language=language), name)


@pytest.mark.journey
@pytest.mark.parametrize(("language", "name"), [("zh-CN", ""), ("en-GB", "-en")])
def test_a_learner_reads_the_standing_and_its_clauses(someone, member, language, name) -> None:
    for phone in (False, True):
        learner = someone(phone=phone, language=language)
        learner.signs_in(member("sent").id_number)
        learner.goes_to("/learn/standing/")
        learner.looks(f"standing{name}")
        learner.page.select_option("#id_what", "title_review")
        learner.page.locator("main form button").first.click()
        learner.page.wait_for_url(re.compile("what=title_review"))
        for fold in learner.page.locator("main details").all():
            fold.locator("summary").click()
        learner.looks(f"standing-title{name}")
        clause = learner.page.locator(".x-note cite a").first
        anchor = (clause.get_attribute("href") or "").rpartition("#")[2]
        clause.click()
        learner.page.wait_for_url(re.compile(NOTICE + "#p-"))
        assert learner.page.locator(f"#{anchor} q").first.is_visible()


@pytest.mark.journey
@pytest.mark.parametrize("phone", [False, True])
def test_an_officer_and_a_unit_read_the_same_of_a_person(someone, member, phone) -> None:
    for who, list_of_people in (("cashier", "/office/people/"), ("clerk", "/unit/people/")):
        office = someone(phone=phone)
        office.signs_in(member(who).id_number)
        office.goes_to(list_of_people)
        office.page.locator("form[role=search] [name=text]").fill("示例已完成")  # there may be more than a page
        office.page.locator("form[role=search] button").click()
        office.page.wait_for_load_state()
        office.page.get_by_role("link", name="示例已完成").first.click()
        office.page.wait_for_load_state()
        assert "学时够了" in office.says()
        office.looks(f"person-{who}")
        office.presses("登记个人情况")
        office.page.select_option("#word", "sector")
        office.presses("去登记")
        office.looks(f"facts-{who}")


@pytest.mark.journey
def test_the_comparison_prints_without_buttons(someone, member) -> None:
    learner = someone()
    learner.signs_in(member("new").id_number)
    learner.goes_to("/learn/standing/")
    learner.page.emulate_media(media="print")
    assert not learner.page.locator(".x-head").is_visible()
    assert not learner.page.locator("main .btn").first.is_visible()
    assert learner.page.locator("#h-rows").is_visible()
    learner.looks("standing-print")
