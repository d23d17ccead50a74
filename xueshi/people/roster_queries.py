"""What the pages of rosters show: how far one is, what it would do, and what is wrong with which cell."""

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from xueshi.kernel.errors import NotYours
from xueshi.people import access
from xueshi.people.models import RosterImport, RosterProblem
from xueshi.people.roster import checking_actions, fields, rules, staging, wording
from xueshi.people.viewer import Viewer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_REJECTED = 20_000  # rows of a workbook that somebody waits for
OUTCOMES = tuple(wording.OUTCOMES)


@dataclass(frozen=True)
class Field:
    """One thing a column can be."""

    key: str
    label: str | Promise
    needed: bool
    note: str | Promise


FIELDS = tuple(Field(f.key, wording.LABELS[f.key], f.needed, wording.NOTES[f.key]) for f in fields.FIELDS)


@dataclass(frozen=True)
class OutcomeCount:
    """So many rows have this fate, by this rule; `done` of them already."""

    outcome: str
    label: str
    rule: str
    rows: int
    done: int


@dataclass(frozen=True)
class ProblemCount:
    """So many cells of a field have this problem, or were mended in this way."""

    code: str
    label: str
    field: str
    rows: int


@dataclass(frozen=True)
class Preview:
    """A roster as its page shows it."""

    roster: RosterImport
    headings: list[str]
    mapping: dict[str, int]
    guessed: bool  # by the headings or from last time; nobody has said so
    missing: list[Field]
    ignored: list[str]
    sample: list[list[str]]
    outcomes: list[OutcomeCount]
    problems: list[ProblemCount]
    mended: list[ProblemCount]
    needs_second: bool
    done: int
    rows: int


@dataclass(frozen=True)
class RowShown:
    """What a row does: labels of what is added, and of what differs and stays as it is."""

    row: int
    name: str
    id_masked: str
    outcome: str
    label: str
    changes: list[str]
    differs: list[str]


@dataclass(frozen=True)
class ProblemShown:
    id: int
    row: int
    field: str
    heading: str
    code: str
    sentence: str
    mended: bool


def rosters_for(viewer: Viewer) -> QuerySet[RosterImport]:
    """Rosters of the units for which the viewer brings people, audits, or gives a second look; the newest first."""
    brings = access.organisations(viewer, "bring")
    reach = Q(organisation__in=brings)
    if viewer.capacity == "auditor":
        reach |= Q(organisation__in=access.organisations(viewer, "see"))
    if viewer.capacity in {"officer", "industry_officer"}:
        waits = Q(state__in=(RosterImport.State.WAITING,)) | Q(second_id=viewer.person_id)
        reach |= waits & Q(organisation__in=access.organisations(viewer, "keep"))
    found = RosterImport.objects.filter(reach).select_related("organisation", "sent_by", "confirmed_by", "second")
    return found.order_by("-sent_at", "-pk")


def roster_for(viewer: Viewer, roster_id: int) -> RosterImport:
    """One of them; raises NotYours."""
    found = rosters_for(viewer).select_related("staged").filter(pk=roster_id).first()
    if found is None:
        raise NotYours()
    return found


def preview_for(viewer: Viewer, roster_id: int) -> Preview:
    """Everything that stands on the page of a roster; raises NotYours."""
    roster = roster_for(viewer, roster_id)
    used = set(roster.mapping.values())
    missing = fields.missing(roster.mapping) if roster.columns else []
    return Preview(
        roster=roster,
        headings=list(roster.columns),
        mapping=dict(roster.mapping),
        guessed=roster.problem == "mapping",
        missing=[field for field in FIELDS if field.key in missing],
        ignored=[heading for place, heading in enumerate(roster.columns) if place not in used and heading],
        sample=_sample(roster),
        outcomes=_outcomes(roster),
        problems=_counts(roster, mended=False),
        mended=_counts(roster, mended=True),
        needs_second=roster.counts.get("new", 0) > rules.SECOND_LOOK_ABOVE,
        done=roster.applied,
        rows=roster.rows,
    )


