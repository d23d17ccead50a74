"""A whole identity number is shown to an officer who says why; its owner can read who it was, and the reason."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, vault
from xueshi.kernel.errors import NotYours, Refused, TooOften
from xueshi.kernel.models import AuditLine
from xueshi.people import access
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer

MOST_AN_HOUR = 20  # more than a desk needs, and no way to copy a register
LEAST_REASON = 4  # characters: a reason that its owner can understand
ACTION = "person.unmask"


class UnmaskReasonMissing(Refused):
    """The owner of the number reads the reason."""

    status = 422
    code = "unmask-reason-missing"
    sentence = _("请写明为什么要看完整证件号，本人看得到。")
    next_step = _("例如：核对职称评审表上的证件号。至少写 %(least)s 个字。")


@transaction.atomic(durable=True)
def unmask(*, viewer: Viewer, person_id: int, reason: str, at: datetime) -> str:
    """The whole identity number of a person in reach; each time a line of audit with the reason.

    Raises NotYours, UnmaskReasonMissing, and TooOften after MOST_AN_HOUR in an hour, whoever they are.
    """
    with connection.cursor() as cursor:  # two clicks at once count as two
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"unmask:{viewer.person_id}"])
    person = access.persons(viewer, "unmask").filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    if len(reason.strip()) < LEAST_REASON:
        raise UnmaskReasonMissing(least=LEAST_REASON)
    seen = AuditLine.objects.filter(person_id=viewer.person_id, action=ACTION, at__gt=at - timedelta(hours=1))
    times = list(seen.order_by("-at").values_list("at", flat=True)[:MOST_AN_HOUR])
    if len(times) == MOST_AN_HOUR:
        wait = times[-1] + timedelta(hours=1) - at
        raise TooOften(minutes=max(1, -(-int(wait.total_seconds()) // 60)))
    audit.record(viewer, ACTION, f"person:{person.pk}", at=at, reason=reason.strip()[:200])
    return number_of(person)


def number_of(person: Person) -> str:
    """The number in clear. Whoever calls this has recorded that he does."""
    return vault.unlock("id", bytes(person.id_cipher))
