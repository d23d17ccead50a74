"""Choosing a course, paying for it, and the study that opens by it.

Locks, in this order: the order's row, the enrolment's row.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.payments import actions as payments
from xueshi.payments import merchant
from xueshi.payments import queries as orders
from xueshi.payments.alipay import AlipayProblem, Trade
from xueshi.payments.models import Receipt
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.training import prices, queries, rules
from xueshi.training.models import Enrolment, Plan

log = logging.getLogger("xueshi.training")


class PlanNotOpen(Refused):
    code = "plan-not-open"
    sentence = _("“%(plan)s”现在不在选课时间内。")
    next_step = _("选课时间见“选报课程”；已经付过的费用和学过的内容都还在。")


class NotForYourRegion(Refused):
    code = "not-for-your-region"
    sentence = _("“%(plan)s”是%(region)s的计划，您登记的地区不在其中。")
    next_step = _("登记的地区不对时，请先改正个人信息，或到缴费窗口改正。")


class AlreadyOpen(Refused):
    code = "already-open"
    sentence = _("这门课已经开通学习，不能退选。")
    next_step = _("不学也不会影响其他课程。")


class IdentityNotChecked(Refused):
    code = "identity-not-checked"
    sentence = _("收费之前，要先对照身份证核对注册信息。")
    next_step = _("请在这一页核对各项，无误后点“资料核对无误”，再收费。")


class WrongCounter(Refused):
    status = 403
    code = "wrong-counter"
    sentence = _("这位学员应在%(right)s缴费，不在您的窗口。")
    next_step = _("请告诉学员那里的地址；也可以在线付费。")


class NoCounter(Refused):
    code = "no-counter"
    sentence = _("所依据的通知没有写这位学员到哪个窗口缴费。")
    next_step = _("请让学员登录后在线付费；资料不全的，先补填单位和档案存放处。")


class PriceNotSet(Refused):
    code = "price-not-set"
    sentence = _("“%(plan)s”的价格还没有录入，暂时不能选。")
    next_step = _("收费标准定下来以后，平台管理员会录入；请过几天再来，或打咨询电话。")


class NoFee(Refused):
    code = "no-fee"
    sentence = _("这门课不用缴费，已经开通。")


class NotYourOwnFee(Refused):
    status = 403
    code = "own-fee"
    sentence = _("自己的费用不能由自己收。")
    next_step = _("请同一窗口的同事来收，或在线付费。")


@transaction.atomic(durable=True)
def choose(*, viewer: Viewer, plan_id: int, at: datetime) -> Enrolment:
    """Choose a plan's course (CQ-05); choosing twice is choosing once. Makes the order the law asks for.

    With nothing owed, or the year's fee already paid (it is per person and year, CQ-22), study opens at once.
    Raises NotYours, PlanNotOpen, NotForYourRegion, PriceNotSet.
    """
    plan = Plan.objects.select_related("course", "region").filter(pk=plan_id).exclude(state="draft").first()
    if plan is None:
        raise NotYours()
    person = Person.objects.select_related("region").get(pk=viewer.person_id)
    if not rules.is_for(plan.region.code, person.region.code):
        raise NotForYourRegion(plan=plan.title, region=plan.region.name)
    enrolment = Enrolment.objects.filter(person=person, plan=plan, withdrawn_at=None).first()
    if enrolment is None and queries.window_of(plan, at) != "open":
        raise PlanNotOpen(plan=plan.title)
    if (enrolment is None or enrolment.opened_at is None) and prices.lacking(plan, clock.day_of(at)):
        raise PriceNotSet(plan=plan.title)
    if enrolment is None:
        enrolment = _enrol(viewer, plan, at)
    price = queries.owed_by(person.pk, plan, clock.day_of(at))
    if price is None:
        _drop_unpaid_order(viewer, enrolment, at)
        return _open(enrolment.pk, by=viewer, at=at)
    payments.create_order(
        person_id=person.pk,
        subject=queries.subject_of(enrolment.pk),
        title=f"{plan.year} 年度{queries.subject_words(plan)}网络培训：{plan.course.title}",
        year=plan.year,
        price=price,
        at=at,
    )
    return enrolment


def _drop_unpaid_order(viewer: Viewer, enrolment: Enrolment, at: datetime) -> None:
    """What was paid for another choice of the year, or is no longer asked for, is not owed again."""
    order = orders.order_of(queries.subject_of(enrolment.pk))
    if order and order.state == order.State.CREATED:
        payments.cancel_order(viewer=viewer, order_id=order.pk, at=at)


def _enrol(viewer: Viewer, plan: Plan, at: datetime) -> Enrolment:
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(person_id=viewer.person_id, plan=plan, chosen_at=at)
    except IntegrityError:  # the second of two clicks at once
        return Enrolment.objects.get(person_id=viewer.person_id, plan=plan, withdrawn_at=None)
    audit.record(viewer, "training.choose", f"enrolment:{enrolment.pk}", at=at, plan=plan.pk)
    return enrolment


def _open(enrolment_id: int, *, by: Viewer | None, at: datetime) -> Enrolment:
    """Open study and exam, once; opening what is open changes nothing."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("plan").get(pk=enrolment_id)
    if enrolment.opened_at is None:
        enrolment.opened_at = at
        enrolment.save(update_fields=["opened_at"])
        audit.record(by, "training.open", f"enrolment:{enrolment.pk}", at=at)
    return enrolment


