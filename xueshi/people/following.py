"""Facts that follow from the main employer, where nobody recorded them: what kind of unit, and where. Pure.

A recorded fact goes before. Of an employer about which the house does not know it, nothing follows; nor of an earlier
one then, since a word that has once been said can only be none afterwards, never unknown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xueshi.people.dated import Row

WORDS = ("sector", "site")
SECTORS = ("institution", "state_enterprise", "non_public", "public")  # what can follow, as `population` numbers them
SITES = ("grassroots",)


@dataclass(frozen=True)
class Job:
    """A main employment, from a day until the first day no longer, and what follows from its employer."""

    since: date
    until: date | None
    says: Mapping[str, str]  # word -> value; a word that is missing is not known of this employer


def says(*, ownership: str, credit_code: str, grass_roots: bool) -> dict[str, str]:
    """What follows from an employer: the sector (HT-02, HT-20), and that the work is at the front line (HT-21).

    The first two characters of the credit code tell what kind of public unit it is (GB 32100: 12 an institution, 9 an
    enterprise). That a unit is not marked as front-line does not say that it is none.
    """
    found = {}
    if ownership == "non_public":
        found["sector"] = "non_public"
    elif ownership == "public":
        kinds = {"12": "institution", "91": "state_enterprise"}
        found["sector"] = kinds.get(credit_code[:2], "public")
    if grass_roots:
        found["site"] = "grassroots"
    return found


def rows(jobs: Sequence[Job], recorded: Iterable[Row]) -> list[Row]:
    """The rows that follow from the jobs on the days for which nothing is recorded."""
    held = list(recorded)
    found: list[Row] = []
    for word in WORDS:
        pieces = _pieces(word, jobs, [row for row in held if row.word == word])
        unknown = max((row.since for row in pieces if not row.value), default=None)
        found += [row for row in pieces if row.value and (unknown is None or row.since > unknown)]
    return found


def _pieces(word: str, jobs: Sequence[Job], recorded: Sequence[Row]) -> list[Row]:
    """Each job's days but for those that are recorded; of two jobs at once the one that began last counts."""
    order = sorted(jobs, key=lambda job: job.since)
    found = []
    for job, after in zip(order, [*order[1:], None], strict=False):
        ends = [day for day in (job.until, after.since if after else None) if day is not None]
        left = [(job.since, min(ends) if ends else None)]
        for row in recorded:
            left = [part for one in left for part in _without(one, (row.since, row.until))]
        found += [Row(word, "word", job.says.get(word, ""), since, until) for since, until in left]
    return found


_Days = tuple[date, date | None]


def _without(days: _Days, taken: _Days) -> list[_Days]:
    """Days without other days; an end is the first day no longer, None goes on."""
    since, until = days
    start, end = taken
    last, stop = until or date.max, end or date.max
    if since >= last:
        return []
    if start >= last or stop <= since:
        return [days]
    found: list[_Days] = []
    if since < start:
        found.append((since, start))
    if stop < last:
        found.append((stop, until))
    return found


__all__ = ["SECTORS", "SITES", "WORDS", "Job", "rows", "says"]
