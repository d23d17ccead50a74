"""The roll of the unit's people."""

from dataclasses import replace

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from xueshi.web import doors, people_roll
from xueshi.web.employer.desk import desk
from xueshi.web.people_roll import Roll


def _of(request: doors.SeenRequest) -> Roll:
    """The people of the unit at whose desk the viewer sits, and of no other that he or she serves too."""
    here = desk(request)
    seats = tuple(seat for seat in here.viewer.acting if seat.organisation_id == here.unit_id)
    return Roll("employer", replace(here.viewer, seats=seats), "employer:record", regions=False)


@require_GET
@doors.employers
def roll(request: doors.SeenRequest) -> HttpResponse:
    """A page of the people in reach."""
    return people_roll.show(request, _of(request), desk=desk(request))


@require_POST
@doors.employers
def roll_search(request: doors.SeenRequest) -> HttpResponse:
    """Remember what is looked for; it is posted, so that no name stands in an address."""
    return people_roll.remember(request, _of(request))


@require_POST
@doors.employers
def roll_keep(request: doors.SeenRequest) -> HttpResponse:
    """Keep the filter under a name."""
    return people_roll.keep(request, _of(request))


@require_POST
@doors.employers
def roll_remove(request: doors.SeenRequest, filter_id: int) -> HttpResponse:
    """Remove a filter of one's own."""
    return people_roll.remove(request, _of(request), filter_id)


@require_GET
@doors.employers
def roll_print(request: doors.SeenRequest) -> HttpResponse:
    """The same as a list for the file."""
    return people_roll.on_paper(request, _of(request))


@require_GET
@doors.employers
def roll_export(request: doors.SeenRequest, kind: str) -> StreamingHttpResponse | FileResponse:
    """The same as a file."""
    return people_roll.export(request, _of(request), kind)


urlpatterns: list[URLPattern] = [
    path("roll/", roll, name="roll"),
    path("roll/search/", roll_search, name="roll_search"),
    path("roll/filters/", roll_keep, name="roll_keep"),
    path("roll/filters/<int:filter_id>/remove/", roll_remove, name="roll_remove"),
    path("roll/print/", roll_print, name="roll_print"),
    path("roll/export.<slug:kind>", roll_export, name="roll_export"),
]
