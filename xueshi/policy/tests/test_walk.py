"""What the wider vocabulary makes of one person, on an invented instrument; the answers are worked out by hand."""

# ruff: noqa: E501  a provision is one line, as in a file of law

from datetime import date
from decimal import Decimal

import pytest

from xueshi.policy.assess import assess
from xueshi.policy.checking import Contradiction, NotAWord
from xueshi.policy.facts import Asked, Entry, Facts
from xueshi.policy.findings import Assessment, Finding
from xueshi.policy.load import NotUnderstood
from xueshi.policy.tests.invented import HEADER, book, entry, judge, provision, year

PUBLIC = {"category": "public"}
PROFESSIONAL = {"category": "professional"}


def one(found: Assessment, id: str = "year", at: int | None = None) -> Finding:
    finding = found.finding(id, at)
    assert finding is not None
    return finding


def state(found: Assessment, id: str = "year", at: int | None = None) -> tuple[str, str, str]:
    """(outcome, have, missing)."""
    finding = one(found, id, at)
    return str(finding.outcome), str(finding.have), str(finding.missing)


# ---- kinds of demand ------------------------------------------------------------------------------


def test_either_branch_will_do_and_the_cheaper_one_is_named() -> None:
    law = book(
        provision(
            "either",
            "demand: {any_of: [{name: hours, at_least: 90}, {name: papers, courses: 2, of: {theme: ethics}}]}",
        )
    )
    short = one(judge(law, entry(2020, "40")), "either")
    assert (short.branch, short.missing, short.unit) == ("hours", 50, "hours")
    papers = judge(law, entry(2020, "1", id="a", theme="ethics"), entry(2020, "1", id="b", theme="ethics"))
    assert papers.passed
    assert one(papers, "either").branch == "papers"


def test_a_branch_may_have_its_own_window() -> None:
    law = book(
        provision(
            "either",
            "demand: {any_of: [{name: this year, at_least: 60}, {name: three years, at_least: 120, over: {last: 3}}]}",
        )
    )
    assert judge(law, entry(2018, "50"), entry(2019, "50"), entry(2020, "20")).passed
    assert one(judge(law, entry(2019, "50"), entry(2020, "20")), "either").missing == 40


def test_all_branches_or_at_least_so_many_of_them() -> None:
    ways = "[{name: a, at_least: 10, of: {theme: ethics}}, {name: b, at_least: 20, of: {theme: safety}}, {name: c, at_least: 5, of: {delivery: online}}]"
    every = book(provision("all", f"demand: {{all_of: {ways}}}"))
    found = judge(every, entry(2020, "10", theme="ethics"))
    assert state(found, "all") == ("unmet", "10", "25")
    two = book(provision("two", f"demand: {{some_of: {{at_least: 2, demands: {ways}}}}}"))
    assert state(judge(two, entry(2020, "10", theme="ethics")), "two") == ("unmet", "10", "5")
    assert judge(two, entry(2020, "10", theme="ethics"), entry(2020, "5", delivery="online")).passed


def test_a_relief_lowers_the_hours_of_every_branch() -> None:
    law = book(
        provision("either", "demand: {any_of: [{name: a, at_least: 90}, {name: b, courses: 4}]}"),
        provision("third", "relief: {gives: {times: 1/3}}"),
    )
    found = one(judge(law, entry(2020, "30")), "either")
    assert (str(found.outcome), found.need, found.relief) == ("reduced", 30, ("third",))


def test_branches_may_hold_branches_and_conditions() -> None:
    law = book(
        provision(
            "either",
            "demand: {any_of: [{name: member, holds: {member: true}}, "
            "{name: work, all_of: [{name: x, at_least: 10, of: {theme: ethics}}, {name: y, at_least: 10}]}]}",
        )
    )
    assert judge(law, member=True).passed
    found = one(judge(law, entry(2020, "10", theme="safety"), member=False), "either")
    assert (str(found.outcome), found.branch, found.missing) == ("unmet", "work", 10)
    assert str(judge(law).verdict) == "unknown"


def test_each_named_course_is_wanted_once_and_the_missing_are_named() -> None:
    law = book(provision("both", "demand: {one_of_each: {theme: [ethics, safety]}}"))
    found = one(judge(law, entry(2020, "3", id="a", theme="ethics"), entry(2020, "3", id="b", theme="ethics")), "both")
    assert (found.have, found.need, found.lacking) == (1, 2, ("safety",))
    assert judge(law, entry(2020, "1", theme="ethics"), entry(2020, "1", theme="safety")).passed


def test_a_condition_may_be_owed() -> None:
    law = book(provision("card", "demand: {holds: {member: true}}"))
    assert judge(law, member=True).passed
    without = one(judge(law, member=False), "card")
    assert (str(without.outcome), without.lacking, without.unit) == ("unmet", ("member",), "condition")
    assert one(judge(law), "card").facts == ("member",)


