"""``assess``: what a person has, what they need and what is missing, under one rulebook.

Order: select, exclude, convert, cap, sum, relieve, compare. Every question is walked once with
each missing fact read against the person; what fails is walked again with all of them read in
their favour, and only if that would pass is the answer *cannot tell*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xueshi.policy import demands, whole
from xueshi.policy.book import Rulebook
from xueshi.policy.conditions import Condition
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Counted, Effect, Finding, Line, Outcome, Verdict
from xueshi.policy.lines import Sorted, Worth, sort
from xueshi.policy.checking import check_facts, check_marks
from xueshi.policy.terms import Person, Terms
from xueshi.policy.windows import YEAR, Window

Key = tuple[str, tuple[int, ...]]


def assess(book: Rulebook, facts: Facts, entries: Sequence[Entry], asked: Asked) -> Assessment:
    """Answer one question about one person.

    The same arguments give the same answer for ever: nothing else is read. Raises ``sight.NotAWord``
    for a fact, mark, purpose or target outside the vocabulary, and ``ValueError`` if two entries
    share an id or hours do not fit 1/1800.
    """
    _check(book, facts, entries, asked)
    strict = _Walk.of(Person(book, facts, asked, generous=False), entries)
    kind = _Walk.of(Person(book, facts, asked, generous=True), entries)
    feared, hoped = strict.findings(), kind.findings()
    missing = strict.missing | kind.missing
    findings = tuple(_settled(key, found, hoped, missing) for key, found in feared.items())
    verdict = _verdict(book, asked, findings)
    return Assessment(
        book=book.key,
        digest=book.digest,
        purpose=asked.purpose,
        year=asked.year,
        verdict=verdict,
        findings=findings,
        lines=tuple(
            Line(one.entry.id, one.year, one.category, whole.shown(one.parts), one.provision)
            for one in strict.sorted.lines
        ),
        refused=tuple(strict.sorted.refused),
        effects=tuple(_effects(book, strict.person)) if verdict is Verdict.FAIL else (),
        least=_least(findings),
    )


def _check(book: Rulebook, facts: Facts, entries: Sequence[Entry], asked: Asked) -> None:
    check_facts(facts, book.words)
    for entry in entries:
        check_marks(entry.says, book.words)
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("two entries have the same id")
    given: dict[str, str] = {} if asked.target is None else {"target": asked.target}
    check_facts(Facts.of(given), book.words)
    if asked.purpose not in book.words.lists["purposes"]:
        raise NotAPurpose(f"{asked.purpose!r} is no purpose of the vocabulary")


class NotAPurpose(ValueError):
    """A question for a decision that the vocabulary does not have."""


@dataclass
class _Walk:
    """One walk through the law: all missing facts read one way."""

    person: Person
    sorted: Sorted

    @classmethod
    def of(cls, person: Person, entries: Sequence[Entry]) -> _Walk:
        asked = person.book, person.now, person.asked
        return cls(person, sort(*asked, entries, generous=person.generous))

    @property
    def missing(self) -> set[str]:
        return self.person.missing | self.sorted.missing

    def findings(self) -> dict[Key, Finding]:
        """One finding per demand and period, in the order of the law."""
        found: dict[Key, Finding] = {}
        for id, window in self._asked(found):
            own = self.person.over(self.person.wording(id)[1])
            over = own or window
            earliest = self.person.book.known_from
            now = self.person.now
            years = over.span(now, earliest, generous=self.person.generous)
            if over.since is not None:
                self.person.missing |= over.unknown(now)
            if over.each:
                for year in years:
                    found[id, (year,)] = self._judge(id, (year,), (year,))
            else:
                asked = (self.person.asked.year,) if own else years
                found[id, ()] = self._judge(id, years, asked)
        return found

    def _asked(self, found: dict[Key, Finding]) -> list[tuple[str, Window]]:
        """The demands that this decision asks for; a purpose that asks nothing is a finding."""
        book, person = self.person.book, self.person
        asked: dict[str, Window] = {}
        for provision, law in book.of(demands.Purpose, person.day):
            if person.asked.purpose not in law.purposes:
                continue
            if not person.told(law.when, person.now, favours=not law.asks):
                continue
            if not law.asks:
                year = (person.asked.year,)
                found[provision.id, year] = Finding(
                    *(provision.id, provision.article, year, Outcome.WAIVED),
                    *(Decimal(0), Decimal(0), Decimal(0)),
                    because=provision.id,
                )
            for id in law.asks:
                asked[id] = law.over or YEAR
        for provision in book.provisions:
            law_ = provision.value
            if isinstance(law_, demands.Demand) and person.asked.purpose in law_.purposes:
                asked.setdefault(provision.id, YEAR)
        return [(p, asked.pop(p)) for p in [q.id for q in book.provisions] if p in asked]

    def _judge(self, id: str, years: tuple[int, ...], owing: tuple[int, ...]) -> Finding:
        """The hours of ``years`` beside the needs of the years ``owing``."""
        each = [self.person.terms(id, year) for year in owing]
        if not each:
            each = [replace(self.person.terms(id, self.person.asked.year), applies=False)]
        owed = [terms for terms in each if terms.applies]
        last = each[-1]
        if not owed:
            because = next((t.because for t in reversed(each) if t.because), id)
            return _finding(last, years, Outcome.NOT_APPLICABLE, because=because)
        if not all(terms.told for terms in owed):
            return _finding(last, years, Outcome.CANNOT_TELL, because="known_from")
        total = _sum(owed)
        have, counted, left = self._have(id, total.demand, years)
        return _compare(total, years, have, counted, left)

    def _have(
        self, id: str, demand: demands.Demand, years: tuple[int, ...]
    ) -> tuple[int, tuple[Counted, ...], tuple[Counted, ...]]:
        """What there is towards a demand: the sum, the entries that count, and what is cut off."""
        of = [demand.of]
        part = demand
        while part.within:
            part = self.person.wording(part.within)[1]
            of.append(part.of)
        lines = [line for line in self.sorted.lines if line.year in years and all(one.holds(line.sight) for one in of)]
        if demand.unit == "courses":
            each = tuple(Counted(line.entry.id, whole.shown(line.parts)) for line in lines)
            return len(lines), each, ()
        return self._under_ceilings(self._ceilings(id), lines)

    def _under_ceilings(
        self, ceilings: list[tuple[Condition, int]], lines: list[Worth]
    ) -> tuple[int, tuple[Counted, ...], tuple[Counted, ...]]:
        """Hours under the fewest ceilings count first, so none is wasted where two are nested."""
        room = [amount for _, amount in ceilings]
        counted, left, total = [], [], 0
        beneath = {id(line): [i for i, (of, _) in enumerate(ceilings) if of.holds(line.sight)] for line in lines}
        for line in sorted(lines, key=lambda one: len(beneath[id(one)])):
            under = beneath[id(line)]
            taken = min((line.parts, *(room[i] for i in under)))
            for i in under:
                room[i] -= taken
            total += taken
            if taken:
                counted.append(Counted(line.entry.id, whole.shown(taken)))
            if taken < line.parts:
                left.append(Counted(line.entry.id, whole.shown(line.parts - taken)))
        return total, tuple(counted), tuple(left)

    def _ceilings(self, demand: str) -> list[tuple[Condition, int]]:
        person = self.person
        return [
            (law.of, person.amount(law.at_most, person.now, owed=False))
            for _, law in person.book.of(demands.Cap, person.day)
            if demand in law.towards and person.told(law.when, person.now, favours=False)
        ]


def _sum(owed: list[Terms]) -> Terms:
    """The needs of several years as one."""
    return replace(
        owed[-1],
        written=sum(terms.written for terms in owed),
        need=sum(terms.need for terms in owed),
        waived=all(terms.waived for terms in owed),
        advisory=any(terms.advisory for terms in owed),
        relief=tuple(dict.fromkeys(id for terms in owed for id in terms.relief)),
    )


def _compare(
    total: Terms,
    years: tuple[int, ...],
    have: int,
    counted: tuple[Counted, ...],
    left: tuple[Counted, ...],
) -> Finding:
    if have >= total.written:
        outcome = Outcome.MET
    elif total.waived:
        outcome = Outcome.WAIVED
    elif have >= total.need:
        outcome = Outcome.REDUCED
    else:
        outcome = Outcome.ADVISORY if total.advisory else Outcome.UNMET
    relief = () if outcome in (Outcome.MET, Outcome.UNMET) else total.relief
    return _finding(
        *(total, years, outcome, have, max(0, total.need - have)),
        counted=counted,
        left=left,
        relief=relief,
    )


def _finding(
    terms: Terms,
    years: tuple[int, ...],
    outcome: Outcome,
    have: int = 0,
    missing: int = 0,
    *,
    counted: tuple[Counted, ...] = (),
    left: tuple[Counted, ...] = (),
    relief: tuple[str, ...] = (),
    because: str = "",
) -> Finding:
    hours = terms.demand.unit == "hours"
    need = terms.need if terms.told and terms.applies else None

    def show(number: int, *, up: bool = False) -> Decimal:
        return whole.shown(number, up=up) if hours else Decimal(number)

    return Finding(
        provision=terms.provision.id,
        article=terms.provision.article,
        years=years,
        outcome=outcome,
        have=show(have),
        need=None if need is None else show(need, up=True),
        missing=show(missing, up=True),
        unit=terms.demand.unit,
        counted=counted,
        left=left,
        relief=relief,
        because=because,
        within=terms.demand.within,
    )


def _settled(key: Key, found: Finding, hoped: Mapping[Key, Finding], missing: set[str]) -> Finding:
    """A failure stands only if knowing every missing fact could not undo it."""
    if found.outcome is not Outcome.UNMET:
        return found
    other = hoped.get(key)
    if other is not None and other.outcome is Outcome.UNMET:
        return found
    return replace(found, outcome=Outcome.CANNOT_TELL, facts=tuple(sorted(missing)))


def _verdict(book: Rulebook, asked: Asked, findings: Sequence[Finding]) -> Verdict:
    outcomes = {found.outcome for found in findings}
    if Outcome.UNMET in outcomes:
        return Verdict.FAIL
    if Outcome.CANNOT_TELL in outcomes or asked.year < book.known_from:
        return Verdict.UNKNOWN
    return Verdict.NOTHING_OWED if outcomes <= {Outcome.NOT_APPLICABLE} else Verdict.PASS


def _effects(book: Rulebook, person: Person) -> list[Effect]:
    return [
        Effect(
            *(provision.id, provision.article, law.effect, law.on, law.in_principle),
            lifted=law.unless is not None and law.unless.holds(person.now) is True,
        )
        for provision, law in book.of(demands.Consequence, person.day)
        if person.asked.purpose in law.if_unmet
    ]


def _least(findings: Sequence[Finding]) -> Decimal:
    """The fewest hours that cure everything: an hour in a part also fills the whole."""
    wanted = [found for found in findings if found.unit == "hours"]

    def least(found: Finding) -> Decimal:
        parts = [one for one in wanted if one.within == found.provision and one.years == found.years]
        return max(_owing(found), sum((least(one) for one in parts), Decimal(0)))

    roots = [
        found
        for found in wanted
        if not any(one.provision == found.within and one.years == found.years for one in wanted)
    ]
    return sum((least(found) for found in roots), Decimal(0))


def _owing(found: Finding) -> Decimal:
    return found.missing if found.outcome is Outcome.UNMET else Decimal(0)
