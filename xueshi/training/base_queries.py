"""Bases as pages show them, and the one question that later work asks: may this base teach these people this."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields import CharField

from xueshi.kernel.errors import NotYours
from xueshi.people import access
from xueshi.people.models import Organisation, Region
from xueshi.people.viewer import Viewer
from xueshi.training import base_rules
from xueshi.training.base_models import Accreditation, AccreditationBatch, AccreditationStep, Entrustment, FeeItem

OFFICER = "officer"
MOST_AT_ONCE = 200  # applications on one page
WITH = ("base", "supervisor", "region", "batch", "withdrawal_proposed_by")
STATES = ("applied", "returned", "not_yet", "approved", "suspended", "expired", "withdrawn", "refused")
PUBLIC_STATES = ("approved", "suspended", "expired", "withdrawn")  # what a learner may ask about


@dataclass(frozen=True)
class Paper:
    """An accreditation on a day, with its steps in the order of recording and the entrustments of its base."""

    accreditation: Accreditation
    on: date
    steps: Sequence[AccreditationStep]
    entrustments: Sequence[Entrustment] = field(default=())

    @property
    def read(self) -> base_rules.Accredited:
        return accredited(self.accreditation, self.steps)

    @property
    def standing(self) -> base_rules.Standing:
        return self.read.standing(self.on)

    @property
    def terms(self) -> AccreditationStep | None:
        """The scope in force; before there is one, what was approved for later or else asked for."""
        return (
            base_rules.latest(self.steps, base_rules.OF_SCOPE, self.on)
            or base_rules.latest(self.steps, base_rules.OF_SCOPE, date.max)
            or base_rules.latest(self.steps, ("applied",), date.max)
        )

    @property
    def since(self) -> date | None:
        """The day of the approval."""
        first = next((step for step in self.steps if step.kind == "approved"), None)
        return first.since if first else None

    @property
    def until(self) -> date | None:
        return self.accreditation.until

    @property
    def ahead(self) -> list[AccreditationStep]:
        """Suspensions and scopes that are recorded and have not begun."""
        last = {step.kind: step for step in self.steps if step.since > self.on}
        pending = "suspended" if self.accreditation.state == "suspended" else ""
        return [step for kind, step in last.items() if kind in ("rescoped", pending)]

    @property
    def last(self) -> AccreditationStep:
        return self.steps[-1]

    @property
    def live_entrustments(self) -> list[Entrustment]:
        return [one for one in self.entrustments if entrusted(one).holds(self.on)]


def accredited(one: Accreditation, steps: Iterable[AccreditationStep]) -> base_rules.Accredited:
    """The accreditation in the words of the rules."""
    return base_rules.Accredited(
        level="municipal" if one.level == Accreditation.Level.MUNICIPAL else "county",
        region=one.region.code,
        steps=tuple(
            base_rules.Step(
                step.kind,
                step.since,
                step.until,
                _terms(step),
            )
            for step in steps
        ),
        basis=f"{one.batch.document} {one.batch.name}" if one.batch else "",
    )


def entrusted(one: Entrustment) -> base_rules.Entrusted:
    terms = _terms(one)
    return base_rules.Entrusted(one.region.code, terms, one.since, one.until, one.document)


def _terms(row: AccreditationStep | Entrustment) -> base_rules.Terms:
    return base_rules.Terms.of(row.subjects, row.specialties, row.title_levels)


def may_open(
    base_id: int, on: date, region_code: str, subject: str, specialty: str = "", title_level: str = ""
) -> base_rules.Allowed | base_rules.Outside:
    """Whether the base may begin to teach these people this subject on that day (KF-19, KF-31 to KF-38).

    `region_code` of the people, `subject` public or professional, `specialty` a word (professional only),
    `title_level` of people.Title or "" for no level in particular. `base_words.why` says a no in words.
    """
    papers = papers_of(Accreditation.objects.filter(base_id=base_id, base__closed_at=None), on)
    entrustments = [entrusted(one) for paper in papers[:1] for one in paper.entrustments]
    return base_rules.scope(
        [paper.read for paper in papers], entrustments, on=on, region=region_code, subject=subject,
        specialty=specialty, title_level=title_level,
    )  # fmt: skip


def papers_of(rows: QuerySet[Accreditation] | Sequence[Accreditation], on: date) -> list[Paper]:
    """The rows with their steps and entrustments; three queries however many there are."""
    if isinstance(rows, QuerySet):
        rows = list(rows.select_related(*WITH))
    steps: dict[int, list[AccreditationStep]] = {one.pk: [] for one in rows}
    for step in (
        AccreditationStep.objects.filter(accreditation__in=list(steps))
        .select_related("person", "organisation")
        .order_by("pk")
    ):
        steps[step.accreditation_id].append(step)
    given: dict[int, list[Entrustment]] = {}
    for one in (
        Entrustment.objects.filter(base__in=[row.base_id for row in rows])
        .select_related("region", "bureau")
        .order_by("region__code", "pk")
    ):
        given.setdefault(one.base_id, []).append(one)
    return [Paper(row, on, steps[row.pk], given.get(row.base_id, [])) for row in rows]


def paper_of(base_id: int, on: date) -> Paper | None:
    """The latest accreditation of a base."""
    found = papers_of(Accreditation.objects.filter(base_id=base_id).order_by("-pk")[:1], on)
    return found[0] if found else None


def own_base_of(region_id: int, on: date) -> Accreditation | None:
    """A base of the county itself that is in force."""
    of_county = Accreditation.objects.filter(
        region_id=region_id, level=Accreditation.Level.COUNTY, base__closed_at=None
    )
    return next((paper.accreditation for paper in papers_of(of_county, on) if paper.standing == "approved"), None)


def standing_on(rows: QuerySet[Accreditation], on: date) -> QuerySet[Any]:
    """The rows with `.standing`: what `base_rules` says of the day, as a column, for lists."""
    begun = Case(
        When(state_since__lte=on, then=F("state")),
        When(state="approved", then=Value("not_yet")),
        default=F("state_before"),
        output_field=CharField(),
    )
    live = Q(begun__in=["approved", "suspended"], until__lte=on)
    return rows.annotate(begun=begun).annotate(
        standing=Case(When(live, then=Value("expired")), default=F("begun"), output_field=CharField())
    )


# ---- what each visitor sees ----------------------------------------------------------------------------------------


def _seen(viewer: Viewer) -> QuerySet[Accreditation]:
    """An officer: the bases of the bureau's region, and all it supervises (KF-36). A base: its own."""
    if viewer.capacity in ("base_head", "base_clerk"):
        return Accreditation.objects.filter(base_id__in=viewer.organisations(viewer.capacity))
    if viewer.capacity != OFFICER:
        return Accreditation.objects.none()
    reach = access.organisations(viewer, "see").values("pk")
    return Accreditation.objects.filter(Q(base_id__in=reach) | Q(supervisor_id__in=viewer.organisations(OFFICER)))


