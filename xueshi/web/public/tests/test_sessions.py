"""Sessions: listed in plain words, ended one by one, all at once or by themselves; rights are read at every click."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client

from conftest import PASSWORD, id_number
from xueshi.people import second_factor, second_factor_actions, session_actions
from xueshi.people.models import Account, Person, Post
from xueshi.people.viewer import Viewer
from xueshi.web import sessions
from xueshi.web.public import devices

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.40"


def enter(serial: int, agent: str = EDGE, address: str = "10.2.3.4") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"id_number": id_number(serial), "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/me/").status_code == 200)


def test_my_sessions_are_listed_in_plain_words_without_the_machine_s_address(wang: Person) -> None:
    here = enter(2)
    enter(2, WECHAT, "192.0.2.77")
    page = here.get("/me/security/").content.decode()
    assert "登录在 2 处" in page
    assert "Windows 电脑上的 Edge" in page
    assert "iPhone上的 微信" in page
    assert "10.2.3.*" in page
    assert "192.0.2.*" in page
    assert "192.0.2.77" not in page
    assert not UserSession.objects.filter(ip="192.0.2.77").exists()
    assert page.count("就是现在这一处") == 1


def test_one_session_is_ended_and_the_other_goes_on(wang: Person) -> None:
    here, there = enter(2), enter(2)
    row = UserSession.objects.get(session_key=there.session.session_key)
    for _ in range(2):  # a second click does no harm
        assert here.post("/me/security/sessions/", {"session": row.pk}).status_code == 302
    assert not is_in(there)
    assert is_in(here)


def test_nobody_ends_or_sees_somebody_else_s_session(wang: Person, stranger: Person) -> None:
    hers, his = enter(2), enter(4, WECHAT)
    row = UserSession.objects.get(session_key=hers.session.session_key)
    his.post("/me/security/sessions/", {"session": row.pk})
    assert is_in(hers)
    assert "Edge" not in his.get("/me/security/").content.decode()


def test_all_others_are_ended_also_those_that_were_never_noted(wang: Person) -> None:
    here, there = enter(2), enter(2)
    UserSession.objects.filter(session_key=there.session.session_key).delete()
    here.post("/me/security/sessions/")
    assert is_in(here)
    assert not is_in(there)
    assert UserSession.objects.filter(user__person=wang).count() == 1
    assert "登录在 1 处" in here.get("/me/security/").content.decode()


@pytest.mark.parametrize("how", ["password", "reset", "second factor", "removed factor", "recovery codes"])
def test_what_changes_the_way_in_ends_every_other_session(wang: Person, how: str) -> None:
    here, there = enter(2), enter(2)
    viewer, at = Viewer(wang.pk, wang.name), datetime.now(UTC)
    bind: dict[str, Any] = {"viewer": viewer, "secret": SECRET, "code": second_factor.code_of(SECRET, at), "at": at}
    if how == "password":
        fields = {"present": PASSWORD, "password": "另一句记得住的话 river"}
        assert here.post("/me/password/", fields).status_code == 302
    elif how == "reset":
        from xueshi.people.actions import passwords

        passwords._set(Account.objects.get(person=wang), "另一句记得住的话 river", at, "person.reset_password")
        assert not is_in(here)
    else:
        second_factor_actions.set_up_totp(**bind, keep="")
        assert not is_in(here)
        there = Client()
        there.force_login(Account.objects.get(person=wang), backend="xueshi.people.backend.AccountBackend")
        assert is_in(there)
        if how == "removed factor":
            second_factor_actions.remove(
                viewer=viewer, factor_id=second_factor_actions.Authenticator.objects.get(type="totp").pk, keep="", at=at
            )
        elif how == "recovery codes":
            second_factor_actions.renew_recovery_codes(viewer=viewer, keep="", at=at)
        else:
            session_actions.end_sessions(person_id=wang.pk, at=at)
    assert not is_in(there)
    if how == "password":
        assert is_in(here)


@pytest.mark.parametrize(
    "removed",
    [
        {"until": datetime(2026, 1, 1, tzinfo=UTC)},
        {"ended_at": datetime(2026, 1, 1, tzinfo=UTC)},
        "closed organisation",
    ],
)
def test_a_role_that_ends_is_gone_at_the_next_click_of_an_open_session(
    cashier: Person, signed_in: Callable[..., Client], removed: Any
) -> None:
    client = signed_in(cashier)
    assert client.get("/office/counter/").status_code == 200
    posts = Post.objects.filter(person=cashier)
    if isinstance(removed, dict):
        posts.update(since=datetime(2025, 1, 1, tzinfo=UTC), **removed)
    else:
        organisation = posts.get().organisation
        organisation.closed_at = datetime(2026, 1, 1, tzinfo=UTC)
        organisation.save()
    assert client.get("/office/counter/").status_code == 403
    assert client.get("/learn/").status_code == 200


def test_a_disabled_or_merged_account_is_out_at_the_next_click(
    wang: Person, stranger: Person, signed_in: Callable[..., Client]
) -> None:
    hers, his = signed_in(wang), signed_in(stranger)
    Account.objects.filter(person=wang).update(is_active=False)
    Person.objects.filter(pk=stranger.pk).update(merged_into=wang)
    assert hers.get("/learn/").url.startswith("/sign-in/")
    assert his.get("/learn/").url.startswith("/sign-in/")


@pytest.mark.parametrize(("minutes", "open_"), [(29, True), (31, False)])
def test_who_holds_a_post_is_out_after_half_an_hour_without_a_click(
    cashier: Person, signed_in: Callable[..., Client], minutes: int, open_: bool
) -> None:
    client = signed_in(cashier)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        answer = client.get("/office/counter/")
        if open_:
            assert answer.status_code == 200
        else:
            assert answer.url == "/sign-in/?next=%2Foffice%2Fcounter%2F"
            assert "30 分钟没有操作" in client.get(answer.url).content.decode()
            assert not is_in(client)


def test_a_click_as_a_learner_does_not_bring_the_office_back(cashier: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(cashier)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert client.get("/learn/").status_code == 200
        assert client.get("/office/counter/").url.startswith("/sign-in/")


def test_a_learner_may_think_for_hours_and_everybody_is_out_after_twelve(
    wang: Person, cashier: Person, signed_in: Callable[..., Client]
) -> None:
    learner, officer = signed_in(wang), signed_in(cashier)
    began = datetime.now(UTC)
    for minutes in range(20, 12 * 60, 20):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            assert officer.get("/office/counter/").status_code == 200
    with time_machine.travel(began + timedelta(hours=11, minutes=59)):
        assert learner.get("/learn/").status_code == 200
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert learner.get("/learn/").url.startswith("/sign-in/")
        assert "已满 12 小时" in learner.get("/sign-in/").content.decode()
        assert officer.get("/office/counter/").url.startswith("/sign-in/")


def test_a_session_is_noted_once_a_minute_and_costs_nothing_between(
    wang: Person, signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client = signed_in(wang)
    client.get("/me/security/")
    with django_assert_num_queries(6):  # session, account, posts; then the page's own
        client.get("/me/security/")
    UserSession.objects.update_or_create(
        session_key=client.session.session_key,
        defaults={"user": Account.objects.get(person=wang), "ip": "10.0.0.0", "user_agent": ""},
    )
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        client.get("/learn/")
        assert UserSession.objects.get().last_seen_at > datetime.now(UTC) - timedelta(seconds=30)


def test_the_address_of_a_proxy_of_ours_is_not_taken_for_the_visitor_s(settings: Any, rf: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9")
    assert sessions.address_of(request) == "10.0.0.1"
    settings.PROXIES = 1
    assert sessions.address_of(request) == "203.0.113.9"
    assert sessions.place_of(request) == "203.0.113.0"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (EDGE, "Windows 电脑上的 Edge"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36", "安卓手机或平板上的 Chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17 Safari/605", "苹果电脑上的 Safari"),
        ("curl/8.0", "认不出的设备"),
        ("", "认不出的设备"),
    ],
)
def test_a_browser_is_named_as_people_do(agent: str, said: str) -> None:
    assert devices.named(agent) == said


@pytest.mark.parametrize(
    ("kept", "said"),
    [("10.2.3.0", "10.2.3.*"), ("0.0.0.0", "不清楚"), ("2001:db8:1::", "2001:0db8:0001:*")],  # noqa: S104
)
def test_a_network_is_named_without_its_machine(kept: str, said: str) -> None:
    assert devices.network(kept) == said
