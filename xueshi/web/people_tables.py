"""The table of an office's people: how each stands, counted, filtered, ordered, and the same as a file.

Shared by the bureau's door and the unit's; who is in it is the viewer's reach, what is said is the ledger's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.kernel import clock, redaction
from xueshi.kernel.errors import NotYours
from xueshi.ledger import export_actions, law, population
from xueshi.ledger.overview import Overview, overview
from xueshi.ledger.phrases import Tongue
from xueshi.ledger.purposes import purposes_around
from xueshi.people import roll_queries
from xueshi.people.viewer import Viewer
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Outcome, Verdict
from xueshi.web import spreadsheets
from xueshi.web.look import saying
from xueshi.web.redirects import SeeOther

PAGE = 25
_NUMBER = re.compile(r"[0-9]{14}([0-9]{3})?[0-9Xx]")
YEARS = 8  # the present one and those before it
SHOWN = {"short": Verdict.FAIL, "unknown": Verdict.UNKNOWN, "met": Verdict.PASS, "nothing": Verdict.NOTHING_OWED}
ORDERS = ("name", "unit", "missing")


class SearchForm(forms.Form):
    """A name or its pinyin, a unit, or the end of an identity number: posted, so that none stands in an address."""

    text = forms.CharField(label=gettext_lazy("姓名、拼音、单位，或身份证号后四位"), max_length=60, required=False)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; whatever it does not understand is the usual thing."""

    asked: Asked
    show: str
    order: str
    text: str

    @classmethod
    def of(cls, viewer: Viewer, request: HttpRequest, at: datetime) -> "Wanted":
        """From the address; the text that is looked for is kept in the session."""
        get = request.GET
        this_year = clock.day_of(at).year
        year = get.get("year", "")
        purpose = get.get("purpose", "")
        return cls(
            asked=Asked(
                purpose if purpose in offered(viewer, at) else "annual",
                int(year) if year.isdecimal() and 2000 <= int(year[:5]) <= 2100 else this_year,
            ),
            show=get.get("show", "") if get.get("show") in SHOWN else "all",
            order=get.get("order", "") if get.get("order") in ORDERS else "name",
            text=request.session.get("people_text", ""),
        )

    @property
    def query(self) -> str:
        """The same as an address, for links from here."""
        return f"purpose={self.asked.purpose}&year={self.asked.year}&show={self.show}&order={self.order}"


def offered(viewer: Viewer, at: datetime) -> dict[str, str]:
    """The decisions that the law around the viewer's offices knows, the yearly duty always."""
    on = clock.day_of(at)
    known = {"annual", *(name for seat in viewer.seats for name in purposes_around(seat.region, on))}
    return {key: name for key, name in purposes().items() if key in known}


def purposes() -> dict[str, str]:
    """Every decision of the vocabulary, in the reader's language."""
    library = law.library()
    tongue = Tongue(library.words)
    return {key: tongue.name("purposes", key) for key in library.words.lists["purposes"]}


@dataclass(frozen=True)
class Listed:
    """A row with what a page says of it; `moved` where the snapshot said otherwise."""

    row: population.Row
    title: str
    why: str
    moved: bool


@dataclass(frozen=True)
class Table:
    """One page of people, and the counts on top; `counted` is False for too many people without a snapshot."""

    wanted: Wanted
    ids: list[int]
    everybody: int
    counts: dict[Verdict, int]
    counted: bool
    at: datetime | None
    page: Page[int]
    listed: list[Listed]
    purposes: dict[str, str]


def found_for(viewer: Viewer, wanted: Wanted, at: datetime) -> tuple[list[int], int, Overview | None]:
    """The ids that are wanted, in order; how many there are in all; how those stand."""
    ids = roll_queries.ids_for(viewer, wanted.text, "unit" if wanted.order == "unit" else "name")
    seen = overview(ids, wanted.asked, at)
    everybody = len(ids)
    if seen and wanted.show in SHOWN:
        ids = [one for one in ids if seen.verdicts.get(one) is SHOWN[wanted.show]]
    if seen and wanted.order == "missing":
        ids.sort(key=lambda one: -seen.missing.get(one, 0))
    return ids, everybody, seen


