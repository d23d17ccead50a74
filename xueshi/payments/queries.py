"""What is owed, what was paid, at which counter, and what must be given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

from django.db.models import F, Q, Sum

from xueshi.kernel.clock import SHANGHAI
from xueshi.kernel.errors import NotYours
from xueshi.payments import rules
from xueshi.payments.models import Order, Payment, Receipt
from xueshi.people.viewer import Viewer


def order_for(viewer: Viewer, order_id: int) -> Order:
    """One's own order; raises NotYours."""
    order = Order.objects.filter(pk=order_id, person_id=viewer.person_id).first()
    if order is None:
        raise NotYours()
    return order


def order_numbered_for(viewer: Viewer, number: str) -> Order:
    """One's own order by its number; raises NotYours."""
    order = Order.objects.filter(number=number, person_id=viewer.person_id).first()
    if order is None:
        raise NotYours()
    return order


def order_of(subject: str) -> Order | None:
    """The live order for a subject."""
    return Order.objects.exclude(state=Order.State.CANCELLED).filter(subject=subject).first()


def orders_of(subjects: Iterable[str]) -> dict[str, Order]:
    """The live orders for several subjects, in one query."""
    live = Order.objects.exclude(state=Order.State.CANCELLED).filter(subject__in=list(subjects))
    return {order.subject: order for order in live}


def receipt_of(order_id: int) -> Receipt | None:
    return Receipt.objects.select_related("payment__order").filter(payment__order_id=order_id).first()


def receipt_for(viewer: Viewer, receipt_id: int) -> Receipt:
    """A receipt given at a counter where the viewer sits; raises NotYours."""
    receipt = (
        Receipt.objects.select_related("payment__order")
        .filter(pk=receipt_id, payment__organisation_id__in=viewer.organisations("counter"))
        .first()
    )
    if receipt is None:
        raise NotYours()
    return receipt


def has_paid(*, person_id: int, year: int, instrument: str) -> bool:
    """Whether the fee per person and year has been paid under an instrument (CQ-22)."""
    return Order.objects.filter(person_id=person_id, year=year, instrument=instrument, state=Order.State.PAID).exists()


@dataclass(frozen=True)
class Day:
    """What a counter took in a day, for handing over the cash."""

    on: date
    receipts: list[Receipt]
    total: Decimal


def _within(on: date) -> Q:
    begins = datetime.combine(on, time(), SHANGHAI)
    return Q(paid_at__gte=begins, paid_at__lt=begins + timedelta(days=1))


def day_for(viewer: Viewer, on: date) -> Day:
    """The receipts of a day (in Shanghai) at the counters where the viewer sits, in the order given."""
    payments = Payment.objects.filter(_within(on), organisation_id__in=viewer.organisations("counter"))
    receipts = list(Receipt.objects.filter(payment__in=payments).select_related("payment__order").order_by("pk"))
    return Day(on, receipts, sum((r.payment.amount for r in receipts), Decimal(0)))


@dataclass(frozen=True)
class Taken:
    """How many payments, and how much."""

    count: int
    total: Decimal


def taken_by(viewer: Viewer, on: date) -> Taken:
    """What the viewer took in a day, at any counter."""
    mine = Payment.objects.filter(_within(on), operator_id=viewer.person_id)
    return Taken(mine.count(), mine.aggregate(total=Sum("amount"))["total"] or Decimal(0))


def due_to_ask(at: datetime, *, most: int = 200) -> list[int]:
    """The unpaid orders about which the provider should be asked now, the longest unasked first."""
    waiting = Order.objects.filter(
        state=Order.State.CREATED,
        sent_online_at__lte=at - rules.A_MINUTE,
        sent_online_at__gte=at - rules.GIVEN_UP_AFTER,
    ).order_by(F("asked_at").asc(nulls_first=True), "pk")
    due = (
        order.pk
        for order in waiting.only("pk", "sent_online_at", "asked_at").iterator()
        if order.sent_online_at and rules.is_due_to_ask(sent_at=order.sent_online_at, asked_at=order.asked_at, at=at)
    )
    return list(islice(due, most))