def withdraw_choice(*, viewer: Viewer, enrolment_id: int, at: datetime) -> None:
    """Take a choice back before paying; twice is once. Raises NotYours, AlreadyOpen, AlreadyPaid.

    An order that went to the provider is first asked about and closed there.
    """
    if not Enrolment.objects.filter(pk=enrolment_id, person_id=viewer.person_id).exists():
        raise NotYours()
    end_online(enrolment_id=enrolment_id, at=at)
    _withdraw(viewer=viewer, enrolment_id=enrolment_id, at=at)


@transaction.atomic(durable=True)
def _withdraw(*, viewer: Viewer, enrolment_id: int, at: datetime) -> None:
    order = orders.order_of(queries.subject_of(enrolment_id))
    if order:
        payments.cancel_order(viewer=viewer, order_id=order.pk, at=at)
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment_id)
    if enrolment.opened_at:
        raise AlreadyOpen()
    if enrolment.withdrawn_at is None:
        enrolment.withdrawn_at = at
        enrolment.save(update_fields=["withdrawn_at"])
        audit.record(viewer, "training.withdraw_choice", f"enrolment:{enrolment.pk}", at=at)


def take_fee(*, viewer: Viewer, enrolment_id: int, organisation_id: int, at: datetime) -> Receipt:
    """Take the fee at a counter, open study and exam, give the receipt; a second click gives the same one.

    The data must have been checked against the card (CQ-06) and the counter must be the law's for this person
    (CQ-06, CQ-07). An order that also went online is asked about first, so that nobody pays twice.
    Raises NotAllowed, NotYours, NotYourOwnFee, IdentityNotChecked, WrongCounter, NoCounter, PlanNotOpen, NoFee,
    and what `record_counter_payment` raises.
    """
    if organisation_id not in viewer.organisations("counter"):
        raise NotAllowed()
    enrolment = Enrolment.objects.filter(pk=enrolment_id).first()
    if enrolment is None:
        raise NotYours()
    people.person_for(viewer, enrolment.person_id)
    end_online(enrolment_id=enrolment_id, at=at)
    return _take(viewer=viewer, enrolment_id=enrolment_id, organisation_id=organisation_id, at=at)


@transaction.atomic(durable=True)
def _take(*, viewer: Viewer, enrolment_id: int, organisation_id: int, at: datetime) -> Receipt:
    enrolment = Enrolment.objects.select_related("plan__course").get(pk=enrolment_id)
    order = orders.order_of(queries.subject_of(enrolment.pk))
    if order is None:
        raise NoFee() if enrolment.opened_at else NotYours()
    if order.state == order.State.CREATED:
        _may_take(viewer, enrolment, organisation_id, at)
    receipt = payments.record_counter_payment(viewer=viewer, order_id=order.pk, organisation_id=organisation_id, at=at)
    _open(enrolment.pk, by=viewer, at=at)
    return receipt


