"""What Excel does to numbers, names and days: undone where it is certain, refused where it is not."""

import io
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from conftest import id_number
from xueshi.people import rules
from xueshi.people.roster import child, columns, days, fields, numbers
from xueshi.people.roster.checking_actions import words
from xueshi.people.tests import hostile, rosters

TODAY = date(2026, 6, 1)
some = effort(max_examples=60)
births = st.dates(date(1930, 1, 1), date(1999, 12, 31))
people = st.builds(lambda n, born: id_number(n, born=born), st.integers(0, 999), births)


def cells(*typed: str, kind: str = "t") -> pl.DataFrame:
    return pl.DataFrame(
        {"row": range(2, len(typed) + 2), "text": typed, "kind": [kind] * len(typed)},
        schema={"row": pl.UInt32, "text": pl.String, "kind": pl.String},
    )


def read_id(typed: str, kind: str = "t") -> dict[str, Any]:
    return numbers.identity(cells(typed, kind=kind), TODAY).row(0, named=True)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@some
@given(
    people, st.sampled_from(["", " ", "'", "\u3000", "\u00a0", "\u200b", "\ufeff", "\t"]), st.booleans(), st.booleans()
)
def test_a_number_is_the_same_however_it_was_dressed(number: str, blank: str, small: bool, broad: bool) -> None:
    typed = wide(number) if broad else number
    typed = typed.lower() if small else typed
    typed = blank + typed if blank == "'" else blank + typed[:6] + blank + typed[6:] + blank
    read = read_id(typed)
    assert read["value"] == number
    assert (read["mend"] == "id-tidied") == (typed != number)
    assert (read["born"], read["sex"]) == (
        date(int(number[6:10]), int(number[10:12]), int(number[12:14])), "male" if int(number[16]) % 2 else "female",
    )  # fmt: skip


@some
@given(people)
def test_fifteen_places_become_eighteen_also_from_a_number_cell(number: str) -> None:
    short = number[:6] + number[8:17]
    for typed, kind in ((short, "t"), (short, "n"), (f"{short}.0", "t"), (f"{float(short):.14E}", "n")):
        read = read_id(typed, kind)
        assert (read["value"], read["mend"], read["code"]) == (number, "id-15", None), (typed, kind)


@some
@given(people)
def test_eighteen_digits_in_a_number_cell_are_lost_whatever_they_look_like(number: str) -> None:
    digits = number[:17] + number[17].replace("X", "0")
    as_excel = f"{float(digits[:15] + '000'):.14E}"
    for typed, kind in ((digits, "n"), (as_excel, "n"), (f"{digits}.0", "t")):
        read = read_id(typed, kind)
        assert (read["value"], read["code"]) == (None, "id-number-cell"), (typed, kind)
    assert read_id(f"{float(digits):.5E}")["code"] == "id-scientific"


@some
@given(people, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_for_a_number(number: str, place: int, by: int) -> None:
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    read = read_id(wrong)
    assert read["value"] is None
    judged = rules.identity(wrong, today=TODAY)
    assert isinstance(judged, rules.NotAnIdentity)
    assert read["code"] == f"id-{judged.problem}"
    if read["code"] == "id-check":
        assert read["fact"] == judged.expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "id-missing"), (" ", "id-missing"), ("5001", "id-length"), ("50019919800307002", "id-length"),
     ("5001991980O3070020", "id-characters"), ("500199198002300020", "id-birth"), ("500199209003070020", "id-future"),
     ("5.00199E+17", "id-scientific"), ("见附件", "id-length"), ("无", "id-length")],
)  # fmt: skip
def test_what_is_no_number_is_refused(typed: str, code: str) -> None:
    assert read_id(typed)["code"] == code


def test_one_person_twice_is_told_of_both_rows_also_in_fifteen_places() -> None:
    first, second = rosters.number(1), rosters.number(2)
    read = numbers.identity(cells(first, second, first, second[:6] + second[8:17], rosters.number(3)), TODAY)
    told = columns._twice(read).sort("row").rows()
    assert told == [(2, "id-twice", "4"), (3, "id-twice-15-18", "5"), (4, "id-twice", "2"), (5, "id-twice-15-18", "3")]


@some
@given(st.dates(date(1950, 1, 1), TODAY))
def test_a_day_is_read_in_every_shape_that_means_one_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    shapes = [day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{day:%Y%m%d}", f"{day} 00:00:00",
              f" {y} / {m} / {d} ", wide(f"{y}") + f"-{m}-{d}", f"{day.isoformat()}T00:00:00"]  # fmt: skip
    assert set(days.days(cells(*shapes), TODAY, date1904=False)["value"]) == {day}
    serial = (day - date(1899, 12, 30)).days
    found = days.days(cells(str(serial), f"{serial}.75", f"{day:%Y%m%d}", kind="n"), TODAY, date1904=False)
    assert set(found["value"]) == {day}
    assert set(days.days(cells(str(serial - 1_462), kind="n"), TODAY, date1904=True)["value"]) == {day}


