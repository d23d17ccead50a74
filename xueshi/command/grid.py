"""A file of rows as text: xlsx and its like, csv in the encodings of offices, parquet.

Every cell becomes the text that a person sees in it; what it means is for ``cells``. The row of headings is found
below titles and merged cells; rows keep the number under which the spreadsheet program shows them.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from xueshi.command.cells import tidy
from xueshi.command.speech import Stop, Two

BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
TOP = 15  # rows in which the headings are looked for
_EXACT = 10**15  # from here on a spreadsheet keeps no longer every digit

Recognise = Callable[[str], bool]


@dataclass(frozen=True)
class Grid:
    """The rows below the headings. ``frame`` has a text column ``c0``, ``c1``, … per heading, and ``row``."""

    name: str
    headings: tuple[str, ...]
    frame: pl.DataFrame


def read(file: str, recognise: Recognise) -> Grid:
    """Read ``people.xlsx``, or a named sheet of it as ``people.xlsx#名单``.

    ``recognise`` says which headings are known. Raises ``Stop`` for a file that cannot be read as a table.
    """
    name, _, sheet = file.partition("#")
    path = Path(name)
    if not path.is_file():
        raise Stop(Two("没有找到文件 {file}。", "There is no file {file}."), file=name)
    ending = path.suffix.lower()
    if ending == ".parquet":
        return _parquet(path)
    if ending in TEXTS:
        return _text(path, recognise)
    if ending in BOOKS:
        rows = _book(path, sheet)
        return _below(path.name, rows, recognise)
    raise Stop(
        Two(
            "不认识文件类型“{ending}”。可用：xlsx、csv、parquet。",
            "{ending!r} is no known kind of file: xlsx, csv, parquet.",
        ),
        ending=ending,
    )


# ---- workbooks --------------------------------------------------------------------------------


def _book(path: Path, sheet: str) -> list[list[str | None]]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        shown = [one.name for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible]
        if sheet and sheet not in book.sheet_names:
            raise Stop(
                Two("{file} 里没有工作表“{sheet}”，有：{names}。", "{file} has no sheet {sheet!r} but: {names}."),
                file=path.name,
                sheet=sheet,
                names="、".join(book.sheet_names),
            )
        chosen = sheet or (shown or book.sheet_names)[0]
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except CalamineError as problem:
        raise Stop(Two("读不了 {file}：{why}", "{file} cannot be read: {why}"), file=path.name, why=problem) from None
    found = [[_shown(cell) for cell in row] for row in rows]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        for row, column, text in _uncomputed(path, chosen):
            if row < len(found) and column < len(found[row]) and found[row][column] is None:
                found[row][column] = text
    return found


def _shown(cell: object) -> str | None:
    """As the spreadsheet shows it; a number of which digits are lost as a power of ten."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) or None


_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(.*?)</c>', re.DOTALL)
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>")
_VALUE = re.compile(rb"<v>([^<]+)</v>")


def _uncomputed(path: Path, sheet: str) -> list[tuple[int, int, str]]:
    """Cells with an error, or with a formula and no result: the reader gives them as empty."""
    with zipfile.ZipFile(path) as archive:
        names = dict(re.findall(r'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"', _inside(archive, "workbook.xml")))
        parts = re.findall(r"<Relationship [^>]*>", _inside(archive, "_rels/workbook.xml.rels"))
        targets = {_attribute(part, "Id"): _attribute(part, "Target") for part in parts}
        target = targets.get(names.get(html.escape(sheet), ""), "").removeprefix("/xl/")
        data = archive.read(f"xl/{target}") if f"xl/{target}" in archive.namelist() else b""
    if b"<f" not in data and b't="e"' not in data:
        return []
    found = []
    for column, row, marks, inside in _CELL.findall(data):
        formula, value = _FORMULA.search(inside), _VALUE.search(inside)
        text = ""
        if b't="e"' in marks and value:
            text = value[1].decode()
        elif formula and not value:
            text = "=" + formula[1].decode()
        if text:
            found.append((int(row) - 1, _letters(column.decode()), text))
    return found


