"""Who sits in a bureau: only there are people looked at as a whole, and drafts of the law tried."""

from dataclasses import replace

from xueshi.kernel.errors import NotAllowed
from xueshi.people.viewer import Viewer
from xueshi.web.doors import SeenRequest

ROLES = ("verifier", "counter")
BUREAUS = ("county_hrss", "municipal_hrss")


def is_officer(viewer: Viewer) -> bool:
    """Whether the viewer holds a post in a bureau of human resources."""
    return any(seat.kind in BUREAUS and seat.role in ROLES for seat in viewer.seats)


def officer(request: SeenRequest) -> Viewer:
    """The viewer as an officer of the bureau, with the seats there and no others; raises NotAllowed."""
    seats = tuple(seat for seat in request.viewer.seats if seat.kind in BUREAUS and seat.role in ROLES)
    if not seats:
        raise NotAllowed()
    role = next(role for role in ROLES if any(seat.role == role for seat in seats))
    return replace(request.viewer, seats=tuple(seat for seat in seats if seat.role == role), capacity=role)
