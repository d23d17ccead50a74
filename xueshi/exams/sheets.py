"""Question sheets as files: read a spreadsheet within bounds, write one. No Django, no database.

What comes from outside is measured before it is parsed, by what it declares and by what it unpacks to, and
is read row by row: neither a small file that swells nor a merge over a million cells takes more than its share.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from xml.etree import ElementTree

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from xueshi.exams.rules import COLUMNS, Cell, SheetRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5 * 1024 * 1024  # as sent
MOST_UNPACKED = 40 * 1024 * 1024  # all parts together, counted
MOST_PARTS = 500
MOST_ROWS = 5000
MOST_COLUMNS = 60  # beyond these nothing is read
MOST_MERGES = 1000

# What damaged archives and XML make of the readers: bad packing, a part or an encoding that is not there,
# a password (RuntimeError), XML that is none (SyntaxError), numbers and places that are none (ValueError).
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    RuntimeError,
    OSError,
    EOFError,
)

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:$]+)[\"']")
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Unreadable(ValueError):
    """The file as a whole cannot be used: a stable code and the facts its sentence names."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read(data: bytes) -> list[SheetRow]:
    """The rows below the heading of the first sheet; raises Unreadable.

    A merged, computed, broken or dated cell is told in `Cell.odd`; a number typed as 1.0 reads "1".
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("too_big", most=MOST_BYTES // 1024 // 1024)
    first = _unpacked(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))
        book.close()
    except DAMAGED as problem:
        raise Unreadable("not_xlsx") from problem
    head = [_cell(cell).text.strip() for cell in rows[0]] if rows else []
    _check_head(head)
    merged = _merged(first)
    places = {name: n for n, name in enumerate(head) if name in COLUMNS}
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {
            name: Cell(_cell(row[n]).text, "merged") if (number, n + 1) in merged else _cell(row[n])
            for name, n in places.items()
            if n < len(row)
        }
        if any(cell.text.strip() or cell.odd for cell in cells.values()):
            found.append(SheetRow(number, cells))
    if len(rows) > MOST_ROWS + 1 and any(row.number > MOST_ROWS + 1 for row in found):
        raise Unreadable("too_many_rows", most=MOST_ROWS)
    if not found:
        raise Unreadable("no_rows")
    return found


def _unpacked(data: bytes) -> bytes:
    """Go through the archive within bounds; give the XML of the first sheet."""
    try:
        return _first_xml(data)
    except Unreadable:
        raise
    except DAMAGED as problem:
        raise Unreadable("not_xlsx") from problem


def _first_xml(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable("swells")
        names = {part.filename for part in parts}
        if not {_WORKBOOK, _RELATIONS} <= names:
            raise Unreadable("not_xlsx")
        left = MOST_UNPACKED
        for part in parts:
            left -= _count(archive, part, left)
        return archive.read(_first_sheet(archive.read(_WORKBOOK), archive.read(_RELATIONS)))


def _count(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """The true size of a part; refuses document types, in which entities could hide."""
    size, head = 0, b""
    with archive.open(part) as stream:
        while block := stream.read(65536):
            size += len(block)
            if size > most:
                raise Unreadable("swells")
            if part.filename.endswith((".xml", ".rels")):
                # UTF-16 would hide a document type from the search.
                hidden = not head and block[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}
                if hidden or b"<!DOCTYPE" in head + block:
                    raise Unreadable("not_xlsx")
            head = block[-16:]
    return size


def _first_sheet(workbook: bytes, relations: bytes) -> str:
    sheets = ElementTree.fromstring(workbook).find(f"{_MAIN}sheets")  # noqa: S314  no document type, see _count
    first = sheets[0].get(_REL_ID) if sheets is not None and len(sheets) else None
    for relation in ElementTree.fromstring(relations):  # noqa: S314
        if relation.get("Id") == first:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(first)


def _merged(sheet: bytes) -> set[tuple[int, int]]:
    """The (row, column) of every merged cell that could matter, never more than we would read."""
    found: set[tuple[int, int]] = set()
    for n, match in enumerate(_MERGE.finditer(sheet)):
        if n >= MOST_MERGES:
            raise Unreadable("too_many_merges", most=MOST_MERGES)
        left, top, right, bottom = range_boundaries(match[1].decode().replace("$", ""))
        if None in (left, top, right, bottom):
            continue
        for row in range(top or 1, min(bottom or 1, MOST_ROWS + 1) + 1):
            found.update((row, column) for column in range(left or 1, min(right or 1, len(COLUMNS) + 4) + 1))
        if len(found) > MOST_ROWS * 20:
            raise Unreadable("too_many_merges", most=MOST_MERGES)
    return found


def _check_head(head: Sequence[str]) -> None:
    named = [name for name in head if name and name != REASON]
    if missing := [name for name in COLUMNS if name not in named]:
        raise Unreadable("missing_columns", columns="、".join(missing))
    if strange := [name[:20] for name in named if name not in COLUMNS]:
        raise Unreadable("strange_columns", columns="、".join(strange[:5]))
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise Unreadable("columns_twice", columns="、".join(twice))


def _cell(cell: object) -> Cell:
    """A cell of openpyxl as text. Whole numbers lose their ".0"; what is no plain value is told."""
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if value is None:
        return Cell()
    if kind == "f":
        return Cell(str(value), "formula")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, date | time | timedelta):
        return Cell(str(value), "date")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)))
    return Cell(str(value))


REASON = "退回原因"  # beside our columns in a sheet of rejected rows; ignored when it comes back
WIDTHS = (14, 8, 52, 24, 24, 24, 24, 24, 8, 52, 8, 60)
EXAMPLES = (
    (
        "例-1",
        "单选",
        "把创新看作生产要素“新组合”的经济学家是",
        "吉尔福特",
        "熊彼特",
        "阿奇舒勒",
        "",
        "",
        "B",
        "可以不填",
        1,
    ),
    ("例-2", "多选", "下列各项中，属于“新组合”的有", "新产品", "新市场", "减员", "新组织", "", "ABD", "全对才得分", 1),
    ("例-3", "判断", "发明就是创新。", "", "", "", "", "", "错误", "判断题不用填选项", 1),
)


def write(rows: Iterable[Sequence[str | int]], *, also: Sequence[str] = ()) -> bytes:
    """A sheet with our heading (and `also` to its right), one row to a question, as xlsx.

    Everything is text: what looks like a formula stays what was typed.
    """
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "题库"
    for number, row in enumerate([(*COLUMNS, *also), *rows], start=1):
        for place, value in enumerate(row, start=1):
            if value in ("", None):
                continue
            cell = sheet.cell(number, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True, color="FFFFFF")
                cell.fill = PatternFill("solid", fgColor="0B5C57")
    for place, width in enumerate(WIDTHS[: len(COLUMNS) + len(also)], start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template() -> bytes:
    """The sheet to fill in, with three examples."""
    return write(EXAMPLES)
