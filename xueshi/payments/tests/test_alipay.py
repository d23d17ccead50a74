"""What we believe of Alipay's words. The exchange over sockets is proved in the sandbox's tests."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from xueshi.payments import alipay

AT = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)
KEYS = {side: rsa.generate_private_key(65537, 2048) for side in ("ours", "theirs", "strangers")}


def private_pem(side):
    encoding, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return KEYS[side].private_bytes(encoding, kind, serialization.NoEncryption()).decode()


def public_pem(side):
    encoding, kind = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return KEYS[side].public_key().public_bytes(encoding, kind).decode()


MERCHANT = alipay.AlipayMerchant(
    app_id="2021000000000000",
    seller_id="2088000000000000",
    gateway="http://127.0.0.1:9/gateway.do",
    private_key=private_pem("ours"),
    alipay_public_key=public_pem("theirs"),
    notify_url="http://127.0.0.1:8000/notice",
    return_url="http://127.0.0.1:8000/back",
)


def sign(text, side="theirs"):
    raw = KEYS[side].sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(raw).decode()


def notice(side="theirs", **changes):
    """A notice as Alipay sends it; ``changes`` are made before it is signed."""
    params = {
        "app_id": "2021000000000000",
        "gmt_payment": "2026-03-01 09:00:00",
        "notify_id": "n1",
        "notify_time": "2026-03-01 09:00:01",
        "out_trade_no": "O1",
        "seller_id": "2088000000000000",
        "subject": "公需科目 a=b&c",
        "total_amount": "70.00",
        "trade_no": "T1",
        "trade_status": "TRADE_SUCCESS",
    } | changes
    text = "&".join(f"{key}={params[key]}" for key in sorted(params) if params[key])
    return params | {"sign": sign(text, side), "sign_type": "RSA2"}


def test_a_true_notice_is_read():
    heard = MERCHANT.read_notice(notice())
    assert heard == alipay.Notice(
        order_number="O1",
        trade_no="T1",
        amount=Decimal("70.00"),
        status="TRADE_SUCCESS",
        paid_at=datetime(2026, 3, 1, 1, 0, 0, tzinfo=UTC),
        notify_id="n1",
        sent_at=datetime(2026, 3, 1, 1, 0, 1, tzinfo=UTC),
    )
    assert heard.paid


@pytest.mark.parametrize("status", ["WAIT_BUYER_PAY", "TRADE_CLOSED"])
def test_a_true_notice_of_something_else_is_not_a_payment(status):
    assert not MERCHANT.read_notice(notice(trade_status=status)).paid


def test_a_notice_signed_by_a_stranger_is_not_believed():
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice(side="strangers"))


def test_our_own_signature_is_not_alipays():
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice(side="ours"))


@given(st.sampled_from(sorted(notice())), st.text(min_size=1, max_size=20))
def test_no_value_of_a_notice_can_be_changed_on_the_way(name, other):
    params = notice()
    if params[name] == other:
        return
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(params | {name: other})


@given(st.text(min_size=1, max_size=10), st.text(min_size=1, max_size=10))
def test_nothing_can_be_added_to_a_notice(name, value):
    if name in notice():
        return
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice() | {name: value})


@pytest.mark.parametrize("signature", ["", "no base64", "AAAA", sign("something else")])
def test_a_signature_that_is_none_is_refused_without_a_crash(signature):
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice() | {"sign": signature})


def test_words_that_no_encoding_has_are_not_believed_and_do_not_crash():
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice() | {"subject": "\ud800"})


def test_an_older_kind_of_signature_is_refused():
    with pytest.raises(alipay.BadSignature):
        MERCHANT.read_notice(notice() | {"sign_type": "RSA"})


@pytest.mark.parametrize(
    "changes", [{"app_id": "2021999999999999"}, {"seller_id": "2088999999999999"}, {"seller_id": ""}]
)
def test_a_true_notice_to_somebody_else_is_not_for_us(changes):
    with pytest.raises(alipay.NotForUs):
        MERCHANT.read_notice(notice(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"total_amount": ""},
        {"total_amount": "-70.00"},
        {"total_amount": "7e1"},
        {"total_amount": "70.001"},
        {"total_amount": "NaN"},
        {"total_amount": "７０"},
        {"out_trade_no": ""},
        {"trade_no": ""},
        {"notify_id": ""},
        {"notify_time": "yesterday"},
    ],
)
def test_a_true_notice_that_says_too_little_or_nonsense_is_malformed(changes):
    with pytest.raises(alipay.Malformed):
        MERCHANT.read_notice(notice(**changes))


def test_the_cashiers_address_carries_what_is_asked_and_our_signature():
    url = MERCHANT.page_pay_url(
        order_number="O1",
        amount=Decimal("70"),
        subject="公需科目",
        at=AT,
        expires_at=datetime(2026, 3, 1, 2, tzinfo=UTC),
    )
    params = dict(parse_qsl(urlsplit(url).query))
    assert params["timestamp"] == "2026-03-01 09:02:03"
    assert json.loads(params["biz_content"]) == {
        "out_trade_no": "O1",
        "product_code": "FAST_INSTANT_TRADE_PAY",
        "subject": "公需科目",
        "time_expire": "2026-03-01 10:00:00",
        "total_amount": "70.00",
    }
    raw = base64.b64decode(params.pop("sign"))
    text = "&".join(f"{key}={params[key]}" for key in sorted(params))
    KEYS["ours"].public_key().verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("amount", ["0", "-70", "0.001"])
def test_no_cashier_for_an_amount_that_cannot_be_paid(amount):
    with pytest.raises(ValueError, match="cannot be asked for"):
        MERCHANT.page_pay_url(order_number="O1", amount=Decimal(amount), subject="课", at=AT)


def test_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="zone"):
        MERCHANT.query("O1", at=AT.replace(tzinfo=None))


def test_no_key_is_in_any_repr():
    assert "PRIVATE" not in repr(MERCHANT)


NODE = json.dumps(
    {
        "code": "10000",
        "msg": "Success",
        "out_trade_no": "O1",
        "total_amount": "70.00",
        "trade_no": "T1",
        "trade_status": "TRADE_SUCCESS",
    }
)
NAME = "alipay_trade_query_response"


class Gateway:
    """Answers whatever it is told to, so that a dishonest gateway can be shown."""

    def __init__(self):
        self.status, self.body = 200, ""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(gateway.status)
                self.end_headers()
                self.wfile.write(gateway.body.encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        self.merchant = replace(MERCHANT, gateway=f"http://127.0.0.1:{self.server.server_address[1]}/gateway.do")

    def says(self, body, status=200):
        self.status, self.body = status, body
        return self.merchant.query("O1", at=AT)


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.server.shutdown()
    gateway.server.server_close()
    gateway.thread.join()


def test_an_answer_under_alipays_signature_is_believed(gateway):
    trade = gateway.says(f'{{"{NAME}":{NODE},"sign":"{sign(NODE)}"}}')
    assert (trade.amount, trade.paid) == (Decimal("70.00"), True)


def test_white_space_and_other_members_around_the_node_do_not_matter(gateway):
    body = f' {{ "sign" : "{sign(NODE)}" , "alipay_cert_sn": "x", "{NAME}" : {NODE} }} '
    assert gateway.says(body).paid


@pytest.mark.parametrize(
    "body",
    [
        f'{{"{NAME}":{NODE.replace("70.00", "0.01")},"sign":"{sign(NODE)}"}}',
        f'{{"{NAME}":{NODE},"sign":"{sign(NODE, "strangers")}"}}',
        f'{{"{NAME}":{NODE},"sign":""}}',
    ],
)
def test_a_changed_or_forged_answer_is_not_believed(gateway, body):
    with pytest.raises(alipay.BadSignature):
        gateway.says(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        "{}",
        f'{{"{NAME}":{NODE}}}',
        f'{{"{NAME}":{NODE},"{NAME}":{{}},"sign":"{sign(NODE)}"}}',
        f'{{"{NAME}":{NODE},"sign":7}}',
        f'{{"{NAME}":{NODE},"sign":"{sign(NODE)}"}} more',
        f'{{"{NAME}":[],"sign":"{sign("[]")}"}}',
        "[" * 100_000,
    ],
)
def test_an_answer_that_is_not_one_is_malformed(gateway, body):
    with pytest.raises(alipay.Malformed):
        gateway.says(body)


def test_an_answer_about_another_order_is_not_for_us(gateway):
    node = NODE.replace("O1", "O2")
    with pytest.raises(alipay.NotForUs):
        gateway.says(f'{{"{NAME}":{node},"sign":"{sign(node)}"}}')


def test_a_gateway_in_trouble_is_unreachable(gateway):
    with pytest.raises(alipay.Unreachable):
        gateway.says("", status=502)
    with pytest.raises(alipay.Unreachable):
        MERCHANT.query("O1", at=AT)
