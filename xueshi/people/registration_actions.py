"""The form of collective registration leaves the house: who took it, of how many, is recorded."""

from datetime import datetime

from django.db import transaction

from xueshi.kernel import audit
from xueshi.people.viewer import Viewer


@transaction.atomic(durable=True)
def note_form(*, viewer: Viewer, organisation_id: int, people: int, kind: str, at: datetime) -> None:
    """Record that the form was taken, as pdf or xlsx."""
    audit.record(
        viewer, "people.take_registration_form", f"organisation:{organisation_id}", at=at, people=people, kind=kind
    )


__all__ = ["note_form"]
