"""Sixteen threads with connections of their own: money comes in once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, connections

from xueshi.payments import queries as orders
from xueshi.payments.actions import PaidOnline
from xueshi.payments.models import Notice, Order, Payment, Receipt
from xueshi.people import actions as people
from xueshi.training import actions, queries
from xueshi.training.models import Enrolment

NOW = datetime.now(UTC)
THREADS = 16


def at_once(*deeds):
    """Run all deeds at the same moment, each on its own connection; return what each made of it."""
    gate = Barrier(len(deeds))

    def run(deed):
        try:
            gate.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("CQ-06", "CQ-08")
def test_counter_and_notice_at_once_are_one_payment(viewer, wang, cashier, county_bureau, plan, notice):
    enrolment = actions.choose(viewer=viewer(wang), plan_id=plan.pk, at=NOW)
    counter = viewer(cashier, "counter")
    people.check_identity(viewer=counter, person_id=wang.pk, at=NOW)
    said = notice(orders.order_of(queries.subject_of(enrolment.pk)))

    def take():
        try:
            return actions.take_fee(
                viewer=counter, enrolment_id=enrolment.pk, organisation_id=county_bureau.pk, at=NOW
            ).number
        except PaidOnline:
            return "paid-online"

    def hear():
        return actions.hear_notice(provider="alipay", fields=said, at=NOW)

    made = at_once(*[take, hear] * (THREADS // 2))
    assert Payment.objects.count() == Receipt.objects.count() == 1
    assert Enrolment.objects.get().opened_at == NOW
    heard, taken = set(made[1::2]), set(made[::2])
    if Payment.objects.get().way == "counter":
        assert heard == {"late"}
        assert len(taken) == 1
    else:
        assert heard == {"believed", "repeated"}
        assert taken == {"paid-online"}
        assert made.count("believed") == 1
    assert Notice.objects.count() == THREADS // 2


@pytest.mark.django_db(transaction=True)
def test_sixteen_choices_at_once_are_one(viewer, wang, plan):
    who = viewer(wang)
    made = at_once(*[lambda: actions.choose(viewer=who, plan_id=plan.pk, at=NOW).pk] * THREADS)
    assert len(set(made)) == 1
    assert Enrolment.objects.count() == Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_a_notice_at_once_never_lose_the_money(viewer, wang, plan, notice):
    who = viewer(wang)
    enrolment = actions.choose(viewer=who, plan_id=plan.pk, at=NOW)
    said = notice(orders.order_of(queries.subject_of(enrolment.pk)))

    def withdraw():
        try:
            actions.withdraw_choice(viewer=who, enrolment_id=enrolment.pk, at=NOW)
        except actions.payments.AlreadyPaid:
            return "already-paid"
        return "withdrawn"

    gone, heard = at_once(withdraw, lambda: actions.hear_notice(provider="alipay", fields=said, at=NOW))
    enrolment.refresh_from_db()
    assert (gone, heard) in {("withdrawn", "late"), ("already-paid", "believed")}
    assert bool(enrolment.opened_at) == (heard == "believed") == Payment.objects.exists()
    assert bool(enrolment.withdrawn_at) == (gone == "withdrawn")
    assert connection.vendor == "postgresql"
