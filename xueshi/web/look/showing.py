"""What the components' templates are given: states, words, icons, already decided."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.web.look import cells, fields, saying

ICONS = {"ok": "check", "wait": "hourglass", "soon": "clock", "bad": "x"}
NOTICE_ICONS = {"wait": "hourglass", "soon": "clock", "bad": "alert-triangle"}
WORDS = {
    "credited": gettext_lazy("已计入"),
    "studied": gettext_lazy("已学，考试合格后计入"),
    "review": gettext_lazy("审核中"),
    "deemed": gettext_lazy("视同完成"),
    "uncounted": gettext_lazy("不计入"),
    "missing": gettext_lazy("还要学"),
}
NUMERALS = "一二三四五六七八九十"
NEAR_DAYS = 30  # from here on a deadline is shown as near


def silent_on_nothing(said: Callable[[Any], str]) -> Callable[[Any], str]:
    """The filter for a way of saying: nothing is said of None and of the empty string."""

    def filtered(value: Any) -> str:
        return "" if value is None or value == "" else said(value)

    return filtered


def word(state: str) -> str:
    """The word for a state of hours."""
    return str(WORDS[state])


def fill(state: str) -> str:
    """The class of a state's fill; empty for what is still missing."""
    return cells.FILLS.get(state, "o" if state == cells.OUTSIDE else "")


def cells_shown(label: str, need: Decimal, parts: Mapping[str, Decimal], *, key: bool) -> dict[str, Any]:
    """Cells as pairs of fills, the sentence, and the key with its numbers."""
    missing = cells.still_missing(need, parts)
    counts = [(state, hours) for state, hours in parts.items() if hours]
    if missing:
        counts.append(("missing", missing))
    listed = _("，").join(f"{word(state)} {saying.hours(hours)}" for state, hours in counts)
    if need:
        said = _("%(label)s：需 %(need)s 学时。%(listed)s") % {
            "label": label,
            "need": saying.hours(need),
            "listed": listed,
        }
    else:
        said = _("%(label)s：%(listed)s") % {"label": label, "listed": listed or "0"}
    laid = cells.lay(need, parts)
    return {
        "label": said,
        "cells": [(fill(cell.left), fill(cell.right)) for cell in laid[: cells.MOST + 1]],
        "too_many": len(laid) > cells.MOST,
        "key": [(fill(state), word(state), saying.hours(n)) for state, n in counts] if key else [],
    }


def steps_shown(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The steps numbered, and where one stands now for the phone's one line."""
    english = saying.in_english()
    listed = []
    for n, item in enumerate(items, start=1):
        numeral = str(n) if english or n > len(NUMERALS) else NUMERALS[n - 1]
        listed.append({**item, "n": n, "numeral": numeral})
    now = next((item for item in listed if item["state"] == "now"), None)
    after = next((item for item in listed if now and item["n"] == now["n"] + 1), None)
    return {"steps": listed, "total": len(listed), "now": now, "after": after}


def due_shown(at: datetime, now: datetime) -> dict[str, Any]:
    """A deadline: past, near (30 days) or far, with what is left said in words."""
    days = (saying.last_day(at) - saying.local(now).date()).days
    return {
        "at": at,
        "past": at <= now,
        "near": at > now and days <= NEAR_DAYS,
        "left": saying.time_left(at, now) if at > now else "",
    }


def trace_shown(length: int, covered: Sequence[tuple[int, int]], at: int | None) -> dict[str, Any]:
    """Stretches and gaps in thousandths of the length, and five ticks below."""

    def place(second: int) -> float:
        return round(min(max(second, 0), length) * 1000 / length, 2) if length else 0.0

    on = [(place(start), round(place(end) - place(start), 2)) for start, end in covered]
    gaps = []
    reached = 0
    for start, end in covered:
        if start > reached:
            gaps.append((place(reached), round(place(start) - place(reached), 2)))
        reached = max(reached, end)
    return {
        "on": on,
        "gaps": gaps,
        "at": None if at is None else place(at),
        "ticks": [saying.position(length * quarter // 4) for quarter in range(5)],
    }


def errors_shown(forms: Iterable[BaseForm]) -> dict[str, Any]:
    """The errors of some forms: those of a field with its label and id, the others plain."""
    found = []
    for form in forms:
        found += [{"id": "", "label": "", "words": words} for words in form.non_field_errors()]
        for bound in form:
            if bound.is_hidden:
                found += [{"id": "", "label": "", "words": words} for words in bound.errors]
                continue
            grouped = fields.shape(bound) in {"one", "many"}
            where = f"{bound.auto_id}_0" if grouped else bound.id_for_label
            words = fields.complaints(bound)
            found += [{"id": where, "label": bound.label, "words": w} for w in words]
    return {"errors": found}
