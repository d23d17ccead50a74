"""Banks, their sheets and exams: the operator's work. Locks: the import's row, then the bank's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from xueshi.exams import rules, sheets, wording
from xueshi.exams.models import Bank, BankImport, Question
from xueshi.kernel import audit, files
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people.viewer import Viewer


class SheetUnusable(Refused):
    """The file as a whole is no question sheet; `code` says which way."""

    status = 422
    code = "sheet-unusable"
    next_step = _("请用下载的模板重新填写，再传一次。题库没有变化。")

    def __init__(self, why: str, facts: Mapping[str, str | int]) -> None:
        super().__init__(**facts)
        self.why = why

    @property
    def said(self) -> str:
        return wording.of_sheet(self.why, self.facts)


class AlreadySettled(Refused):
    code = "import-settled"
    sentence = _("这张题目表已经处理过了：%(state)s。")
    next_step = _("要再改题目，请重新上传一张表。")


class CodeTaken(Refused):
    code = "bank-code-taken"
    sentence = _("已经有一个题库用了“%(code)s”这个编号。")
    next_step = _("换一个编号，或者直接在那个题库里导入。")


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != "operator":
        raise NotAllowed()


@transaction.atomic(durable=True)
def add_bank(*, viewer: Viewer, code: str, title: str, at: datetime) -> Bank:
    """A new, empty bank. Raises CodeTaken."""
    _operator(viewer)
    try:
        with transaction.atomic():
            bank = Bank.objects.create(code=code, title=title)
    except IntegrityError:
        raise CodeTaken(code=code) from None
    audit.record(viewer, "exams.add_bank", f"bank:{bank.pk}", at=at, code=code)
    return bank


@transaction.atomic(durable=True)
def receive_sheet(*, viewer: Viewer, bank_id: int, data: bytes, name: str, at: datetime) -> BankImport:
    """Keep a sheet, check it row by row, and show what would happen; the bank does not change yet.

    Raises SheetUnusable when the file as a whole is no question sheet, and NotYours for an unknown bank.
    """
    _operator(viewer)
    bank = Bank.objects.filter(pk=bank_id).first()
    if bank is None:
        raise NotYours()
    try:
        checked = rules.check_sheet(sheets.read(data))
    except sheets.Unreadable as problem:
        raise SheetUnusable(problem.code, problem.facts) from problem
    sheet = BankImport.objects.create(
        bank=bank,
        file=files.keep(data, name=name[:200], content_type=sheets.XLSX, at=at),
        good=[_as_json(draft) for draft in checked.good],
        problems=[
            {
                "row": row.number,
                "cells": [row.text(column)[:2000] for column in rules.COLUMNS],
                "faults": [{"column": f.column, "code": f.code, "facts": dict(f.facts)} for f in faults],
            }
            for row, faults in checked.faulty
        ],
        received_at=at,
        received_by_id=viewer.person_id,
    )
    audit.record(
        viewer, "exams.receive_sheet", f"import:{sheet.pk}", at=at, good=len(checked.good), bad=len(checked.faulty)
    )
    return sheet


def _as_json(draft: rules.Draft) -> dict[str, Any]:
    return {
        "code": draft.code,
        "kind": draft.kind,
        "stem": draft.stem,
        "options": list(draft.options),
        "key": list(draft.key),
        "explanation": draft.explanation,
        "section": draft.section,
    }


def contents(question: Question) -> dict[str, Any]:
    """A question in the words of a sheet: what decides whether it has changed."""
    fields = ("code", "kind", "stem", "options", "key", "explanation", "section")
    return {field: getattr(question, field) for field in fields}


@transaction.atomic(durable=True)
def confirm_import(*, viewer: Viewer, import_id: int, at: datetime) -> BankImport:
    """Put the good rows into the bank; confirming again changes nothing.

    A changed question becomes a new version, and the old one stays for the papers that carry it; an unchanged
    one is left alone, and one that the sheet does not name stays in use. Raises AlreadySettled if discarded.
    """
    _operator(viewer)
    sheet = _locked(import_id)
    if sheet.state == BankImport.State.CONFIRMED:
        return sheet
    if sheet.state != BankImport.State.CHECKED:
        raise AlreadySettled(state=wording.of_state(sheet.state))
    Bank.objects.select_for_update().get(pk=sheet.bank_id)
    known: dict[str, Question] = {}  # the newest version of each number, in use or not
    for question in Question.objects.filter(bank_id=sheet.bank_id).order_by("version"):
        known[question.code] = question
    fresh: list[Question] = []
    retired: list[int] = []
    counts = {"added": 0, "changed": 0, "same": 0}
    for words in sheet.good:
        old = known.get(words["code"])
        in_use = old is not None and old.retired_at is None
        if old and in_use and contents(old) == words:
            counts["same"] += 1
            continue
        if old and in_use:
            retired.append(old.pk)
        counts["changed" if in_use else "added"] += 1
        fresh.append(Question(bank_id=sheet.bank_id, version=old.version + 1 if old else 1, **words))
    Question.objects.filter(pk__in=retired).update(retired_at=at)
    Question.objects.bulk_create(fresh)
    sheet.state, sheet.settled_at, sheet.outcome = BankImport.State.CONFIRMED, at, counts
    sheet.save(update_fields=["state", "settled_at", "outcome"])
    audit.record(viewer, "exams.confirm_import", f"import:{sheet.pk}", at=at, counts=counts)
    return sheet


@transaction.atomic(durable=True)
def discard_import(*, viewer: Viewer, import_id: int, at: datetime) -> BankImport:
    """Throw a checked sheet away; the bank does not change. Raises AlreadySettled if it was confirmed."""
    _operator(viewer)
    sheet = _locked(import_id)
    if sheet.state == BankImport.State.CONFIRMED:
        raise AlreadySettled(state=wording.of_state(sheet.state))
    if sheet.state == BankImport.State.CHECKED:
        sheet.state, sheet.settled_at = BankImport.State.DISCARDED, at
        sheet.save(update_fields=["state", "settled_at"])
        audit.record(viewer, "exams.discard_import", f"import:{sheet.pk}", at=at)
    return sheet


def _locked(import_id: int) -> BankImport:
    sheet = BankImport.objects.select_for_update().filter(pk=import_id).first()
    if sheet is None:
        raise NotYours()
    return sheet


@transaction.atomic(durable=True)
def retire_question(*, viewer: Viewer, question_id: int, at: datetime) -> Question:
    """Draw this question no more. Papers that carry it keep it and are marked as before."""
    _operator(viewer)
    question = Question.objects.select_for_update().filter(pk=question_id).first()
    if question is None:
        raise NotYours()
    if question.retired_at is None:
        question.retired_at = at
        question.save(update_fields=["retired_at"])
        audit.record(viewer, "exams.retire_question", f"question:{question.pk}", at=at, code=question.code)
    return question
