"""Invitations, through the unit's door."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from conftest import NINE
from xueshi.kernel import clock
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import invitation_actions
from xueshi.people.models import Account, Duty, Invitation, Person

LIST = "/unit/invitations/"


@pytest.fixture
def brought(make_person, county_unit):
    def bring(name: str, serial: int, **facts: object) -> Person:
        person = make_person(name, serial, employer=county_unit, **facts)
        Account.objects.filter(person=person).delete()
        return person

    return bring


@pytest.fixture
def client(clerk, signed_in):
    return signed_in(clerk)


def shown(client, **asked):
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.clause("ZJ-38")
def test_the_clerk_sees_who_has_no_account_and_invites_them(
    brought, client, wang, county_unit, django_assert_max_num_queries
):
    people = [brought(f"示例第{n}位", 50 + 2 * n) for n in range(3)]
    with django_assert_max_num_queries(14):
        words = shown(client)
    assert '<span class="x-num">3</span> 人还没有账号，可以邀请。' in words
    assert wang.name not in words
    done = client.post(reverse("employer:invite"), {"person": [people[0].pk]}, follow=True).content.decode()
    assert "正在给 1 人发邀请码，72 小时内有效。" in done
    assert "正在发" in shown(client, show="invited")
    invitation_actions.send_some(organisation_id=county_unit.pk, at=clock.now())
    Message.objects.update(state="sent")
    assert "短信已发出" in shown(client, show="invited")
    Message.objects.update(state="failed")
    assert "没有送达，平台会再试" in shown(client, show="invited")
    client.post(reverse("employer:invite"), {"who": "all"})
    assert Invitation.objects.filter(withdrawn_at=None).count() == 3
    assert wang.name in shown(client, show="registered")


def test_each_state_is_shown_by_its_name(brought, client):
    one = brought("示例状态", 50, phone="")
    assert "还没邀请" in shown(client, show="uninvited")
    assert "没有，只能打印" in shown(client, show="uninvited")
    answer = client.post(reverse("employer:invite_on_paper"), {"person": [one.pk]})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "邀请单已打印" in shown(client, show="invited")
    Invitation.objects.update(tries=5)
    assert "填错 5 次，已停用" in shown(client, show="expired")
    Invitation.objects.update(tries=0, expires_at=NINE - timedelta(days=1))
    assert "过期" in shown(client, show="expired")
    Account.objects.create(person=one, id_index=one.id_index)
    assert "示例状态" in shown(client, show="registered")


def test_a_code_is_withdrawn_by_its_unit_alone(brought, client, make_person, make_organisation, signed_in):
    one = brought("示例收回", 50)
    client.post(reverse("employer:invite"), {"person": [one.pk]})
    address = reverse("employer:withdraw_invitation", args=[Invitation.objects.get().pk])
    elsewhere = make_organisation("渝中区另一示例中学")
    other = signed_in(make_person("示例别的经办", 32, post="unit_clerk", at_organisation=elsewhere))
    assert other.post(address).status_code == 404
    assert one.name not in other.get(LIST).content.decode()
    done = client.post(address, follow=True).content.decode()
    assert f"已收回{one.name}的邀请码。" in done
    assert Invitation.objects.get().withdrawn_at


def test_nobody_to_invite_is_said(client, wang, stranger):
    for asked in ({}, {"person": [wang.pk, stranger.pk]}, {"person": ["²", "9" * 400]}, {"who": "all"}):
        answer = client.post(reverse("employer:invite"), asked)
        assert answer.status_code == 409
        assert "没有可以邀请的人" in answer.content.decode()


def test_those_without_an_address_are_told_apart(brought, client):
    none, some = brought("示例没有地址", 50, phone=""), brought("示例有手机", 52)
    done = client.post(reverse("employer:invite"), {"person": [none.pk, some.pk]}, follow=True).content.decode()
    assert "1 人没有手机和邮箱，请打印邀请单交给本人。" in done
    assert Invitation.objects.get().person == some


def test_people_are_found_without_a_name_in_the_address(brought, client):
    one, other = brought("示例张三", 50), brought("示例李四", 52)
    Person.objects.filter(pk=one.pk).update(pinyin="shi li zhang san")
    answer = client.post(reverse("employer:invitations_search"), {"text": "张三", "show": "uninvited"})
    assert answer.headers["Location"] == f"{LIST}?show=uninvited"
    words = shown(client)
    assert one.name in words
    assert other.name not in words
    client.post(reverse("employer:invitations_search"), {"text": other.id_masked[-4:]})
    assert other.name in shown(client)
    client.post(reverse("employer:invitations_search"), {"text": ""})
    assert one.name in shown(client)


def test_a_long_list_is_turned_page_by_page(brought, client, monkeypatch):
    from xueshi.web.employer import invitations

    monkeypatch.setattr(invitations, "PAGE", 2)
    people = [brought(f"示例翻页{n}", 50 + 2 * n) for n in range(5)]
    seen, after = [], ""
    for _page in range(3):
        answer = client.get(LIST, {"after": after} if after else {})
        page = answer.context["page"]
        seen += [one.person.pk for one in page.members]
        after = page.after
    assert sorted(seen) == sorted(one.pk for one in people)
    assert after is None


def test_a_unit_without_people_is_told_where_to_begin(make_person, make_organisation, signed_in):
    empty = make_organisation("渝中区示例空单位")
    client = signed_in(make_person("示例空经办", 34, post="unit_clerk", at_organisation=empty))
    assert "先把人带进来" in client.get(LIST).content.decode()
    assert "名单里还没有人" in client.get(reverse("employer:registration")).content.decode()


def test_a_closed_unit_has_no_desk(client, county_unit, brought):
    one = brought("示例关了", 50)
    assert client.get(LIST).status_code == 200
    county_unit.closed_at = clock.now()
    county_unit.save()
    assert client.get(LIST).status_code == 403
    assert client.post(reverse("employer:invite"), {"person": [one.pk]}).status_code == 403


def test_whoever_serves_two_units_sits_at_one_desk_at_a_time(
    make_person, make_organisation, county_unit, signed_in, brought
):
    from xueshi.people.models import Post

    here = brought("示例甲校的", 50)
    second = make_organisation("渝中区另一示例中学")
    there = make_person("示例乙校的", 52, employer=second)
    Account.objects.filter(person=there).delete()
    both = make_person("示例两校经办", 36, post="unit_clerk", at_organisation=county_unit)
    Post.objects.create(person=both, role="unit_head", organisation=second, since=NINE)
    client = signed_in(both)
    assert here.name in shown(client)
    answer = client.post(reverse("employer:choose_unit"), {"unit": second.pk, "back": LIST})
    assert answer.headers["Location"] == LIST
    assert there.name in shown(client)
    assert here.name not in shown(client)
    assert client.post(reverse("employer:choose_unit"), {"unit": 999_999}).status_code == 404
    away = client.post(reverse("employer:choose_unit"), {"unit": second.pk, "back": "https://example.test/unit/"})
    assert away.headers["Location"] == reverse("employer:home")


# ---- the form of collective registration ---------------------------------------------------------------------------


@pytest.mark.clause("ZJ-39", "ZJ-40", "ZJ-41")
def test_the_paper_form_and_the_spreadsheet_have_the_same_rows(
    brought, client, wang, clerk, training_centre, django_assert_max_num_queries
):
    from pypdf import PdfReader

    brought("示例没有职称", 50, phone="")
    Duty.objects.create(
        organisation=training_centre, function="enrolment", region=training_centre.region, since=date(2020, 1, 1)
    )
    with django_assert_max_num_queries(12):
        page = client.get(reverse("employer:registration")).content.decode()
    assert wang.name in page
    assert f"交到{training_centre.name}" in page
    assert training_centre.phone in page
    sheet = client.get(reverse("employer:registration_xlsx"))
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)), read_only=True)
    heading, *rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert heading == ["序号", "姓名", "性别", "身份证号", "职称", "取得日期", "手机", "账号"]
    assert len(rows) == 3
    paper = client.get(reverse("employer:registration_pdf"))
    text = "".join("".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.content)).pages).split())
    for row in [heading, *rows]:
        assert "".join("".join(map(str, row)).split()) in text
    assert wang.id_masked in text
    kinds = AuditLine.objects.filter(action="people.take_registration_form").values_list("facts__kind", flat=True)
    assert sorted(kinds) == ["pdf", "xlsx"]
