"""A name, a number or a phone is put right by somebody else than its owner."""

from datetime import date, timedelta

import pytest

from conftest import NINE, id_number
from xueshi.kernel import files, vault
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine, Message, StoredFile
from xueshi.people import correction_actions, request_actions, request_queries
from xueshi.people.actions import NotAnIdNumber
from xueshi.people.correction_actions import AlreadyAsked, NothingToCorrect, NumberTaken, PapersMissing
from xueshi.people.models import Account, ChangeRequest, ChangeStep, Duty, Evidence
from xueshi.people.request_actions import (
    OwnRequest,
    PaperRefused,
    RequestDecided,
    RequestElsewhere,
    RequestReasonMissing,
    TooManyPapers,
)
from xueshi.people.request_rules import Paper
from xueshi.people.tests.asking import CARD, LATER, RIGHT, correction

pytestmark = pytest.mark.usefixtures("county_bureau")


def steps(request):
    return list(ChangeStep.objects.filter(request=request).order_by("pk").values_list("what", flat=True))


@pytest.mark.clause("CQ-03", "CQ-04")
def test_a_corrected_number_changes_everything_that_hangs_on_it(wang, officer, viewer):
    request = correction(wang, viewer, typed_id=id_number(41, born=date(1970, 1, 2)), name="示例汪老师")
    correction_actions.accept_correction(
        viewer=viewer(officer, "officer"), request_id=request.pk, reason="看过身份证", at=LATER
    )
    wang.refresh_from_db()
    number = id_number(41, born=date(1970, 1, 2))
    account = Account.objects.get(person=wang)
    assert (wang.name, wang.sex, wang.born_on) == ("示例汪老师", "male", date(1970, 1, 2))
    assert wang.id_index == account.id_index == vault.index("id", number)
    assert wang.id_tail_index == vault.index("id-tail", number[-4:])
    assert vault.unlock("id", bytes(wang.id_cipher)) == number
    assert wang.id_masked == f"{number[:4]}**********{number[-4:]}"
    assert wang.pinyin.startswith("shi li wang")
    assert account.generation == 1, "every session has ended"
    assert Message.objects.filter(key__startswith=f"request:{request.pk}:").count() == 1


def test_what_a_counter_compared_no_longer_holds_for_another_number(wang, cashier, officer, viewer):
    wang.identity_checked_at, wang.identity_checked_by = NINE, cashier
    wang.save()
    phone = correction(wang, viewer, phone="13900000001")
    correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=phone.pk, at=LATER)
    wang.refresh_from_db()
    assert wang.identity_checked_at == NINE
    assert wang.phone == "13900000001"
    number = correction(wang, viewer)
    correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=number.pk, at=LATER)
    wang.refresh_from_db()
    assert wang.identity_checked_at is None


def test_the_old_number_stays_in_the_secret_alone(wang, officer, viewer):
    old = vault.unlock("id", bytes(wang.id_cipher))
    request = correction(wang, viewer)
    correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    request.refresh_from_db()
    assert request_actions.unsealed(request) == {"number": RIGHT, "old_number": old}
    in_clear = [str(request.wanted), request.reason, *map(str, AuditLine.objects.values_list("facts", "reason"))]
    in_clear += Message.objects.values_list("body", flat=True)
    assert not [text for text in in_clear if old in text or RIGHT in text]


def test_both_phones_are_told_of_a_new_one(wang, officer, viewer):
    request = correction(wang, viewer, phone="13900000001")
    correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    assert set(Message.objects.values_list("address", flat=True)) == {"13800000000", "13900000001"}


def test_fifteen_and_eighteen_places_are_one_number(wang, viewer):
    own = vault.unlock("id", bytes(wang.id_cipher))
    for same in (own, own[:6] + own[8:17], own.lower()):
        with pytest.raises(NothingToCorrect):
            correction(wang, viewer, typed_id=same)
    assert correction(wang, viewer, typed_id=RIGHT[:6] + RIGHT[8:17]).number_index == vault.index("id", RIGHT)


def test_a_number_that_contradicts_itself_is_not_asked_for(wang, viewer):
    with pytest.raises(NotAnIdNumber):
        correction(wang, viewer, typed_id=RIGHT[:-1] + ("0" if RIGHT[-1] != "0" else "1"))


def test_a_number_that_somebody_has_is_asked_for_in_silence_and_refused_to_the_officer(wang, stranger, officer, viewer):
    taken = vault.unlock("id", bytes(stranger.id_cipher))
    request = correction(wang, viewer, typed_id=taken)
    with pytest.raises(NumberTaken):
        correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    request.refresh_from_db()
    assert request.state == "open", "the refusal took nothing with it"
    assert request_queries.taken(request) == stranger