def _outcomes(roster: RosterImport) -> list[OutcomeCount]:
    done = roster.counts.get("done", {})
    return [
        OutcomeCount(outcome, str(label), str(rule), roster.counts.get(outcome, 0), done.get(outcome, 0))
        for outcome, (label, rule) in wording.OUTCOMES.items()
        if roster.counts.get(outcome) or done.get(outcome)
    ]


def _counts(roster: RosterImport, *, mended: bool) -> list[ProblemCount]:
    lines = RosterProblem.objects.filter(roster=roster, mended=mended).values("code", "column")
    return [
        ProblemCount(line["code"], wording.problem_label(line["code"]), str(wording.LABELS[line["column"]]), line["n"])
        for line in lines.annotate(n=Count("pk")).order_by("-n", "code", "column")
    ]


def _sample(roster: RosterImport) -> list[list[str]]:
    """The first rows as they came; whatever may be a number of a card, a phone or a mailbox shows its ends alone."""
    if roster.staged is None:
        return []
    table = staging.load(roster.staged, ["row", "raw"]).head(staging.SAMPLE)
    return [[_masked(cell) for cell in cells] for cells in table["raw"].to_list() if cells]


_POWER = re.compile(r"[0-9][Ee]\+?[0-9]")  # as Excel writes long numbers
_DAY = re.compile(r"(19|20)[0-9]{2}([-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{4})( [0-9:.]+)?")


