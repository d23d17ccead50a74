"""The book of hours of an office: lines about its people, of the days when they were its people and of today's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from xueshi.ledger.models import HoursEntry
from xueshi.people import access, searching
from xueshi.people.models import Organisation, Person
from xueshi.people.viewer import Viewer

PIECE = 2_000


@dataclass(frozen=True)
class Booked:
    """A line as a list shows it: `mine` says whether the person is still in the viewer's reach."""

    person_id: int
    name: str
    id_masked: str
    mine: bool
    year: int
    category: str
    hours: Decimal
    title: str
    earned_on: date
    recorded_on: date
    confirmed_by: str
    reverses: bool


def lines_for(viewer: Viewer, *, year: str = "", text: str = "") -> QuerySet[HoursEntry]:
    """The lines in reach, the newest first; narrowed by the year they count for and by whom they are about."""
    found = access.entries(viewer, HoursEntry.objects.all())
    if year.isdecimal() and len(year) == 4:
        found = found.filter(year=int(year))
    if text.strip():
        found = found.filter(person__in=searching.found(Person.objects.all(), text).values("pk"))
    return found.select_related("person").order_by("-pk")


def booked(viewer: Viewer, lines: Iterable[HoursEntry]) -> list[Booked]:
    """Lines with the names that a page shows; two queries, however many."""
    lines = list(lines)
    ids = {line.organisation_id for line in lines if line.organisation_id}
    names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    people = {line.person_id for line in lines}
    mine = set(access.persons(viewer).filter(pk__in=people).values_list("pk", flat=True))
    return [
        Booked(
            person_id=line.person_id, name=line.person.name, id_masked=line.person.id_masked,
            mine=line.person_id in mine, year=line.year, category=line.get_category_display(), hours=line.hours,
            title=line.title, earned_on=line.earned_on, recorded_on=line.recorded_at.date(),
            confirmed_by=names.get(line.organisation_id or 0, ""), reverses=line.reverses_id is not None,
        )
        for line in lines
    ]  # fmt: skip


def all_booked(viewer: Viewer, lines: QuerySet[HoursEntry]) -> Iterator[Booked]:
    """Every one of them, read a piece at a time from the newest to the oldest."""
    last: int | None = None
    while True:
        piece = list((lines.filter(pk__lt=last) if last is not None else lines)[:PIECE])
        if not piece:
            return
        yield from booked(viewer, piece)
        last = piece[-1].pk


def years_for(viewer: Viewer) -> list[int]:
    """The years for which there are lines in reach, the newest first."""
    return list(
        access.entries(viewer, HoursEntry.objects.all()).order_by("-year").values_list("year", flat=True).distinct()
    )
