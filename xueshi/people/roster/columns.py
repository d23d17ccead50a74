"""All cells of a roster at once: what each means, which are refused and why, which were mended. Polars, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from xueshi.people.roster import days, fields, numbers
from xueshi.policy.words import Word

# Characters that GB 18030 once kept at places of private use, and Unicode has since (GB 18030-2022, annex).
RARE = dict(
    zip(
        map(chr, (0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE831, 0xE832, 0xE83B, 0xE843, 0xE854,
                  0xE855, 0xE864, 0xE863)),
        map(chr, (0x20087, 0x20089, 0x200CC, 0x9FB4, 0x9FB5, 0x9FB6, 0x9FB7, 0x215D7, 0x9FB8, 0x2298F, 0x9FB9, 0x9FBA,
                  0x241FE, 0x9FBB, 0x4DAE)),
        strict=True,
    )
)  # fmt: skip
PROBLEM = {"row": pl.UInt32, "column": pl.String, "code": pl.String, "fact": pl.String, "mended": pl.Boolean}
_EMPTY = pl.lit(None, dtype=pl.String)
BLOCK = 20_000  # rows whose cells are read at once: what they take meanwhile is given back


@dataclass(frozen=True)
class Around:
    """What a roster is read against."""

    today: date
    words: Mapping[str, Word]
    agencies: Mapping[str, int]  # name -> id, of those that are open
    regions: Mapping[str, int]  # code and name -> id, of those in which one can be
    date1904: bool = False


@dataclass(frozen=True)
class Checked:
    """`people`: row, then a column a field, and `good`; `problems`: row, column, code, fact, mended."""

    people: pl.DataFrame
    problems: pl.DataFrame


def check(raw: pl.DataFrame, mapping: Mapping[str, int], around: Around) -> Checked:
    """Read the mapped columns of `raw` (row, kinds, c0, c1, …); a row is good if no cell of it is refused."""
    texts = [f"c{column}" for column in mapping.values()]
    raw = raw.filter(pl.any_horizontal(*(pl.col(name).str.strip_chars().fill_null("") != "" for name in texts)))
    blocks = [_block(raw.slice(start, BLOCK), mapping, around) for start in range(0, max(raw.height, 1), BLOCK)]
    people = pl.concat([read for read, _ in blocks])
    told = [lines for _, some in blocks for lines in some]
    if "id_number" in mapping:
        told += _told(_twice(people.select("row", "places", value="id_number")), "id_number")
        people = people.drop("places")
    people = people.with_columns(
        pl.lit(None, dtype=_types(key)).alias(key) for key in fields.KEYS if key not in mapping
    )
    problems = pl.concat(told) if told else pl.DataFrame(schema=PROBLEM)
    refused = problems.filter(~pl.col("mended")).select("row").unique()
    for key, read in _across(people.join(refused, on="row", how="anti")):
        problems = pl.concat([problems, *_told(read, key)])
    refused = problems.filter(~pl.col("mended")).select("row").unique()
    problems = problems.join(refused.with_columns(bad=True), on="row", how="left").filter(
        ~pl.col("mended") | pl.col("bad").is_null()
    )  # who is refused is not told of blanks besides
    good = people.join(refused.with_columns(good=False), on="row", how="left").with_columns(
        pl.col("good").fill_null(True)
    )
    return Checked(good.sort("row"), problems.drop("bad").sort("row", "column"))


def _block(raw: pl.DataFrame, mapping: Mapping[str, int], around: Around) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What some rows say, and what is wrong with their cells, each column by itself."""
    people = raw.select("row")
    told: list[pl.DataFrame] = []
    for key, column in mapping.items():
        cells = raw.select("row", text=pl.col(f"c{column}"), kind=pl.col("kinds").str.slice(column, 1))
        read = _read(fields.KEYS[key], cells, around)
        told += _told(read, key)
        people = people.with_columns(read["value"].alias(key))
        if key == "id_number":
            people = people.with_columns(read["born"], read["sex"], read["places"])
    return people, told


def _types(key: str) -> type[pl.DataType]:
    kind = fields.KEYS[key].kind
    return {"date": pl.Date, "event": pl.Date, "agency": pl.Int64, "region": pl.Int64}.get(kind, pl.String)


def _read(field: fields.Field, cells: pl.DataFrame, around: Around) -> pl.DataFrame:
    if field.kind == "number":
        return numbers.identity(cells, around.today)
    if field.kind == "phone":
        return numbers.phone(cells)
    if field.kind in {"date", "event"}:
        return days.days(cells, around.today, date1904=around.date1904)
    if field.kind == "name":
        return _name(cells)
    if field.kind == "email":
        return _mail(cells)
    if field.kind in {"agency", "region"}:
        table = around.agencies if field.kind == "agency" else around.regions
        return _choice(
            cells, {fields.said(name): row for name, row in table.items()}, f"{field.kind}-unknown", pl.Int64
        )
    unknown = "title-unknown" if field.key == "title_level" else "word-unknown"
    return _choice(cells, fields.choices(field, around.words), unknown, pl.String)


