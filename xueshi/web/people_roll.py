"""人员名册: an office's people as a list to work with; found, narrowed, kept under a name, taken away, printed.

Shared by the bureau's door and the unit's. Who is in it is the viewer's reach; a text that is searched for stays in
the session, so that no name and no number stands in an address.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.people import roll_actions, roll_queries, searching
from xueshi.people.roll_queries import Filters, Row
from xueshi.people.viewer import Viewer
from xueshi.web import spreadsheets
from xueshi.web.people_tables import SearchForm
from xueshi.web.redirects import SeeOther

TEXT = "roll_text"  # in the session
MOST_PRINTED = 2_000


@dataclass(frozen=True)
class Roll:
    """The roll of one door: its space of URL names, the template, whose people, and where a name leads."""

    space: str
    viewer: Viewer
    person_url: str = ""
    regions: bool = True  # offices that look after several regions and units narrow by them

    @property
    def page(self) -> str:
        return f"{self.space}:roll"

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.space}:{name}", args=args)


def text_of(request: HttpRequest) -> str:
    return str(request.session.get(TEXT, ""))


def show(request: HttpRequest, roll: Roll, **context: Any) -> HttpResponse:
    """A page of the roll."""
    return render(request, f"{roll.space}/roll.html", context_of(request, roll) | context)


def context_of(request: HttpRequest, roll: Roll) -> dict[str, Any]:
    """What the shared template reads."""
    filters, text = Filters.of(request.GET), text_of(request)
    page = roll_queries.page_for(
        roll.viewer, text, filters, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    query = urlencode(filters.query)
    kept = roll_queries.filters_kept(roll.viewer, roll.page)
    return {
        "roll": roll, "page": page, "filters": filters, "text": text, "query": query, "narrowed": bool(query),
        "search": SearchForm(initial={"text": text}),
        "levels": roll_queries.title_levels(),
        "level_names": dict(roll_queries.title_levels()),
        "accounts": [(key, account_name(key)) for key in ("open", "invited", "none", "closed")],
        "account_names": {key: account_name(key) for key in ("open", "invited", "none", "closed")},
        "regions": roll_queries.regions_for(roll.viewer) if roll.regions else [],
        "kept": [(key, name, urlencode(one.query), one == filters) for key, name, one in kept],
        "keepable": bool(query) and all(one != filters for _key, _name, one in kept),
        "next": f"?{urlencode(filters.query | {'after': page.after})}" if page.after else "",
        "previous": f"?{urlencode(filters.query | {'before': page.before})}" if page.before else "",
        "most_printed": MOST_PRINTED, "most_xlsx": spreadsheets.MOST_XLSX,
    } | {name: roll.url(name) for name in ("roll_search", "roll_keep", "roll_print")} | {
        "roll_url": roll.url("roll"), "xlsx_url": roll.url("roll_export", "xlsx"),
        "csv_url": roll.url("roll_export", "csv"), "remove_name": f"{roll.space}:roll_remove",
    }  # fmt: skip


def remember(request: HttpRequest, roll: Roll) -> SeeOther:
    """Keep what is looked for in the session, a whole number as its tail, and go back to the roll as it was."""
    form = SearchForm(request.POST)
    request.session[TEXT] = searching.cleaned(form.cleaned_data["text"]) if form.is_valid() else ""
    return SeeOther(_back(request, roll))


def keep(request: HttpRequest, roll: Roll) -> SeeOther:
    """Keep the filter of the page under a name."""
    filters = _posted(request)
    roll_actions.keep_filter(
        viewer=roll.viewer, page=roll.page, name=request.POST.get("name", ""), filters=filters, at=clock.now()
    )
    return SeeOther(_back(request, roll))


def remove(request: HttpRequest, roll: Roll, filter_id: int) -> SeeOther:
    """Remove a filter of one's own."""
    roll_actions.remove_filter(viewer=roll.viewer, page=roll.page, filter_id=filter_id, at=clock.now())
    return SeeOther(_back(request, roll))


def _posted(request: HttpRequest) -> Filters:
    return Filters.of(QueryDict(request.POST.get("query", "")[:600]))


def _back(request: HttpRequest, roll: Roll) -> str:
    query = urlencode(_posted(request).query)
    return roll.url("roll") + (f"?{query}" if query else "")


# ---- as a file and on paper ----------------------------------------------------------------------------------------


def export(request: HttpRequest, roll: Roll, kind: str) -> StreamingHttpResponse | FileResponse:
    """Everybody whom the page shows, by its filters and its text; long lists as CSV, sent while they are read."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    filters, text = Filters.of(request.GET), text_of(request)
    people = roll_queries.count_for(roll.viewer, text, filters)
    kind = "csv" if people > spreadsheets.MOST_XLSX else kind
    _note(roll, people, kind, filters, text)
    rows = map(line, roll_queries.all_for(roll.viewer, text, filters))
    if kind == "csv":
        return spreadsheets.csv_file(_("人员名册"), heading(), rows)
    return spreadsheets.xlsx_file(_("人员名册"), [(_("人员名册"), heading(), rows)])


def on_paper(request: HttpRequest, roll: Roll) -> HttpResponse:
    """The same as a list for the file, if it is no longer than a file can be."""
    filters, text = Filters.of(request.GET), text_of(request)
    people = roll_queries.count_for(roll.viewer, text, filters)
    rows: Sequence[Row] = []
    if people <= MOST_PRINTED:
        _note(roll, people, "paper", filters, text)
        rows = list(roll_queries.all_for(roll.viewer, text, filters))
    context = context_of(request, roll) | {"rows": rows, "people": people, "at": clock.now(), "said": said(filters)}
    return render(request, f"{roll.space}/roll_print.html", context)


def _note(roll: Roll, people: int, kind: str, filters: Filters, text: str) -> None:
    roll_actions.note_export(
        viewer=roll.viewer, people=people, kind=kind, filters=filters, searched=bool(text), at=clock.now()
    )


def heading() -> spreadsheets.Row:
    """The columns of the page."""
    return (
        *(_("姓名"), _("证件号"), _("单位"), _("职称"), _("所在地区")),
        *(_("账号"), _("手机号"), _("身份核对")),
    )


def line(row: Row) -> spreadsheets.Row:
    """A person, as the page says it."""
    titles = dict(roll_queries.title_levels())
    return (
        *(row.name, row.id_masked, row.unit, titles.get(row.title, ""), row.region),
        *(account_name(row.account), _("有") if row.phone else _("没有"), _("已核对") if row.checked else _("未核对")),
    )


# ---- words ---------------------------------------------------------------------------------------------------------


def account_name(state: str) -> str:
    """Whether a person can sign in."""
    return {"open": _("已注册"), "invited": _("已邀请"), "none": _("未注册"), "closed": _("已停用")}[state]


def said(filters: Filters) -> Iterator[str]:
    """The filters in words, for the head of a list on paper."""
    if filters.unit:
        yield _("单位含“%(text)s”") % {"text": filters.unit}
    if filters.title:
        yield dict(roll_queries.title_levels()).get(filters.title) or _("暂无职称")
    if filters.region:
        yield roll_queries.region_name(filters.region)
    if filters.account:
        yield account_name(filters.account)
    if filters.alone:
        yield _("没有单位")
    if filters.unchecked:
        yield _("身份未核对")
