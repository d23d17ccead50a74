"""The seven steps of the notice, in a browser, from registration to hours that a stranger can check (CQ-51)."""

import re

import pytest

from demo import cast
from demo.content import Question, questions
from tests.journeys.conftest import Someone


def registers(someone: Someone, serial: int, name: str, *, employer: str, keeper: str) -> None:
    """Step one (CQ-03): the number is the user name, a wrong check digit is named before it is mended."""
    page, number = someone.page, cast.id_number(serial)
    someone.goes_to("/register/")
    wrong = "0" if number[-1] != "0" else "1"
    page.locator("[name=name]").fill(name)
    page.locator("[name=id_number]").fill(number[:-1] + wrong)
    page.locator("[name=phone]").fill(f"137{serial:08d}")
    someone.presses("获取验证码")
    someone.sees("验证码已发到")
    page.locator("[name=code]").fill(someone.reads_the_code(f"137{serial:08d}"))
    page.locator("[name=region]").select_option("500103")
    page.locator("[name=password]").fill("一路慢慢走也会到 2026")
    page.locator("[name=accurate]").check()
    someone.presses("注册并登录")
    someone.sees(f"最后一位应是 {number[-1]}")
    page.locator("[name=id_number]").fill(number.lower())
    page.locator("[name=password]").fill("一路慢慢走也会到 2026")
    employers = page.locator("[name=employer]")
    if employer:
        employers.select_option(label=employer)
    page.locator("[name=file_keeper]").select_option(keeper)
    page.locator("[name=title_level]").select_option("intermediate")
    page.locator("[name=title_obtained_on]").fill("2019-06-01")
    someone.presses("注册并登录")
    assert "/learn/" in page.url, someone.page.locator("main").inner_text()


def chooses(someone: Someone) -> None:
    """Step two (CQ-05)."""
    someone.goes_to("/learn/courses/")
    someone.presses("选这门课")


def pays_at_the_counter(officer: Someone, name: str) -> None:
    """Step three, way one (CQ-06): find, check, take, open, print the receipt."""
    officer.goes_to("/office/counter/")
    officer.page.locator("[name=text]").fill(name)
    officer.presses("找学员")
    officer.page.get_by_role("link", name=re.compile(name)).first.click()
    officer.presses("资料核对无误")
    officer.looks("counter")
    officer.presses("收 70.00 元 并开通")
    officer.sees("打印收据")
    officer.presses("打印收据")
    officer.sees("渝价函〔2010〕205号")


def pays_online(someone: Someone) -> None:
    """Step three, way two (CQ-08): the provider's page, and study opens by itself."""
    someone.presses("去缴费") if someone.page.get_by_role("link", name=re.compile("去缴费")).count() else None
    someone.presses("在线付费 70.00 元")
    someone.page.wait_for_url(re.compile(str(someone.house.sandbox_port)))
    someone.presses("付款 70.00 元")
    someone.page.wait_for_url(re.compile(f":{someone.house.port}/"))
    someone.sees("已缴费")


def watches_everything(someone: Someone) -> None:
    """Step four: every lesson, timed by the server."""
    someone.goes_to("/learn/study/")
    someone.looks("study")
    for number in (1, 2, 3):
        someone.goes_to("/learn/study/")
        link = someone.page.locator("main .x-lead a.btn-primary")
        link.click()
        someone.page.locator("video").wait_for()
        someone.page.locator("button[data-play]").click()
        someone.page.locator("#finished:not([hidden])").wait_for(timeout=60_000)
        if number == 1:
            someone.looks("lesson")


def right_options(question: Question) -> set[str]:
    """The words of the right options."""
    if not question.options:
        return {question.answer}
    return {question.options[ord(letter) - ord("A")] for letter in question.answer}


RIGHT = {"".join(question.stem.split()): right_options(question) for question in questions()}


def answers(someone: Someone, *, right: bool = True, most: int = 999) -> int:
    """Answer what stands on the page by what the course says, or wrongly; return how many were answered."""
    done = 0
    for block in someone.page.locator("main fieldset[data-slot]").all()[:most]:
        words = "".join(block.inner_text().split())
        wanted = next(options for stem, options in RIGHT.items() if stem in words)
        for option in block.locator("label.x-opt").all():
            text = re.sub(r"^[A-E]\.\s*", "", option.inner_text().strip())
            known = "".join(text.split()) in {"".join(one.split()) for one in wanted}
            box = option.locator("input")
            if known == right and not box.is_checked():
                option.click()
                if not right:
                    break
        done += 1
    return done