def test_hours_in_one_subject_are_not_added_to_those_of_another() -> None:
    law = book(provision("same", "demand: {at_least: 30, same: subject}"))
    entries = entry(2020, "20", id="a", subject="桥梁"), entry(2020, "20", id="b", subject="隧道"), entry(2020, "90")
    found = one(judge(law, *entries), "same")
    assert (found.have, found.missing, found.branch) == (20, 10, "桥梁")
    assert judge(law, *entries, entry(2020, "10", id="c", subject="隧道")).passed
    assert one(judge(law), "same").have == 0
    twice = book(provision("same", "demand: {courses: 2, same: subject}"))
    assert not judge(twice, *entries).passed
    assert judge(twice, *entries, entry(2020, "10", id="c", subject="隧道")).passed


def test_some_kinds_of_work_reach_back_further() -> None:
    law = book(provision("year", "demand: {at_least: 30, with: [{of: {theme: safety}, over: {last: 3}}]}"))
    assert judge(law, entry(2018, "30", theme="safety")).passed
    assert not judge(law, entry(2017, "30", theme="safety")).passed
    assert not judge(law, entry(2018, "30", theme="ethics")).passed


# ---- amounts --------------------------------------------------------------------------------------


def test_a_share_of_what_is_required_is_taken_before_relief() -> None:
    law = book(
        year("90"),
        provision("public", "demand: {at_least: {share: 1/3, of: required}, of: {category: public}, within: year}"),
        provision("half", "relief: {gives: {times: 1/2}, of: [year]}"),
    )
    found = judge(law, entry(2020, "45", **PROFESSIONAL))
    assert state(found, "year") == ("reduced", "45", "0")
    assert state(found, "public") == ("unmet", "0", "30")


def test_a_share_of_what_is_accumulated_grows_with_what_is_added() -> None:
    law = book(
        year("90"),
        provision(
            "most", "demand: {at_least: {share: 2/3, of: accumulated}, of: {category: professional}, within: year}"
        ),
    )
    found = judge(law, entry(2020, "60", **PUBLIC), entry(2020, "60", **PROFESSIONAL))
    assert state(found, "most") == ("unmet", "60", "60")  # 120 of 180 is two thirds; 80 of 120 would not be enough
    more = judge(law, entry(2020, "60", **PUBLIC), entry(2020, "120", **PROFESSIONAL))
    assert more.passed


def test_a_share_of_a_whole_that_is_not_owed_is_not_owed() -> None:
    law = book(
        year("90"),
        provision("part", "demand: {at_least: {share: 1/3, of: required}, of: {category: public}, within: year}"),
        provision("from", "owed: {from: 2021}"),
    )
    assert str(one(judge(law), "part").outcome) == "not_applicable"


@pytest.mark.parametrize(("months", "worth"), [(3, "10"), (4, "20"), (12, "20"), (13, "60")])
def test_a_table_by_a_number_takes_the_first_step_that_is_not_exceeded(months: int, worth: str) -> None:
    law = book(
        year("60"),
        provision(
            "e", "earning: {of: {theme: ethics}, gives: {by: size, steps: [{up_to: 3, is: 10}, {up_to: 12, is: 20}, {is: 60}]}}"
        ),
    )  # fmt: skip
    assert str(one(judge(law, entry(2020, theme="ethics", size=months))).have) == worth


def test_a_table_above_all_its_steps_gives_nothing_and_says_what_is_lacking() -> None:
    law = book(
        year("60"),
        provision("e", "earning: {of: {theme: ethics}, gives: {by: size, steps: [{up_to: 3, is: 10}]}}"),
    )
    assert judge(law, entry(2020, theme="ethics", size=4)).refused[0].lacks == ("size",)
    assert judge(law, entry(2020, theme="ethics")).refused[0].lacks == ("size",)


def test_a_rate_on_a_number_less_another_and_at_most_so_much() -> None:
    header = HEADER.replace("    size:", "    rested: {term: 休息天数, kind: number}\n    size:")
    law = book(
        year("60"),
        provision("e", "earning: {of: {theme: ethics}, gives: {per: size, is: 6, less: rested}, at_most: 30}"),
        header=header,
    )
    assert one(judge(law, entry(2020, theme="ethics", size=4))).have == 24
    assert one(judge(law, entry(2020, theme="ethics", size=4, rested=3))).have == 6
    assert one(judge(law, entry(2020, theme="ethics", size=4, rested=9))).have == 0
    assert one(judge(law, entry(2020, theme="ethics", size=9))).have == 30
    assert judge(law, entry(2020, theme="ethics")).refused[0].lacks == ("size",)


def test_a_sum_of_amounts_and_a_year_s_worth_of_a_demand() -> None:
    law = book(
        year("90"),
        provision("public", "demand: {at_least: {by: site, urban: 30, county: 20}, of: {category: public}, within: year}"),
        provision("deemed", "earning: {of: {theme: safety}, gives: {years: 1, of: public}, as: public, once: year}"),
        provision("both", "earning: {of: {theme: ethics}, gives: [5, {per: hours, is: 2}], as: professional}"),
    )  # fmt: skip
    found = judge(law, entry(2020, theme="safety"), entry(2020, "10", theme="ethics"), site="county")
    assert one(found, "public").have == 20
    assert one(found).have == 45
    unnamed = judge(law, entry(2020, "90"), entry(2020, theme="safety"), site="township")
    assert one(unnamed, "public").have == 30  # the most it could be: what is owed is told in the same breath


