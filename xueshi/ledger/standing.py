"""How a person stands before the law: the ledger as the policy engine sees it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger import law
from xueshi.ledger.models import HoursEntry
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.policy.assess import assess
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment


class NoLawHere(Refused):
    """No instrument is encoded for the region and year: better no answer than a silent "complete"."""

    status = 404
    code = "no-law-here"
    sentence = _("您所在地区 %(year)s 年度的规定还没有录入，暂时不能判断是否达标。")
    next_step = _("已登记的学时不受影响；请向当地人力社保部门咨询。")


def of(
    person_id: int, purpose: str, year: int, as_of: datetime, target: str | None = None
) -> Assessment:
    """Judge a year by what was recorded up to `as_of`.

    `purpose` is a word of the law (annual, annual_excellent, title_review …). Raises NoLawHere.
    """
    person = Person.objects.select_related("region").filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    last = date(year, 12, 31)
    book = law.governing(person.region.code, last)
    if book is None:
        raise NoLawHere(year=year)
    facts = Facts.of(people.law_facts(person_id, last))  # type: ignore[arg-type]  # checked by `assess`
    lines = HoursEntry.objects.filter(person_id=person_id, recorded_at__lte=as_of).order_by("pk")
    return assess(book, facts, entries(lines), Asked(purpose, year, target))


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
