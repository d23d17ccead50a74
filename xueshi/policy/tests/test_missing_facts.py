"""A missing fact: no pass that some completion of the facts would fail, and no failure that one would pass."""

from collections.abc import Iterable
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.tests.invented import HEADER, book, entry, judge, provision, year

REVIEW = "title_review"


def verdict(law: Rulebook, *entries: Entry, purpose: str = "annual", **facts: object) -> str:
    return str(judge(law, *entries, purpose=purpose, **facts).verdict)


def obtained(year_: int) -> dict[str, object]:
    return {"title_obtained": [date(year_, 5, 1)]}


def test_of_an_event_nobody_recorded_the_years_before_may_be_none_at_all() -> None:
    law = book(
        year("30", "for: []"),
        provision(
            "p", f"purpose: {{for: {REVIEW}, asks: year, over: {{each_since: title_obtained, ending: previous}}}}"
        ),
    )
    assert verdict(law, purpose=REVIEW, **obtained(2020)) == "nothing_owed"
    assert verdict(law, purpose=REVIEW, **obtained(2019)) == "fail"
    assert verdict(law, purpose=REVIEW) == "unknown"


def test_a_sum_that_may_be_of_no_year_is_not_passed_for_want_of_the_event() -> None:
    law = book(year("30", f"over: {{since: title_obtained, ending: previous}}, for: [{REVIEW}]"))
    assert verdict(law, entry(2019, "30"), purpose=REVIEW, **obtained(2019)) == "pass"
    assert verdict(law, entry(2019, "30"), purpose=REVIEW, **obtained(2020)) == "fail"
    assert verdict(law, entry(2019, "30"), purpose=REVIEW) == "unknown"


def test_a_round_that_may_begin_next_year_is_no_year() -> None:
    law = book(year("30", f"over: {{cycle: 3, from: title_obtained, ending: previous}}, for: [{REVIEW}]"))
    assert verdict(law, entry(2019, "30"), purpose=REVIEW, **obtained(2020)) == "fail"
    assert verdict(law, entry(2019, "30"), purpose=REVIEW) == "unknown"


def test_a_sum_is_as_short_as_its_worst_beginning_also_one_in_the_middle() -> None:
    law = book(
        year("30", "for: []"),
        provision("p", f"purpose: {{for: {REVIEW}, asks: year, over: {{since: title_obtained}}}}"),
    )
    done = [entry(2015, "150"), entry(2020, "30")]  # enough since 2015 and in 2020; nothing for 2017 to 2019
    assert verdict(law, *done, purpose=REVIEW, **obtained(2015)) == "pass"
    assert verdict(law, *done, purpose=REVIEW, **obtained(2020)) == "pass"
    assert verdict(law, *done, purpose=REVIEW, **obtained(2018)) == "fail"
    assert verdict(law, *done, purpose=REVIEW) == "unknown"


def test_a_sum_over_years_by_a_table_tries_only_the_figures_of_the_table() -> None:
    over = "over: {last: {by: title, senior: 3, otherwise: 1}}"
    law = book(year("30", "for: []"), provision("p", f"purpose: {{for: {REVIEW}, asks: year, {over}}}"))
    done = [entry(2018, "60"), entry(2020, "30")]  # two years would not do, but nobody is asked for two
    assert verdict(law, *done, purpose=REVIEW) == "pass"
    assert verdict(law, entry(2020, "30"), purpose=REVIEW) == "unknown"


def test_what_is_asked_anyway_is_asked_where_nobody_knows_whether_a_purpose_asks_otherwise() -> None:
    law = book(
        year("30", f"for: [{REVIEW}]"),
        provision("p", f"purpose: {{for: {REVIEW}, when: {{member: true}}, asks: year, over: {{last: 2}}}}"),
    )
    assert verdict(law, entry(2019, "60"), purpose=REVIEW, member=True) == "pass"
    assert verdict(law, entry(2019, "60"), purpose=REVIEW, member=False) == "fail"
    assert verdict(law, entry(2019, "60"), purpose=REVIEW) == "unknown"
    assert verdict(law, entry(2019, "30"), entry(2020, "30"), purpose=REVIEW) == "pass"


