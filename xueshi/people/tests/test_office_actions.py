"""Regions, organisations and posts: what operators may do, and what nobody may."""

import pytest

from conftest import NINE, id_number
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import office_actions, office_queries
from xueshi.people.models import Account, Organisation, Post
from xueshi.people.queries import viewer_of


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


def test_a_region_is_added_below_its_parent_once(desk, chongqing):
    for _ in range(2):
        region = office_actions.add_region(viewer=desk, code="500105", name="江北区", parent_id=chongqing.pk, at=NINE)
    assert region.parent_id == chongqing.pk
    assert AuditLine.objects.filter(action="people.add_region").count() == 1


def test_a_region_code_belongs_to_one_region(desk, yuzhong):
    with pytest.raises(office_actions.RegionTaken):
        office_actions.add_region(viewer=desk, code=yuzhong.code, name="别的区", parent_id=None, at=NINE)


def test_a_region_lies_below_its_parent_by_its_code(desk, yuzhong):
    with pytest.raises(office_actions.NotBelow):
        office_actions.add_region(viewer=desk, code="510101", name="外地", parent_id=yuzhong.pk, at=NINE)


def test_two_organisations_of_a_region_do_not_share_a_name(desk, county_unit, county_bureau):
    facts = {"kind": "unit", "level": "county", "address": "", "phone": "", "hours": ""}
    kept = office_actions.keep_organisation(
        viewer=desk,
        organisation_id=county_unit.pk,
        region_id=county_unit.region_id,
        name="渝中区示例小学",
        at=NINE,
        **facts,
    )
    assert kept.name == "渝中区示例小学"
    with pytest.raises(office_actions.OrganisationTaken):
        office_actions.keep_organisation(
            viewer=desk,
            organisation_id=None,
            region_id=county_unit.region_id,
            name=county_bureau.name,
            at=NINE,
            **facts,
        )


def test_an_organisation_changes_its_kind_only_without_posts_that_would_not_fit(
    desk, cashier, county_bureau, county_unit
):
    facts = {"level": "county", "address": "", "phone": "", "hours": ""}

    def becomes(organisation, kind):
        return office_actions.keep_organisation(
            viewer=desk, organisation_id=organisation.pk, region_id=organisation.region_id, name=organisation.name,
            at=NINE, kind=kind, **facts,
        )  # fmt: skip

    assert becomes(county_unit, "talent_agency").kind == "talent_agency"
    with pytest.raises(office_actions.PostsInTheWay):
        becomes(county_bureau, "unit")
    assert Organisation.objects.get(pk=county_bureau.pk).kind == "county_hrss"


def test_a_post_acts_from_its_grant_to_its_end(desk, stranger, county_bureau):
    post = office_actions.grant_post(
        viewer=desk, person_id=stranger.pk, role="counter", organisation_id=county_bureau.pk, at=NINE
    )
    account = Account.objects.get(person=stranger)
    seen = viewer_of(account_id=account.pk, at=NINE)
    assert seen
    assert seen.holds("counter")
    office_actions.end_post(viewer=desk, post_id=post.pk, at=NINE)
    seen = viewer_of(account_id=account.pk, at=NINE)
    assert seen
    assert not seen.holds("counter")


def test_a_second_click_grants_one_post(desk, stranger, county_bureau):
    for _ in range(2):
        office_actions.grant_post(
            viewer=desk, person_id=stranger.pk, role="verifier", organisation_id=county_bureau.pk, at=NINE
        )
    assert Post.objects.filter(person=stranger).count() == 1


def test_nobody_grants_or_ends_a_post_of_his_own(desk, operator, training_centre):
    with pytest.raises(office_actions.OwnPost):
        office_actions.grant_post(
            viewer=desk, person_id=operator.pk, role="operator", organisation_id=training_centre.pk, at=NINE
        )
    with pytest.raises(office_actions.OwnPost):
        office_actions.end_post(viewer=desk, post_id=Post.objects.get(person=operator).pk, at=NINE)


def test_a_counter_is_not_set_up_at_a_school(desk, stranger, county_unit):
    with pytest.raises(office_actions.PostNotFitting):
        office_actions.grant_post(
            viewer=desk, person_id=stranger.pk, role="counter", organisation_id=county_unit.pk, at=NINE
        )


def test_a_closed_organisations_posts_stop_at_once(desk, cashier, county_bureau):
    account = Account.objects.get(person=cashier)
    office_actions.close_organisation(viewer=desk, organisation_id=county_bureau.pk, reason="合并", at=NINE)
    seen = viewer_of(account_id=account.pk, at=NINE)
    assert seen
    assert seen.seats == ()
    assert Organisation.objects.get(pk=county_bureau.pk).closed_at == NINE


def test_only_an_operator_changes_the_establishment(cashier, viewer, chongqing):
    with pytest.raises(NotAllowed):
        office_actions.add_region(
            viewer=viewer(cashier, "counter"), code="500106", name="沙坪坝区", parent_id=chongqing.pk, at=NINE
        )


def test_what_is_not_there_cannot_be_closed(desk):
    with pytest.raises(NotYours):
        office_actions.close_organisation(viewer=desk, organisation_id=999_999, reason="误建", at=NINE)


def test_a_platform_is_founded_once(db, make_person):
    runs = office_actions.found(region_code="50", region="重庆市", organisation="示例培训中心", at=NINE)
    person = make_person("示例首任", 20)
    office_actions.appoint_first_operator(person_id=person.pk, organisation_id=runs.pk, at=NINE)
    with pytest.raises(office_actions.AlreadyFounded):
        office_actions.found(region_code="51", region="外地", organisation="另一中心", at=NINE)
    with pytest.raises(office_actions.AlreadyFounded):
        office_actions.appoint_first_operator(person_id=person.pk, organisation_id=runs.pk, at=NINE)


def test_people_are_found_by_name_or_by_the_last_four_places(wang, stranger):
    assert list(office_queries.persons_by("王老师")) == [wang]
    assert wang in office_queries.persons_by(id_number(2)[-4:].lower())
    assert list(office_queries.persons_by(" ")) == []
