"""A first password for somebody whom a unit brought, by the code of an invitation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, vault
from xueshi.kernel.errors import Refused
from xueshi.people import invitation_actions, sentences
from xueshi.people.actions.registering import WeakPassword
from xueshi.people.models import Account, Person
from xueshi.people.viewer import Viewer


class WrongInvitation(Refused):
    """Wrong, used, withdrawn, run out, tried too often, or nobody's: the answer is the same."""

    status = 422
    code = "wrong-invitation"
    sentence = _("身份证号和邀请码对不上，或者邀请码已经失效。")
    next_step = _("邀请码 72 小时内有效，只能用一次，最多试 5 次。请向发邀请码的单位再要一个。")


def activate_invited(*, id_index: str, code: str, password: str, at: datetime) -> Person:
    """Make the account of an invited person; a wrong code counts as a try, and that is kept.

    Raises WrongInvitation, alike whoever it is; WeakPassword, which costs no try.
    """
    account = Account(id_index=id_index)
    account.set_password(password)  # before anything is looked up: a wrong code takes as long as a right one
    with transaction.atomic(durable=True):
        person = invitation_actions.redeem(id_index=id_index, code=code, at=at)
        if person is not None:
            _refuse_weak(person, password)
            account.person = person
            account.save()
            who = Viewer(person.pk, person.name)
            audit.record(who, "person.take_account", f"person:{person.pk}", at=at, by="invitation")
    if person is None:
        raise WrongInvitation()
    return person


def _refuse_weak(person: Person, password: str) -> None:
    weak = sentences.against(
        password, number=vault.unlock("id", bytes(person.id_cipher)), phone=person.phone, born_on=person.born_on
    )
    if weak:
        raise WeakPassword(why=weak)
