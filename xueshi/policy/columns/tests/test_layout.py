"""The description of a wide frame goes through JSON and refuses what contradicts itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xueshi.policy.calendar import Calendar
from xueshi.policy.columns.layout import Fact, Kind, Layout, NotALayout

LAYOUT = Layout(
    on=date(2022, 12, 31),
    years=(2020, 2021, 2022),
    kinds=(
        Kind(0, {"category": "public", "passed": True, "themes": ("a", "b")}, (2020, 2022)),
        Kind(7, {"held": date(2022, 3, 1), "size": Decimal("1.5")}, (2021,), False, "02-28", "02-29", 2020, 1, 1, 1),
    ),
    facts=(
        Fact("title", "word", (2020, 2021), {"": "f_title"}, {"junior": 0}, full=True),
        Fact("first_hired", "event", (2022,), {"first": "hired_first", "last": "hired_last"}),
        Fact("site", "word", (2022,)),
    ),
)


def test_a_layout_survives_json() -> None:
    assert Layout.from_json(LAYOUT.to_json()) == LAYOUT
    assert LAYOUT.to_json() == Layout.from_json(LAYOUT.to_json()).to_json()


def test_another_version_is_refused() -> None:
    with pytest.raises(NotALayout, match="version 2"):
        Layout.from_json(replace(LAYOUT, version=2).to_json())


def test_columns_have_names_by_year_and_kind() -> None:
    kind = LAYOUT.kinds[1]
    assert (LAYOUT.hours(2021, kind), LAYOUT.count(2021, kind)) == ("h2021_7", "n2021_7")
    assert kind.days(2020) == (date(2020, 2, 28), date(2020, 2, 29))
    assert kind.days(2021) == (date(2021, 2, 28), date(2021, 2, 28))


def test_days_go_by_the_calendar() -> None:
    school_year = Calendar(7, 1)
    assert Kind(0).days(2020, school_year) == (date(2020, 7, 1), date(2021, 6, 30))
    assert Kind(0, first="09-01", last="02-15").days(2020, school_year) == (date(2020, 9, 1), date(2021, 2, 15))


def test_a_fact_is_found_by_word_and_year() -> None:
    assert LAYOUT.fact("title", 2021) is LAYOUT.facts[0]
    assert LAYOUT.fact("title", 2022) is None


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(NotALayout, match="same number"):
        replace(LAYOUT, kinds=LAYOUT.kinds + LAYOUT.kinds)
    with pytest.raises(NotALayout, match="does not have"):
        replace(LAYOUT, years=(2020,))
    with pytest.raises(NotALayout, match="needs"):
        replace(LAYOUT, facts=(Fact("title", "word", (2022,), {"last": "x"}),))
