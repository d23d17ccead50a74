"""What anybody may read, with the notice in force and without one."""

import pytest
from django.test import Client
from django.urls import reverse

from xueshi.people.models import Person, Region

pytestmark = pytest.mark.django_db
NUMBER = "渝人社办〔2010〕257号"


def page(client: Client, name: str, language: str = "zh-hans") -> str:
    response = client.get(reverse(f"public:{name}"), headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_the_front_says_what_is_on_how_it_goes_and_by_which_notice(
    client: Client, plan: object, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(2):
        said = page(client, "home")
    assert "年度公需科目现在可以学了" in said
    assert "专业技术创新理论与案例分析" in said
    assert NUMBER in said
    assert "重庆市人力资源和社会保障局办公室" in said
    assert "2010年10月27日" in said
    for name in ("sign_in", "register", "check", "how_it_works", "help", "downloads"):
        assert f'href="{reverse(f"public:{name}")}"' in said


def test_without_a_plan_the_front_is_gentle(client: Client, chongqing: Region) -> None:
    said = page(client, "home")
    assert "现在没有开放的公需科目" in said
    assert NUMBER in said


def test_a_house_without_regions_still_has_its_front_and_its_pages(client: Client, db: None) -> None:
    for name in ("home", "how_it_works", "help", "downloads", "requirements", "privacy"):
        assert "<h1" in page(client, name)


@pytest.mark.clause("CQ-51")
def test_the_seven_steps_come_in_order_with_the_notices_sentences(client: Client, plan: object) -> None:
    said = page(client, "how_it_works")
    places = [said.index(f"第 {n} 步：") for n in range(1, 8)]
    assert places == sorted(places)
    for sentence in (
        "所有信息必须填写准确无误",
        "身份证号码作为用户名",
        "当地人力社保部门现场缴费",
        "收取70元/年.人",
        "考试共有2次机会",
        "由本人自行打印成绩合格单",
        "其余人员可直接到重庆继续教育协会审验",
    ):
        assert sentence in said


def test_the_numbers_in_our_words_are_the_laws(client: Client, plan: object) -> None:
    said = page(client, "how_it_works")
    for number in ("每人每年 70.00 元", "共有 2 次机会", "单位确认 20 学时"):
        assert number in said


@pytest.mark.clause("CQ-49", "CQ-50")
def test_help_names_whom_to_call_by_topic(client: Client, plan: object) -> None:
    said = page(client, "help")
    technical, policy = said.index("网络学习考试的技术问题"), said.index("职称评审、岗位聘任的政策问题")
    for phone in ("86868720", "86868715"):
        assert technical < said.index(phone) < policy
    for phone in ("86868705", "86868707"):
        assert policy < said.index(phone)
    for name in ("重庆市人事培训中心", "重庆继续教育协会", "专业技术人员管理处", "事业单位人事管理处"):
        assert name in said


@pytest.mark.clause("CQ-19", "CQ-20", "CQ-21")
def test_requirements_are_todays_and_the_notices_are_kept_as_history(client: Client, plan: object) -> None:
    said = page(client, "requirements")
    today, then = said.split("通知当年的要求")
    for word in ("HTML5", "不用装任何插件", "1 Mbps", "512 kbps", "1024"):
        assert word in today
    for word in ("P4-1.5G", "512M", "Flash Player 10.0", "Media Player 9.0", "大于 1Mbps", "大于 512Kbps"):
        assert word in then


def test_the_guide_and_the_form_come_as_pdf(client: Client, plan: object) -> None:
    for name in ("guide_pdf", "correction_pdf"):
        for language in ("zh-hans", "en"):
            response = client.get(reverse(f"public:{name}"), headers={"Accept-Language": language})
            assert response["Content-Type"] == "application/pdf"
            assert response.content.startswith(b"%PDF-")


def test_the_guide_holds_the_seven_steps_and_the_phones(client: Client, plan: object) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    content = client.get(reverse("public:guide_pdf"), headers={"Accept-Language": "zh-hans"}).content
    text = "".join("".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages).split())
    for word in ("操作指南", "登录选课", "打印成绩合格单", "86868720", "考试共有2次机会"):
        assert word in text


def test_who_has_signed_in_is_led_on(wang: Person, signed_in: object, plan: object) -> None:
    said = page(signed_in(wang), "home")
    assert f'href="{reverse("learner:home")}"' in said
    assert f'href="{reverse("public:register")}"' not in said


@pytest.mark.parametrize(
    "name",
    ["home", "how_it_works", "help", "downloads", "requirements", "privacy", "sign_in", "reset"],
)
def test_english_readers_read_english(client: Client, plan: object, name: str) -> None:
    import re

    said = page(client, name, "en")
    assert '<html lang="en"' in said
    for _ in range(2):
        said = re.sub(r'<(\w+)[^>]*\blang="zh[^"]*"[^>]*>(?:(?!<\1\b).)*?</\1>', "", said, flags=re.DOTALL)
    said = said.split("<body", 1)[1].split("<template", 1)[0].replace("学时", "")
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<cite>.*?</cite>", "", said)) == []
