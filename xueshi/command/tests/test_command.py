"""The command as it is typed: what it prints, what it writes, and with which status it ends."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from xueshi.command import books, checking, schema, writing
from xueshi.command.line import main
from xueshi.command.speech import Two, Voice

ROOT = Path(__file__).resolve().parents[3]
POLICIES = ROOT / "policies"
PEOPLE = [
    ["人员编号", "姓名", "地区代码", "工作单位", "取得现职称", "现职称级别"],
    ["110101199001010011 ", "示例甲", "500101", "甲单位", "2019/5/1", "中级"],
    ["P-2", "示例乙", "５００１０１", "乙单位", "2018年3月2日", "助理级"],
    ["P-3", "@示例丙", "500101", "乙单位", 43101, "正高级"],
]
DONE = [
    ["人员编号", "完成日期", "形式", "考试合格", "已审验", "学时"],
    ["110101199001010011", date(2022, 12, 31), "公需科目年度专题网络学习考试", "是", "是", None],
    ["110101199001010011", "2021年5月3日", "public_topic", "√", 1, 20],
    ["P-2", 44926, "public_topic", True, "否", None],
]
Say = Callable[..., tuple[int, str, str]]


SHELF = books.open_shelf(str(POLICIES))


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policies of the house are read once for all tests."""
    fresh = books.open_shelf
    monkeypatch.setattr(books, "open_shelf", lambda folder: SHELF if folder == str(POLICIES) else fresh(folder))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command; its status, and what it says."""

    def typed(*words: object) -> tuple[int, str, str]:
        try:
            code = main(["policy", *map(str, words)])
        except SystemExit as end:
            code = int(str(end.code))
        heard = capsys.readouterr()
        return code, heard.out, heard.err

    return typed


def sheet(path: Path, rows: list[list[object]], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(path)
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[object]:
    """Both spreadsheets, and a question about them."""
    return [
        *("--people", sheet(tmp_path / "people.xlsx", PEOPLE)),
        *("--entries", sheet(tmp_path / "entries.xlsx", DONE)),
        *("--purpose", "annual", "--year", "2022", "--policies", POLICIES),
    ]


def with_(files: list[object], **changed: object) -> list[object]:
    """The same words with other values."""
    found = list(files)
    for name, value in changed.items():
        found[found.index(f"--{name}") + 1] = value
    return found


# ---- in a process of its own ------------------------------------------------------------------


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xueshi", "policy", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_the_program_checks_the_policies_of_the_house() -> None:
    done = run("check")
    assert done.returncode == 0, done.stderr
    assert "cn-50/chongqing-2010" in done.stdout


def test_the_program_judges_a_spreadsheet_without_django(files: list[object], tmp_path: Path) -> None:
    out = tmp_path / "result.xlsx"
    done = run("assess", *files, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "已满足  1" in done.stdout
    assert out.exists()
    loaded = "import sys, xueshi.command.line; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=False).returncode == 0


def test_the_program_says_how_it_is_used() -> None:
    help_ = run("assess", "--help")
    assert help_.returncode == 0
    for word in ("--skip-bad", "人员编号", "现职称级别", "title_obtained", "for_year"):
        assert word in help_.stdout
    assert run("assess").returncode == 2
    assert run("nothing").returncode == 2
    assert "language of output" in run("check", "--help", "--lang", "en").stdout


# ---- check and test ---------------------------------------------------------------------------

FILE = """
instrument: 关于虚构的通知
issuer: 虚构市人力资源和社会保障局
region: {code: "99", name: 虚构市}
since: 2015-01-01
known_from: 2015
source: {file: none.txt, sha256: none}
provisions:
  - {id: year, article: 一, text: 每年不少于30学时, demand: {at_least: 30}, reading: 就这样读}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policies folder outside the project, without words of its own."""
    place = tmp_path / "law" / "cn-99"
    (place / "cases").mkdir(parents=True)
    (place / "a.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path / "law"


def test_a_folder_outside_the_project_is_checked(say: Say, folder: Path) -> None:
    code, out, _ = say("check", folder)
    assert code == 0
    assert "cn-99/a" in out
    assert "1 份文件，读懂 1 份" in out


def test_one_file_that_is_not_understood_hides_no_other(say: Say, folder: Path) -> None:
    (folder / "cn-99" / "b.yaml").write_text(FILE.replace("at_least", "at_leest"), encoding="utf-8")
    held = "under: [{name: 上位, held: true, key: cn-99/b}]\nprovisions:"
    (folder / "cn-99" / "c.yaml").write_text(FILE.replace("provisions:", held), encoding="utf-8")
    unknown = held.replace("cn-99/b", "cn-99/none")
    (folder / "cn-99" / "d.yaml").write_text(FILE.replace("provisions:", unknown), encoding="utf-8")
    code, out, _ = say("check", folder)
    assert code == 1
    assert "cn-99/a" in out
    assert "at_leest" in out
    assert "above it is not understood" in out
    assert "is not held here" in out
    assert "4 份文件，读懂 1 份" in out


def test_a_child_is_read_under_its_parent(say: Say, folder: Path) -> None:
    held = "under: [{name: 上位, held: true, key: cn-99/a}]\nprovisions:"
    (folder / "cn-99" / "c.yaml").write_text(FILE.replace("provisions:", held), encoding="utf-8")
    assert say("check", folder)[0] == 0
    itself = held.replace("cn-99/a", "cn-99/c")
    (folder / "cn-99" / "c.yaml").write_text(FILE.replace("provisions:", itself), encoding="utf-8")
    code, out, _ = say("check", folder)
    assert code == 1
    assert "would be above itself" in out


@pytest.mark.parametrize(("name", "said"), [("none", "没有找到文件夹"), ("empty", "没有文件")])
def test_a_folder_that_is_none_is_refused(say: Say, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = say("check", tmp_path / name)
    assert code == 2
    assert said in err


CASE = """
- case: Thirty are enough
  clauses: [X-1]
  entries: [{in: [2020], hours: HOURS, category: public}]
  asked: {purpose: annual, year: 2020}
  expect: {verdict: pass}
