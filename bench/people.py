"""A city of 1,000,000 people in 10,000 units of 100 counties: may one act, who is on a page, who is found.

`python -m bench.people [people units counties]` alone; in `make bench` as one of the figures. Its own database server.
Each is asked by the functions that the pages ask, of many counties, units and texts; what is told is the slowest but
one in twenty. The plans of the lists are looked at: whatever reads all people or all employments fails the run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Figure, table

PEOPLE, UNITS, COUNTIES = 1_000_000, 10_000, 100
TIMES = 7
TUNING = "max_connections = 40\nshared_buffers = 512MB\nmax_wal_size = 8GB\nfsync = off\nmaintenance_work_mem = 512MB\n"
LIMITS = {"act": 1.0, "page": 20.0, "search": 50.0}
TEXTS = {
    "one character": ("张", "伟", "王", "单"),
    "two characters": ("张伟", "李秀", "小龙", "欧阳"),
    "pinyin": ("zhangwei", "zhangs", "ouyang", "wei", "zs", "ly"),
    "last four of the ID": ("4711", "0815", "123X"),
    "unit": ("示例单位4711", "单位99"),
}
SCANS = ("Seq Scan on people_person", "Seq Scan on people_employment")


def figures(people: int = PEOPLE, units: int = UNITS, counties: int = COUNTIES) -> list[Figure]:
    """On a database server of its own, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-people-", ignore_cleanup_errors=True) as folder:
        found = _measured(Path(folder), people, units, counties)
    many = f"{people:,} people"
    return [
        Figure(f"{name}, {many}", value, "ms (p95)", f"median {middle:.2f}", LIMITS[kind])
        for name, (kind, middle, value) in found["times"].items()
    ] + [Figure(f"lists that read a whole table, {many}", float(found["scans"]), "lists", "the aim", 0)]


def _measured(folder: Path, people: int, units: int, counties: int) -> dict[str, Any]:
    from xueshi.kernel import database

    environment = os.environ | {
        "DATABASE_URL": database.ensure(folder / "pg", tuning=TUNING, name="bench_people"),
        "XUESHI_ENV": "test",
        "XUESHI_KEYS_DIR": str(folder / "keys"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.people", "--measure", str(people), str(units), str(counties)],
        env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(people: int, units: int, counties: int) -> dict[str, Any]:
    """Fill, then ask; what is asked first is asked once more, since a page is rarely the first of its day."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import names, population

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    with connection.cursor() as cursor:
        names.prepare(cursor)
    population.fill(people, 0, places=counties + 1, units=units, names=names.NAMES)
    print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
    times = {name: (kind, *_times(asked)) for name, (kind, asked) in _questions(people, units, counties).items()}
    return {"times": times, "scans": _scans(units, counties)}


def _times(asked: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds over what is asked, each at its quickest: the rest is the machine."""
    found = []
    for work in asked:
        work()
        took = []
        for _turn in range(TIMES):
            began = time.perf_counter()
            work()
            took.append((time.perf_counter() - began) * 1000)
        found.append(min(took))
    found.sort()
    return median(found), found[max(0, round(len(found) * 0.95) - 1)]


def _viewers(units: int, counties: int) -> dict[str, list[Any]]:
    """Officers of twenty counties, one of the city, clerks of twenty units."""
    from xueshi.people.viewer import Seat, Viewer

    def seated(role: str, organisation: int, kind: str, region: int, level: str) -> Viewer:
        return Viewer(1, "示例", role, (Seat(role, organisation, "示例", kind, str(region), level),))

    twenty = range(1, 21)
    return {
        "county": [seated("officer", 1, "county_hrss", 500102 + n * counties // 21, "county") for n in twenty],
        "city": [seated("officer", 1, "municipal_hrss", 50, "municipal")],
        "unit": [seated("unit_clerk", n * units // 21, "unit", 500102, "county") for n in twenty],
    }


def _questions(people: int, units: int, counties: int) -> dict[str, tuple[str, list[Callable[[], object]]]]:
    """What is asked under each name, and of which kind it is."""
    from functools import partial

    from xueshi.people import access, roll_queries
    from xueshi.people.models import Person

    viewers = _viewers(units, counties)
    found: dict[str, tuple[str, list[Callable[[], object]]]] = {}
    somebody = list(Person.objects.filter(pk__in=range(people // 2, people // 2 + 40)))
    for name, those in viewers.items():
        found[f"may one act, {name}"] = "act", [partial(access.can, those[0], "see", one) for one in somebody]
    for name, those in viewers.items():
        found[f"first page, {name}"] = "page", [partial(roll_queries.page_for, viewer) for viewer in those]
    city, marks = viewers["city"][0], [f"0-{n * people // 21}" for n in range(1, 21)]
    found["pages in the middle, city"] = "page", [partial(roll_queries.page_for, city, after=mark) for mark in marks]
    for name in ("county", "city"):
        for kind, texts in TEXTS.items():
            asked = [partial(roll_queries.page_for, viewers[name][0], text) for text in texts]
            found[f"search by {kind}, {name}"] = "search", list(asked)
    return found


def _scans(units: int, counties: int) -> int:
    """How many of the lists' statements read people or employments from end to end."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from xueshi.people import roll_queries

    wrong = 0
    for name, (viewer, *_others) in _viewers(units, counties).items():
        for text in ("", *(text for texts in TEXTS.values() for text in texts)):
            with CaptureQueriesContext(connection) as asked:
                roll_queries.page_for(viewer, text)
            for query in asked.captured_queries:
                with connection.cursor() as cursor:
                    cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), [])
                    plan = "\n".join(row[0] for row in cursor.fetchall())
                if any(scan in plan for scan in SCANS):
                    wrong += 1
                    print(f"{name}, {text}: {query['sql'][:300]}\n{plan}", file=sys.stderr)
    return wrong


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(*(int(word) for word in sys.argv[2:5]))))
        return
    sizes = [int(word) for word in sys.argv[1:4]] or [PEOPLE, UNITS, COUNTIES]
    print(table(figures(*sizes)))


if __name__ == "__main__":
    main()
