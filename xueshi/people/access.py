"""The one place that says who may do what with whose data.

For each capacity and action one relation gives the rows in reach, as a filter; the yes and no is that filter plus the
key. The whole table is printed in docs/access.md, which the suite compares. Whoever is nobody's, is nobody's.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value

from xueshi.people.models import ChangeRequest, Employment, Organisation, Person, Placement, Post, Region
from xueshi.people.viewer import Seat, Viewer

Row = TypeVar("Row", bound=Model)
Role = Post.Role
Kind = Organisation.Kind
Action = Literal[
    "see", "change", "check_identity", "record", "correct", "unmask", "export", "invite",  # with persons
    "keep", "close", "appoint", "bring", "accredit", "entrust",  # with organisations
    "keep_contacts", "keep_duties",  # with regions
    "decide",  # with requests
]  # fmt: skip

_KEY = -(2**62)  # stands for the key that is asked about
NOBODY = Q(pk__in=())
ANYBODY = Q()
BUREAUS = (Kind.PROVINCIAL_HRSS, Kind.MUNICIPAL_HRSS, Kind.COUNTY_HRSS)

# A relation: what a seat reaches, as a filter on the rows concerned. `keys` turns the rows of another table into what
# `…__in` takes: a subquery for a yes or no, a list of keys where an index is to be read in order.
Keys = Callable[[QuerySet[Any]], Any]
Relation = Callable[[Seat, Keys], Q]


def _as_subquery(rows: QuerySet[Any]) -> Any:
    return rows.values("pk")


def _as_list(rows: QuerySet[Any]) -> Any:
    return list(rows.values_list("pk", flat=True))


def _subtree(code: str) -> QuerySet[Region]:
    return Region.objects.filter(code__startswith=code)


def _in_region(field: str, seat: Seat, keys: Keys) -> Q:
    """A column within the seat's region; no condition where that is the whole tree, which would mislead the planner."""
    found = keys(_subtree(seat.region))
    whole = isinstance(found, list) and len(found) == Region.objects.count()
    return ANYBODY if whole else Q(**{f"{field}__in": found})


# ---- persons -------------------------------------------------------------------------------------------------------


def _employed(**of: object) -> Q:
    return Q(pk__in=Employment.objects.filter(until=None, **of).values("person_id"))


def anyone(seat: Seat, keys: Keys) -> Q:
    """All of them."""
    return ANYBODY


def employed_here(seat: Seat, keys: Keys) -> Q:
    """Whoever works for the organisation now, as the first employer or a second."""
    return _employed(employer_id=seat.organisation_id)


def of_region(seat: Seat, keys: Keys) -> Q:
    """Whoever belongs to the region of the bureau, or to one below it (KF-15, CQ-25)."""
    return _in_region("region", seat, keys) if seat.kind in BUREAUS else NOBODY


def of_industry(seat: Seat, keys: Keys) -> Q:
    """Whoever works for a unit of the authority's industry within its region (CQ-26, KF-16)."""
    if seat.kind != Kind.INDUSTRY_AUTHORITY or not seat.industry:
        return NOBODY
    units = Organisation.objects.filter(industry__code__startswith=seat.industry, region__in=_subtree(seat.region))
    return _employed(employer__in=keys(units))


def hosted_here(seat: Seat, keys: Keys) -> Q:
    """Whose file the agency keeps; the association's own are all of its region (CQ-35, CQ-36)."""
    if seat.kind == Kind.CE_ASSOCIATION:
        return _in_region("region", seat, keys)
    return Q(file_agency_id=seat.organisation_id) if seat.kind == Kind.TALENT_AGENCY else NOBODY


def at_counter(seat: Seat, keys: Keys) -> Q:
    """A bureau: its region. The training centre: everybody there whom no county unit employs (CQ-06, CQ-07)."""
    here = _in_region("region", seat, keys)
    if seat.kind in BUREAUS:
        return here
    if seat.kind == Kind.TRAINING_CENTRE:
        hosted = Q(file_keeper=Person.FileKeeper.TALENT_AGENCY)
        return here & (hosted | ~_employed(employer__level=Organisation.Level.COUNTY, main=True))
    return NOBODY


def verified_by(seat: Seat, keys: Keys) -> Q:
    """Whoever could come to this verifier by one of the notice's four routes (CQ-33 to CQ-36)."""
    if seat.kind in BUREAUS:
        return of_region(seat, keys)
    if seat.kind in (Kind.CE_ASSOCIATION, Kind.TALENT_AGENCY):
        return hosted_here(seat, keys)
    return _employed(employer_id=seat.organisation_id, main=True)


