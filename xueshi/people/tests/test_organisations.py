"""Organisations: who keeps which, which codes they have, and how they are closed and opened again."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from conftest import NINE
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import (
    access,
    organisation_actions,
    organisation_queries,
    request_actions,
    rules_organisations,
)
from xueshi.people.models import Account, ChangeRequest, Employment, Industry, Organisation, Post
from xueshi.people.organisation_queries import Wanted
from xueshi.people.queries import viewer_of

CODE = "91500103MA5U000000"[:17]
CODE += rules_organisations.credit_check(CODE)


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


def keep(viewer, organisation=None, *, region=None, name="", **facts):
    return organisation_actions.keep_organisation(
        viewer=viewer,
        organisation_id=organisation.pk if organisation else None,
        region_id=(region or organisation.region).pk,
        name=name or organisation.name,
        at=NINE,
        **facts,
    )


def seats_of(person):
    seen = viewer_of(account_id=Account.objects.get(person=person).pk, at=NINE + timedelta(days=1))
    assert seen
    return seen.seats


# ---- what is kept --------------------------------------------------------------------------------------------------


@pytest.mark.clause("HT-02")
def test_an_organisation_has_a_code_an_ownership_and_an_industry(desk, yuzhong, education):
    typed = f"{CODE[:8].lower()} {CODE[8:]}"
    made = keep(
        desk, region=yuzhong, name="示例民办学校", kind="unit", level="county", credit_code=typed,
        ownership="non_public", grass_roots=True, industry_id=education.pk,
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.credit_code, made.ownership, made.grass_roots, made.industry) == (CODE, "non_public", True, education)


def test_what_is_not_said_stays_and_nothing_said_leaves_no_line(desk, county_unit):
    keep(desk, county_unit, phone="0511-87319017")
    assert Organisation.objects.get(pk=county_unit.pk).address == county_unit.address
    keep(desk, county_unit, phone="0511-87319017")
    line = AuditLine.objects.get(action="people.change_organisation")
    assert list(line.facts["before"]) == list(line.facts["after"]) == ["phone"]


def test_a_wrong_credit_code_is_refused_with_the_character_that_would_be_right(desk, county_unit):
    wrong = CODE[:17] + ("0" if CODE[17] != "0" else "1")
    with pytest.raises(organisation_actions.NotACreditCode) as refused:
        keep(desk, county_unit, credit_code=wrong)
    assert f"最后一位应是 {CODE[17]}" in refused.value.said
    with pytest.raises(organisation_actions.NotACreditCode) as refused:
        keep(desk, county_unit, credit_code="123")
    assert "应是 18 位，您填了 3 位" in refused.value.said
    assert keep(desk, county_unit, credit_code=CODE).credit_code == CODE


def test_a_credit_code_belongs_to_one_organisation_wherever_it_is(desk, county_unit, other_unit):
    keep(desk, county_unit, credit_code=CODE)
    keep(desk, county_unit, credit_code=CODE)  # its own again
    with pytest.raises(organisation_actions.CreditCodeTaken) as refused:
        keep(desk, other_unit, credit_code=CODE)
    assert county_unit.name in refused.value.said
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=other_unit.pk).update(credit_code=CODE)


def test_two_organisations_of_a_region_do_not_share_a_name(desk, county_unit, county_bureau):
    assert keep(desk, county_unit, name="渝中区示例小学").name == "渝中区示例小学"
    with pytest.raises(organisation_actions.OrganisationTaken):
        keep(desk, region=county_unit.region, name=county_bureau.name, kind="unit", level="county")
    with pytest.raises(organisation_actions.OrganisationTaken):
        keep(desk, county_unit, name=county_bureau.name)


def test_an_organisation_changes_its_kind_only_without_posts_that_would_not_fit(
    desk, cashier, county_bureau, county_unit
):
    assert keep(desk, county_unit, kind="talent_agency").kind == "talent_agency"
    with pytest.raises(organisation_actions.PostsInTheWay):
        keep(desk, county_bureau, kind="unit")
    assert Organisation.objects.get(pk=county_bureau.pk).kind == "county_hrss"


def test_a_bureau_stands_at_its_level_and_an_authority_in_its_industry(desk, county_bureau, yuzhong, education):
    with pytest.raises(organisation_actions.LevelNotFitting):
        keep(desk, county_bureau, level="municipal")
    facts = {"kind": "industry_authority", "level": "county"}
    with pytest.raises(organisation_actions.IndustryMissing):
        keep(desk, region=yuzhong, name="渝中区教委（示例）", **facts)
    assert (
        keep(desk, region=yuzhong, name="渝中区教委（示例）", industry_id=education.pk, **facts).industry == education
    )


def test_an_organisation_stands_in_a_region_that_is_there(desk, county_unit):
    county_unit.region.pk = 999_999
    with pytest.raises(NotYours):
        keep(desk, county_unit)


# ---- who keeps it --------------------------------------------------------------------------------------------------


@pytest.mark.clause("KF-15")
@pytest.mark.clause("CQ-25")
def test_a_county_officer_keeps_the_units_of_the_own_county(
    officer, viewer, yuzhong, jiangbei, county_unit, other_unit
):
    desk = viewer(officer, "officer")
    assert keep(desk, region=yuzhong, name="渝中区示例医院", kind="unit", level="county").pk
    assert keep(desk, county_unit, phone="1").phone == "1"
    with pytest.raises(NotYours):
        keep(desk, region=jiangbei, name="别处的单位", kind="unit", level="county")
    with pytest.raises(NotYours):
        keep(desk, other_unit, phone="1")
    with pytest.raises(NotYours):
        keep(desk, county_unit, region=jiangbei)


@pytest.mark.clause("CQ-24")
def test_bureaus_are_kept_from_above_and_a_bureau_its_own_telephone(
    officer, municipal_officer, viewer, yuzhong, county_bureau, municipal_bureau
):
    county, city = viewer(officer, "officer"), viewer(municipal_officer, "officer")
    assert keep(city, county_bureau, name="渝中区人社局（示例）").name == "渝中区人社局（示例）"
    county_bureau.refresh_from_db()
    assert keep(county, county_bureau, phone="023-1", hours="工作日").hours == "工作日"
    with pytest.raises(organisation_actions.NotYourKind):
        keep(county, county_bureau, name="自己改名")
    with pytest.raises(organisation_actions.NotYourKind):
        keep(county, region=yuzhong, name="另一个局", kind="county_hrss", level="county")
    with pytest.raises(organisation_actions.NotYourKind):
        keep(county, region=yuzhong, name="市级单位", kind="unit", level="municipal")
    with pytest.raises(organisation_actions.NotYourKind):
        keep(city, municipal_bureau, level="municipal", credit_code=CODE)
    with pytest.raises(NotYours):
        keep(county, municipal_bureau, phone="1")


@pytest.mark.clause("CQ-26")
@pytest.mark.clause("KF-16")
def test_an_industry_officer_keeps_the_units_of_the_own_industry(
    industry_officer, viewer, yuzhong, county_unit, other_unit, education
):
    desk = viewer(industry_officer, "industry_officer")
    other = Industry.objects.create(code="Q", name="卫生和社会工作")
    county_unit.refresh_from_db()
    assert keep(desk, county_unit, phone="1").phone == "1"
    made = keep(desk, region=yuzhong, name="示例小学", kind="unit", level="county", industry_id=education.pk)
    assert made.industry == education
    for facts in (
        {"industry_id": other.pk},
        {"industry_id": None},
        {"industry_id": education.pk, "kind": "training_base"},
    ):
        with pytest.raises(organisation_actions.NotYourKind):
            keep(desk, region=yuzhong, name="别的", **{"kind": "unit", "level": "county", **facts})
    with pytest.raises(organisation_actions.NotYourKind):
        keep(desk, county_unit, industry_id=other.pk)
    with pytest.raises(NotYours):
        keep(desk, other_unit, phone="1")


@pytest.mark.parametrize("role", ["counter", "unit_clerk", "auditor", "learner"])
def test_nobody_else_keeps_organisations(role, cashier, clerk, auditor, wang, viewer, county_unit):
    who = {"counter": cashier, "unit_clerk": clerk, "auditor": auditor, "learner": wang}[role]
    with pytest.raises(NotAllowed):
        keep(viewer(who, role), county_unit, phone="1")
    with pytest.raises(NotAllowed):
        organisation_actions.propose_closing(
            viewer=viewer(who, role), organisation_id=county_unit.pk, reason="试试", at=NINE
        )


# ---- closing and opening again -------------------------------------------------------------------------------------


def close(viewer, organisation, reason="并入他处"):
    return organisation_actions.propose_closing(viewer=viewer, organisation_id=organisation.pk, reason=reason, at=NINE)


def test_a_place_where_nobody_works_is_closed_at_once_with_a_reason(desk, agency):
    with pytest.raises(organisation_actions.ClosingReasonMissing):
        close(desk, agency, " ")
    for _ in range(2):
        assert close(desk, agency) is None
    agency.refresh_from_db()
    assert agency.closed_at == NINE
    assert AuditLine.objects.get(action="people.close_organisation").reason == "并入他处"


@pytest.fixture
def colleague(make_person, municipal_bureau):
    return make_person("示例市同事", 40, post="officer", at_organisation=municipal_bureau)


def test_a_unit_with_people_is_closed_by_two(municipal_officer, colleague, viewer, clerk, wang, county_unit):
    first, second = viewer(municipal_officer, "officer"), viewer(colleague, "officer")
    asked = close(first, county_unit)
    assert asked
    assert close(first, county_unit).pk == asked.pk  # a second click
    county_unit.refresh_from_db()
    assert county_unit.closed_at is None
    assert [seat.role for seat in seats_of(clerk)] == ["unit_clerk"]
    with pytest.raises(request_actions.OwnRequest):
        organisation_actions.confirm_closing(viewer=first, request_id=asked.pk, at=NINE)
    organisation_actions.confirm_closing(viewer=second, request_id=asked.pk, at=NINE)
    county_unit.refresh_from_db()
    assert county_unit.closed_at == NINE
    assert seats_of(clerk) == ()
    with pytest.raises(request_actions.RequestDecided):
        organisation_actions.confirm_closing(viewer=second, request_id=asked.pk, at=NINE)
    assert AuditLine.objects.filter(action="people.close_organisation").count() == 1


def test_the_database_itself_refuses_one_person_for_both(municipal_officer, colleague, viewer, wang, county_unit):
    asked = close(viewer(municipal_officer, "officer"), county_unit)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=asked.pk).update(decided_by=municipal_officer)


def test_the_second_person_may_say_no_and_the_first_may_take_it_back(
    municipal_officer, colleague, viewer, wang, county_unit
):
    first, second = viewer(municipal_officer, "officer"), viewer(colleague, "officer")
    asked = close(first, county_unit)
    request_actions.refuse(viewer=second, request_id=asked.pk, reason="还有人在这里", at=NINE)
    again = close(first, county_unit)
    assert again.pk != asked.pk
    request_actions.withdraw(viewer=first, request_id=again.pk, at=NINE)
    with pytest.raises(request_actions.RequestDecided):
        organisation_actions.confirm_closing(viewer=second, request_id=again.pk, at=NINE)
    county_unit.refresh_from_db()
    assert county_unit.closed_at is None


def test_where_nobody_beside_could_agree_the_bureau_above_is_asked(
    officer, municipal_officer, other_officer, viewer, wang, county_unit, municipal_bureau
):
    asked = close(viewer(officer, "officer"), county_unit)
    assert asked.office == municipal_bureau
    with pytest.raises(NotYours):
        organisation_actions.confirm_closing(viewer=viewer(other_officer, "officer"), request_id=asked.pk, at=NINE)
    organisation_actions.confirm_closing(viewer=viewer(municipal_officer, "officer"), request_id=asked.pk, at=NINE)
    county_unit.refresh_from_db()
    assert county_unit.closed_at == NINE


def test_where_there_is_no_bureau_above_an_operator_is_asked(officer, desk, viewer, wang, county_unit, training_centre):
    asked = close(viewer(officer, "officer"), county_unit)
    assert asked.office == training_centre
    organisation_actions.confirm_closing(viewer=desk, request_id=asked.pk, at=NINE)


def test_a_request_that_waits_does_not_close_what_has_been_closed_meanwhile(
    municipal_officer, colleague, viewer, wang, county_unit
):
    asked = close(viewer(municipal_officer, "officer"), county_unit)
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE)
    with pytest.raises(organisation_actions.NothingToClose):
        organisation_actions.confirm_closing(viewer=viewer(colleague, "officer"), request_id=asked.pk, at=NINE)


def test_nobody_closes_the_own_door_and_nobody_closes_another_countys(
    officer, other_officer, viewer, county_bureau, county_unit, desk, training_centre
):
    with pytest.raises(organisation_actions.OwnOrganisation):
        close(viewer(officer, "officer"), county_bureau)
    with pytest.raises(organisation_actions.OwnOrganisation):
        close(desk, training_centre)
    with pytest.raises(NotYours):
        close(viewer(other_officer, "officer"), county_unit)


def test_what_is_not_there_cannot_be_closed(desk):
    with pytest.raises(NotYours):
        organisation_actions.propose_closing(viewer=desk, organisation_id=999_999, reason="误建", at=NINE)


def test_a_unit_that_was_closed_yesterday_is_changed_by_nobody_until_it_is_open_again(desk, clerk, county_unit):
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE - timedelta(days=1))
    assert seats_of(clerk) == ()
    with pytest.raises(organisation_actions.OrganisationClosed):
        keep(desk, county_unit, phone="1")
    with pytest.raises(organisation_actions.ClosingReasonMissing):
        organisation_actions.reopen_organisation(viewer=desk, organisation_id=county_unit.pk, reason="", at=NINE)
    for _ in range(2):
        organisation_actions.reopen_organisation(viewer=desk, organisation_id=county_unit.pk, reason="误关", at=NINE)
    assert [seat.role for seat in seats_of(clerk)] == ["unit_clerk"]
    assert AuditLine.objects.filter(action="people.reopen_organisation").count() == 1


def test_opening_again_revives_no_post_that_ended_or_ran_out(desk, clerk, county_unit):
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE)
    Post.objects.filter(person=clerk).update(until=NINE + timedelta(hours=1))
    organisation_actions.reopen_organisation(viewer=desk, organisation_id=county_unit.pk, reason="误关", at=NINE)
    assert seats_of(clerk) == ()


# ---- what is seen --------------------------------------------------------------------------------------------------


def names(viewer, **wanted):
    return {one.name for one in organisation_queries.organisations_for(viewer, Wanted(**wanted))}


@pytest.mark.clause("KF-15")
def test_an_office_sees_its_own_reach(
    officer, municipal_officer, other_officer, industry_officer, desk, viewer, county_unit, other_unit, county_bureau
):
    county, city = viewer(officer, "officer"), viewer(municipal_officer, "officer")
    assert names(county) == {county_unit.name, county_bureau.name}
    assert {county_unit.name, other_unit.name, county_bureau.name} <= names(city)
    mine = names(viewer(industry_officer, "industry_officer"))
    assert county_unit.name in mine
    assert other_unit.name not in mine
    assert county_unit.name not in names(viewer(other_officer, "officer"))
    with pytest.raises(NotYours):
        organisation_queries.organisation_for(viewer(other_officer, "officer"), county_unit.pk)
    assert organisation_queries.organisation_for(county, county_unit.pk) == county_unit


def test_organisations_are_found_by_name_code_kind_region_industry_and_state(
    desk, county_unit, other_unit, county_bureau, education
):
    Organisation.objects.filter(pk=county_unit.pk).update(credit_code=CODE, industry=education)
    Organisation.objects.filter(pk=other_unit.pk).update(closed_at=NINE)
    assert names(desk, text="示例中") == {county_unit.name}
    assert names(desk, text=CODE.lower()) == {county_unit.name}
    assert names(desk, kind="county_hrss") == {county_bureau.name}
    assert names(desk, region="500105") == {other_unit.name}
    assert names(desk, industry="P") == {county_unit.name}
    assert names(desk, state="closed") == {other_unit.name}
    assert other_unit.name not in names(desk, state="open")


def test_pages_follow_each_other_without_a_gap_or_a_repetition(desk, yuzhong, jiangbei, django_assert_num_queries):
    for region in (yuzhong, jiangbei):
        Organisation.objects.bulk_create(
            Organisation(name=f"示例单位{n:02d}", kind="unit", level="county", region=region) for n in range(7)
        )
    found = organisation_queries.organisations_for(desk, Wanted(kind="unit"))
    seen, after = [], 0
    while True:
        with django_assert_num_queries(4 if after else 3):
            page = organisation_queries.slice_of(found, after, most=4)
        assert page.first == (after == 0)
        seen += page.rows
        after = page.after
        if not after:
            break
    assert [one.pk for one in seen] == [one.pk for one in found]
    assert page.total == 14


def test_people_are_counted_with_second_jobs_and_without_those_who_left(county_unit, wang, clerk, stranger):
    Employment.objects.create(person=stranger, employer=county_unit, since=date(2026, 1, 1), main=False)
    assert organisation_queries.people_count(county_unit.pk) == 3
    Employment.objects.filter(person=clerk).update(until=date(2026, 5, 1))
    assert organisation_queries.people_count(county_unit.pk) == 2


def test_what_was_done_is_told_with_names(desk, county_unit):
    keep(desk, county_unit, phone="0511-1", hours="工作日")
    (deed,) = organisation_queries.history_of(f"organisation:{county_unit.pk}")
    assert (deed.who, deed.action) == ("示例管理员", "people.change_organisation")
    assert sorted(deed.changed) == ["hours", "phone"]


# ---- whose people these are ------------------------------------------------------------------------------------------


@pytest.mark.clause("ZJ-38")
@pytest.mark.clause("JN-12")
def test_a_unit_brings_and_records_its_own_people_and_an_authority_those_of_its_industry(
    clerk, unit_head, other_clerk, industry_officer, wang, viewer, county_unit, other_unit
):
    for person, role in ((clerk, "unit_clerk"), (unit_head, "unit_head"), (industry_officer, "industry_officer")):
        assert access.can(viewer(person, role), "bring", county_unit)
        assert not access.can(viewer(person, role), "bring", other_unit)
    assert access.may(viewer(clerk, "unit_clerk"), "record", wang.pk)
    assert not access.may(viewer(other_clerk, "unit_clerk"), "record", wang.pk)


@pytest.mark.clause("JN-04")
@pytest.mark.clause("HT-02")
@pytest.mark.clause("KF-15")
def test_an_office_answers_for_the_people_of_every_kind_of_unit_in_its_region(
    officer, other_officer, viewer, desk, make_person, yuzhong, education
):
    kinds = {"公立学校": "public", "民营企业": "non_public", "社会组织": ""}
    for serial, (name, ownership) in enumerate(kinds.items()):
        unit = keep(desk, region=yuzhong, name=f"示例{name}", kind="unit", level="county", ownership=ownership)
        person = make_person(f"示例人{name}", 70 + 2 * serial, employer=unit)
        assert access.may(viewer(officer, "officer"), "see", person.pk)
        assert not access.may(viewer(other_officer, "officer"), "see", person.pk)
