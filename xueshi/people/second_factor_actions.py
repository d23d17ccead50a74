"""Second factors: set up, proven, renewed, removed; and taken away by another for somebody who has lost hers.

Each change ends the person's other sessions. Pages ask for the password again first.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, messages
from xueshi.kernel.errors import NotYours, Refused, TooOften
from xueshi.people import second_factor, second_factor_queries, session_actions
from xueshi.people.models import Account, Knock, Person
from xueshi.people.viewer import Viewer

MOST_MISSES = 5
WITHIN = timedelta(minutes=15)
MOST_PASSKEYS = 10


class WrongSecondFactor(Refused):
    """Not the code that is shown now, or one that was used already."""

    status = 422
    code = "wrong-second-factor"
    sentence = _("这个验证码不对，或者已经用过。")
    next_step = _("请等验证器换出新的 6 位数字再填。手机时间不准也会这样，请打开“自动设置时间”。")


class AlreadyHeld(Refused):
    """There is an authenticator already: it is removed before another one is set up."""

    code = "second-factor-held"
    sentence = _("您已经绑定了一个验证器。")
    next_step = _("要换手机，请先移除旧的验证器，再绑定新的。")


class TooManyPasskeys(Refused):
    """More passkeys than anybody has devices."""

    code = "too-many-passkeys"
    sentence = _("最多登记 %(most)s 个通行密钥。")
    next_step = _("请先移除不用的。")


class OwnSecondFactor(Refused):
    """Nobody resets his own: that is what a thief would do."""

    status = 403
    code = "own-second-factor"
    sentence = _("自己的二次验证要由另一位管理人员重置。")


class ResetReasonMissing(Refused):
    """A reset says how the person was recognised."""

    status = 422
    code = "second-factor-reason-missing"
    sentence = _("请写明怎样核实了本人，例如“本人持身份证到窗口”。")


@transaction.atomic(durable=True)
def set_up_totp(*, viewer: Viewer, secret: str, code: str, keep: str, at: datetime) -> None:
    """Bind an authenticator app that shows the right code now; the session `keep` stays, others end.

    Recovery codes are made with the first factor. Raises WrongSecondFactor, AlreadyHeld.
    """
    account = _locked(viewer)
    if Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists():
        raise AlreadyHeld()
    counter = second_factor.counter_of(secret, code, at)
    if counter is None:
        raise WrongSecondFactor()
    row = TOTP.activate(account, secret).instance
    row.data["last_counter"] = counter
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    RecoveryCodes.activate(account)
    _changed(viewer, "person.add_second_factor", keep, at, kind="totp")


@transaction.atomic(durable=True)
def add_passkey(*, viewer: Viewer, name: str, credential: dict[str, Any], keep: str, at: datetime) -> None:
    """Keep a passkey whose ceremony the page has checked; the session `keep` stays, others end."""
    account = _locked(viewer)
    held = Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).count()
    if held >= MOST_PASSKEYS:
        raise TooManyPasskeys(most=MOST_PASSKEYS)
    WebAuthn.add(account, name, credential)
    RecoveryCodes.activate(account)
    _changed(viewer, "person.add_second_factor", keep, at, kind="passkey")


@transaction.atomic(durable=True)
def remove(*, viewer: Viewer, factor_id: int, keep: str, at: datetime) -> None:
    """Remove one of one's own; recovery codes go with the last. One that is gone already is gone."""
    account = _locked(viewer)
    own = Authenticator.objects.filter(user=account)
    found = own.filter(pk=factor_id, type__in=second_factor_queries.STRONG).first()
    if found is None:
        return
    kind = "totp" if found.type == Authenticator.Type.TOTP else "passkey"
    found.delete()
    if not own.filter(type__in=second_factor_queries.STRONG).exists():
        own.delete()
    _changed(viewer, "person.remove_second_factor", keep, at, kind=kind)


@transaction.atomic(durable=True)
def renew_recovery_codes(*, viewer: Viewer, keep: str, at: datetime) -> None:
    """Ten new recovery codes instead of the old; raises NotYours for somebody without a second factor."""
    account = _locked(viewer)
    own = Authenticator.objects.filter(user=account)
    if not own.filter(type__in=second_factor_queries.STRONG).exists():
        raise NotYours()
    own.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(account)
    _changed(viewer, "person.renew_recovery_codes", keep, at)


