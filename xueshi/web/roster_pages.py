"""What the pages of a roster show behind each door: its state in words, who has it, what it would do, row by row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xueshi.people import access, roster_actions, roster_queries
from xueshi.people.viewer import Viewer
from xueshi.web import doors

if TYPE_CHECKING:
    from xueshi.people.models import RosterImport

State = roster_actions.State
ROWS = 50
SAMPLES = 3


def page_of(found: "QuerySet[Any]", asked: str | None, size: int) -> "Page[Any]":
    """The page that is asked for, or the nearest that exists."""
    return Paginator(found, size).get_page(asked)


def goes_on(roster: "RosterImport") -> bool:
    """Whether the house is at work on it, so that the page asks again."""
    waits = roster.state == State.RECEIVED and not roster.problem
    return waits or roster.state in (State.CHECKING, State.APPLYING)


def stopped(roster: "RosterImport") -> bool:
    """Whether it stood still in the middle: the unit closed, or the post of whoever confirmed it ended."""
    return roster.state == State.CHECKED and roster.problem.startswith("stopped")


def state_of(roster: "RosterImport") -> tuple[str, str, str]:
    """The state in a few words, its kind of tag, its icon ("" for none)."""
    if stopped(roster):
        return _("中途停下"), "bad", "player-pause"
    if roster.state == State.RECEIVED and roster.problem == "mapping":
        return _("待对应各列"), "soon", "list"
    words: dict[str, tuple[str, str, str]] = {
        State.RECEIVED: (_("等候检查"), "wait", "hourglass"),
        State.CHECKING: (_("正在检查"), "wait", "refresh"),
        State.UNREADABLE: (_("读不了"), "bad", "alert-triangle"),
        State.CHECKED: (_("待您确认"), "soon", "pencil"),
        State.WAITING: (_("待复核"), "wait", "users"),
        State.APPLYING: (_("正在写入"), "wait", "refresh"),
        State.APPLIED: (_("已写入"), "ok", "check"),
        State.DISCARDED: (_("已放弃"), "", ""),
    }
    return words[roster.state]


@dataclass(frozen=True)
class Holder:
    """Who has a roster now, and since when; nobody when it is done with."""

    who: str
    since: datetime | None


def holder_of(roster: "RosterImport") -> Holder:
    """Who has to do something next."""
    if goes_on(roster):
        return Holder(_("平台"), roster.confirmed_at if roster.state == State.APPLYING else roster.sent_at)
    if roster.state == State.WAITING:
        return Holder(_("另一位同事"), roster.confirmed_at)
    if roster.state in (State.APPLIED, State.DISCARDED):
        return Holder("", roster.applied_at)
    return Holder(roster.sent_by.name, roster.checked_at or roster.sent_at)


def steps(now: str) -> list[tuple[str, str]]:
    """The way of a roster as (name, state): done, now or later."""
    names = {
        "send": _("上传"), "columns": _("对应各列"), "preview": _("试运行"), "write": _("确认写入"),
        "after": _("邀请注册"),
    }  # fmt: skip
    at = list(names).index(now)
    return [(name, "done" if i < at else "now" if i == at else "later") for i, name in enumerate(names.values())]


def _step_of(roster: "RosterImport") -> str:
    if roster.state in (State.RECEIVED, State.CHECKING, State.UNREADABLE, State.DISCARDED):
        return "columns" if roster.problem == "mapping" else "send"
    if roster.state in (State.WAITING, State.APPLYING) or stopped(roster):
        return "write"
    return "after" if roster.state == State.APPLIED else "preview"


def progress_of(roster: "RosterImport") -> dict[str, Any]:
    """What the fragment shows while the house is at work."""
    return {
        "roster": roster,
        "going_on": goes_on(roster),
        "share": roster.applied * 100 // roster.rows if roster.rows else 0,
        "by_hand": roster.file_name.startswith(BY_HAND),
    }


BY_HAND = "手工添加"  # how the file of a single person is called, see `members`


def context_of(request: doors.SeenRequest, roster: "RosterImport") -> dict[str, Any]:
    """The page of a roster in any of its states."""
    context = progress_of(roster) | {
        "steps": steps(_step_of(roster)),
        "state": state_of(roster),
        "holder": holder_of(roster),
        "stopped": stopped(roster),
        "mapping_needed": roster.state == State.RECEIVED and roster.problem == "mapping",
        "may_discard": roster.state in (State.RECEIVED, State.UNREADABLE, State.CHECKED, State.WAITING),
        "unit": roster.organisation,
        "own": _brings(request.viewer, roster),
    }
    if roster.state == State.UNREADABLE:
        context["sentence"] = roster_queries.unreadable_sentence(roster)
    if context["stopped"]:
        context["sentence"] = roster_queries.stopped_sentence(roster)
    if roster.state in (State.CHECKED, State.WAITING, State.APPLIED):
        context |= _findings(request, roster)
    if roster.state == State.WAITING:
        context["may_agree"] = may_agree(request.viewer, roster)
    return context


def may_agree(viewer: Viewer, roster: "RosterImport") -> bool:
    """Whether the viewer can be the second person: another than who confirmed it, of the unit or a bureau above."""
    reaches = _brings(viewer, roster) or roster_actions.oversees(viewer, roster.organisation)
    return access.apart(viewer, roster.confirmed_by_id) and reaches


def _brings(viewer: Viewer, roster: "RosterImport") -> bool:
    return access.can(viewer, "bring", roster.organisation)


def _findings(request: HttpRequest, roster: "RosterImport") -> dict[str, Any]:
    """What would happen, or did: counted, and one page of rows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    preview = roster_queries.preview_for(viewer, roster.pk)
    counts = {one.outcome: one.rows for one in preview.outcomes if one.rows}
    refused = counts.get("refused", 0)
    mended = sum(one.rows for one in preview.mended)
    chips = [(one.outcome, one.label, one.rows) for one in preview.outcomes if one.rows]
    chips.sort(key=lambda chip: chip[0] != "refused")
    if mended:
        chips.append(("mended", _("已修补"), mended))
    keys = [key for key, _label, _rows in chips]
    show = request.GET.get("show", "")
    show = show if show in keys else (keys[0] if keys else "")
    return {
        "preview": preview,
        "refused": refused,
        "good": sum(counts.get(outcome, 0) for outcome in roster_actions.BRINGS),
        "written": sum(one.done for one in preview.outcomes if one.outcome in roster_actions.BRINGS),
        "chips": chips,
        "show": show,
        "rule": next((one.rule for one in preview.outcomes if one.outcome == show), ""),
        **_rows(viewer, roster, preview, show, request),
    }


