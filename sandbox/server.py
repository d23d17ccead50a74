"""The sandbox as one object: start it, use it, stop it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import get_args

from sandbox import authenticator, keys, mail, notices, pages, wire
from sandbox.alipay import Alipay
from sandbox.notices import INTERVALS, NoticeKind, Notifier
from sandbox.sms import SmsGate
from sandbox.store import Letter, Store, Trade

HOST = "127.0.0.1"
APP_ID = "2021000000000000"
SELLER_ID = "2088000000000000"
SMS_KEY_ID = "sandbox"


class NoSuchTrade(Exception):
    """No trade has this order number."""


class Sandbox:
    """Payment, texts and mail on loopback.

    Use as a context manager, or ``start`` and ``stop``. Port 0 takes any free port; ``url`` and
    ``smtp_port`` say which. What was caught and paid is kept in ``state_dir`` for the next start.
    """

    def __init__(
        self,
        *,
        state_dir: Path,
        notify_url: str = "",
        port: int = 0,
        smtp_port: int = 0,
        intervals: Sequence[float] = INTERVALS,
    ) -> None:
        self.keys_dir = state_dir / "keys"
        self.authenticator = state_dir / "authenticator.json"
        made = keys.ready(self.keys_dir)
        self.store = Store.open(state_dir / "state.json")
        self.notifier = Notifier(intervals)
        self.alipay = Alipay(
            store=self.store,
            private_key=made.alipay_private,
            merchant_key=made.merchant_public,
            app_id=APP_ID,
            seller_id=SELLER_ID,
            notify_url=notify_url,
            announce=self._announce,
        )
        self.sms = SmsGate(self.store, SMS_KEY_ID, made.sms_secret)
        self._asked_ports = port, smtp_port

    def start(self) -> Sandbox:
        """Listen on both ports, and go on telling what was not acknowledged."""
        port, smtp_port = self._asked_ports
        self._http = wire.listen(HOST, port, self.respond)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self._mail = mail.MailServer(self.store, HOST, smtp_port)
        for trade in self.store.trades.values():
            if trade.status == "TRADE_SUCCESS" and not trade.acknowledged:
                self._announce(trade)
        return self

    def stop(self) -> None:
        """Close both ports and end every thread."""
        self.notifier.stop()
        self._mail.stop()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    @property
    def gateway(self) -> str:
        """The payment gateway's address."""
        return f"{self.url}/gateway.do"

    @property
    def sms_endpoint(self) -> str:
        """The text gateway's address."""
        return f"{self.url}/sms/"

    @property
    def smtp_port(self) -> int:
        """Where mail is taken."""
        return self._mail.port

    @property
    def inbox(self) -> list[Letter]:
        """What was caught, newest first."""
        return self.store.letters[::-1]

    def trade(self, out_trade_no: str) -> Trade:
        """One trade by the merchant's order number."""
        try:
            return self.store.trades[out_trade_no]
        except KeyError:
            raise NoSuchTrade(out_trade_no) from None

    def pay(self, out_trade_no: str) -> bool:
        """Pay as the button does; False when the trade is closed."""
        return self.alipay.pay(self.trade(out_trade_no))

    def send_notice(self, out_trade_no: str, kind: NoticeKind = "repeat") -> str:
        """Send one notice now, true or altered, and return what the merchant answered."""
        trade = self.trade(out_trade_no)
        return notices.post(trade.notify_url, notices.altered(self.alipay, trade, kind))

    def _announce(self, trade: Trade) -> None:
        self.notifier.tell(self.alipay, trade)

    def respond(self, request: wire.Request) -> wire.Response:
        """Answer one HTTP request."""
        path, posted = request.path, request.method == "POST"
        if path == "/gateway.do":
            return self.alipay.gateway(request)
        if posted and path.startswith("/cashier/") and path.count("/") == 3:
            return self.alipay.cashier(request)
        if path == "/sms/":
            return self.sms.answer(request)
        if path in ("/", "/inbox"):
            return wire.page(pages.inbox(self.store.letters))
        if path == "/inbox.json":
            return wire.as_json([asdict(letter) for letter in self.inbox])
        if path == "/codes":
            return wire.page(pages.codes(authenticator.shown(self.authenticator)))
        if path == "/codes.json":
            return wire.as_json([asdict(line) for line in authenticator.shown(self.authenticator)])
        if path.startswith("/control/"):
            return self._control(request)
        return wire.page(pages.absent(), 404)

    def _control(self, request: wire.Request) -> wire.Response:
        """For tests and demonstrations only; the real gateway has nothing of the kind.

        GET /control/trades lists them. POST /control/notice (out_trade_no, kind) sends one notice
        and returns the answer. POST /control/delay (seconds) holds back each first notice.
        """
        if request.path == "/control/trades":
            return wire.as_json([asdict(trade) for trade in self.store.trades.values()])
        if request.method != "POST":
            return wire.as_json({"problem": "POST it"}, 405)
        try:
            if request.path == "/control/delay":
                self.notifier.delay = float(request.form.get("seconds", "0"))
                return wire.as_json({"delay": self.notifier.delay})
            asked = request.form.get("kind", "repeat")
            kind: NoticeKind | None = next((k for k in get_args(NoticeKind) if k == asked), None)
            if request.path != "/control/notice" or kind is None:
                return wire.as_json({"problem": "no such control"}, 404)
            number = request.form.get("out_trade_no", "")
            return wire.as_json({"answer": self.send_notice(number, kind)})
        except (NoSuchTrade, ValueError) as problem:
            return wire.as_json({"problem": str(problem)}, 404)
