"""Showing a whole identity number once, behind the bureau's door and the unit's. Never in an address."""

from collections.abc import Sequence

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.people import access
from xueshi.people import queries as persons
from xueshi.people.actions.unmasking import LEAST_REASON, UnmaskReasonMissing, unmask
from xueshi.people.viewer import Viewer
from xueshi.web import doors, person_standing


class ReasonForm(forms.Form):
    """Why the number is needed."""

    reason = forms.CharField(
        label=_("为什么要看"),
        help_text=_("本人看得到是谁、什么时候、为什么看的。"),
        min_length=LEAST_REASON,
        max_length=200,
        error_messages={"required": _("请写一句原因，本人看得到。"), "min_length": _("请写得明白些，本人看得到。")},
    )


def offered(viewer: Viewer, roles: Sequence[str], person_id: int, door: str) -> dict[str, object]:
    """For a person's page: the address and form of asking, where the viewer may ask."""
    if not any(viewer.holds(role) and access.may(viewer.acting_as(role), "unmask", person_id) for role in roles):
        return {}
    return {"unmask_url": reverse(f"{door}:unmask", args=[person_id]), "unmask_form": ReasonForm()}


def page(request: doors.SeenRequest, person_id: int, roles: Sequence[str], back: str) -> HttpResponse:
    """The number, in the answer to a form with a reason, and nowhere else; `back` is where one came from."""
    form = ReasonForm(request.POST)
    shown: dict[str, object] = {"form": form, "back_url": back, "here": request.path}
    person = person_standing.reaching(request.viewer, roles, lambda viewer: _reached(viewer, person_id))
    if form.is_valid():
        try:
            shown["number"] = person_standing.reaching(
                request.viewer,
                roles,
                lambda viewer: unmask(
                    viewer=viewer, person_id=person_id, reason=form.cleaned_data["reason"], at=clock.now()
                ),
            )
        except UnmaskReasonMissing as refused:
            form.add_error("reason", f"{refused.said}{refused.advice}")
    answer = render(request, "unmask/number.html", {**shown, "person": person}, status=422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _reached(viewer: Viewer, person_id: int) -> object:
    if not access.may(viewer, "unmask", person_id):
        raise NotYours()
    return persons.person_for(viewer, person_id)
