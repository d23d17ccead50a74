"""Rosters for tests: workbooks of made-up people, and jobs run at once."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

from conftest import NINE, id_number
from xueshi.people.models import RosterImport
from xueshi.people.roster import applying_actions, checking_actions

HEADINGS = (
    "姓名", "身份证号", "手机号", "邮箱", "部门", "岗位类别", "职称级别", "取得职称日期", "首次聘用日期",
    "到本单位日期", "档案保管", "学历学位",
)  # fmt: skip
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵周吴", "伟芳娜敏静丽强磊军洋"


def number(n: int) -> str:
    """The n-th made-up identity number of a place that does not exist, apart from those of the cast."""
    return id_number(n % 1000, born=date(1962 + n // 1000 % 40, 1 + n // 40_000 % 12, 11))


def name(n: int) -> str:
    return "示例" + _SURNAMES[n % 10] + _GIVEN[n // 10 % 10]


def row(n: int, **cells: Any) -> list[Any]:
    """A good row; `cells` by heading replace its own."""
    made: dict[str, Any] = dict(
        zip(
            HEADINGS,
            (name(n), number(n), f"138{n:08d}", f"person{n}@example.com", "教务处", "中小学教师", "中级", "2015-07-01",
             "2008-09-01", "2010-09-01", "所在单位", "大学本科"),
            strict=True,
        )
    )  # fmt: skip
    return list((made | cells).values())


def workbook(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """An xlsx of these rows under these headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("人员")
    sheet.append(list(headings))
    for one in rows:
        sheet.append(list(one))
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():  # without the time of saving: the same rows are the same bytes
            part = b"<coreProperties/>" if name == "docProps/core.xml" else source.read(name)
            made.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def jobs_now(roster_id: int, at: datetime = NINE) -> RosterImport:
    """What the queue would do for this roster, at once: check it, or apply it."""
    checking_actions.check(roster_id=roster_id, at=at)
    applying_actions.apply(roster_id=roster_id, now=lambda: at)
    return RosterImport.objects.get(pk=roster_id)
