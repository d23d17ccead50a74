"""Choosing, paying at a counter and online, and what opens by it: real PostgreSQL, the real law."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.payments import actions as payments
from xueshi.payments import queries as orders
from xueshi.payments import settling_queries
from xueshi.payments.models import Notice, Order, Payment, Receipt
from xueshi.people import actions as people
from xueshi.people.models import Post
from xueshi.training import actions, queries
from xueshi.training.models import Enrolment

NOW = datetime.now(UTC)


def choose(viewer, person, plan, at=NOW):
    return actions.choose(viewer=viewer(person), plan_id=plan.pk, at=at)


def order_of(enrolment):
    return orders.order_of(queries.subject_of(enrolment.pk))


@pytest.fixture
def chosen(viewer, wang, plan):
    return choose(viewer, wang, plan)


@pytest.fixture
def checked(viewer, cashier, wang):
    return people.check_identity(viewer=viewer(cashier, "counter"), person_id=wang.pk, at=NOW)


def take(viewer, cashier, enrolment, organisation, at=NOW):
    return actions.take_fee(
        viewer=viewer(cashier, "counter"), enrolment_id=enrolment.pk, organisation_id=organisation.pk, at=at
    )


# ---- choosing ------------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-05", "CQ-22", "CQ-23")
def test_a_chosen_course_costs_what_the_law_says(chosen):
    order = order_of(chosen)
    assert chosen.opened_at is None
    assert (order.amount, order.basis) == (Decimal("70.00"), "渝价函〔2010〕205号")
    assert order.covers == ["下载课件", "在线学习", "模拟练习", "网上考试", "网络维护"]
    assert (order.instrument, order.provision) == ("cn-50/chongqing-2010", "fee")


def test_choosing_twice_is_choosing_once(viewer, wang, plan, chosen):
    again = choose(viewer, wang, plan, NOW + timedelta(minutes=1))
    assert again == chosen
    assert Order.objects.count() == 1


@pytest.mark.parametrize("days", [-31, 31])
def test_outside_its_window_a_plan_cannot_be_chosen(viewer, wang, plan, days):
    with pytest.raises(actions.PlanNotOpen):
        choose(viewer, wang, plan, NOW + timedelta(days=days))
    assert not Enrolment.objects.exists()
    choose(viewer, wang, plan)


def test_who_lives_elsewhere_cannot_choose(viewer, wang, plan, chongqing):
    elsewhere = type(chongqing).objects.create(code="510104", name="示例区")
    plan.region = elsewhere
    plan.save()
    with pytest.raises(actions.NotForYourRegion):
        choose(viewer, wang, plan)


def test_a_draft_is_nobodys(viewer, wang, plan):
    plan.state = "draft"
    plan.save()
    with pytest.raises(NotYours):
        choose(viewer, wang, plan)


@pytest.mark.clause("CQ-22")
def test_the_year_is_paid_once_whatever_is_chosen_in_it(viewer, wang, plan, chosen, cashier, checked, county_bureau):
    second = type(plan).objects.create(
        year=plan.year, region=plan.region, title="又一计划", course=other_course(plan), exam=plan.exam,
        instrument=plan.instrument, opens_at=plan.opens_at, closes_at=plan.closes_at, state="published",
    )  # fmt: skip
    waiting = choose(viewer, wang, second)
    assert waiting.opened_at is None
    take(viewer, cashier, chosen, county_bureau)
    assert choose(viewer, wang, second).opened_at
    assert order_of(waiting) is None
    assert Payment.objects.count() == 1


def other_course(plan):
    return type(plan.course).objects.create(code="other", title="另一门课", kind="public_topic")


def test_where_the_law_asks_for_nothing_study_opens_at_once(viewer, wang, plan, settings, tmp_path):
    free = tmp_path / "policies"
    (free / "cn-50").mkdir(parents=True)
    (free / "words.yaml").write_text((settings.POLICIES_DIR / "words.yaml").read_text("utf8"), "utf8")
    law = (settings.POLICIES_DIR / "cn-50" / "chongqing-2010.yaml").read_text("utf8")
    begins, ends = law.index("  - id: fee\n"), law.index("  # ---- 四、相关政策")
    (free / "cn-50" / "chongqing-2010.yaml").write_text(law[:begins] + law[ends:], "utf8")
    settings.POLICIES_DIR = free
    assert choose(viewer, wang, plan).opened_at == NOW
    assert not Order.objects.exists()


# ---- withdrawing ---------------------------------------------------------------------------------------


def test_a_choice_can_be_taken_back_before_paying_and_made_again(viewer, wang, plan, chosen):
    for _ in range(2):
        actions.withdraw_choice(viewer=viewer(wang), enrolment_id=chosen.pk, at=NOW)
    assert queries.enrolments_for(viewer(wang)) == []
    again = choose(viewer, wang, plan)
    assert again.pk != chosen.pk
    assert order_of(again).state == "created"


def test_what_is_paid_is_not_taken_back(viewer, wang, chosen, cashier, checked, county_bureau):
    take(viewer, cashier, chosen, county_bureau)
    with pytest.raises(payments.AlreadyPaid):
        actions.withdraw_choice(viewer=viewer(wang), enrolment_id=chosen.pk, at=NOW)


def test_nobody_takes_back_somebody_elses_choice(viewer, stranger, chosen):
    with pytest.raises(NotYours):
        actions.withdraw_choice(viewer=viewer(stranger), enrolment_id=chosen.pk, at=NOW)


# ---- the counter ---------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-06", "CQ-25")
def test_the_county_counter_checks_the_data_takes_the_fee_and_opens_study(
    viewer, wang, chosen, cashier, checked, county_bureau
):
    receipt = take(viewer, cashier, chosen, county_bureau)
    chosen.refresh_from_db()
    assert chosen.opened_at == NOW
    payment = receipt.payment
    assert (payment.way, payment.operator_id, payment.organisation_id) == ("counter", cashier.pk, county_bureau.pk)
    opened = AuditLine.objects.get(action="training.open")
    assert (opened.person_id, opened.capacity, opened.at) == (cashier.pk, "counter", NOW)


@pytest.mark.clause("CQ-22", "CQ-23")
def test_the_receipt_says_everything_and_stays(viewer, wang, chosen, cashier, checked, county_bureau):
    receipt = take(viewer, cashier, chosen, county_bureau)
    words = receipt.words
    assert words["payer"] == wang.name
    assert words["payer_id"] == wang.id_masked
    assert (words["amount"], words["amount_in_words"]) == ("70.00", "柒拾元整")
    assert words["basis"] == "渝价函〔2010〕205号"
    assert "网上考试" in words["covers"]
    assert (words["operator"], words["organisation"]) == (cashier.name, county_bureau.name)
    assert words["number"] == receipt.number
    for line in (receipt, receipt.payment):
        for deed in ("UPDATE {} SET id = id", "DELETE FROM {}"):
            with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(deed.format(line._meta.db_table))


def test_a_second_click_takes_nothing_more(viewer, chosen, cashier, checked, county_bureau):
    first = take(viewer, cashier, chosen, county_bureau)
    second = take(viewer, cashier, chosen, county_bureau, NOW + timedelta(seconds=1))
    assert first == second
    assert Payment.objects.count() == Receipt.objects.count() == 1


def test_a_colleague_at_the_same_counter_is_told_that_the_fee_has_been_taken(
    viewer, chosen, cashier, checked, county_bureau, make_person
):
    receipt = take(viewer, cashier, chosen, county_bureau)
    colleague = make_person("示例同事", 33, post="counter", at_organisation=county_bureau)
    with pytest.raises(payments.TakenAlready) as told:
        take(viewer, colleague, chosen, county_bureau)
    assert cashier.name in told.value.said
    assert receipt.number in told.value.said
    assert Payment.objects.count() == 1


@pytest.mark.clause("CQ-06")
def test_without_checking_the_data_nothing_is_taken(viewer, wang, chosen, cashier, county_bureau):
    with pytest.raises(actions.IdentityNotChecked):
        take(viewer, cashier, chosen, county_bureau)
    people.check_identity(viewer=viewer(cashier, "counter"), person_id=wang.pk, at=NOW)
    take(viewer, cashier, chosen, county_bureau)


@pytest.fixture
def centre_cashier(make_person, training_centre):
    return make_person("示例中心窗口", 20, post="counter", at_organisation=training_centre)


@pytest.fixture
def designer(make_person, municipal_unit):
    """Somebody of a municipal unit."""
    return make_person("示例设计师", 22, employer=municipal_unit)


@pytest.mark.clause("CQ-07")
def test_who_works_for_a_municipal_unit_pays_at_the_training_centre(
    viewer, designer, plan, cashier, centre_cashier, county_bureau, training_centre
):
    enrolment = choose(viewer, designer, plan)
    people.check_identity(viewer=viewer(centre_cashier, "counter"), person_id=designer.pk, at=NOW)
    with pytest.raises(actions.WrongCounter) as wrong:
        take(viewer, cashier, enrolment, county_bureau)
    assert training_centre.name in wrong.value.said
    assert take(viewer, centre_cashier, enrolment, training_centre).words["organisation"] == training_centre.name


def test_a_county_persons_fee_is_out_of_the_training_centres_reach(viewer, chosen, centre_cashier, training_centre):
    with pytest.raises(NotYours):
        take(viewer, centre_cashier, chosen, training_centre)


def test_only_who_sits_at_the_counter_takes_fees(
    viewer, chosen, checked, verifier, cashier, county_bureau, training_centre
):
    with pytest.raises(NotAllowed):
        take(viewer, verifier, chosen, county_bureau)
    with pytest.raises(NotAllowed):
        take(viewer, cashier, chosen, training_centre)


def test_nobody_takes_the_own_fee(viewer, cashier, plan, county_bureau, county_unit):
    from xueshi.people.models import Employment

    Employment.objects.create(person=cashier, employer=county_unit, since=NOW.date())
    enrolment = choose(viewer, cashier, plan)
    with pytest.raises(actions.NotYourOwnFee):
        take(viewer, cashier, enrolment, county_bureau)


def test_after_the_close_no_counter_takes_fees(viewer, chosen, cashier, checked, county_bureau):
    with pytest.raises(actions.PlanNotOpen):
        take(viewer, cashier, chosen, county_bureau, NOW + timedelta(days=31))


# ---- notices -------------------------------------------------------------------------------------------


def hear(fields, at=NOW):
    return actions.hear_notice(provider="alipay", fields=fields, at=at)


@pytest.mark.clause("CQ-08")
def test_a_believed_notice_opens_study_by_itself(chosen, notice):
    order = order_of(chosen)
    assert hear(notice(order)) == "believed"
    chosen.refresh_from_db()
    order.refresh_from_db()
    assert chosen.opened_at == NOW
    assert order.state == "paid"
    assert Receipt.objects.get().words["way"] == "支付宝"


@pytest.mark.clause("CQ-08")
def test_a_notice_told_five_times_is_money_once_and_all_are_kept(chosen, notice):
    said = notice(order_of(chosen))
    verdicts = [hear(said, NOW + timedelta(hours=5 * n)) for n in range(5)]
    assert verdicts == ["believed", *["repeated"] * 4]
    assert Payment.objects.count() == 1
    assert list(Notice.objects.order_by("pk").values_list("verdict", flat=True)) == verdicts


def test_a_notice_a_day_late_is_still_believed(chosen, notice):
    assert hear(notice(order_of(chosen)), NOW + timedelta(hours=25)) == "believed"


@pytest.mark.clause("CQ-08")
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"total_amount": "0.01"}, "mismatched"),
        ({"seller_id": "2088999999999999"}, "mismatched"),
        ({"app_id": "2021999999999999"}, "mismatched"),
        ({"trans_currency": "USD"}, "mismatched"),
        ({"trade_status": "WAIT_BUYER_PAY"}, "not_paid"),
        ({"trade_status": "TRADE_CLOSED"}, "not_paid"),
        ({"refund_fee": "70.00"}, "not_paid"),
        ({"out_trade_no": "DD000000000000000000"}, "unknown"),
        ({"out_trade_no": "\x00"}, "unknown"),
        ({"notify_id": ""}, "believed"),
    ],
)
def test_a_truly_signed_notice_that_says_something_else_changes_nothing(chosen, notice, change, verdict):
    assert hear(notice(order_of(chosen), **change)) == verdict
    assert Notice.objects.get().verdict == verdict
    assert Payment.objects.exists() == (verdict == "believed")


@pytest.mark.parametrize(
    "forgery",
    [
        {"total_amount": "70.01"},
        {"sign": "A" * 342 + "=="},
        {"sign": ""},
        {"sign": "不是签名"},
        {"sign_type": "RSA"},
        {"trade_no": "9"},
    ],
)
def test_a_forged_notice_changes_nothing_and_is_kept(chosen, notice, forgery):
    said = notice(order_of(chosen)) | forgery
    assert hear(said) == "forged"
    assert not Payment.objects.exists()
    assert Notice.objects.get().verdict == "forged"
    assert hear(notice(order_of(chosen))) == "believed"


def test_another_provider_is_not_believed(chosen, notice):
    verdict = actions.hear_notice(provider="somebody", fields=notice(order_of(chosen)), at=NOW)
    assert verdict == "forged"


def test_nonsense_is_kept_and_harms_nothing(db, bank):
    assert hear({}) == "forged"
    assert hear({"out_trade_no": "x" * 900, "notify_id": "y" * 900, "sign": "\x00"}) == "forged"
    assert Notice.objects.count() == 2


def test_money_that_comes_after_the_counter_is_kept_to_be_given_back(
    viewer, chosen, cashier, checked, county_bureau, notice, operator
):
    take(viewer, cashier, chosen, county_bureau)
    said = notice(order_of(chosen))
    assert [hear(said), hear(said)] == ["late", "late"]
    assert Payment.objects.get().way == "counter"
    assert [n.trade_no for n in settling_queries.notices_to_settle(viewer(operator, "operator"))] == [said["trade_no"]]
    with pytest.raises(NotAllowed):
        settling_queries.notices_to_settle(viewer(cashier, "counter"))


def test_money_that_comes_after_withdrawing_is_kept_to_be_given_back(viewer, wang, chosen, notice):
    said = notice(order_of(chosen))
    actions.withdraw_choice(viewer=viewer(wang), enrolment_id=chosen.pk, at=NOW)
    assert hear(said) == "late"
    chosen.refresh_from_db()
    assert chosen.opened_at is None


def test_one_trade_pays_one_order(viewer, chosen, stranger, plan, notice):
    other = choose(viewer, stranger, plan)
    trade = notice(order_of(chosen))["trade_no"]
    assert hear(notice(order_of(chosen))) == "believed"
    assert hear(notice(order_of(other), trade_no=trade)) == "mismatched"


def test_the_counter_is_told_when_the_money_came_online(viewer, chosen, cashier, checked, county_bureau, notice):
    hear(notice(order_of(chosen)))
    with pytest.raises(payments.PaidOnline):
        take(viewer, cashier, chosen, county_bureau)


# ---- asking the provider, over a real socket -------------------------------------------------------------


def go_online(viewer, person, order, at=NOW):
    import httpx

    url = actions.pay_online(viewer=viewer(person), order_id=order.pk, back_url="http://127.0.0.1/back", at=at)
    assert httpx.get(url, trust_env=False).status_code == 200
    return url


@pytest.mark.clause("CQ-08")
def test_a_lost_notice_is_found_by_asking(viewer, wang, chosen, bank, settings):
    settings.ALIPAY_NOTIFY_URL = "http://127.0.0.1:9/nobody-listens"
    order = order_of(chosen)
    go_online(viewer, wang, order)
    assert orders.due_to_ask(NOW + timedelta(seconds=30)) == []
    assert orders.due_to_ask(NOW + timedelta(minutes=2)) == [order.pk]
    assert actions.ask_provider(order_id=order.pk, at=NOW) == "not_paid"
    bank.pay(order.number)
    assert actions.ask_provider(order_id=order.pk, at=NOW) == "believed"
    assert actions.ask_provider(order_id=order.pk, at=NOW) == "repeated"
    chosen.refresh_from_db()
    assert chosen.opened_at == NOW
    assert Notice.objects.get().notify_id == "query"
    assert orders.due_to_ask(NOW + timedelta(minutes=2)) == []


def test_the_job_finds_what_is_due(viewer, wang, chosen, bank, settings):
    from xueshi.training import jobs

    settings.ALIPAY_NOTIFY_URL = "http://127.0.0.1:9/nobody-listens"
    order = order_of(chosen)
    go_online(viewer, wang, order, datetime.now(UTC) - timedelta(minutes=3))
    bank.pay(order.number)
    jobs.reconcile(0)
    order.refresh_from_db()
    assert order.state == "paid"


def test_a_silent_provider_changes_nothing(viewer, wang, chosen, bank, settings):
    order = order_of(chosen)
    actions.pay_online(viewer=viewer(wang), order_id=order.pk, back_url="", at=NOW)
    settings.ALIPAY_GATEWAY = "http://127.0.0.1:9/gateway.do"
    assert actions.ask_provider(order_id=order.pk, at=NOW) == "unanswered"
    order.refresh_from_db()
    assert (order.state, order.asked_at) == ("created", NOW)


def test_paying_again_goes_to_the_same_order(viewer, wang, chosen, bank):
    order = order_of(chosen)
    first, second = (go_online(viewer, wang, order) for _ in range(2))
    assert order.number in first
    assert order.number in second
    assert Order.objects.count() == 1


def test_a_database_put_back_gives_out_no_number_twice(viewer, wang, stranger, plan, chosen):
    """The provider remembers what a restored database has forgotten."""
    before = order_of(chosen).number
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('payments_number', currval('payments_number'), false)")
    after = order_of(choose(viewer, stranger, plan)).number
    assert before[:18] == after[:18]
    assert before != after


def test_nobody_pays_somebody_elses_order_and_none_twice(viewer, wang, stranger, chosen, notice):
    order = order_of(chosen)
    with pytest.raises(NotYours):
        actions.pay_online(viewer=viewer(stranger), order_id=order.pk, back_url="", at=NOW)
    hear(notice(order))
    with pytest.raises(payments.AlreadyPaid):
        actions.pay_online(viewer=viewer(wang), order_id=order.pk, back_url="", at=NOW)


def test_after_the_close_nobody_is_sent_to_pay(viewer, wang, chosen, bank):
    late = NOW + timedelta(days=31)
    with pytest.raises(actions.PlanNotOpen):
        actions.pay_online(viewer=viewer(wang), order_id=order_of(chosen).pk, back_url="", at=late)


def test_the_counter_asks_the_provider_first_and_closes_the_trade(
    viewer, wang, chosen, cashier, checked, county_bureau, bank
):
    order = order_of(chosen)
    go_online(viewer, wang, order)
    before = order.number
    take(viewer, cashier, chosen, county_bureau)
    assert bank.trade(before).status == "TRADE_CLOSED"
    assert not bank.pay(before)
    order.refresh_from_db()
    assert order.state == "paid"


def test_the_counter_finds_money_whose_notice_was_lost(
    viewer, wang, chosen, cashier, checked, county_bureau, bank, settings
):
    settings.ALIPAY_NOTIFY_URL = "http://127.0.0.1:9/nobody-listens"
    order = order_of(chosen)
    go_online(viewer, wang, order)
    bank.pay(order.number)
    with pytest.raises(payments.PaidOnline):
        take(viewer, cashier, chosen, county_bureau)
    chosen.refresh_from_db()
    assert chosen.opened_at


def test_withdrawing_closes_the_trade_at_the_provider(viewer, wang, plan, chosen, bank):
    order = order_of(chosen)
    go_online(viewer, wang, order)
    actions.withdraw_choice(viewer=viewer(wang), enrolment_id=chosen.pk, at=NOW)
    assert bank.trade(order.number).status == "TRADE_CLOSED"
    again = order_of(choose(viewer, wang, plan))
    go_online(viewer, wang, again)


def test_a_trade_that_the_provider_closed_leaves_the_order_payable(viewer, wang, chosen, bank):
    order = order_of(chosen)
    go_online(viewer, wang, order)
    bank.trade(order.number).status = "TRADE_CLOSED"
    actions.ask_provider(order_id=order.pk, at=NOW)
    renewed = order_of(chosen)
    assert renewed.pk == order.pk
    assert renewed.number != order.number
    go_online(viewer, wang, renewed)


def test_a_post_that_has_ended_takes_no_more_fees(viewer, chosen, cashier, checked, county_bureau):
    at_work = viewer(cashier, "counter")
    Post.objects.filter(person=cashier).update(until=NOW - timedelta(days=1))
    with pytest.raises(NotAllowed):
        take(viewer, cashier, chosen, county_bureau)
    assert replace(at_work, seats=()).organisations("counter") == ()


# ---- plans ---------------------------------------------------------------------------------------------


def test_the_current_plan_is_the_nearest_regions(plan, yuzhong):
    assert queries.current_plan("500103", NOW) == plan
    assert queries.current_plan("51", NOW) is None
    own = type(plan).objects.create(
        year=plan.year, region=yuzhong, title="本区计划", course=plan.course, exam=plan.exam,
        instrument=plan.instrument, opens_at=plan.opens_at, closes_at=plan.closes_at, state="published",
    )  # fmt: skip
    assert queries.current_plan("500103", NOW) == own
    assert queries.current_plan("500103", NOW + timedelta(days=31)) is None


def test_an_offer_says_what_it_costs_and_what_was_chosen(viewer, wang, plan, chosen):
    (offer,) = queries.plans_for(viewer(wang), NOW)
    assert (offer.plan, offer.window, offer.enrolment) == (plan, "open", chosen)
    assert offer.price.amount == Decimal("70.00")
    assert offer.order == order_of(chosen)


def test_what_was_opened_without_a_fee_is_neither_withdrawn_nor_paid_for(
    viewer, wang, plan, cashier, checked, county_bureau
):
    opened = Enrolment.objects.create(person=wang, plan=plan, chosen_at=NOW, opened_at=NOW)
    with pytest.raises(actions.AlreadyOpen):
        actions.withdraw_choice(viewer=viewer(wang), enrolment_id=opened.pk, at=NOW)
    with pytest.raises(actions.NoFee):
        take(viewer, cashier, opened, county_bureau)
    assert not Payment.objects.exists()


def test_a_cancelled_order_is_not_paid(viewer, wang, chosen, cashier, county_bureau):
    order = order_of(chosen)
    payments.cancel_order(viewer=viewer(wang), order_id=order.pk, at=NOW)
    with pytest.raises(payments.OrderCancelled), transaction.atomic():
        payments.record_counter_payment(
            viewer=viewer(cashier, "counter"), order_id=order.pk, organisation_id=county_bureau.pk, at=NOW
        )
    assert not Payment.objects.exists()
