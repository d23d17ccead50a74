"""The learner's home: what is still needed, by when, and what to press next."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xueshi.certificates import queries as certificates
from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.ledger import queries as ledger
from xueshi.payments import queries as payments
from xueshi.people import queries as people
from xueshi.study import queries as studies
from xueshi.training import prices
from xueshi.training import queries as training
from xueshi.web import doors
from xueshi.web.learner import ribbon as steps


@require_safe
@doors.learners
def home(request: doors.SeenRequest) -> HttpResponse:
    """The newest enrolment in seven steps, its hours, and what lies with others."""
    at = clock.now()
    newest = next(iter(studies.enrolments_of(request.viewer)), None)
    person = newest.person if newest else people.person_for(request.viewer, request.viewer.person_id)
    course = studies.state_of(newest) if newest else None
    order = payments.order_of(training.subject_of(newest.pk)) if newest and newest.opened_at is None else None
    slip = certificates.slip_state_of(course.passed) if course and course.passed else None
    free = newest is not None and order is None and prices.price_of(newest.plan, clock.day_of(at)) is None
    place = steps.Place(person.registered_at, course, slip, order.pk if order else None, at, free)
    year = course.plan.year if course else clock.day_of(at).year
    category = course.plan.course.category if course else "public"
    shown = {
        "ribbon": steps.ribbon(place), "course": course, "slip": slip, "year": year, "person": person,
        "law": _law(course, year), "have": ledger.total_for(request.viewer, year, category),
    }  # fmt: skip
    request.region_line = _line(person.region.name, year)  # type: ignore[attr-defined]
    return render(request, "learner/home.html", shown)


def _law(course: studies.CourseState | None, year: int) -> dict[str, object]:
    """What the notice asks for in a year, in its own words: hours, and the clause to show beside them."""
    if course is None:
        return {}
    book = law.of(course.plan.instrument)
    day = clock.day_of(course.plan.opens_at)
    award = book.award(course.plan.course.kind, day)
    return {
        "need": prices.hours_of(course.plan, day) or Decimal(0),
        "award": training.clause_of(course.plan, award),
        "subject": _("专业科目") if course.plan.course.category == "professional" else _("公需科目"),
    }


def _line(region: str, year: int) -> str:
    return f"{region} · {year}"


urlpatterns: list[URLPattern] = [path("", home, name="home")]
