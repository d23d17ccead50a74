"""Many people at once: read in a fixed number of queries, judged by the one definition of `standing`.

The table of an office, its export and the simulation all come here; what they say of somebody is what that person's
own page says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django.utils.translation import get_language

from xueshi.ledger import law, standing, wording
from xueshi.ledger.models import HoursEntry
from xueshi.people import queries as people
from xueshi.people.models import Employment, Person
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Finding, Outcome, Verdict
from xueshi.policy.simulate import Subject

CHUNK = 500  # people read at once: few queries, and little memory


@dataclass(frozen=True)
class Known:
    """One person as the law sees him or her, and the words by which a table names them."""

    person_id: int
    name: str
    id_masked: str
    region: str  # code
    region_name: str
    unit: str
    facts: Facts
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """The present title in the law's word; "" for none."""
        held = self.facts.get("title")
        if isinstance(held, tuple) and held:
            held = cast("Any", held[-1])[1]
        return held if isinstance(held, str) else ""

    def subject(self) -> Subject:
        """The same for a simulation, grouped by region, unit and title."""
        return Subject(self.person_id, self.facts, self.entries, self.region, self.unit, self.title)


def read(person_ids: Collection[int], year: int, as_of: datetime) -> dict[int, Known]:
    """People with their facts at the end of a year and what was recorded up to `as_of`; in the order given.

    The number of queries does not hang on the number of people; read at most some CHUNKs at once.
    """
    last = date(year, 12, 31)
    persons = Person.objects.filter(pk__in=person_ids).select_related("region").in_bulk()
    facts = people.law_facts_of(list(persons), last, as_of)
    units = units_of(persons)
    lines: dict[int, list[HoursEntry]] = defaultdict(list)
    for line in HoursEntry.objects.filter(person_id__in=persons, recorded_at__lte=as_of).order_by("pk"):
        lines[line.person_id].append(line)
    return {
        pk: Known(
            person_id=pk,
            name=persons[pk].name,
            id_masked=persons[pk].id_masked,
            region=persons[pk].region.code,
            region_name=persons[pk].region.name,
            unit=units.get(pk, ""),
            facts=Facts.of(cast("Any", facts[pk])),  # the engine checks every word
            entries=tuple(standing.entries(lines[pk])),
        )
        for pk in person_ids
        if pk in persons
    }


def units_of(person_ids: Collection[int]) -> dict[int, str]:
    """Who employs these people now. One query."""
    present = Employment.objects.filter(person_id__in=person_ids, until=None, main=True)
    return dict(present.values_list("person_id", "employer__name"))


def fitted(one: Subject, book: Rulebook) -> Subject:
    """Somebody without the facts and marks for which a book has no words, as `standing` leaves them out."""
    facts = standing.known_facts(one.facts.known, book.words)
    return replace(one, facts=facts, entries=tuple(standing.understood(one.entries, book.words)))


def chunks(person_ids: Sequence[int], size: int = CHUNK) -> Iterator[Sequence[int]]:
    """The ids, so many at a time."""
    for start in range(0, len(person_ids), size):
        yield person_ids[start : start + size]


# ---- rows of a table ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demand:
    """One demand over one period, for a cell: what there is and what is needed, in `unit` (hours or courses)."""

    provision: str
    name: str
    cite: str
    years: tuple[int, ...]
    outcome: Outcome
    have: Decimal
    need: Decimal | None
    missing: Decimal
    unit: str


@dataclass(frozen=True)
class Row:
    """One person of a table. `why` says in one word what decides, `cite` under which clause.

    why: short (of `name`), facts (are missing: `terms`), unencoded (the year), no_law (for the place), contradiction
    (`problem`), relief, nothing_owed, met.
    """

    known: Known
    verdict: Verdict
    missing: Decimal
    demands: tuple[Demand, ...] = ()
    why: str = "met"
    name: str = ""
    cite: str = ""
    terms: tuple[str, ...] = ()
    problem: str = ""


def rows(person_ids: Sequence[int], asked: Asked, as_of: datetime) -> list[Row]:
    """These people, each as `standing` judges them, in the order given."""
    return [row_of(one, asked) for one in read(person_ids, asked.year, as_of).values()]


def all_rows(person_ids: Sequence[int], asked: Asked, as_of: datetime) -> Iterator[Row]:
    """The same of any number of people, read a chunk at a time."""
    for some in chunks(person_ids):
        yield from rows(some, asked, as_of)


def row_of(known: Known, asked: Asked) -> Row:
    """What a table says of somebody. Facts that contradict each other are said, and hold up nobody else."""
    try:
        judged = standing.judge(known.region, known.facts, known.entries, asked)
    except standing.NoLawHere:
        return Row(known, Verdict.UNKNOWN, Decimal(0), why="no_law")
    except ValueError as problem:
        return Row(known, Verdict.UNKNOWN, Decimal(0), why="contradiction", problem=str(problem))
    book = law.of(judged.book)
    demands = tuple(_demand(book, found) for found in judged.findings if found.outcome is not Outcome.NOT_APPLICABLE)
    return Row(known, judged.verdict, judged.least, demands, **_why(book, judged))


def _demand(book: Rulebook, found: Finding) -> Demand:
    return Demand(
        provision=found.provision,
        name=name_of(book, found.provision),
        cite=law.cite(book, found.provision),
        years=found.years,
        outcome=found.outcome,
        have=found.have,
        need=found.need,
        missing=found.missing,
        unit=found.unit,
    )


def name_of(book: Rulebook, provision: str) -> str:
    """What a demand is called, in the reader's language; any other provision by its own words."""
    named = _names(book.key, book.digest, get_language() or "")
    return named.get(provision) or book.provision(provision).text


@lru_cache(maxsize=64)
def _names(key: str, digest: str, language: str) -> Mapping[str, str]:
    """The demands of an instrument that is held, by id; a draft names its demands by its own words."""
    held = law.library().books.get(key)
    if held is None or held.digest != digest:
        return {}
    written = ((one.id, one.verb, law.written(one, held)) for one in held.provisions)
    return wording.tongue(held, written).demands


def _why(book: Rulebook, judged: Assessment) -> dict[str, Any]:
    """What decides: the first shortfall, else what nobody can tell, else what lifts the demand."""
    short = next((f for f in judged.findings if f.outcome is Outcome.UNMET), None)
    if short:
        return _by(book, "short", short.provision)
    unclear = next((f for f in judged.findings if f.outcome is Outcome.CANNOT_TELL), None)
    if unclear and unclear.facts:
        terms = tuple(book.words.facts[name].term if name in book.words.facts else name for name in unclear.facts)
        return _by(book, "facts", unclear.provision) | {"terms": terms}
    if judged.verdict is Verdict.UNKNOWN:
        return {"why": "unencoded"}
    lifted = next((f.relief[0] if f.relief else f.because for f in judged.findings if f.relief or f.because), "")
    if judged.verdict is Verdict.NOTHING_OWED:
        return _by(book, "nothing_owed", lifted)
    return _by(book, "relief", lifted) if lifted else {"why": "met"}


def _by(book: Rulebook, why: str, provision: str) -> dict[str, Any]:
    try:
        return {"why": why, "name": name_of(book, provision), "cite": law.cite(book, provision)}
    except KeyError:  # a reason that is no provision, such as the first year that is encoded
        return {"why": why}
