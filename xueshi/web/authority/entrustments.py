"""Which municipal base does the training of which county (KF-35), and what bases may ask (KF-39)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.training import base_queries, entrustment_actions
from xueshi.web import base_pages, doors
from xueshi.web.authority.base_forms import EntrustForm, FeeForm, ReasonForm
from xueshi.web.authority.bases import told
from xueshi.web.base_pages import Shown, ShownEntrustment
from xueshi.web.redirects import SeeOther

A_PAGE = 20


@require_safe
@doors.authorities
def entrustments(request: doors.SeenRequest) -> HttpResponse:
    """A county's own; a city sees those of its counties."""
    viewer, on = doors.only(request, "officer"), clock.day_of(clock.now())
    page = Paginator(base_queries.entrustments_for(viewer), A_PAGE).get_page(request.GET.get("page"))
    county = base_queries.county_of(viewer)
    shown = {
        "page": page, "rows": [ShownEntrustment(one, on) for one in page.object_list], "county": county,
        "own": base_queries.own_base_of(county.region_id, on) if county else None,
        "mine": viewer.organisations("officer"),
    }  # fmt: skip
    return render(request, "authority/entrustments.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def entrust(request: doors.SeenRequest) -> HttpResponse:
    """Entrust a municipal base with a part of the county's training."""
    viewer, at = doors.only(request, "officer"), clock.now()
    on, county = clock.day_of(at), base_queries.county_of(viewer)
    if county is None:
        raise entrustment_actions.NotACounty()
    papers = base_queries.entrustable_for(viewer, on)
    initial = base_pages.begin_with(None, "county") | {"since": on}
    form = EntrustForm(request.POST if request.method == "POST" else None, initial=initial, papers=papers)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if told(form, lambda: entrustment_actions.entrust(
            viewer=viewer, bureau_id=county.pk, base_id=typed["base"], scope=form.scope, since=typed["since"],
            until=base_pages.until_of(typed["last_day"]), document=typed["document"], reason=typed["reason"], at=at,
        )):  # fmt: skip
            messages.success(request, _("委托已登记，从起始日起这个基地可以培训本地区的人。"))
            return SeeOther(reverse("authority:entrustments"))
    shown = {
        "form": form, "papers": [Shown(paper) for paper in papers], "county": county,
        "own": base_queries.own_base_of(county.region_id, on),
    }  # fmt: skip
    return render(request, "authority/entrust.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def entrustment_end(request: doors.SeenRequest, entrustment_id: int) -> HttpResponse:
    """End an entrustment from today on."""
    viewer, at = doors.only(request, "officer"), clock.now()
    one = base_queries.entrustment_for(viewer, entrustment_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        entrustment_actions.end_entrustment(viewer=viewer, entrustment_id=one.pk, reason=reason, at=at)
        messages.success(request, _("对%(name)s的委托从今天起结束。") % {"name": one.base.name})
        return SeeOther(reverse("authority:entrustments"))
    shown = {"form": form, "given": ShownEntrustment(one, clock.day_of(at))}
    return render(request, "authority/entrustment_end.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def base_fees(request: doors.SeenRequest) -> HttpResponse:
    """The unified standard of the bureau's region: in force, to come, and past; and a new line of it."""
    viewer, at = doors.only(request, "officer"), clock.now()
    on, bureaus = clock.day_of(at), base_queries.bureaus_of(viewer)
    if not bureaus:
        raise NotYours()
    form = FeeForm(request.POST if request.method == "POST" else None, initial={"since": on})
    if request.method == "POST" and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        if told(form, lambda: entrustment_actions.set_fee(viewer=viewer, bureau_id=bureaus[0].pk, at=at, **typed)):
            messages.success(request, _("收费标准已公布，基地和学员都看得到。"))
            return SeeOther(reverse("authority:base_fees"))
    in_force = base_queries.fees_of(bureaus[0].region.code, on)
    shown = {
        "form": form, "fees": in_force, "bureau": bureaus[0],
        "lines": [one for one in base_queries.fee_lines_for(viewer) if one not in in_force], "on": on,
    }  # fmt: skip
    return render(request, "authority/base_fees.html", shown, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("bases/fees/", base_fees, name="base_fees"),
    path("entrustments/", entrustments, name="entrustments"),
    path("entrustments/new/", entrust, name="entrust"),
    path("entrustments/<int:entrustment_id>/end/", entrustment_end, name="entrustment_end"),
]
