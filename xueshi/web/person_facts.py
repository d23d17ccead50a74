"""Recording and withdrawing what the law asks of somebody: one page behind the bureau's door and the unit's."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.people import actions as people
from xueshi.people import queries
from xueshi.people.viewer import Viewer
from xueshi.web import doors, person_standing
from xueshi.web.redirects import SeeOther


def page(request: doors.SeenRequest, person_id: int, roles: Collection[str], door: str) -> HttpResponse:
    """What is known, and the form for what is missing; `door` is the app whose page it is."""
    at = clock.now()
    wanted = request.POST.get("word") or request.GET.get("word", "")

    def see(viewer: Viewer) -> tuple[Viewer, person_standing.Facts]:
        return viewer, person_standing.facts_of(viewer, person_id, wanted, at)

    viewer, facts = person_standing.reaching(request.viewer, roles, see)
    form = person_standing.FactForm(request.POST or None, facts.word, facts.tongue) if facts.word else None
    if form and form.is_valid() and (said := person_standing.record(viewer, facts, form, at)):
        messages.info(request, said)
        return SeeOther(reverse(f"{door}:person_facts", args=[person_id]))
    context = {"facts": facts, "form": form, "person": facts.person}
    return render(request, f"{door}/person_facts.html", context, status=422 if form and form.is_bound else 200)


def withdraw(
    request: doors.SeenRequest, person_id: int, fact_id: int, roles: Collection[str], door: str
) -> HttpResponse:
    """Take back a fact that was recorded wrongly; it stays readable."""

    def by(viewer: Viewer) -> object:
        if fact_id not in {one.pk for one in queries.facts_for(viewer, person_id)}:
            raise NotYours()
        return people.withdraw_fact(
            viewer=viewer, fact_id=fact_id, reason=request.POST.get("reason", ""), at=clock.now()
        )

    person_standing.reaching(request.viewer, roles, by)
    messages.info(request, _("已撤回，原来的登记仍可查。"))
    return SeeOther(reverse(f"{door}:person_facts", args=[person_id]))