def test_the_same_again_is_one_request_and_another_wish_waits(wang, viewer):
    first = correction(wang, viewer)
    assert correction(wang, viewer) == first
    with pytest.raises(AlreadyAsked):
        correction(wang, viewer, name="示例汪老师")
    request_actions.withdraw(viewer=viewer(wang), request_id=first.pk, at=LATER)
    assert correction(wang, viewer, name="示例汪老师") != first


def test_papers_are_asked_for_and_kept_encrypted(wang, viewer, settings):
    with pytest.raises(PapersMissing):
        correction_actions.ask_correction(viewer=viewer(wang), name="示例汪老师", reason="错字", at=NINE)
    request = correction(wang, viewer)
    kept = Evidence.objects.get(request=request)
    assert files.content_sealed(kept.file) == CARD.data
    assert files.content(kept.file) != CARD.data
    assert request_queries.paper(request, kept.pk)[1] == CARD.data


@pytest.mark.parametrize(
    "paper",
    [
        Paper("卡.jpg", b""),
        Paper("卡.jpg", b"GIF89a"),
        Paper("卡.pdf", CARD.data),
        Paper("卡.jpg", CARD.data + b"0" * 5_300_000),
    ],
)
def test_a_paper_that_is_not_one_is_refused_and_nothing_stays(wang, viewer, paper):
    with pytest.raises(PaperRefused):
        correction_actions.ask_correction(
            viewer=viewer(wang), name="示例汪老师", reason="错字", papers=(paper,), at=NINE
        )
    assert not ChangeRequest.objects.exists()
    assert not StoredFile.objects.exists()


def test_nobody_sends_a_seventh_paper(wang, viewer, officer):
    request = correction(wang, viewer)
    request_actions.give_back(viewer=viewer(officer, "officer"), request_id=request.pk, reason="缺反面", at=LATER)
    with pytest.raises(TooManyPapers):
        request_actions.resend(viewer=viewer(wang), request_id=request.pk, reason="补上", papers=[CARD] * 6, at=LATER)
    request_actions.resend(viewer=viewer(wang), request_id=request.pk, reason="补上", papers=[CARD] * 5, at=LATER)
    assert Evidence.objects.filter(request=request).count() == 6


def test_it_goes_back_and_forth_with_every_step_kept(wang, officer, viewer):
    request = correction(wang, viewer)
    desk = viewer(officer, "officer")
    with pytest.raises(RequestReasonMissing):
        request_actions.give_back(viewer=desk, request_id=request.pk, reason=" ", at=LATER)
    request_actions.give_back(viewer=desk, request_id=request.pk, reason="缺反面", at=LATER)
    with pytest.raises(RequestElsewhere):
        correction_actions.accept_correction(viewer=desk, request_id=request.pk, at=LATER)
    request_actions.resend(viewer=viewer(wang), request_id=request.pk, reason="补了反面", papers=[CARD], at=LATER)
    with pytest.raises(RequestElsewhere):
        request_actions.resend(viewer=viewer(wang), request_id=request.pk, reason="再来", at=LATER)
    correction_actions.accept_correction(viewer=desk, request_id=request.pk, at=LATER + timedelta(hours=1))
    assert steps(request) == ["asked", "returned", "resent", "accepted"]
    told = AuditLine.objects.filter(subject=f"request:{request.pk}").order_by("pk").values_list("action", flat=True)
    assert list(told) == [f"people.request_{what}" for what in steps(request)]


