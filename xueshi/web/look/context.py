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
    "sign_in": ("public:sign_in", "sign_in"),
    "sign_out": ("public:sign_out", "sign_out"),
}
TABS = 4  # at the bottom of a phone, no more fit


def look(request: HttpRequest) -> dict[str, Any]:
    """The layout's context: navigation, who is signed in, where, and the server's time.

    A door may set on the request: `door_nav` (a list of {label, url, current, count?, icon?}; the
    first four with an icon become the tabs of a phone), `region_line`, `account_name`,
    `account_url`.
    """
    nav = list(getattr(request, "door_nav", None) or [])
    return {
        "look_nav": nav,
        "look_tabs": [item for item in nav if item.get("icon")][:TABS],
        "look_region": getattr(request, "region_line", ""),
        "look_account": getattr(request, "account_name", ""),
        "look_account_url": getattr(request, "account_url", ""),
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
