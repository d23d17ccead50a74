"""Requests behind the bureau's, the unit's and the operator's door: the queue, one of them, what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.people import kinds, request_queries, searching
from xueshi.people.request_queries import Wanted
from xueshi.people.viewer import Viewer
from xueshi.web import doors, papers, request_deciding, request_words, spreadsheets
from xueshi.web.look import saying
from xueshi.web.redirects import SeeOther
from xueshi.web.request_forms import SearchForm

PAGE = 25
TEXT = "requests_text"  # in the session: whom one looks for
SHOWS = (("mine", gettext_lazy("等您办")), ("live", gettext_lazy("未办结")), ("done", gettext_lazy("已办结")))
ROLES = {
    "authority": ("officer", "industry_officer", "agency_officer", "counter", "auditor"),
    "employer": ("unit_head", "unit_clerk"),
    "operator": ("operator",),
}


def _wanted(request: doors.SeenRequest) -> Wanted:
    get = request.GET
    show = get.get("show", "")
    return Wanted(
        kind=get.get("kind", "") if get.get("kind") in kinds.RequestKind.values else "",
        show=show if show in dict(SHOWS) else "mine",
        text=request.session.get(TEXT, ""),
        after=get.get("after", "")[:60],
    )


def _rows(request: doors.SeenRequest, roles: tuple[str, ...], wanted: Wanted) -> Any:
    people = None
    if wanted.text:
        people = searching.found(request_queries.concerned(request.viewer, roles), wanted.text)
    return request_queries.inbox(request.viewer, roles, wanted, people)


def queue(request: doors.SeenRequest, door: str) -> HttpResponse:
    """What waits, the one that has waited longest first; or what was decided."""
    at, roles, wanted = clock.now(), ROLES[door], _wanted(request)
    rows, after = request_queries.page_of(_rows(request, roles, wanted), wanted, PAGE)
    counts = request_queries.counts(request.viewer, roles)
    told = [request_words.said(one, at) for one in rows]
    waiting = sum(counts.values())
    narrowed = wanted.show != "mine" or wanted.kind or wanted.text
    context = {
        "door": door, "wanted": wanted, "rows": told, "after": after, "waiting": waiting,
        "total": _rows(request, roles, wanted).count() if narrowed else None,
        "oldest": told[0].days if told and wanted.show == "mine" and not wanted.after and not wanted.text else 0,
        "shows": SHOWS,
        "kinds": [(key, label, counts.get(key, 0)) for key, label in kinds.RequestKind.choices if _has(door, key)],
        "search": SearchForm(initial={"text": wanted.text}), "query": f"show={wanted.show}&kind={wanted.kind}",
        "urls": _urls(door), "may_merge": door == "authority" and request.viewer.holds("officer", "counter"),
    }  # fmt: skip
    return render(request, "requests/queue.html", context)


def _has(door: str, kind: str) -> bool:
    """Which kinds come to this door."""
    return kind in {"transfer", "roster", "grant"} if door == "employer" else True


def _urls(door: str) -> dict[str, str]:
    return {name: reverse(f"{door}:{name}") for name in ("requests", "requests_search")}


def search(request: doors.SeenRequest, door: str) -> HttpResponse:
    """Keep whom one looks for in the session; a whole number only by its tail."""
    form = SearchForm(request.POST)
    request.session[TEXT] = searching.cleaned(form.cleaned_data["text"]) if form.is_valid() else ""
    show, kind = request.POST.get("show", ""), request.POST.get("kind", "")
    return SeeOther(f"{reverse(f'{door}:requests')}?show={show if show in dict(SHOWS) else 'mine'}&kind={kind[:12]}")


def export(request: doors.SeenRequest, door: str, kind: str) -> StreamingHttpResponse | FileResponse:
    """What the queue shows, all of it, as a file; numbers are masked."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    rows = _rows(request, ROLES[door], _wanted(request))
    heading = (
        _("申请"),
        _("姓名"),
        _("证件号"),
        _("提出日期"),
        _("状态"),
        _("在谁手里"),
        _("从哪天起"),
        _("天数"),
        _("结果说明"),
    )
    name = _("资料变更申请")
    if kind == "csv":
        return spreadsheets.csv_file(name, heading, _lines(rows))
    return spreadsheets.xlsx_file(name, [(name, heading, _lines(rows[: spreadsheets.MOST_XLSX]))])


