"""``assess``: what a person has, what they need and what is missing, under one rulebook.

Every question is walked once with each missing fact read against the person; only if that fails is it walked
again with all of them read in their favour, and only if that would pass is the answer *cannot tell*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from xueshi.policy import demands
from xueshi.policy.book import Rulebook
from xueshi.policy.checking import check_facts
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Effect, Finding, Line, Outcome, Verdict
from xueshi.policy.question import Question
from xueshi.policy.terms import Person
from xueshi.policy.walk import Key, Walk


def assess(book: Rulebook, facts: Facts, entries: Sequence[Entry], asked: Asked) -> Assessment:
    """Answer one question about one person.

    The same arguments give the same answer for ever: nothing else is read. Raises ``checking.NotAWord``
    for a fact, mark or target outside the vocabulary, ``checking.Contradiction`` for facts that cannot all be
    true, ``NotAPurpose``, and ``ValueError`` if two entries share an id or hours do not fit 1/1800.
    """
    _check(book, facts, entries, asked)
    question = Question.of(book, asked.purpose, asked.year)
    walk = Walk(question, facts, asked, entries, generous=False)
    found = walk.findings()
    if walk.missing and any(one.outcome is Outcome.UNMET for one in found.values()):
        found = _settled(found, Walk(question, facts, asked, entries, generous=True), walk.missing)
    if book.calendar.birth_month and facts.get("born") is None:
        found = {key: _by_no_calendar(one) for key, one in found.items()}
    findings = tuple(found.values())
    bound = bool(findings) or walk.binds()
    verdict = _verdict(book, asked, findings)
    return Assessment(
        book=book.key,
        digest=book.digest,
        purpose=asked.purpose,
        year=asked.year,
        verdict=verdict if bound else Verdict.NOTHING_OWED,
        findings=findings,
        lines=tuple(
            [
                Line(one.entry.id, one.year, one.like.category, one.counted.hours, one.like.said_by)
                for one in walk.sorted.lines
            ]
        ),
        refused=tuple(walk.sorted.refused),
        effects=tuple(_effects(book, walk.person)) if verdict is Verdict.FAIL else (),
        least=_least(findings),
        unencoded=not book.encodes(asked.year),
        bound=bound,
        see="" if bound else book.see,
    )


def _check(book: Rulebook, facts: Facts, entries: Sequence[Entry], asked: Asked) -> None:
    born = facts.get("born")
    check_facts(facts, book.words, None if born is None else book.calendar.last_day(asked.year))
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("two entries have the same id")
    if asked.target is not None and asked.target not in book.words.facts["target"].values:
        check_facts(Facts.of({"target": asked.target}), book.words)
    if asked.purpose not in book.words.lists["purposes"]:
        raise NotAPurpose(f"{asked.purpose!r} is no purpose of the vocabulary")


class NotAPurpose(ValueError):
    """A question for a decision that the vocabulary does not have."""


def _by_no_calendar(found: Finding) -> Finding:
    """Where a year ends with the month of birth, nobody can say without it which year anything belongs to."""
    if found.outcome is Outcome.NOT_APPLICABLE:
        return found
    return found._replace(outcome=Outcome.CANNOT_TELL, facts=("born",))


def _settled(feared: Mapping[Key, Finding], kind: Walk, missing: set[str]) -> dict[Key, Finding]:
    """A failure stands only if knowing every missing fact could not undo it."""
    hoped = kind.findings()
    facts = tuple(sorted(missing | kind.missing))
    settled = dict(feared)
    for key, found in feared.items():
        other = hoped.get(key)
        if found.outcome is Outcome.UNMET and (other is None or other.outcome is not Outcome.UNMET):
            settled[key] = found._replace(outcome=Outcome.CANNOT_TELL, facts=facts)
    return settled


def _verdict(book: Rulebook, asked: Asked, findings: Sequence[Finding]) -> Verdict:
    outcomes = {found.outcome for found in findings}
    if Outcome.UNMET in outcomes:
        return Verdict.FAIL
    if Outcome.CANNOT_TELL in outcomes or not book.encodes(asked.year):
        return Verdict.UNKNOWN
    return Verdict.NOTHING_OWED if outcomes <= {Outcome.NOT_APPLICABLE} else Verdict.PASS


def _effects(book: Rulebook, person: Person) -> list[Effect]:
    return [
        Effect(
            *(provision.id, provision.article, law.effect, law.on, law.in_principle),
            lifted=law.unless is not None and law.unless.holds(person.now) is True,
        )
        for provision, law in book.of(demands.Consequence, person.question.day)
        if person.asked.purpose in law.if_unmet
    ]


def _least(findings: Sequence[Finding]) -> Decimal:
    """The fewest hours that cure everything: an hour in a part also fills the whole."""
    short = [found for found in findings if found.outcome is Outcome.UNMET and found.unit == "hours"]
    if not short:
        return Decimal(0)
    wanted = [found for found in findings if found.unit == "hours"]

    def least(found: Finding) -> Decimal:
        parts = [one for one in wanted if one.within == found.provision and one.years == found.years]
        own = found.missing if found.outcome is Outcome.UNMET else Decimal(0)
        return max(own, sum((least(one) for one in parts), Decimal(0)))

    roots = [
        found
        for found in wanted
        if not any(one.provision == found.within and one.years == found.years for one in wanted)
    ]
    return sum((least(found) for found in roots), Decimal(0))
