"""``python -m sandbox``: the peers in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from sandbox.server import Sandbox


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8011)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--notify-url", default="", help="when a payment names none itself")
    parser.add_argument("--state-dir", type=Path, default=Path("var/sandbox"))
    asked = parser.parse_args()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    sandbox = Sandbox(
        state_dir=asked.state_dir,
        notify_url=asked.notify_url,
        port=asked.port,
        smtp_port=asked.smtp_port,
    )
    with sandbox:
        stopping.wait()


if __name__ == "__main__":
    main()
