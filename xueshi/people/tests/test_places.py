"""The two trees: who adds and renames what, and which codes stand where."""

import pytest

from conftest import NINE
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import organisation_queries, place_actions
from xueshi.people.models import Industry, Organisation, Region


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


def add(viewer, code, name, parent=None):
    return place_actions.add_region(
        viewer=viewer, code=code, name=name, parent_id=parent.pk if parent else None, at=NINE
    )


def test_a_region_is_added_below_its_parent_once(desk, chongqing):
    for _ in range(2):
        region = add(desk, "500105", "江北区", chongqing)
    assert region.parent_id == chongqing.pk
    assert AuditLine.objects.filter(action="people.add_region").count() == 1


def test_a_region_code_belongs_to_one_region(desk, yuzhong):
    with pytest.raises(place_actions.RegionTaken):
        add(desk, yuzhong.code, "别的区")


def test_a_region_lies_below_its_parent_by_its_code(desk, yuzhong):
    with pytest.raises(place_actions.NotBelow):
        add(desk, "510101", "外地", yuzhong)


@pytest.mark.parametrize("code", ["500", "50010", "05", "5o0105"])
def test_what_is_no_code_is_no_region(desk, chongqing, code):
    with pytest.raises(place_actions.NotARegionCode):
        add(desk, code, "某地", chongqing)


@pytest.mark.clause("HT-01")
def test_a_zone_hangs_below_its_city_and_finds_its_own_place(desk):
    inner = add(desk, "15", "内蒙古自治区")
    city = add(desk, "1501", "呼和浩特市")
    zone = add(desk, "150172", "呼和浩特经济技术开发区")
    assert (city.parent_id, zone.parent_id) == (inner.pk, city.pk)
    (root,) = organisation_queries.tree(Region.objects.filter(code__startswith="15").order_by("code"), {})
    assert root.below[0].below[0].kind == "zone"


@pytest.mark.clause("CQ-24")
@pytest.mark.clause("KF-15")
def test_an_officer_adds_and_renames_below_the_own_region_only(municipal_officer, officer, viewer, chongqing, yuzhong):
    city, county = viewer(municipal_officer, "officer"), viewer(officer, "officer")
    assert add(city, "500174", "示例高新区", chongqing).parent_id == chongqing.pk
    assert add(county, "500103001", "示例街道", yuzhong).parent_id == yuzhong.pk
    for viewer_, code in ((city, "5101"), (county, "500105"), (county, "500103")):
        with pytest.raises(place_actions.RegionAbove):
            add(viewer_, code, "某地")
    renamed = place_actions.rename_region(viewer=city, region_id=yuzhong.pk, name="渝中", at=NINE)
    assert renamed.name == "渝中"
    with pytest.raises(place_actions.RegionAbove):
        place_actions.rename_region(viewer=county, region_id=yuzhong.pk, name="我区", at=NINE)
    with pytest.raises(NotYours):
        place_actions.rename_region(viewer=county, region_id=chongqing.pk, name="我市", at=NINE)


def test_a_counter_changes_no_region_and_the_same_name_again_leaves_no_line(cashier, desk, viewer, chongqing, yuzhong):
    with pytest.raises(NotAllowed):
        add(viewer(cashier, "counter"), "500106", "沙坪坝区", chongqing)
    place_actions.rename_region(viewer=desk, region_id=yuzhong.pk, name=yuzhong.name, at=NINE)
    assert not AuditLine.objects.filter(action="people.rename_region").exists()


def test_an_industry_hangs_below_the_code_that_begins_its_own(desk):
    def industry(code, name):
        return place_actions.add_industry(viewer=desk, code=code, name=name, at=NINE)

    with pytest.raises(place_actions.IndustryNotBelow):
        industry("P83", "教育")
    section = industry("p", "教育")
    division = industry("P83", "教育")
    group = industry("P833", "中等教育")
    assert (section.parent_id, division.parent_id, group.parent_id) == (None, section.pk, division.pk)
    assert industry("P83", "教育").pk == division.pk
    with pytest.raises(place_actions.IndustryTaken):
        industry("P83", "别的")
    with pytest.raises(place_actions.NotAnIndustryCode):
        industry("Q83", "卫生")
    renamed = place_actions.rename_industry(viewer=desk, industry_id=group.pk, name="中等学校", at=NINE)
    assert renamed.name == "中等学校"
    with pytest.raises(NotYours):
        place_actions.rename_industry(viewer=desk, industry_id=999_999, name="无", at=NINE)


def test_only_an_operator_changes_the_industries(officer, industry_officer, viewer, education):
    for person, role in ((officer, "officer"), (industry_officer, "industry_officer")):
        with pytest.raises(NotAllowed):
            place_actions.add_industry(viewer=viewer(person, role), code="Q", name="卫生", at=NINE)
        with pytest.raises(NotAllowed):
            place_actions.rename_industry(viewer=viewer(person, role), industry_id=education.pk, name="我", at=NINE)


@pytest.mark.clause("CQ-26")
def test_an_authority_sees_its_own_branch_of_the_industries(industry_officer, officer, viewer, education):
    Industry.objects.create(code="Q", name="卫生和社会工作")
    mine = organisation_queries.industries_for(viewer(industry_officer, "industry_officer"))
    assert [one.code for one in mine] == ["P83"]
    assert [one.code for one in organisation_queries.industries_for(viewer(officer, "officer"))] == ["P", "P83", "Q"]


@pytest.mark.clause("KF-15")
def test_a_tree_counts_what_stands_in_it_and_is_searched_with_the_way_there(
    desk, officer, viewer, chongqing, yuzhong, jiangbei, county_unit, other_unit, django_assert_num_queries
):
    with django_assert_num_queries(2):
        (city,) = organisation_queries.region_tree(desk)
    assert [(one.row.code, one.count) for one in city.below] == [("500103", 2), ("500105", 1)]  # the bureau too
    assert city.total == city.count + 3
    (city,) = organisation_queries.region_tree(desk, "江北")
    assert [one.row.code for one in city.below] == ["500105"]
    assert organisation_queries.region_tree(desk, "没有") == []
    (own,) = organisation_queries.region_tree(viewer(officer, "officer"))
    assert own.row == yuzhong
    assert organisation_queries.size([city]) == 2


def test_a_closed_organisation_is_not_counted(desk, county_unit):
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE)
    (city,) = organisation_queries.region_tree(desk)
    assert city.below[0].count == 0
