"""The columns and the walk find the same difference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from xueshi.policy.assess import assess
from xueshi.policy.book import Region, Rulebook
from xueshi.policy.checking import Contradiction
from xueshi.policy.choosing import choose
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.plan import VERDICTS, plan
from xueshi.policy.columns.tests.worlds import Human, frame_of, humans
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.findings import Verdict
from xueshi.policy.load import library
from xueshi.policy.simulate import Difference, Subject, simulate
from xueshi.policy.simulate_columns import Named, difference, governed, ranked, standing
from xueshi.policy.tests.invented import HEADER, POLICIES, book, entry, provision, year
from xueshi.policy.tests.test_properties import EVERYTHING

SOME = settings(
    deadline=None, max_examples=12, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
BOOKS = library(POLICIES).books
PLACES = ["99", "9901", "9902", "98", ""]


def changed(law: Rulebook) -> Rulebook:
    """The same with every second provision of hours left out that no other names."""
    named = {p.value.within for p in law.provisions if hasattr(p.value, "within")}
    asked = {id for p in law.provisions for id in (*getattr(p.value, "asks", ()), *getattr(p.value, "towards", ()))}
    kept = [p for n, p in enumerate(law.provisions) if n % 2 or p.id in named | asked]
    return replace(law, provisions=tuple(kept), digest="changed")


def population(people: Sequence[Human], law: Rulebook, places: Sequence[str]) -> tuple[pl.DataFrame, Layout, list]:
    frame, layout = frame_of(people, law, by_day=law is EVERYTHING)  # it asks for the days of entries
    regions = [places[n % len(places)] for n in range(len(people))]
    units = [None if n % 3 == 0 else n % 3 for n in range(len(people))]
    frame = frame.with_columns(pl.Series("region", regions, pl.String), pl.Series("unit", units, pl.Int64))
    subjects = [
        Subject(n, one.facts, one.entries, regions[n], "" if units[n] is None else str(units[n]), "")
        for n, one in enumerate(people)
    ]
    return frame, layout, subjects


def same(one: Difference, other: Difference, *, titles: bool = False) -> None:
    assert one.whole == other.whole
    assert {k: v for k, v in one.by.items() if k != "title" or titles} == {
        k: v for k, v in other.by.items() if k != "title" or titles
    }
    assert {m: [(s.id, s.missing_before, s.missing_after) for s in found] for m, found in one.samples.items()} == {
        m: [(s.id, s.missing_before, s.missing_after) for s in found] for m, found in other.samples.items()
    }


@pytest.mark.parametrize("key", [*BOOKS, "everything"])
@SOME
@given(data=st.data())
def test_a_difference_from_columns_is_the_difference_of_the_walk(key: str, data) -> None:
    law = EVERYTHING if key == "everything" else BOOKS[key]
    if law.calendar.birth_month:
        return  # beyond columns, as the plan says
    first = max(2011, law.known_from - 1)
    people = data.draw(st.lists(humans(law, first, first + 5), min_size=1, max_size=10))
    asked = Asked(
        data.draw(st.sampled_from(sorted(law.words.lists["purposes"]))), data.draw(st.integers(first, first + 5))
    )
    draft = changed(law)
    code = law.region.code
    frame, layout, subjects = population(people, law, [code, f"{code}01", "", "00"])
    try:
        for one in people:
            assess(law, one.facts, one.entries, asked)
            assess(draft, one.facts, one.entries, asked)
    except Contradiction:
        assume(False)
    try:
        found = difference(law, draft, asked, layout, frame.lazy())
    except Beyond:
        assume(False)
    same(simulate(law, draft, asked, subjects), found)
    answers = [assess(law, one.facts, one.entries, asked) for one in people]
    rows = standing(plan(law, asked, layout), frame.lazy()).collect().sort("person").to_dicts()
    assert [(VERDICTS[row["verdict"]], row["missing"]) for row in rows] == [
        (one.verdict, int(one.least * 10_000)) for one in answers
    ]


HEADED = HEADER + "binds: {member: true}\n"
TWO = [Human(Facts.of({}), ()), Human(Facts.of({"title": "junior"}), ())]


def test_an_untouched_rule_gives_no_difference_and_no_samples() -> None:
    frame, layout, _ = population(TWO, EVERYTHING, PLACES)
    found = difference(EVERYTHING, EVERYTHING, Asked("annual", 2020), layout, frame)
    assert found.nothing
    assert found.samples == {}
    assert found.whole.people == 2


def test_a_draft_that_begins_later_changes_no_year_before_it() -> None:
    law = book(year("30"))
    frame, layout, subjects = population(TWO, law, ["99"])
    draft = replace(book(year("40")), since=date(2021, 1, 1))
    asked = Asked("annual", 2020)
    assert difference(law, draft, asked, layout, frame).nothing
    assert simulate(law, draft, asked, subjects).nothing
    assert difference(law, draft, Asked("annual", 2021), layout, frame).whole.ways["harder"] == 2


def test_without_any_law_before_nobody_could_tell() -> None:
    law = book(year("30"))
    frame, layout, subjects = population(TWO, law, ["99"])
    found = difference(None, law, Asked("annual", 2020), layout, frame)
    same(found, simulate(None, law, Asked("annual", 2020), subjects))
    assert found.whole.verdicts(after=False) == {Verdict.UNKNOWN: 2}
    assert found.causes == {"year": {"fall": 2}}


def test_hours_are_missing_only_where_the_better_way_asks_for_hours() -> None:
    three = tuple(entry(2020, "1", id=id) for id in "abc")
    people = [Human(Facts(), three), Human(Facts(), three[:1]), *TWO]
    ways = "any_of: [{name: 学时, at_least: 30}, {name: 门数, courses: 3}]"
    law, draft = book(provision("either", f"demand: {{{ways}}}")), book(year("40"))
    frame, layout, subjects = population(people, law, ["99"])
    asked = Asked("annual", 2020)
    same(simulate(law, draft, asked, subjects), difference(law, draft, asked, layout, frame))


def test_groups_are_called_as_one_wishes() -> None:
    law = book(year("{by: title, junior: 30, otherwise: 20}"))
    frame, layout, _ = population(TWO, law, ["99"])
    named = Named(unit=lambda id: f"单位{id}", title=lambda word: {"junior": "助理级"}[word])
    found = difference(law, book(year("40")), Asked("annual", 2020), layout, frame, named)
    assert set(found.by["unit"]) == {"", "单位1"}
    assert set(found.by["title"]) == {"", "助理级"}


def test_a_frame_without_groups_and_titles_has_one_group() -> None:
    law = book(year("30"))
    frame, layout = frame_of(TWO, law)
    bare = replace(layout, facts=tuple(f for f in layout.facts if f.word != "title"))
    found = difference(law, book(year("40")), Asked("annual", 2020), bare, frame)
    assert {name: set(groups) for name, groups in found.by.items()} == {"region": {""}, "unit": {""}, "title": {""}}


def test_whoever_is_governed_by_which_book_is_chosen_as_for_one() -> None:
    wide = book(year("30"))
    narrow = replace(book(year("40")), key="cn-99/narrow", region=Region("9901", "虚构区"))
    part = replace(
        book(provision("p", "demand: {at_least: 5}"), header=HEADED), key="cn-99/part", region=Region("9902", "虚构县")
    )
    ended = replace(wide, key="cn-99/ended", until=date(2016, 1, 1))
    books = ranked(
        [wide, narrow, part, ended, replace(wide, key="cn-99/field", field="accounting")], date(2020, 12, 31)
    )
    assert [one.key for one in books] == ["cn-99/part", "cn-99/narrow", "cn-99/invented"]
    people = [Human(Facts.of({"member": member}), ()) for member in (True, False) for _ in PLACES]
    frame, layout, subjects = population(people, wide, PLACES)
    rows = governed(books, Asked("annual", 2020), layout, frame).collect().sort("person").to_dicts()
    for row, one in zip(rows, subjects, strict=True):
        chosen = choose(books, one.facts, one.region, date(2020, 12, 31)).book
        assert (books[row["book"]] if row["book"] >= 0 else None) == chosen
