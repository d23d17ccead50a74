"""Moments as whole milliseconds of the epoch, and spans of a person packed into one range (pure)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from psycopg.types.range import Range

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PERSON = 10**13  # milliseconds: the year 2286


def ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def at(milliseconds: int) -> datetime:
    """The moment of a number of milliseconds."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def packed(person_id: int, from_ms: int, to_ms: int) -> Range[Decimal]:
    """A stretch of one person's time as a range of numbers; two persons' never meet."""
    return Range(Decimal(person_id * PERSON + from_ms), Decimal(person_id * PERSON + to_ms))
