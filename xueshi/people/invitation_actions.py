"""Invitations to register: a code by which somebody whom a unit brought sets a first password.

A code lives for 72 hours and five tries; only a keyed hash of it is kept. One invitation is open for a person at a
time: another one replaces it. Codes for phones and mailboxes are made when they are sent, by a job; those on paper are
made at once and given to the caller, who prints them; nobody can print them again.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, jobs, messages, vault
from xueshi.kernel.clock import SHANGHAI
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access
from xueshi.people.models import Account, Employment, Invitation, Organisation, Person
from xueshi.people.viewer import Viewer

GOOD_FOR = timedelta(hours=72)
AGAIN_AFTER = timedelta(minutes=10)  # before that, the same people pressed twice are one deed
MOST_TRIES = 5
PLACES = 8
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
PIECE = 100  # codes made and sent in one transaction
SMS: Final = "sms"
MAIL: Final = "mail"
PAPER: Final = "paper"


class NobodyToInvite(Refused):
    """None of those who were named can be invited now."""

    code = "nobody-to-invite"
    sentence = _("没有可以邀请的人：他们已有账号、刚邀请过，或已离开本单位。")
    next_step = _("请在“邀请注册”里重新勾选。")


@dataclass(frozen=True)
class Invited:
    """What became of one person: `sent` is sms, mail, paper, or "" where there is no phone and no mailbox.

    `code` is there on paper only, and nowhere else afterwards.
    """

    person: Person
    sent: str
    code: str
    expires_at: datetime


@transaction.atomic(durable=True)
def invite(
    *, viewer: Viewer, person_ids: Iterable[int], organisation_id: int, at: datetime, on_paper: bool = False
) -> list[Invited]:
    """Invite people of the unit who have no account, by phone, else by mail; or all of them on paper.

    Others among the ids are passed over. Whoever was sent one less than ten minutes ago keeps it. Raises NotYours
    for a unit that is not the viewer's, NobodyToInvite.
    """
    unit = unit_of(viewer, organisation_id)
    people = _invitable(viewer, unit, person_ids)
    if not on_paper:
        just = Invitation.objects.filter(
            person__in=people, used_at=None, withdrawn_at=None, made_at__gt=at - AGAIN_AFTER
        ).exclude(sent=PAPER)
        fresh = set(just.values_list("person_id", flat=True))
        people = [one for one in people if one.pk not in fresh]
    if not people:
        raise NobodyToInvite()
    ways = {one.pk: PAPER if on_paper else _way(one) for one in people}
    named = [one for one in people if ways[one.pk]]
    Invitation.objects.filter(person__in=named, used_at=None, withdrawn_at=None).update(withdrawn_at=at)
    until = at + GOOD_FOR
    made = Invitation.objects.bulk_create(
        Invitation(
            person=one, organisation=unit, made_by_id=viewer.person_id, made_at=at, expires_at=until,
            code_hash="", sent=ways[one.pk],
        )
        for one in named
    )  # fmt: skip
    codes: dict[int, str] = {}
    for invitation in made:
        if on_paper:
            codes[invitation.person_id] = _give_code(invitation)
        audit.record(
            viewer, "people.invite", f"person:{invitation.person_id}", at=at, organisation=unit.pk, by=invitation.sent
        )
    if on_paper:
        Invitation.objects.bulk_update(made, ["code_hash"], batch_size=500)
    elif made:
        from xueshi.people import jobs as work  # here, because jobs call actions

        jobs.defer(work.send_invitations, organisation_id=unit.pk)
    return [Invited(one, ways[one.pk], codes.get(one.pk, ""), until) for one in people]


def unit_of(viewer: Viewer, organisation_id: int) -> Organisation:
    """The open unit at which the viewer sits in the present capacity; raises NotYours."""
    if organisation_id not in viewer.organisations(viewer.capacity):
        raise NotYours()
    unit = Organisation.objects.filter(pk=organisation_id, closed_at=None).first()
    if unit is None:
        raise NotYours()
    return unit


def _invitable(viewer: Viewer, unit: Organisation, person_ids: Iterable[int]) -> list[Person]:
    """Those of the ids who work for the unit now and have no account, locked, in order."""
    working = Employment.objects.filter(employer=unit, until=None).values("person_id")
    known = Account.objects.values("person_id")
    reach = access.persons(viewer, "invite").filter(pk__in=working, merged_into=None).exclude(pk__in=known)
    wanted = list(reach.filter(pk__in=set(person_ids)).values_list("pk", flat=True))
    return list(Person.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))


def _way(person: Person) -> str:
    return SMS if person.phone else MAIL if person.email else ""


def _give_code(invitation: Invitation) -> str:
    code = "".join(secrets.choice(LETTERS) for _place in range(PLACES))
    invitation.code_hash = _hash(invitation, code)
    return code


def _hash(invitation: Invitation, code: str) -> str:
    return vault.index("invitation", f"{invitation.pk}:{code}")


def spelled(code: str) -> str:
    """A code as people read it: in two halves."""
    return f"{code[: PLACES // 2]}-{code[PLACES // 2 :]}"


@transaction.atomic(durable=True)
def send_some(*, organisation_id: int, at: datetime) -> int:
    """Make and send the codes of a hundred invitations that wait for one; how many. A second worker takes others."""
    waiting = Invitation.objects.filter(
        organisation_id=organisation_id, sent__in=(SMS, MAIL), code_hash="", used_at=None, withdrawn_at=None,
        expires_at__gt=at,
    )  # fmt: skip
    some = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "organisation")
        .order_by("pk")[:PIECE]
    )
    for invitation in some:
        code = _give_code(invitation)
        person = invitation.person
        messages.tell(
            key=f"invitation:{invitation.pk}",
            channel=invitation.sent,
            address=person.phone if invitation.sent == SMS else person.email,
            subject=gettext("学时：邀请您注册"),
            body=_words(invitation, code),
            at=at,
        )
    Invitation.objects.bulk_update(some, ["code_hash"])
    return len(some)


def _words(invitation: Invitation, code: str) -> str:
    return gettext(
        "%(unit)s请您注册继续教育平台。打开 %(site)s/register/invited/ 填身份证号和邀请码 %(code)s，%(until)s 前有效。"
        "不是您本人的，不用理会。"
    ) % {
        "unit": invitation.organisation.name,
        "site": settings.SITE_URL,
        "code": spelled(code),
        "until": f"{invitation.expires_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }


@transaction.atomic(durable=True)
def withdraw(*, viewer: Viewer, invitation_id: int, at: datetime) -> Invitation:
    """Take back an invitation that nobody has used; its code no longer opens anything. Harmless when repeated."""
    invitation = (
        Invitation.objects.select_for_update()
        .filter(pk=invitation_id, organisation_id__in=viewer.organisations(viewer.capacity))
        .first()
    )
    if invitation is None or not access.may(viewer, "invite", invitation.person_id):
        raise NotYours()
    if invitation.used_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        audit.record(viewer, "people.withdraw_invitation", f"person:{invitation.person_id}", at=at)
    return invitation


@transaction.atomic
def redeem(*, id_index: str, code: str, at: datetime) -> Person | None:
    """The person whose open invitation this is; then it is used up. None is a try, and the caller must keep it.

    Wrong, used, withdrawn, run out, tried five times, nobody's number, a unit that has closed or that the person has
    left: the answer is the same, and so is the work. An account is made by the caller, in the same transaction.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(person__id_index=id_index, person__merged_into=None, used_at=None, withdrawn_at=None)
        .first()
    )
    asked = invitation or Invitation(pk=0)
    right = hmac.compare_digest(_hash(asked, plain(code)), asked.code_hash)
    good = invitation is not None and bool(asked.code_hash) and at < asked.expires_at and asked.tries < MOST_TRIES
    if right and good and invitation is not None and _still_there(invitation):
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
        audit.record(
            Viewer(invitation.person_id, invitation.person.name), "people.redeem_invitation",
            f"person:{invitation.person_id}", at=at, organisation=invitation.organisation_id,
        )  # fmt: skip
        return invitation.person
    Invitation.objects.filter(pk=asked.pk).update(tries=min(asked.tries + 1, MOST_TRIES))
    return None


def plain(typed: str) -> str:
    """A code as it is hashed, however it was typed."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())


def _still_there(invitation: Invitation) -> bool:
    employed = Employment.objects.filter(
        person=invitation.person_id, employer=invitation.organisation_id, until=None, employer__closed_at=None
    ).exists()
    known = Account.objects.filter(person=invitation.person_id).exists()
    return employed and not known


__all__ = [
    "GOOD_FOR",
    "MAIL",
    "MOST_TRIES",
    "PAPER",
    "SMS",
    "Invited",
    "NobodyToInvite",
    "invite",
    "plain",
    "redeem",
    "send_some",
    "spelled",
    "unit_of",
    "withdraw",
]
