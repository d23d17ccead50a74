"""What clerks write into cells, and what is said of what cannot be read."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.command import cells
from xueshi.command.cells import Bad, tidy
from xueshi.policy.words import Word

TITLE = Word("title", "现职称级别", "word", values={"junior": "助理级", "intermediate": "中级"}, ordered=True)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2022-12-31",
            "2022/12/31",
            "2022.12.31",
            "2022年12月31日",
            "2022年12月31",
            "２０２２－１２－３１",
            " 2022-12-31 ",
        ),
        *("20221231", "44926", "44926.0", "2022-12-31 00:00:00", "2022-12-31T08:30", "2022/12/31 8:30"),
    ],
)
def test_a_day_is_read_in_every_way_of_writing_it(text: str) -> None:
    assert cells.day(tidy(text)) == date(2022, 12, 31)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *(
            ("12/31/2022", "不是日期"),
            ("2022-13-01", "没有这一天"),
            ("2022年2月30日", "没有这一天"),
            ("2022-12", "不是日期"),
        ),
        *(("去年", "不是日期"), ("22.12.31", "不是日期"), ("1022-12-31", "不在 1900"), ("20221301", "没有这一天")),
    ],
)
def test_a_day_that_is_none_is_refused_with_how_to_write_it(text: str, problem: str) -> None:
    with pytest.raises(Bad) as refused:
        cells.day(tidy(text))
    assert problem in refused.value.problem.zh
    assert "2022-12-31" in refused.value.instead.zh


@pytest.mark.parametrize("text", ["2022", "2022年", "2022年度", "2022.0", "２０２２"])
def test_a_year_is_read_in_every_way_of_writing_it(text: str) -> None:
    assert cells.year(tidy(text)) == 2022


@pytest.mark.parametrize("text", ["22", "二〇二二", "2022.5", "3022"])
def test_a_year_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Bad, match="no year"):
        cells.year(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("30", 30),
        ("29.5", "29.5"),
        ("30.0", 30),
        ("３０", 30),
        ("1,200", 1200),
        ("30学时", 30),
        ("30 课时", 30),
        ("0", 0),
    ],
)
def test_hours_are_read(text: str, hours: object) -> None:
    assert cells.hours(tidy(text)) == Decimal(str(hours))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-5", "小于零"),
        ("三十", "不是数"),
        ("30/60", "不是数"),
        ("NaN", "不是数"),
        ("29.99999", "1/1800"),
        ("", "不是数"),
    ],
)
def test_hours_that_are_none_are_refused(text: str, problem: str) -> None:
    with pytest.raises(Bad) as refused:
        cells.hours(text)
    assert problem in refused.value.problem.zh


@pytest.mark.parametrize(
    ("text", "person"),
    [
        *(("110101199001010011", "110101199001010011"), (" 11010119900101001x ", "11010119900101001X")),
        *(("A-17", "A-17"), ("１００３", "1003"), ("1003.0", "1003"), ("110101 19900101 0011", "110101199001010011")),
    ],
)
def test_a_person_is_read(text: str, person: str) -> None:
    assert cells.person(tidy(text)) == person


@pytest.mark.parametrize("text", ["1.1010119900101E+17", "1.10101e17", "1E+17"])
def test_an_identity_number_that_lost_its_digits_is_refused(text: str) -> None:
    with pytest.raises(Bad) as refused:
        cells.person(text)
    assert "丢失" in refused.value.problem.zh
    assert "文本" in refused.value.instead.zh


@pytest.mark.parametrize("text", ["合计", "合计：12人", "制表人：示例甲", "总计"])
def test_a_row_of_totals_is_no_person(text: str) -> None:
    with pytest.raises(Bad, match="about nobody"):
        cells.person(text)


@pytest.mark.parametrize(
    ("text", "flag"), [("是", True), ("否", False), ("TRUE", True), ("0", False), ("√", True), ("×", False)]
)
def test_a_flag_is_read(text: str, flag: bool) -> None:
    assert cells.flag(tidy(text)) is flag


def test_a_flag_that_is_none_is_refused() -> None:
    with pytest.raises(Bad, match="neither yes nor no"):
        cells.flag("也许")


@pytest.mark.parametrize("text", ["中级", "intermediate", "Intermediate", "中 级"])
def test_a_word_is_read_by_its_key_or_its_term(text: str) -> None:
    assert cells.word(TITLE)(text) == "intermediate"


def test_a_word_that_is_none_says_what_was_meant() -> None:
    with pytest.raises(Bad) as refused:
        cells.word(TITLE)("intermediat")
    assert "Did you mean 'intermediate'?" in refused.value.instead.en
    assert "助理级、中级" in refused.value.instead.zh


def test_a_word_may_change_on_a_day() -> None:
    read = cells.dated_word(TITLE)
    assert read("中级") == "intermediate"
    assert read("中级 2013-05-20") == ((date(2013, 5, 20), "intermediate"),)
    assert read("中级 2013-05-20; 助理级2008年7月1日起") == (
        (date(2008, 7, 1), "junior"),
        (date(2013, 5, 20), "intermediate"),
    )
    with pytest.raises(Bad, match="needs the day"):
        read("助理级; 中级")


def test_marks_may_be_several() -> None:
    assert cells.words(TITLE)("中级") == "intermediate"
    assert cells.words(TITLE)("中级、助理级") == ("intermediate", "junior")


def test_events_are_days_and_none_is_known() -> None:
    assert cells.days("2020-01-01;2019/1/1") == (date(2019, 1, 1), date(2020, 1, 1))
    assert cells.days("无") == ()


def test_spells_are_from_to() -> None:
    assert cells.spells("2020-03-01~2020-09-30;2019年1月1日至2019年2月1日") == (
        (date(2019, 1, 1), date(2019, 2, 1)),
        (date(2020, 3, 1), date(2020, 9, 30)),
    )
    assert cells.spells("2020-03-01~") == ((date(2020, 3, 1), None),)
    assert cells.spells("无") == ()
    for text, said in (
        ("2020-03-01", "no span"),
        ("2020-03-02~2020-03-01", "before it begins"),
        ("~2020-01-01", "no span"),
    ):
        with pytest.raises(Bad, match=said):
            cells.spells(text)


def test_numbers_are_whole_where_they_are() -> None:
    assert cells.count("3.0") == 3
    assert cells.count("3.5") == Decimal("3.5")


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "=A1+B1"])
def test_what_a_formula_left_behind_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        cells.computed(text)
    assert cells.computed("30") == "30"
    assert cells.computed('="00123"') == "00123"


def test_invisible_signs_and_full_width_forms_are_gone() -> None:
    assert tidy("\ufeff　ＡＢ１２\u200b ") == "AB12"
