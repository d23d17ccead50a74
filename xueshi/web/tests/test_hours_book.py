"""The book of hours behind two doors."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from conftest import NINE
from xueshi.kernel.models import AuditLine
from xueshi.ledger import actions
from xueshi.people.actions import placing

LINE = {
    "category": "public", "hours": Decimal(20), "kind": "public_topic", "title": "示例课程", "provision": "示例",
    "instrument": "cn-50/chongqing-2010", "digest": "0" * 64,
}  # fmt: skip


@pytest.fixture
def lines(wang, stranger, jiangbei, other_unit):
    """Wang's hours of her time at the school, and one after she left it; a stranger's besides."""
    moved = NINE.date()
    with transaction.atomic():
        placing.employ(wang, other_unit.pk, moved, viewer=None, at=NINE)
        placing.place(wang, jiangbei, "unit", None, moved)
    for person, days in ((wang, -40), (wang, 40), (stranger, 1)):
        day = moved + timedelta(days=days)
        actions.post(viewer=None, person_id=person.pk, year=day.year, earned_on=day, source=f"t:{person.pk}:{days}",
                     at=NINE, **LINE)  # fmt: skip


def words(answer) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def test_the_old_unit_keeps_its_own_time_in_sight(lines, clerk, signed_in, django_assert_max_num_queries) -> None:
    client = signed_in(clerk)
    client.get(reverse("employer:book"))
    with django_assert_max_num_queries(16):
        page = words(client.get(reverse("employer:book")))
    assert page.count("示例王老师") == 1
    assert "已转走" in page
    assert "示例陌生人" not in page


def test_the_new_county_sees_all_of_it_and_the_old_its_own_and_who_is_still_there(
    lines, officer, other_officer, signed_in
) -> None:
    assert words(signed_in(other_officer).get(reverse("authority:book"))).count("示例王老师") == 2
    old = words(signed_in(officer).get(reverse("authority:book")))
    assert (old.count("示例王老师"), old.count("示例陌生人")) == (1, 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_taken_away_is_what_is_shown_and_recorded(lines, other_officer, signed_in, kind) -> None:
    client = signed_in(other_officer)
    client.post(reverse("authority:book_search"), {"text": "wls"})
    answer = client.get(reverse("authority:book_export", args=[kind]))
    if kind == "csv":
        assert words(answer).count("示例王老师") == 2
    line = AuditLine.objects.get(action="ledger.export_book")
    assert (line.facts["lines"], line.facts["narrowed"], line.person_id) == (2, True, other_officer.pk)
    assert client.get(reverse("authority:book_export", args=["exe"])).status_code == 404


def test_what_is_looked_for_stands_in_no_address_and_finds_within_reach(lines, officer, signed_in) -> None:
    client = signed_in(officer)
    answer = client.post(reverse("authority:book_search"), {"text": "陌生"})
    assert answer.headers["Location"] == reverse("authority:book")
    page = words(client.get(reverse("authority:book")))
    assert ("示例陌生人" in page, "示例王老师" in page) == (True, False)
    client.post(reverse("authority:book_search"), {"text": "查无此人"})
    assert "还没有学时" in words(client.get(reverse("authority:book")))


@pytest.mark.parametrize("year", ["1999", "abcd", "20261", ""])
def test_a_year_narrows_and_nonsense_does_not(lines, other_officer, signed_in, year) -> None:
    page = words(signed_in(other_officer).get(reverse("authority:book"), {"year": year}))
    assert page.count("示例王老师") == (0 if year == "1999" else 2)
