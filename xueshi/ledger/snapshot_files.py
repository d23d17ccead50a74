"""The files of a snapshot: written aside, flushed, renamed; `layout.json` last, so that a half-written one is none."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import polars as pl
from django.conf import settings

from xueshi.policy.columns.gather import complete
from xueshi.policy.columns.layout import Layout
from xueshi.policy.words import Word

VERSION = 1
KEPT = timedelta(hours=1)  # a reader who has opened the snapshot before may still read it


class Busy(Exception):
    """Another process writes this snapshot."""


@dataclass(frozen=True)
class Mark:
    """How far the snapshot has read: every transaction below `xid` is in it, or will never be."""

    xid: int
    database: str


@dataclass(frozen=True)
class File:
    """A Parquet file of persons from `low` to `high`; `gone` are those who no longer exist."""

    name: str
    rows: int
    low: int
    high: int
    gone: tuple[int, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """`layout.json`: what the columns mean, which moment they stand for, and which files hold the rows.

    A person stands in the newest of `deltas` that has a row, else in `base`. `spoken` is the digest of the words.
    """

    layout: Layout
    at: datetime
    as_of: datetime | None
    mark: Mark
    spoken: str
    base: tuple[File, ...]
    deltas: tuple[File, ...] = ()
    retired: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many people stand in the base."""
        return sum(file.rows for file in self.base)

    def to_json(self) -> str:
        held = asdict(replace(self, layout=None))  # type: ignore[arg-type]  # it has a text of its own
        held |= {"version": VERSION, "layout": json.loads(self.layout.to_json())}
        return json.dumps(held, default=lambda moment: moment.isoformat(), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest | None:
        """What was written, or None if it is of another version."""
        held = json.loads(text)
        if held.pop("version", None) != VERSION or held["layout"].get("version") != Layout.version:
            return None
        return cls(
            layout=Layout.from_json(json.dumps(held["layout"], ensure_ascii=False)),
            at=datetime.fromisoformat(held["at"]),
            as_of=datetime.fromisoformat(held["as_of"]) if held["as_of"] else None,
            mark=Mark(**held["mark"]),
            spoken=held["spoken"],
            base=tuple(_file(one) for one in held["base"]),
            deltas=tuple(_file(one) for one in held["deltas"]),
            retired={name: datetime.fromisoformat(when) for name, when in held["retired"].items()},
        )


def _file(held: Mapping[str, object]) -> File:
    return File(**{**held, "gone": tuple(held["gone"])})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Folder:
    """Where a snapshot lives; one writer at a time, any number of readers."""

    path: Path

    @classmethod
    def current(cls) -> Folder:
        return cls(Path(settings.SNAPSHOTS_DIR) / "current")

    @classmethod
    def of(cls, as_of: datetime) -> Folder:
        """The folder of what was known at a moment."""
        return cls(Path(settings.SNAPSHOTS_DIR) / "as-of" / f"{as_of.timestamp():.6f}")

    @contextmanager
    def locked(self, *, wait: bool) -> Iterator[None]:
        """The only writer; the lock goes with the process. Raises Busy, or waits."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                raise Busy from held
            yield

    def manifest(self) -> Manifest | None:
        """What stands here now; None where nothing does, or not whole, or of another version."""
        try:
            found = Manifest.from_json((self.path / "layout.json").read_text(encoding="utf8"))
        except FileNotFoundError:
            return None
        if found is None or not all((self.path / file.name).exists() for file in (*found.base, *found.deltas)):
            return None
        return found

    def write(self, kind: str, frame: pl.DataFrame, *, low: int, high: int, gone: Sequence[int] = ()) -> File:
        """A frame as a file that nobody reads yet."""
        name = f"{kind}-{uuid4().hex}.parquet"
        aside = self.path / f".{name}"
        frame.write_parquet(aside, compression="lz4", statistics=False, row_group_size=1 << 17)
        _settle(aside, self.path / name)
        return File(name, len(frame), low, high, tuple(gone))

    def publish(self, manifest: Manifest) -> Manifest:
        """From here on readers see this one; what it no longer names stays for an hour, strays go at once."""
        before = self.manifest()
        named = {file.name for file in (*manifest.base, *manifest.deltas)}
        retired = dict(before.retired) if before else {}
        if before:
            retired |= {f.name: manifest.at for f in (*before.base, *before.deltas) if f.name not in named}
        kept = {name: when for name, when in retired.items() if manifest.at - when < KEPT and name not in named}
        manifest = replace(manifest, retired=kept)
        aside = self.path / ".layout.json"
        aside.write_text(manifest.to_json(), encoding="utf8")
        _settle(aside, self.path / "layout.json")
        for path in [*self.path.glob("*.parquet"), *self.path.glob(".*.parquet")]:
            if path.name not in named | kept.keys():
                path.unlink(missing_ok=True)
        return manifest

    def frame(self, manifest: Manifest, words: Mapping[str, Word]) -> pl.LazyFrame:
        """Every person's newest row, with every column of the layout."""
        newer = pl.Series("person", [], dtype=pl.Int64)
        parts: list[pl.LazyFrame] = []
        for file in (*reversed(manifest.deltas), *manifest.base):
            scan = pl.scan_parquet(self.path / file.name)
            own = scan
            hidden = newer.filter(newer.is_between(file.low, file.high))
            if len(hidden):
                own = scan.join(hidden.to_frame().lazy(), on="person", how="anti")
            parts.append(complete(own, scan.collect_schema().names(), manifest.layout, words))
            if file in manifest.deltas:
                told = [scan.select("person").collect()["person"], pl.Series("person", file.gone, dtype=pl.Int64)]
                newer = pl.concat([newer, *told]).unique()
        return pl.concat(list(reversed(parts)))


def _settle(aside: Path, path: Path) -> None:
    """On the disk, then under its name, then the name on the disk."""
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
