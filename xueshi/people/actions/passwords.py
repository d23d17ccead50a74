"""Forgotten and changed passwords. Asking for a code costs the same for every number, registered or not."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, jobs, messages, vault
from xueshi.kernel.errors import NotYours, Refused, TooOften
from xueshi.people import sentences, session_actions
from xueshi.people.actions.registering import WeakPassword
from xueshi.people.models import Account, Person, ResetCode
from xueshi.people.viewer import Viewer

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
PAUSE = timedelta(minutes=1)
MOST_AN_HOUR = 5


class WrongCode(Refused):
    """Wrong, used, run out, tried too often, or nobody's: the answer is the same."""

    status = 422
    code = "wrong-code"
    sentence = _("验证码不对，或者已经失效。")
    next_step = _("验证码 10 分钟内有效，最多试 5 次。收不到时可以重新获取。")


class WrongPassword(Refused):
    """The present password is not the one that was typed."""

    status = 422
    code = "wrong-password"
    sentence = _("现在的密码不对。")
    next_step = _("忘了密码可以用手机或邮箱找回。")


@transaction.atomic(durable=True)
def send_reset_code(*, id_index: str, channel: str, at: datetime, purpose: str = "reset") -> None:
    """Ask for a code to be sent to the phone or mailbox on record; at most one a minute and five an hour.

    `purpose` is "reset" for a new password or "sign_in" for coming in without one; a code serves its own alone.

    Writes one row and queues one job, whether or not the number has an account, so that neither the answer nor
    its cost tells. Raises TooOften by the number asked for, again whether it exists or not.
    """
    with connection.cursor() as cursor:  # asked for twice at once counts twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reset:{id_index}"])
    asked = list(
        ResetCode.objects.filter(id_index=id_index, asked_at__gt=at - timedelta(hours=1))
        .order_by("-asked_at")
        .values_list("asked_at", flat=True)
    )
    if asked and asked[0] > at - PAUSE:
        raise TooOften(minutes=1)
    if len(asked) >= MOST_AN_HOUR:
        wait = asked[MOST_AN_HOUR - 1] + timedelta(hours=1) - at
        raise TooOften(minutes=max(1, -(-int(wait.total_seconds()) // 60)))
    request = ResetCode.objects.create(id_index=id_index, channel=channel, purpose=purpose, asked_at=at)
    from xueshi.people import jobs as work  # here, because jobs call actions

    jobs.defer(work.send_code, request_id=request.pk)


@transaction.atomic(durable=True)
def send_due_code(*, request_id: int, at: datetime) -> None:
    """Make the code that was asked for and send it, in one transaction; nothing happens for a number without one."""
    request = ResetCode.objects.select_for_update().get(pk=request_id)
    account = _live(request.id_index)
    if request.code_hash or account is None or at > request.asked_at + GOOD_FOR:
        return
    address = account.person.phone if request.channel == ResetCode.Channel.PHONE else account.person.email
    if not address:
        return
    code = f"{secrets.randbelow(1_000_000):06d}"
    request.code_hash, request.expires_at = _hash(request, code), at + GOOD_FOR
    request.save(update_fields=["code_hash", "expires_at"])
    messages.tell(
        key=f"reset:{request.pk}",
        channel="sms" if request.channel == ResetCode.Channel.PHONE else "mail",
        address=address,
        subject=gettext("学时：验证码"),
        body=_words(request.purpose) % {"code": code},
        at=at,
    )
    audit.record(None, "person.send_reset_code", f"person:{account.person_id}", at=at, channel=request.channel)


def _words(purpose: str) -> str:
    if purpose == ResetCode.Purpose.SIGN_IN:
        return gettext("验证码 %(code)s，10 分钟内有效，用来登录学时平台。不是您本人操作的，不用理会，也不要告诉别人。")
    return gettext(
        "验证码 %(code)s，10 分钟内有效，用来重设学时平台的密码。不是您本人操作的，不用理会，也不要告诉别人。"
    )


def _live(id_index: str) -> Account | None:
    """The account of that number with its person, if somebody may sign in with it."""
    live = Account.objects.filter(id_index=id_index, is_active=True, person__merged_into=None)
    return live.select_related("person").first()


def _hash(request: ResetCode, code: str) -> str:
    return vault.index("reset-code", f"{request.pk}:{code}")


def reset_password(*, id_index: str, code: str, password: str, at: datetime) -> Person:
    """Set a new password with the newest code sent for this number; all other sessions end.

    A wrong code counts as a try, and that is kept. Raises WrongCode, or WeakPassword (which costs no try).
    """
    with transaction.atomic(durable=True):
        account = _redeem(id_index, code, ResetCode.Purpose.RESET, at)
        if account is not None:
            _set(account, password, at, "person.reset_password")
            return account.person
    raise WrongCode()


def sign_in_by_code(*, id_index: str, code: str, at: datetime) -> Account:
    """The account whose newest code for signing in this is; raises WrongCode, and a try counts, as above."""
    with transaction.atomic(durable=True):
        account = _redeem(id_index, code, ResetCode.Purpose.SIGN_IN, at)
        if account is not None:
            who = Viewer(account.person_id, account.person.name)
            audit.record(who, "person.redeem_code", f"person:{account.person_id}", at=at)
    if account is None:
        raise WrongCode()
    return account


def _redeem(id_index: str, code: str, purpose: str, at: datetime) -> Account | None:
    """The account whose newest code this is. A miss costs one write, whether or not there is an account."""
    request = (
        ResetCode.objects.select_for_update()
        .filter(id_index=id_index, purpose=purpose, used_at=None)
        .order_by("-asked_at", "-pk")
        .first()
    )
    account = _live(id_index)
    if request is None:
        return None
    right = hmac.compare_digest(_hash(request, code.strip()), request.code_hash)
    good = request.expires_at is not None and at < request.expires_at and request.tries < MOST_TRIES
    if right and good and account is not None:
        request.used_at = at
        request.save(update_fields=["used_at"])
        return account
    request.tries = min(request.tries + 1, MOST_TRIES)
    request.save(update_fields=["tries"])
    return None


def _set(account: Account, password: str, at: datetime, action: str, keep: str = "") -> None:
    person = account.person
    weak = sentences.against(
        password, number=vault.unlock("id", bytes(person.id_cipher)), phone=person.phone, born_on=person.born_on
    )
    if weak:
        raise WeakPassword(why=weak)
    account.set_password(password)
    account.save(update_fields=["password"])
    session_actions.end_sessions(person_id=person.pk, at=at, keep=keep)
    account.refresh_from_db(fields=["generation"])
    audit.record(Viewer(person.pk, person.name), action, f"person:{person.pk}", at=at)


def hash_anew(*, account: Account, password: str) -> None:
    """Keep the same password hashed as we do now; sessions go on from there."""
    account.set_password(password)
    account.save(update_fields=["password"])


@transaction.atomic(durable=True)
def change_password(*, viewer: Viewer, present: str, password: str, at: datetime, keep: str = "") -> Account:
    """Change one's own password, knowing the present one; other sessions end than the one with the key `keep`."""
    account = (
        Account.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(person_id=viewer.person_id)
        .first()
    )
    if account is None:
        raise NotYours()
    if not account.check_password(present):
        raise WrongPassword()
    _set(account, password, at, "person.change_password", keep)
    return account
