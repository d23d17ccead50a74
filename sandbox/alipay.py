"""The payment peer: page pay, query, close and the asynchronous notice, signed RSA2.

Follows the public description of alipay.trade.page.pay, .query and .close. One simplification:
a trade exists from the moment its cashier page is shown, not from the payer's sign-in.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox import pages
from sandbox.store import BEIJING, Store, Trade, beijing_time
from sandbox.wire import Request, Response, page, redirect

PAGE_PAY, QUERY, CLOSE = "alipay.trade.page.pay", "alipay.trade.query", "alipay.trade.close"
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
BUYER_ID = "2088000000000099"


class Refusal(Exception):
    """The gateway does not accept the request; ``sub_code`` is the one of the real gateway."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        self.code, self.sub_code, self.sub_msg = code, sub_code, sub_msg
        super().__init__(sub_code)


def signed_text(params: Mapping[str, str], *leave_out: str) -> bytes:
    """The text a signature stands for: non-empty values, by key, undecorated."""
    kept = sorted((k, v) for k, v in params.items() if v and k not in leave_out)
    return "&".join(f"{key}={value}" for key, value in kept).encode()


def sign(key: rsa.RSAPrivateKey, text: bytes) -> str:
    """SHA256withRSA, base64."""
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def check(key: rsa.RSAPublicKey, text: bytes, signature: str) -> bool:
    """Whether the signature is this key's."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass
class Alipay:
    """The gateway and its cashier; ``announce`` is called with each trade newly paid."""

    store: Store
    private_key: rsa.RSAPrivateKey
    merchant_key: rsa.RSAPublicKey
    app_id: str
    seller_id: str
    notify_url: str  # where notices go when a request names no place
    announce: Callable[[Trade], None]

    def gateway(self, request: Request) -> Response:
        """Answer ``/gateway.do``: a cashier page for page pay, signed JSON for the others."""
        params = request.params
        method = params.get("method", "")
        try:
            biz = self._admitted(params)
            if method == PAGE_PAY:
                return self._show_cashier(params, biz)
            answer = self._query(biz) if method == QUERY else self._close(biz)
        except Refusal as refusal:
            if method == PAGE_PAY:
                return page(pages.problem(refusal.sub_msg, refusal.sub_code), 400)
            names = {"40004": "Business Failed", "40002": "Invalid Arguments"}
            answer = {
                "code": refusal.code,
                "msg": names.get(refusal.code, "Refused"),
                "sub_code": refusal.sub_code,
                "sub_msg": refusal.sub_msg,
            }
            if refusal.code != "40004":
                return self._signed_json("error_response", answer)
        return self._signed_json(method.replace(".", "_") + "_response", answer)

    def _admitted(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Check everything that does not depend on the trade, and return biz_content."""
        if params.get("app_id") != self.app_id:
            raise Refusal("40002", "isv.invalid-app-id", "无效的 AppID 参数")
        if params.get("method") not in (PAGE_PAY, QUERY, CLOSE):
            raise Refusal("40002", "isv.invalid-method", "不存在的方法名")
        if params.get("sign_type") != "RSA2":
            raise Refusal("40002", "isv.invalid-signature-type", "无效的签名类型")
        if not check(self.merchant_key, signed_text(params, "sign"), params.get("sign", "")):
            raise Refusal("40002", "isv.invalid-signature", "无效的签名")
        try:
            said = params.get("timestamp", "") + " +0800"
            sent = datetime.strptime(said, "%Y-%m-%d %H:%M:%S %z")
            biz = json.loads(params.get("biz_content", ""))
        except ValueError as problem:
            raise Refusal("40002", "isv.invalid-parameter", "参数无效") from problem
        if abs(datetime.now(BEIJING) - sent) > CLOCKS_MAY_DIFFER:
            raise Refusal("40002", "isv.invalid-timestamp", "非法的时间戳参数")
        if not isinstance(biz, dict):
            raise Refusal("40002", "isv.invalid-parameter", "参数无效")
        return biz

    def _show_cashier(self, params: Mapping[str, str], biz: dict[str, Any]) -> Response:
        amount, number = str(biz.get("total_amount", "")), str(biz.get("out_trade_no", ""))
        if not AMOUNT.fullmatch(amount) or Decimal(amount) <= 0:
            raise Refusal("40004", "ACQ.INVALID_PARAMETER", "订单金额无效")
        if not re.fullmatch(r"[0-9A-Za-z_]{1,64}", number) or not biz.get("subject"):
            raise Refusal("40004", "ACQ.INVALID_PARAMETER", "商户订单号或标题无效")
        if biz.get("product_code") != "FAST_INSTANT_TRADE_PAY":
            raise Refusal("40004", "ACQ.INVALID_PARAMETER", "产品码无效")
        with self.store.changing():
            trade = self.store.trades.get(number)
            if trade is None:
                trade = self._opened(params, biz, amount, number)
                self.store.trades[number] = trade
        if Decimal(trade.total_amount) != Decimal(amount):
            raise Refusal("40004", "ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改：金额与原订单不一致")
        self._expire(trade)
        if trade.status == "TRADE_SUCCESS":
            raise Refusal("40004", "ACQ.TRADE_HAS_SUCCESS", "这笔交易已经付款，请返回商户查看")
        if trade.status == "TRADE_CLOSED":
            raise Refusal("40004", "ACQ.TRADE_HAS_CLOSE", "这笔交易已经关闭，请返回商户重新下单")
        return page(pages.cashier(trade))

    def _opened(self, params: Mapping[str, str], biz: dict[str, Any], amount: str, number: str) -> Trade:
        today = datetime.now(BEIJING)
        return Trade(
            trade_no=f"{today:%Y%m%d}22001{secrets.randbelow(10**15):015}",
            out_trade_no=number,
            total_amount=f"{Decimal(amount):.2f}",
            subject=str(biz["subject"])[:256],
            app_id=self.app_id,
            seller_id=self.seller_id,
            notify_url=params.get("notify_url") or self.notify_url,
            return_url=params.get("return_url", ""),
            back_url=str(biz.get("request_from_url") or params.get("return_url", "")),
            expires=str(biz.get("time_expire", "")),
            created=beijing_time(),
        )

    def _expire(self, trade: Trade) -> None:
        if trade.status == "WAIT_BUYER_PAY" and trade.expires and beijing_time() > trade.expires:
            with self.store.changing():
                trade.status = "TRADE_CLOSED"

    def _found(self, biz: dict[str, Any]) -> Trade:
        trade = self.store.trades.get(str(biz.get("out_trade_no", "")))
        trade = trade or self.store.trade_numbered(str(biz.get("trade_no", "")))
        if trade is None:
            raise Refusal("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
        self._expire(trade)
        return trade

    def _query(self, biz: dict[str, Any]) -> dict[str, str]:
        trade = self._found(biz)
        answer = {
            "code": "10000",
            "msg": "Success",
            "buyer_logon_id": "pay***@sandbox.test",
            "buyer_user_id": BUYER_ID,
            "out_trade_no": trade.out_trade_no,
            "total_amount": trade.total_amount,
            "trade_no": trade.trade_no,
            "trade_status": trade.status,
        }
        if trade.paid:
            answer["send_pay_date"] = trade.paid
        return answer

    def _close(self, biz: dict[str, Any]) -> dict[str, str]:
        trade = self._found(biz)
        if trade.status != "WAIT_BUYER_PAY":
            raise Refusal("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        with self.store.changing():
            trade.status = "TRADE_CLOSED"
        return {
            "code": "10000",
            "msg": "Success",
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
        }

    def _signed_json(self, node: str, answer: dict[str, str]) -> Response:
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        signature = sign(self.private_key, text.encode())
        body = f'{{"{node}":{text},"sign":"{signature}"}}'
        return Response(200, body.encode(), "application/json;charset=utf-8")

    def pay(self, trade: Trade) -> bool:
        """Take the money, once; False when the trade is closed. A second click changes nothing."""
        self._expire(trade)
        with self.store.changing():
            if trade.status == "TRADE_CLOSED":
                return False
            if trade.status == "TRADE_SUCCESS":
                return True
            trade.status, trade.paid = "TRADE_SUCCESS", beijing_time()
            trade.notify_id = f"{trade.paid[:10].replace('-', '')}{secrets.token_hex(12)}"
        self.announce(trade)
        return True

    def cashier(self, request: Request) -> Response:
        """Answer ``POST /cashier/<trade_no>/pay`` and ``/cancel`` by sending the payer back."""
        _, _, trade_no, act = request.path.split("/", 3)
        trade = self.store.trade_numbered(trade_no)
        if trade is None:
            return page(pages.problem("没有这笔交易", "ACQ.TRADE_NOT_EXIST"), 404)
        if act == "cancel":
            return redirect(trade.back_url) if trade.back_url else page(pages.cancelled(trade))
        if not self.pay(trade):
            return page(pages.problem("这笔交易已经关闭，没有付款", "ACQ.TRADE_HAS_CLOSE"), 409)
        return redirect(self.return_address(trade)) if trade.return_url else page(pages.paid(trade))

    def return_address(self, trade: Trade) -> str:
        """Where the browser goes after paying: the merchant's page, with signed parameters."""
        params = {
            "app_id": trade.app_id,
            "auth_app_id": trade.app_id,
            "charset": "utf-8",
            "method": "alipay.trade.page.pay.return",
            "out_trade_no": trade.out_trade_no,
            "seller_id": trade.seller_id,
            "timestamp": beijing_time(),
            "total_amount": trade.total_amount,
            "trade_no": trade.trade_no,
            "version": "1.0",
        }
        params["sign"] = sign(self.private_key, signed_text(params))
        params["sign_type"] = "RSA2"
        parts = urlsplit(trade.return_url)
        query = "&".join(filter(None, (parts.query, urlencode(params))))
        return urlunsplit(parts._replace(query=query))

    def notice(self, trade: Trade) -> dict[str, str]:
        """The asynchronous notice of a paid trade, signed; the same notify_id at every repetition."""
        params = {
            "app_id": trade.app_id,
            "auth_app_id": trade.app_id,
            "buyer_id": BUYER_ID,
            "buyer_pay_amount": trade.total_amount,
            "charset": "utf-8",
            "gmt_create": trade.created,
            "gmt_payment": trade.paid,
            "invoice_amount": trade.total_amount,
            "notify_id": trade.notify_id,
            "notify_time": beijing_time(),
            "notify_type": "trade_status_sync",
            "out_trade_no": trade.out_trade_no,
            "receipt_amount": trade.total_amount,
            "seller_id": trade.seller_id,
            "subject": trade.subject,
            "total_amount": trade.total_amount,
            "trade_no": trade.trade_no,
            "trade_status": trade.status,
            "version": "1.0",
        }
        return self.seal(params)

    def seal(self, params: dict[str, str]) -> dict[str, str]:
        """Sign a notice: neither ``sign`` nor ``sign_type`` is part of what is signed."""
        bare = {key: value for key, value in params.items() if key not in ("sign", "sign_type")}
        return bare | {"sign": sign(self.private_key, signed_text(bare)), "sign_type": "RSA2"}
