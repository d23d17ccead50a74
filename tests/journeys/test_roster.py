"""A unit brings its people: two thousand rows, forty of them broken, two colleagues, one spreadsheet."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from demo import cast
from tests.journeys.conftest import Someone
from xueshi.people import pinyin

pytestmark = pytest.mark.journey

HEADINGS = ("姓名", "身份证号", "手机号", "职称", "取得职称日期", "备注")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "安邦成达恩方刚浩杰凯乐敏宁平强仁山涛文欣"
ROWS, EVERY = 2_000, 50  # of which one in fifty is broken


def number(n: int) -> str:
    return cast.id_number(n % 900 + 1, born=date(1965 + n // 900, 4, 9))


def name(n: int) -> str:
    return f"示例{SURNAMES[n % 20]}{GIVEN[n // 20 % 20]}{GIVEN[n // 400 % 20]}"


def row(n: int) -> list[object]:
    """A good row, or every fiftieth time one that is broken in one of five ways."""
    good: list[object] = [name(n), number(n), f"137{n:08d}", "中级", "2016-09-01", "新调入" if n % 7 else None]
    if n % EVERY:
        return good
    way = n // EVERY % 5
    last = number(n)[-1]
    broken: list[tuple[int, object]] = [
        (1, number(n)[:-1] + ("0" if last != "0" else "1")),  # the check character
        (1, float(f"{number(n)[:6]}00000000000")),  # what is left when a spreadsheet made a number of it
        (0, None),
        (3, "高职"),
        (4, "2016年13月"),
    ]
    place, value = broken[way]
    good[place] = value
    return good


@pytest.fixture(scope="module")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("在编人员")
    sheet.append(HEADINGS)
    for n in range(ROWS):
        sheet.append(row(n))
    path = tmp_path_factory.mktemp("roster") / "示例中学在编人员.xlsx"
    book.save(path)
    return path


@pytest.mark.clause("ZJ-38", "ZJ-41")
def test_a_unit_brings_two_thousand_people(
    someone: Callable[..., Someone], member: Callable[[str], cast.Member], spreadsheet: Path
) -> None:
    clerk = someone()
    clerk.signs_in(member("clerk").id_number)
    clerk.goes_to("/unit/rosters/")
    clerk.looks("roster-none")
    clerk.presses("上传人员表")
    clerk.looks("roster-upload")
    clerk.page.set_input_files("input[type=file]", spreadsheet)
    clerk.presses("上传并检查")
    clerk.sees("40 行要改。")
    assert clerk.says() == "2000 行里，1960 行可以写入，40 行要改。"
    clerk.looks("roster-preview")
    where = clerk.page.url
    rows = clerk.page.locator("table tbody tr")
    assert rows.count() == 40
    first = rows.first.inner_text()
    assert first.split()[0] == "2"  # as the spreadsheet counts
    assert "最后一位" in first
    with clerk.page.expect_download() as came:
        clerk.page.get_by_role("link", name="下载这 40 行（xlsx，带原因）").click()
    book = load_workbook(io.BytesIO(Path(came.value.path()).read_bytes()), read_only=True)
    rejected = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rejected) == 41
    assert all(one[0] for one in rejected)
    clerk.presses("确认写入 1960 行")
    clerk.sees("一次新加很多人，要两个人看过")
    clerk.looks("roster-waiting")

    head = someone(phone=True)
    head.signs_in(member("head").id_number)
    head.goes_to(where)
    head.looks("roster-second")
    head.presses("同意写入 1960 行")
    head.sees("1960 行已写入。")

    clerk.goes_to(where)
    clerk.sees("1960 行已写入。")
    clerk.looks("roster-applied")
    clerk.presses("邀请他们注册")
    clerk.sees("1960 人还没有账号，可以邀请。")
    _finds(clerk)
    clerk.looks("invitations")


def _finds(clerk: Someone) -> None:
    """One of the people by pinyin and by the last four places, and an invitation for that one."""
    wanted = name(777)
    letters = pinyin.of(wanted).split("|")[0].split()
    search = clerk.page.get_by_role("searchbox")
    search.fill("".join(letters[-3:]))
    clerk.presses("找人")
    clerk.sees(wanted)
    clerk.page.get_by_role("searchbox").fill(number(777)[-4:])
    clerk.presses("找人")
    clerk.sees(wanted)
    assert number(777) not in clerk.page.content()
    clerk.page.get_by_label(f"选 {wanted}").first.check()
    clerk.presses("给勾选的人发邀请码")
    clerk.sees("正在给 1 人发邀请码，72 小时内有效。")
    clerk.goes_to("/unit/invitations/?show=invited")
    clerk.sees(wanted)


def test_the_pages_of_a_unit_speak_english_on_a_phone(
    someone: Callable[..., Someone], member: Callable[[str], cast.Member]
) -> None:
    clerk = someone(phone=True)
    clerk.signs_in(member("clerk").id_number)
    clerk.context.add_cookies([{"name": "django_language", "value": "en", "url": clerk.house.url}])
    for path, title in (
        ("/unit/rosters/", "Bring people"),
        ("/unit/rosters/new/", "Send a spreadsheet"),
        ("/unit/rosters/add/", "Add one person"),
        ("/unit/rosters/registration/", "Collective registration"),
        ("/unit/invitations/", ""),
    ):
        clerk.goes_to(path)
        assert title in clerk.says()
        clerk.looks(f"unit-{path.strip('/').replace('/', '-')}-en")
