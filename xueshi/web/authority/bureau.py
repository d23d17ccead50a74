"""Who looks at people as a whole, and who tries drafts of the law: officers, whatever their desk in a bureau."""

from dataclasses import replace

from xueshi.kernel.errors import NotAllowed
from xueshi.people.viewer import Seat, Viewer
from xueshi.web.doors import SeenRequest

OVERSEERS = ("officer", "industry_officer", "agency_officer", "auditor", "verifier", "counter")
ROLES = ("officer", "verifier", "counter")
BUREAUS = ("county_hrss", "municipal_hrss", "provincial_hrss")


def _oversees(seat: Seat) -> bool:
    return seat.role in ("industry_officer", "agency_officer", "auditor") or (
        seat.role in OVERSEERS and seat.kind in BUREAUS
    )


def _of_bureau(seat: Seat) -> bool:
    return seat.role in ROLES and seat.kind in BUREAUS


def is_overseer(viewer: Viewer) -> bool:
    """Whether the viewer may look at an office's people as a whole."""
    return any(map(_oversees, viewer.seats))


def is_officer(viewer: Viewer) -> bool:
    """Whether the viewer holds a post in a bureau of human resources."""
    return any(map(_of_bureau, viewer.seats))


def officer(request: SeenRequest) -> Viewer:
    """The viewer as an officer of the bureau, with the seats there and no others; raises NotAllowed."""
    return _at(request.viewer, tuple(filter(_of_bureau, request.viewer.seats)), ROLES)


def overseer(request: SeenRequest) -> Viewer:
    """The viewer as one who looks at people as a whole, with those seats and no others; raises NotAllowed."""
    return _at(request.viewer, tuple(filter(_oversees, request.viewer.seats)), OVERSEERS)


def _at(viewer: Viewer, seats: tuple[Seat, ...], roles: tuple[str, ...]) -> Viewer:
    if not seats:
        raise NotAllowed()
    role = next(role for role in roles if any(seat.role == role for seat in seats))
    return replace(viewer, seats=tuple(seat for seat in seats if seat.role == role), capacity=role)
