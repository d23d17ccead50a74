"""A lost second factor: another resets it, for a reason that is kept, and every session of its owner ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from conftest import MakePerson, id_number
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import second_factor, second_factor_actions
from xueshi.people.models import Organisation, Person, Post
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def bind(person: Person) -> None:
    at = datetime.now(UTC)
    second_factor_actions.set_up_totp(
        viewer=Viewer(person.pk, person.name), secret=SECRET, code=second_factor.code_of(SECRET, at), keep="", at=at
    )


@pytest.mark.parametrize(
    ("who", "page"),
    [("officer", "/office/"), ("operator", "/operate/"), ("unit_head", "/unit/")],
)
def test_whoever_appoints_there_resets_it_and_the_owner_is_out_at_once(
    request: pytest.FixtureRequest, clerk: Person, signed_in: Callable[..., Client], who: str, page: str
) -> None:
    bind(clerk)
    theirs, helper = signed_in(clerk), signed_in(request.getfixturevalue(who))
    assert theirs.get("/unit/").status_code == 200
    page = f"{page}posts/second-factors/"
    assert helper.get(page).status_code == 200
    said = helper.post(page, {"text": "单位经办"}).content.decode()
    assert clerk.name in said
    assert clerk.id_masked in said
    assert id_number(10) not in said
    assert helper.post(page, {"person": clerk.pk, "reason": " "}).status_code == 422
    assert Authenticator.objects.exists()
    assert helper.post(page, {"person": clerk.pk, "reason": "本人持身份证到窗口"}).status_code == 303
    assert not Authenticator.objects.exists()
    assert theirs.get("/unit/").url.startswith("/sign-in/")
    line = AuditLine.objects.get(action="person.reset_second_factor")
    assert (line.subject, line.reason) == (f"person:{clerk.pk}", "本人持身份证到窗口")
    assert "重置" in Message.objects.latest("pk").body
    assert helper.post(page, {"text": "单位经办"}).content.decode().count(clerk.id_masked) == 0


def test_nobody_resets_the_own_one(officer: Person, viewer: Callable[..., Viewer]) -> None:
    bind(officer)
    with pytest.raises(second_factor_actions.OwnSecondFactor):
        second_factor_actions.reset_for(
            viewer=viewer(officer, "officer"), person_id=officer.pk, reason="是我", at=datetime.now(UTC)
        )


def test_a_reset_without_a_reason_is_refused(officer: Person, clerk: Person, viewer: Callable[..., Viewer]) -> None:
    bind(clerk)
    with pytest.raises(second_factor_actions.ResetReasonMissing):
        second_factor_actions.reset_for(
            viewer=viewer(officer, "officer"), person_id=clerk.pk, reason=" ", at=datetime.now(UTC)
        )


@pytest.mark.parametrize("who", ["other_officer", "clerk", "verifier", "stranger"])
def test_another_county_and_those_who_appoint_nobody_find_nobody(
    request: pytest.FixtureRequest, cashier: Person, viewer: Callable[..., Viewer], who: str
) -> None:
    bind(cashier)
    asks: Any = viewer(request.getfixturevalue(who), {"other_officer": "officer"}.get(who, "learner"))
    with pytest.raises(NotYours):
        second_factor_actions.reset_for(viewer=asks, person_id=cashier.pk, reason="核实过", at=datetime.now(UTC))


def test_whoever_serves_elsewhere_too_is_out_of_a_county_s_reach(
    officer: Person, cashier: Person, training_centre: Organisation, viewer: Callable[..., Viewer]
) -> None:
    bind(cashier)
    began = datetime.now(UTC) - timedelta(days=1)
    post = Post.objects.create(person=cashier, role="operator", organisation=training_centre, since=began)
    county = viewer(officer, "officer")
    reset: Any = {"viewer": county, "person_id": cashier.pk, "reason": "核实过", "at": datetime.now(UTC)}
    with pytest.raises(NotYours):
        second_factor_actions.reset_for(**reset)
    post.ended_at = datetime.now(UTC) - timedelta(minutes=1)
    post.save()
    second_factor_actions.reset_for(**reset)
    assert not Authenticator.objects.exists()


def test_a_learner_s_own_is_reset_by_who_checks_cards_there(
    wang: Person, officer: Person, other_officer: Person, make_person: MakePerson, viewer: Callable[..., Viewer]
) -> None:
    bind(wang)
    with pytest.raises(NotYours):
        second_factor_actions.reset_for(
            viewer=viewer(other_officer, "officer"), person_id=wang.pk, reason="核实过", at=datetime.now(UTC)
        )
    second_factor_actions.reset_for(
        viewer=viewer(officer, "officer"), person_id=wang.pk, reason="核实过", at=datetime.now(UTC)
    )
    assert not Authenticator.objects.exists()
