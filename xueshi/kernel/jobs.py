"""Work for later, queued in the same transaction as the deed that needs it (Procrastinate)."""

from collections.abc import Callable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

Work = TypeVar("Work", bound=Callable[..., Any])


def job(work: Work) -> Any:
    """Mark a function as a job: `defer(work, order_id=3)` runs it later. Jobs are idempotent and thin."""
    return app.task(name=f"{work.__module__}.{work.__qualname__}", retry=5)(work)


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


@every("* * * * *")
def retry_stalled(timestamp: int) -> None:
    """Give the jobs of a killed worker back to the queue; without this they stay "doing" for ever."""
    manager = app.job_manager
    for stalled in async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=30):
        async_to_sync(manager.retry_job)(stalled)
