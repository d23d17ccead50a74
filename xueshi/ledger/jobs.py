"""Work of this floor by the clock."""

from xueshi.kernel import clock, jobs
from xueshi.ledger import snapshot_actions


@jobs.every("*/5 * * * *")
def refresh_snapshot(timestamp: int) -> None:
    """Bring the snapshot of the population up to date; builds it where there is none."""
    snapshot_actions.refresh(at=clock.now())


@jobs.every("20 3 * * *")
def forget_touched(timestamp: int) -> None:
    """Drop what no snapshot could still need."""
    snapshot_actions.forget(at=clock.now())