def test_what_an_entry_is_worth_may_hang_on_the_person() -> None:
    law = book(
        year("30"),
        provision("e", "earning: {of: {theme: ethics}, gives: {by: title, senior: 20, intermediate: 30}}"),
    )
    assert judge(law, entry(2020, theme="ethics"), title="intermediate").passed
    assert one(judge(law, entry(2020, theme="ethics"), title="deputy_senior")).have == 20
    assert one(judge(law, entry(2020, theme="ethics"))).facts == ("title",)


# ---- windows --------------------------------------------------------------------------------------


def test_the_years_named_are_the_years_asked() -> None:
    law = book(provision("years", "demand: {at_least: 60, over: {years: {from: 2017, to: 2019}}}"))
    assert judge(law, entry(2017, "30"), entry(2019, "30")).passed
    assert not judge(law, entry(2017, "30"), entry(2020, "30")).passed
    each = book(provision("years", "demand: {at_least: 20, over: {each_of_years: [2017, 2019]}}"))
    found = judge(each, entry(2017, "20"))
    assert [(f.years, str(f.outcome)) for f in found.findings] == [((2017,), "met"), ((2019,), "unmet")]


@pytest.mark.parametrize(
    ("asked", "have"), [(2018, "0"), (2019, "10"), (2020, "20"), (2021, "30"), (2022, "0"), (2023, "10")]
)
def test_a_cycle_begins_anew_every_three_years(asked: int, have: str) -> None:
    law = book(provision("cycle", "demand: {at_least: 90, over: {cycle: 3, from: moved}}"))
    done = [entry(y, "10") for y in (2019, 2020, 2021, 2023)]
    moved = [date(2016, 5, 1)]
    assert str(one(judge(law, *done, on=asked, moved=moved), "cycle").have) == have
    fixed = book(provision("cycle", "demand: {at_least: 90, over: {cycle: 3, from: 2016}}"))
    assert str(one(judge(fixed, *done, on=asked), "cycle").have) == have


def test_the_years_of_a_spell_are_those_since_it_began() -> None:
    law = book(provision("post", "demand: {at_least: 40, over: {spell: secondment}}"))
    done = entry(2018, "20"), entry(2019, "20"), entry(2020, "20")
    assert judge(law, *done, secondment=[(date(2019, 3, 1), None)]).passed
    assert not judge(law, *done, secondment=[(date(2020, 3, 1), None)]).passed


def test_how_many_years_may_hang_on_the_person() -> None:
    law = book(
        year("30", "for: []"),
        provision(
            "p", "purpose: {for: title_review, asks: year, over: {each_of_last: {by: target, senior: 3, intermediate: 1}}}"
        ),
    )  # fmt: skip
    done = entry(2020, "30"), entry(2019, "30")
    assert judge(law, *done, purpose="title_review", target="intermediate").passed
    assert [f.years for f in judge(law, *done, purpose="title_review", target="full_senior").findings] == [
        (2018,), (2019,), (2020,),
    ]  # fmt: skip
    assert str(judge(law, *done, purpose="title_review").verdict) == "unknown"


def test_undecided_purposes_ask_over_all_their_windows() -> None:
    law = book(
        year("30", "for: []"),
        provision("p", "purpose: {for: title_review, when: {target: senior}, asks: year, over: {each_of_last: 2}}"),
        provision("q", "purpose: {for: title_review, when: {target: junior}, asks: year}"),
    )
    found = judge(law, entry(2020, "30"), purpose="title_review")
    assert str(found.verdict) == "unknown"
    assert one(found, "year", 2019).facts == ("target",)
    assert judge(law, entry(2020, "30"), entry(2019, "30"), purpose="title_review").passed
    assert judge(law, entry(2020, "30"), purpose="title_review", target="junior").passed


# ---- years ----------------------------------------------------------------------------------------


def test_a_year_may_begin_in_july_and_bear_the_name_of_its_end() -> None:
    header = HEADER.replace("known_from: 2015", 'known_from: 2015\nyear: {starts: "07-01", named_by: end}')
    law = book(year("30"), header=header)
    late = Entry("late", date(2020, 7, 1), Decimal(30))
    assert not assess(law, Facts(), [late], Asked("annual", 2020)).passed
    assert assess(law, Facts(), [late], Asked("annual", 2021)).passed
    early = Entry("early", date(2020, 6, 30), Decimal(30))
    assert assess(law, Facts(), [early], Asked("annual", 2020)).passed


def test_a_year_may_end_with_the_month_of_birth() -> None:
    header = HEADER.replace("known_from: 2015", "known_from: 2015\nyear: {ends_with: birth_month}")
    law = book(year("30"), header=header)
    done = [Entry("x", date(2020, 4, 1), Decimal(30))]
    born_in_march = Facts.of({"born": date(1980, 3, 9)})
    assert not assess(law, born_in_march, done, Asked("annual", 2020)).passed
    assert assess(law, born_in_march, done, Asked("annual", 2021)).passed
    unsure = assess(law, Facts(), done, Asked("annual", 2020))
    assert (str(unsure.verdict), one(unsure).facts) == ("unknown", ("born",))
    later = book(year("30"), provision("o", "owed: {from: 2021}"), header=header)
    assert str(assess(later, Facts(), done, Asked("annual", 2020)).verdict) == "nothing_owed"


