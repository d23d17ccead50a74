"""The keys of both sides, made at the first start and kept in the state folder."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PRIVATE, SECRET = 0o700, 0o600


@dataclass(frozen=True)
class Keys:
    """What the sandbox needs: its own private key, the merchant's public key, the text secret."""

    alipay_private: rsa.RSAPrivateKey
    merchant_public: rsa.RSAPublicKey
    sms_secret: str


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=SECRET)
    path.write_bytes(data)
    path.chmod(SECRET)


def _make_pair(folder: Path, name: str) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(folder / f"{name}_public.pem", public)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(folder / f"{name}_private.pem", pem)  # last: its presence says that the pair is whole


def ready(folder: Path) -> Keys:
    """Make what is missing in ``folder`` and return the sandbox's side of it.

    Files: ``merchant_private.pem`` and ``alipay_public.pem`` for the house, the other halves for
    the sandbox, ``sms_secret`` for both. All are readable by their owner alone.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    folder.chmod(PRIVATE)
    for name in ("merchant", "alipay"):
        if not (folder / f"{name}_private.pem").exists():
            _make_pair(folder, name)
    if not (folder / "sms_secret").exists():
        _write(folder / "sms_secret", secrets.token_urlsafe(24).encode())
    private = serialization.load_pem_private_key((folder / "alipay_private.pem").read_bytes(), password=None)
    public = serialization.load_pem_public_key((folder / "merchant_public.pem").read_bytes())
    if not isinstance(private, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
        raise TypeError(f"the keys in {folder} are not RSA keys; remove them to have new ones made")
    return Keys(private, public, (folder / "sms_secret").read_text(encoding="ascii").strip())
