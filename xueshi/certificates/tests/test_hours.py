"""The unit confirms, the ledger and the documents follow (CQ-32)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests import scenery as plans
from xueshi.certificates import actions, hours_actions, queries, unit_queries
from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.certificates.tests.scenery import NOON, seen
from xueshi.kernel import signing
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.ledger import queries as ledger
from xueshi.ledger import standing
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Employment, Organisation
from xueshi.training.models import Enrolment


@pytest.mark.clause("CQ-32")
def test_the_unit_confirms_twenty_hours_on_a_verified_slip_and_both_documents_say_so(wang, plan, verifier, clerk):
    slip, review = scenery.sent(wang, plan)
    unit = seen(clerk, "unit_clerk")
    with pytest.raises(hours_actions.NotVerified):
        actions.confirm_hours(viewer=unit, document_id=slip.pk, at=NOON)
    assert not HoursEntry.objects.exists()

    scenery.verify(verifier, review)
    certificate = actions.confirm_hours(viewer=unit, document_id=slip.pk, at=NOON)
    entry = HoursEntry.objects.get()
    assert (entry.hours, entry.category, entry.year, entry.source) == (20, "public", plan.year, f"slip:{slip.pk}")
    assert (entry.provision, entry.actor_id) == ("slip-hours", clerk.pk)
    card = Document.objects.get(kind="card")
    for document in (certificate, card):
        (line,) = document.words["lines"]
        assert document.words["hours"] == "20"
        assert (line["slip"], line["verified_by"]) == (slip.number, review.organisation.name)
        assert line["confirmed_by"] == "渝中区示例中学"
        assert signing.unseal(document.seal) == document.words
    assert queries.slip_states_for(seen(wang))[0].state == "recorded"


@pytest.mark.clause("CQ-32")
def test_a_slip_that_nobody_has_verified_gives_no_hours(wang, plan, verifier, clerk):
    slip, _ = scenery.sent(wang, plan)
    with pytest.raises(hours_actions.NotVerified):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    assert not HoursEntry.objects.exists()


def test_where_the_notice_gives_no_hours_none_are_made_up(wang, plan, verifier, clerk, law_changed):
    slip, _ = scenery.verified(wang, plan, verifier)
    law_changed(
        "earning: {of: {kind: public_topic}, gives: 20, as: public, once: year}", "note: {why: left to the people}"
    )
    with pytest.raises(hours_actions.NoAward):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    assert not HoursEntry.objects.exists()


def test_confirming_twice_posts_once_and_issues_once(wang, plan, verifier, clerk):
    slip, _ = scenery.verified(wang, plan, verifier)
    unit = seen(clerk, "unit_clerk")
    first = actions.confirm_hours(viewer=unit, document_id=slip.pk, at=NOON)
    assert actions.confirm_hours(viewer=unit, document_id=slip.pk, at=NOON).pk == first.pk
    assert (HoursEntry.objects.count(), Document.objects.count()) == (1, 3)


def test_another_units_clerk_finds_nothing_to_confirm(wang, plan, verifier, make_person, make_organisation):
    slip, _ = scenery.verified(wang, plan, verifier)
    elsewhere = make_organisation("渝中区另一示例中学")
    other = make_person("示例别的经办", 32, post="unit_clerk", at_organisation=elsewhere)
    for viewer in (seen(other, "unit_clerk"), seen(verifier, "verifier"), seen(wang)):
        with pytest.raises(NotYours):
            actions.confirm_hours(viewer=viewer, document_id=slip.pk, at=NOON)
    with pytest.raises(NotYours):
        actions.confirm_hours(viewer=seen(other, "unit_clerk"), document_id=slip.pk + 999, at=NOON)


def test_a_clerk_does_not_confirm_the_own_hours_but_a_colleague_does(clerk, plan, verifier, make_person, county_unit):
    slip, _ = scenery.verified(clerk, plan, verifier)
    with pytest.raises(hours_actions.OwnHours):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    colleague = make_person("示例另一经办", 34, post="unit_clerk", at_organisation=county_unit)
    assert actions.confirm_hours(viewer=seen(colleague, "unit_clerk"), document_id=slip.pk, at=NOON)


@pytest.mark.clause("CQ-32", "CQ-36")
def test_for_somebody_without_a_unit_another_verifier_confirms(make_person, plan, association):
    free = make_person("示例其余人员", 26, file_keeper="other")
    officer = make_person("示例协会审验", 30, post="verifier", at_organisation=association)
    slip, review = scenery.verified(free, plan, officer)
    standing_, _, _ = queries.slip_of_review(seen(officer, "verifier"), review.pk)
    assert not queries.confirmable_without_unit(seen(officer, "verifier"), slip, standing_, NOON)
    with pytest.raises(actions.SameHand):
        actions.confirm_hours(viewer=seen(officer, "verifier"), document_id=slip.pk, at=NOON)
    colleague = seen(make_person("示例协会同事", 32, post="verifier", at_organisation=association), "verifier")
    assert queries.confirmable_without_unit(colleague, slip, standing_, NOON)
    certificate = actions.confirm_hours(viewer=colleague, document_id=slip.pk, at=NOON)
    assert certificate.words["lines"][0]["confirmed_by"] == association.name


def test_after_a_change_of_job_the_present_unit_confirms(wang, plan, verifier, clerk, municipal_unit, make_person):
    slip, _ = scenery.verified(wang, plan, verifier)
    Employment.objects.filter(person=wang).update(until="2026-06-01")
    Employment.objects.create(person=wang, employer=municipal_unit, since="2026-06-01")
    with pytest.raises(NotYours):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    present = make_person("示例新单位经办", 36, post="unit_clerk", at_organisation=municipal_unit)
    assert actions.confirm_hours(viewer=seen(present, "unit_clerk"), document_id=slip.pk, at=NOON)


def test_a_second_year_adds_a_certificate_and_replaces_the_card(wang, plan, verifier, clerk, chongqing):
    scenery.confirmed(wang, plan, verifier, clerk)
    plan.course.code = "innovation-before"
    plan.course.save()
    plan.exam.bank.code = "innovation-before"
    plan.exam.bank.save()
    before = plans.plan(region=chongqing, year=plan.year - 1)
    scenery.confirmed(wang, before, verifier, clerk)
    certificates = Document.objects.filter(kind="certificate", replaced_at=None)
    assert {one.year for one in certificates} == {plan.year, plan.year - 1}
    new, old = Document.objects.filter(kind="card").order_by("-pk")
    assert (new.replaces_id, old.replaced_at) == (old.pk, NOON)
    assert new.words["hours"] == "40"
    assert [line["year"] for line in new.words["lines"]] == [str(plan.year - 1), str(plan.year)]
    assert queries.checked(old).status == "replaced"
    assert queries.checked(old).replaced_by == new.number
    assert queries.checked(new).status == "valid"


def test_one_slip_a_year_is_worth_hours(wang, plan, verifier, clerk, chongqing):
    scenery.confirmed(wang, plan, verifier, clerk)
    plan.course.code = "another"
    plan.course.save()
    plan.exam.bank.code = "another"
    plan.exam.bank.save()
    second, _ = scenery.verified(wang, plans.plan(region=chongqing, year=plan.year), verifier)
    with pytest.raises(hours_actions.AwardedThisYear):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=second.pk, at=NOON)
    assert HoursEntry.objects.count() == 1


def test_a_revoked_slip_takes_its_hours_and_documents_with_it(wang, plan, verifier, clerk, operator):
    slip = scenery.confirmed(wang, plan, verifier, clerk)
    with pytest.raises(NotAllowed):
        actions.revoke(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, reason="替考", at=NOON)
    with pytest.raises(hours_actions.ReasonMissing):
        actions.revoke(viewer=seen(operator, "operator"), document_id=slip.pk, reason=" ", at=NOON)
    actions.revoke(viewer=seen(operator, "operator"), document_id=slip.pk, reason="替考查实", at=NOON)
    actions.revoke(viewer=seen(operator, "operator"), document_id=slip.pk, reason="再按一次", at=NOON)
    assert sum(entry.hours for entry in HoursEntry.objects.all()) == 0
    assert HoursEntry.objects.count() == 2
    assert {queries.checked(one).status for one in Document.objects.all()} == {"revoked"}
    slip.refresh_from_db()
    assert slip.revoked_reason == "替考查实"
    with pytest.raises(actions.NoLongerValid):
        actions.send_slip(viewer=seen(wang), document_id=slip.pk, at=NOON)


def test_of_several_those_that_cannot_be_confirmed_are_listed(wang, plan, verifier, clerk, make_person, county_unit):
    slip, _ = scenery.verified(wang, plan, verifier)
    colleague = make_person("示例刘老师", 38, employer=county_unit)
    waiting, _ = scenery.sent(colleague, plan)
    done = actions.confirm_all(viewer=seen(clerk, "unit_clerk"), document_ids=[slip.pk, waiting.pk, slip.pk], at=NOON)
    assert [(one.id, bool(one.said)) for one in done] == [(slip.pk, False), (waiting.pk, True)]


@pytest.mark.clause("CQ-38")
def test_a_unit_sees_how_far_each_of_its_people_is(
    wang, plan, verifier, clerk, make_person, county_unit, django_assert_max_num_queries
):
    make_person("示例甲未选课", 40, employer=county_unit)
    unpaid = make_person("示例乙未缴费", 42, employer=county_unit)
    Enrolment.objects.create(person=unpaid, plan=plan, chosen_at=NOON)
    studying = make_person("示例丙学习中", 44, employer=county_unit)
    Enrolment.objects.create(person=studying, plan=plan, chosen_at=NOON, opened_at=NOON)
    scenery.sent(make_person("示例丁审验中", 46, employer=county_unit), plan)
    scenery.verified(wang, plan, verifier)
    make_person("示例戊别单位", 48)
    desk = seen(clerk, "unit_clerk")
    with django_assert_max_num_queries(6):
        unit = unit_queries.unit_for(desk, NOON)
        states = {member.name: member.state for member in unit.members}
    assert states == {
        "示例甲未选课": "not_chosen",
        "示例乙未缴费": "unpaid",
        "示例丙学习中": "studying",
        "示例丁审验中": "pending",
        wang.name: "verified",
        clerk.name: "not_chosen",
    }
    assert [member.name for member in unit.to_confirm] == [wang.name]
    assert "20学时" in unit.clause[0]


@pytest.mark.clause("CQ-38", "CQ-40")
def test_the_recorded_hours_make_the_year_complete(wang, plan, verifier, clerk):
    now = datetime.now(UTC)
    before = standing.of(wang.pk, "annual", plan.year, now)
    assert (before.passed, before.finding("public").missing) == (False, Decimal(20))
    assert "四（五）1" in {effect.article for effect in before.effects}
    scenery.confirmed(wang, plan, verifier, clerk)
    after = standing.of(wang.pk, "annual", plan.year, datetime.now(UTC))
    assert (after.passed, after.finding("public").have) == (True, Decimal(20))
    assert standing.of(wang.pk, "appointment", plan.year, datetime.now(UTC)).passed
    assert standing.of(wang.pk, "annual", plan.year, now) == before


@pytest.mark.clause("CQ-39")
def test_without_the_years_hours_nobody_is_excellent(wang, plan, verifier, clerk):
    missing = standing.of(wang.pk, "annual_excellent", plan.year, datetime.now(UTC))
    assert "bar_excellent" in {effect.effect for effect in missing.effects}
    scenery.confirmed(wang, plan, verifier, clerk)
    complete = standing.of(wang.pk, "annual_excellent", plan.year, datetime.now(UTC))
    assert (complete.passed, complete.effects) == (True, ())


@pytest.mark.clause("CQ-41")
def test_a_title_review_asks_for_the_slip_of_every_year_of_the_cycle(wang, plan, verifier, clerk):
    """Her present title dates from 2018: one slip of this year leaves the years between open."""
    scenery.confirmed(wang, plan, verifier, clerk)
    asked = standing.of(wang.pk, "title_review", plan.year, datetime.now(UTC))
    by_year = {found.years[0]: found.outcome.value for found in asked.findings if found.provision == "public"}
    assert by_year[plan.year] == "met"
    assert by_year[plan.year - 1] == "unmet"
    assert min(by_year) == 2018
    assert "block" in {effect.effect for effect in asked.effects}


def test_where_no_law_is_encoded_nothing_is_judged(wang, make_person, db):
    from xueshi.people.models import Region

    far = make_person("示例外省人", 50, region=Region.objects.create(code="99", name="示例省"))
    with pytest.raises(standing.NoLawHere):
        standing.of(far.pk, "annual", 2026, NOON)
    assert standing.demands_of(far.pk, 2026, NOON) == []
    assert standing.demands_of(wang.pk, 2026, NOON)[0].need == 20


def test_the_statement_says_why_each_line_counts(wang, stranger, plan, verifier, clerk):
    scenery.confirmed(wang, plan, verifier, clerk)
    (line,) = ledger.statement_for(seen(wang)).lines
    assert (line.confirmed_by, line.counts) == ("渝中区示例中学", True)
    assert "20学时" in line.text
    assert line.cite == "渝人社办〔2010〕257号 四（三）"
    assert ledger.statement_for(seen(wang)).total(plan.year, "public") == 20
    assert ledger.statement_for(seen(wang), year=1999).lines == ()
    assert ledger.statement_for(seen(stranger)).lines == ()


def test_a_closed_unit_is_still_named_on_what_it_confirmed(wang, plan, verifier, clerk, county_unit):
    slip = scenery.confirmed(wang, plan, verifier, clerk)
    Organisation.objects.filter(pk=county_unit.pk).update(name="改名后的单位", closed_at=NOON)
    card = Document.objects.get(kind="card")
    assert card.words["lines"][0]["confirmed_by"] == "渝中区示例中学"
    assert slip.words["unit"] == "渝中区示例中学"
