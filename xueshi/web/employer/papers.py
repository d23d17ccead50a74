"""Sheets of paper that a unit prints: slips with codes, and the form of collective registration."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from xueshi.kernel import printing
from xueshi.people.invitation_actions import Invited, spelled
from xueshi.people.registration_queries import Line
from xueshi.web.look import saying

SHEETS = Path(__file__).parent / "sheets"


def slips(invited: Sequence[Invited], unit: str, at: datetime) -> bytes:
    """A slip for each code, eight to a sheet."""
    address = f"{settings.SITE_URL}/register/invited/"
    words = {
        "language": "en" if saying.in_english() else "zh",
        "title": _("邀请注册单"),
        "unit": unit,
        "how": [
            _("打开 %(site)s，或扫右边的码") % {"site": address},
            _("填身份证号和下面的邀请码，设一个密码"),
        ],
        "code": _("邀请码"),
        "slips": [
            {
                "name": one.person.name,
                "id": one.person.id_masked,
                "code": spelled(one.code),
                "until": _("%(until)s前有效，用一次") % {"until": saying.opening(one.expires_at)},
            }
            for one in invited
        ],
        "care": _("只交给本人。重新打印后，这张就不能用了。"),
        "cut": _("沿虚线剪开"),
    }
    return _draw("invitations", words, at, printing.qr_svg(address))


HEADINGS = ("number", "name", "sex", "id", "title", "obtained", "phone", "state")


def heading() -> tuple[str, ...]:
    """The columns of the form of collective registration, on paper and in the spreadsheet."""
    return (
        *(_("序号"), _("姓名"), _("性别"), _("身份证号")),
        *(_("职称"), _("取得日期"), _("手机"), _("账号")),
    )


def row(line: Line) -> tuple[str, ...]:
    """One person, in the same words on paper and in the spreadsheet (ZJ-41)."""
    return (
        *(str(line.number), line.name, line.sex, line.id_masked),
        *(line.title, saying.day(line.obtained_on) if line.obtained_on else "", saying.mask_phone(line.phone)),
        _("已注册") if line.registered else _("未注册"),
    )


def registration(lines: Sequence[Line], unit: str, at: datetime) -> bytes:
    """The form as it is handed in (ZJ-39, ZJ-40): who, in the unit's name, with room for its seal."""
    words = {
        "language": "en" if saying.in_english() else "zh",
        "title": _("专业技术人员继续教育集中报名表"),
        "under": _("%(unit)s，共 %(n)d 人") % {"unit": unit, "n": len(lines)},
        "heading": heading(),
        "rows": [row(line) for line in lines],
        "sign": [_("经办人："), _("联系电话："), _("单位（盖章）："), _("日期：")],
        "foot": _("%(site)s，%(when)s 生成，与同时下载的电子表一致。")
        % {"site": settings.SITE_URL, "when": saying.opening(at)},
    }
    return _draw("registration", words, at)


def _draw(sheet: str, words: dict[str, Any], at: datetime, qr: str = "") -> bytes:
    facts = {"words": json.dumps(words, ensure_ascii=False)}
    return printing.pdf(SHEETS / f"{sheet}.typ", facts | ({"qr": qr} if qr else {}), made_at=at)
