import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import pytest

from sandbox import Sandbox
from xueshi.payments.alipay import AlipayMerchant

FAST = (0.05, 0.05, 0.05, 0.05)  # seconds between notices


class Shop:
    """A merchant's side of the wire: keeps each notice and answers what it is told to answer."""

    def __init__(self):
        self.notices, self.answers = [], []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                shop.notices.append(dict(parse_qsl(body, keep_blank_values=True)))
                answer = shop.answers.pop(0) if shop.answers else "success"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notice"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def hears(self, number):
        """Wait until so many notices have come."""
        wait_until(lambda: len(self.notices) >= number)
        return self.notices


def wait_until(true, seconds=5):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.stop()


@pytest.fixture
def sandbox(tmp_path, shop):
    with Sandbox(state_dir=tmp_path, notify_url=shop.url, intervals=FAST) as sandbox:
        yield sandbox


@pytest.fixture
def merchant(sandbox, shop):
    def pem(name):
        return (sandbox.keys_dir / f"{name}.pem").read_text()

    return AlipayMerchant(
        app_id="2021000000000000",
        seller_id="2088000000000000",
        gateway=sandbox.gateway,
        private_key=pem("merchant_private"),
        alipay_public_key=pem("alipay_public"),
        notify_url=shop.url,
        return_url="http://127.0.0.1:9/paid?order=1",
    )


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def pay_url(merchant, now):
    """The cashier's address for an order of 70 yuan."""

    def make(number="O1", amount=Decimal("70"), **more):
        wishes = {"subject": "2010年度公需科目学习", "at": now} | more
        return merchant.page_pay_url(order_number=number, amount=amount, **wishes)

    return make
