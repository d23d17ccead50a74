"""A wrong identity number is put right: asked for, returned, asked for again, decided; then the new one signs in."""

import pytest

from demo import cast
from demo.asking import CARD

RIGHT = cast.id_number(51)


@pytest.mark.journey
@pytest.mark.clause("CQ-03", "CQ-04")
def test_a_number_is_put_right_and_signs_in(someone, member, tmp_path) -> None:
    card = tmp_path / "身份证.png"
    card.write_bytes(CARD.data)
    learner, officer = someone(phone=True), someone()

    learner.signs_in(member("passed").id_number)
    learner.goes_to("/me/requests/")
    learner.looks("requests-none")
    learner.presses("更正姓名、身份证号")
    learner.page.get_by_label("对的身份证号").fill(RIGHT[:6] + " " + RIGHT[6:14] + " " + RIGHT[14:])
    learner.page.get_by_label("为什么").fill("登记时看错了一位")
    learner.page.locator("input[type=file]").set_input_files(str(card))
    learner.looks("correction-asking")
    learner.presses("送去核对")
    learner.sees("渝中区人力资源和社会保障局")
    assert "手里" in learner.says()
    assert RIGHT not in learner.page.content()
    learner.looks("correction-asked")
    address = learner.page.url

    officer.signs_in(member("officer").id_number)
    officer.goes_to("/office/requests/")
    officer.looks("requests-queue")
    officer.presses("示例已合格")
    officer.page.get_by_label("退回补充，写明缺什么").check()
    officer.presses("办理这件申请")
    officer.sees("请写明原因")
    officer.page.get_by_label("原因或意见").fill("请补交身份证反面")
    officer.presses("办理这件申请")
    officer.sees("已退回补充")

    learner.goes_to(address)
    assert learner.says() == "退回来了，等您补充。"
    learner.sees("请补交身份证反面")
    learner.looks("correction-returned")
    learner.page.get_by_label("补充说明").fill("补上反面")
    learner.page.locator("input[type=file]").set_input_files(str(card))
    learner.presses("补充好了，送回去")
    learner.sees("已补充并送回")

    officer.goes_to("/office/requests/")
    officer.presses("示例已合格")
    officer.sees("补上反面")
    officer.looks("correction-deciding")
    officer.page.get_by_label("同意，按申请更正").check()
    officer.presses("办理这件申请")
    officer.sees("已同意，并且已经办好")

    learner.goes_to("/me/requests/")
    assert "/sign-in/" in learner.page.url, "the sessions of the old number have ended"
    learner.signs_in(RIGHT)
    learner.goes_to(address)
    assert learner.says() == "同意了，已经办好。"
    learner.sees("同意办理")
    learner.looks("correction-done")
    learner.goes_to("/learn/documents/")
    assert "/sign-in/" not in learner.page.url
