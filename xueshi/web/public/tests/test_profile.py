"""One's own data: masked, changeable, and who looked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import NINE, PASSWORD, id_number
from xueshi.kernel import clock
from xueshi.people import actions, queries, transfer_actions
from xueshi.people.actions import correcting
from xueshi.people.models import Account, ChangeRequest, Organisation, Person, Post, Title
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
Enter = Callable[[Person], Client]


def test_me_shows_what_is_held_masked_and_who_looked(
    wang: Person, cashier: Person, signed_in: Enter, viewer: Callable[..., Viewer],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    at_work = viewer(cashier, "counter")
    actions.look_at(viewer=at_work, person_id=wang.pk, at=NINE)
    actions.check_identity(viewer=at_work, person_id=wang.pk, at=NINE)
    correcting.correct(
        viewer=at_work, person_id=wang.pk, name="示例汪老师", phone="13800000000", employer_id=None,
        reason="身份证上是汪", at=NINE,
    )  # fmt: skip
    client = signed_in(wang)
    with django_assert_max_num_queries(10):
        said = client.get("/me/").content.decode()
    assert wang.id_masked in said
    assert id_number(2) not in said
    assert "138****0000" in said
    assert "13800000000" not in said
    for word in ("中级", "示例窗口人员", "缴费窗口", "打开了您的资料", "核对了"):
        assert word in said
    for word in ("示例汪老师，这是", "按证件更正了资料", "身份证上是汪"):
        assert word in said


def test_nobody_sees_me_without_signing_in(client: Client, db: None) -> None:
    for name in ("profile", "change_contact", "change_work", "change_title", "change_password"):
        assert client.get(reverse(f"public:{name}")).status_code == 302


def test_who_holds_several_posts_finds_every_door(
    cashier: Person, county_bureau: Organisation, signed_in: Enter
) -> None:
    Post.objects.create(person=cashier, role="verifier", organisation=county_bureau, since=NINE)
    said = signed_in(cashier).get("/me/").content.decode()
    for name in ("authority:counter", "authority:reviews", "learner:home"):
        assert f'href="{reverse(name)}"' in said


def test_phone_and_mailbox_are_changed(wang: Person, signed_in: Enter) -> None:
    client = signed_in(wang)
    wrong = client.post("/me/contact/", {"phone": "110", "email": ""})
    assert wrong.status_code == 422
    assert "应是 11 位" in wrong.content.decode()
    assert client.post("/me/contact/", {"phone": "13900000000", "email": ""}).url == "/me/"
    wang.refresh_from_db()
    assert wang.phone == "13900000000"


@pytest.mark.clause("CQ-34", "CQ-35")
def test_unit_and_file_are_changed_once_somebody_else_agrees(
    wang: Person, municipal_unit: Organisation, agency: Organisation, officer: Person, signed_in: Enter, viewer
) -> None:
    client = signed_in(wang)
    assert client.get("/me/employment/").url == "/me/requests/transfer/"
    ask = "/me/requests/transfer/"
    assert "渝中区示例中学" in client.get(ask).content.decode()
    form = {"region": "500103", "employer": municipal_unit.pk, "file_keeper": "talent_agency", "agency": ""}
    form |= {"day": f"{clock.day_of(clock.now())}", "reason": "调动"}
    assert client.post(ask, form).status_code == 422
    listed = client.post(ask, {**form, "list_employers": "yes"})
    assert (listed.status_code, municipal_unit.name in listed.content.decode()) == (200, True)
    assert client.post(ask, {**form, "agency": agency.pk}).status_code == 303
    assert queries.held_about(Viewer(wang.pk)).employment.employer.name == "渝中区示例中学"
    transfer_actions.accept_transfer(
        viewer=viewer(officer, "officer"), request_id=ChangeRequest.objects.get().pk, at=clock.now()
    )
    held = queries.held_about(Viewer(wang.pk))
    assert held.person.file_agency == agency
    assert held.employment
    assert held.employment.employer == municipal_unit


def test_a_title_is_added(wang: Person, signed_in: Enter) -> None:
    client = signed_in(wang)
    assert client.post("/me/title/", {"title_level": "deputy_senior"}).status_code == 422
    form = {"title_level": "deputy_senior", "title_obtained_on": "2024-05-01"}
    assert client.post("/me/title/", form).url == "/me/"
    assert Title.objects.filter(person=wang, level="deputy_senior").exists()


def test_the_password_is_changed_here_and_ends_the_sessions_elsewhere(wang: Person, signed_in: Enter) -> None:
    here, elsewhere = signed_in(wang), signed_in(wang)
    new = "另一句记得住的话 river"
    wrong = here.post("/me/password/", {"present": "wrong wrong wrong", "password": new})
    assert wrong.status_code == 422
    assert "现在的密码不对" in wrong.content.decode()
    assert new not in wrong.content.decode()
    weak = here.post("/me/password/", {"present": PASSWORD, "password": "好记的话19800307"})
    assert "有您的生日" in weak.content.decode()
    assert here.post("/me/password/", {"present": PASSWORD, "password": new}).url == "/me/"
    assert Account.objects.get(person=wang).check_password(new)
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
