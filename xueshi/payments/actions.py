"""What changes orders and money. Plain verbs: `training.actions` opens the transaction and the study.

Lock: the order's row, before anything is decided.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import Refused
from xueshi.payments import alipay, merchant, receipts, rules
from xueshi.payments.models import Notice, Order, Payment, Receipt
from xueshi.people.models import Organisation
from xueshi.people.viewer import Viewer

ALIPAY = "alipay"
ASKED = "query"  # stands for the notice id when we asked ourselves
STATES: dict[str, rules.OrderState] = {"created": "created", "paid": "paid", "cancelled": "cancelled"}
SEQUENCES = {"DD": "payments_number", "SJ": "payments_receipt_number"}
SIZES = {"notify_id": 128, "order_number": 64, "trade_no": 64, "amount": 20}


class AlreadyPaid(Refused):
    code = "already-paid"
    sentence = _("这笔费用已经缴过，不能取消。")
    next_step = _("可以直接开始学习。要退费请联系收费单位。")


class PaidOnline(Refused):
    code = "paid-online"
    sentence = _("这笔费用已在线付清，请不要再收现金。")
    next_step = _("学习权限已经开通；请让学员登录后直接学习。")


class TakenAlready(Refused):
    code = "taken-already"
    sentence = _("这笔费用已由%(who)s收过，收据 %(receipt)s，请不要再收。")
    next_step = _("学习权限已经开通。刚才又收了现金的，请当面退还。")


class OrderCancelled(Refused):
    code = "order-cancelled"
    sentence = _("这张缴费单已经取消，不能再缴费。")
    next_step = _("请回“选报课程”重新选课，会有一张新的缴费单。")


@dataclass(frozen=True)
class Heard:
    """What was made of a notice or an answer, and which subject it was about ("" when none)."""

    verdict: str
    subject: str = ""

    @property
    def is_paid(self) -> bool:
        """True also for a repetition, so that what follows a payment can be made up for."""
        return self.verdict in {Notice.Verdict.BELIEVED, Notice.Verdict.REPEATED}


@transaction.atomic
def create_order(*, person_id: int, subject: str, title: str, year: int, price: rules.Price, at: datetime) -> Order:
    """The one live order for a subject, made if need be; the price stays as it was when made (CQ-22)."""
    live = Order.objects.exclude(state=Order.State.CANCELLED)
    order = live.filter(subject=subject).first()
    if order:
        return order
    try:
        with transaction.atomic():
            order = Order.objects.create(
                number=_next_number("DD", at),
                person_id=person_id,
                subject=subject,
                title=title,
                year=year,
                amount=price.amount,
                basis=price.basis,
                covers=list(price.covers),
                instrument=price.instrument,
                provision=price.provision,
                created_at=at,
            )
    except IntegrityError:  # somebody was faster with the same subject
        return live.get(subject=subject)
    audit.record(None, "payments.create_order", f"order:{order.pk}", at=at, amount=str(order.amount))
    return order


def _next_number(prefix: Literal["DD", "SJ"], at: datetime) -> str:
    """The next order number (DD) or receipt number (SJ): never given out twice, by a sequence of its own.

    An order also gets six digits by chance: a database put back to yesterday's state counts again from there,
    and must not ask the provider about a trade that is another person's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCES[prefix]])
        serial = cursor.fetchone()[0]
    salt = f"{secrets.randbelow(10**6):06d}" if prefix == "DD" else ""
    return rules.number(prefix, clock.day_of(at), serial, salt)


@transaction.atomic
def cancel_order(*, viewer: Viewer, order_id: int, at: datetime) -> None:
    """Cancel an unpaid order; cancelling twice is harmless. Raises AlreadyPaid."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == Order.State.PAID:
        raise AlreadyPaid()
    if order.state == Order.State.CREATED:
        order.state = Order.State.CANCELLED
        order.save(update_fields=["state"])
        audit.record(viewer, "payments.cancel_order", f"order:{order.pk}", at=at)


@transaction.atomic
def send_online(*, viewer: Viewer, order_id: int, back_url: str, at: datetime) -> str:
    """Note that the person goes to the provider's page, and return its address (CQ-08).

    Always the same order, so that a second click cannot pay twice. Raises AlreadyPaid, OrderCancelled.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == Order.State.PAID:
        raise AlreadyPaid()
    if order.state == Order.State.CANCELLED:
        raise OrderCancelled()
    order.sent_online_at = at
    order.save(update_fields=["sent_online_at"])
    audit.record(viewer, "payments.send_online", f"order:{order.pk}", at=at, provider=ALIPAY)
    return merchant.alipay().page_pay_url(
        order_number=order.number, amount=order.amount, subject=order.title, at=at, back_url=back_url
    )


@transaction.atomic
def note_asked(*, order_id: int, at: datetime) -> str:
    """Remember that the provider is being asked, so that it is not asked at every turn; the order's number."""
    order = Order.objects.select_for_update().get(pk=order_id)
    order.asked_at = at
    order.save(update_fields=["asked_at"])
    return order.number


