"""Who is there, and what a viewer may see of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Length

from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import access, dated, following, queries_duties, rules, searching
from xueshi.people.models import Account, Duty, Employment, Fact, Organisation, Person, Post, Region, Title
from xueshi.people.viewer import Seat, Viewer

MOST_FOUND = 50


def viewer_of(*, account_id: int, at: datetime) -> Viewer | None:
    """The viewer behind an account, with the posts held at that moment; None if there is no such person."""
    account = Account.objects.select_related("person").filter(pk=account_id).first()
    return viewer_behind(account, at=at) if account else None


def viewer_behind(account: Account, *, at: datetime) -> Viewer:
    """The same, of an account that has been read with its person. One query."""
    posts = (
        Post.objects.filter(person_id=account.person_id, since__lte=at, ended_at=None)
        .filter(Q(until=None) | Q(until__gt=at), organisation__closed_at=None)
        .select_related("organisation__region", "organisation__industry")
        .order_by("pk")
    )
    return Viewer(
        person_id=account.person_id,
        name=account.person.name,
        seats=tuple(
            Seat(
                role=post.role,
                organisation_id=post.organisation_id,
                organisation=post.organisation.name,
                kind=post.organisation.kind,
                region=post.organisation.region.code,
                level=post.organisation.level,
                industry=post.organisation.industry.code if post.organisation.industry else "",
                post_id=post.pk,
            )
            for post in posts
        ),
    )


def person_for(viewer: Viewer, person_id: int) -> Person:
    """A person the viewer may see, with region and agency; raises NotYours otherwise."""
    found = access.persons(viewer).select_related("region", "file_agency").filter(pk=person_id).first()
    if found is None:
        raise NotYours()
    return found


def registrants_for(viewer: Viewer, text: str) -> list[Person]:
    """Persons in the viewer's reach as `searching` finds them, the nearest first; at most 50.

    Each carries `employer_name`. An empty text finds nobody: a counter looks for someone.
    """
    ids = searching.first(access.listed(viewer), text, MOST_FOUND)
    present = Employment.objects.filter(person=OuterRef("pk"), until=None, main=True)
    found = (
        Person.objects.filter(pk__in=ids)
        .select_related("region", "file_agency")
        .annotate(employer_name=Subquery(present.values("employer__name")[:1]))
        .in_bulk()
    )
    return [found[one] for one in ids if one in found]


def present_employer(person_id: int, on: date) -> Organisation | None:
    """Who employs the person on that day."""
    employment = (
        Employment.objects.filter(person_id=person_id, since__lte=on, main=True)
        .filter(Q(until=None) | Q(until__gt=on))
        .select_related("employer__region")
        .first()
    )
    return employment.employer if employment else None


def affiliation(person_id: int, on: date) -> str:
    """Which of the notice's four groups the person belongs to on that day (CQ-33 to CQ-36)."""
    person = Person.objects.get(pk=person_id)
    employer = present_employer(person_id, on)
    return rules.affiliation(file_keeper=person.file_keeper, employer_level=employer.level if employer else None)


def law_facts(person_id: int, on: date, as_of: datetime | None = None) -> dict[str, object]:
    """What the house knows of a person, in the words of the law, as `policy.facts.Facts.of` takes it.

    Words are dated; what can only be one value (a date) is given as it stood on `on`. With `as_of`, facts are those
    recorded by then; sex, birth, titles and employment are kept as they are known now.
    """
    return law_facts_of([person_id], on, as_of)[person_id]


def law_facts_of(person_ids: Iterable[int], on: date, as_of: datetime | None = None) -> dict[int, dict[str, object]]:
    """The same of many people, in four queries. A whole population has its own way: `population`.

    What nobody recorded and the main employer tells (`following`) is among them.
    """
    wanted = list(person_ids)
    rows: dict[int, list[dated.Row]] = {person_id: [] for person_id in wanted}
    known = recorded(as_of).filter(person_id__in=wanted)
    for fact in known:
        rows[fact.person_id].append(dated.Row(fact.word, fact.kind, fact.value, fact.since, fact.until))
    titles: dict[int, dict[str, date]] = {}
    for title in Title.objects.filter(person_id__in=wanted).order_by("obtained_on", "level"):
        titles.setdefault(title.person_id, {})[title.level] = title.obtained_on
    jobs = _main_jobs(wanted)
    found: dict[int, dict[str, object]] = {}
    for person_id, held_rows in rows.items():
        follow = following.rows([job for job, _level in jobs.get(person_id, [])], held_rows)
        found[person_id] = dict(dated.facts([*held_rows, *follow], on))
    for person in Person.objects.filter(pk__in=wanted).only("sex", "born_on", "file_keeper"):
        held = titles.get(person.pk, {})
        facts = found[person.pk]
        facts |= {"sex": person.sex, "born": person.born_on, "title_obtained": list(held.values())}
        levels = [(job.since, job.until, level) for job, level in jobs.get(person.pk, [])]
        facts["affiliation"] = rules.affiliations(file_keeper=person.file_keeper, jobs=levels)
        if held:
            facts["title"] = held
    return found


def _main_jobs(person_ids: Sequence[int]) -> dict[int, list[tuple[following.Job, str]]]:
    """The main employments of people in order, with what follows from the employer, and its level. One query."""
    jobs: dict[int, list[tuple[following.Job, str]]] = {}
    held = Employment.objects.filter(person_id__in=person_ids, main=True).select_related("employer")
    for one in held.order_by("since", "pk"):
        unit = one.employer
        says = following.says(ownership=unit.ownership, credit_code=unit.credit_code, grass_roots=unit.grass_roots)
        jobs.setdefault(one.person_id, []).append((following.Job(one.since, one.until, says), unit.level))
    return jobs


