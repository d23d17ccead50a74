"""Work of this floor for later: thin, and harmless when run twice."""

from xueshi.kernel import clock, jobs
from xueshi.people import actions, invitation_actions


@jobs.job
def send_code(request_id: int) -> None:
    """Send the code that somebody asked for, if the number has an account."""
    actions.send_due_code(request_id=request_id, at=clock.now())


@jobs.job
def send_invitations(organisation_id: int) -> None:
    """Send the invitations of a unit that wait for their codes, a hundred in a transaction."""
    while invitation_actions.send_some(organisation_id=organisation_id, at=clock.now()):
        pass


@jobs.every("17 3 * * *")
def forget_knocks(timestamp: int) -> None:
    """Delete what is too old to be counted against a limit."""
    actions.forget_knocks(at=clock.now())


@jobs.job
def check_roster(roster_id: int) -> None:
    """Read a roster in a child process and check every cell."""
    from xueshi.people.roster import checking_actions  # here: it loads Polars, which few processes need

    checking_actions.check(roster_id=roster_id, at=clock.now())


@jobs.job
def apply_roster(roster_id: int) -> None:
    """Apply a roster piece by piece; after a kill, from the last piece on."""
    from xueshi.people.roster import applying_actions

    applying_actions.apply(roster_id=roster_id, now=clock.now)
