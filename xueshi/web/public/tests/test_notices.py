"""The registry of notices: everybody reads what each says, and what the system makes of it."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from xueshi.ledger import law

CHONGQING = ("cn-50", "chongqing-2010")


@pytest.fixture
def page(db, client, django_assert_num_queries):
    """Read without a single query: the law is not in the database."""

    def look(name: str, *args: str, status: int = 200, **asked: str) -> str:
        with django_assert_num_queries(0):
            answer = client.get(reverse(f"public:{name}", args=args), asked)
        assert answer.status_code == status
        return answer.content.decode()

    return look


def test_every_notice_is_listed_with_what_identifies_it(page):
    shown = page("notices")
    for book in law.library().books.values():
        for words in (book.title, book.number, book.issuer, book.region.name):
            assert words in shown
    assert "文字为还原稿" in shown


def test_the_list_is_narrowed_by_region_and_by_words(page):
    assert law.of("cn-37/jinan-2017").title not in page("notices", region="50")
    found = page("notices", text="模拟考试练习")
    assert law.of("cn-50/chongqing-2010").title in found
    assert law.of("cn-37/jinan-2017").title not in found
    assert "没有这样的文件" in page("notices", text="绝没有这几个字")
    page("notices", region="nowhere", status=422)


@pytest.mark.parametrize("key", sorted(law.library().books))
def test_each_article_stands_beside_its_sentence_in_the_order_of_the_law(page, key):
    shown, book = page("notice", *key.split("/")), law.of(key)
    places = [shown.index(f'id="p-{one.id}"') for one in book.provisions if not one.instrument or one.instrument == key]
    assert places == sorted(places)
    assert book.digest in shown
    assert book.source_sha256 in shown
    assert "对不上" not in shown


def test_a_sentence_of_law_is_said_with_its_reading_and_where_it_is_silent(page):
    shown = page("notice", *CHONGQING)
    for words in (
        "考试共有2次机会",
        "机会：2；都未合格：重新学习",
        "A-19.",
        'lang="en"',
        "本文件没有规定",
        "减免与倾斜",
        "（原文未收录）",
        "2011年1月1日起",
    ):
        assert words in shown


def test_definitions_and_whom_it_binds_are_said(page):
    kaifeng = page("notice", "cn-41", "kaifeng-2013")
    for words in ("职称层次", "现职称级别为中级或副高级或正高级", "适用于", "还原稿"):
        assert words in kaifeng


def test_an_amended_provision_shows_both_wordings_each_with_its_own_place(page, settings, tmp_path):
    copy = tmp_path / "policies"
    shutil.copytree(settings.POLICIES_DIR, copy)
    file = copy / "cn-50" / "chongqing-2010.yaml"
    words = file.read_text(encoding="utf8")
    old = re.search(r"  - id: public\n.*?(?=\n  - id: )", words, re.DOTALL)
    assert old
    ended = old.group(0).replace("  - id: public\n", "  - id: public\n    until: 2019-12-31\n", 1)
    newer = old.group(0).replace("  - id: public\n", "  - id: public\n    since: 2020-01-01\n", 1).replace("20", "24")
    newer = newer.replace("since: 2424-01-01", "since: 2020-01-01")
    file.write_text(words.replace(old.group(0), f"{ended}\n{newer}"), encoding="utf8")
    settings.POLICIES_DIR = copy
    shown = page("notice", *CHONGQING)
    assert shown.index('id="p-public"') < shown.index('id="p-public-20101027"')
    assert "不少于 24 学时" in shown
    assert "不少于 20 学时" in shown
    assert "另有 1 个文本" in shown
    assert "现在不适用" in shown


@pytest.mark.parametrize("key", sorted(law.library().books))
def test_the_text_is_given_out_byte_for_byte(client, key):
    answer = client.get(reverse("public:notice_text", args=key.split("/")))
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == law.of(key).source_sha256
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_text_that_was_changed_is_noticed(page, settings, tmp_path):
    copy = tmp_path / "policies"
    shutil.copytree(settings.POLICIES_DIR, copy)
    source: Path = copy / "cn-50" / law.of("cn-50/chongqing-2010").source
    source.write_bytes(source.read_bytes() + b" ")
    settings.POLICIES_DIR = copy
    assert "与收存的文本对不上" in page("notice", *CHONGQING)


@pytest.mark.parametrize("place", [("cn-50", "nothing"), ("..", "words"), ("cn-50", "chongqing-2010.yaml")])
def test_what_is_not_held_is_absent(client, place):
    for name in ("notice", "notice_text"):
        assert client.get(reverse(f"public:{name}", args=place)).status_code == 404


def test_the_registry_is_read_in_english_too(client):
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("public:notice", args=CHONGQING)).content.decode()
    for words in ("This notice is silent on", "Sentence by sentence", "Chances: 2", "Original wording"):
        assert words in shown
