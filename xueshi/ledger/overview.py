"""How each of many people stands: by the snapshot for a district, person by person for a few.

The rows of a page are always judged person by person (`population.rows`); this counts, filters and orders.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from xueshi.ledger import law, population, snapshot
from xueshi.policy.book import Rulebook
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.plan import VERDICTS, plan
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Verdict
from xueshi.policy.simulate_columns import SHOWN, governed, ranked, standing

FEW = 300  # people who are walked while somebody waits, snapshot or not
MOST_WALKED = 3_000  # without a snapshot; beyond, nothing is counted


@dataclass(frozen=True)
class Overview:
    """How each of many people stands, for counts, filters and order. `at` is the snapshot's; None when as of now."""

    verdicts: dict[int, Verdict]
    missing: dict[int, Decimal]
    at: datetime | None = None

    def counts(self) -> dict[Verdict, int]:
        """How many stand how; every verdict has a number."""
        found = dict.fromkeys(Verdict, 0)
        for verdict in self.verdicts.values():
            found[verdict] += 1
        return found


def overview(person_ids: Sequence[int], asked: Asked, as_of: datetime) -> Overview | None:
    """How many stand how; None for more people than a page can wait for while no snapshot can tell."""
    if len(person_ids) <= FEW:
        return _walked(person_ids, asked, as_of)
    found = by_snapshot(person_ids, asked, as_of)
    if found is None and len(person_ids) <= MOST_WALKED:
        return _walked(person_ids, asked, as_of)
    return found


def _walked(person_ids: Sequence[int], asked: Asked, as_of: datetime) -> Overview:
    rows = population.rows(person_ids, asked, as_of)
    return Overview(
        {row.known.person_id: row.verdict for row in rows}, {row.known.person_id: row.missing for row in rows}
    )


def by_snapshot(person_ids: Sequence[int], asked: Asked, as_of: datetime) -> Overview | None:
    """The same from the columns; None without a snapshot, or where a rule has no form as columns.

    Whoever came after the snapshot is judged by what the ledger says now.
    """
    try:
        at = snapshot.manifest().at
        frame, layout = snapshot.open()
        found = _judged(frame_of(frame, layout, person_ids), asked, layout)
    except (snapshot.NoSnapshot, Beyond):
        return None
    verdicts = {person: VERDICTS[code] for person, code in zip(found["person"], found["verdict"], strict=True)}
    missing = {person: _hours(n) for person, n in zip(found["person"], found["missing"], strict=True) if n}
    late = [one for one in person_ids if one not in verdicts]
    if len(late) > MOST_WALKED:
        return None
    more = _walked(late, asked, as_of)
    return Overview(verdicts | more.verdicts, missing | more.missing, at)


def frame_of(frame: pl.LazyFrame, layout: Layout, person_ids: Collection[int]) -> pl.DataFrame:
    """The rows of these people."""
    wanted = pl.DataFrame({layout.person: pl.Series(list(person_ids), dtype=pl.Int64)})
    found: pl.DataFrame = frame.join(wanted.lazy(), on=layout.person, how="semi").collect()
    return found


def books_for(frame: pl.DataFrame, layout: Layout, year: int) -> list[Rulebook]:
    """The instruments that may govern somebody in a frame at a year's end, the first to govern first."""
    regions = frame[layout.region].unique().to_list()
    around = [book for book in law.library().books.values() if any(one.startswith(book.region.code) for one in regions)]
    return ranked(around, date(year, 12, 31))


def _judged(frame: pl.DataFrame, asked: Asked, layout: Layout) -> pl.DataFrame:
    """Everybody under the instrument that governs them: person, verdict, missing."""
    books = books_for(frame, layout, asked.year)
    chosen: pl.DataFrame = governed(books, asked, layout, frame).collect()
    nobody = chosen.filter(pl.col("book") < 0).select(
        "person",
        verdict=pl.lit(VERDICTS.index(Verdict.UNKNOWN), pl.Int16),
        missing=pl.lit(0, pl.Int64),
    )
    parts = [nobody]
    for n, book in enumerate(books):
        theirs = chosen.filter(pl.col("book") == n).select(pl.col("person").alias(layout.person))
        if len(theirs):
            mine = frame.join(theirs, on=layout.person, how="semi")
            parts.append(standing(plan(book, asked, layout), mine).collect())
    together: pl.DataFrame = pl.concat(parts)
    return together


def _hours(number: int) -> Decimal:
    hours = Decimal(number) / SHOWN
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours.normalize()
