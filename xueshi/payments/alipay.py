"""Alipay's page pay as a protocol: what we sign, and what we believe. No Django, no database.

The wire speaks in strings and in Beijing's time; here are Decimal yuan and aware moments. Every
answer is believed only under Alipay's signature (RSA2: SHA256 with RSA).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BEIJING = ZoneInfo("Asia/Shanghai")
TIME = "%Y-%m-%d %H:%M:%S"
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
PATIENCE = 10.0  # seconds for an answer of the gateway
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
SUCCESS = "success"  # what a notice must be answered with, exactly, or it comes again

# On loopback no proxy stands between: the demo must work where one is set for the world.
NO_PROXY = {"all://127.0.0.1": None, "all://localhost": None}


class AlipayProblem(Exception):
    """Something about the exchange with Alipay is wrong; the message is for the log."""


class BadSignature(AlipayProblem):
    """The words are not Alipay's, or were changed on the way."""


class NotForUs(AlipayProblem):
    """Truly signed, but about another application or another seller."""


class Malformed(AlipayProblem):
    """Signed, but lacking something or saying what cannot be."""


class Unreachable(AlipayProblem):
    """The gateway did not answer in time; nothing is known about the trade."""


class GatewayRefused(AlipayProblem):
    """The gateway understood and said no; ``sub_code`` is its reason."""

    def __init__(self, code: str, sub_code: str, message: str) -> None:
        self.code, self.sub_code = code, sub_code
        super().__init__(f"{code} {sub_code}: {message}")


@dataclass(frozen=True)
class Trade:
    """What Alipay says about one of our orders, its signature checked.

    ``amount`` is yuan. Whether it is the amount we asked for is for the order to say.
    """

    order_number: str
    trade_no: str
    amount: Decimal
    status: str
    paid_at: datetime | None

    @property
    def paid(self) -> bool:
        """Whether the money is there."""
        return self.status in PAID


@dataclass(frozen=True)
class Notice(Trade):
    """An asynchronous notice. The same ``notify_id`` comes again until we answer ``SUCCESS``."""

    notify_id: str
    sent_at: datetime


@dataclass(frozen=True)
class AlipayMerchant:
    """Who we are to Alipay. Keys are PEM: our private one (PKCS8) and Alipay's public one."""

    app_id: str
    seller_id: str
    gateway: str
    private_key: str
    alipay_public_key: str
    notify_url: str
    return_url: str

    def __repr__(self) -> str:
        """Without the keys, so that no log ever holds one."""
        return f"AlipayMerchant(app_id={self.app_id!r}, gateway={self.gateway!r})"

    def page_pay_url(
        self,
        *,
        order_number: str,
        amount: Decimal,
        subject: str,
        at: datetime,
        expires_at: datetime | None = None,
        back_url: str = "",
    ) -> str:
        """The cashier's address to send the payer's browser to.

        ``amount`` must be whole fen above zero (ValueError otherwise). The cashier refuses payment
        after ``expires_at``; a payer who turns back is sent to ``back_url``.
        """
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
            raise ValueError(f"{amount} yuan cannot be asked for")
        wishes = {
            "out_trade_no": order_number,
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "subject": subject,
            "total_amount": f"{amount:.2f}",
        }
        if expires_at is not None:
            wishes["time_expire"] = _wire_time(expires_at)
        if back_url:
            wishes["request_from_url"] = back_url
        return f"{self.gateway}?{urlencode(self._signed('alipay.trade.page.pay', wishes, at))}"

    def read_notice(self, params: Mapping[str, str]) -> Notice:
        """Check an asynchronous notice and say what it says.

        Raises BadSignature, NotForUs or Malformed. A true notice may still be repeated, late or of
        a wrong amount: that is for the order to find out.
        """
        self._believe(params)
        paid_at = params.get("gmt_payment")
        return Notice(
            order_number=_required(params, "out_trade_no"),
            trade_no=_required(params, "trade_no"),
            amount=_amount(_required(params, "total_amount")),
            status=_required(params, "trade_status"),
            paid_at=_moment(paid_at) if paid_at else None,
            notify_id=_required(params, "notify_id"),
            sent_at=_moment(_required(params, "notify_time")),
        )

    def read_return(self, params: Mapping[str, str]) -> str:
        """Check the parameters that the payer's browser brings back; return the order's number.

        They say nothing about money: a browser may never come back. Ask ``query``, or wait for
        the notice. Raises like ``read_notice``.
        """
        self._believe(params)
        return _required(params, "out_trade_no")

    def query(self, order_number: str, *, at: datetime) -> Trade | None:
        """Ask Alipay about an order; None if it knows no such trade.

        Raises Unreachable, GatewayRefused, BadSignature, Malformed or NotForUs.
        """
        try:
            answer = self._ask("alipay.trade.query", {"out_trade_no": order_number}, at)
        except GatewayRefused as refused:
            if refused.sub_code == "ACQ.TRADE_NOT_EXIST":
                return None
            raise
        paid_at = answer.get("send_pay_date")
        trade = Trade(
            order_number=_required(answer, "out_trade_no"),
            trade_no=_required(answer, "trade_no"),
            amount=_amount(_required(answer, "total_amount")),
            status=_required(answer, "trade_status"),
            paid_at=_moment(paid_at) if paid_at else None,
        )
        if trade.order_number != order_number:
            raise NotForUs(f"asked about {order_number}, told about {trade.order_number}")
        return trade

    def close(self, order_number: str, *, at: datetime) -> None:
        """Close an unpaid trade, so that it cannot be paid any more; no trade is as good as closed.

        Raises as ``query`` does; GatewayRefused with ACQ.TRADE_STATUS_ERROR if it is paid already.
        """
        try:
            self._ask("alipay.trade.close", {"out_trade_no": order_number}, at)
        except GatewayRefused as refused:
            if refused.sub_code != "ACQ.TRADE_NOT_EXIST":
                raise

    def _signed(self, method: str, wishes: Mapping[str, str], at: datetime) -> dict[str, str]:
        params = {
            "app_id": self.app_id,
            "biz_content": json.dumps(wishes, ensure_ascii=False, separators=(",", ":")),
            "charset": "utf-8",
            "format": "JSON",
            "method": method,
            "sign_type": "RSA2",
            "timestamp": _wire_time(at),
            "version": "1.0",
        }
        if method == "alipay.trade.page.pay":
            params |= {"notify_url": self.notify_url, "return_url": self.return_url}
        text = signing_text(params, leave_out=("sign",))
        signature = _private(self.private_key).sign(text, padding.PKCS1v15(), hashes.SHA256())
        return params | {"sign": base64.b64encode(signature).decode()}

    def _believe(self, params: Mapping[str, str]) -> None:
        if params.get("sign_type") != "RSA2":
            raise BadSignature(f"signed by {params.get('sign_type')!r}, not by RSA2")
        text = signing_text(params, leave_out=("sign", "sign_type"))
        self._check(text, params.get("sign", ""))
        if params.get("app_id") != self.app_id:
            raise NotForUs(f"for the application {params.get('app_id')!r}")
        if params.get("seller_id") != self.seller_id:
            raise NotForUs(f"for the seller {params.get('seller_id')!r}")

    def _check(self, text: bytes, signature: str) -> None:
        key = _public(self.alipay_public_key)
        try:
            raw = base64.b64decode(signature, validate=True)
            key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError) as problem:
            raise BadSignature("not Alipay's signature") from problem

    def _ask(self, method: str, wishes: Mapping[str, str], at: datetime) -> Mapping[str, str]:
        try:
            with httpx.Client(timeout=PATIENCE, mounts=NO_PROXY) as client:
                reply = client.post(self.gateway, data=self._signed(method, wishes, at))
            reply.raise_for_status()
        except httpx.HTTPError as problem:
            raise Unreachable(f"{method}: {type(problem).__name__}") from problem
        return self._read_answer(method.replace(".", "_") + "_response", reply.text)

    def _read_answer(self, node: str, body: str) -> Mapping[str, str]:
        """Believe exactly the text that was signed, and parse nothing else."""
        members = _members(body)
        node = node if node in members else "error_response"
        if node not in members or "sign" not in members:
            raise Malformed("an answer without its node or its signature")
        signature = json.loads(members["sign"])
        if not isinstance(signature, str):
            raise Malformed("a signature that is not text")
        self._check(members[node].encode(), signature)
        answer = json.loads(members[node])
        if not isinstance(answer, dict):
            raise Malformed("an answer that is not an object")
        said = {str(key): str(value) for key, value in answer.items()}
        if said.get("code") != "10000":
            code, sub_code = said.get("code", ""), said.get("sub_code", "")
            raise GatewayRefused(code, sub_code, said.get("sub_msg", ""))
        return said


