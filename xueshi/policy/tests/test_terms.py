"""The small parts of the law on their own: amounts, conditions, what is seen of a person and of an entry."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.policy.amounts import MOST, BySteps, ByWord, Fixed, Rate, Share, YearsOf, leaf, named_demands
from xueshi.policy.calendar import Calendar
from xueshi.policy.checking import NotAWord, check_marks
from xueshi.policy.conditions import ALWAYS, NEVER, Aged, AllOf, AnyOf, Happened, IsSo, Lasted, Matches, Not, Says
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.sight import EntrySight, PersonSight
from xueshi.policy.tests.invented import HEADER, WORDS, book, entry, judge, provision, year
from xueshi.policy.words import Word

INVENTED = book(year()).words
MEMBER, SITE, SERVED, BORN = (INVENTED.facts[name] for name in ("member", "site", "years_served", "born"))
SECONDMENT, SUBJECT = INVENTED.facts["secondment"], INVENTED.entries["subject"]
SEX = Word("sex", "性别", "word", values={"male": "男", "female": "女"})


def person(**facts: object) -> PersonSight:
    return PersonSight(Facts.of(facts), Asked("annual", 2020, marks={"subject": "桥梁"}), 2020)


def test_an_amount_lies_between_its_least_and_its_most() -> None:
    table = ByWord(SITE, {"urban": Fixed(30), "county": Fixed(20)}, Fixed(10))
    steps = BySteps(SERVED, ((Fraction(5), Fixed(3)), (None, Fixed(9))))
    assert (table.smallest, table.largest) == (10, 30)
    assert (ByWord(SITE, {"urban": Fixed(30)}).smallest, steps.smallest, steps.largest) == (0, 3, 9)
    for open_ended in (Rate(SERVED, Fraction(1)), Share(Fraction(1, 2), "required"), YearsOf(Fraction(1), "public")):
        assert (open_ended.smallest, open_ended.largest) == (0, MOST)
        assert open_ended.value(person()) is None
    assert Fixed(7).unknown(person()) == frozenset()


def test_an_amount_names_the_fact_it_lacks() -> None:
    steps = BySteps(SERVED, ((Fraction(5), ByWord(SITE, {"urban": Fixed(3)})),))
    assert steps.unknown(person()) == {"years_served"}
    assert steps.unknown(person(years_served=3, site="county")) == {"site"}
    assert Rate(SERVED, Fraction(1)).unknown(person()) == {"years_served"}
    assert Rate(SERVED, Fraction(1)).unknown(person(years_served=2)) == frozenset()
    assert Rate(None, Fraction(1)).unknown(person()) == frozenset()
    assert Share(Fraction(1, 2), "required").unknown(person()) == frozenset()
    assert YearsOf(Fraction(1), "public").unknown(person()) == frozenset()


def test_a_share_rounds_a_need_up_and_a_ceiling_down() -> None:
    sight = person()
    sight.bases = {"required": 10}
    assert Share(Fraction(1, 3), "required").value(sight) == 4
    assert Share(Fraction(1, 3), "required", up=False).value(sight) == 3


def test_a_table_leads_to_what_it_holds() -> None:
    share = Share(Fraction(1, 3), "required")
    table = BySteps(SERVED, ((Fraction(5), ByWord(SITE, {"urban": share, "county": YearsOf(Fraction(1), "year")})),))
    assert leaf(table, person(years_served=3, site="urban")) is share
    assert leaf(table, person(site="urban")) is table
    assert named_demands(table) == ("year",)


def test_an_age_is_told_without_the_sex_only_where_all_limits_agree() -> None:
    old = Aged(BORN, SEX, (("male", 55), ("female", 50)))
    assert [old.holds(person(born=date(1960 + n, 12, 31))) for n in (0, 7, 20)] == [True, None, False]
    assert old.holds(person(born=date(1967, 12, 31), sex="female")) is True
    assert old.holds(person(born=date(1967, 12, 31), sex="male")) is False
    assert old.holds(person(sex="male")) is None
    assert old.unknown(person(born=date(1967, 12, 31))) == {"sex"}
    assert old.unknown(person(born=date(1960, 1, 1))) == frozenset()
    only_men = Aged(BORN, SEX, (("male", 55),))
    assert only_men.holds(person(born=date(1960, 1, 1), sex="female")) is False
    assert only_men.holds(person(born=date(1960, 1, 1))) is None


def test_what_nobody_recorded_is_neither_yes_nor_no() -> None:
    yes, unsure = IsSo(MEMBER, so=True), Lasted(Word("leave", "请假", "spell"), "days", ())
    nobody = person()
    assert unsure.holds(nobody) is None
    assert AllOf((NEVER, unsure)).holds(nobody) is False
    assert AnyOf((ALWAYS, unsure)).holds(nobody) is True
    assert AnyOf((NEVER, unsure)).holds(nobody) is None
    assert AnyOf((NEVER, unsure, yes)).unknown(nobody) == {"leave", "member"}
    assert AllOf((ALWAYS, unsure)).unknown(nobody) == {"leave"}
    assert Not(unsure).holds(nobody) is None
    assert Not(yes).unknown(nobody) == {"member"}


def test_an_entry_says_what_it_says_and_nothing_else() -> None:
    says, matches = Says(SUBJECT), Matches(SUBJECT)
    bridge, plain = EntrySight({"subject": "桥梁"}, 2020, person(), INVENTED.entries), EntrySight({}, 2020)
    assert (says.holds(bridge), says.holds(plain)) == (True, False)
    assert (matches.holds(bridge), matches.holds(plain)) == (True, True)
    assert says.unknown(plain) == matches.unknown(plain) == frozenset()
    held = INVENTED.entries["held"]
    in_year = Happened(held, (), in_year=True)
    assert in_year.holds(EntrySight({"held": date(2020, 12, 31)}, 2020)) is True
    assert in_year.holds(EntrySight({"held": date(2021, 1, 1)}, 2020)) is False
    assert plain.year_of(date(2019, 5, 1)) == 2019


def test_behind_an_entry_stands_the_person() -> None:
    sight = EntrySight({"size": 3}, 2020, person(site="urban"), INVENTED.entries)
    assert sight.value(SITE) == ("urban",)
    assert sight.value(INVENTED.entries["size"]) == 3


def test_two_values_of_a_mark_are_welcome_and_a_wrong_one_is_not() -> None:
    check_marks({"theme": ("ethics", "safety")}, INVENTED)
    with pytest.raises(NotAWord, match="'beauty' is not a value of 'theme'"):
        check_marks({"theme": "beauty"}, INVENTED)
    with pytest.raises(NotAWord, match="Did you mean 'theme'"):
        check_marks({"themes": "ethics"}, INVENTED)


def test_only_so_many_kinds_of_entries_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xueshi.policy.question._MOST_LIKENESSES", 2)
    law = book(year("40"))
    assert judge(law, *(entry(2020, "10", subject=f"第{n}课") for n in range(4))).passed


def test_a_word_of_years_is_none_before_the_event() -> None:
    header = HEADER + "definitions:\n  seniority: {full_years_since: moved}\n  since: {full_years_since: first_hired}\n"
    law = book(year("{by: since, steps: [{up_to: 4, is: 10}, {is: 30}]}"), header=header)
    assert judge(law, entry(2020, "10"), first_hired=[date(2018, 1, 1)]).passed
    unsure = judge(law, entry(2020, "10"))
    assert unsure.findings[0].facts == ("first_hired",)
    never = judge(book(year("{by: seniority, steps: [{is: 10}]}"), header=header), entry(2020, "10"))
    assert str(never.verdict) == "unknown" or never.passed


def test_a_rulebook_shows_its_name_and_not_its_law() -> None:
    law = book(year())
    assert repr(law) == f"<Rulebook {law.key} {law.digest[:12]}>"


def test_hours_that_may_go_to_one_of_two_are_shared_out_in_order() -> None:
    law = book(
        provision("public", "demand: {at_least: 20, of: {category: public}}"),
        provision("professional", "demand: {at_least: 20, of: {category: professional}}"),
        provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, as: [public, professional]}"),
    )
    twice = entry(2020, "15", id="a", theme="ethics"), entry(2020, "15", id="b", theme="ethics")
    found = judge(law, *twice, entry(2020, "50", id="c"))
    assert [str(one.have) for one in found.findings] == ["20", "10"]


CALENDARS = st.sampled_from(
    [Calendar(), Calendar(7, 1), Calendar(7, 1, named_by_end=True), Calendar(birth_month=True), Calendar(3, 15)]
)


@given(CALENDARS, st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.none() | st.dates(date(1950, 1, 1)))
def test_every_day_lies_in_the_one_year_that_claims_it(calendar: Calendar, day: date, born: date | None) -> None:
    found = calendar.year_of(day, born)
    assert calendar.first_day(found, born) <= day <= calendar.last_day(found, born)
    assert calendar.first_day(found + 1, born) > day


@given(st.integers(0, 2000), st.sampled_from([Fraction(1), Fraction(2, 3), Fraction(5)]))
def test_a_rate_never_gives_more_than_it_says(number: int, each: Fraction) -> None:
    value = Rate(SERVED, each).value(person(years_served=number))
    assert value is not None
    assert number * each - 1 < value <= number * each
    assert Rate(SERVED, each).value(person(years_served=Decimal(number) / 2)) is not None


def test_the_words_of_everybody_hold_those_of_the_tests() -> None:
    assert set(WORDS.facts) <= set(INVENTED.facts)
