"""What a plan costs: the notice's fee, with what the notice leaves to the plan.

A notice names an amount for a person and year, a package, a price for an hour, that it is free, or who sets the
price elsewhere. Where it says nothing, nothing is taken: nobody is charged without a basis, and such a plan cannot
be published.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from xueshi.ledger import law
from xueshi.payments.rules import Price
from xueshi.policy.chapters import FeeLaw
from xueshi.training.models import Plan

NOTHING = Decimal(0)


def fee_of(plan: Plan, on: date) -> FeeLaw | None:
    """The fee in the law's words (CQ-22), or None where the instrument says nothing of one."""
    return law.of(plan.instrument).fee(on, plan.course.category)


def hours_of(plan: Plan, on: date) -> Decimal | None:
    """学时 of the plan's course: those that the notice fixes for its kind, else those entered with the plan."""
    award = law.of(plan.instrument).award(plan.course.kind, on)
    return award.hours if award else plan.hours


def is_by_the_hour(fee: FeeLaw | None) -> bool:
    """Whether the price hangs on how many hours the course has."""
    return fee is not None and (fee.per_hour is not None or fee.package_price is not None)


def lacking(plan: Plan, on: date) -> Literal["", "hours", "price"]:
    """What the plan must still be told before its price is known; "" for nothing."""
    fee = fee_of(plan, on)
    if fee is not None and fee.by_schedule and plan.price is None:
        return "price"
    return "hours" if is_by_the_hour(fee) and hours_of(plan, on) is None else ""


def price_of(plan: Plan, on: date, *, hours_before: Decimal = NOTHING) -> Price | None:
    """What the plan costs a person, or None for nothing; also None while it is `lacking` something.

    `hours_before` are those of the same package that were bought already: what is left of it is used up first.
    """
    fee = fee_of(plan, on)
    if fee is None or lacking(plan, on):
        return None
    amount, basis = plan.price, plan.price_basis
    if not fee.by_schedule:
        amount, basis = _by_the_notice(fee, hours_of(plan, on) or NOTHING, hours_before), fee.basis
    return Price(amount, basis, plan.instrument, fee.provision, tuple(fee.covers)) if amount else None


def _by_the_notice(fee: FeeLaw, hours: Decimal, before: Decimal) -> Decimal:
    owed = fee.price(before + hours) or NOTHING
    return owed - (fee.price(before) or NOTHING) if before and fee.package_price is not None else owed
