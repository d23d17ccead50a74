"""Signing in: one answer for every wrong pair, the right door for everybody, and no number in any table or log."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import PASSWORD, id_number
from xueshi.kernel.models import Message
from xueshi.people import actions
from xueshi.people.models import Account, Organisation, Person, ResetCode

pytestmark = pytest.mark.django_db
URL = "/sign-in/"
WANG = id_number(2)
NOBODY = id_number(998)
NEW = "另一句记得住的话 river"


def enter(client: Client, number: str = WANG, password: str = PASSWORD, **also: str) -> Any:
    return client.post(URL, {"id_number": number, "password": password, **also})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.clause("CQ-04")
@pytest.mark.parametrize("typed", [WANG, WANG.lower(), f" {WANG[:6]} {WANG[6:14]} {WANG[14:]} ", WANG[:6] + WANG[8:17]])
def test_the_number_is_the_user_name_however_it_is_typed(client: Client, wang: Person, typed: str) -> None:
    response = enter(client, typed)
    assert (response.status_code, response.url) == (302, reverse("learner:home"))
    assert is_in(client)


@pytest.fixture
def barred(make_person: Any, wang: Person) -> tuple[str, str]:
    """The numbers of somebody disabled and of somebody merged into another; both know their passwords."""
    disabled, merged = make_person("示例停用", 44), make_person("示例合并", 46)
    Account.objects.filter(person=disabled).update(is_active=False)
    Person.objects.filter(pk=merged.pk).update(merged_into=wang)
    return id_number(44), id_number(46)


def test_every_wrong_pair_gets_the_same_page(client: Client, wang: Person, barred: tuple[str, str]) -> None:
    pages = []
    disabled, merged = ((number, PASSWORD) for number in barred)
    for number, password in ((WANG, "wrong wrong wrong"), (NOBODY, PASSWORD), disabled, merged):
        response = enter(Client(), number, password)
        assert response.status_code == 422
        page = response.content.decode()
        assert "身份证号或密码不对" in page
        assert password not in page
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
        pages.append(re.sub(r"<time.*?</time>", "", page.replace(number, "")))
    assert pages[0] == pages[1] == pages[2] == pages[3]


def test_an_unknown_number_costs_as_many_queries_and_as_many_hashes(
    client: Client, wang: Person, barred: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *of: hashed.append(1) or encode(self, *of))
    costs = []
    enter(Client(), NOBODY, "wrong wrong wrong")  # what is made once in a process
    disabled, merged = ((number, PASSWORD) for number in barred)
    for number, password in ((WANG, "wrong wrong wrong"), (id_number(996), PASSWORD), disabled, merged):
        before = len(hashed)
        with CaptureQueriesContext(connection) as queries:
            enter(Client(), number, password)
        costs.append(([re.sub(r"'[^']*'|[0-9]+", "?", q["sql"])[:60] for q in queries], len(hashed) - before))
    assert costs[0] == costs[1] == costs[2] == costs[3]
    assert costs[0][1] == 1


def test_a_number_that_contradicts_itself_is_said_before_anything_is_looked_up(client: Client) -> None:
    response = enter(client, "500199198003070028")
    assert response.status_code == 422
    assert "最后一位应是 3" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "kind", "door"),
    [
        ("operator", "training_centre", "operator:home"),
        ("counter", "county_hrss", "authority:counter"),
        ("verifier", "county_hrss", "authority:reviews"),
        ("unit_clerk", "unit", "employer:home"),
    ],
)
def test_everybody_arrives_at_the_own_door(
    client: Client, make_person: Any, make_organisation: Any, role: str, kind: str, door: str
) -> None:
    make_person("示例某人", 40, post=role, at_organisation=make_organisation("示例机构", kind))
    assert enter(client, id_number(40)).url == reverse(door)


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [("/me/", "/me/"), ("https://elsewhere.test/", "/learn/"), ("//elsewhere.test", "/learn/"), ("", "/learn/")],
)
def test_one_goes_on_to_the_page_that_was_asked_for_if_it_is_ours(
    client: Client, wang: Person, wanted: str, goes: str
) -> None:
    assert enter(client, next=wanted).url == goes


def test_who_is_not_in_is_sent_to_sign_in_and_back(client: Client, wang: Person) -> None:
    response = client.get("/me/")
    assert response.url == "/sign-in/?next=/me/"
    assert 'name="next" value="/me/"' in client.get(response.url).content.decode()


def test_leaving_needs_a_post(signed_in: Callable[[Person], Client], wang: Person) -> None:
    client = signed_in(wang)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert not is_in(client)


def test_the_eighth_miss_closes_the_door_for_a_while_for_known_and_unknown_alike(
    client: Client, wang: Person, stranger: Person
) -> None:
    for number in (WANG, NOBODY):
        answers = [enter(client, number, "wrong wrong wrong").status_code for _ in range(9)]
        assert answers == [422] * 7 + [429] * 2
    closed = enter(client)
    assert closed.status_code == 429
    assert closed["Retry-After"] == "900"
    assert "15 分钟" in closed.content.decode()
    assert not is_in(client)
    assert enter(client, id_number(4)).status_code == 302


def test_misses_from_elsewhere_do_not_lock_the_owner_out(client: Client, wang: Person) -> None:
    rival = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(9):
        enter(rival, password="wrong wrong wrong")
    assert enter(client).status_code == 302


def test_fifteen_and_eighteen_places_are_counted_together(client: Client, wang: Person) -> None:
    for n in range(8):
        last = enter(client, WANG if n % 2 else WANG[:6] + WANG[8:17], "wrong wrong wrong")
    assert last.status_code == 429


# ---- forgotten passwords ------------------------------------------------------------------------------------------


def ask(client: Client, number: str = WANG, channel: str = "phone") -> Any:
    return client.post("/reset/", {"id_number": number, "channel": channel})


def code_sent() -> str:
    actions.send_due_code(request_id=ResetCode.objects.latest("pk").pk, at=ResetCode.objects.latest("pk").asked_at)
    found = re.search(r"[0-9]{6}", Message.objects.latest("pk").body)
    assert found
    return found.group()


def test_a_forgotten_password_is_set_anew_by_code(client: Client, wang: Person) -> None:
    assert ask(client).url == reverse("public:reset_code")
    response = client.post("/reset/code/", {"code": code_sent(), "password": NEW})
    assert response.url == reverse("public:sign_in")
    assert enter(client, password=NEW).status_code == 302


def test_asking_answers_alike_for_known_and_unknown(wang: Person) -> None:
    pages = []
    for number in (WANG, NOBODY):
        client = Client()
        response = ask(client, number)
        assert (response.status_code, response.url) == (302, "/reset/code/")
        page = client.get("/reset/code/").content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
        pages.append(re.sub(r"<time.*?</time>", "", page))
        again = ask(client, number)
        assert again.status_code == 429
        assert "1 分钟后再试" in again.content.decode()
        wrong = client.post("/reset/code/", {"code": "000000", "password": NEW})
        assert wrong.status_code == 422
        assert "验证码不对，或者已经失效" in wrong.content.decode()
    assert pages[0] == pages[1]


def test_the_code_page_stands_only_after_asking(client: Client, db: None) -> None:
    assert client.get("/reset/code/").url == "/reset/"
    assert ask(client, "5001").status_code == 422


def test_a_new_password_from_the_card_is_refused_and_the_code_stays_good(client: Client, wang: Person) -> None:
    ask(client)
    code = code_sent()
    response = client.post("/reset/code/", {"code": code, "password": "好记的话19800307"})
    assert response.status_code == 422
    assert "有您的生日" in response.content.decode()
    assert client.post("/reset/code/", {"code": code, "password": NEW}).status_code == 302


def test_who_recovers_the_password_need_not_wait(client: Client, wang: Person) -> None:
    for _ in range(8):
        enter(client, password="wrong wrong wrong")
    ask(client)
    client.post("/reset/code/", {"code": code_sent(), "password": NEW})
    assert enter(client, password=NEW).status_code == 302


# ---- a code instead of the password -------------------------------------------------------------------------------


def test_a_learner_comes_in_by_a_code_to_the_phone_on_record(client: Client, wang: Person) -> None:
    assert client.post("/code-sign-in/", {"id_number": WANG}).url == "/code-sign-in/came/"
    code = code_sent()
    wrong = client.post("/code-sign-in/came/", {"code": "000000" if code != "000000" else "000001"})
    assert wrong.status_code == 422
    assert not is_in(client)
    assert client.post("/code-sign-in/came/", {"code": code}).url == reverse("learner:home")
    assert is_in(client)
    other = Client()
    session = other.session
    session["code_of"] = Account.objects.get(person=wang).id_index
    session.save()
    assert other.post("/code-sign-in/came/", {"code": code}).status_code == 422


def test_a_code_for_a_new_password_does_not_sign_in_and_the_other_way_round(client: Client, wang: Person) -> None:
    ask(client)
    code = code_sent()
    session = client.session
    session["code_of"] = session["reset_of"]
    session.save()
    assert client.post("/code-sign-in/came/", {"code": code}).status_code == 422
    assert client.post("/reset/code/", {"code": code, "password": NEW}).status_code == 302


def test_codes_to_sign_in_answer_alike_whoever_it_is(wang: Person, barred: tuple[str, str]) -> None:
    pages = []
    for number in (WANG, NOBODY, *barred):
        visitor = Client()
        asked = visitor.post("/code-sign-in/", {"id_number": number})
        assert (asked.status_code, asked.url) == (302, "/code-sign-in/came/")
        assert visitor.post("/code-sign-in/", {"id_number": number}).status_code == 429
        page = visitor.get("/code-sign-in/came/").content.decode()
        page += visitor.post("/code-sign-in/came/", {"code": "000000"}).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
        pages.append(re.sub(r"<time.*?</time>", "", page))
    assert len(set(pages)) == 1


def test_no_code_goes_to_who_may_not_sign_in(barred: tuple[str, str]) -> None:
    for number in barred:
        Client().post("/code-sign-in/", {"id_number": number})
        actions.send_due_code(request_id=ResetCode.objects.latest("pk").pk, at=ResetCode.objects.latest("pk").asked_at)
    assert not Message.objects.exists()


# ---- the canary ---------------------------------------------------------------------------------------------------


def test_the_number_is_in_no_table_no_log_and_no_address(
    client: Client, county_unit: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("axes", "django", "xueshi"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    canary = id_number(28)
    form = {
        "name": "示例金丝雀", "id_number": canary, "phone": "13800000001", "region": "500103", "employer": "",
        "file_keeper": "other", "agency": "", "title_level": "none", "password": PASSWORD, "accurate": "on",
    }  # fmt: skip
    answers = [client.post("/register/", {**form, "phone": ""}), client.post("/register/phone/", form)]
    form["code"] = re.search(r"[0-9]{6}", Message.objects.latest("pk").body).group()
    answers.append(client.post("/register/", form))
    client.post("/sign-out/")
    for typed in (canary, canary[:6] + canary[8:17], canary[:-1] + "9"):
        answers += [enter(client, typed, "wrong wrong wrong"), ask(client, typed)]
    answers += [enter(client, canary), client.get("/me/")]
    assert is_in(client)
    stored = everything_stored()
    logged = "\n".join(
        record.getMessage() + str(record.__dict__) for record in caplog.records if record.name != "django.db.backends"
    )
    for secret in (canary, canary[6:], canary[:6] + canary[8:17], PASSWORD, "wrong wrong wrong"):
        assert secret not in stored
        assert secret not in logged
        assert not any(secret in str(answer.headers) for answer in answers)
    assert canary[6:14] not in stored.replace("1980-03-07", "")
    assert "axes_access" in stored


def everything_stored() -> str:
    """All rows of all tables as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        dump = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  names of our own tables
            dump += [f"{table} {row}" for (row,) in cursor.fetchall()]
    return "\n".join(dump)
