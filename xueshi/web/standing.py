"""One person's standing as a page shows it, to the person, to an officer and to the unit alike.

Decides nothing: it reads what `ledger.standing` answers and lays it out, each claim beside its clause.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xueshi.certificates.ways_queries import Way
from xueshi.kernel import clock
from xueshi.ledger import law, registry
from xueshi.ledger.phrases import Tongue
from xueshi.ledger.standing import Standing
from xueshi.policy import demands
from xueshi.policy.book import Rulebook
from xueshi.policy.findings import Assessment, Finding, Outcome, Verdict
from xueshi.policy.sight import PersonSight
from xueshi.web import standing_words as say
from xueshi.web.look import saying

MOST_CELLS = 150  # hours in one row that somebody counts
MOST_IN_A_LINE = 14  # signs of a title that is not broken
MOST_YEARS = 5  # years side by side; more are a table only


# ---- what the page shows ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A finding as a row of the table."""

    found: Finding
    title: str
    have: str
    need: str
    words: str
    kind: str
    icon: str | None
    why: tuple[str, ...]
    refs: tuple[int, ...]
    facts: tuple[str, ...] = ()

    @property
    def brief(self) -> bool:
        """Whether the title stands well in one line."""
        return len(self.title) <= MOST_IN_A_LINE


@dataclass(frozen=True)
class Cells:
    """Hours of one demand as cells."""

    label: str
    need: Decimal
    credited: Decimal
    deemed: Decimal
    review: Decimal
    studied: Decimal


@dataclass(frozen=True)
class Span:
    """A year, or the span of a sum, with its rows of cells."""

    name: str
    words: str
    kind: str
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Entered:
    """A line of the ledger and what became of it."""

    title: str
    day: date | None
    counts: bool
    words: str
    clause: SafeString = SafeString()  # noqa: RUF009  a link, which never changes
    ref: int | None = None  # of what does not count the words themselves stand in the margin


@dataclass
class Sheet:
    """Everything a page says of a standing. `state` is the verdict, or what stands in the way of one."""

    standing: Standing
    state: str
    what: str
    notes: say.Notes | None = None
    short: Finding | None = None  # where exactly one demand in hours is short
    short_name: str = ""
    missing: tuple[str, ...] = ()
    passing: str = ""
    pending: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    see: str = ""
    rows: list[Row] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    untouched: list[tuple[str, SafeString]] = field(default_factory=list)
    considered: list[dict[str, Any]] = field(default_factory=list)
    because: str = ""
    asked_by: tuple[int, ...] = ()  # the clauses that say what this decision asks for

    @property
    def judged(self) -> Assessment | None:
        return self.standing.assessment

    @property
    def fewest(self) -> Decimal:
        """The fewest hours that would cure everything."""
        return self.judged.least if self.judged else Decimal(0)

    @property
    def now(self) -> bool:
        """Whether the page reads what is known now."""
        return clock.day_of(self.standing.known_at) >= self.standing.on


def sheet(standing: Standing, claims: Iterable[Way] = (), begun: Iterable[Way] = ()) -> Sheet:
    """The whole page; `claims` are passes on their way, `begun` courses that are studied and await their exam."""
    book, judged = standing.book, standing.assessment
    words = registry.tongue_of(book) if book else Tongue(law.library().words)
    what = say.purpose_named(standing.asked.purpose, standing.asked.target, words)
    considered = [_considered(one) for one in standing.choice.considered]
    if book is None or judged is None:
        bound_out = [one["book"] for one in considered if one["code"] == "not_bound" and one["book"]]
        state = "contradiction" if standing.problem else "not_bound" if bound_out else "no_law"
        see = next((one.see for one in bound_out if one.see), "")
        return Sheet(standing, state, what, considered=considered, see=see)
    notes = say.Notes(book, words, book.calendar.last_day(judged.year))
    later = standing.with_entries(one.entry for one in claims) or judged
    studied = standing.with_entries([*(c.entry for c in claims), *(b.entry for b in begun)]) or later
    shown = Sheet(standing, _state(judged), what, notes, considered=considered)
    shown.because = say.because_words(standing.choice.because)
    shown.asked_by = tuple(_asking(standing, book, notes))
    _headline(shown, judged, words)
    grown = {_key(one): (one, _same(later, one), _same(studied, one)) for one in judged.findings}
    for found, after_claims, after_exams in sorted(grown.values(), key=lambda trio: trio[0].years):
        shown.rows.append(_row(shown, found, after_claims, after_exams, words))
    shown.spans = _spans(shown, grown, words)
    shown.effects = [_effect(one, notes) for one in judged.effects]
    shown.entered = list(_entered(shown, judged))
    shown.untouched = list(_untouched(shown, judged))
    return shown


def _asking(standing: Standing, book: Rulebook, notes: say.Notes) -> Iterable[int]:
    """The notes on what this decision asks of this person; a clause that may hold is shown too."""
    sight = PersonSight(standing.facts, standing.asked, standing.asked.year, book.calendar)
    for provision, asks in book.of(demands.Purpose, notes.day):
        if standing.asked.purpose in asks.purposes and asks.when.holds(sight) is not False:
            n = notes.ref(provision.id)
            if n:
                yield n


