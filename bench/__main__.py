"""`make bench`: tables of figures, and var/bench.json; `python -m bench judging` takes one part alone.

`--quick` leaves out the cold start.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import columns, judging, people, roster, signin, snapshot
from bench.figures import Figure, table, write
from bench.visitor import Visitor
from demo import cast
from tools.house import BASE, House

LEARNERS = 50
SECONDS = 15


def main() -> int:
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or list(PARTS)
    figures: list[Figure] = []
    for name in names:
        found = PARTS[name]()
        print(table(found), flush=True)
        figures += found
    write(figures, BASE / "var" / "bench.json")
    return 0 if all(figure.met for figure in figures) else 1


def house() -> list[Figure]:
    """How quickly the house stands, and what its pages weigh and ask."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BASE / "var", ignore_cleanup_errors=True) as folder:
        if "--quick" not in sys.argv:
            figures.append(cold_start(Path(folder) / "cold"))
        house = House(Path(folder) / "var", {"XUESHI_DEMO_SCALE": "0.02"})
        with running(house):
            pass  # the first start seeds
        warm = house.start()
        try:
            figures += [Figure("warm start to first page", warm, "s", "the aim", 20), queries(house), *weight(house)]
            figures.append(memory(house))
        finally:
            house.stop()
    return figures


@contextmanager
def running(house: House) -> Iterator[None]:
    house.start()
    try:
        yield
    finally:
        house.stop()


def cold_start(folder: Path) -> Figure:
    """A fresh clone, empty caches, `make run`: until the first page."""
    subprocess.run(["git", "clone", "-q", str(BASE), str(folder)], check=True)
    house = House(folder / "var")
    caches = {"UV_CACHE_DIR": str(folder / "uv"), "npm_config_cache": str(folder / "npm"), "PIP_NO_CACHE_DIR": "1"}
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("XUESHI_") and k not in {"DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV"}
    }
    environment |= caches | {
        "XUESHI_PORT": str(house.port), "XUESHI_SANDBOX_PORT": str(house.sandbox_port),
        "XUESHI_SMTP_PORT": str(house.smtp_port),
    }  # fmt: skip
    house.var.mkdir(parents=True)
    began = time.monotonic()
    house.log = (house.var / "house.log").open("ab")
    house.process = subprocess.Popen(
        ["make", "run"], cwd=folder, env=environment, stdout=house.log, stderr=house.log, start_new_session=True
    )
    try:
        house.wait(600)
        return Figure("cold start to first page", time.monotonic() - began, "s", "the aim", 300)
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)


def queries(house: House) -> Figure:
    most = float(house.run("bench.queries").strip())
    return Figure("learner's home, queries", most, "queries", "the aim", 12)


def weight(house: House) -> list[Figure]:
    """What a first and a second visit to the learner's home carry over the wire, at the heaviest of all states."""
    seen = [_weigh(house, member) for member in cast.LEARNERS]
    return [
        Figure("learner's home, first visit", max(first for first, _ in seen) / 1024, "KB", "the aim", 80),
        Figure("learner's home, next visit", max(later for _, later in seen) / 1024, "KB", "the aim", 10),
    ]


def _weigh(house: House, member: cast.Member) -> tuple[int, int]:
    """Bytes on the wire: page with everything it asks for, and the page alone."""
    visitor = Visitor(house.url)
    visitor.signs_in(member.id_number, cast.PASSWORD)
    visitor.travelled = 0
    page = visitor.get("/learn/")
    later = visitor.travelled
    for part in visitor.parts_of(page.text):
        visitor.get(part)
    first = visitor.travelled
    visitor.close()
    return first, later


def memory(house: House) -> Figure:
    """The web processes' resident memory at its peak, while fifty learners walk about."""
    peak, over = 0, threading.Event()
    members = [cast.LEARNERS[n % len(cast.LEARNERS)] for n in range(LEARNERS)]
    faults: list[str] = []
    walkers = [threading.Thread(target=walk, args=(house, member, over, faults)) for member in members]
    for walker in walkers:
        walker.start()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        peak = max(peak, sum(process.memory_info().rss for process in house.web()))
        time.sleep(0.1)
    over.set()
    for walker in walkers:
        walker.join()
    if faults:
        raise RuntimeError(f"{len(faults)} requests failed: {faults[0]}")
    return Figure(f"web memory, {LEARNERS} learners", peak / 2**20, "MB", "the aim", 300)


def walk(house: House, member: cast.Member, over: threading.Event, faults: list[str]) -> None:
    visitor = Visitor(house.url)
    try:
        visitor.signs_in(member.id_number, cast.PASSWORD)
        while not over.is_set():
            for path in ("/learn/", "/learn/study/", "/learn/exams/", "/learn/documents/", "/learn/hours/"):
                answer = visitor.get(path)
                if answer.status_code >= 500:
                    faults.append(f"{path}: {answer.status_code}")
    except Exception as problem:
        faults.append(repr(problem))
    finally:
        visitor.close()


PARTS: Mapping[str, Callable[[], list[Figure]]] = {
    "judging": judging.figures,
    "columns": columns.figures,
    "snapshot": snapshot.figures,
    "people": people.figures,
    "roster": roster.figures,
    "signin": signin.figures,
    "house": house,
}

if __name__ == "__main__":
    raise SystemExit(main())
