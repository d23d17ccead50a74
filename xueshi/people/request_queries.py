"""Requests as their asker and their offices see them: what is asked, who has it, since when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Length

from xueshi.kernel import clock, files
from xueshi.kernel.errors import NotYours
from xueshi.people import access, request_rules
from xueshi.people.models import ChangeRequest, ChangeStep, Duty, Employment, Evidence, Organisation, Person, Post
from xueshi.people.viewer import Viewer

# Requests whose decision is made on a page of their own; this inbox shows them and leads there.
ELSEWHERE = frozenset({"closing", "roster"})


# ---- which office ---------------------------------------------------------------------------------------------------


def office_for(region_codes: Iterable[str], on: date) -> Organisation | None:
    """Who decides about people of these regions: the nearest that has the duty, else the nearest bureau.

    Two regions have the office around both.
    """
    place = _common(list(region_codes))
    around = (
        Organisation.objects.filter(closed_at=None)
        .annotate(place=Value(place))
        .filter(place__startswith=F("region__code"), kind__in=access.BUREAUS)
        .order_by(Length("region__code").desc(), "pk")
    )
    duties = (
        Duty.objects.filter(function=Duty.Function.REQUESTS, industry=None, since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on), organisation__closed_at=None)
        .annotate(place=Value(place))
        .filter(place__startswith=F("region__code"))
        .order_by(Length("region__code").desc(), "pk")
        .select_related("organisation")
    )
    duty = duties.first()
    return duty.organisation if duty else around.first()


def _common(codes: Sequence[str]) -> str:
    """The longest beginning that all codes share."""
    shortest = min(codes, key=len, default="")
    length = 0
    while length < len(shortest) and all(code[: length + 1] == shortest[: length + 1] for code in codes):
        length += 1
    return shortest[:length]


def acts_for(unit: Organisation, at: datetime, *, besides: Iterable[int] = ()) -> bool:
    """Whether somebody holds a desk of that unit now, other than these persons."""
    held = Post.objects.filter(
        organisation=unit, role__in=(Post.Role.UNIT_CLERK, Post.Role.UNIT_HEAD), since__lte=at, ended_at=None
    ).filter(Q(until=None) | Q(until__gt=at), organisation__closed_at=None)
    return held.exclude(person_id__in=tuple(besides)).exists()


def offices_to_hand_to(request: ChangeRequest) -> list[Organisation]:
    """Other bureaus around the present office and below it."""
    code = request.office.region.code
    return list(
        Organisation.objects.filter(kind__in=access.BUREAUS, closed_at=None)
        .annotate(place=Value(code))
        .filter(Q(place__startswith=F("region__code")) | Q(region__code__startswith=code[:2]))
        .exclude(pk=request.office_id)
        .order_by("region__code", "pk")
    )


# ---- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What an inbox is asked for."""

    kind: str = ""
    show: str = "mine"  # mine: those I may decide; live: all that are open or returned; done: the rest
    text: str = ""
    after: str = ""  # the key of the last row of the page before


def mine(viewer: Viewer) -> QuerySet[ChangeRequest]:
    """What a person asked for, or what is asked about him, the newest first."""
    own = Q(asked_by=viewer.person_id) | Q(person=viewer.person_id) | Q(other=viewer.person_id)
    return _read(ChangeRequest.objects.filter(own)).order_by("-asked_at", "-pk")


def seen(viewer: Viewer, action: access.Action, roles: Iterable[str]) -> QuerySet[ChangeRequest]:
    """What the viewer reaches with any of these capacities; nothing about himself when it is to be decided."""
    found = access.NOBODY
    for role in roles:
        here = access.reach(viewer.acting_as(role), action, ChangeRequest) if viewer.holds(role) else access.NOBODY
        if here == access.ANYBODY:  # no filter at all: "or" would lose it
            found = here
            break
        found = found | here
    rows = ChangeRequest.objects.filter(found)
    if action == "decide":
        rows = rows.exclude(asked_by=viewer.person_id).exclude(person=viewer.person_id).exclude(other=viewer.person_id)
    return rows


def concerned(viewer: Viewer, roles: Sequence[str]) -> QuerySet[Person]:
    """Whom the requests that the viewer may see are about."""
    requests = seen(viewer, "see", roles)
    return Person.objects.filter(Q(pk__in=requests.values("person")) | Q(pk__in=requests.values("other")))


