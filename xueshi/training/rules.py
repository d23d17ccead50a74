"""When a plan is open, and whom it is for: pure."""

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
