"""Posts, and how a platform begins: what operators may do, and what nobody may."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from conftest import NINE, id_number
from xueshi.kernel.errors import NotYours
from xueshi.people import (
    founding_actions,
    member_actions,
    office_queries,
    organisation_actions,
    post_actions,
    post_rules,
    request_actions,
)
from xueshi.people.actions import placing
from xueshi.people.models import Account, Organisation, Post
from xueshi.people.queries import viewer_of


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


def test_a_post_acts_from_its_grant_to_its_end(desk, stranger, county_bureau):
    post = post_actions.appoint(
        viewer=desk, person_id=stranger.pk, role="counter", organisation_id=county_bureau.pk, at=NINE
    )
    account = Account.objects.get(person=stranger)
    seen = viewer_of(account_id=account.pk, at=NINE)
    assert seen
    assert seen.holds("counter")
    post_actions.end_post(viewer=desk, post_id=post.pk, at=NINE)
    seen = viewer_of(account_id=account.pk, at=NINE)
    assert seen
    assert not seen.holds("counter")


def test_a_second_click_grants_one_post(desk, stranger, county_bureau):
    for _ in range(2):
        post_actions.appoint(
            viewer=desk, person_id=stranger.pk, role="verifier", organisation_id=county_bureau.pk, at=NINE
        )
    assert Post.objects.filter(person=stranger).count() == 1


def test_nobody_grants_or_ends_a_post_of_his_own(desk, operator, training_centre):
    with pytest.raises(post_actions.OwnPost):
        post_actions.appoint(
            viewer=desk, person_id=operator.pk, role="operator", organisation_id=training_centre.pk, at=NINE
        )
    with pytest.raises(post_actions.OwnPost):
        post_actions.end_post(viewer=desk, post_id=Post.objects.get(person=operator).pk, at=NINE)


def test_a_counter_is_not_set_up_at_a_school(desk, stranger, county_unit):
    with pytest.raises(post_actions.PostNotFitting):
        post_actions.appoint(
            viewer=desk, person_id=stranger.pk, role="counter", organisation_id=county_unit.pk, at=NINE
        )


def test_a_platform_is_founded_once(db, make_person):
    runs = founding_actions.found(region_code="50", region="重庆市", organisation="示例培训中心", at=NINE)
    person = make_person("示例首任", 20)
    founding_actions.appoint_first_operator(person_id=person.pk, organisation_id=runs.pk, at=NINE)
    with pytest.raises(founding_actions.AlreadyFounded):
        founding_actions.found(region_code="51", region="外地", organisation="另一中心", at=NINE)
    with pytest.raises(founding_actions.AlreadyFounded):
        founding_actions.appoint_first_operator(person_id=person.pk, organisation_id=runs.pk, at=NINE)


def test_people_are_found_by_name_or_by_the_last_four_places(wang, stranger):
    assert list(office_queries.persons_by("王老师")) == [wang]
    assert wang in office_queries.persons_by(id_number(2)[-4:].lower())
    assert list(office_queries.persons_by(" ")) == []


# ---- downwards, for a time, with a second yes ----------------------------------------------------------------------


@pytest.fixture
def second_operator(make_person, training_centre):
    return make_person("示例另一管理员", 401, post="operator", at_organisation=training_centre)


def give(viewer, person, role, organisation, **more):
    return post_actions.appoint(
        viewer=viewer, person_id=person.pk, role=role, organisation_id=organisation.pk, at=NINE, **more
    )


def test_a_post_runs_out_after_a_year_unless_it_is_renewed(desk, stranger, county_bureau):
    post = give(desk, stranger, "counter", county_bureau)
    assert post.until == NINE + post_rules.LIFE
    account = Account.objects.get(person=stranger)
    assert not viewer_of(account_id=account.pk, at=NINE + post_rules.LIFE).holds("counter")
    later = NINE + timedelta(days=300)
    post_actions.renew_post(viewer=desk, post_id=post.pk, at=later)
    assert viewer_of(account_id=account.pk, at=NINE + post_rules.LIFE).holds("counter")


def test_a_post_that_ran_out_can_be_given_anew_and_one_that_was_ended_is_not_renewed(desk, stranger, county_bureau):
    post = give(desk, stranger, "counter", county_bureau)
    late = NINE + post_rules.LIFE
    again = post_actions.appoint(
        viewer=desk, person_id=stranger.pk, role="counter", organisation_id=county_bureau.pk, at=late
    )
    assert again.pk != post.pk
    with pytest.raises(post_actions.PostEnded):
        post_actions.renew_post(viewer=desk, post_id=post.pk, at=late)


def test_an_officer_gives_posts_below_and_none_above(officer, viewer, stranger, county_bureau, county_unit, chongqing):
    county = viewer(officer, "officer")
    assert give(county, stranger, "unit_clerk", county_unit).role == "unit_clerk"
    assert give(county, stranger, "counter", county_bureau).role == "counter"
    with pytest.raises(post_actions.RoleNotYours):
        give(county, stranger, "officer", county_bureau)


def test_an_officer_gives_no_post_in_another_county(officer, viewer, stranger, other_bureau, municipal_bureau):
    for place in (other_bureau, municipal_bureau):
        with pytest.raises(NotYours):
            give(viewer(officer, "officer"), stranger, "counter", place)


def test_a_head_appoints_from_among_the_units_own_people(unit_head, viewer, wang, stranger, county_unit, other_unit):
    head = viewer(unit_head, "unit_head")
    assert give(head, wang, "unit_clerk", county_unit).rests_on is not None
    with pytest.raises(post_actions.NotOfYours):
        give(head, stranger, "unit_clerk", county_unit)
    with pytest.raises(post_actions.RoleNotYours):
        give(head, wang, "unit_head", county_unit)
    with pytest.raises(NotYours):
        give(head, wang, "unit_clerk", other_unit)


def test_a_far_reaching_post_needs_a_second_yes(desk, second_operator, viewer, stranger, county_bureau):
    asked = give(desk, stranger, "officer", county_bureau, reason="新到任")
    assert asked.kind == "grant"
    assert not Post.objects.filter(person=stranger).exists()
    assert give(desk, stranger, "officer", county_bureau) == asked  # a second click asks once
    with pytest.raises((request_actions.OwnRequest, NotYours)):
        post_actions.confirm_grant(viewer=desk, request_id=asked.pk, at=NINE)
    other = viewer(second_operator, "operator")
    post = post_actions.confirm_grant(viewer=other, request_id=asked.pk, at=NINE)
    assert (post.granted_by_id, post.second_id) == (desk.person_id, other.person_id)
    with pytest.raises(request_actions.RequestDecided):
        post_actions.confirm_grant(viewer=other, request_id=asked.pk, at=NINE)


def test_the_holder_himself_is_no_second(desk, second_operator, viewer, county_bureau):
    """With nobody else to ask, one yes is enough; the audit line says who gave it."""
    post = give(desk, second_operator, "officer", county_bureau)
    assert (post.granted_by_id, post.second_id) == (desk.person_id, None)


def test_a_colleague_who_could_not_agree_holds_nothing_up(desk, officer, stranger, county_bureau):
    """A district's own officer gives no second yes to another of the same office: there the one yes is enough."""
    assert give(desk, stranger, "officer", county_bureau).role == "officer"


