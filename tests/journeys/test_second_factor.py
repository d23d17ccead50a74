"""A second factor from the lost phone to the passkey, with codes computed as an app would, in a real browser."""

import re
import time

import pytest

from demo import cast
from sandbox import authenticator
from sandbox.authenticator import PERIOD
from tests.journeys.conftest import Someone

NEW_KEY: dict[str, str] = {}


def resets_the_lost_one(operator: Someone, name: str) -> None:
    operator.goes_to("/operate/posts/")
    operator.presses("有人丢了手机")
    operator.page.locator("[name=text]").fill(name)
    operator.presses("查找")
    operator.page.get_by_label(re.compile(f"{name} ")).check()
    operator.page.locator("[name=reason]").fill("本人持身份证到窗口")
    operator.looks("second-factor-reset")
    operator.confirms("重置二次验证")
    operator.sees("已重置")


def types_the_password(someone: Someone, number: str) -> None:
    someone.goes_to("/sign-in/")
    someone.page.locator("input[autocomplete=username]").fill(number)
    someone.page.locator("input[type=password]").fill(cast.PASSWORD)
    someone.page.locator("main form button[type=submit].btn-primary").first.click()
    someone.page.wait_for_load_state()


def waits_for_a_new_period() -> None:
    """Codes serve once; the next one stands when the period is over."""
    time.sleep(PERIOD - time.time() % PERIOD + 0.5)


def binds_a_new_phone(officer: Someone) -> list[str]:
    """The door leads to the set-up page; returns the recovery codes. NEW_KEY holds what the app would keep."""
    officer.sees("绑定验证器，约 2 分钟")
    officer.looks("second-factor-set-up")
    NEW_KEY["key"] = officer.page.locator("main .x-code").first.inner_text().replace(" ", "")
    officer.page.locator("[name=code]").fill("000000")
    officer.presses("绑定这个验证器")
    officer.sees("这个验证码不对")
    officer.page.locator("[name=code]").fill(authenticator.code(NEW_KEY["key"], time.time()))
    officer.presses("绑定这个验证器")
    officer.sees("请现在保存恢复码")
    codes = officer.page.locator("main ol li.x-code").all_inner_texts()
    officer.looks("second-factor-recovery-codes")
    officer.presses("我存好了，继续")
    return codes


@pytest.mark.journey
def test_a_lost_phone_is_replaced_and_each_code_serves_once(someone, member) -> None:
    operator, officer = someone(), someone()
    lost = member("jiangbei-cashier")
    operator.signs_in(member("operator").id_number)
    resets_the_lost_one(operator, lost.name)
    types_the_password(officer, lost.id_number)
    officer.goes_to("/office/counter/")
    codes = binds_a_new_phone(officer)
    assert len(set(codes)) == 10
    assert "/office/counter/" in officer.page.url

    officer.goes_to("/me/")
    officer.presses("退出")
    types_the_password(officer, lost.id_number)
    officer.looks("second-factor")
    officer.proves_the_second_factor("123456")
    officer.sees("这个验证码不对")
    waits_for_a_new_period()
    code = authenticator.code(NEW_KEY["key"], time.time())
    officer.proves_the_second_factor(code)
    officer.goes_to("/office/counter/")
    assert "/office/counter/" in officer.page.url

    thief = someone(phone=True)
    types_the_password(thief, lost.id_number)
    thief.proves_the_second_factor(code)
    thief.sees("这个验证码不对，或者已经用过")
    thief.goes_to("/office/counter/")
    assert "/sign-in/" in thief.page.url

    traveller = someone(phone=True)
    types_the_password(traveller, lost.id_number)
    traveller.proves_the_second_factor(codes[0])
    traveller.goes_to("/me/security/")
    traveller.sees("还有 9 个没用过")
    traveller.looks("security")
    traveller.confirms("退出其他所有地方")
    traveller.sees("您的账号现在登录在 1 处")
    officer.goes_to("/office/counter/")
    assert "/sign-in/" in officer.page.url, "the other session has ended"


@pytest.mark.journey
def test_a_passkey_is_registered_and_opens_the_door(someone, member, house) -> None:
    """Passkeys belong to a host name, so this one comes by localhost; the browser's own authenticator signs."""
    clerk, staff = someone(), member("institute-clerk")
    home = house.url.replace("127.0.0.1", "localhost")
    tools = clerk.context.new_cdp_session(clerk.page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    clerk.signs_in(staff.id_number, home=home)
    clerk.goes_to(f"{home}/me/security/passkey/")
    clerk.page.locator("[name=name]").fill("办公室电脑")
    clerk.presses("登记通行密钥")
    clerk.sees("恢复码")
    clerk.goes_to(f"{home}/me/security/")
    clerk.sees("办公室电脑")
    clerk.presses("退出")
    clerk.goes_to(f"{home}/sign-in/?next=/unit/")
    clerk.page.locator("input[autocomplete=username]").fill(staff.id_number)
    clerk.page.locator("input[type=password]").fill(cast.PASSWORD)
    clerk.page.locator("main form button[type=submit].btn-primary").first.click()
    clerk.page.wait_for_url(re.compile("/sign-in/second/"))
    clerk.presses("用指纹、面容或安全钥匙")
    clerk.page.wait_for_url(re.compile("/unit/"))
    assert clerk.trouble == []
