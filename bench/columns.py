"""Everybody at once: what the law costs as columns, beside queries written by hand and beside OpenFisca.

* The plain rule: 90 hours a year, 30 of them public, over three years, with the age reliefs; an invented book.
  Beside it openfisca-core, in an environment of its own (``bench.peers.openfisca``), on the same columns.
* The richest notice: the title review of Hohhot with all its reliefs, with a reason for everybody. Beside it a
  Polars query written by hand for the same verdicts; it is checked that they are the same for all.

The ways are taken in turn, and the median of the rounds counts.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import psutil

from bench.figures import Figure
from xueshi.policy import load
from xueshi.policy.book import Rulebook
from xueshi.policy.columns.layout import Fact, Kind, Layout
from xueshi.policy.columns.plan import VERDICTS, Plan, plan
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Verdict
from xueshi.policy.whole import PARTS

BASE = Path(__file__).resolve().parents[1]
POLICIES = BASE / "policies"
PEERS = BASE / "var" / "bench" / "openfisca"
PEER = "openfisca-core==46.0.1"
PERSONS, ROUNDS, PEER_ROUNDS = 1_000_000, 15, 5
YEARS = (2020, 2021, 2022)
REVIEW = Asked("title_review", 2022, "deputy_senior")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)

PLAIN = """
instrument: 九十与三十
issuer: 示例
number: 示例
region: {code: "99", name: 示例}
since: 2015-01-01
known_from: 2015
source: {file: none.txt, sha256: none}
provisions:
  - {id: year, article: 一, text: 示例, demand: {at_least: 90, over: {each_of_last: 3}}}
  - {id: public, article: 一, text: 示例, demand: {at_least: 30, of: {category: public}, within: year}}
  - {id: none, article: 一, text: 示例, relief: {in: [annual], when: {age: {male: 55, female: 50}}, gives: waived}}
  - id: third
    article: 一
    text: 示例
    relief: {in: [annual], when: {age: {male: 50, female: 45}}, gives: {times: 1/3}}
