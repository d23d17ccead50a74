"""One door per kind of visitor; each checks who enters and marks its views, so that none is unguarded."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from xueshi.kernel import clock
from xueshi.kernel.errors import NotAllowed
from xueshi.people import queries
from xueshi.people.viewer import Viewer
from xueshi.web import second_factor, sessions

P = ParamSpec("P")


class SeenRequest(HttpRequest):
    """A request whose visitor is known."""

    viewer: Viewer


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SeenView = Callable[Concatenate[SeenRequest, P], HttpResponseBase]


def _mark(view: Callable[P, HttpResponseBase], door: str) -> Callable[P, HttpResponseBase]:
    view.door = door  # type: ignore[attr-defined]
    return view


def everyone(view: View[P]) -> View[P]:
    """Open to all; `request.viewer` is there when somebody has signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        seen = see(request)
        response = view(request, *args, **kwargs)
        if seen is not None:  # the head of the page names the visitor
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return cast("View[P]", _mark(guarded, "everyone"))


def machines(view: View[P]) -> View[P]:
    """For other systems; the view itself checks the caller's signature."""
    return cast("View[P]", _mark(view, "machines"))


def see(request: HttpRequest) -> Viewer | None:
    """Put the viewer on the request, once."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None and request.user.is_authenticated:
        at = clock.now()
        viewer = queries.viewer_behind(request.user, at=at)
        if not sessions.goes_on(request, in_office=bool(viewer.seats), at=at):
            return None
        request.viewer = viewer  # type: ignore[attr-defined]
    return viewer


def _door(name: str, roles: tuple[str, ...]) -> Callable[[SeenView[P]], View[P]]:
    def guard(view: SeenView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer = see(request)
            if viewer is None:
                return _to_sign_in(request)
            if roles and not any(viewer.holds(role) for role in roles):
                raise NotAllowed()
            detour = second_factor.missing(request, viewer) if roles else None
            if detour is not None:
                return detour
            capacity = next((role for role in roles if viewer.holds(role)), "learner")
            request.viewer = viewer.acting_as(capacity)  # type: ignore[attr-defined]
            request.door = name  # type: ignore[attr-defined]
            response = view(cast("SeenRequest", request), *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        return cast("View[P]", _mark(guarded, name))

    return guard


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())


# Who enters by which door; the first capacity that is held is the one acted in, until a page asks for another.
AUTHORITIES = ("officer", "industry_officer", "counter", "verifier", "agency_officer", "auditor")
EMPLOYERS = ("unit_clerk", "unit_head")
PROVIDERS = ("base_head", "base_clerk")
OPERATORS = ("operator",)


def learners(view: SeenView[P]) -> View[P]:
    """Any signed-in person, for his or her own matters."""
    return _door("learners", ())(view)


def authorities(view: SeenView[P]) -> View[P]:
    """Bureaus, industry authorities, agencies, the association; which level is a matter of the Viewer."""
    return _door("authorities", AUTHORITIES)(view)


def employers(view: SeenView[P]) -> View[P]:
    """The unit's desk."""
    return _door("employers", EMPLOYERS)(view)


def providers(view: SeenView[P]) -> View[P]:
    """Training bases."""
    return _door("providers", PROVIDERS)(view)


def operators(view: SeenView[P]) -> View[P]:
    """Those who run the platform."""
    return _door("operators", OPERATORS)(view)


# Where each role begins within its door, the first that is held deciding.
ENTRANCES: dict[str, tuple[tuple[str, str], ...]] = {
    "operators": (("operator", "operator:home"),),
    "authorities": (
        ("counter", "authority:counter"),
        ("verifier", "authority:reviews"),
        *((role, "authority:people") for role in ("officer", "industry_officer", "agency_officer", "auditor")),
    ),
    "providers": (("base_head", "provider:home"), ("base_clerk", "provider:home")),
    "employers": (("unit_clerk", "employer:home"), ("unit_head", "employer:people")),
}


def entrance(viewer: Viewer, door: str) -> str:
    """The address at which the viewer comes in by that door; empty where no post opens it."""
    return next((resolve_url(url) for role, url in ENTRANCES.get(door, ()) if viewer.holds(role)), "")


def only(request: SeenRequest, *roles: str) -> Viewer:
    """The viewer in the first of these capacities that is held; raises NotAllowed where none is.

    For a page that fewer may open than may enter its door.
    """
    viewer = request.viewer.first_of(roles)
    if viewer is None:
        raise NotAllowed()
    request.viewer = viewer
    return viewer
