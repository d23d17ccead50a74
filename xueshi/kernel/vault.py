"""Secrets at rest: identity numbers are encrypted, and found again by a keyed hash.

The keys live in files outside the database (KEYS_DIR, 0600), one for finding and one for reading; without the first
a leaked column cannot be searched, without the second it cannot be read.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"


def key(name: str, size: int = 32) -> bytes:
    """The key of that name, made at first use in KEYS_DIR, readable by its owner only."""
    return _key(Path(settings.KEYS_DIR), name, size)


@cache
def _key(folder: Path, name: str, size: int) -> bytes:
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(size))
        try:
            os.link(draft, path)  # the first one wins, also between processes
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def index(field: str, value: str) -> str:
    """A keyed hash (hex) by which an encrypted value can be found; equality only."""
    return hmac.new(key("index.key"), f"{field}\x00{value}".encode(), hashlib.sha256).hexdigest()


def indexes(field: str, values: Iterable[str | None]) -> list[str | None]:
    """The same of many: a microsecond each. None stays None."""
    secret, start = key("index.key"), f"{field}\x00".encode()
    return [value and hmac.digest(secret, start + value.encode(), "sha256").hex() for value in values]


def lock(field: str, value: str) -> bytes:
    """Encrypt (AES-256-GCM, random nonce, bound to `field`)."""
    return lock_bytes(field, value.encode())


def locks(field: str, values: Sequence[str]) -> list[bytes]:
    """The same of many; each has a nonce of its own."""
    cipher, bound, nonces = _cipher(key("data.key")), field.encode(), os.urandom(12 * len(values))
    pieces = (nonces[n : n + 12] for n in range(0, len(nonces), 12))
    return [
        _VERSION + one + cipher.encrypt(one, text.encode(), bound) for one, text in zip(pieces, values, strict=True)
    ]


def unlock(field: str, sealed: bytes) -> str:
    """Decrypt; raises cryptography's InvalidTag for a changed value or another field's."""
    return unlock_bytes(field, sealed).decode()


def lock_bytes(field: str, data: bytes) -> bytes:
    """The same of bytes, such as a file."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher(key("data.key")).encrypt(nonce, data, field.encode())


def unlock_bytes(field: str, sealed: bytes) -> bytes:
    """What `lock_bytes` locked; raises InvalidTag."""
    data = bytes(sealed)
    return _cipher(key("data.key")).decrypt(data[1:13], data[13:], field.encode())


@cache
def _cipher(raw: bytes) -> AESGCM:
    return AESGCM(raw)