"""


def figures() -> list[Figure]:
    """The ratios, the memory, and how flat the cost per person is."""
    with tempfile.TemporaryDirectory(dir=_folder(), prefix="columns-") as folder:
        return [*_plain_rule(Path(folder)), *_richest(), *_flat()]


def _folder() -> Path:
    found = BASE / "var" / "bench"
    found.mkdir(parents=True, exist_ok=True)
    return found


# ---- the people -----------------------------------------------------------------------------------


def people(rows: int, kinds: int) -> pl.DataFrame:
    """So many people: hours by year and kind (public, professional, ...), facts of every sort."""
    made = np.random.default_rng(7)
    columns: dict[str, object] = {"person": np.arange(rows, dtype=np.int32)}
    for year in YEARS:
        for kind in range(kinds):
            hours = (
                made.integers(20, 45, rows, dtype=np.int32)
                if kind % 2 == 0
                else made.integers(45, 95, rows, dtype=np.int32)
            )
            columns[f"h{year}_{kind}"] = hours * np.int32(PARTS)
            columns[f"n{year}_{kind}"] = made.integers(1, 4, rows, dtype=np.int16)
    born = made.integers(1960, 1998, rows, dtype=np.int32) * 10_000 + made.integers(1, 13, rows, dtype=np.int32) * 100
    columns["born"] = (born + made.integers(1, 29, rows, dtype=np.int32)).astype(np.int32)
    columns["sex"] = made.integers(0, 2, rows, dtype=np.int16)
    columns["sector"] = made.integers(0, 8, rows, dtype=np.int16)
    columns["site"] = made.integers(0, 12, rows, dtype=np.int16)
    columns["covid"] = made.random(rows) < 0.01
    moved = np.where(made.random(rows) < 0.05, made.integers(2015, 2023, rows) * 10_000 + 615, 0).astype(np.int32)
    columns["moved"] = moved
    return pl.DataFrame(columns)


def layout(book: Rulebook, kinds: tuple[dict[str, str | bool], ...]) -> Layout:
    """What those columns mean."""
    facts = {
        "born": ("date", {"": "born"}, {}),
        "sex": ("word", {"": "sex"}, {"male": 0, "female": 1}),
        "sector": ("word", {"": "sector"}, {"non_public": 0}),
        "site": ("word", {"": "site"}, {"grassroots": 0}),
        "covid_treatment": ("flag", {"": "covid"}, {}),
        "from_government": ("event", {"first": "moved", "last": "moved"}, {}),
    }
    return Layout(
        date(2022, 12, 31),
        YEARS,
        tuple(Kind(number, says, YEARS) for number, says in enumerate(kinds)),
        tuple(
            Fact(n, kind, YEARS, of, codes, full=True)
            for n, (kind, of, codes) in facts.items()
            if n in book.words.facts
        ),
    )


def in_turn(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds, the median of so many rounds in which each way has its turn."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - began)
    return {name: median(times) for name, times in took.items()}


def _memory() -> float:
    """How far a fresh process rises above its frame when it judges a million, in MB."""
    found = subprocess.run(
        [sys.executable, "-c", "from bench.columns import memory; print(memory())"],
        cwd=BASE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(found.stdout)


def memory() -> float:
    """The same, in this process."""
    planned, frame = richest()
    before = psutil.Process().memory_info().rss
    verdicts(planned, frame)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10 - before / 2**20


# ---- the plain rule, beside OpenFisca -------------------------------------------------------------


def plain_rule() -> tuple[Plan, pl.DataFrame]:
    """The plan and a million people."""
    words = load.vocabulary((POLICIES / "words.yaml").read_text(encoding="utf-8"))
    book = load.instrument(PLAIN, words, key="cn-99/plain")
    frame = people(PERSONS, 2)
    return plan(
        book, Asked("annual", 2022), layout(book, ({"category": "public"}, {"category": "professional"}))
    ), frame


def plain_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """Who passes, as somebody would write it for this rule alone."""
    c, hour = pl.col, PARTS
    male = c("sex") == 0
    old = pl.when(male).then(c("born") <= 19671231).otherwise(c("born") <= 19721231)
    older = pl.when(male).then(c("born") <= 19721231).otherwise(c("born") <= 19771231)

    def all_years(times: int) -> pl.Expr:
        each = [
            (c(f"h{year}_0") * times >= 30 * hour) & ((c(f"h{year}_0") + c(f"h{year}_1")) * times >= 90 * hour)
            for year in YEARS
        ]
        return each[0] & each[1] & each[2]

    return frame.lazy().select("person", passes=old | all_years(1) | (older & all_years(3))).collect()


def _plain_rule(folder: Path) -> list[Figure]:
    planned, frame = plain_rule()
    frame.write_ipc(folder / "people.arrow")
    peer = Peer(folder / "people.arrow")
    took: dict[str, list[float]] = {"ours": [], "hand": [], "peer": []}
    try:
        for _ in range(PEER_ROUNDS):
            ways = {"ours": lambda: verdicts(planned, frame, reasons=False), "hand": lambda: plain_by_hand(frame)}
            once = in_turn(ways, 5)
            for name, seconds in once.items():
                took[name].append(seconds)
            seconds, passes = peer.round()
            took["peer"].append(seconds)
    finally:
        peer.close()
    ours = verdicts(planned, frame)["verdict"] == VERDICTS.index(Verdict.PASS)
    if not (ours.sum() == plain_by_hand(frame)["passes"].sum() == passes):
        raise RuntimeError(f"not the same answers: {ours.sum()}, {plain_by_hand(frame)['passes'].sum()}, {passes}")
    mine, hand, theirs = (median(took[name]) for name in ("ours", "hand", "peer"))
    return [
        Figure("90/30 rule, a million x 3 years", mine * 1000, "ms", f"by hand {hand * 1000:.1f} ms", 3 * hand * 1000),
        Figure(
            "the same, times as fast as OpenFisca", theirs / mine, "x", f"OpenFisca {theirs:.2f} s", 50, at_least=True
        ),
    ]


class Peer:
    """OpenFisca in its own process and environment, one round at a time."""

    def __init__(self, frame: Path) -> None:
        """Start it, and let it read the same columns."""
        python = PEERS / "bin" / "python"
        if not python.exists():
            uv = BASE / ".venv" / "bin" / "uv"
            subprocess.run([uv, "venv", "-q", "--python", sys.executable, PEERS], check=True)
            subprocess.run([uv, "pip", "install", "-q", "--python", python, PEER, "pyarrow"], check=True)
        self.process = subprocess.Popen(
            [python, BASE / "bench" / "peers" / "openfisca.py", frame],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.round()

    def round(self) -> tuple[float, int]:
        """Seconds, and how many pass."""
        assert self.process.stdin is not None  # noqa: S101
        assert self.process.stdout is not None  # noqa: S101
        print("go", file=self.process.stdin, flush=True)
        seconds, passes = json.loads(self.process.stdout.readline())
        return float(seconds), int(passes)

    def close(self) -> None:
        """Let it end."""
        self.process.communicate("", timeout=30)


# ---- the richest notice ---------------------------------------------------------------------------

KINDS: tuple[dict[str, str | bool], ...] = (
    {"category": "public", "verified": True, "kind": "course", "passed": True},
    {"category": "professional", "verified": True, "kind": "course", "passed": True},
    {"category": "public", "verified": True},
    {"category": "professional", "kind": "course", "verified": True, "passed": False},
)


def richest(rows: int = PERSONS) -> tuple[Plan, pl.DataFrame]:
    """The title review of Hohhot, and so many people."""
    book = load.library(POLICIES).instrument("cn-15/hohhot-etdz-2022")
    return plan(book, REVIEW, layout(book, KINDS)), people(rows, len(KINDS))


def richest_by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """The same verdicts, as somebody would write them for this notice alone."""
    c, hour = pl.col, PARTS
    male = c("sex") == 0
    at_55 = pl.when(male).then(c("born") <= 19671231).otherwise(c("born") <= 19721231)
    at_50 = pl.when(male).then(c("born") <= 19721231).otherwise(c("born") <= 19771231)
    moved = c("moved") // 10_000
    waived = at_55 | c("covid") | (moved == 2022)
    weighed = (c("sector") == 0) | (c("site") == 0)
    third = pl.when(at_50).then(3).otherwise(1).cast(pl.Int32)
    lacks = []
    for year in YEARS:
        public = (c(f"h{year}_0") + c(f"h{year}_2")) * third
        own = c(f"h{year}_1") * third
        short = (public < 30 * hour) | (own < 60 * hour) | (public + own < 90 * hour)
        owed = (c("moved") == 0) | (moved == 2022) | (moved < year)
        lacks.append(short & owed)
    fails = ~waived & ~weighed & (lacks[0] | lacks[1] | lacks[2])
    nothing = pl.lit(False)
    verdict = (
        pl.when(fails).then(pl.lit(1, pl.Int8)).when(nothing).then(pl.lit(3, pl.Int8)).otherwise(pl.lit(0, pl.Int8))
    )
    return frame.lazy().select("person", verdict=verdict).collect()


def verdicts(planned: Plan, frame: pl.DataFrame, *, reasons: bool = True) -> pl.DataFrame:
    """Everybody's verdict, and the reason."""
    found: pl.DataFrame = planned.verdicts(frame.lazy(), reasons=reasons).collect()
    return found


