"""Everybody at once, as columns: the facts of `queries.law_facts` in the long form of `policy.columns.states`.

A piece of the population is a range of ids or a list of them. Nothing here loops over people.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.backends.utils import CursorWrapper

from xueshi.kernel import records
from xueshi.kernel.records import Column
from xueshi.people import population_following
from xueshi.people.models import Organisation, Person, Title
from xueshi.people.population_following import Piece, chosen, holding
from xueshi.policy.columns.gather import FACTS

_LEVELS = Title.Level.values
_HOSTED, _OTHER = "hosted_by_agency", "other"


def read(cursor: CursorWrapper, piece: Piece, on: date, as_of: datetime | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The persons of a piece (person, region, unit on that day, sex, born), and their dated facts.

    With `as_of`, facts are those recorded by then; the register itself is read as it is now.
    """
    persons = _persons(cursor, piece)
    jobs = _jobs(cursor, piece)
    titles = _titles(cursor, piece)
    facts = [*_of_titles(persons, titles), *_of_jobs(persons, jobs), _recorded(cursor, piece, as_of)]
    facts += population_following.read(cursor, piece, as_of)
    at = (pl.col("since") <= on) & (pl.col("until").is_null() | (pl.col("until") > on))
    present = jobs.filter(at).group_by("person").agg(unit=pl.col("employer").last())
    wide = persons.join(present, on="person", how="left").select("person", "region", "unit", "sex", "born")
    return wide, pl.concat(facts)


def ids(cursor: CursorWrapper) -> tuple[int, int]:
    """The lowest and the highest id of a person; (0, -1) where there is nobody."""
    cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM people_person")
    low, high = cursor.fetchone()
    return int(low), int(high)


def _block(cursor: CursorWrapper, columns: dict[str, Column], source: str, piece: Piece, key: str) -> pl.DataFrame:
    condition, values = chosen(key, piece)
    found = records.block(cursor, columns, f"{source} WHERE {condition}", values)
    return pl.DataFrame(found)


def _day(name: str) -> pl.Expr:
    day = pl.col(name)
    return pl.when(day != records.FOREVER).then(day).cast(pl.Date).alias(name)


def _persons(cursor: CursorWrapper, piece: Piece) -> pl.DataFrame:
    cursor.execute("SELECT id, code FROM people_region")
    codes: dict[int, str] = dict(cursor.fetchall())
    columns = {
        "person": Column("id", "int8"),
        "region": Column("region_id", "int8"),
        "born": Column("born_on", "date"),
        "male": Column(f"(sex = '{Person.Sex.MALE.value}')::int::int2", "int2"),
        "hosted": Column(f"(file_keeper = '{Person.FileKeeper.TALENT_AGENCY.value}')::int::int2", "int2"),
    }
    found = _block(cursor, columns, "FROM people_person", piece, "id")
    return found.with_columns(
        _day("born"),
        region=pl.col("region").replace_strict(codes, return_dtype=pl.String),
        sex=pl.when(pl.col("male") == 1).then(pl.lit("male")).otherwise(pl.lit("female")),
        hosted=pl.col("hosted") == 1,
    )


def _jobs(cursor: CursorWrapper, piece: Piece) -> pl.DataFrame:
    columns = {
        "person": Column("person_id", "int8"),
        "employer": Column("employer_id", "int8"),
        "since": Column("since", "date"),
        "until": Column("coalesce(until, 'infinity')", "date"),
        "county": Column(f"(level = '{Organisation.Level.COUNTY.value}')::int::int2", "int2"),
    }
    source = "FROM people_employment JOIN people_organisation o ON o.id = employer_id AND main"
    found = _block(cursor, columns, source, piece, "person_id")
    return found.with_columns(_day("since"), _day("until")).sort("person", "since")


def _titles(cursor: CursorWrapper, piece: Piece) -> pl.DataFrame:
    levels = ", ".join(f"'{level}'" for level in _LEVELS)
    columns = {
        "person": Column("person_id", "int8"),
        "since": Column("obtained_on", "date"),
        "level": Column(f"array_position(ARRAY[{levels}], level::text)::int2", "int2"),
    }
    found = _block(cursor, columns, "FROM people_title", piece, "person_id")
    names = pl.Series(_LEVELS)
    return found.with_columns(_day("since"), value=pl.Series(names.gather(found["level"] - 1)))


def _of_titles(persons: pl.DataFrame, titles: pl.DataFrame) -> list[pl.DataFrame]:
    """The titles held, and the days on which they were obtained; nobody has a row for having none."""
    without = persons.join(titles, on="person", how="anti")
    obtained = titles.with_columns(until=pl.col("since").dt.offset_by("1d"))
    return [
        _long(titles, "title", pl.col("value"), pl.col("since")),
        _long(obtained, "title_obtained", pl.lit("yes"), pl.col("since"), pl.col("until")),
        _long(without, "title_obtained", pl.lit("no")),
    ]


def _of_jobs(persons: pl.DataFrame, jobs: pl.DataFrame) -> list[pl.DataFrame]:
    """Groups as `rules.affiliations` has them: the job that began last counts, until it ends or another begins."""
    hosted = persons.filter(pl.col("hosted"))
    others = persons.filter(~pl.col("hosted"))
    own = jobs.join(others, on="person", how="semi").with_columns(
        next=pl.when(pl.col("person").shift(-1) == pl.col("person")).then(pl.col("since").shift(-1))
    )
    ended = own.filter(pl.col("until").is_not_null() & (pl.col("next").is_null() | (pl.col("until") < pl.col("next"))))
    group = pl.when(pl.col("county") == 1).then(pl.lit("county_unit")).otherwise(pl.lit("municipal_unit"))
    return [
        _long(hosted, "affiliation", pl.lit(_HOSTED)),
        _long(others, "affiliation", pl.lit(_OTHER)),
        _long(own, "affiliation", group, pl.col("since")),
        _long(ended, "affiliation", pl.lit(_OTHER), pl.col("until")),
    ]


def _long(
    rows: pl.DataFrame, word: str, value: pl.Expr, since: pl.Expr | None = None, until: pl.Expr | None = None
) -> pl.DataFrame:
    never = pl.lit(None, dtype=pl.Date)
    return rows.select(
        pl.col("person").cast(pl.Int64),
        pl.lit(word).alias("word"),
        value.cast(pl.String).alias("value"),
        (never if since is None else since).alias("since"),
        (never if until is None else until).alias("until"),
    )


def _recorded(cursor: CursorWrapper, piece: Piece, as_of: datetime | None) -> pl.DataFrame:
    """Facts of `models.Fact`; through CSV, because their values are texts."""
    if isinstance(piece, range):
        who = f"person_id >= {piece.start:d} AND person_id < {piece.stop:d}"
    else:
        who = f"person_id IN ({', '.join(f'{one:d}' for one in piece) or 'NULL'})"
    holds = holding(as_of)
    query = f"SELECT person_id, word, value, since, until FROM people_fact WHERE {who} AND {holds}"  # noqa: S608 - ours
    raw: Any = cursor.cursor
    with raw.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        text = b"".join(bytes(part) for part in copy)
    if not text:
        return pl.DataFrame(schema=FACTS)
    plain = {name: pl.String if dtype == pl.Date else dtype for name, dtype in FACTS.items()}
    found = pl.read_csv(io.BytesIO(text), has_header=False, schema=plain)
    return found.with_columns(
        pl.col("value").fill_null(""), pl.col("since").str.to_date("%Y-%m-%d"), pl.col("until").str.to_date("%Y-%m-%d")
    )


__all__ = ["Piece", "chosen", "ids", "read"]