def _key(found: Finding) -> tuple[str, tuple[int, ...]]:
    return found.provision, found.years


def _same(other: Assessment, found: Finding) -> Finding:
    return next((one for one in other.findings if _key(one) == _key(found)), found)


def _state(judged: Assessment) -> str:
    if not judged.bound:
        return "not_bound"
    if judged.unencoded:
        return "unencoded"
    return str(judged.verdict)


def _headline(shown: Sheet, judged: Assessment, words: Tongue) -> None:
    unmet = [one for one in judged.findings if one.outcome is Outcome.UNMET]
    leaves = [one for one in unmet if not any(o.within == one.provision and o.years == one.years for o in unmet)]
    if len(leaves) == 1 and leaves[0].unit == "hours":
        shown.short, shown.short_name = leaves[0], say.title(leaves[0], words)
    alike: dict[tuple[str, str], list[Finding]] = {}
    for one in leaves:
        alike.setdefault((say.demand_name(one, words), say.outcome_words(one)), []).append(one)
    shown.missing = tuple(say.short_of(name, short, found) for (name, short), found in alike.items())
    years = {year for one in judged.findings for year in one.years}
    passing = sorted(y for y in years if all(one.outcome.passes for one in judged.findings if y in one.years))
    if unmet and passing:
        shown.passing = say.years_listed(passing)
    facts = (
        {name for one in judged.findings for name in one.facts}
        if judged.verdict in (Verdict.UNKNOWN, Verdict.FAIL)
        else set()
    )
    shown.facts = tuple((name, words.term(name)) for name in sorted(facts))
    shown.see = judged.see


def _row(shown: Sheet, found: Finding, after_claims: Finding, after_exams: Finding, words: Tongue) -> Row:
    notes = shown.notes
    assert notes is not None  # noqa: S101  there is a rulebook
    kind, icon = say.TAGS[found.outcome]
    year = max(found.years, default=None)
    refs = [notes.ref(found.provision, year)]
    why = []
    for id in found.relief or ((found.because,) if found.because not in ("", found.provision, "known_from") else ()):
        why.append(notes.sentence(id, year))
        refs.append(notes.ref(id, year))
    counted = say.counted_words(found, shown.standing)
    if counted:
        why.append(counted)
    for entry, hours in ((one.entry, one.hours) for one in found.left):
        line = shown.standing.lines.get(entry)
        name = line.title if line else entry
        why.append(_("《%(title)s》有 %(n)s 学时超过上限，没有计") % {"title": name, "n": saying.hours(hours)})
    why += _on_the_way(found, after_claims, after_exams)
    why += _moved(found)
    if found.outcome is Outcome.UNMET and not why and found.unit != "condition":
        why.append(_("还没有计入的学习"))
    if found.facts:
        why.append(_("要先知道：%(facts)s") % {"facts": say.facts_named(found.facts, words)})
    return Row(
        found=found, title=say.title(found, words), have=saying.hours(found.have),
        need="?" if found.need is None else saying.hours(found.need), words=say.outcome_words(found), kind=kind,
        icon=icon, why=tuple(why), refs=tuple(dict.fromkeys(one for one in refs if one)), facts=found.facts,
    )  # fmt: skip


def _on_the_way(found: Finding, after_claims: Finding, after_exams: Finding) -> list[str]:
    review, studied = after_claims.have - found.have, after_exams.have - after_claims.have
    said = []
    if review > 0 and not found.outcome.passes:
        said.append(_("%(n)s在审核") % {"n": say.amount(found, review)})
    if studied > 0 and not found.outcome.passes:
        said.append(_("%(n)s已学，差一场考试") % {"n": say.amount(found, studied)})
    return said


def _moved(found: Finding) -> list[str]:
    """Hours carried in or put off, the branch that was best, and what of several things is lacking."""
    said = []
    if found.carried:
        said.append(_("上一年多出的 %(n)s 学时转入") % {"n": saying.hours(found.carried)})
    if found.moved_in:
        said.append(_("含上一年顺延来的 %(n)s 学时") % {"n": saying.hours(found.moved_in)})
    if found.moved_out:
        said.append(_("%(n)s 学时顺延到下一年") % {"n": saying.hours(found.moved_out)})
    if found.branch:
        said.append(_("按“%(branch)s”算") % {"branch": found.branch})
    if found.lacking:
        said.append(_("还缺：%(those)s") % {"those": _("、").join(found.lacking)})
    return said


