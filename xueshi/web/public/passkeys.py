"""The ceremonies of passkeys, by allauth and fido2: challenges are kept in the session, the browser signs them."""

import ipaddress
from typing import Any, cast

from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from xueshi.people import second_factor_queries

# What a browser, or somebody instead of one, can send; fido2 says so in these ways.
UNSOUND = (ValidationError, ValueError, TypeError, KeyError, AttributeError, InvalidSignature)


class NotSigned(Exception):
    """The ceremony was not right: another challenge, another key, or no ceremony at all."""


def possible(request: HttpRequest) -> bool:
    """Whether a browser would make one here: passkeys belong to a name, never to a bare network address."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


def asking(request: HttpRequest, account: Any) -> dict[str, Any] | None:
    """What the browser signs to prove a passkey; None for somebody without one."""
    if not (possible(request) and second_factor_queries.has_passkey(account.pk)):
        return None
    return cast("dict[str, Any]", auth.begin_authentication(account))


def checked(account: Any, credential: Any) -> int:
    """The id of the passkey that has signed; raises NotSigned where none of the account's has."""
    try:
        auth.parse_authentication_response(credential)
        return int(auth.complete_authentication(account, credential).pk)
    except UNSOUND as problem:
        raise NotSigned() from problem


def making(account: Any) -> dict[str, Any]:
    """What the browser makes a new passkey from."""
    return cast("dict[str, Any]", auth.begin_registration(account, passwordless=False))


def made(credential: Any) -> dict[str, Any]:
    """A new passkey as it is kept; raises NotSigned where the ceremony was not right."""
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except UNSOUND as problem:
        raise NotSigned() from problem
    return cast("dict[str, Any]", credential)