def _inside(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(f"xl/{name}").decode() if f"xl/{name}" in archive.namelist() else ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _letters(column: str) -> int:
    at = 0
    for letter in column:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


# ---- text -------------------------------------------------------------------------------------


def _text(path: Path, recognise: Recognise) -> Grid:
    text = _decoded(path)
    top = text[:100_000].splitlines()[:TOP]
    between = max(",\t;", key=lambda sign: max((line.count(sign) for line in top), default=0))
    first = [[cell or None for cell in row] for row in csv.reader(top, delimiter=between)]
    at, headings = _headings(path.name, first, recognise)
    names = [f"c{i}" for i in range(len(headings))]
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=between,
            has_header=False,
            skip_rows=at + 1,
            schema=dict.fromkeys(names, pl.String),
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:  # rows of different lengths: read with patience
        rows = [[cell or None for cell in row] for row in csv.reader(io.StringIO(text), delimiter=between)]
        return _below(path.name, rows, recognise)
    return Grid(path.name, headings, _numbered(frame, at + 2))


def _decoded(path: Path) -> str:
    """UTF-8 (with or without a mark), UTF-16 by its mark, else GB18030."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        raise Stop(
            Two("{file} 的编码不是 UTF-8 也不是 GB18030。请另存为 UTF-8。", "{file} is neither UTF-8 nor GB18030."),
            file=path.name,
        ) from None


# ---- parquet ----------------------------------------------------------------------------------


def _parquet(path: Path) -> Grid:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise Stop(Two("读不了 {file}：{why}", "{file} cannot be read: {why}"), file=path.name, why=problem) from None
    headings = tuple(frame.columns)
    texts = []
    for i, series in enumerate(frame.iter_columns()):
        if series.dtype.is_nested():
            said = Two(
                "{file} 的列“{column}”每格不止一个值。", "column {column!r} of {file} holds more than one value a cell."
            )
            raise Stop(said, file=path.name, column=series.name)
        texts.append(_as_text(series).alias(f"c{i}"))
    return Grid(path.name, headings, _numbered(pl.DataFrame(texts), 1))


def _as_text(series: pl.Series) -> pl.Series:
    if series.dtype.is_float():
        return series.map_elements(_shown, return_dtype=pl.String)
    return series.cast(pl.String)


# ---- headings ---------------------------------------------------------------------------------


def _below(name: str, rows: Sequence[Sequence[str | None]], recognise: Recognise) -> Grid:
    """The rows under the headings; cells beyond the last heading are kept in columns without one."""
    at, headings = _headings(name, rows[:TOP], recognise)
    body = rows[at + 1 :]
    wide = max([len(headings), *map(len, body)])
    columns = {f"c{i}": [row[i] if i < len(row) else None for row in body] for i in range(wide)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Grid(name, headings + ("",) * (wide - len(headings)), _numbered(frame, at + 2))


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("row"))


def _headings(name: str, top: Sequence[Sequence[str | None]], recognise: Recognise) -> tuple[int, tuple[str, ...]]:
    """The row with most known headings; where they take two rows, the lower one, with what stands above its gaps."""
    if not top:
        raise Stop(Two("{file} 是空的。", "{file} is empty."), file=name)
    known = [sum(recognise(cell) for cell in row if cell) for row in top]
    at = max(range(len(top)), key=lambda i: (known[i], -i))
    below = [cell for cell in top[at + 1] if cell] if at + 1 < len(top) else []
    if below and all(map(recognise, below)):
        at += 1
    row = [tidy(cell or "") for cell in top[at]]
    for i, above in enumerate(top[at - 1] if at else ()):
        if above and i < len(row) and not row[i] and recognise(above):
            row[i] = tidy(above)
    while row and not row[-1]:
        row.pop()
    return at, tuple(row)