"""


@pytest.mark.parametrize(
    ("hours", "code", "said"), [("30", 0, "通过 1，未通过 0"), ("29", 1, "verdict: 'fail', but the case says 'pass'")]
)
def test_cases_are_run(say: Say, folder: Path, hours: str, code: int, said: str) -> None:
    (folder / "cn-99" / "cases" / "a.yaml").write_text(CASE.replace("HOURS", hours), encoding="utf-8")
    found, out, _ = say("test", folder)
    assert found == code
    assert said in out


def test_cases_are_chosen_by_their_names(say: Say, folder: Path) -> None:
    (folder / "cn-99" / "cases" / "a.yaml").write_text(CASE.replace("HOURS", "30"), encoding="utf-8")
    assert say("test", folder, "-k", "thirty")[0] == 0
    code, _, err = say("test", folder, "-k", "forty")
    assert code == 2
    assert "forty" in err


def test_cases_that_cannot_be_run_have_failed(say: Say, folder: Path) -> None:
    case = folder / "cn-99" / "cases" / "a.yaml"
    (folder / "cn-99" / "b.yaml").write_text(FILE.replace("at_least", "at_leest"), encoding="utf-8")
    code, out, _ = say("test", folder)
    assert code == 1
    assert "没有案例" in out
    case.write_text(CASE.replace("HOURS", "30").replace("annual", "annually"), encoding="utf-8")
    code, out, _ = say("test", folder)
    assert "annually" in out
    case.write_text("- {case: x}", encoding="utf-8")
    code, out, _ = say("test", folder)
    assert code == 1
    assert "is missing" in out


# ---- assess -----------------------------------------------------------------------------------


def result(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)


def test_the_result_has_a_row_for_each_person_and_finding(say: Say, files: list[object], tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    code, said, _ = say("assess", *files, "--out", out)
    assert code == 0
    assert "未满足  2" in said
    rows = result(out)
    assert rows["人员编号"].to_list() == ["110101199001010011", "P-2", "P-3"]
    assert rows["结论"].to_list() == ["已满足", "未满足", "未满足"]
    assert rows["差"].to_list() == ["0.0000", "20.0000", "20.0000"]
    assert rows["姓名"][2] == "'@示例丙"
    assert "每年不少于20学时" in rows["原文"][0]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_the_result_is_written_by_its_ending(say: Say, files: list[object], tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"r.{kind}"
    assert say("assess", *files, "--out", out, "--lang", "en")[0] == 0
    if kind == "parquet":
        assert result(out)["verdict"].to_list() == ["pass", "fail", "fail"]
        return
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["result", "summary"]
    rows = list(book["result"].values)
    assert rows[1][:8] == (
        "110101199001010011",
        "示例甲",
        "500101",
        "甲单位",
        "cn-50/chongqing-2010",
        "annual",
        2022,
        "pass",
    )


def test_what_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["=1+1", "@x", "-"], "b": [1, 2, 3]})
    writing.write(str(tmp_path / "r.xlsx"), frame, {"a": "A", "b": "B"}, "t", ())
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["t"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    writing.write(str(tmp_path / "r.csv"), frame, {"a": "A", "b": "B"}, "t", ())
    assert result(tmp_path / "r.csv")["A"].to_list() == ["'=1+1", "'@x", "'-"]


def test_an_ending_or_a_folder_that_is_none_is_refused_before_the_work(
    say: Say, files: list[object], tmp_path: Path
) -> None:
    assert say("assess", *files, "--out", tmp_path / "r.pdf")[0] == 2
    assert say("assess", *files, "--out", tmp_path / "none" / "r.csv")[0] == 2


@pytest.mark.parametrize("option", ["--out", "--problems"])
def test_what_was_given_is_never_overwritten_and_a_folder_is_no_file(
    say: Say, files: list[object], tmp_path: Path, option: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    before = Path(str(files[1])).read_bytes()
    code, _, err = say("assess", *files, option, files[1], "--lang", "en")
    assert (code, "it is not overwritten" in err) == (2, True)
    code, _, err = say("assess", *files, option, tmp_path / "folder.csv", "--lang", "en")
    assert (code, "is a folder" in err) == (2, True)
    assert say("assess", *files, option, tmp_path / "none" / "r.csv")[0] == 2
    assert Path(str(files[1])).read_bytes() == before


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_a_result_that_cannot_be_written_is_said_and_leaves_nothing_behind(
    say: Say, files: list[object], kind: str
) -> None:
    code, _, err = say("assess", *files, "--out", f"/proc/r.{kind}", "--lang", "en")
    assert code == 2
    assert f"/proc/r.{kind} cannot be written" in err


def test_a_result_is_whole_or_as_it_was(tmp_path: Path) -> None:
    frame, out = pl.DataFrame({"a": ["x"]}), tmp_path / "r.csv"
    out.write_text("before", encoding="utf-8")
    with pytest.raises(KeyError):
        writing.write(str(out), frame, {}, "t", ())
    assert out.read_text(encoding="utf-8") == "before"
    writing.write(str(out), frame, {"a": "A"}, "t", ())
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]


def test_a_day_leaves_out_what_came_later(say: Say, files: list[object], tmp_path: Path) -> None:
    at = files.index("--year")
    early = [*files[:at], "--as-of", "2022年12月30日", *files[at + 2 :]]
    code, out, _ = say("assess", *early)
    assert code == 0
    assert "未满足  3" in out
    assert "所问日期之后、未用的记录  2" in out


def test_what_was_known_on_a_day(say: Say, files: list[object], tmp_path: Path) -> None:
    assert say("assess", *files, "--known-on", "2023-01-01")[0] == 2
    rows = [[*DONE[0], "登记日期"], [*DONE[1], "2023-02-01"], [*DONE[2], "2022-01-01"], [*DONE[3], "2022-12-31"]]
    done = sheet(tmp_path / "recorded.xlsx", rows)
    code, out, _ = say("assess", *with_(files, entries=done), "--known-on", "2023-01-01")
    assert code == 0
    assert "未满足  3" in out
    rows[1][-1] = None
    sheet(tmp_path / "recorded.xlsx", rows)
    code, _, err = say(
        "assess", *with_(files, entries=done), "--known-on", "2023-01-01", "--problems", tmp_path / "p.csv"
    )
    assert code == 2
    assert "没有登记日期" in err


def test_the_instrument_may_be_named(say: Say, files: list[object], tmp_path: Path) -> None:
    people = sheet(tmp_path / "few.xlsx", [["人员编号"], ["110101199001010011"], ["P-2"]])
    words = with_(files, people=people)
    code, _, err = say("assess", *words)
    assert code == 2
    assert "地区代码" in err
    code, out, _ = say("assess", *words, "--instrument", "chongqing-2010")
    assert code == 0
    assert "共判断  2" in out
    code, _, err = say("assess", *words, "--instrument", "none")
    assert code == 2
    assert "cn-50/chongqing-2010" in err


def test_where_no_law_governs_it_is_said(say: Say, files: list[object], tmp_path: Path) -> None:
    people = sheet(
        tmp_path / "far.xlsx", [*PEOPLE[:1], ["P-2", "示例乙", "110101", "", None, None], *PEOPLE[1:2], ["P-3"]]
    )
    code, out, _ = say("assess", *with_(files, people=people), "--out", tmp_path / "r.parquet")
    assert code == 0
    assert "没有适用的文件  2" in out
    assert result(tmp_path / "r.parquet")["结论"].to_list() == ["没有适用的文件", "已满足", "没有适用的文件"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        *(
            ({"purpose": "annually"}, "没有事项“annually”"),
            ({"people": "none.xlsx"}, "没有找到文件"),
            ({"people": "x.doc"}, "没有找到文件"),
        ),
        *(({"year": "twenty"}, "不是整数"), ({"policies": "none"}, "没有找到文件夹")),
    ],
)
def test_a_question_that_is_none_is_refused(
    say: Say, files: list[object], changed: dict[str, object], said: str
) -> None:
    code, _, err = say("assess", *with_(files, **changed))
    assert code == 2
    assert said in err


def test_a_target_is_named_by_its_key_or_its_term(say: Say, files: list[object]) -> None:
    words = with_(files, purpose="职称评审")
    assert say("assess", *words, "--target", "副高级")[0] == 0
    code, _, err = say("assess", *words, "--target", "教授")
    assert code == 2
    assert "deputy_senior" in err
    assert say("assess", *files, "--engine", "abacus")[0] == 2


# ---- spreadsheets of clerks -------------------------------------------------------------------

BAD = [
    pytest.param("people", ["1.1010119900101E+17", "", "500101"], "丢失", id="an identity number of powers"),
    pytest.param("people", [110101199001010011, "", "500101"], "丢失", id="an identity number kept as a number"),
    pytest.param("people", ["P-2", "", "500101"], "同一个人", id="a person twice"),
    pytest.param("people", [None, "示例丁", "500101"], "没有人员编号", id="nobody"),
    pytest.param("people", ["合计", "3 人"], "不是人员", id="a row of totals"),
    pytest.param("people", ["示例丁", "合计", "500101"], "不是人员", id="totals in another column"),
    pytest.param("people", ["P-4", "", "500101", "", "某年"], "不是日期", id="a day that is none"),
    pytest.param("people", ["P-4", "", "500101", "", None, "高工"], "没有这个值", id="a word that is none"),
    pytest.param("people", ["P-4", "", "500101", "", None, "中级", "旁注"], "没有列名", id="a cell beside the table"),
    pytest.param("people", ["P-4", "", "=A1"], "没有结果的公式", id="a formula that nobody computed"),
    pytest.param("entries", ["P-9", "2022-01-01"], "没有此人", id="an entry of somebody unknown"),
    pytest.param("entries", [None, "2022-01-01"], "没有人员编号", id="an entry of nobody"),
    pytest.param("entries", ["P-3", None, "public_topic"], "没有日期", id="an entry without a day"),
    pytest.param("entries", ["P-3", "12/31/2022"], "不是日期", id="an entry with an odd day"),
    pytest.param("entries", ["P-3", "2022-01-01", None, None, None, -3], "小于零", id="hours below nothing"),
    pytest.param("entries", ["P-3", "2022-01-01", "讲座"], "没有这个值", id="a kind that is none"),
    pytest.param("entries", ["P-3", "2022-01-01", None, "大概"], "是”或", id="a flag that is none"),
]


@pytest.mark.parametrize(("file", "row", "said"), BAD)
def test_a_bad_row_stops_everything_and_is_written_down(
    say: Say, files: list[object], tmp_path: Path, file: str, row: list[object], said: str
) -> None:
    rows = [*(PEOPLE if file == "people" else DONE), row]
    path = sheet(tmp_path / "bad.xlsx", rows)
    words = with_(files, **{file: path})
    code, out, err = say("assess", *words, "--out", tmp_path / "r.csv")
    assert code == 2
    assert "没有判断任何人" in err
    assert not (tmp_path / "r.csv").exists()
    found = pl.read_csv(tmp_path / "r.problems.csv", infer_schema=False)
    assert found["文件"].to_list() == ["bad.xlsx"]
    assert found["行"].to_list() == ["5"]
    assert said in found["问题"][0]
    assert found["改成"][0]
    code, out, err = say("assess", *words, "--skip-bad", "--out", tmp_path / "r.csv")
    assert code == 0
    assert "共判断" in out
    assert "读不懂" in out or "不属于任何人" in out


def test_identity_numbers_are_masked_on_the_screen(say: Say, files: list[object], tmp_path: Path) -> None:
    people = sheet(tmp_path / "twice.xlsx", [*PEOPLE, PEOPLE[1]])
    _, _, err = say("assess", *with_(files, people=people), "--problems", tmp_path / "p.xlsx")
    assert "1101**********0011" in err
    assert "110101199001010011" not in err
    assert openpyxl.load_workbook(tmp_path / "p.xlsx").active["D2"].value == "110101199001010011"


def test_many_problems_are_counted_and_some_shown(say: Say, files: list[object], tmp_path: Path) -> None:
    done = sheet(tmp_path / "many.xlsx", [*DONE, *([f"X-{n}", "2022-01-01"] for n in range(30))])
    _, _, err = say("assess", *with_(files, entries=done), "--problems", tmp_path / "p.csv")
    assert "30 处读不懂" in err
    assert "还有 10 处" in err


@pytest.mark.parametrize(
    ("heading", "said"),
    [("现职称级", "您是不是要写“现职称级别”"), ("爱好", "不认识列“爱好”"), ("姓名 ", "出现了两次")],
)
def test_a_column_that_is_unknown_is_refused(
    say: Say, files: list[object], tmp_path: Path, heading: str, said: str
) -> None:
    people = sheet(tmp_path / "columns.xlsx", [[*PEOPLE[0], heading], *PEOPLE[1:]])
    code, _, err = say("assess", *with_(files, people=people))
    assert code == 2
    assert said in err
    if heading == "爱好":
        assert say("assess", *with_(files, people=people), "--ignore-column", "爱好")[0] == 0


def test_a_column_that_is_missing_is_named(say: Say, files: list[object], tmp_path: Path) -> None:
    people = sheet(tmp_path / "none.xlsx", [["姓名", "地区代码"], ["示例甲", "500101"]])
    code, _, err = say("assess", *with_(files, people=people), "--lang", "en")
    assert code == 2
    assert "no column 'person'" in err


def test_titles_merged_headings_and_empty_lines_are_passed_over(say: Say, files: list[object], tmp_path: Path) -> None:
    rows = [["2022年专业技术人员名单"], ["人员编号", None, "地区代码"], [None, "姓名 *", None, "工作单位"]]
    rows = [rows[0], [], ["人员编号", "个人信息", None, "工作单位"], [None, "姓名（必填）", "地区代码", None]]
    people = sheet(tmp_path / "merged.xlsx", [*rows, [], *(one[:4] for one in PEOPLE[1:]), [" ", None]], "A1:D1")
    code, out, err = say("assess", *with_(files, people=people))
    assert code == 0, err
    assert "共判断  3" in out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_text_files_of_every_office_are_read(
    say: Say, files: list[object], tmp_path: Path, encoding: str, between: str
) -> None:
    lines = [between.join(str(cell if cell is not None else "") for cell in row) for row in (["名单"], *PEOPLE)]
    people = tmp_path / "people.csv"
    people.write_bytes("\r\n".join([*lines, "", ""]).encode(encoding))
    code, out, err = say("assess", *with_(files, people=people))
    assert code == 0, err
    assert "已满足  1" in out


def test_a_text_file_with_a_comma_too_many_is_no_other_table(say: Say, files: list[object], tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("人员编号,姓名,地区代码\nP-2,示例,乙,500101\nP-3,示例丙,500101\n", encoding="utf-8")
    done = sheet(tmp_path / "none.xlsx", [DONE[0]])
    code, _, err = say("assess", *with_(files, people=people, entries=done), "--problems", tmp_path / "p.csv")
    assert code == 2
    assert "第 2 行" in err
    code, out, _ = say(
        "assess", *with_(files, people=people, entries=done), "--skip-bad", "--problems", tmp_path / "p.csv"
    )
    assert code == 0
    assert "共判断  1" in out


def test_parquet_is_read(say: Say, files: list[object], tmp_path: Path) -> None:
    people = tmp_path / "people.parquet"
    table = {
        "person": ["110101199001010011", "P-2"],
        "region": [500101, 500101],
        "title_obtained": [date(2019, 5, 1), None],
    }
    pl.DataFrame(table).write_parquet(people)
    done = tmp_path / "done.parquet"
    pl.DataFrame(
        {
            "person": ["110101199001010011"],
            "on": [datetime(2022, 5, 1)],
            "hours": [30.0],
            "kind": ["public_topic"],
            "passed": [True],
            "verified": [True],
        }
    ).write_parquet(done)
    code, out, err = say("assess", *with_(files, people=people, entries=done))
    assert code == 0, err
    assert "已满足  1" in out
    pl.DataFrame({"person": [["a"]]}).write_parquet(people)
    assert say("assess", *with_(files, people=people))[0] == 2
    people.write_bytes(b"no parquet")
    assert say("assess", *with_(files, people=people))[0] == 2


@pytest.mark.parametrize("name", ["people.xlsx", "people.csv", "people.doc"])
def test_a_file_that_is_no_table_is_refused(say: Say, files: list[object], tmp_path: Path, name: str) -> None:
    path = tmp_path / "other" / name
    path.parent.mkdir()
    path.write_bytes(b"\xff\xff\xff")
    code, _, err = say("assess", *with_(files, people=path))
    assert code == 2
    assert name in err or ".doc" in err
    if name == "people.csv":
        path.write_bytes(b"")
        assert say("assess", *with_(files, people=path))[0] == 2


def test_a_sheet_may_be_named(say: Say, files: list[object], tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    for row in PEOPLE:
        book.create_sheet("名单").append(row) if row is PEOPLE[0] else book["名单"].append(row)
    book.save(path)
    assert say("assess", *with_(files, people=f"{path}#名单"))[0] == 0
    code, _, err = say("assess", *with_(files, people=f"{path}#别的"))
    assert code == 2
    assert "名单" in err
    book.remove(book.worksheets[0])
    book["名单"].append(["P-9", "=A1", "500101"])
    book.save(path)
    code, _, err = say("assess", *with_(files, people=path), "--problems", tmp_path / "p.csv")
    assert code == 2
    assert "没有结果的公式" in err


def test_a_year_is_enough_and_must_agree_with_the_day(say: Say, files: list[object], tmp_path: Path) -> None:
    heads = ["人员编号", "年度", "完成日期", "形式", "考试合格", "已审验", "记录编号"]
    rows = [heads, ["P-2", 2022, None, "public_topic", "是", "是", "a"]]
    done = sheet(tmp_path / "years.xlsx", rows)
    code, out, _ = say("assess", *with_(files, entries=done))
    assert "已满足  1" in out
    done = sheet(
        tmp_path / "years.xlsx", [*rows, ["P-3", 2021, "2022-01-01"], ["P-2", 2022, None, None, None, None, "a"]]
    )
    code, _, err = say("assess", *with_(files, entries=done), "--problems", tmp_path / "p.csv")
    assert code == 2
    assert "不是同一年" in err
    assert "这个编号" in err


def test_entries_that_say_the_same_are_pointed_out(say: Say, files: list[object], tmp_path: Path) -> None:
    done = sheet(tmp_path / "same.xlsx", [*DONE, DONE[1]])
    code, _, err = say("assess", *with_(files, entries=done))
    assert code == 0
    assert "1 条记录与同一人的另一条完全相同" in err


# ---- explain ----------------------------------------------------------------------------------


def test_a_provision_is_explained(say: Say) -> None:
    code, out, _ = say("explain", "chongqing-2010", "fee", "--policies", POLICIES)
    assert code == 0
    assert "收取70元/年.人" in out
    assert "费用（fee）" in out
    assert "金额（元）：70.00" in out
    assert "解读：A-36" in out


def test_an_instrument_is_explained_whole(say: Say) -> None:
    code, out, _ = say("explain", "cn-50/chongqing-2010", "--policies", POLICIES, "--lang", "en")
    assert code == 0
    assert "years 2010" in out
    assert "what is owed (demand)" in out


def test_every_provision_of_the_house_can_be_explained(say: Say) -> None:
    for key in ("cn-15/hohhot-etdz-2022", "cn-41/kaifeng-2013"):
        code, out, _ = say("explain", key, "--policies", POLICIES)
        assert code == 0
        assert "不少于" in out


def test_what_is_not_there_cannot_be_explained(say: Say, files: list[object]) -> None:
    assert say("explain")[0] == 2
    assert say("explain", "none", "--policies", POLICIES)[0] == 2
    code, _, err = say("explain", "chongqing-2010", "none", "--policies", POLICIES)
    assert code == 2
    assert "fee" in err
    assert say("explain", *files)[0] == 2
    assert say("explain", *files[: files.index("--year")], "--person", "P-2")[0] == 2
    code, _, err = say("explain", *files, "--person", "P-9")
    assert code == 2
    assert "P-9" in err


def test_one_person_is_explained_with_every_clause(say: Say, files: list[object]) -> None:
    code, out, _ = say("explain", *files, "--person", "P-2")
    assert code == 0
    assert "未满足" in out
    assert "差 20 学时" in out
    assert "不计" in out
    assert "后果" in out
    code, out, _ = say("explain", *files, "--person", "110101199001010011", "--lang", "en")
    assert "pass" in out
    assert "counted" in out


def test_a_person_with_a_bad_row_is_not_explained(say: Say, files: list[object], tmp_path: Path) -> None:
    people = sheet(tmp_path / "bad.xlsx", [*PEOPLE, ["P-4", "", "500101", "", "某年"], ["P-5", "", "110101"]])
    words = [*with_(files, people=people), "--problems", tmp_path / "p.csv"]
    assert say("explain", *words, "--person", "P-4")[0] == 2
    assert say("explain", *words, "--person", "P-2")[0] == 0
    assert say("explain", *words, "--person", "P-5")[0] == 2


# ---- simulate ---------------------------------------------------------------------------------


def test_a_draft_is_laid_beside_the_rules_in_force(say: Say, files: list[object], tmp_path: Path) -> None:
    text = (POLICIES / "cn-50" / "chongqing-2010.yaml").read_text(encoding="utf-8")
    draft = tmp_path / "draft.yaml"
    draft.write_text(text.replace("gives: 20", "gives: 10"), encoding="utf-8")
    out = tmp_path / "s.csv"
    code, said, _ = say("simulate", *files, "--draft", draft, "--out", out)
    assert code == 0
    assert "变差 1" in said
    assert "甲单位" in said
    rows = result(out)
    assert rows["变差"][0] == "1"
    assert set(rows["分组"]) == {"合计", "地区", "单位", "职称"}


def test_a_draft_that_is_not_understood_is_refused(say: Say, files: list[object], tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    assert say("simulate", *files, "--draft", draft)[0] == 2
    draft.write_text(FILE.replace("at_least", "at_leest"), encoding="utf-8")
    code, _, err = say("simulate", *files, "--draft", draft)
    assert code == 2
    assert "at_leest" in err


def test_a_simulation_stops_at_bad_rows_too(say: Say, files: list[object], tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text((POLICIES / "cn-50" / "chongqing-2010.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    people = sheet(tmp_path / "bad.xlsx", [*PEOPLE, ["P-4", "", "500101", "", "某年"]])
    words = [*with_(files, people=people), "--draft", draft, "--problems", tmp_path / "p.csv"]
    assert say("simulate", *words)[0] == 2
    code, out, _ = say("simulate", *words, "--skip-bad")
    assert code == 0
    assert "共 3 人" in out
    nobody = sheet(tmp_path / "nobody.xlsx", [PEOPLE[0]])
    empty = sheet(tmp_path / "empty.xlsx", [DONE[0]])
    assert say("simulate", *with_(files, people=nobody, entries=empty), "--draft", draft)[0] == 2


# ---- people whose facts cannot be true --------------------------------------------------------

BORN_LATE = [["人员编号", "姓名", "地区代码", "出生日期", "取得现职称", "在职从事专业技术工作"]]
BORN_LATE += [["P-2", "示例乙", "500101", "2020-01-01", "2010-01-01"], ["P-3", "示例丙", "500101", "1990-01-01"]]


@pytest.mark.parametrize("engine", ["walk", "polars"])
def test_facts_that_contradict_each_other_are_a_problem(
    say: Say, files: list[object], tmp_path: Path, engine: str
) -> None:
    people, done = sheet(tmp_path / "p.xlsx", BORN_LATE), sheet(tmp_path / "e.xlsx", DONE[:1])
    words = [*with_(files, people=people, entries=done), "--problems", tmp_path / "p.csv", "--engine", engine]
    code, out, err = say("assess", *words)
    assert code == 2
    assert "第 2 行" in err
    assert "无法判断" in err
    code, out, _ = say("assess", *words, "--skip-bad")
    assert code == 0
    assert "共判断  1" in out
    assert "因资料读不懂未判断的人  1" in out


@pytest.mark.parametrize("engine", ["walk", "polars"])
def test_nobody_is_lost_in_a_simulation(say: Say, files: list[object], tmp_path: Path, engine: str) -> None:
    people, done = sheet(tmp_path / "p.xlsx", BORN_LATE), sheet(tmp_path / "e.xlsx", DONE[:1])
    draft = POLICIES / "cn-50" / "chongqing-2010.yaml"
    words = [*with_(files, people=people, entries=done), "--draft", draft, "--engine", engine]
    code, out, err = say("simulate", *words)
    assert code == 0
    assert "共 1 人" in out
    assert "1 人无法判断" in err
    code, _, err = say("explain", *with_(files, people=people, entries=done), "--person", "P-2")
    assert code == 2
    assert "无法判断" in err


@pytest.mark.parametrize("engine", ["walk", "polars"])
def test_whom_an_instrument_does_not_bind_is_told_so(
    say: Say, files: list[object], tmp_path: Path, engine: str
) -> None:
    rows = [
        [*BORN_LATE[0]],
        ["P-2", "示例乙", "321183", None, None, "否"],
        ["P-4", "示例丁", "110101", None, None, "否"],
    ]
    people, done = sheet(tmp_path / "p.xlsx", rows), sheet(tmp_path / "e.xlsx", DONE[:1])
    out = tmp_path / "r.parquet"
    words = [*with_(files, people=people, entries=done), "--out", out, "--engine", engine]
    assert say("assess", *words)[0] == 0
    assert result(out)["结论"].to_list() == ["没有适用的文件", "没有适用的文件"]
    assert result(out)["理由"].to_list() == ["不受约束：cn-32/jurong-2022", ""]
    assert say("assess", *words, "--instrument", "jurong-2022")[0] == 0
    assert result(out)["结论"].to_list() == ["不用学", "不用学"]
    assert "本文件不约束此人" in result(out)["理由"][0]


# ---- the person at the terminal ---------------------------------------------------------------


class Terminal(StringIO):
    """Somebody who watches."""

    def isatty(self) -> bool:
        return True


def test_a_bar_shows_how_far_it_is_where_somebody_watches() -> None:
    err = Terminal()
    bar = Voice("zh", StringIO(), err).bar(Two("判断", "judging"), 4)
    for done in range(1, 5):
        bar(done)
    assert "判断 ██████░░░░" in err.getvalue()
    assert "4/4" in err.getvalue()
    silent = StringIO()
    Voice("zh", StringIO(), silent).bar(Two("判断", "judging"), 4)(4)
    assert silent.getvalue() == ""


@pytest.mark.parametrize(("problem", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 0)])
def test_a_command_that_is_broken_off_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, problem: type[BaseException], code: int
) -> None:
    def broken(asked: object, voice: object) -> int:
        raise problem

    monkeypatch.setattr(checking, "check", broken)
    monkeypatch.setattr(sys, "stderr", StringIO())
    assert main(["policy", "check"]) == code


# ---- the manual -------------------------------------------------------------------------------


def test_the_manual_names_every_option_and_every_column_of_its_own(say: Say) -> None:
    manual = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for command in ("check", "test", "assess", "simulate", "explain"):
        _, out, _ = say(command, "--help")
        options = set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", out)) - {"-h", "--help"}
        assert [one for one in sorted(options) if one not in manual] == []
    laws = SHELF.books.values()
    own = [one for one in (*schema.people(laws), *schema.entries(laws)) if one.kind in ("person", "label", "entry")]
    assert [one.key for one in own if f"`{one.key}`" not in manual or one.term.zh not in manual] == []
