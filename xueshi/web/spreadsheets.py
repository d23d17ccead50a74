"""Tables as files: the same headings and rows as CSV (streamed, of any length) or as a workbook."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Cell = str | int | Decimal | None
Row = Sequence[Cell]
Sheet = tuple[str, Row, Iterable[Row]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = ("csv", "xlsx")
MOST_XLSX = 20_000  # rows of a workbook that somebody waits for; CSV has no limit
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # wide ones too: some spreadsheets compute them
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no workbook may hold


def csv_file(name: str, heading: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """A CSV file that opens in a spreadsheet as it is: with a byte-order mark, and no cell that is a formula."""
    response = StreamingHttpResponse(_lines(heading, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or ""
    return response


def _lines(heading: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    with translation.override(translation.get_language()):
        buffer = io.StringIO()
        write = csv.writer(buffer).writerow
        yield b"\xef\xbb\xbf"
        write([_harmless(cell) for cell in heading])
        for row in rows:
            write([_harmless(cell) for cell in row])
            if buffer.tell() > 32_768:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    """A name that begins like a formula is a name: a spreadsheet must not compute it."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return format(cell, "f") if isinstance(cell, Decimal) else cell


def xlsx_file(name: str, sheets: Iterable[Sheet]) -> FileResponse:
    """A workbook: texts are texts, hours are numbers, the first row is bold and stays in sight."""
    book = Workbook(write_only=True)
    for title, heading, rows in sheets:
        sheet: Any = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        cells = [_text(sheet, str(cell)) for cell in heading]
        for cell in cells:
            cell.font = Font(bold=True)
        sheet.append(cells)
        for row in rows:
            sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=_NO_CHARACTER.sub("", text))
    cell.data_type = "s"  # also where it begins with "="
    return cell
