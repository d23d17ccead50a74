"""The long work of a simulation: chunk by chunk, each committed, so that a killed worker's successor goes on."""

from xueshi.drafts import actions
from xueshi.kernel import clock, jobs


@jobs.job
def run(simulation_id: int) -> None:
    """Come further until it has ended; a second run beside the first does no harm."""
    while actions.step(simulation_id=simulation_id, at=clock.now()):
        pass
