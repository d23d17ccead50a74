"""Orders, payments, notices and receipts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Order(models.Model):
    """A fee owed for one thing, with the price and its legal basis as they stood."""

    class State(models.TextChoices):
        CREATED = "created", _("待缴费")
        PAID = "paid", _("已缴费")
        CANCELLED = "cancelled", _("已取消")

    number = models.CharField(max_length=32, unique=True)  # what the provider and the receipt show
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)  # "enrolment:12"
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)  # yuan
    basis = models.CharField(max_length=120)  # the price approval, 渝价函〔2010〕205号
    covers = models.JSONField(default=list)  # what the fee covers, in the law's words (CQ-23)
    instrument = models.CharField(max_length=60)
    provision = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CREATED)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    sent_online_at = models.DateTimeField(null=True)  # last sent to the provider's page
    asked_at = models.DateTimeField(null=True)  # last asked of the provider whether it was paid

    class Meta:
        indexes = [
            models.Index(fields=["person", "year"]),
            models.Index(fields=["sent_online_at"], condition=Q(state="created"), name="orders_waiting_for_a_notice"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=~Q(state="cancelled"), name="one_live_order_a_subject"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_fee_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | (~Q(state="paid") & Q(paid_at=None)),
                name="only_a_paid_order_has_a_time_of_payment",
            ),
        ]


class Payment(models.Model):
    """Money received for an order, once. Added, never changed (the database refuses)."""

    class Way(models.TextChoices):
        COUNTER = "counter", _("现场缴费")
        ALIPAY = "alipay", _("支付宝")

    order = models.OneToOneField("payments.Order", models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    trade_no = models.CharField(max_length=64)  # the provider's number, or the receipt number at a counter
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    paid_at = models.DateTimeField()
    operator_id = models.BigIntegerField(null=True)  # person at the counter
    organisation_id = models.BigIntegerField(null=True)  # whose counter

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "paid_at"])]
        constraints = [models.UniqueConstraint(fields=["way", "trade_no"], name="a_trade_is_believed_once")]


class Notice(models.Model):
    """What a provider told us, and what we made of it; kept whatever we made of it, never changed."""

    class Verdict(models.TextChoices):
        BELIEVED = "believed", _("已入账")
        REPEATED = "repeated", _("重复通知")
        FORGED = "forged", _("签名不符")
        MISMATCHED = "mismatched", _("金额或商户不符")
        UNKNOWN = "unknown", _("没有这个订单")
        NOT_PAID = "not_paid", _("不是付款成功")
        LATE = "late", _("订单已另行缴费或取消，待退款")

    provider = models.CharField(max_length=12)
    notify_id = models.CharField(max_length=128)  # "query" when we asked ourselves
    order_number = models.CharField(max_length=64)
    trade_no = models.CharField(max_length=64, blank=True)
    amount = models.CharField(max_length=20, blank=True)  # as it was said
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    heard_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["order_number"]),
            models.Index(fields=["provider", "notify_id"]),
            models.Index(fields=["heard_at"], condition=Q(verdict="late"), name="money_to_give_back"),
        ]


class Receipt(models.Model):
    """A receipt for a payment, frozen when it is made (CQ-22). Added, never changed (the database refuses)."""

    number = models.CharField(max_length=32, unique=True)
    payment = models.OneToOneField("payments.Payment", models.PROTECT, related_name="+")
    words = models.JSONField()  # every line as printed
    issued_at = models.DateTimeField()
