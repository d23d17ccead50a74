"""Who sees whom, and who verifies for whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from conftest import NINE
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import access, actions, queries
from xueshi.people.models import Employment, Organisation, Person, Region
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
See = Callable[..., Viewer]
TODAY = NINE.date()


@pytest.fixture
def engineer(make_person: Any, municipal_unit: Organisation) -> Person:
    """Somebody of a municipal unit."""
    return make_person("示例工程师", 20, employer=municipal_unit)


@pytest.fixture
def hosted(make_person: Any, county_unit: Organisation, agency: Organisation) -> Person:
    """Somebody whose file an agency keeps, whoever employs her."""
    return make_person("示例托管", 22, employer=county_unit, file_keeper="talent_agency", file_agency=agency)


@pytest.fixture
def elsewhere(make_person: Any, make_organisation: Any, chongqing: Region) -> Person:
    """Somebody of another district."""
    region = Region.objects.create(code="500105", name="江北区", parent=chongqing)
    return make_person("示例外区", 24, employer=make_organisation("江北示例医院", region=region), region=region)


def test_one_sees_oneself_and_nobody_else(wang: Person, stranger: Person, viewer: See) -> None:
    assert queries.person_for(viewer(wang), wang.pk) == wang
    with pytest.raises(NotYours):
        queries.person_for(viewer(wang), stranger.pk)
    with pytest.raises(NotYours):
        queries.person_for(viewer(wang), 0)


def test_a_district_counter_sees_its_district(wang: Person, elsewhere: Person, cashier: Person, viewer: See) -> None:
    at_work = viewer(cashier, "counter")
    assert queries.person_for(at_work, wang.pk) == wang
    with pytest.raises(NotYours):
        queries.person_for(at_work, elsewhere.pk)


def test_an_officer_off_duty_sees_only_herself(wang: Person, cashier: Person, viewer: See) -> None:
    assert access.may(viewer(cashier, "counter"), "see", wang.pk)
    assert not access.may(viewer(cashier), "see", wang.pk)


def test_a_capacity_without_its_post_sees_nobody(wang: Person) -> None:
    assert not access.may(Viewer(wang.pk, capacity="operator"), "see", wang.pk)
    assert not access.may(Viewer(wang.pk, capacity="emperor"), "see", wang.pk)


def test_the_training_centre_sees_those_whom_no_county_unit_employs(
    wang: Person, stranger: Person, engineer: Person, hosted: Person, make_person: Any,
    training_centre: Organisation, viewer: See,
) -> None:  # fmt: skip
    clerk = make_person("示例中心窗口", 26, post="counter", at_organisation=training_centre)
    seen = set(access.persons(viewer(clerk, "counter")))
    assert {engineer, hosted, stranger} <= seen
    assert wang not in seen


def test_a_unit_clerk_sees_the_unit(wang: Person, stranger: Person, clerk: Person, viewer: See) -> None:
    assert set(access.persons(viewer(clerk, "unit_clerk"))) == {wang, clerk}
    Employment.objects.filter(person=wang).update(until=date(2020, 1, 1))
    assert not access.may(viewer(clerk, "unit_clerk"), "see", wang.pk)


def test_a_registrant_is_found_by_name_or_by_the_last_four_places(
    wang: Person, elsewhere: Person, cashier: Person, viewer: See
) -> None:
    at_work = viewer(cashier, "counter")
    tail = wang.id_masked[-4:]
    assert queries.registrants_for(at_work, "王老师") == [wang]
    assert queries.registrants_for(at_work, tail.lower()) == [wang]
    assert queries.registrants_for(at_work, tail)[0].employer_name == "渝中区示例中学"
    assert queries.registrants_for(at_work, elsewhere.name) == []
    assert queries.registrants_for(at_work, "  ") == []


@pytest.mark.clause("CQ-06")
def test_a_counter_checks_the_data_once_and_the_line_stays(wang: Person, cashier: Person, viewer: See) -> None:
    at_work = viewer(cashier, "counter")
    actions.check_identity(viewer=at_work, person_id=wang.pk, at=NINE)
    again = actions.check_identity(viewer=at_work, person_id=wang.pk, at=NINE + timedelta(hours=1))
    assert (again.identity_checked_at, again.identity_checked_by) == (NINE, cashier)
    assert AuditLine.objects.filter(action="person.check_identity").count() == 1


@pytest.mark.clause("CQ-06")
def test_nobody_checks_beyond_the_counter(
    wang: Person, elsewhere: Person, cashier: Person, clerk: Person, viewer: See
) -> None:
    for who, person in (
        (viewer(cashier, "counter"), elsewhere),
        (viewer(clerk, "unit_clerk"), wang),
        (viewer(wang), wang),
    ):
        with pytest.raises(NotYours):
            actions.check_identity(viewer=who, person_id=person.pk, at=NINE)
    wang.refresh_from_db()
    assert wang.identity_checked_at is None


def test_one_can_read_who_looked_at_ones_data(wang: Person, cashier: Person, viewer: See) -> None:
    actions.look_at(viewer=viewer(cashier, "counter"), person_id=wang.pk, at=NINE)
    actions.look_at(viewer=viewer(wang), person_id=wang.pk, at=NINE)
    with pytest.raises(NotYours):
        actions.look_at(viewer=viewer(wang), person_id=cashier.pk, at=NINE)
    (look,) = queries.held_about(viewer(wang)).looks
    assert (look.who, look.capacity, look.action) == ("示例窗口人员", "counter", "person.look")


@pytest.mark.clause("CQ-33", "CQ-34", "CQ-35", "CQ-36")
def test_each_route_leads_to_the_organisation_it_means(
    wang: Person, engineer: Person, hosted: Person, stranger: Person, county_bureau: Organisation,
    municipal_unit: Organisation, agency: Organisation, association: Organisation, training_centre: Organisation,
) -> None:  # fmt: skip
    assert queries.verifier_organisation("county_hrss", wang.pk, TODAY) == county_bureau
    assert queries.verifier_organisation("own_unit", engineer.pk, TODAY) == municipal_unit
    assert queries.verifier_organisation("talent_agency", hosted.pk, TODAY) == agency
    assert queries.verifier_organisation("ce_association", stranger.pk, TODAY) == association
    assert queries.verifier_organisation("training_centre", engineer.pk, TODAY) == training_centre
    assert queries.verifier_organisation("own_unit", stranger.pk, TODAY) is None
    assert queries.verifier_organisation("the neighbour", wang.pk, TODAY) is None


@pytest.mark.clause("CQ-33")
def test_a_district_without_a_bureau_has_no_verifier(elsewhere: Person, county_bureau: Organisation) -> None:
    assert queries.verifier_organisation("county_hrss", elsewhere.pk, TODAY) is None


def test_a_closed_bureau_verifies_nothing(wang: Person, county_bureau: Organisation) -> None:
    county_bureau.closed_at = NINE
    county_bureau.save()
    assert queries.verifier_organisation("county_hrss", wang.pk, TODAY) is None


@pytest.mark.clause("CQ-33", "CQ-34")
def test_an_employer_counts_from_the_first_day_until_the_day_of_leaving(
    wang: Person, county_unit: Organisation, municipal_unit: Organisation
) -> None:
    Employment.objects.filter(person=wang).update(until=date(2026, 3, 1))
    Employment.objects.create(person=wang, employer=municipal_unit, since=date(2026, 3, 1))
    assert queries.present_employer(wang.pk, date(2026, 2, 28)) == county_unit
    assert queries.present_employer(wang.pk, date(2026, 3, 1)) == municipal_unit
    assert queries.present_employer(wang.pk, date(2014, 1, 1)) is None
    assert queries.affiliation(wang.pk, date(2026, 2, 28)) == "county_unit"
    assert queries.affiliation(wang.pk, TODAY) == "municipal_unit"


def test_one_registers_in_a_leaf_and_the_city_is_none(yuzhong: Region, chongqing: Region) -> None:
    assert queries.open_regions() == [(chongqing, [yuzhong])]
    assert queries.home_region() == chongqing


def test_employers_are_those_of_the_district_and_of_the_city(
    county_unit: Organisation, municipal_unit: Organisation, county_bureau: Organisation, elsewhere: Person
) -> None:
    assert set(queries.employers_at("500103")) == {county_unit, municipal_unit}
    assert queries.employers_at("500103", "设计院") == [municipal_unit]
    assert queries.employers_at("") == []
