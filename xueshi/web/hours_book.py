"""学时台账: the hours of an office's people, of their time with it and of today; narrowed, and taken away as a file.

Shared by the offices' door and the unit's.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.ledger import book_queries, export_actions
from xueshi.ledger.book_queries import Booked
from xueshi.people import searching
from xueshi.people.viewer import Viewer
from xueshi.web import doors, spreadsheets
from xueshi.web.people_tables import SearchForm
from xueshi.web.redirects import SeeOther

PAGE = 50
TEXT = "book_text"  # in the session


def _narrowed(request: doors.SeenRequest) -> tuple[str, str]:
    year = request.GET.get("year", "")
    return (year if year.isdecimal() and len(year) == 4 else ""), str(request.session.get(TEXT, ""))


def page(request: doors.SeenRequest, door: str, viewer: Viewer) -> HttpResponse:
    """A page of the book."""
    year, text = _narrowed(request)
    found = Paginator(book_queries.lines_for(viewer, year=year, text=text), PAGE).get_page(request.GET.get("page"))
    shown = {
        "door": door, "page": found, "year": year, "text": text,
        "lines": book_queries.booked(viewer, found.object_list),
        "years": book_queries.years_for(viewer), "search": SearchForm(initial={"text": text}),
        "person_url": f"{door}:person", "search_url": reverse(f"{door}:book_search"), "kinds": spreadsheets.KINDS,
        "export_url": f"{door}:book_export",
    }  # fmt: skip
    return render(request, "hours_book.html", shown)


def search(request: doors.SeenRequest, door: str, viewer: Viewer) -> HttpResponse:
    """Remember whom one looks for; it is posted, so that no name stands in an address."""
    form = SearchForm(request.POST)
    request.session[TEXT] = searching.cleaned(form.cleaned_data["text"]) if form.is_valid() else ""
    return SeeOther(reverse(f"{door}:book"))


def export(request: doors.SeenRequest, door: str, viewer: Viewer, kind: str) -> StreamingHttpResponse | FileResponse:
    """Exactly what the page shows, all of it; who took it away is recorded."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    year, text = _narrowed(request)
    lines = book_queries.lines_for(viewer, year=year, text=text)
    count = lines.count()
    kind = "csv" if count > spreadsheets.MOST_XLSX else kind
    export_actions.note_book(viewer=viewer, lines=count, kind=kind, year=year, narrowed=bool(text), at=clock.now())
    rows = map(_line, book_queries.all_booked(viewer, lines))
    if kind == "csv":
        return spreadsheets.csv_file(_("学时台账"), _heading(), rows)
    return spreadsheets.xlsx_file(_("学时台账"), [(_("学时台账"), _heading(), rows)])


def _heading() -> spreadsheets.Row:
    return (
        *(_("姓名"), _("证件号"), _("年度"), _("科目"), _("学时"), _("内容")),
        *(_("取得日期"), _("登记日期"), _("确认单位"), _("现在是否归本处")),
    )


def _line(one: Booked) -> spreadsheets.Row:
    return (
        *(one.name, one.id_masked, one.year, one.category, one.hours, one.title),
        *(one.earned_on.isoformat(), one.recorded_on.isoformat(), one.confirmed_by, _("是") if one.mine else _("否")),
    )


def patterns(door: str, guard: Callable[..., Any], *roles: str) -> list[URLPattern]:
    """The addresses of the book behind a door, for those of its roles."""

    def behind(view: Callable[..., Any]) -> Any:
        @guard
        def seen(request: doors.SeenRequest, **keys: str) -> HttpResponse:
            answer: HttpResponse = view(request, door, doors.only(request, *roles), **keys)
            return answer

        return seen

    return [
        path("hours/", require_safe(behind(page)), name="book"),
        path("hours/search/", require_POST(behind(search)), name="book_search"),
        path("hours/export.<slug:kind>", require_safe(behind(export)), name="book_export"),
    ]
