"""Who does what in which region: given and ended by the level above, one organisation at a time (ZJ-46)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, rules_organisations
from xueshi.people.models import Duty, Industry, Organisation, Post, Region
from xueshi.people.viewer import Viewer


class DutyFromAbove(Refused):
    """No bureau gives itself what it answers for: the level above does."""

    status = 403
    code = "duty-from-above"
    sentence = _("%(region)s的职责由上级或平台管理员安排，您能安排它下面各地区的。")


class DutyTaken(Refused):
    code = "duty-taken"
    sentence = _("%(region)s的“%(function)s”自 %(since)s 起由%(name)s承担，同一件事只能归一家。")
    next_step = _("要改由另一家承担，请勾选“接替原来的机构”，并把起始日期填在它之后。")


class DutyNotFitting(Refused):
    status = 422
    code = "duty-not-fitting"
    sentence = _("用人单位不承担一个地区的职责。")
    next_step = _("请选人力社保局、行业主管部门、培训中心、基地、代理机构或协会。")


class DutyEndsTooEarly(Refused):
    status = 422
    code = "duty-ends-too-early"
    sentence = _("这项职责最早从 %(day)s 起停止：之前办的事已经按它归口。")


def _arranged(viewer: Viewer, region_id: int) -> Region:
    """The region, locked, where the viewer arranges duties: an operator's any, an officer's strictly below the own."""
    region = access.regions(viewer, "keep_duties").select_for_update().filter(pk=region_id).first()
    if region is None:
        raise NotYours()
    below = any(rules_organisations.lies_below(region.code, seat.region) for seat in viewer.acting)
    if viewer.capacity != Post.Role.OPERATOR and not below:
        raise DutyFromAbove(region=region.name)
    return region


def may_arrange(viewer: Viewer, region: Region) -> bool:
    """Whether the viewer gives and ends duties of this region."""
    if viewer.capacity == Post.Role.OPERATOR:
        return True
    return viewer.capacity == Post.Role.OFFICER and any(
        rules_organisations.lies_below(region.code, seat.region) for seat in viewer.acting
    )


@transaction.atomic(durable=True)
def give_duty(
    *, viewer: Viewer, organisation_id: int, function: str, region_id: int, industry_id: int | None, since: date,
    basis: str, replace: bool, at: datetime,
) -> Duty:  # fmt: skip
    """Make an organisation responsible for a function in a region from a day on; the same again changes nothing.

    `replace` ends who has it on that day. Raises NotYours, DutyFromAbove, DutyNotFitting, DutyTaken.
    """
    region = _arranged(viewer, region_id)
    organisation = access.organisations(viewer).filter(pk=organisation_id, closed_at=None).first()
    if organisation is None or (industry_id and not Industry.objects.filter(pk=industry_id).exists()):
        raise NotYours()
    if organisation.kind == Organisation.Kind.UNIT:
        raise DutyNotFitting()
    whose = Q(industry=industry_id) if industry_id else Q(industry=None)
    standing = Duty.objects.filter(whose, function=function, region=region)
    for other in standing.filter(Q(until=None) | Q(until__gt=since)).select_related("organisation").order_by("since"):
        if other.organisation_id == organisation_id and other.since <= since and other.until is None:
            return other
        if not replace or other.since >= since:
            label = Duty.Function(function).label
            name = other.organisation.name
            raise DutyTaken(region=region.name, function=label, since=other.since.isoformat(), name=name)
        _stop(viewer, other, since, at)
    duty = Duty.objects.create(
        organisation=organisation, function=function, region=region, industry_id=industry_id, since=since, basis=basis
    )
    audit.record(
        viewer, "people.give_duty", f"organisation:{organisation.pk}", at=at, reason=basis[:200], duty=duty.pk,
        function=function, region=region.code, since=since.isoformat(),
    )  # fmt: skip
    return duty


def _stop(viewer: Viewer, duty: Duty, until: date, at: datetime) -> None:
    duty.until = until
    duty.save(update_fields=["until"])
    audit.record(
        viewer, "people.end_duty", f"organisation:{duty.organisation_id}", at=at, duty=duty.pk, function=duty.function,
        until=until.isoformat(),
    )  # fmt: skip


@transaction.atomic(durable=True)
def end_duty(*, viewer: Viewer, duty_id: int, until: date, at: datetime) -> Duty:
    """End a duty; `until` is the first day without it, today at the earliest. One that never began is taken out.

    Raises NotYours, DutyFromAbove, DutyEndsTooEarly.
    """
    region_id = Duty.objects.filter(pk=duty_id).values_list("region_id", flat=True).first()
    if region_id is None:
        raise NotYours()
    _arranged(viewer, region_id)
    duty = Duty.objects.select_related("region").get(pk=duty_id)
    today = clock.day_of(at)
    if duty.until is not None and duty.until <= until:
        return duty
    if duty.since > today and until <= duty.since:
        audit.record(
            viewer, "people.end_duty", f"organisation:{duty.organisation_id}", at=at, duty=duty.pk,
            function=duty.function, until=duty.since.isoformat(),
        )  # fmt: skip
        duty.delete()
        return duty
    earliest = max(today, duty.since + timedelta(days=1))
    if until < earliest:
        raise DutyEndsTooEarly(day=earliest.isoformat())
    _stop(viewer, duty, until, at)
    return duty
