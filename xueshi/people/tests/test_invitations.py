"""Invitations: a code for somebody of the unit, once, for 72 hours and five tries."""

from datetime import timedelta

import pytest
from django.db import connection

from conftest import NINE
from xueshi.kernel import vault
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import invitation_actions as actions
from xueshi.people import member_actions
from xueshi.people.models import Account, Employment, Invitation, Person

LATER = NINE + timedelta(minutes=20)


@pytest.fixture
def brought(make_person, county_unit):
    """`brought("示例甲", 50)`: somebody whom the unit has brought, without an account."""

    def bring(name: str, serial: int, **facts: object) -> Person:
        person = make_person(name, serial, employer=county_unit, **facts)
        Account.objects.filter(person=person).delete()
        return person

    return bring


@pytest.fixture
def desk(clerk, viewer):
    return viewer(clerk, "unit_clerk")


def send(unit, at=NINE):
    while actions.send_some(organisation_id=unit.pk, at=at):
        pass


def told() -> str:
    """The code of the newest message, as the person reads it."""
    words = Message.objects.latest("pk").body
    return words.partition("邀请码 ")[2][:9]


@pytest.mark.clause("ZJ-38")
def test_an_invitation_goes_to_the_phone_and_opens_the_account_once(brought, desk, county_unit):
    one = brought("示例被邀", 50)
    done = actions.invite(viewer=desk, person_ids=[one.pk], organisation_id=county_unit.pk, at=NINE)
    assert [(each.person, each.sent, each.code) for each in done] == [(one, "sms", "")]
    send(county_unit)
    message = Message.objects.get()
    assert (message.channel, message.address) == ("sms", one.phone)
    assert county_unit.name in message.body
    code = told()
    kept = Invitation.objects.get()
    assert code.replace("-", "") not in f"{kept.code_hash}{AuditLine.objects.values_list('facts')}"
    assert actions.redeem(id_index=one.id_index, code=code.lower(), at=LATER) == one
    assert actions.redeem(id_index=one.id_index, code=code, at=LATER) is None
    lines = AuditLine.objects.filter(subject=f"person:{one.pk}").values_list("action", flat=True)
    assert list(lines) == ["people.invite", "people.redeem_invitation"]


def test_sending_again_sends_nothing_twice(brought, desk, county_unit):
    people = [brought(f"示例第{n}人", 50 + 2 * n) for n in range(3)]
    actions.invite(viewer=desk, person_ids=[one.pk for one in people], organisation_id=county_unit.pk, at=NINE)
    send(county_unit)
    send(county_unit)
    assert Message.objects.count() == 3
    with pytest.raises(actions.NobodyToInvite):  # pressed twice
        actions.invite(viewer=desk, person_ids=[one.pk for one in people], organisation_id=county_unit.pk, at=NINE)
    assert Invitation.objects.count() == 3


def test_without_a_phone_it_is_a_mail_and_without_either_it_is_told(brought, desk, county_unit):
    mail = brought("示例有邮箱", 50, phone="", email="a@example.test")
    none = brought("示例都没有", 52, phone="")
    done = actions.invite(
        viewer=desk, person_ids=[mail.pk, none.pk], organisation_id=county_unit.pk, at=NINE
    )  # fmt: skip
    assert {each.person.pk: each.sent for each in done} == {mail.pk: "mail", none.pk: ""}
    assert not Invitation.objects.filter(person=none).exists()


def test_on_paper_the_code_is_given_to_the_caller_and_another_print_replaces_it(brought, desk, county_unit):
    one = brought("示例纸上", 50, phone="")
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    first = actions.invite(**ask, at=NINE)[0].code
    second = actions.invite(**ask, at=LATER)[0].code
    assert len(first) == 8
    assert set(first) <= set(actions.LETTERS)
    assert actions.redeem(id_index=one.id_index, code=first, at=LATER) is None
    assert actions.redeem(id_index=one.id_index, code=actions.spelled(second), at=LATER) == one
    assert Message.objects.count() == 0


@pytest.mark.parametrize("spoiled", ["late", "tries", "withdrawn", "left", "closed", "other", "registered"])
def test_a_code_that_is_no_longer_good_is_as_wrong_as_any_other(
    spoiled, brought, desk, county_unit, stranger, make_person
):
    one = brought("示例作废", 50)
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    code, index, at = actions.invite(**ask, at=NINE)[0].code, one.id_index, LATER
    if spoiled == "late":
        at = NINE + timedelta(hours=72)
    elif spoiled == "tries":
        for _try in range(5):
            assert actions.redeem(id_index=index, code="AAAA-AAAA", at=LATER) is None
    elif spoiled == "withdrawn":
        actions.withdraw(viewer=desk, invitation_id=Invitation.objects.get().pk, at=NINE)
    elif spoiled == "left":
        Employment.objects.filter(person=one).update(until=NINE.date())
    elif spoiled == "closed":
        county_unit.closed_at = NINE
        county_unit.save()
    elif spoiled == "other":
        index = stranger.id_index
    else:
        Account.objects.create(person=one, id_index=index)
    assert actions.redeem(id_index=index, code=code, at=at) is None


def test_a_wrong_code_four_times_leaves_the_fifth_try(brought, desk, county_unit):
    one = brought("示例试错", 50)
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    code = actions.invite(**ask, at=NINE)[0].code
    for _try in range(4):
        actions.redeem(id_index=one.id_index, code="2222-2222", at=LATER)
    assert actions.redeem(id_index=one.id_index, code=code, at=LATER) == one


