"""Numbers that can be read out, amounts in words, and what to make of a notice: pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

# ---- what is owed ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Price:
    """A fee as the law states it: yuan, the price approval, what it covers, and where that is written."""

    amount: Decimal
    basis: str
    instrument: str
    provision: str
    covers: tuple[str, ...] = ()


# ---- numbers -----------------------------------------------------------------------------------------


def check_digits(digits: str) -> str:
    """Two digits that catch every wrong digit and every swapped pair (ISO 7064 MOD 97-10)."""
    return f"{98 - int(digits + '00') % 97:02d}"


def number(prefix: str, on: date, serial: int, salt: str = "") -> str:
    """A number such as SJ202606010000012360: prefix, day, serial, further digits if any, check digits."""
    body = f"{on:%Y%m%d}{serial:08d}{salt}"
    return prefix + body + check_digits(body)


def is_number(text: str) -> bool:
    """Whether the check digits of a number fit; says nothing about whether it was ever given out."""
    body = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return len(body) > 2 and body.isascii() and body.isdigit() and int(body) % 97 == 1


# ---- amounts in words --------------------------------------------------------------------------------

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def amount_in_words(amount: Decimal) -> str:
    """Yuan in the capitals of a receipt: 70 is 柒拾元整, 1005.30 is 壹仟零伍元叁角.

    Raises ValueError below zero, from 10^16 on, and for fractions of a fen.
    """
    fen = amount * 100
    if amount < 0 or amount >= Decimal(10) ** 16 or fen != fen.to_integral_value():
        raise ValueError(f"{amount} cannot stand on a receipt")
    yuan, rest = divmod(int(fen), 100)
    jiao, fen_digit = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan or not rest else ""
    if not rest:
        return words + "整"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return words + (f"{_DIGITS[fen_digit]}分" if fen_digit else "")


def _whole(yuan: int) -> str:
    """A whole number in capitals; runs of zeros are said once, and never before 元."""
    if yuan == 0:
        return "零"
    said, gap = "", False
    for place in range(len(str(yuan)) - 1, -1, -1):
        digit = yuan // 10**place % 10
        group, within = divmod(place, 4)
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[within]
        gap = digit == 0
        if within == 0 and yuan // 10**place % 10**4:
            said += _GROUPS[group]
    return said


# ---- notices -----------------------------------------------------------------------------------------

Verdict = Literal["believed", "repeated", "forged", "mismatched", "unknown", "not_paid", "late"]

OrderState = Literal["created", "paid", "cancelled"]

PAID_STATUSES = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})


@dataclass(frozen=True)
class Merchant:
    """Who we are to the provider."""

    app_id: str
    seller_id: str


@dataclass(frozen=True)
class Said:
    """What a notice says, as it was said; `genuine` is whether the provider's signature fits."""

    genuine: bool
    app_id: str
    seller_id: str
    order_number: str
    trade_no: str
    status: str
    amount: str
    currency: str = ""
    refunded: str = ""


@dataclass(frozen=True)
class Owed:
    """The order a notice speaks of, as it stands. `trade_no` is the one it was paid by, if online;
    `trade_is_anothers` says that the notice's trade has already paid another order."""

    amount: Decimal
    state: OrderState
    trade_no: str = ""
    trade_is_anothers: bool = False


def verdict(said: Said, merchant: Merchant, owed: Owed | None) -> Verdict:
    """What to make of a notice. Only "believed" changes anything; "late" is money to give back.

    A delay alone is no fault: a notice for an order still unpaid is believed however old it is.
    """
    if not said.genuine:
        return "forged"
    if (said.app_id, said.seller_id) != (merchant.app_id, merchant.seller_id):
        return "mismatched"
    if owed is None:
        return "unknown"
    if said.status not in PAID_STATUSES or _yuan(said.refunded or "0") != 0:
        return "not_paid"
    if not said.trade_no or owed.trade_is_anothers:
        return "mismatched"
    if _yuan(said.amount) != owed.amount or said.currency not in {"", "CNY"}:
        return "mismatched"
    if owed.state == "created":
        return "believed"
    return "repeated" if owed.state == "paid" and owed.trade_no == said.trade_no else "late"


def _yuan(said: str) -> Decimal | None:
    """The amount, or None where it is none: only plain ASCII digits with at most two decimals count."""
    whole, _, fen = said.partition(".")
    if len(said) > 12 or len(fen) > 2 or not (whole + fen).isascii() or not (whole + fen).isdigit():
        return None
    return Decimal(said)


# ---- asking the provider -----------------------------------------------------------------------------

A_MINUTE = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=15)


def is_due_to_ask(*, sent_at: datetime, asked_at: datetime | None, at: datetime) -> bool:
    """Whether to ask the provider about an unpaid order: first after a minute, then ever more rarely.

    The pause is a tenth of the age, at least a minute; after fifteen days the provider has closed the trade.
    """
    age = at - sent_at
    if age < A_MINUTE or age > GIVEN_UP_AFTER:
        return False
    return asked_at is None or asked_at < sent_at or at - asked_at >= max(A_MINUTE, age / 10)
