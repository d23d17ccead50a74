"""A base looks at its accreditation, its counties and the fees it may ask; its head applies."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.training import base_actions, base_queries
from xueshi.web import base_pages, doors
from xueshi.web.base_pages import ScopeForm, Shown
from xueshi.web.redirects import SeeOther


class ApplyForm(ScopeForm):
    """What the base asks for."""

    reason = base_pages.reason_field(
        label=gettext_lazy("场地、师资和设备"),
        required=False,
        help_text=gettext_lazy("简单写几句，审批时看；纸质材料照常交主管的人力社保局"),
    )

    field_order = ("subjects", "specialties", "title_levels", "reason")


def _chosen(request: doors.SeenRequest) -> Any:
    """The one asked for by its key, else the first; somebody else's and absent ones are answered alike."""
    own, asked = base_queries.own_organisations(request.viewer), request.GET.get("base", "")
    found = next((one for one in own if str(one.pk) == asked), None) if asked else next(iter(own), None)
    if found is None:
        raise NotYours()
    return found


@require_safe
@doors.providers
def home(request: doors.SeenRequest) -> HttpResponse:
    """Where the accreditation stands, for what; counties, fees, and whether a class may be opened."""
    on, own = clock.day_of(clock.now()), _chosen(request)
    papers = [one for one in base_queries.own_papers(request.viewer, on) if one.accreditation.base_id == own.pk]
    latest = papers[0] if papers else None
    shown = {
        "own": own, "others": [one for one in base_queries.own_organisations(request.viewer) if one.pk != own.pk],
        "one": Shown(latest) if latest else None, "earlier": [Shown(paper) for paper in papers[1:]],
        "fees": base_queries.fees_of(own.region.code, on),
        "may_apply": request.viewer.holds("base_head") and (
            latest is None or latest.accreditation.state in ("returned", "refused", "withdrawn")
        ),
    }  # fmt: skip
    if latest:
        shown |= base_pages.check_of(request.GET, latest, on)
    return render(request, "provider/home.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.providers
def apply(request: doors.SeenRequest) -> HttpResponse:
    """Apply, or again after it was returned."""
    viewer, at = doors.only(request, "base_head"), clock.now()
    own = _chosen(request)
    papers = [p for p in base_queries.own_papers(viewer, clock.day_of(at)) if p.accreditation.base_id == own.pk]
    returned = papers[0] if papers and papers[0].accreditation.state == "returned" else None
    asked = returned.terms if returned else None
    data = request.POST if request.method == "POST" else None
    form = ApplyForm(data, initial=base_pages.begin_with(asked, own.level))
    if request.method == "POST" and form.is_valid():
        try:
            base_actions.apply(
                viewer=viewer, base_id=own.pk, scope=form.scope, reason=form.cleaned_data["reason"], at=at
            )
        except Refused as refused:
            if refused.status not in (409, 422):
                raise
            form.add_error(None, f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _("申请已提交，由主管的人力社保局审批，结果会显示在这里。"))
            return SeeOther(f"{reverse('provider:home')}?base={own.pk}")
    shown = {"form": form, "own": own, "returned": Shown(returned) if returned else None}
    return render(request, "provider/apply.html", shown, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("apply/", apply, name="apply"),
]
