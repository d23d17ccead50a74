"""A whole identity number is shown for a reason that its owner can read, and not often."""

from datetime import timedelta

import pytest
from django.test import Client

from conftest import NINE, id_number
from xueshi.kernel.errors import NotYours, TooOften
from xueshi.kernel.models import AuditLine
from xueshi.people.actions import unmasking
from xueshi.people.actions.unmasking import UnmaskReasonMissing, unmask
from xueshi.people.models import Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = id_number(2)  # 示例王老师's


def test_who_may_sees_it_and_its_owner_reads_who_and_why(wang: Person, cashier: Person, viewer) -> None:
    asked = {"viewer": viewer(cashier, "counter"), "person_id": wang.pk, "at": NINE}
    assert unmask(**asked, reason="核对评审表上的证件号") == NUMBER
    line = AuditLine.objects.get(action="person.unmask")
    assert (line.subject, line.person_id, line.reason) == (f"person:{wang.pk}", cashier.pk, "核对评审表上的证件号")
    assert NUMBER not in str(line.facts)


@pytest.mark.parametrize("reason", ["", "  ", "看看"])
def test_without_a_reason_nothing_is_shown_and_with_one_it_is(
    wang: Person, cashier: Person, viewer, reason: str
) -> None:
    asked = {"viewer": viewer(cashier, "counter"), "person_id": wang.pk, "at": NINE}
    with pytest.raises(UnmaskReasonMissing):
        unmask(**asked, reason=reason)
    assert not AuditLine.objects.filter(action="person.unmask").exists()
    assert unmask(**asked, reason="本人在窗口要求核对") == NUMBER


@pytest.mark.parametrize("who", ["stranger", "verifier", "operator", "wang"])
def test_whose_work_does_not_need_it_does_not_see_it_and_the_clerk_of_the_unit_does(
    request: pytest.FixtureRequest, wang: Person, clerk: Person, viewer, who: str
) -> None:
    capacity = who if who in ("verifier", "operator") else "learner"
    with pytest.raises(NotYours):
        unmask(viewer=viewer(request.getfixturevalue(who), capacity), person_id=wang.pk, reason="核对证件号", at=NINE)
    assert unmask(viewer=viewer(clerk, "unit_clerk"), person_id=wang.pk, reason="核对证件号", at=NINE) == NUMBER


def test_a_clerk_of_another_unit_finds_nobody(wang: Person, make_person, municipal_unit: Organisation, viewer) -> None:
    other = make_person("示例别家经办", 40, employer=municipal_unit, post="unit_clerk", at_organisation=municipal_unit)
    with pytest.raises(NotYours):
        unmask(viewer=viewer(other, "unit_clerk"), person_id=wang.pk, reason="核对证件号", at=NINE)


def test_after_many_in_an_hour_one_waits_and_then_goes_on(
    wang: Person, cashier: Person, clerk: Person, viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmasking, "MOST_AN_HOUR", 3)
    asked = {"viewer": viewer(cashier, "counter"), "person_id": wang.pk, "reason": "核对证件号"}
    for n in range(3):
        unmask(**asked, at=NINE + timedelta(minutes=n))
    with pytest.raises(TooOften) as refused:
        unmask(**asked, at=NINE + timedelta(minutes=30))
    assert refused.value.facts == {"minutes": 30}
    assert unmask(**asked | {"viewer": viewer(clerk, "unit_clerk")}, at=NINE + timedelta(minutes=30)) == NUMBER
    assert unmask(**asked, at=NINE + timedelta(minutes=61)) == NUMBER


def test_the_page_shows_it_once_in_answer_to_a_form_and_keeps_it_nowhere(
    wang: Person, cashier: Person, clerk: Person, signed_in
) -> None:
    for who, door, page in ((cashier, "office", "people"), (clerk, "unit", "people")):
        client: Client = signed_in(who)
        address = f"/{door}/{page}/{wang.pk}/number"
        before = client.get(f"/{door}/{page}/{wang.pk}/")
        assert address in before.content.decode()
        assert NUMBER not in before.content.decode()
        assert client.get(address).status_code == 405
        again = client.post(address, {"reason": ""})
        assert again.status_code == 422
        assert NUMBER not in again.content.decode()
        shown = client.post(address, {"reason": "核对评审表上的证件号"})
        assert shown.status_code == 200
        assert shown.content.decode().count(NUMBER) == 1
        assert shown.headers["Cache-Control"] == "no-store, private"
        assert NUMBER not in client.get(f"/{door}/{page}/{wang.pk}/").content.decode()
    assert f"/office/people/{wang.pk}/number" in signed_in(cashier).get(f"/office/counter/{wang.pk}/").content.decode()


def test_the_page_of_whoever_may_not_offers_nothing_and_answers_as_if_nobody_were_there(
    wang: Person, verifier: Person, signed_in
) -> None:
    client = signed_in(verifier)
    address = f"/office/people/{wang.pk}/number"
    assert address not in client.get(f"/office/people/{wang.pk}/").content.decode()
    assert client.post(address, {"reason": "核对评审表上的证件号"}).status_code == 404
    assert client.post("/office/people/999999/number", {"reason": "核对评审表上的证件号"}).status_code == 404