def _may_take(viewer: Viewer, enrolment: Enrolment, organisation_id: int, at: datetime) -> None:
    person = people.person_for(viewer, enrolment.person_id)
    counter = queries.known_counter(person.pk, enrolment.plan, clock.day_of(at))
    if counter is None:
        raise NoCounter()
    if organisation_id not in counter.all_of_them:
        right = counter.organisation.name if counter.organisation else counter.route.by_name
        raise WrongCounter(right=right)
    if person.pk == viewer.person_id:
        raise NotYourOwnFee()
    if person.identity_checked_at is None:
        raise IdentityNotChecked()
    if queries.window_of(enrolment.plan, at) != "open":
        raise PlanNotOpen(plan=enrolment.plan.title)


@transaction.atomic(durable=True)
def pay_online(*, viewer: Viewer, order_id: int, back_url: str, at: datetime) -> str:
    """The address of the provider's page for one's own order, always the same order (CQ-08).

    Raises NotYours, PlanNotOpen, AlreadyPaid, OrderCancelled.
    """
    order = orders.order_for(viewer, order_id)
    enrolment_id = queries.enrolment_id_of(order.subject) or 0
    enrolment = Enrolment.objects.select_related("plan").get(pk=enrolment_id)
    if order.state == order.State.CREATED and queries.window_of(enrolment.plan, at) != "open":
        raise PlanNotOpen(plan=enrolment.plan.title)
    return payments.send_online(viewer=viewer, order_id=order.pk, back_url=back_url, at=at)


@transaction.atomic(durable=True)
def hear_notice(*, provider: str, fields: Mapping[str, str], at: datetime) -> str:
    """What the provider says has been paid; a believed notice opens study by itself (CQ-08)."""
    return _follow(payments.believe_notice(provider=provider, fields=fields, at=at), at)


def ask_provider(*, order_id: int, at: datetime) -> str:
    """Ask the provider about an order, and open study if it was paid: a lost notice is found this way.

    The question goes out between two transactions, so that nothing is locked while the provider thinks.
    Returns the verdict, or "unanswered" when the provider cannot be reached or gives no answer to believe.
    """
    number = _begin_asking(order_id=order_id, at=at)
    try:
        answer = merchant.alipay().query(number, at=at)
    except AlipayProblem as problem:
        log.warning("order %s: the provider did not answer: %s", order_id, problem)
        return "unanswered"
    return "not_paid" if answer is None else _hear_answer(answer=answer, at=at)


def end_online(*, enrolment_id: int, at: datetime) -> None:
    """Before an order is settled otherwise: learn whether it was paid online, and if not close the trade there.

    Does its best: when the provider is silent, money that still comes is kept as late, to be given back.
    """
    order = orders.order_of(queries.subject_of(enrolment_id))
    if order is None or order.state != order.State.CREATED or order.sent_online_at is None:
        return
    if ask_provider(order_id=order.pk, at=at) != "not_paid":
        return
    try:
        merchant.alipay().close(order.number, at=at)
    except AlipayProblem as problem:
        log.warning("order %s: the provider did not close it: %s", order.pk, problem)
        return
    ask_provider(order_id=order.pk, at=at)  # a closed trade leaves the order a new number


@transaction.atomic(durable=True)
def _begin_asking(*, order_id: int, at: datetime) -> str:
    return payments.note_asked(order_id=order_id, at=at)


@transaction.atomic(durable=True)
def _hear_answer(*, answer: Trade, at: datetime) -> str:
    return _follow(payments.believe_answer(answer=answer, at=at), at)


def _follow(heard: payments.Heard, at: datetime) -> str:
    enrolment_id = queries.enrolment_id_of(heard.subject)
    if heard.is_paid and enrolment_id:
        _open(enrolment_id, by=None, at=at)
    return heard.verdict
