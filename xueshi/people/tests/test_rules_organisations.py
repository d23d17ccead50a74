"""Codes of organisations, regions and industries; who keeps what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.people import rules_organisations as rules

first17 = st.text(alphabet=rules.ALPHABET, min_size=17, max_size=17)


def whole(first: str) -> str:
    return first + rules.credit_check(first)


def test_the_weights_are_those_of_the_standard():
    assert rules._WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def test_the_check_character_of_a_published_example():
    """Reckoned by hand: every place is 0 but the first, so the sum is that place's own value."""
    assert rules.credit_check("1" + "0" * 16) == "Y"  # 31 - 1
    assert rules.credit_check("0" * 17) == "0"  # remainder 0, not a 32nd character


@given(first17)
def test_a_code_with_its_check_character_is_read_however_it_was_typed(first):
    code = whole(first)
    assert rules.credit_code(code) == code
    assert rules.credit_code(f" {code[:8].lower()}-{code[8:17]} {code[17]} ") == code


@given(first17, st.integers(0, 16), st.sampled_from(rules.ALPHABET))
def test_one_wrong_character_is_always_found_and_the_right_last_one_said(first, place, other):
    code = whole(first)
    if code[place] == other:
        return
    wrong = code[:place] + other + code[place + 1 :]
    said = rules.credit_code(wrong)
    assert isinstance(said, rules.NotACreditCode)
    assert (said.problem, said.place) == ("check", 18)
    assert rules.credit_code(wrong[:17] + said.expected) == wrong[:17] + said.expected


@given(first17, st.integers(0, 15))
def test_two_neighbours_changed_about_are_always_found(first, place):
    code = whole(first)
    turned = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (rules.credit_code(turned) == turned) == (turned == code)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_no_code_has_are_named_with_their_place(letter):
    said = rules.credit_code("9151010" + letter + "5000000001")
    assert said == rules.NotACreditCode("character", typed=letter, place=8)


def test_a_code_of_another_length_says_how_many_places_it_has():
    assert rules.credit_code("12345") == rules.NotACreditCode("length", typed="5")
    assert rules.credit_code("") == rules.NotACreditCode("length", typed="0")


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_says_why_not(typed):
    found = rules.credit_code(typed)
    assert isinstance(found, rules.NotACreditCode) or rules.credit_code(found) == found


@pytest.mark.clause("HT-01")
def test_a_zone_below_a_city_is_a_region_like_a_county():
    assert rules.is_region_code("150172")
    assert rules.region_kind("150172") == "zone"
    assert rules.lies_below("150172", "1501")
    assert rules.lies_below("150172", "15")
    assert not rules.lies_below("150172", "150172")
    assert not rules.lies_below("150172", "32")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("15", "province"), ("1501", "city"), ("321183", "county"), ("500103", "county"),
        ("500103001", "town"), ("500103001002", "village"),
    ],
)  # fmt: skip
def test_each_length_stands_for_a_kind_of_region(code, kind):
    assert rules.is_region_code(code)
    assert rules.region_kind(code) == kind


@pytest.mark.parametrize("code", ["", "5", "501", "50010", "01", "５０", "50a1", "5001030"])
def test_what_is_no_code_of_a_region(code):
    assert not rules.is_region_code(code)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("P", "P"), ("p 83", "P83"), ("Ｐ833", "P833"), ("Q8411", "Q8411"), ("A01", "A01"), ("T97", "T97")],
)
def test_an_industry_is_read_with_the_letter_of_its_section(typed, code):
    assert rules.industry_code(typed) == code


@pytest.mark.parametrize("typed", ["", "83", "Q83", "P8", "P00", "U10", "P83311", "T98", "P8x"])
def test_a_division_stands_in_its_own_section_only(typed):
    assert rules.industry_code(typed) == ""


@given(st.integers(1, 97))
def test_each_division_has_exactly_one_section(division):
    letters = [letter for letter in "ABCDEFGHIJKLMNOPQRST" if rules.industry_code(f"{letter}{division:02d}")]
    assert letters == [rules.section_of(division)]


def test_there_is_no_section_beyond_the_last_division():
    assert (rules.section_of(0), rules.section_of(98)) == ("", "")


@pytest.mark.parametrize(
    ("own", "kind", "level", "kept"),
    [
        ("county", "unit", "county", True), ("county", "unit", "municipal", False),
        ("county", "county_hrss", "county", False), ("municipal", "county_hrss", "county", True),
        ("municipal", "municipal_hrss", "municipal", False), ("provincial", "municipal_hrss", "municipal", True),
        ("provincial", "provincial_hrss", "provincial", False), ("municipal", "training_centre", "municipal", True),
        ("county", "organisation_department", "county", False), ("", "unit", "county", False),
        ("provincial", "unit", "", False),
    ],
)  # fmt: skip
@pytest.mark.clause("KF-15")
def test_an_office_keeps_what_is_not_above_it_and_bureaus_only_from_above(own, kind, level, kept):
    assert rules.may_keep(own, kind, level) is kept


def test_a_bureau_stands_at_its_own_level():
    assert rules.level_fits("county_hrss", "county")
    assert not rules.level_fits("county_hrss", "municipal")
    assert rules.level_fits("unit", "provincial")


def test_a_bureau_and_a_place_with_people_take_two_to_close():
    assert rules.needs_second("county_hrss", 0)
    assert rules.needs_second("unit", 1)
    assert not rules.needs_second("unit", 0)
