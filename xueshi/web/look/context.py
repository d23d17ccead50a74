"""What the layout asks of every request. Everything is optional: a page without it still stands."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from xueshi.kernel import clock

# The layout's own links: the first name that the URL table knows is taken, none is no error.
LINKS = {
    "home": ("public:home", "home"),
    "help": ("public:help", "help"),
    "privacy": ("public:privacy", "privacy"),
    "guide": ("public:guide", "public:downloads", "guide"),
    "browsers": ("public:browsers", "public:requirements", "browsers"),
    "notices": ("public:notices",),
    "bases": ("public:bases",),
    "me": ("public:profile",),
    "sign_in": ("public:sign_in", "sign_in"),
    "sign_out": ("public:sign_out", "sign_out"),
}


def look(request: HttpRequest) -> dict[str, Any]:
    """The layout's links, the address one stands at, the line under the name, the server's time.

    The line is `request.region_line` when a view has set it, such as "重庆市 · 2026 年度"; a page
    may also fill the block `region`.
    """
    return {
        "look_region": getattr(request, "region_line", ""),
        "look_links": {name: _first(names) for name, names in LINKS.items()},
        "look_here": request.get_full_path(),
        "look_now": clock.now(),
    }


def _first(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
