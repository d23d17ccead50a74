"""Proving a phone before anything is said: every phone gets a code, so sending it tells nothing."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext

from xueshi.kernel import messages, vault
from xueshi.kernel.errors import TooOften
from xueshi.people import rules, sentences
from xueshi.people.actions.passwords import GOOD_FOR, MOST_AN_HOUR, MOST_TRIES, PAUSE, WrongCode
from xueshi.people.actions.registering import NotAPhone
from xueshi.people.models import PhoneCode


@transaction.atomic(durable=True)
def send_phone_code(*, phone: str, at: datetime) -> None:
    """Send a code to this phone, whoever's it is; at most one a minute and five an hour.

    Raises NotAPhone, TooOften.
    """
    number = rules.phone(phone)
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    index = phone_index(number)
    with connection.cursor() as cursor:  # asked for twice at once counts twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"phone:{index}"])
    recent = PhoneCode.objects.filter(phone_index=index, asked_at__gt=at - timedelta(hours=1)).order_by("-asked_at")
    times = list(recent.values_list("asked_at", flat=True))
    if times and times[0] > at - PAUSE:
        raise TooOften(minutes=1)
    if len(times) >= MOST_AN_HOUR:
        wait = times[MOST_AN_HOUR - 1] + timedelta(hours=1) - at
        raise TooOften(minutes=max(1, -(-int(wait.total_seconds()) // 60)))
    code = f"{secrets.randbelow(1_000_000):06d}"
    sent = PhoneCode.objects.create(
        phone_index=index, asked_at=at, code_hash=_hash(index, code), expires_at=at + GOOD_FOR
    )
    messages.tell(
        key=f"phone:{sent.pk}",
        channel="sms",
        address=number,
        body=gettext(
            "验证码 %(code)s，10 分钟内有效，用来在学时平台验证手机。不是您本人操作的，不用理会，也不要告诉别人。"
        )
        % {"code": code},
        at=at,
    )


def prove_phone(*, phone: str, code: str, at: datetime) -> str:
    """Prove the phone by the newest code sent to it; returns its keyed hash, by which a page remembers it.

    A second click proves it again. A wrong code counts as a try, and that is kept. Raises NotAPhone, WrongCode.
    """
    number = rules.phone(phone)
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    index = phone_index(number)
    with transaction.atomic(durable=True):
        proven = _redeem(index, code, at)
    if not proven:
        raise WrongCode()
    return index


def phone_index(phone: str) -> str:
    """The keyed hash of a phone in its 11 digits."""
    return vault.index("phone", phone)


def _redeem(index: str, code: str, at: datetime) -> bool:
    sent = PhoneCode.objects.select_for_update().filter(phone_index=index).order_by("-asked_at", "-pk").first()
    if sent is None:
        return False
    right = hmac.compare_digest(sent.code_hash, _hash(index, code.strip()))
    if right and at < sent.expires_at and sent.tries < MOST_TRIES:
        sent.proven_at = at
        sent.save(update_fields=["proven_at"])
        return True
    sent.tries = min(sent.tries + 1, MOST_TRIES)
    sent.save(update_fields=["tries"])
    return False


def _hash(index: str, code: str) -> str:
    return vault.index("phone-code", f"{index}:{code}")