def recorded(as_of: datetime | None = None) -> QuerySet[Fact]:
    """The facts that hold, by what was recorded up to a moment; by what is recorded now without one."""
    if as_of is None:
        return Fact.objects.filter(withdrawn_at=None)
    return Fact.objects.filter(recorded_at__lte=as_of).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=as_of))


def facts_for(viewer: Viewer, person_id: int, as_of: datetime | None = None) -> list[Fact]:
    """What has been recorded of a person whom the viewer may see, by word and day; raises NotYours."""
    person = person_for(viewer, person_id)
    return list(recorded(as_of).filter(person=person).select_related("recorded_by").order_by("word", "since"))


# Where the law says "the personnel authority" and leaves its level open.
AUTHORITIES = dict.fromkeys(
    ("local_hrss", "hrss"), (Organisation.Kind.COUNTY_HRSS.value, Organisation.Kind.MUNICIPAL_HRSS.value)
)
# Routes on which a region may have given the work to a bureau of another level.
GIVEN = frozenset({"county_hrss", *AUTHORITIES})


def verifier_organisation(route: str, person_id: int, on: date) -> Organisation | None:
    """The organisation that a route of the law means for this person; None where there is none.

    Routes: county_hrss, municipal_hrss, own_unit, talent_agency, ce_association; training_centre (counters); and
    local_hrss and hrss, the nearest personnel authority of whatever level.
    """
    person = Person.objects.select_related("region", "file_agency__region").get(pk=person_id)
    if route == "own_unit":
        return present_employer(person_id, on)
    if route == "talent_agency":
        return person.file_agency
    kinds = AUTHORITIES.get(route, (route,))
    nearest = _above(person.region.code).filter(kind__in=kinds).order_by(Length("region__code").desc(), "pk").first()
    return _given(person.region.code, on, nearest) if route in GIVEN else nearest


def _given(region_code: str, on: date, nearest: Organisation | None) -> Organisation | None:
    """The bureau at or around the region to which verifying was given there, unless another stands nearer (ZJ-46)."""
    found = queries_duties.competence(Duty.Function.VERIFICATION, region_code, on)
    if found is None or found.organisation.kind not in access.BUREAUS:
        return nearest
    sees = region_code.startswith(found.organisation.region.code)  # nobody is sent to an office that cannot see him
    nearer = nearest is None or len(found.duty.region.code) >= len(nearest.region.code)
    return found.organisation if sees and nearer else nearest


def _above(region_code: str) -> QuerySet[Organisation]:
    """Open organisations of a region and of those around it."""
    return (
        Organisation.objects.filter(closed_at=None)
        .annotate(place=Value(region_code))
        .filter(place__startswith=F("region__code"))
        .select_related("region")
    )


# ---- what a form of registration offers ---------------------------------------------------------------------------


def home_region() -> Region | None:
    """The city or province that the house serves: the first region that has no parent."""
    return Region.objects.filter(parent=None).order_by("code").first()


def open_regions() -> list[tuple[Region, list[Region]]]:
    """Regions in which one can register: the leaves, under the region that they belong to."""
    inner = Exists(Region.objects.filter(parent=OuterRef("pk")))
    groups: dict[int, tuple[Region, list[Region]]] = {}
    for leaf in Region.objects.filter(~inner).select_related("parent").order_by("code"):
        above = leaf.parent or leaf
        groups.setdefault(above.pk, (above, []))[1].append(leaf)
    return list(groups.values())


def is_leaf(region: Region) -> bool:
    """Whether no region lies below this one."""
    return not Region.objects.filter(parent=region).exists()


def employers_at(region_code: str, text: str = "") -> list[Organisation]:
    """Units of a district, and municipal units, that somebody there can work for; narrowed by part of the name."""
    if not region_code or "\0" in region_code + text:  # a zero byte, which no name has and the database refuses
        return []
    units = _units_at(region_code)
    if text.strip():
        units = units.filter(name__contains=text.strip())
    return list(units.order_by("level", "name"))


def _units_at(region_code: str) -> QuerySet[Organisation]:
    return _above(region_code).filter(kind=Organisation.Kind.UNIT)


def agencies_at(region_code: str = "") -> list[Organisation]:
    """Talent agencies that can keep a file; of a region and those around it, or all."""
    found = _above(region_code) if region_code else Organisation.objects.filter(closed_at=None)
    return list(found.filter(kind=Organisation.Kind.TALENT_AGENCY).order_by("name"))


# ---- what a person sees of his or her own data --------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """Somebody's dealing with a person's data."""

    at: datetime
    who: str
    capacity: str
    action: str
    reason: str


@dataclass(frozen=True)
class Held:
    """What the house holds about a person."""

    person: Person
    employment: Employment | None
    titles: Sequence[Title]
    looks: Sequence[Look]


def held_about(viewer: Viewer, most: int = 20) -> Held:
    """The viewer's own data, and who else dealt with it, the newest first."""
    person = Person.objects.select_related("region", "file_agency").get(pk=viewer.person_id)
    lines = list(
        AuditLine.objects.filter(subject=f"person:{person.pk}")
        .exclude(person_id=person.pk)
        .exclude(person_id=None)
        .order_by("-at")[:most]
    )
    names = dict(Person.objects.filter(pk__in={line.person_id for line in lines}).values_list("pk", "name"))
    return Held(
        person=person,
        employment=Employment.objects.filter(person=person, until=None, main=True).select_related("employer").first(),
        titles=list(Title.objects.filter(person=person).order_by("obtained_on")),
        looks=[
            Look(line.at, names.get(line.person_id or 0, ""), line.capacity, line.action, line.reason) for line in lines
        ],
    )
