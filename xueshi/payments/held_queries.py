"""What this floor holds about the viewer: orders, payments and receipts."""

from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.payments.models import Order, Payment, Receipt
from xueshi.people.viewer import Viewer


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's fees, whether paid or not."""
    mine = {"person_id": viewer.person_id}
    return [
        Holding(
            "orders", _("缴费单"), Order.objects.filter(**mine).order_by("created_at", "pk"),
            (
                Column("number", _("单号")), Column("title", _("项目")), Column("year", _("年度")),
                Column("amount", _("金额（元）")), Column("basis", _("收费依据")),
                Column("state", _("状态"), words=dict(Order.State.choices)), Column("created_at", _("开单时间")),
                Column("paid_at", _("缴费时间")),
            ),
            ("payments.Order.person",), "order",
        ),
        Holding(
            "payments", _("付款"), Payment.objects.filter(order__person_id=viewer.person_id).order_by("paid_at", "pk"),
            (
                Column("order", _("单号"), "order__number"),
                Column("way", _("怎么付的"), words=dict(Payment.Way.choices)), Column("trade_no", _("交易号")),
                Column("amount", _("金额（元）")), Column("paid_at", _("缴费时间")),
            ),
            (),
        ),
        Holding(
            "receipts", _("收据"),
            Receipt.objects.filter(payment__order__person_id=viewer.person_id).order_by("issued_at", "pk"),
            (
                Column("number", _("收据号")), Column("order", _("单号"), "payment__order__number"),
                Column("issued_at", _("开具时间")), Column("words", _("收据上印的内容")),
            ),
            (),
        ),
    ]  # fmt: skip
