"""What study does by the clock."""

from xueshi.kernel import clock, jobs
from xueshi.study import actions


@jobs.every("* * * * *")
def close_overdue_exams(timestamp: int) -> None:
    """Close the formal attempts whose time is over (CQ-16); running twice does nothing."""
    actions.close_overdue(at=clock.now())