# ---- making up, once, spread ----------------------------------------------------------------------


def test_a_past_year_is_made_up_only_where_and_when_a_sentence_says_so() -> None:
    law = book(
        year("30"),
        provision("m", "make_up: {years: {from: 2017, to: 2019}, of: {category: public}, done: {to: 2020-12-25}}"),
    )

    def made_up(on: date, for_year: int, **says: object) -> Assessment:
        done = Entry("x", on, Decimal(30), says, for_year)
        return assess(law, Facts(), [done], Asked("annual", for_year))

    assert made_up(date(2020, 12, 25), 2018, **PUBLIC).passed
    late = made_up(date(2020, 12, 26), 2018, **PUBLIC)
    assert (late.refused[0].provision, late.refused[0].lacks) == ("m", ("done",))
    assert made_up(date(2020, 5, 1), 2016, **PUBLIC).refused[0].lacks == ("for_year",)
    assert made_up(date(2020, 5, 1), 2018, **PROFESSIONAL).refused[0].provision == ""


def test_what_is_done_once_may_serve_several_years() -> None:
    spread = book(year("10"), provision("s", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, split: 3}"))
    done = entry(2018, "20", theme="ethics")
    assert [str(one(judge(spread, done, on=y)).have) for y in (2018, 2019, 2020, 2021)] == [
        "6.6666", "6.6666", "6.6666", "0",
    ]  # fmt: skip
    valid = book(year("10"), provision("v", "earning: {of: {theme: ethics}, gives: 10, valid: 2}"))
    assert [judge(valid, done, on=y).passed for y in (2017, 2018, 2019, 2020)] == [False, True, True, False]
    sums = book(
        provision("sum", "demand: {at_least: 20, over: {last: 2}}"),
        provision("v", "earning: {of: {theme: ethics}, gives: 10, valid: 2}"),
    )
    assert one(judge(sums, done, on=2019), "sum").have == 10  # twice valid is not twice the hours


# ---- minutes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "hours"), [(44, "0.5"), (45, "1"), (89, "1.5"), (400, "2")])
def test_minutes_become_hours_up_to_the_length_and_round_down(minutes: int, hours: str) -> None:
    law = book(year("30"), provision("h", "hour: {minutes: 45, at_most: length, round_down_to: 0.5}"))
    assert str(one(judge(law, entry(2020, minutes=minutes, length=90))).have) == hours
    assert judge(law, entry(2020)).refused[0].lacks == ("hours",)


def test_the_minutes_of_an_hour_may_hang_on_the_category() -> None:
    law = book(year("30"), provision("h", "hour: {minutes: {by: category, public: 40, professional: 60}}"))
    assert one(judge(law, entry(2020, minutes=120, **PUBLIC))).have == 3
    assert one(judge(law, entry(2020, minutes=120, **PROFESSIONAL))).have == 2


# ---- ceilings -------------------------------------------------------------------------------------


def test_a_ceiling_may_be_a_share() -> None:
    required = book(
        year("90"),
        provision("c", "cap: {at_most: {share: 1/3, of: required}, of: {delivery: online}, towards: [year]}"),
    )
    assert one(judge(required, entry(2020, "50", delivery="online"))).have == 30
    accumulated = book(
        year("90"),
        provision("c", "cap: {at_most: {share: 1/3, of: accumulated}, of: {delivery: online}, towards: [year]}"),
    )
    found = one(judge(accumulated, entry(2020, "50", delivery="online"), entry(2020, "20", delivery="face_to_face")))
    assert found.have == 30  # ten online beside twenty others is a third


def test_a_ceiling_may_stand_for_each_year_of_a_longer_window() -> None:
    law = book(
        provision("three", "demand: {at_least: 60, over: {last: 3}}"),
        provision("c", "cap: {at_most: 10, of: {delivery: online}, towards: [three], per: year}"),
    )
    assert (
        one(judge(law, entry(2019, "50", delivery="online"), entry(2020, "5", delivery="online")), "three").have == 15
    )


SHARED = (
    provision("public", "demand: {at_least: 20, of: {category: public}}"),
    provision("professional", "demand: {at_least: 20, of: {category: professional}}"),
    provision("c", "cap: {at_most: 25, of: {delivery: online}, towards: [public, professional], shared: true}"),
)


def test_a_shared_ceiling_lets_hours_go_first_where_they_are_missing() -> None:
    law = book(*SHARED)
    online = entry(2020, "20", delivery="online", **PUBLIC), entry(2020, "20", delivery="online", **PROFESSIONAL)
    found = judge(law, *online)
    assert (one(found, "public").have, one(found, "professional").have) == (20, 5)
    helped = judge(law, *online, entry(2020, "15", delivery="face_to_face", **PUBLIC))
    assert helped.passed
    assert (one(helped, "public").have, one(helped, "professional").have) == (20, 20)


def test_what_is_left_of_a_shared_ceiling_goes_to_the_first() -> None:
    law = book(*SHARED)
    found = judge(law, entry(2020, "40", delivery="online", **PUBLIC))
    assert (one(found, "public").have, one(found, "professional").have) == (25, 0)


# ---- an hour to one of two parts ------------------------------------------------------------------

EITHER = (
    year("60"),
    provision("public", "demand: {at_least: 20, of: {category: public}, within: year}"),
    provision("professional", "demand: {at_least: 40, of: {category: professional}, within: year}"),
    provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, as: [public, professional]}"),
)


