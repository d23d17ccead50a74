"""What the loader makes of each word of the vocabulary."""

# ruff: noqa: E501  a row of these tables is one line: what is written, and what is said about it

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from xueshi.policy import chapters, demands
from xueshi.policy.amounts import Amount, BySteps, ByWord, Fixed, Rate, Share, YearsOf
from xueshi.policy.book import Rulebook
from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.conditions import Aged, AllOf, Among, AnyOf, Happened, Lasted, Matches, Not, Says
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.load import NotUnderstood, instrument
from xueshi.policy.sight import PersonSight
from xueshi.policy.tests.invented import HEADER, WORDS, book, provision, year
from xueshi.policy.windows import Window

HOUR = 1800


def read(verb: str, *others: str, header: str = HEADER) -> object:
    """The value of one provision, in a book with the demand ``year``."""
    return book(year(), provision("x", verb), *others, header=header).provision("x").value


def amount(text: str) -> Amount | None:
    law = read(f"demand: {{at_least: {text}, within: year}}")
    assert isinstance(law, demands.Demand)
    return law.at_least


def window(text: str) -> Window:
    law = read(f"purpose: {{for: title_review, asks: year, over: {text}}}")
    assert isinstance(law, demands.Purpose)
    assert law.over is not None
    return law.over


def test_amounts_nest() -> None:
    law = book(year(), provision("x", "demand: {at_least: 3}")).words.facts
    assert amount("29.5") == Fixed(29 * HOUR + HOUR // 2)
    found = amount("{by: title, senior: {share: 2/5, of: required}, otherwise: {by: years_served, steps: [{is: 1/3}]}}")
    share = Share(Fraction(2, 5), "required")
    steps = BySteps(law["years_served"], ((None, Fixed(600)),))
    assert found == ByWord(law["title"], {"deputy_senior": share, "full_senior": share}, steps)
    assert amount("{by: years_served, steps: [{up_to: 3, is: 1}, {is: 2}]}") == BySteps(
        law["years_served"], ((Fraction(3), Fixed(HOUR)), (None, Fixed(2 * HOUR)))
    )
    cap = read("cap: {at_most: {share: 1/2, of: accumulated}, towards: [year]}")
    assert isinstance(cap, demands.Cap)
    assert cap.at_most == Share(Fraction(1, 2), "accumulated", up=False)


def test_an_earning_adds_what_stands_in_a_list() -> None:
    law = read("earning: {gives: [3, {per: size, is: 1/2, less: years_served}, {per: hours, is: 4/3}], at_most: 9}")
    assert isinstance(law, demands.Earning)
    fixed, per_size, per_hour = law.gives
    assert fixed == Fixed(3 * HOUR)
    assert isinstance(per_size, Rate)
    assert (per_size.per.name, per_size.each, per_size.less.name) == ("size", Fraction(900), "years_served")
    assert per_hour == Rate(None, Fraction(4, 3))
    assert law.at_most == Fixed(9 * HOUR)
    undecided = read("earning: {gives: undecided, as: [public, professional], split: 3}")
    assert isinstance(undecided, demands.Earning)
    assert (undecided.gives, undecided.as_, undecided.split, undecided.valid) == ((), ("public", "professional"), 3, 1)
    years = read("earning: {gives: {years: 1/2, of: year}, as: public, valid: 3}")
    assert isinstance(years, demands.Earning)
    assert (years.gives, years.valid) == ((YearsOf(Fraction(1, 2), "year"),), 3)


def test_windows() -> None:
    facts = book(year()).words.facts
    assert window("year") == Window()
    assert window("{last: 3, not_before: 2016, ending: previous}") == Window(
        each=False, last=Fixed(3), not_before=2016, previous=True
    )
    assert window("{each_of_last: {by: title, senior: 3, otherwise: 1}}") == Window(
        last=ByWord(facts["title"], {"deputy_senior": Fixed(3), "full_senior": Fixed(3)}, Fixed(1))
    )
    assert window("{years: 2017}") == Window(each=False, years=(2017,))
    assert window("{each_of_years: {from: 2017, to: 2019}}") == Window(years=(2017, 2018, 2019))
    assert window("{each_since: moved, at_most: 5}") == Window(since=facts["moved"], at_most=5)
    assert window("{cycle: 5, from: 2016}") == Window(each=False, cycle=5, cycle_from=2016)
    assert window("{cycle: 5, from: first_hired}") == Window(each=False, cycle=5, cycle_from=facts["first_hired"])
    assert window("{spell: secondment, at_most: 3}") == Window(each=False, spell=facts["secondment"], at_most=3)


def condition(text: str, verb: str = "demand", key: str = "when") -> object:
    return getattr(read(f"{verb}: {{at_least: 3, {key}: {text}}}"), key)


def test_conditions_on_a_person() -> None:
    facts = book(year()).words.facts
    assert condition("{age: {male: 55, female: 50}}") == Aged(
        facts["born"], facts["sex"], (("male", 55), ("female", 50))
    )
    assert condition("{age: 60}") == Aged(facts["born"], facts["sex"], (("male", 60), ("female", 60)))
    three = (("at_least", Fraction(3)),)
    assert condition("{secondment: {months: {at_least: 3}}}") == Lasted(facts["secondment"], "months", three)
    assert condition("{secondment: {in: year}}") == Lasted(facts["secondment"], "", ())
    assert condition("{moved: {in: year, since: 2017-03-01}}") == Happened(
        facts["moved"], (("since", date(2017, 3, 1)),), in_year=True
    )
    assert condition("[{site: urban}, {not: {site: county}}]") == AnyOf(
        (Among(facts["site"], frozenset({"urban"})), Not(Among(facts["site"], frozenset({"county"}))))
    )


def test_filters_on_entries() -> None:
    marks = book(year()).words.entries
    assert condition("{says: theme}", key="of") == Says(marks["theme"])
    assert condition("{says: [theme, subject]}", key="of") == AllOf((Says(marks["theme"]), Says(marks["subject"])))
    assert condition("{matching: subject}", key="of") == Matches(marks["subject"])
    assert condition("{subject: 给排水}", key="of") == Among(marks["subject"], frozenset({"给排水"}))


def test_an_age_needs_the_birth_and_the_sex() -> None:
    header = HEADER.replace("    born: {term: 出生日期, kind: date}\n", "")
    with pytest.raises(NotUnderstood, match=r"an age needs the fact 'born' \(a date\) in words.yaml"):
        read("demand: {at_least: 3, when: {age: 60}}", header=header)
    with pytest.raises(NotUnderstood, match="a year by the birth month needs the fact 'born'"):
        book(year(), header=header.replace("known_from", "year: {ends_with: birth_month}\nknown_from"))


def test_an_hour_needs_minutes_and_a_length() -> None:
    assert read("hour: {minutes: 45, at_most: length, round_down_to: 0.5}") == demands.Hour(Fixed(45), True, 900)
    by = "hour: {minutes: {by: category, public: 40, otherwise: {by: category, professional: 50}}}"
    found = read(by)
    assert isinstance(found, demands.Hour)
    assert isinstance(found.minutes, ByWord)
    steps = read("hour: {minutes: {by: size, steps: [{up_to: 5, is: 45}, {is: 60}]}}")
    assert isinstance(steps, demands.Hour)
    assert isinstance(steps.minutes, BySteps)
    words = replace(WORDS, entries={name: word for name, word in WORDS.entries.items() if name != "length"})
    text = f"{HEADER}provisions:\n{provision('x', 'hour: {minutes: 45}')}"
    with pytest.raises(NotUnderstood, match=r"an hour of minutes needs the mark 'length' \(a number\) in words.yaml"):
        instrument(text, words, key="cn-99/invented")


def test_demands_of_every_kind() -> None:
    marks = book(year()).words.entries
    each = read("demand: {one_of_each: {theme: [ethics, safety]}, of: {passed: true}}")
    assert isinstance(each, demands.Demand)
    assert each.each == demands.Each(marks["theme"], ("ethics", "safety"))
    assert read("demand: {one_of_each: {subject: 给排水}}").each == demands.Each(marks["subject"], ("给排水",))  # type: ignore[attr-defined]
    holds = read("demand: {holds: {member: true}, for: []}")
    assert isinstance(holds, demands.Demand)
    assert (holds.unit, holds.purposes) == ("condition", ())
    same = read("demand: {courses: 2, same: theme, with: [{of: {kind: course}, over: {last: 3}}]}")
    assert isinstance(same, demands.Demand)
    assert same.same == marks["theme"]
    assert same.reach[0].over == Window(each=False, last=Fixed(3))
    for key, enough in (("any_of", 1), ("all_of", 2)):
        law = read(f"demand: {{{key}: [{{name: a, at_least: 3, over: {{last: 2}}}}, {{name: b, courses: 1}}]}}")
        assert isinstance(law, demands.Demand)
        assert (law.enough, [branch.name for branch in law.branches], law.unit) == (enough, ["a", "b"], "branches")
    some = read(
        "demand: {within: year, some_of: {at_least: 2, demands: [{name: a, holds: {member: true}}, {name: b, courses: 1},"
        " {name: c, at_least: {by: site, urban: 1, otherwise: {by: years_served,"
        " steps: [{is: {share: 1/3, of: required}}]}}}]}}"
    )
    assert isinstance(some, demands.Demand)
    assert (some.enough, len(some.branches), some.within) == (2, 3, "year")


def test_the_rest_of_the_hour_verbs() -> None:
    more = provision("more", "demand: {at_least: 5}")
    assert read("relief: {gives: no_exam, of: [year]}") == demands.Relief("no_exam", of=("year",))
    assert read("relief: {gives: deferred}") == demands.Relief("deferred")
    assert read("relief: {gives: {times: 1/3}}") == demands.Relief("times", Fraction(1, 3))
    assert read("owed: {from: 2017, of: year}") == demands.Owed(2017, of=("year",))
    after = read("owed: {from: {year_after: moved}}")
    assert isinstance(after, demands.Owed)
    assert after.after
    assert read("make_up: {years: {from: 2017, to: 2018}, done: {to: 2022-12-25}}") == demands.MakeUp(
        (2017, 2018), done_to=date(2022, 12, 25)
    )
    assert read("make_up: {years: 2017}") == demands.MakeUp((2017,))
    cap = read("cap: {at_most: 5, towards: [year, more], shared: true}", more)
    assert isinstance(cap, demands.Cap)
    assert (cap.shared, cap.per_year) == (True, False)
    assert read("cap: {at_most: 5, towards: year, per: year}").per_year
    assert read("carry: {surplus_of: year, at_most: 5, lives: 2}") == demands.Carry("year", Fixed(5 * HOUR), lives=2)
    assert read("carry: {surplus_of: year}") == demands.Carry("year")
    late = read("counts: {of: {kind: course}, done: {from: 2022-08-29}}")
    assert isinstance(late, demands.Counts)
    assert late.done_from == date(2022, 8, 29)


# ---- the heading ------------------------------------------------------------------------------------------


def heading(more: str) -> Rulebook:
    return book(year(), header=HEADER.replace("known_from: 2015", f"known_from: 2015\n{more}"))


def test_the_heading_says_whom_it_binds_and_when_its_year_begins() -> None:
    law = heading(
        'known_to: 2020\nbinds: {not: {site: county}}\nsee: 县局的通知\nyear: {starts: "07-01", named_by: end}'
    )
    assert (law.known_from, law.known_to, law.see, law.field) == (2015, 2020, "县局的通知", "")
    assert law.calendar == Calendar(7, 1, named_by_end=True)
    assert law.binds == Not(Among(law.words.facts["site"], frozenset({"county"})))
    assert heading("field: accounting").field == "accounting"
    assert heading("year: {ends_with: birth_month}").calendar == Calendar(birth_month=True)
    plain = book(year(), header=HEADER.replace("number: 虚构〔2020〕1号\n", ""))
    assert (plain.number, plain.calendar, plain.known_to) == ("", CIVIL, None)


def test_the_days_on_which_the_law_draws_a_line() -> None:
    window = provision("w", "counts: {done: {from: 2022-08-29, to: 2022-12-25}}")
    made_up = provision("m", "make_up: {years: 2017, done: {from: 2022-01-01, to: 2022-12-31}}")
    assert book(year(), window, made_up).days == (date(2022, 8, 29), date(2022, 12, 26))
    school = HEADER.replace("known_from", 'year: {starts: "07-01", named_by: start}\nknown_from')
    assert book(year(), made_up, header=school).days == (date(2022, 1, 1), date(2023, 1, 1))


# ---- definitions ------------------------------------------------------------------------------------------

LEVEL = """
  level:
    term: 职称级别
    rows: [{is: higher, term: 高中级, when: {title: [senior, intermediate]}}, {is: junior, when: {title: junior}}]
  seniority: {term: 工龄, full_years_since: first_hired}
  older: [{is: yes, when: [{born: {by: 1967-12-31}}, {seniority: {at_least: 30}}]}, {is: no}]
"""


def defined(text: str = LEVEL) -> Rulebook:
    table = "{by: level, higher: 86, junior: 74}" if "level:" in text else "86"
    header = f"{HEADER}definitions:{text}\n"
    return book(year(table), provision("r", "relief: {when: {older: yes}, gives: waived}"), header=header)


def test_a_defined_word_is_used_like_a_fact() -> None:
    law = defined()
    level, seniority = law.words.facts["level"], law.words.facts["seniority"]
    assert (level.term, level.values, level.kind) == ("职称级别", {"higher": "高中级", "junior": "junior"}, "word")
    assert (seniority.kind, seniority.years_since) == ("number", law.words.facts["first_hired"])
    demand = law.provision("year").value
    assert isinstance(demand, demands.Demand)
    assert demand.at_least is not None
    person = PersonSight(Facts.of({"title": "intermediate"}), Asked("annual", 2020), 2020)
    assert demand.at_least.value(person) == 86 * HOUR


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n  title: [{is: a}]", "definitions, title (line LINE): 'title' is already a word; give the definition another name"),
        ("\n  theme: [{is: a}]", "definitions, theme (line LINE): 'theme' is already a word; give the definition another name"),
        ("\n  age: [{is: a}]", "definitions, age (line LINE): 'age' has a meaning of its own; give another name"),
        ("\n  older: []", "definitions, older (line LINE): [{is: higher, when: {…}}] is expected here"),
        ("\n  older: [{is: a}, {is: b}]", "definitions, older (line LINE): the row before holds for everybody, so this one is never read"),
        ("\n  older: [{when: {member: true}}]", "definitions, older (line LINE): 'is' is missing"),
        ("\n  older: {term: 年长}", "definitions, older (line LINE): exactly one of rows, full_years_since is expected here"),
        ("\n  older: {full_years_since: born}", "definitions, older, full_years_since (line LINE): 'born' is not an event."),
        ("\n  older: [{is: a, when: {younger: yes}}]", "definitions, older, when (line LINE): 'younger' is not a word of the vocabulary here."),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        defined(text)
    line = HEADER.count("\n") + 2
    assert str(refusal.value).startswith(f"invented.yaml, {said.replace('LINE', str(line))}")


# ---- words ------------------------------------------------------------------------------------------------


def test_an_instrument_adds_words_values_and_names() -> None:
    header = HEADER.replace(
        "words:\n  facts:\n",
        "words:\n  lists: {actors: {village: 村}}\n  facts:\n    affiliation: {values: {village: 村属}}\n",
    )
    law = book(year(), provision("x", "study: {evidence: timed}"), header=header)
    assert law.words.lists["actors"]["village"] == "村"
    assert law.words.lists["actors"]["learner"] == "学员本人"
    assert "village" in law.words.facts["affiliation"].values
    assert "village" not in book(year()).words.facts["affiliation"].values


# ---- chapters ---------------------------------------------------------------------------------------------


def test_the_prices() -> None:
    def price(text: str, hours: str) -> Decimal | None:
        law = read(f"fee: {{{text}}}")
        assert isinstance(law, chapters.FeeLaw)
        return law.price(Decimal(hours))

    assert price('amount: "70.00", per: person_year, basis: x', "3") == Decimal("70.00")
    assert price('per_hour: "2.50"', "30") == Decimal("75.00")
    assert price('per_hour: "0.01"', "0.5") == Decimal("0.01")
    assert [price('package: {hours: 30, price: "75.00"}', hours) for hours in ("0", "1", "30", "30.5")] == [
        Decimal(0),
        Decimal("75.00"),
        Decimal("75.00"),
        Decimal("150.00"),
    ]
    assert price("free: true, payers: [own_unit]", "30") == Decimal("0.00")
    assert price("by_schedule: municipal_hrss", "30") is None


def test_the_chapters() -> None:
    exam = read("exam: {attempts: 1, then: make_up, make_up: {by: learner, attempts: unlimited}}")
    assert isinstance(exam, chapters.ExamLaw)
    assert exam.make_up == chapters.MakeUpExam("learner")
    assert set(exam.said_by) == {"attempts", "then", "make_up"}
    twice = read("exam: {make_up: {by: learner, attempts: 2}, pass_mark: 60}")
    assert isinstance(twice, chapters.ExamLaw)
    assert (twice.make_up, twice.pass_mark) == (chapters.MakeUpExam("learner", 2), Decimal(60))
    review = read("review: {first: [own_unit, county_hrss], then: [municipal_hrss], result: 登记合格}")
    assert isinstance(review, chapters.ReviewRoute)
    assert (review.by, review.first, review.then, review.result) == (
        *("own_unit", ("own_unit", "county_hrss"), ("municipal_hrss",), "登记合格"),
    )
    way = read(
        "enrolment: {by: [own_unit], steps: [own_unit, municipal_hrss], opens: 2013-07-10, closes: 2013-07-31,"
        " collective: true, form: 登记表, activated_by: payment}"
    )
    assert isinstance(way, chapters.EnrolmentLaw)
    assert (way.step, way.steps, way.collective, way.form, way.activated_by) == (
        *("", ("own_unit", "municipal_hrss"), True, "登记表", "payment"),
    )
    assert (way.opens, way.closes) == (date(2013, 7, 10), date(2013, 7, 31))
    card = read("document: {id: card, name: 审验卡, issuer: 人社局, form: 电子, needs: [year, exam_passed], from: 网}")
    assert isinstance(card, chapters.DocumentLaw)
    assert (card.issuer, card.form, card.needs, card.origin) == ("人社局", "电子", ("year", "exam_passed"), "网")
    drawn = read(
        "oversight: {by: municipal_hrss, sample: {units: 按比例抽取, persons: {from: 5/100, to: 10/100}, round: up},"
        " sitting: closed_book, measure: 平均成绩, reduces: {quota: excellent, from: 1, to: 2}}"
    )
    assert isinstance(drawn, chapters.OversightLaw)
    assert drawn.sample == chapters.Sample("按比例抽取", Fraction(1, 20), Fraction(1, 10), up=True)
    assert drawn.reduces == chapters.Reduction("excellent", Fraction(1), Fraction(2))
    assert (drawn.sitting, drawn.measure) == ("closed_book", "平均成绩")
    nearest = read("oversight: {by: municipal_hrss, sample: {units: 一, persons: {from: 1/20, to: 1/10}}}")
    assert isinstance(nearest, chapters.OversightLaw)
    assert nearest.sample is not None
    assert not nearest.sample.up
