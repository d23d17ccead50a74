"""Money that came and could not be taken for what it was sent for: what operators must give back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from xueshi.kernel.errors import NotAllowed
from xueshi.payments.models import Notice, Order
from xueshi.people.viewer import Viewer

TO_SETTLE = (Notice.Verdict.LATE, Notice.Verdict.MISMATCHED)


@dataclass(frozen=True)
class ToSettle:
    """One trade that needs a hand: `said` is the amount as the provider said it, `owed` what was asked for."""

    order_number: str
    trade_no: str
    verdict: str
    said: str
    owed: Decimal | None
    state: str
    name: str  # of whom the order is, unmasked; "" when there is no such order any more
    heard_at: datetime


def notices_to_settle(viewer: Viewer) -> list[ToSettle]:
    """Late and mismatched notices, the newest first, each trade once; for operators. Two queries.

    A mismatched notice whose trade was believed later needs nobody.
    """
    if viewer.capacity != "operator":
        raise NotAllowed()
    believed = Notice.objects.filter(verdict=Notice.Verdict.BELIEVED).exclude(trade_no="").values("trade_no")
    heard = list(
        Notice.objects.filter(verdict__in=TO_SETTLE)
        .filter(Q(verdict=Notice.Verdict.LATE) | Q(trade_no="") | ~Q(trade_no__in=believed))
        .order_by("provider", "order_number", "trade_no", "heard_at")
        .distinct("provider", "order_number", "trade_no")
    )
    numbers = {notice.order_number for notice in heard}
    orders = {order.number: order for order in Order.objects.select_related("person").filter(number__in=numbers)}
    rows = [_row(notice, orders.get(notice.order_number)) for notice in heard]
    return sorted(rows, key=lambda row: row.heard_at, reverse=True)


def _row(notice: Notice, order: Order | None) -> ToSettle:
    return ToSettle(
        order_number=notice.order_number,
        trade_no=notice.trade_no,
        verdict=notice.verdict,
        said=notice.amount,
        owed=order.amount if order else None,
        state=order.state if order else "",
        name=order.person.name if order else "",
        heard_at=notice.heard_at,
    )