def bases_for(viewer: Viewer, on: date, *, text: str = "", state: str = "", level: str = "") -> QuerySet[Accreditation]:
    """Accreditations in reach by the base's name, by standing and level; what waits stands first."""
    rows = standing_on(_seen(viewer), on).select_related(*WITH)
    if text:
        rows = rows.filter(base__name__icontains=text)
    if state:
        rows = rows.filter(standing=state)
    if level:
        rows = rows.filter(level=level)
    waits = Case(When(standing="applied", then=0), default=1, output_field=IntegerField())
    return rows.order_by(waits, "region__code", "base__name", "-pk")


def counts_for(viewer: Viewer, on: date) -> dict[str, int]:
    """How many accreditations in reach stand how."""
    rows = standing_on(_seen(viewer), on).order_by().values_list("standing").annotate(n=Count("pk"))
    return {str(standing): int(n) for standing, n in rows}


def waiting_for(viewer: Viewer, on: date) -> list[Paper]:
    """Applications that the viewer's bureaus decide, the oldest first."""
    mine = Accreditation.objects.filter(state="applied", supervisor_id__in=viewer.organisations(OFFICER))
    return papers_of(mine.order_by("applied_at", "pk")[:MOST_AT_ONCE], on)


def waiting_count(viewer: Viewer) -> int:
    """How many applications wait for the viewer's bureaus."""
    return Accreditation.objects.filter(state="applied", supervisor_id__in=viewer.organisations(OFFICER)).count()


def bureau_of(viewer: Viewer, accreditation_id: int) -> int:
    """The viewer's bureau that supervises this one; raises NotYours."""
    found = _seen(viewer).filter(pk=accreditation_id, supervisor_id__in=viewer.organisations(OFFICER)).first()
    if found is None:
        raise NotYours()
    return found.supervisor_id


def paper_for(viewer: Viewer, accreditation_id: int, on: date) -> Paper:
    """One accreditation with its history; raises NotYours."""
    found = papers_of(_seen(viewer).filter(pk=accreditation_id), on)
    if not found:
        raise NotYours()
    return found[0]


def own_papers(viewer: Viewer, on: date) -> list[Paper]:
    """A base's accreditations, the latest first."""
    return papers_of(_seen(viewer).order_by("-pk"), on)


def decides(viewer: Viewer, paper: Paper) -> bool:
    """Whether the viewer's bureau is the one that supervises the base."""
    return viewer.capacity == OFFICER and paper.accreditation.supervisor_id in viewer.organisations(OFFICER)


def bureaus_of(viewer: Viewer) -> list[Organisation]:
    """The bureaus at which the viewer is an officer."""
    return list(
        Organisation.objects.filter(pk__in=viewer.organisations(OFFICER)).select_related("region").order_by("pk")
    )


