"""Seal bytes and check a seal: receipts and tickets by HMAC, documents by Ed25519 as a compact JWS."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from xueshi.kernel import vault


class BadSeal(ValueError):
    """The seal does not belong to these bytes, or has run out."""


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    """Decode only what `_b64` writes: the lax decoder would let several texts stand for the same bytes."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _b64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def ticket(purpose: str, facts: Mapping[str, int | str], *, until: int) -> str:
    """A short signed statement for a page to carry: checked by `read_ticket` without the database.

    `until` is in seconds of the epoch.
    """
    body = _b64(json.dumps({**facts, "until": until}, separators=(",", ":"), sort_keys=True).encode())
    return f"{body}.{_mac(purpose, body)}"


def read_ticket(purpose: str, text: str, *, now: int) -> dict[str, Any]:
    """The facts of a ticket; raises BadSeal if it is forged, damaged or out of date."""
    body, _, mac = text.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(purpose, body).encode()):
        raise BadSeal("forged")
    facts: dict[str, Any] = json.loads(_unb64(body))
    if facts["until"] < now:
        raise BadSeal("expired")
    return facts


def receipt(purpose: str, *parts: object) -> str:
    """A short proof that the server has received exactly these parts."""
    return _mac(purpose, "\x1f".join(map(str, parts)))


def _mac(purpose: str, text: str) -> str:
    digest = hmac.new(vault.key("ticket.key"), f"{purpose}\x00{text}".encode(), hashlib.sha256).digest()
    return _b64(digest[:18])


@cache
def _document_key(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(raw)


def _signer() -> Ed25519PrivateKey:
    return _document_key(vault.key("document.key"))


def document_key_id() -> str:
    """The id of the key that seals documents: the first 16 hex places of the public key's hash."""
    return hashlib.sha256(public_key()).hexdigest()[:16]


def public_key() -> bytes:
    """The raw 32 bytes of the document key's public half; published for anyone who checks."""
    return _signer().public_key().public_bytes_raw()


def seal(words: Mapping[str, Any]) -> str:
    """A compact JWS (RFC 7515, EdDSA) over the canonical JSON (RFC 8785) of `words`."""
    header = _b64(rfc8785.dumps({"alg": "EdDSA", "kid": document_key_id()}))
    payload = _b64(rfc8785.dumps(dict(words)))
    signature = _signer().sign(f"{header}.{payload}".encode())
    return f"{header}.{payload}.{_b64(signature)}"


def unseal(jws: str, *, key: bytes | None = None) -> dict[str, Any]:
    """The words under a seal; raises BadSeal if one character differs."""
    try:
        header, payload, signature = jws.split(".")
        public = Ed25519PublicKey.from_public_bytes(key or public_key())
        public.verify(_unb64(signature), f"{header}.{payload}".encode())
        words: dict[str, Any] = json.loads(_unb64(payload))
    except (ValueError, InvalidSignature) as problem:
        raise BadSeal("forged") from problem
    return words