def _lines(rows: Any) -> Iterator[spreadsheets.Row]:
    at = clock.now()
    for one in rows.iterator(chunk_size=500) if hasattr(rows, "iterator") else rows:
        told = request_words.said(one, at)
        yield (
            told.kind, told.who, told.masked, saying.local(one.asked_at).date().isoformat(), told.state, told.holder,
            saying.local(one.with_since).date().isoformat(), told.days, one.decision,
        )  # fmt: skip


def one(request: doors.SeenRequest, door: str, request_id: int) -> HttpResponse:
    """One request: what is there beside what is wanted, its papers, its history, and what can be done with it."""
    return request_deciding.shown(request, door, ROLES[door], request_id)


def decide(request: doors.SeenRequest, door: str, request_id: int) -> HttpResponse:
    """Take a step with it."""
    return request_deciding.decide(request, door, ROLES[door], request_id)


def unmask(request: doors.SeenRequest, door: str, request_id: int) -> HttpResponse:
    """The whole number that is asked for, once, with a reason."""
    return request_deciding.unmask(request, door, ROLES[door], request_id)


def turn(request: doors.SeenRequest, door: str, request_id: int) -> HttpResponse:
    """Go on with a correction as a merge."""
    return request_deciding.turn(request, door, ROLES[door], request_id)


def undo(request: doors.SeenRequest, door: str, request_id: int) -> HttpResponse:
    """Ask that a merge be undone."""
    return request_deciding.undo(request, door, ROLES[door], request_id)


def merge(request: doors.SeenRequest, door: str) -> HttpResponse:
    """Propose to merge two accounts."""
    return request_deciding.propose(request, door)


def paper(request: doors.SeenRequest, door: str, request_id: int, paper_id: int) -> HttpResponse:
    """A file that came with it; for those who may decide it."""
    viewer: Viewer = request.viewer
    found = request_queries.one_seen(viewer, ROLES[door], request_id)
    if not request_deciding.may_open(viewer, ROLES[door], found):
        raise NotYours()
    return papers.download(found, paper_id)


def patterns(door: str, guard: Callable[..., Any]) -> list[URLPattern]:
    """The addresses of these pages behind a door."""

    def behind(page: Callable[..., Any], *roles: str) -> Any:
        @guard
        def view(request: doors.SeenRequest, **keys: Any) -> Any:
            doors.only(request, *(roles or ROLES[door]))
            return page(request, door, **keys)

        return view

    both = require_http_methods(["GET", "HEAD", "POST"])
    found = [
        path("requests/", require_safe(behind(queue)), name="requests"),
        path("requests/search/", require_POST(behind(search)), name="requests_search"),
        path("requests/export.<slug:kind>", require_safe(behind(export)), name="requests_export"),
        path("requests/<int:request_id>/", require_safe(behind(one)), name="request"),
        path("requests/<int:request_id>/decide/", require_POST(behind(decide)), name="request_decide"),
        path("requests/<int:request_id>/papers/<int:paper_id>/", require_safe(behind(paper)), name="request_paper"),
    ]
    if door != "employer":
        found += [
            path("requests/<int:request_id>/number/", require_POST(behind(unmask)), name="request_unmask"),
            path("requests/<int:request_id>/merge/", require_POST(behind(turn)), name="request_turn"),
            path("requests/<int:request_id>/undo/", require_POST(behind(undo)), name="request_undo"),
        ]
    if door == "authority":
        found.append(path("requests/merge/", both(behind(merge, "officer", "counter")), name="propose_merge"))
    return found
