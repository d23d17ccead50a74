"""A snapshot is built from nothing, or brought up to date by what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from xueshi.kernel import clock
from xueshi.ledger import snapshot_reading as reading
from xueshi.ledger.models import Touched
from xueshi.ledger.snapshot_files import Busy, File, Folder, Manifest
from xueshi.ledger.snapshot_reading import Rows, Spoken
from xueshi.people import population
from xueshi.people.population import Piece
from xueshi.policy.columns.layout import Layout

Progress = Callable[[int, int], None]

AHEAD = 3  # years to come, in which a draft is tried
PIECE = 1 << 17  # ids of persons that are read and held at once
MOST_DELTAS = 6  # small files until they become one
SHARE = 10  # beyond a tenth of the people, the small files go into the base
REMEMBERED = timedelta(days=7)  # for how long it is known who was touched


def build(
    *, at: datetime, as_of: datetime | None = None, years: Sequence[int] | None = None, progress: Progress | None = None
) -> Manifest:
    """Draw every person's row anew; waits for another writer. With `as_of`, by what was recorded until then.

    `years`: from the first that some instrument knows to AHEAD of the present one, if not given. `progress(done, of)`.
    """
    folder = Folder.current() if as_of is None else Folder.of(as_of)
    with folder.locked(wait=True):
        return _build(folder, at, as_of, years, progress)


def refresh(*, at: datetime, progress: Progress | None = None) -> Manifest | None:
    """Bring the snapshot up to date, at the cost of what changed; None if another process is at it.

    Built from nothing where there is none, where the words of the law or the years are others, where the database is
    another one, and where it is not known any more who was touched since.
    """
    folder = Folder.current()
    try:
        with folder.locked(wait=False):
            before = folder.manifest()
            if before is None or _outdated(before, at):
                return _build(folder, at, None, None, progress)
            made = _refreshed(folder, before, at, progress)
            return made or _build(folder, at, None, before.layout.years, progress)
    except Busy:
        return None


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Drop what is older than any snapshot that could still be refreshed; how many."""
    return Touched.objects.filter(at__lt=at - REMEMBERED).delete()[0]


def _outdated(before: Manifest, at: datetime) -> bool:
    law = reading.spoken()
    year, last = clock.day_of(at).year, before.layout.years[-1]
    newer = year > last or clock.day_of(before.at).year < last < year + AHEAD
    return newer or before.spoken != law.digest or at - before.at > REMEMBERED - timedelta(days=1)


def _build(
    folder: Folder, at: datetime, as_of: datetime | None, years: Sequence[int] | None, progress: Progress | None
) -> Manifest:
    law, day = reading.spoken(), clock.day_of(as_of or at)
    years = tuple(years or range(min(law.first, day.year), day.year + AHEAD + 1))
    files: list[File] = []
    layout: Layout | None = None
    with reading.still() as cursor:
        mark, says = reading.mark(cursor), reading.alikes(cursor)
        low, high = population.ids(cursor)
        pieces = [range(start, start + PIECE) for start in range(low, high + 1, PIECE)] or [range(0)]
        for done, read in enumerate(_ahead(cursor, pieces, at, as_of), 1):
            frame, layout = reading.wide(read, law, says, years, day, layout)
            span = range(read.piece.start, read.piece.stop) if isinstance(read.piece, range) else range(0)
            files.append(folder.write("base", frame, low=span.start, high=span.stop - 1))
            if progress:
                progress(done, len(pieces))
    assert layout is not None  # noqa: S101 - there is always one piece
    return folder.publish(Manifest(layout, at, as_of, mark, law.digest, tuple(files)))


def _ahead(cursor: CursorWrapper, pieces: Sequence[Piece], at: datetime, as_of: datetime | None) -> Iterator[Rows]:
    """The pieces as they are read, the next one while the present one is being drawn."""
    day = clock.day_of(as_of or at)
    with ThreadPoolExecutor(1) as reader:
        coming = [reader.submit(reading.rows, cursor, piece, day, as_of) for piece in pieces[:1]]
        for following in [*pieces[1:], None]:
            read = coming.pop().result()
            if following is not None:
                coming.append(reader.submit(reading.rows, cursor, following, day, as_of))
            yield read


def _refreshed(folder: Folder, before: Manifest, at: datetime, progress: Progress | None) -> Manifest | None:
    """The snapshot with a small file more; None where it is better built anew."""
    law, day, layout = reading.spoken(), clock.day_of(at), before.layout
    deltas = list(before.deltas)
    with reading.still() as cursor:
        mark = reading.mark(cursor)
        if mark.database != before.mark.database or mark.xid < before.mark.xid:
            return None  # restored from a copy, or moved: its transactions are others
        people = reading.touched(cursor, before.mark)
        if len(people) * 2 > before.rows + PIECE:
            return None
        says = reading.alikes(cursor)
        pieces = [people[start : start + PIECE] for start in range(0, len(people), PIECE)]
        for done, read in enumerate(_ahead(cursor, pieces, at, None) if pieces else (), 1):
            frame, layout = reading.wide(read, law, says, layout.years, day, layout)
            gone = sorted(set(read.piece) - set(frame["person"].to_list()))
            own = read.piece
            deltas.append(folder.write("delta", frame, low=min(own), high=max(own), gone=gone))
            if progress:
                progress(done, len(pieces))
    layout = replace(layout, on=day)
    after = replace(before, layout=layout, at=at, mark=mark, deltas=tuple(deltas))
    return folder.publish(_tidied(folder, after, law))


def _tidied(folder: Folder, manifest: Manifest, law: Spoken) -> Manifest:
    """Few small files, and small ones: many become one, and a large one goes into the base."""
    if sum(file.rows for file in manifest.deltas) * SHARE > manifest.rows + PIECE:
        return _compacted(folder, manifest, law)
    if len(manifest.deltas) <= MOST_DELTAS:
        return manifest
    alone = replace(manifest, base=())
    frame = folder.frame(alone, law.words).collect()
    gone = sorted({one for file in manifest.deltas for one in file.gone} - set(frame["person"].to_list()))
    low, high = min(file.low for file in manifest.deltas), max(file.high for file in manifest.deltas)
    return replace(manifest, deltas=(folder.write("delta", frame, low=low, high=high, gone=gone),))


def _compacted(folder: Folder, manifest: Manifest, law: Spoken) -> Manifest:
    """The same rows in a new base, one piece after another."""
    whole = folder.frame(manifest, law.words)
    last = max(file.high for file in (*manifest.base, *manifest.deltas))
    starts = [file.low for file in manifest.base]
    ends = [*(start - 1 for start in starts[1:]), max(last, starts[-1])]
    files = []
    for low, high in zip(starts, ends, strict=True):
        frame = whole.filter(pl.col("person").is_between(low, high)).sort("person").collect()
        files.append(folder.write("base", frame, low=low, high=high))
    return replace(manifest, base=tuple(files), deltas=())
