"""The child that reads a spreadsheet: bytes in by stdin, rows out by stdout, and nothing else in its reach.

Started by path as `python -I -S reading.py`: the standard library alone, so there is little to start and little to
attack. Before the first byte is looked at it gives up files, sockets, processes and most of its memory. The first line
that it says is JSON: what was found, or why it is unreadable (a code). Then one CSV line a row: the row as the
spreadsheet counts, the kinds of its cells, the cells as text.

Kinds: t text, n number, d date (ISO), b yes or no, e an error such as #N/A, and a blank for an empty cell.
"""

import codecs
import csv
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

if __name__ == "__main__":  # started by path, and -I leaves the house out
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from xueshi.people.roster import limits, sheets
from xueshi.people.roster.limits import MOST_CELL, MOST_COLUMNS, MOST_ROW, MOST_ROWS, MOST_TOLD
from xueshi.people.roster.sheets import Unreadable

Row = tuple[int, str, list[str]]  # number, kinds, cells
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = ",\t;|，"
_LOOKED_AT = 10  # lines; the first ones may be a title that no delimiter stands in
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000


def main() -> int:
    """Read, say, end. An exit status of 0 means that the first line tells all; nothing else may be believed."""
    confine()
    data = sys.stdin.buffer.read(limits.MOST_BYTES + 1)
    try:
        facts, rows = read(data)
        said, count, columns = written(rows)
    except Unreadable as why:
        return _say({"problem": why.code}, "")
    except MemoryError:
        return _say({"problem": "too-much"}, "")
    except sheets.DAMAGED:
        return _say({"problem": "damaged"}, "")
    names = ",".join(["row", "kinds", *(f"c{n}" for n in range(columns))])  # as wide as the widest row
    return _say({**facts, "rows": count, "columns": columns}, f"{names}\n{said}")


def _say(facts: dict[str, object], rows: str) -> int:
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    for start in range(0, len(rows), limits.MB):
        out.write(rows[start : start + limits.MB].encode("utf8", "replace"))
    out.flush()
    return 0


def confine() -> None:
    """Give up what a reader does not need. From here on no file, socket or process can be opened."""
    import ctypes
    import resource

    for encoding in ("utf-8-sig", "gb18030", "utf-16", "cp437"):
        codecs.lookup(encoding)  # loaded while files can still be opened
    zipfile.ZipFile(io.BytesIO(_EMPTY)).close()
    ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)  # where the system allows it; the rest holds without
    for kind, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr
    ):
        resource.setrlimit(kind, (most, most))


_EMPTY = b"PK\x05\x06" + bytes(18)  # an archive with nothing in it


def read(data: bytes) -> tuple[dict[str, object], Iterator[Row]]:
    """What is told of the whole, and the rows; raises Unreadable."""
    if len(data) > limits.MOST_BYTES:
        raise Unreadable("too-big")
    if data.startswith(_OLE):
        raise Unreadable("old-or-locked")  # .xls of 1997, or a workbook with a password
    if data.startswith(_ZIP):
        return sheets.workbook(data)
    return table(data)


def written(rows: Iterable[Row]) -> tuple[str, int, int]:
    """Rows as CSV, how many, and the most columns; rows without anything in them are left out."""
    out = io.StringIO()
    write: Callable[[Iterable[object]], object] = csv.writer(out, lineterminator="\n").writerow
    count = columns = 0
    for number, kinds, cells in rows:
        if not kinds.strip():
            continue
        count += 1
        if count > MOST_ROWS + 20:  # some lines above the heading
            raise Unreadable("too-many-rows")
        columns = max(columns, len(cells))
        write([number, kinds, *cells])
        if out.tell() > MOST_TOLD:
            raise Unreadable("too-much")
    if not count:
        raise Unreadable("empty")
    return out.getvalue(), count, columns


# ---- CSV -----------------------------------------------------------------------------------------------------------


def table(data: bytes) -> tuple[dict[str, object], Iterator[Row]]:
    """CSV as UTF-8, UTF-16 with its mark, or GB 18030; the delimiter that most of its first lines have."""
    text, encoding = _decoded(data)
    if "\0" in text:
        raise Unreadable("not-a-table")
    lines = text.splitlines()
    if max(map(len, lines), default=0) > MOST_ROW // 4:
        raise Unreadable("row-too-long")
    delimiter = _delimiter([line for line in lines[:100] if line.strip()][:_LOOKED_AT])
    del lines
    csv.field_size_limit(MOST_CELL * 10)
    return {"kind": "csv", "encoding": encoding, "date1904": False}, _lines(text, delimiter)


def _delimiter(lines: list[str]) -> str:
    """What stands in most lines; of several, that which each of its lines has most of."""
    counts = {mark: [n for n in (line.count(mark) for line in lines) if n] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (len(counts[mark]), min(counts[mark], default=0)))


def _decoded(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data[:4_096]:
        raise Unreadable("not-a-table")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def _lines(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
                raise Unreadable("too-many-columns")
            kept = [cell[:MOST_CELL] for cell in cells[:MOST_COLUMNS]]
            yield number, "".join("t" if cell.strip() else " " for cell in kept), kept
    except csv.Error as why:  # a quotation mark that never ends
        raise Unreadable("not-a-table") from why


if __name__ == "__main__":
    sys.exit(main())
