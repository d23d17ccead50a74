"""Codes for forgotten passwords: uniform, few, short-lived; over a real mail server."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NINE, PASSWORD
from sandbox import Sandbox
from xueshi.kernel import messages, vault
from xueshi.kernel.errors import TooOften
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import actions
from xueshi.people.models import Account, Person, ResetCode
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db
NEW = "另一句记得住的话 river"
NOBODY = "0" * 64


@pytest.fixture
def index(wang: Person) -> str:
    return wang.id_index


def ask(id_index: str, channel: str = "phone", at: Any = NINE) -> str:
    """Ask for a code and let the house send it; the code, or "" where none went out."""
    actions.send_reset_code(id_index=id_index, channel=channel, at=at)
    request = ResetCode.objects.latest("pk")
    actions.send_due_code(request_id=request.pk, at=at)
    message = Message.objects.filter(key=f"reset:{request.pk}").first()
    found = re.search(r"[0-9]{6}", message.body) if message else None
    return found.group() if found else ""


def reset(id_index: str, code: str, password: str = NEW, at: Any = NINE) -> Person:
    return actions.reset_password(id_index=id_index, code=code, password=password, at=at)


def has(wang: Person, password: str) -> bool:
    return Account.objects.get(person=wang).check_password(password)


def test_a_code_by_text_sets_a_new_password_once(wang: Person, index: str) -> None:
    code = ask(index)
    assert reset(index, f" {code} ") == wang
    assert has(wang, NEW)
    with pytest.raises(actions.WrongCode):
        reset(index, code, "第三句记得住的话哦")
    assert has(wang, NEW)


def test_the_code_is_kept_only_as_a_keyed_hash_and_in_no_audit_line(wang: Person, index: str) -> None:
    code = ask(index)
    request = ResetCode.objects.get()
    assert code not in request.code_hash
    assert request.code_hash == vault.index("reset-code", f"{request.pk}:{code}")
    assert code not in "".join(str(line.facts) + line.reason for line in AuditLine.objects.all())


def test_a_wrong_code_is_counted_and_the_sixth_try_is_in_vain(wang: Person, index: str) -> None:
    code = ask(index)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(actions.WrongCode):
            reset(index, wrong)
    with pytest.raises(actions.WrongCode):
        reset(index, code)
    assert has(wang, PASSWORD)


def test_four_wrong_tries_leave_a_fifth(wang: Person, index: str) -> None:
    code = ask(index)
    for _ in range(4):
        with pytest.raises(actions.WrongCode):
            reset(index, "wrong")
    reset(index, code)
    assert has(wang, NEW)


def test_a_code_runs_out_after_ten_minutes(wang: Person, index: str) -> None:
    code = ask(index)
    with pytest.raises(actions.WrongCode):
        reset(index, code, at=NINE + timedelta(minutes=10))
    reset(index, code, at=NINE + timedelta(minutes=9, seconds=59))
    assert has(wang, NEW)


def test_only_the_newest_code_is_good(wang: Person, index: str) -> None:
    first = ask(index)
    second = ask(index, at=NINE + timedelta(minutes=2))
    if first != second:
        with pytest.raises(actions.WrongCode):
            reset(index, first, at=NINE + timedelta(minutes=3))
    reset(index, second, at=NINE + timedelta(minutes=3))
    assert has(wang, NEW)


def test_a_password_that_shows_the_card_costs_no_try(wang: Person, index: str) -> None:
    code = ask(index)
    with pytest.raises(actions.WeakPassword, match="生日"):
        reset(index, code, "好记19800307好记")
    reset(index, code)
    assert has(wang, NEW)


@pytest.mark.parametrize("known", [True, False])
def test_one_code_a_minute_and_five_an_hour_for_every_number(wang: Person, index: str, known: bool) -> None:
    number = index if known else NOBODY
    ask(number)
    with pytest.raises(TooOften):
        ask(number, at=NINE + timedelta(seconds=59))
    for n in range(1, 5):
        ask(number, at=NINE + timedelta(minutes=5 * n))
    with pytest.raises(TooOften) as refused:
        ask(number, at=NINE + timedelta(minutes=30))
    assert refused.value.facts == {"minutes": 30}
    ask(number, at=NINE + timedelta(minutes=61))
    assert ResetCode.objects.count() == 6


def test_asking_costs_the_same_whether_or_not_the_number_is_known(wang: Person, index: str) -> None:
    costs = []
    for number in (index, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            actions.send_reset_code(id_index=number, channel="phone", at=NINE)
        costs.append([re.sub(r"'[^']*'|[0-9]+", "?", q["sql"]) for q in queries])
    assert costs[0] == costs[1]
    assert len(costs[0]) > 2


def test_a_miss_costs_the_same_whether_or_not_the_number_is_known(wang: Person, index: str) -> None:
    costs = []
    for number in (index, NOBODY):
        ask(number)
        with CaptureQueriesContext(connection) as queries, pytest.raises(actions.WrongCode):
            reset(number, "wrong")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_nothing_is_sent_for_an_unknown_number_or_without_a_mailbox(wang: Person, index: str) -> None:
    assert ask(NOBODY) == ""
    assert ask(index, "mail") == ""
    assert not Message.objects.exists()


def test_a_request_is_answered_once_and_a_stale_one_never(wang: Person, index: str) -> None:
    ask(index)
    request = ResetCode.objects.get()
    actions.send_due_code(request_id=request.pk, at=NINE)
    assert Message.objects.count() == 1
    later = NINE + timedelta(hours=2)
    actions.send_reset_code(id_index=index, channel="phone", at=later)
    actions.send_due_code(request_id=ResetCode.objects.latest("pk").pk, at=later + timedelta(minutes=11))
    assert Message.objects.count() == 1


def test_after_a_reset_all_other_sessions_end(wang: Person, index: str, signed_in: Callable[[Person], Client]) -> None:
    elsewhere = signed_in(wang)
    assert elsewhere.get(reverse("public:sign_in")).wsgi_request.user.is_authenticated
    reset(index, ask(index))
    assert not elsewhere.get(reverse("public:sign_in")).wsgi_request.user.is_authenticated


def test_the_present_password_opens_a_new_one(wang: Person, viewer: Callable[..., Viewer]) -> None:
    with pytest.raises(actions.WrongPassword):
        actions.change_password(viewer=viewer(wang), present="not it at all", password=NEW, at=NINE)
    with pytest.raises(actions.WeakPassword):
        actions.change_password(viewer=viewer(wang), present=PASSWORD, password="short", at=NINE)
    assert has(wang, PASSWORD)
    actions.change_password(viewer=viewer(wang), present=PASSWORD, password=NEW, at=NINE)
    assert has(wang, NEW)


def test_passwords_are_kept_by_argon2(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    account = Account()
    account.set_password(PASSWORD)
    assert isinstance(identify_hasher(account.password), Argon2PasswordHasher)
    assert account.password.startswith("argon2$argon2id$")


@pytest.fixture
def peers(settings: LazySettings, tmp_path: Path) -> Iterator[Sandbox]:
    """A mail server and a text gateway on loopback, spoken to over real sockets."""
    with Sandbox(state_dir=tmp_path) as sandbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sandbox.smtp_port
        settings.SMS_ENDPOINT = sandbox.sms_endpoint
        settings.SMS_SECRET_FILE = sandbox.keys_dir / "sms_secret"
        yield sandbox


@pytest.mark.parametrize(
    ("channel", "kind", "to"), [("mail", "mail", "wang@example.test"), ("phone", "sms", "13800000000")]
)
def test_a_code_reaches_its_owner_over_the_real_wire(
    wang: Person, index: str, peers: Sandbox, channel: str, kind: str, to: str
) -> None:
    wang.email = "wang@example.test"
    wang.save()
    ask(index, channel)
    messages.deliver(message_id=Message.objects.get().pk)
    (letter,) = peers.inbox
    assert (letter.kind, letter.to) == (kind, to)
    code = re.search(r"[0-9]{6}", letter.text)
    assert code
    reset(index, code.group())
    assert has(wang, NEW)
    sent = Message.objects.get()
    assert (sent.state, sent.body) == ("sent", "")


@pytest.mark.parametrize("channel", ["mail", "phone"])
def test_a_gateway_that_is_down_is_asked_again(
    wang: Person, index: str, peers: Sandbox, settings: LazySettings, channel: str
) -> None:
    wang.email = "wang@example.test"
    wang.save()
    there = settings.EMAIL_PORT, settings.SMS_ENDPOINT
    settings.EMAIL_PORT, settings.SMS_ENDPOINT = 1, "http://127.0.0.1:1/sms/"
    code = ask(index, channel)
    message = Message.objects.get()
    with pytest.raises(messages.NotDelivered):
        messages.deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.tries) == ("failed", 1)
    settings.EMAIL_PORT, settings.SMS_ENDPOINT = there
    messages.deliver(message_id=message.pk)
    messages.deliver(message_id=message.pk)
    assert [code in letter.text for letter in peers.inbox] == [True]
