"""From rows to a wide frame: one row per person, with the layout that says what its columns mean.

Used wherever a population is read: from the ledger for its snapshot, from spreadsheets by the command line, from
random rows by the property tests. Three frames go in (Polars):

* ``persons``: ``person`` (Int64, each once), and if you have them ``region`` (String), ``unit`` (Int64), and facts that
  never change, each under its word (``sex`` String, ``born`` Date);
* ``entries``: see ``tally``; with ``alikes``, what each number in its column ``alike`` says;
* ``facts``: see ``states``.

Several frames with one layout are made by giving the layout of the one before as ``known``; each has only the columns
in which it says something, and ``complete`` adds the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.columns import states
from xueshi.policy.columns.layout import Fact, Kind, Layout
from xueshi.policy.columns.states import Frame, NotAFact, Numbers
from xueshi.policy.columns.tally import Kinds, Says, TooMany, tally
from xueshi.policy.words import Word

ENTRIES: Mapping[str, Any] = {
    "person": pl.Int64, "alike": pl.Int32, "on": pl.Date, "for_year": pl.Int16, "parts": pl.Int32, "count": pl.Int8,
}  # fmt: skip
FACTS: Mapping[str, Any] = {
    "person": pl.Int64, "word": pl.String, "value": pl.String, "since": pl.Date, "until": pl.Date,
}  # fmt: skip
_GROUPS = ("person", "region", "unit")


def gather(
    persons: pl.DataFrame,
    entries: pl.DataFrame,
    facts: pl.DataFrame,
    *,
    words: Mapping[str, Word],
    alikes: Mapping[int, Says],
    years: Sequence[int],
    on: date,
    cuts: Collection[date] = (),
    calendar: Calendar = CIVIL,
    known: Layout | None = None,
) -> tuple[pl.DataFrame, Layout]:
    """The wide frame of these people, sorted by person, and its layout.

    ``words`` are the facts of the vocabulary; each is in the layout, also where it is recorded of nobody. ``years`` are
    those to be judged, without gaps; entries of others are left out. ``cuts`` are the days on which a line of the law
    falls inside a year. ``on`` is the day the frame stands for. Raises NotAFact for a value that its word does not have
    and for a fact or an entry of somebody who is not among ``persons``, TooMany for more than a column holds.
    """
    persons = persons.sort("person")
    frame = Frame(len(persons), tuple(years), calendar, on)
    kinds = Kinds.of(known.kinds if known else ())
    told = Kinds()  # told apart by what they say, whatever their numbers
    same = {number: told.meet(Kind(-1, says)).id for number, says in alikes.items()}
    entries = _alike(entries, same)
    columns = [persons[name] for name in _GROUPS if name in persons.columns]
    says = {kind.id: kind.says for kind in told.all}
    columns += tally(entries, _rows(persons, entries), says, frame, tuple(cuts), kinds)
    own = [word for name, word in words.items() if not word.rows and word.years_since is None]
    found: list[Fact] = []
    for word in own:
        if word.name in persons.columns:
            column, fact = states.constant(persons[word.name], word, frame.years)
            columns.append(column)
            found.append(fact)
    dated = [word for word in own if word.name not in persons.columns]
    codes = {fact.word: fact.codes for fact in (known.facts if known else ()) if fact.kind == "name"}
    made, said = states.stand(facts, _rows(persons, facts), dated, frame, codes)
    columns += made
    layout = Layout(
        on, frame.years, kinds.all, (*found, *said), calendar=calendar, cut=kinds.cut,
        region="region" if "region" in persons.columns else "", unit="unit" if "unit" in persons.columns else "",
    )  # fmt: skip
    return pl.DataFrame(columns), layout if known is None else _merged(known, layout)


def complete(frame: pl.LazyFrame, names: Collection[str], layout: Layout, words: Mapping[str, Word]) -> pl.LazyFrame:
    """The frame, which has the columns ``names``, with every column of its layout, in one order."""
    chosen = [pl.col(name) for name in (layout.person, layout.region, layout.unit) if name]
    for name, dtype, value in _expected(layout, words):
        if name in names:
            chosen.append(pl.col(name))
        elif (shared := name.rpartition("_")[0]) in names and name.startswith("f_"):
            chosen.append(pl.col(shared).alias(name))  # it never changed for those in this frame
        else:
            chosen.append(pl.lit(value, dtype=dtype).alias(name))
    return frame.select(chosen)


def _expected(layout: Layout, words: Mapping[str, Word]) -> Iterator[tuple[str, Any, object]]:
    for kind in layout.kinds:
        for year in kind.years:
            if kind.hours:
                yield layout.hours(year, kind), pl.Int32, 0
            yield layout.count(year, kind), pl.Int16, 0
    for fact in layout.facts:
        value = states.default(fact, words[fact.word].absent)
        for part, name in fact.columns.items():
            yield name, states.TYPES[fact.kind, part], value


def _alike(entries: pl.DataFrame, same: Mapping[int, int]) -> pl.DataFrame:
    """Marks that are the same under two numbers get one."""
    table = np.zeros(max(same, default=0) + 1, dtype=np.int32)
    table[list(same)] = list(same.values())
    return entries.with_columns(alike=pl.Series(table[entries["alike"].to_numpy()], dtype=pl.Int32))


def _rows(persons: pl.DataFrame, of: pl.DataFrame) -> Numbers:
    """In which row the person of each line stands."""
    known, wanted = persons["person"].to_numpy(), of["person"].to_numpy()
    if not len(wanted):
        return np.zeros(0, dtype=np.int64)
    if not len(known) or wanted.min() < known[0] or wanted.max() > known[-1]:
        raise NotAFact("there are lines of somebody who is not among the persons")
    if known[-1] - known[0] < 4 * len(known) + 1024:
        table = np.full(known[-1] - known[0] + 1, -1, dtype=np.int64)
        table[known - known[0]] = np.arange(len(known))
        rows: Numbers = table[wanted - known[0]]
        right = bool((rows >= 0).all())
    else:
        rows = np.searchsorted(known, wanted)
        right = bool((known[rows] == wanted).all())
    if not right:
        raise NotAFact("there are lines of somebody who is not among the persons")
    return rows


def _merged(one: Layout, other: Layout) -> Layout:
    """The layout of both frames: what the one knows, and what the other adds."""
    facts: list[Fact] = []
    for word in dict.fromkeys(fact.word for fact in (*one.facts, *other.facts)):
        facts += _fact([f for f in one.facts if f.word == word], [f for f in other.facts if f.word == word])
    return replace(other, facts=tuple(facts), cut=one.cut or other.cut)


def _fact(one: list[Fact], other: list[Fact]) -> list[Fact]:
    """A fact in two frames: in columns of its own by year where it is so in either; unrecorded only where in both."""
    full, few = all(f.full for f in (*one, *other)), all(f.few for f in (*one, *other))
    finer = max(one, other, key=lambda facts: (bool(facts[0].columns), len(facts)))
    codes = max(one[0].codes, other[0].codes, key=len)
    return [replace(fact, full=full, few=few, codes=codes) for fact in finer]


__all__ = ["ENTRIES", "FACTS", "NotAFact", "TooMany", "complete", "gather"]
