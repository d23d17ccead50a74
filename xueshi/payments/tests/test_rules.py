"""Numbers, amounts in words and verdicts: no database, thousands of cases."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.payments import rules
from xueshi.payments.rules import Merchant, Owed, Said, verdict

US = Merchant("2021000000000000", "2088000000000000")
SEVENTY = Decimal("70.00")
GOOD = Said(
    genuine=True,
    app_id=US.app_id,
    seller_id=US.seller_id,
    order_number="DD202606010000000188",
    trade_no="T1",
    status="TRADE_SUCCESS",
    amount="70.00",
)
OPEN = Owed(SEVENTY, "created")


def said(**change: object) -> Said:
    return Said(**{**GOOD.__dict__, **change})


# ---- numbers -----------------------------------------------------------------------------------------

days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
serials = st.integers(0, 99_999_999)


@given(days, serials, st.data())
def test_a_wrong_digit_or_a_swapped_pair_shows(day: date, serial: int, data: st.DataObject) -> None:
    right = rules.number("DD", day, serial)
    assert rules.is_number(right)
    place = data.draw(st.integers(2, len(right) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    changed = right[:place] + digit + right[place + 1 :]
    assert rules.is_number(changed) == (changed == right)
    if 2 <= place < len(right) - 1:
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert rules.is_number(swapped) == (swapped == right)


@pytest.mark.parametrize("text", ["", "DD", "DD1", "DD20260601000001236０", "DD2026-0601"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert not rules.is_number(text)


# ---- amounts -----------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-22")
@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("70.00", "柒拾元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("70.05", "柒拾元零伍分"),
        ("70.50", "柒拾元伍角"),
        ("10", "壹拾元整"),
        ("101", "壹佰零壹元整"),
        ("1005.30", "壹仟零伍元叁角"),
        ("10001", "壹万零壹元整"),
        ("100010001", "壹亿零壹万零壹元整"),
        ("20000000", "贰仟万元整"),
        ("100000000000", "壹仟亿元整"),
        ("12345678.91", "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角壹分"),
    ],
)
def test_amounts_are_said_in_capitals(amount: str, words: str) -> None:
    assert rules.amount_in_words(Decimal(amount)) == words


VALUES = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read_back(words: str) -> Decimal:
    """What a person makes of the capitals."""
    total = group = digit = 0
    fen = 0
    for c in words.removesuffix("整"):
        if c in VALUES:
            digit = VALUES[c]
        elif c in "拾佰仟":
            group, digit = group + digit * 10 ** ("拾佰仟".index(c) + 1), 0
        elif c in "万亿":
            total, group, digit = (total + group + digit) * (10**4 if c == "万" else 10**8), 0, 0
        elif c == "元":
            total, group, digit = total + group + digit, 0, 0
        else:
            fen, digit = fen + digit * (10 if c == "角" else 1), 0
    return Decimal(total) + Decimal(fen) / 100


@given(st.integers(0, 10**8 * 100 - 1))
def test_every_amount_can_be_read_back(fen: int) -> None:
    amount = Decimal(fen) / 100
    assert read_back(rules.amount_in_words(amount)) == amount


@given(st.integers(0, 10**16 - 1))
def test_zeros_are_said_once_and_never_before_the_unit(yuan: int) -> None:
    words = rules.amount_in_words(Decimal(yuan))
    assert "零零" not in words
    assert yuan == 0 or "零元" not in words


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "1e16"])
def test_what_cannot_stand_on_a_receipt_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        rules.amount_in_words(Decimal(amount))


# ---- one notice --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice", "owed", "made_of_it"),
    [
        pytest.param(GOOD, OPEN, "believed", id="paid"),
        pytest.param(said(status="TRADE_FINISHED"), OPEN, "believed", id="finished"),
        pytest.param(said(amount="70"), OPEN, "believed", id="70 is 70.00"),
        pytest.param(said(currency="CNY"), OPEN, "believed", id="yuan"),
        pytest.param(GOOD, Owed(SEVENTY, "paid", "T1"), "repeated", id="repeated"),
        pytest.param(GOOD, Owed(SEVENTY, "paid"), "late", id="paid at the counter before"),
        pytest.param(GOOD, Owed(SEVENTY, "paid", "T0"), "late", id="paid by another trade before"),
        pytest.param(GOOD, Owed(SEVENTY, "cancelled"), "late", id="cancelled before"),
        pytest.param(said(genuine=False), OPEN, "forged", id="forged"),
        pytest.param(said(genuine=False), None, "forged", id="forged, of nothing"),
        pytest.param(said(app_id="2021"), OPEN, "mismatched", id="another application"),
        pytest.param(said(seller_id="2088"), OPEN, "mismatched", id="another seller"),
        pytest.param(said(seller_id=""), OPEN, "mismatched", id="no seller"),
        pytest.param(GOOD, None, "unknown", id="no such order"),
        pytest.param(said(status="WAIT_BUYER_PAY"), OPEN, "not_paid", id="waiting"),
        pytest.param(said(status="TRADE_CLOSED"), OPEN, "not_paid", id="closed"),
        pytest.param(said(refunded="70.00"), OPEN, "not_paid", id="refunded before it was heard of"),
        pytest.param(said(refunded="nonsense"), OPEN, "not_paid", id="refunded, who knows how much"),
        pytest.param(said(refunded="0.00"), OPEN, "believed", id="nothing refunded"),
        pytest.param(said(amount="69.99"), OPEN, "mismatched", id="less"),
        pytest.param(said(amount="700.00"), OPEN, "mismatched", id="more"),
        pytest.param(said(amount=""), OPEN, "mismatched", id="no amount"),
        pytest.param(said(amount="."), OPEN, "mismatched", id="a point"),
        pytest.param(said(amount="7E1"), OPEN, "mismatched", id="an exponent"),
        pytest.param(said(amount="７０"), OPEN, "mismatched", id="wide digits"),
        pytest.param(said(amount="+70"), OPEN, "mismatched", id="a sign"),
        pytest.param(said(amount="70.000"), OPEN, "mismatched", id="three decimals"),
        pytest.param(said(amount="0000000000070"), OPEN, "mismatched", id="too long"),
        pytest.param(said(currency="USD"), OPEN, "mismatched", id="dollars"),
        pytest.param(said(trade_no=""), OPEN, "mismatched", id="no trade"),
        pytest.param(GOOD, Owed(SEVENTY, "created", "", True), "mismatched", id="another order's trade"),
    ],
)
def test_a_notice_is_judged(notice: Said, owed: Owed | None, made_of_it: str) -> None:
    assert verdict(notice, US, owed) == made_of_it


# ---- histories ---------------------------------------------------------------------------------------

FAULTS: list[dict[str, object]] = [
    {},
    {},
    {"genuine": False},
    {"genuine": False, "amount": "0.01"},
    {"amount": "0.01"},
    {"amount": "70.01"},
    {"seller_id": "2088999999999999"},
    {"app_id": "2021999999999999"},
    {"currency": "USD"},
    {"status": "WAIT_BUYER_PAY"},
    {"status": "TRADE_CLOSED"},
    {"status": "TRADE_FINISHED"},
    {"refunded": "70.00"},
    {"trade_no": "T2"},
]
History = list[tuple[dict[str, object], int]]
histories = st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(1, 5)), max_size=6)


def tell(notices: list[Said]) -> tuple[Owed, int, list[str]]:
    """Hear them one after another, as `actions` does: the order, how often money came in, the verdicts."""
    owed, credits, verdicts = OPEN, 0, []
    for notice in notices:
        made = verdict(notice, US, owed)
        verdicts.append(made)
        if made == "believed":
            owed, credits = Owed(SEVENTY, "paid", notice.trade_no), credits + 1
    return owed, credits, verdicts


def hold(history: History, chance: random.Random) -> None:
    """Money comes in at most once, exactly if somebody honest said so, and in any order alike."""
    notices = [said(**fault) for fault, times in history for _ in range(times)]
    shuffled = list(notices)
    chance.shuffle(shuffled)
    one, credits, _ = tell(notices)
    other, credits_again, verdicts = tell(shuffled)
    honest = {n.trade_no for n in notices if verdict(n, US, OPEN) == "believed"}
    assert credits == credits_again == (1 if honest else 0)
    assert one.state == other.state == ("paid" if honest else "created")
    assert other.trade_no in honest or not honest
    for notice, made in zip(shuffled, verdicts, strict=True):
        assert notice.genuine or made == "forged"
        assert made != "believed" or (notice.amount, notice.seller_id) == ("70.00", US.seller_id)
    # What came in beside the one payment is kept to be given back, each trade of it.
    late = {n.trade_no for n, made in zip(shuffled, verdicts, strict=True) if made == "late"}
    assert late == honest - {other.trade_no}


@pytest.mark.clause("CQ-08")
@given(histories, st.randoms(use_true_random=False))
def test_whatever_is_told_and_in_whatever_order_money_comes_in_once(history: History, chance: random.Random) -> None:
    hold(history, chance)


@pytest.mark.clause("CQ-08")
def test_ten_thousand_histories_hold_too() -> None:
    chance = random.Random(205)
    for _ in range(10_000):
        hold([(chance.choice(FAULTS), chance.randint(1, 5)) for _ in range(chance.randint(0, 6))], chance)


# ---- asking ------------------------------------------------------------------------------------------

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def due(after: timedelta, asked: timedelta | None = None) -> bool:
    asked_at = None if asked is None else NOON + asked
    return rules.is_due_to_ask(sent_at=NOON, asked_at=asked_at, at=NOON + after)


@pytest.mark.parametrize(
    ("after", "asked", "now"),
    [
        pytest.param(timedelta(seconds=59), None, False, id="give it a minute"),
        pytest.param(timedelta(minutes=1), None, True, id="after a minute"),
        pytest.param(timedelta(minutes=2), timedelta(minutes=1), True, id="every minute at first"),
        pytest.param(timedelta(minutes=100), timedelta(minutes=95), False, id="then more rarely"),
        pytest.param(timedelta(minutes=100), timedelta(minutes=90), True, id="a tenth of its age"),
        pytest.param(timedelta(minutes=1), timedelta(minutes=-1), True, id="sent again after asking"),
        pytest.param(timedelta(days=16), None, False, id="the provider has closed it"),
    ],
)
def test_the_provider_is_asked_ever_more_rarely(after: timedelta, asked: timedelta | None, now: bool) -> None:
    assert due(after, asked) is now


def test_an_order_is_asked_about_fewer_than_two_hundred_times_in_all() -> None:
    asked_at, times, at = None, 0, NOON
    while at - NOON < timedelta(days=16):
        at += timedelta(minutes=1)
        if rules.is_due_to_ask(sent_at=NOON, asked_at=asked_at, at=at):
            asked_at, times = at, times + 1
    assert 20 < times < 200
