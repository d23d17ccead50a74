"""Choosing and paying, through the pages; the provider is a real peer on loopback."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.urls import reverse

from xueshi.payments.models import Order, Payment
from xueshi.people import actions as people
from xueshi.training import actions
from xueshi.training.models import Enrolment

NOW = datetime.now(UTC)


@pytest.fixture
def client_of(signed_in):
    return signed_in


@pytest.fixture
def order(viewer, wang, plan):
    enrolment = actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)
    return Order.objects.get(subject=f"enrolment:{enrolment.pk}")


def page(order, name="order"):
    return reverse(f"learner:{name}", args=[order.pk])


def text(response):
    return response.content.decode()


# ---- choosing ------------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-05", "CQ-22", "CQ-23")
def test_the_years_course_stands_there_with_its_price_and_the_clause(
    wang, plan, signed_in, django_assert_max_num_queries
):
    client = signed_in(wang)
    with django_assert_max_num_queries(9):
        response = client.get(reverse("learner:choose"))
    assert response.status_code == 200
    for words in (plan.course.title, "70.00 元", "渝价函〔2010〕205号", "模拟练习", "渝人社办〔2010〕257号 三"):
        assert words in text(response)


@pytest.mark.clause("CQ-05", "CQ-51")
def test_choosing_leads_to_the_order_and_a_second_click_to_the_same(wang, plan, signed_in):
    client = signed_in(wang)
    url = reverse("learner:choose_plan", args=[plan.pk])
    first, second = client.post(url), client.post(url)
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"] == page(Order.objects.get())
    assert "去缴费" in text(client.get(reverse("learner:choose")))


def test_where_nothing_is_offered_the_page_says_what_will_be(wang, signed_in):
    assert "年度计划发布后" in text(signed_in(wang).get(reverse("learner:choose")))


def test_a_plan_that_is_over_says_so_and_cannot_be_chosen(wang, plan, signed_in):
    plan.closes_at = NOW - timedelta(days=1)
    plan.save()
    client = signed_in(wang)
    assert "选课时间已过" in text(client.get(reverse("learner:choose")))
    refused = client.post(reverse("learner:choose_plan", args=[plan.pk]))
    assert refused.status_code == 409
    assert "不在选课时间内" in text(refused)
    assert not Enrolment.objects.exists()


def test_a_choice_is_taken_back_on_the_page(wang, plan, order, signed_in):
    client = signed_in(wang)
    enrolment = Enrolment.objects.get()
    response = client.post(reverse("learner:withdraw", args=[enrolment.pk]), follow=True)
    assert "已退选" in text(response)
    assert "选这门课" in text(response)
    assert "已经取消" in text(client.get(page(order)))
    assert client.post(page(order, "pay")).status_code == 409


# ---- the order page ------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-06", "CQ-08")
def test_the_two_ways_stand_side_by_side_with_the_right_counter(
    wang, order, county_bureau, signed_in, django_assert_max_num_queries
):
    county_bureau.hours = "周一至周五 9:00-17:00"
    county_bureau.save()
    client = signed_in(wang)
    with django_assert_max_num_queries(14):
        response = client.get(page(order))
    for words in ("在线付费", "现场缴费", county_bureau.name, "示例路 1 号", "9:00-17:00", "身份证", order.number):
        assert words in text(response)
    assert "由系统自动开通学习和考试权限" in text(response)  # the clause of the second way


@pytest.mark.clause("CQ-07")
def test_who_works_for_a_municipal_unit_is_sent_to_the_training_centre(
    make_person, municipal_unit, training_centre, county_bureau, plan, viewer, signed_in
):
    designer = make_person("示例设计师", 22, employer=municipal_unit)
    actions.choose(viewer=viewer(designer), plan_id=plan.pk, at=NOW)
    response = signed_in(designer).get(page(Order.objects.get()))
    assert training_centre.name in text(response)
    assert county_bureau.name not in text(response)


@pytest.mark.parametrize("name", ["order", "order_state", "receipt", "pay", "ask"])
def test_a_strangers_order_is_not_there(stranger, order, signed_in, name):
    client = signed_in(stranger)
    response = (client.post if name in {"pay", "ask"} else client.get)(page(order, name))
    assert response.status_code == 404
    assert order.number not in text(response)


def test_without_a_receipt_there_is_none(wang, order, signed_in):
    assert signed_in(wang).get(page(order, "receipt")).status_code == 404


# ---- paying online -------------------------------------------------------------------------------------


def go(client, order):
    """Click on paying and let the browser arrive at the cashier."""
    response = client.post(page(order, "pay"))
    assert response.status_code == 303
    assert httpx.get(response["Location"], trust_env=False).status_code == 200
    return response["Location"]


@pytest.fixture
def deaf(settings):
    """Notices reach nobody."""
    settings.ALIPAY_NOTIFY_URL = "http://127.0.0.1:9/nobody-listens"


@pytest.mark.clause("CQ-08")
def test_paying_online_opens_study_when_the_browser_comes_back(wang, order, bank, deaf, signed_in):
    client = signed_in(wang)
    address = go(client, order)
    assert address.startswith(bank.gateway)
    waiting = client.get(page(order))
    assert "正在等支付宝的通知" in text(waiting)
    assert page(order, "order_state") in text(waiting)
    bank.pay(order.number)
    back = urlsplit(bank.alipay.return_address(bank.trade(order.number)))
    arrived = client.get(f"{back.path}?{back.query}", follow=True)
    assert back.path == reverse("learner:returned")
    assert arrived.redirect_chain == [(page(order), 302)]
    assert "已缴费，学习和考试已开通" in text(arrived)
    assert Enrolment.objects.get().opened_at


def test_the_return_page_believes_nobody_but_the_provider(wang, order, bank, deaf, signed_in):
    client = signed_in(wang)
    go(client, order)
    honest = urlsplit(bank.alipay.return_address(bank.trade(order.number)))
    unpaid = client.get(f"{honest.path}?{honest.query}", follow=True)
    assert "支付宝说这笔费用还没有付" in text(unpaid)
    forged = client.get(f"{honest.path}?out_trade_no={order.number}&trade_status=TRADE_SUCCESS&sign=x&sign_type=RSA2")
    assert forged["Location"] == reverse("learner:choose")
    assert not Payment.objects.exists()


def test_coming_back_to_somebody_elses_order_shows_nothing(wang, stranger, order, bank, deaf, signed_in):
    go(signed_in(wang), order)
    back = urlsplit(bank.alipay.return_address(bank.trade(order.number)))
    response = signed_in(stranger).get(f"{back.path}?{back.query}")
    assert response["Location"] == reverse("learner:choose")


def test_a_second_click_on_pay_goes_to_the_same_order_or_home_when_paid(wang, order, bank, deaf, signed_in):
    client = signed_in(wang)
    assert order.number in go(client, order)
    assert order.number in go(client, order)
    bank.pay(order.number)
    client.post(page(order, "ask"))
    assert client.post(page(order, "pay"))["Location"] == page(order)
    assert Payment.objects.count() == 1


def test_the_waiting_page_hears_that_the_money_came(wang, order, bank, deaf, notice, signed_in, viewer):
    client = signed_in(wang)
    go(client, order)
    still = client.get(page(order, "order_state"), headers={"HX-Request": "true"})
    assert "hx-get" in text(still)
    actions.hear_notice(provider="alipay", fields=notice(order), at=NOW)
    now = client.get(page(order, "order_state"), headers={"HX-Request": "true"})
    assert (now.status_code, now["HX-Redirect"]) == (204, page(order))


def test_after_a_quarter_of_an_hour_the_page_stops_asking(wang, order, bank, signed_in):
    order.sent_online_at = NOW - timedelta(minutes=16)
    order.save()
    response = signed_in(wang).get(page(order))
    assert "去查一下" in text(response)
    assert "hx-get" not in text(response).split("<main")[1]


def test_a_silent_provider_is_said_and_nothing_is_lost(wang, order, bank, signed_in, settings):
    client = signed_in(wang)
    go(client, order)
    settings.ALIPAY_GATEWAY = "http://127.0.0.1:9/gateway.do"
    assert "暂时联系不上支付宝" in text(client.post(page(order, "ask"), follow=True))


@pytest.mark.clause("CQ-22", "CQ-23")
def test_the_receipt_can_be_printed(wang, order, notice, signed_in, django_assert_max_num_queries):
    actions.hear_notice(provider="alipay", fields=notice(order), at=NOW)
    client = signed_in(wang)
    with django_assert_max_num_queries(6):
        response = client.get(page(order, "receipt"))
    for words in (wang.name, wang.id_masked, "柒拾元整", "70.00", "渝价函〔2010〕205号", "支付宝", "网络维护"):
        assert words in text(response)


def test_the_pages_speak_english(wang, order, county_bureau, signed_in):
    client = signed_in(wang)
    client.cookies["django_language"] = "en"
    assert "Pay online" in text(client.get(page(order)))
    assert "Choose" in text(client.get(reverse("learner:choose")))


def test_paid_at_the_counter_is_said_on_the_order(wang, order, cashier, county_bureau, viewer, signed_in):
    counter = viewer(cashier, "counter")
    people.check_identity(viewer=counter, person_id=wang.pk, at=NOW)
    actions.take_fee(viewer=counter, enrolment_id=Enrolment.objects.get().pk, organisation_id=county_bureau.pk, at=NOW)
    assert "现场缴费" in text(signed_in(wang).get(page(order)))
