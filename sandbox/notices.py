"""Telling the merchant that a trade is paid: again and again until it answers "success"."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx

from sandbox.alipay import Alipay
from sandbox.store import Trade

# The real schedule is 4 min, 10 min, 10 min, 1 h, 2 h, 6 h, 15 h. Here in seconds.
INTERVALS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
PATIENCE = 10.0  # seconds for one answer

NoticeKind = Literal["repeat", "forged", "wrong-amount", "wrong-seller", "tampered"]


@dataclass
class Notifier:
    """Sends notices from threads of its own; ``delay`` seconds pass before the first one."""

    intervals: Sequence[float] = INTERVALS
    delay: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def tell(self, alipay: Alipay, trade: Trade) -> None:
        """Begin telling; returns at once."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._keep_telling, args=(alipay, trade), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep_telling(self, alipay: Alipay, trade: Trade) -> None:
        for wait in (self.delay, *self.intervals):
            if self.stopping.wait(wait) or trade.acknowledged:
                return
            answer = post(trade.notify_url, alipay.notice(trade))
            with alipay.store.changing():
                trade.notices_sent += 1
                trade.acknowledged = answer == "success"
            if trade.acknowledged:
                return

    def stop(self) -> None:
        """Stop telling; a trade that is not acknowledged is told again at the next start."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)


def post(address: str, params: dict[str, str]) -> str:
    """Post one notice and return the answer's text, or "" when nobody answers with 200."""
    try:
        answer = httpx.post(address, data=params, timeout=PATIENCE, trust_env=False)
    except httpx.HTTPError:
        return ""
    return answer.text if answer.status_code == 200 else ""


def altered(alipay: Alipay, trade: Trade, kind: NoticeKind) -> dict[str, str]:
    """A notice as it must not be believed (but for "repeat", which is merely heard again).

    forged: signed with nobody's key. tampered: a true signature under a changed amount.
    wrong-amount and wrong-seller: truly signed, and yet not what was agreed.
    """
    params = alipay.notice(trade)
    if kind == "forged":
        return params | {"sign": "A" * 342 + "=="}
    if kind == "tampered":
        return params | {"total_amount": "0.01"}
    if kind == "wrong-amount":
        return alipay.seal(params | {"total_amount": "0.01", "receipt_amount": "0.01"})
    if kind == "wrong-seller":
        return alipay.seal(params | {"seller_id": "2088999999999999"})
    return params
