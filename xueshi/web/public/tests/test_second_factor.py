"""The second factor: set up, asked for, proven once by each code, and the doors that stay shut without it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from conftest import PASSWORD, id_number
from xueshi.kernel.models import AuditLine
from xueshi.people import second_factor, second_factor_actions, second_factor_queries
from xueshi.people.models import Account, Knock, Person, Post
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_A_MINUTE = timedelta(seconds=30)


def bind(person: Person, at: datetime | None = None) -> None:
    """The person's app, bound by the code of the period before, so that the present one can serve."""
    at = at or datetime.now(UTC)
    code = second_factor.code_of(SECRET, at - HALF_A_MINUTE)
    viewer = Viewer(person.pk, person.name)
    second_factor_actions.set_up_totp(viewer=viewer, secret=SECRET, code=code, keep="", at=at)


def now_code(moment: datetime | None = None) -> str:
    return second_factor.code_of(SECRET, moment or datetime.now(UTC))


def password(client: Client, serial: int, **also: str) -> Any:
    return client.post("/sign-in/", {"id_number": id_number(serial), "password": PASSWORD, **also})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ---- the doors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "page"),
    [("cashier", "/office/counter/"), ("clerk", "/unit/"), ("operator", "/operate/"), ("base_clerk", "/base/")],
)
def test_no_door_of_office_opens_by_the_password_alone(
    request: pytest.FixtureRequest, signed_in: Callable[..., Client], who: str, page: str
) -> None:
    person = request.getfixturevalue(who)
    half = signed_in(person, second_factor=False)
    turned = half.get(page)
    assert (turned.status_code, turned.url) == (302, f"/me/security/set-up/?next={page.replace('/', '%2F')}")
    assert signed_in(person).get(page).status_code == 200
    bind(person)
    assert signed_in(person, second_factor=False).get(page).url.startswith("/sign-in/second/?next=")


def test_a_fragment_is_sent_on_as_a_whole_page(cashier: Person, signed_in: Callable[..., Client]) -> None:
    half = signed_in(cashier, second_factor=False)
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/office/counter/"}
    turned = half.post("/office/counter/", {"text": "示例"}, headers=here)
    assert turned.status_code == 401
    assert turned["HX-Redirect"].startswith("/me/security/set-up/?next=http%3A%2F%2Ftestserver%2Foffice")


def test_what_was_sent_is_not_sent_again_by_itself(cashier: Person, signed_in: Callable[..., Client]) -> None:
    assert signed_in(cashier, second_factor=False).post("/office/counter/").url == "/me/security/set-up/"


def test_a_learner_is_not_asked_and_goes_where_she_wants(wang: Person, client: Client) -> None:
    assert password(client, 2).url == reverse("learner:home")
    assert client.get("/learn/").status_code == 200


