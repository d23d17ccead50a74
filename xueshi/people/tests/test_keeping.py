"""People keep their own data."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from conftest import NINE
from xueshi.kernel.models import AuditLine
from xueshi.people import actions, queries
from xueshi.people.models import Employment, Organisation, Person, Title
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
See = Callable[..., Viewer]
TODAY = NINE.date()


def test_a_phone_and_a_mailbox_are_changed_and_the_line_names_no_number(wang: Person, viewer: See) -> None:
    actions.update_contact(viewer=viewer(wang), phone="139 0000 0000", email="wang@example.test", at=NINE)
    wang.refresh_from_db()
    assert (wang.phone, wang.email) == ("13900000000", "wang@example.test")
    line = AuditLine.objects.get(action="person.update_contact")
    assert line.facts == {"changed": ["phone", "email"]}


def test_the_same_contact_again_changes_nothing(wang: Person, viewer: See) -> None:
    actions.update_contact(viewer=viewer(wang), phone=wang.phone, email=wang.email, at=NINE)
    assert not AuditLine.objects.filter(action="person.update_contact").exists()


def test_a_contact_needs_a_phone_that_is_one(wang: Person, viewer: See) -> None:
    with pytest.raises(actions.PhoneNeeded):
        actions.update_contact(viewer=viewer(wang), phone=" ", email="", at=NINE)
    with pytest.raises(actions.NotAPhone):
        actions.update_contact(viewer=viewer(wang), phone="110", email="", at=NINE)


def move(viewer: Viewer, employer: Organisation | None, keeper: str = "unit", **also: object) -> Person:
    return actions.change_employment(
        **{
            "viewer": viewer,
            "region_code": "500103",
            "employer_id": employer.pk if employer else None,
            "file_keeper": keeper,
            "file_agency_id": None,
            "at": NINE,
            **also,
        }
    )


@pytest.mark.clause("CQ-33", "CQ-34")
def test_who_changes_the_unit_changes_the_group_from_that_day(
    wang: Person, municipal_unit: Organisation, viewer: See
) -> None:
    move(viewer(wang), municipal_unit)
    assert queries.affiliation(wang.pk, TODAY) == "municipal_unit"
    assert queries.affiliation(wang.pk, TODAY - timedelta(days=1)) == "county_unit"
    move(viewer(wang), municipal_unit)
    assert AuditLine.objects.filter(action="person.change_employment").count() == 1


def test_a_unit_chosen_by_mistake_today_leaves_no_trace(
    wang: Person, county_unit: Organisation, municipal_unit: Organisation, viewer: See
) -> None:
    move(viewer(wang), municipal_unit)
    move(viewer(wang), None)
    assert queries.present_employer(wang.pk, TODAY) is None
    assert Employment.objects.filter(person=wang).count() == 1


@pytest.mark.clause("CQ-35")
def test_a_file_that_moves_to_an_agency_needs_its_name(
    wang: Person, county_unit: Organisation, agency: Organisation, viewer: See
) -> None:
    with pytest.raises(actions.AgencyNeeded):
        move(viewer(wang), county_unit, "talent_agency")
    move(viewer(wang), county_unit, "talent_agency", file_agency_id=agency.pk)
    assert queries.verifier_organisation("talent_agency", wang.pk, TODAY) == agency
    move(viewer(wang), county_unit, "unit")
    wang.refresh_from_db()
    assert wang.file_agency is None


def test_a_title_is_added_and_its_day_corrected(wang: Person, viewer: See) -> None:
    actions.set_title(viewer=viewer(wang), level="deputy_senior", obtained_on=date(2024, 5, 1), at=NINE)
    actions.set_title(viewer=viewer(wang), level="deputy_senior", obtained_on=date(2024, 6, 1), at=NINE)
    actions.set_title(viewer=viewer(wang), level="none", obtained_on=None, at=NINE)
    held = dict(Title.objects.filter(person=wang).values_list("level", "obtained_on"))
    assert held == {"intermediate": date(2018, 1, 1), "deputy_senior": date(2024, 6, 1)}
    with pytest.raises(actions.TitleNotHeld):
        actions.set_title(viewer=viewer(wang), level="full_senior", obtained_on=None, at=NINE)
