"""Who is responsible for what where: nearest first, gaps shown, given from above."""

from datetime import date, timedelta

import pytest

from conftest import NINE
from xueshi.kernel.clock import day_of
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import duty_actions, queries, queries_duties
from xueshi.people.models import Duty, Industry, Organisation, Region

TODAY = day_of(NINE)
YEAR = date(2026, 1, 1)


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


@pytest.fixture
def jiangsu(db):
    """Zhenjiang and, below it, Jurong, as the notice of 2022 has them."""
    above = None
    for code, name in (("32", "江苏省"), ("3211", "镇江市"), ("321183", "句容市")):
        above = Region.objects.create(code=code, name=name, parent=above)
    return {one.code: one for one in Region.objects.filter(code__startswith="32")}


def bureau(region, kind, level, **facts):
    return Organisation.objects.create(
        name=f"{region.name}示例机构{kind}", kind=kind, level=level, region=region, **facts
    )


def give(viewer, organisation, function, region, **kwargs):
    facts = {"industry_id": None, "since": YEAR, "basis": "示例文件", "replace": False, "at": NINE} | kwargs
    return duty_actions.give_duty(
        viewer=viewer, organisation_id=organisation.pk, function=function, region_id=region.pk, **facts
    )


@pytest.mark.clause("ZJ-46")
def test_the_county_registers_and_the_city_issues_and_samples(desk, jiangsu):
    city, county = jiangsu["3211"], jiangsu["321183"]
    zhenjiang, jurong = bureau(city, "municipal_hrss", "municipal"), bureau(county, "county_hrss", "county")
    for function in ("certificates", "sampling"):
        give(desk, zhenjiang, function, city)
    give(desk, jurong, "enrolment", county)
    assert queries_duties.competent("enrolment", "321183", TODAY) == jurong
    assert queries_duties.competent("certificates", "321183", TODAY) == zhenjiang
    assert queries_duties.competent("sampling", "321183", TODAY) == zhenjiang
    assert queries_duties.competent("enrolment", "3211", TODAY) is None  # the county's is not the city's
    lines = {line.function: line for line in queries_duties.matrix("321183", TODAY)}
    assert not lines["enrolment"].inherited
    assert lines["certificates"].inherited
    assert lines["certificates"].held.region == city
    assert "教材征订" in queries_duties.gaps("321183", TODAY)
    assert "发证" not in queries_duties.gaps("321183", TODAY)


def test_the_reason_is_the_row_and_the_next_is_named(desk, jiangsu, django_assert_num_queries):
    city, county = jiangsu["3211"], jiangsu["321183"]
    zhenjiang, jurong = bureau(city, "municipal_hrss", "municipal"), bureau(county, "county_hrss", "county")
    give(desk, zhenjiang, "plans", city)
    row = give(desk, jurong, "plans", county)
    with django_assert_num_queries(1):
        found = queries_duties.competence("plans", "321183", TODAY)
    assert (found.duty, found.next.organisation) == (row, zhenjiang)
    with django_assert_num_queries(2):
        queries_duties.matrix("321183", TODAY)
    Organisation.objects.filter(pk=jurong.pk).update(closed_at=NINE)
    assert queries_duties.competent("plans", "321183", TODAY) == zhenjiang
    assert queries_duties.competent("plans", "321183", TODAY - timedelta(days=1)) == jurong


@pytest.mark.clause("CQ-24")
@pytest.mark.clause("CQ-25")
@pytest.mark.clause("CQ-26")
@pytest.mark.clause("CQ-27")
def test_in_one_place_the_own_industry_goes_before_none(
    desk, chongqing, yuzhong, municipal_bureau, county_bureau, authority_of_education, training_centre, education
):
    give(desk, municipal_bureau, "recognition", chongqing)
    give(desk, authority_of_education, "recognition", chongqing, industry_id=education.pk)
    give(desk, training_centre, "textbooks", chongqing)
    group = Industry.objects.create(code="P833", name="中等教育", parent=education)
    assert queries_duties.competent("recognition", "500103", TODAY) == municipal_bureau
    assert queries_duties.competent("recognition", "500103", TODAY, "Q84") == municipal_bureau
    assert queries_duties.competent("recognition", "500103", TODAY, "P83") == authority_of_education
    found = queries_duties.competence("recognition", "500103", TODAY, group.code)
    assert (found.organisation, found.next.organisation) == (authority_of_education, municipal_bureau)
    assert queries_duties.competent("textbooks", "500103", TODAY) == training_centre
    give(desk, county_bureau, "recognition", yuzhong)  # a nearer region goes before a nearer industry
    assert queries_duties.competent("recognition", "500103", TODAY, "P83") == county_bureau
    (line,) = [line for line in queries_duties.matrix("500103", TODAY) if line.function == "recognition"]
    assert [duty.organisation for duty in line.industries] == [authority_of_education]