@transaction.atomic
def record_counter_payment(*, viewer: Viewer, order_id: int, organisation_id: int, at: datetime) -> Receipt:
    """Take the fee at a counter and give the receipt; a second click gets the same receipt (CQ-06, CQ-07).

    Raises PaidOnline when the money has come the other way, TakenAlready when a colleague has it, OrderCancelled.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == Order.State.CANCELLED:
        raise OrderCancelled()
    if order.state == Order.State.PAID:
        receipt = Receipt.objects.select_related("payment").get(payment__order=order)
        if receipt.payment.way != Payment.Way.COUNTER:
            raise PaidOnline()
        if receipt.payment.operator_id != viewer.person_id:
            raise TakenAlready(who=receipt.words["operator"], receipt=receipt.number)
        return receipt
    return _pay(
        order,
        way=Payment.Way.COUNTER,
        viewer=viewer,
        organisation=Organisation.objects.get(pk=organisation_id),
        at=at,
    )


def _pay(
    order: Order,
    *,
    way: str,
    at: datetime,
    trade_no: str = "",
    viewer: Viewer | None = None,
    organisation: Organisation | None = None,
) -> Receipt:
    """The one place where money comes in; the order's row is locked by the caller."""
    receipt_number = _next_number("SJ", at)
    payment = Payment.objects.create(
        order=order,
        way=way,
        trade_no=trade_no or receipt_number,
        amount=order.amount,
        paid_at=at,
        operator_id=viewer.person_id if viewer else None,
        organisation_id=organisation.pk if organisation else None,
    )
    order.state, order.paid_at = Order.State.PAID, at
    order.save(update_fields=["state", "paid_at"])
    words = receipts.words(
        order,
        payment,
        number=receipt_number,
        operator=viewer.name if viewer else "",
        organisation=organisation.name if organisation else "",
    )
    receipt = Receipt.objects.create(number=receipt_number, payment=payment, words=words, issued_at=at)
    audit.record(
        viewer,
        "payments.receive",
        f"order:{order.pk}",
        at=at,
        way=way,
        amount=str(payment.amount),
        receipt=receipt_number,
        organisation=organisation.pk if organisation else None,
    )
    return receipt


@transaction.atomic
def believe_notice(*, provider: str, fields: Mapping[str, str], at: datetime) -> Heard:
    """Judge a provider's notice, keep it with the verdict, and take the money if it is believed.

    Repeated, late, forged or wrong notices change nothing else; a late one is money to give back.
    """
    clean = {name: value.replace("\x00", "") for name, value in fields.items()}
    said = rules.Said(
        genuine=provider == ALIPAY and bool(fields.get("sign")) and _is_genuine(fields),
        app_id=clean.get("app_id", ""),
        seller_id=clean.get("seller_id", ""),
        order_number=clean.get("out_trade_no", ""),
        trade_no=clean.get("trade_no", ""),
        status=clean.get("trade_status", ""),
        amount=clean.get("total_amount", ""),
        currency=clean.get("trans_currency", ""),
        refunded=clean.get("refund_fee", ""),
    )
    return _hear(said, provider=provider, notify_id=clean.get("notify_id", ""), at=at)


def _is_genuine(fields: Mapping[str, str]) -> bool:
    """Whether the provider signed this; what it says is for `rules.verdict`."""
    try:
        merchant.alipay().read_notice(fields)
    except alipay.BadSignature:
        return False
    except (alipay.NotForUs, alipay.Malformed):
        return True
    return True


@transaction.atomic
def believe_answer(*, answer: alipay.Trade, at: datetime) -> Heard:
    """The same for what the provider answered when we asked; its signature has been checked there.

    That an order is still unpaid is no news and leaves no line. A trade that the provider has closed can never
    be paid, so an unpaid order gets a new number to be paid under.
    """
    ours = _merchant()
    said = rules.Said(
        genuine=True,
        app_id=ours.app_id,
        seller_id=ours.seller_id,
        order_number=answer.order_number,
        trade_no=answer.trade_no,
        status=answer.status,
        amount=f"{answer.amount:.2f}",
    )
    heard = _hear(said, provider=ALIPAY, notify_id=ASKED, at=at)
    if answer.status == "TRADE_CLOSED":
        _renumber(answer.order_number, at)
    return heard


def _renumber(number: str, at: datetime) -> None:
    order = Order.objects.select_for_update().filter(number=number, state=Order.State.CREATED).first()
    if order:
        order.number, order.sent_online_at = _next_number("DD", at), None
        order.save(update_fields=["number", "sent_online_at"])
        audit.record(None, "payments.renumber", f"order:{order.pk}", at=at, before=number, after=order.number)


def _hear(said: rules.Said, *, provider: str, notify_id: str, at: datetime) -> Heard:
    order = Order.objects.select_for_update().filter(number=said.order_number[:32]).first()
    order = order if order and order.number == said.order_number else None
    verdict = rules.verdict(said, _merchant(), _owed(order, said.trade_no))
    if not (notify_id == ASKED and verdict in {"not_paid", "repeated"}):
        Notice.objects.create(
            provider=provider[:12],
            notify_id=notify_id[: SIZES["notify_id"]],
            order_number=said.order_number[: SIZES["order_number"]],
            trade_no=said.trade_no[: SIZES["trade_no"]],
            amount=said.amount[: SIZES["amount"]],
            verdict=verdict,
            heard_at=at,
        )
    if order and verdict == "believed":
        _pay(order, way=Payment.Way.ALIPAY, trade_no=said.trade_no, at=at)
    elif order and verdict in {"late", "mismatched"}:
        audit.record(None, f"payments.notice_{verdict}", f"order:{order.pk}", at=at, amount=said.amount[:20])
    return Heard(verdict, order.subject if order else "")


def _merchant() -> rules.Merchant:
    return rules.Merchant(app_id=settings.ALIPAY_APP_ID, seller_id=settings.ALIPAY_SELLER_ID)


def _owed(order: Order | None, trade_no: str) -> rules.Owed | None:
    if order is None:
        return None
    online = Payment.objects.filter(way=Payment.Way.ALIPAY)
    payment = online.filter(order=order).first()
    return rules.Owed(
        amount=order.amount,
        state=STATES[order.state],
        trade_no=payment.trade_no if payment else "",
        trade_is_anothers=online.filter(trade_no=trade_no[:64]).exclude(order=order).exists(),
    )
