"""The people in somebody's reach as a list: found, filtered, in the order of their names as they are read.

A page begins after (or ends before) a person of the list, so that page 4,000 costs what page 1 does; an address
carries that person's key and never a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from xueshi.people import access, searching
from xueshi.people.models import Account, Employment, Invitation, Organisation, Person, Region, SavedFilter, Title
from xueshi.people.searching import Tier
from xueshi.people.viewer import Viewer

Order = Literal["name", "unit"]
PAGE = 25
MOST_COUNTED = 10_000
EVERYBODY = Tier()
BLOCK = 1_000


@dataclass(frozen=True)
class Filters:
    """What a roll is narrowed by; nothing in it names a person, so it may stand in an address and be kept."""

    unit: str = ""  # part of the unit's name
    title: str = ""  # a level, or "none"
    region: str = ""  # a code; with what lies below
    account: str = ""  # "open", "invited", "none" or "closed"
    alone: bool = False  # without a unit
    unchecked: bool = False  # identity not checked

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filters":
        """From an address or what was kept; whatever is not understood is left out."""
        title, account, region = (str(given.get(key, "")) for key in ("title", "account", "region"))
        return cls(
            unit=" ".join(str(given.get("unit", "")).replace("\0", " ").split())[:60],
            title=title if title in (*Title.Level.values, "none") else "",
            region=region[:12] if region.isascii() and region.isdigit() else "",
            account=account if account in ("open", "invited", "none", "closed") else "",
            alone=str(given.get("alone", "")) in ("1", "True"),
            unchecked=str(given.get("unchecked", "")) in ("1", "True"),
        )

    @property
    def query(self) -> dict[str, str]:
        """The same as an address has it: what is not wanted is left out."""
        told = {key: getattr(self, key) for key in ("unit", "title", "region", "account")}
        flags = {key: "1" for key in ("alone", "unchecked") if getattr(self, key)}
        return {key: value for key, value in told.items() if value} | flags


@dataclass(frozen=True)
class Row:
    """A person of the roll. `account` is open, invited, none or closed; `title` a level or empty."""

    person_id: int
    name: str
    id_masked: str
    unit: str
    title: str
    region: str
    account: str
    phone: bool
    checked: bool


@dataclass(frozen=True)
class Page:
    """Some rows of a roll; `after` and `before` begin the next page and the one before it, empty where there is none.

    `count` is how many there are in all, `more` where there are more than that: a list is counted up to 10,000, and one
    that is searched as far as its page, since counting what is common would take longer than showing it.
    """

    rows: tuple[Row, ...]
    after: str
    before: str
    count: int
    more: bool

    @property
    def has_more(self) -> bool:
        return bool(self.after)


def page_for(
    viewer: Viewer,
    text: str = "",
    filters: Filters = Filters(),
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE,
) -> Page:
    """A page of the persons the viewer sees; a mark that is not of this list begins it anew."""
    persons = narrowed(viewer, filters)
    tiers = searching.tiers(text) if text.strip() else [EVERYBODY]
    backwards = bool(before) and not after
    keys = _beyond(persons, tiers, before if backwards else after, size + 1, backwards=backwards)
    if keys is None:
        backwards, after, before = False, "", ""
        keys = _beyond(persons, tiers, "", size + 1, backwards=False) or []
    more = len(keys) > size
    keys = keys[:size][::-1] if backwards else keys[:size]
    follows, precedes = (True, more) if backwards else (more, bool(after))
    count, over = len(keys), bool(follows or precedes)
    if over and not text.strip():
        count, over = _count(persons)
    return Page(
        rows=tuple(rows_of([key for _, key in keys])),
        after=_mark(keys[-1]) if keys and follows else "",
        before=_mark(keys[0]) if keys and precedes else "",
        count=count,
        more=over,
    )


def ids_for(viewer: Viewer, text: str = "", order: Order = "name") -> list[int]:
    """Everybody the viewer may see, by reading (or unit and reading); narrowed by what `searching` finds."""
    found = access.listed(viewer)
    if text.strip("\0 "):
        found = searching.found(found, text)
    elif text:
        found = found.none()
    if order == "unit":
        present = Employment.objects.filter(person=OuterRef("pk"), until=None, main=True)
        found = found.annotate(unit=Subquery(present.values("employer__name")[:1])).order_by("unit", "pinyin", "pk")
    else:
        found = found.order_by("pinyin", "pk")
    return list(found.values_list("pk", flat=True))


def narrowed(viewer: Viewer, filters: Filters, action: access.Action = "see") -> QuerySet[Person]:
    """The persons with whom the viewer may do this, as the filters have it."""
    persons = access.listed(viewer, action)
    present = Employment.objects.filter(until=None)
    if filters.unit:
        units = searching.units(Organisation.objects.all(), filters.unit).values_list("pk", flat=True)
        persons = persons.filter(pk__in=present.filter(employer_id__in=list(units)).values("person_id"))
    if filters.region:
        below = Region.objects.filter(code__startswith=filters.region).values_list("pk", flat=True)
        persons = persons.filter(region__in=list(below))
    if filters.title:
        held = Title.objects.filter(person=OuterRef("pk"))
        persons = persons.filter(~Exists(held) if filters.title == "none" else _holds(filters.title))
    if filters.account:
        persons = persons.filter(_accounts()[filters.account])
    if filters.alone:
        persons = persons.filter(~Exists(present.filter(person=OuterRef("pk"), main=True)))
    if filters.unchecked:
        persons = persons.filter(identity_checked_at=None)
    return persons


def count_for(viewer: Viewer, text: str, filters: Filters, action: access.Action = "export") -> int:
    """How many there are in all, counted to the last."""
    persons = narrowed(viewer, filters, action)
    return searching.found(persons, text).count()


def all_for(viewer: Viewer, text: str, filters: Filters, action: access.Action = "export") -> Iterator[Row]:
    """Every row in the order of the pages, read a block at a time."""
    persons = narrowed(viewer, filters, action)
    for tier in searching.tiers(text) if text.strip() else [EVERYBODY]:
        beyond = None
        while ids := searching.ids_in(persons, tier, BLOCK, beyond):
            yield from rows_of(ids)
            beyond = _key_of(persons, ids[-1])
            if len(ids) < BLOCK or beyond is None:
                break


def title_levels() -> list[tuple[str, str]]:
    """Each level with its name."""
    return [(str(value), str(name)) for value, name in Title.Level.choices]


def filters_kept(viewer: Viewer, page: str) -> list[tuple[int, str, Filters]]:
    """The viewer's own filters of a page: key, name and what they narrow."""
    kept = SavedFilter.objects.filter(person_id=viewer.person_id, page=page).order_by("name")
    return [(one.pk, one.name, Filters.of(one.query)) for one in kept]