def _by_code(counted: Iterable[Any]) -> list[tuple[str, str, int]]:
    """Problems by code, in whatever columns they stand."""
    found: dict[str, tuple[str, int]] = {}
    for one in counted:
        found[one.code] = (one.label, found.get(one.code, ("", 0))[1] + one.rows)
    return [(code, label, rows) for code, (label, rows) in found.items()]


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be written, or that was mended, with everything that is said about it."""

    row: int
    name: str
    id_masked: str
    said: tuple[tuple[str, str], ...]  # (heading, sentence)
    bad: frozenset[str]  # the fields concerned


def _rows(viewer: Viewer, roster: "RosterImport", preview: Any, show: str, request: HttpRequest) -> dict[str, Any]:
    after = _number(request.GET.get("after"))
    if show not in ("refused", "mended"):
        rows = roster_queries.rows_for(viewer, roster.pk, outcome=show, after=after, most=ROWS + 1) if show else []
        return {"rows": rows[:ROWS], "after": rows[ROWS - 1].row if len(rows) > ROWS else None, "query": ""}
    kinds = _by_code(preview.problems if show == "refused" else preview.mended)
    code = request.GET.get("code", "")
    code = code if code in {key for key, _label, _rows in kinds} else ""
    found = roster_queries.problems_for(
        viewer, roster.pk, mended=show == "mended", code=code, after=after, most=ROWS + 1
    )
    return {
        "kinds": kinds,
        "code": code,
        "wrongs": _by_row(viewer, roster, found[:ROWS], "refused" if show == "refused" else ""),
        "after": found[ROWS - 1].id if len(found) > ROWS else None,
        "query": f"&code={code}" if code else "",
    }


def _by_row(viewer: Viewer, roster: "RosterImport", problems: Sequence[Any], outcome: str) -> list[Wrong]:
    """Problems gathered by row, with the person they are about."""
    if not problems:
        return []
    lines: dict[int, list[Any]] = {}
    for one in problems:
        lines.setdefault(one.row, []).append(one)
    known = {one.row: one for one in _people(viewer, roster, outcome, min(lines), len(lines))}
    return [
        Wrong(
            row=row,
            name=known[row].name if row in known else "",
            id_masked=known[row].id_masked if row in known else "",
            said=tuple((one.heading, one.sentence) for one in said),
            bad=frozenset(one.field for one in said),
        )
        for row, said in lines.items()
    ]


def _people(viewer: Viewer, roster: "RosterImport", outcome: str, first: int, most: int) -> Iterable[Any]:
    if not outcome:  # those that were mended stand among all the others
        return ()
    return roster_queries.rows_for(viewer, roster.pk, outcome=outcome, after=first - 1, most=most)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


# ---- which heading is what -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of the sheet: its heading, a few masked cells, and what it is taken for ("" for nothing)."""

    index: int
    heading: str
    samples: tuple[str, ...]
    taken: str

    @property
    def name(self) -> str:
        return f"column-{self.index}"


