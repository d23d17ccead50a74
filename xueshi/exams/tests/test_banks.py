"""A sheet on its way into a bank: received, confirmed once or thrown away."""

from datetime import UTC, datetime

import pytest

from xueshi.exams import actions, queries
from xueshi.exams.models import Bank, BankImport, Question
from xueshi.exams.tests.test_sheets import GOOD, xlsx
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine

AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
OTHER = {**GOOD, "题号": "A-2", "题干": "哪一个是发现？", "答案": "C"}


@pytest.fixture
def bank(db):
    return Bank.objects.create(code="b-1", title="题库")


@pytest.fixture
def clerk_of_banks(operator, viewer):
    return viewer(operator, "operator")


@pytest.fixture
def receive(bank, clerk_of_banks):
    def send(*rows):
        return actions.receive_sheet(viewer=clerk_of_banks, bank_id=bank.pk, data=xlsx(*rows), name="题.xlsx", at=AT)

    return send


@pytest.fixture
def confirm(clerk_of_banks):
    return lambda sheet: actions.confirm_import(viewer=clerk_of_banks, import_id=sheet.pk, at=AT)


def test_a_received_sheet_changes_nothing_until_it_is_confirmed(receive, confirm):
    sheet = receive(GOOD, {**OTHER, "答案": ""})
    assert (len(sheet.good), len(sheet.problems)) == (1, 1)
    assert not Question.objects.exists()
    assert confirm(sheet).outcome == {"added": 1, "changed": 0, "same": 0}
    assert Question.objects.get().key == [1]


def test_confirming_again_changes_nothing(receive, confirm):
    sheet = receive(GOOD)
    confirm(sheet)
    assert confirm(sheet).state == BankImport.State.CONFIRMED
    assert Question.objects.count() == 1
    assert AuditLine.objects.filter(action="exams.confirm_import").count() == 1


def test_a_changed_question_is_a_new_version_and_an_unchanged_one_is_left_alone(receive, confirm):
    confirm(receive(GOOD, OTHER))
    untouched = Question.objects.get(code="A-2").pk
    again = receive({**GOOD, "答案": "D"}, OTHER)
    assert confirm(again).outcome == {"added": 0, "changed": 1, "same": 1}
    old, new = Question.objects.filter(code="A-1").order_by("version")
    assert (old.key, old.retired_at is not None, new.key, new.version, new.retired_at) == ([1], True, [3], 2, None)
    assert Question.objects.get(code="A-2").pk == untouched


def test_a_question_taken_out_of_use_comes_back_as_a_new_version(receive, confirm, clerk_of_banks):
    confirm(receive(GOOD))
    first = Question.objects.get()
    for _ in range(2):
        actions.retire_question(viewer=clerk_of_banks, question_id=first.pk, at=AT)
    assert AuditLine.objects.filter(action="exams.retire_question").count() == 1
    assert confirm(receive(GOOD)).outcome["added"] == 1
    assert Question.objects.get(retired_at=None).version == 2


def test_a_sheet_is_confirmed_or_discarded_never_both(receive, confirm, clerk_of_banks):
    kept, dropped = receive(GOOD), receive(OTHER)
    confirm(kept)
    with pytest.raises(actions.AlreadySettled):
        actions.discard_import(viewer=clerk_of_banks, import_id=kept.pk, at=AT)
    for _ in range(2):
        actions.discard_import(viewer=clerk_of_banks, import_id=dropped.pk, at=AT)
    with pytest.raises(actions.AlreadySettled):
        confirm(dropped)
    assert list(Question.objects.values_list("code", flat=True)) == ["A-1"]


def test_a_rejected_row_is_shown_with_its_cells_and_sentences(receive, clerk_of_banks):
    sheet = receive(GOOD, {**OTHER, "答案": "E"})
    shown = queries.import_for(clerk_of_banks, sheet.pk)
    (row,) = shown.faulty
    assert (shown.good, shown.added, row.number, row.cells[0]) == (1, 1, 3, "A-2")
    assert row.reasons == ["答案：答案是 E，可是没有这个选项。"]


def test_a_file_that_is_no_sheet_is_refused_and_nothing_is_kept(bank, clerk_of_banks):
    with pytest.raises(actions.SheetUnusable) as refused:
        actions.receive_sheet(viewer=clerk_of_banks, bank_id=bank.pk, data=b"no", name="x.xlsx", at=AT)
    assert "xlsx" in refused.value.said
    assert not BankImport.objects.exists()


def test_a_code_names_one_bank(bank, clerk_of_banks):
    assert actions.add_bank(viewer=clerk_of_banks, code="b-2", title="另一个", at=AT).pk
    with pytest.raises(actions.CodeTaken):
        actions.add_bank(viewer=clerk_of_banks, code="b-1", title="又一个", at=AT)


def test_only_operators_touch_banks(bank, receive, wang, viewer):
    sheet, learner = receive(GOOD), viewer(wang)
    for attempt in (
        lambda: actions.add_bank(viewer=learner, code="b-3", title="题库", at=AT),
        lambda: actions.receive_sheet(viewer=learner, bank_id=bank.pk, data=xlsx(GOOD), name="x", at=AT),
        lambda: actions.confirm_import(viewer=learner, import_id=sheet.pk, at=AT),
        lambda: actions.discard_import(viewer=learner, import_id=sheet.pk, at=AT),
        lambda: actions.retire_question(viewer=learner, question_id=1, at=AT),
        lambda: queries.bank_for(learner, bank.pk),
        lambda: queries.import_for(learner, sheet.pk),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_what_is_not_there_is_not_found(clerk_of_banks):
    for ask in (
        lambda: actions.receive_sheet(viewer=clerk_of_banks, bank_id=0, data=xlsx(GOOD), name="x", at=AT),
        lambda: actions.confirm_import(viewer=clerk_of_banks, import_id=0, at=AT),
        lambda: actions.retire_question(viewer=clerk_of_banks, question_id=0, at=AT),
        lambda: queries.bank_for(clerk_of_banks, 0),
        lambda: queries.import_for(clerk_of_banks, 0),
    ):
        with pytest.raises(NotYours):
            ask()
