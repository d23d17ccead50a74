"""Taking along what the house holds about oneself: recorded each time, the whole number for the password only."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused, TooOften
from xueshi.kernel.models import AuditLine
from xueshi.people.actions.unmasking import number_of
from xueshi.people.models import Account
from xueshi.people.viewer import Viewer

MOST_AN_HOUR = 6
ACTION, REFUSED = "person.download", "person.refuse_download"


class PasswordNeeded(Refused):
    """Whoever finds an open browser does not take the number along."""

    status = 422
    code = "password-needed"
    sentence = _("密码不对，数据里不放完整证件号。")
    next_step = _("请再输一遍现在的密码；也可以不要完整证件号，直接下载。")


def note_download(*, viewer: Viewer, full: bool, password: str, at: datetime) -> str:
    """The viewer takes the own data along: a line of audit; with `full`, the identity number in clear, else "".

    Raises PasswordNeeded (and that counts as a try), TooOften after MOST_AN_HOUR downloads or tries in an hour.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:  # two clicks at once count as two
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"download:{viewer.person_id}"])
        account = Account.objects.select_related("person").filter(person_id=viewer.person_id).first()
        if account is None:
            raise NotYours()
        _wait(viewer, at)
        right = not full or account.check_password(password)
        subject = f"person:{viewer.person_id}"
        audit.record(viewer, ACTION if right else REFUSED, subject, at=at, full_number=full)
        number = number_of(account.person) if full and right else ""
    if not right:
        raise PasswordNeeded()
    return number


def _wait(viewer: Viewer, at: datetime) -> None:
    hour = timedelta(hours=1)
    lines = AuditLine.objects.filter(person_id=viewer.person_id, action__in=(ACTION, REFUSED), at__gt=at - hour)
    times = list(lines.order_by("-at").values_list("at", flat=True)[:MOST_AN_HOUR])
    if len(times) == MOST_AN_HOUR:
        raise TooOften(minutes=max(1, -(-int((times[-1] + hour - at).total_seconds()) // 60)))
