"""The text gateway's signature: its published example, and the peer that checks it for real."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest

from sandbox import Sandbox
from xueshi.kernel import sms

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(state_dir=tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def gateway(sandbox):
    return sms.SmsGateway(
        endpoint=sandbox.sms_endpoint,
        access_key_id="sandbox",
        secret=(sandbox.keys_dir / "sms_secret").read_text(),
        sign_name="学时",
    )


def test_the_signature_is_the_one_of_the_published_example():
    signed = sms.authorization(
        "POST",
        "/",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        {
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": EMPTY,
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        access_key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
    )
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_a_text_arrives_with_its_chinese_words_and_marks(sandbox, gateway):
    receipt = gateway.send(phone="13800000000", template="SMS_XUESHI", params={"text": "验证码 123456 ~*+/&=?"})
    assert receipt
    assert (sandbox.inbox[0].kind, sandbox.inbox[0].to) == ("sms", "13800000000")
    assert sandbox.inbox[0].text == "【学时】验证码 123456 ~*+/&=?"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "another"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "nobody"}, "InvalidAccessKeyId.NotFound"),
    ],
)
def test_a_gateway_that_does_not_know_us_takes_no_text(sandbox, gateway, change, code):
    before = len(sandbox.inbox)
    with pytest.raises(sms.SmsProblem) as problem:
        replace(gateway, **change).send(phone="13800000000", template="T", params={})
    assert problem.value.code == code
    assert len(sandbox.inbox) == before


def test_a_number_that_is_no_mobile_is_refused_in_the_gateways_word(gateway):
    with pytest.raises(sms.SmsProblem) as problem:
        gateway.send(phone="02386868720", template="SMS_XUESHI", params={"text": "x"})
    assert problem.value.code == "isv.MOBILE_NUMBER_ILLEGAL"


def test_a_gateway_that_is_away_is_a_problem_and_not_a_crash(gateway):
    with pytest.raises(sms.SmsProblem) as problem:
        replace(gateway, endpoint="http://127.0.0.1:9/").send(
            phone="13800000000", template="SMS_XUESHI", params={"text": "x"}
        )
    assert problem.value.code == "Unreachable"


def test_a_page_that_is_no_gateway_is_a_problem_and_not_a_crash(sandbox, gateway):
    with pytest.raises(sms.SmsProblem) as problem:
        replace(gateway, endpoint=f"{sandbox.url}/inbox").send(
            phone="13800000000", template="SMS_XUESHI", params={"text": "x"}
        )
    assert problem.value.code == "Unreadable"


def send_raw(gateway, *, at=None, nonce="n", query=None, headers=None):
    """A request as the client builds it, with one thing changed on the way."""
    wishes = {"PhoneNumbers": "13800000000", "SignName": "学时", "TemplateCode": "T"}
    signed = gateway.signed_headers(wishes, at=at or datetime.now(UTC), nonce=nonce)
    address = f"{gateway.endpoint}?{urlencode(wishes | (query or {}))}"
    return httpx.post(address, headers=signed | (headers or {})).json()["Code"]


def test_a_copied_request_is_taken_once(gateway):
    at = datetime.now(UTC)
    assert send_raw(gateway, at=at, nonce="once") == "OK"
    assert send_raw(gateway, at=at, nonce="once") == "SignatureNonceUsed"


def test_an_old_request_is_not_taken(gateway):
    old = datetime.now(UTC) - timedelta(minutes=20)
    assert send_raw(gateway, at=old, nonce="old") == "InvalidTimeStamp.Expired"


def test_a_changed_number_breaks_the_signature(gateway):
    changed = {"PhoneNumbers": "13900000000"}
    assert send_raw(gateway, nonce="changed", query=changed) == "SignatureDoesNotMatch"


def test_a_changed_header_breaks_the_signature(gateway):
    changed = {"x-acs-signature-nonce": "other"}
    assert send_raw(gateway, nonce="header", headers=changed) == "SignatureDoesNotMatch"


def test_the_secret_is_in_no_repr(gateway):
    assert gateway.secret not in repr(gateway)
    assert json.dumps(gateway.sign_name) not in gateway.secret