def table_for(viewer: Viewer, request: HttpRequest, at: datetime) -> Table:
    """One page: counted over everybody in reach, its rows judged person by person."""
    wanted = Wanted.of(viewer, request, at)
    ids, everybody, seen = found_for(viewer, wanted, at)
    page = Paginator(ids, PAGE).get_page(request.GET.get("page"))
    listed = [
        Listed(row, title_of(row), why(row), _moved(row, seen))
        for row in population.rows(list(page.object_list), wanted.asked, at)
    ]
    counts = seen.counts() if seen else dict.fromkeys(Verdict, 0)
    known = offered(viewer, at)
    return Table(wanted, ids, everybody, counts, seen is not None, seen.at if seen else None, page, listed, known)


def _moved(row: population.Row, seen: Overview | None) -> bool:
    """Whether somebody stands otherwise than when the snapshot was taken."""
    return seen is not None and seen.verdicts.get(row.known.person_id) != row.verdict


def context_of(table: Table, at: datetime) -> dict[str, Any]:
    """What the shared template reads."""
    this_year = clock.day_of(at).year
    names = {"short": _("还差学时"), "unknown": _("暂不能判断"), "met": _("已满足"), "nothing": _("不用学")}
    chips = [("all", _("全部"), table.everybody)]
    if table.counted:
        chips += [(key, name, table.counts[SHOWN[key]]) for key, name in names.items()]
    years = sorted({*range(this_year, this_year - YEARS, -1), table.wanted.asked.year}, reverse=True)
    return {
        "table": table,
        "chips": chips,
        "short": table.counts[Verdict.FAIL],
        "parts": [
            ("met", names["met"], table.counts[Verdict.PASS]),
            ("nothing", names["nothing"], table.counts[Verdict.NOTHING_OWED]),
            ("unknown", names["unknown"], table.counts[Verdict.UNKNOWN]),
            ("short", names["short"], table.counts[Verdict.FAIL]),
        ],
        "purposes": table.purposes,
        "purpose_name": table.purposes[table.wanted.asked.purpose],
        "years": years,
        "orders": [("name", _("姓名")), ("unit", _("单位")), ("missing", _("还差最多的在前"))],
        "most_xlsx": spreadsheets.MOST_XLSX,
        "search": SearchForm(initial={"text": table.wanted.text}),
    }


def remember(request: HttpRequest) -> SeeOther:
    """Keep what is looked for in the session, and go back to the table as it was."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    number = "".join(text.split())
    # A whole identity number is looked for by its tail; it is neither kept nor shown.
    request.session["people_text"] = number[-4:].upper() if _NUMBER.fullmatch(number) else redaction.mask(text)
    back = QueryDict(request.POST.get("query", "")[:200], mutable=True)
    back.pop("page", None)
    return SeeOther(f"{request.path.removesuffix('search/')}?{back.urlencode()}")


# ---- words -------------------------------------------------------------------------------------------------------


def title_of(row: population.Row) -> str:
    """The title in the reader's language; "" for none."""
    return Tongue(law.library().words).value("title", row.known.title) if row.known.title else ""


def why(row: population.Row) -> str:
    """Why somebody stands so, in one sentence without the clause."""
    said = {
        "short": lambda: _("%(name)s不够，至少还要学 %(n)s 学时") % {"name": row.name, "n": saying.hours(row.missing)},
        "facts": lambda: _("缺少资料：%(terms)s") % {"terms": _("、").join(row.terms)},
        "unencoded": lambda: _("这一年的规定还没有录入"),
        "no_law": lambda: _("所在地区的规定还没有录入"),
        "contradiction": lambda: _("资料有矛盾，请先改正：%(problem)s") % {"problem": row.problem},
        "relief": lambda: _("按规定减免"),
        "nothing_owed": lambda: _("按规定这一年不用学"),
        "met": lambda: _("都够了"),
    }  # fmt: skip
    return said[row.why]()


