"""Aliyun's SendSms (2017-05-25) as a protocol, signed ACS3-HMAC-SHA256. No Django, no database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

ALGORITHM = "ACS3-HMAC-SHA256"
PATIENCE = 10.0  # seconds for an answer of the gateway

# On loopback no proxy stands between: the demo must work where one is set for the world.
NO_PROXY = {"all://127.0.0.1": None, "all://localhost": None}


class SmsProblem(Exception):
    """The gateway did not take the text; ``code`` says why, in the gateway's own word.

    The code is "Unreachable" when nobody answered in time: the text may or may not have been sent.
    """

    def __init__(self, code: str = "Unreachable", message: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True)
class SmsGateway:
    """One account at the gateway. ``sign_name`` stands before every text, as 【学时】."""

    endpoint: str
    access_key_id: str
    secret: str = field(repr=False)
    sign_name: str

    def send(self, *, phone: str, template: str, params: Mapping[str, str]) -> str:
        """Send one text by an approved template; return the gateway's receipt number.

        Raises SmsProblem. Asking twice sends twice: telling once is the caller's care.
        """
        query = {
            "PhoneNumbers": phone,
            "SignName": self.sign_name,
            "TemplateCode": template,
            "TemplateParam": json.dumps(params, ensure_ascii=False, separators=(",", ":")),
        }
        # The wire's own stamp, so that a copied request soon is worthless; no moment of ours.
        headers = self.signed_headers(query, at=datetime.now(UTC), nonce=secrets.token_hex(16))
        try:
            with httpx.Client(timeout=PATIENCE, mounts=NO_PROXY) as client:
                reply = client.post(f"{self.endpoint}?{_canonical_query(query)}", headers=headers)
            answer: Any = reply.json()
        except httpx.HTTPError as problem:
            raise SmsProblem("Unreachable", type(problem).__name__) from problem
        except ValueError as problem:
            raise SmsProblem("Unreadable", f"an answer {reply.status_code} without JSON") from problem
        if not isinstance(answer, dict) or answer.get("Code") != "OK":
            said = answer if isinstance(answer, dict) else {}
            raise SmsProblem(str(said.get("Code", "Unreadable")), str(said.get("Message", "")))
        return str(answer.get("BizId", ""))

    def signed_headers(self, query: Mapping[str, str], *, at: datetime, nonce: str) -> dict[str, str]:
        """The headers of a POST with this query and no body, Authorization among them."""
        address = urlsplit(self.endpoint)
        payload_hash = hashlib.sha256(b"").hexdigest()
        headers = {
            "host": address.netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": payload_hash,
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": "2017-05-25",
        }
        signed = authorization(
            "POST",
            address.path or "/",
            query,
            headers,
            access_key_id=self.access_key_id,
            secret=self.secret,
        )
        return headers | {"Authorization": signed}


def authorization(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    access_key_id: str,
    secret: str,
) -> str:
    """The Authorization header over a request whose ``headers`` (lower case) are all signed."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    payload_hash = headers["x-acs-content-sha256"]
    request = "\n".join((method, path, _canonical_query(query), lines, names, payload_hash))
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"


def _canonical_query(query: Mapping[str, str]) -> str:
    pairs = ((quote(key, safe="-_.~"), quote(query[key], safe="-_.~")) for key in sorted(query))
    return "&".join(f"{key}={value}" for key, value in pairs)