def inbox(
    viewer: Viewer, roles: Sequence[str], wanted: Wanted, people: QuerySet[Person] | None
) -> QuerySet[ChangeRequest]:
    """Requests as an office lists them, the one that waits longest first; decided ones the newest first.

    `people` are those found by a text, or None where nobody is looked for.
    """
    if wanted.show == "done":
        rows = seen(viewer, "see", roles).exclude(state__in=request_rules.LIVE).order_by("-with_since", "-pk")
    elif wanted.show == "live":
        rows = seen(viewer, "see", roles).filter(state__in=request_rules.LIVE).order_by("with_since", "pk")
    else:
        rows = seen(viewer, "decide", roles).filter(state=request_rules.OPEN).order_by("with_since", "pk")
    if wanted.kind in ChangeRequest.Kind.values:
        rows = rows.filter(kind=wanted.kind)
    if people is not None:
        keys = people.values("pk")
        rows = rows.filter(Q(person__in=keys) | Q(other__in=keys) | Q(wanted__name__contains=wanted.text.strip()))
    return _read(rows)


def page_of(rows: QuerySet[ChangeRequest], wanted: Wanted, most: int) -> tuple[list[ChangeRequest], str]:
    """One page by key, and the key of the next; "" where there is none."""
    key = _key(wanted.after)
    if key is not None:
        moment, pk = key
        later = Q(with_since__gt=moment) | Q(with_since=moment, pk__gt=pk)
        earlier = Q(with_since__lt=moment) | Q(with_since=moment, pk__lt=pk)
        rows = rows.filter(earlier if wanted.show == "done" else later)
    found = list(rows[: most + 1])
    last = found[most - 1] if len(found) > most else None
    return found[:most], f"{last.with_since.isoformat()}_{last.pk}" if last else ""


def _key(text: str) -> tuple[datetime, int] | None:
    moment, _sign, pk = text.partition("_")
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))
        return (at, int(pk)) if at.tzinfo and len(pk) < 19 else None
    except ValueError:
        return None


def counts(viewer: Viewer, roles: Sequence[str]) -> dict[str, int]:
    """How many wait for the viewer, by kind."""
    waiting = seen(viewer, "decide", roles).filter(state=request_rules.OPEN)
    return dict(waiting.values_list("kind").annotate(n=Count("pk")).values_list("kind", "n"))


def waiting(viewer: Viewer, roles: Sequence[str]) -> int:
    """How many requests the viewer may decide now."""
    return seen(viewer, "decide", roles).filter(state=request_rules.OPEN).count()


def _read(rows: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest]:
    return rows.select_related(
        "person__region", "other__region", "office__region", "asked_by", "decided_by", "person__file_agency"
    ).defer("secret")


# ---- one request ----------------------------------------------------------------------------------------------------


def mine_one(viewer: Viewer, request_id: int) -> ChangeRequest:
    """One of the viewer's own; raises NotYours."""
    found = mine(viewer).filter(pk=request_id).first()
    if found is None:
        raise NotYours()
    return found


def one_seen(viewer: Viewer, roles: Sequence[str], request_id: int) -> ChangeRequest:
    """One that an office may look at; raises NotYours."""
    found = _read(seen(viewer, "see", roles) | seen(viewer, "decide", roles)).filter(pk=request_id).first()
    if found is None:
        raise NotYours()
    return found


def deciding(viewer: Viewer, roles: Sequence[str], request: ChangeRequest) -> Viewer:
    """The viewer in the capacity in which he may decide it; as he is where there is none, and the action says no."""
    for role in roles:
        here = viewer.acting_as(role)
        if viewer.holds(role) and access.can(here, "decide", request):
            return here
    return viewer


def history(request: ChangeRequest) -> list[ChangeStep]:
    """What happened, in order."""
    return list(ChangeStep.objects.filter(request=request).select_related("by", "office").order_by("pk"))


def papers(request: ChangeRequest) -> list[Evidence]:
    """What was sent with it."""
    return list(Evidence.objects.filter(request=request).select_related("file").order_by("pk"))


def paper(request: ChangeRequest, paper_id: int) -> tuple[Evidence, bytes]:
    """One file, opened; raises NotYours for one of another request."""
    found = Evidence.objects.filter(request=request, pk=paper_id).select_related("file").first()
    if found is None:
        raise NotYours()
    return found, files.content_sealed(found.file)


def taken(request: ChangeRequest) -> Person | None:
    """Who has the number that is asked for, other than the person it is asked for."""
    if not request.number_index:
        return None
    return Person.objects.filter(id_index=request.number_index).exclude(pk=request.person_id or 0).first()


def present_of(person: Person) -> dict[str, str]:
    """Where somebody belongs and works now, in names; what a move would change."""
    job = Employment.objects.filter(person=person, until=None, main=True).select_related("employer").first()
    return {
        "region": person.region.name, "employer": job.employer.name if job else "", "file_keeper": person.file_keeper,
        "file_agency": person.file_agency.name if person.file_agency else "",
    }  # fmt: skip


def days(request: ChangeRequest, at: datetime) -> int:
    """For how many days whoever has it has had it."""
    return (clock.day_of(at) - clock.day_of(request.with_since)).days