def prove(*, account_id: int, code: str, at: datetime) -> str:
    """Prove a second factor by a code of the app or a recovery code; returns "totp" or "recovery".

    Each code serves once. A miss is counted and kept. Raises WrongSecondFactor; TooOften after five within a
    quarter of an hour.
    """
    index = f"account:{account_id}"
    with transaction.atomic(durable=True):
        account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account_id)
        _not_too_often(index, at)
        kind = _by_app(account, code, at) or _by_recovery_code(account, code)
        if kind:
            Knock.objects.filter(kind=Knock.Kind.SECOND, index=index).delete()
            _proven(account, kind, at)
        else:
            Knock.objects.create(kind=Knock.Kind.SECOND, index=index, at=at)
    if not kind:
        raise WrongSecondFactor()
    return kind


@transaction.atomic(durable=True)
def note_passkey(*, account_id: int, factor_id: int, at: datetime) -> None:
    """A passkey was used; the page has checked it."""
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account_id)
    Authenticator.objects.filter(pk=factor_id, user=account).update(last_used_at=at)
    _proven(account, "passkey", at)


@transaction.atomic(durable=True)
def reset_for(*, viewer: Viewer, person_id: int, reason: str, at: datetime) -> None:
    """Take away every second factor of somebody who has lost hers, and end her sessions; she hears of it by text.

    Raises OwnSecondFactor, ResetReasonMissing, and NotYours for whoever is not in reach or has none.
    """
    if person_id == viewer.person_id:
        raise OwnSecondFactor()
    if not reason.strip():
        raise ResetReasonMissing()
    person = second_factor_queries.resettable(viewer, at).filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    Authenticator.objects.filter(user__person=person).delete()
    session_actions.end_sessions(person_id=person.pk, at=at)
    audit.record(viewer, "person.reset_second_factor", f"person:{person.pk}", at=at, reason=reason.strip())
    _tell(person, at)


def _locked(viewer: Viewer) -> Account:
    account = (
        Account.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(person_id=viewer.person_id)
        .first()
    )
    if account is None:
        raise NotYours()
    return account


def _changed(viewer: Viewer, action: str, keep: str, at: datetime, kind: str = "") -> None:
    session_actions.end_sessions(person_id=viewer.person_id, at=at, keep=keep)
    audit.record(viewer, action, f"person:{viewer.person_id}", at=at, kind=kind)


def _not_too_often(index: str, at: datetime) -> None:
    misses = Knock.objects.filter(kind=Knock.Kind.SECOND, index=index, at__gt=at - WITHIN).order_by("at")
    times = list(misses.values_list("at", flat=True))
    if len(times) >= MOST_MISSES:
        wait = times[-MOST_MISSES] + WITHIN - at
        raise TooOften(minutes=max(1, -(-int(wait.total_seconds()) // 60)))


def _by_app(account: Account, code: str, at: datetime) -> str:
    row = Authenticator.objects.select_for_update().filter(user=account, type=Authenticator.Type.TOTP).first()
    if row is None:
        return ""
    counter = second_factor.counter_of(decrypt(row.data["secret"]), code, at)
    if counter is None or counter <= row.data.get("last_counter", -1):
        return ""
    row.data["last_counter"] = counter
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    return "totp"


def _by_recovery_code(account: Account, code: str) -> str:
    row = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    used = row is not None and row.wrap().validate_code(second_factor.plain(code))
    return "recovery" if used else ""


def _proven(account: Account, kind: str, at: datetime) -> None:
    who = Viewer(account.person_id, account.person.name)
    audit.record(who, "person.prove_second_factor", f"person:{account.person_id}", at=at, kind=kind)


def _tell(person: Person, at: datetime) -> None:
    if person.phone:
        messages.tell(
            key=f"second-factor-reset:{person.pk}:{at.isoformat()}",
            channel="sms",
            address=person.phone,
            body=gettext(
                "您在学时平台的二次验证已由管理人员重置，下次登录时要重新绑定。不是您要求的，请立即打咨询电话。"
            ),
            at=at,
        )
