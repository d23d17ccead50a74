"""Who is responsible for what in which region on which day: the nearest upwards, the own industry before none (ZJ-46).

What nobody has been given is a gap, and is shown as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xueshi.kernel.errors import NotYours
from xueshi.people import access
from xueshi.people.models import Duty, Organisation
from xueshi.people.viewer import Viewer


@dataclass(frozen=True)
class Competence:
    """The row that makes an organisation responsible, and the one that would if it were not there."""

    duty: Duty
    next: Duty | None

    @property
    def organisation(self) -> Organisation:
        return self.duty.organisation


def given(on: date) -> QuerySet[Duty]:
    """Duties that hold on a day, of organisations that are open then."""
    return (
        Duty.objects.filter(since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on))
        .filter(Q(organisation__closed_at=None) | Q(organisation__closed_at__date__gt=on))
        .select_related("organisation__region", "region", "industry")
    )


def _around(code: str) -> list[str]:
    """A code and those around it, in either tree."""
    return [code[:places] for places in range(1, len(code) + 1)]


def _nearest_first(duties: Iterable[Duty]) -> list[Duty]:
    """The nearest region first; there the nearest industry, and none last."""

    def far(duty: Duty) -> tuple[int, int, int]:
        return -len(duty.region.code), -len(duty.industry.code) if duty.industry else 0, duty.pk

    return sorted(duties, key=far)


def chain(function: str, region_code: str, on: date, industry_code: str = "") -> list[Duty]:
    """Every duty that could answer, the one that does first. One query."""
    mine = Q(industry=None) | Q(industry__code__in=_around(industry_code))
    return _nearest_first(given(on).filter(mine, function=function, region__code__in=_around(region_code)))


def competence(function: str, region_code: str, on: date, industry_code: str = "") -> Competence | None:
    """Who is responsible and by which row, and who would be next; None is a gap."""
    found = chain(function, region_code, on, industry_code)
    if not found:
        return None
    return Competence(found[0], next((one for one in found if one.organisation_id != found[0].organisation_id), None))


def competent(function: str, region_code: str, on: date, industry_code: str = "") -> Organisation | None:
    """The one organisation responsible for a function in a region on a day, for an industry if one is named."""
    found = competence(function, region_code, on, industry_code)
    return found.organisation if found else None


@dataclass(frozen=True)
class Line:
    """One function in a region: who does it, from where that comes, who would be next; and what holds besides."""

    function: str
    label: str
    held: Duty | None
    next: Duty | None
    inherited: bool
    industries: tuple[Duty, ...]  # for one industry only, the nearest of each
    coming: tuple[Duty, ...]  # given to this region from a later day on


def matrix(region_code: str, on: date) -> list[Line]:
    """Every function of a region. Two queries."""
    around = _around(region_code)
    present = _nearest_first(given(on).filter(region__code__in=around))
    later = list(
        Duty.objects.filter(since__gt=on, region__code=region_code, organisation__closed_at=None)
        .select_related("organisation", "region", "industry")
        .order_by("since", "pk")
    )
    return [_line(function, region_code, present, later) for function in Duty.Function]


def _line(function: Duty.Function, region_code: str, present: list[Duty], later: list[Duty]) -> Line:
    here = [duty for duty in present if duty.function == function]
    general = [duty for duty in here if duty.industry is None]
    held = general[0] if general else None
    special: dict[str, Duty] = {}
    for duty in here:
        if duty.industry:
            special.setdefault(duty.industry.code, duty)
    return Line(
        function=function.value,
        label=str(function.label),
        held=held,
        next=next((duty for duty in general[1:] if held and duty.organisation_id != held.organisation_id), None),
        inherited=bool(held and held.region.code != region_code),
        industries=tuple(special[code] for code in sorted(special)),
        coming=tuple(duty for duty in later if duty.function == function),
    )


def gaps(region_code: str, on: date) -> list[str]:
    """The functions that nobody has in a region, as people call them."""
    return [line.label for line in matrix(region_code, on) if line.held is None]


def duty_kept(viewer: Viewer, duty_id: int) -> Duty:
    """One of a region whose duties the viewer arranges, or of the own one; raises NotYours."""
    reach = access.regions(viewer, "keep_duties")
    found = Duty.objects.select_related("region", "organisation").filter(pk=duty_id, region__in=reach).first()
    if found is None:
        raise NotYours()
    return found


def duties_of(organisation_id: int, on: date) -> list[Duty]:
    """What an organisation does or will do, whether or not it is open, by function and region."""
    found = Duty.objects.filter(organisation_id=organisation_id).filter(Q(until=None) | Q(until__gt=on))
    order = {function: place for place, function in enumerate(Duty.Function.values)}
    rows = found.select_related("region", "industry")
    return sorted(rows, key=lambda duty: (order.get(duty.function, 99), duty.region.code, duty.pk))
