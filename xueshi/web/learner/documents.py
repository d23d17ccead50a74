"""The learner's slip, certificate, card and hours."""

from datetime import date, datetime

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xueshi.certificates import actions, queries
from xueshi.kernel import clock, files, printing
from xueshi.ledger import queries as ledger
from xueshi.ledger import standing
from xueshi.recognition import queries as reviews
from xueshi.web import doors


@require_GET
@doors.learners
def documents(request: doors.SeenRequest) -> HttpResponse:
    """Every pass on its way to hours, and the documents in force (CQ-17, CQ-18)."""
    at = clock.now()
    slips = [_shown(request, slip, at) for slip in queries.slip_states_for(request.viewer)]
    issued = [one for one in queries.documents_for(request.viewer) if one.kind != "slip"]
    return render(request, "learner/documents.html", {"slips": slips, "issued": issued})


def _shown(request: doors.SeenRequest, slip: queries.SlipState, at: datetime) -> dict[str, object]:
    to_send = slip.state in {"printable", "issued", "printed", "refused"}
    expected = reviews.expected_for(request.viewer, slip.instrument, slip.category, at) if to_send else None
    return {
        "slip": slip,
        "expected": expected,
        "clause": slip.review.clause if slip.review and not expected else expected and expected.clause,
        "days": slip.review.days(at) if slip.review else 0,
    }


@require_POST
@doors.learners
def issue_slip(request: doors.SeenRequest, pass_id: int) -> HttpResponse:
    """Issue the slip of a pass and show it, ready to print."""
    slip = actions.issue_slip(viewer=request.viewer, pass_id=pass_id, at=clock.now())
    return redirect("learner:slip", slip.pk)


@require_GET
@doors.learners
def slip(request: doors.SeenRequest, document_id: int) -> HttpResponse:
    """The score slip as a sheet of A4."""
    return _sheet(request, document_id, ("slip",))


@require_GET
@doors.learners
def document(request: doors.SeenRequest, document_id: int) -> HttpResponse:
    """The certificate or the registration card as a sheet of A4."""
    return _sheet(request, document_id, ("certificate", "card"))


def _sheet(request: doors.SeenRequest, document_id: int, kinds: tuple[str, ...]) -> HttpResponse:
    found = queries.document_for(request.viewer, document_id, kinds)
    context = {
        "document": found,
        "words": found.words,
        "qr": printing.qr_address(found.words["check"]),
        "dates": {
            key: date.fromisoformat(found.words[key]) for key in ("issued_on", "passed_on") if key in found.words
        },
        "lines": [_dated(line) for line in found.words.get("lines", [])],
        "site": found.words["check"].partition("/v/")[0],
    }
    return render(request, "learner/document.html", context)


def _dated(line: dict[str, str]) -> dict[str, object]:
    days = {key: date.fromisoformat(line[key]) for key in ("earned_on", "verified_on", "confirmed_on") if line[key]}
    return {**line, **days}


@require_GET
@doors.learners
def document_pdf(request: doors.SeenRequest, document_id: int) -> HttpResponseBase:
    """The PDF, the same bytes every time; counted as a print."""
    stored = actions.print_file(viewer=request.viewer, document_id=document_id, at=clock.now())
    return FileResponse(files.reading(stored), as_attachment=True, filename=stored.name, content_type="application/pdf")


@require_POST
@doors.learners
def note_print(request: doors.SeenRequest, document_id: int) -> HttpResponse:
    """The holder pressed print on the sheet."""
    actions.note_print(viewer=request.viewer, document_id=document_id, at=clock.now())
    return HttpResponse(status=204)


@require_POST
@doors.learners
def send_slip(request: doors.SeenRequest, document_id: int) -> HttpResponseRedirect:
    """Send the slip to the verifier whom the law names."""
    review = actions.send_slip(viewer=request.viewer, document_id=document_id, at=clock.now())
    if review.subject != f"slip:{document_id}":
        messages.warning(request, _("资料改过，合格单已按现在的资料重新签发，原来那张作废。要用纸面的，请重新打印。"))
    messages.success(request, _("合格单已送%(who)s。") % {"who": review.organisation.name})
    return redirect("learner:documents")


@require_GET
@doors.learners
def hours(request: doors.SeenRequest) -> HttpResponse:
    """The statement of hours: each line with the reason why it counts, and how the year stands (CQ-32)."""
    at = clock.now()
    this_year = clock.day_of(at).year
    statement = ledger.statement_for(request.viewer)
    years = [_year(request, statement, year, at) for year in sorted({this_year, *statement.years}, reverse=True)]
    return render(request, "learner/hours.html", {"years": years, "this_year": years[0], "statement": statement})


def _year(request: doors.SeenRequest, statement: ledger.Statement, year: int, at: datetime) -> dict[str, object]:
    shown = standing.demands_of(request.viewer.person_id, year, at)
    return {"year": year, "demands": shown, "lines": [line for line in statement.lines if line.year == year]}


urlpatterns: list[URLPattern] = [
    path("documents/", documents, name="documents"),
    path("documents/issue/<int:pass_id>/", issue_slip, name="issue_slip"),
    path("documents/slip/<int:document_id>/", slip, name="slip"),
    path("documents/<int:document_id>/", document, name="document"),
    path("documents/<int:document_id>/pdf/", document_pdf, name="document_pdf"),
    path("documents/<int:document_id>/printed/", note_print, name="note_print"),
    path("documents/<int:document_id>/send/", send_slip, name="send_slip"),
    path("hours/", hours, name="hours"),
]
