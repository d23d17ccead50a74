"""The learner's standing: every state says what it is, why, by which clause, and what to do next."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xueshi.certificates.tests import scenery
from xueshi.ledger import actions as ledger
from xueshi.people.models import Fact, Region
from xueshi.training.models import Enrolment

QUERIES = 20
NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def page(wang, signed_in, django_assert_max_num_queries):
    """`page(what="annual")` is what she reads; the number of queries does not hang on what there is."""

    def look(person=wang, status: int = 200, language: str = "", **asked: str) -> str:
        client = signed_in(person)
        if language:
            client.cookies["django_language"] = language
        with django_assert_max_num_queries(QUERIES):
            answer = client.get(reverse("learner:standing"), asked)
        assert answer.status_code == status
        return answer.content.decode()

    return look


@pytest.fixture
def of_region(db, make_person):
    """`of_region("150172", "开发区", title="junior")`: somebody elsewhere, born on 7 March 1980, a woman unless odd."""

    def make(code: str, name: str, serial: int = 50, **more):
        region = Region.objects.get_or_create(code=code, defaults={"name": name})[0]
        return make_person("示例外地人员", serial, region=region, **more)

    return make


@pytest.fixture
def hohhot(of_region):
    def make(**more):
        return of_region("150172", "呼和浩特经济技术开发区", **more)

    return make


def fact(person, word: str, value: str, since: date, kind: str = "word") -> None:
    Fact.objects.create(
        person=person, word=word, kind=kind, value=value, since=since, recorded_at=NOW, reason="示例"
    )  # fmt: skip


def post(person, year: int, category: str, hours: str, source: str, kind: str = "course", **marks: object) -> None:
    ledger.post(
        viewer=None, person_id=person.pk, year=year, category=category, hours=Decimal(hours), kind=kind,
        title=f"示例课程 {source}", earned_on=date(year, 6, 1), source=source, instrument="cn-50/chongqing-2010",
        provision="slip-hours", digest="0" * 64, marks={"passed": True, "verified": True, **marks}, at=NOW,
    )  # fmt: skip


# ---- every state ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("CQ-32")
def test_what_is_missing_is_said_first_with_its_clause_and_consequence(page, plan):
    shown = page(what="annual")
    for words in (
        '<span class="x-num">20</span> 学时。',
        "专技人员继续教育公需科目每年不少于20学时",
        "/notices/cn-50/chongqing-2010/#p-public",
        "年度考核不得确定为优秀等次",
        "差 20 学时",
    ):
        assert words in shown


def test_a_year_that_is_met_says_so_and_names_what_counted(wang, page, plan):
    post(wang, plan.year, "public", "20", "slip:1", kind="public_topic")
    shown = page(what="annual")
    assert "年度学习任务：学时够了。" in shown
    assert "《示例课程 slip:1》" in shown
    assert "最快的办法" not in shown
    assert "不够的后果" not in shown


def test_a_third_is_enough_at_forty_five_and_the_clause_says_why(hohhot, page):
    woman = hohhot(born=date(1977, 3, 7), title="intermediate")
    for year in (2020, 2021, 2022):
        post(woman, year, "public", "10", f"p:{year}")
        post(woman, year, "professional", "20", f"q:{year}")
    shown = page(woman, what="title_review:deputy_senior", on="2022-12-19")
    assert "学时够了。" in shown
    assert "申报高、中级职称评审的人员，需按要求完成近三年公需科目和专业科目学习" in shown
    assert "申报初级职称评审的人员" not in shown
    assert "减免后满足" in shown
    assert "要求完成规定学时的1/3即可" in shown


def test_who_treated_the_sick_is_waived(hohhot, page):
    doctor = hohhot(title="intermediate")
    fact(doctor, "covid_treatment", "true", date(2020, 2, 1), "flag")
    shown = page(doctor, what="title_review:deputy_senior", on="2022-12-19")
    assert "免，视同完成" in shown
    assert "职称评审 · 副高级：学时够了。" in shown


def test_hours_of_the_grass_roots_are_only_weighed(hohhot, page):
    person = hohhot(title="intermediate")
    fact(person, "site", "grassroots", date(2015, 1, 1))
    shown = page(person, what="title_review:deputy_senior", on="2022-12-19")
    assert "仅作参考" in shown
    assert "学时够了。" in shown


def test_a_year_before_the_transfer_is_not_owed(hohhot, page):
    person = hohhot(title="intermediate")
    fact(person, "from_government", "yes", date(2020, 5, 1), "event")
    shown = page(person, what="title_review:deputy_senior", on="2022-12-19")
    assert "这一年不用" in shown
    assert "按转任年限要求继续教育学时" in shown


def test_a_missing_fact_is_asked_for_by_its_name(hohhot, page):
    shown = page(hohhot(title="intermediate"), what="title_review:deputy_senior", on="2022-12-19")
    assert "还判断不了" in shown
    assert "单位性质" in shown
    assert "判断不了" in shown


def test_what_cannot_be_told_beside_what_is_short_is_said_on_top(page, plan):
    """Judged of a year before the present title: how far the cycle reaches back is not known."""
    lead = page(what="title_review", on="2017-06-01").partition('class="x-sheet"')[0]
    assert "现在还不够" in lead
    assert "另有判断不了的，先要知道：" in lead


def test_a_doctor_who_is_recognised_owes_nothing(hohhot, page):
    person = hohhot()
    fact(person, "degree", "doctor", date(2010, 7, 1))
    shown = page(person, what="recognition:intermediate", on="2022-12-19")
    assert "博士研究生认定中级职称不要求继续教育学时" in shown


def test_a_year_that_nobody_encoded_is_never_taken_as_complete(hohhot, page):
    shown = page(hohhot(title="intermediate"), what="annual", on="2024-06-01")
    assert "2024 年度的规定没有录入，不作判断。" in shown
    assert "没有录入的年度不会当作已达标" in shown
    assert "学时够了" not in shown


def test_whom_a_notice_does_not_bind_is_told_where_to_look(of_region, page):
    teacher = of_region("370102", "历下区")
    fact(teacher, "post", "school_teacher", date(2010, 9, 1))
    shown = page(teacher, on="2022-06-01")
    assert "这份文件不管这类人员。" in shown
    assert "中小学教师按原渠道参加继续教育" in shown


def test_where_no_law_is_encoded_nothing_is_judged(of_region, page):
    shown = page(of_region("999999", "没有录入的地区"))
    assert "没有录入的地区的规定还没有录入，不作判断。" in shown
    assert "/notices/" in shown


def test_facts_that_contradict_each_other_are_said_and_decide_nothing(make_person, page, plan):
    """A title of 2018, and a birth in 2019."""
    shown = page(make_person("示例矛盾人员", 52, born=date(2019, 3, 7), title="junior"), what="annual")
    assert "登记的资料互相矛盾，先改正才能判断。" in shown
    assert "before the person was born" in shown


def test_nothing_owed_is_not_called_complete(of_region, page):
    later = of_region("370102", "历下区", title="junior")
    fact(later, "post", "other", date(2024, 1, 1))
    fact(later, "first_hired", "yes", date(2024, 3, 1), "event")
    shown = page(later, what="annual", on="2022-06-01")
    assert "2022 年不要求学时。" in shown
    assert "学时够了" not in shown


# ---- both dates, and what is asked ---------------------------------------------------------------------------------


def test_what_was_known_on_a_day_is_answered_as_it_was_then(wang, page, plan):
    post(wang, plan.year, "public", "20", "slip:1", kind="public_topic")
    assert "学时够了。" in page(what="annual")
    then = page(what="annual", known="2020-01-01")
    assert "这是当时的结论" in then
    assert "学时够了。" not in then


def test_a_day_to_come_is_not_called_a_day_that_was(page, plan):
    shown = page(what="annual", on=f"{plan.year + 3}-06-01")
    assert "那一天还没有到" in shown
    assert "这是当时的结论" not in shown


def test_what_was_known_is_said_for_a_day_long_past_too(page, plan):
    assert "这是当时的结论" in page(what="annual", on="2018-01-01", known="2020-01-01")


def test_years_that_fall_short_alike_are_said_once_and_each(page, plan):
    assert "公需科目，每年差 20 学时" in page(what="title_review")


def test_a_file_answers_no_other_question_than_the_one_asked(wang, signed_in, page, plan):
    client = signed_in(wang)
    for asked in ({"on": "gestern"}, {"what": "lottery"}, {"known": "9999-01-01"}):
        answer = client.get(reverse("learner:standing_json"), asked)
        assert (answer.status_code, list(json.loads(answer.content)["errors"])) == (422, list(asked))
        told = client.get(reverse("learner:standing_xlsx"), asked, follow=True)
        assert 'class="x-err"' in told.content.decode()


def test_the_title_aimed_at_is_offered_only_where_it_matters(hohhot, page, wang, plan):
    assert "职称评审 · 副高级" not in page(wang)
    assert "职称评审 · 副高级" in page(hohhot(), on="2022-12-19")


@pytest.mark.parametrize(
    "asked", [{"on": "gestern"}, {"known": "9999-99-99"}, {"what": "lottery"}, {"on": "0001-01-01"}]
)
def test_what_is_not_understood_is_said_and_the_usual_is_shown(page, plan, asked):
    shown = page(status=422, **asked)
    assert 'class="x-err"' in shown
    assert "年度学习任务" in shown


def test_an_entry_that_does_not_count_says_why(hohhot, page):
    person = hohhot(title="intermediate")
    post(person, 2022, "professional", "60", "q:1", verified=False)
    shown = page(person, what="annual", on="2022-12-19")
    assert "没有计：缺“已审验”" in shown
    assert "由属地人力资源社会保障部门核定学时后" in shown


def test_hours_beyond_a_line_of_another_city_do_no_harm(wang, page, plan):
    post(wang, plan.year, "public", "20", "slip:1", kind="elective_course", course="blockchain")
    assert "20 / 20" in page(what="annual")


def test_the_number_of_queries_does_not_hang_on_the_number_of_entries(hohhot, signed_in):
    person = hohhot(title="intermediate")
    client = signed_in(person)
    asked = {"what": "title_review:deputy_senior", "on": "2022-12-19"}
    counts = []
    for more in (range(0), range(1), range(1, 25)):
        for n in more:
            post(person, 2020 + n % 3, "professional", "3", f"q:{n}")
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("learner:standing"), asked)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2] <= QUERIES


# ---- the quickest way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["earliest", "money", "hours", "nonsense"])
def test_the_plan_names_the_course_its_price_and_the_button(page, plan, by):
    shown = page(what="annual", by=by)
    for words in (f"选《{plan.course.title}》，学完并考试合格", "70.00 元", f'href="{reverse("learner:choose")}"'):
        assert words in shown


def test_a_slip_on_its_way_is_part_of_the_plan_and_costs_nothing(wang, page, plan, county_bureau):
    scenery.sent(wang, plan)
    shown = page(what="annual")
    for words in ("20 学时在审核", f"等《{plan.course.title}》的合格单审验和确认", "不用再花钱", county_bureau.name):
        assert words in shown


def test_a_slip_that_was_not_sent_leads_to_sending_it(wang, page, plan):
    scenery.slip_of(wang, plan)
    assert f"送审《{plan.course.title}》的合格单" in page(what="annual")


def test_a_course_that_is_paid_for_goes_on_with_the_next_lesson(wang, page, plan):
    at = datetime.now(UTC)
    Enrolment.objects.create(person=wang, plan=plan, chosen_at=at, opened_at=at)
    shown = page(what="annual")
    assert f"学完《{plan.course.title}》，考试合格" in shown
    assert "继续学习" in shown
    assert "不用再花钱" in shown


def test_a_plan_that_cannot_do_it_all_says_what_remains(page, plan):
    shown = page(what="title_review")
    assert "没有开放的课；请向当地人力社保部门咨询怎样补。" in shown
    assert f"选《{plan.course.title}》" in shown


def test_a_course_that_does_not_count_towards_the_year_asked_is_no_step(page, plan):
    for year in (plan.year + 3, plan.year - 2):
        shown = page(what="annual", on=f"{year}-06-01")
        assert f"选《{plan.course.title}》" not in shown
        assert "现在开放的课补不齐" in shown


def test_who_waits_for_the_unit_alone_is_not_sent_to_the_verifier(wang, page, plan, verifier):
    _slip, review = scenery.sent(wang, plan)
    scenery.verify(verifier, review)
    shown = page(what="annual")
    assert f"等《{plan.course.title}》的学时确认" in shown
    assert "合格单已审验" in shown


def test_without_any_open_course_the_page_says_so(page):
    assert "现在开放的课补不齐" in page(what="annual")


# ---- the same numbers elsewhere ------------------------------------------------------------------------------------


def test_page_json_and_workbook_have_the_same_numbers(wang, signed_in, page, plan, tmp_path):
    client = signed_in(wang)
    answer = json.loads(client.get(reverse("learner:standing_json"), {"what": "title_review"}).content)
    findings = {tuple(one["years"]): one for one in answer["assessment"]["findings"]}
    book = tmp_path / "table.xlsx"
    got = client.get(reverse("learner:standing_xlsx"), {"what": "title_review"})
    book.write_bytes(b"".join(got.streaming_content))
    rows = list(openpyxl.load_workbook(book).worksheets[0].iter_rows(min_row=2, values_only=True))
    shown = page(what="title_review")
    assert len(rows) == len(findings)
    for (years, one), row in zip(findings.items(), rows, strict=True):
        assert row[0].startswith(str(years[0]))
        assert (row[1], row[2], row[3]) == tuple(float(one[key]) for key in ("have", "need", "missing"))
        assert f"{years[0]} 公需科目" in shown
    assert answer["instrument"]["digest"] == answer["assessment"]["digest"]
    assert answer["asked"]["purpose"] == "title_review"


def test_the_page_is_read_in_english_too(page, plan):
    shown = page(what="annual", language="en")
    for words in ("not enough yet", "hours short", "The quickest way", "Public subjects", "Choose “"):
        assert words in shown


def test_the_navigation_leads_there(wang, signed_in, plan):
    home = signed_in(wang).get("/learn/").content.decode()
    assert f'href="{reverse("learner:standing")}"' in home
    assert f'href="{reverse("public:notices")}"' in home
