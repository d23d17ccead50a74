"""Identity numbers and phones of a column: what Excel did to them undone where that is certain. Polars, no database.

A function takes cells (row, text, kind) and gives them back with `value`, `code` where the cell is refused, `mend`
where damage was undone, and `fact` that a sentence names: never the number itself.
"""

from datetime import date

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
# Blanks of every kind, and the apostrophe by which Excel marks a text.
BLANKS = r"[\s\x{200B}-\x{200F}\x{2060}\x{FEFF}]"
_APOSTROPHE = r"^['’‘`]"
_SCIENTIFIC = r"^[0-9](\.[0-9]+)?E\+?[0-9]{1,3}$"


def tidy(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.replace_all(BLANKS, "").str.replace(_APOSTROPHE, "")


def whole(text: pl.Expr) -> pl.Expr:
    """A number cell as its digits; null where it is no whole number. Exact below 2**53."""
    number = text.cast(pl.Float64, strict=False)
    return pl.when((number >= 0) & (number < 2**53) & (number.floor() == number)).then(
        number.cast(pl.Int64, strict=False).cast(pl.String)
    )


def identity(cells: pl.DataFrame, today: date) -> pl.DataFrame:
    """Numbers of 18 places; also `born` and `sex`. Codes: id-missing, id-number-cell, id-scientific, id-length,
    id-characters, id-birth, id-future, id-check (`fact`: the check character it should be)."""
    lost = (pl.col("kind") == "n") & (pl.col("text").cast(pl.Float64, strict=False) >= 1e15)
    lost |= (pl.col("kind") != "n") & pl.col("plain").str.contains(r"^[0-9]{16,18}\.0*$")
    typed = pl.when(pl.col("kind") == "n").then(whole(pl.col("text"))).otherwise(
        pl.col("plain").str.replace(r"^([0-9]{15})\.0+$", "${1}")
    )  # fmt: skip
    cells = cells.with_columns(plain=tidy(pl.col("text")).str.to_uppercase())
    cells = cells.with_columns(lost=lost.fill_null(False), typed=typed)
    short = pl.col("places") == 15
    cells = cells.with_columns(places=pl.col("typed").str.len_chars()).with_columns(
        body=pl.when(short)
        .then(pl.col("typed").str.slice(0, 6) + "19" + pl.col("typed").str.slice(6))
        .otherwise(pl.col("typed").str.slice(0, 17)),
        sound=pl.col("typed").str.contains(r"^([0-9]{15}|[0-9]{17}[0-9X])$"),
    )
    digits = pl.col("body").cast(pl.Int64, strict=False)
    remainder = pl.sum_horizontal(*((digits // 10 ** (16 - n) % 10) * w for n, w in enumerate(WEIGHTS))) % 11
    cells = cells.with_columns(
        right=remainder.replace_strict(dict(enumerate(CHECKS)), default=None, return_dtype=pl.String),
        born=pl.col("body").str.slice(6, 8).str.to_date("%Y%m%d", strict=False),
        odd=pl.col("body").str.slice(16, 1).is_in(list("13579")),
    )
    cells = cells.with_columns(code=_why(today), fact=pl.lit(None, dtype=pl.String))
    cells = cells.with_columns(
        fact=pl.when(pl.col("code") == "id-check").then(pl.col("right"))
        .when(pl.col("code") == "id-length").then(pl.col("places").cast(pl.String)),
        value=pl.when(pl.col("code").is_null()).then(pl.col("body") + pl.col("right")),
        mend=pl.when(short).then(pl.lit("id-15"))
        .when((pl.col("kind") != "n") & (pl.col("plain") != pl.col("text"))).then(pl.lit("id-tidied")),
        sex=pl.when(pl.col("odd")).then(pl.lit("male")).otherwise(pl.lit("female")),
    )  # fmt: skip
    return cells.select("row", "value", "code", "mend", "fact", "born", "sex", "places")


def _why(today: date) -> pl.Expr:
    wrong = (pl.col("places") == 18) & (pl.col("typed").str.slice(17, 1) != pl.col("right"))
    return (
        pl.when(pl.col("plain").is_null() | (pl.col("plain") == "")).then(pl.lit("id-missing"))
        .when(pl.col("lost")).then(pl.lit("id-number-cell"))
        .when(pl.col("plain").str.contains(_SCIENTIFIC) & (pl.col("kind") != "n")).then(pl.lit("id-scientific"))
        .when(pl.col("typed").is_null()).then(pl.lit("id-characters"))
        .when(~pl.col("places").is_in([15, 18])).then(pl.lit("id-length"))
        .when(~pl.col("sound")).then(pl.lit("id-characters"))
        .when(pl.col("born").is_null()).then(pl.lit("id-birth"))
        .when(pl.col("born") > today).then(pl.lit("id-future"))
        .when(wrong).then(pl.lit("id-check"))
    )  # fmt: skip


def phone(cells: pl.DataFrame) -> pl.DataFrame:
    """Mobile numbers of 11 digits. 1.3800138000E+10 names all of them; 1.38E+10 has lost some: phone-scientific."""
    plain = tidy(pl.col("text")).str.to_uppercase().str.replace_all(r"[-‐–—()]", "")
    cells = cells.with_columns(plain=plain.str.replace(r"^(\+86|0086)", ""))
    full = pl.col("plain").str.contains(r"^1\.[0-9]{10}E\+?10$") | pl.col("plain").str.contains(r"^1[0-9]{10}\.0+$")
    number = pl.when((pl.col("kind") == "n") | full).then(whole(pl.col("plain"))).otherwise(pl.col("plain"))
    cells = cells.with_columns(typed=number, full=full & (pl.col("kind") != "n"))
    good = pl.col("typed").str.contains(r"^1[3-9][0-9]{9}$")
    code = (
        pl.when(pl.col("plain").is_null() | pl.col("plain").is_in(["", "/", "无", "-"])).then(None)
        .when(good).then(None)
        .when(pl.col("plain").str.contains(_SCIENTIFIC)).then(pl.lit("phone-scientific"))
        .otherwise(pl.lit("phone"))
    )  # fmt: skip
    return cells.with_columns(
        code=code,
        value=pl.when(good).then(pl.col("typed")),
        mend=pl.when(good & pl.col("full")).then(pl.lit("phone-restored")),
        fact=pl.lit(None, dtype=pl.String),
    ).select("row", "value", "code", "mend", "fact")
