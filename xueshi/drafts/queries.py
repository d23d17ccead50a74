"""Simulations of a bureau, and what they found, in the words of its regions, units and titles."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from xueshi.drafts import reading
from xueshi.drafts.models import Simulation
from xueshi.kernel.errors import NotYours
from xueshi.ledger import law, population
from xueshi.people import access
from xueshi.people.models import Person, Region
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Rulebook
from xueshi.policy.comparing import Comparison
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Assessment, Finding, Verdict
from xueshi.policy.load import NotUnderstood
from xueshi.policy.simulate import Difference, Group, Sample, judged_twice

STILL_AFTER = timedelta(minutes=2)  # without coming further: say so, and offer to go on


def simulations_for(viewer: Viewer) -> QuerySet[Simulation]:
    """Those of the viewer's bureaus, the newest first; without the long columns."""
    mine = [seat.organisation_id for seat in viewer.seats]
    found = Simulation.objects.filter(organisation_id__in=mine).select_related("person", "organisation")
    return found.defer("text", "differences").order_by("-asked_at", "-pk")


def simulation_for(viewer: Viewer, simulation_id: int, *, lock: bool = False) -> Simulation:
    """One of them; raises NotYours for any other."""
    mine = [seat.organisation_id for seat in viewer.seats]
    rows = Simulation.objects.select_for_update() if lock else Simulation.objects.select_related("person")
    found = rows.filter(pk=simulation_id, organisation_id__in=mine).first()
    if found is None:
        raise NotYours()
    return found


def goes_on(one: Simulation) -> bool:
    """Whether it waits or runs."""
    return one.state in (Simulation.State.WAITING, Simulation.State.RUNNING)


def stands_still(one: Simulation, at: datetime) -> bool:
    """Whether it should be running and is not."""
    return goes_on(one) and at - one.moved_at > STILL_AFTER


def replaceable(region: str) -> list[Rulebook]:
    """The instruments that a draft for a region may replace: those around it and those within it."""
    books = law.library().books.values()
    return [b for b in books if region.startswith(b.region.code) or b.region.code.startswith(region)]


def present_book(region: str, on: date) -> str:
    """The key of the instrument that governs a region on a day; "" for none."""
    book = law.governing(region, on)
    return book.key if book else ""


@dataclass(frozen=True)
class Part:
    """One line of a table: a region, a unit or a title, and what changes there."""

    key: str
    label: str
    group: Group


@dataclass(frozen=True)
class Cause:
    """A provision that makes the difference, by its words, and for how many which way."""

    id: str
    article: str
    text: str
    gains: int
    falls: int
    eased: int
    harder: int


@dataclass(frozen=True)
class Shown:
    """A sample: somebody in reach, and what changes for him or her."""

    person_id: int
    name: str
    id_masked: str
    unit: str
    sample: Sample


@dataclass(frozen=True)
class Found:
    """What the draft does in one year, for a page and for a file alike."""

    year: int
    difference: Difference
    parts: dict[str, list[Part]]
    causes: list[Cause]

    @property
    def whole(self) -> Group:
        return self.difference.whole


def found_of(one: Simulation) -> list[Found]:
    """One for each year that has been begun; a group with more changes comes first."""
    try:
        books: tuple[Rulebook | None, ...] = (reading.read(one.text, one.replaces), reading.replaced(one.replaces))
    except (NotUnderstood, KeyError):
        books = ()
    differences = [Difference.of(plain) for plain in one.differences]
    codes = {code for found in differences for code in found.by["region"]}
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        Found(
            year=found.asked.year,
            difference=found,
            parts={name: _parts(groups, regions if name == "region" else {}) for name, groups in found.by.items()},
            causes=_causes(found, books),
        )
        for found in differences
    ]


def _parts(groups: dict[str, Group], names: dict[str, str]) -> list[Part]:
    parts = [Part(key, names.get(key, key), group) for key, group in groups.items()]
    return sorted(parts, key=lambda p: (-p.group.falls, -p.group.gains, -p.group.ways["harder"], p.label))


def _causes(found: Difference, books: tuple[Rulebook | None, ...]) -> list[Cause]:
    causes, last = [], date(found.asked.year, 12, 31)
    for id, ways in found.causes.items():
        wordings = [p for book in books if book for p in book.provisions if p.id == id]
        wording = next((p for p in wordings if p.in_force(last)), wordings[0] if wordings else None)
        said = (wording.article, wording.text) if wording else ("", id)
        causes.append(Cause(id, *said, ways["gain"], ways["fall"], ways["eased"], ways["harder"]))
    return sorted(causes, key=lambda c: (-c.falls, -c.gains, -c.harder, c.id))


def shown_of(viewer: Viewer, found: Found) -> dict[tuple[Verdict, Verdict], list[Shown]]:
    """The samples by name; those who have left the viewer's reach are not shown. Two queries."""
    ids = {int(s.id) for samples in found.difference.samples.values() for s in samples}
    persons = access.persons(viewer).filter(pk__in=ids).in_bulk()
    units = population.units_of(list(persons))
    return {
        move: [
            Shown(person.pk, person.name, person.id_masked, units.get(person.pk, ""), sample)
            for sample in samples
            if (person := persons.get(int(sample.id)))
        ]
        for move, samples in found.difference.samples.items()
    }


@dataclass(frozen=True)
class Beside:
    """One demand before and under the draft; a side is None where that book does not ask it."""

    name: str
    cite: str
    years: tuple[int, ...]
    before: Finding | None
    after: Finding | None

    @property
    def same(self) -> bool:
        return self.before is not None and self.after is not None and (
            (self.before.outcome, self.before.have, self.before.need)
            == (self.after.outcome, self.after.have, self.after.need)
        )  # fmt: skip


@dataclass(frozen=True)
class Twice:
    """Somebody both ways."""

    person: Person
    unit: str
    before: Assessment | None
    after: Assessment | None
    lines: list[Beside]


def twice_for(viewer: Viewer, one: Simulation, person_id: int, year: int) -> Twice:
    """A person in reach under both books, as of the moment the simulation was asked for; else NotYours."""
    person = access.persons(viewer).filter(pk=person_id).first()
    if person is None or year not in one.years:
        raise NotYours()
    known = population.read([person_id], year, one.asked_at)[person_id]
    draft, before = reading.read(one.text, one.replaces), reading.replaced(one.replaces)
    asked = Asked(one.purpose, year, one.target or None)
    now, then = judged_twice(before, draft, known.subject(), asked, population.fitted)
    lines = _beside(now, then, before or draft, draft)
    return Twice(person, known.unit, now, then, lines)


def _beside(now: Assessment | None, then: Assessment | None, before: Rulebook, draft: Rulebook) -> list[Beside]:
    old = {(f.provision, f.years): f for f in (now.findings if now else ())}
    new = {(f.provision, f.years): f for f in (then.findings if then else ())}
    lines = []
    for key in dict.fromkeys((*old, *new)):
        book = before if key in old else draft  # the words in force, where they know it
        name, cite = population.name_of(book, key[0]), law.cite(book, key[0])
        lines.append(Beside(name, cite, key[1], old.get(key), new.get(key)))
    return lines


def comparison_of(one: Simulation) -> Comparison | None:
    """The two books beside each other; None where there was none before, or the text is understood no more."""
    try:
        return reading.comparison(reading.read(one.text, one.replaces), one.replaces)
    except (NotUnderstood, KeyError):
        return None
