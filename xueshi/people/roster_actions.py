"""Rosters from the file to the people: received, mapped, confirmed, looked at by a second person, given up.

The check and the applying are jobs (`roster.checking_actions`, `roster.applying_actions`).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, files, jobs, redaction
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access
from xueshi.people.models import Organisation, RosterImport, RosterMapping
from xueshi.people.roster import fields, limits, rules
from xueshi.people.viewer import Viewer

State = RosterImport.State
WAITS = (State.RECEIVED, State.CHECKING, State.CHECKED, State.WAITING, State.APPLYING)
BEFORE = (State.RECEIVED, State.CHECKING, State.UNREADABLE, State.CHECKED, State.WAITING)
BRINGS = tuple(outcome for outcome in ("new", "changed", "joined", "moved"))  # outcomes by which something changes


class RosterTooBig(Refused):
    status = 413
    code = "roster-too-big"
    sentence = _("文件超过 %(most)s MB，没有接收。")
    next_step = _("请去掉图片和多余的工作表，或者分成几份上传。")


class RosterEmpty(Refused):
    status = 422
    code = "roster-empty"
    sentence = _("这个文件是空的。")


class NotASpreadsheet(Refused):
    status = 422
    code = "not-a-spreadsheet"
    sentence = _("“%(name)s”不是 xlsx 或 csv 表格。")
    next_step = _("请在 Excel 或 WPS 里另存为 xlsx，再上传。")


class UnitClosed(Refused):
    code = "roster-unit-closed"
    sentence = _("%(unit)s已经关闭，不能再导入人员。")
    next_step = _("单位合并或更名的，请联系人力社保部门。")


class RosterApplied(Refused):
    code = "roster-applied"
    sentence = _("同一份名册已经在 %(day)s 导入过。")
    next_step = _("要补充人员，请上传改过的名册；也可以再核对一遍，不会重复写入。")


class MappingIncomplete(Refused):
    status = 422
    code = "roster-mapping-incomplete"
    sentence = _("请指明姓名和身份证号各在哪一列。")


class MappingTwice(Refused):
    status = 422
    code = "roster-mapping-twice"
    sentence = _("“%(heading)s”这一列用了两次。")
    next_step = _("一列只能对应一项。")


class RosterNotOpen(Refused):
    code = "roster-not-open"
    sentence = _("这份名册现在的状态是“%(state)s”，不能再这样做。")
    next_step = _("请从“导入人员”打开这份名册，看看它现在到了哪一步。")


class NothingToBring(Refused):
    code = "roster-nothing-to-bring"
    sentence = _("这份名册里没有要写入的内容。")
    next_step = _("退回的行可以下载下来，改好再上传。")


class SamePerson(Refused):
    status = 403
    code = "roster-same-person"
    sentence = _("复核要由另一个人来做。")
    next_step = _("请本单位另一位经办人或负责人，或者主管部门复核。")


@transaction.atomic(durable=True)
def receive(
    *, viewer: Viewer, organisation_id: int, name: str, data: bytes, at: datetime, again: bool = False
) -> RosterImport:
    """Keep a spreadsheet sealed, and have it checked. The same bytes for the same unit give the roster that waits.

    Once applied they are told of, unless `again`. Raises NotYours, UnitClosed, RosterTooBig, RosterEmpty,
    NotASpreadsheet, RosterApplied (`facts["roster_id"]`).
    """
    unit = _unit(viewer, organisation_id)
    called = _called(name)
    if len(data) > limits.MOST_BYTES:
        raise RosterTooBig(most=limits.MOST_BYTES // limits.MB)
    if not data.strip():
        raise RosterEmpty()
    book = data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    if not book and called.rpartition(".")[2].lower() not in {"csv", "txt"}:
        raise NotASpreadsheet(name=called)
    digest = hashlib.sha256(data).hexdigest()
    same = RosterImport.objects.filter(organisation=unit, digest=digest).order_by("-pk")
    waiting = same.filter(state__in=WAITS).first()
    if waiting:
        return waiting
    applied = same.filter(state=State.APPLIED).first()
    if applied and not again:
        day = clock.day_of(applied.applied_at or at)
        raise RosterApplied(day=day.isoformat(), roster_id=applied.pk)
    roster = RosterImport.objects.create(
        organisation=unit, sent_by_id=viewer.person_id, sent_at=at, file_name=called, digest=digest,
        file=files.keep_sealed(data, name="roster", content_type="application/octet-stream", at=at),
    )  # fmt: skip
    audit.record(viewer, "people.receive_roster", _subject(roster), at=at, unit=unit.pk, size=len(data))
    _defer("check_roster", roster)
    return roster


@transaction.atomic(durable=True)
def set_mapping(*, viewer: Viewer, roster_id: int, mapping: Mapping[str, int], at: datetime) -> RosterImport:
    """Say which column is which field, remember it for the unit, and check again.

    Raises NotYours, UnitClosed, RosterNotOpen, MappingIncomplete, MappingTwice.
    """
    roster = _locked(viewer, roster_id)
    _check_state(roster, roster.state in {State.RECEIVED, State.CHECKED} and roster.columns and not roster.applied)
    wanted = {key: place for key, place in mapping.items() if key in fields.KEYS and 0 <= place < len(roster.columns)}
    if fields.missing(wanted):
        raise MappingIncomplete()
    places = list(wanted.values())
    for place in places:
        if places.count(place) > 1:
            raise MappingTwice(heading=roster.columns[place])
    headings = {roster.columns[place]: key for key, place in wanted.items() if roster.columns[place]}
    RosterMapping.objects.update_or_create(
        organisation_id=roster.organisation_id, defaults={"headings": headings, "kept_at": at}
    )
    if roster.mapping == wanted and not roster.problem:
        return roster
    roster.mapping, roster.state, roster.problem = wanted, State.RECEIVED, ""
    roster.save(update_fields=["mapping", "state", "problem"])
    audit.record(viewer, "people.map_roster", _subject(roster), at=at, mapping=wanted)
    _defer("check_roster", roster)
    return roster


@transaction.atomic(durable=True)
def confirm(*, viewer: Viewer, roster_id: int, at: datetime) -> RosterImport:
    """Have a checked roster applied; a large one waits for a second person. A second click changes nothing.

    Raises NotYours, UnitClosed, RosterNotOpen, NothingToBring.
    """
    roster = _locked(viewer, roster_id)
    if roster.state in {State.WAITING, State.APPLYING, State.APPLIED}:
        return roster
    _check_state(roster, roster.state == State.CHECKED)
    if not any(roster.counts.get(outcome) for outcome in BRINGS):
        raise NothingToBring()
    roster.confirmed_by_id, roster.confirmed_at, roster.problem = viewer.person_id, at, ""
    if roster.second_id == viewer.person_id:
        roster.second = None
    waits = roster.counts.get("new", 0) > rules.SECOND_LOOK_ABOVE and roster.second_id is None
    roster.state = State.WAITING if waits else State.APPLYING
    roster.save(update_fields=["confirmed_by", "confirmed_at", "problem", "second", "state"])
    expected = {key: value for key, value in roster.counts.items() if key != "done"}
    audit.record(viewer, "people.confirm_roster", _subject(roster), at=at, **expected)
    if not waits:
        _defer("apply_roster", roster)
    return roster


@transaction.atomic(durable=True)
def second_look(*, viewer: Viewer, roster_id: int, at: datetime) -> RosterImport:
    """Another person agrees to a large roster: somebody of the unit, or an officer who keeps it.

    Raises NotYours, UnitClosed, RosterNotOpen, SamePerson.
    """
    roster = _locked(viewer, roster_id, second=True)
    if roster.state in {State.APPLYING, State.APPLIED} and roster.second_id == viewer.person_id:
        return roster
    _check_state(roster, roster.state == State.WAITING)
    if roster.confirmed_by_id == viewer.person_id:
        raise SamePerson()
    roster.second_id, roster.state = viewer.person_id, State.APPLYING
    roster.save(update_fields=["second", "state"])
    audit.record(viewer, "people.agree_to_roster", _subject(roster), at=at)
    _defer("apply_roster", roster)
    return roster


@transaction.atomic(durable=True)
def discard(*, viewer: Viewer, roster_id: int, at: datetime) -> RosterImport:
    """Give a roster up before it is applied. Raises NotYours, UnitClosed, RosterNotOpen."""
    roster = _locked(viewer, roster_id)
    if roster.state == State.DISCARDED:
        return roster
    _check_state(roster, roster.state in BEFORE)
    roster.state = State.DISCARDED
    roster.save(update_fields=["state"])
    audit.record(viewer, "people.discard_roster", _subject(roster), at=at)
    return roster


def _called(name: str) -> str:
    """A file's own name without its folders and without anybody's number; what is too long keeps its ending."""
    stem, dot, ending = name.replace("\\", "/").rpartition("/")[2].strip().rpartition(".")
    end = f"{dot}{ending}"[-10:]
    return redaction.mask(stem, brought=False)[: 200 - len(end)] + end if dot else (end[:200] or "roster")


def _subject(roster: RosterImport) -> str:
    return f"roster:{roster.pk}"


def _defer(job: str, roster: RosterImport) -> None:
    from xueshi.people import jobs as work  # here, because jobs call actions

    jobs.defer(getattr(work, job), roster_id=roster.pk)


def _check_state(roster: RosterImport, fits: object) -> None:
    if not fits:
        raise RosterNotOpen(state=roster.get_state_display())


def _unit(viewer: Viewer, organisation_id: int, *, second: bool = False) -> Organisation:
    """The unit, held, for which the viewer may bring people, or look a second time."""
    unit = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if unit is None or not (access.can(viewer, "bring", unit) or (second and oversees(viewer, unit))):
        raise NotYours()
    if unit.closed_at is not None:
        raise UnitClosed(unit=unit.name)
    return unit


def oversees(viewer: Viewer, unit: Organisation) -> bool:
    """Whether the viewer is an officer who keeps this unit; an operator keeps the house, not the people."""
    return viewer.capacity != "operator" and access.can(viewer, "keep", unit)


def _locked(viewer: Viewer, roster_id: int, *, second: bool = False) -> RosterImport:
    unit_id = RosterImport.objects.filter(pk=roster_id).values_list("organisation_id", flat=True).first()
    if unit_id is None:
        raise NotYours()
    _unit(viewer, unit_id, second=second)
    return RosterImport.objects.select_for_update().get(pk=roster_id)