def test_an_hour_goes_to_the_part_where_it_is_missing_and_to_one_only() -> None:
    law = book(*EITHER)
    found = judge(law, entry(2020, "30", theme="ethics"), entry(2020, "30", **PROFESSIONAL))
    assert found.passed
    assert [str(one(found, id).have) for id in ("year", "public", "professional")] == ["60", "20", "40"]
    short = judge(law, entry(2020, "15", theme="ethics"), entry(2020, "35", **PROFESSIONAL))
    assert [str(one(short, id).missing) for id in ("year", "public", "professional")] == ["10", "5", "5"]
    plenty = judge(law, entry(2020, "90", theme="ethics"))
    assert [str(one(plenty, id).have) for id in ("year", "public", "professional")] == ["90", "50", "40"]
    assert plenty.lines[0].category == "public|professional"


# ---- surplus and shortfall ------------------------------------------------------------------------


def test_a_surplus_serves_the_next_year_once_and_at_most_so_much() -> None:
    law = book(year("30"), provision("c", "carry: {surplus_of: year, at_most: 5}"))
    done = entry(2018, "50"), entry(2019, "26"), entry(2020, "29")
    assert state(judge(law, *done, on=2019)) == ("met", "30", "0")
    assert one(judge(law, *done, on=2019)).carried == 4
    assert state(judge(law, *done, on=2020)) == ("unmet", "29", "1")  # the fifth hour lived one year only


def test_a_surplus_of_one_kind_may_live_longer() -> None:
    law = book(
        year("30"),
        provision("c", "carry: {surplus_of: year, of: {category: professional}, lives: 2}"),
    )
    done = entry(2018, "25", **PUBLIC), entry(2018, "15", **PROFESSIONAL), entry(2019, "26"), entry(2020, "24")
    assert judge(law, *done, on=2019).passed
    assert judge(law, *done, on=2020).passed  # ten were left over: four for 2019, six for 2020
    assert not judge(law, *done, entry(2021, "29"), on=2021).passed
    public = entry(2018, "60", **PUBLIC)
    assert not judge(law, public, on=2019).passed


def test_nothing_is_carried_from_a_year_that_was_not_owed() -> None:
    law = book(year("30"), provision("c", "carry: {surplus_of: year}"), provision("o", "owed: {from: 2020}"))
    assert not judge(law, entry(2019, "90"), on=2020).passed


def test_a_shortfall_of_one_part_may_move_to_the_next_year() -> None:
    law = book(
        provision("public", "demand: {at_least: 30, of: {category: public}}"),
        provision("professional", "demand: {at_least: 60, of: {category: professional}}"),
        provision("d", "relief: {when: {on_leave: true}, gives: deferred, of: [professional]}"),
    )
    leave = {"on_leave": ((date(2015, 1, 1), False), (date(2019, 1, 1), True), (date(2020, 1, 1), False))}
    now = judge(law, entry(2019, "40", **PROFESSIONAL), on=2019, **leave)
    assert state(now, "professional") == ("waived", "40", "0")
    assert one(now, "professional").moved_out == 20
    assert state(now, "public") == ("unmet", "0", "30")
    after = judge(law, entry(2019, "40", **PROFESSIONAL), entry(2020, "60", **PROFESSIONAL), on=2020, **leave)
    assert state(after, "professional") == ("unmet", "60", "20")
    assert (one(after, "professional").need, one(after, "professional").moved_in) == (80, 20)
    whole = judge(law, entry(2019, "60", **PROFESSIONAL), on=2020, **leave)
    assert one(whole, "professional").need == 60


def test_a_deferral_is_for_hours_of_years_that_are_owed_and_encoded() -> None:
    law = book(provision("two", "demand: {courses: 2}"), year("30"), provision("d", "relief: {gives: deferred}"))
    assert state(judge(law, on=2015), "two") == ("unmet", "0", "2")
    assert one(judge(law, on=2015)).need == 30
    assert one(judge(law, on=2017)).need == 90  # nothing was done in three years


# ---- the exam -------------------------------------------------------------------------------------


def test_whoever_need_not_sit_the_exam_must_still_study() -> None:
    law = book(
        year("30"),
        provision("c", "counts: {only: {passed: true, verified: true}}"),
        provision("n", "relief: {when: {born: {by: 1967-12-31}}, gives: no_exam, of: [year]}"),
    )
    sat_not = entry(2020, "30", verified=True)
    older = judge(law, sat_not, born=date(1967, 12, 31))
    assert older.passed
    assert one(older).relief == ("n",)
    assert judge(law, sat_not, born=date(1968, 1, 1)).refused[0].lacks == ("passed",)
    assert judge(law, entry(2020, "30"), born=date(1960, 1, 1)).refused[0].lacks == ("verified",)
    assert one(judge(law, sat_not)).facts == ("born",)
    assert one(judge(law, born=date(1960, 1, 1))).relief == ()


