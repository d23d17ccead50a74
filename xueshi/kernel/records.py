"""Rows of PostgreSQL as columns: one value holds a whole block of rows, which NumPy reads without a loop.

Measured beside a binary COPY and beside ADBC on the same columns: 3.7 M rows a second, 2.6 and 2.2 (ADR 0013).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db.backends.utils import CursorWrapper

# How PostgreSQL sends a value, and what NumPy makes of it. None of them is ever null.
_SENT: Mapping[str, tuple[str, str]] = {
    "int8": ("int8send", ">i8"),
    "int4": ("int4send", ">i4"),
    "int2": ("int2send", ">i2"),
    "date": ("date_send", ">i4"),
}
_EPOCH = 10_957  # PostgreSQL counts days from 2000
FOREVER = np.iinfo(np.int32).max  # the day "infinity"


@dataclass(frozen=True)
class Column:
    """A column of a block: an SQL expression that is never null, and its type (int8, int4, int2 or date)."""

    sql: str
    kind: str


def block(
    cursor: CursorWrapper, columns: Mapping[str, Column], source: str, values: Sequence[object] = ()
) -> dict[str, npt.NDArray[Any]]:
    """The rows of `source` (FROM … WHERE …, with `values`) as arrays, in no order; a date as days since 1970.

    A block must stay below 1 GB: ask for it in pieces.
    """
    sent = " || ".join(f"{_SENT[column.kind][0]}({column.sql})" for column in columns.values())
    with psycopg.Cursor(cursor.connection) as raw:  # Django's own binds on this side, where nothing is binary
        raw.execute(f"SELECT string_agg({sent}, '') {source}", list(values), binary=True)
        held = (raw.pgresult and raw.pgresult.get_value(0, 0)) or b""
    rows = np.frombuffer(held, dtype=[(name, _SENT[column.kind][1]) for name, column in columns.items()])
    return {name: _native(rows[name], column.kind) for name, column in columns.items()}


def _native(column: npt.NDArray[Any], kind: str) -> npt.NDArray[Any]:
    native = column.astype(column.dtype.newbyteorder("="))
    if kind == "date":
        native[native != FOREVER] += _EPOCH
    return native
