"""Start a whole house of one's own (database, web, worker, sandbox) on free ports, for journeys and benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import psutil

BASE = Path(__file__).resolve().parent.parent


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class House:
    """One running house; `var` holds everything it keeps. Times are in seconds."""

    var: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    log: IO[bytes] | None = None

    def __post_init__(self) -> None:
        self.port, self.sandbox_port, self.smtp_port = free_ports(3)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def surroundings(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("XUESHI_")}
        return inherited | {
            "PYTHONPATH": str(BASE),
            "XUESHI_VAR": str(self.var),
            "XUESHI_PORT": str(self.port),
            "XUESHI_SANDBOX_PORT": str(self.sandbox_port),
            "XUESHI_SMTP_PORT": str(self.smtp_port),
            **self.environment,
        }

    def start(self, patience: float = 180) -> float:
        """Start and wait for the first page; returns how long it took."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.log = (self.var / "house.log").open("ab")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.serve"],
            cwd=BASE, env=self.surroundings(), stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip
        self.wait(patience)
        return time.monotonic() - began

    def wait(self, patience: float = 60) -> None:
        """Until the first page answers; RuntimeError with the log's end if it never does."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.process and self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError(f"the house did not come up:\n{self.words()[-4000:]}")

    def words(self) -> str:
        return (self.var / "house.log").read_text(encoding="utf8", errors="replace")

    def web(self) -> list[psutil.Process]:
        """The web server's processes."""
        parent = psutil.Process(int((self.var / "web.pid").read_text(encoding="utf8")))
        return [parent, *parent.children(recursive=True)]

    def kill_web(self) -> None:
        """SIGKILL the web server, all of it, in the middle of whatever it does; the supervisor starts it again."""
        for process in self.web():
            process.send_signal(signal.SIGKILL)

    def run(self, *command: str) -> str:
        """Run a Python module of ours inside this house, such as `run("demo", "seed")`."""
        address = self.database_url()
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=BASE, env=self.surroundings() | {"DATABASE_URL": address}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def database_url(self) -> str:
        """The address of this house's embedded database, while it runs."""
        lines = (self.var / "pg" / "postmaster.pid").read_text(encoding="utf8").splitlines()
        return f"postgresql://postgres:@/xueshi?host={lines[4].strip()}"

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.log:
            self.log.close()
