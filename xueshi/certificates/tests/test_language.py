"""What is frozen on paper is Chinese, in whatever language its page was asked for."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from xueshi.certificates import records, wording
from xueshi.ledger.models import HoursEntry
from xueshi.payments import receipts
from xueshi.payments.models import Order, Payment

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_holder_is_named_in_chinese(wang, county_unit, language):
    with translation.override(language):
        assert wording.holder(wang, county_unit).sex == "女"


def test_a_page_says_it_in_its_own_language(wang):
    with translation.override("en"):
        assert wang.get_sex_display() == "female"


@pytest.mark.clause("CQ-22")
@pytest.mark.parametrize(("way", "said"), [("counter", "现场缴费"), ("alipay", "支付宝")])
def test_a_receipt_says_how_it_was_paid_in_chinese(wang, way, said):
    order = Order(person=wang, number="DD1", title="公需科目", year=2026, amount=Decimal("70.00"), covers=[])
    payment = Payment(order=order, way=way, amount=order.amount, paid_at=NOW)
    with translation.override("en"):
        assert receipts.words(order, payment, number="SJ1", operator="", organisation="")["way"] == said


@pytest.mark.clause("CQ-32")
def test_recorded_hours_name_their_category_in_chinese(wang):
    HoursEntry.objects.create(
        person=wang, year=2026, category="public", hours=Decimal(20), kind="public_topic", title="公需科目（示例）",
        earned_on=date(2026, 6, 1), source="slip:1", instrument="cn-50/chongqing-2010", provision="slip-hours",
        recorded_at=NOW,
    )  # fmt: skip
    with translation.override("en"):
        assert [line.category for line in records.recorded_lines(wang.pk)] == ["公需科目"]
