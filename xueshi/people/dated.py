"""Facts about a person as they are written in a row, and as the law reads them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from xueshi.policy.facts import Given
from xueshi.policy.words import Word

YES, NO = "yes", "no"
ALWAYS = date(1, 1, 1)
Plain: TypeAlias = str | bool | Decimal | date


@dataclass(frozen=True)
class Row:
    """One fact: `value` as `written` gives it, from `since` until the day before `until`."""

    word: str
    kind: str
    value: str
    since: date
    until: date | None = None


def written(word: Word, typed: str) -> str | None:
    """The one way to write a value of this word, or None where it is not a value of it.

    A word and a name: itself, "" for known to have none. A flag: true, false. An event and a spell: yes, and no
    where it is known that there was none. A date: 2015-07-01. A number: 12.5.
    """
    text = typed.strip()
    if word.kind == "word":
        return text if text == "" or text in word.values else None
    if word.kind == "flag":
        return text if text in {"true", "false"} else None
    if word.kind in {"event", "spell"}:
        return text if text in {YES, NO} else None
    if word.kind == "name":
        return text if len(text) <= 200 else None
    return _date(text) if word.kind == "date" else _number(text)


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _number(text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= 1_000_000 or number != number.quantize(Decimal("0.01")):
        return None
    return f"{number.normalize():f}"


def facts(rows: Iterable[Row], on: date) -> dict[str, Given]:
    """Rows as `policy.facts.Facts.of` takes them; rows of one word do not overlap.

    Words, flags, numbers and names are given with the days from which they hold, a date as it stood on `on`.
    """
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: r.since):
        found.setdefault(row.word, []).append(row)
    read = {word: _read(held, on) for word, held in found.items()}
    return {word: value for word, value in read.items() if value is not None}


def _read(rows: Sequence[Row], on: date) -> Given | None:
    kind = rows[0].kind
    if kind == "event":
        return [row.since for row in rows if row.value == YES]
    if kind == "spell":
        held = (row for row in rows if row.value == YES)
        return [(row.since, row.until - timedelta(days=1) if row.until else None) for row in held]
    if kind == "date":
        known = [row for row in rows if row.since <= on and (row.until is None or row.until > on)]
        return date.fromisoformat(known[0].value) if known and known[0].value else None
    return _changes(rows)


def _changes(rows: Sequence[Row]) -> Given:
    """From each day the value; where a row ends and none follows on, from that day there is none."""
    days: list[tuple[date, Plain]] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        days.append((row.since, _value(row)))
        if row.until is not None and (after is None or after.since > row.until):
            days.append((row.until, False if row.kind == "flag" else ""))
    return tuple(days)  # type: ignore[return-value]  # dated flags and numbers are dated values too


def _value(row: Row) -> Plain:
    if row.kind == "flag":
        return row.value == "true"
    return Decimal(row.value) if row.kind == "number" and row.value else row.value
