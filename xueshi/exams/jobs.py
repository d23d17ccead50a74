"""Mock exams whose time is over are marked; formal ones are closed by the study that they belong to."""

from xueshi.exams import actions, queries
from xueshi.kernel import jobs


@jobs.every("*/5 * * * *")
def close_mocks(timestamp: int) -> None:
    """Mark what was saved in mock exams that ran out. Running it twice changes nothing."""
    for attempt_id in queries.overdue_mocks():
        actions.close(attempt_id, forfeits=False)
