"""The same difference from columns: a whole population judged under two books in one pass, counted in groups.

What the walk of ``simulate`` says person by person, this says of a wide frame (``columns.layout``): verdicts, missing
hours, groups and samples are the same. Causes are coarser: the frame knows which demand came out otherwise, not which
relief or entry did it; so the changed provisions that are demands themselves are named, or else all that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from heapq import nsmallest
from operator import or_
from typing import Any

import narwhals as nw

from xueshi.policy.book import Rulebook
from xueshi.policy.columns.branches import UNITS
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.plan import OUTCOMES, VERDICTS, Found, Plan, plan
from xueshi.policy.demands import Demand
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Outcome, Verdict
from xueshi.policy.simulate import SAMPLES, Difference, Judged, changed_between, scattered

SHOWN = 10_000  # missing hours are added up in ten-thousandths, as a finding shows them
_UNMET, _HOURS = OUTCOMES.index(Outcome.UNMET), UNITS.index("hours")
_FAR = 1 << 60
Names = Mapping[Any, str]


# ---- one book ----------------------------------------------------------------------------------------------------


def standing(plan: Plan, frame: Any) -> Any:
    """``person``, ``verdict`` (index into ``VERDICTS``) and ``missing`` (least hours, in 1/10000) of everybody."""
    return _standing(plan, frame).select("person", "verdict", "missing").to_native()


def _standing(plan: Plan, frame: Any) -> nw.LazyFrame[Any]:
    found: nw.LazyFrame[Any] = nw.from_native(plan.findings(frame)).lazy()
    return found.rename({plan.layout.person: "person"}).with_columns(
        nw.col("verdict").cast(nw.Int16), missing=_least(plan)
    )


def _least(plan: Plan) -> nw.Expr:
    """The fewest hours that cure everything, as ``assess`` has it: an hour in a part also fills the whole."""
    hours = [one for one in plan.found if one.unit in ("hours", "branches")]
    roots = [one for one in hours if not any(_within(plan.book, one, other) for other in hours)]

    def least(one: Found) -> nw.Expr:
        parts = [least(part) for part in hours if _within(plan.book, part, one)]
        short = nw.col(one.outcome) == _UNMET
        if one.unit == "branches":
            short = short & (nw.col(one.counted_in) == _HOURS)
        own = nw.when(short).then((nw.col(one.missing).cast(nw.Int64) * 50 + 8) // 9).otherwise(nw.lit(0))
        return nw.max_horizontal(own, _sum(parts)) if parts else own

    return _sum([least(one) for one in roots]).cast(nw.Int64)


def _sum(parts: Sequence[nw.Expr]) -> nw.Expr:
    return reduce(lambda one, other: one + other, parts, nw.lit(0))


def _within(book: Rulebook, part: Found, whole: Found) -> bool:
    """Whether one is a part of the other, over the same years."""
    inner, outer = _demand(book, part.provision), _demand(book, whole.provision)
    if inner is None or outer is None or inner.within != whole.provision or part.year != whole.year:
        return False
    return part.year > 0 or inner.over == outer.over


def _demand(book: Rulebook, id: str) -> Demand | None:
    value = book.provision(id).value
    return value if isinstance(value, Demand) else None


# ---- which book governs ------------------------------------------------------------------------------------------


def ranked(books: Iterable[Rulebook], on: date) -> list[Rulebook]:
    """Those in force on a day that are of no one field, the first to govern first: ``choosing.choose`` without one."""
    able = [book for book in books if not book.field and book.since <= on <= book.until]
    return sorted(able, key=lambda book: (len(book.region.code), book.since, book.key), reverse=True)


def governed(books: Sequence[Rulebook], asked: Asked, layout: Layout, frame: Any) -> Any:
    """``person`` and ``book``: which of the ``ranked`` books governs (an index; -1: none). Raises ``Beyond``."""
    rows = nw.from_native(frame).lazy()
    chosen = rows.select(person=nw.col(layout.person), region=nw.col(layout.region))
    for n, book in enumerate(books):
        bound = nw.from_native(plan(book, asked, layout).bound(frame)).lazy()
        bound = bound.select(person=nw.col(layout.person), **{f"bound{n}": nw.col("bound")})
        chosen = chosen.join(bound, on="person", how="left")
    index = nw.lit(-1)
    for n, book in reversed(list(enumerate(books))):
        here = nw.col("region").str.starts_with(book.region.code) & nw.col(f"bound{n}")
        index = nw.when(here).then(nw.lit(n)).otherwise(index)
    return chosen.select("person", book=index.cast(nw.Int16)).to_native()


# ---- two books ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """What the groups of a difference are called: units by what stands in the frame, titles by the word."""

    unit: Callable[[Any], str] = str
    title: Callable[[str], str] = str


def difference(
    before: Rulebook | None, after: Rulebook, asked: Asked, layout: Layout, frame: Any, named: Named | None = None
) -> Difference:
    """Everybody in a frame under both books. Raises ``Beyond`` where one of them has no form as columns."""
    rows = _rows(nw.from_native(frame).lazy(), asked.year, layout)
    here, flags = _both(before, after, asked, layout, frame, rows)
    changed = changed_between(before, after)
    found = Difference(asked)
    groups = ["before", "after", "sign", "region", "unit", "title", *flags]
    counted = here.group_by(groups).agg(
        people=nw.len(), missing_before=nw.col("missing_before").sum(), missing_after=nw.col("missing_after").sum()
    )
    names = named or Named()
    titles = _titles(layout, asked.year)
    for row in _read(counted):
        unit = "" if row["unit"] is None else names.unit(row["unit"])
        title = names.title(titles[row["title"]]) if row["title"] in titles else ""
        found.note(_judged(row, flags, changed), region=row["region"] or "", unit=unit, title=title)
    _show(found, here, flags, changed)
    return found


def _rows(frame: nw.LazyFrame[Any], year: int, layout: Layout) -> nw.LazyFrame[Any]:
    """Person, region, unit, and the code of the title at the year's end."""
    there = frame.collect_schema().names()
    held = layout.fact("title", year)
    title = nw.col(held.columns[""]) if held is not None and held.columns else nw.lit(None)
    return frame.select(
        person=nw.col(layout.person),
        region=nw.col(layout.region) if layout.region in there else nw.lit(""),
        unit=nw.col(layout.unit) if layout.unit in there else nw.lit(None),
        title=title.cast(nw.Int16),
    )


