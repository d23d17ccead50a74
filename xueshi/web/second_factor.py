"""Whoever holds a post proves a second factor, in this session, before a door of office opens."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from xueshi.people import second_factor_queries as queries
from xueshi.people.viewer import Viewer
from xueshi.web import sessions


def proven(request: HttpRequest) -> bool:
    """Whether a second factor was proven in this session."""
    return sessions.PROVEN in request.session


def missing(request: HttpRequest, viewer: Viewer) -> HttpResponse | None:
    """Where to send somebody who has not proven the second factor: to prove it, or to set one up; None to go on.

    Whoever did nothing for too long signs in anew.
    """
    if sessions.IDLED in request.session:
        sessions.leave(request, _("30 分钟没有操作，为安全已退出。请重新登录。"))
        return sent_to(request, "public:sign_in")
    if proven(request):
        return None
    has_one = queries.has_second_factor(viewer.person_id)
    return sent_to(request, "public:second_factor" if has_one else "public:set_up_second_factor")


def sent_to(request: HttpRequest, name: str) -> HttpResponse:
    """On to a page that leads back to what was asked for; htmx goes there as a whole."""
    swapped = bool(request.headers.get("HX-Request"))
    wanted = request.headers.get("HX-Current-URL", "") if swapped else request.get_full_path()
    if not swapped and request.method not in {"GET", "HEAD"}:
        wanted = ""  # what was sent is not sent again by itself
    address = resolve_url(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")
    if swapped:
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)
