"""The walk, rule by rule, on an invented instrument; the answers are worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.policy.assess import NotAPurpose
from xueshi.policy.book import Rulebook, Silent, Undecided
from xueshi.policy.checking import NotAWord
from xueshi.policy.facts import Entry
from xueshi.policy.findings import Assessment, Finding, Outcome
from xueshi.policy.tests.invented import CHONGQING, book, entry, judge, provision, year

PUBLIC = {"category": "public"}


def one(found: Assessment, id: str = "year", at: int | None = None) -> Finding:
    """The finding, which must be there."""
    finding = found.finding(id, at)
    assert finding is not None
    return finding


def outcome(found: Assessment, id: str = "year", at: int | None = None) -> str:
    """The outcome of a finding."""
    return str(one(found, id, at).outcome)


# ---- demands --------------------------------------------------------------------------------------


def test_the_whole_and_its_parts() -> None:
    law = book(
        year("90"),
        provision("public", "demand: {at_least: 30, of: {category: public}, within: year}"),
        provision("professional", "demand: {at_least: 60, of: {category: professional}, within: year}"),
    )
    found = judge(law, entry(2020, "40", **PUBLIC), entry(2020, "30", category="professional"))
    assert [(f.provision, f.missing) for f in found.findings] == [
        ("year", 20), ("public", 0), ("professional", 30),
    ]  # fmt: skip
    assert found.least == 30  # thirty professional hours fill the whole as well
    assert found.verdict == "fail"
    assert not found.passed
    assert judge(law, entry(2020, "30", **PUBLIC), entry(2020, "60", category="professional")).passed


def test_a_part_of_filtered_hours_needs_both_filters() -> None:
    law = book(
        provision("face", "demand: {at_least: 20, of: {delivery: face_to_face}}"),
        provision("ethics", "demand: {at_least: 5, of: {theme: ethics}, within: face}"),
    )
    found = judge(law, entry(2020, "30", theme="ethics", delivery="online"))
    assert one(found, "ethics").have == 0
    assert judge(law, entry(2020, "20", theme="ethics", delivery="face_to_face")).passed


def test_courses_are_counted_and_not_their_hours() -> None:
    law = book(provision("two", "demand: {courses: 2, of: {category: public}}"))
    found = judge(law, entry(2020, "50", **PUBLIC))
    finding = one(found, "two")
    assert (finding.unit, finding.have, finding.need, finding.missing) == ("courses", 1, 2, 1)
    assert found.least == 0
    assert judge(law, entry(2020, "1", "a", **PUBLIC), entry(2020, "1", "b", **PUBLIC)).passed


def test_a_table_answers_only_what_it_names() -> None:
    law = book(year("{by: title, senior: 86, intermediate: 86, junior: 74}"))
    assert one(judge(law, title="junior")).need == 74
    assert one(judge(law, title="deputy_senior")).need == 86
    nobody = judge(law, entry(2020, "80"))
    assert (nobody.verdict, one(nobody).facts) == ("unknown", ("title",))
    assert judge(law, entry(2020, "86")).passed  # enough for anybody in the table
    assert judge(law, entry(2020, "80"), title="assistant").verdict == "unknown"
    assert judge(law, entry(2020, "80"), title={"junior": date(2021, 1, 1)}).verdict == "unknown"


def test_an_unnamed_title_owes_an_unknown_need_and_not_the_smallest() -> None:
    law = book(year("{by: title, senior: 86, junior: 74}"))
    found = judge(law, entry(2020, "10"))  # less than any row, but perhaps there is no row
    assert (found.verdict, one(found).facts) == ("unknown", ("title",))


def test_a_table_with_a_row_for_the_rest() -> None:
    law = book(year("{by: title, junior: 74, otherwise: 40}"))
    assert judge(law, entry(2020, "39")).verdict == "fail"  # less than anybody owes
    assert judge(law, entry(2020, "40")).verdict == "unknown"
    assert judge(law, entry(2020, "40"), title="full_senior").passed


def test_a_fact_is_read_as_it_stood_at_the_end_of_the_year() -> None:
    law = book(year("{by: title, intermediate: 86, junior: 74}"))
    held = {"junior": date(2008, 7, 1), "intermediate": date(2020, 12, 31)}
    assert one(judge(law, on=2020, title=held)).need == 86
    assert one(judge(law, on=2019, title=held)).need == 74


def test_when_says_who_owes_it() -> None:
    law = book(year("30", "when: {title: junior}"))
    assert judge(law, title="intermediate").verdict == "nothing_owed"
    found = judge(law, title="intermediate").findings[0]
    assert (str(found.outcome), found.because, found.need) == ("not_applicable", "year", None)
    assert judge(law, title="junior").verdict == "fail"
    assert judge(law).verdict == "unknown"
    assert judge(law, entry(2020, "30")).passed


def test_a_demand_of_another_purpose_is_not_asked() -> None:
    law = book(year("30", "for: [appointment]"), provision("never", "demand: {at_least: 1, for: []}"))
    assert judge(law).findings == ()
    assert judge(law).verdict == "nothing_owed"
    assert judge(law, purpose="appointment").verdict == "fail"


def test_each_year_is_judged_by_its_own_words() -> None:
    law = book(
        provision("year", "demand: {at_least: 20}", "until: 2018-12-31"),
        provision("year", "demand: {at_least: 30}", "since: 2019-01-01, until: 2020-12-30"),
        provision("review", "purpose: {for: title_review, asks: year, over: {each_of_last: 3}}"),
    )
    entries = [entry(2017, "20"), entry(2018, "20"), entry(2019, "20")]
    found = judge(law, *entries, purpose="title_review", on=2019)
    assert [(f.years, str(f.outcome)) for f in found.findings] == [
        ((2017,), "met"), ((2018,), "met"), ((2019,), "unmet"),
    ]  # fmt: skip
    assert one(found, at=2019).missing == 10
    assert outcome(judge(law, on=2020)) == "not_applicable"  # its words ended a day too early
    assert judge(law, on=2020).finding("year", 2019) is None


# ---- windows --------------------------------------------------------------------------------------


def test_over_a_sum_the_yearly_needs_are_added() -> None:
    law = book(year("30"), provision("p", "purpose: {for: title_review, asks: year, over: {last: 3}}"))
    found = judge(law, entry(2018, "90"), purpose="title_review")
    assert (one(found).years, one(found).need, found.verdict) == ((2018, 2019, 2020), 90, "pass")
    assert judge(law, entry(2017, "90"), purpose="title_review").verdict == "fail"
    assert one(judge(law, purpose="title_review")).missing == 90


def test_a_demand_with_its_own_window_is_owed_once_by_todays_words() -> None:
    law = book(
        provision("three", "demand: {at_least: 90, over: {last: 3}}", "since: 2020-01-01"),
        provision("part", "demand: {at_least: 20, of: {category: public}, within: three}"),
    )
    found = judge(law, entry(2018, "90", **PUBLIC))
    assert (one(found, "three").need, one(found, "part").have) == (90, 90)
    assert found.passed
    assert judge(law, on=2019, purpose="annual").finding("three").outcome == "not_applicable"  # type: ignore[union-attr]


def test_over_the_year_is_what_is_owed_anyway() -> None:
    law = book(year("30", "over: year"), provision("p", "purpose: {for: title_review, asks: year, over: {last: 2}}"))
    assert one(judge(law, purpose="title_review")).need == 60  # yearly, so the sum of two years


def test_every_one_of_the_last_years_of_a_demands_own_window() -> None:
    law = book(provision("each", "demand: {at_least: 10, over: {each_of_last: 2, ending: previous}}"))
    found = judge(law, entry(2018, "10"), entry(2019, "10"))
    assert [f.years for f in found.findings] == [(2018,), (2019,)]
    assert found.passed


def test_a_sum_since_an_event_at_most_so_many_years() -> None:
    law = book(provision("sum", "demand: {at_least: 50, over: {since: title_obtained, at_most: 3}}"))
    late = judge(law, entry(2019, "50"), title_obtained=date(2019, 5, 1))
    assert (one(late, "sum").years, late.verdict) == ((2019, 2020), "pass")
    early = judge(law, entry(2016, "50"), title_obtained=date(2016, 5, 1))
    assert (one(early, "sum").years, early.verdict) == ((2018, 2019, 2020), "fail")


def test_a_window_that_has_not_begun_asks_for_nothing() -> None:
    law = book(
        year("30"),
        provision("p", "purpose: {for: title_review, asks: year, over: {last: 2, not_before: 2021}}"),
    )
    found = judge(law, purpose="title_review")
    assert (outcome(found), found.verdict) == ("not_applicable", "nothing_owed")


def test_an_event_known_not_to_have_happened_leaves_the_beginning_open() -> None:
    law = book(provision("sum", "demand: {at_least: 50, over: {each_since: title_obtained}}"))
    found = judge(law, entry(2020, "50"), title_obtained=[])
    assert found.verdict == "unknown"
    assert one(found, "sum", 2015).facts == ("title_obtained",)
    assert outcome(found, "sum", 2020) == "met"


def test_a_year_before_anything_is_encoded_is_not_answered() -> None:
    law = book(year("30"), provision("p", "purpose: {for: title_review, asks: year, over: {last: 3}}"))
    found = judge(law, entry(2015, "900"), purpose="title_review", on=2016)
    assert (outcome(found), one(found).because) == ("cannot_tell", "known_from")
    assert judge(law, on=2014).verdict == "unknown"
    silent = book(provision("x", "note: {why: x}"))
    assert judge(silent, on=2014).verdict == "unknown"
    assert judge(silent, on=2015).verdict == "nothing_owed"


# ---- purposes, reliefs, first years ---------------------------------------------------------------


def test_a_purpose_may_ask_for_nothing() -> None:
    law = book(
        year("30"),
        provision("doctor", "purpose: {for: title_review, when: {site: urban}, asks: []}"),
        provision("others", "purpose: {for: title_review, when: {not: {site: urban}}, asks: year}"),
    )
    found = judge(law, purpose="title_review", site="urban")
    assert (found.verdict, outcome(found, "doctor")) == ("pass", "waived")
    assert judge(law, purpose="title_review", site="county").verdict == "fail"
    assert judge(law, purpose="appointment").verdict == "nothing_owed"


def test_a_purpose_that_hangs_on_an_unknown_fact() -> None:
    law = book(
        year("30"),
        provision("senior", "purpose: {for: title_review, when: {target: senior}, asks: year}"),
        provision("junior", "purpose: {for: title_review, when: {target: junior}, asks: []}"),
    )
    assert judge(law, purpose="title_review", target="full_senior").verdict == "fail"
    assert judge(law, purpose="title_review", target="junior").verdict == "pass"
    found = judge(law, purpose="title_review")
    assert (found.verdict, one(found).facts) == ("unknown", ("target",))
    assert judge(law, entry(2020, "30"), purpose="title_review").passed


RELIEVED = [
    ("waived", "waived", 0, "pass"),
    ("complete", "waived", 0, "pass"),
    ("{times: 1/3}", "unmet", 10, "fail"),
    ("reference", "advisory", 30, "pass"),
]


def test_what_passes_and_what_does_not() -> None:
    stopped = {outcome for outcome in Outcome if not outcome.passes}
    assert stopped == {Outcome.UNMET, Outcome.CANNOT_TELL}


@pytest.mark.parametrize(("gives", "expected", "missing", "verdict"), RELIEVED)
def test_what_a_relief_gives(gives: str, expected: str, missing: int, verdict: str) -> None:
    law = book(year("30"), provision("r", f"relief: {{when: {{site: township}}, gives: {gives}}}"))
    found = judge(law, site="township")
    assert (outcome(found), one(found).missing, found.verdict) == (expected, missing, verdict)
    assert judge(law, site="urban").verdict == "fail"
    assert judge(law, entry(2020, "30"), site="township").findings[0].outcome == "met"


def test_reduced_is_not_the_same_as_met_and_names_the_relief() -> None:
    law = book(
        year("29.5"),
        provision("third", "relief: {gives: {times: 1/3}}"),
        provision("half", "relief: {gives: {times: 1/2}}"),
    )
    found = judge(law, entry(2020, "9.84"))
    assert (outcome(found), one(found).relief) == ("reduced", ("third", "half"))
    assert one(found).need == Decimal("9.8334")  # 9 5/6, shown rounded up
    assert judge(law, entry(2020, "9.83")).verdict == "fail"


def test_a_factor_touches_hours_only() -> None:
    law = book(provision("c", "demand: {courses: 1}"), provision("third", "relief: {gives: {times: 1/3}}"))
    assert judge(law).verdict == "fail"


def test_a_relief_for_a_decision_is_read_in_the_year_asked() -> None:
    law = book(
        year("30"),
        provision("p", "purpose: {for: title_review, asks: year, over: {each_of_last: 2}}"),
        provision("r", "relief: {in: title_review, when: {moved: {in: year}}, gives: waived}"),
    )
    found = judge(law, purpose="title_review", moved=date(2020, 3, 1))
    assert [str(f.outcome) for f in found.findings] == ["waived", "waived"]
    assert judge(law, purpose="title_review", moved=date(2019, 3, 1)).verdict == "fail"
    assert judge(law, moved=date(2020, 3, 1)).verdict == "fail"
    yearly = book(
        year("30"),
        provision("p", "purpose: {for: title_review, asks: year, over: {each_of_last: 2}}"),
        provision("r", "relief: {when: {moved: {in: year}}, gives: waived}"),
    )
    found = judge(yearly, purpose="title_review", moved=date(2019, 3, 1))
    assert [str(f.outcome) for f in found.findings] == ["waived", "unmet"]


def test_over_a_sum_a_year_that_is_waived_waives_only_itself() -> None:
    law = book(
        year("30"),
        provision("p", "purpose: {for: title_review, asks: year, over: {last: 2}}"),
        provision("r", "relief: {when: {moved: {in: year}}, gives: waived}"),
    )
    found = judge(law, entry(2020, "10"), purpose="title_review", moved=date(2019, 3, 1))
    assert (outcome(found), one(found).need, one(found).missing) == ("unmet", 30, 20)
    found = judge(law, entry(2020, "30"), purpose="title_review", moved=date(2019, 3, 1))
    assert (outcome(found), one(found).relief) == ("reduced", ("r",))


def test_an_unknown_relief_matters_only_if_it_would_save() -> None:
    law = book(year("30"), provision("r", "relief: {when: {member: true}, gives: {times: 1/3}}"))
    assert judge(law, entry(2020, "9")).verdict == "fail"  # not even with the relief
    hoped = judge(law, entry(2020, "10"))
    assert (hoped.verdict, one(hoped).facts) == ("unknown", ("member",))
    assert judge(law, entry(2020, "30")).passed
    assert judge(law, entry(2020, "10"), member=True).passed
    assert judge(law, entry(2020, "10"), member=False).verdict == "fail"


def test_the_first_year_owed() -> None:
    law = book(
        year("30"),
        provision("hired", "owed: {from: {year_of: first_hired}}"),
        provision("moved", "owed: {when: {moved: {since: 2000-01-01}}, from: {year_after: moved}}"),
        provision("start", "owed: {from: 2017}"),
    )
    assert judge(law, on=2016, first_hired=date(2010, 1, 1)).verdict == "nothing_owed"
    assert judge(law, on=2016, first_hired=date(2010, 1, 1)).findings[0].because == "start"
    assert judge(law, on=2017, first_hired=date(2010, 1, 1)).verdict == "fail"
    assert judge(law, on=2018, first_hired=date(2019, 1, 1)).findings[0].because == "hired"
    assert judge(law, on=2019, first_hired=date(2019, 12, 31)).verdict == "fail"
    moved = {"first_hired": date(2010, 1, 1), "moved": date(2019, 4, 1)}
    assert judge(law, on=2019, **moved).findings[0].because == "moved"
    assert judge(law, on=2020, **moved).verdict == "fail"
    unknown = judge(law, on=2020)
    assert (unknown.verdict, one(unknown).facts) == ("unknown", ("first_hired",))


def test_an_owed_of_another_decision_is_not_read() -> None:
    law = book(year("30"), provision("late", "owed: {in: title_review, from: 2030}"))
    assert judge(law).verdict == "fail"


# ---- entries --------------------------------------------------------------------------------------


def test_only_what_is_verified_counts_where_that_is_asked() -> None:
    law = book(
        year("30"),
        provision("v", "counts: {of: {category: public}, only: {passed: true, verified: true}}"),
    )
    found = judge(law, entry(2020, "30", "a", category="public", passed=True))
    assert (found.refused[0].provision, found.refused[0].lacks) == ("v", ("verified",))
    assert found.verdict == "fail"
    assert judge(law, entry(2020, "30", "a", category="professional")).passed
    other = book(year("30"), provision("v", "counts: {only: {any: [{passed: true}]}}"))
    assert judge(other, entry(2020, "30", "a")).refused[0].lacks == ("only",)


def test_when_it_must_be_done() -> None:
    law = book(
        year("30"),
        provision("d", "counts: {done: {from: 2020-06-30, to: 2020-07-01}}"),
    )
    for day, passes in ((29, False), (30, True)):
        found = judge(law, Entry("a", date(2020, 6, day), Decimal(30)))
        assert found.passed is passes
    assert not judge(law, Entry("a", date(2020, 7, 2), Decimal(30))).passed


def test_what_counts_only_after_an_event() -> None:
    law = book(year("30"), provision("after", "counts: {after: title_obtained}"))
    found = judge(law, entry(2020, "30"), title_obtained=date(2020, 6, 29))
    assert found.passed
    assert not judge(law, entry(2020, "30"), title_obtained=date(2020, 6, 30)).passed
    assert judge(law, entry(2020, "30"), title_obtained=[]).verdict == "fail"
    unknown = judge(law, entry(2020, "30"))
    assert (unknown.verdict, one(unknown).facts) == ("unknown", ("title_obtained",))


def test_a_filter_for_one_decision_and_for_some_people() -> None:
    law = book(
        year("30", "for: [annual, appointment]"),
        provision(
            "city",
            "counts: {in: appointment, when: {target: senior}, only: {organiser: {at_least: municipal}}}",
        ),
    )
    county = entry(2020, "30", organiser="county")
    assert judge(law, county).passed
    assert judge(law, county, purpose="appointment", target="junior").passed
    assert judge(law, county, purpose="appointment", target="full_senior").verdict == "fail"
    assert judge(law, county, purpose="appointment").verdict == "unknown"
    high = entry(2020, "30", organiser="provincial")
    assert judge(law, high, purpose="appointment", target="full_senior").passed


def test_what_an_activity_is_worth() -> None:
    law = book(
        year("30"),
        provision("twice", "earning: {of: {delivery: face_to_face}, gives: {per: hours, is: 2}, as: public}"),
        provision("fixed", "earning: {of: {theme: ethics}, gives: 5}"),
        provision("open", "earning: {of: {theme: safety}, gives: undecided, as: professional}"),
    )
    found = judge(
        law,
        entry(2020, "3", "a", delivery="face_to_face", theme="ethics"),  # the first that holds
        entry(2020, None, "b", theme="ethics", category="professional"),
        entry(2020, "7", "c", theme="safety"),
        entry(2020, None, "d", theme="safety"),
        entry(2020, None, "e", delivery="face_to_face"),
        entry(2020, None, "f"),
        entry(2020, "1", "g"),
    )
    assert [(x.entry, x.hours, x.category, x.provision) for x in found.lines] == [
        ("a", 6, "public", "twice"),
        ("b", 5, "professional", "fixed"),
        ("c", 7, "professional", "open"),
        ("g", 1, "", ""),
    ]
    assert [(x.entry, x.provision, x.lacks) for x in found.refused] == [
        ("d", "open", ("hours",)),
        ("e", "twice", ("hours",)),
        ("f", "", ("hours",)),
    ]
    assert one(found).have == 19


def test_once_a_year_the_best_counts() -> None:
    law = book(year("30"), provision("best", "earning: {gives: {per: hours, is: 1}, once: year}"))
    found = judge(law, entry(2020, "3", "a"), entry(2020, "5", "b"), entry(2019, "1", "c"))
    assert [line.entry for line in found.lines] == ["c", "b"]
    assert (found.refused[0].entry, found.refused[0].lacks) == ("a", ("once",))


def test_a_ceiling_counts_towards_its_demand_and_not_towards_the_parts() -> None:
    law = book(
        year("30"),
        provision("public", "demand: {at_least: 25, of: {category: public}, within: year}"),
        provision("online", "cap: {at_most: 20, of: {delivery: online}, towards: [year]}"),
    )
    found = judge(law, entry(2020, "25", "a", delivery="online", **PUBLIC))
    assert (one(found).have, one(found, "public").have) == (20, 25)
    assert [(left.entry, left.hours) for left in one(found).left] == [("a", 5)]
    assert found.least == 10


def test_hours_under_the_fewest_ceilings_count_first() -> None:
    law = book(
        year("30"),
        provision("online", "cap: {at_most: 10, of: {delivery: online}, towards: year}"),
        provision("ethics", "cap: {at_most: 10, of: {theme: ethics}, towards: year}"),
    )
    both = entry(2020, "10", "a", delivery="online", theme="ethics")
    found = judge(law, both, entry(2020, "10", "b", delivery="online"), entry(2020, "9", "c", theme="ethics"))
    assert one(found).have == 19
    assert [left.entry for left in one(found).left] == ["a"]


def test_a_ceiling_that_hangs_on_an_unknown_fact() -> None:
    law = book(
        year("30"),
        provision("c", "cap: {at_most: {by: title, junior: 10, senior: 30}, towards: year, when: {member: true}}"),
    )
    hours = entry(2020, "30")
    assert judge(law, hours, member=False).passed
    assert judge(law, hours, member=True, title="junior").verdict == "fail"
    assert judge(law, hours, member=True, title="full_senior").passed
    assert judge(law, hours, member=True, title="intermediate").verdict == "unknown"
    assert judge(law, hours, title="junior").verdict == "unknown"
    assert one(judge(law, hours)).facts == ("member", "title")


# ---- conditions -----------------------------------------------------------------------------------

CONDITIONS = [
    ("{site: urban}", {"site": "urban"}, True),
    ("{site: [urban, county]}", {"site": "county"}, True),
    ("{site: urban}", {}, False),  # absent: no
    ("{title: senior}", {"title": "full_senior"}, True),
    ("{title: {at_least: intermediate}}", {"title": "junior"}, False),
    ("{title: {at_least: intermediate, below: full_senior}}", {"title": "deputy_senior"}, True),
    ("{title: {above: intermediate}}", {"title": "intermediate"}, False),
    ("{title: {up_to: intermediate}}", {}, None),
    ("{years_served: 3}", {"years_served": 3}, True),
    ("{years_served: {at_least: 2.5}}", {"years_served": Decimal("2.4")}, False),
    ("{years_served: {at_least: 2}}", {}, None),
    ("{born: {by: 1967-12-31}}", {"born": date(1967, 12, 31)}, True),
    ("{born: {before: 1967-12-31}}", {"born": date(1967, 12, 31)}, False),
    ("{born: {after: 1967-12-31}}", {"born": date(1968, 1, 1)}, True),
    ("{born: {since: 1967-12-31}}", {}, None),
    ("{left_on: {by: 2019-01-01}}", {}, False),  # known to be none
    ("{member: true}", {"member": True}, True),
    ("{member: false}", {"member": True}, False),
    ("{member: true}", {}, None),
    ("{on_leave: false}", {}, True),
    ("{moved: {in: year}}", {"moved": [date(2018, 1, 1), date(2020, 1, 1)]}, True),
    ("{moved: {in: year}}", {"moved": date(2021, 1, 1)}, False),
    ("{moved: {since: 2018-01-02}}", {"moved": date(2018, 1, 1)}, False),
    ("{first_hired: {by: 2018-01-02}}", {}, None),
    ("{member: true, site: urban}", {"site": "county"}, False),
    ("{member: true, site: urban}", {"site": "urban"}, None),
    ("{any: [{member: true}, {site: urban}]}", {"site": "urban"}, True),
    ("{any: [{member: true}, {site: urban}]}", {}, None),
    ("{any: [{site: county}, {site: urban}]}", {}, False),
    ("{not: {member: true}}", {}, None),
    ("{not: {site: urban}}", {}, True),
]


@pytest.mark.parametrize(("condition", "facts", "holds"), CONDITIONS)
def test_conditions_hold_or_not_or_cannot_be_told(condition: str, facts: dict[str, object], holds: bool | None) -> None:
    law = book(year("30", f"when: {condition}"))
    expected = {True: "fail", False: "nothing_owed", None: "unknown"}[holds]
    assert judge(law, **facts).verdict == expected


FILTERS = [
    ("{delivery: online}", {"delivery": ("online", "face_to_face")}, True),
    ("{delivery: online}", {}, False),
    ("{passed: true}", {}, False),
    ("{passed: false}", {}, True),
    ("{size: {at_least: 10}}", {"size": 9}, False),
    ("{size: {at_least: 10}}", {"size": 10}, True),
    ("{size: {at_least: 10}}", {}, False),
    ("{held: {since: 2020-01-01}}", {"held": date(2020, 1, 1)}, True),
    ("{held: {since: 2020-01-01}}", {}, False),
    ("{organiser: {at_least: county}}", {}, False),
    ("{not: {organiser: {at_least: provincial}}}", {"organiser": "municipal"}, True),
]


@pytest.mark.parametrize(("of", "says", "holds"), FILTERS)
def test_a_mark_that_an_entry_does_not_carry_is_no(of: str, says: dict[str, object], holds: bool) -> None:
    law = book(year("30", f"of: {of}"))
    assert judge(law, entry(2020, "30", **says)).passed is holds


# ---- consequences, and what is refused --------------------------------------------------------------


def test_consequences_follow_only_from_a_failure() -> None:
    law = book(
        year("30"),
        provision("c", "consequence: {if_unmet: annual, effect: bar_qualified, on: [年度考核], in_principle: true}"),
        provision("d", "consequence: {if_unmet: title_review, effect: block, on: 职称评审}"),
        provision("e", "consequence: {if_unmet: annual, effect: condition, on: x, unless: {member: true}}"),
    )
    effects = judge(law).effects
    assert [(e.provision, e.in_principle, e.lifted) for e in effects] == [
        ("c", True, False),
        ("e", False, False),  # nobody knows of an excuse, so there is none
    ]
    assert [e.lifted for e in judge(law, member=True).effects] == [False, True]
    assert judge(law, entry(2020, "30")).effects == ()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"titel": "junior"}, "'titel' is no fact. Did you mean 'title'?"),
        ({"title": "juniior"}, "'juniior' is not a value of 'title', which is a word. Did you mean 'junior'?"),
        ({"title": {"juniior": date(2020, 1, 1)}}, "is not a value of 'title'"),
        ({"member": "yes"}, "'yes' is not a value of 'member'"),
        ({"born": "1967"}, "'1967' is not a value of 'born'"),
        ({"moved": "2020"}, "'2020' is not a value of 'moved'"),
        ({"years_served": True}, "True is not a value of 'years_served'"),
        ({"target": "professor"}, "'professor' is not a value of 'target'"),
    ],
)
def test_a_misspelt_fact_is_not_a_missing_one(facts: dict[str, object], said: str) -> None:
    with pytest.raises(NotAWord) as refusal:
        judge(book(year()), **facts)
    assert said in str(refusal.value)


def test_what_cannot_be_asked_or_entered() -> None:
    law = book(year())
    with pytest.raises(NotAPurpose):
        judge(law, purpose="holiday")
    with pytest.raises(NotAWord, match="'kinds' is no mark of an entry"):
        judge(law, entry(2020, "1", kinds="course"))
    with pytest.raises(ValueError, match="the same id"):
        judge(law, entry(2020, "1", "a"), entry(2019, "1", "a"))
    with pytest.raises(ValueError, match="less than nothing"):
        entry(2020, "-1")
    with pytest.raises(ValueError, match="not a whole number of 1/1800"):
        judge(law, entry(2020, "0.0001"))


def test_an_answer_can_be_frozen_as_json() -> None:
    found = judge(CHONGQING, entry(2020, None, "a", kind="public_topic", passed=True))
    plain = found.plain()
    assert plain["verdict"] == "fail"
    assert plain["digest"] == CHONGQING.digest
    assert plain["refused"] == [
        {"entry": "a", "provision": "verified-slip", "article": "四（三）", "lacks": ["verified"]}
    ]
    (finding,) = plain["findings"]  # type: ignore[misc]
    assert (finding["missing"], finding["years"]) == ("20", [2020])  # type: ignore[index]


# ---- the rulebook ---------------------------------------------------------------------------------


def test_a_provision_is_found_by_id_and_day() -> None:
    law = book(
        provision("year", "demand: {at_least: 20}", "until: 2018-12-31"),
        provision("year", "demand: {at_least: 30}", "since: 2020-01-01"),
    )
    assert law.provision("year").since == date(2020, 1, 1)
    assert law.provision("year", date(2018, 12, 31)).until == date(2018, 12, 31)
    assert len(law.wordings("year")) == 2
    with pytest.raises(KeyError):
        law.provision("year", date(2019, 6, 1))
    with pytest.raises(KeyError):
        law.provision("nothing")


def test_a_chapter_about_one_category_is_silent_about_the_other() -> None:
    on = date(2026, 5, 1)
    assert CHONGQING.fee(on, "professional") is None
    assert CHONGQING.routes("professional", on) == ()
    assert CHONGQING.award("course", on) is None
    assert CHONGQING.document("medal", on) is None
    law = CHONGQING.document("score_slip", on)
    assert law is not None
    assert law.name == "成绩合格单"
    with pytest.raises(Silent):
        CHONGQING.route_for("professional", {"affiliation": "other"}, on)
    with pytest.raises(Undecided, match="cannot be told without affiliation"):
        CHONGQING.route_for("public", {}, on)
    with pytest.raises(NotAWord):
        CHONGQING.route_for("public", {"affiliation": "county"}, on)


def test_the_exam_is_put_together_sentence_by_sentence(rulebook: Rulebook) -> None:
    exam = rulebook.exam(date(2020, 1, 1))
    assert exam is not None
    assert (exam.attempts, exam.pass_mark, exam.provision) == (None, 60, "mark")
    assert exam.said_by == {"pass_mark": "mark", "practice": "mock"}
    assert rulebook.exam(date(2020, 1, 1), "professional") is None
    contact = rulebook.contacts(date(2020, 1, 1))
    assert contact == ()
    assert rulebook.words.term("actors", "learner") == "学员本人"


@pytest.fixture
def rulebook() -> Rulebook:
    """An exam in two sentences, for the public subject."""
    return book(
        provision("mark", "exam: {of: {category: public}, pass_mark: 60}"),
        provision("mock", "exam: {of: {category: public}, practice: unlimited}"),
    )