def test_an_exam_forgiven_for_one_demand_is_not_forgiven_for_another() -> None:
    law = book(
        year("30"),
        provision("ethics", "demand: {at_least: 5, of: {theme: ethics}}"),
        provision("c", "counts: {only: {passed: true}}"),
        provision("n", "relief: {in: annual, gives: no_exam, of: [ethics]}"),
    )
    found = judge(law, entry(2020, "5", theme="ethics"), entry(2020, "25", theme="safety"))
    assert (one(found, "ethics").have, one(found).have) == (5, 5)


# ---- definitions, spells, names, matching ---------------------------------------------------------


def test_a_defined_word_is_decided_by_the_first_row_that_holds() -> None:
    header = HEADER + (
        "definitions:\n"
        "  grade: [{is: old, when: {born: {by: 1970-12-31}}}, {is: young, when: {born: {after: 1970-12-31}}}]\n"
        "  seniority: {full_years_since: moved}\n"
    )
    law = book(year("{by: grade, old: 10, young: 30}"), header=header)
    assert judge(law, entry(2020, "10"), born=date(1970, 12, 31)).passed
    assert not judge(law, entry(2020, "10"), born=date(1971, 1, 1)).passed
    assert one(judge(law, entry(2020, "10"))).facts == ("born",)
    served = book(year("{by: seniority, steps: [{up_to: 4, is: 10}, {is: 30}]}"), header=header)
    assert judge(served, entry(2020, "10"), moved=[date(2016, 1, 1)]).passed
    assert not judge(served, entry(2020, "10"), moved=[date(2015, 12, 31)]).passed
    assert one(judge(served, entry(2020, "10"), moved=[date(2015, 12, 31)])).need == 30


@pytest.mark.parametrize(
    ("spell", "passes"),
    [
        ([(date(2020, 1, 1), date(2020, 3, 31))], True),
        ([(date(2020, 1, 1), date(2020, 3, 30))], False),
        ([(date(2020, 1, 15), date(2020, 4, 14))], True),
        ([(date(2020, 1, 15), date(2020, 4, 13))], False),
        ([(date(2019, 7, 1), date(2020, 2, 28)), (date(2020, 12, 2), None)], False),
        ([(date(2019, 7, 1), date(2020, 2, 29)), (date(2020, 12, 1), None)], True),
        ([(date(2019, 1, 1), None)], True),
        ([], False),
    ],
)
def test_a_spell_counts_by_the_days_it_shares_with_the_year(spell: list, passes: bool) -> None:
    law = book(year("30"), provision("w", "relief: {when: {secondment: {months: {at_least: 3}}}, gives: waived}"))
    assert judge(law, secondment=spell).passed is passes


def test_a_spell_may_be_asked_for_by_a_single_day() -> None:
    law = book(year("30"), provision("w", "relief: {when: {secondment: {in: year}}, gives: waived}"))
    assert judge(law, secondment=[(date(2020, 12, 31), None)]).passed
    assert not judge(law, secondment=[(date(2018, 1, 1), date(2019, 12, 31))]).passed


def test_a_subject_must_match_the_one_applied_for_where_both_are_named() -> None:
    law = book(year("30"), provision("m", "counts: {of: {says: subject}, only: {matching: subject}}"))

    def applied(asked_for: str | None, **says: object) -> bool:
        asked = Asked("annual", 2020, marks={} if asked_for is None else {"subject": asked_for})
        return assess(law, Facts(), [entry(2020, "30", **says)], asked).passed

    assert applied("桥梁", subject="桥梁")
    assert not applied("桥梁", subject="隧道")
    assert applied("桥梁")
    assert applied(None, subject="隧道")


# ---- who is bound, which years --------------------------------------------------------------------


def test_whoever_is_not_bound_is_told_where_to_look() -> None:
    header = HEADER + "binds: {not: {member: true}}\nsee: the members' own rules\n"
    law = book(year("30"), header=header)
    free = judge(law, member=True)
    assert (str(free.verdict), free.bound, free.see, free.findings) == (
        "nothing_owed",
        False,
        "the members' own rules",
        (),
    )
    assert str(judge(law, member=False).verdict) == "fail"
    unsure = judge(law)
    assert (str(unsure.verdict), one(unsure).facts) == ("unknown", ("member",))


def test_a_year_outside_those_encoded_is_not_answered() -> None:
    law = book(year("30"), header=HEADER.replace("known_from: 2015", "known_from: 2015\nknown_to: 2020"))
    assert judge(law, entry(2020, "30")).passed
    for other in (2014, 2021):
        found = judge(law, entry(other, "90"), on=other)
        assert (str(found.verdict), found.unencoded) == ("unknown", True)


