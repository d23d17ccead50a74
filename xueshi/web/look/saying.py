"""How hours, money, moments and identity numbers are said, in the active language.

Pure but for the language: no clock, no database. Days are days in Shanghai.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORTEST_ID = 9  # below this, head and tail would show everything

Number = Decimal | int | float | str


def in_english() -> bool:
    """Whether the page is being said in English."""
    return (get_language() or "").startswith("en")


def exact(value: Number) -> Decimal:
    """The value as a Decimal; a float by its shortest writing, never by its bits."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def hours(value: Number) -> str:
    """学时 without trailing zeros: 12.5, 20, 0.85."""
    plain = f"{exact(value):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def yuan(value: Number) -> str:
    """Money with both decimals and its unit: 70.00 元."""
    return _("%(amount)s 元") % {"amount": f"{exact(value):.2f}"}


def local(at: datetime) -> datetime:
    """The moment as a clock in Shanghai shows it."""
    return at.astimezone(SHANGHAI)


def day(when: date | datetime) -> str:
    """2026年12月31日 / 31 Dec 2026. A moment is first placed in Shanghai."""
    on = local(when).date() if isinstance(when, datetime) else when
    return _("%(year)d年%(month)d月%(day)d日") % _parts(on)


def day_short(when: date | datetime) -> str:
    """12月31日 / 31 Dec, where the year is plain from what stands around it."""
    on = local(when).date() if isinstance(when, datetime) else when
    return _("%(month)d月%(day)d日") % _parts(on)


def last_day(at: datetime) -> date:
    """The last day that still belongs to a deadline: midnight belongs to the day it ends."""
    return (local(at) - timedelta(microseconds=1)).date()


def moment(at: datetime) -> str:
    """A moment with its weekday; midnight is the end of the day before, 24:00.

    For openings, where midnight begins a day, say `opening`.
    """
    there = local(at)
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        return _dated(last_day(at), "24:00")
    return _dated(there.date(), f"{there:%H:%M}")


def opening(at: datetime) -> str:
    """A moment with its weekday; midnight is the beginning of the day, 00:00."""
    there = local(at)
    return _dated(there.date(), f"{there:%H:%M}")


def clock(at: datetime) -> str:
    """The time of day with seconds, as on a receipt: 09:15:03."""
    return f"{local(at):%H:%M:%S}"


def time_of_day(at: datetime) -> str:
    """The time of day: 10:30."""
    return f"{local(at):%H:%M}"


def minutes(value: Number) -> str:
    """A length given in minutes: 2 小时 38 分, 45 分. Begun minutes count."""
    whole = int(exact(value).to_integral_value(rounding="ROUND_CEILING"))
    if whole < 60:
        return _("%(minutes)d 分") % {"minutes": whole}
    if whole % 60 == 0:
        return _("%(hours)d 小时") % {"hours": whole // 60}
    return _("%(hours)d 小时 %(minutes)d 分") % {"hours": whole // 60, "minutes": whole % 60}


def duration(seconds: int) -> str:
    """A length given in seconds, to the second: 19 分 45 秒, 1 小时 2 分 5 秒."""
    whole = int(seconds)
    parts = []
    if whole >= 3600:
        parts.append(_("%(hours)d 小时") % {"hours": whole // 3600})
    if whole >= 60 and (whole % 3600) // 60:
        parts.append(_("%(minutes)d 分") % {"minutes": (whole % 3600) // 60})
    if whole % 60 or not parts:
        parts.append(_("%(seconds)d 秒") % {"seconds": whole % 60})
    return " ".join(parts)


def position(seconds: int) -> str:
    """A place in a video: 22:05, 1:02:05."""
    whole = int(seconds)
    minute, second = divmod(whole, 60)
    if minute < 60:
        return f"{minute:02d}:{second:02d}"
    return f"{minute // 60}:{minute % 60:02d}:{second:02d}"


def time_left(at: datetime, now: datetime) -> str:
    """What is left until a deadline: days, on the last day hours, in the last hour minutes.

    Days are counted by the calendar of Shanghai, as a person counts them.
    """
    days = (last_day(at) - local(now).date()).days
    if days > 0:
        return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days}
    left = int((at - now).total_seconds() // 60)
    if left >= 60:
        return ngettext("还有 %(n)d 小时", "还有 %(n)d 小时", left // 60) % {"n": left // 60}
    return ngettext("还有 %(n)d 分钟", "还有 %(n)d 分钟", left) % {"n": left}


def mask_id(number: str) -> str:
    """An identity number by its head and tail: 3211**********002X. Masked ones pass unchanged."""
    if "*" in number:
        return number
    if len(number) < SHORTEST_ID:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_phone(number: str) -> str:
    """A phone number by its head and tail: 138****8000. Masked ones pass unchanged."""
    if "*" in number:
        return number
    if len(number) < SHORTEST_ID:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def _parts(on: date) -> dict[str, int | str]:
    return {"year": on.year, "month": on.month, "day": on.day, "mon": MONTHS[on.month - 1]}


def _dated(on: date, time: str) -> str:
    return _("%(year)d年%(month)d月%(day)d日（%(weekday)s）%(time)s") % {
        **_parts(on),
        "weekday": WEEKDAYS[on.weekday()],
        "time": time,
    }
