"""Training bases of the demo: one in force and entrusted by a district, one suspended, one that has applied."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from demo import cast
from xueshi.kernel import clock
from xueshi.people.viewer import Viewer
from xueshi.training import base_actions, base_change_actions, entrustment_actions
from xueshi.training.base_actions import Scope
from xueshi.training.base_models import Accreditation
from xueshi.training.base_rules import READINGS

OF_CITY, OF_COUNTY = READINGS["restored"]["municipal"], READINGS["restored"]["county"]
BROAD = Scope(["public", "professional"], ["中小学教育", "临床医学", "建筑工程", "信息技术"], OF_CITY)
NARROW = Scope(["public"], [], OF_CITY)
SCHOOL = Scope(["public", "professional"], ["中小学教育"], OF_COUNTY)
DOCUMENT = "渝人社（示例）〔2026〕18号"


def the_bases(city: dict[str, int], viewer_of: Callable[[cast.Member, str], Viewer]) -> None:
    """Apply, approve, suspend, entrust and price them, each by whose office it is; once."""
    if Accreditation.objects.exists():
        return
    by_key = {member.key: member for member in cast.OFFICERS}
    head = viewer_of(by_key["base-head"], "base_head")
    officer = viewer_of(by_key["city-officer"], "officer")
    at = clock.now()
    today = clock.day_of(at)
    batch = base_actions.found_batch(
        viewer=officer,
        bureau_id=city["city"],
        name="第一批",
        decided_on=date(today.year, 1, 1),
        document=DOCUMENT,
        at=at,
    )
    for key, scope in (("base-university", BROAD), ("base-college", NARROW)):
        one = base_actions.apply(viewer=head, base_id=city[key], scope=scope, reason="教室、机房和教师名册已交", at=at)
        base_actions.approve(
            viewer=officer, accreditation_id=one.pk, batch_id=batch, since=date(today.year, 1, 1),
            until=date(today.year + 3, 1, 1), at=at,
        )  # fmt: skip
    base_change_actions.suspend(
        viewer=officer, accreditation_id=one.pk, since=today, reason="以基地名义举办其他培训，限期整改", at=at
    )
    base_actions.apply(
        viewer=viewer_of(by_key["school-head"], "base_head"), base_id=city["base-school"], scope=SCHOOL,
        reason="新建两间机房", at=at - timedelta(days=3),
    )  # fmt: skip
    _entrusted_and_priced(city, officer, viewer_of(by_key["jiangbei-officer"], "officer"))


def _entrusted_and_priced(city: dict[str, int], officer: Viewer, of_district: Viewer) -> None:
    at = clock.now()
    today = clock.day_of(at)
    entrustment_actions.entrust(
        viewer=of_district, bureau_id=city["bureau-500105"], base_id=city["base-university"],
        scope=Scope(["public"], [], OF_COUNTY), since=today, until=date(today.year + 2, 1, 1),
        document="江北人社（示例）〔2026〕6号", at=at,
    )  # fmt: skip
    for subject, per, amount, basis in (
        ("public", "year", "70.00", "渝价函〔2010〕205号"),
        ("professional", "hour", "2.50", "渝发改收费（示例）〔2026〕3号"),
    ):
        entrustment_actions.set_fee(
            viewer=officer, bureau_id=city["city"], subject=subject, title_level="", per=per, amount=Decimal(amount),
            since=date(today.year, 1, 1), basis=basis, at=at,
        )  # fmt: skip
