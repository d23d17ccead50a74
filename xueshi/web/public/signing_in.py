"""Who may come in, where the door leads, and what those hear who have tried too often."""

from typing import Any

from axes.utils import reset as axes_reset
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.people.viewer import Viewer
from xueshi.web import doors


def arrival_of(viewer: Viewer) -> str:
    """The address of the page where this person begins."""
    entrances = (doors.entrance(viewer, door) for door in doors.ENTRANCES)
    return next(filter(None, entrances), resolve_url("learner:home"))


def doors_of(viewer: Viewer) -> list[tuple[str, str]]:
    """Every role that the viewer holds and the address of its page, the learner's own last."""
    ways = [way for door in doors.ENTRANCES.values() for way in door]
    found = [(role, resolve_url(name)) for role, name in ways if viewer.holds(role)]
    return [*found, ("learner", resolve_url("learner:home"))]


def enter(request: HttpRequest, id_index: str, password: str) -> bool:
    """Sign in; False for every wrong pair, and as slow for an unknown number as for a known one.

    The name that counts failed tries is the keyed hash: the number itself is in no table and no log.
    """
    account = authenticate(request, id_index=id_index, password=password)
    if account is None:
        return False
    login(request, account)
    request.__dict__.pop("viewer", None)
    return True


def where_next(request: HttpRequest) -> str:
    """The page that was asked for before signing in, if it is ours; else where the person's posts lead."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    viewer = doors.see(request)
    return arrival_of(viewer) if viewer else resolve_url("public:home")


def locked_out(request: HttpRequest, *details: Any) -> HttpResponse:
    """Too many failed tries for this number from this place: wait, or recover the password."""
    response = render(request, "public/locked_out.html", status=429)
    response.headers["Retry-After"] = "900"
    return response


def forget_failures(id_index: str) -> None:
    """Whoever has proved to own the number by a code need not wait any longer."""
    axes_reset(username=id_index)
