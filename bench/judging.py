"""One person under the richest notice: what an explained answer costs.

Two hundred persons with complete records (twelve entries over three years, every relief asked for) are judged
again and again in small rounds; the quickest round counts, because whatever else the machine does only adds. A
loop of plain Python that answers the same question without any reason is timed beside it, in the same rounds.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from bench.figures import Figure
from xueshi.policy import load
from xueshi.policy.assess import assess
from xueshi.policy.facts import Asked, Entry, Facts, Mark

POLICIES = Path(__file__).resolve().parents[1] / "policies"
PERSONS, ROUNDS = 200, 60
YEARS = (2020, 2021, 2022)
Record = tuple[Facts, list[Entry]]


def figures() -> list[Figure]:
    """Microseconds for a year, and for a title review over three years with all its reliefs."""
    book = load.library(POLICIES).instrument("cn-15/hohhot-etdz-2022")
    people = [_record(number) for number in range(PERSONS)]
    one_year = [(facts, [one for one in entries if one.on.year == YEARS[-1]]) for facts, entries in people]
    year, review = Asked("annual", YEARS[-1]), Asked("title_review", YEARS[-1], "deputy_senior")
    best = _quickest(
        {
            "year": lambda: [assess(book, facts, entries, year) for facts, entries in one_year],
            "review": lambda: [assess(book, facts, entries, review) for facts, entries in people],
            "plain": lambda: [_plainly(entries) for _, entries in people],
        }
    )
    plain = best["plain"]
    return [
        Figure("one person, a year, explained", best["year"], "us", f"aim ({best['year'] / plain:.0f} x plain)", 100),
        Figure(
            *("one person, title review of three years", best["review"], "us"),
            f"aim ({best['review'] / plain:.0f} x plain)",
            250,
        ),
    ]


def _quickest(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds per person, the ways taken in turn."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            best[name] = min(best[name], (time.perf_counter() - began) / PERSONS * 1e6)
    return best


def _record(number: int) -> Record:
    """A person of whom everything is known, and four things done in each of three years."""
    facts = Facts.of(
        {
            "sex": "male" if number % 2 else "female",
            "born": date(1965 + number % 30, 3, number % 28 + 1),
            "sector": "institution" if number % 5 else "non_public",
            "site": "other" if number % 7 else "grassroots",
            "degree": "bachelor",
            "title": {"intermediate": date(2015, 1, 1)},
            "from_government": [],
            "covid_treatment": False,
        }
    )
    entries = [_entry(year, nth, "25" if number % 4 or nth else "20") for year in YEARS for nth in range(4)]
    return facts, entries


def _entry(year: int, nth: int, hours: str) -> Entry:
    category = "public" if nth < 2 else "professional"
    marks: dict[str, Mark] = {"category": category, "kind": "course", "passed": True, "verified": True}
    return Entry(f"{year}-{nth}", date(year, 5 + nth, 3), Decimal(hours) + (5 if nth > 1 else 0), marks)


def _plainly(entries: Sequence[Entry]) -> bool:
    """Ninety, thirty and sixty, and not a word why."""
    hours: dict[tuple[int, object], Decimal] = {}
    for entry in entries:
        key = entry.on.year, entry.says["category"]
        hours[key] = hours.get(key, Decimal(0)) + (entry.hours or 0)
    return all(hours.get((y, "public"), 0) >= 30 and hours.get((y, "professional"), 0) >= 60 for y in YEARS)
