"""What a snapshot reads from the database: one unchanging view of it, a piece of the population at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from xueshi.kernel import records
from xueshi.kernel.records import Column
from xueshi.ledger import law
from xueshi.ledger.snapshot_files import Mark
from xueshi.people import population
from xueshi.people.population import Piece
from xueshi.policy.columns.gather import gather
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.tally import Says
from xueshi.policy.words import Word

_LINES = {
    "person": Column("person_id", "int8"),
    "alike": Column("alike_id::int4", "int4"),
    "on": Column("earned_on", "date"),
    "for_year": Column("year", "int2"),
    "parts": Column("parts", "int4"),
}


@dataclass(frozen=True)
class Spoken:
    """What the law speaks of: words about people, days on which it draws a line inside a year, the first year."""

    words: Mapping[str, Word]
    cuts: tuple[date, ...]
    first: int

    @property
    def digest(self) -> str:
        """Changes when the columns would."""
        told = [(w.name, w.kind, w.absent, list(w.values)) for _, w in sorted(self.words.items())]
        return hashlib.sha256(repr((told, self.cuts)).encode()).hexdigest()


def spoken() -> Spoken:
    """The words of every instrument that is held, and the days within a year that their provisions name."""
    held = law.library()
    words = dict(held.words.facts)
    days: set[date] = set()
    first = date.max.year
    for book in held.books.values():
        words |= {name: word for name, word in book.words.facts.items() if not word.rows and word.years_since is None}
        first = min(first, book.known_from)
        days |= set(book.days)
    return Spoken(words, tuple(sorted(days)), first)


@contextmanager
def still() -> Iterator[CursorWrapper]:
    """A connection of its own that sees one moment for as long as it lasts, and writes nothing."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL jit = off")
            yield cursor
    finally:
        own.close()


def mark(cursor: CursorWrapper) -> Mark:
    """Every transaction before this one has ended: what it wrote is seen now, and nothing of it comes later."""
    cursor.execute(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, s.system_identifier::text || '/' || d.oid"
        " FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()"
    )
    xid, database = cursor.fetchone()
    return Mark(xid, database)


def touched(cursor: CursorWrapper, since: Mark) -> list[int]:
    """Whose rows are no longer true, by every transaction that had not ended then."""
    cursor.execute("SELECT DISTINCT person_id FROM ledger_touched WHERE xid >= %s ORDER BY 1", [since.xid])
    return [person_id for (person_id,) in cursor.fetchall()]


def alikes(cursor: CursorWrapper) -> dict[int, Says]:
    """What the lines of each kind say, in the law's words."""
    cursor.execute("SELECT id, category, kind, marks::text FROM ledger_alike")
    return {number: _says(category, kind, marks) for number, category, kind, marks in cursor.fetchall()}


def _says(category: str, kind: str, marks: Any) -> Says:
    told = {name: tuple(said) if isinstance(said, list) else said for name, said in json.loads(marks).items()}
    return {"category": category, "kind": kind, **told}


def lines(cursor: CursorWrapper, piece: Piece, as_of: datetime | None) -> pl.DataFrame:
    """The entries of a piece in the long form of `policy.columns.tally`; from the covering index alone."""
    condition, values = population.chosen("person_id", piece)
    if as_of is not None:
        condition, values = f"{condition} AND recorded_at <= %s", [*values, as_of]
    found = records.block(cursor, _LINES, f"FROM ledger_hoursentry WHERE {condition}", values)
    return pl.DataFrame(found).with_columns(
        pl.col("on").cast(pl.Date), count=pl.when(pl.col("parts") > 0).then(1).otherwise(-1).cast(pl.Int8)
    )


@dataclass(frozen=True)
class Rows:
    """A piece of the population as it was read."""

    piece: Piece
    persons: pl.DataFrame
    facts: pl.DataFrame
    entries: pl.DataFrame


def rows(cursor: CursorWrapper, piece: Piece, day: date, as_of: datetime | None) -> Rows:
    """Persons, facts and entries of a piece, in six queries."""
    persons, facts = population.read(cursor, piece, day, as_of)
    return Rows(piece, persons, facts, lines(cursor, piece, as_of))


def wide(
    read: Rows, law_says: Spoken, alike: Mapping[int, Says], years: Sequence[int], day: date, known: Layout | None
) -> tuple[pl.DataFrame, Layout]:
    """The rows as one wide frame. A word that the law no longer has is left out."""
    facts = read.facts.filter(pl.col("word").is_in(list(law_says.words)))
    return gather(
        read.persons, read.entries, facts,
        words=law_says.words, alikes=alike, years=years, on=day, cuts=law_says.cuts, known=known,
    )  # fmt: skip
