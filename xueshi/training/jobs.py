"""What the clock does: a notice that was lost is found by asking."""

from xueshi.kernel import clock, jobs
from xueshi.payments import queries as payments
from xueshi.training import actions


@jobs.every("* * * * *")
def reconcile(timestamp: int) -> None:
    """Ask the provider about every unpaid order that went to its page and whose turn it is."""
    for order_id in payments.due_to_ask(clock.now()):
        actions.ask_provider(order_id=order_id, at=clock.now())
