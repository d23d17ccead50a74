"""Who does what in a region: given and ended; and whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.people import contact_actions, contact_queries, duty_actions, kinds, organisation_queries, queries_duties
from xueshi.people.viewer import Viewer
from xueshi.web.doors import SeenRequest
from xueshi.web.establishment.desk import Desk, show
from xueshi.web.establishment.forms import DutyForm, EndDutyForm, HelpContactForm

if TYPE_CHECKING:
    from xueshi.people.models import HelpContact, Organisation


def duty_new(request: SeenRequest, desk: Desk, region_id: int) -> HttpResponse:
    """Make an organisation responsible for something in a region."""
    region = organisation_queries.region_for(request.viewer, region_id)
    at = clock.now()
    asked = request.GET.get("function", "")
    initial = {"since": clock.day_of(at), "function": asked if asked in kinds.Function.values else None}
    form = DutyForm(
        request.POST or None,
        viewer=request.viewer,
        organisations=organisation_queries.offices_for(request.viewer),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            duty_actions.give_duty(
                viewer=request.viewer, organisation_id=typed["organisation"], function=typed["function"],
                region_id=region.pk, industry_id=typed["industry"], since=typed["since"], basis=typed["basis"],
                replace=typed["replace"], at=at,
            )  # fmt: skip
            label = kinds.Function(typed["function"]).label
            messages.success(request, _("已安排：%(name)s的“%(label)s”。") % {"name": region.name, "label": label})
            return desk.to("region", region.pk)
        except duty_actions.DutyTaken as refused:
            form.add_error("organisation", f"{refused.said}{refused.advice}")
        except duty_actions.DutyFromAbove as refused:
            form.add_error(None, refused.said)
    shown = {"form": form, "region": region, "tab": "regions"}
    return show(request, desk, "duty_form", shown, 422 if form.errors else 200)


def duty_end(request: SeenRequest, desk: Desk, duty_id: int) -> HttpResponse:
    """Ask from which day on; only the answer ends it."""
    duty = queries_duties.duty_kept(request.viewer, duty_id)
    at = clock.now()
    form = EndDutyForm(request.POST or None, initial={"until": clock.day_of(at)})
    if request.method == "POST" and form.is_valid():
        try:
            duty_actions.end_duty(viewer=request.viewer, duty_id=duty.pk, until=form.cleaned_data["until"], at=at)
            messages.success(request, _("已安排停止。在那以后，由上一级承担的机构接着办。"))
            return desk.to("region", duty.region_id)
        except duty_actions.DutyEndsTooEarly as refused:
            form.add_error("until", refused.said)
    return show(request, desk, "duty_end", {"form": form, "duty": duty, "tab": "regions"}, 422 if form.errors else 200)


def contacts(request: SeenRequest, desk: Desk) -> HttpResponse:
    """The help contacts that this desk keeps, and those from around it that its people see as well."""
    today = clock.day_of(clock.now())
    kept = list(contact_queries.contacts_kept(request.viewer, today))
    mine = {one.pk for one in kept}
    around: dict[int, HelpContact] = {}
    for code in sorted({seat.region for seat in request.viewer.acting}):
        around |= {one.pk: one for one in contact_queries.contacts_for(code, on=today) if one.pk not in mine}
    shown: dict[str, Any] = {"kept": kept, "around": list(around.values()), "tab": "contacts"}
    return show(request, desk, "contacts", shown)


def contact_new(request: SeenRequest, desk: Desk) -> HttpResponse:
    """Add a help contact."""
    return _contact(request, desk, None)


def contact(request: SeenRequest, desk: Desk, contact_id: int) -> HttpResponse:
    """Change a help contact."""
    return _contact(request, desk, contact_queries.contact_kept(request.viewer, contact_id))


def _contact(request: SeenRequest, desk: Desk, known: HelpContact | None) -> HttpResponse:
    names = ("topic", "office", "about", "phone", "email", "address", "hours")
    initial: dict[str, Any] = {name: getattr(known, name) for name in names} if known else {}
    if known:
        initial |= {"region": known.region_id, "organisation": known.organisation_id}
    serving = _offices_with(request.viewer, known)
    form = HelpContactForm(request.POST or None, viewer=request.viewer, organisations=serving, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        region_id, facts["organisation_id"] = facts.pop("region"), facts.pop("organisation")
        try:
            kept = contact_actions.keep_contact(
                viewer=request.viewer, contact_id=known.pk if known else None, region_id=region_id, at=clock.now(),
                **facts,
            )  # fmt: skip
            messages.success(request, _("已保存：%(name)s。") % {"name": kept.office})
            return desk.to("contacts")
        except contact_actions.NotAnOfficePhone as refused:
            form.add_error("phone", f"{refused.said}{refused.advice}")
    shown = {"form": form, "known": known, "tab": "contacts"}
    return show(request, desk, "contact_form", shown, 422 if form.errors else 200)


def _offices_with(viewer: Viewer, known: HelpContact | None) -> list[Organisation]:
    """The offices in reach, and the one that the contact names already."""
    found = organisation_queries.offices_for(viewer)
    there = known.organisation if known else None
    return [*found, there] if there and there.pk not in {one.pk for one in found} else found


def contact_end(request: SeenRequest, desk: Desk, contact_id: int) -> HttpResponse:
    """From today on nobody is sent there."""
    ended = contact_actions.end_contact(viewer=request.viewer, contact_id=contact_id, at=clock.now())
    messages.success(request, _("%(name)s不再显示给学员。") % {"name": ended.office})
    return desk.to("contacts")
