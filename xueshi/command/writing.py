"""Results and problems as files: xlsx, csv or parquet by the ending of the name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from xueshi.command.population import Problem
from xueshi.command.speech import Stop, Two, Voice

ENDINGS = (".xlsx", ".csv", ".parquet")
SHEET_ROWS = 1_048_575  # below the headings, what a sheet can hold
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def check_ending(file: str) -> None:
    """Refuse, before the work is done, a file that could not be written."""
    path = Path(file)
    if path.suffix.lower() not in ENDINGS:
        raise Stop(
            Two("结果文件要以 {endings} 结尾：{file}", "the result ends in {endings}: {file}"),
            endings=" / ".join(ENDINGS),
            file=file,
        )
    if not path.parent.is_dir():
        raise Stop(Two("没有文件夹 {folder}。", "There is no folder {folder}."), folder=path.parent)
    if path.is_dir():
        raise Stop(Two("{file} 是文件夹，不能写成文件。", "{file} is a folder, not a file."), file=file)


def check_places(out: str | None, problems: str | None, given: Sequence[str | None]) -> None:
    """Refuse, before the work is done, what cannot be written, or would overwrite what was given."""
    for file in filter(None, (out, problems)):
        check_ending(file)
        if any(one and Path(one).exists() and Path(file).resolve() == Path(one).resolve() for one in given):
            said = Two(
                "{file} 是原始表格，不会覆盖；换一个文件名。",
                "{file} was given; it is not overwritten. Use another name.",
            )
            raise Stop(said, file=file)


def write(
    file: str, frame: pl.DataFrame, headings: Mapping[str, str], title: str, more: Sequence[Sequence[str]]
) -> None:
    """Write the rows; a workbook gets ``more`` (the summary) on a sheet of its own.

    Text that a spreadsheet program would take for a formula is kept as text. The file is whole or as it was:
    it is written aside and then renamed. Raises ``Stop`` where that cannot be.
    """
    path = Path(file)
    aside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        _write(aside, frame.rename({name: headings[name] for name in frame.columns}), title, more)
        aside.replace(path)
    except OSError as problem:
        said = Two("写不了 {file}：{why}", "{file} cannot be written: {why}")
        raise Stop(said, file=file, why=problem.strerror or str(problem)) from None
    finally:
        with suppress(OSError):
            aside.unlink()


def _write(path: Path, named: pl.DataFrame, title: str, more: Sequence[Sequence[str]]) -> None:
    if path.suffix.lower() == ".parquet":
        named.write_parquet(path)
    elif path.suffix.lower() == ".csv":
        path.write_bytes(b"\xef\xbb\xbf" + _harmless(named).write_csv().encode())
    else:
        _workbook(path, named, title, more)


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """An office program runs what begins like a formula; an apostrophe makes it text."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    active = {name: pl.any_horizontal(*(pl.col(name).str.starts_with(sign) for sign in _ACTIVE)) for name in texts}
    return frame.with_columns(
        pl.when(test).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, test in active.items()
    )


def _workbook(path: Path, frame: pl.DataFrame, title: str, more: Sequence[Sequence[str]]) -> None:
    with path.open("wb") as file:  # first, so that nothing is left half open where it cannot be
        book = _filled(frame, title, more)
        book.save(file)


def _filled(frame: pl.DataFrame, title: str, more: Sequence[Sequence[str]]) -> Workbook:
    book = Workbook(write_only=True)
    for number, start in enumerate(range(0, max(frame.height, 1), SHEET_ROWS), 1):
        sheet = book.create_sheet(title if number == 1 else f"{title} {number}")
        sheet.freeze_panes = "A2"
        for at, name in enumerate(frame.columns):
            sheet.column_dimensions[_column(at)].width = 40 if frame.schema[name] == pl.String and at > 6 else 16
        sheet.append(list(frame.columns))
        for row in frame.slice(start, SHEET_ROWS).iter_rows():
            sheet.append([_cell(sheet, value) for value in row])
    if more:
        sheet = book.create_sheet("汇总" if title != "result" else "summary")
        for line in more:
            sheet.append([_cell(sheet, value) for value in line])
    return book


def _column(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else "A" + chr(ord("A") + at - 26)


def _cell(sheet: Any, value: object) -> object:
    if isinstance(value, str) and value.startswith("="):
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        return cell
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def masked(text: str) -> str:
    """An identity number as it may be shown on a screen."""
    return f"{text[:4]}**********{text[-4:]}" if len(text) == 18 and text[:17].isdigit() else text


def problems(file: Path, found: Sequence[Problem], voice: Voice) -> None:
    """Everything that is wrong, one row each, to work through: which file, row and column, and what to write."""
    names = {
        "file": Two("文件", "file"),
        "row": Two("行", "row"),
        "column": Two("列", "column"),
        "value": Two("现在的内容", "value"),
        "problem": Two("问题", "problem"),
        "instead": Two("改成", "instead"),
    }
    frame = pl.DataFrame(
        {
            "file": [one.file for one in found],
            "row": [one.row for one in found],
            "column": [one.column for one in found],
            "value": [one.value for one in found],
            "problem": [voice.text(one.problem) for one in found],
            "instead": [voice.text(one.instead) for one in found],
        },
        schema={name: pl.Int64 if name == "row" else pl.String for name in names},
    )
    write(str(file), frame, {name: voice.text(said) for name, said in names.items()}, "problems", ())


def show(found: Sequence[Problem], voice: Voice, most: int = 20) -> None:
    """The first of them on the screen, identity numbers masked."""
    for one in found[:most]:
        voice.warn(
            Two(
                "  {file} 第 {row} 行 {column}：{value}　{problem}；{instead}",
                "  {file}, row {row}, {column}: {value}  {problem}; {instead}",
            ),
            file=one.file,
            row=one.row,
            column=one.column or "—",
            value=masked(one.value) or "—",
            problem=one.problem,
            instead=one.instead,
        )
    if len(found) > most:
        voice.warn(Two("  还有 {n} 处", "  and {n} more"), n=len(found) - most)