def _richest() -> list[Figure]:
    planned, frame = richest()
    ours, hand = verdicts(planned, frame), richest_by_hand(frame)
    if not (ours["verdict"] == hand["verdict"]).all():
        raise RuntimeError("the query written by hand gives other verdicts")
    took = in_turn({"ours": lambda: verdicts(planned, frame), "hand": lambda: richest_by_hand(frame)}, ROUNDS)
    return [
        Figure(
            *("Hohhot title review with reasons, a million", took["ours"] * 1000, "ms"),
            f"3 x by hand, {took['hand'] * 1000:.1f} ms, without reasons",
            3 * took["hand"] * 1000,
        ),
        Figure("the same, memory beside the frame", _memory(), "MB", "the aim", 400),
    ]


def _flat() -> list[Figure]:
    """Nanoseconds per person for ten thousand to ten million."""
    each = [_per_person(rows) for rows in SIZES]
    said = ", ".join(f"{one:.0f}" for one in each)
    return [
        Figure("the same, per person among ten million", each[-1], "ns", f"10 k to 10 M: {said} ns", 1.5 * each[-2])
    ]


def _per_person(rows: int) -> float:
    planned, frame = richest(rows)
    return in_turn({"ours": lambda: verdicts(planned, frame)}, 5)["ours"] / rows * 1e9
