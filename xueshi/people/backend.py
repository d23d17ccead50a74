"""How Django finds who signs in and who has signed in."""

import secrets
from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import get_hasher, is_password_usable, make_password, verify_password
from django.http import HttpRequest

from xueshi.people.actions import passwords
from xueshi.people.models import Account


class AccountBackend(ModelBackend):
    """Django's own backend, but an account always comes with its person: every page needs both.

    Unknown, wrong, disabled and merged take the same steps: one query, one password verified, the decision last.
    Django's own way makes a hash for an unknown name and verifies one for a known, which takes another time.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        id_index = kwargs.get(Account.USERNAME_FIELD, username)
        if id_index is None or password is None:
            return None
        account = Account.objects.select_related("person__region").filter(id_index=id_index).first()
        usable = account is not None and is_password_usable(account.password)
        right, old_style = verify_password(password, account.password if account and usable else _nobodys())
        if account is None or not (usable and right and self.user_can_authenticate(account)):
            return None
        if old_style:  # hashed as we did once: hashed anew, now that it is known
            passwords.hash_anew(account=account, password=password)
        return account

    def user_can_authenticate(self, user: Account | None) -> bool:  # type: ignore[override]
        """Whether somebody may sign in with this account: neither disabled nor merged into another."""
        return user is not None and user.is_active and user.person.merged_into_id is None

    def get_user(self, user_id: int | None) -> Account | None:
        live = Account.objects.filter(is_active=True, person__merged_into=None)
        return live.select_related("person__region").filter(pk=user_id or 0).first()


def _nobodys() -> str:
    """The hash of a password that nobody knows, as the present hasher makes them."""
    return _made(get_hasher().algorithm)


@cache
def _made(algorithm: str) -> str:
    return make_password(secrets.token_urlsafe(32), hasher=algorithm)
