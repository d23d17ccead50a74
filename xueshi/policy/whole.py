"""Hours as whole numbers: one hour (学时) is 1800 parts, so comparing is exact.

Hundredths, thirds, and minutes of 40, 45, 50 and 60 to the hour all fit. What does not fit is
refused; what must be rounded is rounded up when it is needed and down when it is a ceiling.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import lru_cache

PARTS = 1800
_EXACT = Decimal(1)
_SHOWN = Decimal("0.0001")


class NotWhole(ValueError):
    """A number of hours that is no whole number of 1/1800ths."""


def parts(hours: Fraction | Decimal | int) -> int:
    """Hours as whole parts, or ``NotWhole``."""
    exact = Fraction(hours) * PARTS
    if exact.denominator != 1:
        raise NotWhole(f"{hours} hours is not a whole number of 1/{PARTS} hours")
    return exact.numerator


def times(amount: int, factor: Fraction) -> int:
    """A need lowered by a factor; rounds up, so that nobody owes less than the law says."""
    return -((-amount * factor.numerator) // factor.denominator)


@lru_cache(maxsize=10_000)  # a city's hours are a few hundred numbers
def recorded(hours: Decimal) -> int:
    """Hours as recorded in a ledger, as parts; the same as ``parts``, remembered."""
    return parts(hours)


@lru_cache(maxsize=10_000)
def shown(amount: int, up: bool = False) -> Decimal:
    """Parts as a Decimal of hours: exact where four places do, else rounded down (or ``up``)."""
    hours = (Decimal(amount) / PARTS).quantize(_SHOWN, ROUND_CEILING if up else ROUND_FLOOR)
    return hours.quantize(_EXACT) if hours == hours.to_integral_value() else hours.normalize()