def overseen(seat: Seat, keys: Keys) -> Q:
    """What the organisation itself reaches: a bureau its region, an authority its industry, others their own."""
    if seat.kind in BUREAUS:
        return of_region(seat, keys)
    if seat.kind == Kind.INDUSTRY_AUTHORITY:
        return of_industry(seat, keys)
    if seat.kind in (Kind.TALENT_AGENCY, Kind.CE_ASSOCIATION):
        return hosted_here(seat, keys)
    return employed_here(seat, keys)


_OFFICE: Mapping[str, Relation] = {
    Role.OFFICER: of_region, Role.INDUSTRY_OFFICER: of_industry, Role.AGENCY_OFFICER: hosted_here,
    Role.COUNTER: at_counter, Role.VERIFIER: verified_by,
}  # fmt: skip
_UNIT: Mapping[str, Relation] = {Role.UNIT_CLERK: employed_here, Role.UNIT_HEAD: employed_here}
_BASE: Mapping[str, Relation] = {Role.BASE_HEAD: employed_here, Role.BASE_CLERK: employed_here}
_READERS: Mapping[str, Relation] = {**_OFFICE, **_UNIT, Role.AUDITOR: overseen}

PERSONS: Mapping[str, Mapping[str, Relation]] = {
    "see": {**_READERS, **_BASE, Role.OPERATOR: anyone},
    "change": {},
    "check_identity": {Role.COUNTER: at_counter, Role.OFFICER: of_region},
    "correct": {Role.COUNTER: at_counter, Role.OFFICER: of_region},
    # Facts of the law are recorded by a bureau's officers, whatever their desk, and by the clerk of the unit.
    "record": {Role.COUNTER: of_region, Role.VERIFIER: of_region, Role.OFFICER: of_region, **_UNIT},
    "unmask": {Role.OFFICER: of_region, Role.COUNTER: at_counter, Role.AGENCY_OFFICER: hosted_here, **_UNIT},
    "export": _READERS,
    "invite": _UNIT,
}

# ---- organisations -------------------------------------------------------------------------------------------------


def own(seat: Seat, keys: Keys) -> Q:
    """The organisation at which the post is held."""
    return Q(pk=seat.organisation_id)


def in_region(seat: Seat, keys: Keys) -> Q:
    """The organisations of the bureau's region and below, its own included; none above its own level."""
    if seat.kind not in BUREAUS:
        return NOBODY
    return _in_region("region", seat, keys) & (Q(pk=seat.organisation_id) | ~_above(seat.level))


def _above(level: str) -> Q:
    """Of a level that a bureau of this level has no say over."""
    order = (Organisation.Level.COUNTY, Organisation.Level.MUNICIPAL, Organisation.Level.PROVINCIAL)
    return Q(level__in=order[order.index(Organisation.Level(level or "county")) + 1 :])


def below(seat: Seat, keys: Keys) -> Q:
    """The same without its own."""
    return in_region(seat, keys) & ~Q(pk=seat.organisation_id)


def units_of_industry(seat: Seat, keys: Keys) -> Q:
    """The authority itself and the units of its industry in its region."""
    if seat.kind != Kind.INDUSTRY_AUTHORITY or not seat.industry:
        return NOBODY
    return Q(kind=Kind.UNIT, industry__code__startswith=seat.industry, region__in=_subtree(seat.region))


def own_and_units(seat: Seat, keys: Keys) -> Q:
    """Its own, and the units of its industry in its region."""
    return own(seat, keys) | units_of_industry(seat, keys)


def bases_supervised(seat: Seat, keys: Keys) -> Q:
    """Two levels (KF-31): a municipal bureau for the bases of its city, a county bureau for those of its county."""
    return in_region(seat, keys)


def bases_to_entrust(seat: Seat, keys: Keys) -> Q:
    """A county that has no base may entrust a municipal one of its city (KF-35)."""
    if seat.kind != Kind.COUNTY_HRSS:
        return NOBODY
    around = Region.objects.annotate(place=Value(seat.region)).filter(place__startswith=F("code"))
    return Q(level=Organisation.Level.MUNICIPAL, region__in=around)