def signing_text(params: Mapping[str, str], *, leave_out: tuple[str, ...]) -> bytes:
    """The text that is signed: every non-empty parameter but those left out, sorted by key."""
    kept = sorted((key, value) for key, value in params.items() if value and key not in leave_out)
    return "&".join(f"{key}={value}" for key, value in kept).encode(errors="surrogatepass")


def _members(body: str) -> dict[str, str]:
    """The top members of a JSON object, each as the very text it was sent as.

    A name that comes twice is refused: one text could be signed and the other read.
    """
    decoder, members = json.JSONDecoder(), {}
    at = _skip(body, 0, "{")
    try:
        while True:
            name, at = decoder.raw_decode(body, at)
            start = _skip(body, at, ":")
            _, at = decoder.raw_decode(body, start)
            if not isinstance(name, str) or name in members:
                raise Malformed("an answer that names something twice")
            members[name] = body[start:at]
            if body[at:].strip() == "}":
                return members
            at = _skip(body, at, ",")
    except (ValueError, RecursionError) as problem:
        raise Malformed("an answer that is not JSON") from problem


def _skip(body: str, at: int, mark: str) -> int:
    """The place after ``mark`` and the white space around it."""
    rest = body[at:].lstrip()
    if not rest.startswith(mark):
        raise Malformed(f"an answer without its {mark!r}")
    after = rest[1:].lstrip()
    return len(body) - len(after)


def _required(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if not value:
        raise Malformed(f"nothing is said about {name}")
    return value


def _amount(text: str) -> Decimal:
    if not AMOUNT.fullmatch(text):
        raise Malformed(f"{text!r} is not an amount in yuan")
    return Decimal(text).quantize(Decimal("0.01"))


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(f"{text[:19]} +0800", f"{TIME} %z")
    except ValueError as problem:
        raise Malformed(f"{text!r} is not a time") from problem


def _wire_time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at.astimezone(BEIJING).strftime(TIME)


@lru_cache(maxsize=8)
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the merchant's private key must be an RSA key")
    return key


@lru_cache(maxsize=8)
def _public(pem: str) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("Alipay's public key must be an RSA key")
    return key
