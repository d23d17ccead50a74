"""What the sandbox remembers: trades, letters caught, nonces seen. One JSON file, kept across starts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
KEPT_LETTERS = 200

TradeStatus = Literal["WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"]


def beijing_time() -> str:
    """Now, as these protocols write it: without a zone, in Beijing's."""
    return datetime.now(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class Trade:
    """One trade at the cashier; every value as the wire has it."""

    trade_no: str
    out_trade_no: str
    total_amount: str
    subject: str
    app_id: str
    seller_id: str
    notify_url: str
    return_url: str
    back_url: str
    expires: str
    created: str
    status: TradeStatus = "WAIT_BUYER_PAY"
    paid: str = ""
    notify_id: str = ""
    acknowledged: bool = False  # the merchant has answered "success"
    notices_sent: int = 0


@dataclass(frozen=True)
class Letter:
    """A mail or a text that was caught."""

    kind: Literal["mail", "sms"]
    to: str
    subject: str
    text: str
    caught: str


@dataclass
class Store:
    """All of it, behind one lock; ``path`` is rewritten whole at each change."""

    path: Path
    trades: dict[str, Trade] = field(default_factory=dict)  # by out_trade_no
    letters: list[Letter] = field(default_factory=list)  # oldest first
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Read what an earlier start left behind."""
        store = cls(path)
        if path.exists():
            data = json.loads(path.read_text(encoding="utf-8"))
            store.trades = {entry["out_trade_no"]: Trade(**entry) for entry in data["trades"]}
            store.letters = [Letter(**entry) for entry in data["letters"]]
        return store

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and keep the change when the block ends."""
        with self._lock:
            yield
            del self.letters[:-KEPT_LETTERS]
            data = {
                "trades": [asdict(trade) for trade in self.trades.values()],
                "letters": [asdict(letter) for letter in self.letters],
            }
            fresh = self.path.with_suffix(".new")
            fresh.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
            fresh.replace(self.path)

    def catch(self, letter: Letter) -> None:
        """Keep one letter."""
        with self.changing():
            self.letters.append(letter)

    def trade_numbered(self, trade_no: str) -> Trade | None:
        """Find a trade by the cashier's own number."""
        with self._lock:
            return next((t for t in self.trades.values() if t.trade_no == trade_no), None)
