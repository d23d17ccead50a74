"""The learner's slip, documents and hours, through the door."""

import pytest
from django.test import Client
from django.urls import reverse

from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.ledger.models import HoursEntry
from xueshi.recognition.models import Review


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.clause("CQ-17", "CQ-18", "CQ-51")
def test_a_pass_is_printed_and_sent_from_one_page(wang, plan, county_bureau, signed_in):
    client = signed_in(wang)
    assert "还没有合格单" in page(client, "learner:documents")
    passed = scenery.passed(wang, plan)
    assert "打印成绩合格单" in page(client, "learner:documents")

    answer = client.post(reverse("learner:issue_slip", args=[passed.pk]))
    slip = Document.objects.get()
    assert answer.headers["Location"] == reverse("learner:slip", args=[slip.pk])
    shown = page(client, "learner:slip", slip.pk)
    for words in (wang.name, wang.id_masked, slip.number, "成绩合格单", "审验单位", "data:image/svg+xml;base64,"):
        assert words in shown

    before = page(client, "learner:documents")
    assert county_bureau.name in before
    assert "区县所属专技人员网上考试成绩合格单审验由所在区县人力社保部门" in before
    answer = client.post(reverse("learner:send_slip", args=[slip.pk]), follow=True)
    assert f"合格单已送{county_bureau.name}" in answer.content.decode()
    assert "审验中，第 " in answer.content.decode()
    client.post(reverse("learner:send_slip", args=[slip.pk]))
    assert Review.objects.count() == 1


def test_the_pdf_is_the_same_bytes_every_time_and_counted(wang, plan, signed_in):
    slip, client = scenery.slip_of(wang, plan), signed_in(wang)
    url = reverse("learner:document_pdf", args=[slip.pk])
    first, second = (b"".join(client.get(url).streaming_content) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF")
    assert client.post(reverse("learner:note_print", args=[slip.pk])).status_code == 204
    slip.refresh_from_db()
    assert slip.prints == 3


def test_a_refused_slip_says_why_and_offers_to_send_it_again(wang, plan, verifier, signed_in):
    _, review = scenery.sent(wang, plan)
    scenery.actions.decide(
        viewer=scenery.seen(verifier, "verifier"), review_id=review.pk, verdict="refused", reason="单位写错了",
        at=scenery.NOON,
    )  # fmt: skip
    shown = page(signed_in(wang), "learner:documents")
    for words in ("单位写错了", "重新送审", "被退回"):
        assert words in shown


@pytest.mark.clause("CQ-32")
def test_recorded_hours_stand_on_the_page_the_certificate_and_the_card(
    wang, plan, verifier, clerk, signed_in, django_assert_max_num_queries
):
    client = signed_in(wang)
    assert '还差 <span class="x-num">20</span> 学时' in page(client, "learner:hours")
    scenery.confirmed(wang, plan, verifier, clerk)
    with django_assert_max_num_queries(15):
        hours = page(client, "learner:hours")
    for words in (
        '已记 <span class="x-num">20</span> 学时',
        "达到20学时",
        "渝人社办〔2010〕257号 四（三）",
        "渝中区示例中学",
    ):
        assert words in hours
    with django_assert_max_num_queries(12):
        documents = page(client, "learner:documents")
    for words in ("学时已登记", "看证书", "看登记卡"):
        assert words in documents
    for kind in ("certificate", "card"):
        shown = page(client, "learner:document", Document.objects.get(kind=kind).pk)
        assert "专业技术" in shown or "第 1 讲" in shown
        assert plan.course.title in shown


def test_a_reversed_line_stays_on_the_page_with_its_reversal(wang, plan, verifier, clerk, operator, signed_in):
    slip = scenery.confirmed(wang, plan, verifier, clerk)
    scenery.actions.revoke(
        viewer=scenery.seen(operator, "operator"), document_id=slip.pk, reason="替考", at=scenery.NOON
    )
    assert HoursEntry.objects.count() == 2
    shown = page(signed_in(wang), "learner:hours")
    for words in ("已冲销", "冲销", "还差"):
        assert words in shown
    old = page(signed_in(wang), "learner:slip", slip.pk)
    assert "已撤销" in old


def test_absent_and_not_yours_answer_alike(wang, stranger, plan, verifier, clerk, signed_in):
    scenery.confirmed(wang, plan, verifier, clerk)
    slip, card = Document.objects.get(kind="slip"), Document.objects.get(kind="card")
    own, other = signed_in(wang), signed_in(stranger)
    assert own.get(reverse("learner:slip", args=[slip.pk])).status_code == 200
    for name, theirs in (("slip", slip.pk), ("document", card.pk), ("document_pdf", slip.pk)):
        answers = [other.get(reverse(f"learner:{name}", args=[pk])) for pk in (theirs, 987654)]
        assert {answer.status_code for answer in answers} == {404}
    for name, theirs in (("issue_slip", 1), ("note_print", slip.pk), ("send_slip", slip.pk)):
        answers = [other.post(reverse(f"learner:{name}", args=[pk])) for pk in (theirs, 987654)]
        assert {answer.status_code for answer in answers} == {404}
    assert own.get(reverse("learner:document", args=[slip.pk])).status_code == 404  # a slip is no certificate


def test_somebody_whose_verifier_is_unknown_reads_whom_the_law_names(make_person, plan, signed_in):
    other = make_person("示例其余人员", 26, file_keeper="other")
    slip, client = scenery.slip_of(other, plan), signed_in(other)
    assert "按规定应由重庆继续教育协会审验" in page(client, "learner:documents")
    answer = client.post(reverse("learner:send_slip", args=[slip.pk]))
    assert answer.status_code == 409
    assert "平台上还没有这个单位" in answer.content.decode()


def test_the_pages_are_read_in_english_too(wang, plan, verifier, clerk, signed_in):
    scenery.confirmed(wang, plan, verifier, clerk)
    client = signed_in(wang)
    client.cookies["django_language"] = "en"
    assert "20</span> hours recorded for" in page(client, "learner:hours")
    assert "<dt>Public subjects<" in page(client, "learner:hours")
    assert "Slip and certificates" in page(client, "learner:documents")
