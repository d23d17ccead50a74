"""What a plan costs under each of the five notices: an amount, a package, an hour, nothing, or what was set."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests import notices
from tests.notices import CHONGQING, HOHHOT, JINAN, JURONG, KAIFENG
from xueshi.kernel import clock
from xueshi.payments import queries as orders
from xueshi.payments.models import Order
from xueshi.training import actions, plan_actions, prices, queries
from xueshi.training.models import Enrolment, Plan

pytestmark = pytest.mark.django_db
SET = {"price": Decimal("120.00"), "price_basis": "示例价费〔2018〕1号"}


def day(held):
    return clock.day_of(held.at)


def amount(plan, held, **more):
    price = prices.price_of(plan, day(held), **more)
    return price and price.amount


@pytest.fixture
def learner(make_person):
    def make(held, serial=2):
        return make_person("示例学员", serial, region=notices.region_of(held))

    return make


def pay(enrolment):
    """As a paid order leaves it."""
    order = orders.order_of(queries.subject_of(enrolment.pk))
    Order.objects.filter(pk=order.pk).update(state="paid", paid_at=enrolment.chosen_at)
    Enrolment.objects.filter(pk=enrolment.pk).update(opened_at=enrolment.chosen_at)


# ---- by the notice's own words -------------------------------------------------------------------------


@pytest.mark.clause("CQ-22", "CQ-23")
def test_an_amount_is_for_a_person_and_year():
    plan = notices.plan_of(CHONGQING)
    price = prices.price_of(plan, day(CHONGQING))
    assert (price.amount, price.basis) == (Decimal("70.00"), "渝价函〔2010〕205号")
    assert price.covers[0] == "下载课件"
    assert prices.lacking(plan, day(CHONGQING)) == ""
    assert prices.hours_of(plan, day(CHONGQING)) == 20


@pytest.mark.parametrize(("hours", "yuan"), [("30", "75.00"), ("12", "75.00"), ("30.5", "150.00")])
def test_a_package_is_bought_whole(hours, yuan):
    plan = notices.plan_of(HOHHOT, hours=Decimal(hours))
    assert amount(plan, HOHHOT) == Decimal(yuan)
    assert prices.price_of(plan, day(HOHHOT)).basis == "内发改费字〔2018〕1399号"


@pytest.mark.parametrize(("hours", "yuan"), [("60", "150.00"), ("7.5", "18.75"), ("0.5", "1.25")])
def test_by_the_hour_the_price_is_the_hours_of_the_course(hours, yuan):
    plan = notices.plan_of(HOHHOT, category="professional", hours=Decimal(hours))
    assert amount(plan, HOHHOT) == Decimal(yuan)


@pytest.mark.parametrize("category", ["public", "professional"])
def test_without_hours_a_price_that_hangs_on_them_is_not_known(category):
    plan = notices.plan_of(HOHHOT, category=category)
    assert prices.lacking(plan, day(HOHHOT)) == "hours"
    assert prices.price_of(plan, day(HOHHOT)) is None


def test_what_is_free_costs_nothing_and_lacks_nothing():
    plan = notices.plan_of(JURONG)
    assert prices.fee_of(plan, day(JURONG)).free
    assert prices.price_of(plan, day(JURONG)) is None
    assert prices.lacking(plan, day(JURONG)) == ""


@pytest.mark.parametrize("held", [JINAN, KAIFENG], ids=lambda held: held.code)
def test_a_price_set_elsewhere_is_the_plans_with_its_basis(held):
    plan = notices.plan_of(held)
    assert prices.lacking(plan, day(held)) == "price"
    assert prices.price_of(plan, day(held)) is None
    Plan.objects.filter(pk=plan.pk).update(**SET)
    plan.refresh_from_db()
    price = prices.price_of(plan, day(held))
    assert (price.amount, price.basis, price.instrument) == (Decimal("120.00"), "示例价费〔2018〕1号", held.key)
    assert price.provision == prices.fee_of(plan, day(held)).provision


@pytest.mark.parametrize("held", [JINAN, KAIFENG], ids=lambda held: held.code)
def test_a_schedule_may_say_that_it_is_free(held, learner, viewer):
    plan = notices.plan_of(held, price=Decimal(0), price_basis=SET["price_basis"])
    assert (prices.lacking(plan, day(held)), prices.price_of(plan, day(held))) == ("", None)
    assert actions.choose(viewer=viewer(learner(held)), plan_id=plan.pk, at=held.at).opened_at == held.at


@pytest.mark.parametrize("given", [{"price": Decimal(1)}, {"price_basis": "某文件"}, {"hours": Decimal(0)}])
def test_a_price_always_has_its_basis_and_a_course_some_hours(given):
    plan = notices.plan_of(JINAN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(**given)


# ---- choosing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "given", "owed"),
    [
        (CHONGQING, {}, "70.00"),
        (HOHHOT, {"hours": Decimal(30)}, "75.00"),
        (JURONG, {}, None),
        (JINAN, SET, "120.00"),
        (KAIFENG, SET, "120.00"),
    ],
    ids=lambda one: getattr(one, "code", None),
)
def test_choosing_makes_the_order_that_the_notice_asks_for(held, given, owed, learner, viewer):
    plan = notices.plan_of(held, **given)
    enrolment = actions.choose(viewer=viewer(learner(held)), plan_id=plan.pk, at=held.at)
    order = orders.order_of(queries.subject_of(enrolment.pk))
    assert (order and order.amount) == (owed and Decimal(owed))
    assert (enrolment.opened_at is None) == (owed is not None)
    if order:
        assert "年度公需科目网络培训" in order.title


@pytest.mark.parametrize(("held", "category"), [(HOHHOT, "public"), (HOHHOT, "professional"), (JINAN, "public")])
def test_what_has_no_price_yet_cannot_be_chosen_and_is_never_free_by_mistake(held, category, learner, viewer):
    plan = notices.plan_of(held, category=category)
    with pytest.raises(actions.PriceNotSet) as refused:
        actions.choose(viewer=viewer(learner(held)), plan_id=plan.pk, at=held.at)
    assert plan.title in refused.value.said
    assert not Enrolment.objects.exists()


def test_what_is_left_of_a_package_is_used_up_before_another_is_bought(learner, viewer):
    person = learner(HOHHOT)
    first = notices.plan_of(HOHHOT, hours=Decimal(10))
    pay(actions.choose(viewer=viewer(person), plan_id=first.pk, at=HOHHOT.at))
    second = notices.plan_of(HOHHOT, code="second", hours=Decimal(20))
    third = notices.plan_of(HOHHOT, code="third", hours=Decimal(1))
    assert actions.choose(viewer=viewer(person), plan_id=second.pk, at=HOHHOT.at).opened_at
    assert queries.owed_by(person.pk, third, day(HOHHOT)).amount == Decimal("75.00")
    assert queries.owed_by(learner(HOHHOT, 4).pk, second, day(HOHHOT)).amount == Decimal("75.00")


def test_hours_are_paid_one_by_one_and_a_price_set_elsewhere_for_each_course(learner, viewer):
    for held, category, given in ((HOHHOT, "professional", {"hours": Decimal(8)}), (KAIFENG, "public", SET)):
        person = learner(held, 2 if held is HOHHOT else 4)
        first, second = (notices.plan_of(held, category=category, code=f"{held.code}-{n}", **given) for n in (1, 2))
        pay(actions.choose(viewer=viewer(person), plan_id=first.pk, at=held.at))
        assert queries.owed_by(person.pk, second, day(held)).amount == amount(first, held)
        assert "专业科目" in Order.objects.latest("pk").title or held is KAIFENG


@pytest.mark.clause("CQ-22")
def test_the_fee_of_a_year_is_owed_once_for_all_its_courses(learner, viewer):
    person = learner(CHONGQING)
    first, second = (notices.plan_of(CHONGQING, code=f"topic-{n}") for n in (1, 2))
    pay(actions.choose(viewer=viewer(person), plan_id=first.pk, at=CHONGQING.at))
    assert queries.owed_by(person.pk, second, day(CHONGQING)) is None


# ---- where it is paid ----------------------------------------------------------------------------------


@pytest.mark.parametrize("held", notices.ALL, ids=lambda held: held.code)
def test_an_order_is_shown_whether_or_not_the_notice_knows_a_counter(held, learner, viewer):
    given = {"hours": Decimal(30)} if held is HOHHOT else SET if held in (JINAN, KAIFENG) else {}
    plan, person = notices.plan_of(held, **given), learner(held)
    enrolment = actions.choose(viewer=viewer(person), plan_id=plan.pk, at=held.at)
    order = orders.order_of(queries.subject_of(enrolment.pk))
    if held is JURONG:
        assert order is None
        return
    due = queries.due_for(viewer(person), order.pk, day(held))
    assert (due.counter is not None) == (held is CHONGQING)
    assert due.clauses[0].cite.strip() == due.clauses[0].cite
    assert bool(due.clauses[1]) == (held in (CHONGQING, HOHHOT))


def test_a_counter_takes_no_fee_where_the_notice_names_none(learner, viewer, make_person, make_organisation):
    region = notices.region_of(HOHHOT)
    desk = make_organisation("示例区人力社保局", "county_hrss", "county", region)
    cashier = make_person("示例窗口", 6, region=region, post="counter", at_organisation=desk)
    plan, person = notices.plan_of(HOHHOT, hours=Decimal(30)), learner(HOHHOT)
    enrolment = actions.choose(viewer=viewer(person), plan_id=plan.pk, at=HOHHOT.at)
    with pytest.raises(actions.NoCounter):
        actions.take_fee(
            viewer=viewer(cashier, "counter"), enrolment_id=enrolment.pk, organisation_id=desk.pk, at=HOHHOT.at
        )
    assert queries.registrant_for(viewer(cashier, "counter"), person.pk, day(HOHHOT)).dues[0].counter is None


# ---- publishing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "category", "given", "missing"),
    [
        (CHONGQING, "public", {}, ""),
        (CHONGQING, "public", {"hours": Decimal(20)}, ""),
        (CHONGQING, "public", {"hours": Decimal(24)}, "通知规定这门课计 20 学时"),
        (CHONGQING, "public", SET, "价格由通知定"),
        (CHONGQING, "professional", {}, "没有规定收费"),
        (HOHHOT, "public", {"hours": Decimal(30)}, ""),
        (HOHHOT, "public", {}, "要录入这门课计多少学时"),
        (HOHHOT, "professional", {}, "要录入这门课计多少学时"),
        (HOHHOT, "professional", {"hours": Decimal(60)}, ""),
        (JURONG, "public", {}, ""),
        (JURONG, "public", SET, "价格由通知定"),
        (JURONG, "professional", {}, "没有规定收费"),
        (JINAN, "public", {}, "要录入主管部门定的价格"),
        (JINAN, "professional", SET, ""),
        (KAIFENG, "public", {}, "要录入主管部门定的价格"),
        (KAIFENG, "public", SET, ""),
    ],
)
def test_a_plan_is_published_when_its_price_is_known_and_is_the_notices(held, category, given, missing):
    said = "；".join(plan_actions.missing(notices.plan_of(held, category=category, **given)))
    assert missing in said
    assert bool(said) == bool(missing)


def test_a_free_year_that_is_over_is_silence_and_no_plan_is_published_on_it():
    later = JURONG.at + timedelta(days=365)
    plan = notices.plan_of(JURONG, opens_at=later, closes_at=later + timedelta(days=20))
    plan.exam.opens_at, plan.exam.closes_at = later, later + timedelta(days=9)
    plan.exam.save()
    assert prices.price_of(plan, clock.day_of(later)) is None
    assert plan_actions.missing(plan) == ["所依据的通知在计划开始那天没有规定收费"]
