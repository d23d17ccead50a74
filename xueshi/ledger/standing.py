"""How a person stands before the law: the ledger as the policy engine sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Finding


class NoLawHere(Refused):
    """No instrument is encoded for the region and year: better no answer than a silent "complete"."""

    status = 404
    code = "no-law-here"
    sentence = _("您所在地区 %(year)s 年度的规定还没有录入，暂时不能判断是否达标。")
    next_step = _("已登记的学时不受影响；请向当地人力社保部门咨询。")


def of(person_id: int, purpose: str, year: int, as_of: datetime, target: str | None = None) -> Assessment:
    """Judge a year by what was recorded up to `as_of`.

    `purpose` is a word of the law (annual, annual_excellent, title_review …). Raises NoLawHere.
    """
    person = Person.objects.select_related("region").filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    known: Any = people.law_facts(person_id, date(year, 12, 31))  # the engine checks every word
    lines = HoursEntry.objects.filter(person_id=person_id, recorded_at__lte=as_of).order_by("pk")
    return judge(person.region.code, Facts.of(known), entries(lines), Asked(purpose, year, target))


def judge(region_code: str, facts: Facts, found: Sequence[Entry], asked: Asked) -> Assessment:
    """The one definition of how somebody stands: page, table, export and return all come here. Raises NoLawHere."""
    book = law.governing(region_code, date(asked.year, 12, 31))
    if book is None:
        raise NoLawHere(year=asked.year)
    return assess(book, facts, found, asked)


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
        cite=f"{book.number} {wording.article}",
    )


def entries(lines: Iterable[HoursEntry]) -> list[Entry]:
    """Lines in the engine's words: a line and its reversal are netted to nothing."""
    known = list(lines)
    undone = {line.reverses_id for line in known if line.reverses_id is not None}
    return [
        Entry(
            id=line.source,
            on=line.earned_on if line.earned_on.year == line.year else date(line.year, 12, 31),
            hours=line.hours,
            says={"category": line.category, "kind": line.kind, **line.marks},
        )
        for line in known
        if line.reverses_id is None and line.pk not in undone
    ]
