"""Who did what to what, when and why; in the same transaction as the deed."""

from datetime import datetime
from typing import Protocol

from xueshi.kernel import redaction
from xueshi.kernel.models import AuditLine


class Actor(Protocol):
    """Whoever acts: a `people.viewer.Viewer`, or the house itself."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def capacity(self) -> str: ...


def record(
    viewer: Actor | None,
    action: str,
    subject: str,
    *,
    at: datetime,
    reason: str = "",
    **facts: object,
) -> None:
    """Add one line. `facts` are JSON values and never an identity number, a phone number or a secret.

    Somebody may still write one into a reason: it is masked before it is kept, since nobody can take it out again.
    """
    AuditLine.objects.create(
        at=at,
        person_id=viewer.person_id if viewer else None,
        capacity=viewer.capacity if viewer else "system",
        action=action,
        subject=subject,
        reason=redaction.mask(reason)[:200],
        facts=redaction.masked(facts),
    )