def _spans(
    shown: Sheet, grown: dict[tuple[str, tuple[int, ...]], tuple[Finding, Finding, Finding]], words: Tongue
) -> list[Span]:
    """Demands in hours, a year beside the other; a whole is not drawn where its parts amount to it."""
    found = [trio for trio in grown.values() if trio[0].unit == "hours" and trio[0].need is not None and trio[0].years]
    spans: dict[tuple[int, ...], list[Cells]] = {}
    for one, after_claims, after_exams in found:
        parts = [o for o, _c, _e in found if o.within == one.provision and o.years == one.years]
        need = one.need or Decimal(0)
        if parts and sum((o.need or Decimal(0) for o in parts), Decimal(0)) >= need:
            continue
        spans.setdefault(one.years, []).append(_cells(shown, one, after_claims, after_exams, words))
    if len(spans) > MOST_YEARS:
        return []
    return [
        _span(years, rows, [o for o, _c, _e in found if o.years == years])
        for years, rows in spans.items()
        if any(row.need or row.credited for row in rows)
    ]


def _cells(shown: Sheet, one: Finding, after_claims: Finding, after_exams: Finding, words: Tongue) -> Cells:
    need = one.need or Decimal(0)
    top = max(need, one.have) if one.have <= MOST_CELLS else need
    deemed = sum((c.hours for c in one.counted if _is_deemed(shown, c.entry)), Decimal(0))
    return Cells(
        label=say.title(one, words),
        need=need,
        credited=min(one.have, top) - min(deemed, one.have),
        deemed=min(deemed, one.have),
        review=min(max(Decimal(0), after_claims.have - one.have), max(Decimal(0), need - one.have)),
        studied=min(max(Decimal(0), after_exams.have - after_claims.have), max(Decimal(0), need - after_claims.have)),
    )


def _is_deemed(shown: Sheet, entry: str) -> bool:
    """Whether an entry was given a year's worth of hours rather than earned them."""
    judged, book = shown.judged, shown.standing.book
    line = next((line for line in judged.lines if line.entry == entry), None) if judged else None
    said = shown.notes.wording(line.provision) if line and line.provision and shown.notes else None
    says = law.written(said, book) if said and book else None
    gives = says.get("gives") if isinstance(says, dict) else None
    return isinstance(gives, dict) and "years" in gives


def _span(years: tuple[int, ...], rows: list[Cells], found: list[Finding]) -> Span:
    unmet = [one for one in found if one.outcome is Outcome.UNMET]
    if unmet:
        leaves = [one for one in unmet if not any(o.within == one.provision for o in unmet)]
        short = sum((one.missing for one in leaves), Decimal(0))
        words = _("差 %(amount)s") % {"amount": _("%(n)s 学时") % {"n": saying.hours(short)}}
        return Span(say.years_name(years), words, "bad", tuple(rows))
    if any(one.outcome is Outcome.CANNOT_TELL for one in found):
        return Span(say.years_name(years), _("判断不了"), "soon", tuple(rows))
    if any(one.outcome is Outcome.ADVISORY for one in found):
        return Span(say.years_name(years), _("仅作参考"), "wait", tuple(rows))
    return Span(say.years_name(years), _("满足"), "ok", tuple(rows))


def _effect(one: Any, notes: say.Notes) -> dict[str, Any]:
    said = notes.wording(one.provision)
    return {"sentence": said.text if said else "", "ref": notes.ref(one.provision), "effect": one}


def _entered(shown: Sheet, judged: Assessment) -> Iterable[Entered]:
    """Every line of the ledger that is not reversed, and what became of it: counted where, or not and why."""
    notes, lines = shown.notes, shown.standing.lines
    assert notes is not None  # noqa: S101  there is a rulebook
    for one in judged.lines:
        line = lines.get(one.entry)
        category = notes.words.value("category", one.category) if one.category else ""
        words = _("计入 %(year)s 年%(category)s %(n)s 学时") % {
            "year": one.year, "category": category, "n": saying.hours(one.hours),
        }  # fmt: skip
        link = notes.link(one.provision, one.year)
        yield Entered(line.title if line else one.entry, line.earned_on if line else None, True, words, link)
    for refused in judged.refused:
        line = lines.get(refused.entry)
        words = _("没有计：%(why)s") % {"why": say.lacks_words(refused.lacks, notes.words)}
        ref = notes.ref(refused.provision)
        yield Entered(line.title if line else refused.entry, line.earned_on if line else None, False, words, ref=ref)


def _untouched(shown: Sheet, judged: Assessment) -> Iterable[tuple[str, SafeString]]:
    """The reliefs and starts that were tried and changed nothing."""
    notes, book = shown.notes, shown.standing.book
    assert notes is not None  # noqa: S101  there is a rulebook
    assert book is not None  # noqa: S101  as above
    used = {id for one in judged.findings for id in (*one.relief, one.because)}
    for provision in book.provisions:
        if provision.verb in ("relief", "owed") and provision.in_force(notes.day) and provision.id not in used:
            yield registry.sentence_of(provision, law.written(provision, book), notes.words), notes.link(provision.id)


def _considered(one: Any) -> dict[str, Any]:
    book = law.library().books.get(one.key)
    place, _slash, name = one.key.partition("/")
    return {"book": book, "place": place, "name": name, "why": say.considered_words(one.why), "code": one.why}
