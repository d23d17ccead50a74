"""Question sheets: every kind of bad one beside a good one."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.exams import rules, sheets, wording
from xueshi.exams.rules import COLUMNS, Cell, SheetRow

GOOD = {
    "题号": "A-1", "题型": "单选", "题干": "哪一个是创新？", "选项A": "甲", "选项B": "乙", "选项C": "丙", "选项D": "丁",
    "答案": "B", "解析": "见第一讲。", "讲次": "1",
}  # fmt: skip


def xlsx(*rows, head=COLUMNS, merge=(), change=None):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(head))
    for row in rows:
        sheet.append([row.get(column) for column in head] if isinstance(row, dict) else list(row))
    for span in merge:
        sheet.merge_cells(span)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(number=2, **cells):
    return SheetRow(number, {column: Cell(text) for column, text in {**GOOD, **cells}.items()})


def faults_of(data):
    checked = rules.check_sheet(sheets.read(data))
    return {(row.number, fault.column, fault.code) for row, faults in checked.faulty for fault in faults}


def test_a_good_row_is_a_question():
    (draft,) = rules.check_sheet(sheets.read(xlsx(GOOD))).good
    assert (draft.code, draft.kind, draft.options, draft.key, draft.section) == (
        "A-1", "single", ("甲", "乙", "丙", "丁"), (1,), "1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"题型": "多选题", "答案": "ACD"}, (0, 2, 3)),
        ({"题型": "多选", "答案": "d、ａ，c"}, (0, 2, 3)),
        ({"题型": "判断", "选项A": "", "选项B": "", "选项C": "", "选项D": "", "答案": "错误"}, (1,)),
        ({"题型": "判断题", "选项A": "正确", "选项B": "错误", "选项C": "", "选项D": "", "答案": "A"}, (0,)),
        ({"解析": "", "讲次": ""}, (1,)),
        ({"选项E": "戊", "答案": "e"}, (4,)),
    ],
)
def test_a_question_may_be_written_in_several_ways(changes, key):
    draft, faults = rules.parse_row(row(**changes))
    assert faults == ()
    assert draft.key == key


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"题号": ""}, ("题号", "empty")),
        ({"题干": " "}, ("题干", "empty")),
        ({"题干": "长" * 2001}, ("题干", "too_long")),
        ({"题型": ""}, ("题型", "empty")),
        ({"题型": "填空"}, ("题型", "unknown_kind")),
        ({"答案": ""}, ("答案", "no_key")),
        ({"答案": "甲"}, ("答案", "not_letters")),
        ({"答案": "E"}, ("答案", "no_such_option")),
        ({"答案": "AB"}, ("答案", "single_with_many")),
        ({"题型": "多选", "答案": "A"}, ("答案", "multiple_with_one")),
        ({"题型": "多选", "答案": "ABA"}, ("答案", "letter_twice")),
        ({"选项C": "甲"}, ("选项C", "option_twice")),
        ({"选项B": "", "答案": "A"}, ("选项B", "hole")),
        ({"选项B": "", "选项C": "", "选项D": "", "答案": "A"}, ("选项B", "hole")),
        ({"题型": "判断", "选项C": "", "选项D": "", "答案": "正确"}, ("选项A", "judgement_options")),
        (
            {"题型": "判断", "选项A": "", "选项B": "", "选项C": "", "选项D": "", "答案": "也许"},
            ("答案", "judgement_key"),
        ),
    ],
)
def test_a_bad_row_says_which_cell_and_why(changes, fault):
    assert rules.parse_row(row())[1] == ()
    draft, faults = rules.parse_row(row(**changes))
    assert draft is None
    assert fault in {(found.column, found.code) for found in faults}
    assert all(wording.of_cell(found.column, found.code, found.facts) for found in faults)


def test_a_repeated_number_or_stem_is_a_fault_of_each_row():
    rows = [row(2), row(3, 题干="另一题"), row(4, 题号="A-9"), row(5, 题号="A-10", 题干="第三题")]
    checked = rules.check_sheet(rows)
    assert {(r.number, f.code, f.facts["row"]) for r, faults in checked.faulty for f in faults} == {
        (2, "code_twice", 3), (2, "stem_twice", 4), (3, "code_twice", 2), (4, "stem_twice", 2),
    }  # fmt: skip
    assert [draft.code for draft in checked.good] == ["A-10"]


def test_a_formula_is_told_and_not_believed():
    assert faults_of(xlsx(GOOD, {**GOOD, "题号": "A-2", "题干": "=CONCAT(1,2)"})) == {(3, "题干", "is_formula")}


def test_merged_cells_are_told_row_by_row():
    data = xlsx(GOOD, {**GOOD, "题号": "A-2", "题干": "第二题"}, {**GOOD, "题号": "A-3", "题干": None}, merge=["C3:C4"])
    assert faults_of(data) == {(3, "题干", "is_merged"), (4, "题干", "is_merged")}


def test_dates_and_broken_values_are_told():
    def change(sheet):
        import datetime

        sheet["D2"].value = datetime.datetime(2026, 1, 2)
        sheet["E2"].value, sheet["E2"].data_type = "#REF!", "e"

    assert faults_of(xlsx(GOOD, change=change)) == {(2, "选项A", "is_date"), (2, "选项B", "is_error")}


def test_numbers_that_a_spreadsheet_made_floats_read_as_they_were_typed():
    data = xlsx({**GOOD, "题号": 101.0, "选项A": 1.0, "选项B": 2.5, "讲次": 1.0})
    (draft,) = rules.check_sheet(sheets.read(data)).good
    assert (draft.code, draft.options[:2], draft.section) == ("101", ("1", "2.5"), "1")


def test_columns_may_stand_in_any_order_and_empty_rows_are_no_rows():
    (draft,) = rules.check_sheet(sheets.read(xlsx({}, GOOD, {}, head=COLUMNS[::-1]))).good
    assert draft.code == "A-1"


def test_the_template_and_a_sheet_of_rejected_rows_can_be_read_again():
    assert len(rules.check_sheet(sheets.read(sheets.template())).good) == 3
    rejected = sheets.write([(*[GOOD.get(c, "") for c in COLUMNS], "没有答案。")], also=[sheets.REASON])
    assert len(rules.check_sheet(sheets.read(rejected)).good) == 1


def test_what_was_typed_as_a_formula_stays_text_in_the_sheet_of_rejected_rows():
    data = sheets.write([["=HYPERLINK(1)", *[""] * 10]])
    cell = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]["A2"]
    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")


def repacked(data, **parts):
    """The same archive with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            new.writestr(name, body)
    return out.getvalue()


