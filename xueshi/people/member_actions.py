"""A unit takes one of its people off its list: he left. The account and everything earned stay his."""

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access
from xueshi.people.actions import placing
from xueshi.people.invitation_actions import unit_of
from xueshi.people.models import Invitation, Person, Post
from xueshi.people.viewer import Viewer


class NotOneself(Refused):
    """Nobody takes himself off the list of the unit that he acts for."""

    status: ClassVar[int] = 403
    code = "not-oneself"
    sentence = _("不能把自己移出单位。")
    next_step = _("请本单位另一位经办人或负责人办理；岗位会同时结束。")


class HeadOfUnit(Refused):
    """A clerk does not take away a head's post by taking the head off the list."""

    status: ClassVar[int] = 403
    code = "head-of-unit"
    sentence = _("%(name)s是本单位负责人，不能由经办人移出。")
    next_step = _("请另一位负责人或主管科室办理。")


class LeavingReasonMissing(Refused):
    """The person reads it."""

    status: ClassVar[int] = 422
    code = "leaving-reason-missing"
    sentence = _("请写明离开的原因，本人看得到。")


class LeavingAhead(Refused):
    """A leaving is recorded when it has happened."""

    status: ClassVar[int] = 422
    code = "leaving-ahead"
    sentence = _("离开的日期不能晚于今天。")
    next_step = _("到那一天再登记。")


@transaction.atomic(durable=True)
def remove(*, viewer: Viewer, person_id: int, organisation_id: int, day: date, reason: str, at: datetime) -> Person:
    """The person no longer works for the unit from `day` on; posts held there end, an open invitation is withdrawn.

    The unit sees him no more, but for what was earned in its time. Repeated, it is somebody else's: NotYours. Raises
    NotOneself, HeadOfUnit, LeavingReasonMissing, LeavingAhead, and placing.NotBefore.
    """
    unit = unit_of(viewer, organisation_id)
    if not access.persons(viewer, "invite").filter(pk=person_id).exists():
        raise NotYours()
    if person_id == viewer.person_id:
        raise NotOneself()
    head = Post.objects.filter(person=person_id, organisation=unit, role=Post.Role.UNIT_HEAD, ended_at=None)
    if viewer.capacity != Post.Role.UNIT_HEAD and (found := head.select_related("person").first()):
        raise HeadOfUnit(name=found.person.name)
    if not reason.strip():
        raise LeavingReasonMissing()
    if day > clock.day_of(at):
        raise LeavingAhead()
    person = Person.objects.select_for_update().get(pk=person_id)
    if not placing.leave(person, unit.pk, day, viewer=viewer, at=at):
        raise NotYours()
    Invitation.objects.filter(person=person, organisation=unit, used_at=None, withdrawn_at=None).update(withdrawn_at=at)
    audit.record(
        viewer, "people.remove_from_unit", f"person:{person.pk}", at=at, reason=reason.strip()[:200],
        organisation=unit.pk, day=day.isoformat(),
    )  # fmt: skip
    return person


__all__ = ["HeadOfUnit", "LeavingAhead", "LeavingReasonMissing", "NotOneself", "remove"]