def _titles(layout: Layout, year: int) -> dict[int, str]:
    held = layout.fact("title", year)
    return {} if held is None else {code: value for value, code in held.codes.items()}


def _both(
    before: Rulebook | None, after: Rulebook, asked: Asked, layout: Layout, frame: Any, rows: nw.LazyFrame[Any]
) -> tuple[nw.LazyFrame[Any], dict[str, str]]:
    """Both answers in one row per person, and for each demand a column that says whether it came out otherwise."""
    now, found_before = _side(before, asked, layout, frame, "b")
    reaches = after.since <= date(asked.year, 12, 31)
    then, found_after = _side(after if reaches else before, asked, layout, frame, "a")
    here = rows.join(now, on="person", how="left").join(then, on="person", how="left")
    elsewhere = ~nw.col("region").str.starts_with(after.region.code) & (nw.col("region") != "")
    same = elsewhere if reaches else nw.lit(True)
    flags = {f"d{n}": id for n, id in enumerate(dict.fromkeys((*found_before, *found_after)))}
    differs = {name: _differs(id, found_before, found_after) & ~same for name, id in flags.items()}
    after_verdict = nw.when(same).then(nw.col("b.verdict")).otherwise(nw.col("a.verdict"))
    after_missing = nw.when(same).then(nw.col("b.missing")).otherwise(nw.col("a.missing"))
    here = here.with_columns(
        before=nw.col("b.verdict"), after=after_verdict, missing_before=nw.col("b.missing"),
        missing_after=after_missing, **differs,
    )  # fmt: skip
    more, less = nw.col("missing_after") > nw.col("missing_before"), nw.col("missing_after") < nw.col("missing_before")
    sign = nw.when(more).then(nw.lit(1)).otherwise(nw.when(less).then(nw.lit(-1)).otherwise(nw.lit(0)))
    return here.with_columns(sign=sign.cast(nw.Int8)), flags


def _side(
    book: Rulebook | None, asked: Asked, layout: Layout, frame: Any, side: str
) -> tuple[nw.LazyFrame[Any], dict[str, list[Found]]]:
    """The answers under one book, each column with the name of its side; without a book nobody can tell."""
    if book is None:
        rows = nw.from_native(frame).lazy().select(person=nw.col(layout.person))
        none = {f"{side}.verdict": nw.lit(VERDICTS.index(Verdict.UNKNOWN), nw.Int16), f"{side}.missing": nw.lit(0)}
        return rows.with_columns(**none), {}
    planned = plan(book, asked, layout)
    found = _standing(planned, frame)
    named = {name: f"{side}.{name}" for name in found.collect_schema().names() if name != "person"}
    by_id: dict[str, list[Found]] = {}
    for one in planned.found:
        by_id.setdefault(one.provision, []).append(one)
    return found.rename(named), by_id


def _differs(id: str, before: Mapping[str, list[Found]], after: Mapping[str, list[Found]]) -> nw.Expr:
    """Whether a demand came out otherwise in any of its years; one that only one book asks, wherever it asks it."""
    old = {one.year: one for one in before.get(id, ())}
    new = {one.year: one for one in after.get(id, ())}
    parts = []
    for year in sorted({*old, *new}):
        if year in old and year in new:
            columns = ("outcome", "need", "missing")
            parts += [nw.col(f"b.{id}.{year}.{name}") != nw.col(f"a.{id}.{year}.{name}") for name in columns]
        else:
            parts.append(nw.col(f"{'b' if year in old else 'a'}.{id}.{year}.outcome") != -1)
    return reduce(or_, parts)


def _judged(row: Mapping[str, Any], flags: Mapping[str, str], changed: frozenset[str]) -> Judged:
    different = frozenset(id for name, id in flags.items() if row[name])
    causes = different & changed or (changed if different else frozenset()) or different
    return Judged(
        before=VERDICTS[row["before"]],
        after=VERDICTS[row["after"]],
        missing_before=_hours(row["missing_before"]),
        missing_after=_hours(row["missing_after"]),
        causes=tuple(sorted(causes)),
        people=row.get("people", 1),
    )


def _hours(number: int) -> Decimal:
    hours = Decimal(number) / SHOWN
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours.normalize()


def _show(found: Difference, here: nw.LazyFrame[Any], flags: Mapping[str, str], changed: frozenset[str]) -> None:
    """The samples: of each transition the few that the walk would keep."""
    moved = here.filter((nw.col("before") != nw.col("after")) | (nw.col("sign") != 0))
    by_move: dict[tuple[int, int], list[Any]] = {}
    for row in _read(moved.select("person", "before", "after")):
        by_move.setdefault((row["before"], row["after"]), []).append(row["person"])
    kept = [id for ids in by_move.values() for id in nsmallest(SAMPLES, ids, key=scattered)]
    wanted = ["person", "before", "after", "missing_before", "missing_after", *flags]
    for row in _read(moved.filter(nw.col("person").is_in(kept)).select(wanted)) if kept else ():
        found.show(row["person"], _judged(row, flags, changed))


def _read(frame: nw.LazyFrame[Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.collect().rows(named=True)
    return rows
