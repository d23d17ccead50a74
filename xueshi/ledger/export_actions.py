"""A list of people leaves the house: who took it, of how many, is recorded."""

from datetime import datetime

from django.db import transaction

from xueshi.kernel import audit
from xueshi.people.viewer import Viewer
from xueshi.policy.facts import Asked


@transaction.atomic(durable=True)
def note_export(*, viewer: Viewer, asked: Asked, people: int, kind: str, at: datetime) -> None:
    """Record an export; the numbers themselves are not kept."""
    audit.record(
        viewer, "people.exported", f"person:{viewer.person_id}", at=at,
        purpose=asked.purpose, year=asked.year, people=people, kind=kind,
    )  # fmt: skip


@transaction.atomic(durable=True)
def note_book(*, viewer: Viewer, lines: int, kind: str, year: str, narrowed: bool, at: datetime) -> None:
    """Record that the book of hours was taken away; the text that was looked for is not kept."""
    audit.record(
        viewer, "ledger.export_book", f"person:{viewer.person_id}", at=at,
        lines=lines, kind=kind, year=year, narrowed=narrowed,
    )  # fmt: skip
