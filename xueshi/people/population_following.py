"""What follows from the main employers of a piece of the population: `following.rows` as columns.

One statement for a word: PostgreSQL takes the recorded days away from the days of each job.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db.backends.utils import CursorWrapper

from xueshi.kernel import records
from xueshi.kernel.records import Column
from xueshi.people.following import SECTORS, SITES
from xueshi.policy.columns.gather import FACTS

Piece = range | Sequence[int]

_CODE = "substr(o.credit_code, 1, 2)"
# The value of an employer as its place in the list, from 1; 0 is not known. `following.says`, said to the database.
_SAYS = {
    "sector": (
        SECTORS,
        f"CASE o.ownership WHEN 'non_public' THEN 3 WHEN 'public' THEN"
        f" CASE {_CODE} WHEN '12' THEN 1 WHEN '91' THEN 2 ELSE 4 END ELSE 0 END",
    ),
    "site": (SITES, "CASE WHEN o.grass_roots THEN 1 ELSE 0 END"),
}
_KNOWN = "SELECT EXISTS (SELECT 1 FROM people_organisation o WHERE {says} > 0)"
_FOLLOWS = """
FROM (
    SELECT person_id, value, lower(days) AS since, upper(days) AS until,
        max(lower(days)) FILTER (WHERE value = 0) OVER (PARTITION BY person_id) AS unknown
    FROM (
        SELECT person_id, value, daterange(since, CASE WHEN until < since THEN since ELSE until END) FROM (
            SELECT e.person_id, {says} AS value, e.since, least(e.until, lead(e.since) OVER (
                PARTITION BY e.person_id ORDER BY e.since, e.id)) AS until
            FROM people_employment e JOIN people_organisation o ON o.id = e.employer_id
            WHERE e.main AND {whose_job}
        ) AS held
    ) AS job (person_id, value, held)
    LEFT JOIN (
        SELECT person_id, range_agg(daterange(since, until)) AS days FROM people_fact
        WHERE word = '{word}' AND {holds} AND {whose_fact} GROUP BY person_id
    ) AS recorded (person_id, taken) USING (person_id)
    CROSS JOIN LATERAL unnest(datemultirange(held) - coalesce(taken, '{{}}'::datemultirange)) AS left_over (days)
) AS piece WHERE value > 0 AND (unknown IS NULL OR since > unknown)
"""


def chosen(column: str, piece: Piece) -> tuple[str, list[object]]:
    """A piece as a condition on a column."""
    if isinstance(piece, range):
        return f"{column} >= %s AND {column} < %s", [piece.start, piece.stop]
    return f"{column} = ANY(%s)", [list(piece)]


def holding(as_of: datetime | None) -> str:
    """The facts that hold, by what was recorded up to a moment, as a condition."""
    if as_of is None:
        return "withdrawn_at IS NULL"
    moment = f"'{as_of.isoformat()}'::timestamptz"
    return f"recorded_at <= {moment} AND (withdrawn_at IS NULL OR withdrawn_at > {moment})"


def read(cursor: CursorWrapper, piece: Piece, as_of: datetime | None) -> list[pl.DataFrame]:
    """For each word that can follow from an employer, the rows that do, in the long form."""
    return [_of(cursor, word, values, says, piece, as_of) for word, (values, says) in _SAYS.items()]


def _of(
    cursor: CursorWrapper, word: str, values: Sequence[str], says: str, piece: Piece, as_of: datetime | None
) -> pl.DataFrame:
    cursor.execute(_KNOWN.format(says=says))
    if not cursor.fetchone()[0]:  # of no employer is it known: nothing to draw
        return pl.DataFrame(schema=FACTS)
    whose_job, chosen_jobs = chosen("e.person_id", piece)
    whose_fact, chosen_facts = chosen("person_id", piece)
    source = _FOLLOWS.format(says=says, word=word, holds=holding(as_of), whose_job=whose_job, whose_fact=whose_fact)
    columns = {
        "person": Column("person_id", "int8"),
        "value": Column("value::int2", "int2"),
        "since": Column("since", "date"),
        "until": Column("coalesce(until, 'infinity')", "date"),
    }
    found = pl.DataFrame(records.block(cursor, columns, source, [*chosen_jobs, *chosen_facts]))
    return found.select(
        pl.col("person").cast(pl.Int64),
        pl.lit(word).alias("word"),
        value=pl.Series(pl.Series(values, dtype=pl.String).gather(found["value"] - 1)),
        since=_day("since"),
        until=_day("until"),
    )


def _day(name: str) -> pl.Expr:
    day = pl.col(name)
    return pl.when(day != records.FOREVER).then(day).cast(pl.Date)
