"""Which plans are offered, who has chosen what, what it costs by law and where it is paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Length

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law
from xueshi.payments import queries as payments
from xueshi.payments.models import Order, Receipt
from xueshi.payments.rules import Price
from xueshi.people import queries as people
from xueshi.people.models import Organisation, Person, Title
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Silent, Undecided
from xueshi.policy.chapters import CounterRoute, EnrolmentLaw, FeeLaw, Quoted
from xueshi.policy.facts import Facts
from xueshi.training import rules
from xueshi.training.models import Enrolment, Plan
from xueshi.training.prices import fee_of, hours_of, lacking, price_of


def subject_of(enrolment_id: int) -> str:
    """How an order names an enrolment."""
    return f"enrolment:{enrolment_id}"


def enrolment_id_of(subject: str) -> int | None:
    """The enrolment an order is for, or None if it is for something else."""
    kind, _, number = subject.partition(":")
    return int(number) if kind == "enrolment" and number.isdigit() else None


@dataclass(frozen=True)
class Clause:
    """Words of the law for the margin of a page: the exact text, and where it stands."""

    text: str
    cite: str


def clause_of(plan: Plan, said: Quoted | None) -> Clause | None:
    """A provision as a page quotes it."""
    if said is None or not said.provision:
        return None
    return Clause(said.text, law.cite(law.of(plan.instrument), said.provision))


def subject_words(plan: Plan) -> str:
    """公需科目 or 专业科目: what the plan's course is, in the words of the law."""
    return law.of(plan.instrument).words.entries["category"].values[plan.course.category]


# ---- plans -------------------------------------------------------------------------------------------


def _published(region_code: str) -> QuerySet[Plan]:
    return (
        Plan.objects.filter(state=Plan.State.PUBLISHED)
        .annotate(of=Value(region_code))
        .filter(of__startswith=F("region__code"))
        .select_related("course", "exam__bank", "region")
        .order_by("-year", Length("region__code").desc(), "pk")
    )


def current_plan(region_code: str, at: datetime) -> Plan | None:
    """The plan that is open now for a region; the nearest region's before its parent's, the newest first."""
    return _published(region_code).filter(opens_at__lte=at, closes_at__gt=at).first()


@dataclass(frozen=True)
class Offer:
    """A plan as one person sees it."""

    plan: Plan
    window: rules.Window
    price: Price | None
    fee: FeeLaw | None
    hours: Decimal | None
    lacking: str  # what the plan must be told before its price is known, see `prices.lacking`
    clause: Clause | None
    enrolment: Enrolment | None
    order: Order | None


def plans_for(viewer: Viewer, at: datetime) -> list[Offer]:
    """The plans offered to the viewer's region this year and later, open ones of past years, and those chosen."""
    region = Person.objects.values_list("region__code", flat=True).get(pk=viewer.person_id)
    chosen = {e.plan_id: e for e in enrolments_for(viewer)}
    year = clock.day_of(at).year
    plans = {p.pk: p for p in _published(region).filter(Q(year__gte=year) | Q(closes_at__gt=at))}
    plans |= {e.plan_id: e.plan for e in chosen.values()}
    orders = payments.orders_of(subject_of(e.pk) for e in chosen.values())
    return [_offer(plan, chosen.get(plan.pk), orders, at) for plan in plans.values()]


def _offer(plan: Plan, enrolment: Enrolment | None, orders: dict[str, Order], at: datetime) -> Offer:
    on = clock.day_of(at)
    return Offer(
        plan=plan,
        window=window_of(plan, at),
        price=price_of(plan, on),
        fee=(fee := fee_of(plan, on)),
        hours=hours_of(plan, on),
        lacking=lacking(plan, on),
        clause=clause_of(plan, fee),
        enrolment=enrolment,
        order=orders.get(subject_of(enrolment.pk)) if enrolment else None,
    )


def window_of(plan: Plan, at: datetime) -> rules.Window:
    return rules.window(state=plan.state, opens_at=plan.opens_at, closes_at=plan.closes_at, at=at)


# ---- the law's price and counter -----------------------------------------------------------------------


def owed_by(person_id: int, plan: Plan, on: date) -> Price | None:
    """What a person owes for a plan beside what was paid before in its year; None for nothing.

    An amount for a person and year is paid once (CQ-22), and a package is bought once for all the hours it has.
    """
    fee = fee_of(plan, on)
    if fee is not None and fee.package_price is not None:
        return price_of(plan, on, hours_before=_bought(person_id, plan, on))
    once = fee is not None and fee.per == "person_year"
    if once and payments.has_paid(person_id=person_id, year=plan.year, instrument=plan.instrument):
        return None
    return price_of(plan, on)


def _bought(person_id: int, plan: Plan, on: date) -> Decimal:
    """The hours of what the person was let into under the same notice, in the same year and category."""
    others = Enrolment.objects.filter(
        person_id=person_id, plan__year=plan.year, plan__instrument=plan.instrument,
        plan__course__category=plan.course.category, opened_at__isnull=False,
    ).exclude(plan=plan)  # fmt: skip
    found = (hours_of(one.plan, on) for one in others.select_related("plan__course"))
    return sum((hours for hours in found if hours is not None), Decimal(0))


def online_way(plan: Plan, on: date) -> EnrolmentLaw | None:
    """The law's sentence on paying online (CQ-08), or None where it knows no such way."""
    steps = law.of(plan.instrument).enrolment(on)
    return next((step for step in steps if step.step == "pay" and step.paid == "online"), None)


