"""The operator's question banks, page by page."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xueshi.exams import sheets
from xueshi.exams.models import Bank, BankImport, Question
from xueshi.exams.tests.test_sheets import GOOD, xlsx

pytestmark = pytest.mark.django_db
OTHER = {**GOOD, "题号": "A-2", "题干": "哪一个是发现？", "答案": ""}


@pytest.fixture
def me(operator, signed_in):
    return signed_in(operator)


@pytest.fixture
def bank(db):
    return Bank.objects.create(code="b-1", title="创新题库（示例）")


def send(client, bank, data, name="题.xlsx"):
    return client.post(reverse("operator:bank", args=[bank.pk]), {"file": SimpleUploadedFile(name, data)})


def test_a_bank_is_added_once(me):
    url = reverse("operator:banks")
    assert "还没有题库" in me.get(url).content.decode()
    assert me.post(url, {"title": "题库", "code": "new-1"}).status_code == 302
    again = me.post(url, {"title": "又一个", "code": "new-1"})
    assert again.status_code == 422
    assert "已经有一个题库用了" in again.content.decode()
    assert me.post(url, {"title": "", "code": "?"}).status_code == 422
    assert Bank.objects.count() == 1


def test_a_sheet_is_checked_shown_and_stored_only_when_confirmed(me, bank, django_assert_max_num_queries):
    there = send(me, bank, xlsx(GOOD, OTHER)).headers["Location"]
    with django_assert_max_num_queries(12):
        page = me.get(there).content.decode()
    assert "答案：没有答案。" in page
    assert not Question.objects.exists()
    for _ in range(2):
        assert me.post(there, {"decision": "confirm"}).headers["Location"] == there
    assert Question.objects.count() == 1
    assert "已入库" in me.get(there).content.decode()


def test_a_sheet_can_be_thrown_away(me, bank):
    there = send(me, bank, xlsx(GOOD)).headers["Location"]
    me.post(there, {"decision": "discard"})
    assert BankImport.objects.get().state == "discarded"
    assert me.post(there, {"decision": "confirm"}).status_code == 409
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"nothing of the kind", "不是可以读的 .xlsx", id="no sheet"),
        pytest.param(b"x" * (sheets.MOST_BYTES + 1), "文件超过 5 MB", id="too big"),
        pytest.param(b"", "这个文件是空的", id="empty"),
        pytest.param(xlsx(GOOD, head=["题号", "题型", "题干"]), "缺少这些列", id="columns missing"),
    ],
)
def test_a_file_that_is_no_sheet_is_told_at_the_field(me, bank, data, says):
    page = send(me, bank, data)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not BankImport.objects.exists()


def test_the_rejected_rows_come_back_with_reasons_and_can_be_sent_again(me, bank):
    there = send(me, bank, xlsx(GOOD, OTHER)).headers["Location"]
    answer = me.get(there + "problems.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert (rows[0][-1], rows[1][0]) == ("退回原因", "A-2")
    assert "第 3 行" in rows[1][-1]
    assert "没有答案" in rows[1][-1]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert send(me, bank, answer.content).status_code == 302


def test_the_template_is_a_sheet_that_passes(me, bank):
    assert send(me, bank, me.get(reverse("operator:bank_template")).content).status_code == 302
    assert len(BankImport.objects.get().good) == 3


def test_questions_are_found_and_taken_out_of_use(me, plan, django_assert_max_num_queries):
    url = reverse("operator:bank", args=[plan.exam.bank_id])
    with django_assert_max_num_queries(12):
        page = me.get(url).content.decode()
    assert page.count("单选 ") == 6
    assert "单选 3？" in me.get(url, {"q": "S3"}).content.decode()
    assert "没有找到题目" in me.get(url, {"q": "没有这样的题"}).content.decode()
    assert "多选 1？" not in me.get(url, {"kind": "single"}).content.decode()
    assert me.get(url, {"kind": "nonsense", "page": "many"}).status_code == 200
    question = Question.objects.get(code="S3")
    me.post(reverse("operator:question_retire", args=[question.pk]))
    assert "单选 3？" not in me.get(url, {"q": "S3"}).content.decode()
    assert "单选 3？" in me.get(url, {"q": "S3", "retired": "on"}).content.decode()


def test_others_have_no_business_here(bank, wang, clerk, signed_in):
    for person in (wang, clerk):
        other = signed_in(person)
        for name, args in (("banks", []), ("bank", [bank.pk]), ("bank_template", [])):
            assert other.get(reverse(f"operator:{name}", args=args)).status_code == 403
        assert send(other, bank, xlsx(GOOD)).status_code == 403
    assert not BankImport.objects.exists()


def test_what_is_not_there_is_not_found(me):
    for name in ("bank", "bank_import", "bank_problems"):
        assert me.get(reverse(f"operator:{name}", args=[0])).status_code == 404
    assert me.post(reverse("operator:question_retire", args=[0])).status_code == 404