def test_one_thing_belongs_to_one_organisation_and_is_handed_over_on_a_day(
    desk, chongqing, municipal_bureau, training_centre
):
    first = give(desk, municipal_bureau, "enrolment", chongqing)
    assert give(desk, municipal_bureau, "enrolment", chongqing).pk == first.pk  # a second click
    with pytest.raises(duty_actions.DutyTaken) as refused:
        give(desk, training_centre, "enrolment", chongqing, since=TODAY)
    assert municipal_bureau.name in refused.value.said
    with pytest.raises(duty_actions.DutyTaken):  # not from before the other began
        give(desk, training_centre, "enrolment", chongqing, since=YEAR, replace=True)
    later = TODAY + timedelta(days=30)
    give(desk, training_centre, "enrolment", chongqing, since=later, replace=True)
    assert queries_duties.competent("enrolment", "50", TODAY) == municipal_bureau
    assert queries_duties.competent("enrolment", "50", later) == training_centre
    (line,) = [line for line in queries_duties.matrix("50", TODAY) if line.function == "enrolment"]
    assert [duty.organisation for duty in line.coming] == [training_centre]
    assert AuditLine.objects.filter(action="people.end_duty").count() == 1


@pytest.mark.clause("KF-13")
@pytest.mark.clause("KF-15")
def test_no_bureau_gives_itself_what_it_answers_for(
    officer, municipal_officer, viewer, chongqing, yuzhong, jiangbei, county_bureau, municipal_bureau, county_unit
):
    county, city = viewer(officer, "officer"), viewer(municipal_officer, "officer")
    assert give(city, county_bureau, "enrolment", yuzhong).pk
    for desk, region in ((county, yuzhong), (city, chongqing)):
        with pytest.raises(duty_actions.DutyFromAbove):
            give(desk, county_bureau, "certificates", region)
    with pytest.raises(NotYours):
        give(county, county_bureau, "certificates", jiangbei)
    with pytest.raises(duty_actions.DutyNotFitting):
        give(city, county_unit, "certificates", yuzhong)
    assert duty_actions.may_arrange(city, yuzhong)
    assert not duty_actions.may_arrange(county, yuzhong)


@pytest.mark.parametrize("role", ["counter", "unit_clerk", "industry_officer", "learner"])
def test_nobody_else_gives_or_ends_duties(
    role, cashier, clerk, industry_officer, wang, viewer, desk, yuzhong, county_bureau
):
    who = {"counter": cashier, "unit_clerk": clerk, "industry_officer": industry_officer, "learner": wang}[role]
    duty = give(desk, county_bureau, "enrolment", yuzhong)
    with pytest.raises(NotYours):
        give(viewer(who, role), county_bureau, "fees", yuzhong)
    with pytest.raises(NotYours):
        duty_actions.end_duty(viewer=viewer(who, role), duty_id=duty.pk, until=TODAY, at=NINE)


def test_a_duty_is_given_to_an_open_organisation_and_a_known_industry(desk, yuzhong, county_bureau):
    with pytest.raises(NotYours):
        give(desk, county_bureau, "fees", yuzhong, industry_id=999_999)
    Organisation.objects.filter(pk=county_bureau.pk).update(closed_at=NINE)
    with pytest.raises(NotYours):
        give(desk, county_bureau, "fees", yuzhong)