# ---- facts that cannot be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"title": {"junior": date(2015, 1, 1), "intermediate": date(2015, 1, 1)}}, "'intermediate' and 'junior' at once"),
        ({"title": ["junior", "intermediate"]}, "cannot be 'intermediate' and 'junior' at once"),
        ({"born": date(2021, 1, 1)}, "born on 2021-01-01, after the end of the year that is judged (2020-12-31)"),
        ({"born": date(1990, 1, 1), "moved": [date(1989, 12, 31)]}, "'moved' on 1989-12-31, before the person was born"),
        ({"secondment": [(date(2020, 5, 1), date(2020, 4, 1))]}, "a spell ends before it begins"),
        ({"secondment": [(date(2020, 1, 1), None), (date(2020, 4, 1), None)]}, "two overlap"),
    ],
)  # fmt: skip
def test_facts_that_contradict_each_other_decide_nothing(facts: dict, said: str) -> None:
    with pytest.raises(Contradiction) as refusal:
        judge(book(year()), **facts)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"years_served": -1}, "-1 is not a value of 'years_served', which is a number"),
        ({"years_served": "many"}, "'many' is not a value"),
        ({"member": "yes"}, "which is a flag"),
        ({"site": 5}, "which is a word"),
        ({"member": ((date(2020, 1, 1), "yes"),)}, "which is a flag"),
        ({"secondment": date(2020, 1, 1)}, "which is a spell"),
        ({"secondment": (date(2020, 1, 1),)}, "a spell"),
        ({"secondment": ((date(2020, 1, 1), "x"),)}, "a spell"),
        ({"born": "1990"}, "which is a date"),
        ({"sitee": "urban"}, "Did you mean 'site'?"),
    ],
)
def test_facts_that_do_not_fit_their_word_are_refused(facts: dict, said: str) -> None:
    with pytest.raises((NotAWord, Contradiction)) as refusal:
        judge(book(year()), **facts)
    assert said in str(refusal.value)


def test_a_word_may_end_and_a_flag_may_change() -> None:
    law = book(year("{by: site, urban: 30, otherwise: 10}"))
    left = {"site": ((date(2018, 1, 1), "urban"), (date(2020, 6, 1), ""))}
    assert one(judge(law, on=2019, **left)).need == 30
    assert one(judge(law, on=2020, **left)).need == 10
    assert one(judge(law, on=2017, **left)).need == 10


def test_forgiving_an_exam_does_not_forgive_a_subject_that_does_not_match() -> None:
    law = book(
        year("30"),
        provision("m", "counts: {of: {says: subject}, only: {matching: subject, passed: true}}"),
        provision("n", "relief: {gives: no_exam}"),
    )

    def refused(**says: object) -> list[tuple[str, ...]]:
        asked = Asked("annual", 2020, marks={"subject": "桥梁"})
        return [one.lacks for one in assess(law, Facts(), [entry(2020, "30", **says)], asked).refused]

    assert refused(subject="隧道", passed=True) == [("subject",)]
    assert refused(subject="隧道") == [("subject",)]
    assert refused(subject="桥梁") == []


def test_a_table_without_a_row_for_what_is_known_cannot_tell() -> None:
    header = HEADER + "definitions:\n  grade: [{is: old, when: {born: {by: 1970-12-31}}}]\n"
    law = book(year("{by: grade, old: 10}"), header=header)
    found = judge(law, born=date(1980, 1, 1))
    assert (str(found.verdict), one(found).facts) == ("unknown", ("grade",))
    assert judge(law, entry(2020, "10"), born=date(1980, 1, 1)).passed


def test_a_sum_of_yearly_needs_with_an_open_beginning_is_told_only_where_both_ends_agree() -> None:
    law = book(
        year("30", "for: []"),
        provision("p", "purpose: {for: title_review, asks: year, over: {since: title_obtained}}"),
    )
    early = [entry(y, "40") for y in range(2015, 2020)]
    late = entry(2020, "30")

    def verdict(*entries: Entry, **facts: object) -> str:
        return str(judge(law, *entries, purpose="title_review", **facts).verdict)

    assert verdict(*early, late) == "pass"
    assert verdict(*early) == "unknown"  # enough in six years, nothing in the last
    assert verdict(late) == "unknown"  # enough for one year, not for six
    assert verdict(*early, title_obtained=[date(2015, 1, 1)]) == "pass"
    assert verdict(*early, title_obtained=[date(2020, 1, 1)]) == "fail"


POOLED = "earning: {of: {kind: elective_course}, gives: {per: hours, is: 1}, as: [public, professional]}"


def parts(more: str = "") -> tuple[str, str]:
    return (
        provision("public", f"demand: {{at_least: 20, of: {{category: public}}{more}}}"),
        provision("professional", f"demand: {{at_least: 20, of: {{category: professional}}{more}}}"),
    )


def elective(hours: str, id: str, **says: object) -> Entry:
    return entry(2020, hours, id, kind="elective_course", **says)


def test_hours_that_may_go_to_two_parts_share_their_ceiling_too() -> None:
    shared = "cap: {at_most: 20, of: {delivery: online}, towards: [public, professional], shared: true}"
    law = book(*parts(), provision("e", POOLED), provision("c", shared))
    assert judge(law, elective("20", "a", delivery="online"), entry(2020, "20", category="public")).passed
    assert judge(law, elective("20", "a", delivery="online"), elective("20", "b")).passed
    assert judge(law, elective("30", "a", delivery="online"), elective("10", "b")).verdict == "fail"


def test_hours_go_where_a_need_of_several_years_is_missing_counted_once() -> None:
    law = book(*parts(", over: {last: 3}"), provision("e", POOLED))
    assert judge(law, elective("40", "a")).passed  # 20 each, not 60 to the first