def regions_for(viewer: Viewer) -> list[Region]:
    """The regions by which the viewer may narrow: those of the seats, and what lies directly below."""
    here = Q()
    for seat in viewer.acting:
        here |= Q(code=seat.region) | Q(parent__code=seat.region)
    return list(Region.objects.filter(here).order_by("code")) if here else []


def region_name(code: str) -> str:
    """What a region is called; the code itself where there is none."""
    return Region.objects.filter(code=code).values_list("name", flat=True).first() or code


def rows_of(ids: list[int]) -> list[Row]:
    """These persons as rows, in this order. One query."""
    present = Employment.objects.filter(person=OuterRef("pk"), until=None, main=True)
    titles = Title.objects.filter(person=OuterRef("pk")).order_by("-obtained_on", "-pk")
    account = Account.objects.filter(person=OuterRef("pk"))
    found = (
        Person.objects.filter(pk__in=ids)
        .select_related("region")
        .annotate(
            unit=Subquery(present.values("employer__name")[:1]),
            title=Subquery(titles.values("level")[:1]),
            active=Subquery(account.values("is_active")[:1]),
            invited=Case(When(_accounts()["invited"], then=True), default=False, output_field=BooleanField()),
        )
    )
    rows = {one.pk: _row(one) for one in found}
    return [rows[key] for key in ids if key in rows]


def _row(one: Any) -> Row:
    states = {True: "open", False: "closed", None: "invited" if one.invited else "none"}
    return Row(
        person_id=one.pk,
        name=one.name,
        id_masked=one.id_masked,
        unit=one.unit or "",
        title=one.title or "",
        region=one.region.name,
        account=states[one.active],
        phone=bool(one.phone),
        checked=one.identity_checked_at is not None,
    )


def _holds(level: str) -> Q:
    """Whose latest title is of that level, which is what the roll shows."""
    titles = Title.objects.filter(person=OuterRef("pk"), level=level)
    later = Title.objects.filter(person=OuterRef("person"), obtained_on__gt=OuterRef("obtained_on"))
    return Q(Exists(titles.filter(~Exists(later))))


def _accounts() -> dict[str, Q]:
    account = Account.objects.filter(person=OuterRef("pk"))
    asked = Invitation.objects.filter(person=OuterRef("pk"), used_at=None, withdrawn_at=None)
    none = ~Q(Exists(account))
    return {
        "open": Q(Exists(account.filter(is_active=True))),
        "closed": Q(Exists(account.filter(is_active=False))),
        "invited": none & Q(Exists(asked)),
        "none": none & ~Q(Exists(asked)),
    }


# ---- where a page begins -------------------------------------------------------------------------------------------


def _mark(key: tuple[int, int]) -> str:
    return f"{key[0]}-{key[1]}"


def _beyond(
    persons: QuerySet[Person], tiers: list[Tier], mark: str, most: int, *, backwards: bool
) -> list[tuple[int, int]] | None:
    """Tier and key of the persons beyond a mark, the nearest first; None for a mark that is not of this list."""
    begin, key = 0 if not backwards else len(tiers) - 1, None
    if mark:
        tier, _, person = mark.partition("-")
        if not (tier.isdecimal() and person.isdecimal() and int(tier[:3]) < len(tiers) and len(person) < 19):
            return None
        begin, key = int(tier), _key_of(persons, int(person))
        if key is None:
            return None
    found: list[tuple[int, int]] = []
    for place in range(begin, -1, -1) if backwards else range(begin, len(tiers)):
        beyond = key if place == begin else None
        ids = searching.ids_in(persons, tiers[place], most - len(found), beyond, backwards=backwards)
        found += [(place, one) for one in ids]
        if len(found) >= most:
            break
    return found


def _key_of(persons: QuerySet[Person], person_id: int) -> searching.Key | None:
    return persons.filter(pk=person_id).values_list("pinyin", "pk").first()


def _count(persons: QuerySet[Person]) -> tuple[int, bool]:
    """How many, up to a limit; and whether there are more."""
    count = persons.order_by()[: MOST_COUNTED + 1].count()
    return min(count, MOST_COUNTED), count > MOST_COUNTED


__all__ = [
    "Filters", "Order", "Page", "Row", "all_for", "count_for", "filters_kept", "ids_for", "narrowed", "page_for",
    "region_name", "regions_for", "rows_of", "title_levels",
]  # fmt: skip
