"""Regions with who does what in them, and industries."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.people import (
    access,
    contact_queries,
    duty_actions,
    organisation_queries,
    place_actions,
    queries_duties,
    rules_organisations,
)
from xueshi.web.doors import SeenRequest
from xueshi.web.establishment.desk import Desk, arranges, show
from xueshi.web.establishment.forms import IndustryForm, NameForm, RegionForm
from xueshi.web.establishment.words import deed, kind_of_region

WHOLE = 120  # regions up to so many stand open; of more, only the first level


def typed_text(request: SeenRequest) -> str:
    """What is looked for in a tree: a name or a code."""
    return request.GET.get("text", "").replace("\x00", "").strip()[:60]


def regions(request: SeenRequest, desk: Desk) -> HttpResponse:
    """The regions of this desk as a tree, with the organisations in each."""
    text = typed_text(request)
    tree = organisation_queries.region_tree(request.viewer, text)
    size = organisation_queries.size(tree)
    shown = {"tree": tree, "text": text, "size": size, "open": bool(text) or size <= WHOLE, "tab": "regions"}
    return show(request, desk, "regions", shown)


def region(request: SeenRequest, desk: Desk, region_id: int) -> HttpResponse:
    """One region: what lies below it, who does what there, whom to call."""
    found = organisation_queries.region_for(request.viewer, region_id)
    today = clock.day_of(clock.now())
    lines = queries_duties.matrix(found.code, today)
    below = organisation_queries.regions_for(request.viewer).filter(parent=found)
    shown: dict[str, Any] = {
        "region": found,
        "kind": kind_of_region(found.code),
        "below": list(below),
        "parent_seen": organisation_queries.regions_for(request.viewer).filter(pk=found.parent_id or 0).exists(),
        "lines": lines,
        "gaps": [line.label for line in lines if line.held is None],
        "contacts": contact_queries.contacts_for(found.code, on=today),
        "deeds": [(one, deed(one)) for one in organisation_queries.history_of(f"region:{found.pk}", 20)],
        "may_arrange": duty_actions.may_arrange(request.viewer, found),
        "may_rename": arranges(request, desk) and access.can(request.viewer, "keep_duties", found)
        and duty_actions.may_arrange(request.viewer, found),
        "tab": "regions",
    }  # fmt: skip
    return show(request, desk, "region", shown)


def region_new(request: SeenRequest, desk: Desk) -> HttpResponse:
    """Add a region; where it hangs is said by its code."""
    form = RegionForm(request.POST or None, initial={"code": request.GET.get("below", "")[:12]})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = place_actions.add_region(
                viewer=request.viewer, code=typed["code"].strip(), name=typed["name"], parent_id=None, at=clock.now()
            )
            messages.success(request, _("已添加%(name)s。") % {"name": made.name})
            return desk.to("region", made.pk)
        except (place_actions.RegionTaken, place_actions.NotARegionCode, place_actions.RegionAbove) as refused:
            form.add_error("code", f"{refused.said}{refused.advice}")
    shown = {"form": form, "tab": "regions", "title": _("添加地区"), "back": desk.url("regions")}
    return show(request, desk, "form", shown, 422 if form.errors else 200)


def region_rename(request: SeenRequest, desk: Desk, region_id: int) -> HttpResponse:
    """Give a region a new name; its code stays."""
    found = organisation_queries.region_for(request.viewer, region_id)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        place_actions.rename_region(viewer=request.viewer, region_id=found.pk, name=name, at=clock.now())
        messages.success(request, _("已改名为%(name)s。") % {"name": name})
        return desk.to("region", found.pk)
    title = _("%(name)s改名称") % {"name": found.name}
    shown = {"form": form, "tab": "regions", "title": title, "back": desk.url("region", found.pk)}
    return show(request, desk, "form", shown, 422 if form.errors else 200)


def industries(request: SeenRequest, desk: Desk) -> HttpResponse:
    """The industries as a tree, with the organisations in each."""
    text = typed_text(request)
    tree = organisation_queries.industry_tree(request.viewer, text)
    size = organisation_queries.size(tree)
    shown = {"tree": tree, "text": text, "size": size, "open": bool(text) or size <= WHOLE, "tab": "industries"}
    return show(request, desk, "industries", shown)


def industry_new(request: SeenRequest, desk: Desk) -> HttpResponse:
    """Add an industry below the one whose code begins its own."""
    form = IndustryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = place_actions.add_industry(
                viewer=request.viewer, code=typed["code"], name=typed["name"], at=clock.now()
            )
            messages.success(request, _("已添加%(name)s。") % {"name": f"{made.code} {made.name}"})
            return desk.to("industries")
        except (
            place_actions.NotAnIndustryCode, place_actions.IndustryTaken, place_actions.IndustryNotBelow,
        ) as refused:  # fmt: skip
            form.add_error("code", f"{refused.said}{refused.advice}{_section_hint(typed['code'])}")
    shown = {"form": form, "tab": "industries", "title": _("添加行业"), "back": desk.url("industries")}
    return show(request, desk, "form", shown, 422 if form.errors else 200)


def _section_hint(typed: str) -> str:
    """Which letter the division belongs to, where only that is wrong."""
    digits = "".join(one for one in typed if one.isdigit())[:4]
    section = rules_organisations.section_of(int(digits[:2])) if len(digits) >= 2 else ""
    right = f"{section}{digits}"
    if not section or rules_organisations.industry_code(typed) == right:
        return ""
    return _("%(digits)s 属于门类 %(section)s，应写 %(right)s。") % {
        "digits": digits, "section": section, "right": right,
    }  # fmt: skip


def industry_rename(request: SeenRequest, desk: Desk, industry_id: int) -> HttpResponse:
    """Give an industry a new name; its code stays."""
    found = organisation_queries.industry_for(request.viewer, industry_id)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        place_actions.rename_industry(viewer=request.viewer, industry_id=found.pk, name=name, at=clock.now())
        messages.success(request, _("已改名为%(name)s。") % {"name": name})
        return desk.to("industries")
    title = _("%(name)s改名称") % {"name": f"{found.code} {found.name}"}
    shown = {"form": form, "tab": "industries", "title": title, "back": desk.url("industries")}
    return show(request, desk, "form", shown, 422 if form.errors else 200)