@dataclass(frozen=True)
class Counter:
    """Where a person pays on site, and the clause that says so. No organisation: none is entered yet."""

    route: CounterRoute
    organisation: Organisation | None
    all_of_them: tuple[int, ...]  # every desk of that kind there, by organisation id


def counter_for(person_id: int, plan: Plan, on: date) -> Counter:
    """The counter that the law names for this person (CQ-06, CQ-07).

    Raises policy's Undecided or Silent where the law cannot tell.
    """
    facts = people.law_facts(person_id, on)
    route = law.of(plan.instrument).counter_for(Facts.of(facts), on)  # type: ignore[arg-type]
    region = Person.objects.values_list("region__code", flat=True).get(pk=person_id)
    found = list(
        Organisation.objects.filter(kind=route.by, closed_at=None)
        .annotate(of=Value(region))
        .filter(of__startswith=F("region__code"))
        .select_related("region")
        .order_by(Length("region__code").desc(), "pk")
    )
    nearest = [o for o in found if o.region_id == found[0].region_id]
    return Counter(route, found[0] if found else None, tuple(o.pk for o in nearest))


def known_counter(person_id: int, plan: Plan, on: date) -> Counter | None:
    """The same, or None where the notice names no counter, or cannot tell which without knowing more."""
    try:
        return counter_for(person_id, plan, on)
    except (Silent, Undecided):
        return None


# ---- enrolments ----------------------------------------------------------------------------------------


def _enrolments() -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(withdrawn_at=None).select_related(
        "plan__course", "plan__exam__bank", "plan__region"
    )


def enrolments_for(viewer: Viewer) -> list[Enrolment]:
    """The viewer's own enrolments, the newest plan first."""
    return list(_enrolments().filter(person_id=viewer.person_id).order_by("-plan__year", "-pk"))


def enrolment_for(viewer: Viewer, enrolment_id: int) -> Enrolment:
    """One's own enrolment; raises NotYours."""
    enrolment = _enrolments().filter(pk=enrolment_id, person_id=viewer.person_id).first()
    if enrolment is None:
        raise NotYours()
    return enrolment


@dataclass(frozen=True)
class Due:
    """An enrolment with its order: what is owed, how it can be paid, or how it was."""

    enrolment: Enrolment
    order: Order | None
    receipt: Receipt | None
    counter: Counter | None  # None once paid, and where the notice knows none for this person
    clauses: tuple[Clause | None, ...] = ()  # of the fee, of paying online, of the counter


def _due(enrolment: Enrolment, order: Order | None, on: date) -> Due:
    receipt = payments.receipt_of(order.pk) if order and order.state == Order.State.PAID else None
    counter = known_counter(enrolment.person_id, enrolment.plan, on) if order and receipt is None else None
    said = (fee_of(enrolment.plan, on), online_way(enrolment.plan, on), counter.route if counter else None)
    clauses = tuple(clause_of(enrolment.plan, one) for one in said)
    return Due(enrolment, order, receipt, counter, clauses)


def due_for(viewer: Viewer, order_id: int, on: date) -> Due:
    """One's own order with what it opens and where it can be paid on site; raises NotYours."""
    order = payments.order_for(viewer, order_id)
    enrolment = (
        Enrolment.objects.select_related("plan__course", "plan__exam", "plan__region")
        .filter(pk=enrolment_id_of(order.subject) or 0, person_id=viewer.person_id)
        .first()
    )
    if enrolment is None:
        raise NotYours()
    return _due(enrolment, order, on)


@dataclass(frozen=True)
class Registrant:
    """Somebody at the counter: the data to hold against the card, and what is owed (CQ-06)."""

    person: Person
    employer: Organisation | None
    titles: list[Title]
    checked_by: str
    dues: list[Due]


def person_id_of(enrolment_id: int) -> int | None:
    """Whose enrolment it is, for an address that names both; None if there is none."""
    return Enrolment.objects.filter(pk=enrolment_id).values_list("person_id", flat=True).first()


def registrant_for(viewer: Viewer, person_id: int, on: date) -> Registrant:
    """A person within the reach of the viewer's counter; raises NotYours."""
    person = people.person_for(viewer, person_id)
    enrolments = list(_enrolments().filter(person_id=person_id).order_by("-plan__year", "-pk"))
    orders = payments.orders_of(subject_of(e.pk) for e in enrolments)
    checker = person.identity_checked_by
    return Registrant(
        person=person,
        employer=people.present_employer(person_id, on),
        titles=list(Title.objects.filter(person=person).order_by("obtained_on")),
        checked_by=checker.name if checker else "",
        dues=[_due(e, orders.get(subject_of(e.pk)), on) for e in enrolments],
    )


@dataclass(frozen=True)
class Standing:
    """How far somebody is with paying, for lists at the counter."""

    chosen: bool = False
    opened: bool = False


def standings_of(person_ids: Iterable[int]) -> dict[int, Standing]:
    """How far several persons are with their newest choice, in one query; absent: nothing chosen."""
    newest: dict[int, Standing] = {}
    rows = Enrolment.objects.filter(withdrawn_at=None, person_id__in=list(person_ids)).order_by("plan__year", "pk")
    for enrolment in rows:
        newest[enrolment.person_id] = Standing(chosen=True, opened=enrolment.opened_at is not None)
    return newest