def test_a_new_post_asks_at_the_next_click(wang: Person, county_bureau: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in(wang, second_factor=False)
    assert client.get("/office/counter/").status_code == 403
    Post.objects.create(person=wang, role="counter", organisation=county_bureau, since=datetime.now(UTC))
    assert client.get("/office/counter/").url.startswith("/me/security/set-up/")


# ---- setting up ---------------------------------------------------------------------------------------------------


def test_setting_up_takes_the_first_code_and_shows_recovery_codes_once(
    cashier: Person, client: Client, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cashier, second_factor=False)
    page = client.get("/me/security/set-up/?next=/office/counter/").content.decode()
    key = re.search(r'class="x-code" translate="no">([A-Z2-7 ]+)<', page)
    assert key
    secret = key.group(1).replace(" ", "")
    assert "data:image/svg+xml;base64," in page
    wrong = client.post("/me/security/set-up/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.content.decode()
    assert key.group(1) in wrong.content.decode()
    bound = client.post(
        "/me/security/set-up/", {"code": second_factor.code_of(secret, datetime.now(UTC)), "next": "/office/counter/"}
    )
    assert bound.url == "/me/security/codes/?next=%2Foffice%2Fcounter%2F"
    codes = re.findall(r"<li class=\"x-code\">([0-9]{8})</li>", client.get(bound.url).content.decode())
    assert len(set(codes)) == 10
    file = client.get("/me/security/codes/?download=yes")
    assert "attachment" in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in codes)
    assert client.post("/me/security/codes/", {"next": "/office/counter/"}).url == "/office/counter/"
    again = client.get("/me/security/codes/").content.decode()
    assert "已经不在这里了" in again
    assert codes[0] not in again
    assert client.get("/office/counter/").status_code == 200


def test_keys_are_locked_at_rest_and_in_the_session(cashier: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(cashier, second_factor=False)
    page = client.get("/me/security/set-up/").content.decode()
    key = re.search(r'translate="no">([A-Z2-7 ]+)<', page)
    assert key
    secret = key.group(1).replace(" ", "")
    assert secret not in str(dict(client.session))
    bind(cashier)
    kept = Authenticator.objects.get(type="totp")
    assert SECRET not in str(kept.data)
    codes = second_factor_queries.recovery_codes_of(Viewer(cashier.pk))
    seeds = str(Authenticator.objects.get(type="recovery_codes").data)
    assert not any(code in seeds for code in codes)
    from allauth.mfa.utils import decrypt

    assert decrypt(kept.data["secret"]) == SECRET


def test_a_second_app_is_refused_until_the_first_is_removed(cashier: Person) -> None:
    at = datetime.now(UTC)
    bind(cashier, at)
    with pytest.raises(second_factor_actions.AlreadyHeld):
        bind(cashier, at)


@pytest.mark.parametrize(
    "page",
    ["/me/security/set-up/", "/me/security/codes/renew/", "/me/security/remove/"],
)
def test_each_change_asks_for_the_password_of_the_last_five_minutes(
    cashier: Person, signed_in: Callable[..., Client], page: str
) -> None:
    client = signed_in(cashier)
    session = client.session
    session["password_at"] -= 301
    session.save()
    method = client.get if page.endswith("set-up/") else client.post
    assert method(page).url.startswith("/me/security/password/?next=")
    wrong = client.post("/me/security/password/", {"password": "wrong wrong wrong", "next": page})
    assert wrong.status_code == 422
    right = client.post("/me/security/password/", {"password": PASSWORD, "next": "/me/security/set-up/"})
    assert right.url == "/me/security/set-up/"
    assert client.get("/me/security/set-up/").status_code == 200


def test_nothing_is_changed_by_who_has_not_proven_the_factor_there_is(
    cashier: Person, signed_in: Callable[..., Client]
) -> None:
    bind(cashier)
    thief = signed_in(cashier, second_factor=False)
    factor = str(Authenticator.objects.get(type="totp").pk)
    assert thief.post("/me/security/remove/", {"factor": factor}).url.startswith("/sign-in/second/")
    assert thief.get("/me/security/codes/").status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    owner = signed_in(cashier)
    assert owner.post("/me/security/remove/", {"factor": factor}).url == "/me/security/"
    assert not Authenticator.objects.exists()


# ---- proving ------------------------------------------------------------------------------------------------------


def test_password_and_code_open_the_door_and_one_goes_on_to_where_one_was_going(
    cashier: Person, client: Client
) -> None:
    bind(cashier)
    half = password(client, 6, next="/office/counter/")
    assert half.url == "/sign-in/second/?next=%2Foffice%2Fcounter%2F"
    assert not is_in(client)
    assert client.get("/office/counter/").url.startswith("/sign-in/")
    assert 'value="/office/counter/"' in client.get(half.url).content.decode()
    entered = client.post("/sign-in/second/", {"code": now_code(), "next": "/office/counter/"})
    assert entered.url == "/office/counter/"
    assert client.get("/office/counter/").status_code == 200


def test_a_code_typed_with_blanks_or_in_full_width_is_the_same_code(cashier: Person, client: Client) -> None:
    bind(cashier)
    password(client, 6)
    code = now_code()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert client.post("/sign-in/second/", {"code": f"{wide[:3]} {wide[3:]}"}).status_code == 302


def test_a_wrong_code_is_refused(cashier: Person, client: Client) -> None:
    bind(cashier)
    password(client, 6)
    wrong = client.post("/sign-in/second/", {"code": f"{(int(now_code()) + 1) % 1_000_000:06d}"})
    assert wrong.status_code == 422
    assert "这个验证码不对，或者已经用过" in wrong.content.decode()
    assert not is_in(client)


def test_a_code_serves_once_also_in_the_tolerance_of_clocks(cashier: Person) -> None:
    account = Account.objects.get(person=cashier).pk
    at = datetime(2026, 6, 1, 9, 0, 10, tzinfo=UTC)
    bind(cashier, at - timedelta(hours=1))
    code = second_factor.code_of(SECRET, at)
    assert second_factor_actions.prove(account_id=account, code=code, at=at) == "totp"
    for later in (0, 5, 40):
        with pytest.raises(second_factor_actions.WrongSecondFactor):
            second_factor_actions.prove(account_id=account, code=code, at=at + timedelta(seconds=later))
    earlier = second_factor.code_of(SECRET, at - HALF_A_MINUTE)
    with pytest.raises(second_factor_actions.WrongSecondFactor):
        second_factor_actions.prove(account_id=account, code=earlier, at=at + timedelta(seconds=1))
    following = second_factor.code_of(SECRET, at + HALF_A_MINUTE)
    assert second_factor_actions.prove(account_id=account, code=following, at=at + timedelta(seconds=2)) == "totp"


@pytest.mark.parametrize(("seconds", "accepted"), [(-30, True), (0, True), (30, True), (-60, False), (60, False)])
def test_clocks_may_differ_by_half_a_minute(cashier: Person, seconds: int, accepted: bool) -> None:
    at = datetime(2026, 6, 1, 9, 0, 15, tzinfo=UTC)
    assert (
        second_factor.counter_of(SECRET, second_factor.code_of(SECRET, at + timedelta(seconds=seconds)), at) is not None
    ) == accepted


def test_a_recovery_code_serves_once(cashier: Person, client: Client) -> None:
    bind(cashier)
    code = second_factor_queries.recovery_codes_of(Viewer(cashier.pk))[3]
    password(client, 6)
    assert client.post("/sign-in/second/", {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
    assert is_in(client)
    assert second_factor_queries.recovery_codes_left(Viewer(cashier.pk)) == 9
    other = Client()
    password(other, 6)
    assert other.post("/sign-in/second/", {"code": code}).status_code == 422


def test_the_sixth_miss_within_a_quarter_of_an_hour_waits(cashier: Person, client: Client) -> None:
    bind(cashier)
    password(client, 6)
    answers = [client.post("/sign-in/second/", {"code": "12345678"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post("/sign-in/second/", {"code": now_code()}).status_code == 429
    Knock.objects.update(at=datetime.now(UTC) - timedelta(minutes=16))
    assert client.post("/sign-in/second/", {"code": now_code()}).status_code == 302


def test_who_stands_half_in_is_forgotten_after_ten_minutes_and_when_the_password_changes(
    cashier: Person, client: Client
) -> None:
    bind(cashier)
    password(client, 6)
    account = Account.objects.get(person=cashier)
    account.set_password("另一句记得住的话 river")
    account.save()
    assert client.post("/sign-in/second/", {"code": now_code()}).url == "/sign-in/"
    account.set_password(PASSWORD)
    account.save()
    password(client, 6)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert client.post("/sign-in/second/", {"code": now_code()}).url == "/sign-in/"


def test_who_has_typed_no_password_sees_no_page_for_codes(client: Client) -> None:
    assert client.get("/sign-in/second/").url == "/sign-in/"


def test_a_learner_who_added_one_is_asked_from_then_on(wang: Person, client: Client) -> None:
    bind(wang)
    assert password(client, 2).url == "/sign-in/second/"
    assert client.post("/sign-in/second/", {"code": now_code()}).url == reverse("learner:home")


@pytest.mark.parametrize("sent", ["", "{", "[]", "{}", "null", '{"id": "x", "response": {"userHandle": 3}}'])
def test_a_passkey_that_nobody_signed_is_refused(cashier: Person, client: Client, sent: str) -> None:
    bind(cashier)
    password(client, 6)
    refused = client.post("/sign-in/second/", {"credential": sent})
    assert refused.status_code == 422
    assert "没有通过" in refused.content.decode()
    assert not is_in(client)


# ---- the engine's own pages ---------------------------------------------------------------------------------------


def test_no_page_of_the_engine_is_mounted(client: Client, db: None) -> None:
    names = {one.app_name for one in get_resolver().url_patterns if isinstance(one, URLResolver)}
    assert not names & {"allauth", "account", "mfa"}
    for path in ("/accounts/login/", "/accounts/2fa/", "/2fa/", "/accounts/", "/accounts/signup/", "/sessions/"):
        assert client.get(path).status_code == 404


def test_the_machine_is_set_up_without_a_complaint() -> None:
    call_command("check", fail_level="WARNING")


def test_each_change_and_each_proof_is_in_the_audit(cashier: Person, client: Client) -> None:
    bind(cashier)
    password(client, 6)
    client.post("/sign-in/second/", {"code": now_code()})
    found = AuditLine.objects.filter(subject=f"person:{cashier.pk}").values_list("action", flat=True)
    assert [action for action in found if "second_factor" in action] == [
        "person.add_second_factor", "person.prove_second_factor",
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, ' ') FROM kernel_auditline a")
        assert SECRET not in cursor.fetchone()[0]
