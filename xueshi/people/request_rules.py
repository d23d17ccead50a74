"""What may happen to a request, and by whom: one table, pure. The database and the pages follow it.

| step | who | from | to | a reason |
|---|---|---|---|---|
| asked | the asker | — | open | yes |
| returned | the office | open | returned | yes |
| resent | the asker | returned | open | no |
| handed_on | the office | open | open | yes |
| proposed | the office, where two must agree | open | open | no |
| accepted | the office, where two must agree another officer than the first | open | accepted | no |
| refused | the office | open, returned | refused | yes |
| withdrawn | the asker | open, returned | withdrawn | no |

The office is whoever `access` lets decide there; never who asked, nor whom it is about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

OPEN, RETURNED, ACCEPTED, REFUSED, WITHDRAWN = "open", "returned", "accepted", "refused", "withdrawn"
LIVE = frozenset({OPEN, RETURNED})
TWO_YESES = frozenset({"merge", "unmerge"})

Step = Literal["resent", "returned", "handed_on", "proposed", "accepted", "refused", "withdrawn"]
Problem = Literal["finished", "out_of_turn", "own", "not_asker", "reason", "nobody_to_ask", "first_yes", "same_yes"]


@dataclass(frozen=True)
class Rule:
    """One row of the table above."""

    by: Literal["asker", "office"]
    before: frozenset[str]
    after: str
    reason: bool


MOVES: dict[Step, Rule] = {
    "returned": Rule("office", frozenset({OPEN}), RETURNED, True),
    "resent": Rule("asker", frozenset({RETURNED}), OPEN, False),
    "handed_on": Rule("office", frozenset({OPEN}), OPEN, True),
    "proposed": Rule("office", frozenset({OPEN}), OPEN, False),
    "accepted": Rule("office", frozenset({OPEN}), ACCEPTED, False),
    "refused": Rule("office", LIVE, REFUSED, True),
    "withdrawn": Rule("asker", LIVE, WITHDRAWN, False),
}


@dataclass(frozen=True)
class Standing:
    """Where a request stands: `first_yes` is the officer who has agreed already, where two must."""

    kind: str
    asked_by: int | None  # None: somebody who had not signed in
    concerned: frozenset[int]  # whom it is about
    state: str = OPEN
    first_yes: int | None = None


def problem(now: Standing, step: Step, *, by: int, reason: str = "") -> Problem | None:
    """Why this person may not take this step now; None where it may be taken."""
    rule = MOVES[step]
    if now.state not in LIVE:
        return "finished"
    if rule.by == "asker":
        if now.asked_by is None or by != now.asked_by:
            return "not_asker"
    elif by == now.asked_by or by in now.concerned:
        return "own"
    if now.state not in rule.before:
        return "out_of_turn"
    if rule.reason and not reason.strip():
        return "reason"
    return _of_office(now, step, by)


def _of_office(now: Standing, step: Step, by: int) -> Problem | None:
    if step == "returned" and now.asked_by is None:
        return "nobody_to_ask"
    if step == "proposed" and now.kind not in TWO_YESES:
        return "out_of_turn"
    if step == "accepted" and now.kind in TWO_YESES:
        if now.first_yes is None:
            return "first_yes"
        return "same_yes" if now.first_yes == by else None
    return None


def asked(kind: str, by: int | None, concerned: Iterable[int]) -> Standing:
    """A request as it begins. An officer who asks for what needs two has agreed by asking."""
    about = frozenset(concerned)
    return Standing(kind, by, about, first_yes=by if _agrees_by_asking(kind, by, about) else None)


def _agrees_by_asking(kind: str, by: int | None, concerned: frozenset[int]) -> bool:
    return kind in TWO_YESES and by is not None and by not in concerned


def after(now: Standing, step: Step, *, by: int) -> Standing:
    """Where the request stands once the step is taken; what was sent again is agreed to anew."""
    first = now.first_yes
    if step == "proposed":
        first = by
    elif step == "returned":
        first = None
    elif step == "resent" and _agrees_by_asking(now.kind, by, now.concerned):
        first = by
    return replace(now, state=MOVES[step].after, first_yes=first)


def first_yes(steps: Iterable[tuple[str, int | None]]) -> int | None:
    """The officer whose agreement stands, from (what, by) in order."""
    found: int | None = None
    for what, by in steps:
        if what == "proposed":
            found = by
        elif what in {"returned", "resent"}:
            found = None
    return found


# ---- papers ---------------------------------------------------------------------------------------------------------

MOST_BYTES = 5 * 1024 * 1024
MOST_PAPERS = 6  # of one request
_MAGIC = {
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png", "image/png"),
    b"%PDF-": ("pdf", "application/pdf"),
}
_ENDINGS = {"jpg": {"jpg", "jpeg"}, "png": {"png"}, "pdf": {"pdf"}}

PaperProblem = Literal["empty", "large", "kind", "name"]


@dataclass(frozen=True)
class Paper:
    """A file as somebody sent it."""

    name: str
    data: bytes


def paper_kind(paper: Paper) -> str | PaperProblem:
    """The content type, by its first bytes, which must agree with its ending; or why it is not taken."""
    if not paper.data:
        return "empty"
    if len(paper.data) > MOST_BYTES:
        return "large"
    for magic, (kind, content_type) in _MAGIC.items():
        if paper.data.startswith(magic):
            ending = paper.name.rpartition(".")[2].lower()
            return content_type if ending in _ENDINGS[kind] else "name"
    return "kind"


def paper_name(typed: str) -> str:
    """A name that is safe in a header and a list: no folders, no signs that cannot be seen, at most 100 places."""
    name = unicodedata.normalize("NFC", typed.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 99 - len(ending)]}{dot}{ending}" if dot and len(ending) < 6 else name[:100]
