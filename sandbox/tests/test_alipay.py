"""The payment peer against the house's own client, over real sockets."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox import Sandbox
from sandbox.tests.conftest import FAST, wait_until
from xueshi.payments import alipay


def press(sandbox, page, button):
    """Press a button of the cashier page, as a browser without JavaScript does."""
    forms = re.findall(r'action="([^"]+)"><button[^>]*>([^<]+)<', page.text)
    action = next(action for action, words in forms if words.startswith(button))
    return httpx.post(sandbox.url + action)


def strangers_key():
    return (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@pytest.mark.clause("CQ-08")
def test_paying_online_brings_a_notice_that_is_believed_and_the_payer_back(sandbox, shop, merchant, pay_url):
    page = httpx.get(pay_url())
    assert page.status_code == 200
    assert "沙箱收银台" in page.text
    assert "70.00 元" in page.text
    back = press(sandbox, page, "付款")
    notice = merchant.read_notice(shop.hears(1)[0])
    assert (notice.order_number, notice.amount, notice.paid) == ("O1", Decimal("70.00"), True)
    assert notice.paid_at is not None
    address = urlsplit(back.headers["location"])
    params = dict(parse_qsl(address.query))
    assert params.pop("order") == "1", "the merchant's own parameter stays"
    assert merchant.read_return(params) == "O1"
    wait_until(lambda: sandbox.trade("O1").acknowledged)


def test_turning_back_pays_nothing_and_tells_nothing(sandbox, shop, merchant, pay_url, now):
    page = httpx.get(pay_url(back_url="http://127.0.0.1:9/order/1"))
    back = press(sandbox, page, "取消")
    assert back.headers["location"] == "http://127.0.0.1:9/order/1"
    assert merchant.query("O1", at=now).status == "WAIT_BUYER_PAY"
    assert shop.notices == []


def test_a_second_click_on_pay_is_one_payment_and_one_notice(sandbox, shop, pay_url):
    page = httpx.get(pay_url())
    first, second = press(sandbox, page, "付款"), press(sandbox, page, "付款")
    assert (first.status_code, second.status_code) == (303, 303)
    shop.hears(1)
    wait_until(lambda: sandbox.trade("O1").acknowledged)
    assert len(shop.notices) == 1


def test_a_notice_comes_again_with_the_same_id_until_the_answer_is_success(sandbox, shop, merchant, pay_url):
    shop.answers = ["fail", "Success", "success\n"]
    httpx.get(pay_url())
    sandbox.pay("O1")
    notices = [merchant.read_notice(params) for params in shop.hears(4)]
    wait_until(lambda: sandbox.trade("O1").acknowledged)
    assert len({notice.notify_id for notice in notices}) == 1
    assert len({notice.trade_no for notice in notices}) == 1
    assert sandbox.trade("O1").notices_sent == 4


def test_a_notice_that_nobody_took_is_sent_after_a_restart(tmp_path, shop, merchant, pay_url, sandbox):
    shop.answers = ["fail"] * 5
    httpx.get(pay_url())
    sandbox.pay("O1")
    wait_until(lambda: sandbox.trade("O1").notices_sent == 5)
    with Sandbox(state_dir=tmp_path, intervals=FAST) as again:
        wait_until(lambda: again.trade("O1").acknowledged)
    assert merchant.read_notice(shop.notices[-1]).order_number == "O1"


def test_a_repeated_notice_is_the_same_notice(sandbox, shop, merchant, pay_url):
    httpx.get(pay_url())
    sandbox.pay("O1")
    shop.hears(1)
    assert sandbox.send_notice("O1") == "success"
    first, second = (merchant.read_notice(params) for params in shop.hears(2))
    assert (first.notify_id, first.trade_no) == (second.notify_id, second.trade_no)


@pytest.mark.parametrize("kind", ["forged", "tampered"])
def test_a_forged_or_changed_notice_is_not_believed(sandbox, shop, merchant, pay_url, kind):
    httpx.get(pay_url())
    sandbox.pay("O1")
    shop.hears(1)
    sandbox.send_notice("O1", kind)
    with pytest.raises(alipay.BadSignature):
        merchant.read_notice(shop.hears(2)[1])


def test_a_truly_signed_notice_for_another_seller_is_not_ours(sandbox, shop, merchant, pay_url):
    httpx.get(pay_url())
    sandbox.pay("O1")
    shop.hears(1)
    sandbox.send_notice("O1", "wrong-seller")
    with pytest.raises(alipay.NotForUs):
        merchant.read_notice(shop.hears(2)[1])


def test_a_truly_signed_notice_of_a_wrong_amount_shows_that_amount(sandbox, shop, merchant, pay_url):
    httpx.get(pay_url())
    sandbox.pay("O1")
    shop.hears(1)
    sandbox.send_notice("O1", "wrong-amount")
    assert merchant.read_notice(shop.hears(2)[1]).amount == Decimal("0.01")


def test_a_held_back_notice_comes_after_the_query_already_knows(sandbox, shop, merchant, pay_url, now):
    httpx.post(f"{sandbox.url}/control/delay", data={"seconds": "0.3"})
    httpx.get(pay_url())
    sandbox.pay("O1")
    assert shop.notices == []
    assert merchant.query("O1", at=now).paid
    assert merchant.read_notice(shop.hears(1)[0]).paid


def test_the_query_tells_paid_from_unpaid_and_from_unknown(sandbox, merchant, pay_url, now):
    assert merchant.query("O1", at=now) is None
    httpx.get(pay_url())
    unpaid = merchant.query("O1", at=now)
    assert (unpaid.paid, unpaid.amount, unpaid.paid_at) == (False, Decimal("70.00"), None)
    sandbox.pay("O1")
    paid = merchant.query("O1", at=now)
    assert paid.paid
    assert abs(paid.paid_at - now) < timedelta(minutes=1)


def test_a_closed_trade_cannot_be_paid_and_a_paid_one_cannot_be_closed(sandbox, shop, merchant, pay_url, now):
    page = httpx.get(pay_url("O1"))
    merchant.close("O1", at=now)
    assert press(sandbox, page, "付款").status_code == 409
    assert merchant.query("O1", at=now).status == "TRADE_CLOSED"
    httpx.get(pay_url("O2"))
    sandbox.pay("O2")
    with pytest.raises(alipay.GatewayRefused) as refused:
        merchant.close("O2", at=now)
    assert refused.value.sub_code == "ACQ.TRADE_STATUS_ERROR"
    merchant.close("unknown", at=now)  # as good as closed


def test_a_trade_past_its_end_is_closed_by_the_cashier(sandbox, merchant, pay_url, now):
    page = httpx.get(pay_url(expires_at=now - timedelta(minutes=1)))
    assert page.status_code == 400
    assert "已经关闭" in page.text
    assert merchant.query("O1", at=now).status == "TRADE_CLOSED"


def test_the_cashier_refuses_a_request_that_the_merchant_did_not_sign(sandbox, merchant, now):
    stranger = replace(merchant, private_key=strangers_key())
    url = stranger.page_pay_url(order_number="O1", amount=Decimal("70"), subject="课", at=now)
    page = httpx.get(url)
    assert page.status_code == 400
    assert "isv.invalid-signature" in page.text
    with pytest.raises(alipay.GatewayRefused) as refused:
        stranger.query("O1", at=now)
    assert refused.value.sub_code == "isv.invalid-signature"


def test_the_cashier_refuses_a_changed_amount(sandbox, pay_url):
    page = httpx.get(pay_url().replace("70.00", "0.01"))
    assert page.status_code == 400
    assert "无效的签名" in page.text
    httpx.get(pay_url("O2"))
    other = httpx.get(pay_url("O2", Decimal("1")))
    assert "金额与原订单不一致" in other.text


def test_a_request_with_an_old_stamp_is_refused(sandbox, merchant, now):
    with pytest.raises(alipay.GatewayRefused) as refused:
        merchant.query("O1", at=now - timedelta(hours=1))
    assert refused.value.sub_code == "isv.invalid-timestamp"


def test_what_is_written_on_the_cashier_page_cannot_be_markup(sandbox, pay_url):
    page = httpx.get(pay_url(subject="<script>alert(1)</script>"))
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_controls_list_the_trades_and_refuse_what_they_do_not_know(sandbox, shop, pay_url):
    httpx.get(pay_url())
    sandbox.pay("O1")
    shop.hears(1)
    trades = httpx.get(f"{sandbox.url}/control/trades").json()
    assert [trade["out_trade_no"] for trade in trades] == ["O1"]
    control = f"{sandbox.url}/control/notice"
    sent = httpx.post(control, data={"out_trade_no": "O1", "kind": "repeat"})
    assert sent.json() == {"answer": "success"}
    assert httpx.post(control, data={"out_trade_no": "O1", "kind": "kind"}).status_code == 404
    assert httpx.post(control, data={"out_trade_no": "O9"}).status_code == 404
    assert httpx.get(control).status_code == 405


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path):
    with Sandbox(state_dir=tmp_path) as first:
        before = (first.keys_dir / "merchant_private.pem").read_bytes()
        modes = {path.stat().st_mode & 0o777 for path in first.keys_dir.iterdir()}
    assert modes == {0o600}
    with Sandbox(state_dir=tmp_path) as second:
        assert (second.keys_dir / "merchant_private.pem").read_bytes() == before
