"""Registration in the browser: what is said, what is kept, what is never sent back."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD, id_number
from xueshi.kernel import vault
from xueshi.kernel.models import Message
from xueshi.people.models import Account, ChangeRequest, Employment, Organisation, Person, Region

pytestmark = pytest.mark.django_db
URL = "/register/"


def code_sent(client: Client, phone: str) -> str:
    """Ask for a code and read the text that goes out."""
    assert client.post("/register/phone/", {"phone": phone}).status_code == 200
    found = re.search(r"[0-9]{6}", Message.objects.latest("pk").body)
    assert found
    return found.group()


@pytest.fixture
def filled(client: Client, yuzhong: Region, county_unit: Organisation, agency: Organisation) -> dict[str, Any]:
    return {
        "name": "示例新学员",
        "id_number": id_number(28),
        "phone": "138 0000 0001",
        "code": code_sent(client, "138 0000 0001"),
        "email": "",
        "region": "500103",
        "employer": county_unit.pk,
        "file_keeper": "unit",
        "agency": "",
        "title_level": "intermediate",
        "title_obtained_on": "2018-11-30",
        "password": PASSWORD,
        "accurate": "on",
    }


@pytest.mark.clause("CQ-03", "CQ-04", "CQ-51")
def test_who_registers_is_signed_in_and_told_the_next_step(client: Client, filled: dict[str, Any]) -> None:
    response = client.post(URL, filled)
    assert response.status_code == 302
    assert response.url == reverse("learner:home")
    person = Person.objects.get()
    assert person.name == "示例新学员"
    assert int(client.session["_auth_user_id"]) == Account.objects.get(person=person).pk


def test_the_page_costs_few_queries(client: Client, filled: dict[str, Any], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(4):
        response = client.get(URL)
    said = response.content.decode()
    assert "第一次来：注册" in said
    assert said.count("<h1") == 1
    assert "渝中区" in said


@pytest.mark.clause("CQ-03")
@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("id_number", "500199198003070028", "最后一位应是 3，您填的是 8"),
        ("id_number", "5001991980", "您填了 10 位"),
        ("id_number", "500199198002300028", "19800230 不是一个日期"),
        ("name", "示例3", "按身份证上的姓名"),
        ("phone", "86868720", "应是 11 位"),
        ("email", "nobody", "邮箱地址里要有 @"),
        ("region", "50", "请选到具体的区县"),
        ("employer", "0", "不在这个区县"),
        ("file_keeper", "talent_agency", "请选是哪一家"),
        ("title_obtained_on", "", "请填取得日期"),
        ("title_obtained_on", "2999-01-01", "不晚于今天"),
        ("title_obtained_on", "1970-01-01", "在出生以后"),
        ("title_obtained_on", "soon", "2018-11-30"),
        ("password", "short", "至少 10 位"),
        ("password", "好记的话19800307", "有您的生日"),
        ("accurate", "", "请先勾选"),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_typed_is_lost(
    client: Client, filled: dict[str, Any], field: str, typed: str, says: str
) -> None:
    response = client.post(URL, {**filled, field: typed})
    said = response.content.decode()
    assert response.status_code == 422
    assert says in said
    assert 'id="errors"' in said
    assert 'aria-invalid="true"' in said
    assert "示例新学员" in said or field == "name"
    assert PASSWORD not in said
    assert not Person.objects.exists()


def test_the_number_is_read_back_by_the_server(client: Client, filled: dict[str, Any]) -> None:
    said = client.post(URL, {**filled, "phone": ""}).content.decode()
    assert "读出来是：女，1980年3月7日出生" in said


@pytest.mark.clause("CQ-04")
def test_a_registered_number_is_told_how_to_go_on_and_not_whose_it_is(client: Client, filled: dict[str, Any]) -> None:
    Client().post(URL, filled)
    old_style = filled["id_number"][:6] + filled["id_number"][8:17]
    changed = {"id_number": old_style, "name": "示例别人", "password": "另一句记得住的话 river"}
    response = client.post(URL, {**filled, **changed})
    said = response.content.decode()
    assert response.status_code == 409
    assert "这个身份证号已经有人登记过" in said
    for way in ("sign_in", "reset", "invited", "claim"):
        assert reverse(f"public:{way}") in said
    assert "示例新学员" not in said
    assert "138" not in said.replace("138 0000 0001", "").replace("138 开头", "")
    assert Person.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_a_second_click_comes_in_instead_of_being_refused(client: Client, filled: dict[str, Any]) -> None:
    Client().post(URL, filled)
    response = client.post(URL, filled)
    assert response.status_code == 302
    assert "_auth_user_id" in client.session
    assert Person.objects.count() == 1


def test_units_are_offered_by_district_and_part_of_the_name(
    client: Client, county_unit: Organisation, municipal_unit: Organisation, django_assert_num_queries: Any
) -> None:
    address = reverse("public:employers")
    with django_assert_num_queries(1):
        both = client.get(address, {"region": "500103"}).content.decode()
    assert county_unit.name in both
    assert municipal_unit.name in both
    one = client.get(address, {"region": "500103", "employer_search": "设计"}).content.decode()
    assert county_unit.name not in one
    assert municipal_unit.name in one
    assert client.get(address).content.decode().count("<option") == 1


def test_a_zero_byte_finds_no_unit_and_breaks_nothing(client: Client, county_unit: Organisation) -> None:
    address = reverse("public:employers")
    for asked in ({"region": "500103\0"}, {"region": "500103", "employer_search": "\0"}):
        answer = client.get(address, asked)
        assert answer.status_code == 200
        assert county_unit.name not in answer.content.decode()
    assert client.post(URL, {"region": "\0"}).status_code == 422


def test_without_the_script_a_button_lists_the_units_and_keeps_what_was_typed(
    client: Client, filled: dict[str, Any], county_unit: Organisation
) -> None:
    response = client.post(URL, {**filled, "employer": "", "list_employers": "yes"})
    said = response.content.decode()
    assert response.status_code == 200
    assert county_unit.name in said
    assert "示例新学员" in said
    assert PASSWORD not in said
    assert 'aria-invalid="true"' not in said


@pytest.mark.clause("CQ-35")
def test_a_hosted_file_is_registered_with_its_agency(
    client: Client, filled: dict[str, Any], agency: Organisation
) -> None:
    client.post(URL, {**filled, "file_keeper": "talent_agency", "agency": agency.pk, "employer": ""})
    assert Person.objects.get().file_agency == agency
    assert not Employment.objects.exists()


# ---- the phone first ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("code", ["", "000000"])
def test_nothing_is_told_of_a_number_before_the_phone_is_proven(
    client: Client, filled: dict[str, Any], known: bool, code: str
) -> None:
    if known:
        Client().post(URL, filled)
    stranger = Client()
    code_sent(stranger, "13800000077")
    answer = stranger.post(URL, {**filled, "phone": "13800000077", "code": code, "password": "另一句记得住的话 river"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "登记过" not in said
    assert ("请填写" if not code else "验证码不对，或者已经失效") in said
    assert Person.objects.count() == int(known)


def test_a_code_is_for_its_own_phone(client: Client, filled: dict[str, Any]) -> None:
    answer = client.post(URL, {**filled, "phone": "13800000099"})
    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_a_proven_phone_needs_no_second_code_while_the_rest_is_mended(client: Client, filled: dict[str, Any]) -> None:
    Client().post(URL, filled)
    changed = {**filled, "password": "另一句记得住的话 river"}
    taken = client.post(URL, changed)
    assert taken.status_code == 409
    assert "不用再填验证码" in taken.content.decode()
    again = client.post(URL, {**changed, "id_number": id_number(30), "code": ""})
    assert again.status_code == 302
    assert Person.objects.count() == 2


def test_without_the_script_the_button_sends_the_code_and_keeps_what_was_typed(
    client: Client, filled: dict[str, Any]
) -> None:
    answer = client.post(URL, {**filled, "phone": "13800000055", "code": "", "send_code": "yes"})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "验证码已发到 138****0055" in said
    assert "示例新学员" in said
    assert PASSWORD not in said
    assert "1 分钟后再试" in client.post(URL, {**filled, "phone": "13800000055", "send_code": "yes"}).content.decode()


@pytest.mark.parametrize(("phone", "status"), [("", 422), ("12345", 422), ("138 0000 0001", 429)])
def test_a_code_is_sent_to_a_phone_and_once_a_minute(
    client: Client, filled: dict[str, Any], phone: str, status: int
) -> None:
    assert client.post("/register/phone/", {"phone": phone}).status_code == status


def test_asking_is_counted_by_phone_and_by_address(client: Client, filled: dict[str, Any], settings: Any) -> None:
    wrong = {**filled, "code": "000000"}
    answers = [client.post(URL, wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    settings.KNOCKS_PER_ADDRESS = 12
    answers = [client.post(URL, {**wrong, "phone": f"1390000000{n}"}).status_code for n in range(3)]
    assert answers == [422, 422, 429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.1")
    assert elsewhere.post(URL, {**wrong, "phone": "13900000009"}).status_code == 422


def test_the_password_is_hashed_before_anything_is_looked_up(
    client: Client, filled: dict[str, Any], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """Known or not, a registration takes one hash; what differs comes after it."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[bool] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, *of: Any) -> str:
        hashed.append(Person.objects.filter(id_index=vault.index("id", id_number(28))).exists())
        return encode(self, *of)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    client.post(URL, filled)
    assert hashed[0] is False
    before = len(hashed)
    client.post(URL, {**filled, "password": "另一句记得住的话 river"})
    assert len(hashed) > before


