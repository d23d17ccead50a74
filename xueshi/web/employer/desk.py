"""At which unit's desk somebody sits: one unit at a time, also for a person who serves several."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.people.viewer import Seat, Viewer
from xueshi.web import doors
from xueshi.web.redirects import SeeOther

KEPT = "unit"  # in the session: the unit that was chosen last


@dataclass(frozen=True)
class Desk:
    """The unit, the viewer in the capacity held there, and the units one can change to."""

    viewer: Viewer
    unit_id: int
    unit: str
    units: Sequence[tuple[int, str]]


def desk(request: doors.SeenRequest, *roles: str) -> Desk:
    """The desk of the unit chosen last, or of the first; the request's viewer acts there from now on.

    Raises NotAllowed for somebody who holds none of the roles (any of the door's, where none is named).
    """
    asked = roles or doors.EMPLOYERS
    seats = [seat for role in asked for seat in request.viewer.seats if seat.role == role]
    if not seats:
        raise NotAllowed()
    return _at(
        request, next((one for one in seats if one.organisation_id == request.session.get(KEPT)), seats[0]), seats
    )


def desk_of(request: doors.SeenRequest, organisation_id: int, *roles: str) -> Desk:
    """The desk of one unit; raises NotYours for any other than the viewer's."""
    asked = roles or doors.EMPLOYERS
    seats = [seat for role in asked for seat in request.viewer.seats if seat.role == role]
    seat = next((one for one in seats if one.organisation_id == organisation_id), None)
    if seat is None:
        raise NotYours()
    return _at(request, seat, seats)


def _at(request: doors.SeenRequest, seat: Seat, seats: Sequence[Seat]) -> Desk:
    request.viewer = request.viewer.acting_as(seat.role)
    units = {one.organisation_id: one.organisation for one in seats}
    return Desk(request.viewer, seat.organisation_id, seat.organisation, list(units.items()))


@require_POST
@doors.employers
def choose_unit(request: doors.SeenRequest) -> HttpResponse:
    """Go to the desk of another of one's units, on the same page."""
    typed = request.POST.get("unit", "")
    wanted = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
    request.session[KEPT] = desk_of(request, wanted).unit_id
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) and back.startswith("/unit/")
    return SeeOther(back if here else reverse("employer:home"))


urlpatterns: list[URLPattern] = [path("choose/", choose_unit, name="choose_unit")]
