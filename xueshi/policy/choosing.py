"""Which instrument governs a person: by region, day and field, and by whom each binds; and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from xueshi.policy import demands
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.sight import PersonSight


@dataclass(frozen=True)
class Considered:
    """An instrument that was looked at.

    ``why``: ``chosen``; ``elsewhere`` (another region), ``not_in_force``, ``other_field``, ``not_bound`` (it does
    not bind this person); or it would govern, but another goes before it: ``wider`` (the other is of the
    person's own field, or of a narrower region) or ``older``.
    """

    key: str
    why: str


@dataclass(frozen=True)
class Choice:
    """The instrument that governs, if any does, and every one that was considered, in the order of keys.

    ``because``: ``none``; ``field`` (it is of the person's own field), ``newest`` (of several for one region),
    ``narrowest``; or ``looks_back``: none was in force yet, and this one, of a later day, speaks of that year
    (a notice that has past years made up, ZJ-05).
    """

    book: Rulebook | None
    because: str
    considered: tuple[Considered, ...]


def choose(books: Collection[Rulebook], facts: Facts, region: str, on: date, field: str = "") -> Choice:
    """The instrument of the person's own field, else of the narrowest region around them, else the newest.

    One whose ``binds`` cannot be told for want of a fact is taken to bind: an assessment under it then asks
    for the fact.
    """
    why = {book.key: _why_not(book, facts, region, on, field) for book in books}
    able = [book for book in books if not why[book.key]]
    best = max(able, key=_rank, default=None)
    if best is None:
        return _looking_back(books, why, on)
    alike = [book for book in able if _rank(book)[:2] == _rank(best)[:2]]
    for book in able:
        why[book.key] = "older" if book in alike else "wider"
    why[best.key] = "chosen"
    because = "field" if best.field else "newest" if len(alike) > 1 else "narrowest"
    return Choice(best, because, _considered(why))


def _looking_back(books: Collection[Rulebook], why: dict[str, str], on: date) -> Choice:
    """The next instrument of a later year one of whose demands was in force on the day all the same."""
    later = [
        book
        for book in books
        if why[book.key] == "not_in_force"
        and book.calendar.year_of(on) < book.calendar.year_of(book.since)
        and book.encodes(book.calendar.year_of(on))
        and book.of(demands.Demand, on)
    ]
    if not later:
        return Choice(None, "none", _considered(why))
    best = max(later, key=lambda book: (*_rank(book)[:2], -book.since.toordinal(), book.key))
    return Choice(best, "looks_back", _considered({**why, best.key: "chosen"}))


def _why_not(book: Rulebook, facts: Facts, region: str, on: date, field: str) -> str:
    """Why it cannot govern, or ""."""
    if not region.startswith(book.region.code):
        return "elsewhere"
    if book.field and book.field != field:
        return "other_field"
    target = facts.get("target")
    asked = Asked("", book.calendar.year_of(on), target if isinstance(target, str) else None)
    bound = book.binds.holds(PersonSight(facts, asked, asked.year, book.calendar))
    if bound is False:
        return "not_bound"
    return "" if book.since <= on <= book.until else "not_in_force"


def _rank(book: Rulebook) -> tuple[bool, int, date, str]:
    return bool(book.field), len(book.region.code), book.since, book.key


def _considered(why: dict[str, str]) -> tuple[Considered, ...]:
    return tuple(Considered(key, reason) for key, reason in sorted(why.items()))
