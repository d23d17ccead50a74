"""The operator's first page."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xueshi.payments.settling_queries import notices_to_settle
from xueshi.people import office_queries
from xueshi.training import plan_queries
from xueshi.web import doors

A_PAGE = 25


def page_of(request: doors.SeenRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


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


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
]