def torn(data):
    """The same file with a part that cannot be unpacked any more."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/theme/theme1.xml")
    at = part.header_offset + 30 + len(part.filename)
    return data[:at] + b"\xff" * 64 + data[at + 64 :]


def understated(data):
    """A part that says it is small and is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            archive.writestr(name, zipfile.ZipFile(io.BytesIO(data)).read(name))
        archive.writestr("xl/huge.bin", b"\0" * (sheets.MOST_UNPACKED + 1))
    raw = bytearray(out.getvalue())
    entry = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"xl/huge.bin"))
    raw[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    return bytes(raw)


BILLION = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "not_xlsx", id="nothing"),
        pytest.param("题号,题型\nA,单选".encode(), "not_xlsx", id="a text file"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "not_xlsx", id="an old or locked workbook"),
        pytest.param(b"PK\x05\x06" + b"\0" * 18, "not_xlsx", id="an empty archive"),
        pytest.param(b"x" * (sheets.MOST_BYTES + 1), "too_big", id="too many bytes"),
        pytest.param(xlsx(), "no_rows", id="a heading alone"),
        pytest.param(xlsx(GOOD, head=[c for c in COLUMNS if c != "答案"]), "missing_columns", id="a column is missing"),
        pytest.param(xlsx(GOOD, head=[*COLUMNS, "选项F"]), "strange_columns", id="a column too many"),
        pytest.param(xlsx(GOOD, head=[*COLUMNS, "题号"]), "columns_twice", id="a column twice"),
        pytest.param(
            repacked(xlsx(GOOD), **{"xl/big.bin": b"\0" * (sheets.MOST_UNPACKED + 1)}), "swells", id="it swells"
        ),
        pytest.param(understated(xlsx(GOOD)), "not_xlsx", id="it swells and denies it"),
        pytest.param(repacked(xlsx(GOOD), **{f"x/{n}": b"" for n in range(501)}), "swells", id="too many parts"),
        pytest.param(repacked(xlsx(GOOD), **{"xl/styles.xml": BILLION}), "not_xlsx", id="entities"),
        pytest.param(
            repacked(xlsx(GOOD), **{"xl/sharedStrings.xml": BILLION.decode().encode("utf-16")}), "not_xlsx",
            id="entities behind another encoding",
        ),
        pytest.param(torn(xlsx(GOOD)), "not_xlsx", id="damaged on the way"),
        pytest.param(
            repacked(xlsx(GOOD), **{"xl/workbook.xml": b'<?xml version="1.0" encoding="none-such"?><a/>'}), "not_xlsx",
            id="an unknown encoding",
        ),
        pytest.param(repacked(xlsx(GOOD), **{"[Content_Types].xml": b"<Types/>"}), "not_xlsx", id="no types"),
        pytest.param(repacked(xlsx(GOOD), **{"xl/worksheets/sheet1.xml": b"<no"}), "not_xlsx", id="no XML"),
        pytest.param(repacked(xlsx(GOOD), **{"xl/workbook.xml": b"<workbook/>"}), "not_xlsx", id="no sheet"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_question_sheet_is_refused_in_words(data, code):
    assert sheets.read(xlsx(GOOD))
    with pytest.raises(sheets.Unreadable) as refused:
        sheets.read(data)
    assert refused.value.code == code
    assert wording.of_sheet(code, refused.value.facts)


def test_too_many_rows_are_refused():
    rows = [[f"A-{n}", "判断", f"题 {n}", *[None] * 5, "正确"] for n in range(sheets.MOST_ROWS + 1)]
    with pytest.raises(sheets.Unreadable, match="too_many_rows"):
        sheets.read(xlsx(*rows))


def test_a_merge_over_the_whole_sheet_costs_nothing():
    data = xlsx(GOOD)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    merged = sheet.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>')
    faults = faults_of(repacked(data, **{"xl/worksheets/sheet1.xml": merged}))
    assert (2, "题干", "is_merged") in faults
    assert {number for number, _, _ in faults} == {2}


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)))
def test_every_row_is_a_question_or_has_a_fault_that_can_be_said(cells):
    draft, faults = rules.parse_row(SheetRow(2, {column: Cell(text) for column, text in cells.items()}))
    assert (draft is None) == bool(faults)
    assert all(wording.of_cell(fault.column, fault.code, fault.facts) for fault in faults)
    if draft:
        assert len(set(draft.options)) == len(draft.options) >= 2
        assert draft.key
        assert max(draft.key) < len(draft.options)


def test_no_bytes_at_all_break_the_reader():
    @given(st.binary(max_size=300))
    def read(tail):
        with pytest.raises(sheets.Unreadable):
            sheets.read(b"PK\x03\x04" + tail)

    read()
