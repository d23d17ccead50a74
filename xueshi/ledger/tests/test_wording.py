"""Every sentence of every file can be said in words; nothing that stands there is left out silently."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from xueshi.ledger import law, phrases, purposes, registry, wording
from xueshi.ledger.phrases import Tongue

BOOKS = sorted(law.library().books)


def said(verb: str, says: Any, language: str = "zh-hans", **demands: str) -> str:
    with translation.override(language):
        return wording.sentence(verb, says, Tongue(law.of("cn-15/hohhot-etdz-2022").words, demands))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("key", BOOKS)
def test_each_provision_is_said_and_every_key_has_its_words(key, language):
    book = law.of(key)
    with translation.override(language):
        words = registry.tongue_of(book)
        for provision in book.provisions:
            sentence = registry.sentence_of(provision, law.written(provision, book), words)
            assert sentence, provision.id
            assert "{" not in sentence, provision.id
            assert "None" not in sentence, provision.id


@pytest.mark.parametrize(
    ("verb", "says", "sentence"),
    [
        ("demand", {"at_least": 90}, "当年 各类学习不少于 90 学时；用于：年度学习任务"),
        ("demand", {"at_least": 30, "of": {"category": "public"}, "within": "year", "for": []}, "只在另有规定要用时"),
        (
            "demand",
            {"courses": 1, "of": {"category": "public"}, "over": {"last": 3}},
            "近 3 年合计 公需科目不少于 1 项",
        ),
        ("demand", {"one_of_each": {"kind": ["course", "forum"]}}, "每样至少一项：课程、论坛"),
        ("demand", {"holds": {"ce_certificate": True}}, "要有：持有继续教育证书"),
        (
            "demand",
            {"any_of": [{"name": "面授", "at_least": 40}, {"name": "网络", "at_least": 60}]},
            "下列之一：面授：各类学习不少于 40 学时",
        ),
        ("demand", {"all_of": [{"name": "甲", "at_least": 1}]}, "下列每一项：甲"),
        ("demand", {"some_of": {"at_least": 2, "demands": [{"name": "甲", "courses": 1}]}}, "下列至少 2 项：甲"),
        (
            "demand",
            {"at_least": 12, "same": "kind", "when": {"title": "senior"}},
            "现职称级别为副高级或正高级的：当年 各类学习不少于 12 学时，都在同一形式里",
        ),
        (
            "demand",
            {"at_least": 9, "with": [{"of": {"kind": "forum"}, "over": {"last": 3}}]},
            "其中形式为论坛按近 3 年合计算",
        ),
        (
            "demand",
            {"at_least": {"by": "title", "senior": 90, "otherwise": 40}},
            "按现职称级别：副高级或正高级 90 学时、其余 40 学时",
        ),
        (
            "demand",
            {"at_least": {"by": "months", "steps": [{"up_to": 3, "is": 10}, {"is": 20}]}},
            "按个月：3 以内 10 学时、超过的 20 学时",
        ),
        ("demand", {"at_least": {"share": "2/5", "of": "required"}}, "应有学时的 2/5"),
        (
            "demand",
            {"at_least": [10, {"per": "days", "is": 5, "less": "leave"}]},
            "10 学时 加 每 1 天计 5 学时（先减去",
        ),
        (
            "purpose",
            {"for": "title_review", "asks": ["p"], "over": {"each_since": "title_obtained", "not_before": 2011}},
            "自“取得现职称”那一年起每一年，不早于 2011 年的",
        ),
        ("purpose", {"for": "title_review", "asks": []}, "不要求学时"),
        (
            "relief",
            {"gives": {"times": "1/3"}, "when": {"age": {"male": 50, "female": 45}}},
            "男满 50 周岁、女满 45 周岁的：只要求规定学时的 1/3",
        ),
        ("relief", {"gives": "deferred", "when": {"leave": {"months": {"at_least": 3}}}}, "顺延到下一年"),
        (
            "relief",
            {"gives": "waived", "when": {"not": {"any": [{"sex": "male"}, {"sex": "female"}]}}},
            "不是（（性别为男；或者性别为女））",
        ),
        ("owed", {"from": 2017}, "从 2017 年起计"),
        ("owed", {"from": {"year_after": "first_hired"}}, "的下一年起计"),
        ("counts", {"only": {"verified": True, "passed": False}}, "要已审验，且没有考试合格才算"),
        (
            "counts",
            {"of": {"says": "specialty"}, "only": {"matching": "specialty"}, "after": "first_hired"},
            "以后完成",
        ),
        ("counts", {"done": {"to": "2022-12-25"}}, "2022-12-25 及以前完成"),
        (
            "make_up",
            {"years": {"from": 2017, "to": 2021}, "done": {"from": "2022-08-29"}},
            "可以补学 2017–2021 年的学时；2022-08-29 及以后完成",
        ),
        (
            "earning",
            {"of": {"kind": "forum"}, "gives": "undecided", "as": ["public", "professional"]},
            "由审核人核定，算作公需科目或专业科目",
        ),
        (
            "earning",
            {"of": {"kind": "forum"}, "gives": 6, "at_most": 12, "split": 3, "valid": 3, "once": "year"},
            "计 6 学时，最多 12 学时，分 3 年计，3 年内有效，一年只计一次",
        ),
        ("earning", {"of": {"kind": "forum"}, "as": "public"}, "按原有学时计"),
        ("earning", {"of": {"kind": "forum"}, "gives": {"years": 1, "of": "p"}}, "1 年的专业部分"),
        (
            "hour",
            {"minutes": 45, "at_most": "length", "round_down_to": "1/2"},
            "每 45 分钟计 1 学时，不超过课程本身的长度，不足 1/2 学时的部分舍去",
        ),
        (
            "cap",
            {"at_most": 20, "of": {"kind": "forum"}, "towards": ["p"], "per": "year", "shared": True},
            "形式为论坛计入专业部分，最多 20 学时，几项合用这一个上限，每年分别算",
        ),
        ("carry", {"surplus_of": "p", "at_most": 5, "of": {"kind": "forum"}, "lives": 2}, "最多 5 学时，2 年内有效"),
        (
            "consequence",
            {
                "if_unmet": ["annual"],
                "effect": "bar_excellent",
                "on": ["年度考核"],
                "in_principle": True,
                "unless": {"justified_reason": {"in": "year"}},
            },
            "（原则上；例外由人决定并记录）；除非当年有",
        ),
        (
            "exam",
            {"attempts": 2, "then": "restudy", "make_up": {"by": "learner", "attempts": "unlimited"}},
            "机会：2；都未合格：重新学习；补考：学员本人，次数 不限次数",
        ),
        ("fee", {"package": {"hours": 30, "price": "75.00"}}, "30 学时共 75.00 元"),
        ("fee", {"per_hour": "2.50", "free": False}, "每学时 2.50 元"),
        ("fee", {"amount": "70.00", "per": "person_year", "covers": ["考试"]}, "70.00 元，每人每年；包含：考试"),
        ("note", {"why": "words"}, "由人掌握"),
    ],
)
def test_each_verb_is_said_in_words(verb, says, sentence):
    assert sentence in said(verb, says, p="专业部分")


def test_a_key_that_has_no_words_is_shown_by_its_name():
    assert "new_key" not in said("cap", {"at_most": 1, "towards": [], "new_key": 7})
    assert "new key: 7" in said("cap", {"at_most": 1, "towards": [], "new_key": 7})
    assert said("study", {"evidence": "timed", "a_new_one": [1, 2]}).endswith("a new one：1、2")
    assert said("lottery", {"draws": {"title": "junior"}}) == "draws: 现职称级别为助理级"


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("year", "当年"),
        ({"each_of_last": 3, "ending": "previous"}, "近 3 年每一年，到上一年为止"),
        ({"years": [2020, 2021]}, "2020、2021 合计"),
        ({"each_of_years": {"from": 2017, "to": 2021}}, "2017–2021 每一年"),
        ({"since": "first_hired", "at_most": 5}, "自“首次聘用到专业技术岗位”起合计，最多 5 年"),
        ({"cycle": 5, "from": "year"}, "从“公历年”起每 5 年一个周期"),
        ({"spell": "leave"}, "期间"),
        (
            {"last": {"by": "title", "senior": 5, "otherwise": 3}},
            "近 按现职称级别：副高级或正高级 5 年、其余 3 年 年合计",
        ),
    ],
)
def test_each_window_is_said_in_words(window, words):
    assert words in Tongue(law.of("cn-50/chongqing-2010").words).window(window)


def test_english_speaks_in_words_of_the_vocabulary():
    words = said("relief", {"gives": "waived", "when": {"degree": "doctor"}}, "en")
    assert words == "(degree: doctor) no hours are asked for"
    assert phrases.plain_name("county_hrss") == "county HRSS"


def test_an_instrument_knows_for_what_it_can_be_asked():
    asked = {one.name: one.targets for one in purposes.purposes_of(law.of("cn-15/hohhot-etdz-2022"), date(2022, 6, 1))}
    assert set(asked) == {"annual", "appointment", "title_review", "recognition"}
    assert "deputy_senior" in asked["title_review"]
    assert asked["annual"] == ()
    assert purposes.marks_asked(law.of("cn-15/hohhot-etdz-2022")) == ["specialty"]
    chongqing = purposes.purposes_of(law.of("cn-50/chongqing-2010"), date(2010, 12, 31))
    assert "title_review" not in {one.name for one in chongqing}  # only from 2011
