"""Identity numbers, names, phones and passwords, without a database."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xueshi.people import rules

TODAY = date(2026, 6, 1)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Any valid number of 18 places."""
    place = draw(st.integers(110000, 659999))
    born = draw(st.dates(date(1920, 1, 1), TODAY))
    first17 = f"{place}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first17 + rules.check_character(first17)


def good(typed: str) -> rules.Identity:
    found = rules.identity(typed, today=TODAY)
    assert isinstance(found, rules.Identity), found
    return found


@pytest.mark.clause("CQ-04")
@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "female"),
        ("440524188001010014", date(1880, 1, 1), "male"),
    ],
)
def test_the_examples_of_the_standard_are_read(number: str, born: date, sex: str) -> None:
    who = good(number)
    assert (who.number, who.born_on, who.sex) == (number, born, sex)


@pytest.mark.clause("CQ-04")
@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u300019491231002x",
    ],
)
def test_blanks_small_x_and_full_width_do_not_matter(typed: str) -> None:
    assert good(typed).number == "11010519491231002X"


def test_head_and_tail_are_all_that_is_shown() -> None:
    who = good("11010519491231002X")
    assert (who.masked, who.tail) == ("1101**********002X", "002X")


@pytest.mark.clause("CQ-03")
@given(numbers(), st.integers(0, 17), st.integers(0, 10))
def test_any_one_wrong_place_is_caught(number: str, place: int, digit: int) -> None:
    other = "0123456789X"[digit]
    assume(other != number[place] and not (other == "X" and place < 17))
    wrong = number[:place] + other + number[place + 1 :]
    assert isinstance(rules.identity(wrong, today=TODAY), rules.NotAnIdentity)


@pytest.mark.clause("CQ-03")
@given(numbers(), st.integers(0, 16))
def test_any_two_neighbours_swapped_are_caught(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(swapped != number)
    assert isinstance(rules.identity(swapped, today=TODAY), rules.NotAnIdentity)


@pytest.mark.clause("CQ-04")
@given(numbers())
def test_fifteen_places_are_the_same_person_as_eighteen(number: str) -> None:
    assume(number[6:8] == "19")
    assert good(number[:6] + number[8:17]) == good(number)


@given(st.text(max_size=24))
def test_whatever_is_typed_there_is_an_answer(typed: str) -> None:
    assert isinstance(rules.identity(typed, today=TODAY), rules.Identity | rules.NotAnIdentity)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        pytest.param("", rules.NotAnIdentity("length", typed="0"), id="nothing"),
        pytest.param("1101051949", rules.NotAnIdentity("length", typed="10"), id="short"),
        pytest.param("1101051949123100AX", rules.NotAnIdentity("characters"), id="letter"),
        pytest.param("11010519491231002Y", rules.NotAnIdentity("characters"), id="y for x"),
        pytest.param("11010549123100X", rules.NotAnIdentity("characters"), id="x in 15"),
        pytest.param("110105194902300028", rules.NotAnIdentity("birth", typed="19490230"), id="30 February"),
        pytest.param("110105202612310024", rules.NotAnIdentity("future", typed="20261231"), id="unborn"),
        pytest.param("500199198003070028", rules.NotAnIdentity("check", expected="3", typed="8"), id="check"),
    ],
)
def test_what_is_wrong_is_named(typed: str, problem: rules.NotAnIdentity) -> None:
    assert rules.identity(typed, today=TODAY) == problem


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("12800138000", None),
        ("1380013800", None),
        ("02386868720", None),
        ("", None),
    ],
)
def test_a_phone_is_read_however_it_is_spaced(typed: str, number: str | None) -> None:
    assert rules.phone(typed) == number


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 示例学员 ", "示例学员"),
        ("示例•学员", "示例·学员"),
        ("Example  Learner", "Example Learner"),
        ("示", None),
        ("示例3", None),
        ("··", None),
        ("<b>示例", None),
    ],
)
def test_a_name_is_as_on_the_card(typed: str, name: str | None) -> None:
    assert rules.name(typed) == name


def test_a_mailbox_keeps_its_name_and_lowers_its_domain() -> None:
    assert rules.mail(" Wang@Example.TEST ") == "Wang@example.test"


OWN = {"number": "500199198003070023", "phone": "13800138000", "born_on": date(1980, 3, 7)}


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("一句自己记得住的话2026", None),
        ("correct horse battery", None),
        ("短句不行", "short"),
        ("1029384756", "digits"),
        ("aaaaaaaaaaaa", "one_place"),
        ("wang19800307!", "birthday"),
        ("wang 80-03-07 ok", "birthday"),
        ("abc 070023 def", "own_number"),
        ("call-138 0013-8000", "phone"),
        ("Xueshi is good", "site"),
        ("我爱继续教育我爱学习", "site"),
    ],
)
def test_a_password_that_others_could_guess_is_refused(password: str, problem: str | None) -> None:
    assert rules.password_problem(password, **OWN) == problem


@given(numbers(), st.integers(0, 12))
def test_no_run_of_ones_own_number_makes_a_password(number: str, start: int) -> None:
    found = rules.password_problem(f"好记的话{number[start : start + 6]}好记", number=number)
    assert found in {"own_number", "one_place"}


@pytest.mark.clause("CQ-33", "CQ-34", "CQ-35", "CQ-36")
@pytest.mark.parametrize(
    ("file_keeper", "employer_level", "group"),
    [
        ("unit", "county", "county_unit"),
        ("county_hrss", "county", "county_unit"),
        ("unit", "municipal", "municipal_unit"),
        ("talent_agency", "municipal", "hosted_by_agency"),
        ("talent_agency", None, "hosted_by_agency"),
        ("other", None, "other"),
        ("unit", None, "other"),
    ],
)
def test_everybody_belongs_to_one_of_four_groups(file_keeper: str, employer_level: str | None, group: str) -> None:
    assert rules.affiliation(file_keeper=file_keeper, employer_level=employer_level) == group
