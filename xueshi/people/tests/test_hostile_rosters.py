"""A thousand hostile and broken spreadsheets: the house stays up, nothing leaves the child, nothing takes long."""

import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from xueshi.people.roster import child, columns, fields, limits
from xueshi.people.roster.checking_actions import words
from xueshi.people.tests import hostile, rosters

MANY = 1_000
AT_ONCE = 2
WITHIN = 10.0  # seconds for a file
MEMORY = 300  # megabytes, resident


def read(case: tuple[str, int, bytes]) -> tuple[str, int, str, float]:
    """What the house makes of a file: (kind, number, "read" or the code, seconds). Anything else is a crash."""
    name, number, data = case
    began = time.monotonic()
    try:
        sheet = child.read(data)
    except child.Unreadable as why:
        return name, number, why.code, time.monotonic() - began
    first = [cell or "" for cell in sheet.rows.row(0)[2:]]
    mapping = fields.recognised(first, {})
    if fields.missing(mapping):
        mapping = {key: place for place, key in enumerate(("name", "id_number", "phone")) if place < len(first)}
    if fields.missing(mapping):
        return name, number, "read", time.monotonic() - began
    around = columns.Around(date(2026, 6, 1), words(str(settings.POLICIES_DIR)), {}, {}, sheet.date1904)
    columns.check(sheet.rows, mapping, around)
    return name, number, "read", time.monotonic() - began


def test_a_thousand_hostile_files_are_read_or_refused_in_time() -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(read, hostile.files(MANY)))
    assert len(told) == MANY
    assert {name for name, *_ in told} == set(hostile.KINDS)
    assert [(name, n, took) for name, n, _, took in told if took > WITHIN] == []
    assert [(name, n) for name, n, code, _ in told if name in hostile.BOMBS and code == "read"] == []
    assert not Path("/tmp/xueshi-slip").exists()  # noqa: S108  where the files want to write
    codes = {code for *_, code, _ in told}
    assert {"read", "swells", "damaged", "odd-xml", "too-many-columns", "not-a-table", "old-or-locked"} <= codes


RUNNER = """
import json, os, subprocess, sys, time
for line in sys.stdin:
    began = time.monotonic()
    with open(line.strip(), "rb") as file, open(os.devnull, "wb") as out:
        child = subprocess.Popen([sys.executable, "-I", "-S", sys.argv[1]], stdin=file, stdout=out, env={}, cwd="/")
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = 0
    print(json.dumps([used.ru_maxrss // 1024, status, time.monotonic() - began]), flush=True)
"""


def test_no_kind_of_file_takes_more_than_its_memory(tmp_path: Path) -> None:
    """Seen from a small process: what Linux tells of a child includes what its parent held when it was started."""
    paths = []
    for name, make in hostile.KINDS.items():
        path = tmp_path / name
        path.write_bytes(make(random.Random(7))[: limits.MOST_BYTES + 1])
        paths.append(path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUNNER, str(child.READER)], check=True, capture_output=True, text=True,
        input="\n".join(map(str, paths)),
    )  # fmt: skip
    used = dict(zip(hostile.KINDS, map(json.loads, done.stdout.splitlines()), strict=True))
    assert {name: figures for name, figures in used.items() if figures[0] > MEMORY or figures[2] > WITHIN} == {}


GIVEN_UP = """
import sys
sys.path.insert(0, sys.argv[1])
from xueshi.people.roster import reading
import os, socket
reading.confine()
def fails(deed):
    try:
        deed()
    except (OSError, MemoryError) as why:
        return type(why).__name__
    return "done"
print(fails(lambda: open("/etc/hostname")), fails(lambda: open("/tmp/xueshi-probe", "w")),
      fails(socket.socket), fails(lambda: bytearray(400 * 2**20)), fails(lambda: os.write(1, b"")))
"""


def test_the_child_can_open_nothing_once_it_is_confined() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", GIVEN_UP, str(Path(__file__).parents[3])], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["OSError", "OSError", "OSError", "MemoryError", "done"]


def test_a_child_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(child, "READER", tmp_path / "slow.py")
    monkeypatch.setattr(limits, "PATIENCE", 0.3)
    with pytest.raises(child.Unreadable):
        child.read(b"x")


@pytest.mark.parametrize(
    "said", ["", "no json\n", "[]\n", '{"rows": 1}\n', '{"problem": "made-up"}\n', '{"columns": "x"}\n1,t,a\n']
)
def test_a_child_is_not_believed_beyond_its_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str) -> None:
    (tmp_path / "odd.py").write_text(f"print({said!r}, end='')\n")
    monkeypatch.setattr(child, "READER", tmp_path / "odd.py")
    with pytest.raises(child.Unreadable) as refused:
        child.read(b"x")
    assert refused.value.code == "damaged"


def test_a_good_roster_beside_them_is_read() -> None:
    sheet = child.read(rosters.workbook([rosters.row(n) for n in range(3)]))
    assert sheet.rows.height == 4
