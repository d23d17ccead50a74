"""The text gateway: SendSms (2017-05-25) with the signature ACS3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sandbox.store import Letter, Store, beijing_time
from sandbox.wire import Request, Response, as_json

ALGORITHM = "ACS3-HMAC-SHA256"
AUTHORIZATION = re.compile(rf"{ALGORITHM} Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{{64}})")
MUST_BE_SIGNED = {
    *("host", "x-acs-action", "x-acs-version", "x-acs-date"),
    *("x-acs-signature-nonce", "x-acs-content-sha256"),
}
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
REQUIRED = ("PhoneNumbers", "SignName", "TemplateCode")


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


@dataclass
class SmsGate:
    """Checks each request as the real gateway would, and keeps the text instead of sending it."""

    store: Store
    access_key_id: str
    secret: str
    _nonces: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response:
        """Answer one SendSms request."""
        problem = self._problem(request)
        if problem:
            status, code, message = problem
            return self._say(code, message, status)
        params = request.params
        missing = next((name for name in REQUIRED if not params.get(name)), None)
        if missing:
            return self._say(f"Missing{missing}", f"{missing} is mandatory for this action.", 400)
        if not re.fullmatch(r"1[3-9]\d{9}", params["PhoneNumbers"]):
            return self._say("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号", 200)
        try:
            values = json.loads(params.get("TemplateParam") or "{}")
        except ValueError:
            values = None
        if not isinstance(values, dict):
            return self._say("isv.INVALID_JSON_PARAM", "JSON 参数不合法，只接受字符串值", 200)
        words = "，".join(str(value) for value in values.values())
        self.store.catch(
            Letter(
                kind="sms",
                to=params["PhoneNumbers"],
                subject=params["TemplateCode"],
                text=f"【{params['SignName']}】{words}",
                caught=beijing_time(),
            )
        )
        return self._say("OK", "OK", 200)

    def _say(self, code: str, message: str, status: int) -> Response:
        answer = {"Code": code, "Message": message, "RequestId": secrets.token_hex(16).upper()}
        if code == "OK":
            answer["BizId"] = f"{secrets.randbelow(10**18):018}^0"
        return as_json(answer, status)

    def _problem(self, request: Request) -> tuple[int, str, str] | None:
        """What is wrong with the request as such: status, code, message."""
        headers = request.headers
        found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if not found:
            return 400, "MissingAuthorization", "Authorization header is missing or malformed."
        key_id, names, signature = found.groups()
        if key_id != self.access_key_id:
            return 404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."
        action = (headers.get("x-acs-action"), headers.get("x-acs-version"))
        if action != ("SendSms", "2017-05-25"):
            return 404, "InvalidAction.NotFound", "Specified api is not found."
        payload_hash = hashlib.sha256(request.body).hexdigest()
        if headers.get("x-acs-content-sha256") != payload_hash:
            return 400, "InvalidContentSHA256", "x-acs-content-sha256 does not match the body."
        signed = names.split(";")
        if not set(signed) >= MUST_BE_SIGNED or signed != sorted(signed):
            return 400, "IncompleteSignature", "A header that must be signed is not."
        expected = self._signature(request, signed, payload_hash)
        if not hmac.compare_digest(expected, signature):
            return 400, "SignatureDoesNotMatch", "Specified signature does not match."
        return self._stale(headers["x-acs-date"], headers["x-acs-signature-nonce"])

    def _signature(self, request: Request, signed: list[str], payload_hash: str) -> str:
        query = "&".join(f"{_encode(k)}={_encode(v)}" for k, v in sorted(request.query.items()))
        lines = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
        canonical = "\n".join((request.method, request.path, query, lines, ";".join(signed), payload_hash))
        text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def _stale(self, date: str, nonce: str) -> tuple[int, str, str] | None:
        try:
            sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return 400, "InvalidTimeStamp.Format", "Specified time stamp is not well formatted."
        if abs(datetime.now(UTC) - sent) > CLOCKS_MAY_DIFFER:
            return 400, "InvalidTimeStamp.Expired", "Specified time stamp is expired."
        with self._lock:
            if nonce in self._nonces:
                return 400, "SignatureNonceUsed", "Specified signature nonce was used already."
            self._nonces.add(nonce)
        return None
