"""How a person stands before the law: the ledger as the policy engine sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger import law
from xueshi.ledger.models import HoursEntry
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.checking import Contradiction, NotAWord, check_facts, check_marks
from xueshi.policy.facts import Asked, Entry, Facts, Mark
from xueshi.policy.findings import Assessment, Finding
from xueshi.policy.words import Vocabulary


class NoLawHere(Refused):
    """No instrument is encoded for the region and year: better no answer than a silent "complete"."""

    status = 404
    code = "no-law-here"
    sentence = _("您所在地区 %(year)s 年度的规定还没有录入，暂时不能判断是否达标。")
    next_step = _("已登记的学时不受影响；请向当地人力社保部门咨询。")


@dataclass(frozen=True)
class Standing:
    """One question about one person, what was known, which instrument governs, and the answer (None: no law here)."""

    person: Person
    asked: Asked
    on: date  # the day judged, in whose year it is asked
    known_at: datetime  # what was recorded later is left out
    facts: Facts
    entries: tuple[Entry, ...]
    lines: Mapping[str, HoursEntry]  # by source, which is the entry's id
    choice: law.Choice
    assessment: Assessment | None = None  # None: no law here, or facts that cannot all be true
    problem: str = ""  # which facts

    @property
    def book(self) -> Rulebook | None:
        """The instrument that governs."""
        return self.choice.book

    def with_entries(self, more: Iterable[Entry]) -> Assessment | None:
        """The answer if these were in the ledger too."""
        if self.book is None:
            return None
        added = understood(more, self.book.words)
        return assess(self.book, self.facts, [*self.entries, *added], self.asked)


@dataclass(frozen=True)
class Question:
    """What is asked: for which decision, towards which title, and what the application names."""

    purpose: str
    target: str | None = None
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What was known of a person at a moment, and the instrument that governs them on a day."""

    person: Person
    on: date
    at: datetime
    given: Mapping[str, Any]
    choice: law.Choice


def known(person_id: int, on: date, at: datetime) -> Known:
    """Read a person as the law sees them on a day, by what had been recorded at a moment. Raises NotYours.

    Five queries. The caller has decided whether the viewer may see this person.
    """
    person = Person.objects.select_related("region").filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    given = people.law_facts(person_id, date(on.year, 12, 31), at)
    return Known(person, on, at, given, law.choose(given, person.region.code, on))


def ask(who: Known, question: Question) -> Standing:
    """Judge the year of the day by what was recorded then. One query."""
    recorded = list(HoursEntry.objects.filter(person_id=who.person.pk, recorded_at__lte=who.at).order_by("pk"))
    found = Standing(
        person=who.person,
        asked=Asked(question.purpose, who.on.year, question.target),
        on=who.on,
        known_at=who.at,
        facts=Facts(),
        entries=(),
        lines={line.source: line for line in recorded},
        choice=who.choice,
    )
    book = who.choice.book
    return found if book is None else _judged(found, book, question, who.given, entries(recorded))


def _judged(
    found: Standing, book: Rulebook, question: Question, given: Mapping[str, Any], recorded: list[Entry]
) -> Standing:
    facts = known_facts(given, book.words)
    year = book.calendar.year_of(found.on, given.get("born"))
    asked = Asked(question.purpose, year, question.target, _marks(question.marks, book.words))
    found = replace(found, asked=asked, facts=facts, entries=tuple(understood(recorded, book.words)))
    try:
        return replace(found, assessment=assess(book, facts, found.entries, asked))
    except Contradiction as problem:
        return replace(found, problem=str(problem))


def of(person_id: int, purpose: str, year: int, as_of: datetime, target: str | None = None) -> Assessment:
    """Judge a year by what was recorded up to `as_of`.

    `purpose` is a word of the law (annual, annual_excellent, title_review …). Raises NoLawHere, NotYours.
    """
    who = known(person_id, date(year, 12, 31), as_of)
    lines = HoursEntry.objects.filter(person_id=person_id, recorded_at__lte=as_of).order_by("pk")
    facts: Any = who.given  # the engine checks every word
    return judge(who.person.region.code, Facts.of(facts), entries(lines), Asked(purpose, year, target))


def judge(region_code: str, facts: Facts, found: Sequence[Entry], asked: Asked) -> Assessment:
    """The one definition of how somebody stands: page, table, export and return all come here. Raises NoLawHere."""
    book = law.choose(facts.known, region_code, date(asked.year, 12, 31)).book
    if book is None:
        raise NoLawHere(year=asked.year)
    return assess(book, known_facts(facts.known, book.words), understood(found, book.words), asked)


def known_facts(given: Mapping[str, Any], words: Vocabulary) -> Facts:
    """The facts that an instrument has a word for; what only another city asks is left out, not refused."""
    return Facts.of({name: value for name, value in given.items() if _known(name, value, words)})


def _known(name: str, value: Any, words: Vocabulary) -> bool:
    try:
        check_facts(Facts.of({name: value}), words)
    except NotAWord:
        return False
    except Contradiction:
        return True  # for the engine to refuse, not for us to hide
    return True


def _marks(marks: Mapping[str, str], words: Vocabulary) -> dict[str, str]:
    return {name: value for name, value in marks.items() if value and name in words.entries}


def understood(lines: Iterable[Entry], words: Vocabulary) -> list[Entry]:
    """Entries with the marks that an instrument has words for; the others say nothing here."""
    return [_understood(entry, words) for entry in lines]


def _understood(entry: Entry, words: Vocabulary) -> Entry:
    if _said(entry, words):
        return entry
    says = {name: value for name, value in entry.says.items() if _said(_saying(entry, {name: value}), words)}
    return _saying(entry, says)


def _said(entry: Entry, words: Vocabulary) -> bool:
    try:
        check_marks(entry.says, words)
    except (NotAWord, Contradiction):
        return False
    return True


def _saying(entry: Entry, says: Mapping[str, Mark]) -> Entry:
    return Entry(entry.id, entry.on, entry.hours, says, entry.for_year)


@dataclass(frozen=True)
class Demand:
    """One demand of the year in the words of the law; hours are 学时."""

    title: str
    have: Decimal
    need: Decimal
    missing: Decimal
    met: bool
    text: str
    cite: str


def demands_of(person_id: int, year: int, as_of: datetime) -> list[Demand]:
    """What the year owes and what there is, for a page; empty where no law is encoded or nothing is owed."""
    try:
        judged = of(person_id, "annual", year, as_of)
    except NoLawHere:
        return []
    book = law.of(judged.book)
    return [_demand(book, found) for found in judged.findings if found.unit == "hours" and found.need]


def _demand(book: Rulebook, found: Finding) -> Demand:
    wording = book.provision(found.provision)
    categories = book.words.entries["category"].values
    return Demand(
        title=categories.get(found.provision, wording.text),
        have=found.have,
        need=found.need or Decimal(0),
        missing=found.missing,
        met=found.outcome.passes,
        text=wording.text,
        cite=law.cite(book, found.provision),
    )


def entries(lines: Iterable[HoursEntry]) -> list[Entry]:
    """Lines in the engine's words: a line and its reversal are netted to nothing."""
    known = list(lines)
    undone = {line.reverses_id for line in known if line.reverses_id is not None}
    return [
        Entry(
            id=line.source,
            on=line.earned_on,
            hours=line.hours,
            says={"category": line.category, "kind": line.kind, **line.marks},
            for_year=line.year if line.earned_on.year != line.year else None,
        )
        for line in known
        if line.reverses_id is None and line.pk not in undone
    ]
