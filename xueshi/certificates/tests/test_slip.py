"""From a pass to a verified slip (CQ-17, CQ-18, CQ-33 to CQ-37)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from xueshi.certificates import actions, queries
from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.certificates.tests.scenery import NOON, seen
from xueshi.kernel import signing
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine, Message
from xueshi.people.models import Employment, Person, Post
from xueshi.recognition import actions as recognition
from xueshi.recognition import queries as reviews
from xueshi.recognition.models import Review
from xueshi.training.models import Enrolment


@pytest.mark.clause("CQ-17")
def test_a_slip_is_issued_after_a_pass_and_only_once(wang, plan):
    passed = scenery.passed(wang, plan, "86")
    first = actions.issue_slip(viewer=seen(wang), pass_id=passed.pk, at=NOON)
    again = actions.issue_slip(viewer=seen(wang), pass_id=passed.pk, at=NOON + timedelta(days=1))
    assert again.pk == first.pk
    assert first.words["name"] == wang.name
    assert (first.words["score"], first.words["pass_mark"], first.words["passed_on"]) == ("86", "60", "2026-06-08")
    assert first.words["clause"].startswith("考试合格后，由本人自行打印成绩合格单")
    assert AuditLine.objects.filter(action="document.issue.slip", subject=f"document:{first.pk}").count() == 1


@pytest.mark.clause("CQ-17")
def test_without_a_pass_there_is_no_slip(wang, plan):
    enrolment = Enrolment.objects.create(person=wang, plan=plan, chosen_at=NOON, opened_at=NOON)
    assert queries.slip_state_for(seen(wang), enrolment.pk).state == "none"
    with pytest.raises(NotYours):
        actions.issue_slip(viewer=seen(wang), pass_id=12345, at=NOON)


def test_nobody_issues_or_prints_or_sends_the_slip_of_another(wang, stranger, plan):
    passed = scenery.passed(wang, plan)
    slip = actions.issue_slip(viewer=seen(wang), pass_id=passed.pk, at=NOON)
    them = seen(stranger)
    for deed in (
        lambda: actions.issue_slip(viewer=them, pass_id=passed.pk, at=NOON),
        lambda: actions.note_print(viewer=them, document_id=slip.pk, at=NOON),
        lambda: actions.print_file(viewer=them, document_id=slip.pk, at=NOON),
        lambda: actions.send_slip(viewer=them, document_id=slip.pk, at=NOON),
        lambda: queries.document_for(them, slip.pk, ["slip"]),
    ):
        with pytest.raises(NotYours):
            deed()
    assert queries.document_for(seen(wang), slip.pk, ["slip"]) == slip


def test_the_first_print_is_remembered_and_all_are_counted(wang, plan):
    slip = scenery.slip_of(wang, plan)
    actions.note_print(viewer=seen(wang), document_id=slip.pk, at=NOON)
    actions.note_print(viewer=seen(wang), document_id=slip.pk, at=NOON + timedelta(days=3))
    slip.refresh_from_db()
    assert (slip.prints, slip.printed_at) == (2, NOON)


@pytest.mark.clause("CQ-18", "CQ-33")
def test_a_district_teachers_slip_goes_to_the_district_bureau(wang, plan, county_bureau):
    slip, review = scenery.sent(wang, plan)
    assert (review.organisation, review.route, review.sealed) == (county_bureau, "county_hrss", False)
    state = queries.slip_state_for(seen(wang), slip_enrolment(slip))
    assert state.state == "pending"
    assert state.review.organisation == county_bureau.name
    assert "区县人力社保部门" in state.review.clause.text
    assert state.review.clause.cite.endswith("四（四）1")


def slip_enrolment(slip: Document) -> int:
    return queries.slip_states_for(seen(slip.person))[0].enrolment_id


@pytest.mark.clause("CQ-34")
def test_somebody_of_a_municipal_unit_is_verified_by_the_own_unit_under_its_seal(
    make_person, municipal_unit, county_bureau, plan
):
    engineer = make_person("示例工程师", 20, employer=municipal_unit)
    colleague = make_person("示例同事", 22, employer=municipal_unit, post="verifier", at_organisation=municipal_unit)
    _, review = scenery.sent(engineer, plan)
    assert (review.organisation, review.route, review.sealed) == (municipal_unit, "own_unit", True)
    with pytest.raises(recognition.SealMissing):
        scenery.verify(colleague, review, seal="  ")
    done = scenery.verify(colleague, review)
    assert (done.state, done.seal) == ("verified", scenery.SEAL)


@pytest.mark.clause("CQ-35")
def test_a_hosted_file_is_verified_by_its_agency(make_person, agency, plan):
    free = make_person("示例自由职业者", 24, file_keeper="talent_agency", file_agency=agency)
    _, review = scenery.sent(free, plan)
    assert (review.organisation, review.route, review.sealed) == (agency, "talent_agency", True)


@pytest.mark.clause("CQ-36")
def test_all_others_are_verified_by_the_association(make_person, association, plan):
    other = make_person("示例其余人员", 26, file_keeper="other")
    _, review = scenery.sent(other, plan)
    assert (review.organisation, review.route, review.sealed) == (association, "ce_association", True)


def test_where_the_platform_knows_no_such_verifier_it_says_whom_the_law_names(make_person, plan, yuzhong):
    other = make_person("示例其余人员", 26, file_keeper="other")
    slip = scenery.slip_of(other, plan)
    with pytest.raises(recognition.NoVerifier) as refused:
        actions.send_slip(viewer=seen(other), document_id=slip.pk, at=NOON)
    assert "重庆继续教育协会" in refused.value.said
    assert reviews.expected_for(seen(other), plan.instrument, "public", NOON).organisation == ""


def test_sending_twice_is_one_review(wang, plan, county_bureau):
    slip, first = scenery.sent(wang, plan)
    assert actions.send_slip(viewer=seen(wang), document_id=slip.pk, at=NOON).pk == first.pk
    assert Review.objects.count() == 1


@pytest.mark.clause("CQ-37")
@pytest.mark.parametrize("method", ["check_slip", "look_up_online"])
def test_a_verifier_passes_a_slip_by_either_method(wang, plan, verifier, method):
    _, review = scenery.sent(wang, plan)
    them = seen(verifier, "verifier")
    with pytest.raises(recognition.MethodMissing):
        actions.decide(viewer=them, review_id=review.pk, verdict="verified", method="", at=NOON)
    with pytest.raises(recognition.MethodMissing):
        actions.decide(viewer=them, review_id=review.pk, verdict="verified", method="by_heart", at=NOON)
    done = actions.decide(viewer=them, review_id=review.pk, verdict="verified", method=method, at=NOON)
    assert (done.state, done.method, done.decided_by_id) == ("verified", method, verifier.pk)
    again = actions.decide(viewer=them, review_id=review.pk, verdict="verified", method=method, at=NOON)
    assert again.decided_at == done.decided_at
    assert AuditLine.objects.filter(action="review.verified").count() == 1


def test_a_refusal_gives_its_reason_and_the_slip_may_be_sent_again(wang, plan, verifier):
    Person.objects.filter(pk=wang.pk).update(email="wang@example.test")
    slip, review = scenery.sent(wang, plan)
    them = seen(verifier, "verifier")
    with pytest.raises(recognition.ReasonMissing):
        actions.decide(viewer=them, review_id=review.pk, verdict="refused", reason=" ", at=NOON)
    actions.decide(viewer=them, review_id=review.pk, verdict="refused", reason="姓名有误", at=NOON)
    assert queries.slip_state_for(seen(wang), slip_enrolment(slip)).review.reason == "姓名有误"
    assert "姓名有误" in Message.objects.get().body
    later = NOON + timedelta(days=1)
    again = actions.send_slip(viewer=seen(wang), document_id=slip.pk, at=later)
    assert again.pk != review.pk
    assert queries.slip_state_for(seen(wang), slip_enrolment(slip)).state == "pending"


def refuse(verifier, review):
    actions.decide(
        viewer=seen(verifier, "verifier"), review_id=review.pk, verdict="refused", reason="姓名有误", at=NOON
    )


def test_what_was_corrected_after_a_refusal_stands_on_a_new_slip_that_is_sent_in_its_place(wang, plan, verifier):
    old, review = scenery.sent(wang, plan)
    refuse(verifier, review)
    Person.objects.filter(pk=wang.pk).update(name="示例王晓")
    again = actions.send_slip(viewer=seen(wang), document_id=old.pk, at=NOON)
    new = Document.objects.get(replaces=old)
    assert (new.words["name"], again.subject, again.state) == ("示例王晓", f"slip:{new.pk}", "pending")
    assert new.words["score"] == old.words["score"]
    old.refresh_from_db()
    assert old.replaced_at
    assert queries.slip_state_for(seen(wang), slip_enrolment(new)).document == new
    second_click = actions.send_slip(viewer=seen(wang), document_id=old.pk, at=NOON)
    assert second_click == again
    assert Document.objects.count() == 2


def test_a_refused_slip_with_nothing_to_correct_stays_the_same_paper(wang, plan, verifier):
    slip, review = scenery.sent(wang, plan)
    refuse(verifier, review)
    again = actions.send_slip(viewer=seen(wang), document_id=slip.pk, at=NOON + timedelta(days=1))
    assert again.subject == f"slip:{slip.pk}"
    assert Document.objects.count() == 1


def test_a_slip_that_somebody_has_is_not_changed_under_his_hands(wang, plan, county_bureau):
    slip, review = scenery.sent(wang, plan)
    Person.objects.filter(pk=wang.pk).update(name="示例王晓")
    assert actions.send_slip(viewer=seen(wang), document_id=slip.pk, at=NOON) == review
    assert Document.objects.count() == 1


def test_an_officer_does_not_verify_his_own_slip_but_a_colleague_does(make_person, verifier, plan, county_unit):
    Employment.objects.create(person=verifier, employer=county_unit, since="2015-07-01")
    _, review = scenery.sent(verifier, plan)
    with pytest.raises(recognition.OwnDocument) as refused:
        scenery.verify(verifier, review)
    assert "不能由您自己审验" in refused.value.said
    colleague = make_person("示例同事", 28, post="verifier", at_organisation=review.organisation)
    assert scenery.verify(colleague, review).state == "verified"


def test_a_review_is_decided_only_where_it_lies(wang, plan, county_bureau, make_person, association):
    _, review = scenery.sent(wang, plan)
    elsewhere = make_person("示例协会审验", 30, post="verifier", at_organisation=association)
    for asked in (review.pk, review.pk + 999):
        with pytest.raises(NotYours):
            actions.decide(
                viewer=seen(elsewhere, "verifier"), review_id=asked, verdict="verified", method="check_slip", at=NOON
            )
        with pytest.raises(NotYours):
            reviews.review_for(seen(elsewhere, "verifier"), asked)


def test_a_decision_stands_and_the_second_verifier_learns_who_was_quicker(wang, plan, verifier, make_person):
    _, review = scenery.verified(wang, plan, verifier)
    colleague = make_person("示例同事", 28, post="verifier", at_organisation=review.organisation)
    with pytest.raises(recognition.AlreadyDecided) as refused:
        actions.decide(
            viewer=seen(colleague, "verifier"), review_id=review.pk, verdict="refused", reason="有误", at=NOON
        )
    assert verifier.name in refused.value.said


@pytest.mark.clause("CQ-47")
def test_who_stamps_faster_than_anyone_can_look_is_stopped(wang, plan, verifier):
    _, review = scenery.sent(wang, plan)
    Review.objects.bulk_create(
        Review(
            subject=f"slip:{900 + n}",
            person=wang,
            organisation=review.organisation,
            route="county_hrss",
            sealed=False,
            instrument=plan.instrument,
            provision=review.provision,
            state="verified",
            submitted_at=NOON,
            decided_at=NOON - timedelta(seconds=30),
            decided_by_id=verifier.pk,
        )
        for n in range(60)
    )
    with pytest.raises(recognition.TooFast):
        scenery.verify(verifier, review)
    assert scenery.verify(verifier, review, at=NOON + timedelta(seconds=31)).state == "verified"


def test_of_several_those_that_cannot_pass_are_listed_with_the_reason(wang, make_person, plan, verifier, county_unit):
    _, one = scenery.sent(wang, plan)
    Employment.objects.create(person=verifier, employer=county_unit, since="2015-07-01")
    _, own = scenery.sent(verifier, plan)
    done = actions.verify_all(
        viewer=seen(verifier, "verifier"), review_ids=[one.pk, own.pk, 4711], method="check_slip", seal="", at=NOON
    )
    assert [bool(outcome.said) for outcome in done] == [False, True, True]
    assert "本人" in done[1].said


@pytest.mark.clause("CQ-37")
def test_a_verifier_looks_the_score_up_by_number_and_name(wang, plan, verifier, stranger):
    slip = scenery.slip_of(wang, plan, "91.5")
    found = queries.score_by_number(seen(verifier, "verifier"), slip.number.lower(), f" {wang.name} ")
    assert found is not None
    assert found[1].score == 91.5
    assert queries.score_by_number(seen(verifier, "verifier"), slip.number, stranger.name) is None


def test_a_renamed_holder_and_a_changed_plan_leave_an_issued_slip_as_it_was(wang, plan):
    slip = scenery.slip_of(wang, plan)
    before = (dict(slip.words), slip.seal)
    file = actions.print_file(viewer=seen(wang), document_id=slip.pk, at=NOON)
    Person.objects.filter(pk=wang.pk).update(name="示例新名")
    type(plan).objects.filter(pk=plan.pk).update(title="改了的计划")
    slip.refresh_from_db()
    assert (slip.words, slip.seal) == before
    assert signing.unseal(slip.seal) == slip.words
    later = actions.print_file(viewer=seen(wang), document_id=slip.pk, at=NOON + timedelta(days=9))
    assert later.sha256 == file.sha256


@pytest.mark.parametrize(
    "change",
    [
        "words = jsonb_set(words, '{score}', '\"99\"')",
        "seal = 'x'",
        "number = 'x'",
        "code = 'x'",
        "year = 1999",
        "issued_at = now()",
    ],
)
def test_the_database_refuses_to_change_what_a_document_certifies(wang, plan, change):
    slip = scenery.slip_of(wang, plan)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE certificates_document SET {change} WHERE id = %s", [slip.pk])  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_document SET prints = 7 WHERE id = %s", [slip.pk])
    slip.refresh_from_db()
    assert slip.prints == 7


def test_the_database_refuses_to_delete_a_document(wang, plan):
    slip = scenery.slip_of(wang, plan)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        slip.delete()
    assert Document.objects.filter(pk=slip.pk).exists()


def test_a_post_that_has_ended_verifies_nothing(wang, plan, verifier):
    _, review = scenery.sent(wang, plan)
    Post.objects.filter(person=verifier).update(until=NOON - timedelta(days=1))
    with pytest.raises(NotYours):
        scenery.verify(verifier, review)
