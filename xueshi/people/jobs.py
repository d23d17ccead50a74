"""Work of this floor for later: thin, and harmless when run twice."""

from xueshi.kernel import clock, jobs
from xueshi.people import actions


@jobs.job
def send_code(request_id: int) -> None:
    """Send the code that somebody asked for, if the number has an account."""
    actions.send_due_code(request_id=request_id, at=clock.now())
