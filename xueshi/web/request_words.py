"""Requests in words: what is asked beside what is there, who has it, what comes next. Shared by all doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xueshi.people import joining_queries, kinds, request_queries, request_rules
from xueshi.web.look import saying

if TYPE_CHECKING:
    from xueshi.people.models import ChangeRequest, ChangeStep, Person

Kind, State = kinds.RequestKind, kinds.RequestState
KEEPERS = dict(kinds.FileKeeper.choices)
STEPS = {
    "asked": gettext_lazy("提出申请"),
    "returned": gettext_lazy("退回，请本人补充"),
    "resent": gettext_lazy("补充后送回"),
    "handed_on": gettext_lazy("转给另一个单位"),
    "proposed": gettext_lazy("核对无误，提请复核"),
    "accepted": gettext_lazy("同意办理"),
    "refused": gettext_lazy("没有同意办"),
    "withdrawn": gettext_lazy("撤回申请"),
}
STATES = {
    State.OPEN: gettext_lazy("待办理"),
    State.RETURNED: gettext_lazy("待补充"),
    State.ACCEPTED: gettext_lazy("已同意"),
    State.REFUSED: gettext_lazy("不予同意"),
    State.WITHDRAWN: gettext_lazy("已撤回"),
}
TAGS = {State.OPEN: "wait", State.RETURNED: "soon", State.ACCEPTED: "ok", State.REFUSED: "bad", State.WITHDRAWN: ""}


@dataclass(frozen=True)
class Line:
    """One thing, as it is and as it is wanted."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Said:
    """A request as a page tells it."""

    request: ChangeRequest
    kind: str
    who: str
    masked: str
    state: str
    tag: str
    holder: str  # who has it
    days: int

    @property
    def waited(self) -> str:
        """For how long whoever has it has had it."""
        return ngettext("%(n)s 天", "%(n)s 天", self.days) % {"n": self.days} if self.days else _("今天")


def said(request: ChangeRequest, at: datetime, reader: int | None = None) -> Said:
    """A row of a list, and the head of a page; `reader` is the person who is spoken to as "you"."""
    person = request.person
    return Said(
        request=request, kind=request.get_kind_display(), tag=TAGS[State(request.state)],
        who=person.name if person else request.wanted.get("name", ""),
        masked=person.id_masked if person else request.wanted.get("number", ""),
        state=str(STATES[State(request.state)]), holder=holder(request, reader), days=request_queries.days(request, at),
    )  # fmt: skip


def holder(request: ChangeRequest, reader: int | None = None) -> str:
    """Who has it: the office, or its asker while something is missing."""
    if request.state == State.RETURNED:
        if reader is not None and request.asked_by_id == reader:
            return _("您")
        return (
            _("本人")
            if request.asked_by_id == request.person_id
            else (request.asked_by.name if request.asked_by else "")
        )
    return request.office.name


# ---- what is asked --------------------------------------------------------------------------------------------------


def columns(request: ChangeRequest) -> tuple[str, str]:
    """What the two columns of `lines` are."""
    if request.kind in request_rules.TWO_YESES:
        return _("保留的账号"), _("并入后停用的账号")
    if request.kind == Kind.CLAIM:
        return _("账号里记着的"), _("申请人填的")
    return (_("原来"), _("改成")) if request.state == State.ACCEPTED else (_("现在"), _("要改成"))


def lines(request: ChangeRequest) -> list[Line]:
    """What is there beside what is wanted; numbers are masked."""
    make = {
        Kind.CORRECTION: _correction, Kind.TRANSFER: _transfer, Kind.CLAIM: _claim, Kind.MERGE: _merge,
        Kind.UNMERGE: _merge,
    }.get(Kind(request.kind))  # fmt: skip
    if make is not None:
        return make(request)
    return [Line(str(one[0]), "", str(one[1])) for one in request.wanted.get("lines", []) if len(one) == 2]


