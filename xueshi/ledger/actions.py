"""Lines of the ledger are added here and nowhere else. Both verbs are made to be called by other actions."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer


class AlreadyReversed(Refused):
    """A line is undone once."""

    code = "already-reversed"
    sentence = _("这一行学时已经冲销过，不能再冲销。")
    next_step = _("如需恢复，请凭原审验材料重新登记。")


class NotReversible(Refused):
    """A reversal is not itself undone: the hours are posted anew."""

    code = "not-reversible"
    sentence = _("这一行本身就是冲销，不能再冲销。")


@transaction.atomic
def post(
    *,
    viewer: Viewer | None,
    person_id: int,
    year: int,
    category: str,
    hours: Decimal,
    kind: str,
    title: str,
    earned_on: date,
    source: str,
    instrument: str,
    provision: str,
    digest: str,
    organisation_id: int | None = None,
    marks: Mapping[str, bool | str] | None = None,
    verified_by: int | None = None,
    at: datetime,
) -> HoursEntry:
    """Add a line of `hours` 学时; posting the same `source` again returns the first line unchanged.

    `verified_by` is the person who verified what the hours rest on; the database refuses that he also posts them.

    `recorded_at` is the database's moment, whatever `at` says. What is posted for an account that was merged into
    another is posted to that one.
    """
    person_id = _lock_living(person_id)
    known = HoursEntry.objects.filter(source=source).first()
    if known:
        return known
    entry = HoursEntry.objects.create(
        person_id=person_id,
        year=year,
        category=category,
        hours=hours,
        kind=kind,
        title=title,
        marks=dict(marks or {}),
        earned_on=earned_on,
        recorded_at=at,
        source=source,
        instrument=instrument,
        provision=provision,
        digest=digest,
        actor_id=viewer.person_id if viewer else None,
        verified_by_id=verified_by,
        organisation_id=organisation_id,
        blind=secrets.token_bytes(16),
    )
    entry.refresh_from_db(fields=["recorded_at", "hours"])
    audit.record(viewer, "ledger.post", f"hours:{entry.pk}", at=at, hours=str(hours), year=year, source=source)
    return entry


@transaction.atomic
def reverse(
    *, viewer: Viewer | None, entry_id: int, reason: str, organisation_id: int | None = None, at: datetime
) -> HoursEntry:
    """Undo a line by a second one with the opposite hours. Raises AlreadyReversed, NotReversible, NotYours."""
    person_id = HoursEntry.objects.filter(pk=entry_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotYours()
    _lock(person_id)
    entry = HoursEntry.objects.get(pk=entry_id)
    if entry.reverses_id is not None:
        raise NotReversible()
    if HoursEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed()
    undone = HoursEntry.objects.create(
        person_id=person_id,
        year=entry.year,
        category=entry.category,
        hours=-entry.hours,
        kind=entry.kind,
        title=entry.title,
        marks=entry.marks,
        earned_on=entry.earned_on,
        recorded_at=at,
        source=f"reversal:{entry.pk}",
        reverses=entry,
        instrument=entry.instrument,
        provision=entry.provision,
        digest=entry.digest,
        actor_id=viewer.person_id if viewer else None,
        organisation_id=organisation_id,
        blind=secrets.token_bytes(16),
    )
    undone.refresh_from_db(fields=["recorded_at"])
    audit.record(viewer, "ledger.reverse", f"hours:{entry.pk}", at=at, reason=reason, by=undone.pk)
    return undone


def _lock(person_id: int) -> Person:
    """One writer at a time for a person's ledger; every other lock of the ledger hangs on this row."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    return person


def _lock_living(person_id: int) -> int:
    """The account that stands for this one now, held: its own key unless it was merged into another."""
    person = _lock(person_id)
    while person.merged_into_id is not None:
        person = _lock(person.merged_into_id)
    return person.pk