def _masked(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s'’]", "", text) if _POWER.search(text) else re.sub(r"[\W_]", "", text)
    if _DAY.fullmatch(text.strip()):
        return text
    if "@" in text:
        return f"{text[:1]}***{text[text.index('@') :]}"
    if re.search(r"[0-9]{7}", plain) or _POWER.search(plain):
        keep = 4 if len(plain) >= 15 else 3
        return plain[:keep] + "*" * max(len(plain) - keep - 4, 3) + plain[-4:]
    return text


def rows_for(viewer: Viewer, roster_id: int, *, outcome: str = "", after: int = 0, most: int = 50) -> list[RowShown]:
    """What becomes of each row, in the order of the sheet, from behind the row `after`; raises NotYours."""
    roster = roster_for(viewer, roster_id)
    if roster.staged is None or not roster.rows:
        return []
    table = staging.load(roster.staged, ["row", "name", "id_number", "outcome", "adds", "differs", "raw", *_data()])
    table = table.filter(pl.col("row") > after)
    if outcome:
        table = table.filter(pl.col("outcome") == outcome)
    place = roster.mapping["id_number"]
    return [_shown(line, place) for line in table.head(most).iter_rows(named=True)]


def _data() -> list[str]:
    return [field.key for field in fields.FIELDS if field.key not in {"name", "id_number"}]


def _typed(raw: list[str] | None, place: int) -> str:
    """A cell of a rejected row as it came."""
    return raw[place] if raw and place < len(raw) else ""


def _shown(line: Mapping[str, Any], place: int) -> RowShown:
    number = line["id_number"] or ""
    adds = line["adds"].split()
    if line["outcome"] == "new":
        adds = [key for key in _data() if line[key] is not None and key != "title_obtained_on"]
    return RowShown(
        row=line["row"],
        name=line["name"] or "",
        id_masked=f"{number[:4]}{'*' * 10}{number[-4:]}" if number else _masked(_typed(line["raw"], place)),
        outcome=line["outcome"],
        label=str(wording.OUTCOMES[line["outcome"]][0]),
        changes=[str(wording.LABELS[key]) for key in adds],
        differs=[str(wording.LABELS[key]) for key in line["differs"].split()],
    )


def problems_for(
    viewer: Viewer, roster_id: int, *, mended: bool = False, code: str = "", after: int = 0, most: int = 50
) -> list[ProblemShown]:
    """Cells that are refused, or that were mended, from behind the line `after`; raises NotYours."""
    roster = roster_for(viewer, roster_id)
    lines = RosterProblem.objects.filter(roster=roster, mended=mended, pk__gt=after).order_by("pk")
    if code:
        lines = lines.filter(code=code)
    return [_problem(roster, line) for line in lines[:most]]


def _problem(roster: RosterImport, line: RosterProblem) -> ProblemShown:
    place = roster.mapping.get(line.column)
    heading = roster.columns[place] if place is not None else str(wording.LABELS[line.column])
    return ProblemShown(line.pk, line.row, line.column, heading, line.code, _sentence(line), line.mended)


def _sentence(line: RosterProblem) -> str:
    choices = _choices(line.column) if line.code == "word-unknown" else ""
    return wording.problem(line.code, line.facts.get("is", ""), choices)


def _choices(key: str) -> str:
    field = fields.KEYS[key]
    if field.kind == "flag":
        return _("是、否")
    if field.key == "file_keeper":
        return str(wording.NOTES[key])
    return "、".join(checking_actions.words(str(settings.POLICIES_DIR))[field.fact].values.values())


def unreadable_sentence(roster: RosterImport) -> str:
    """Why the file as a whole could not be read, and what helps."""
    return wording.unreadable(roster.problem)


def stopped_sentence(roster: RosterImport) -> str:
    """Why applying stopped half-way; "" if it did not."""
    return wording.stopped(roster.problem)


# ---- workbooks -----------------------------------------------------------------------------------------------------


def problems_xlsx(viewer: Viewer, roster_id: int) -> bytes:
    """The rejected rows as they came, the reasons in front: to be put right and sent again; raises NotYours."""
    roster = roster_for(viewer, roster_id)
    reasons: dict[int, list[str]] = {}
    for line in RosterProblem.objects.filter(roster=roster, mended=False).order_by("row", "pk"):
        shown = _problem(roster, line)
        reasons.setdefault(line.row, []).append(f"{shown.heading}：{shown.sentence}")
    rejected: Iterable[tuple[int, list[str] | None]] = []
    if roster.staged is not None and roster.rows:
        table = staging.load(roster.staged, ["row", "outcome", "raw"]).filter(pl.col("outcome") == "refused")
        rejected = table.head(MOST_REJECTED).select("row", "raw").iter_rows()
    heading = [wording.reason_heading(), _("原表行号"), *roster.columns]
    rows = ([" ".join(reasons.get(row, [])), str(row), *(cells or [])] for row, cells in rejected)
    return _workbook([(_("退回的行"), [heading, *rows], [50, 10] + [20] * len(roster.columns))])


def template_xlsx() -> bytes:
    """The sheet to fill in: every column a text, one example, and a second sheet that says what goes where."""
    headings = [str(field.label) for field in FIELDS]
    example = {
        "name": "示例张老师", "id_number": "50019919800307002X", "phone": "13800000000", "email": "zhang@example.com",
        "employed_since": "2010-09-01", "title_level": "中级", "title_obtained_on": "2015-07-01",
        "file_keeper": "所在单位", "first_hired": "2008-09-01", "degree": "大学本科", "post": "中小学教师",
    }  # fmt: skip
    notes = [[_("列名"), _("怎么填")], *([str(field.label), str(field.note)] for field in FIELDS)]
    notes.append([_("说明"), _("“示例”一行请删掉。列的先后可以变，不用的列可以删。身份证号、手机号请保持文本格式。")])
    people = [headings, [example.get(field.key, "") for field in FIELDS]]
    return _workbook([(_("人员名册"), people, [20] * len(FIELDS)), (_("填写说明"), notes, [24, 80])])


def _workbook(sheets: Iterable[tuple[str, Iterable[Iterable[str]], list[int]]]) -> bytes:
    """Every cell a text, also one that begins like a formula."""
    book = Workbook(write_only=True)
    for title, rows, widths in sheets:
        sheet: Any = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for place, width in enumerate(widths):
            letter = chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)
            sheet.column_dimensions[letter].width = width
            sheet.column_dimensions[letter].number_format = "@"
        for number, row in enumerate(rows):
            sheet.append([_text(sheet, text, bold=number == 0) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _text(sheet: Any, text: str, *, bold: bool) -> Any:
    cell = WriteOnlyCell(sheet, value=_NO_CHARACTER.sub("", text))
    cell.data_type, cell.number_format = "s", "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