def _correction(request: ChangeRequest) -> list[Line]:
    wanted, person = request.wanted, request.person
    assert person is not None  # noqa: S101  a correction is about somebody
    now = {"name": person.name, "number": person.id_masked, "phone": saying.mask_phone(person.phone),
           "sex": person.sex, "born_on": person.born_on.isoformat()}  # fmt: skip
    before = {**now, **wanted.get("before", {})}
    labels = {
        "name": _("姓名"),
        "number": _("身份证号"),
        "sex": _("性别"),
        "born_on": _("出生日期"),
        "phone": _("手机号"),
    }
    return [
        Line(label, _plain(key, before[key]), _plain(key, wanted[key]))
        for key, label in labels.items()
        if key in wanted
    ]


def _plain(key: str, value: str) -> str:
    if key == "sex":
        return str(kinds.Sex(value).label)
    return saying.day(date.fromisoformat(value)) if key == "born_on" else value


def _transfer(request: ChangeRequest) -> list[Line]:
    wanted, person = request.wanted, request.person
    assert person is not None  # noqa: S101  a move is somebody's
    before, names = wanted.get("before") or request_queries.present_of(person), wanted["names"]
    found = [Line(_("工作单位"), before["employer"] or _("没有单位"), names["employer"] or _("没有单位"))]
    if "region" in wanted:
        found += [
            Line(_("所在区县"), before["region"], names["region"]),
            Line(_("档案保管"), _keeper(before["file_keeper"], before["file_agency"]),
                 _keeper(wanted["file_keeper"], names["file_agency"])),
        ]  # fmt: skip
    return [*found, Line(_("变动日期"), "", saying.day(date.fromisoformat(wanted["day"])))]


def _keeper(keeper: str, agency: str) -> str:
    said = str(KEEPERS.get(keeper, keeper))
    return f"{said} · {agency}" if agency else said


def _claim(request: ChangeRequest) -> list[Line]:
    wanted, person = request.wanted, request.person
    none = _("平台上没有这个号码的账号")
    return [
        Line(_("姓名"), person.name if person else none, wanted["name"]),
        Line(_("身份证号"), person.id_masked if person else none, wanted["number"]),
        Line(_("手机号"), saying.mask_phone(person.phone) if person else "", wanted["phone"]),
        Line(_("所在区县"), person.region.name if person else "", wanted["region"]),
    ]


def _merge(request: ChangeRequest) -> list[Line]:
    here, there = joining_queries.pair(request)
    none = request.wanted.get("number", "")
    labels = (_("姓名"), _("身份证号"), _("出生日期"), _("所在区县"), _("工作单位"), _("注册时间"))
    sides = [_account(one) if one else (none,) * len(labels) for one in (here, there)]
    return [Line(label, *both) for label, *both in zip(labels, *sides, strict=True)]


def _account(one: Person) -> tuple[str, ...]:
    """One of two accounts, as far as it takes to see whether they are the same human's."""
    unit = request_queries.present_of(one)["employer"] or _("没有单位")
    return (
        *(one.name, one.id_masked, saying.day(one.born_on), one.region.name, unit),
        saying.day(one.registered_at),
    )


# ---- what comes next ------------------------------------------------------------------------------------------------


def next_step(request: ChangeRequest) -> str:
    """What happens now, for the person it is about."""
    if request.state == State.OPEN:
        return {
            Kind.CORRECTION: _("办理的人对照证件核对。同意后发短信告诉您，您要用更正后的资料重新登录。"),
            Kind.TRANSFER: _("对方同意后，从您填的日期起算。已经送审的合格单，仍由原来的单位审验。"),
            Kind.MERGE: _("要两个人先后核对。同意后只用保留的号码登录，两边的学时合在一起。"),
            Kind.UNMERGE: _("要两个人先后核对。同意后两个账号分开，各自的学时退回各自的账号。"),
        }.get(Kind(request.kind), _("办完后会告诉您。"))  # fmt: skip
    return {
        State.RETURNED: _("请按退回的原因补充，再送回去；不想办了可以撤回。"),
        State.ACCEPTED: _("已经办好。"),
        State.REFUSED: _("没有办。情况有变的，可以带上材料再提一件。"),
        State.WITHDRAWN: _("您已撤回，没有办。"),
    }[State(request.state)]  # fmt: skip


def step_word(step: ChangeStep) -> str:
    """What somebody did, in a few words."""
    return str(STEPS.get(step.what, step.what))
