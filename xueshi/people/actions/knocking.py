"""How often somebody may ask before being known: by what was asked for, and by the network it came from."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from xueshi.kernel import vault
from xueshi.kernel.errors import TooOften
from xueshi.people.models import Knock

WITHIN = timedelta(hours=1)
MOST_FOR_ONE = 10  # for one number or phone; for one network it is a setting, since an office shares one


@transaction.atomic(durable=True)
def knock(*, kind: str, about: str, address: str, at: datetime) -> None:
    """Count one asking about a number or a phone from a network address, whether there is such a one or not.

    Both are kept as keyed hashes. Raises TooOften past ten an hour about one, or past the setting for a network.
    """
    limits = {
        vault.index("knock", f"about:{about}"): MOST_FOR_ONE,
        vault.index("knock", f"from:{address}"): settings.KNOCKS_PER_ADDRESS,
    }
    for index in sorted(limits):  # asked twice at once counts twice
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"knock:{kind}:{index}"])
    for index, most in limits.items():
        recent = Knock.objects.filter(kind=kind, index=index, at__gt=at - WITHIN).order_by("-at")
        times = list(recent.values_list("at", flat=True)[:most])
        if len(times) >= most:
            wait = times[-1] + WITHIN - at
            raise TooOften(minutes=max(1, -(-int(wait.total_seconds()) // 60)))
    Knock.objects.bulk_create(Knock(kind=kind, index=index, at=at) for index in limits)


@transaction.atomic(durable=True)
def forget_knocks(*, at: datetime) -> int:
    """Delete what is too old to be counted; returns how many."""
    return Knock.objects.filter(at__lt=at - timedelta(days=1)).delete()[0]