def test_hours_go_where_they_are_missing_with_what_was_put_off_and_what_was_carried() -> None:
    put_off = provision("r", "relief: {when: {moved: {in: year}}, gives: deferred, of: [professional]}")
    law = book(*parts(), provision("e", POOLED), put_off)
    moved = {"moved": [date(2019, 5, 1)]}
    done = [entry(2019, "20", category="public"), entry(2019, "10", category="professional")]
    need = [entry(2020, "20", category="public"), elective("30", "a")]
    assert judge(law, *done, *need, **moved).passed
    carried = book(*parts(), provision("e", POOLED), provision("y", "carry: {surplus_of: public}"))
    surplus = [entry(2019, "40", category="public"), entry(2019, "20", category="professional")]
    assert judge(carried, *surplus, elective("20", "a")).passed


def test_hours_that_made_good_what_was_put_off_are_no_surplus() -> None:
    law = book(
        year("10"),
        provision("r", "relief: {when: {moved: {in: year}}, gives: deferred}"),
        provision("y", "carry: {surplus_of: year}"),
    )
    moved = {"moved": [date(2018, 5, 1)]}
    assert judge(law, entry(2019, "20"), **moved).verdict == "fail"  # ten of 2018, ten of 2019, none for 2020
    assert judge(law, entry(2019, "30"), **moved).passed


def test_what_is_only_weighed_is_not_put_off_as_well() -> None:
    law = book(
        year("10"),
        provision("r", "relief: {when: {moved: {in: year}}, gives: deferred}"),
        provision("s", "relief: {when: {moved: {in: year}}, gives: reference}"),
    )
    assert judge(law, entry(2020, "10"), moved=[date(2019, 5, 1)]).passed


def test_nothing_is_put_off_to_a_sum_of_its_own_years() -> None:
    law = book(year("10", "over: {since: moved}"), provision("r", "relief: {when: {site: township}, gives: deferred}"))
    changed = {"site": {"township": date(2015, 1, 1), "urban": date(2020, 1, 1)}}
    assert judge(law, entry(2020, "10"), moved=[date(2020, 5, 1)], **changed).passed


def test_a_surplus_of_an_earlier_year_is_counted_by_the_words_of_that_year() -> None:
    law = book(
        provision("year", "demand: {at_least: 10, of: {category: public}}", "until: 2019-12-31"),
        provision("year", "demand: {at_least: 10, of: {category: professional}}", "since: 2020-01-01"),
        provision("y", "carry: {surplus_of: year}"),
    )
    assert judge(law, entry(2019, "20", category="public")).passed
    assert judge(law, entry(2019, "20", category="professional")).verdict == "fail"


@pytest.mark.parametrize(
    "demand",
    [
        "{all_of: [{name: 甲, at_least: 10}, {name: 乙, courses: 1, of: {theme: ethics}}]}",
        "{at_least: 10, over: {last: 3}}",
        "{courses: 1}",
    ],
)
def test_what_has_no_next_year_is_not_put_off(demand: str) -> None:
    law = book(provision("year", f"demand: {demand}"), provision("r", "relief: {gives: deferred}"))
    assert judge(law).verdict == "fail"


def test_a_year_that_several_purposes_ask_for_is_judged_once() -> None:
    law = book(
        year("10", "for: []"),
        provision("p", "purpose: {for: title_review, asks: year, over: {each_of_last: 2}}"),
        provision("q", "purpose: {for: title_review, asks: year, over: {each_of_last: 2}}"),
        provision("s", "purpose: {for: title_review, asks: year, over: {each_of_last: 3}}"),
    )
    found = judge(law, purpose="title_review")
    assert sorted(one.years for one in found.findings) == [(2018,), (2019,), (2020,)]


def test_a_shared_ceiling_refuses_a_share_of_what_it_itself_adds_to() -> None:
    with pytest.raises(NotUnderstood, match="does not go with a share of the accumulated"):
        book(
            year("90"),
            provision("most", "demand: {at_least: {share: 2/3, of: accumulated}, within: year}"),
            provision("c", "cap: {at_most: 25, of: {delivery: online}, towards: [year, most], shared: true}"),
        )


def test_a_ceiling_of_this_year_leaves_earlier_years_as_they_were() -> None:
    asked = (
        year("30", "for: []"),
        provision("p", "purpose: {for: title_review, asks: year, over: {each_of_last: 2}}"),
    )
    new = provision("c", "cap: {at_most: 10, of: {delivery: online}, towards: [year]}", "since: 2020-01-01")
    done = entry(2019, "30", delivery="online"), entry(2020, "30", delivery="online")
    found = judge(book(*asked, new), *done, purpose="title_review")
    assert (one(found, "year", 2019).have, one(found, "year", 2020).have) == (30, 10)
    carried = book(year("30"), provision("c", "carry: {surplus_of: year}", "since: 2020-01-01"))
    rich = entry(2018, "60"), entry(2019, "60")
    assert [judge(carried, *rich, on=year_).passed for year_ in (2019, 2020)] == [True, True]
    assert not judge(carried, entry(2018, "60"), on=2019).passed