@some
@given(st.dates(date(1950, 1, 1), TODAY))
def test_a_day_behind_its_month_is_read_only_where_it_can_be_nothing_else(day: date) -> None:
    for typed in (f"{day.day}/{day.month}/{day.year}", f"{day.month}-{day.day}-{day.year}"):
        read = days.days(cells(typed), TODAY, date1904=False).row(0, named=True)
        if day.day > 12 or day.day == day.month:
            assert (read["value"], read["mend"]) == (day, "date-turned")
        else:
            assert (read["value"], read["code"]) == (None, "date-ambiguous")


@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [("2015.07", "t", "date-no-day"), ("2015.1", "n", "date-no-day"), ("2015年", "t", "date-no-day"),
     ("201507", "n", "date-no-day"), ("15-7-1", "t", "date-ambiguous"), ("去年", "t", "date-unclear"),
     ("2015-02-30", "t", "date-unclear"), ("2030-01-01", "t", "date-future"), ("45000000", "n", "date-unclear"),
     ("无", "t", None), ("/", "t", None)],
)  # fmt: skip
def test_what_is_no_day_is_refused_and_nothing_is_nothing(typed: str, kind: str, code: str | None) -> None:
    read = days.days(cells(typed, kind=kind), TODAY, date1904=False).row(0, named=True)
    assert (read["value"], read["code"]) == (None, code)


@some
@given(st.integers(13_000_000_000, 19_999_999_999).map(str))
def test_a_phone_is_restored_while_all_its_digits_are_there(phone: str) -> None:
    shapes = [phone, f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", wide(phone), f"{float(phone):.10E}",
              f"{phone}.0"]  # fmt: skip
    assert set(numbers.phone(cells(*shapes))["value"]) == {phone}
    assert numbers.phone(cells(f"{float(phone):.10E}"))["mend"].to_list() == ["phone-restored"]
    assert numbers.phone(cells(phone, f"{float(phone)}", kind="n"))["value"].to_list() == [phone, phone]
    assert numbers.phone(cells(f"{float(phone):.2E}"))["code"].to_list() == ["phone-scientific"]


