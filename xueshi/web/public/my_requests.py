"""What a person asks others to change: put right, moved, merged; who has it, since when, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import (
    correction_actions,
    merging_actions,
    queries,
    request_actions,
    request_queries,
    request_rules,
    transfer_actions,
)
from xueshi.web import doors, papers, request_words
from xueshi.web.public.forms import typed_in
from xueshi.web.public.my_request_forms import CorrectionForm, MergeForm, ResendForm, TransferForm
from xueshi.web.redirects import SeeOther

if TYPE_CHECKING:
    from xueshi.people.models import ChangeRequest

MOST = 50


@require_safe
@doors.learners
def listing(request: doors.SeenRequest) -> HttpResponse:
    """Everything one asked for, the newest first."""
    at = clock.now()
    rows = list(request_queries.mine(request.viewer)[:MOST])
    told = [(request_words.said(one, at, request.viewer.person_id), request_words.next_step(one)) for one in rows]
    waiting = sum(one.state == request_rules.RETURNED and one.asked_by_id == request.viewer.person_id for one in rows)
    return render(request, "public/my_requests.html", {"rows": told, "waiting": waiting})


@require_safe
@doors.learners
def one(request: doors.SeenRequest, request_id: int) -> HttpResponse:
    """One of them."""
    return _one(request, request_queries.mine_one(request.viewer, request_id))


def _one(request: doors.SeenRequest, found: ChangeRequest, form: ResendForm | None = None) -> HttpResponse:
    at, mine = clock.now(), found.asked_by_id == request.viewer.person_id
    here, there = request_words.columns(found)
    returned = mine and found.state == request_rules.RETURNED
    steps = request_queries.history(found)
    back = next((step.reason for step in reversed(steps) if step.what == "returned"), "")
    context = {
        "told": request_words.said(found, at, request.viewer.person_id),
        "lines": request_words.lines(found), "here": here, "there": there,
        "steps": [(step, request_words.step_word(step)) for step in steps], "next": request_words.next_step(found),
        "papers": request_queries.papers(found), "mine": mine, "live": found.state in request_rules.LIVE,
        "returned": back if returned else "", "form": form or (ResendForm() if returned else None),
    }  # fmt: skip
    return render(request, "public/my_request.html", context, status=422 if form and form.errors else 200)


@require_POST
@doors.learners
def resend(request: doors.SeenRequest, request_id: int) -> HttpResponse:
    """Answer what was missing."""
    found = request_queries.mine_one(request.viewer, request_id)
    form = ResendForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            request_actions.resend(viewer=request.viewer, request_id=request_id, at=clock.now(), **form.cleaned_data)
        except (request_actions.PaperRefused, request_actions.TooManyPapers) as refused:
            form.add_error("papers", f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _("已补充并送回，办完后发短信告诉您。"))
            return _to(request_id)
    return _one(request, found, form)


@require_POST
@doors.learners
def withdraw(request: doors.SeenRequest, request_id: int) -> HttpResponse:
    """It is no longer wanted."""
    request_actions.withdraw(viewer=request.viewer, request_id=request_id, at=clock.now())
    messages.success(request, _("已撤回，没有改动任何资料。"))
    return _to(request_id)


@require_safe
@doors.learners
def paper(request: doors.SeenRequest, request_id: int, paper_id: int) -> HttpResponse:
    """A file one sent oneself; what somebody else sent is not shown."""
    found = request_queries.mine_one(request.viewer, request_id)
    if found.asked_by_id != request.viewer.person_id:
        raise NotYours()
    return papers.download(found, paper_id)


def _to(request_id: int) -> HttpResponse:
    return SeeOther(reverse("public:my_request", args=[request_id]))


def _ask(
    request: doors.SeenRequest, form: Any, template: str, ask: Callable[[dict[str, Any]], ChangeRequest], **more: Any
) -> HttpResponse:
    """Show the form, or ask; what is refused is said in the form, and nothing typed is lost but the files."""
    if form.is_bound and form.is_valid():
        try:
            made = ask(form.cleaned_data)
        except (
            request_actions.PaperRefused,
            request_actions.TooManyPapers,
            correction_actions.PapersMissing,
        ) as refused:
            form.add_error("papers", f"{refused.said}{refused.advice}")
        except Refused as refused:
            form.add_error(None, f"{refused.said}{refused.advice}")
        else:
            messages.success(request, _("已送出。办到哪一步了，在这一页随时能看。"))
            return _to(made.pk)
    return render(request, template, {"form": form, **more}, status=422 if form.is_bound and form.errors else 200)


@doors.learners
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: doors.SeenRequest) -> HttpResponse:
    """Name, number, or a phone that was lost."""
    form = CorrectionForm(request.POST, request.FILES) if request.method == "POST" else CorrectionForm()

    def ask(typed: dict[str, Any]) -> ChangeRequest:
        who = typed["id_number"]
        return correction_actions.ask_correction(
            viewer=request.viewer, name=typed["name"] or "", typed_id=who.number if who else "",
            phone=typed["phone"] or "",
            reason=typed["reason"], papers=typed["papers"], at=clock.now(),
        )  # fmt: skip

    return _ask(request, form, "public/ask_correction.html", ask, held=queries.held_about(request.viewer))


@doors.learners
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: doors.SeenRequest) -> HttpResponse:
    """Another unit, region or keeper of the file."""
    if "list_employers" in request.POST:  # without the script: units of the district just chosen
        return render(request, "public/ask_transfer.html", {"form": TransferForm(initial=typed_in(request))})
    held = queries.held_about(request.viewer)
    now = {
        "region": held.person.region.code, "employer": held.employment.employer_id if held.employment else "",
        "file_keeper": held.person.file_keeper, "agency": held.person.file_agency_id or "",
    }  # fmt: skip
    form = TransferForm(request.POST, request.FILES) if request.method == "POST" else TransferForm(initial=now)

    def ask(typed: dict[str, Any]) -> ChangeRequest:
        return transfer_actions.ask_transfer(
            viewer=request.viewer, **form.workplace, day=typed["day"], reason=typed["reason"], papers=typed["papers"],
            at=clock.now(),
        )  # fmt: skip

    return _ask(request, form, "public/ask_transfer.html", ask)


@doors.learners
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: doors.SeenRequest) -> HttpResponse:
    """Two accounts of one human."""
    masked = queries.held_about(request.viewer).person.id_masked
    posted = request.method == "POST"
    form = MergeForm(request.POST, request.FILES, masked=masked) if posted else MergeForm(masked=masked)

    def ask(typed: dict[str, Any]) -> ChangeRequest:
        return merging_actions.ask_merge(
            viewer=request.viewer, typed_id=typed["id_number"].number, keep=typed["keep"], reason=typed["reason"],
            papers=typed["papers"], at=clock.now(),
        )  # fmt: skip

    return _ask(request, form, "public/ask_merge.html", ask)


urlpatterns: list[URLPattern] = [
    path("me/requests/", listing, name="my_requests"),
    path("me/requests/correction/", correction, name="ask_correction"),
    path("me/requests/transfer/", transfer, name="ask_transfer"),
    path("me/requests/merge/", merge, name="ask_merge"),
    path("me/requests/<int:request_id>/", one, name="my_request"),
    path("me/requests/<int:request_id>/resend/", resend, name="resend_request"),
    path("me/requests/<int:request_id>/withdraw/", withdraw, name="withdraw_request"),
    path("me/requests/<int:request_id>/papers/<int:paper_id>/", paper, name="my_request_paper"),
]
