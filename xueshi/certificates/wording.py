"""The frozen words of each document: what stands on the paper and under the signature.

Values are strings and lists of strings, so that the canonical JSON is the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from xueshi.people.models import Organisation, Person
from xueshi.policy.book import Rulebook

WORDS_VERSION = "1"


@dataclass(frozen=True)
class Holder:
    """Who is named on a document, on the day it is issued."""

    name: str
    id_masked: str
    sex: str
    unit: str
    region: str


HOLDER = tuple(Holder.__dataclass_fields__)


@dataclass(frozen=True)
class Slip:
    """What a score slip certifies."""

    plan: str
    course: str
    score: str
    pass_mark: str
    chance: str
    passed_on: str


@dataclass(frozen=True)
class Recorded:
    """One line of recorded hours, on a certificate or a card."""

    year: str
    title: str
    category: str
    hours: str
    earned_on: str
    verified_by: str
    seal: str
    verified_on: str
    confirmed_by: str
    confirmed_on: str
    slip: str


def holder(person: Person, unit: Organisation | None) -> Holder:
    """The person as of now, in Chinese whatever the page speaks; the region must have been fetched along."""
    with translation.override("zh-hans"):
        sex = person.get_sex_display()
    return Holder(
        name=person.name,
        id_masked=person.id_masked,
        sex=sex,
        unit=unit.name if unit else "",
        region=person.region.name,
    )


def plain(number: Decimal) -> str:
    """86, 86.5, 20: no trailing zeros, no exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def of_slip(holder: Holder, slip: Slip, book: Rulebook, on: date) -> dict[str, Any]:
    """成绩合格单 (CQ-17)."""
    return _head("slip", "score_slip", "成绩合格单", book, on) | asdict(holder) | asdict(slip)


def of_certificate(holder: Holder, lines: Sequence[Recorded], book: Rulebook, on: date) -> dict[str, Any]:
    """继续教育证书: the entry of a year (CQ-32)."""
    head = _head("certificate", "ce_certificate", "继续教育证书", book, on)
    return head | asdict(holder) | _lines(lines)


def of_card(holder: Holder, lines: Sequence[Recorded], book: Rulebook, on: date) -> dict[str, Any]:
    """继续教育登记卡: every line of a person (CQ-32)."""
    head = _head("card", "registration_card", "继续教育登记卡", book, on)
    return head | asdict(holder) | _lines(lines)


def _lines(lines: Sequence[Recorded]) -> dict[str, Any]:
    total = sum((Decimal(line.hours) for line in lines), Decimal(0))
    return {"lines": [asdict(line) for line in lines], "hours": plain(total)}


def _head(kind: str, document: str, otherwise: str, book: Rulebook, on: date) -> dict[str, Any]:
    law = book.document(document, on)
    return {
        "v": WORDS_VERSION,
        "kind": kind,
        "sheet": f"{kind}-1",
        "title": law.name if law else otherwise,
        "issuer": book.issuer,
        "law": f"{book.number or book.title} {law.article}" if law else book.number or book.title,
        "clause": law.text if law else "",
        "issued_on": on.isoformat(),
    }