def test_a_duty_ends_from_today_on_and_what_never_began_is_taken_out(desk, chongqing, yuzhong, county_bureau):
    def end(duty, until):
        return duty_actions.end_duty(viewer=desk, duty_id=duty.pk, until=until, at=NINE)

    duty = give(desk, county_bureau, "fees", yuzhong)
    with pytest.raises(duty_actions.DutyEndsTooEarly):
        end(duty, TODAY - timedelta(days=1))
    for _ in range(2):
        end(duty, TODAY)
    assert queries_duties.competent("fees", "500103", TODAY) is None
    assert queries_duties.competent("fees", "500103", TODAY - timedelta(days=1)) == county_bureau
    assert AuditLine.objects.filter(action="people.end_duty").count() == 1
    coming = give(desk, county_bureau, "plans", yuzhong, since=TODAY + timedelta(days=9))
    end(coming, TODAY)
    assert not Duty.objects.filter(function="plans").exists()
    with pytest.raises(NotYours):
        end(coming, TODAY)


def test_what_an_organisation_does_is_listed_in_the_order_of_the_functions(desk, chongqing, yuzhong, county_bureau):
    give(desk, county_bureau, "fees", yuzhong)
    give(desk, county_bureau, "publicity", yuzhong)
    assert [duty.function for duty in queries_duties.duties_of(county_bureau.pk, TODAY)] == ["publicity", "fees"]


@pytest.mark.clause("HT-01")
def test_a_zone_has_offices_of_its_own_below_the_city(desk):
    above = None
    for code, name in (("15", "内蒙古自治区"), ("1501", "呼和浩特市"), ("150172", "呼和浩特经济技术开发区")):
        above = Region.objects.create(code=code, name=name, parent=above)
    zone = bureau(above, "county_hrss", "county")
    give(desk, zone, "enrolment", above)
    assert queries_duties.competent("enrolment", "150172", TODAY) == zone
    assert queries_duties.competent("enrolment", "1501", TODAY) is None


# ---- what follows from duties ----------------------------------------------------------------------------------------


@pytest.mark.clause("ZJ-46")
def test_a_region_may_have_given_verifying_to_the_bureau_above(
    desk, wang, yuzhong, chongqing, county_bureau, municipal_bureau, other_bureau, training_centre
):
    def verifier():
        return queries.verifier_organisation("county_hrss", wang.pk, TODAY)

    assert verifier() == county_bureau
    give(desk, municipal_bureau, "verification", chongqing)
    assert verifier() == county_bureau  # the nearer one, as the law says
    for elsewhere in (other_bureau, training_centre):  # who could not see her is not asked
        duty = give(desk, elsewhere, "verification", yuzhong)
        assert verifier() == county_bureau
        Duty.objects.filter(pk=duty.pk).delete()
    give(desk, municipal_bureau, "verification", yuzhong)
    assert verifier() == municipal_bureau
    Organisation.objects.filter(pk=municipal_bureau.pk).update(closed_at=NINE)
    assert verifier() == county_bureau


@pytest.mark.clause("KF-18")
def test_who_is_in_a_scattered_major_goes_to_the_base_directly(
    desk, chongqing, base, authority_of_education, education
):
    give(desk, authority_of_education, "training", chongqing, industry_id=education.pk)
    give(desk, base, "training", chongqing)
    assert queries_duties.competent("training", "500103", TODAY, "P833") == authority_of_education
    assert queries_duties.competent("training", "500103", TODAY, "R88") == base
    assert queries_duties.competent("training", "500103", TODAY) == base


@pytest.mark.clause("KF-13")
@pytest.mark.clause("CQ-24")
def test_the_city_makes_the_plans_of_every_county(desk, chongqing, municipal_bureau):
    give(desk, municipal_bureau, "plans", chongqing)
    give(desk, municipal_bureau, "supervision", chongqing)
    for county in ("500103", "500105", "500243"):
        assert queries_duties.competent("plans", county, TODAY) == municipal_bureau
        assert queries_duties.competent("supervision", county, TODAY) == municipal_bureau


@pytest.mark.clause("CQ-25")
def test_the_county_has_its_four_functions(desk, yuzhong, county_bureau):
    for function in ("publicity", "enrolment", "fees", "verification"):
        give(desk, county_bureau, function, yuzhong)
    held = [line.function for line in queries_duties.matrix("500103", TODAY) if line.held]
    assert held == ["publicity", "enrolment", "fees", "verification"]


@pytest.mark.clause("CQ-27")
@pytest.mark.clause("CQ-28")
def test_the_training_centre_has_textbooks_training_and_the_help_desk(desk, chongqing, training_centre):
    for function in ("textbooks", "training"):
        give(desk, training_centre, function, chongqing)
        assert queries_duties.competent(function, "500105", TODAY) == training_centre
