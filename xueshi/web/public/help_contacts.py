"""Whom somebody asks: by the region chosen, or the own one, the narrowest first; else as the notice names them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from xueshi.people import contact_queries, queries
from xueshi.web import doors
from xueshi.web.public.law_quotes import Now

if TYPE_CHECKING:
    from xueshi.people.models import HelpContact


def chosen(request: HttpRequest) -> str:
    """The region asked for, else that of whoever has signed in, else the city or province itself: a code, or ""."""
    asked = request.GET.get("region", "")
    known = contact_queries.region_code(asked) if asked.isascii() and asked.isdigit() else ""
    viewer = doors.see(request)
    if not known and viewer:
        known = contact_queries.region_of(viewer.person_id)
    home = queries.home_region()
    return known or (home.code if home else "")


def shown(request: HttpRequest, now: Now, on: date) -> dict[str, Any]:
    """What the page shows: `topics` of the house's own contacts, or `quoted` from the notice where there are none."""
    region = chosen(request)
    topics: dict[str, list[tuple[HelpContact, tuple[str, ...]]]] = {}
    for contact in contact_queries.contacts_for(region, on=on):
        topics.setdefault(str(contact.get_topic_display()), []).append((contact, contact_queries.phones(contact)))
    quoted: dict[str, list[object]] = {}
    if not topics and now.book:
        for named in now.book.contacts(now.on):
            quoted.setdefault(now.book.words.term("topics", named.topic), []).append(named)
    home = queries.home_region()
    regions = queries.open_regions()
    return {"now": now, "topics": topics, "quoted": quoted, "region": region, "home": home, "regions": regions}
