"""Who holds which post where the viewer may appoint, and what waits for a second yes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet

from xueshi.kernel.errors import NotYours
from xueshi.people import access, post_rules, searching
from xueshi.people.models import ChangeRequest, Organisation, Person, Post
from xueshi.people.viewer import Viewer

Held = Literal["now", "soon", "ended"]
MOST_FOUND = 20


def posts_for(viewer: Viewer, *, at: datetime, held: Held = "now", role: str = "", text: str = "") -> QuerySet[Post]:
    """Posts at the organisations where the viewer may appoint, by place; `text` is part of a name or a unit's name."""
    found = Post.objects.filter(organisation__in=access.organisations(viewer, "appoint"))
    live = Q(ended_at=None, since__lte=at) & (Q(until=None) | Q(until__gt=at))
    if held == "soon":
        found = found.filter(live, until__lte=at + post_rules.SOON)
    else:
        found = found.filter(live) if held == "now" else found.exclude(live)
    if role:
        found = found.filter(role=role)
    if text and "\0" not in text:
        found = found.filter(Q(person__name__contains=text) | Q(organisation__name__contains=text))
    return found.select_related("person", "organisation__region", "granted_by", "second", "ended_by").order_by(
        "organisation__region__code", "organisation__name", "role", "pk"
    )


def post_for(viewer: Viewer, post_id: int) -> Post:
    """A post where the viewer may appoint; raises NotYours."""
    found = Post.objects.filter(pk=post_id, organisation__in=access.organisations(viewer, "appoint"))
    post = found.select_related("person", "organisation").first()
    if post is None:
        raise NotYours()
    return post


def candidates(viewer: Viewer, text: str) -> list[Person]:
    """Persons in the viewer's reach who could be given a post, found by what was typed; at most twenty."""
    ids = searching.first(access.listed(viewer), text, MOST_FOUND)
    found = Person.objects.filter(pk__in=ids).select_related("region").in_bulk()
    return [found[one] for one in ids if one in found]


def candidate(viewer: Viewer, person_id: int) -> Person | None:
    """One of them."""
    return access.listed(viewer).select_related("region").filter(pk=person_id).first()


def places(viewer: Viewer, text: str = "") -> tuple[list[Organisation], bool]:
    """Open organisations where the viewer may appoint, by kind and name, and whether there are more than these."""
    found = access.organisations(viewer, "appoint").filter(closed_at=None)
    if text and "\0" not in text:
        found = found.filter(name__contains=text.strip())
    listed = list(found.select_related("region").order_by("kind", "region__code", "name")[: MOST_FOUND + 1])
    return listed[:MOST_FOUND], len(listed) > MOST_FOUND


def place(viewer: Viewer, organisation_id: int) -> Organisation | None:
    """One of them."""
    found = access.organisations(viewer, "appoint").filter(closed_at=None, pk=organisation_id)
    return found.select_related("region").first()


@dataclass(frozen=True)
class Waiting:
    """A post that waits for a second yes, and whether it is the viewer who may give it."""

    request: ChangeRequest
    role: str
    organisation: str
    mine: bool


def waiting_for(viewer: Viewer) -> list[Waiting]:
    """Posts proposed by the viewer, and those the viewer may agree to, the oldest first."""
    decide = set(access.requests(viewer, "decide").filter(kind="grant", state="open").values_list("pk", flat=True))
    open_ones = (
        ChangeRequest.objects.filter(Q(pk__in=decide) | Q(asked_by=viewer.person_id), kind="grant", state="open")
        .select_related("person", "asked_by", "office")
        .order_by("asked_at", "pk")
    )
    names = dict(
        Organisation.objects.filter(pk__in=[one.wanted["organisation"] for one in open_ones]).values_list("pk", "name")
    )
    return [
        Waiting(
            request=one,
            role=str(Post.Role(one.wanted["role"]).label),
            organisation=names.get(one.wanted["organisation"], ""),
            mine=one.pk in decide,
        )
        for one in open_ones
    ]
