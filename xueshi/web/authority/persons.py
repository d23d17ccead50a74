"""An officer looks at one person: how they stand, and what the law still has to know of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.people.viewer import Viewer
from xueshi.web import doors, person_facts, person_standing, unmasking
from xueshi.web.authority.bureau import is_overseer

ROLES = ("officer", "counter", "verifier", "industry_officer", "agency_officer", "auditor")


@doors.authorities
@require_safe
def person(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """How somebody stands for a decision, as that person sees it; who looked is recorded."""
    at = clock.now()

    def see(viewer: Viewer) -> dict[str, object]:
        return person_standing.context_of(request, viewer, person_id, at)

    context = person_standing.reaching(request.viewer, ROLES, see)
    here: dict[str, object] = {"here": request.path, **_back(request.viewer)}
    here |= unmasking.offered(request.viewer, ROLES, person_id, "authority")
    if context["may_record"]:
        here["record_url"] = reverse("authority:person_facts", args=[person_id])
    return render(request, "authority/person.html", {**context, **here}, status=context["status"])


def _back(viewer: Viewer) -> dict[str, str]:
    """The list from which one came: the bureau's people, else the own desk."""
    if is_overseer(viewer):
        return {"back_url": reverse("authority:people"), "back": pgettext("menu", "人员")}
    if viewer.holds("counter"):
        return {"back_url": reverse("authority:counter"), "back": _("缴费窗口")}
    return {"back_url": reverse("authority:reviews"), "back": _("审验")}


@doors.authorities
@require_http_methods(["GET", "HEAD", "POST"])
def facts_page(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """What the law asks of somebody beyond the register: recorded with its evidence."""
    return person_facts.page(request, person_id, ROLES, "authority")


@doors.authorities
@require_POST
def withdraw_fact(request: doors.SeenRequest, person_id: int, fact_id: int) -> HttpResponse:
    """Take back a fact that was recorded wrongly; it stays readable."""
    return person_facts.withdraw(request, person_id, fact_id, ROLES, "authority")


@doors.authorities
@require_POST
def unmask(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """The whole identity number, once, with the reason recorded."""
    return unmasking.page(request, person_id, ROLES, reverse("authority:person", args=[person_id]))


urlpatterns: list[URLPattern] = [
    path("people/<int:person_id>/", person, name="person"),
    path("people/<int:person_id>/number", unmask, name="unmask"),
    path("people/<int:person_id>/facts/", facts_page, name="person_facts"),
    path("people/<int:person_id>/facts/<int:fact_id>/withdraw", withdraw_fact, name="withdraw_fact"),
]
