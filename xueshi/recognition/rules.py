"""Who may decide what, and how fast: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PACE = 60  # decisions in one minute: more than this, nobody has looked at what was stamped
STRETCH = timedelta(minutes=1)


class Verdict(StrEnum):
    """What a verifier says of a document."""

    VERIFIED = "verified"
    REFUSED = "refused"


class Obstacle(StrEnum):
    """Why a decision cannot be taken as it stands."""

    OWN = "own"
    NO_METHOD = "no-method"
    NO_SEAL = "no-seal"
    NO_REASON = "no-reason"


@dataclass(frozen=True)
class Decision:
    """What a verifier is about to say: by which method, under whose seal, for which reason."""

    verdict: Verdict
    method: str
    seal: str
    reason: str


def obstacle(
    decision: Decision, *, decider_id: int, person_id: int, sealed: bool, methods: tuple[str, ...]
) -> Obstacle | None:
    """The first thing in the way: nobody decides their own; a pass names its method, and its seal where the
    route asks for one; a refusal gives its reason."""
    if decider_id == person_id:
        return Obstacle.OWN
    if decision.verdict is Verdict.REFUSED:
        return None if decision.reason.strip() else Obstacle.NO_REASON
    if decision.method not in methods:
        return Obstacle.NO_METHOD
    if sealed and not decision.seal.strip():
        return Obstacle.NO_SEAL
    return None


def too_fast(decided_in_the_last_minute: int) -> bool:
    """True when the next decision would be one more than a person can have looked at."""
    return decided_in_the_last_minute >= PACE


def waited_days(submitted_at: datetime, now: datetime) -> int:
    """Whole calendar days by the clock that both moments carry; today is 0."""
    return max(0, (now.date() - submitted_at.date()).days)
