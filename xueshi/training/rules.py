"""When a plan is open, whom it is for, and which step comes next: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Window = Literal["draft", "not_yet", "open", "over", "closed"]


def window(*, state: str, opens_at: datetime, closes_at: datetime, at: datetime) -> Window:
    """Where a plan stands at a moment; its last moment is the one before `closes_at`."""
    if state == "draft":
        return "draft"
    if state != "published":
        return "closed"
    if at < opens_at:
        return "not_yet"
    return "open" if at < closes_at else "over"


def is_for(plan_region: str, person_region: str) -> bool:
    """A plan is for everybody in its region and below (codes of GB/T 2260 begin with their parent's)."""
    return person_region.startswith(plan_region)


# ---- the seven steps, in the order of the notice (CQ-51) -----------------------------------------------

Step = Literal["register", "choose", "pay", "study", "exam", "slip", "review"]
STEPS: tuple[Step, ...] = ("register", "choose", "pay", "study", "exam", "slip", "review")


@dataclass(frozen=True)
class Stand:
    """One step as a person stands to it. `waits_for` is the step that must be done before, if any."""

    step: Step
    state: Literal["done", "now", "later"]
    waits_for: Step | None = None


def stand(done: Mapping[Step, bool]) -> tuple[Stand, ...]:
    """Every step: done, the one to take now, or later and what it waits for.

    A step is open only when all before it are done; what is done out of order waits for what is missing.
    """
    stands: list[Stand] = []
    missing: Step | None = None
    for step in STEPS:
        if missing is not None:
            stands.append(Stand(step, "later", missing))
        elif done.get(step, False):
            stands.append(Stand(step, "done"))
        else:
            stands.append(Stand(step, "now"))
            missing = step
    return tuple(stands)


def gate(step: Step, done: Mapping[Step, bool]) -> Step | None:
    """The step that must be done before this one can be taken; None when the way is free."""
    return next((before for before in STEPS[: STEPS.index(step)] if not done.get(before, False)), None)
