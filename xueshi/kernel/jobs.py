"""Work for later, queued in the same transaction as the deed that needs it (Procrastinate)."""

from collections.abc import Callable
from typing import Any, TypeVar

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

STALLED_AFTER = 30  # seconds without a worker's heartbeat

RETRY = RetryStrategy(max_attempts=9, exponential_wait=3)

Work = TypeVar("Work", bound=Callable[..., Any])


def job(work: Work) -> Any:
    """Mark a function as a job: `defer(work, order_id=3)` runs it later. Jobs are idempotent and thin.

    One that fails is tried again after 3, 9, 27 … seconds, some eight hours in all.
    """
    return app.task(name=f"{work.__module__}.{work.__qualname__}", retry=RETRY)(work)


def defer(task: Any, **ids: int | str) -> None:
    """Queue a job; it runs only if the present transaction commits. Arguments are ids, never personal data."""
    task.defer(**ids)


def every(cron: str) -> Callable[[Work], Any]:
    """Mark a function to be run by the clock, e.g. `@every("*/1 * * * *")`; it gets the timestamp due."""

    def mark(work: Work) -> Any:
        return app.periodic(cron=cron)(
            app.task(name=f"{work.__module__}.{work.__qualname__}", pass_context=False)(work)
        )

    return mark


@app.periodic(cron="* * * * *")
@app.task(name="xueshi.kernel.jobs.retry_stalled", pass_context=True, queueing_lock="retry_stalled")
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Give the jobs of a killed worker back to the queue; without this they stay "doing" for ever."""
    await give_back(context.app.job_manager)


async def give_back(manager: Any) -> int:
    """Put back every job whose worker has not been heard for STALLED_AFTER seconds; how many."""
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    for one in stalled:
        await manager.retry_job(one)
    return len(stalled)