def verdict_name(verdict: Verdict) -> str:
    """A verdict in two or three words."""
    return {
        Verdict.PASS: _("已满足"), Verdict.FAIL: _("还差学时"), Verdict.UNKNOWN: _("暂不能判断"),
        Verdict.NOTHING_OWED: _("不用学"),
    }[verdict]  # fmt: skip


def outcome_name(outcome: Outcome) -> str:
    """How one demand came out."""
    return {
        Outcome.MET: _("已满足"), Outcome.REDUCED: _("减少后已满足"), Outcome.WAIVED: _("免"),
        Outcome.ADVISORY: _("仅作参考"), Outcome.NOT_APPLICABLE: _("不适用"), Outcome.UNMET: _("不够"),
        Outcome.CANNOT_TELL: _("暂不能判断"),
    }[outcome]  # fmt: skip


# ---- as a file ---------------------------------------------------------------------------------------------------


def export(viewer: Viewer, request: HttpRequest, kind: str, at: datetime) -> StreamingHttpResponse | FileResponse:
    """What the page shows, all of it: CSV of people; a workbook of people and, on a second sheet, of each demand."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    wanted = Wanted.of(viewer, request, at)
    ids, _everybody, _seen = found_for(viewer, wanted, at)
    export_actions.note_export(viewer=viewer, asked=wanted.asked, people=len(ids), kind=kind, at=at)
    name = _("人员学时 %(year)s %(purpose)s") % {
        "year": wanted.asked.year,
        "purpose": purposes()[wanted.asked.purpose],
    }
    if kind == "csv" or len(ids) > spreadsheets.MOST_XLSX:
        return spreadsheets.csv_file(name, heading(), map(line, population.all_rows(ids, wanted.asked, at)))
    rows = list(population.all_rows(ids, wanted.asked, at))
    return spreadsheets.xlsx_file(
        name,
        [
            (_("人员"), heading(), map(line, rows)),
            (_("逐项"), demand_heading(), demand_lines(rows)),
        ],
    )


def heading() -> spreadsheets.Row:
    """The columns of a person."""
    return (
        *(_("姓名"), _("证件号"), _("地区"), _("单位"), _("职称"), _("结果"), _("还差学时")),
        *(_("逐项"), _("原因"), _("依据")),
    )


def line(row: population.Row) -> spreadsheets.Row:
    """A person, with the numbers of the page."""
    known = row.known
    return (
        *(known.name, known.id_masked, known.region_name, known.unit, title_of(row)),
        *(verdict_name(row.verdict), row.missing, _("；").join(map(in_words, row.demands)), why(row), row.cite),
    )


def in_words(demand: population.Demand) -> str:
    """One demand as have and need."""
    need = "?" if demand.need is None else saying.hours(demand.need)
    years = f" {saying_years(demand.years)}" if len(demand.years) == 1 else ""
    return f"{demand.name}{years} {saying.hours(demand.have)}/{need}"


def saying_years(years: Iterable[int]) -> str:
    """Years as they are written: 2026, or 2024-2026."""
    found = sorted(years)
    return f"{found[0]}-{found[-1]}" if len(found) > 1 else "".join(map(str, found))


def demand_heading() -> spreadsheets.Row:
    """The columns of one demand on one person."""
    return (
        *(_("姓名"), _("证件号"), _("单位"), _("要求"), _("年度"), _("依据")),
        *(_("结果"), _("已有"), _("应有"), _("还差"), _("计量")),
    )


def demand_lines(rows: Iterable[population.Row]) -> Iterator[spreadsheets.Row]:
    """Each demand on each person."""
    for row in rows:
        for one in row.demands:
            yield (
                *(row.known.name, row.known.id_masked, row.known.unit, one.name, saying_years(one.years), one.cite),
                *(outcome_name(one.outcome), one.have, one.need, one.missing),
                _("门") if one.unit == "courses" else _("学时"),
            )
