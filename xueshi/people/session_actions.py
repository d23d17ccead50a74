"""Sessions of an account: noted when they begin, seen from time to time, ended one by one or all at once."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from xueshi.kernel import audit
from xueshi.people.models import Account
from xueshi.people.viewer import Viewer


@transaction.atomic
def note_session(
    *, account_id: int, key: str, place: str, device: str, began: datetime, at: datetime, instead_of: str = ""
) -> None:
    """A session has begun, or goes on under a new key `instead_of` another: from which network, on which device."""
    UserSession.objects.filter(session_key=instead_of).exclude(session_key=key).delete()
    UserSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user_id": account_id, "ip": place, "user_agent": device, "created_at": began, "last_seen_at": at,
        },
    )  # fmt: skip


@transaction.atomic
def see_session(*, key: str, place: str, at: datetime) -> None:
    """Somebody did something in it; called once a minute at most."""
    UserSession.objects.filter(session_key=key).update(last_seen_at=at, ip=place)


@transaction.atomic(durable=True)
def end_session(*, viewer: Viewer, session_id: int, at: datetime) -> None:
    """End one of one's own sessions; one that has ended, or is another's, is left alone without a word."""
    found = UserSession.objects.select_for_update().filter(pk=session_id, user__person_id=viewer.person_id).first()
    if found is not None:
        found.end()
        audit.record(viewer, "person.end_session", f"person:{viewer.person_id}", at=at)


@transaction.atomic(durable=True)
def end_other_sessions(*, viewer: Viewer, keep: str, at: datetime) -> None:
    """End every session of one's own but the one with this key."""
    end_sessions(person_id=viewer.person_id, at=at, keep=keep)
    audit.record(viewer, "person.end_other_sessions", f"person:{viewer.person_id}", at=at)


@transaction.atomic
def end_sessions(*, person_id: int, at: datetime, keep: str = "") -> None:
    """End every session of a person, whether it was noted or not; the one with the key `keep` may be renewed.

    The account's generation, which each session carries a hash of, does it; whoever keeps one lets the page renew
    that hash. Nothing happens for a person without an account. The caller records why.
    """
    account = Account.objects.select_for_update().filter(person_id=person_id).first()
    if account is None:
        return
    account.generation += 1
    account.save(update_fields=["generation"])
    for session in UserSession.objects.filter(user=account).exclude(session_key=keep):
        session.end()
