"""Read a roster, check every cell, and say what would become of each row. Nothing about a person is changed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from xueshi.kernel import clock, files, redaction
from xueshi.people.models import Organisation, Region, RosterImport, RosterMapping, RosterProblem
from xueshi.people.roster import child, columns, copying, fields, limits, rules, staging, standing
from xueshi.policy import load
from xueshi.policy.words import Word

State = RosterImport.State
HEADINGS = 10  # of the first rows, that with the most headings is the heading
MOST_LINES = 200_000  # of problems that are kept


@dataclass(frozen=True)
class Found:
    """What the check found; written at once."""

    headings: list[str]
    mapping: dict[str, int]
    table: pl.DataFrame
    problems: pl.DataFrame
    complete: bool


def check(*, roster_id: int, at: datetime) -> None:
    """Check a roster that was received, or mapped anew. Harmless when repeated, and after a kill."""
    roster = _claim(roster_id)
    if roster is None:
        return
    try:
        sheet = child.read(files.content_sealed(roster.file))
        found = _check(roster, sheet, at)
    except child.Unreadable as why:
        _refuse(roster, why.code, at)
        return
    _write(roster, found, at)


@transaction.atomic(durable=True)
def _claim(roster_id: int) -> RosterImport | None:
    roster = RosterImport.objects.select_for_update().filter(pk=roster_id).first()
    if roster is None or roster.state not in {State.RECEIVED, State.CHECKING} or roster.problem:
        return None
    roster.state = State.CHECKING
    roster.save(update_fields=["state"])
    return roster


@transaction.atomic(durable=True)
def _refuse(claimed: RosterImport, code: str, at: datetime) -> None:
    roster = _still(claimed)
    if roster:
        roster.state, roster.problem, roster.checked_at = State.UNREADABLE, code, at
        roster.save(update_fields=["state", "problem", "checked_at"])


def _still(claimed: RosterImport) -> RosterImport | None:
    """The roster, locked, if it is still what was checked: not discarded, not mapped anew meanwhile."""
    roster = RosterImport.objects.select_for_update().get(pk=claimed.pk)
    return roster if roster.state == State.CHECKING and roster.mapping == claimed.mapping else None


def _check(roster: RosterImport, sheet: child.Sheet, at: datetime) -> Found:
    first = [[cell or "" for cell in row[2:]] for row in sheet.rows.head(HEADINGS).iter_rows()]
    kept = RosterMapping.objects.filter(organisation_id=roster.organisation_id).first()
    remembered = kept.headings if kept else {}
    place = fields.heading_row(first, remembered)
    if first and any(fields.is_number(cell) for cell in first[place]):
        raise child.Unreadable("no-headings")
    headings = [redaction.mask(heading.strip(), brought=False)[:60] for heading in first[place]] if first else []
    raw = sheet.rows.slice(place + 1)
    if raw.is_empty():
        raise child.Unreadable("empty")
    if raw.height > limits.MOST_ROWS:
        raise child.Unreadable("too-many-rows")
    mapping = roster.mapping or fields.recognised(headings, remembered)
    mapping = {key: column for key, column in mapping.items() if key in fields.KEYS and column < len(headings)}
    if fields.missing(mapping):
        table = raw.head(staging.SAMPLE).select("row", raw=_texts(raw))
        return Found(headings, mapping, table, pl.DataFrame(schema=columns.PROBLEM), complete=False)
    raw = raw.filter(~_again(first[place], mapping))
    if raw.is_empty():
        raise child.Unreadable("empty")
    checked = columns.check(raw, mapping, around(at, date1904=sheet.date1904))
    if checked.people.is_empty():
        raise child.Unreadable("empty")
    table, more = decided(staging.with_hashes(checked.people), unit=roster.organisation_id, actors=[roster.sent_by_id])
    problems = pl.concat([checked.problems, more]).sort("row", "column")
    return Found(headings, mapping, _with_raw(table, raw), problems, complete=True)


def _again(headings: list[str], mapping: Mapping[str, int]) -> pl.Expr:
    """Rows that say the headings once more, as on each page of a printed list."""
    same = (pl.col(f"c{mapping[key]}").str.strip_chars() == headings[mapping[key]].strip() for key in fields.NEEDED)
    named = all(headings[mapping[key]].strip() for key in fields.NEEDED)
    return pl.all_horizontal(*same).fill_null(False) if named else pl.lit(False)


def _texts(raw: pl.DataFrame) -> pl.Expr:
    return pl.concat_list(pl.col(name).fill_null("") for name in raw.columns[2:])


def _with_raw(table: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Beside each refused row, and the first ones, the row as it came."""
    shown = table.head(staging.SAMPLE).select("row").vstack(table.filter(pl.col("outcome") == "refused").select("row"))
    texts = raw.join(shown.unique(), on="row", how="semi").select("row", raw=_texts(raw))
    return table.join(texts, on="row", how="left").drop("good").sort("row")