def _told(read: pl.DataFrame, key: str) -> list[pl.DataFrame]:
    """The lines of problems in what was read: of refused cells and of mended ones."""
    found = []
    for column, mended in (("code", False), ("mend", True)):
        if column in read.columns:
            lines = read.filter(pl.col(column).is_not_null()).select(
                pl.col("row"), pl.lit(key).alias("column"), pl.col(column).alias("code"),
                pl.col("fact") if column == "code" else _EMPTY.alias("fact"), pl.lit(mended).alias("mended"),
            )  # fmt: skip
            found.append(lines)
    return found


def _name(cells: pl.DataFrame) -> pl.DataFrame:
    """Names as on the card; the blank by which two characters were set apart is no part of one."""
    plain = pl.col("text").str.normalize("NFC").str.replace_many(RARE).str.replace_all(r"[•．・‧∙]", "·")
    plain = plain.str.replace_all(numbers.BLANKS, " ").str.replace_all(" +", " ").str.strip_chars(" '’`")
    cells = cells.with_columns(spaced=plain)
    han = pl.col("spaced").str.contains(r"^\p{Han}( ?\p{Han}){1,5}$") & pl.col("spaced").str.contains(" ")
    cells = cells.with_columns(
        value=pl.when(han).then(pl.col("spaced").str.replace_all(" ", "")).otherwise(pl.col("spaced")), fact=_EMPTY
    )
    code = (
        pl.when(pl.col("value").is_null() | (pl.col("value") == "")).then(pl.lit("name-missing"))
        .when(pl.col("value").str.contains(r"\p{Co}")).then(pl.lit("name-private"))
        .when(~pl.col("value").str.contains(r"^[\p{L} ·'.-]{2,60}$") | ~pl.col("value").str.contains(r"\p{L}"))
        .then(pl.lit("name"))
    )  # fmt: skip
    mend = pl.when(pl.col("value") != pl.col("text")).then(pl.lit("name-tidied"))
    return cells.with_columns(code=code, mend=mend).select("row", "value", "code", "mend", "fact")


def _mail(cells: pl.DataFrame) -> pl.DataFrame:
    cells = cells.with_columns(plain=numbers.tidy(pl.col("text")).str.replace_all("^(/|-|无)$", ""), fact=_EMPTY)
    name, domain = (pl.col("plain").str.extract(r"^([^@]+)@([^@]+)$", n) for n in (1, 2))
    good = pl.col("plain").str.contains(r"^[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$")
    good &= pl.col("plain").str.len_chars() <= 254
    return cells.with_columns(
        value=pl.when(good).then(name + "@" + domain.str.to_lowercase()),
        code=pl.when((pl.col("plain") != "") & ~good).then(pl.lit("email")),
    ).select("row", "value", "code", "fact")


def _choice(cells: pl.DataFrame, table: Mapping[str, object], code: str, kind: type[pl.DataType]) -> pl.DataFrame:
    plain = pl.col("text").str.normalize("NFKC").str.replace_all(r"[\s()（）\x{200B}\x{FEFF}]", "").str.to_lowercase()
    plain = plain.str.replace(r"^([0-9]+)\.0+$", "${1}")
    cells = cells.with_columns(plain=plain, fact=_EMPTY)
    value = pl.col("plain").replace_strict(
        {**dict.fromkeys(fields.NOTHING), **table}, default=None, return_dtype=kind
    )  # fmt: skip
    cells = cells.with_columns(value=value)
    unknown = pl.col("value").is_null() & ~pl.col("plain").is_in(fields.NOTHING)
    why = pl.when(unknown & pl.col("plain").is_in(fields.TITLES_OF_TWO)).then(pl.lit("title-of-two")).when(unknown)
    return cells.with_columns(code=why.then(pl.lit(code))).select("row", "value", "code", "fact")


def _twice(read: pl.DataFrame) -> pl.DataFrame:
    """Rows with the same number, also where one has it in 15 places and the other in 18; `fact`: the other rows."""
    same = read.filter(pl.col("value").is_not_null()).filter(pl.col("value").is_duplicated())
    groups = same.group_by("value").agg(pl.col("row").sort().alias("rows"), mixed=pl.col("places").n_unique() > 1)
    others = same.join(groups, on="value")
    rows = pl.col("rows").list.set_difference(pl.concat_list("row")).list.sort().list.head(5)
    return others.select(
        "row",
        code=pl.when(pl.col("mixed")).then(pl.lit("id-twice-15-18")).otherwise(pl.lit("id-twice")),
        fact=rows.cast(pl.List(pl.String)).list.join(", "),
    )


def _across(people: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """What two cells of a row say against each other."""
    born, title, obtained = pl.col("born"), pl.col("title_level"), pl.col("title_obtained_on")
    keeper, agency = pl.col("file_keeper"), pl.col("file_agency")
    tests = [
        (key, "date-before-birth", pl.col(key) <= born)
        for key, field in fields.KEYS.items()
        if field.kind in {"date", "event"}
    ]
    tests += [
        ("title_obtained_on", "title-no-date", title.is_not_null() & obtained.is_null()),
        ("title_level", "title-no-level", obtained.is_not_null() & title.is_null()),
        ("file_agency", "agency-missing", (keeper == "talent_agency") & agency.is_null()),
        ("file_keeper", "agency-not-keeper", agency.is_not_null() & (keeper.is_null() | (keeper != "talent_agency"))),
    ]
    return [(key, people.filter(test).select("row", code=pl.lit(code), fact=_EMPTY)) for key, code, test in tests]
