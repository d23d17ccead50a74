"""My data: what stands about me with its history, who looked, and all of it to take along."""

import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from conftest import NINE, PASSWORD, id_number
from xueshi.kernel import audit, clock
from xueshi.kernel.models import AuditLine
from xueshi.ledger import actions as ledger
from xueshi.ledger import law
from xueshi.people import actions
from xueshi.people.actions import downloading
from xueshi.people.actions.unmasking import unmask
from xueshi.people.models import Account, Fact, Organisation, Person
from xueshi.web.public import my_data_file

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = id_number(2)


@pytest.fixture
def recorded(wang: Person, cashier: Person, viewer) -> Fact:
    """A fact that was recorded, and one that was withdrawn."""
    words = law.library().words.facts
    given = {"viewer": viewer(cashier, "counter"), "words": words, "person_id": wang.pk, "at": clock.now()}
    wrong = actions.record_fact(**given, word="post", value="other", since=date(2016, 9, 1), reason="看过聘书")
    actions.withdraw_fact(viewer=given["viewer"], fact_id=wrong.pk, reason="看错了聘书", at=clock.now())
    return actions.record_fact(
        **given, word="post", value="school_teacher", since=date(2016, 9, 1), reason="看过教师资格证"
    )


def test_the_page_shows_what_stands_and_leads_to_the_rest(
    wang: Person, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(wang)
    with django_assert_max_num_queries(16):
        page = client.get("/me/").content.decode()
    for address in ("/me/history/", "/me/looks/", "/me/download/", "/me/security/"):
        assert address in page
    assert NUMBER not in page


# ---- history -----------------------------------------------------------------------------------------------------


def test_each_fact_is_told_with_its_days_and_with_who_recorded_it_for_whom_and_why(
    wang: Person, recorded: Fact, county_unit: Organisation, signed_in, django_assert_max_num_queries
) -> None:
    Organisation.objects.filter(pk=county_unit.pk).update(ownership="non_public")
    client = signed_in(wang)
    client.get("/me/")
    with django_assert_max_num_queries(22):
        page = client.get("/me/history/").content.decode()
    assert "渝中区示例中学" in page
    assert "2015年7月1日起" in page
    assert "岗位类别：中小学教师" in page
    assert "看过教师资格证" in page
    assert "渝中区人力社保局（示例）" in page  # for whom it was recorded
    assert '<s lang="zh-Hans">岗位类别：其他专业技术岗位</s>' in page  # withdrawn, and still told
    assert "看错了聘书" in page
    assert "单位性质：非公有制经济组织" in page
    assert "从工作单位“渝中区示例中学”推定" in page


def test_the_history_is_ones_own(wang: Person, recorded: Fact, stranger: Person, signed_in) -> None:
    page = signed_in(stranger).get("/me/history/").content.decode()
    assert "看过教师资格证" not in page
    assert "渝中区示例中学" not in page


def test_a_move_is_told_with_both_ends_and_by_whom(
    wang: Person, municipal_unit: Organisation, viewer, signed_in
) -> None:
    actions.change_employment(
        viewer=viewer(wang), region_code="500103", employer_id=municipal_unit.pk, file_keeper="unit",
        file_agency_id=None, at=clock.now(),
    )  # fmt: skip
    page = signed_in(wang).get("/me/history/").content.decode()
    assert "重庆市示例设计院" in page
    assert re.search(r"2015年7月1日至\d{4}年", page)
    assert "您本人" in page


# ---- who looked --------------------------------------------------------------------------------------------------


def test_who_looked_in_what_capacity_for_whom_and_why(
    wang: Person, cashier: Person, stranger: Person, viewer, signed_in, django_assert_max_num_queries
) -> None:
    desk = viewer(cashier, "counter")
    actions.look_at(viewer=desk, person_id=wang.pk, at=clock.now())
    unmask(viewer=desk, person_id=wang.pk, reason="核对评审表上的证件号", at=clock.now())
    client = signed_in(wang)
    client.get("/me/")
    with django_assert_max_num_queries(36):
        page = client.get("/me/looks/").content.decode()
    assert "看了完整证件号" in page
    assert "核对评审表上的证件号" in page
    assert "示例窗口人员" in page
    assert "渝中区人力社保局（示例）" in page
    assert "缴费窗口" in page
    assert "核对评审表上的证件号" not in signed_in(stranger).get("/me/looks/").content.decode()


def test_decisions_about_what_is_mine_are_among_them(wang: Person, verifier: Person, viewer, signed_in) -> None:
    entry = ledger.post(
        viewer=viewer(verifier, "verifier"), person_id=wang.pk, year=2026, category="public", hours=20,
        kind="public_topic", title="示例课程", earned_on=date(2026, 5, 20), source="slip:1",
        instrument="cn-50/chongqing-2010", provision="slip-hours", digest="0" * 64, marks={}, at=clock.now(),
    )  # fmt: skip
    ledger.reverse(viewer=viewer(verifier, "verifier"), entry_id=entry.pk, reason="登记重复", at=clock.now())
    page = signed_in(wang).get("/me/looks/").content.decode()
    assert "登记了学时" in page
    assert "冲销了学时：" in page
    assert "登记重复" in page


def test_pages_and_days(wang: Person, cashier: Person, viewer, signed_in) -> None:
    desk = viewer(cashier, "counter")
    for n in range(65):
        audit.record(desk, "person.look", f"person:{wang.pk}", at=NINE + timedelta(minutes=n), reason=f"第{n:03d}次")
    client: Client = signed_in(wang)
    seen, address = [], "/me/looks/"
    for _page in range(3):
        text = client.get(address).content.decode()
        seen.append(re.findall(r"第(\d{3})次", text))
        older = re.search(r'href="(\?[^"]*after=[^"]*)"', text)
        address = "/me/looks/" + older[1].replace("&amp;", "&") if older else ""
    assert [int(one) for page in seen for one in page] == list(range(64, -1, -1))
    assert address == ""
    text = client.get("/me/looks/", {"since": "2026-06-01", "last": "2026-06-01"}).content.decode()
    assert ">65<" in text
    assert "第064次" in text
    assert "第064次" not in client.get("/me/looks/", {"since": "2026-06-02"}).content.decode()
    assert client.get("/me/looks/", {"since": "昨天"}).status_code == 422
    for broken in ("x", "9" * 40 + ".1", "1", ".", "-1.5"):
        assert client.get("/me/looks/", {"after": broken}).status_code == 200


def test_what_one_did_oneself_is_listed_on_demand(wang: Person, viewer, signed_in) -> None:
    actions.update_contact(viewer=viewer(wang), phone="13900001111", email="", at=clock.now())
    client = signed_in(wang)
    assert "改了联系方式" not in client.get("/me/looks/").content.decode()
    assert "改了联系方式（手机号）" in client.get("/me/looks/", {"everybody": "on"}).content.decode()


# ---- taking it along ---------------------------------------------------------------------------------------------


def taken(answer: object) -> dict[str, bytes]:
    """The files of a zip that was sent in pieces."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_everything_in_one_file_without_the_number_unless_the_password_is_given_again(
    wang: Person, recorded: Fact, cashier: Person, viewer, signed_in
) -> None:
    actions.look_at(viewer=viewer(cashier, "counter"), person_id=wang.pk, at=clock.now())
    client = signed_in(wang)
    answer = client.post("/me/download/", {"password": ""})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store, private"
    files = taken(answer)
    held = json.loads(files["data.json"])
    assert held["format"] == my_data_file.FORMAT
    assert held["id_number"] is None
    assert not any(NUMBER.encode() in data for data in files.values())
    rows = {key: part["rows"] for key, part in held["holdings"].items()}
    assert rows["person"][0]["name"] == "示例王老师"
    assert rows["employments"][0]["employer"] == "渝中区示例中学"
    assert [row["reason"] for row in rows["facts"]] == ["看过聘书", "看过教师资格证"]
    assert rows["facts"][0]["withdrawn_reason"] == "看错了聘书"
    assert {row["action"] for row in rows["dealings"]} >= {"person.look", "person.record_fact"}
    for part in held["holdings"].values():
        assert all(set(row) == set(part["columns"]) for row in part["rows"])
    page = files["我的数据.html"].decode()
    assert "看过教师资格证" in page
    again = taken(client.post("/me/download/", {"full": "on", "password": PASSWORD}))
    assert json.loads(again["data.json"])["id_number"] == NUMBER
    assert NUMBER in again["我的数据.html"].decode()
    lines = AuditLine.objects.filter(action="person.download").order_by("pk")
    assert [line.facts for line in lines] == [{"full_number": False}, {"full_number": True}]


@pytest.mark.parametrize("password", ["", "不是这个密码2026"])
def test_the_whole_number_is_not_given_for_a_wrong_password_and_is_for_the_right_one(
    wang: Person, signed_in, password: str
) -> None:
    client = signed_in(wang)
    answer = client.post("/me/download/", {"full": "on", "password": password})
    assert answer.status_code == 422
    assert NUMBER not in answer.content.decode()
    assert not AuditLine.objects.filter(action="person.download").exists()
    assert client.post("/me/download/", {"full": "on", "password": PASSWORD}).status_code == 200


def test_passwords_cannot_be_tried_for_long(wang: Person, signed_in) -> None:
    client = signed_in(wang)
    for _n in range(downloading.MOST_AN_HOUR):
        assert client.post("/me/download/", {"full": "on", "password": "不是这个密码2026"}).status_code == 422
    assert client.post("/me/download/", {"full": "on", "password": PASSWORD}).status_code == 429


def test_the_file_is_in_the_readers_language_and_of_nobody_else(
    wang: Person, stranger: Person, recorded: Fact, signed_in
) -> None:
    client = signed_in(stranger)
    client.cookies["django_language"] = "en"
    files = taken(client.post("/me/download/", {"password": ""}))
    text = files["data.json"].decode() + files["My data.html"].decode()
    assert "Employer" in text
    assert "示例王老师" not in text
    assert "看过教师资格证" not in text


def test_a_long_life_is_sent_in_pieces_and_read_in_blocks(wang: Person, viewer) -> None:
    AuditLine.objects.bulk_create(
        AuditLine(at=NINE + timedelta(seconds=n), person_id=None, capacity="system", action="study.complete",
                  subject=f"person:{wang.pk}", reason=f"{n:08d}" * 12, facts={})
        for n in range(5000)
    )  # fmt: skip
    pieces = list(my_data_file.stream(viewer(wang), "", "zh-hans", NINE))
    assert len(pieces) > 4
    assert max(map(len, pieces)) < 300_000
    rows = json.loads(taken(type("Answer", (), {"streaming_content": pieces}))["data.json"])["holdings"]
    assert len(rows["dealings"]["rows"]) == 5000


# What leads to a person and is not his to take along, each with the reason.
OFFICE = "what was done in office about others: it is theirs; the post itself is held"
NOT_HELD = {
    **dict.fromkeys(
        (
            "people.Person.identity_checked_by", "people.Fact.recorded_by", "people.Fact.withdrawn_by",
            "people.Post.granted_by", "people.Post.second", "people.Post.ended_by", "people.ChangeRequest.decided_by",
            "people.ChangeStep.by", "people.Evidence.added_by", "people.RosterImport.sent_by",
            "people.RosterImport.confirmed_by", "people.RosterImport.second", "people.Invitation.made_by",
            "ledger.HoursEntry.actor_id", "ledger.HoursEntry.verified_by_id",
            "exams.BankImport.received_by_id", "payments.Payment.operator_id",
            "recognition.Review.decided_by_id", "drafts.Simulation.person", "training.AccreditationBatch.made_by",
            "training.Accreditation.applied_by", "training.Accreditation.decided_by",
            "training.Accreditation.withdrawal_proposed_by", "training.Accreditation.withdrawn_by",
            "training.AccreditationStep.person", "training.Entrustment.made_by", "training.Entrustment.ended_by",
            "training.FeeItem.set_by",
        ),
        OFFICE,
    ),
    "people.Person.merged_into": "a column of the person, under `merged_into`",
    "people.ChangeRequest.other": "the account that is to be merged in: its own person takes it along",
    "people.ChangeRequest.asked_by": "requests about oneself are held by `person`; about others they are theirs",
    "kernel.AuditLine.person_id": "lines about oneself are `dealings`; what one did about others is theirs",
    "account.EmailAddress.user": "allauth's own list of mailboxes, which the house does not fill",
    "ledger.Touched.person_id": "a queue: that something changed, until the snapshot has read it",
    "drafts.Simulation.last_person": "how far a population went, not a person",
}  # fmt: skip
PLAIN_KEYS = re.compile(r"(^|_)person(_id)?$|(actor|operator|_by)_id$|_person$")


def leading_to_a_person() -> set[str]:
    found = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            of_person = isinstance(field, models.ForeignKey) and field.related_model in (Person, Account)
            number = isinstance(field, models.IntegerField) and PLAIN_KEYS.search(field.name)
            if of_person or number:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_field_that_leads_to_a_person_is_taken_along_or_named_with_a_reason(wang: Person, viewer) -> None:
    me = viewer(wang)
    held = {way for floor in my_data_file.FLOORS for one in floor.held_for(me) for way in one.through}
    held -= {"people.Person.id"}
    leading = leading_to_a_person()
    assert leading - held - set(NOT_HELD) == set()
    assert held - leading == set()
    assert set(NOT_HELD) - leading == set()
    assert not held & set(NOT_HELD)


@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01", "2026-13-01", "\x00"])
def test_a_day_at_the_end_of_the_calendar_is_asked_for_again(wang, signed_in, typed):
    for name in ("since", "last"):
        answer = signed_in(wang).get("/me/looks/", {name: typed})
        assert answer.status_code == 422
        assert "aria-invalid" in answer.content.decode()


def test_a_public_page_that_names_its_visitor_is_kept_by_nobody(wang, signed_in):
    assert signed_in(wang).get("/help/").headers["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in Client().get("/help/").headers
