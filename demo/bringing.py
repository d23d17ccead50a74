"""What the institute's clerk has done: brought six people, invited two of them, sent a second spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from demo import cast
from xueshi.kernel import clock
from xueshi.people import invitation_actions, roster_actions
from xueshi.people.models import Employment, RosterImport
from xueshi.people.roster import applying_actions, checking_actions
from xueshi.people.viewer import Viewer

HEADINGS = ("姓名", "身份证号", "手机号", "职称级别", "取得职称日期")
SURNAMES, GIVEN = "赵钱孙李周吴", "安邦成达恩"


def _row(n: int) -> list[str]:
    born = date(1988, 5, 4)
    return [
        f"示例{SURNAMES[n % 6]}{GIVEN[n // 6]}",
        cast.id_number(600 + n, born),
        f"136{n:08d}",
        "助理级",
        "2020-07-01",
    ]


def _sheet(rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([HEADINGS, *rows])
    return file.getvalue().encode("utf-8-sig")


def the_rosters(city: dict[str, int], viewer_of: Callable[[cast.Member, str], Viewer]) -> None:
    """Once; the second one is checked by the worker, like anybody's."""
    unit = city["institute"]
    if RosterImport.objects.filter(organisation_id=unit).exists():
        return
    at = clock.now()
    clerk = viewer_of(next(one for one in cast.OFFICERS if one.key == "institute-clerk"), "unit_clerk")
    first = _sheet(map(_row, range(6)))
    done = roster_actions.receive(viewer=clerk, organisation_id=unit, name="设计院新进人员.csv", data=first, at=at)
    checking_actions.check(roster_id=done.pk, at=at)
    roster_actions.confirm(viewer=clerk, roster_id=done.pk, at=at)
    applying_actions.apply(roster_id=done.pk, now=clock.now)
    new = Employment.objects.filter(employer_id=unit, person__name__in=[_row(n)[0] for n in range(2)])
    two = list(new.values_list("person_id", flat=True))
    invitation_actions.invite(viewer=clerk, person_ids=two, organisation_id=unit, at=at)
    rows = [_row(n) for n in range(30)]
    rows[9][1], rows[14][0], rows[21][3] = rows[9][1][:-3], "", "高职"
    roster_actions.receive(viewer=clerk, organisation_id=unit, name="设计院人员表.csv", data=_sheet(rows), at=at)
