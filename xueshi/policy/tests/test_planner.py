"""The plan is the best there is: beside brute force on small cases, and quick on large ones."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.planner import Offer, Plan, plan
from xueshi.policy.tests.invented import CHONGQING, book, provision, year

GOALS = ("hours", "money", "earliest")
TODAY = date(2022, 3, 1)

PARTS = book(
    year("30"),
    provision("public", "demand: {at_least: 10, of: {category: public}, within: year}"),
    provision("professional", "demand: {at_least: 12, of: {category: professional}, within: year}"),
    provision("ethics", "demand: {courses: 1, of: {theme: ethics}}"),
    provision("passed", "counts: {of: {category: public}, only: {passed: true}}"),
    provision("online", "cap: {at_most: 10, of: {delivery: online}, towards: [year, professional]}"),
    provision("safety", "cap: {at_most: 8, of: {theme: safety}, towards: [year]}"),
    provision("forum", "earning: {of: {theme: ethics}, gives: 5, as: public, once: year}"),
)
YEARS = book(
    year("20", "for: [annual, title_review]"),
    provision("public", "demand: {at_least: 8, of: {category: public}, within: year, for: [annual, title_review]}"),
    provision("three", "demand: {at_least: 50, over: {last: 3}}"),
    provision("p", "purpose: {for: title_review, asks: [year, public], over: {each_of_last: 3}}"),
    provision("t", "relief: {when: {born: {by: 1970-12-31}}, gives: {times: 1/3}}"),
)


def offer(
    id: str, hours: str | None, price: str = "0", ends: date | int = 100, on: int = 2022, **says: object
) -> Offer:
    """An offer that ends so many days from now."""
    last = TODAY + timedelta(days=ends) if isinstance(ends, int) else ends
    pending = bool(says.pop("pending", False))
    amount = None if hours is None else Decimal(hours)
    return Offer(Entry(id, date(on, 6, 30), amount, says), Decimal(price), min(TODAY, last), last, pending)


def worth(one: Offer, law: Rulebook, facts: Facts, entries: list[Entry], asked: Asked) -> Decimal:
    """What is studied for an offer."""
    if one.pending:
        return Decimal(0)
    if one.entry.hours is not None:
        return one.entry.hours
    lines = assess(law, facts, [*entries, one.entry], asked).lines
    return sum((line.hours for line in lines if line.entry == one.entry.id), Decimal(0))


def brute(
    law: Rulebook, facts: Facts, entries: list[Entry], asked: Asked, offers: list[Offer], by: str
) -> tuple[str, ...] | None:
    """The best set by trying every one."""

    def key(chosen: tuple[Offer, ...]) -> tuple[object, ...]:
        hours = sum((worth(one, law, facts, entries, asked) for one in chosen), Decimal(0))
        money = sum((one.price for one in chosen if not one.pending), Decimal(0))
        end = max((one.ends for one in chosen), default=date.min)
        first = {"hours": (hours, money, end), "money": (money, hours, end), "earliest": (end, hours, money)}[by]
        return (*first, len(chosen), sorted(one.entry.id for one in chosen))

    enough = [
        chosen
        for size in range(len(offers) + 1)
        for chosen in combinations(offers, size)
        if assess(law, facts, [*entries, *(one.entry for one in chosen)], asked).verdict in ("pass", "nothing_owed")
    ]
    return tuple(sorted(one.entry.id for one in min(enough, key=key))) if enough else None


def chosen(found: Plan | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(sorted(one.entry.id for one in found.offers))


# ---- beside brute force -----------------------------------------------------------------------

SAYS = st.fixed_dictionaries(
    {"category": st.sampled_from(["public", "professional"])},
    optional={
        "kind": st.sampled_from(["public_topic", "course"]),
        "passed": st.booleans(),
        "verified": st.booleans(),
        "delivery": st.sampled_from(["online", "face_to_face"]),
        "theme": st.sampled_from(["ethics", "safety"]),
    },
)
HOURS = st.none() | st.integers(0, 60).map(lambda n: Decimal(n) / 4)
ROWS = st.tuples(
    st.integers(2020, 2022),
    HOURS,
    st.integers(0, 4).map(lambda n: Decimal(n * 10)),
    st.integers(1, 5),
    st.sampled_from([False, False, False, True]),
    SAYS,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "born": st.dates(date(1965, 1, 1), date(1975, 1, 1)),
        "title_obtained": st.dates(date(2018, 1, 1), date(2022, 1, 1)).map(lambda day: [day]),
        "title": st.sampled_from(["junior", "intermediate"]),
    },
)
LAWS = {"parts": PARTS, "years": YEARS, "chongqing": CHONGQING}


def fitting(law: Rulebook, says: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in says.items() if k in law.words.entries}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("by", GOALS)
@settings(deadline=None, max_examples=60)
@given(
    facts=FACTS,
    rows=st.lists(ROWS, max_size=8),
    done=st.lists(ROWS, max_size=3),
    purpose=st.sampled_from(["annual", "title_review"]),
)
def test_the_plan_is_what_brute_force_finds(name, by, facts, rows, done, purpose) -> None:
    law = LAWS[name]
    facts = Facts.of({k: v for k, v in facts.items() if k in law.words.facts})
    entries = [Entry(f"done {n}", date(r[0], 6, 30), r[1], fitting(law, r[5])) for n, r in enumerate(done)]
    offers = [
        offer(f"o{n}", None if r[1] is None else str(r[1]), str(r[2]), r[3], r[0], pending=r[4], **fitting(law, r[5]))
        for n, r in enumerate(rows)
    ]
    asked = Asked(purpose, 2022)
    found = plan(law, facts, entries, asked, offers, by)
    assert chosen(found) == brute(law, facts, entries, asked, offers, by)
    if found is not None:
        assert found.proven
        assert found.assessment.verdict in ("pass", "nothing_owed")
        assert [step.offer.ends for step in found.steps] == sorted(step.offer.ends for step in found.steps)
        assert all(step.closes for step in found.steps)