# ---- whom a unit brought ------------------------------------------------------------------------------------------


@pytest.fixture
def brought(filled: dict[str, Any], make_person: Any, county_unit: Organisation) -> Person:
    """Somebody on record without an account."""
    person: Person = make_person("示例新学员", 28, employer=county_unit, phone="13800000001")
    Account.objects.filter(person=person).delete()
    return person


def test_name_and_phone_on_record_make_the_account_and_leave_the_record(
    client: Client, filled: dict[str, Any], brought: Person
) -> None:
    answer = client.post(URL, {**filled, "title_level": "none", "title_obtained_on": "", "employer": ""})
    assert answer.status_code == 302
    assert Account.objects.get().person == brought
    assert Person.objects.count() == 1
    assert Employment.objects.get().person == brought


@pytest.mark.parametrize("changed", [{"name": "示例别人"}, {"phone": "13800000044"}, "merged"])
def test_whatever_differs_from_the_record_ends_at_the_same_words(
    client: Client, filled: dict[str, Any], brought: Person, make_person: Any, changed: Any
) -> None:
    if changed == "merged":
        Person.objects.filter(pk=brought.pk).update(merged_into=make_person("示例另一个", 40))
        changed = {}
    sent = {**filled, **changed}
    sent["code"] = code_sent(client, sent["phone"]) if "phone" in changed else sent["code"]
    before = Account.objects.count()
    answer = client.post(URL, sent)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "已经有人登记过" in said
    assert reverse("public:claim") in said
    assert Account.objects.count() == before


