"""Whether the time of an answer tells who is registered: sign-ins that fail for four reasons, and codes asked for.

`python -m bench.signin [tries]` alone; in `make bench` as one of the figures. The real hasher, the real WSGI
application, its own database server. The kinds are tried in turns, in a random order within each round, so that
whatever the machine does meanwhile falls on all alike. Compared by Mann-Whitney's test and by the gap of the medians.
"""

import gc
import json
import logging
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Figure, table

TRIES = 500
EACH = 25  # numbers of each kind, so that no single row is warmer than others
LEAST_P, WIDEST_MS = 0.01, 5.0
KINDS = ("unknown", "wrong", "disabled", "merged")
PASSWORD = "一句自己记得住的话 2026"  # noqa: S105  of people who exist in this measurement alone
WRONG = {"password": "不是这一句话 2026"}


def figures(tries: int = TRIES) -> list[Figure]:
    """On a database server of its own; measured anew once: chance, or a busy machine, can part two that are alike."""
    found = _measured(tries)
    if any(one["p"] <= LEAST_P or one["gap"] > WIDEST_MS for one in found.values()):
        found = _measured(tries)
    shown = []
    for name, one in found.items():
        shown.append(Figure(f"{name}: gap of medians", one["gap"], "ms", f"{one['median']:.1f} ms itself", WIDEST_MS))
        shown.append(Figure(f"{name}: Mann-Whitney p", one["p"], "", "two alike by chance", LEAST_P, at_least=True))
    return shown


def _measured(tries: int) -> dict[str, dict[str, float]]:
    from xueshi.kernel import database

    with tempfile.TemporaryDirectory(prefix="bench-signin-", ignore_cleanup_errors=True) as folder:
        environment = os.environ | {
            "DATABASE_URL": database.ensure(Path(folder) / "pg", name="bench_signin"), "XUESHI_ENV": "test",
            "XUESHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.signin", "--measure", str(tries)],
            env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    measured: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return measured


def measure(tries: int) -> dict[str, dict[str, float]]:
    """In this process, against DATABASE_URL: each comparison with the unknown number."""
    import django

    django.setup()
    logging.disable(logging.WARNING)  # a line for each failure would be all that one reads
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0)
    with override_settings(PASSWORD_HASHERS=["xueshi.people.hashing.BoundedArgon2"]):
        numbers = scene(tries)
        visit = visitor()
        times = in_turns({kind: asks(visit, "/sign-in/", numbers[kind], **WRONG) for kind in KINDS}, tries)
        found = {f"sign-in, {kind} against unknown": compared(times["unknown"], times[kind]) for kind in KINDS[1:]}
        fresh = {
            kind: asks(visit, "/reset/", numbers[f"reset-{kind}"], channel="phone") for kind in ("unknown", "known")
        }
        times = in_turns(fresh, tries)
        found["code asked for, registered against unknown"] = compared(times["unknown"], times["known"])
    return found


def scene(tries: int) -> dict[str, list[str]]:
    """People of each kind in one county; the numbers to type, by kind."""
    from django.contrib.auth.hashers import make_password

    from xueshi.people import rules
    from xueshi.people.models import Account, Person, Region

    region = Region.objects.create(code="500103", name="渝中区")
    serial = count(1)
    hashed = make_password(PASSWORD)

    def number() -> str:
        n = next(serial)
        first = f"500199{date(1960 + n // 900, 3, 7):%Y%m%d}{n % 900:03d}"
        return first + rules.check_character(first)

    def person(**also: Any) -> str:
        typed = number()
        known = Person.objects.create(**_of(typed, region), **also)
        Account.objects.create(person=known, id_index=known.id_index, password=hashed)
        return typed

    numbers = {"unknown": [number() for _ in range(EACH)], "wrong": [person() for _ in range(EACH)]}
    into = Person.objects.order_by("pk")[0]
    numbers["disabled"], numbers["merged"] = (
        [person() for _ in range(EACH)], [person(merged_into=into) for _ in range(EACH)],
    )  # fmt: skip
    for typed in numbers["disabled"]:
        Account.objects.filter(id_index=_of(typed, region)["id_index"]).update(is_active=False)
    numbers["reset-unknown"] = [number() for _ in range(tries + 1)]
    numbers["reset-known"] = [person() for _ in range(tries + 1)]
    return numbers


def _of(typed: str, region: Any) -> dict[str, Any]:
    from xueshi.kernel import vault

    return {
        "name": "示例某人", "id_index": vault.index("id", typed), "id_cipher": vault.lock("id", typed),
        "id_tail_index": vault.index("id-tail", typed[-4:]), "id_masked": typed[:4] + "*" * 10 + typed[-4:],
        "sex": "female", "born_on": date(1980, 3, 7), "phone": "13800000000", "region": region,
        "registered_at": datetime.now(UTC),
    }  # fmt: skip


Visit = Callable[[str, dict[str, str]], None]


def visitor() -> Visit:
    """Posts a form to the WSGI application, each time from another address, so that no limit is reached."""
    import httpx

    from config.wsgi import application

    from_where = count(1)

    def client() -> httpx.Client:
        n = next(from_where)
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        return httpx.Client(
            transport=httpx.WSGITransport(app=application, remote_addr=address), base_url="http://testserver"
        )

    token = client().get("/sign-in/").cookies["csrftoken"]

    def visit(path: str, fields: dict[str, str]) -> None:
        with client() as browser:
            headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}"}
            answer = browser.post(path, data=fields, headers=headers)
            assert answer.status_code in {302, 422}, answer.status_code  # noqa: S101  a figure of something else

    return visit


def asks(visit: Visit, path: str, numbers: list[str], **also: str) -> Iterator[float]:
    """Milliseconds of one asking after the other, with the numbers in turn."""
    for n in count():
        fields = {"id_number": numbers[n % len(numbers)], **also}
        began = time.perf_counter()
        visit(path, fields)
        yield (time.perf_counter() - began) * 1000


def in_turns(kinds: dict[str, Iterator[float]], tries: int) -> dict[str, list[float]]:
    """Each kind so many times, one of each in a round; the first round is not counted."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = list(kinds)
    gc.collect()
    gc.freeze()
    for kind in order:
        next(kinds[kind])
    for _round in range(tries):
        random.shuffle(order)
        for kind in order:
            times[kind].append(next(kinds[kind]))
    return times


def compared(one: list[float], other: list[float]) -> dict[str, float]:
    return {"p": mann_whitney(one, other), "gap": abs(median(one) - median(other)), "median": median(one)}


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p of both being drawn from the same, by the normal approximation; times have no ties."""
    m, n = len(one), len(other)
    order = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_value, first) in enumerate(order, start=1) if first)
    u = ranks - m * (m + 1) / 2
    z = (u - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        print(table(figures(*(int(word) for word in sys.argv[1:]))))
