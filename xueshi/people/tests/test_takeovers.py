"""Ways to somebody else's account or post that look like ordinary work, each tried and refused."""

from datetime import date

import pytest

from conftest import NINE, id_number
from xueshi.kernel import vault
from xueshi.kernel.errors import NotYours
from xueshi.people import claim_actions, merging_actions, post_actions, roster_actions
from xueshi.people.claim_actions import ask_claim
from xueshi.people.models import Account, ChangeRequest, Employment, Person, Post
from xueshi.people.tests import rosters
from xueshi.people.tests.asking import CARD, LATER, correction

HERS, HIS = "13800001234", "13899991234"  # masked they are the same


def number_of(person):
    return vault.unlock("id", bytes(person.id_cipher))


# ---- by a roster ---------------------------------------------------------------------------------------------------


def bring(viewer, clerk, unit, person):
    desk = viewer(clerk, "unit_clerk")
    row = rosters.row(1, 姓名=person.name, 身份证号=number_of(person), 手机号=HIS, 邮箱="clerk@example.test")
    sent = roster_actions.receive(
        viewer=desk, organisation_id=unit.pk, name="a.xlsx", data=rosters.workbook([row]), at=NINE
    )
    rosters.jobs_now(sent.pk)
    roster_actions.confirm(viewer=desk, roster_id=sent.pk, at=NINE)
    rosters.jobs_now(sent.pk)


@pytest.mark.parametrize("employed", [True, False])
def test_a_roster_gives_no_account_a_mailbox_or_a_phone_that_resets_its_password(
    employed, clerk, county_unit, make_person, viewer
):
    person = make_person("示例乙", 22, employer=county_unit if employed else None, phone="")
    bring(viewer, clerk, county_unit, person)
    person.refresh_from_db()
    assert (person.phone, person.email) == ("", "")
    assert Employment.objects.get(person=person, until=None).employer == county_unit


def test_a_roster_adds_phone_and_mailbox_of_somebody_without_an_account(clerk, county_unit, make_person, viewer):
    person = make_person("示例乙", 22, employer=county_unit, phone="")
    Account.objects.filter(person=person).delete()
    bring(viewer, clerk, county_unit, person)
    person.refresh_from_db()
    assert (person.phone, person.email) == (HIS, "clerk@example.test")


# ---- by a claim ----------------------------------------------------------------------------------------------------


def claim(typed_id, phone, region="500103"):
    ask_claim(typed_id=typed_id, name="示例王老师", phone=phone, region_code=region, reason="手机丢了", at=NINE)


@pytest.mark.usefixtures("county_bureau")
def test_two_claims_with_phones_that_look_alike_are_two(wang):
    claim(number_of(wang), HIS)
    claim(number_of(wang), HERS)
    claim(number_of(wang), HERS)
    assert ChangeRequest.objects.filter(kind="claim").count() == 2


