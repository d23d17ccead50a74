"""A base is applied for, decided upon and changed: each deed beside what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people.models import Organisation
from xueshi.training import base_actions, base_change_actions, base_queries, base_words
from xueshi.training.base_actions import Scope
from xueshi.training.base_models import Accreditation, AccreditationStep
from xueshi.training.base_rules import Allowed, Outside
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import DOCUMENT, MEDICINE, NOW, OF_COUNTY, PUBLIC, TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def city(make_person):
    return kaifeng.city_of(make_person)


def kinds(one):
    return list(AccreditationStep.objects.filter(accreditation=one).order_by("pk").values_list("kind", flat=True))


def may(city, on=TODAY, region="4102", subject="public", specialty="", title="intermediate"):
    return base_queries.may_open(city.university.pk, on, region, subject, specialty, title)


# ---- applying ------------------------------------------------------------------------------------------


@pytest.mark.clause("KF-31")
def test_a_base_applies_to_the_bureau_of_its_level(city):
    of_city = city.applied()
    of_county = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    assert (of_city.level, of_city.supervisor, of_city.region.code) == ("municipal", city.city, "4102")
    assert (of_county.level, of_county.supervisor, of_county.region.code) == ("county", city.county, "410225")
    line = AuditLine.objects.filter(action="training.apply_accreditation").first()
    assert line.facts["subjects"] == ["public"]
    assert line.facts["title_levels"] == list(PUBLIC.title_levels)


def test_a_base_applies_once_and_for_itself(city):
    with pytest.raises(NotYours):
        base_actions.apply(viewer=city.head, base_id=city.school.pk, scope=PUBLIC, at=NOW)
    with pytest.raises(NotAllowed):
        base_actions.apply(
            viewer=kaifeng.seen(city.people["开大经办"], "base_clerk"), base_id=city.university.pk, scope=PUBLIC, at=NOW
        )
    city.applied()
    with pytest.raises(base_actions.AlreadyAccredited) as refused:
        city.applied()
    assert "待审批" in refused.value.said
    Organisation.objects.filter(pk=city.school.pk).update(closed_at=NOW)
    with pytest.raises(NotYours):
        base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=PUBLIC, at=NOW)


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope([], [], ["junior"]), "至少选一类科目"),
        (Scope(["public"], [], []), "至少选一个职称层次"),
        (Scope(["professional"], ["  "], ["junior"]), "要写明核准的专业"),
    ],
)
def test_an_incomplete_scope_is_refused_in_words(city, scope, words):
    with pytest.raises(base_actions.ScopeIncomplete, match=words):
        city.applied(scope)
    assert not Accreditation.objects.exists()


def test_a_scope_is_kept_without_repetition_and_without_specialties_it_has_no_use_for(city):
    kept = Scope(["professional", "public"], ["临床医学", " 临床医学", "护理"], ["junior", "junior"]).checked()
    assert kept == {
        "subjects": ["public", "professional"], "specialties": ["临床医学", "护理"], "title_levels": ["junior"],
    }  # fmt: skip
    assert Scope(["public"], ["护理"], ["junior"]).checked()["specialties"] == []


def test_where_no_bureau_is_known_nobody_can_decide(city):
    Organisation.objects.filter(pk=city.city.pk).update(closed_at=NOW)
    with pytest.raises(base_actions.NoSupervisor):
        city.applied()


# ---- deciding ------------------------------------------------------------------------------------------


@pytest.mark.clause("KF-19", "KF-32", "KF-40")
def test_the_university_is_the_first_batch_of_municipal_bases(city):
    assert isinstance(may(city), Outside)
    one = city.approve(city.applied(), batch_id=city.batch(), since=date(2013, 6, 15))
    assert (one.state, one.batch.name, one.decided_by_id) == ("approved", "第一批", city.first.person_id)
    assert may(city, on=date(2013, 8, 5)) == Allowed("accreditation", f"{DOCUMENT} 第一批")
    assert isinstance(may(city, on=date(2013, 6, 14)), Outside)
    assert kinds(one) == ["applied", "approved"]
    audited = AuditLine.objects.get(action="training.approve_accreditation")
    assert (audited.person_id, audited.subject) == (city.first.person_id, f"accreditation:{one.pk}")


@pytest.mark.clause("KF-15", "KF-31")
def test_only_the_supervising_bureau_decides(city):
    of_city = city.applied()
    of_county = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    for stranger, one in [(city.elsewhere, of_city), (city.county_first, of_city), (city.first, of_county)]:
        with pytest.raises(NotYours):
            city.approve(one, stranger)
    with pytest.raises(NotAllowed):
        city.approve(of_city, city.head)
    with pytest.raises(NotYours):
        base_actions.approve(
            viewer=city.first, accreditation_id=999_999, batch_id=None, since=TODAY, until=None, at=NOW
        )
    assert city.approve(of_county, city.county_first).state == "approved"


def test_an_approval_may_be_for_less_than_was_asked(city):
    one = city.approve(city.applied(MEDICINE), scope=PUBLIC)
    assert isinstance(may(city), Allowed)
    assert base_words.why(may(city, subject="professional", specialty="临床医学")) == "它没有核准承担专业科目"
    assert kinds(one) == ["applied", "approved"]


def test_a_term_does_not_run_backwards(city):
    with pytest.raises(base_actions.TermBackwards):
        city.approve(city.applied(), until=TODAY)
    assert Accreditation.objects.get().state == "applied"


def test_whoever_filed_an_application_does_not_decide_it(city):
    one = base_actions.apply(viewer=city.first, base_id=city.university.pk, scope=PUBLIC, at=NOW)
    for deed in (city.approve, lambda one: base_actions.refuse(
        viewer=city.first, accreditation_id=one.pk, reason="材料不全", at=NOW
    )):  # fmt: skip
        with pytest.raises(base_actions.OwnApplication):
            deed(one)
    assert city.approve(one, city.second).state == "approved"
    with pytest.raises(IntegrityError, match="nobody_decides_what_he_applied_for"), transaction.atomic():
        Accreditation.objects.filter(pk=one.pk).update(decided_by=city.first.person_id)


def test_what_was_returned_is_filed_again_and_what_was_refused_anew(city):
    one = city.applied()
    base_actions.send_back(viewer=city.first, accreditation_id=one.pk, reason="请补场地证明", at=NOW)
    base_actions.send_back(viewer=city.first, accreditation_id=one.pk, reason="请补场地证明", at=NOW)  # a double click
    with pytest.raises(base_actions.AlreadyDecided, match="示例市局甲"):
        city.approve(one, city.second)
    again = city.applied(MEDICINE)
    assert again.pk == one.pk
    assert kinds(one) == ["applied", "returned", "applied"]
    base_actions.refuse(viewer=city.first, accreditation_id=one.pk, reason="不具备条件", at=NOW)
    assert isinstance(may(city), Outside)
    anew = city.applied()
    assert anew.pk != one.pk
    assert city.approve(anew).state == "approved"


def test_a_second_click_approves_once_and_another_officer_is_told(city):
    one = city.applied()
    city.approve(one)
    city.approve(one)
    with pytest.raises(base_actions.AlreadyDecided, match="已由示例市局甲办理"):
        city.approve(one, city.second)
    assert kinds(one) == ["applied", "approved"]


@pytest.mark.clause("KF-40")
def test_a_batch_approves_what_it_can_and_says_what_is_left(city):
    fine = city.applied()
    institute = Organisation.objects.create(
        name="开封市示例学院", kind="training_base", level="municipal", region=city.city.region
    )
    own = base_actions.apply(viewer=city.first, base_id=institute.pk, scope=PUBLIC, at=NOW)
    done, left = base_actions.approve_several(
        viewer=city.first, accreditation_ids=[own.pk, fine.pk, fine.pk], batch_id=city.batch(), since=TODAY, at=NOW
    )
    assert [one.pk for one in done] == [fine.pk]
    assert [(one.accreditation.pk, one.why) for one in left] == [(own.pk, "这份申请是您登记的，要由另一位同事审批。")]
    assert Accreditation.objects.get(pk=own.pk).state == "applied"


def test_a_batch_has_one_document(city):
    assert city.batch() == city.batch()
    with pytest.raises(base_actions.BatchTaken, match="汴人社"):
        base_actions.found_batch(
            viewer=city.second, bureau_id=city.city.pk, name="第一批", decided_on=TODAY, document="另一份文件", at=NOW
        )
    with pytest.raises(NotYours):
        base_actions.found_batch(
            viewer=city.elsewhere, bureau_id=city.city.pk, name="第二批", decided_on=TODAY, document="文", at=NOW
        )
    city_batch = city.batch()
    one = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    with pytest.raises(NotYours):  # nor is another's batch used
        city.approve(one, city.county_first, batch_id=city_batch)


# ---- suspending, restoring -----------------------------------------------------------------------------


def suspend(city, one, viewer=None, since=TODAY):
    return base_change_actions.suspend(
        viewer=viewer or city.first, accreditation_id=one.pk, since=since, reason="超范围办班", at=NOW
    )


@pytest.mark.clause("KF-36", "KF-37")
def test_a_suspension_stops_what_is_new_and_leaves_what_was(city):
    one = city.approved(since=TODAY - 30 * DAY)
    suspend(city, one)
    suspend(city, one)  # a double click
    assert isinstance(may(city, on=TODAY - DAY), Allowed)
    assert may(city).code == "suspended"
    assert "暂停以前办的照常有效" in base_words.what_would(may(city))
    base_change_actions.lift(viewer=city.second, accreditation_id=one.pk, reason="已整改", at=NOW + DAY)
    assert may(city, on=TODAY).code == "suspended"
    assert isinstance(may(city, on=TODAY + DAY), Allowed)
    assert kinds(one) == ["applied", "approved", "suspended", "lifted"]


def test_a_suspension_begins_today_or_later_and_only_what_is_in_force_is_suspended(city):
    one = city.approved()
    with pytest.raises(base_change_actions.DayPast):
        suspend(city, one, since=TODAY - DAY)
    with pytest.raises(base_change_actions.NotSuspended):
        base_change_actions.lift(viewer=city.first, accreditation_id=one.pk, reason="误会", at=NOW)
    with pytest.raises(NotYours):
        suspend(city, one, viewer=city.elsewhere)
    suspend(city, one, since=TODAY + 10 * DAY)
    assert isinstance(may(city, on=TODAY + 9 * DAY), Allowed)
    assert may(city, on=TODAY + 10 * DAY).code == "suspended"
    with pytest.raises(base_change_actions.NotInForce, match="已暂停"):
        suspend(city, one)
    base_change_actions.lift(viewer=city.first, accreditation_id=one.pk, reason="已整改", at=NOW)
    assert isinstance(may(city, on=TODAY + 10 * DAY), Allowed)


# ---- scope and term ------------------------------------------------------------------------------------


@pytest.mark.clause("KF-33", "KF-37")
def test_a_wider_scope_is_a_new_row_from_its_day(city):
    one = city.approved()
    later = TODAY + 5 * DAY
    for _ in range(2):
        base_change_actions.rescope(
            viewer=city.first, accreditation_id=one.pk, scope=MEDICINE, since=later, reason="已具备条件", at=NOW
        )
    ask = {"subject": "professional", "specialty": "临床医学"}
    assert may(city, **ask).code == "subject"
    assert isinstance(may(city, on=later, **ask), Allowed)
    assert may(city, on=later, subject="professional", specialty="桥梁工程").code == "specialty"
    assert kinds(one) == ["applied", "approved", "rescoped"]
    for refused, changes in [
        (base_change_actions.DayPast, {"since": TODAY - DAY}),
        (base_actions.ScopeIncomplete, {"scope": replace(PUBLIC, subjects=[])}),
    ]:
        said = {"scope": PUBLIC, "since": TODAY, "reason": "x"} | changes
        with pytest.raises(refused):
            base_change_actions.rescope(viewer=city.first, accreditation_id=one.pk, at=NOW, **said)


def test_what_is_not_accredited_has_no_scope_to_change(city):
    with pytest.raises(base_change_actions.NotInForce, match="待审批"):
        base_change_actions.rescope(
            viewer=city.first, accreditation_id=city.applied().pk, scope=MEDICINE, since=TODAY, reason="x", at=NOW
        )


def test_a_term_that_ran_out_is_renewed_from_today(city):
    one = city.approved(since=TODAY - 30 * DAY, until=TODAY - 5 * DAY)
    assert may(city).code == "expired"
    with pytest.raises(base_change_actions.NotInForce, match="已到期"):
        suspend(city, one)
    with pytest.raises(base_actions.TermBackwards):
        base_change_actions.renew(viewer=city.first, accreditation_id=one.pk, until=TODAY, reason="x", at=NOW)
    base_change_actions.renew(viewer=city.first, accreditation_id=one.pk, until=None, reason="复核合格", at=NOW)
    base_change_actions.renew(viewer=city.first, accreditation_id=one.pk, until=None, reason="复核合格", at=NOW)
    assert isinstance(may(city), Allowed)
    assert may(city, on=TODAY - DAY).code == "expired"
    assert kinds(one)[2:] == ["renewed"]


# ---- withdrawing ---------------------------------------------------------------------------------------


def propose(city, one, viewer=None):
    return base_change_actions.propose_withdrawal(
        viewer=viewer or city.first, accreditation_id=one.pk, reason="多次超范围办班", at=NOW
    )


def confirm(city, one, viewer):
    return base_change_actions.confirm_withdrawal(viewer=viewer, accreditation_id=one.pk, at=NOW)


@pytest.mark.clause("KF-36")
def test_an_accreditation_is_withdrawn_by_two(city):
    one = city.approved(since=TODAY - DAY)
    with pytest.raises(base_change_actions.NothingProposed):
        confirm(city, one, city.second)
    propose(city, one)
    propose(city, one)
    with pytest.raises(base_change_actions.WithdrawalPending, match="示例市局甲"):
        propose(city, one, city.second)
    with pytest.raises(base_change_actions.SecondPerson):
        confirm(city, one, city.first)
    assert isinstance(may(city), Allowed)
    assert confirm(city, one, city.second).state == "withdrawn"
    assert confirm(city, one, city.second).state == "withdrawn"
    assert may(city).code == "withdrawn"
    assert isinstance(may(city, on=TODAY - DAY), Allowed)
    assert kinds(one)[2:] == ["withdrawal_proposed", "withdrawn"]
    assert city.applied().pk != one.pk  # it may apply anew


@pytest.mark.parametrize("fields", [["withdrawal_proposed_by", "withdrawn_by"], []])
def test_the_database_refuses_a_withdrawal_by_one(city, fields):
    one = city.approved()
    changes = dict.fromkeys(fields, city.first.person_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accreditation.objects.filter(pk=one.pk).update(state="withdrawn", **changes)


def test_a_proposal_is_dropped(city):
    one = city.approved()
    drop = {"accreditation_id": one.pk, "reason": "已整改", "at": NOW}
    with pytest.raises(base_change_actions.NothingProposed):
        base_change_actions.drop_withdrawal(viewer=city.second, **drop)
    propose(city, one)
    base_change_actions.drop_withdrawal(viewer=city.second, **drop)
    with pytest.raises(base_change_actions.NothingProposed):
        confirm(city, one, city.second)
    with pytest.raises(base_change_actions.NotInForce):
        propose(city, base_actions.apply(viewer=city.first, base_id=other(city).pk, scope=PUBLIC, at=NOW))


def other(city):
    return Organisation.objects.create(
        name="开封市示例学院", kind="training_base", level="municipal", region=city.city.region
    )


# ---- what is kept --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["accreditationstep", "accreditationbatch", "feeitem"])
def test_steps_batches_and_fees_are_never_changed(city, table):
    city.approve(city.applied(), batch_id=city.batch())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [f"training_{table}_append_only"])
        assert cursor.fetchone() == (1,)
        if table != "feeitem":
            with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
                cursor.execute(f"DELETE FROM training_{table}")  # noqa: S608  one of three words


def test_the_column_for_lists_says_what_the_rules_say(city):
    """After each deed, seen from today and days after it: the filter of a list and the rules agree."""
    rows = Accreditation.objects.all()

    def check(*wanted):
        for days, standing in zip((0, 5, 10, 30), wanted, strict=True):
            paper = base_queries.papers_of(rows, TODAY + days * DAY)[0]
            column = base_queries.standing_on(rows, TODAY + days * DAY).get().standing
            assert (column, paper.standing) == (standing, standing), days

    one = city.applied()
    check("applied", "applied", "applied", "applied")
    city.approve(one, since=TODAY + 5 * DAY, until=TODAY + 30 * DAY)
    check("not_yet", "approved", "approved", "expired")
    base_change_actions.suspend(
        viewer=city.first, accreditation_id=one.pk, since=TODAY + 10 * DAY, reason="整改", at=NOW + 5 * DAY
    )
    assert [base_queries.standing_on(rows, TODAY + days * DAY).get().standing for days in (5, 10, 30)] == [
        "approved",
        "suspended",
        "expired",
    ]
    base_change_actions.lift(viewer=city.first, accreditation_id=one.pk, reason="已整改", at=NOW + 6 * DAY)
    base_change_actions.renew(viewer=city.first, accreditation_id=one.pk, until=None, reason="复核", at=NOW + 6 * DAY)
    for days in (6, 10, 30):
        paper = base_queries.papers_of(rows, TODAY + days * DAY)[0]
        assert base_queries.standing_on(rows, TODAY + days * DAY).get().standing == paper.standing == "approved"
