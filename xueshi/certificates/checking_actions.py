"""How often strangers ask: counted by address and by number, so that nobody can walk through the numbers."""

from datetime import datetime

from django.db import connection, transaction

from xueshi.certificates.models import CheckTally
from xueshi.kernel import vault
from xueshi.kernel.errors import TooOften

WINDOW = 600  # seconds
BY_ADDRESS = 30  # questions in a window; a bureau's counter behind one address asks less
BY_NUMBER = 10  # wrong names for one number in a window
MISSES_BY_ADDRESS = 60  # codes that lead nowhere


def note_question(*, address: str, number: str | None, at: datetime) -> None:
    """Count a question by number and name before it is answered. Raises TooOften."""
    _count(f"ask:{address}", BY_ADDRESS, at)
    if number:
        _count(f"number:{number}", BY_NUMBER, at)


def note_miss(*, address: str, at: datetime) -> None:
    """Count a code that leads nowhere. Raises TooOften."""
    _count(f"miss:{address}", MISSES_BY_ADDRESS, at)


def _count(subject: str, most: int, at: datetime) -> None:
    seconds = int(at.timestamp())
    counted = _add(vault.index("check", subject), seconds // WINDOW)
    if counted > most:
        raise TooOften(minutes=-(-(WINDOW - seconds % WINDOW) // 60))


@transaction.atomic(durable=True)
def _add(key: str, stretch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO certificates_checktally (key, stretch, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (key, stretch) DO UPDATE SET count = certificates_checktally.count + 1"
            " RETURNING count",
            [key, stretch],
        )
        (count,) = cursor.fetchone()
    return int(count)


@transaction.atomic
def forget_tallies(*, at: datetime) -> int:
    """Drop what is older than a day; returns how many."""
    old = int(at.timestamp()) // WINDOW - 24 * 6
    gone, _by_model = CheckTally.objects.filter(stretch__lt=old).delete()
    return gone
