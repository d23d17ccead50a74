"""From a spreadsheet to people: what is made, what is left alone, and who may."""

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from conftest import NINE
from xueshi.people import roster_actions, roster_queries
from xueshi.people.models import Employment, Fact, Organisation, Person, Placement, RosterImport, Title
from xueshi.people.tests import rosters
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(clerk: Person, county_unit: Organisation, viewer: Callable[..., Viewer]) -> Callable[..., RosterImport]:
    """Send rows as the unit's clerk, and have them checked."""

    def send(rows: list[list[object]], *, confirm: bool = True) -> RosterImport:
        who = viewer(clerk, "unit_clerk")
        sent = roster_actions.receive(
            viewer=who, organisation_id=county_unit.pk, name="名册.xlsx", data=rosters.workbook(rows), at=NINE
        )
        roster = rosters.jobs_now(sent.pk)
        if confirm:
            roster_actions.confirm(viewer=who, roster_id=roster.pk, at=NINE)
            roster = rosters.jobs_now(roster.pk)
        return roster

    return send


def test_a_roster_makes_people_with_all_that_it_says(bring, county_unit) -> None:
    roster = bring([rosters.row(n) for n in range(20)])
    assert (roster.state, roster.rows, roster.applied) == ("applied", 20, 20)
    assert roster.counts == {"new": 20, "done": {"new": 20}}
    person = Person.objects.get(name=rosters.name(3), phone="13800000003")
    assert Employment.objects.get(person=person).employer == county_unit
    assert Placement.objects.get(person=person).region == county_unit.region
    assert Title.objects.get(person=person).level == "intermediate"
    assert set(Fact.objects.filter(person=person).values_list("word", "value")) == {
        ("post", "school_teacher"), ("first_hired", "yes"), ("degree", "bachelor"),
    }  # fmt: skip


def test_the_page_shows_what_it_would_do_before_anything_is_done(bring, clerk, viewer) -> None:
    rows = [rosters.row(n) for n in range(5)]
    rows.append(rosters.row(5, 身份证号="5001991962011100"))
    rows.append(rosters.row(6, 身份证号=rosters.number(6)[:-1].lower() + "x", 学历学位="MBA"))
    roster = bring(rows, confirm=False)
    who = viewer(clerk, "unit_clerk")
    shown = roster_queries.preview_for(who, roster.pk)
    assert {one.outcome: one.rows for one in shown.outcomes} == {"new": 5, "refused": 2}
    assert shown.ignored == ["部门"]
    assert not Person.objects.filter(phone="13800000001").exists()
    told = {(p.row, p.field, p.code) for p in roster_queries.problems_for(who, roster.pk)}
    assert {(7, "id_number", "id-length"), (8, "degree", "word-unknown")} <= told
    assert rosters.number(0) not in str(shown.sample)
    assert [row.row for row in roster_queries.rows_for(who, roster.pk, outcome="refused")] == [7, 8]
    book = load_workbook(io.BytesIO(roster_queries.problems_xlsx(who, roster.pk)))
    lines = list(book.worksheets[0].values)
    assert lines[0][:3] == ("退回原因", "原表行号", "姓名")
    assert lines[1][1] == "7"
    assert "16 位" in lines[1][0]
    assert load_workbook(io.BytesIO(roster_queries.template_xlsx())).sheetnames == ["人员名册", "填写说明"]