def around(at: datetime, *, date1904: bool) -> columns.Around:
    """The day, the words of the law, and the agencies and regions that there are."""
    inner = Exists(Region.objects.filter(parent=OuterRef("pk")))
    regions: dict[str, int] = {}
    for pk, code, name in Region.objects.filter(~inner).order_by("-code").values_list("pk", "code", "name"):
        regions |= {code: pk, name: pk}
    agencies = Organisation.objects.filter(kind=Organisation.Kind.TALENT_AGENCY, closed_at=None)
    return columns.Around(
        today=clock.day_of(at), words=words(str(settings.POLICIES_DIR)), regions=regions, date1904=date1904,
        agencies=dict(agencies.values_list("name", "pk")),
    )  # fmt: skip


@lru_cache(maxsize=4)
def words(root: str) -> Mapping[str, Word]:
    """The facts of which the law speaks."""
    return load.vocabulary((Path(root) / "words.yaml").read_text(encoding="utf8")).facts


def decided(
    people: pl.DataFrame, *, unit: int, actors: Sequence[int | None], lock: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`outcome`, `adds`, `differs` and `person` (the id of who is known) beside each row; and who is refused for it."""
    known = standing.known(people["index"].filter(people["good"]).to_list(), lock=lock)
    seen = people.filter(pl.col("good") & pl.col("index").is_in(list(known))) if known else people.clear()
    made = []
    for row, index, said in zip(seen["row"], seen["index"], staging.said(seen), strict=True):
        decision = rules.decide(said, known[index], unit=unit, actors=actors)
        made.append((row, decision.outcome, " ".join(decision.adds), " ".join(decision.differs), decision.problem,
                     known[index].person_id))  # fmt: skip
    decisions = pl.DataFrame(
        made, orient="row",
        schema={"row": pl.UInt32, "outcome": pl.String, "adds": pl.String, "differs": pl.String, "problem": pl.String,
                "person": pl.Int64},
    )  # fmt: skip
    fresh = pl.when("good").then(pl.lit("new")).otherwise(pl.lit("refused"))
    table = people.join(decisions, on="row", how="left").with_columns(
        pl.col("outcome").fill_null(fresh), pl.col("adds").fill_null(""), pl.col("differs").fill_null("")
    )
    more = table.filter(pl.col("problem").fill_null("") != "").select(
        "row", pl.lit("id_number").alias("column"), pl.col("problem").alias("code"),
        pl.lit(None, dtype=pl.String).alias("fact"), pl.lit(False).alias("mended"),
    )  # fmt: skip
    return table.drop("problem").sort("row"), more


@transaction.atomic(durable=True)
def _write(claimed: RosterImport, found: Found, at: datetime) -> None:
    roster = _still(claimed)
    if roster is None:
        return
    RosterProblem.objects.filter(roster=roster).delete()
    roster.columns, roster.mapping = found.headings, found.mapping
    roster.staged = staging.keep(found.table, at=at)
    roster.checked_at = at
    roster.rows, roster.counts = 0, {}
    roster.state, roster.problem = State.RECEIVED, "mapping"
    if found.complete:
        roster.state, roster.problem, roster.rows = State.CHECKED, "", found.table.height
        roster.counts = dict(found.table["outcome"].value_counts().iter_rows())
        copying.copy("people_rosterproblem", _lines(found.problems.head(MOST_LINES), roster.pk))
    roster.save()


def _lines(problems: pl.DataFrame, roster_id: int) -> pl.DataFrame:
    said = pl.when(pl.col("fact").is_null()).then(pl.lit("{}")).otherwise(
        pl.lit('{"is": "') + pl.col("fact") + pl.lit('"}')
    )  # fmt: skip
    return problems.select(pl.lit(roster_id).alias("roster_id"), "row", "column", "code", said.alias("facts"), "mended")
