"""How allauth keeps second factors here: secrets locked by the vault, and no name that is an identity number."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext as _

from xueshi.kernel import vault


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # no types are published
    """What allauth asks of the house."""

    def encrypt(self, text: str) -> str:
        return b64encode(vault.lock("second-factor", text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unlock("second-factor", b64decode(encrypted_text))

    def get_totp_label(self, user: Any) -> str:
        """What stands in the authenticator app: the name, and no number."""
        name: str = user.person.name
        return name

    def get_totp_issuer(self) -> str:
        return _("学时")

    def _get_site_name(self) -> str:
        return _("学时")

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        name = user.person.name
        return {"id": str(user.pk).encode(), "display_name": name, "name": name}