_MEMBERS = (
    Role.UNIT_CLERK, Role.UNIT_HEAD, Role.BASE_CLERK, Role.BASE_HEAD, Role.AUTHOR, Role.ITEM_AUTHOR, Role.ITEM_REVIEWER,
    Role.EXAM_MANAGER, Role.PROCTOR, Role.AGENCY_OFFICER, Role.COUNTER, Role.VERIFIER, Role.FINANCE,
)  # fmt: skip
ORGANISATIONS: Mapping[str, Mapping[str, Relation]] = {
    "see": {
        **dict.fromkeys(_MEMBERS, own),
        Role.OFFICER: in_region, Role.INDUSTRY_OFFICER: own_and_units, Role.AUDITOR: own, Role.OPERATOR: anyone,
    },
    "keep": {Role.OFFICER: in_region, Role.INDUSTRY_OFFICER: units_of_industry, Role.OPERATOR: anyone},
    "close": {Role.OFFICER: below, Role.OPERATOR: anyone},
    "appoint": {
        Role.UNIT_HEAD: own, Role.BASE_HEAD: own, Role.OFFICER: in_region, Role.INDUSTRY_OFFICER: units_of_industry,
        Role.OPERATOR: anyone,
    },
    "bring": {Role.UNIT_CLERK: own, Role.UNIT_HEAD: own, Role.INDUSTRY_OFFICER: units_of_industry},
    "accredit": {Role.OFFICER: bases_supervised},
    "entrust": {Role.OFFICER: bases_to_entrust},
}  # fmt: skip

# ---- regions and requests ------------------------------------------------------------------------------------------


def subtree(seat: Seat, keys: Keys) -> Q:
    """The bureau's own region and those below it."""
    return Q(code__startswith=seat.region) if seat.kind in BUREAUS else NOBODY


REGIONS: Mapping[str, Mapping[str, Relation]] = {
    "see": {Role.OFFICER: subtree, Role.OPERATOR: anyone},
    "keep_contacts": {Role.OFFICER: subtree, Role.OPERATOR: anyone},
    "keep_duties": {Role.OFFICER: subtree, Role.OPERATOR: anyone},
}


def with_office(*kinds: str) -> Relation:
    """Requests of these kinds that the organisation has on its desk."""

    def on_its_desk(seat: Seat, keys: Keys) -> Q:
        """Requests that the organisation has on its desk."""
        return Q(office_id=seat.organisation_id, kind__in=kinds)

    on_its_desk.kinds = tuple(map(str, kinds))  # type: ignore[attr-defined]  # for docs/access.md
    return on_its_desk


def watched(seat: Seat, keys: Keys) -> Q:
    """Requests on the desks of the region: who has them, since when."""
    return Q(office__region__in=_subtree(seat.region)) if seat.kind in BUREAUS else Q(office_id=seat.organisation_id)


def of_two_below(seat: Seat, keys: Keys) -> Q:
    """Whatever is on the own desk; and what needs two people at a bureau or unit below."""
    two = Q(kind__in=_TWO, office__region__in=_subtree(seat.region)) if seat.kind in BUREAUS else NOBODY
    return Q(office_id=seat.organisation_id) | two


def of_two_anywhere(seat: Seat, keys: Keys) -> Q:
    """Whatever is on the own desk; and what needs two people anywhere."""
    return Q(office_id=seat.organisation_id) | Q(kind__in=_TWO)


_ASK = ChangeRequest.Kind
_TWO = (_ASK.GRANT, _ASK.CLOSING)
_UNITS_OWN = with_office(_ASK.TRANSFER, _ASK.ROSTER, _ASK.GRANT)
_AT_DESK = with_office(_ASK.CORRECTION, _ASK.CLAIM, _ASK.TRANSFER)
REQUESTS: Mapping[str, Mapping[str, Relation]] = {
    "see": {
        Role.OFFICER: watched, Role.AUDITOR: watched, Role.COUNTER: _AT_DESK, Role.OPERATOR: anyone,
        Role.UNIT_CLERK: _UNITS_OWN, Role.UNIT_HEAD: _UNITS_OWN, Role.AGENCY_OFFICER: with_office(*_ASK.values),
        Role.INDUSTRY_OFFICER: with_office(*_ASK.values),
    },
    "decide": {
        Role.OFFICER: of_two_below, Role.COUNTER: _AT_DESK,
        Role.UNIT_CLERK: with_office(_ASK.TRANSFER), Role.UNIT_HEAD: _UNITS_OWN,
        Role.OPERATOR: of_two_anywhere,
    },
}  # fmt: skip

TABLES: Mapping[type[Model], Mapping[str, Mapping[str, Relation]]] = {
    Person: PERSONS, Organisation: ORGANISATIONS, Region: REGIONS, ChangeRequest: REQUESTS,
}  # fmt: skip

# ---- the questions -------------------------------------------------------------------------------------------------


def reach(viewer: Viewer, action: str, model: type[Model], keys: Keys = _as_subquery) -> Q:
    """What the viewer reaches of these rows for this action, in the present capacity, as a filter."""
    if model is Person and viewer.capacity == "learner":
        return Q(pk=viewer.person_id) if action in ("see", "change") else NOBODY
    relation = TABLES[model][action].get(viewer.capacity) if action in TABLES[model] else None
    found = NOBODY
    for seat in viewer.acting if relation else ():
        here = relation(seat, keys)  # type: ignore[misc]
        if here == ANYBODY:
            return ANYBODY
        found = here if found is NOBODY else found | here
    return found


