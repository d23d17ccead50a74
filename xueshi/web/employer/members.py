"""One of the unit's people: work, titles, facts with their history; taken off the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law
from xueshi.ledger.phrases import Tongue
from xueshi.people import actions as people
from xueshi.people import member_actions, member_queries
from xueshi.people.actions.placing import NotBefore
from xueshi.people.viewer import Viewer
from xueshi.web import doors
from xueshi.web.employer.desk import Desk, desk
from xueshi.web.person_standing import choices_of
from xueshi.web.redirects import SeeOther
from xueshi.web.standing_form import DAY_ERROR

if TYPE_CHECKING:
    from xueshi.people.models import Fact

DAY = {"type": "date"}


@dataclass(frozen=True)
class Told:
    """A fact as the history lists it; a withdrawn one says by whom, when and why."""

    term: str
    value: str
    fact: "Fact"


def _kept(request: doors.SeenRequest, person_id: int, at: datetime) -> tuple[Desk, member_queries.Kept]:
    """One of the people of the viewer's units, at whose desk the viewer sits; the look is recorded."""
    here = desk(request)
    for unit_id, _name in sorted(here.units, key=lambda one: one[0] != here.unit_id):
        for role in doors.EMPLOYERS:
            if unit_id not in request.viewer.organisations(role):
                continue
            viewer: Viewer = request.viewer.acting_as(role)
            kept = member_queries.kept_if_here(viewer, person_id, unit_id, at)
            if kept:
                people.look_at(viewer=viewer, person_id=person_id, at=at)
                request.viewer = viewer
                return Desk(viewer, unit_id, _name, here.units), kept
    raise NotYours()


@require_GET
@doors.employers
def record(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """Everything that the unit keeps about somebody."""
    here, kept = _kept(request, person_id, clock.now())
    words = law.library().words
    tongue = Tongue(words)
    context = {
        "desk": here,
        "kept": kept,
        "person": kept.person,
        "told": [_told(one, words, tongue) for one in kept.facts],
        "own": kept.person.pk == request.viewer.person_id,
    }
    return render(request, "employer/record.html", context)


def _told(fact: "Fact", words: Any, tongue: Tongue) -> Told:
    word = words.facts.get(fact.word)
    value = dict(choices_of(word, tongue)).get(fact.value, fact.value) if word else fact.value
    return Told(tongue.term(fact.word) if word else fact.word, value, fact)


class LeaveForm(forms.Form):
    """From which day, and why."""

    day = forms.DateField(
        label=gettext_lazy("从哪天起不在本单位"), error_messages=DAY_ERROR,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=200, help_text=gettext_lazy("例如：调到别的单位、退休。本人看得到。"),
        error_messages={"required": gettext_lazy("请写一句原因，本人看得到。")},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@doors.employers
def leave(request: doors.SeenRequest, person_id: int) -> HttpResponse:
    """Somebody has left the unit: say since when and why."""
    at = clock.now()
    here, kept = _kept(request, person_id, at)
    form = LeaveForm(request.POST or None, initial={"day": clock.day_of(at)})
    if request.method == "POST" and form.is_valid():
        try:
            member_actions.remove(
                viewer=here.viewer, person_id=person_id, organisation_id=here.unit_id, at=at, **form.cleaned_data
            )
        except (member_actions.LeavingAhead, NotBefore) as refused:
            form.add_error("day", f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _("%(name)s已不在本单位的名单里。") % {"name": kept.person.name})
            return SeeOther(reverse("employer:roll"))
    context = {"desk": here, "kept": kept, "person": kept.person, "form": form}
    return render(request, "employer/leave.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("people/<int:person_id>/record/", record, name="record"),
    path("people/<int:person_id>/leave/", leave, name="leave"),
]
