"""Rosters: send a spreadsheet of the unit's people, see what it would do, decide (ZJ-38, ZJ-41)."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xueshi.kernel import clock
from xueshi.kernel.errors import Refused
from xueshi.people import roster_actions, roster_queries
from xueshi.people.roster.limits import MOST_BYTES
from xueshi.web import doors, roster_pages
from xueshi.web.employer.desk import desk, desk_of
from xueshi.web.employer.uploading import KeptInMemory
from xueshi.web.redirects import SeeOther

if TYPE_CHECKING:
    from xueshi.people.models import RosterImport

PAGE = 25


class UploadForm(forms.Form):
    """A file from the unit's own computer."""

    file = forms.FileField(
        label=gettext_lazy("人员表（.xlsx 或 .csv）"),
        error_messages={"required": gettext_lazy("还没有选文件。"), "empty": gettext_lazy("这个文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    again = forms.BooleanField(label=gettext_lazy("这份写入过了，再核对一遍（不会重复写入）"), required=False)

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("文件有 %(size)d MB，最大 %(most)d MB。请分成几份，或者删掉图片和多余的工作表再传。")
                % {"size": -(-(file.size or 0) // 1024**2), "most": MOST_BYTES // 1024**2}
            )
        return file


@require_GET
@doors.employers
def rosters(request: doors.SeenRequest) -> HttpResponse:
    """Every roster of the unit: its state, and who has it since when."""
    here = desk(request)
    sent = roster_queries.rosters_for(here.viewer).filter(organisation_id=here.unit_id)
    shown = roster_pages.page_of(sent, request.GET.get("page"), PAGE)
    lines = [(one, roster_pages.state_of(one), roster_pages.holder_of(one)) for one in shown]
    return render(request, "employer/rosters.html", {"desk": here, "page": shown, "lines": lines})


@csrf_exempt  # only until the upload handler is set: `_received` is protected
@require_http_methods(["GET", "HEAD", "POST"])
@doors.employers
def roster_new(request: doors.SeenRequest) -> HttpResponse:
    """Choose a file and send it; it is kept in memory until it is sealed."""
    request.upload_handlers = [KeptInMemory(request)]
    return _received(request)


@csrf_protect
def _received(request: doors.SeenRequest) -> HttpResponse:
    here = desk(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    applied = None
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            roster = roster_actions.receive(
                viewer=here.viewer, organisation_id=here.unit_id, name=file.name or "", data=file.read(),
                at=clock.now(), again=form.cleaned_data["again"],
            )  # fmt: skip
        except Refused as refused:  # what is wrong with the file is said beside it
            if refused.status not in (409, 413, 422):
                raise
            form.add_error("file", f"{refused.said}{refused.advice}")
            applied = refused.facts.get("roster_id")
        else:
            return SeeOther(reverse("employer:roster", args=[roster.pk]))
    context = {
        "desk": here,
        "form": form,
        "applied": applied,
        "fields": roster_queries.FIELDS,
        "most": MOST_BYTES // 1024**2,
    }
    return render(request, "employer/roster_new.html", context, status=422 if form.errors else 200)


@require_GET
@doors.employers
def roster_template(request: doors.SeenRequest) -> HttpResponse:
    """The sheet to fill in."""
    return _file(roster_queries.template_xlsx(), "roster.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=roster_queries.XLSX, headers=headers)


def _found(request: doors.SeenRequest, roster_id: int) -> "RosterImport":
    """A roster of one of the viewer's units, at whose desk the viewer sits from now on."""
    for role in doors.EMPLOYERS:
        viewer = request.viewer.acting_as(role)
        found = roster_queries.rosters_for(viewer).filter(pk=roster_id).first() if viewer.holds(role) else None
        if found:
            desk_of(request, found.organisation_id)
            return found
    return roster_queries.roster_for(request.viewer, roster_id)


@require_GET
@doors.employers
def roster(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """How far it is: waiting, what it would do, what it did."""
    one = _found(request, roster_id)
    return render(request, "employer/roster.html", roster_pages.context_of(request, one))


@require_GET
@doors.employers
def roster_state(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """What the page asks every two seconds while somebody else works: how far it is, or look at the page again."""
    one = _found(request, roster_id)
    if roster_pages.goes_on(one):
        return render(request, "employer/_roster_state.html", roster_pages.progress_of(one))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("employer:roster", args=[one.pk])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@doors.employers
def roster_mapping(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """Which heading is what: guessed, remembered, and put right by the clerk."""
    one = _found(request, roster_id)
    asked = roster_pages.Columns.of(request, one)
    if request.method == "POST" and not asked.problem:
        try:
            roster_actions.set_mapping(viewer=request.viewer, roster_id=one.pk, mapping=asked.mapping, at=clock.now())
        except (roster_actions.MappingIncomplete, roster_actions.MappingTwice) as refused:
            asked = asked.refused(f"{refused.said}{refused.advice}")
        else:
            return SeeOther(reverse("employer:roster", args=[one.pk]))
    context: dict[str, Any] = {"roster": one, "columns": asked, "steps": roster_pages.steps("columns")}
    return render(request, "employer/roster_mapping.html", context, status=422 if asked.problem else 200)


@require_POST
@doors.employers
def roster_confirm(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """Write what can be written; a large one waits for a second person."""
    _found(request, roster_id)
    one = roster_actions.confirm(viewer=request.viewer, roster_id=roster_id, at=clock.now())
    return SeeOther(reverse("employer:roster", args=[one.pk]))


@require_POST
@doors.employers
def roster_agree(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """The second person has looked and agrees."""
    _found(request, roster_id)
    one = roster_actions.second_look(viewer=request.viewer, roster_id=roster_id, at=clock.now())
    return SeeOther(reverse("employer:roster", args=[one.pk]))


@require_POST
@doors.employers
def roster_discard(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """Give the roster up; nobody was written."""
    _found(request, roster_id)
    one = roster_actions.discard(viewer=request.viewer, roster_id=roster_id, at=clock.now())
    return SeeOther(reverse("employer:roster", args=[one.pk]))


@require_GET
@doors.employers
def roster_rejected(request: doors.SeenRequest, roster_id: int) -> HttpResponse:
    """The rows that could not be read, as they came, each with its reason; to be put right and sent again."""
    one = _found(request, roster_id)
    return _file(roster_queries.problems_xlsx(request.viewer, one.pk), f"roster-{one.pk}-rejected.xlsx")


urlpatterns: list[URLPattern] = [
    path("rosters/", rosters, name="rosters"),
    path("rosters/new/", roster_new, name="roster_new"),
    path("rosters/template.xlsx", roster_template, name="roster_template"),
    path("rosters/<int:roster_id>/", roster, name="roster"),
    path("rosters/<int:roster_id>/state", roster_state, name="roster_state"),
    path("rosters/<int:roster_id>/columns/", roster_mapping, name="roster_mapping"),
    path("rosters/<int:roster_id>/confirm", roster_confirm, name="roster_confirm"),
    path("rosters/<int:roster_id>/agree", roster_agree, name="roster_agree"),
    path("rosters/<int:roster_id>/discard", roster_discard, name="roster_discard"),
    path("rosters/<int:roster_id>/rejected.xlsx", roster_rejected, name="roster_rejected"),
]