def test_who_comes_second_is_told_who_decided_what_and_when(wang, officer, municipal_officer, viewer):
    request = correction(wang, viewer)
    correction_actions.accept_correction(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    with pytest.raises(RequestDecided) as told:
        request_actions.refuse(viewer=viewer(officer, "officer"), request_id=request.pk, reason="不清楚", at=LATER)
    assert told.value.facts == {"who": officer.name, "when": "2026-06-01 10:00", "what": "已同意"}
    with pytest.raises(NotYours):  # who has no business there is told nothing
        request_actions.refuse(
            viewer=viewer(municipal_officer, "officer"), request_id=request.pk, reason="否", at=LATER
        )


def test_another_countys_officer_finds_nothing(wang, other_officer, officer, viewer):
    request = correction(wang, viewer)
    strange = viewer(other_officer, "officer")
    with pytest.raises(NotYours):
        correction_actions.accept_correction(viewer=strange, request_id=request.pk, at=LATER)
    with pytest.raises(NotYours):
        correction_actions.unmask_wanted(viewer=strange, request_id=request.pk, reason="看看", at=LATER)
    assert not request_queries.seen(strange, "see", ("officer",)).exists()
    assert request_queries.seen(viewer(officer, "officer"), "decide", ("officer",)).get() == request


def test_a_request_is_handed_on_to_another_bureau(
    wang, officer, municipal_officer, municipal_bureau, county_unit, viewer
):
    request = correction(wang, viewer)
    desk = viewer(officer, "officer")
    with pytest.raises(NotYours):  # a unit decides no corrections
        request_actions.hand_on(viewer=desk, request_id=request.pk, office_id=county_unit.pk, reason="请办", at=LATER)
    request_actions.hand_on(
        viewer=desk, request_id=request.pk, office_id=municipal_bureau.pk, reason="请市局办", at=LATER
    )
    with pytest.raises(NotYours):
        correction_actions.accept_correction(viewer=desk, request_id=request.pk, at=LATER)
    correction_actions.accept_correction(viewer=viewer(municipal_officer, "officer"), request_id=request.pk, at=LATER)
    assert steps(request) == ["asked", "handed_on", "accepted"]


def test_the_office_with_the_duty_goes_before_the_nearest(wang, county_bureau, municipal_bureau, yuzhong, chongqing):
    day = NINE.date()
    assert request_queries.office_for(["500103"], day) == county_bureau
    assert request_queries.office_for(["500103", "500105"], day) == municipal_bureau
    Duty.objects.create(organisation=municipal_bureau, function="requests", region=chongqing, since=day)
    assert request_queries.office_for(["500103"], day) == municipal_bureau
    Duty.objects.create(organisation=county_bureau, function="requests", region=yuzhong, since=day + timedelta(days=1))
    assert request_queries.office_for(["500103"], day) == municipal_bureau, "not yet"
    assert request_queries.office_for(["500103"], day + timedelta(days=1)) == county_bureau


ROLES = (
    "officer",
    "counter",
    "verifier",
    "unit_clerk",
    "unit_head",
    "operator",
    "auditor",
    "learner",
    "agency_officer",
)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_decides_the_own_request_whatever_posts_he_holds(
    make_person, county_bureau, county_unit, training_centre, viewer, role
):
    from xueshi.people.models import Post

    everything = make_person("示例身兼数职", 60, employer=county_unit)
    for post in ROLES[:7]:
        place = county_unit if post.startswith("unit") else training_centre if post == "operator" else county_bureau
        Post.objects.create(person=everything, role=post, organisation=place, since=NINE)
    request = correction(everything, viewer)
    mine = viewer(everything, role)
    deeds = [
        lambda: correction_actions.accept_correction(viewer=mine, request_id=request.pk, at=LATER),
        lambda: request_actions.refuse(viewer=mine, request_id=request.pk, reason="否", at=LATER),
        lambda: request_actions.give_back(viewer=mine, request_id=request.pk, reason="否", at=LATER),
        lambda: request_actions.hand_on(
            viewer=mine, request_id=request.pk, office_id=county_bureau.pk, reason="转", at=LATER
        ),
    ]  # fmt: skip
    for deed in deeds:
        with pytest.raises(OwnRequest):
            deed()
    with pytest.raises(NotYours):
        correction_actions.unmask_wanted(viewer=mine, request_id=request.pk, reason="看看", at=LATER)
    assert steps(request) == ["asked"]


@pytest.mark.parametrize(
    ("role", "decides"), [("officer", True), ("counter", True), ("verifier", False), ("auditor", False)]
)
def test_which_desk_of_the_bureau_decides(make_person, county_bureau, wang, viewer, role, decides):
    somebody = make_person("示例科员", 62, post=role, at_organisation=county_bureau)
    request = correction(wang, viewer)
    if decides:
        assert correction_actions.accept_correction(viewer=viewer(somebody, role), request_id=request.pk, at=LATER)
    else:
        with pytest.raises(NotYours):
            correction_actions.accept_correction(viewer=viewer(somebody, role), request_id=request.pk, at=LATER)


def test_the_whole_number_is_shown_with_a_reason_that_its_owner_can_read(wang, officer, viewer):
    request = correction(wang, viewer)
    desk = viewer(officer, "officer")
    with pytest.raises(RequestReasonMissing):
        correction_actions.unmask_wanted(viewer=desk, request_id=request.pk, reason=" ", at=LATER)
    assert correction_actions.unmask_wanted(viewer=desk, request_id=request.pk, reason="对照证件", at=LATER) == RIGHT
    line = AuditLine.objects.get(action="person.unmask_wanted")
    assert (line.subject, line.reason) == (f"person:{wang.pk}", "对照证件")


def test_a_refusal_is_told_with_its_reason(wang, officer, viewer):
    request = correction(wang, viewer)
    request_actions.refuse(viewer=viewer(officer, "officer"), request_id=request.pk, reason="证件看不清", at=LATER)
    assert "证件看不清" in Message.objects.get().body
    wang.refresh_from_db()
    assert wang.id_index != vault.index("id", RIGHT)