def test_a_code_that_has_not_been_sent_opens_nothing(brought, desk, county_unit):
    one = brought("示例还没发", 50)
    actions.invite(viewer=desk, person_ids=[one.pk], organisation_id=county_unit.pk, at=NINE)
    assert actions.redeem(id_index=one.id_index, code="", at=LATER) is None


def test_unknown_numbers_cost_as_many_queries_as_known_ones(brought, desk, county_unit, django_assert_num_queries):
    one = brought("示例一样", 50)
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    actions.invite(**ask, at=NINE)
    for index in (one.id_index, vault.index("id", "nobody")):
        with django_assert_num_queries(4):  # the savepoint, the search, the count, the release
            actions.redeem(id_index=index, code="2222-2222", at=LATER)


def test_only_people_of_the_own_unit_without_an_account_are_invited(brought, desk, county_unit, wang, stranger):
    Account.objects.filter(person=stranger).delete()
    with pytest.raises(actions.NobodyToInvite):
        actions.invite(
            viewer=desk, person_ids=[wang.pk, stranger.pk, 999_999], organisation_id=county_unit.pk, at=NINE
        )  # fmt: skip
    one = brought("示例本单位", 50)
    done = actions.invite(
        viewer=desk, person_ids=[wang.pk, stranger.pk, one.pk], organisation_id=county_unit.pk, at=NINE
    )  # fmt: skip
    assert [each.person for each in done] == [one]


def test_another_units_clerk_neither_invites_nor_withdraws(
    brought, desk, county_unit, make_organisation, make_person, viewer
):
    one = brought("示例别处看不到", 50)
    elsewhere = make_organisation("渝中区另一示例中学")
    other = viewer(make_person("示例别的经办", 32, post="unit_clerk", at_organisation=elsewhere), "unit_clerk")
    with pytest.raises(NotYours):
        actions.invite(viewer=other, person_ids=[one.pk], organisation_id=county_unit.pk, at=NINE)
    with pytest.raises(actions.NobodyToInvite):
        actions.invite(viewer=other, person_ids=[one.pk], organisation_id=elsewhere.pk, at=NINE)
    actions.invite(viewer=desk, person_ids=[one.pk], organisation_id=county_unit.pk, at=NINE)
    invitation = Invitation.objects.get()
    with pytest.raises(NotYours):
        actions.withdraw(viewer=other, invitation_id=invitation.pk, at=NINE)
    actions.withdraw(viewer=desk, invitation_id=invitation.pk, at=NINE)
    actions.withdraw(viewer=desk, invitation_id=invitation.pk, at=LATER)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at == NINE


def test_no_code_stands_in_the_database(brought, desk, county_unit):
    one = brought("示例查库", 50, phone="")
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    code = actions.invite(**ask, at=NINE)[0].code
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_invitation")
        assert code not in str(cursor.fetchall())


# ---- leaving -------------------------------------------------------------------------------------------------------


def test_whoever_is_taken_off_the_list_keeps_the_account_and_is_seen_no_more(wang, desk, county_unit, viewer, clerk):
    ask = {"viewer": desk, "person_id": wang.pk, "organisation_id": county_unit.pk, "day": NINE.date()}
    member_actions.remove(**ask, reason="调到别的学校", at=NINE)
    assert Employment.objects.get(person=wang).until == NINE.date()
    assert Account.objects.filter(person=wang, is_active=True).exists()
    line = AuditLine.objects.get(action="people.remove_from_unit")
    assert (line.subject, line.reason) == (f"person:{wang.pk}", "调到别的学校")
    with pytest.raises(NotYours):
        member_actions.remove(**ask, reason="再来一次", at=NINE)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "  "}, member_actions.LeavingReasonMissing),
        ({"day": (NINE + timedelta(days=1)).date()}, member_actions.LeavingAhead),
        ({"person_id": 999_999}, NotYours),
        ({"organisation_id": 999_999}, NotYours),
    ],
)
def test_a_leaving_has_a_reason_and_a_day_that_has_come(change, refusal, wang, desk, county_unit):
    ask = {
        "viewer": desk, "person_id": wang.pk, "organisation_id": county_unit.pk, "day": NINE.date(),
        "reason": "退休", "at": NINE,
    }  # fmt: skip
    with pytest.raises(refusal):
        member_actions.remove(**(ask | change))
    assert member_actions.remove(**ask) == wang


def test_nobody_takes_himself_off(clerk, desk, county_unit):
    with pytest.raises(member_actions.NotOneself):
        member_actions.remove(
            viewer=desk, person_id=clerk.pk, organisation_id=county_unit.pk, day=NINE.date(), reason="想走", at=NINE
        )  # fmt: skip


def test_leaving_takes_back_the_invitation(brought, desk, county_unit):
    one = brought("示例走了", 50)
    ask = {"viewer": desk, "person_ids": [one.pk], "organisation_id": county_unit.pk, "on_paper": True}
    code = actions.invite(**ask, at=NINE)[0].code
    member_actions.remove(
        viewer=desk, person_id=one.pk, organisation_id=county_unit.pk, day=NINE.date(), reason="离职", at=NINE
    )  # fmt: skip
    assert Invitation.objects.get().withdrawn_at == NINE
    assert actions.redeem(id_index=one.id_index, code=code, at=LATER) is None
