"""What was found in a roster, kept sealed until it is applied: one table as Parquet under the house's key."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from xueshi.kernel import files, vault
from xueshi.kernel.models import StoredFile
from xueshi.people.roster import fields, rules

SAMPLE = 5  # rows that a page shows before anything is decided
PARQUET = "application/vnd.apache.parquet"
COLUMNS = (
    "row", "outcome", "adds", "differs", "index", "tail", "born", "sex", *fields.KEYS, "raw",
)  # fmt: skip


def keep(table: pl.DataFrame, *, at: datetime) -> StoredFile:
    out = io.BytesIO()
    table.write_parquet(out, compression="zstd", compression_level=1, statistics=False)
    return files.keep_sealed(out.getvalue(), name="roster.parquet", content_type=PARQUET, at=at)


def load(stored: StoredFile, columns: Sequence[str] | None = None) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(files.content_sealed(stored)), columns=list(columns) if columns else None)


def with_hashes(people: pl.DataFrame) -> pl.DataFrame:
    """`index` and `tail` beside each number, by which the database finds it."""
    numbers = people["id_number"].to_list()
    indexes = vault.indexes("id", numbers)
    tails = vault.indexes("id-tail", [number and number[-4:] for number in numbers])
    return people.with_columns(pl.Series("index", indexes, pl.String), pl.Series("tail", tails, pl.String))


def said(people: pl.DataFrame) -> Iterator[rules.Row]:
    """Each row of a table as the rules read it."""
    mapped = [field for field in fields.FACTS if people[field.key].null_count() < people.height]
    names = ["name", "phone", "email", "title_level", "title_obtained_on", *(field.key for field in mapped)]
    for name, phone, email, level, day, *values in people.select(names).iter_rows():
        facts = {
            field.fact: _written(value)
            for field, value in zip(mapped, values, strict=True)
            if value is not None
        }  # fmt: skip
        yield rules.Row(name or "", phone or "", email or "", (level, day) if level and day else None, facts)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
