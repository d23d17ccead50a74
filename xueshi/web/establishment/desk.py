"""Which door one stands in, and what its pages are called."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from xueshi.web import doors
from xueshi.web.redirects import SeeOther


@dataclass(frozen=True)
class Desk:
    """A door's own copy of the pages."""

    space: str  # namespace of its URLs
    door: Callable[..., Any]
    readers: tuple[str, ...]
    keepers: tuple[str, ...]  # who keeps organisations
    arrangers: tuple[str, ...]  # who keeps regions, duties and contacts, and closes organisations

    def url(self, name: str, *args: object) -> str:
        """The address of a page of this door."""
        return reverse(f"{self.space}:{name}", args=args)

    def to(self, name: str, *args: object) -> SeeOther:
        """See there what was done."""
        return SeeOther(self.url(name, *args))


class Page(Protocol):
    """A view that is told its desk."""

    def __call__(self, request: doors.SeenRequest, desk: Desk, **kwargs: int) -> HttpResponse: ...


def opened(view: Any, desk: Desk, roles: tuple[str, ...], *methods: str) -> Any:
    """The view behind the door, for these roles and methods."""

    @require_http_methods(["GET", "HEAD"] if methods == ("GET",) else list(methods))
    @desk.door
    @wraps(view)
    def seen(request: doors.SeenRequest, **kwargs: Any) -> Any:
        doors.only(request, *roles)
        return view(request, desk, **kwargs)

    return seen


TABS = ("organisations", "regions", "industries", "contacts")


def show(request: doors.SeenRequest, desk: Desk, name: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of this desk; `tab` is the list that it belongs to."""
    labels = {
        "organisations": pgettext("menu", "机构"),
        "regions": _("地区与职责"),
        "industries": pgettext("menu", "行业"),
        "contacts": _("咨询电话"),
    }
    tabs = [(key, labels[key], desk.url(key)) for key in TABS]
    context = {"space": desk.space, "desk": desk, "tabs": tabs, "arranges": arranges(request, desk), **shown}
    return render(request, f"establishment/{name}.html", context, status=status)


def arranges(request: doors.SeenRequest, desk: Desk) -> bool:
    """Whether this viewer keeps regions, duties and contacts here."""
    return request.viewer.capacity in desk.arrangers
