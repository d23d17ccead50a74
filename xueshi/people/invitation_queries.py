"""Who of a unit has an account, who has been invited, and how far that has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from xueshi.kernel.models import Message
from xueshi.people import access, searching
from xueshi.people.invitation_actions import MOST_TRIES
from xueshi.people.models import Account, Employment, Invitation, Person
from xueshi.people.viewer import Viewer

STATES = ("uninvited", "invited", "expired", "registered")
MOST_PAPER = 400  # slips that somebody waits for; the next press takes the next ones


@dataclass(frozen=True)
class Member:
    """One of the unit's people, and how the invitation stands: one of STATES.

    `sent` is sms, mail or paper; `delivery` what became of the message: queued, sent, failed, or "" without one.
    """

    person: Person
    state: str
    invitation_id: int | None
    sent: str
    delivery: str
    until: datetime | None
    worn_out: bool  # a wrong code five times


@dataclass(frozen=True)
class Page:
    """Rows in order, and the key after which the next page begins; None on the last."""

    members: list[Member]
    after: int | None


def people_of(viewer: Viewer, organisation_id: int, at: datetime) -> QuerySet[Person]:
    """The people of one unit whom the viewer may invite, each with what a state is told from."""
    working = Employment.objects.filter(employer_id=organisation_id, until=None).values("person_id")
    last = Invitation.objects.filter(
        person=OuterRef("pk"), organisation_id=organisation_id, used_at=None, withdrawn_at=None
    )
    reach = access.persons(viewer, "invite").filter(pk__in=working, merged_into=None)
    return reach.annotate(
        known=Exists(Account.objects.filter(person=OuterRef("pk"))),
        invitation=Subquery(last.values("pk")[:1]),
        invited=Exists(last.filter(expires_at__gt=at, tries__lt=MOST_TRIES)),
    )


CONDITIONS = {
    "uninvited": Q(known=False, invitation=None),
    "invited": Q(known=False, invited=True),
    "expired": Q(known=False, invited=False, invitation__isnull=False),
    "registered": Q(known=True),
}


def counts_of(viewer: Viewer, organisation_id: int, at: datetime) -> dict[str, int]:
    """How many stand how; together they are everybody."""
    people = people_of(viewer, organisation_id, at)
    counted = people.aggregate(**{f"n_{state}": Count("pk", filter=CONDITIONS[state]) for state in STATES})
    return {state: counted[f"n_{state}"] for state in STATES}


def members_of(
    viewer: Viewer,
    organisation_id: int,
    at: datetime,
    *,
    state: str,
    text: str = "",
    after: int | None = None,
    most: int,
) -> Page:
    """Those who stand so, by pinyin and from one key on; narrowed by what is looked for."""
    people = people_of(viewer, organisation_id, at).filter(CONDITIONS[state])
    if text:
        people = searching.found(people, text)
    start = Person.objects.filter(pk=after).values_list("pinyin", "pk").first() if after else None
    if start:
        people = people.filter(Q(pinyin__gt=start[0]) | Q(pinyin=start[0], pk__gt=start[1]))
    rows = list(people.order_by("pinyin", "pk")[: most + 1])
    shown = rows[:most]
    return Page(_with_invitations(shown, at), shown[-1].pk if len(rows) > most else None)


def state_of(viewer: Viewer, person_id: int, organisation_id: int, at: datetime) -> Member | None:
    """One person's; None for somebody whom the viewer may not invite there."""
    found = list(people_of(viewer, organisation_id, at).filter(pk=person_id))
    return _with_invitations(found, at)[0] if found else None


def to_invite(viewer: Viewer, organisation_id: int, at: datetime, *, on_paper: bool = False) -> list[int]:
    """Everybody who can be invited now: without an account, and without an invitation that still holds.

    On paper at most 400, those first whom nothing else reaches.
    """
    people = people_of(viewer, organisation_id, at).filter(CONDITIONS["uninvited"] | CONDITIONS["expired"])
    if on_paper:
        return list(people.order_by("phone", "email", "pinyin", "pk").values_list("pk", flat=True)[:MOST_PAPER])
    return list(people.exclude(phone="", email="").values_list("pk", flat=True))


def _with_invitations(people: list[Any], at: datetime) -> list[Member]:
    open_ones = Invitation.objects.in_bulk([one.invitation for one in people if one.invitation])
    keys = [f"invitation:{pk}" for pk in open_ones]
    messages = dict(Message.objects.filter(key__in=keys).values_list("key", "state"))
    return [_member(one, open_ones.get(one.invitation), messages) for one in people]


def _member(person: Any, invitation: Invitation | None, messages: dict[str, str]) -> Member:
    if person.known:
        state = "registered"
    elif invitation is None:
        state = "uninvited"
    else:
        state = "invited" if person.invited else "expired"
    if invitation is None or person.known:
        return Member(person, state, None, "", "", None, False)
    told = messages.get(f"invitation:{invitation.pk}", "" if invitation.sent == "paper" else "queued")
    worn_out = invitation.tries >= MOST_TRIES
    return Member(person, state, invitation.pk, invitation.sent, told, invitation.expires_at, worn_out)
