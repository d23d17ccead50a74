"""A draft against the rules in force."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueshi.policy.assess import NotAPurpose, assess
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Verdict
from xueshi.policy.simulate import (
    PROBLEMS,
    SAMPLES,
    STEP,
    Difference,
    Judged,
    Subject,
    direction,
    judged_twice,
    simulate,
    touches,
)
from xueshi.policy.tests.invented import CHONGQING, HEADER, book, entry, provision, year
from xueshi.policy.tests.test_properties import EVERYTHING, FACTS

ASKED = Asked("annual", 2027)
PUBLIC = "demand: {at_least: 10, of: {category: public}}"
FROM_2027 = HEADER.replace("since: 2015-01-01", "since: 2027-01-01")
FAIL, PASS, UNKNOWN = Verdict.FAIL, Verdict.PASS, Verdict.UNKNOWN


def someone(id: int, *hours: str, unit: str = "甲", title: str = "", region: str = "9901", **facts: object) -> Subject:
    found = tuple(entry(2027, amount, id=f"{id}/{n}", category="public") for n, amount in enumerate(hours))
    return Subject(id, Facts.of(facts), found, region, unit, title)


PEOPLE = [someone(1, "30"), someone(2, "35"), someone(3, "50"), someone(4, "10", unit="乙"), someone(5, unit="乙")]


def test_a_higher_demand_names_who_falls_below_and_why() -> None:
    found = simulate(book(year("30")), book(year("40")), ASKED, PEOPLE)
    assert found.whole.moves == {(PASS, FAIL): 2, (PASS, PASS): 1, (FAIL, FAIL): 2}
    assert (found.whole.people, found.whole.falls, found.whole.gains) == (5, 2, 0)
    assert found.whole.ways["harder"] == 2
    assert (found.whole.missing_before, found.whole.missing_after) == (50, 85)
    assert found.by["unit"]["甲"].verdicts(after=False) == {PASS: 3}
    assert found.by["unit"]["甲"].verdicts(after=True) == {PASS: 1, FAIL: 2}
    assert found.by["unit"]["乙"].falls == 0
    assert found.causes == {"year": {"fall": 2, "harder": 2}}
    assert {s.id for s in found.samples[PASS, FAIL]} == {1, 2}
    assert not found.nothing


def test_a_lower_demand_names_who_gains() -> None:
    found = simulate(book(year("40")), book(year("30")), ASKED, PEOPLE)
    assert (found.whole.gains, found.whole.falls, found.whole.ways["eased"]) == (2, 0, 2)
    sample = next(s for s in found.samples[FAIL, PASS] if s.id == 1)
    assert (sample.missing_before, sample.missing_after, sample.causes) == (10, 0, ("year",))


def test_a_relief_that_ends_is_the_cause_and_not_the_demand_that_it_lifted() -> None:
    relief = provision("old", "relief: {when: {born: {by: 1970-12-31}}, gives: waived}")
    people = [someone(1, born=date(1960, 1, 1)), someone(2, born=date(1990, 1, 1))]
    found = simulate(book(year(), relief), book(year()), ASKED, people)
    assert found.causes == {"old": {"fall": 1}}


def test_a_rule_about_entries_is_the_cause() -> None:
    counts = provision("checked", "counts: {of: {category: public}, only: {verified: true}}")
    found = simulate(book(year()), book(year(), counts), ASKED, [someone(1, "30")])
    assert found.causes == {"checked": {"fall": 1}}


def test_a_ceiling_is_the_cause_although_no_finding_names_it() -> None:
    cap = provision("most", "cap: {at_most: 20, of: {category: public}, towards: [year]}")
    found = simulate(book(year()), book(year(), cap), ASKED, [someone(1, "30")])
    assert found.causes == {"most": {"fall": 1}}


def test_where_only_a_word_changed_the_demand_is_named() -> None:
    demand = year("30, when: {site: [urban]}")
    other = HEADER.replace("absent: no, values: {urban", "absent: unknown, values: {urban")
    found = simulate(book(demand), book(demand, header=other), ASKED, [someone(1)])
    assert (sum(found.whole.ways.values()), found.whole.ways["same"]) == (1, 0)
    assert set(found.causes) == {"year"}


def test_without_any_law_before_everybody_cannot_tell() -> None:
    found = simulate(None, book(year()), ASKED, PEOPLE)
    assert found.whole.verdicts(after=False) == {UNKNOWN: 5}
    assert (found.whole.gains, found.whole.falls) == (3, 2)
    assert set(found.causes) == {"year"}


def test_a_fact_that_is_needed_anew_is_a_loss_but_not_a_failure() -> None:
    demand = provision("members", "demand: {at_least: 90, when: {member: true}}")
    found = simulate(book(year()), book(year(), demand), ASKED, [someone(1, "30")])
    assert found.whole.moves == {(PASS, UNKNOWN): 1}
    assert found.whole.falls == 1


def test_the_draft_decides_nothing_before_it_begins_nor_elsewhere() -> None:
    now, draft = book(year("30")), book(year("40"), header=FROM_2027)
    earlier = [Subject(1, Facts(), (entry(2026, "30", category="public"),), "99")]
    assert simulate(now, draft, Asked("annual", 2026), earlier).nothing
    assert not simulate(now, draft, ASKED, PEOPLE).nothing
    assert simulate(now, draft, ASKED, [someone(1, "30", region="98")]).nothing
    assert touches(draft, 2027, "")
    assert not touches(draft, 2027, "98")
    assert not touches(draft, 2026, "99")


def test_an_amendment_leaves_the_years_before_it_alone() -> None:
    amended = provision("year", "demand: {at_least: 30}", "until: 2026-12-31") + provision(
        "year", "demand: {at_least: 40}", "since: 2027-01-01"
    )
    before, after = book(year("30")), book(amended)
    people = [Subject(n, Facts(), (entry(2026, str(n), category="public"),), "99") for n in range(50)]
    assert simulate(before, after, Asked("annual", 2026), people).nothing


def test_somebody_who_cannot_be_judged_is_counted_and_named() -> None:
    wrong = [Subject(n, Facts.of({"no_such_word": "x"})) for n in range(PROBLEMS + 2)]
    found = simulate(book(year()), book(year("40")), ASKED, [*wrong, someone(99, "30")])
    assert (found.unread, found.whole.people, len(found.problems)) == (PROBLEMS + 2, 1, PROBLEMS)
    assert found.problems[0][0] == 0
    assert "no_such_word" in found.problems[0][1]


def test_what_a_book_has_no_word_for_may_be_left_out() -> None:
    found = simulate(
        book(year()), book(year("40")), ASKED, [Subject(1, Facts.of({"no_such_word": "x"}))],
        fit=lambda one, law: replace(one, facts=Facts()),
    )  # fmt: skip
    assert (found.unread, found.whole.people) == (0, 1)


def test_a_question_that_the_law_does_not_know_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(NotAPurpose):
        simulate(book(year()), book(year()), Asked("lunch", 2027), PEOPLE)


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    told: list[int] = []
    simulate(CHONGQING, CHONGQING, ASKED, [someone(n) for n in range(STEP + 1)], told.append)
    assert told == [STEP, STEP + 1]
    told.clear()
    simulate(CHONGQING, CHONGQING, ASKED, [someone(n) for n in range(STEP)], told.append)
    assert told == [STEP]
    told.clear()
    simulate(CHONGQING, CHONGQING, ASKED, [], told.append)
    assert told == [0]


def test_samples_are_few_and_do_not_hang_on_the_order() -> None:
    people = [someone(n, "30") for n in range(SAMPLES * 3)]
    one = simulate(book(year("30")), book(year("40")), ASKED, people)
    other = simulate(book(year("30")), book(year("40")), ASKED, reversed(people))
    assert len(one.samples[PASS, FAIL]) == SAMPLES
    assert one.samples == other.samples


def test_a_group_counted_at_once_is_the_same_as_its_people_one_by_one() -> None:
    together, apart = Difference(ASKED), Difference(ASKED)
    together.note(Judged(PASS, FAIL, Decimal(0), Decimal(20), ("year",), people=2), unit="甲")
    for _ in range(2):
        apart.note(Judged(PASS, FAIL, Decimal(0), Decimal(10), ("year",)), unit="甲")
    assert together.plain() == apart.plain()


@pytest.mark.parametrize(
    ("before", "after", "less", "way"),
    [
        (FAIL, PASS, 0, "gain"), (FAIL, UNKNOWN, 0, "gain"), (PASS, FAIL, 0, "fall"), (FAIL, FAIL, 0, "same"),
        (FAIL, FAIL, 1, "eased"), (FAIL, FAIL, -1, "harder"), (PASS, Verdict.NOTHING_OWED, 0, "same"),
    ],
)  # fmt: skip
def test_which_way_it_goes(before: Verdict, after: Verdict, less: int, way: str) -> None:
    assert direction(before, after, Decimal(10), Decimal(10 - less)) == way


SUBJECTS = st.lists(
    st.builds(
        lambda facts, hours, unit, region: (facts, hours, unit, region),
        FACTS, st.lists(st.integers(1, 60), max_size=4), st.sampled_from("甲乙丙"),
        st.sampled_from(["99", "9901", "98"]),
    ),
    max_size=12,
)  # fmt: skip


def subjects(given_: list) -> list[Subject]:
    return [
        Subject(
            n, Facts.of(facts),
            tuple(
                Entry(f"{n}/{k}", date(2018 + k, 6, 30), Decimal(h), {"category": "public", "passed": True})
                for k, h in enumerate(hours)
            ),
            region, unit, "",
        )
        for n, (facts, hours, unit, region) in enumerate(given_)
    ]  # fmt: skip


@given(SUBJECTS, st.integers(2015, 2022))
@settings(max_examples=40)
def test_an_untouched_rule_gives_no_difference(given_: list, on: int) -> None:
    assert simulate(EVERYTHING, EVERYTHING, Asked("annual", on), subjects(given_)).nothing


@given(SUBJECTS, st.integers(0, 12), st.sampled_from(["annual", "title_review"]))
@settings(max_examples=40)
def test_parts_of_a_population_add_up_and_survive_being_kept(given_: list, cut: int, purpose: str) -> None:
    people, asked = subjects(given_), Asked(purpose, 2020)
    draft = book(year("50", "for: [annual, title_review]"), provision("public", PUBLIC))
    whole = simulate(EVERYTHING, draft, asked, people)
    first = simulate(EVERYTHING, draft, asked, people[:cut])
    kept = Difference.of(json.loads(json.dumps(first.plain())))
    kept.add(simulate(EVERYTHING, draft, asked, people[cut:]))
    assert kept == whole


@given(SUBJECTS)
@settings(max_examples=40)
def test_each_move_is_what_two_single_answers_say(given_: list) -> None:
    people, asked = subjects(given_), Asked("annual", 2020)
    draft = book(year("50"))
    found = simulate(EVERYTHING, draft, asked, people)
    for one in people:
        now, then = judged_twice(EVERYTHING, draft, one, asked)
        assert now == assess(EVERYTHING, one.facts, one.entries, asked)
        assert then is not None
        found.whole.moves[now.verdict, then.verdict] -= 1
    assert not any(found.whole.moves.values())
