"""Days of a column, in the shapes in which people and Excel write them. Polars, no database."""

from datetime import date

import polars as pl

_NOTHING = ["", "/", "-", "--", "—", "——", "无", "暂无", "没有"]
_FIRST_SERIAL, _LAST_SERIAL = 7_306, 73_050  # 1920 and 2099 as Excel counts from 1900
_1904 = 1_462  # days between the two ways of counting
_YMD = r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?$"
_TAIL = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$"


def _made(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Null where there is no such day."""
    text = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    return text.str.to_date("%Y-%m-%d", strict=False)


def days(cells: pl.DataFrame, today: date, *, date1904: bool) -> pl.DataFrame:
    """Days. Codes: date-ambiguous (3/4/2015, 15-7-1), date-no-day (2015.07), date-unclear, date-future.

    A number that Excel shows as a date is that date; 20150701 is one too, and 25/12/2015 can be nothing else.
    """
    number = pl.col("text").cast(pl.Float64, strict=False)
    numeric = (pl.col("kind") == "n") & number.is_not_null()
    plain = (
        pl.col("text")
        .str.normalize("NFKC")
        .str.strip_chars(" \t\r\n\u200b\ufeff'’")
        .str.replace_all(r"\s*([-/.年月])\s*", "${1}")
    )
    plain = plain.str.replace(r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?$", "")
    cells = cells.with_columns(plain=plain, number=pl.when(numeric).then(number))
    serial = pl.col("number") + (_1904 if date1904 else 0)
    counted = serial.is_between(_FIRST_SERIAL, _LAST_SERIAL)
    eight = pl.col("plain").str.contains(r"^[0-9]{8}(\.0+)?$")
    a, b, year = (pl.col("plain").str.extract(_TAIL, n) for n in (1, 2, 3))
    first, second = a.cast(pl.Int32, strict=False), b.cast(pl.Int32, strict=False)
    cells = cells.with_columns(
        found=pl.when(counted)
        .then(pl.lit(date(1899, 12, 30)) + pl.duration(days=serial.floor().cast(pl.Int64, strict=False)))
        .when(eight).then(pl.col("plain").str.slice(0, 8).str.to_date("%Y%m%d", strict=False))
        .otherwise(_made(*(pl.col("plain").str.extract(_YMD, n) for n in (1, 2, 3)))),
        turned=pl.when((first > 12) & (second <= 12)).then(_made(year, b, a))
        .when((second > 12) & (first <= 12)).then(_made(year, a, b))
        .when(first == second).then(_made(year, a, b)),
    )  # fmt: skip
    value = pl.coalesce("found", "turned")
    cells = cells.with_columns(value=value, code=_why(today, value))
    return cells.with_columns(
        value=pl.when(pl.col("code").is_null()).then(pl.col("value")),
        mend=pl.when(pl.col("code").is_null() & pl.col("found").is_null() & pl.col("turned").is_not_null())
        .then(pl.lit("date-turned"))
        .when(pl.col("code").is_null() & eight & (pl.col("kind") == "n")).then(pl.lit("date-digits")),
        fact=pl.lit(None, dtype=pl.String),
    ).select("row", "value", "code", "mend", "fact")  # fmt: skip


def _why(today: date, value: pl.Expr) -> pl.Expr:
    plain = pl.col("plain")
    return (
        pl.when(plain.is_null() | plain.is_in(_NOTHING)).then(None)
        .when(value > today).then(pl.lit("date-future"))
        .when(value.is_not_null()).then(None)
        .when(plain.str.contains(_TAIL) | plain.str.contains(r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}$"))
        .then(pl.lit("date-ambiguous"))
        .when(plain.str.contains(r"^(19|20)[0-9]{2}([-/.年][0-9]{1,2}月?|年|[0-9]{2})?$")).then(pl.lit("date-no-day"))
        .otherwise(pl.lit("date-unclear"))
    )  # fmt: skip
