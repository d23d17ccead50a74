"""A post is given with a second yes, used, and ended: the holder's next click is refused."""

import pytest


@pytest.mark.journey
def test_an_officers_post_ends_and_the_next_click_is_refused(someone, member) -> None:
    holder, giver, agrees = someone(), someone(), someone()

    giver.signs_in(member("operator").id_number)
    giver.goes_to("/operate/posts/")
    giver.page.locator("#id_text").fill("示例江北科室")
    giver.page.locator("#id_place").fill("南岸区人力")
    giver.presses("查找")
    giver.page.locator("#id_person_0").check()
    giver.page.locator("#id_role").select_option("officer")
    giver.page.locator("#id_reason").fill("借调到南岸")
    giver.looks("post-giving")
    giver.presses("给这个岗位")
    giver.sees("等另一人同意")

    agrees.signs_in(member("second-operator").id_number)
    agrees.goes_to("/operate/posts/")
    agrees.sees("借调到南岸")
    agrees.looks("post-agreeing")
    agrees.presses("同意任命")
    agrees.sees("岗位从现在起生效")

    holder.signs_in(member("jiangbei-officer").id_number)
    holder.goes_to("/office/roll/")
    assert holder.page.locator("main").get_by_text("人员名册").count() or holder.says()
    for role in ("江北区", "南岸区"):  # both of the posts that open this door
        giver.goes_to("/operate/posts/?role=officer")
        row = giver.page.locator("tr", has_text="示例江北科室").filter(has_text=role).first
        row.get_by_role("link", name="结束…").click()
        giver.page.locator("#id_reason").fill("借调结束，另有任用")
        giver.looks("post-ending")
        giver.presses("结束岗位")
        giver.sees("从现在起不能再办")

    answer = holder.page.goto(holder.house.url + "/office/roll/")
    assert answer is not None
    assert answer.status == 403
    holder.sees("这一页由其他岗位办理")
    holder.looks("post-ended")
    holder.goes_to("/learn/")  # still a learner
    assert "/learn/" in holder.page.url
