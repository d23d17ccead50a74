"""How Django finds who has signed in."""

from django.contrib.auth.backends import ModelBackend

from xueshi.people.models import Account


class AccountBackend(ModelBackend):
    """Django's own backend, but an account always comes with its person: every page needs both."""

    def get_user(self, user_id: int) -> Account | None:
        return Account.objects.select_related("person__region").filter(pk=user_id, is_active=True).first()