def test_there_is_no_surplus_of_a_year_for_which_perhaps_nothing_was_owed() -> None:
    law = book(
        year("10"),
        provision("o", "owed: {from: {year_of: first_hired}}"),
        provision("y", "carry: {surplus_of: year}"),
    )
    assert verdict(law, entry(2019, "20"), first_hired=[date(2019, 5, 1)]) == "pass"
    assert verdict(law, entry(2019, "20"), first_hired=[date(2020, 5, 1)]) == "fail"
    assert verdict(law, entry(2019, "20")) == "unknown"


def test_a_shortfall_that_was_perhaps_put_off_is_perhaps_owed() -> None:
    law = book(year("10"), provision("r", "relief: {when: {title_obtained: {in: year}}, gives: deferred}"))
    assert verdict(law, entry(2020, "15"), **obtained(2018)) == "pass"
    assert verdict(law, entry(2020, "15"), **obtained(2019)) == "fail"
    assert verdict(law, entry(2020, "15")) == "unknown"
    assert verdict(law, entry(2020, "60")) == "pass"  # as if every year since 2015 had been put off


# ---- every completion ---------------------------------------------------------------------------

COMPLETE: dict[str, list[object]] = {
    "title": ["assistant", "intermediate", "full_senior"],
    "member": [True, False],
    "title_obtained": [(), *((date(y, 5, 1),) for y in range(2015, 2022))],
}
LAWS = [
    book(
        year("{by: title, senior: 30, intermediate: 20, otherwise: 10}", f"for: [annual, {REVIEW}]"),
        provision("public", "demand: {at_least: 10, of: {category: public}, within: year, when: {member: true}}"),
        provision("p", f"purpose: {{for: {REVIEW}, when: {{member: true}}, asks: [year, public], over: {over}}}"),
        provision("r", f"relief: {{when: {{title: senior}}, gives: {gives}}}"),
        provision("o", "owed: {from: {year_of: title_obtained}, of: [public]}"),
        provision("y", "carry: {surplus_of: year, lives: 2}"),
        provision("c", "cap: {at_most: {by: title, senior: 5, otherwise: 20}, of: {category: public}, towards: year}"),
        header=HEADER,
    )
    for over in ("{since: title_obtained}", "{each_since: title_obtained, ending: previous}", "{last: 2}")
    for gives in ("waived", "{times: 1/2}", "deferred", "reference")
]


def completions(known: dict[str, object]) -> Iterable[dict[str, object]]:
    missing = [name for name in COMPLETE if name not in known]
    for values in product(*(COMPLETE[name] for name in missing)):
        yield {**known, **dict(zip(missing, values, strict=True))}


@settings(deadline=None)
@given(
    law=st.sampled_from(LAWS),
    known=st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in COMPLETE.items()}),
    done=st.lists(st.tuples(st.integers(2015, 2020), st.sampled_from(["5", "10", "30"]), st.booleans()), max_size=6),
    purpose=st.sampled_from(["annual", REVIEW]),
)
def test_no_completion_of_the_facts_turns_a_pass_into_a_failure_or_a_failure_into_a_pass(
    law: Rulebook, known: dict[str, object], done: list[tuple[int, str, bool]], purpose: str
) -> None:
    entries = [
        entry(in_, hours, id=str(n), **({"category": "public"} if public else {}))
        for n, (in_, hours, public) in enumerate(done)
    ]
    asked = Asked(purpose, 2020)
    said = assess(law, Facts(known), entries, asked).verdict
    each = {str(assess(law, Facts(whole), entries, asked).verdict) for whole in completions(known)}
    if said in ("pass", "nothing_owed"):
        assert "fail" not in each
    if said == "fail":
        assert each == {"fail"}
