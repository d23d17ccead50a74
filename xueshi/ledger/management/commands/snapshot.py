"""`manage.py snapshot`: bring the snapshot of the population up to date, or draw it anew."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xueshi.kernel import clock
from xueshi.ledger import snapshot_actions
from xueshi.ledger.snapshot_files import Folder, Manifest

WIDTH = 40


class Command(BaseCommand):
    help = "Bring the snapshot of the population up to date; --full draws it anew, --as-of what was known at a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="draw every row anew")
        parser.add_argument(
            "--as-of", type=datetime.fromisoformat, help="what was known then: 2026-06-30T18:00:00+08:00"
        )

    def handle(self, *args: Any, full: bool, as_of: datetime | None, **options: Any) -> None:
        """Build or refresh, and say what stands there now."""
        if as_of is not None and as_of.tzinfo is None:
            raise CommandError("--as-of needs its offset, as in 2026-06-30T18:00:00+08:00")
        if full or as_of is not None:
            made: Manifest | None = snapshot_actions.build(at=clock.now(), as_of=as_of, progress=self._bar)
        else:
            made = snapshot_actions.refresh(at=clock.now(), progress=self._bar)
        if made is None:
            self.stdout.write("another process is at it; nothing done")
            return
        folder = Folder.current() if as_of is None else Folder.of(as_of)
        size = sum((folder.path / file.name).stat().st_size for file in (*made.base, *made.deltas))
        self.stdout.write(
            f"{folder.path}: {made.rows:,} people, {len(made.layout.kinds)} kinds of entries, years"
            f" {made.layout.years[0]}-{made.layout.years[-1]}, {len(made.deltas)} small files, {size / 2**20:.1f} MB"
        )

    def _bar(self, done: int, of: int) -> None:
        """A bar where somebody is looking, nothing in a log."""
        if sys.stderr.isatty():
            filled = WIDTH * done // of
            self.stderr.write(
                f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of}", ending="" if done < of else "\n"
            )
