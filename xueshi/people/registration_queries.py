"""The unit's people as the form of collective registration lists them (ZJ-38 to ZJ-41)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from xueshi.people import access
from xueshi.people.models import Account, Employment, Person, Title
from xueshi.people.viewer import Viewer

TITLE_LEVELS = tuple(Title.Level.choices)  # what a form of one person offers


@dataclass(frozen=True)
class Line:
    """One person of the form; the identity number is masked on paper too."""

    number: int
    name: str
    sex: str
    id_masked: str
    title: str
    obtained_on: date | None
    phone: str
    registered: bool


def lines_of(viewer: Viewer, organisation_id: int) -> list[Line]:
    """Everybody whose first employer the unit is, by pinyin, with the highest title. Two queries."""
    working = Employment.objects.filter(employer_id=organisation_id, until=None, main=True).values("person_id")
    people = list(
        access.persons(viewer, "export")
        .filter(pk__in=working, merged_into=None)
        .annotate(known=Exists(Account.objects.filter(person=OuterRef("pk"))))
        .order_by("pinyin", "pk")
    )
    order = list(Title.Level.values)
    held: dict[int, Title] = {}
    for title in Title.objects.filter(person__in=working):
        best = held.get(title.person_id)
        if best is None or order.index(title.level) > order.index(best.level):
            held[title.person_id] = title
    return [_line(number, one, held.get(one.pk), known=bool(one.known)) for number, one in enumerate(people, 1)]


def _line(number: int, person: Person, title: Title | None, *, known: bool) -> Line:
    return Line(
        number=number,
        name=person.name,
        sex=person.get_sex_display(),
        id_masked=person.id_masked,
        title=title.get_level_display() if title else "",
        obtained_on=title.obtained_on if title else None,
        phone=person.phone,
        registered=known,
    )
