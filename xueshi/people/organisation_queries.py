"""What an office sees of regions, industries and organisations: its own reach, counted, searched, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import access, rules_organisations, searching
from xueshi.people.models import ChangeRequest, Employment, Industry, Organisation, Person, Post, Region
from xueshi.people.viewer import Viewer

A_PAGE = 25


def live_posts(at: datetime) -> QuerySet[Post]:
    """Posts that act at a moment."""
    return Post.objects.filter(since__lte=at, ended_at=None, organisation__closed_at=None).filter(
        Q(until=None) | Q(until__gt=at)
    )


def closing_of(organisation_id: int) -> ChangeRequest | None:
    """The request to close an organisation that waits for a second person."""
    return (
        ChangeRequest.objects.filter(
            kind=ChangeRequest.Kind.CLOSING, state=ChangeRequest.State.OPEN, wanted__organisation=organisation_id
        )
        .select_related("asked_by", "office")
        .first()
    )


def people_count(organisation_id: int) -> int:
    """How many work there now, as the first employer or a second."""
    return Employment.objects.filter(employer_id=organisation_id, until=None, person__merged_into=None).count()


# ---- regions and industries ----------------------------------------------------------------------------------------


def regions_for(viewer: Viewer) -> QuerySet[Region]:
    """The regions around which the viewer works: an operator's are all, an office's its own and those below it."""
    if viewer.capacity == Post.Role.OPERATOR:
        return Region.objects.order_by("code")
    here = Q(pk__in=())
    for seat in viewer.acting:
        here |= Q(code__startswith=seat.region)
    return Region.objects.filter(here).order_by("code")


def region_for(viewer: Viewer, region_id: int) -> Region:
    """One of them; raises NotYours."""
    found = regions_for(viewer).select_related("parent").filter(pk=region_id).first()
    if found is None:
        raise NotYours()
    return found


def industries_for(viewer: Viewer) -> QuerySet[Industry]:
    """The industries: an authority's are its own and those below it, everybody else's all."""
    found = Industry.objects.order_by("code")
    if viewer.capacity != Post.Role.INDUSTRY_OFFICER:
        return found
    own = Q(pk__in=())
    for seat in viewer.acting:
        if seat.industry:
            own |= Q(code__startswith=seat.industry)
    return found.filter(own)


def industry_for(viewer: Viewer, industry_id: int) -> Industry:
    """One of them; raises NotYours."""
    found = industries_for(viewer).select_related("parent").filter(pk=industry_id).first()
    if found is None:
        raise NotYours()
    return found


@dataclass
class Node:
    """A region or an industry with what lies below it; `count` is of organisations at it, `total` with those below."""

    row: Region | Industry
    kind: str
    count: int = 0
    total: int = 0
    hit: bool = True  # its own name or code holds what is looked for
    below: "list[Node]" = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.below = []

    @property
    def flat(self) -> bool:
        """Whether nothing lies below what lies below it."""
        return not any(one.below for one in self.below)


def tree(rows: Iterable[Region | Industry], counts: dict[int, int], text: str = "") -> list[Node]:
    """Rows in the order of their codes as a tree; with a text only what holds it, and the way there."""
    text = text.strip().casefold()
    roots: list[Node] = []
    path: list[Node] = []
    for row in rows:
        kind = rules_organisations.region_kind(row.code) if isinstance(row, Region) else ""
        hit = not text or text in row.name.casefold() or row.code.casefold().startswith(text)
        node = Node(row, kind, counts.get(row.pk, 0), hit=hit)
        while path and not rules_organisations.lies_below(row.code, path[-1].row.code):
            path.pop()
        (path[-1].below if path else roots).append(node)
        path.append(node)
    for root in roots:
        _sum(root)
    return [kept for root in roots if (kept := _pruned(root))] if text else roots


def _sum(node: Node) -> int:
    node.total = node.count + sum(_sum(one) for one in node.below)
    return node.total


def _pruned(node: Node) -> Node | None:
    """The node where it or something below it is a hit; what lies below a hit goes with it only if it is one too."""
    node.below = [kept for one in node.below if (kept := _pruned(one))]
    return node if node.hit or node.below else None


def size(nodes: Sequence[Node]) -> int:
    """How many are in a forest."""
    return sum(1 + size(node.below) for node in nodes)


def counts_by(viewer: Viewer, column: str) -> dict[int, int]:
    """How many open organisations in reach stand at each region or industry."""
    seen = access.organisations(viewer).filter(closed_at=None).order_by()
    return dict(seen.values_list(column).annotate(n=Count("pk")))


def region_tree(viewer: Viewer, text: str = "") -> list[Node]:
    """The regions of the viewer with the number of organisations in each; two queries."""
    return tree(regions_for(viewer), counts_by(viewer, "region_id"), text)


def industry_tree(viewer: Viewer, text: str = "") -> list[Node]:
    """The industries of the viewer, likewise."""
    return tree(industries_for(viewer), counts_by(viewer, "industry_id"), text)


# ---- organisations -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which organisations: whatever is empty is no filter. Regions and industries with all below them."""

    text: str = ""
    kind: str = ""
    region: str = ""  # code
    industry: str = ""  # code
    state: str = ""  # open, closed


