"""The words of a receipt, frozen when the money comes in."""

from django.utils import translation

from xueshi.kernel import clock
from xueshi.payments import rules
from xueshi.payments.models import Order, Payment

Words = dict[str, str | int | list[str]]


def words(order: Order, payment: Payment, *, number: str, operator: str, organisation: str) -> Words:
    """Every line as printed (CQ-22, CQ-23), in Chinese: a receipt is a document, not a page."""
    there = payment.paid_at.astimezone(clock.SHANGHAI)
    with translation.override("zh-hans"):
        way = payment.get_way_display()
    return {
        "number": number,
        "order_number": order.number,
        "payer": order.person.name,
        "payer_id": order.person.id_masked,
        "item": order.title,
        "year": order.year,
        "amount": f"{payment.amount:.2f}",
        "amount_in_words": rules.amount_in_words(payment.amount),
        "basis": order.basis,
        "instrument": order.instrument,
        "provision": order.provision,
        "covers": list(order.covers),
        "way": way,
        "trade_no": payment.trade_no,
        "organisation": organisation,
        "operator": operator,
        "paid_at": f"{there:%Y年%m月%d日 %H:%M:%S}",
    }
