"""Regions, organisations, duties and contacts on the pages of the operator and of the bureaus."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from xueshi.people import rules_organisations
from xueshi.people.models import ChangeRequest, Duty, HelpContact, Industry, Organisation, Region

FIRST = "91500103MA5U00000"
CODE = FIRST + rules_organisations.credit_check(FIRST)
DOORS = ("operator", "authority")
LISTS = ("organisations", "regions", "industries", "contacts", "organisation_new", "region_new", "contact_new")


@pytest.fixture
def desk(operator, signed_in):
    return signed_in(operator)


@pytest.fixture
def county(officer, signed_in):
    return signed_in(officer)


@pytest.fixture
def city(municipal_officer, signed_in):
    return signed_in(municipal_officer)


def at(name, *args, door="operator"):
    return reverse(f"{door}:{name}", args=args)


def words(response):
    return response.content.decode()


@pytest.fixture
def facts(yuzhong):
    return {
        "name": "渝中区示例小学", "kind": "unit", "level": "county", "region": yuzhong.pk, "industry": "",
        "address": "", "phone": "", "hours": "", "credit_code": "", "ownership": "",
    }  # fmt: skip


# ---- who comes in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_each_door_opens_for_its_own(desk, county, wang, clerk, cashier, signed_in, name):
    assert desk.get(at(name)).status_code == 200
    assert county.get(at(name, door="authority")).status_code == 200
    assert county.get(at(name)).status_code == 403
    for other in (wang, clerk, cashier):
        for door in DOORS:
            assert signed_in(other).get(at(name, door=door)).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_read_in_both_languages(desk, county, education, name, language):
    for client, door in ((desk, "operator"), (county, "authority")):
        client.cookies["django_language"] = language
        page = words(client.get(at(name, door=door)))
        assert page.count("<h1") == 1
        assert ("Help contacts" in page) == (language == "en")


def test_an_auditor_reads_and_changes_nothing(auditor, signed_in, county_bureau, county_unit, yuzhong):
    client = signed_in(auditor)
    assert county_bureau.name in words(client.get(at("organisations", door="authority")))
    assert client.get(at("organisation", county_unit.pk, door="authority")).status_code == 404
    page = words(client.get(at("organisation", county_bureau.pk, door="authority")))
    for word in ("修改资料", "关闭机构", "添加机构"):
        assert word not in page
    for name in ("organisation_new", "region_new", "contact_new"):
        assert client.get(at(name, door="authority")).status_code == 403
    assert client.post(at("organisation_close", county_unit.pk, door="authority"), {"reason": "试"}).status_code == 403


@pytest.mark.clause("KF-15")
def test_another_countys_officer_and_an_unknown_number_are_answered_alike(
    county, other_officer, signed_in, county_unit, county_bureau, yuzhong, other_unit
):
    other = signed_in(other_officer)
    duty = Duty.objects.create(organisation=county_bureau, function="fees", region=yuzhong, since=date(2026, 1, 1))
    contact = HelpContact.objects.create(
        region=yuzhong, topic="policy", office="某科", phone="12333", since=date(2026, 1, 1)
    )
    for name, key in (
        ("organisation", county_unit.pk), ("organisation_edit", county_unit.pk), ("region", yuzhong.pk),
        ("region_rename", yuzhong.pk), ("duty_new", yuzhong.pk), ("duty_end", duty.pk), ("contact", contact.pk),
    ):  # fmt: skip
        url = at(name, key, door="authority")
        assert county.get(url).status_code == 200
        assert other.get(url).status_code == 404
        assert county.get(at(name, 999_999, door="authority")).status_code == 404
    for name, key in (
        ("organisation_close", county_unit.pk),
        ("organisation_reopen", county_unit.pk),
        ("contact_end", contact.pk),
    ):
        assert other.post(at(name, key, door="authority"), {"reason": "试试"}).status_code == 404
    assert county_unit.name not in words(other.get(at("organisations", door="authority")))
    assert other_unit.name in words(other.get(at("organisations", door="authority")))
    county_unit.refresh_from_db()
    contact.refresh_from_db()
    assert (county_unit.closed_at, contact.until) == (None, None)


def test_an_officer_whose_unit_was_closed_a_moment_ago_is_turned_away(county, county_bureau):
    assert county.get(at("organisations", door="authority")).status_code == 200
    Organisation.objects.filter(pk=county_bureau.pk).update(closed_at=timezone.now())
    assert county.get(at("organisations", door="authority")).status_code == 403


# ---- regions and industries ----------------------------------------------------------------------------------------


@pytest.mark.clause("HT-01")
def test_a_region_is_added_where_its_code_says_and_renamed(desk, chongqing):
    assert desk.post(at("region_new"), {"code": "500175", "name": "示例开发区"}).status_code == 303
    region = Region.objects.get(code="500175")
    assert region.parent == chongqing
    assert "开发区" in words(desk.get(at("regions")))
    assert desk.post(at("region_rename", region.pk), {"name": "示例高新区"}).status_code == 303
    region.refresh_from_db()
    assert region.name == "示例高新区"
    assert desk.post(at("region_rename", region.pk), {"name": ""}).status_code == 422


@pytest.mark.parametrize(
    ("code", "said"),
    [("50-01", "不是行政区划代码"), ("５００１", "不是行政区划代码"), ("50", "已经是 重庆市 的"), ("", "必填")],
)
def test_a_wrong_code_is_said_at_its_field_and_what_was_typed_stays(desk, chongqing, code, said):
    refused = desk.post(at("region_new"), {"code": code, "name": "某区"})
    assert refused.status_code == 422
    assert said in words(refused) or (not code and "id_code_error" in words(refused))
    assert 'value="某区"' in words(refused)


def test_an_officer_adds_below_and_not_beside(county, yuzhong):
    ok = county.post(at("region_new", door="authority"), {"code": "500103001", "name": "示例街道"})
    assert ok.status_code == 303
    refused = county.post(at("region_new", door="authority"), {"code": "500105", "name": "江北区"})
    assert refused.status_code == 422
    assert "是本地区以下的地区" in words(refused)


@pytest.mark.parametrize("odd", ["?text=%00", "?text=没有这里", "?text=<b>", "?text=" + "九" * 300])
def test_a_tree_is_searched_by_whatever_is_typed(desk, yuzhong, education, odd):
    for name in ("regions", "industries", "organisations"):
        assert desk.get(at(name) + odd).status_code == 200
    assert "渝中区" in words(desk.get(at("regions") + "?text=5001"))


def test_an_industry_is_added_and_a_wrong_letter_is_told_the_right_one(desk, education):
    assert desk.post(at("industry_new"), {"code": "P833", "name": "中等教育"}).status_code == 303
    assert Industry.objects.get(code="P833").parent == education
    refused = desk.post(at("industry_new"), {"code": "Q83", "name": "教育"})
    assert refused.status_code == 422
    assert "83 属于门类 P，应写 P83" in words(refused)
    renamed = desk.post(at("industry_rename", education.pk), {"name": "教育业"})
    assert renamed.status_code == 303
    assert "教育业" in words(desk.get(at("industries")))
    assert desk.get(at("industry_rename", 999_999)).status_code == 404


# ---- organisations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_an_organisation_is_added_changed_and_closed(desk, county, facts, door):
    client = desk if door == "operator" else county
    assert client.post(at("organisation_new", door=door), facts | {"credit_code": CODE.lower()}).status_code == 303
    kept = Organisation.objects.get(name=facts["name"])
    assert kept.credit_code == CODE
    edit = at("organisation_edit", kept.pk, door=door)
    assert CODE in words(client.get(edit))
    assert client.post(edit, facts | {"phone": "023-12345678", "credit_code": CODE}).status_code == 303
    page = words(client.get(at("organisation", kept.pk, door=door)))
    assert "023-12345678" in page
    assert "资料修改</b>：电话" in page
    close = at("organisation_close", kept.pk, door=door)
    refused = client.post(close, {"reason": ""})
    assert refused.status_code == 422
    assert facts["name"] in words(refused)
    assert client.post(close, {"reason": "并入他校"}).status_code == 303
    kept.refresh_from_db()
    assert kept.closed_at
    assert client.post(edit, facts).status_code == 409
    assert client.post(at("organisation_reopen", kept.pk, door=door), {"reason": ""}).status_code == 422
    assert client.post(at("organisation_reopen", kept.pk, door=door), {"reason": "关错了"}).status_code == 303
    kept.refresh_from_db()
    assert kept.closed_at is None


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"credit_code": "123"}, "credit_code", "应是 18 位，您填了 3 位"),
        ({"credit_code": CODE[:17] + ("0" if CODE[17] != "0" else "1")}, "credit_code", f"最后一位应是 {CODE[17]}"),
        ({"credit_code": CODE[:5] + "I" + CODE[6:]}, "credit_code", "第 6 位是 I"),
        ({"name": "渝中区示例中学"}, "name", "已经有一个叫“渝中区示例中学”的机构"),
        ({"kind": "county_hrss", "level": "municipal"}, "level", "级别不能是"),
        ({"kind": "industry_authority"}, "industry", "要写明主管哪个行业"),
        ({"kind": "club"}, "kind", ""),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(desk, facts, county_unit, typed, field, said):
    refused = desk.post(at("organisation_new"), facts | {"address": "某路 2 号"} | typed)
    page = words(refused)
    assert refused.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert said in page
    assert 'value="某路 2 号"' in page
    assert desk.post(at("organisation_new"), facts).status_code == 303


def test_a_taken_credit_code_names_its_holder(desk, facts, other_unit):
    Organisation.objects.filter(pk=other_unit.pk).update(credit_code=CODE)
    refused = desk.post(at("organisation_new"), facts | {"credit_code": CODE})
    assert refused.status_code == 422
    assert other_unit.name in words(refused)


def test_an_officer_is_offered_what_the_own_level_keeps(county, city, county_bureau):
    page = words(county.get(at("organisation_new", door="authority")))
    assert 'value="unit"' in page
    assert 'value="county_hrss"' not in page
    assert 'value="municipal"' not in page
    assert 'value="county_hrss"' in words(city.get(at("organisation_new", door="authority")))
    own = words(county.get(at("organisation_edit", county_bureau.pk, door="authority")))
    assert "这是您自己的机构" in own
    assert 'name="kind"' not in own
    typed = {"phone": "023-63000000", "address": "示例路 9 号", "hours": ""}
    assert county.post(at("organisation_edit", county_bureau.pk, door="authority"), typed).status_code == 303
    county_bureau.refresh_from_db()
    assert (county_bureau.phone, county_bureau.kind) == ("023-63000000", "county_hrss")


@pytest.mark.clause("KF-16")
@pytest.mark.clause("CQ-26")
def test_an_industry_officer_adds_units_of_the_own_industry(industry_officer, signed_in, facts, education):
    client = signed_in(industry_officer)
    page = words(client.get(at("organisation_new", door="authority")))
    assert "P83 教育" in page
    assert 'value="training_centre"' not in page
    refused = client.post(at("organisation_new", door="authority"), facts)
    assert refused.status_code == 422
    assert client.post(at("organisation_new", door="authority"), facts | {"industry": education.pk}).status_code == 303
    kept = Organisation.objects.get(name=facts["name"])
    assert "关闭机构" not in words(client.get(at("organisation", kept.pk, door="authority")))
    assert client.post(at("organisation_close", kept.pk, door="authority"), {"reason": "试"}).status_code == 403


def test_a_unit_with_people_is_closed_by_a_second_person_on_the_page(
    city, make_person, municipal_bureau, signed_in, county_unit, wang, clerk
):
    second = signed_in(make_person("示例市同事", 40, post="officer", at_organisation=municipal_bureau))
    page, decide = (at(name, county_unit.pk, door="authority") for name in ("organisation", "organisation_decide"))
    assert "另一个人同意才关闭" in words(city.get(page))
    city.post(at("organisation_close", county_unit.pk, door="authority"), {"reason": "并入他校"})
    mine = words(city.get(page))
    assert "撤回关闭申请" in mine
    assert "同意，关闭机构" not in mine
    assert city.post(decide, {"verdict": "yes"}).status_code == 403
    theirs = words(second.get(page))
    assert "同意，关闭机构" in theirs
    assert "并入他校" in theirs
    assert second.post(decide, {"verdict": "no", "reason": ""}).status_code == 422
    assert second.post(decide, {"verdict": "no", "reason": "还有人"}).status_code == 303
    city.post(at("organisation_close", county_unit.pk, door="authority"), {"reason": "已全部转走"})
    assert city.post(decide, {"verdict": "withdraw"}).status_code == 303
    city.post(at("organisation_close", county_unit.pk, door="authority"), {"reason": "已全部转走"})
    assert second.post(decide, {"verdict": "yes"}).status_code == 303
    county_unit.refresh_from_db()
    assert county_unit.closed_at
    assert second.post(decide, {"verdict": "yes"}).status_code == 409
    assert signed_in(clerk).get(reverse("employer:home")).status_code == 403
    assert [one.state for one in ChangeRequest.objects.order_by("pk")] == ["refused", "withdrawn", "accepted"]


def test_an_operator_does_not_close_the_organisation_of_the_own_post(desk, training_centre):
    refused = desk.post(at("organisation_close", training_centre.pk), {"reason": "试试"})
    assert refused.status_code == 403
    assert training_centre.name in words(refused)
    assert "关闭机构…" not in words(desk.get(at("organisation", training_centre.pk)))
    training_centre.refresh_from_db()
    assert training_centre.closed_at is None


@pytest.mark.parametrize(
    "odd", ["?kind=%00", "?kind=nothing", "?region=50'--", "?state=half", "?after=x", "?after=-1", "?after=" + "9" * 30]
)
def test_anything_odd_in_the_address_is_no_filter(desk, county_bureau, odd):
    assert county_bureau.name in words(desk.get(at("organisations") + odd))


def test_organisations_are_shown_a_page_at_a_time_and_found(desk, chongqing, education, django_assert_max_num_queries):
    Organisation.objects.bulk_create(
        Organisation(name=f"示例单位{n:02d}", kind="unit", level="county", region=chongqing, industry=education)
        for n in range(50)
    )
    desk.get(at("organisations"))
    with django_assert_max_num_queries(9):
        first = words(desk.get(at("organisations"), {"kind": "unit"}))
    assert len(re.findall("示例单位\\d\\d", first)) == 25
    following = re.search(r'href="\?([^"]*after=\d+)"', first)
    assert following
    second = words(desk.get(at("organisations") + "?" + following[1].replace("&amp;", "&")))
    assert re.findall("示例单位\\d\\d", second) == [f"示例单位{n}" for n in range(25, 50)]
    found = words(desk.get(at("organisations"), {"text": "单位07"}))
    assert re.findall("示例单位\\d\\d", found) == ["示例单位07"]
    for nothing in ({"kind": "county_hrss"}, {"region": "500103"}, {"industry": "Q"}, {"state": "closed"}):
        page = words(desk.get(at("organisations"), nothing))
        assert "示例单位" not in page
        assert "没有这样的机构" in page
    assert "示例单位00" in words(desk.get(at("organisations"), {"industry": "P", "region": "50", "state": "open"}))


def test_what_is_on_the_screen_is_exported(desk, county, county_unit, other_unit, education):
    Organisation.objects.filter(pk=county_unit.pk).update(credit_code=CODE, industry=education, name="=示例")
    book = load_workbook(io.BytesIO(desk.get(at("organisations_export", "xlsx"), {"kind": "unit"}).getvalue()))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:2] == ("全称", "类别")
    assert {row[0] for row in rows[1:]} == {"=示例", other_unit.name}
    text = b"".join(county.get(at("organisations_export", "csv", door="authority"))).decode("utf-8-sig")
    assert CODE in text
    assert "P83 教育" in text
    assert "'=示例" in text
    assert other_unit.name not in text
    assert desk.get(at("organisations_export", "pdf")).status_code == 404


def test_an_organisations_page_costs_the_same_however_much_hangs_on_it(
    county, county_unit, make_person, django_assert_max_num_queries, django_assert_num_queries
):
    url = at("organisation", county_unit.pk, door="authority")
    county.get(url)
    for serial in range(60, 80, 2):
        make_person(f"示例人{serial}", serial, employer=county_unit, post="unit_clerk", at_organisation=county_unit)
    with django_assert_max_num_queries(18):
        page = words(county.get(url))
    assert "10 人" in page
    assert "示例人60" in page


# ---- duties --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("ZJ-46")
def test_a_region_shows_who_does_what_and_what_nobody_does(
    city, county, county_bureau, municipal_bureau, yuzhong, chongqing
):
    Duty.objects.create(
        organisation=municipal_bureau, function="certificates", region=chongqing, since=date(2026, 1, 1)
    )
    give = at("duty_new", yuzhong.pk, door="authority")
    typed = {"function": "enrolment", "organisation": county_bureau.pk, "since": "2026-01-01", "basis": "示例文件"}
    assert city.post(give, typed).status_code == 303
    page = words(county.get(at("region", yuzhong.pk, door="authority")))
    assert "随重庆市" in page
    assert "示例文件" in page
    assert "有 11 件事还没有人承担" in page
    assert "安排一项职责" not in page  # the county's own duties are the city's to arrange
    assert "安排一项职责" in words(city.get(at("region", yuzhong.pk, door="authority")))
    refused = county.post(give, typed | {"function": "fees"})
    assert refused.status_code == 422
    assert "由上级或平台管理员安排" in words(refused)
    assert "报名" in words(county.get(at("organisation", county_bureau.pk, door="authority")))


def test_a_duty_that_another_has_is_taken_over_on_a_day_only_when_asked(desk, yuzhong, county_bureau, training_centre):
    held = Duty.objects.create(organisation=county_bureau, function="fees", region=yuzhong, since=date(2026, 1, 1))
    give = at("duty_new", yuzhong.pk)
    typed = {"function": "fees", "organisation": training_centre.pk, "since": "2026-07-01", "basis": ""}
    refused = desk.post(give, typed)
    assert refused.status_code == 422
    assert county_bureau.name in words(refused)
    assert desk.post(give, typed | {"replace": "on"}).status_code == 303
    held.refresh_from_db()
    assert held.until == date(2026, 7, 1)
    for wrong in ({"since": "7月1日"}, {"organisation": "999999"}, {"function": "tea"}, {"since": ""}):
        assert desk.post(give, typed | wrong).status_code == 422


def test_ending_a_duty_asks_from_which_day(desk, yuzhong, county_bureau):
    duty = Duty.objects.create(organisation=county_bureau, function="fees", region=yuzhong, since=date(2026, 1, 1))
    url = at("duty_end", duty.pk)
    assert county_bureau.name in words(desk.get(url))
    assert desk.post(url, {"until": "2026-01-01"}).status_code == 422
    later = timezone.localdate() + timedelta(days=40)
    assert desk.post(url, {"until": later.isoformat()}).status_code == 303
    duty.refresh_from_db()
    assert duty.until == later


def test_a_regions_page_costs_a_fixed_number_of_queries(desk, yuzhong, county_bureau, django_assert_max_num_queries):
    for function in Duty.Function:
        Duty.objects.create(organisation=county_bureau, function=function, region=yuzhong, since=date(2026, 1, 1))
    desk.get(at("region", yuzhong.pk))
    with django_assert_max_num_queries(12):
        page = words(desk.get(at("region", yuzhong.pk)))
    assert "还没有人承担" not in page


# ---- contacts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed_contact(chongqing):
    return {
        "region": chongqing.pk, "topic": "technical", "office": "示例技术科", "about": "", "phone": "86868720",
        "email": "", "address": "", "hours": "", "organisation": "",
    }  # fmt: skip


@pytest.mark.clause("CQ-49")
def test_a_contact_is_added_changed_and_ended(desk, county, chongqing, typed_contact):
    assert desk.post(at("contact_new"), typed_contact).status_code == 303
    one = HelpContact.objects.get()
    assert "86868720" in words(county.get(at("contacts", door="authority")))  # from above, for its people too
    assert county.get(at("contact", one.pk, door="authority")).status_code == 404
    assert desk.post(at("contact", one.pk), typed_contact | {"phone": "86868720、86868715"}).status_code == 303
    refused = desk.post(at("contact", one.pk), typed_contact | {"phone": "打电话"})
    assert refused.status_code == 422
    assert "不是电话号码" in words(refused)
    assert desk.post(at("contact_end", one.pk)).status_code == 303
    desk.get(at("contacts"))  # says that it has been done
    assert "示例技术科" not in words(desk.get(at("contacts")))


@pytest.mark.clause("CQ-49")
@pytest.mark.clause("CQ-50")
@pytest.mark.clause("ZJ-42")
def test_the_public_page_shows_the_numbers_of_the_region_that_was_chosen(
    client, wang, signed_in, chongqing, yuzhong, jiangbei
):
    for region, topic, office, phone in (
        (chongqing, "technical", "重庆市人事培训中心", "86868720"),
        (chongqing, "policy", "专业技术人员管理处", "86868705"),
        (chongqing, "policy", "事业单位人事管理处", "86868707"),
        (yuzhong, "enrolment", "示例培训中心", "023-11111111、023-22222222"),
    ):
        HelpContact.objects.create(region=region, topic=topic, office=office, phone=phone, since=date(2020, 1, 1))
    page = words(client.get(reverse("public:help"), {"region": "500103"}))
    for phone in ("86868720", "86868705", "86868707", "023-11111111", "023-22222222"):
        assert f'href="tel:{phone}"' in page
    other = words(client.get(reverse("public:help"), {"region": "500105"}))
    assert "86868720" in other
    assert "023-11111111" not in other
    assert "023-11111111" in words(signed_in(wang).get(reverse("public:help")))  # her own region
    assert "023-11111111" not in words(signed_in(wang).get(reverse("public:help"), {"region": "500105"}))
    for odd in ("x", "999999", "\x00"):
        assert client.get(reverse("public:help"), {"region": odd}).status_code == 200
