"""From a spreadsheet to people: what is made, what is left alone, and who may."""

from collections.abc import Callable

import pytest

from conftest import NINE
from xueshi.people import roster_actions
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
