"""One of the unit's people: everything the unit keeps, and leaving; through the door."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from conftest import NINE
from xueshi.kernel import clock
from xueshi.kernel.models import AuditLine
from xueshi.people.models import Account, Employment, Fact, Post, Title


@pytest.fixture
def client(clerk, signed_in):
    return signed_in(clerk)


def of(name, person):
    return reverse(f"employer:{name}", args=[person.pk])


@pytest.mark.clause("JN-12")
def test_the_unit_sees_work_titles_and_facts_with_their_history(
    wang, clerk, client, county_unit, django_assert_max_num_queries
):
    Title.objects.create(person=wang, level="junior", obtained_on=date(2010, 5, 1))
    Employment.objects.create(
        person=wang, employer=county_unit, since=date(2005, 7, 1), until=date(2008, 7, 1), main=False
    )  # fmt: skip
    facts = reverse("employer:person_facts", args=[wang.pk])
    client.post(facts, {"word": "first_hired", "value": "yes", "since": "2015-07-01", "reason": "看过聘用合同"})
    kept = Fact.objects.get()
    client.post(reverse("employer:withdraw_fact", args=[wang.pk, kept.pk]), {"reason": "登错人了"})
    client.post(facts, {"word": "first_hired", "value": "yes", "since": "2016-07-01", "reason": "看过新合同"})
    with django_assert_max_num_queries(18):
        shown = client.get(of("record", wang)).content.decode()
    for words in (
        wang.id_masked, "人事关系在本单位", "已离开", "中级", "助理级", "已注册",
        "看过聘用合同", "看过新合同", "登错人了", f"{clerk.name} 登记", f"{clerk.name} 撤回",
    ):  # fmt: skip
        assert words in shown
    assert AuditLine.objects.filter(action="person.look", subject=f"person:{wang.pk}").exists()


def test_a_side_job_is_seen_and_the_other_employer_is_not(stranger, client, county_unit, make_organisation):
    main = make_organisation("渝中区另一示例中学")
    Employment.objects.create(person=stranger, employer=main, since=date(2015, 7, 1))
    assert client.get(of("record", stranger)).status_code == 404
    Employment.objects.create(person=stranger, employer=county_unit, since=date(2020, 7, 1), main=False)
    shown = client.get(of("record", stranger)).content.decode()
    assert "兼职" in shown
    assert main.name not in shown


def test_the_invitation_is_sent_from_the_persons_page(wang, client):
    assert "发邀请码" not in client.get(of("record", wang)).content.decode()
    Account.objects.filter(person=wang).delete()
    assert "发邀请码" in client.get(of("record", wang)).content.decode()
    client.post(reverse("employer:invite"), {"person": [wang.pk]})
    shown = client.get(of("record", wang)).content.decode()
    assert "已邀请" in shown
    assert "收回邀请码" in shown


def test_whoever_left_is_gone_from_the_next_page_on(wang, client, county_unit):
    page = of("leave", wang)
    assert f"把{wang.name}移出" in client.get(page).content.decode()
    job = Employment.objects.get(person=wang)
    Post.objects.create(person=wang, role="verifier", organisation=county_unit, since=NINE, rests_on=job)
    today = clock.day_of(clock.now())
    done = client.post(page, {"day": today.isoformat(), "reason": "调到别的学校"}, follow=True)
    assert f"{wang.name}已不在本单位的名单里。" in done.content.decode()
    assert Employment.objects.get(person=wang).until == today
    assert Post.objects.get(person=wang).ended_at
    for name in ("record", "leave", "person", "person_facts"):
        assert client.get(of(name, wang)).status_code == 404
    assert client.post(page, {"day": today.isoformat(), "reason": "再来"}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": ""}, "请写一句原因，本人看得到。"),
        ({"day": ""}, "请"),
        ({"day": "昨天"}, "请"),
        ({"day": (NINE + timedelta(days=9000)).date().isoformat()}, "离开的日期不能晚于今天。"),
        ({"day": "1999-01-01"}, "日期不能早于上一次变动"),
    ],
)
def test_what_was_typed_stays_when_a_leaving_cannot_be_so(sent, said, wang, client):
    day = clock.day_of(clock.now()).isoformat()
    answer = client.post(of("leave", wang), {"day": day, "reason": "退休"} | sent)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert (sent.get("reason", "退休")) in shown
    assert Employment.objects.get(person=wang).until is None


def test_nobody_takes_himself_off(clerk, client):
    shown = client.get(of("record", clerk)).content.decode()
    assert "已离开本单位…" not in shown
    day = clock.day_of(clock.now()).isoformat()
    answer = client.post(of("leave", clerk), {"day": day, "reason": "想走"})
    assert answer.status_code == 403
    assert "不能把自己移出单位" in answer.content.decode()


def test_another_units_clerk_finds_nobody(wang, other_clerk, make_person, make_organisation, signed_in):
    elsewhere = make_organisation("渝中区另一示例中学")
    near = make_person("示例别的经办", 32, post="unit_clerk", at_organisation=elsewhere)
    for one in (near, other_clerk):
        for name in ("record", "leave"):
            assert signed_in(one).get(of(name, wang)).status_code == 404


def test_a_former_clerk_with_an_open_session_is_turned_away(wang, clerk, client):
    assert client.get(of("record", wang)).status_code == 200
    Post.objects.filter(person=clerk).update(ended_at=clock.now())
    for name in ("record", "leave"):
        assert client.get(of(name, wang)).status_code == 403
    assert client.get(reverse("employer:invitations")).status_code == 403


def test_the_head_of_the_unit_sees_the_same(wang, unit_head, signed_in):
    assert wang.name in signed_in(unit_head).get(of("record", wang)).content.decode()
