"""The one place that reads the time. Called in views, jobs and commands; below, `at` is an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This machine's time, aware, UTC."""
    return datetime.now(UTC)


def database_now() -> datetime:
    """The database's time at this very moment (not the start of the transaction), aware, UTC.

    Study seconds and exam deadlines are decided by it, so that two web machines cannot disagree.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in Asia/Shanghai to which a moment belongs."""
    return moment.astimezone(SHANGHAI).date()
