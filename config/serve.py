"""`make run`: the whole house on one machine, in the foreground, until Ctrl-C.

Starts the embedded PostgreSQL (unless DATABASE_URL is given), migrates, fills the demo once, then keeps four
children alive: the sandbox peers (payment, texts, mail), the web server, and the worker of the queue.
"""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xueshi.kernel import database

BASE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("XUESHI_VAR", BASE / "var"))
HOST = "127.0.0.1"
PORT = int(os.environ.get("XUESHI_PORT", "8000"))
SANDBOX_PORT = int(os.environ.get("XUESHI_SANDBOX_PORT", "8011"))
SMTP_PORT = int(os.environ.get("XUESHI_SMTP_PORT", "8025"))
RESTART_AFTER = 0.5  # seconds before a fallen child is started again
GIVE_UP_AFTER = 5  # falls within a minute

Command = list[str]


def say(words: str) -> None:
    print(words, flush=True)


@contextmanager
def step(words: str) -> Iterator[None]:
    """Print what is being done, and how long it took."""
    began = time.monotonic()
    print(f"· {words} …", end="", flush=True)
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def main() -> int:
    fresh = os.environ.get("FRESH") == "1"
    VAR.mkdir(parents=True, exist_ok=True)
    refuse_if_busy()
    if fresh:
        with step("begin anew"):
            for name in ("pg", "files", "keys", "sandbox", "demo"):
                shutil.rmtree(VAR / name, ignore_errors=True)
    surroundings()
    with step("database"):
        address = database.url(VAR)
    os.environ["DATABASE_URL"] = address
    with step("tables"):
        run([sys.executable, "manage.py", "migrate", "--verbosity", "0"])
    collect_static()
    children = Children()
    try:
        children.start("sandbox", sandbox())
        wait_for(SANDBOX_PORT)
        run([sys.executable, "-m", "demo", "seed"])
        children.start("web", web())
        children.start("worker", worker())
        wait_for(PORT)
        run([sys.executable, "-m", "demo", "sign-ins"])
        sandbox_pages = f"http://{HOST}:{SANDBOX_PORT}"
        say(f"\n学时  http://{HOST}:{PORT}/      inbox  {sandbox_pages}/inbox      codes  {sandbox_pages}/codes")
        say("stop: Ctrl-C\n")
        return children.keep()
    finally:
        children.stop()


def refuse_if_busy() -> None:
    """Say who is in the way, instead of failing half-way."""
    for port, name in (
        (PORT, "XUESHI_PORT"),
        (SANDBOX_PORT, "XUESHI_SANDBOX_PORT"),
        (SMTP_PORT, "XUESHI_SMTP_PORT"),
    ):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                raise SystemExit(
                    f"Port {port} is taken, perhaps by another `make run`. Stop that one, or set {name} to a free port."
                )


def surroundings() -> None:
    """The demo's addresses, for every child, unless given; and what keeps the web process small."""
    # Without these glibc keeps the memory of every hashed password, once for each thread.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "131072")
    os.environ.setdefault("XUESHI_SITE_URL", f"http://{HOST}:{PORT}")
    os.environ.setdefault("XUESHI_SMTP_PORT", str(SMTP_PORT))
    os.environ.setdefault("XUESHI_SMS_ENDPOINT", f"http://{HOST}:{SANDBOX_PORT}/sms/")
    os.environ.setdefault("XUESHI_ALIPAY_GATEWAY", f"http://{HOST}:{SANDBOX_PORT}/gateway.do")
    os.environ.setdefault("XUESHI_ALIPAY_ORIGIN", f"http://{HOST}:{SANDBOX_PORT}")


def run(command: Command) -> None:
    if subprocess.run(command, cwd=BASE, check=False).returncode:
        raise SystemExit(f"`{' '.join(command[1:])}` failed; its words stand above.")


def collect_static() -> None:
    """Hash and compress the static files, when one of them has changed."""
    stamp = VAR / "static" / ".stamp"
    found = fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf8") == found:
        return
    with step("static files, hashed and compressed"):
        run([sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"])
        stamp.write_text(found, encoding="utf8")


def fingerprint() -> str:
    """Changes when any static source does."""
    folders = [BASE / "var" / "assets", *sorted((BASE / "xueshi").glob("web/*/static"))]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sandbox() -> Command:
    return [
        sys.executable, "-m", "sandbox", "--port", str(SANDBOX_PORT), "--smtp-port", str(SMTP_PORT),
        "--notify-url", f"http://{HOST}:{PORT}/exchange/alipay/notice", "--state-dir", str(VAR / "sandbox"),
    ]  # fmt: skip


def web() -> Command:
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "config.asgi:application", "--host", HOST,
        "--port", str(PORT), "--workers", "1", "--no-ws", "--log-level", "warning", "--backlog", "1024",
    ]  # fmt: skip


def worker() -> Command:
    return [sys.executable, "manage.py", "procrastinate", "worker", "--concurrency", "2"]


class Children:
    """Processes that are started again when they fall, and stopped together."""

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.falls: dict[str, list[float]] = {}

    def start(self, name: str, command: Command) -> None:
        self.commands[name] = command
        environment = os.environ | {"PYTHONPATH": str(BASE)}
        self.running[name] = subprocess.Popen(command, cwd=BASE, env=environment, start_new_session=True)
        (VAR / f"{name}.pid").write_text(str(self.running[name].pid), encoding="utf8")

    def keep(self) -> int:
        """Watch until a signal comes; 1 if a child cannot be kept alive."""
        asked: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, frame: asked.append(number))
        while not asked:
            time.sleep(0.2)
            for child, process in list(self.running.items()):
                if process.poll() is not None and not self._again(child):
                    return 1
        return 0

    def _again(self, name: str) -> bool:
        now = time.monotonic()
        self.falls[name] = [at for at in self.falls.get(name, []) if now - at < 60] + [now]
        if len(self.falls[name]) > GIVE_UP_AFTER:
            say(f"{name} has fallen {GIVE_UP_AFTER} times within a minute; giving up.")
            return False
        say(f"{name} fell (exit {self.running[name].returncode}); starting it again.")
        with suppress(ProcessLookupError):  # its own children must not keep the port
            os.killpg(self.running[name].pid, signal.SIGKILL)
        time.sleep(RESTART_AFTER)
        self.start(name, self.commands[name])
        return True

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in self.running:
            (VAR / f"{name}.pid").unlink(missing_ok=True)


def wait_for(port: int, seconds: float = 30) -> None:
    """Wait until something listens; SystemExit if nothing does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"Nothing answered on port {port} within {seconds:.0f} seconds; see the words above.")


if __name__ == "__main__":
    raise SystemExit(main())
