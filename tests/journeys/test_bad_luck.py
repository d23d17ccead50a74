"""What must not be lost: a killed server, a dead network, another machine, a wrong clock."""

import re

import pytest

from tests.journeys.test_seven_steps import answers, everything_is_received, hands_in, starts_the_exam


def chosen(someone) -> dict[str, list[str]]:
    """What is chosen on the page, by question."""
    return someone.page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('fieldset[data-slot]')].map(f =>"
        " [f.dataset.slot, [...f.querySelectorAll('label.x-opt input:checked')].map(i => i.value)]))"
    )


@pytest.mark.journey
@pytest.mark.clause("CQ-11", "CQ-12", "CQ-14", "CQ-15", "CQ-16")
def test_a_killed_server_loses_no_answer_that_it_acknowledged(someone, member, house) -> None:
    learner = someone()
    learner.signs_in(member("ready").id_number)
    starts_the_exam(learner)
    assert answers(learner, most=10) == 10
    everything_is_received(learner, 10)
    before = chosen(learner)

    house.kill_web()
    # She goes on while the server is down; the page says that these have not arrived.
    assert answers(learner, most=13) == 13
    house.wait()
    everything_is_received(learner, 13)

    learner.page.reload()
    after = chosen(learner)
    assert {slot: after[slot] for slot in before if before[slot]} == {s: v for s, v in before.items() if v}
    assert sum(bool(options) for options in after.values()) == 13
    learner.looks("exam-after-a-kill", full=False)

    assert answers(learner) == 40
    everything_is_received(learner, 40)
    hands_in(learner)
    learner.sees("合格")


@pytest.mark.journey
@pytest.mark.clause("CQ-15")
def test_an_exam_goes_on_at_another_machine_with_every_answer(someone, member) -> None:
    first, second = someone(), someone(phone=True)
    first.signs_in(member("once").id_number)
    starts_the_exam(first)
    answers(first, most=5)
    everything_is_received(first, 5)
    ends = first.page.locator(".x-exam-side").inner_text()

    second.signs_in(member("once").id_number)
    second.goes_to("/learn/exams/")
    second.presses("在这里接着答题")
    second.sees("之前答的 5 题都在")
    assert sum(bool(options) for options in chosen(second).values()) == 5
    end = re.search(r"\d\d:\d\d 结束", ends)
    assert end
    assert end.group() in second.page.locator("main").inner_text()
    second.looks("exam-elsewhere", full=False)

    # The first machine is told, and what it would still say is not taken.
    answers(first, most=6)
    first.page.get_by_text("改在这里答").first.wait_for()
    second.page.reload()
    assert sum(bool(options) for options in chosen(second).values()) == 5


@pytest.mark.journey
def test_a_dead_network_and_a_wrong_clock_cost_nothing(someone, member) -> None:
    learner = someone()
    # The browser's clock is an hour fast.
    learner.context.add_init_script(
        "const Real = Date; const shift = 3600e3;"
        "Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(Real.now() + shift) }"
        " static now() { return Real.now() + shift } };"
    )
    learner.signs_in(member("opened").id_number)
    learner.goes_to("/learn/study/")
    learner.page.locator("main .x-lead a.btn-primary").click()
    learner.page.locator("video").wait_for()
    learner.page.locator("button[data-play]").click()
    learner.page.wait_for_timeout(1500)
    learner.context.set_offline(True)
    learner.page.wait_for_timeout(1500)
    learner.context.set_offline(False)
    learner.page.locator("#finished:not([hidden])").wait_for(timeout=60_000)


@pytest.mark.journey
def test_an_answer_given_offline_arrives_and_the_page_stops_worrying(someone, member) -> None:
    learner = someone()
    learner.signs_in(member("again").id_number)
    learner.goes_to("/learn/exams/")
    learner.page.get_by_role("button", name=re.compile("模拟考试")).click()
    learner.page.locator("fieldset[data-slot]").first.wait_for()
    learner.context.set_offline(True)
    answers(learner, most=2)
    learner.page.get_by_role("button", name="检查并交卷").click()
    learner.page.locator("main").get_by_text("还没有送到").first.wait_for()
    learner.context.set_offline(False)
    everything_is_received(learner, 2)
    learner.page.wait_for_function("() => !document.querySelector('#exam-notices').textContent.includes('没有送到')")


@pytest.mark.journey
@pytest.mark.clause("CQ-10")
def test_mock_exams_are_without_limit_and_explain_themselves(someone, member) -> None:
    learner = someone(phone=True)
    learner.signs_in(member("studying").id_number)
    for _ in range(2):
        learner.goes_to("/learn/exams/")
        learner.page.get_by_role("button", name=re.compile("模拟考试")).click()
        learner.page.locator("fieldset[data-slot]").first.wait_for()
        answers(learner, right=False, most=4)
        everything_is_received(learner, 4)
        hands_in(learner)
    learner.sees("解析")
    learner.looks("mock-result")
