"""The unit looks at one of its people: how they stand, and what the law still has to know of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.people.viewer import Viewer
from xueshi.web import doors, person_facts, person_standing, unmasking

ROLES = ("unit_clerk", "unit_head")


@doors.employers
@require_safe
def person(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """How somebody stands for a decision, as that person sees it; who looked is recorded."""
    at = clock.now()

    def see(viewer: Viewer) -> dict[str, object]:
        return person_standing.context_of(request, viewer, person_id, at)

    context = person_standing.reaching(request.viewer, ROLES, see)
    here: dict[str, object] = {
        "here": request.path,
        "back_url": reverse("employer:people"),
        "back": pgettext("menu", "人员"),
    }
    here |= unmasking.offered(request.viewer, ROLES, person_id, "employer")
    if context["may_record"]:
        here["record_url"] = reverse("employer:person_facts", args=[person_id])
    return render(request, "employer/person.html", {**context, **here}, status=context["status"])


@doors.employers
@require_http_methods(["GET", "HEAD", "POST"])
def facts_page(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """What the law asks of somebody beyond the register: recorded with its evidence."""
    return person_facts.page(request, person_id, ROLES, "employer")


@doors.employers
@require_POST
def withdraw_fact(request: doors.SeenRequest, person_id: int, fact_id: int) -> HttpResponse:
    """Take back a fact that was recorded wrongly; it stays readable."""
    return person_facts.withdraw(request, person_id, fact_id, ROLES, "employer")


@doors.employers
@require_POST
def unmask(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """The whole identity number, once, with the reason recorded."""
    return unmasking.page(request, person_id, ROLES, reverse("employer:person", args=[person_id]))


urlpatterns: list[URLPattern] = [
    path("people/<int:person_id>/", person, name="person"),
    path("people/<int:person_id>/number", unmask, name="unmask"),
    path("people/<int:person_id>/facts/", facts_page, name="person_facts"),
    path("people/<int:person_id>/facts/<int:fact_id>/withdraw", withdraw_fact, name="withdraw_fact"),
]
