"""The book of hours of an office: whose day it was, and whose person it is today."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from conftest import NINE
from xueshi.ledger import actions, book_queries
from xueshi.people.actions import placing
from xueshi.people.models import Employment

pytestmark = pytest.mark.django_db
MOVED = NINE.date()


def earn(person, day, source: str):
    return actions.post(
        viewer=None, person_id=person.pk, year=day.year, category="public", hours=Decimal(20), kind="public_topic",
        title="示例课程", earned_on=day, source=source, instrument="cn-50/chongqing-2010", provision="示例",
        digest="0" * 64, at=NINE,
    )  # fmt: skip


@pytest.fixture
def lines(wang, jiangbei, other_unit):
    """A teacher has moved to another district and another unit: one line before the day, one after."""
    with transaction.atomic():
        placing.employ(wang, other_unit.pk, MOVED, viewer=None, at=NINE)
        placing.place(wang, jiangbei, "unit", None, MOVED)
    return [earn(wang, MOVED + timedelta(days=days), f"demo:{days}") for days in (-10, 10)]


def seen(viewer) -> list[str]:
    return sorted(line.source for line in book_queries.lines_for(viewer))


@pytest.mark.clause("JN-17")
def test_a_line_is_seen_by_who_was_responsible_on_its_day_and_by_who_is_today(
    lines, officer, clerk, other_officer, other_clerk, viewer
) -> None:
    assert seen(viewer(officer, "officer")) == ["demo:-10"]
    assert seen(viewer(clerk, "unit_clerk")) == ["demo:-10"]
    assert seen(viewer(other_officer, "officer")) == ["demo:-10", "demo:10"]
    assert seen(viewer(other_clerk, "unit_clerk")) == ["demo:-10", "demo:10"]


def test_nobody_elses_unit_sees_any_of_them(lines, make_person, make_organisation, viewer, wang) -> None:
    clinic = make_organisation("渝中区示例诊所")
    stranger = make_person("示例诊所经办", 801, post="unit_clerk", at_organisation=clinic)
    assert seen(viewer(stranger, "unit_clerk")) == []
    assert seen(viewer(wang, "unit_clerk")) == []  # a post that is not held


def test_an_industry_sees_the_time_in_its_units(lines, industry_officer, viewer) -> None:
    assert seen(viewer(industry_officer, "industry_officer")) == ["demo:-10"]


def test_a_second_job_counts_for_its_time(wang, other_unit, other_clerk, viewer) -> None:
    Employment.objects.create(
        person=wang, employer=other_unit, since=MOVED - timedelta(days=30), until=MOVED, main=False
    )
    earn(wang, MOVED - timedelta(days=1), "demo:beside")
    earn(wang, MOVED, "demo:after")
    assert seen(viewer(other_clerk, "unit_clerk")) == ["demo:beside"]


@pytest.mark.parametrize(
    ("year", "text", "found"), [("2026", "", 2), ("2025", "", 0), ("", "王老师", 2), ("", "无此人", 0)]
)
def test_the_book_is_narrowed_by_year_and_person(lines, other_officer, viewer, year, text, found) -> None:
    looked = book_queries.lines_for(viewer(other_officer, "officer"), year=year, text=text)
    assert looked.count() == found