@dataclass(frozen=True)
class Columns:
    """All columns, what they were posted or guessed to be, and what is wrong with that."""

    columns: tuple[Column, ...]
    fields: tuple[Any, ...]
    guessed: bool
    missing: tuple[str, ...]
    mapping: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of(cls, request: doors.SeenRequest, roster: "RosterImport") -> "Columns":
        """From the form, or as the house took them."""
        preview = roster_queries.preview_for(request.viewer, roster.pk)
        keys = {one.key for one in roster_queries.FIELDS}
        taken = {index: key for key, index in preview.mapping.items()}
        if request.method == "POST":
            posted = {index: request.POST.get(f"column-{index}", "") for index in range(len(preview.headings))}
            taken = {index: key for index, key in posted.items() if key in keys}
        columns = tuple(
            Column(index, heading, _samples(preview.sample, index), taken.get(index, ""))
            for index, heading in enumerate(preview.headings)
        )
        missing = tuple(str(one.label) for one in preview.missing)
        found = cls(columns, roster_queries.FIELDS, preview.guessed, missing)
        return found._judged() if request.method == "POST" else found

    def _judged(self) -> "Columns":
        """The mapping, unless one thing is read from two columns."""
        labels = {one.key: str(one.label) for one in self.fields}
        mapping: dict[str, int] = {}
        for column in self.columns:
            if column.taken in mapping:
                first = self.columns[mapping[column.taken]].heading
                words = _("“%(what)s”对应了两列：“%(one)s”和“%(two)s”。请只留一列，另一列选“不导入”。")
                return self.refused(words % {"what": labels[column.taken], "one": first, "two": column.heading})
            if column.taken:
                mapping[column.taken] = column.index
        return replace(self, mapping=mapping)

    def refused(self, problem: str) -> "Columns":
        return replace(self, problem=problem)


def _samples(rows: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    cells = [row[index] for row in rows if index < len(row) and row[index]]
    return tuple(cells[:SAMPLES])
