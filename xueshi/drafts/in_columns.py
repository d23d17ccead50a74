"""A draft tried on a whole region at once, from the snapshot of the population."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import QuerySet

from xueshi.ledger import overview, snapshot
from xueshi.people.models import Organisation, Person
from xueshi.policy.book import Rulebook
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.facts import Asked
from xueshi.policy.simulate import Difference
from xueshi.policy.simulate_columns import Named, difference, governed

MOST_LATE = 2_000  # people who came after the snapshot


Walk = Callable[[Sequence[int]], tuple[Difference, int]]


@dataclass(frozen=True)
class Tried:
    """What was found in one year, of how many people, how many of them come under other rules, by which snapshot."""

    difference: Difference
    seen: int
    elsewhere: int
    at: datetime


def tried(
    people: QuerySet[Person], before: Rulebook | None, draft: Rulebook, asked: Asked, replaces: str, walk: Walk
) -> Tried | None:
    """Everybody under both books; None without a snapshot, where a rule has no form as columns, or it is too old.

    Whoever came after the snapshot is judged by `walk`, which gives a difference and how many come under other rules.
    """
    ids = list(people.values_list("pk", flat=True))
    try:
        at = snapshot.manifest().at
        frame, layout = snapshot.open()
        rows = overview.frame_of(frame, layout, ids)
        late = sorted(set(ids) - set(rows[layout.person].to_list()))
        if len(late) > MOST_LATE:
            return None
        books = overview.books_for(rows, layout, asked.year)
        chosen = governed(books, asked, layout, rows).collect()
        wanted = next((n for n, book in enumerate(books) if book.key == replaces), None) if replaces else -1
        here = chosen.filter(pl.col("book") == wanted).select(pl.col("person").alias(layout.person))
        mine = rows.join(here, on=layout.person, how="semi")
        found = difference(before, draft, asked, layout, mine, _named())
    except (snapshot.NoSnapshot, Beyond):
        return None
    more, elsewhere = walk(late)
    found.add(more)
    return Tried(found, len(ids), len(rows) - len(mine) + elsewhere, at)


def _named() -> Named:
    units = dict(Organisation.objects.values_list("pk", "name"))
    return Named(unit=lambda pk: units.get(pk, ""))
