"""The payment peer in tests: a real gateway on loopback, and notices under its real signature."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from sandbox.alipay import Alipay
from sandbox.server import Sandbox
from xueshi.payments.models import Order


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The peer, listening on ports of its own; it repeats a notice at once."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with Sandbox(state_dir=folder, intervals=(0.05, 0.1, 0.2)) as running:
        yield running


@pytest.fixture
def bank(sandbox: Sandbox, settings: LazySettings) -> Sandbox:
    """The peer, and the house set up to believe it."""
    settings.ALIPAY_GATEWAY = sandbox.gateway
    settings.ALIPAY_KEYS_DIR = sandbox.keys_dir
    return sandbox


Tell = Callable[..., dict[str, str]]


@pytest.fixture
def notice(bank: Sandbox) -> Tell:
    """`notice(order, total_amount="0.01")`: what the provider posts, truly signed after the changes."""

    def say(order: Order, **changes: str) -> dict[str, str]:
        alipay: Alipay = bank.alipay
        return alipay.seal(
            {
                "app_id": alipay.app_id,
                "charset": "utf-8",
                "gmt_payment": "2026-06-01 09:00:00",
                "notify_id": f"n-{order.number}",
                "notify_time": "2026-06-01 09:00:01",
                "notify_type": "trade_status_sync",
                "out_trade_no": order.number,
                "seller_id": alipay.seller_id,
                "total_amount": f"{order.amount:.2f}",
                "trade_no": f"2026060122001{order.pk:015d}",
                "trade_status": "TRADE_SUCCESS",
                "version": "1.0",
            }
            | changes
        )

    return say