def county_of(viewer: Viewer) -> Organisation | None:
    """The county's bureau at which the viewer is an officer."""
    return next((one for one in bureaus_of(viewer) if one.kind == Organisation.Kind.COUNTY_HRSS), None)


def own_organisations(viewer: Viewer) -> list[Organisation]:
    """The organisations at which the viewer holds the present capacity."""
    ids = viewer.organisations(viewer.capacity)
    return list(Organisation.objects.filter(pk__in=ids).select_related("region").order_by("pk"))


def regions_below(code: str) -> list[tuple[str, str]]:
    """A region and those below it: code and name."""
    return list(Region.objects.filter(code__startswith=code).order_by("code").values_list("code", "name"))


def batches_for(viewer: Viewer) -> QuerySet[AccreditationBatch]:
    """The batches of the viewer's bureaus, the newest first."""
    return AccreditationBatch.objects.filter(bureau_id__in=viewer.organisations(OFFICER)).order_by("-decided_on", "-pk")


def candidates_for(viewer: Viewer) -> list[Organisation]:
    """Organisations that the viewer's bureau could accredit and that have no living accreditation."""
    living = Accreditation.objects.exclude(state__in=["refused", "withdrawn"]).values("base_id")
    reach = access.organisations(viewer, "accredit").filter(closed_at=None, kind__in=["training_base", "unit"])
    own = Q()
    for bureau in bureaus_of(viewer):
        own |= Q(level=bureau.level, region__code__startswith=bureau.region.code)
    return list(reach.filter(own).exclude(pk__in=living).order_by("-kind", "name")[:500]) if own else []


def entrustments_for(viewer: Viewer) -> QuerySet[Entrustment]:
    """Of the bureau's region and below, or of the own base; the newest first."""
    rows = Entrustment.objects.select_related("region", "base", "bureau", "made_by", "ended_by").order_by("-pk")
    if viewer.capacity in ("base_head", "base_clerk"):
        return rows.filter(base_id__in=viewer.organisations(viewer.capacity))
    reach = Q(pk__in=())
    for seat in viewer.acting if viewer.capacity == OFFICER else ():
        reach |= Q(region__code__startswith=seat.region)
    return rows.filter(reach)


def entrustment_for(viewer: Viewer, entrustment_id: int) -> Entrustment:
    """An entrustment that the viewer's own bureau gave; raises NotYours."""
    found = entrustments_for(viewer).filter(pk=entrustment_id, bureau_id__in=viewer.organisations(OFFICER)).first()
    if found is None:
        raise NotYours()
    return found


def entrustable_for(viewer: Viewer, on: date) -> list[Paper]:
    """Municipal bases in force that the viewer's county may entrust."""
    reach = access.organisations(viewer, "entrust").filter(closed_at=None).values("pk")
    rows = standing_on(Accreditation.objects.filter(base_id__in=reach, level="municipal"), on)
    return papers_of(rows.filter(standing="approved").order_by("base__name"), on)


# ---- what everybody may know ---------------------------------------------------------------------------------------


def public_papers(region_code: str, on: date) -> list[Paper]:
    """Bases that serve a region: its own, those around and below it, with their state (KF-19)."""
    around = [region_code[:length] for length in range(2, len(region_code) + 1)]
    rows = standing_on(Accreditation.objects.filter(base__closed_at=None), on).filter(standing__in=PUBLIC_STATES)
    here = Q(region__code__in=around) | Q(region__code__startswith=region_code)
    return papers_of(rows.filter(here).order_by("region__code", "base__name", "-pk"), on)


def regions_with_bases() -> list[Region]:
    """Regions that somebody may ask about: those of bases, and what lies below them."""
    codes = list(Accreditation.objects.order_by().values_list("region__code", flat=True).distinct())
    below = Q(pk__in=())
    for code in codes:
        below |= Q(code__startswith=code)
    return list(Region.objects.filter(below).order_by("code"))


def fees_of(region_code: str, on: date) -> list[FeeItem]:
    """The unified standards for a region on a day: for each kind one line, the topmost authority's (KF-39)."""
    around = [region_code[:length] for length in range(2, len(region_code) + 1)]
    rows = FeeItem.objects.filter(region__code__in=around, since__lte=on).select_related("region")
    kept: dict[tuple[str, str], FeeItem] = {}
    for one in sorted(rows, key=lambda r: (-len(r.region.code), r.since, r.pk)):
        kept[one.subject, one.title_level] = one
    return [kept[key] for key in sorted(kept, key=lambda key: (key[0] != "public", key[1]))]


def fee_lines_for(viewer: Viewer) -> QuerySet[FeeItem]:
    """All lines that the viewer's bureaus set, the newest first."""
    return (
        FeeItem.objects.filter(bureau_id__in=viewer.organisations(OFFICER))
        .select_related("region", "set_by")
        .order_by("-since", "-pk")
    )
