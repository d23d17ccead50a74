"""How names are read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.people import pinyin

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("王小明", "wang xiao ming"),
        ("曾丽", "zeng li|ceng li"),
        ("单雄信", "shan xiong xin|dan xiong xin"),
        ("丁单", "ding dan|ding shan"),
        ("解缙", "xie jin|jie jin"),
        ("仇英", "qiu ying|chou ying"),
        ("翟让", "zhai rang|di rang"),
        ("朴树", "piao shu|pu shu"),
        ("覃长乐", "qin chang le|tan chang le|qin zhang le|qin chang yue"),
        ("欧阳锋", "ou yang feng"),
        ("欧长", "ou chang|ou zhang"),
        ("长孙无忌", "zhang sun wu ji"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("单于丹", "chan yu dan"),
        ("吕绿", "lv lv"),
        ("女娲", "nv wa"),
        ("买买提·艾山", "mai mai ti ai shan"),
        ("John Smith", "john smith"),
        ("A1李", "a1 li"),
        ("Ａ李", "a li"),
        ("O'Neill", "o neill"),
        ("", ""),
    ],
)
def test_a_name_is_read_as_its_owner_would(name: str, read: str) -> None:
    assert pinyin.of(name) == read


@pytest.mark.parametrize("rare", ["𠮷", "㐂", "𬎆", "\U00030edd", "\ue863"])
def test_a_rare_character_without_a_reading_stays_as_it_is(rare: str) -> None:
    table = pinyin._table()
    expected = table.get(rare, rare)
    assert pinyin.of(f"{rare}田") == f"{expected} tian"
    assert pinyin.of(f"王{rare}") == f"wang {expected}"


def test_a_name_longer_than_the_column_is_cut_between_syllables() -> None:
    read = pinyin.of("庄" * 60)
    assert len(read) <= pinyin.MOST
    assert set(read.split(" ")) == {"zhuang"}


@given(st.text(max_size=60))
def test_whatever_a_name_is_its_reading_fits_and_has_no_empty_syllable(name: str) -> None:
    read = pinyin.of(name)
    assert len(read) <= pinyin.MOST
    for reading in read.split("|"):
        assert "" not in reading.split(" ") or reading == ""
    assert read == read.lower() or not read.isascii()


@given(st.lists(HAN, min_size=1, max_size=4).map("".join))
def test_readings_of_a_chinese_name_have_the_same_number_of_syllables(name: str) -> None:
    counts = {len(reading.split(" ")) for reading in pinyin.of(name).split("|")}
    assert counts == {len(unicodedata.normalize("NFKC", name))}


@given(st.text(HAN, min_size=1, max_size=3), st.text(HAN, min_size=1, max_size=3))
def test_the_quick_way_and_the_slow_one_read_alike(first: str, second: str) -> None:
    assert pinyin.of(first + second) == pinyin._slowly(first + second)
