"""Have a spreadsheet read by a child that can do nothing else, and take its rows as a table."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from xueshi.people.roster import limits

READER = Path(__file__).with_name("reading.py")
_CODES = frozenset(
    {"too-big", "too-much", "too-many-rows", "too-many-columns", "row-too-long", "swells", "damaged", "odd-xml",
     "old-or-locked", "not-a-table", "encoding", "empty"}
)  # fmt: skip
_MOST = 3 * limits.MOST_TOLD


class Unreadable(Exception):
    """The file as a whole cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """Rows as they stand: row (as the spreadsheet counts), kinds, c0, c1, … as text, null where there is nothing."""

    rows: pl.DataFrame
    date1904: bool


def read(data: bytes) -> Sheet:
    """The rows of the first sheet, or of a CSV file; raises Unreadable. Takes `limits.PATIENCE` seconds at most."""
    first, rows = _asked(data)
    try:
        facts = json.loads(first)
        if "problem" in facts:
            raise Unreadable(facts["problem"] if facts["problem"] in _CODES else "damaged")
        columns = min(int(facts["columns"]), limits.MOST_COLUMNS)
        names = ["row", "kinds", *(f"c{n}" for n in range(columns))]
        table = pl.read_csv(
            rows, has_header=True, schema=dict.fromkeys(names, pl.String), truncate_ragged_lines=True,
            raise_if_empty=False,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as why:
        raise Unreadable("damaged") from why
    return Sheet(table.with_columns(pl.col("row").cast(pl.UInt32)), bool(facts.get("date1904")))


def _asked(data: bytes) -> tuple[bytes, bytes]:
    """The child's first line, and what follows. A child that ends otherwise than well has not read the file."""
    with _unnamed(data) as source:
        child = subprocess.Popen(  # noqa: S603  our own file
            [sys.executable, "-I", "-S", str(READER)],
            stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
    late = threading.Timer(limits.PATIENCE, child.kill)
    late.start()
    try:
        with child, child.stdout as out:  # type: ignore[union-attr]  # asked for above
            first, rows = out.readline(1_000), _at_most(out, child)
    finally:
        late.cancel()
    if child.returncode != 0:
        raise Unreadable("too-much")
    return first, rows


def _unnamed(data: bytes) -> IO[bytes]:
    """The bytes as a file in memory that has no name and touches no disk."""
    file = os.fdopen(os.memfd_create("roster", os.MFD_CLOEXEC), "w+b")
    file.write(data)
    file.seek(0)
    return file


def _at_most(out: IO[bytes], child: "subprocess.Popen[bytes]") -> bytes:
    said = out.read(_MOST + 1)
    if len(said) > _MOST:
        child.kill()
        return b""
    return said