def organisations_for(viewer: Viewer, wanted: Wanted) -> QuerySet[Organisation]:
    """The organisations in reach that are wanted, by region, name and key."""
    found = access.organisations(viewer).select_related("region", "industry")
    if wanted.text:
        code = "".join(wanted.text.split()).upper()
        named = searching.units(Organisation.objects.all(), wanted.text).values("pk")
        found = found.filter(Q(pk__in=named) | Q(credit_code=code))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.region:
        found = found.filter(region__code__startswith=wanted.region)
    if wanted.industry:
        found = found.filter(industry__code__startswith=wanted.industry)
    if wanted.state:
        found = found.filter(closed_at__isnull=wanted.state == "open")
    return found.order_by("region__code", "name", "pk")


@dataclass(frozen=True)
class Slice:
    """One page of organisations, each with `people`; `after` is the key from which the next begins, 0 for none."""

    rows: list[Organisation]
    total: int
    after: int
    first: bool


def slice_of(found: QuerySet[Organisation], after: int = 0, most: int = A_PAGE) -> Slice:
    """The page that follows the organisation with this key; an unknown key begins at the top."""
    total = found.count()
    mark = Organisation.objects.filter(pk=after).values_list("region__code", "name").first() if after else None
    rest = found
    if mark:
        code, name = mark
        beyond = Q(region__code=code) & (Q(name__gt=name) | Q(name=name, pk__gt=after))
        rest = found.filter(Q(region__code__gt=code) | beyond)
    rows = list(rest[: most + 1])
    more = len(rows) > most
    rows = rows[:most]
    _count_people(rows)
    return Slice(rows, total, rows[-1].pk if more else 0, mark is None)


def _count_people(rows: list[Organisation]) -> None:
    counted = (
        Employment.objects.filter(employer_id__in=[row.pk for row in rows], until=None, person__merged_into=None)
        .values_list("employer_id")
        .annotate(n=Count("pk"))
    )
    people = dict(counted)
    for row in rows:
        row.people = people.get(row.pk, 0)  # type: ignore[attr-defined]


def organisation_for(viewer: Viewer, organisation_id: int, action: access.Action = "see") -> Organisation:
    """One that the viewer sees, or may do this with; raises NotYours."""
    found = access.organisations(viewer, action).select_related("region", "industry").filter(pk=organisation_id).first()
    if found is None:
        raise NotYours()
    return found


def offices_for(viewer: Viewer) -> list[Organisation]:
    """Organisations in reach that serve others: every open one that is not an employer."""
    found = access.organisations(viewer).filter(closed_at=None).exclude(kind=Organisation.Kind.UNIT)
    return list(found.select_related("region").order_by("kind", "region__code", "name"))


def posts_at(organisation_id: int, at: datetime) -> list[Post]:
    """Who holds which post there, by role; also where it is closed, since opening it would let them act again."""
    held = Post.objects.filter(organisation_id=organisation_id, since__lte=at, ended_at=None)
    return list(held.filter(Q(until=None) | Q(until__gt=at)).select_related("person").order_by("role", "pk"))


@dataclass(frozen=True)
class Deed:
    """Something that was done to an organisation or a region."""

    at: datetime
    who: str
    capacity: str
    action: str
    reason: str
    changed: tuple[str, ...]
    function: str = ""  # of the duty that was given or ended


def history_of(subject: str, most: int = 50) -> list[Deed]:
    """What was done to it, the newest first."""
    lines = list(AuditLine.objects.filter(subject=subject).order_by("-at", "-pk")[:most])
    names = dict(Person.objects.filter(pk__in={line.person_id for line in lines}).values_list("pk", "name"))
    return [
        Deed(
            line.at, names.get(line.person_id or 0, ""), line.capacity, line.action, line.reason,
            tuple(line.facts.get("after", {})), str(line.facts.get("function", "")),
        )
        for line in lines
    ]  # fmt: skip


def around(code: str) -> Q:
    """Regions that are this one or lie around it; for filters through `region__`."""
    return Q(region__code__in=[code[:places] for places in rules_organisations.REGION_LENGTHS if places <= len(code)])
