"""Every kind of the vocabulary, in invented books, judged as columns and by the walk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.policy.columns.tests.test_against_the_walk import EXAMPLES, asked_of, check
from xueshi.policy.columns.tests.worlds import humans
from xueshi.policy.tests.invented import HEADER, book, provision, year
from xueshi.policy.tests.test_properties import EVERYTHING

PUBLIC = provision(
    "public", "demand: {at_least: 30, of: {category: public}, within: year, for: [annual, title_review]}"
)


def demand(id: str, what: str, more: str = "for: [annual, title_review]") -> str:
    return provision(id, f"demand: {{{what}{', ' + more if more else ''}}}")


BOOKS = {
    "windows": book(
        demand("last", "at_least: 40, over: {last: 3}"),
        demand("each", "at_least: 20, over: {each_of_last: 2}"),
        demand("years", "at_least: 30, over: {years: {from: 2016, to: 2018}}"),
        demand("each-year", "at_least: 10, over: {each_of_years: [2016, 2018]}"),
        demand("since", "at_least: 40, over: {since: title_obtained, at_most: 4}"),
        demand("each-since", "at_least: 10, over: {each_since: moved, not_before: 2016}"),
        demand("open", "at_least: 60, over: {since: first_hired}"),
        demand("cycle", "at_least: 50, over: {cycle: 3, from: first_hired}"),
        demand("rounds", "at_least: 45, over: {cycle: 2, from: 2015}"),
        demand("spell", "at_least: 15, over: {spell: secondment}"),
        demand("before", "at_least: 15, over: {last: 2, ending: previous}"),
        demand("table", "at_least: 30, over: {last: {by: title, senior: 3, junior: 1}}"),
    ),
    "purposes": book(
        year("{by: title, senior: 90, intermediate: 60, otherwise: 10}", "for: [annual]"),
        provision("public", "demand: {at_least: 30, of: {category: public}, within: year, for: []}"),
        provision(
            "a", "purpose: {for: title_review, when: {target: senior}, asks: [year, public], over: {each_of_last: 3}}"
        ),
        provision("b", "purpose: {for: title_review, when: {target: junior}, asks: [year], over: {last: 2}}"),
        provision(
            "c",
            "purpose: {for: title_review, when: {member: true}, asks: [public], over: {each_since: title_obtained}}",
        ),
        provision("d", "purpose: {for: appointment, when: {member: true}, asks: []}"),
        provision("e", "purpose: {for: appointment, when: {member: false}, asks: [year], over: {since: first_hired}}"),
        provision(
            "third",
            "relief: {in: [title_review], when: {age: {male: 50, female: 45}}, gives: {times: 1/3}, of: [year]}",
        ),
        provision("none", "relief: {in: [title_review], when: {age: {male: 55, female: 50}}, gives: waived}"),
        provision("weigh", "relief: {when: {site: township}, gives: reference}"),
        provision("done", "relief: {when: {moved: {in: year}}, gives: complete, of: [public]}"),
        provision("half", "relief: {when: {years_served: {above: 10}}, gives: {times: 1/2}}"),
    ),
    "amounts": book(
        demand(
            "steps",
            "at_least: {by: years_served, steps:"
            " [{up_to: 3, is: 10}, {up_to: 10, is: {by: title, senior: 30, junior: 20}}]}",
        ),
        demand("year", "at_least: {by: title, senior: 60, otherwise: 45}"),
        demand("share", "at_least: {share: 2/5, of: required}, of: {category: public}, within: year"),
        demand("most", "at_least: {share: 1/3, of: accumulated}, of: {category: professional}, within: year"),
        provision("third", "relief: {when: {member: true}, gives: {times: 1/3}}"),
    ),
    "conditions": book(
        year("40", "when: {any: [{born: {by: 1970-12-31}}, {site: [urban, county]}]}"),
        demand("in-year", "at_least: 5, when: {moved: {in: year}}"),
        demand("since", "at_least: 6, when: {moved: {since: 2017-03-01}}"),
        demand("by", "at_least: 7, when: {moved: {before: 2017-03-01}}"),
        demand("between", "at_least: 8, when: {title_obtained: {after: 2016-05-01, by: 2018-05-01}}"),
        demand("rank", "at_least: 9, when: {title: {at_least: intermediate}}"),
        demand("number", "at_least: 10, when: {years_served: {above: 2, up_to: 10.5}}"),
        demand("months", "at_least: 11, when: {secondment: {months: {at_least: 3}}}"),
        demand("days", "at_least: 12, when: {secondment: {days: {below: 100}}}"),
        demand("spell", "at_least: 13, when: {secondment: {in: year}}"),
        demand("not", "at_least: 14, when: {not: {member: true, site: urban}}"),
        demand("left", "at_least: 15, when: {left_on: {since: 2018-01-01}}"),
        demand("no", "at_least: 16, when: {member: false}"),
        demand("holds", "holds: {member: true, site: [urban, county]}"),
    ),
    "entries": book(
        year("30"),
        demand("names", "one_of_each: {theme: [ethics, safety]}, of: {category: public}"),
        demand("courses", "courses: 2, of: {theme: ethics}, over: {last: 2}"),
        demand("same", "at_least: 20, same: theme"),
        demand("own", "at_least: 50, of: {category: public}, with: [{of: {delivery: online}, over: {last: 3}}]"),
        provision("counts", "counts: {of: {category: public}, only: {passed: true}, when: {member: true}}"),
        provision("exam", "relief: {when: {born: {by: 1965-12-31}}, gives: no_exam}"),
        provision("window", "counts: {of: {theme: safety}, done: {from: 2016-03-01, to: 2018-10-15}}"),
        provision(
            "made-up", "make_up: {years: {from: 2016, to: 2018}, of: {category: public}, done: {from: 2017-05-01}}"
        ),
        provision("fixed", "earning: {of: {theme: ethics, passed: true}, gives: 5, as: public, once: year}"),
        provision(
            "more",
            "earning: {of: {organiser: provincial}, gives: [{per: hours, is: 2}, 3],"
            " at_most: {by: title, senior: 400, otherwise: 500}}",
        ),
        provision("years", "earning: {of: {organiser: municipal}, gives: {years: 1, of: year}, as: professional}"),
        provision("split", "earning: {of: {organiser: county, passed: true}, gives: 20, split: 3}"),
        provision("valid", "earning: {of: {delivery: face_to_face}, gives: undecided, valid: 3}"),
        provision(
            "hour", "hour: {minutes: {by: category, public: 45, professional: 50}, at_most: length, round_down_to: 0.5}"
        ),
    ),
    "worth": book(
        year("60"),
        provision("rate", "earning: {of: {theme: ethics}, gives: {per: size, is: 2, less: years_served}, split: 2}"),
        provision("mine", "earning: {of: {theme: safety}, gives: {per: years_served, is: 1.5}, at_most: 9}"),
        provision(
            "steps",
            "earning: {of: {delivery: online}, gives: [{by: size, steps: [{up_to: 5, is: 4}, {up_to: 90, is: 8}]},"
            " {by: grade, high: 3, low: 1}]}",
        ),
        provision(
            "table",
            "earning: {of: {kind: course}, gives: {by: delivery, face_to_face: {by: title, senior: 6, otherwise: 2}}}",
        ),
        provision(
            "other", "earning: {of: {category: public}, gives: {by: seniority, steps: [{up_to: 3, is: 1}, {is: 7}]}}"
        ),
        header=HEADER + "definitions:\n"
        "  grade: [{is: high, when: {title: senior}}, {is: low, when: {title: [junior, intermediate]}}]\n"
        "  seniority: {full_years_since: first_hired}\n",
    ),
    "sums": book(
        year("20"),
        provision(
            "part",
            "demand: {at_least: {share: 1/4, of: accumulated}, of: {category: public}, within: year,"
            " for: [certificate]}",
        ),
        demand("by-target", "at_least: {by: target, senior: 9, otherwise: 2}"),
        provision("p", "purpose: {for: title_review, asks: [year], over: {last: 2}}"),
        provision("q", "purpose: {for: appointment, when: {member: true}, asks: [year], over: {last: 3}}"),
        provision("r", "purpose: {for: appointment, when: {site: urban}, asks: [year], over: {last: 3}}"),
        provision("carry", "carry: {surplus_of: year}"),
        provision("old", "relief: {when: {age: {male: 55}}, gives: deferred}"),
        provision("cap", "cap: {at_most: 8, of: {theme: ethics}, towards: [year, by-target], shared: true}"),
    ),
    "lengths": book(
        provision(
            "t",
            "purpose: {for: nomination, asks: [year],"
            " over: {last: {by: years_served, steps: [{up_to: 5, is: 1}, {is: 2}]}}}",
        ),
        year("20"),
        provision("public", "demand: {at_least: 10, of: {category: public}, within: year}"),
        provision("p", "purpose: {for: title_review, asks: [year], over: {last: {by: title, senior: 3, junior: 1}}}"),
        provision("q", "purpose: {for: appointment, asks: [year], over: {cycle: 3, from: moved, ending: previous}}"),
        provision("r", "purpose: {for: registration, asks: [year], over: {since: moved, at_most: 3}}"),
        provision("s", "purpose: {for: certificate, asks: [year], over: {last: {by: site, urban: 2, otherwise: 4}}}"),
    ),
    "ceilings": book(
        year("60"),
        PUBLIC,
        demand("two", "at_least: 70, over: {last: 2}"),
        demand("safe", "at_least: 10, of: {theme: safety}"),
        provision(
            "online",
            "cap: {at_most: {by: title, junior: 10, otherwise: 30}, of: {delivery: online}, towards: [year, two]}",
        ),
        provision("safety", "cap: {at_most: 20, of: {theme: safety}, towards: [year, public], when: {member: true}}"),
        provision("yearly", "cap: {at_most: 25, of: {category: professional}, towards: [two], per: year}"),
        provision("share", "cap: {at_most: {share: 1/3, of: required}, of: {organiser: county}, towards: [year]}"),
        provision(
            "part", "cap: {at_most: {share: 1/4, of: accumulated}, of: {organiser: provincial}, towards: [public]}"
        ),
        provision("shared", "cap: {at_most: 24, of: {theme: ethics}, towards: [public, safe, year], shared: true}"),
        provision("third", "relief: {when: {site: township}, gives: {times: 1/3}}"),
    ),
    "years": book(
        year("40"),
        provision("public", "demand: {at_least: 20, of: {category: public}}"),
        provision("carry", "carry: {surplus_of: year, at_most: 15, lives: 2}"),
        provision("only", "carry: {surplus_of: public, of: {theme: ethics}}"),
        provision("moved", "relief: {when: {secondment: {months: {at_least: 2}}}, gives: deferred}"),
        provision("third", "relief: {when: {site: township}, gives: {times: 1/3}}"),
        provision("o", "owed: {when: {not: {on_leave: true}}, from: {year_of: first_hired}}"),
        provision("p", "owed: {from: {year_after: moved}, of: [public]}"),
        provision("f", "owed: {from: 2016}"),
    ),
    "branches": book(
        provision(
            "any",
            "demand: {any_of: ["
            "{name: hours, at_least: 30}, {name: courses, courses: 2, of: {theme: ethics}},"
            "{name: paper, holds: {member: true}}, {name: longer, at_least: 45, over: {last: 2}}]}",
        ),
        provision(
            "all",
            "demand: {all_of: [{name: public, at_least: 20, of: {category: public}}, {name: others, at_least: 10}]}",
        ),
        provision(
            "some",
            "demand: {some_of: {at_least: 2, demands: [{name: a, at_least: 30},"
            " {name: b, at_least: 12, of: {theme: safety}},"
            "{name: c, any_of: [{name: d, at_least: 12, of: {theme: ethics}}, {name: e, courses: 1}]}]}}",
        ),
        provision("third", "relief: {when: {site: township}, gives: {times: 1/3}}"),
        provision("none", "relief: {when: {member: false}, gives: waived, of: [some]}"),
        provision("weigh", "relief: {when: {site: county}, gives: reference}"),
        provision("moved", "relief: {when: {on_leave: true}, gives: deferred}"),
    ),
    "either": book(
        year("50"),
        PUBLIC,
        provision(
            "own", "demand: {at_least: 25, of: {category: professional}, within: year, for: [annual, title_review]}"
        ),
        provision("both", "earning: {of: {theme: ethics}, gives: undecided, as: [public, professional]}"),
        provision("cap", "cap: {at_most: 20, of: {theme: ethics}, towards: [public]}"),
        provision("third", "relief: {when: {site: township}, gives: {times: 1/3}, of: [public]}"),
    ),
    "school year": book(
        year("30"),
        demand("two", "at_least: 40, over: {last: 2}"),
        demand("since", "at_least: 10, over: {each_since: title_obtained, at_most: 3}"),
        provision("w", "relief: {when: {moved: {in: year}}, gives: waived}"),
        provision("t", "relief: {when: {age: {male: 55, female: 50}}, gives: {times: 1/2}}"),
        provision("o", "owed: {from: {year_of: first_hired}}"),
        header=HEADER.replace("known_from", "year: {starts: '07-01', named_by: end}\nknown_from"),
    ),
    "defined": book(
        year("{by: grade, old: 10, high: 80, low: 40}"),
        demand("served", "at_least: 12, when: {seniority: {at_least: 5}}"),
        demand("steps", "at_least: {by: seniority, steps: [{up_to: 2, is: 5}, {is: 15}]}"),
        demand("grade", "holds: {grade: [high, old]}"),
        header=HEADER.replace(
            "known_from", "binds: {not: {site: township}}\nsee: elsewhere\nknown_to: 2019\nknown_from"
        )
        + "definitions:\n"
        "  grade: {term: 等级, rows: [{is: old, when: {born: {by: 1962-12-31}}}, {is: high, when: {title: senior}},"
        " {is: low, when: {title: [junior, intermediate]}}]}\n"
        "  seniority: {full_years_since: first_hired}\n",
    ),
}


@pytest.mark.parametrize("name", BOOKS)
@EXAMPLES
@given(data=st.data())
def test_every_kind_of_rule_judges_a_population_as_it_judges_one(name, data) -> None:
    law = BOOKS[name]
    people = data.draw(st.lists(humans(law, 2014, 2020), min_size=1, max_size=12))
    check(law, people, data.draw(asked_of(law, 2014, 2020)), beyond=name == "entries", by_day=name == "entries")


@EXAMPLES
@given(data=st.data())
def test_days_of_entries_are_kept_where_the_law_asks_for_them(data) -> None:
    people = data.draw(st.lists(humans(EVERYTHING, 2014, 2020), min_size=1, max_size=8))
    check(EVERYTHING, people, data.draw(asked_of(EVERYTHING, 2014, 2020)), by_day=True, beyond=True)
