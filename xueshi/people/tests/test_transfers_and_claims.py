"""A move that the other side agrees to, and an account given back to whom it belongs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import NINE, id_number
from xueshi.kernel import clock, vault
from xueshi.kernel.errors import NotYours, TooOften
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import claim_actions, request_actions, transfer_actions
from xueshi.people.actions import NotAPhone
from xueshi.people.actions.placing import NotBefore
from xueshi.people.claim_actions import ClaimMerged, NobodyToClaim
from xueshi.people.correction_actions import AlreadyAsked, NothingToCorrect
from xueshi.people.models import Account, ChangeRequest, Employment, Person, Placement, Post
from xueshi.people.request_actions import OwnRequest
from xueshi.people.tests.asking import LATER
from xueshi.people.transfer_actions import TransferDay

pytestmark = pytest.mark.usefixtures("county_bureau")
TODAY = clock.day_of(NINE)


def move(person, viewer, unit, **other):
    wish = {"region_code": "500103", "employer_id": unit.pk if unit else None, "file_keeper": "unit",
            "file_agency_id": None, "day": TODAY, "reason": "调动", "at": NINE}  # fmt: skip
    return transfer_actions.ask_transfer(viewer=viewer(person), **(wish | other))


@pytest.fixture
def new_unit(make_organisation):
    return make_organisation("渝中区示例小学")


@pytest.fixture
def new_clerk(make_person, new_unit):
    return make_person("示例小学经办", 70, employer=new_unit, post="unit_clerk", at_organisation=new_unit)


@pytest.mark.clause("JN-17")
def test_the_new_unit_agrees_and_the_move_counts_from_its_day(wang, new_unit, new_clerk, county_unit, viewer):
    request = move(wang, viewer, new_unit)
    assert request.office == new_unit
    transfer_actions.accept_transfer(viewer=viewer(new_clerk, "unit_clerk"), request_id=request.pk, at=LATER)
    jobs = Employment.objects.filter(person=wang).order_by("since").values_list("employer", "until", "main")
    assert list(jobs) == [(county_unit.pk, TODAY, True), (new_unit.pk, None, True)]
    request.refresh_from_db()
    assert request.wanted["before"]["employer"] == county_unit.name


def test_without_anybody_at_the_new_unit_the_bureau_decides(wang, new_unit, county_bureau, officer, viewer):
    request = move(wang, viewer, new_unit)
    assert request.office == county_bureau
    transfer_actions.accept_transfer(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    assert Employment.objects.get(person=wang, until=None).employer == new_unit


def test_the_only_clerk_of_a_unit_does_not_agree_to_himself(make_person, new_unit, county_bureau, viewer):
    lone = make_person("示例独自经办", 71, post="unit_clerk", at_organisation=new_unit)
    request = move(lone, viewer, new_unit)
    assert request.office == county_bureau
    with pytest.raises(OwnRequest):
        transfer_actions.accept_transfer(viewer=viewer(lone, "unit_clerk"), request_id=request.pk, at=LATER)


def test_the_old_units_clerk_does_not_decide_for_the_new_one(wang, new_unit, new_clerk, clerk, viewer):
    request = move(wang, viewer, new_unit)
    with pytest.raises(NotYours):
        transfer_actions.accept_transfer(viewer=viewer(clerk, "unit_clerk"), request_id=request.pk, at=LATER)


def test_a_unit_asks_with_its_roster_and_the_one_that_loses_agrees(wang, stranger, clerk, new_unit, new_clerk, viewer):
    desk = viewer(new_clerk, "unit_clerk")
    people = [(wang.pk, TODAY), (stranger.pk, TODAY), (new_clerk.pk, TODAY)]
    asked = transfer_actions.ask_transfers(
        viewer=desk, organisation_id=new_unit.pk, people=people, reason="名册", at=NINE
    )
    assert asked == 1, "only she works elsewhere"
    assert (
        transfer_actions.ask_transfers(viewer=desk, organisation_id=new_unit.pk, people=people, reason="名册", at=NINE)
        == 0
    )
    request = ChangeRequest.objects.get()
    with pytest.raises(OwnRequest):
        transfer_actions.accept_transfer(viewer=desk, request_id=request.pk, at=LATER)
    transfer_actions.accept_transfer(viewer=viewer(clerk, "unit_clerk"), request_id=request.pk, at=LATER)
    assert Employment.objects.get(person=wang, until=None).employer == new_unit


def test_posts_end_with_the_unit_that_is_left(clerk, new_unit, new_clerk, viewer):
    request = move(clerk, viewer, new_unit)
    transfer_actions.accept_transfer(viewer=viewer(new_clerk, "unit_clerk"), request_id=request.pk, at=LATER)
    assert Post.objects.get(person=clerk).ended_at == LATER


def test_a_file_moves_to_an_agency_and_the_bureau_decides(wang, county_unit, agency, county_bureau, officer, viewer):
    request = move(wang, viewer, county_unit, file_keeper="talent_agency", file_agency_id=agency.pk)
    assert request.office == county_bureau
    transfer_actions.accept_transfer(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    wang.refresh_from_db()
    assert (wang.file_keeper, wang.file_agency) == ("talent_agency", agency)
    assert Placement.objects.get(person=wang, until=None).file_agency == agency


def test_a_move_has_a_day_that_has_come_and_is_not_before_the_last(wang, new_unit, viewer):
    for day in (TODAY + timedelta(days=1), Employment.objects.get(person=wang).since - timedelta(days=1)):
        with pytest.raises(TransferDay):
            move(wang, viewer, new_unit, day=day)
    assert move(wang, viewer, new_unit)


def test_a_move_that_came_between_is_not_overtaken(wang, new_unit, new_clerk, municipal_unit, viewer):
    from xueshi.people.actions import placing

    request = move(wang, viewer, new_unit)
    placing.employ(wang, municipal_unit.pk, TODAY + timedelta(days=1), viewer=None, at=LATER)
    with pytest.raises(NotBefore):
        transfer_actions.accept_transfer(viewer=viewer(new_clerk, "unit_clerk"), request_id=request.pk, at=LATER)
    assert Employment.objects.get(person=wang, until=None).employer == municipal_unit


def test_nothing_to_move_and_two_moves_at_once_are_refused(wang, county_unit, new_unit, municipal_unit, viewer):
    with pytest.raises(NothingToCorrect):
        move(wang, viewer, county_unit)
    first = move(wang, viewer, new_unit)
    assert move(wang, viewer, new_unit) == first
    with pytest.raises(AlreadyAsked):
        move(wang, viewer, municipal_unit)


# ---- claims ---------------------------------------------------------------------------------------------------------


def claim(number, phone="13900000002", at=NINE):
    return claim_actions.ask_claim(
        typed_id=number, name="示例王老师", phone=phone, region_code="500103", reason="不是我注册的", at=at
    )


def number_of(person):
    return vault.unlock("id", bytes(person.id_cipher))


@pytest.mark.clause("CQ-03")
def test_an_account_is_given_back_with_the_proven_phone(wang, officer, viewer):
    Person.objects.filter(pk=wang.pk).update(email="somebody@example.test")
    claim(number_of(wang))
    request = ChangeRequest.objects.get()
    assert (request.person, request.asked_by) == (wang, None)
    claim_actions.accept_claim(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    wang.refresh_from_db()
    account = Account.objects.get(person=wang)
    assert (wang.phone, wang.email) == ("13900000002", "")
    assert not account.has_usable_password(), "whoever knew the old one is out"
    assert account.generation == 1
    assert dict(Message.objects.values_list("address", "channel")) == {"13900000002": "sms", "13800000000": "sms"}


def test_somebody_whom_a_unit_brought_gets_an_account(make_person, officer, viewer):
    brought = make_person("示例无账号", 72)
    Account.objects.filter(person=brought).delete()
    claim(number_of(brought))
    claim_actions.accept_claim(viewer=viewer(officer, "officer"), request_id=ChangeRequest.objects.get().pk, at=LATER)
    assert Account.objects.get(person=brought).id_index == brought.id_index


def test_asking_costs_and_answers_the_same_for_a_number_that_nobody_has(wang):
    with CaptureQueriesContext(connection) as known:
        assert claim(number_of(wang)) is None
    with CaptureQueriesContext(connection) as unknown:
        assert claim(id_number(99)) is None
    assert len(known) == len(unknown)
    assert ChangeRequest.objects.count() == 2


def test_there_is_nothing_to_give_back_where_there_is_no_account(officer, viewer):
    claim(id_number(99))
    request = ChangeRequest.objects.get()
    desk = viewer(officer, "officer")
    with pytest.raises(NobodyToClaim):
        claim_actions.accept_claim(viewer=desk, request_id=request.pk, at=LATER)
    request_actions.refuse(viewer=desk, request_id=request.pk, reason="没有账号，请直接注册", at=LATER)
    message = Message.objects.get()
    assert message.address == "13900000002"
    assert "请直接注册" in message.body


def test_the_same_phone_asks_once_and_a_number_is_asked_for_three_times_a_day(wang):
    for n in (1, 1, 2, 3):
        claim(number_of(wang), phone=f"1390000000{n}")
    assert ChangeRequest.objects.count() == 3
    for number in (number_of(wang), id_number(99), id_number(99), id_number(99)):
        if number == number_of(wang):
            with pytest.raises(TooOften):
                claim(number, phone="13900000004")
        else:
            claim(number, phone="13900000004")
    claim(number_of(wang), phone="13900000004", at=NINE + timedelta(days=1, minutes=1))


def test_a_claim_says_what_is_wrong_with_what_was_typed(wang):
    with pytest.raises(NotAPhone):
        claim(number_of(wang), phone="12345")


def test_an_officer_does_not_give_himself_his_own_account_back(officer, viewer, make_person, county_bureau):
    claim(number_of(officer))
    request = ChangeRequest.objects.get()
    with pytest.raises(OwnRequest):
        claim_actions.accept_claim(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    other = make_person("示例同事", 73, post="officer", at_organisation=county_bureau)
    assert claim_actions.accept_claim(viewer=viewer(other, "officer"), request_id=request.pk, at=LATER)


def test_nor_after_having_registered_in_between(make_person, officer, viewer, county_bureau):
    claim(id_number(74))
    late = make_person("示例后来注册", 74, post="officer", at_organisation=county_bureau)
    request = ChangeRequest.objects.get()
    with pytest.raises(OwnRequest):
        claim_actions.accept_claim(viewer=viewer(late, "officer"), request_id=request.pk, at=LATER)


def test_an_account_that_was_merged_is_not_claimed(wang, stranger, officer, viewer):
    Person.objects.filter(pk=stranger.pk).update(merged_into=wang)
    claim(number_of(stranger))
    with pytest.raises(ClaimMerged):
        claim_actions.accept_claim(
            viewer=viewer(officer, "officer"), request_id=ChangeRequest.objects.get().pk, at=LATER
        )


def test_no_number_and_no_phone_stands_in_clear(wang, officer, viewer):
    claim(number_of(wang))
    request = ChangeRequest.objects.get()
    claim_actions.accept_claim(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    request.refresh_from_db()
    in_clear = [str(request.wanted), *map(str, AuditLine.objects.values_list("facts", "reason"))]
    assert not [text for text in in_clear if number_of(wang) in text or "13900000002" in text]
