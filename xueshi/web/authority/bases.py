"""Training bases of the bureau's region: who is one, for what, and what becomes of it (KF-31 to KF-40)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.viewer import Viewer
from xueshi.training import base_actions, base_queries, base_words
from xueshi.training import base_change_actions as changes
from xueshi.web import base_pages, doors, spreadsheets
from xueshi.web.authority import base_forms
from xueshi.web.authority.base_deeds import DEEDS
from xueshi.web.base_pages import Shown
from xueshi.web.redirects import SeeOther

A_PAGE = 20


def told(form: forms.Form, deed: Callable[[], Any]) -> bool:
    """Do it; what can be put right in the form is said at its head, with everything typed still there."""
    try:
        deed()
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        form.add_error(None, f"{refused.said}{refused.advice}")
        return False
    return True


def _asked(request: doors.SeenRequest) -> dict[str, str]:
    """The filters of the address; anything odd is no filter at all."""
    state, level = request.GET.get("state", ""), request.GET.get("level", "")
    return {
        "text": request.GET.get("text", "").replace("\x00", "").strip()[:60],
        "state": state if state in base_queries.STATES else "",
        "level": level if level in dict(base_words.LEVELS) else "",
    }


@require_safe
@doors.authorities
def bases(request: doors.SeenRequest) -> HttpResponse:
    """Bases of the region, those that wait first."""
    viewer, on, asked = doors.only(request, "officer"), clock.day_of(clock.now()), _asked(request)
    rows = base_queries.bases_for(viewer, on, **asked)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    counts = base_queries.counts_for(viewer, on)
    shown = {
        "page": page, "rows": [Shown(paper) for paper in base_queries.papers_of(list(page.object_list), on)],
        "asked": asked, "waiting": base_queries.waiting_count(viewer), "everything": sum(counts.values()),
        "chips": [("", _("全部"), sum(counts.values()))]
        + [(state, base_words.STANDINGS[state], counts[state]) for state in base_queries.STATES if counts.get(state)],
        "levels": base_words.LEVELS, "bureaus": base_queries.bureaus_of(viewer),
    }  # fmt: skip
    return render(request, "authority/bases.html", shown)


@require_safe
@doors.authorities
def bases_export(request: doors.SeenRequest, kind: str) -> StreamingHttpResponse | FileResponse:
    """What the page lists, with the same filters, as a file."""
    viewer, on = doors.only(request, "officer"), clock.day_of(clock.now())
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    rows = list(base_queries.bases_for(viewer, on, **_asked(request))[: spreadsheets.MOST_XLSX])
    heading = [
        _("基地"), _("级别"), _("服务地区"), _("主管"), _("状态"), _("科目"), _("专业"), _("职称层次"), _("批次"),
        _("文号"), _("起"), _("止"), _("受托的区县"),
    ]  # fmt: skip
    lines = [_line(Shown(paper)) for paper in base_queries.papers_of(rows, on)]
    if kind == "csv":
        return spreadsheets.csv_file(_("继续教育基地"), heading, lines)
    return spreadsheets.xlsx_file(_("继续教育基地"), [(_("继续教育基地"), heading, lines)])


def _line(one: Shown) -> spreadsheets.Row:
    row, paper = one.row, one.paper
    return [
        row.base.name, row.get_level_display(), row.region.name, row.supervisor.name, one.label, one.subjects,
        one.specialties, one.titles, row.batch.name if row.batch else "", row.batch.document if row.batch else "",
        paper.since.isoformat() if paper.since else "", one.last_day.isoformat() if one.last_day else "",
        _("、").join(given.one.region.name for given in one.entrusted),
    ]  # fmt: skip


@require_safe
@doors.authorities
def base(request: doors.SeenRequest, accreditation_id: int) -> HttpResponse:
    """One base: scope, state, who did what, its counties, the fees; and whether it may open a class."""
    viewer, on = doors.only(request, "officer"), clock.day_of(clock.now())
    paper = base_queries.paper_for(viewer, accreditation_id, on)
    decides = base_queries.decides(viewer, paper)
    shown = {
        "one": Shown(paper), "decides": decides, "deeds": _open_to(viewer, paper) if decides else [],
        "fees": base_queries.fees_of(paper.accreditation.region.code, on),
        **base_pages.check_of(request.GET, paper, on),
    }  # fmt: skip
    return render(request, "authority/base.html", shown)


def _open_to(viewer: Viewer, paper: base_queries.Paper) -> list[tuple[str, Any, bool]]:
    """What can be done now: deed, its words, whether it is the first thing to do."""
    row = paper.accreditation
    if row.state == "applied":
        return [("decide", _("审批这份申请"), True)] if row.applied_by_id != viewer.person_id else []
    if row.state not in ("approved", "suspended"):
        return []
    found: list[tuple[str, Any, bool]] = []
    if row.withdrawal_proposed_by_id:
        if row.withdrawal_proposed_by_id != viewer.person_id:
            found.append(("confirm", _("确认撤销…"), True))
        found.append(("drop", _("不再撤销"), False))
    if row.state == "suspended":
        found.append(("lift", _("恢复资格"), True))
    elif paper.standing == "approved":
        found.append(("suspend", _("暂停…"), False))
    if paper.standing in ("approved", "suspended"):
        found.append(("scope", _("调整范围"), False))
    found.append(("renew", _("延期"), paper.standing == "expired"))
    if not row.withdrawal_proposed_by_id:
        found.append(("withdraw", _("提出撤销…"), False))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def base_change(request: doors.SeenRequest, accreditation_id: int, deed: str) -> HttpResponse:
    """One deed about a base: what it needs, then done, then back to the base."""
    viewer, at = doors.only(request, "officer"), clock.now()
    paper = base_queries.paper_for(viewer, accreditation_id, clock.day_of(at))
    if deed not in DEEDS or not base_queries.decides(viewer, paper):
        raise NotYours()
    form = _form(deed, viewer, paper, request.POST if request.method == "POST" else None, at)
    if request.method == "POST" and form.is_valid() and told(form, lambda: _do(deed, viewer, paper, form, at)):
        name = paper.accreditation.base.name
        messages.success(request, _("%(name)s：已办理“%(deed)s”。") % {"name": name, "deed": DEEDS[deed].heading})
        return SeeOther(reverse("authority:base", args=[accreditation_id]))
    shown = {"one": Shown(paper), "form": form, "deed": deed, "words": DEEDS[deed]}
    return render(request, "authority/base_change.html", shown, status=422 if form.errors else 200)


def _form(deed: str, viewer: Viewer, paper: base_queries.Paper, data: Any, at: datetime) -> forms.Form:
    today = clock.day_of(at)
    begun = base_pages.begin_with(paper.terms) | {"since": today, "last_day": base_pages.last_of(paper.until)}
    if deed == "decide":
        batches = base_queries.batches_for(viewer)
        return base_forms.DecideForm(data, initial=begun | {"verdict": "approve"}, batches=batches)
    if deed == "suspend":
        return base_forms.SuspendForm(data, initial={"since": today})
    if deed == "scope":
        return base_forms.RescopeForm(data, initial=begun)
    if deed == "renew":
        return base_forms.RenewForm(data, initial=begun)
    return forms.Form(data) if deed == "confirm" else base_forms.ReasonForm(data)


def _do(deed: str, viewer: Viewer, paper: base_queries.Paper, form: Any, at: datetime) -> object:
    typed = form.cleaned_data
    said: dict[str, Any] = {"viewer": viewer, "accreditation_id": paper.accreditation.pk, "at": at}
    if deed == "decide":
        return _decide(form, said)
    if deed == "suspend":
        return changes.suspend(since=typed["since"], reason=typed["reason"], **said)
    if deed == "lift":
        return changes.lift(reason=typed["reason"], **said)
    if deed == "scope":
        return changes.rescope(scope=form.scope, since=typed["since"], reason=typed["reason"], **said)
    if deed == "renew":
        return changes.renew(until=base_pages.until_of(typed["last_day"]), reason=typed["reason"], **said)
    if deed == "withdraw":
        return changes.propose_withdrawal(reason=typed["reason"], **said)
    if deed == "drop":
        return changes.drop_withdrawal(reason=typed["reason"], **said)
    return changes.confirm_withdrawal(**said)


def _decide(form: base_forms.DecideForm, said: dict[str, Any]) -> object:
    typed = form.cleaned_data
    if typed["verdict"] == "return":
        return base_actions.send_back(reason=typed["reason"], **said)
    if typed["verdict"] == "refuse":
        return base_actions.refuse(reason=typed["reason"], **said)
    until = base_pages.until_of(typed["last_day"])
    return base_actions.approve(
        batch_id=typed["batch"], since=typed["since"], until=until, scope=form.scope, reason=typed["reason"], **said
    )


@require_http_methods(["GET", "HEAD", "POST"])
@doors.authorities
def base_new(request: doors.SeenRequest) -> HttpResponse:
    """File an application that came on paper; a colleague decides it."""
    viewer, at = doors.only(request, "officer"), clock.now()
    candidates = base_queries.candidates_for(viewer)
    level = next((bureau.level for bureau in base_queries.bureaus_of(viewer)), "")
    data = request.POST if request.method == "POST" else None
    form = base_forms.NewBaseForm(data, initial=base_pages.begin_with(None, level), candidates=candidates)
    if request.method == "POST" and form.is_valid():
        made: list[int] = []
        typed = form.cleaned_data

        def file() -> None:
            one = base_actions.apply(
                viewer=viewer, base_id=typed["base"], scope=form.scope, reason=typed["reason"], at=at
            )
            made.append(one.pk)

        if told(form, file):
            messages.success(request, _("申请已登记，等另一位同事审批。"))
            return SeeOther(reverse("authority:base", args=[made[0]]))
    shown = {"form": form, "candidates": candidates}
    return render(request, "authority/base_new.html", shown, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("bases/", bases, name="bases"),
    path("bases/export.<slug:kind>", bases_export, name="bases_export"),
    path("bases/new/", base_new, name="base_new"),
    path("bases/<int:accreditation_id>/", base, name="base"),
    path("bases/<int:accreditation_id>/<slug:deed>/", base_change, name="base_change"),
]
