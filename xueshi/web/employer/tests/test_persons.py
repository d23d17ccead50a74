"""The unit looks at one of its people, and at nobody else."""

import pytest
from django.urls import reverse

from xueshi.kernel.models import AuditLine
from xueshi.people.models import Fact


@pytest.fixture
def page(clerk, signed_in, django_assert_max_num_queries):
    def look(person_id: int, name: str = "person", status: int = 200, **asked: str) -> str:
        client = signed_in(clerk)
        with django_assert_max_num_queries(20):
            answer = client.get(reverse(f"employer:{name}", args=[person_id]), asked)
        assert answer.status_code == status
        return answer.content.decode()

    return look


def test_the_unit_sees_how_its_people_stand_and_the_look_is_on_record(wang, clerk, page, plan):
    shown = page(wang.pk, what="annual")
    assert "0 / 20" in shown
    assert "专技人员继续教育公需科目每年不少于20学时" in shown
    line = AuditLine.objects.get(action="person.look")
    assert (line.subject, line.person_id, line.capacity) == (f"person:{wang.pk}", clerk.pk, "unit_clerk")


def test_people_of_others_and_absent_ones_answer_alike(stranger, page):
    for name in ("person", "person_facts"):
        for absent in (stranger.pk, 999_999):
            assert "没有找到这一项，或者它不归您查看。" in page(absent, name, status=404)


def test_the_unit_records_what_the_law_asks_of_its_people_only(wang, stranger, clerk, signed_in, page):
    client = signed_in(clerk)
    sent = {"word": "first_hired", "value": "yes", "since": "2015-07-01", "reason": "聘用合同"}
    answer = client.post(reverse("employer:person_facts", args=[wang.pk]), sent, follow=True)
    assert "首次聘用到专业技术岗位：有" in answer.content.decode()
    assert client.post(reverse("employer:person_facts", args=[stranger.pk]), sent).status_code == 404
    kept = Fact.objects.get()
    another = reverse("employer:withdraw_fact", args=[clerk.pk, kept.pk])
    assert client.post(another, {"reason": "登错人了"}).status_code == 404  # it is not that person's
    client.post(reverse("employer:withdraw_fact", args=[wang.pk, kept.pk]), {"reason": "登错人了"})
    assert "还没有登记过" in page(wang.pk, "person_facts")


def test_the_list_leads_to_the_person(wang, clerk, signed_in, plan):
    shown = signed_in(clerk).get(reverse("employer:home")).content.decode()
    assert f'href="{reverse("employer:person", args=[wang.pk])}"' in shown
