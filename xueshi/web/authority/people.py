"""The bureau's table of its people: how each stands for a purpose and a year."""

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from xueshi.kernel import clock
from xueshi.web import doors, people_tables
from xueshi.web.authority.bureau import overseer


@require_GET
@doors.authorities
def people(request: doors.SeenRequest) -> HttpResponse:
    """Everybody in the bureau's region, a page at a time."""
    at = clock.now()
    table = people_tables.table_for(overseer(request), request, at)
    return render(request, "authority/people.html", people_tables.context_of(table, at))


@require_POST
@doors.authorities
def people_search(request: doors.SeenRequest) -> HttpResponse:
    """Remember what is looked for; it is posted, so that no name stands in an address."""
    overseer(request)
    return people_tables.remember(request)


@require_GET
@doors.authorities
def people_export(request: doors.SeenRequest, kind: str) -> StreamingHttpResponse | FileResponse:
    """The same as a file."""
    return people_tables.export(overseer(request), request, kind, clock.now())


urlpatterns: list[URLPattern] = [
    path("people/", people, name="people"),
    path("people/search/", people_search, name="people_search"),
    path("people/export.<slug:kind>", people_export, name="people_export"),
]