def test_an_officer_of_the_city_gives_the_second_yes(desk, municipal_officer, viewer, stranger, county_bureau):
    asked = give(desk, stranger, "officer", county_bureau)
    assert asked.kind == "grant"
    post = post_actions.confirm_grant(viewer=viewer(municipal_officer, "officer"), request_id=asked.pk, at=NINE)
    assert post.second_id == municipal_officer.pk


def test_the_database_refuses_a_post_from_oneself_and_a_second_yes_from_the_first(wang, clerk, county_unit):
    row = {"person": wang, "role": "unit_clerk", "organisation": county_unit, "since": NINE}
    for wrong in ({"granted_by": wang}, {"granted_by": clerk, "second": clerk}, {"granted_by": clerk, "second": wang}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(**row, **wrong)
    assert Post.objects.create(**row, granted_by=clerk).pk


def test_whoever_leaves_the_unit_is_no_longer_its_clerk(desk, wang, county_unit, other_unit, county_bureau):
    """The post there and the one that rests on the employment end in the same breath (a former clerk: AC15)."""
    give(desk, wang, "unit_clerk", county_unit)
    give(desk, wang, "counter", county_bureau)
    account = Account.objects.get(person=wang)
    assert len(viewer_of(account_id=account.pk, at=NINE).seats) == 2
    with transaction.atomic():
        placing.employ(wang, other_unit.pk, NINE.date(), viewer=desk, at=NINE)
    assert viewer_of(account_id=account.pk, at=NINE).seats == ()
    assert set(Post.objects.filter(person=wang).values_list("end_reason", flat=True)) == {"离开单位"}


def test_a_post_elsewhere_outlasts_a_second_job(desk, wang, county_unit, other_unit, county_bureau):
    give(desk, wang, "counter", county_bureau)
    with transaction.atomic():
        placing.employ(wang, other_unit.pk, NINE.date(), viewer=desk, at=NINE, main=False)
        placing.leave(wang, other_unit.pk, NINE.date() + timedelta(days=3), viewer=desk, at=NINE)
    assert Post.objects.get(person=wang).ended_at is None


@pytest.mark.parametrize("role", list(post_rules.FITTING))
def test_every_role_fits_somewhere_and_is_given_by_somebody(role):
    kinds = post_rules.FITTING[role]
    assert kinds <= set(Organisation.Kind.values)
    givers = [c for c in post_rules.BELOW for kind in kinds if role in post_rules.grantable(c, kind, own=False)]
    assert "operator" in givers


@pytest.mark.parametrize("capacity", list(post_rules.AT_OWN))
def test_at_the_own_office_nobody_but_the_operator_gives_what_he_is(capacity):
    given = {role for kind in Organisation.Kind.values for role in post_rules.grantable(capacity, kind, own=True)}
    assert (capacity in given) == (capacity == "operator")


def test_an_associations_officer_sees_a_region_and_needs_two(desk, second_operator, stranger, association, agency):
    assert give(desk, stranger, "agency_officer", agency).role == "agency_officer"
    assert give(desk, stranger, "agency_officer", association).kind == "grant"


def test_a_clerk_does_not_take_the_head_off_the_list(clerk, unit_head, wang, viewer, county_unit, desk):
    leaving = {"organisation_id": county_unit.pk, "day": NINE.date(), "reason": "离职", "at": NINE}
    with pytest.raises(member_actions.HeadOfUnit):
        member_actions.remove(viewer=viewer(clerk, "unit_clerk"), person_id=unit_head.pk, **leaving)
    member_actions.remove(viewer=viewer(clerk, "unit_clerk"), person_id=wang.pk, **leaving)
    give(desk, clerk, "unit_head", county_unit)
    member_actions.remove(viewer=viewer(clerk, "unit_head"), person_id=unit_head.pk, **leaving)


def test_reopening_brings_no_far_reaching_post_back(desk, officer, cashier, county_bureau):
    Organisation.objects.filter(pk=county_bureau.pk).update(closed_at=NINE)
    organisation_actions.reopen_organisation(viewer=desk, organisation_id=county_bureau.pk, reason="恢复办公", at=NINE)
    assert Post.objects.get(person=officer).ended_at == NINE
    assert Post.objects.get(person=cashier).ended_at is None
