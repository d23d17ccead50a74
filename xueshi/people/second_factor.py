"""How allauth keeps second factors here: secrets locked by the vault, and no name that is an identity number."""

import hmac
import unicodedata
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
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


PERIOD = 30  # seconds that a code stands (RFC 6238)
CLOCKS_MAY_DIFFER = 1  # periods


def code_of(secret: str, at: datetime) -> str:
    """The six digits that an authenticator with this secret shows at that moment."""
    shown: str = format_hotp_value(hotp_value(secret, int(at.timestamp()) // PERIOD))
    return shown


def counter_of(secret: str, typed: str, at: datetime) -> int | None:
    """Which period's code this is, of those near `at`; None if it is none. Who accepts it, accepts none before it."""
    code, now = plain(typed), int(at.timestamp()) // PERIOD
    found = None
    for counter in range(now - CLOCKS_MAY_DIFFER, now + CLOCKS_MAY_DIFFER + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), code.encode()):
            found = counter
    return found


def plain(typed: str) -> str:
    """A code without the blanks and hyphens between its groups."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isalnum())
