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
        see(request)
        return view(request, *args, **kwargs)

    return cast("View[P]", _mark(guarded, "everyone"))


def machines(view: View[P]) -> View[P]:
    """For other systems; the view itself checks the caller's signature."""
    return cast("View[P]", _mark(view, "machines"))


def see(request: HttpRequest) -> Viewer | None:
    """Put the viewer on the request, once."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None and request.user.is_authenticated:
        viewer = queries.viewer_behind(request.user, at=clock.now())
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


def learners(view: SeenView[P]) -> View[P]:
    """Any signed-in person, for his or her own matters."""
    return _door("learners", ())(view)


def authorities(view: SeenView[P]) -> View[P]:
    """Counters and verifiers, of every level; which one is a matter of the Viewer."""
    return _door("authorities", ("counter", "verifier"))(view)


def employers(view: SeenView[P]) -> View[P]:
    """The unit's desk."""
    return _door("employers", ("unit_clerk",))(view)


def operators(view: SeenView[P]) -> View[P]:
    """Those who run the platform."""
    return _door("operators", ("operator",))(view)
