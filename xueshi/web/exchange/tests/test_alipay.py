"""The provider's notice arrives by HTTP."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from xueshi.payments.models import Notice, Order, Payment
from xueshi.training import actions
from xueshi.training.models import Enrolment

URL = reverse("exchange:alipay_notice")


@pytest.fixture
def order(viewer, wang, plan):
    actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=datetime.now(UTC))
    return Order.objects.get()


def post(fields):
    return Client(enforce_csrf_checks=True).post(URL, fields)


@pytest.mark.clause("CQ-08")
def test_a_true_notice_is_answered_success_each_time_and_opens_study_once(order, notice):
    answers = [post(notice(order)).content for _ in range(3)]
    assert answers == [b"success"] * 3
    assert Payment.objects.count() == 1
    assert Enrolment.objects.get().opened_at


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"total_amount": "0.01"}, "mismatched"),
        ({"out_trade_no": "DD1"}, "unknown"),
        ({"seller_id": "1"}, "mismatched"),
    ],
)
def test_a_wrong_notice_is_answered_fail(order, notice, change, verdict):
    assert post(notice(order, **change)).content == b"fail"
    assert Notice.objects.get().verdict == verdict
    assert not Payment.objects.exists()


def test_a_forged_notice_is_answered_fail(order, notice):
    assert post(notice(order) | {"total_amount": "7.00"}).content == b"fail"
    assert post({}).content == b"fail"
    assert post({"sign": "x", "out_trade_no": order.number}).content == b"fail"
    assert not Payment.objects.exists()


def test_a_late_notice_is_answered_success_so_that_it_ends(order, notice):
    order.state = "cancelled"
    order.save()
    assert post(notice(order)).content == b"success"
    assert Notice.objects.get().verdict == "late"


def test_it_is_posted_or_not_heard(db):
    assert Client().get(URL).status_code == 405


@pytest.mark.clause("CQ-08")
@pytest.mark.django_db(transaction=True)
def test_the_provider_itself_pays_and_tells_over_the_wire(viewer, wang, plan, bank, settings, live_server):
    """The peer's own notices, true, repeated and altered, against a listening house."""
    import httpx

    settings.ALIPAY_NOTIFY_URL = live_server.url + URL
    enrolment = actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=datetime.now(UTC))
    order = Order.objects.get()
    address = actions.pay_online(viewer=viewer(wang), order_id=order.pk, back_url="", at=datetime.now(UTC))
    assert httpx.get(address, trust_env=False).status_code == 200
    for kind in ("forged", "tampered", "wrong-seller"):
        assert bank.send_notice(order.number, kind) == "fail"
    assert not Payment.objects.exists()
    bank.pay(order.number)
    assert bank.send_notice(order.number, "repeat") == "success"
    for kind in ("forged", "tampered", "wrong-amount", "wrong-seller"):
        assert bank.send_notice(order.number, kind) == "fail"
    enrolment.refresh_from_db()
    assert enrolment.opened_at
    assert Payment.objects.count() == 1
