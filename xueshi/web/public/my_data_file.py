"""All that the house holds about somebody, as one zip: data.json, the same to read, and the documents. Streamed.

The shape is described in docs/my-data.md; `FORMAT` changes with it.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from xueshi.certificates import held_queries as documents
from xueshi.exams import held_queries as exams
from xueshi.kernel.holdings import Column, plain
from xueshi.ledger import held_queries as hours
from xueshi.payments import held_queries as payments
from xueshi.people import dealing_queries, sentences
from xueshi.people import held_queries as people
from xueshi.people.dealing_queries import Dealing
from xueshi.people.viewer import Viewer
from xueshi.recognition import held_queries as reviews
from xueshi.study import held_queries as studies
from xueshi.training import held_queries as training
from xueshi.web.look import saying
from xueshi.web.public import dealing_words

FORMAT = "xueshi.person/1"
FLOORS = (people, hours, exams, payments, reviews, training, studies, documents)
STYLE = (
    "body{font:16px/1.7 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#14302c;background:#f1f5f3;"
    "margin:0 auto;padding:24px 16px;max-width:60rem}h1{font-size:1.7rem}h2{font-size:1.2rem;margin:0 0 .6rem}"
    "section{background:#fff;border:1px solid #cbd6d2;border-radius:6px;padding:16px 20px;margin:0 0 18px}"
    "dl{display:grid;grid-template-columns:minmax(6em,auto) 1fr;gap:.15rem 1rem;margin:0;padding:.6rem 0;"
    "border-top:1px solid #cbd6d2}dl:first-of-type{border-top:0}dt{color:#51625e}dd{margin:0;overflow-wrap:anywhere}"
    "p.note{color:#51625e}@media print{body{background:#fff}section{border:0;padding:0}}"
)


class Section(Protocol):
    """A part of the file: a `kernel.holdings.Holding`, or what is made here."""

    @property
    def key(self) -> str: ...
    @property
    def says(self) -> str | Promise: ...
    @property
    def columns(self) -> tuple[Column, ...]: ...
    def values(self) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True)
class Looks:
    """Who dealt with the data, each line of it, the oldest first."""

    viewer: Viewer
    subjects: tuple[str, ...]
    key: str = "dealings"

    @property
    def says(self) -> str | Promise:
        return _("谁看过、办过您的资料")

    @property
    def columns(self) -> tuple[Column, ...]:
        return (
            Column("at", _("什么时候")), Column("who", _("谁")), Column("capacity", _("以什么身份")),
            Column("organisation", _("代表哪个单位")), Column("done", _("做了什么")), Column("reason", _("原因")),
            Column("action", _("代码")), Column("subject", _("哪一项")),
        )  # fmt: skip

    def values(self) -> Iterator[dict[str, Any]]:
        for one in dealing_queries.all_dealings_for(self.viewer, self.subjects):
            yield _line(one)


def _line(one: Dealing) -> dict[str, Any]:
    return {
        "at": plain(one.at), "who": one.who, "capacity": sentences.of_capacity(one.capacity),
        "organisation": one.organisation, "done": dealing_words.done(one), "reason": one.reason,
        "action": one.action, "subject": one.subject,
    }  # fmt: skip


def sections(viewer: Viewer) -> list[Section]:
    """Every part, of every floor, and who dealt with it."""
    held = [one for floor in FLOORS for one in floor.held_for(viewer)]
    return [*held, Looks(viewer, tuple(subjects(viewer)))]


def subjects(viewer: Viewer) -> list[str]:
    """The viewer's orders, documents, requests … as audit lines name them; the person itself is `person:<id>`."""
    held = (one for floor in FLOORS for one in floor.held_for(viewer) if one.subject not in ("", "person"))
    return [name for one in held for name in one.subjects()]


class _Sink:
    """What the zip writes and the response has not sent yet."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies deeper."""

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def stream(viewer: Viewer, number: str, language: str, at: datetime) -> Iterator[bytes]:
    """The zip, piece by piece; `number` is the identity number in clear, or "" to leave it out."""
    with override(language):  # the page is over when this is read
        yield from _pieces(viewer, number, at)


def _pieces(viewer: Viewer, number: str, at: datetime) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, pieces in (
            ("data.json", _json(viewer, number, at)),
            (_("我的数据") + ".html", _page(viewer, number, at)),
        ):
            with archive.open(name, "w") as file:
                for piece in pieces:
                    file.write(piece.encode())
                    if len(sink.parts) > 16:
                        yield sink.take()
            yield sink.take()
        for name, data in documents.papers_for(viewer):
            archive.writestr(f"{_('文书')}/{name}", data)
            yield sink.take()
    yield sink.take()


def _json(viewer: Viewer, number: str, at: datetime) -> Iterator[str]:
    head = {"format": FORMAT, "made_at": plain(at), "language": get_language() or "", "id_number": number or None}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "left_out": '
    yield json.dumps([str(reason) for reason in LEFT_OUT], ensure_ascii=False) + ', "holdings": {\n'
    for n, one in enumerate(sections(viewer)):
        says = {column.key: str(column.says) for column in one.columns}
        about = json.dumps({"title": str(one.says), "columns": says}, ensure_ascii=False)
        yield f'{"," if n else ""}{json.dumps(one.key)}: {about[:-1]}, "rows": [\n'
        for m, row in enumerate(one.values()):
            yield f"{',' if m else ''}{json.dumps(row, ensure_ascii=False)}\n"
        yield "]}\n"
    yield "}}\n"


def _page(viewer: Viewer, number: str, at: datetime) -> Iterator[str]:
    title = _("平台上关于%(name)s的全部数据") % {"name": viewer.name}
    yield (
        f'<!doctype html><html lang="{escape(get_language() or "zh-Hans")}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1><p class=note>"
        + escape(
            _("%(moment)s 由本人下载。同样的内容在 data.json 里，供别的系统读取。") % {"moment": saying.moment(at)}
        )
        + "</p>"
    )
    if number:
        yield f"<section><h2>{escape(_('完整证件号'))}</h2>{escape(number)}</section>"
    for one in sections(viewer):
        yield f"<section><h2>{escape(one.says)}</h2>"
        yield from _rows(one)
        yield "</section>"
    left = "".join(f"<li>{escape(reason)}</li>" for reason in LEFT_OUT)
    yield f"<section><h2>{escape(_('没有放进来的'))}</h2><ul>{left}</ul></section></body></html>"


def _rows(one: Section) -> Iterable[str]:
    empty = True
    for row in one.values():
        empty = False
        said = ((column, _word(column, row[column.key])) for column in one.columns)
        yield (
            "<dl>" + "".join(f"<dt>{escape(c.says)}</dt><dd>{escape(word)}</dd>" for c, word in said if word) + "</dl>"
        )
    if empty:
        yield f"<p class=note>{escape(_('没有。'))}</p>"


def _word(column: Column, value: Any) -> str:
    if value in column.words:
        return str(column.words[value])
    if value is None or value == "":
        return ""
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return saying.moment(datetime.fromisoformat(value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


LEFT_OUT = (
    gettext_lazy("密码、验证码和二次验证的密钥：平台只存不能还原的样子，或者拿出来会危及您的账号。"),
    gettext_lazy("考卷、每题的作答和标准答案：拿出来会泄露题库。得分和合格与否在里面。"),
    gettext_lazy("申请附的材料原件：是您自己交的，加密保存；这里列出文件名和时间。"),
    gettext_lazy("您以岗位身份办理的别人的事：那是别人的资料。您的岗位本身在里面。"),
    gettext_lazy("用来加快查找的副本：内容和上面的一样，随时会重新生成。"),
)