def starts_the_exam(someone: Someone) -> None:
    """The check page asks for a confirmation first (CQ-14)."""
    someone.goes_to("/learn/exams/")
    someone.page.locator("main a.btn-primary").first.click()
    someone.looks("exam-check")
    box = someone.page.locator("main form input[type=checkbox]")
    if box.count():
        box.first.check()
    someone.presses("开始考试")
    someone.page.locator("fieldset[data-slot]").first.wait_for()


def everything_is_received(someone: Someone, count: int) -> None:
    """The page holds a receipt for each answer."""
    someone.page.wait_for_function(
        "n => document.querySelector('[data-count=a]').textContent.trim() === String(n)"
        " && document.querySelector('[data-count=u]').textContent.trim() === '0'",
        arg=count,
    )


def hands_in(someone: Someone) -> None:
    someone.presses("检查并交卷")
    someone.page.locator("main form button.btn-primary").click()
    someone.page.wait_for_load_state()


def sits_the_exam(someone: Someone) -> None:
    """Step five (CQ-11 to CQ-16): practice first, then the formal exam."""
    someone.goes_to("/learn/exams/")
    someone.looks("exams")
    starts_the_exam(someone)
    assert answers(someone) == 40
    everything_is_received(someone, 40)
    someone.looks("exam", full=False)
    hands_in(someone)
    someone.sees("合格")
    someone.looks("result")


def prints_and_sends(someone: Someone) -> str:
    """Steps six and seven: the slip, and its way to the verifier; returns the slip's number."""
    someone.goes_to("/learn/documents/")
    someone.presses("打印成绩合格单")
    someone.looks("slip")
    someone.goes_to("/learn/documents/")
    number = someone.page.locator("dd.x-code").first.inner_text()
    someone.presses("送去审验")
    someone.sees("审验中")
    return number


def verifies(officer: Someone, name: str, seal: str = "") -> None:
    officer.goes_to("/office/reviews/")
    officer.looks("queue")
    officer.page.get_by_role("link", name=re.compile(name)).first.click()
    officer.page.locator("input[name=method]").first.check()
    if officer.page.locator("[name=seal]").count() and seal:
        officer.page.locator("[name=seal]").fill(seal)
    officer.confirms(f"通过 {name} 的合格单")


def confirms_in_the_unit(clerk: Someone, name: str) -> None:
    clerk.goes_to("/unit/")
    clerk.looks("unit")
    clerk.sees(name)
    clerk.confirms("确认勾选的人的学时")


def checks_as_a_stranger(stranger: Someone, number: str, name: str) -> None:
    stranger.goes_to("/check/")
    stranger.page.locator("[name=number]").fill(number)
    stranger.page.locator("[name=name]").fill(name)
    stranger.presses("查验这份文件")
    stranger.sees("有效")
    stranger.looks("check")


@pytest.mark.journey
@pytest.mark.clause("CQ-03", "CQ-05", "CQ-06", "CQ-10", "CQ-17", "CQ-18", "CQ-32", "CQ-33", "CQ-51")
def test_a_teacher_goes_the_seven_steps_and_pays_at_the_counter(someone, member) -> None:
    teacher, officer, clerk, stranger = someone(), someone(), someone(), someone()
    name = "示例旅人甲"
    registers(teacher, 501, name, employer="渝中区示例中学", keeper="unit")
    chooses(teacher)
    officer.signs_in(member("cashier").id_number)
    pays_at_the_counter(officer, name)
    teacher.goes_to("/learn/")
    teacher.looks("learner-home")
    watches_everything(teacher)
    sits_the_exam(teacher)
    number = prints_and_sends(teacher)
    verifies(officer, name)
    clerk.signs_in(member("clerk").id_number)
    confirms_in_the_unit(clerk, name)
    teacher.goes_to("/learn/")
    assert "完成" in teacher.says()
    teacher.looks("done")
    teacher.goes_to("/learn/hours/")
    teacher.sees("20")
    checks_as_a_stranger(stranger, number, name)


@pytest.mark.journey
@pytest.mark.clause("CQ-08", "CQ-36", "CQ-51")
def test_a_freelancer_goes_the_seven_steps_on_a_phone_and_pays_online(someone, member) -> None:
    traveller, officer, stranger = someone(phone=True), someone(), someone(phone=True)
    name = "示例旅人乙"
    registers(traveller, 502, name, employer="", keeper="other")
    chooses(traveller)
    traveller.looks("order")
    pays_online(traveller)
    watches_everything(traveller)
    traveller.looks("study")
    sits_the_exam(traveller)
    number = prints_and_sends(traveller)
    officer.signs_in(member("association-verifier").id_number)
    verifies(officer, name, seal="重庆继续教育协会审验章")
    traveller.goes_to("/learn/")
    traveller.looks("learner-home-verified")
    checks_as_a_stranger(stranger, number, name)