def persons(viewer: Viewer, action: Action = "see") -> QuerySet[Person]:
    """The persons with whom the viewer, in the present capacity, may do this."""
    return Person.objects.filter(reach(viewer, action, Person))


def listed(viewer: Viewer, action: Action = "see") -> QuerySet[Person]:
    """The same for a list that an index is to read in order; without accounts that were merged into another."""
    return Person.objects.filter(reach(viewer, action, Person, _as_list), merged_into=None)


def organisations(viewer: Viewer, action: Action = "see") -> QuerySet[Organisation]:
    return Organisation.objects.filter(reach(viewer, action, Organisation))


def regions(viewer: Viewer, action: Action = "see") -> QuerySet[Region]:
    return Region.objects.filter(reach(viewer, action, Region))


def requests(viewer: Viewer, action: Action = "see") -> QuerySet[ChangeRequest]:
    """Requests the viewer may see or decide; nobody decides what he asked for or what is about himself."""
    found = ChangeRequest.objects.filter(reach(viewer, action, ChangeRequest))
    if action == "decide":
        found = found.exclude(asked_by=viewer.person_id).exclude(person=viewer.person_id)
    return found


_ROWS: Mapping[type[Model], Callable[[Viewer, Any], QuerySet[Any]]] = {
    Person: persons, Organisation: organisations, Region: regions, ChangeRequest: requests,
}  # fmt: skip


def can(viewer: Viewer, action: Action, row: Model) -> bool:
    """Whether the viewer may do this with that person, organisation, region or request."""
    return _yes(viewer, action, type(row), row.pk)


def may(viewer: Viewer, action: Action, person_id: int) -> bool:
    """Whether the viewer may do this with that person's data."""
    return _yes(viewer, action, Person, person_id)


def _yes(viewer: Viewer, action: Action, model: type[Model], key: int) -> bool:
    asked = _question(viewer, action, model)
    if asked is None:
        return False
    sql, values, place = asked
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values[:place], key, *values[place + 1 :]])
        return cursor.fetchone() is not None


@lru_cache(maxsize=10_000)
def _question(viewer: Viewer, action: Action, model: type[Model]) -> tuple[str, tuple[Any, ...], int] | None:
    """The filter and the key as SQL, its values, and the place of the key among them; None where nobody is reached.

    A filter follows from the seats alone, so it is built once for a viewer and not for each question.
    """
    rows = _ROWS[model](viewer, action).filter(pk=_KEY).values_list("pk", flat=True).order_by()[:1]
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, values, values.index(_KEY)


def apart(viewer: Viewer, *others: int | None) -> bool:
    """Whether the viewer is none of those who dealt with the record before: register, verify, approve, issue."""
    return viewer.person_id not in others


# ---- entries: the day they belong to, and today --------------------------------------------------------------------


def entries(viewer: Viewer, rows: QuerySet[Row], *, person: str = "person_id", on: str = "earned_on") -> QuerySet[Row]:
    """Rows about persons in reach today, or whose person was in reach on the row's own day (a transfer: JN-17).

    `person` and `on` name the columns of the person's key and the day.
    """
    now = Q(**{f"{person}__in": persons(viewer).values("pk")})
    then = [past for seat in viewer.acting for past in _then(seat, person, on)]
    for past in then:
        now |= Q(past)
    return rows.filter(now)


def _then(seat: Seat, person: str, on: str) -> Iterable[Exists]:
    """The same relations as they were on the day of the row."""
    if seat.role not in PERSONS["see"] or seat.role == Role.OPERATOR:
        return []
    at = (Q(until=None) | Q(until__gt=OuterRef(on))) & Q(since__lte=OuterRef(on), person=OuterRef(person))
    placed, employed = Placement.objects.filter(at), Employment.objects.filter(at)
    if seat.kind in BUREAUS or seat.kind == Kind.CE_ASSOCIATION:
        return [Exists(placed.filter(region__in=_subtree(seat.region)))]
    if seat.kind == Kind.INDUSTRY_AUTHORITY and seat.industry:
        units = Q(employer__industry__code__startswith=seat.industry, employer__region__in=_subtree(seat.region))
        return [Exists(employed.filter(units))]
    if seat.kind == Kind.TALENT_AGENCY:
        return [Exists(placed.filter(file_agency_id=seat.organisation_id))]
    if seat.kind == Kind.UNIT:
        return [Exists(employed.filter(employer_id=seat.organisation_id))]
    return []
