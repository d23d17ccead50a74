"""The answer about one person as files: the numbers of the page, from the same assessment."""

from django.http import FileResponse, JsonResponse
from django.utils.translation import gettext as _

from xueshi.kernel import clock
from xueshi.ledger.standing import Standing
from xueshi.web import spreadsheets
from xueshi.web.standing import Sheet


def as_json(found: Standing) -> JsonResponse:
    """The question, what was known when, which instruments were considered, and the assessment as it is stored."""
    book = found.book
    answer = {
        "asked": {
            "purpose": found.asked.purpose, "year": found.asked.year, "target": found.asked.target,
            "marks": dict(found.asked.marks), "on": found.on.isoformat(),
        },
        "known_at": found.known_at.isoformat(),
        "instrument": book and {"key": book.key, "title": book.title, "number": book.number, "digest": book.digest},
        "considered": [{"key": one.key, "why": one.why} for one in found.choice.considered],
        "assessment": found.assessment.plain() if found.assessment else None,
        "problem": found.problem,
    }  # fmt: skip
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})


def as_xlsx(sheet: Sheet) -> FileResponse:
    """The table of findings, and every line of the ledger with what became of it."""
    found = sheet.standing
    cites = {note.n: note.text for note in sheet.notes.listed} if sheet.notes else {}
    rows = [
        (
            row.title, row.found.have, row.found.need, row.found.missing, row.words, _("；").join(row.why),
            _("；").join(cites[n] for n in row.refs),
        )
        for row in sheet.rows
    ]  # fmt: skip
    lines = [(one.title, one.day.isoformat() if one.day else "", one.words) for one in sheet.entered]
    about = [
        (_("办什么事"), sheet.what),
        (_("年度"), str(found.asked.year)),
        (_("按哪天算"), found.on.isoformat()),
        (_("只看这天以前登记的"), f"{found.known_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"),
        (_("文件"), f"{found.book.number} {found.book.title}".strip() if found.book else ""),
        (_("规则版本"), found.book.digest if found.book else ""),
    ]
    heading = (_("要求"), _("已计"), _("应有"), _("还差"), _("结论"), _("为什么"), _("依据"))
    return spreadsheets.xlsx_file(
        "standing",
        [
            (_("逐条对照"), heading, rows),
            (_("每一笔学时"), (_("名称"), _("日期"), _("怎样算的")), lines),
            (_("说明"), (_("项目"), _("内容")), about),
        ],
    )
