"""Regions, organisations, and people in their posts."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.payments.settling_queries import notices_to_settle
from xueshi.people import office_queries, organisation_actions, place_actions
from xueshi.training import plan_queries
from xueshi.web import doors
from xueshi.web.operator.forms import (
    OrganisationForm,
    ReasonForm,
    RegionForm,
    RegionNameForm,
)

A_PAGE = 25


def page_of(request: doors.SeenRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


def _one_of(rows: Iterable[tuple[str, Any]], asked: str) -> str:
    """What is asked for, if there is such a thing; anything odd in the address is no filter at all."""
    return asked if asked in dict(rows) else ""


@require_safe
@doors.operators
def home(request: doors.SeenRequest) -> HttpResponse:
    """How many of what, what waits for a hand, and the newest plans."""
    shown = {
        "counts": office_queries.counts(),
        "plans": list(plan_queries.plans()[:5]),
        "to_settle": len(notices_to_settle(request.viewer)),
    }
    return render(request, "operator/home.html", shown)


@doors.operators
def regions(request: doors.SeenRequest) -> HttpResponse:
    form = RegionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            place_actions.add_region(
                viewer=request.viewer, code=typed["code"], name=typed["name"], parent_id=typed["parent"], at=clock.now()
            )
            messages.success(request, _("已添加%(name)s。") % {"name": typed["name"]})
            return redirect("operator:regions")
        except (place_actions.RegionTaken, place_actions.NotBelow) as refused:
            form.add_error("code", f"{refused.said}{refused.advice}")
    shown = {"form": form, "regions": page_of(request, office_queries.regions())}
    return render(request, "operator/regions.html", shown, status=422 if form.errors else 200)


@doors.operators
def region(request: doors.SeenRequest, region_id: int) -> HttpResponse:
    """Give a region a new name; its code stays."""
    known = office_queries.region(region_id)
    if known is None:
        raise NotYours()
    form = RegionNameForm(request.POST or None, initial={"name": known.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        place_actions.rename_region(viewer=request.viewer, region_id=known.pk, name=name, at=clock.now())
        messages.success(request, _("已改名为%(name)s。") % {"name": name})
        return redirect("operator:regions")
    return render(request, "operator/region.html", {"form": form, "known": known}, status=422 if form.errors else 200)


@require_safe
@doors.operators
def organisations(request: doors.SeenRequest) -> HttpResponse:
    kinds, text = office_queries.kinds(), request.GET.get("text", "").replace("\x00", "").strip()
    kind = _one_of(kinds, request.GET.get("kind", ""))
    found = page_of(request, office_queries.organisations(kind=kind, text=text))
    shown = {"organisations": found, "kinds": kinds, "kind": kind, "text": text}
    return render(request, "operator/organisations.html", shown)


@doors.operators
def organisation(request: doors.SeenRequest, organisation_id: int | None = None) -> HttpResponse:
    """Add an organisation, or change one."""
    known = None if organisation_id is None else office_queries.organisation(organisation_id)
    if organisation_id is not None and known is None:
        raise NotYours()
    names = ("name", "kind", "level", "address", "phone", "hours")
    initial = {name: getattr(known, name) for name in names} | {"region": known.region_id} if known else {}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        region_id = facts.pop("region")
        try:
            kept = organisation_actions.keep_organisation(
                viewer=request.viewer, organisation_id=organisation_id, region_id=region_id, at=clock.now(), **facts
            )
            messages.success(request, _("已保存：%(name)s。") % {"name": kept.name})
            return redirect("operator:organisations")
        except organisation_actions.OrganisationTaken as refused:
            form.add_error("name", f"{refused.said}{refused.advice}")
    shown = {"form": form, "known": known, "reason": ReasonForm(auto_id="id_close_%s")}
    return render(request, "operator/organisation.html", shown, status=422 if form.errors else 200)


@require_POST
@doors.operators
def close_organisation(request: doors.SeenRequest, organisation_id: int) -> HttpResponse:
    form, known = ReasonForm(request.POST), office_queries.organisation(organisation_id)
    if known is None:
        raise NotYours()
    if not form.is_valid():
        shown = {"form": form, "known": known}
        return render(request, "operator/reason.html", shown, status=422)
    organisation_actions.propose_closing(
        viewer=request.viewer, organisation_id=organisation_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    messages.success(request, _("%(name)s已关闭，那里的岗位也已停止。") % {"name": known.name})
    return redirect("operator:organisations")


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("regions/", regions, name="regions"),
    path("regions/<int:region_id>/", region, name="region"),
    path("organisations/", organisations, name="organisations"),
    path("organisations/new/", organisation, name="organisation_new"),
    path("organisations/<int:organisation_id>/", organisation, name="organisation"),
    path("organisations/<int:organisation_id>/close/", close_organisation, name="organisation_close"),
]
