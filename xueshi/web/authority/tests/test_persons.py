"""An officer looks at one person: only within reach, on record, and with what the law still has to know."""

from datetime import date

import pytest
from django.urls import reverse

from xueshi.kernel.models import AuditLine
from xueshi.people.models import Fact, Region

QUERIES = 20


@pytest.fixture
def page(verifier, signed_in, django_assert_max_num_queries):
    def look(person_id: int, name: str = "person", officer=verifier, status: int = 200, **asked: str) -> str:
        client = signed_in(officer)
        with django_assert_max_num_queries(QUERIES):
            answer = client.get(reverse(f"authority:{name}", args=[person_id]), asked)
        assert answer.status_code == status
        return answer.content.decode()

    return look


@pytest.fixture
def far(make_person, db):
    """Somebody in another province."""
    region = Region.objects.get_or_create(code="370102", defaults={"name": "历下区"})[0]
    return make_person("示例外省人员", 60, region=region)


@pytest.mark.parametrize("officer", ["verifier", "cashier"])
def test_an_officer_sees_what_the_person_sees(wang, page, plan, signed_in, request, officer):
    shown = page(wang.pk, officer=request.getfixturevalue(officer), what="annual")
    own = signed_in(wang).get(reverse("learner:standing"), {"what": "annual"}).content.decode()
    for words in ('<span class="x-num">20</span> 学时。', "/notices/cn-50/chongqing-2010/#p-public", "0 / 20"):
        assert words in shown
        assert words in own
    assert wang.id_masked in shown
    assert "最快的办法" not in shown


def test_every_look_is_on_record(wang, verifier, page):
    page(wang.pk)
    line = AuditLine.objects.get(action="person.look")
    assert (line.subject, line.person_id, line.capacity) == (f"person:{wang.pk}", verifier.pk, "verifier")


def test_out_of_reach_and_absent_answer_alike(far, page):
    for name in ("person", "person_facts"):
        for absent in (far.pk, 999_999):
            assert "没有找到这一项，或者它不归您查看。" in page(absent, name, status=404)


def test_the_table_of_people_asks_with_its_own_words(wang, page, plan):
    shown = page(wang.pk, purpose="appointment", year="2024")
    assert "岗位聘用" in shown
    assert "2024 公需科目" in shown


def test_what_cannot_be_told_leads_to_the_form_and_is_told_afterwards(make_person, make_organisation, signed_in, page):
    zone = Region.objects.get_or_create(code="150172", defaults={"name": "呼和浩特经济技术开发区"})[0]
    bureau = make_organisation("开发区人社局（示例）", "county_hrss", "county", zone)
    officer = make_person("示例开发区审验", 62, region=zone, post="verifier", at_organisation=bureau)
    person = make_person("示例开发区人员", 64, region=zone, title="intermediate")
    asked = {"what": "title_review:deputy_senior", "on": "2022-12-19"}
    facts = reverse("authority:person_facts", args=[person.pk])
    before = page(person.pk, officer=officer, **asked)
    assert "还判断不了" in before
    assert f'href="{facts}?word=sector"' in before
    client = signed_in(officer)
    for word, value in (("sector", "non_public"), ("site", "other"), ("covid_treatment", "false")):
        sent = {"word": word, "value": value, "since": "2015-01-01", "reason": "看过聘用合同"}
        if word not in before:
            continue
        answer = client.post(facts, sent, follow=True)
        assert answer.status_code == 200, word
        assert "看过聘用合同" in answer.content.decode()
    after = page(person.pk, officer=officer, **asked)
    assert "还判断不了" not in after
    assert "仅作参考" in after


def test_a_fact_is_recorded_with_evidence_and_taken_back_with_a_reason(wang, verifier, signed_in):
    client = signed_in(verifier)
    facts = reverse("authority:person_facts", args=[wang.pk])
    good = {"word": "leave", "value": "yes", "since": "2024-03-01", "last": "2024-06-30", "reason": "看过请假条"}
    for wrong in ({"reason": ""}, {"since": "gestern"}, {"value": "vielleicht"}, {"since": "0001-01-01"}):
        answer = client.post(facts, good | wrong)
        assert answer.status_code == 422, wrong
        assert "2024-06-30" in answer.content.decode()
    assert not Fact.objects.exists()
    client.post(facts, good)
    client.post(facts, good)
    kept = Fact.objects.get()
    assert (kept.since, kept.until) == (date(2024, 3, 1), date(2024, 7, 1))
    withdraw = reverse("authority:withdraw_fact", args=[wang.pk, kept.pk])
    assert client.post(withdraw).status_code == 422
    answer = client.post(withdraw, {"reason": "日期看错了"}, follow=True)
    assert "已撤回" in answer.content.decode()
    kept.refresh_from_db()
    assert kept.withdrawn_reason == "日期看错了"
    assert "看过请假条" not in client.get(facts).content.decode()


def test_a_fact_that_contradicts_another_leaves_what_was_typed_and_says_no_key(wang, verifier, signed_in):
    client = signed_in(verifier)
    facts = reverse("authority:person_facts", args=[wang.pk])
    first = {"word": "sector", "value": "non_public", "since": "2020-01-01", "reason": "看过聘用合同"}
    assert client.post(facts, first).status_code == 303
    for wrong in ({"value": "institution"}, {"since": "2999-01-01"}, {"since": "2022-01-01", "last": "2021-01-01"}):
        answer = client.post(facts, first | wrong)
        said = answer.content.decode()
        assert answer.status_code == 422, wrong
        assert 'value="看过聘用合同"' in said, wrong
        assert "（non_public）" not in said, wrong
        assert "：non_public" not in said, wrong
    assert Fact.objects.count() == 1


def test_words_of_the_register_are_not_recorded_here(wang, verifier, signed_in):
    client = signed_in(verifier)
    facts = reverse("authority:person_facts", args=[wang.pk])
    for word in ("born", "title", "nonsense"):
        answer = client.post(facts, {"word": word, "value": "1980-01-01", "since": "2020-01-01", "reason": "示例"})
        assert answer.status_code == 200
        assert "登记哪一项" in answer.content.decode()
    assert not Fact.objects.exists()


def test_nobody_records_the_own_facts_or_those_of_somebody_out_of_reach(verifier, far, signed_in):
    client = signed_in(verifier)
    sent = {"word": "sector", "value": "non_public", "since": "2015-01-01", "reason": "示例"}
    assert client.post(reverse("authority:person_facts", args=[verifier.pk]), sent).status_code == 403
    assert client.post(reverse("authority:person_facts", args=[far.pk]), sent).status_code == 404
    assert not Fact.objects.exists()


def test_the_desk_leads_to_the_persons_standing(wang, cashier, signed_in):
    shown = signed_in(cashier).get(reverse("authority:registrant", args=[wang.pk])).content.decode()
    assert f'href="{reverse("authority:person", args=[wang.pk])}"' in shown
