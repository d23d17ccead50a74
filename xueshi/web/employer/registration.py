"""The form of collective registration: on the page, on paper, as a spreadsheet, with the same rows (ZJ-39 to ZJ-41)."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xueshi.kernel import clock
from xueshi.people import queries_duties, registration_actions, registration_queries
from xueshi.web import doors, spreadsheets
from xueshi.web.employer import papers
from xueshi.web.employer.desk import desk

SHOWN = 20


@require_GET
@doors.employers
def registration(request: doors.SeenRequest) -> HttpResponse:
    """The form, and where it goes."""
    here = desk(request)
    lines = registration_queries.lines_of(here.viewer, here.unit_id)
    seat = next(one for one in here.viewer.acting if one.organisation_id == here.unit_id)
    taker = queries_duties.competent("enrolment", seat.region, clock.day_of(clock.now()), seat.industry)
    context = {
        "taker": taker,
        "desk": here, "count": len(lines), "heading": papers.heading(),
        "rows": [papers.row(line) for line in lines[:SHOWN]], "more": max(0, len(lines) - SHOWN),
    }  # fmt: skip
    return render(request, "employer/registration.html", context)


@require_GET
@doors.employers
def registration_pdf(request: doors.SeenRequest) -> HttpResponse:
    """The form on paper, to be signed and sealed."""
    here, at = desk(request), clock.now()
    lines = registration_queries.lines_of(here.viewer, here.unit_id)
    registration_actions.note_form(
        viewer=here.viewer, organisation_id=here.unit_id, people=len(lines), kind="pdf", at=at
    )
    response = HttpResponse(papers.registration(lines, here.unit, at), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="registration.pdf"'
    return response


@require_GET
@doors.employers
def registration_xlsx(request: doors.SeenRequest) -> FileResponse:
    """The same rows as a spreadsheet, to be sent beside the paper."""
    here = desk(request)
    lines = registration_queries.lines_of(here.viewer, here.unit_id)
    registration_actions.note_form(
        viewer=here.viewer, organisation_id=here.unit_id, people=len(lines), kind="xlsx", at=clock.now()
    )
    rows = (papers.row(line) for line in lines)
    return spreadsheets.xlsx_file("registration", [(_("集中报名表"), papers.heading(), rows)])


urlpatterns: list[URLPattern] = [
    path("rosters/registration/", registration, name="registration"),
    path("rosters/registration.pdf", registration_pdf, name="registration_pdf"),
    path("rosters/registration.xlsx", registration_xlsx, name="registration_xlsx"),
]