@pytest.mark.usefixtures("county_bureau")
def test_an_account_that_came_later_in_another_county_is_not_given_away_here(
    officer, other_bureau, other_officer, jiangbei, make_person, viewer
):
    claim(id_number(90), HIS)
    request = ChangeRequest.objects.get(kind="claim")
    person = make_person("示例江北教师", 90, region=jiangbei, phone=HERS)
    with pytest.raises(claim_actions.ClaimElsewhere):
        claim_actions.accept_claim(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    person.refresh_from_db()
    assert person.phone == HERS
    ChangeRequest.objects.filter(pk=request.pk).update(office=other_bureau)
    claim_actions.accept_claim(viewer=viewer(other_officer, "officer"), request_id=request.pk, at=LATER)
    assert Person.objects.get(pk=person.pk).phone == HIS


@pytest.mark.usefixtures("county_bureau")
def test_a_correction_of_a_phone_that_looks_like_the_one_asked_for_is_not_the_same(wang, viewer):
    from xueshi.people.correction_actions import AlreadyAsked

    first = correction(wang, viewer, phone=HIS)
    assert correction(wang, viewer, phone=HIS) == first
    with pytest.raises(AlreadyAsked):
        correction(wang, viewer, phone=HERS)


# ---- by a merge ----------------------------------------------------------------------------------------------------


def test_asking_for_a_merge_does_not_tell_whether_the_number_has_an_account(
    wang, stranger, jiangbei, make_person, county_bureau, municipal_bureau, other_bureau, viewer
):
    there = make_person("示例江北教师", 90, region=jiangbei)
    offices = set()
    for typed in (number_of(there), id_number(92)):
        asked = merging_actions.ask_merge(
            viewer=viewer(wang), typed_id=typed, keep="mine", reason="两个账号", papers=(CARD,), at=NINE
        )
        offices.add(asked.office)
        ChangeRequest.objects.filter(pk=asked.pk).update(state="withdrawn")
    assert len(offices) == 1


# ---- by a second yes -----------------------------------------------------------------------------------------------


def test_who_gives_the_second_yes_could_have_given_the_post(
    make_person, county_bureau, other_bureau, officer, other_officer, jiangbei, municipal_officer, viewer
):
    """An officer of two counties proposes in the second; her colleague of the first has no say there."""
    both = make_person("示例两处科员", 94, post="officer", at_organisation=county_bureau)
    Post.objects.create(person=both, role="officer", organisation=other_bureau, since=NINE)
    unit_auditor = make_person("示例某人", 96, region=jiangbei)
    school = type(county_bureau).objects.create(name="江北区示例小学", kind="unit", level="county", region=jiangbei)
    asked = post_actions.appoint(
        viewer=viewer(both, "officer"), person_id=unit_auditor.pk, role="auditor", organisation_id=school.pk, at=NINE
    )
    with pytest.raises(NotYours):
        post_actions.confirm_grant(viewer=viewer(officer, "officer"), request_id=asked.pk, at=LATER)
    assert not Post.objects.filter(person=unit_auditor).exists()
    assert post_actions.confirm_grant(viewer=viewer(other_officer, "officer"), request_id=asked.pk, at=LATER)


@pytest.mark.usefixtures("operator")
def test_an_officer_around_the_platforms_house_does_not_second_posts_elsewhere(
    make_person, make_organisation, yuzhong, other_bureau, officer, stranger, viewer
):
    house = make_organisation("示例平台", "training_centre", "municipal", yuzhong)
    runs = make_person("示例管理", 98, post="operator", at_organisation=house)
    asked = post_actions.appoint(
        viewer=viewer(runs, "operator"), person_id=stranger.pk, role="officer", organisation_id=other_bureau.pk, at=NINE
    )
    with pytest.raises(NotYours):
        post_actions.confirm_grant(viewer=viewer(officer, "officer"), request_id=asked.pk, at=LATER)
    assert not Post.objects.filter(person=stranger).exists()


def test_a_post_that_ran_out_is_given_anew_and_not_renewed(operator, county_bureau, make_person, viewer):
    person = make_person("示例窗口", 60)
    post = Post.objects.create(
        person=person,
        role="counter",
        organisation=county_bureau,
        since=NINE,
        until=NINE.replace(month=10),
    )
    at = NINE.replace(month=12)
    with pytest.raises(post_actions.PostEnded):
        post_actions.renew_post(viewer=viewer(operator, "operator"), post_id=post.pk, at=at)
    fresh = post_actions.appoint(
        viewer=viewer(operator, "operator"),
        person_id=person.pk,
        role="counter",
        organisation_id=county_bureau.pk,
        at=at,
    )
    assert (fresh.pk, fresh.since) != (post.pk, post.since)
    assert date(2026, 12, 1) <= fresh.since.date()


def test_nobody_waits_for_a_second_yes_that_nobody_can_give(
    operator, municipal_officer, stranger, training_centre, viewer
):
    """An officer gives no operator's post, so he is not asked for the second yes to one."""
    post = post_actions.appoint(
        viewer=viewer(operator, "operator"), person_id=stranger.pk, role="operator",
        organisation_id=training_centre.pk, at=NINE,
    )  # fmt: skip
    assert isinstance(post, Post)


def test_the_colleagues_at_the_bureau_are_no_second_for_an_officer_there(
    operator, officer, municipal_officer, make_person, stranger, county_bureau, municipal_bureau, viewer
):
    for bureau, person in ((county_bureau, stranger), (municipal_bureau, make_person("示例新科员", 66))):
        made = post_actions.appoint(
            viewer=viewer(operator, "operator"), person_id=person.pk, role="officer", organisation_id=bureau.pk, at=NINE
        )
        if isinstance(made, ChangeRequest):
            made = post_actions.confirm_grant(viewer=viewer(municipal_officer, "officer"), request_id=made.pk, at=LATER)
        assert made.organisation == bureau


# ---- by reading ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("county_bureau")
def test_a_number_that_is_written_into_a_reason_is_kept_masked(wang, officer, viewer):
    from django.db import connection

    from xueshi.people import request_actions

    whole = number_of(wang)
    request = correction(wang, viewer, phone=HIS)
    merging_actions.ask_merge(
        viewer=viewer(wang),
        typed_id=id_number(92),
        keep="mine",
        reason=f"原来是{whole}，写错了",
        papers=(CARD,),
        at=NINE,
    )
    desk = viewer(officer, "officer")
    request_actions.give_back(
        viewer=desk, request_id=request.pk, reason=f"{whole}的证件不清楚，请打 13812345678", at=NINE
    )
    with connection.cursor() as cursor:
        for table in ("people_changerequest", "people_changestep", "kernel_auditline", "kernel_message"):
            cursor.execute(f"SELECT count(*) FROM {table} said WHERE said::text LIKE %s", [f"%{whole}%"])  # noqa: S608  four names
            assert cursor.fetchone() == (0,), table
    step = request_actions.ChangeStep.objects.get(request=request, what="returned")
    assert "13812345678" in step.reason, "whom to call is still said"


# ---- by another phone ----------------------------------------------------------------------------------------------


def test_the_old_phone_hears_of_the_new_one_by_whomever_it_was_changed(wang, cashier, viewer):
    from xueshi.kernel.models import Message
    from xueshi.people import actions

    old = wang.phone
    actions.correct(
        viewer=viewer(cashier, "counter"), person_id=wang.pk, name=wang.name, phone=HIS,
        employer_id=Employment.objects.get(person=wang, until=None).employer_id, reason="本人到窗口", at=NINE,
    )  # fmt: skip
    actions.update_contact(viewer=viewer(wang), phone=HERS, email="", at=LATER)
    actions.update_contact(viewer=viewer(wang), phone=HERS, email="wang@example.test", at=LATER)
    told = Message.objects.filter(key__startswith="phone-changed:").order_by("pk")
    assert [one.address for one in told] == [old, HIS]
