"""The counter's desk, through its pages."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from xueshi.kernel.models import AuditLine
from xueshi.payments.models import Payment, Receipt
from xueshi.people.models import Person
from xueshi.people.queries import present_employer
from xueshi.training import actions
from xueshi.training.models import Enrolment

NOW = datetime.now(UTC)


@pytest.fixture
def enrolment(viewer, wang, plan):
    return actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)


@pytest.fixture
def desk(signed_in, cashier):
    return signed_in(cashier)


def text(response):
    return response.content.decode()


def page(name, *args):
    return reverse(f"authority:{name}", args=args)


def check(desk, person):
    return desk.post(page("check_registrant", person.pk), follow=True)


def take(desk, enrolment):
    return desk.post(page("take_fee", enrolment.person_id, enrolment.pk), follow=True)


# ---- finding -------------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-06", "CQ-25")
def test_a_registrant_is_found_by_name_or_by_the_last_four(desk, wang, enrolment, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        by_name = desk.post(page("counter"), {"text": "示例王"})
    by_tail = desk.post(page("counter"), {"text": wang.id_masked[-4:].lower()})
    for found in (by_name, by_tail):
        assert page("registrant", wang.pk) in text(found)
        assert wang.id_masked in text(found)
        assert "待缴费" in text(found)


def test_what_was_typed_is_kept_and_nothing_typed_is_said(desk, wang):
    nobody = desk.post(page("counter"), {"text": "没有此人"})
    assert "没有找到这个人" in text(nobody)
    assert 'value="没有此人"' in text(nobody)
    empty = desk.post(page("counter"), {"text": " "})
    assert empty.status_code == 422
    assert "请填姓名" in text(empty)


def test_a_person_of_another_district_is_neither_found_nor_shown(desk, chongqing, make_person):
    region = type(chongqing).objects.create(code="500199", name="示例区", parent=chongqing)
    other = make_person("示例外区人", 30, region=region)
    assert "没有找到这个人" in text(desk.post(page("counter"), {"text": "示例外区人"}))
    for name in ("registrant", "correct"):
        assert desk.get(page(name, other.pk)).status_code == 404
    assert check(desk, other).status_code == 404


def test_a_verifier_has_no_desk_here(signed_in, verifier, wang):
    client = signed_in(verifier)
    for url in (page("counter"), page("counter_day"), page("registrant", wang.pk)):
        assert client.get(url).status_code == 403


# ---- checking and taking -------------------------------------------------------------------------------


@pytest.mark.clause("CQ-06")
def test_the_data_are_shown_in_full_checked_and_then_the_fee_is_taken(
    desk, wang, enrolment, county_unit, cashier, django_assert_max_num_queries
):
    with django_assert_max_num_queries(26):
        before = desk.get(page("registrant", wang.pk))
    for words in (wang.name, wang.id_masked, "1980年3月7日", "13800000000", county_unit.name, "先核对资料，再收费"):
        assert words in text(before)
    assert page("take_fee", wang.pk, enrolment.pk) not in text(before)
    checked = check(desk, wang)
    assert f"{cashier.name} 核对" in text(checked)
    assert page("take_fee", wang.pk, enrolment.pk) in text(checked)
    taken = take(desk, enrolment)
    receipt = Receipt.objects.get()
    assert f"已收 70.00 元，学习和考试权限已开通。收据 {receipt.number}。" in text(taken)
    assert page("receipt", receipt.pk) in text(taken)
    enrolment.refresh_from_db()
    assert enrolment.opened_at


def test_a_second_click_on_taking_is_harmless(desk, wang, enrolment):
    check(desk, wang)
    take(desk, enrolment)
    take(desk, enrolment)
    assert Payment.objects.count() == 1


def test_an_address_that_names_another_person_takes_nothing(desk, wang, stranger, enrolment):
    check(desk, wang)
    assert desk.post(page("take_fee", stranger.pk, enrolment.pk)).status_code == 404
    assert not Payment.objects.exists()


def test_without_checking_the_desk_refuses_the_fee(desk, enrolment):
    refused = take(desk, enrolment)
    assert refused.status_code == 409
    assert "收费之前，要先对照身份证核对注册信息" in text(refused)
    assert not Payment.objects.exists()


@pytest.mark.clause("CQ-07")
def test_the_wrong_counter_is_refused_with_the_name_of_the_right_one(
    desk, make_person, municipal_unit, training_centre, plan, viewer
):
    designer = make_person("示例设计师", 22, employer=municipal_unit)
    enrolment = actions.choose(viewer=viewer(designer), plan_id=plan.pk, at=NOW)
    check(desk, designer)
    shown = desk.get(page("registrant", designer.pk))
    assert "不在您的窗口缴" in text(shown)
    assert training_centre.name in text(shown)
    refused = take(desk, enrolment)
    assert refused.status_code == 403
    assert training_centre.name in text(refused)


def test_paid_online_is_said_and_the_data_can_still_be_checked(desk, wang, enrolment, notice):
    from xueshi.payments.queries import order_of

    actions.hear_notice(provider="alipay", fields=notice(order_of(f"enrolment:{enrolment.pk}")), at=NOW)
    shown = desk.get(page("registrant", wang.pk))
    assert "已在线付清，不要再收现金" in text(shown)
    assert take(desk, enrolment).status_code == 409
    check(desk, wang)
    assert Person.objects.get(pk=wang.pk).identity_checked_at


def test_who_has_not_chosen_yet_is_told_what_to_do(desk, wang):
    assert "请学员登录后在“选报课程”选课" in text(desk.get(page("registrant", wang.pk)))


# ---- correcting ----------------------------------------------------------------------------------------


def test_data_are_corrected_with_a_reason_that_the_owner_can_see(desk, wang, county_unit):
    url = page("correct", wang.pk)
    assert desk.get(url).status_code == 200
    said = {"name": "示例王晓老师", "phone": "139 0000 0000", "employer": county_unit.pk, "reason": "注册时写错"}
    shown = desk.post(url, said, follow=True)
    assert "已改正" in text(shown)
    wang.refresh_from_db()
    assert (wang.name, wang.phone) == ("示例王晓老师", "13900000000")
    line = AuditLine.objects.get(action="person.correct")
    assert (line.reason, line.facts["changed"]) == ("注册时写错", ["name", "phone"])


def test_nobody_checks_or_corrects_the_own_data_at_the_counter(desk, cashier):
    name = cashier.name
    assert check(desk, cashier).status_code == 403
    typed = {"name": "示例新名", "phone": cashier.phone, "employer": "", "reason": "试试"}
    assert desk.post(page("correct", cashier.pk), typed).status_code == 403
    cashier.refresh_from_db()
    assert (cashier.name, cashier.identity_checked_at) == (name, None)


def test_a_new_phone_number_does_not_end_the_work_at_a_unit_that_has_closed(desk, wang, county_unit):
    county_unit.closed_at = NOW
    county_unit.save()
    url = page("correct", wang.pk)
    assert f'<option value="{county_unit.pk}" selected>' in text(desk.get(url))
    typed = {"name": wang.name, "phone": "13800009999", "employer": county_unit.pk, "reason": "换了手机"}
    assert desk.post(url, typed).status_code == 303
    wang.refresh_from_db()
    assert wang.phone == "13800009999"
    assert present_employer(wang.pk, NOW.date()) == county_unit


def test_another_unit_is_where_one_works_from_today(desk, wang, county_unit, municipal_unit):
    said = {"name": wang.name, "phone": wang.phone, "employer": municipal_unit.pk, "reason": "调动"}
    shown = desk.post(page("correct", wang.pk), said, follow=True)
    assert municipal_unit.name in text(shown)


@pytest.mark.parametrize(
    ("field", "value", "says"), [("reason", "", "请写一句为什么改"), ("phone", "110", "手机"), ("name", "王1", "姓名")]
)
def test_a_correction_that_cannot_be_is_said_beside_its_field(desk, wang, field, value, says):
    said = {"name": wang.name, "phone": wang.phone, "employer": "", "reason": "写错"} | {field: value}
    shown = desk.post(page("correct", wang.pk), said)
    assert shown.status_code == 422
    assert says in text(shown)
    assert not AuditLine.objects.filter(action="person.correct").exists()


# ---- receipts and the day ------------------------------------------------------------------------------


@pytest.mark.clause("CQ-22")
def test_the_receipt_is_printed_and_the_day_adds_up(
    desk, wang, enrolment, cashier, county_bureau, django_assert_max_num_queries
):
    check(desk, wang)
    take(desk, enrolment)
    receipt = Receipt.objects.get()
    paper = desk.get(page("receipt", receipt.pk))
    for words in (receipt.number, "柒拾元整", "渝价函〔2010〕205号", cashier.name, county_bureau.name):
        assert words in text(paper)
    with django_assert_max_num_queries(6):
        day = desk.get(page("counter_day"))
    assert "1 笔，共 70.00 元" in text(day)
    assert receipt.number in text(day)
    assert "今天您收了 1 笔，共 70.00 元" in text(desk.get(page("counter")))
    assert "这一天没有收费" in text(desk.get(page("counter_day"), {"on": "2020-01-01"}))
    for odd in ("昨天", "9999-12-31", "0001-01-01"):
        assert desk.get(page("counter_day"), {"on": odd}).status_code == 422


def test_another_counters_receipt_is_not_there(desk, wang, enrolment, make_person, training_centre, signed_in):
    check(desk, wang)
    take(desk, enrolment)
    other = signed_in(make_person("示例中心窗口", 20, post="counter", at_organisation=training_centre))
    assert other.get(page("receipt", Receipt.objects.get().pk)).status_code == 404
    assert "这一天没有收费" in text(other.get(page("counter_day")))


def test_the_desk_speaks_english(desk, wang, enrolment):
    desk.cookies["django_language"] = "en"
    assert "Find the learner" in text(desk.get(page("counter")))
    assert "Check against the card" in text(desk.get(page("registrant", wang.pk)))
    assert Enrolment.objects.get().opened_at is None
    check(desk, wang)
    take(desk, enrolment)
    assert "70.00 yuan paid, On site" in text(desk.get(page("registrant", wang.pk)))
