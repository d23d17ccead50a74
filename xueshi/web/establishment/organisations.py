"""Organisations: the list with its filters and as a file, one of them with all that hangs on it, and its forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import (
    access,
    contact_queries,
    kinds,
    organisation_actions,
    organisation_queries,
    queries_duties,
    request_actions,
)
from xueshi.people.organisation_queries import Wanted
from xueshi.web import spreadsheets
from xueshi.web.doors import SeenRequest
from xueshi.web.establishment.desk import Desk, show
from xueshi.web.establishment.forms import ContactFactsForm, OrganisationForm, ReasonForm, RefusalForm
from xueshi.web.establishment.words import changed, deed

if TYPE_CHECKING:
    from xueshi.people.models import Organisation

FIELDS: dict[type[Refused], str] = {
    organisation_actions.OrganisationTaken: "name",
    organisation_actions.NotACreditCode: "credit_code",
    organisation_actions.CreditCodeTaken: "credit_code",
    organisation_actions.PostsInTheWay: "kind",
    organisation_actions.NotYourKind: "kind",
    organisation_actions.LevelNotFitting: "level",
    organisation_actions.IndustryMissing: "industry",
}


def wanted(request: SeenRequest) -> Wanted:
    """What the address asks for; anything odd in it is no filter."""
    get = {key: request.GET.get(key, "").replace("\x00", "").strip()[:60] for key in Wanted.__annotations__}
    return Wanted(
        text=get["text"],
        kind=get["kind"] if get["kind"] in kinds.OrganisationKind.values else "",
        region=get["region"] if get["region"].isascii() and get["region"].isdigit() else "",
        industry=get["industry"] if get["industry"].isascii() and get["industry"].isalnum() else "",
        state=get["state"] if get["state"] in {"open", "closed"} else "",
    )


def organisations(request: SeenRequest, desk: Desk) -> HttpResponse:
    """Those in reach, a page at a time, by name, kind, region, industry and state."""
    asked = wanted(request)
    after = request.GET.get("after", "")
    found = organisation_queries.slice_of(
        organisation_queries.organisations_for(request.viewer, asked),
        int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,
    )
    query = urlencode({key: value for key, value in vars(asked).items() if value})
    shown: dict[str, Any] = {
        "found": found, "asked": asked, "query": query, "kinds": kinds.OrganisationKind.choices,
        "regions": [(one.code, one.name) for one in organisation_queries.regions_for(request.viewer)],
        "industries": [(one.code, one.name) for one in organisation_queries.industries_for(request.viewer)],
        "may_add": request.viewer.capacity in desk.keepers, "most_xlsx": spreadsheets.MOST_XLSX,
        "tab": "organisations",
    }  # fmt: skip
    return show(request, desk, "organisations", shown)


def export(request: SeenRequest, desk: Desk, kind: str) -> StreamingHttpResponse | FileResponse:
    """The same as a file, all pages of it."""
    if kind not in spreadsheets.KINDS:
        raise NotYours()
    rows = organisation_queries.organisations_for(request.viewer, wanted(request))
    heading = (
        *(_("全称"), _("类别"), _("级别"), _("地区"), _("地区代码"), _("行业"), _("统一社会信用代码"), _("所有制")),
        *(_("基层一线"), _("地址"), _("电话"), _("窗口开放时间"), _("状态")),
    )
    name = _("机构")
    if kind == "csv" or rows.count() > spreadsheets.MOST_XLSX:
        return spreadsheets.csv_file(name, heading, _lines(rows.iterator(chunk_size=2000)))
    return spreadsheets.xlsx_file(name, [(name, heading, _lines(rows))])


def _lines(rows: Any) -> Iterator[spreadsheets.Row]:
    for one in rows:
        yield (
            *(one.name, str(one.get_kind_display()), str(one.get_level_display()), one.region.name, one.region.code),
            *(f"{one.industry.code} {one.industry.name}" if one.industry else "", one.credit_code),
            *(str(one.get_ownership_display()), _("是") if one.grass_roots else "", one.address, one.phone, one.hours),
            _("已关闭") if one.closed_at else _("开放"),
        )


def organisation(request: SeenRequest, desk: Desk, organisation_id: int) -> HttpResponse:
    """One organisation: its facts, people, posts, duties, contacts, and what was done to it."""
    return _page(request, desk, organisation_id)


def _page(request: SeenRequest, desk: Desk, organisation_id: int, **also: forms.Form) -> HttpResponse:
    found = organisation_queries.organisation_for(request.viewer, organisation_id)
    at, viewer = clock.now(), request.viewer
    today = clock.day_of(at)
    waiting = organisation_queries.closing_of(found.pk)
    history = organisation_queries.history_of(f"organisation:{found.pk}")
    own = found.pk in {seat.organisation_id for seat in viewer.acting}
    closes = not own and viewer.capacity in desk.arrangers and access.can(viewer, "close", found)
    shown: dict[str, Any] = {
        "known": found,
        "people": organisation_queries.people_count(found.pk),
        "posts": organisation_queries.posts_at(found.pk, at),
        "duties": queries_duties.duties_of(found.pk, today),
        "contacts": contact_queries.contacts_of(found.pk, today),
        "deeds": [(one, deed(one), changed(one)) for one in history],
        "may_keep": viewer.capacity in desk.keepers and not found.closed_at and access.can(viewer, "keep", found),
        "may_close": closes and not waiting,
        "waiting": waiting,
        "decides": waiting is not None and closes and access.can(viewer, "decide", waiting),
        "asked": waiting is not None and waiting.asked_by_id == viewer.person_id,
        "closing": also.get("closing", ReasonForm(auto_id="id_close_%s")),
        "refusing": also.get("refusing", RefusalForm(auto_id="id_refuse_%s")),
        "reopening": also.get("reopening", ReasonForm(auto_id="id_reopen_%s")),
        "tab": "organisations",
    }  # fmt: skip
    wrong = any(form.errors for form in also.values())
    return show(request, desk, "organisation", shown, 422 if wrong else 200)


def organisation_new(request: SeenRequest, desk: Desk) -> HttpResponse:
    """Add an organisation."""
    seat = next(iter(request.viewer.acting), None)
    home = next(
        (one.pk for one in organisation_queries.regions_for(request.viewer) if seat and one.code == seat.region), None
    )
    initial = {"region": home, "level": seat.level if seat and desk.space != "operator" else "county", "kind": "unit"}
    form = OrganisationForm(request.POST or None, viewer=request.viewer, initial=initial)
    return _kept(request, desk, form, None) or show(
        request, desk, "organisation_form", {"form": form, "known": None, "tab": "organisations"},
        422 if form.errors else 200,
    )  # fmt: skip


def organisation_edit(request: SeenRequest, desk: Desk, organisation_id: int) -> HttpResponse:
    """Change an organisation; of the own bureau only where and when it is reached."""
    known = organisation_queries.organisation_for(request.viewer, organisation_id, "keep")
    names = ("name", "kind", "level", "address", "phone", "hours", "credit_code", "ownership", "grass_roots")
    initial = {name: getattr(known, name) for name in names} | {
        "region": known.region_id,
        "industry": known.industry_id,
    }
    own = desk.space != "operator" and known.pk in {seat.organisation_id for seat in request.viewer.acting}
    form = (
        ContactFactsForm(request.POST or None, initial=initial) if own
        else OrganisationForm(request.POST or None, viewer=request.viewer, initial=initial)
    )  # fmt: skip
    return _kept(request, desk, form, known) or show(
        request, desk, "organisation_form", {"form": form, "known": known, "own": own, "tab": "organisations"},
        422 if form.errors else 200,
    )  # fmt: skip


def _kept(request: SeenRequest, desk: Desk, form: forms.Form, known: Organisation | None) -> HttpResponse | None:
    """Keep what was typed and go there; None where something is wrong with it, which then stands at its field."""
    if request.method != "POST" or not form.is_valid():
        return None
    facts = dict(form.cleaned_data)
    region_id = facts.pop("region", known.region_id if known else None)
    name = facts.pop("name", known.name if known else "")
    if "industry" in facts:
        facts["industry_id"] = facts.pop("industry")
    try:
        kept = organisation_actions.keep_organisation(
            viewer=request.viewer, organisation_id=known.pk if known else None, region_id=region_id, name=name,
            at=clock.now(), **facts,
        )  # fmt: skip
    except tuple(FIELDS) as refused:
        form.add_error(FIELDS[type(refused)], f"{refused.said}{refused.advice}")
        return None
    messages.success(request, _("已保存：%(name)s。") % {"name": kept.name})
    return desk.to("organisation", kept.pk)


def organisation_close(request: SeenRequest, desk: Desk, organisation_id: int) -> HttpResponse:
    """Close it at once, or ask a second person to agree."""
    form = ReasonForm(request.POST, auto_id="id_close_%s")
    if not form.is_valid():
        return _page(request, desk, organisation_id, closing=form)
    reason = form.cleaned_data["reason"]
    waiting = organisation_actions.propose_closing(
        viewer=request.viewer, organisation_id=organisation_id, reason=reason, at=clock.now()
    )
    if waiting:
        messages.info(request, _("已提出关闭申请。另一个人同意后才关闭，在那以前一切照常。"))
    else:
        messages.success(request, _("机构已关闭，那里的岗位也已停止。"))
    return desk.to("organisation", organisation_id)


def organisation_decide(request: SeenRequest, desk: Desk, organisation_id: int) -> HttpResponse:
    """The second person's yes or no to a closing, or the first one's second thoughts."""
    waiting = organisation_queries.closing_of(organisation_id)
    found = organisation_queries.organisation_for(request.viewer, organisation_id)
    if waiting is None:
        raise organisation_actions.NothingToClose()
    verdict, at = request.POST.get("verdict", ""), clock.now()
    if verdict == "yes":
        organisation_actions.confirm_closing(viewer=request.viewer, request_id=waiting.pk, at=at)
        messages.success(request, _("机构已关闭，那里的岗位也已停止。"))
    elif verdict == "withdraw":
        request_actions.withdraw(viewer=request.viewer, request_id=waiting.pk, at=at)
        messages.success(request, _("已撤回关闭申请，%(name)s照常。") % {"name": found.name})
    else:
        form = RefusalForm(request.POST, auto_id="id_refuse_%s")
        if not form.is_valid():
            return _page(request, desk, organisation_id, refusing=form)
        reason = form.cleaned_data["reason"]
        request_actions.refuse(viewer=request.viewer, request_id=waiting.pk, reason=reason, at=at)
        messages.success(request, _("没有同意关闭，%(name)s照常。") % {"name": found.name})
    return desk.to("organisation", organisation_id)


def organisation_reopen(request: SeenRequest, desk: Desk, organisation_id: int) -> HttpResponse:
    """Open a closed organisation again."""
    form = ReasonForm(request.POST, auto_id="id_reopen_%s")
    if not form.is_valid():
        return _page(request, desk, organisation_id, reopening=form)
    kept = organisation_actions.reopen_organisation(
        viewer=request.viewer, organisation_id=organisation_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    messages.success(request, _("%(name)s已重新开放，没有到期的岗位从现在起可以办理。") % {"name": kept.name})
    return desk.to("organisation", organisation_id)