@pytest.mark.parametrize("typed", ["1380000000", "12345678901", "023-12345678", "138000000000", "ab"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    assert numbers.phone(cells(typed))["code"].to_list() == ["phone"]


@pytest.mark.parametrize(
    ("typed", "name", "code"),
    [("张 三", "张三", None), ("张　三", "张三", None), (" 欧阳\u200b娜娜", "欧阳娜娜", None), ("𠮷田", "𠮷田", None),
     ("䶮䶮", "䶮䶮", None), ("\ue863辰", "䶮辰", None), ("\ue863", None, "name"), ("\ue000明", None, "name-private"),
     ("买买提•艾力", "买买提·艾力", None), ("Anna Li", "Anna Li", None), ("张3", None, "name"), ("张", None, "name"),
     ("", None, "name-missing"), ("=cmd", None, "name"), ("合计：5人", None, "name")],
)  # fmt: skip
def test_names_keep_their_rare_characters_and_lose_what_is_none(typed: str, name: str | None, code: str | None) -> None:
    read = columns._name(cells(typed)).row(0, named=True)
    assert read["code"] == code
    if code is None:
        assert read["value"] == name == rules.name(name or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_table_is_read_in_every_encoding_that_offices_use(encoding: str, delimiter: str) -> None:
    rare = ["示例䶮", "示例𠂇", "示例曾"]
    lines = [["姓名", "身份证号"], *([name, rosters.number(n)] for n, name in enumerate(rare))]
    sheet = child.read("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    assert sheet.rows["c0"].to_list() == ["姓名", *rare]


@pytest.mark.parametrize("above", ["示例单位人员名册", "示例单位，2026 年，在编人员", "sep={0}"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_title_above_the_headings_decides_no_delimiter(above: str, delimiter: str) -> None:
    lines = [["姓名", "身份证号", "备注"], ["示例甲", rosters.number(1), "甲，乙，丙"]]
    text = "\n".join([above.format(delimiter), *(delimiter.join(line) for line in lines)])
    rows = child.read(text.encode("gb18030")).rows
    assert rows.select("c0", "c1", "c2").rows()[1:] == [tuple(line) for line in lines]


def test_a_hundred_thousand_rows_with_a_formula_each_are_read() -> None:
    many = [["示例甲", "500199198003070020", "=A2&B2"]] * 100_000
    rows = child.read(rosters.workbook(many, ["姓名", "身份证号", "核对"])).rows
    assert rows.height == 100_001


@pytest.mark.parametrize(
    "formula", ["<f>A1&amp;B1</f>", '<f t="shared" ref="C2:C9" si="0">A1&amp;B1</f>', '<f t="shared" si="0"/>', "<f/>"]
)
def test_a_formula_is_what_it_came_to(formula: str) -> None:
    cell = f'<row r="1"><c r="A1" s="2" t="str">{formula}<v>甲&amp;乙</v></c><c r="B1">{formula}<v>7</v></c></row>'
    cell += f'<row r="2"><c r="A2" t="str">{formula}<v/></c><c r="B2">{formula}</c><c r="C2"><v>1</v></c></row>'
    rows = child.read(hostile._sheet(cell)).rows
    assert rows.rows() == [(1, "tn", "甲&乙", "7", None), (2, "  n", None, None, "1")]


def test_a_workbook_keeps_kinds_gaps_and_escapes() -> None:
    book = rosters.workbook(
        [["a<b&c", None, 500199198003070020], [date(2020, 1, 2), " ", "_x0041_"]], ["甲", "乙", "丙"]
    )
    rows = child.read(book).rows
    assert rows["kinds"].to_list() == ["ttt", "t n", "ntt"]
    assert rows["c0"].to_list() == ["甲", "a<b&c", "43832"]
    assert rows["c2"].to_list()[2] == "A"


def _around() -> columns.Around:
    return columns.Around(TODAY, words(str(settings.POLICIES_DIR)), {"示例人才": 9}, {"渝中区": 5, "500103": 5})


def check(**changed: list[str]) -> list[tuple[str, str]]:
    made = {"姓名": ["示例甲甲"], "身份证号": [rosters.number(1)]} | changed
    mapping = fields.recognised(list(made), {})
    raw = pl.DataFrame({"row": [2], "kinds": ["t" * len(made)], **{f"c{n}": v for n, v in enumerate(made.values())}})
    checked = columns.check(raw.with_columns(pl.col("row").cast(pl.UInt32)), mapping, _around())
    return [(line["column"], line["code"]) for line in checked.problems.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"职称级别": ["中级"], "取得职称日期": ["2015-07-01"]}, []),
        ({"职称级别": ["中级"]}, [("title_obtained_on", "title-no-date")]),
        ({"取得职称日期": ["2015-07-01"]}, [("title_level", "title-no-level")]),
        ({"职称级别": ["大师"], "取得职称日期": ["2015-07-01"]}, [("title_level", "title-unknown")]),
        ({"职称级别": ["高级"], "取得职称日期": ["2015-07-01"]}, [("title_level", "title-of-two")]),
        ({"职称级别": ["无"]}, []),
        ({"取得职称日期": ["1950-01-01"], "职称级别": ["中级"]}, [("title_obtained_on", "date-before-birth")]),
        ({"学历": ["本科（学士）"]}, [("degree", "word-unknown")]),
        ({"学历": ["本科"]}, []),
        ({"档案保管": ["人才代理机构"], "代理机构": ["示例人才"]}, []),
        ({"档案保管": ["人才代理机构"]}, [("file_agency", "agency-missing")]),
        ({"代理机构": ["示例人才"]}, [("file_keeper", "agency-not-keeper")]),
        ({"档案保管": ["人才代理机构"], "代理机构": ["别处"]}, [("file_agency", "agency-unknown")]),
        ({"区县": ["渝中区"]}, []),
        ({"区县": ["火星区"]}, [("region", "region-unknown")]),
        ({"邮箱": ["a@EXAMPLE.com"]}, []),
        ({"邮箱": ["a at b"]}, [("email", "email")]),
        ({"在职": ["是"]}, []),
        ({"在职": ["大概"]}, [("on_the_job", "word-unknown")]),
    ],
)  # fmt: skip
def test_each_refusal_of_a_cell_beside_its_success(changed: dict[str, list[str]], told: list[tuple[str, str]]) -> None:
    assert check(**changed) == told


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_recognised_in_both_languages(language: str) -> None:
    from openpyxl import load_workbook

    from xueshi.people import roster_queries

    with translation.override(language):
        book = load_workbook(io.BytesIO(roster_queries.template_xlsx()))
    headings = [str(cell.value) for cell in book.worksheets[0][1]]
    assert list(fields.recognised(headings, {})) == list(fields.KEYS)
    example = str(book.worksheets[0]["B2"].value)
    assert isinstance(rules.identity(example, today=TODAY), rules.NotAnIdentity)  # left in, it brings nobody
    assert {cell.number_format for row in book.worksheets[0]["A1:L2"] for cell in row} == {"@"}


def test_a_title_above_the_headings_is_no_heading() -> None:
    assert fields.heading_row([["示例单位人员名册"], ["制表：某某", "2026 年"], ["姓名*", "身份证号（18位）"]], {}) == 2


def test_a_heading_of_the_last_roster_is_remembered() -> None:
    assert fields.recognised(["人", "号"], {"人": "name", "号": "id_number"}) == {"name": 0, "id_number": 1}


def test_a_hundred_years_of_days_are_days() -> None:
    every = [date(1930, 1, 1) + timedelta(days=n) for n in range(0, 35_000, 97)]
    read = days.days(cells(*(day.isoformat() for day in every)), TODAY, date1904=False)
    assert read["value"].to_list() == every