def test_an_invitation_makes_the_account_once(client: Client, brought: Person, clerk: Person, viewer: Any) -> None:
    from xueshi.people import invitation_actions

    made = invitation_actions.invite(
        viewer=viewer(clerk, "unit_clerk"), organisation_id=viewer(clerk).seats[0].organisation_id,
        person_ids=[brought.pk], at=datetime.now(UTC), on_paper=True,
    )  # fmt: skip
    code = made[0].code
    page = "/register/invited/"
    fields = {"id_number": id_number(28), "invitation": code, "password": "另一句记得住的话 river"}
    wrong = client.post(page, {**fields, "invitation": "ABCD2345"})
    unknown = client.post(page, {**fields, "id_number": id_number(998)})
    for refused in (wrong, unknown):
        assert refused.status_code == 422
        assert "身份证号和邀请码对不上" in refused.content.decode()
        assert "示例新学员" not in refused.content.decode()
    weak = client.post(page, {**fields, "password": "好记的话19800307"})
    assert weak.status_code == 422
    assert "有您的生日" in weak.content.decode()
    assert client.post(page, fields).url == reverse("learner:home")
    assert Account.objects.get(person=brought).check_password("另一句记得住的话 river")
    assert Client().post(page, fields).status_code == 422


# ---- the claim ----------------------------------------------------------------------------------------------------


def test_a_claim_is_asked_for_with_a_proven_phone_and_answers_alike(
    client: Client, filled: dict[str, Any], county_bureau: Organisation
) -> None:
    Client().post(URL, filled)
    pages = []
    for n, number in enumerate((id_number(28), id_number(998))):
        visitor, phone = Client(), f"1380000006{n}"
        asked = {
            "name": "示例新学员", "id_number": number, "phone": phone, "region": "500103", "reason": "换了手机号",
        }  # fmt: skip
        without = visitor.post("/register/claim/", {**asked, "code": "000000"})
        assert without.status_code == 422
        answer = visitor.post("/register/claim/", {**asked, "code": code_sent(visitor, phone)})
        assert answer.status_code == 200
        assert "申请已收到" in answer.content.decode()
        page = re.sub(r'"X-CSRFToken": "[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        pages.append(re.sub(r"<time.*?</time>", "", page).replace(f"138****006{n}", ""))
    assert pages[0] == pages[1]
    assert ChangeRequest.objects.filter(kind="claim").count() == 2
