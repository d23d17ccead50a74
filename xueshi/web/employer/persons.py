"""The unit looks at one of its people: how they stand, and what the law still has to know of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.people import actions as people
from xueshi.people.viewer import Viewer
from xueshi.web import doors, person_standing
from xueshi.web.redirects import SeeOther

ROLES = ("unit_clerk",)


@doors.employers
@require_safe
def person(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """How somebody stands for a decision, as that person sees it; who looked is recorded."""
    at = clock.now()

    def see(viewer: Viewer) -> dict[str, object]:
        return person_standing.context_of(request, viewer, person_id, at)

    context = person_standing.reaching(request.viewer, ROLES, see)
    here = {"here": request.path, "back_url": reverse("employer:people"), "back": pgettext("menu", "人员")}
    if context["may_record"]:
        here["record_url"] = reverse("employer:person_facts", args=[person_id])
    return render(request, "employer/person.html", {**context, **here}, status=context["status"])


@doors.employers
@require_http_methods(["GET", "HEAD", "POST"])
def person_facts(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """What the law asks of somebody beyond the register: recorded with its evidence."""
    at = clock.now()
    wanted = request.POST.get("word") or request.GET.get("word", "")

    def see(viewer: Viewer) -> tuple[Viewer, person_standing.Facts]:
        return viewer, person_standing.facts_of(viewer, person_id, wanted, at)

    viewer, facts = person_standing.reaching(request.viewer, ROLES, see)
    form = person_standing.FactForm(request.POST or None, facts.word, facts.tongue) if facts.word else None
    if form and form.is_valid() and (said := person_standing.record(viewer, facts, form, at)):
        messages.info(request, said)
        return SeeOther(reverse("employer:person_facts", args=[person_id]))
    context = {"facts": facts, "form": form, "person": facts.person}
    return render(request, "employer/person_facts.html", context, status=422 if form and form.is_bound else 200)


@doors.employers
@require_POST
def withdraw_fact(request: doors.SeenRequest, person_id: int, fact_id: int) -> HttpResponse:
    """Take back a fact that was recorded wrongly; it stays readable."""

    def withdraw(viewer: Viewer) -> object:
        return people.withdraw_fact(
            viewer=viewer, fact_id=fact_id, reason=request.POST.get("reason", ""), at=clock.now()
        )

    person_standing.reaching(request.viewer, ROLES, withdraw)
    messages.info(request, _("已撤回，原来的登记仍可查。"))
    return SeeOther(reverse("employer:person_facts", args=[person_id]))


urlpatterns: list[URLPattern] = [
    path("people/<int:person_id>/", person, name="person"),
    path("people/<int:person_id>/facts/", person_facts, name="person_facts"),
    path("people/<int:person_id>/facts/<int:fact_id>/withdraw", withdraw_fact, name="withdraw_fact"),
]
