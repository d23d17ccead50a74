"""Rosters, through the unit's door: every state, every step, and nobody else's."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from xueshi.kernel import clock, files
from xueshi.people.models import Employment, Organisation, Person, Post, RosterImport
from xueshi.people.roster import applying_actions, checking_actions, rules
from xueshi.people.tests import rosters as sheets

NEW = "/unit/rosters/new/"
LIST = "/unit/rosters/"


@pytest.fixture
def client(clerk, signed_in):
    return signed_in(clerk)


def work(roster):
    """What the worker does, at once."""
    checking_actions.check(roster_id=roster.pk, at=clock.now())
    applying_actions.apply(roster_id=roster.pk, now=clock.now)
    roster.refresh_from_db()
    return roster


def upload(client, data: bytes, name: str = "人员.xlsx", **more: object):
    return client.post(NEW, {"file": SimpleUploadedFile(name, data), **more})


@pytest.fixture
def sent(client):
    """`sent(rows)`: uploaded and checked."""

    def send(rows, headings=sheets.HEADINGS) -> RosterImport:
        answer = upload(client, sheets.workbook(rows, headings))
        assert answer.status_code == 303, answer.content.decode()
        return work(RosterImport.objects.latest("pk"))

    return send


def page(client, roster, **asked):
    answer = client.get(of("roster", roster), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def of(name, roster):
    return reverse(f"employer:{name}", args=[roster.pk])


GOOD = [sheets.row(n) for n in range(1, 7)]
BROKEN = [
    sheets.row(7, 身份证号="500199196201110071"),  # its last place is wrong, whatever it is
    sheets.row(8, 姓名=""),
    sheets.row(9, 职称级别="高职"),
]


@pytest.mark.clause("ZJ-38", "ZJ-41")
def test_a_clerk_brings_people_from_a_spreadsheet(client, sent, county_unit, django_assert_max_num_queries):
    roster = sent([*GOOD, *BROKEN])
    with django_assert_max_num_queries(22):
        shown = page(client, roster)
    assert '<span class="x-num">9</span> 行里，<span class="x-num">6</span> 行可以写入，' in shown
    assert "3 行要改。" in shown
    assert "这是试运行，现在还没有写入任何人。" in shown
    assert not Employment.objects.filter(employer=county_unit, person__name=sheets.name(1)).exists()
    client.post(of("roster_confirm", roster))
    roster.refresh_from_db()
    assert roster.state == "applying"
    assert "正在写入。" in page(client, roster)
    work(roster)
    assert roster.state == "applied"
    shown = page(client, roster)
    assert '<span class="x-num">6</span> 行已写入。' in shown
    assert "3 行没有写入。" in shown
    assert "邀请他们注册" in shown
    assert Person.objects.filter(name=sheets.name(1)).exists()
    with django_assert_max_num_queries(12):
        assert "已写入" in client.get(LIST).content.decode()


def test_each_rejected_row_says_what_to_do_and_comes_back_with_its_reason(client, sent):
    roster = sent([*GOOD, *BROKEN])
    shown = page(client, roster, show="refused")
    for row in ("8", "9", "10"):
        assert f'data-l="第">{row}<' in shown
    assert "职称级别" in shown
    answer = client.get(of("roster_rejected", roster))
    assert answer.headers["Cache-Control"] == "no-store, private"
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    heading, *rows = book.active.iter_rows(values_only=True)
    assert len(rows) == 3
    assert all(row[0] for row in rows)
    assert set(sheets.HEADINGS) <= set(heading)


def test_problems_are_turned_page_by_page_and_chosen_by_kind(client, sent, monkeypatch):
    from xueshi.web import roster_pages

    monkeypatch.setattr(roster_pages, "ROWS", 2)
    roster = sent([*GOOD, *BROKEN, *(sheets.row(n, 姓名="") for n in range(20, 24))])
    seen, after = set(), None
    for _turn in range(4):
        answer = client.get(of("roster", roster), {"show": "refused"} | ({"after": after} if after else {}))
        seen |= {one.row for one in answer.context["wrongs"]}
        after = answer.context["after"]
    assert seen == set(range(8, 15))
    assert after is None
    answer = client.get(of("roster", roster), {"show": "refused", "code": "name-missing"})
    assert answer.context["code"] == "name-missing"
    assert all("没有姓名" in said for one in answer.context["wrongs"] for _heading, said in one.said)
    new = client.get(of("roster", roster), {"show": "new"})
    assert [one.row for one in new.context["rows"]] == [2, 3]
    again = client.get(of("roster", roster), {"show": "new", "after": new.context["after"]})
    assert [one.row for one in again.context["rows"]] == [4, 5]
    odd = client.get(of("roster", roster), {"show": "²", "code": "x", "after": "9" * 400})
    assert odd.status_code == 200


def test_a_large_one_waits_for_a_second_person(
    client, sent, clerk, unit_head, signed_in, make_person, county_unit, monkeypatch
):
    monkeypatch.setattr(rules, "SECOND_LOOK_ABOVE", 3)
    roster = sent(GOOD)
    assert "要另一位同事复核以后才写入" in page(client, roster)
    client.post(of("roster_confirm", roster))
    roster.refresh_from_db()
    assert roster.state == "waiting"
    shown = page(client, roster)
    assert "行等另一位同事复核。" in shown
    assert "同意写入" not in shown
    answer = client.post(of("roster_agree", roster))
    assert answer.status_code == 403
    assert "另一位同事" in client.get(LIST).content.decode()
    second = signed_in(unit_head)
    assert "同意写入 6 行" in page(second, roster)
    second.post(of("roster_agree", roster))
    assert work(roster).state == "applied"
    assert roster.second == unit_head


def test_a_roster_is_given_up(client, sent):
    roster = sent(GOOD)
    client.post(of("roster_discard", roster))
    shown = page(client, roster)
    assert "这份表已放弃，没有写入任何人。" in shown
    assert not Person.objects.filter(name=sheets.name(1)).exists()
    assert client.post(of("roster_confirm", roster)).status_code == 409
    assert "已放弃" in client.get(LIST).content.decode()


def test_columns_are_pointed_out_and_remembered(client, sent):
    rows = [[row[0], "甲", row[1], "乙"] for row in GOOD]
    roster = sent(rows, ("称呼", "甲", "号", "乙"))
    assert roster.problem == "mapping"
    assert "有的列没有认出来，请您指一下。" in page(client, roster)
    shown = client.get(of("roster_mapping", roster)).content.decode()
    assert "还缺必需的列" in shown
    assert sheets.number(1) not in shown
    assert f"{sheets.number(1)[:4]}**" in shown
    twice = client.post(of("roster_mapping", roster), {"column-0": "name", "column-2": "name"})
    assert twice.status_code == 422
    assert "“姓名”对应了两列：“称呼”和“号”" in twice.content.decode()
    lacking = client.post(of("roster_mapping", roster), {"column-0": "name"})
    assert lacking.status_code == 422
    done = client.post(of("roster_mapping", roster), {"column-0": "name", "column-2": "id_number", "column-3": "x"})
    assert done.status_code == 303
    assert '<span class="x-num">6</span> 行可以写入。' in page(client, work(roster))
    client.post(of("roster_discard", roster))
    again = sent(rows[:3], ("称呼", "甲", "号", "乙"))
    assert '<span class="x-num">3</span> 行可以写入。' in page(client, again)


def test_while_the_house_works_the_page_asks_and_then_looks_again(client, county_unit):
    upload(client, sheets.workbook(GOOD))
    roster = RosterImport.objects.get()
    shown = page(client, roster)
    assert "文件收到了，正在检查。" in shown
    assert f'hx-get="{of("roster_state", roster)}"' in shown
    assert "看现在到哪里了" in shown  # a way without a script
    RosterImport.objects.update(state="checking", rows=3)
    assert "已读到 3 行。" in client.get(of("roster_state", roster)).content.decode()
    RosterImport.objects.update(state="applying", rows=6, applied=4)
    assert "已写入 4 行，共 6 行" in client.get(of("roster_state", roster)).content.decode()
    RosterImport.objects.update(state="received", rows=0, applied=0)
    work(roster)
    answer = client.get(of("roster_state", roster))
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == of("roster", roster)


def test_what_cannot_be_read_says_why(client):
    upload(client, b"PK\x03\x04 this is no workbook", "坏的.xlsx")
    roster = work(RosterImport.objects.get())
    assert roster.state == "unreadable"
    shown = page(client, roster)
    assert "这个文件读不了。" in shown
    assert "重新上传" in shown
    assert "读不了" in client.get(LIST).content.decode()


@pytest.mark.parametrize("why", ["unit", "post"])
def test_what_stopped_midway_says_so_and_goes_on(why, client, sent, clerk, county_unit, make_person, signed_in):
    roster = sent(GOOD)
    client.post(of("roster_confirm", roster))
    other = signed_in(make_person("示例另一经办", 38, post="unit_clerk", at_organisation=county_unit))
    if why == "unit":
        Organisation.objects.filter(pk=county_unit.pk).update(closed_at=clock.now())
    else:
        Post.objects.filter(person=clerk).update(ended_at=clock.now())
    work(roster)
    assert roster.problem.startswith("stopped")
    assert client.get(of("roster", roster)).status_code in {403, 404}
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=None)
    shown = page(other, roster)
    assert "行停下了" in shown
    assert "接着写入" in shown
    assert "中途停下" in other.get(LIST).content.decode()
    other.post(of("roster_confirm", roster))
    assert work(roster).state == "applied"


def test_the_same_file_twice_is_one_roster(client, sent):
    roster = sent(GOOD)
    data = files.content_sealed(roster.file)
    assert upload(client, data).headers["Location"] == of("roster", roster)
    client.post(of("roster_confirm", roster))
    work(roster)
    answer = upload(client, data)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert of("roster", roster) in shown
    assert "再核对一遍" in shown
    assert upload(client, data, again="on").status_code == 303
    again = work(RosterImport.objects.latest("pk"))
    assert "都已登记过，没有要写入的。" in page(client, again)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "空.xlsx", "这个文件是空的。"),
        (b"%PDF-1.7", "名单.pdf", "不是 xlsx 或 csv 表格"),
        (None, "", "还没有选文件。"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_beside_the_field(data, name, said, client):
    answer = client.post(NEW) if data is None else upload(client, data, name)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not RosterImport.objects.exists()


def test_a_file_that_is_too_big_is_counted_and_not_kept(client, monkeypatch):
    from xueshi.web.employer import rosters, uploading

    for module in (rosters, uploading):
        monkeypatch.setattr(module, "MOST_BYTES", 2 * 1024**2)
    answer = upload(client, b"x" * (3 * 1024**2), "大.csv")
    assert answer.status_code == 422
    assert "文件有 3 MB，最大 2 MB。" in answer.content.decode()


def test_an_upload_touches_no_temporary_file(client, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", refuse)
    data = sheets.workbook(GOOD) + b"\0" * (3 * 1024**2)  # above what Django keeps in memory by itself
    assert upload(client, data).status_code == 303
    assert files.content_sealed(RosterImport.objects.get().file) == data


def test_an_upload_without_the_forms_token_is_refused(clerk, signed_in):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(clerk).cookies
    assert strict.get(NEW).status_code == 200
    assert upload(strict, sheets.workbook(GOOD)).status_code == 403
    assert not RosterImport.objects.exists()


READ = ("roster", "roster_state", "roster_mapping", "roster_rejected")
DECIDED = ("roster_confirm", "roster_agree", "roster_discard")


@pytest.mark.parametrize("name", [*READ, *DECIDED])
def test_another_units_clerk_and_a_former_one_find_nothing(
    name, client, sent, clerk, make_person, make_organisation, other_clerk, signed_in
):
    roster = sent(GOOD)
    elsewhere = make_organisation("渝中区另一示例中学")
    near = make_person("示例别的经办", 32, post="unit_clerk", at_organisation=elsewhere)
    ask = "post" if name in DECIDED else "get"
    for one in (near, other_clerk):
        visitor = signed_in(one)
        assert getattr(visitor, ask)(of(name, roster)).status_code == 404
        assert roster.file_name not in visitor.get(LIST).content.decode()
    Post.objects.filter(person=clerk).update(ended_at=clock.now())
    assert getattr(client, ask)(of(name, roster)).status_code == 403
    roster.refresh_from_db()
    assert roster.state == "checked"


def test_the_template_is_a_workbook_with_every_field(client):
    answer = client.get(reverse("employer:roster_template"))
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    heading = next(book.worksheets[0].iter_rows(values_only=True))
    assert {"姓名", "身份证号"} <= set(heading)


def test_one_person_is_added_by_the_same_rules(client, county_unit):
    address = reverse("employer:add_person")
    typed = {"name": sheets.name(3), "id_number": sheets.number(3), "title_level": "junior"}
    wrong = client.post(address, typed | {"id_number": "500199196201110071"})
    assert wrong.status_code == 422
    assert sheets.name(3) in wrong.content.decode()
    half = client.post(address, typed)
    assert "职称和取得日期要一起填" in half.content.decode()
    answer = client.post(address, typed | {"title_obtained_on": "2018-06-01", "phone": "13800000003"})
    roster = work(RosterImport.objects.get())
    assert answer.headers["Location"] == of("roster", roster)
    assert sheets.number(3) not in answer.headers["Location"]
    assert '<span class="x-num">1</span> 行可以写入。' in page(client, roster)
    client.post(of("roster_confirm", roster))
    work(roster)
    person = Person.objects.get(name=sheets.name(3))
    assert Employment.objects.filter(person=person, employer=county_unit, until=None).exists()


def test_a_bureau_looks_where_the_unit_has_nobody_else(
    client, sent, officer, other_officer, cashier, signed_in, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(rules, "SECOND_LOOK_ABOVE", 3)
    roster = sent([*GOOD, *BROKEN])
    waiting, one, agree = reverse("authority:rosters"), "authority:roster", "authority:roster_agree"
    bureau = signed_in(officer)
    assert "没有等复核的人员表。" in bureau.get(waiting).content.decode()
    assert bureau.get(reverse(one, args=[roster.pk])).status_code == 404  # not before it waits
    client.post(of("roster_confirm", roster))
    with django_assert_max_num_queries(16):
        assert roster.organisation.name in bureau.get(waiting).content.decode()
    shown = bureau.get(reverse(one, args=[roster.pk])).content.decode()
    assert "同意写入 6 行" in shown
    assert "带原因" not in shown  # the unit's own file is the unit's
    elsewhere = signed_in(other_officer)
    assert roster.organisation.name not in elsewhere.get(waiting).content.decode()
    for name in (one, agree):
        ask = elsewhere.post if name == agree else elsewhere.get
        assert ask(reverse(name, args=[roster.pk])).status_code == 404
        counter = signed_in(cashier)
        assert (counter.post if name == agree else counter.get)(reverse(name, args=[roster.pk])).status_code == 403
    bureau.post(reverse(agree, args=[roster.pk]))
    assert work(roster).state == "applied"
    assert "6</span> 行已写入。" in bureau.get(reverse(one, args=[roster.pk])).content.decode()
