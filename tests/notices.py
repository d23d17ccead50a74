"""The five notices that are held, each with a plan of its region: what every reader of the law is tried on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests import scenery
from xueshi.courses.models import Course
from xueshi.people.models import Region
from xueshi.training.models import Plan


@dataclass(frozen=True)
class Held:
    """A notice, where it is in force, and a moment at which a plan under it is open."""

    key: str
    code: str
    name: str
    at: datetime
    kind: str = "course"


CHONGQING = Held("cn-50/chongqing-2010", "50", "重庆市", datetime(2011, 6, 1, 1, tzinfo=UTC), "public_topic")
HOHHOT = Held("cn-15/hohhot-etdz-2022", "150172", "呼和浩特经济技术开发区", datetime(2022, 9, 1, 1, tzinfo=UTC))
JURONG = Held("cn-32/jurong-2022", "321183", "句容市", datetime(2022, 9, 1, 1, tzinfo=UTC))
JINAN = Held("cn-37/jinan-2017", "3701", "济南市", datetime(2018, 3, 1, 1, tzinfo=UTC))
KAIFENG = Held("cn-41/kaifeng-2013", "4102", "开封市", datetime(2013, 8, 5, 1, tzinfo=UTC))
ALL = (CHONGQING, HOHHOT, JURONG, JINAN, KAIFENG)


def region_of(held: Held) -> Region:
    return Region.objects.get_or_create(code=held.code, defaults={"name": held.name})[0]


def plan_of(held: Held, *, category: str = "public", code: str = "", **given: object) -> Plan:
    """A published plan under a notice, open from two days before the moment at which it is held to ten after."""
    made = scenery.plan(region=region_of(held), year=held.at.year)
    Course.objects.filter(pk=made.course_id).update(
        category=category, kind=held.kind, code=code or f"{held.code}-{category}"
    )
    made.exam.bank.code = f"bank-{made.pk}"
    made.exam.bank.save()
    made.exam.opens_at, made.exam.closes_at = held.at - timedelta(days=1), held.at + timedelta(days=10)
    made.exam.save()
    changes = {
        "instrument": held.key,
        "title": f"{held.name}（示例）",
        "opens_at": held.at - timedelta(days=2),
        "closes_at": held.at + timedelta(days=10),
    } | given
    Plan.objects.filter(pk=made.pk).update(**changes)
    return Plan.objects.select_related("course", "exam__bank", "region").get(pk=made.pk)


__all__ = ["ALL", "CHONGQING", "HOHHOT", "JINAN", "JURONG", "KAIFENG", "Decimal", "Held", "plan_of", "region_of"]
