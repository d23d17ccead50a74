"""Who dealt with a person's data, when, in what capacity, for whom and why: for that person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from xueshi.kernel.models import AuditLine
from xueshi.people.models import Person, Post
from xueshi.people.viewer import Viewer

PAGE = 30
AT_ONCE = 1000


@dataclass(frozen=True)
class Dealing:
    """Somebody's dealing with a person's data or matters."""

    id: int
    at: datetime
    who: str  # "" for the house itself
    own: bool  # by the person
    capacity: str
    organisation: str  # for whom: where the post was held at that moment
    action: str
    subject: str
    reason: str
    changed: tuple[str, ...]  # what a correction changed, as the line has it


@dataclass(frozen=True)
class Wanted:
    """Which lines: from a moment until another, whose, and after which line the page goes on."""

    since: datetime | None = None
    until: datetime | None = None
    everybody: bool = False  # also one's own and what the house did by itself
    after: tuple[datetime, int] | None = None  # the last line of the page before
    actions: tuple[str, ...] = ()


def dealings_for(viewer: Viewer, subjects: Sequence[str] = (), wanted: Wanted | None = None) -> list[Dealing]:
    """A page of lines about the viewer and about `subjects` (his orders, documents …), the newest first.

    One more than PAGE tells that there are more. Three queries.
    """
    asked = wanted or Wanted()
    rows = _lines(viewer, subjects, asked)
    if asked.after is not None:
        at, key = asked.after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=key))
    return _told(viewer, list(rows.order_by("-at", "-pk")[: PAGE + 1]))


def count_for(viewer: Viewer, subjects: Sequence[str] = (), wanted: Wanted | None = None) -> int:
    """How many such lines there are."""
    return _lines(viewer, subjects, wanted or Wanted()).count()


def all_dealings_for(viewer: Viewer, subjects: Sequence[str] = (), wanted: Wanted | None = None) -> Iterator[Dealing]:
    """All of them, the oldest first, a block at a time."""
    rows = _lines(viewer, subjects, wanted or Wanted(everybody=True)).order_by("at", "pk")
    block: list[AuditLine] = []
    for line in rows.iterator(chunk_size=AT_ONCE):
        block.append(line)
        if len(block) == AT_ONCE:
            yield from _told(viewer, block)
            block = []
    yield from _told(viewer, block)


def _lines(viewer: Viewer, subjects: Sequence[str], wanted: Wanted) -> QuerySet[AuditLine]:
    rows = AuditLine.objects.filter(subject__in=[f"person:{viewer.person_id}", *subjects])
    if not wanted.everybody:
        rows = rows.exclude(person_id=viewer.person_id).exclude(person_id=None)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    return rows.filter(action__in=wanted.actions) if wanted.actions else rows


def _told(viewer: Viewer, lines: Sequence[AuditLine]) -> list[Dealing]:
    if not lines:
        return []
    actors = {line.person_id for line in lines if line.person_id is not None}
    names = dict(Person.objects.filter(pk__in=actors).values_list("pk", "name"))
    posts = list(Post.objects.filter(person_id__in=actors).select_related("organisation").order_by("pk"))
    return [
        Dealing(
            id=line.pk,
            at=line.at,
            who=names.get(line.person_id or 0, ""),
            own=line.person_id == viewer.person_id,
            capacity=line.capacity,
            organisation="、".join(_places(posts, line)),
            action=line.action,
            subject=line.subject,
            reason=line.reason,
            changed=tuple(map(str, line.facts.get("changed", ()) if isinstance(line.facts, dict) else ())),
        )
        for line in lines
    ]


def _places(posts: Iterable[Post], line: AuditLine) -> list[str]:
    """Where the one who did it held that post then; usually one place."""
    found = {
        post.organisation.name: None
        for post in posts
        if post.person_id == line.person_id
        and post.role == line.capacity
        and post.since <= line.at
        and (post.until is None or post.until > line.at)
    }
    return list(found)
