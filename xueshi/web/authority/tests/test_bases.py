"""The bureau's pages of bases: who sees them, what they say, and what each form does and refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from xueshi.kernel import clock
from xueshi.kernel.models import AuditLine
from xueshi.training import base_actions
from xueshi.training.base_models import Accreditation, AccreditationBatch, Entrustment, FeeItem
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import MEDICINE, OF_COUNTY, PUBLIC

pytestmark = pytest.mark.django_db
QUERIES = 25
TITLES = ["intermediate", "deputy_senior"]


@pytest.fixture
def city(make_person, monkeypatch):
    monkeypatch.setattr(kaifeng, "NOW", timezone.now())
    monkeypatch.setattr(kaifeng, "TODAY", today())
    return kaifeng.city_of(make_person)


def today():
    return clock.day_of(timezone.now())


@pytest.fixture
def open_page(city, signed_in, django_assert_max_num_queries):
    def look(who: str, name: str, *args: object, status: int = 200, sent=None, **asked: object) -> str:
        client, url = signed_in(city.people[who]), reverse(f"authority:{name}", args=args)
        with django_assert_max_num_queries(QUERIES if sent is None else 60):
            answer = client.get(url, asked) if sent is None else client.post(url, sent)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer.content.decode() if status != 303 else client.get(answer.url).content.decode()

    return look


def applied(city, scope=PUBLIC):
    return base_actions.apply(viewer=city.head, base_id=city.university.pk, scope=scope, at=timezone.now())


def approved(city, scope=PUBLIC, batch=None):
    return base_actions.approve(
        viewer=city.first, accreditation_id=applied(city, scope).pk, batch_id=batch, since=today(), until=None,
        at=timezone.now(),
    )  # fmt: skip


# ---- looking -------------------------------------------------------------------------------------------


@pytest.mark.clause("KF-36")
def test_the_list_shows_what_waits_and_is_the_same_as_a_file(city, open_page, signed_in):
    assert "还没有基地" in open_page("市局甲", "bases")
    applied(city, MEDICINE)
    shown = open_page("市局甲", "bases")
    for words in ('<span class="x-num">1</span> 份基地申请等您审批。', "开封大学", "专业科目（临床医学）", "今天收到"):
        assert words in shown
    assert "开封大学" in open_page("市局甲", "bases", text="大学", state="applied", level="municipal")
    assert "没有这样的基地" in open_page("市局甲", "bases", text="没有这个")
    assert "没有这样的基地" in open_page("市局甲", "bases", state="approved")
    assert "开封大学" in open_page("市局甲", "bases", state="odd", level="odd", text="\x00")
    client = signed_in(city.people["市局甲"])

    def file(kind, **asked):
        return client.get(reverse("authority:bases_export", args=[kind]), asked)

    line = "开封大学,市级基地,开封市,开封市人力资源和社会保障局,待审批,公需科目、专业科目,临床医学"
    assert line in text_of(file("csv"))
    assert "开封大学" not in text_of(file("csv", state="approved"))
    assert b"".join(file("xlsx").streaming_content).startswith(b"PK")
    assert file("pdf").status_code == 404


def text_of(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.clause("KF-15", "KF-31")
def test_an_officer_of_another_city_or_county_finds_nothing(city, open_page):
    one = approved(city)
    for who in ("外市", "县局甲"):
        assert "开封大学" not in open_page(who, "bases")
        open_page(who, "base", one.pk, status=404)
        for deed in ("suspend", "scope", "withdraw", "odd"):
            open_page(who, "base_change", one.pk, deed, status=404)
        open_page(who, "base_change", one.pk, "suspend", status=404, sent={"since": today(), "reason": "x"})
    open_page("市局甲", "base", 999_999, status=404)
    assert Accreditation.objects.get().state == "approved"


def test_the_city_looks_at_a_county_base_and_does_not_decide_it(city, open_page):
    of_county = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=timezone.now())
    assert "由兰考县人力资源和社会保障局主管，本局只看不办。" in open_page("市局甲", "base", of_county.pk)
    open_page("市局甲", "base_change", of_county.pk, "decide", status=404)
    assert "审批这份申请" in open_page("县局甲", "base", of_county.pk)


def test_other_offices_are_turned_away(city, signed_in, cashier, clerk, operator):
    one = approved(city)
    pages = [("bases", []), ("base", [one.pk]), ("base_change", [one.pk, "suspend"]), ("base_approvals", [])]
    pages += [("base_new", []), ("base_fees", []), ("entrustments", []), ("entrust", [])]
    for person in (cashier, clerk, operator, city.people["开大负责人"]):
        client = signed_in(person)
        for name, args in pages:
            assert client.get(reverse(f"authority:{name}", args=args)).status_code == 403, (person, name)


@pytest.mark.clause("KF-37")
def test_the_page_of_a_base_says_whether_a_class_may_be_opened(city, open_page):
    one = approved(city, MEDICINE)
    ask = {"region": "410225", "subject": "professional", "specialty": "临床医学", "title_level": "", "on": today()}
    assert "可以开这个班" in open_page("市局甲", "base", one.pk, **ask)
    no = open_page("市局甲", "base", one.pk, **ask | {"specialty": "桥梁工程"})
    assert "不能开：“桥梁工程”不在它核准的专业之内" in no
    assert "核准的专业有：临床医学" in no
    assert "请按“2026-12-31”这样填日期。" in open_page("市局甲", "base", one.pk, **ask | {"on": "明天"})
    assert "可以开这个班" not in open_page("市局甲", "base", one.pk, **ask | {"region": "4101"})


# ---- deciding ------------------------------------------------------------------------------------------


def decision(**changes):
    return {
        "verdict": "approve", "subjects": ["public"], "title_levels": TITLES, "specialties": "", "batch": "",
        "since": today().isoformat(), "last_day": "", "reason": "",
    } | changes  # fmt: skip


@pytest.mark.clause("KF-32", "KF-36")
def test_an_application_is_approved_from_its_page_and_the_history_says_by_whom(city, open_page):
    one = applied(city)
    assert "审批这份申请" in open_page("市局甲", "base", one.pk)
    assert "正高级、副高级、中级" in open_page("市局甲", "base_change", one.pk, "decide")
    last = today() + timedelta(days=365)
    shown = open_page("市局甲", "base_change", one.pk, "decide", sent=decision(last_day=last.isoformat()), status=303)
    for words in ("开封大学：已办理“审批申请”。", "示例市局甲", "有效", "公需科目；副高级、中级"):
        assert words in shown
    row = Accreditation.objects.get()
    assert (row.state, row.until) == ("approved", last + timedelta(days=1))
    assert AuditLine.objects.filter(action="training.approve_accreditation").count() == 1


def test_what_is_wrong_in_a_decision_is_said_at_the_field(city, open_page):
    one = applied(city)

    def sent(**changes):
        return open_page("市局甲", "base_change", one.pk, "decide", sent=decision(**changes), status=422)

    assert "请写明原因，基地按它补正。" in sent(verdict="return")
    assert "承担专业科目的，要写明核准的专业。" in sent(subjects=["professional"])
    assert "截止日要在生效日之后。" in sent(last_day=(today() - timedelta(days=9)).isoformat())
    assert "年份要在 2000 到 2100 之间。" in sent(since="0001-01-01")
    assert "每个专业最多 40 个字" in sent(subjects=["professional"], specialties="长" * 41)
    assert Accreditation.objects.get().state == "applied"
    back = {"verdict": "return", "reason": "请补场地证明", "subjects": [], "title_levels": [], "since": ""}
    assert "请补场地证明" in open_page("市局甲", "base_change", one.pk, "decide", sent=decision(**back), status=303)
    again = open_page("市局乙", "base_change", one.pk, "decide", sent=decision(), status=422)
    assert "这份申请已由示例市局甲办理：已退回。" in again


@pytest.mark.parametrize(
    ("deed", "sent", "words"),
    [
        ("suspend", {"since": "", "reason": "超范围办班"}, "已暂停"),
        ("scope", {"since": "", "reason": "已具备条件", "subjects": ["public", "professional"], "title_levels": TITLES,
                   "specialties": "护理\n临床医学、护理"}, "专业科目（护理、临床医学）"),
        ("renew", {"last_day": "2099-12-31", "reason": "复核合格"}, "至2099年12月31日"),
        ("withdraw", {"reason": "多次违规"}, "示例市局甲提出撤销，等另一位同事确认"),
    ],
)  # fmt: skip
def test_each_deed_is_done_from_its_page(city, open_page, deed, sent, words):
    one = approved(city)
    assert "开封大学" in open_page("市局甲", "base_change", one.pk, deed)
    wrong = open_page("市局甲", "base_change", one.pk, deed, sent=sent | {"reason": ""}, status=422)
    assert 'id="id_reason_error"' in wrong
    full = sent | ({"since": today().isoformat()} if "since" in sent else {})
    assert words in open_page("市局甲", "base_change", one.pk, deed, sent=full, status=303)


def test_a_suspension_that_lies_ahead_is_announced_and_lifted(city, open_page):
    one, later = approved(city), today() + timedelta(days=20)
    past = {"since": (today() - timedelta(days=1)).isoformat(), "reason": "x"}
    refused = open_page("市局甲", "base_change", one.pk, "suspend", sent=past, status=422)
    assert "从今天或以后的一天起" in refused
    shown = open_page(
        "市局甲", "base_change", one.pk, "suspend", sent={"since": later.isoformat(), "reason": "整改"}, status=303
    )
    assert "起暂停" in shown
    assert "恢复资格" in shown
    lifted = open_page("市局乙", "base_change", one.pk, "lift", sent={"reason": "已整改"}, status=303)
    assert "起暂停" not in lifted.split("办理记录")[0]


def test_two_people_withdraw_an_accreditation(city, open_page):
    one = approved(city)
    open_page("市局甲", "base_change", one.pk, "withdraw", sent={"reason": "多次违规"}, status=303)
    assert "确认撤销…" not in open_page("市局甲", "base", one.pk)
    open_page("市局甲", "base_change", one.pk, "confirm", sent={}, status=403)
    assert "确认撤销…" in open_page("市局乙", "base", one.pk)
    assert "多次违规" in open_page("市局乙", "base_change", one.pk, "confirm")
    assert "已撤销" in open_page("市局乙", "base_change", one.pk, "confirm", sent={"x": "y"}, status=303)
    assert Accreditation.objects.get().withdrawn_by_id == city.second.person_id


# ---- batches, paper applications -----------------------------------------------------------------------


@pytest.mark.clause("KF-40")
def test_a_batch_is_approved_with_its_exceptions_listed(city, open_page):
    first = applied(city)
    open_page("市局甲", "base_new", sent=paper(city), status=303)  # his own: a colleague decides
    own = Accreditation.objects.exclude(pk=first.pk).get()
    page = open_page("市局甲", "base_approvals")
    assert f'name="picked" value="{first.pk}"' in page
    assert f'name="picked" value="{own.pk}"' not in page
    assert "请至少勾选一份申请。" in open_page("市局甲", "base_approvals", sent=batch([]), status=422)
    missing = open_page("市局甲", "base_approvals", sent=batch([first.pk], name="", document=""), status=422)
    assert "新的一批要有名称。" in missing
    assert "请填批文的文号。" in missing
    result = open_page("市局甲", "base_approvals", sent=batch([first.pk, own.pk]), status=200)
    for words in ("已批准 1 个基地。", "1 份没有批准，原因如下", "这份申请是您登记的，要由另一位同事审批。"):
        assert words in result
    made = AccreditationBatch.objects.get()
    assert (made.name, made.document) == ("第一批", "汴人社〔2013〕96号")
    second = {"picked": [own.pk], "batch": made.pk, "since": today().isoformat()}
    assert "已批准 1 个基地。" in open_page("市局乙", "base_approvals", sent=second, status=303)
    assert set(Accreditation.objects.values_list("state", "batch")) == {("approved", made.pk)}
    assert "没有等审批的申请" in open_page("市局乙", "base_approvals")


def batch(picked, **changes):
    return {
        "picked": picked, "batch": "new", "name": "第一批", "document": "汴人社〔2013〕96号",
        "decided_on": "2013-06-15",
        "since": today().isoformat(), "last_day": "",
    } | changes  # fmt: skip


def paper(city, **changes):
    from xueshi.people.models import Organisation

    institute = Organisation.objects.get_or_create(
        name="开封市示例学院", kind="training_base", level="municipal", region=city.city.region
    )[0]
    return {
        "base": institute.pk, "subjects": ["public"], "title_levels": TITLES, "specialties": "", "reason": "纸质申请",
    } | changes  # fmt: skip


def test_a_paper_application_is_filed_for_organisations_of_the_own_level_only(city, open_page):
    sent = paper(city)
    page = open_page("市局甲", "base_new")
    assert "开封市示例学院" in page
    assert "开封大学" in page
    assert "兰考县示例进修学校" not in page
    open_page("市局甲", "base_new", sent=sent | {"base": city.school.pk}, status=422)
    filed = open_page("市局甲", "base_new", sent=sent, status=303)
    assert "这份申请是您登记的，要由另一位同事审批。" in filed
    assert "审批这份申请" not in filed
    assert "开封市示例学院" not in open_page("市局甲", "base_new")  # it has one now


# ---- entrusting, fees ----------------------------------------------------------------------------------


@pytest.mark.clause("KF-35")
def test_a_county_entrusts_and_ends_it(city, open_page):
    assert "现在没有可以委托的市级基地" in open_page("县局甲", "entrust")
    approved(city)
    sent = {
        "base": city.university.pk, "subjects": ["public"], "title_levels": ["junior"], "specialties": "",
        "since": today().isoformat(), "last_day": "", "document": "兰人社〔2026〕7号", "reason": "",
    }  # fmt: skip
    beyond = sent | {"subjects": ["professional"], "specialties": "护理"}
    assert "超出了这个基地核准的范围" in open_page("县局甲", "entrust", sent=beyond, status=422)
    shown = open_page("县局甲", "entrust", sent=sent, status=303)
    for words in ("委托已登记", "开封大学", "兰人社〔2026〕7号", "公需科目；助理级"):
        assert words in shown
    given = Entrustment.objects.get()
    assert "兰考县" in open_page("市局甲", "entrustments")
    assert "结束委托…" not in open_page("市局甲", "entrustments")  # the county's own affair
    assert "兰考县" not in open_page("外市", "entrustments")
    for who in ("市局甲", "外市"):
        open_page(who, "entrustment_end", given.pk, status=404)
    open_page("市局甲", "entrust", status=403)
    open_page("县局乙", "entrustment_end", given.pk, sent={"reason": ""}, status=422)
    ended = open_page("县局乙", "entrustment_end", given.pk, sent={"reason": "本县已建基地"}, status=303)
    assert "示例县局乙结束：本县已建基地" in ended
    assert "已结束" in ended


@pytest.mark.clause("KF-39")
def test_the_authority_publishes_the_standard(city, open_page):
    sent = {
        "subject": "public", "title_level": "", "per": "year", "amount": "60", "since": today().isoformat(),
        "basis": "汴发改收费〔2026〕示例1号",
    }  # fmt: skip
    assert "主管部门还没有公布收费标准" in open_page("市局甲", "base_fees")
    open_page("市局甲", "base_fees", sent=sent | {"amount": "-1"}, status=422)
    shown = open_page("市局甲", "base_fees", sent=sent, status=303)
    for words in ("60.00 元", "每人每年", "汴发改收费〔2026〕示例1号"):
        assert words in shown
    assert "开封市已经定了统一标准" in open_page("县局甲", "base_fees", sent=sent, status=422)
    assert "60.00 元" in open_page("县局甲", "base_fees")
    assert FeeItem.objects.count() == 1
