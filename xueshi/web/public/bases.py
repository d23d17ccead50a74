"""Everybody may look up whether a base is one, for what, and what it may ask (KF-19, KF-39)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xueshi.kernel import clock
from xueshi.training import base_queries
from xueshi.web import doors
from xueshi.web.base_pages import Shown

A_PAGE = 30


@doors.everyone
@require_safe
def bases(request: HttpRequest) -> HttpResponse:
    """The bases that serve a region, with their scope and state, and the unified fees there."""
    on = clock.day_of(clock.now())
    regions = base_queries.regions_with_bases()
    asked = request.GET.get("region", "")
    region = next((one for one in regions if one.code == asked), regions[0] if regions else None)
    papers = base_queries.public_papers(region.code, on) if region else []
    page = Paginator(papers, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "regions": regions, "region": region, "page": page, "bases": [Shown(paper) for paper in page.object_list],
        "in_force": sum(paper.standing == "approved" for paper in papers),
        "fees": base_queries.fees_of(region.code, on) if region else [],
    }  # fmt: skip
    return render(request, "public/bases.html", shown)


urlpatterns: list[URLPattern] = [path("bases/", bases, name="bases")]
