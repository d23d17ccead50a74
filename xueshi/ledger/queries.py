"""What a person's ledger says."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, Sum

from xueshi.ledger import law
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Organisation
from xueshi.people.viewer import Viewer


@dataclass(frozen=True)
class Line:
    """A line for people: what it is worth and why, in the words of the provision that gave it."""

    id: int
    year: int
    category: str
    category_name: str
    hours: Decimal
    title: str
    earned_on: date
    recorded_at: datetime
    confirmed_by: str
    article: str
    text: str
    cite: str
    source: str
    is_reversal: bool
    reversed: bool

    @property
    def counts(self) -> bool:
        """Neither a reversal nor reversed."""
        return not self.is_reversal and not self.reversed


@dataclass(frozen=True)
class Statement:
    """The lines, the newest first; totals by year and category, reversals taken off."""

    lines: tuple[Line, ...]

    def total(self, year: int, category: str) -> Decimal:
        return sum((line.hours for line in self.lines if line.year == year and line.category == category), Decimal(0))

    @property
    def years(self) -> list[int]:
        return sorted({line.year for line in self.lines}, reverse=True)


def statement_for(viewer: Viewer, year: int | None = None) -> Statement:
    """The viewer's own lines, of one year or of all."""
    return statement_of(viewer.person_id, year=year)


def total_for(viewer: Viewer, year: int, category: str) -> Decimal:
    """The viewer's hours of a year in a category, reversals taken off. One query."""
    mine = HoursEntry.objects.filter(person_id=viewer.person_id, year=year, category=category)
    return mine.aggregate(total=Sum("hours"))["total"] or Decimal(0)


def statement_of(person_id: int, *, year: int | None = None) -> Statement:
    """A person's lines, for documents; pages ask `statement_for`. Two queries."""
    found = HoursEntry.objects.filter(person_id=person_id).order_by("-year", "-earned_on", "-pk")
    entries = list(found.filter(year=year) if year is not None else found)
    undone = {entry.reverses_id for entry in entries if entry.reverses_id}
    wanted = {entry.organisation_id for entry in entries if entry.organisation_id}
    names = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return Statement(tuple(_line(entry, undone, names) for entry in entries))


def _line(entry: HoursEntry, undone: set[int], names: dict[int, str]) -> Line:
    book = law.of(entry.instrument)
    wording = book.provision(entry.provision)
    return Line(
        id=entry.pk,
        year=entry.year,
        category=entry.category,
        category_name=entry.get_category_display(),
        hours=entry.hours,
        title=entry.title,
        earned_on=entry.earned_on,
        recorded_at=entry.recorded_at,
        confirmed_by=names.get(entry.organisation_id or 0, ""),
        article=wording.article,
        text=wording.text,
        cite=law.cite(book, entry.provision),
        source=entry.source,
        is_reversal=entry.reverses_id is not None,
        reversed=entry.pk in undone,
    )


def live_entry(source: str) -> HoursEntry | None:
    """The line posted from a source, or to which a merge of accounts has moved it, unless it has been reversed."""
    entry = HoursEntry.objects.filter(source=source).first()
    while entry is not None and HoursEntry.objects.filter(reverses=entry).exists():
        moves = Q(source__startswith="merge:") | Q(source__startswith="unmerge:")
        entry = HoursEntry.objects.filter(moves, source__endswith=f"/{entry.pk}").order_by("-pk").first()
    return entry


def live_award(person_id: int, year: int, provision: str) -> HoursEntry | None:
    """The line that a provision has given for a year already, unless it has been reversed."""
    given = HoursEntry.objects.filter(person_id=person_id, year=year, provision=provision, reverses=None)
    undone = HoursEntry.objects.filter(reverses__in=given).values("reverses")
    return given.exclude(pk__in=undone).order_by("pk").first()


def recorded_sources(sources: list[str]) -> set[str]:
    """Which of these sources stand in the ledger and have not been reversed. One query."""
    posted = HoursEntry.objects.filter(source__in=sources)
    undone = HoursEntry.objects.filter(reverses__in=posted).values("reverses")
    return set(posted.exclude(pk__in=undone).values_list("source", flat=True))
