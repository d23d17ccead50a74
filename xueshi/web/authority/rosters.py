"""A large roster of a unit where nobody else can look a second time: a bureau or an industry's authority does."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from xueshi.kernel import clock
from xueshi.people import roster_actions, roster_queries
from xueshi.web import doors, roster_pages
from xueshi.web.redirects import SeeOther

ROLES = ("officer", "industry_officer")
PAGE = 25


@require_GET
@doors.authorities
def rosters(request: doors.SeenRequest) -> HttpResponse:
    """Rosters that wait for a second look, the longest first."""
    viewer = doors.only(request, *ROLES)
    waiting = (
        roster_queries.rosters_for(viewer).filter(state=roster_actions.State.WAITING).order_by("confirmed_at", "pk")
    )
    shown = roster_pages.page_of(waiting, request.GET.get("page"), PAGE)
    return render(request, "authority/rosters.html", {"page": shown})


@require_GET
@doors.authorities
def roster(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """What it would do, and the button to agree."""
    viewer = doors.only(request, *ROLES)
    one = roster_queries.roster_for(viewer, roster_id)
    return render(request, "authority/roster.html", roster_pages.context_of(request, one))


@require_POST
@doors.authorities
def roster_agree(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """The second person has looked and agrees."""
    viewer = doors.only(request, *ROLES)
    one = roster_actions.second_look(viewer=viewer, roster_id=roster_id, at=clock.now())
    return SeeOther(reverse("authority:roster", args=[one.pk]))


urlpatterns: list[URLPattern] = [
    path("rosters/", rosters, name="rosters"),
    path("rosters/<int:roster_id>/", roster, name="roster"),
    path("rosters/<int:roster_id>/agree", roster_agree, name="roster_agree"),
]
