"""What becomes of an accredited base: suspended, restored, given another scope or a longer term, withdrawn.

All of it holds from a day that is not past: what was done before stays as it was.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import clock
from xueshi.kernel.errors import Refused
from xueshi.people.viewer import Viewer
from xueshi.training.base_actions import Kind, Scope, State, TermBackwards, become, locked, step
from xueshi.training.base_models import Accreditation, AccreditationStep


class NotInForce(Refused):
    code = "base-not-in-force"
    sentence = _("这份资格现在是“%(state)s”，不能这样办。")
    next_step = _("请看办理记录里最近的一步。")


class DayPast(Refused):
    status = 422
    code = "base-day-past"
    sentence = _("从今天或以后的一天起；过去办的班不受影响。")


class NotSuspended(Refused):
    code = "base-not-suspended"
    sentence = _("这个基地没有暂停，不用恢复。")


class WithdrawalPending(Refused):
    code = "base-withdrawal-pending"
    sentence = _("%(by)s已经提出撤销，等另一位同事确认。")
    next_step = _("请先确认撤销或者不再撤销。")


class NothingProposed(Refused):
    code = "base-withdrawal-not-proposed"
    sentence = _("还没有人提出撤销这份资格。")
    next_step = _("撤销要两个人：一位提出，另一位确认。")


class SecondPerson(Refused):
    status = 403
    code = "base-withdrawal-second-person"
    sentence = _("撤销是您提出的，要由另一位同事确认。")


def _in_force(one: Accreditation, today: date, *states: str) -> None:
    """The accreditation stands in one of these states today and has not run out."""
    now = one.state if one.state_since <= today else one.state_before
    if now not in states or (one.until is not None and one.until <= today):
        raise NotInForce(state=State(now).label if one.until is None or one.until > today else _("已到期"))


def _ahead(since: date, today: date) -> None:
    if since < today:
        raise DayPast()


@transaction.atomic(durable=True)
def suspend(*, viewer: Viewer, accreditation_id: int, since: date, reason: str, at: datetime) -> Accreditation:
    """Nothing new from that day on; a second suspension is refused. Raises NotInForce, DayPast."""
    one, today = locked(viewer, accreditation_id), clock.day_of(at)
    if one.state == State.SUSPENDED and one.state_since == since:
        return one
    _ahead(since, today)
    if one.state == State.SUSPENDED:
        raise NotInForce(state=one.get_state_display())
    _in_force(one, today, State.APPROVED)
    become(one, State.SUSPENDED, since)
    step(viewer, one, Kind.SUSPENDED, at=at, since=since, reason=reason)
    return one


@transaction.atomic(durable=True)
def lift(*, viewer: Viewer, accreditation_id: int, reason: str, at: datetime) -> Accreditation:
    """End a suspension from today on, or one that has not begun. Raises NotSuspended."""
    one, today = locked(viewer, accreditation_id), clock.day_of(at)
    if one.state != State.SUSPENDED:
        raise NotSuspended()
    become(one, State.APPROVED, today)
    step(viewer, one, Kind.LIFTED, at=at, since=today, reason=reason)
    return one


@transaction.atomic(durable=True)
def rescope(
    *, viewer: Viewer, accreditation_id: int, scope: Scope, since: date, reason: str, at: datetime
) -> Accreditation:
    """Widen or narrow the scope from a day on (KF-33, KF-37). Raises NotInForce, DayPast, ScopeIncomplete."""
    one, today = locked(viewer, accreditation_id), clock.day_of(at)
    _ahead(since, today)
    _in_force(one, today, State.APPROVED, State.SUSPENDED)
    kept = scope.checked()
    last = AccreditationStep.objects.filter(accreditation=one, kind__in=[Kind.APPROVED, Kind.RESCOPED]).last()
    if last and last.since == since and all(getattr(last, key) == value for key, value in kept.items()):
        return one
    step(viewer, one, Kind.RESCOPED, at=at, since=since, reason=reason, **kept)
    return one


@transaction.atomic(durable=True)
def renew(*, viewer: Viewer, accreditation_id: int, until: date | None, reason: str, at: datetime) -> Accreditation:
    """Give it another term, from today on; also after it has run out. Raises NotInForce, TermBackwards."""
    one, today = locked(viewer, accreditation_id), clock.day_of(at)
    if one.state not in (State.APPROVED, State.SUSPENDED):
        raise NotInForce(state=one.get_state_display())
    if until is not None and until <= today:
        raise TermBackwards()
    if until == one.until:
        return one
    one.until = until
    one.save(update_fields=["until"])
    step(viewer, one, Kind.RENEWED, at=at, since=today, until=until, reason=reason)
    return one


@transaction.atomic(durable=True)
def propose_withdrawal(*, viewer: Viewer, accreditation_id: int, reason: str, at: datetime) -> Accreditation:
    """The first of two who withdraw an accreditation. Raises NotInForce, WithdrawalPending."""
    one = locked(viewer, accreditation_id)
    if one.state not in (State.APPROVED, State.SUSPENDED):
        raise NotInForce(state=one.get_state_display())
    if one.withdrawal_proposed_by_id == viewer.person_id:
        return one
    if one.withdrawal_proposed_by is not None:
        raise WithdrawalPending(by=one.withdrawal_proposed_by.name)
    one.withdrawal_proposed_by_id, one.withdrawal_proposed_at = viewer.person_id, at
    one.withdrawal_reason = reason
    one.save(update_fields=["withdrawal_proposed_by", "withdrawal_proposed_at", "withdrawal_reason"])
    step(viewer, one, Kind.WITHDRAWAL_PROPOSED, at=at, since=clock.day_of(at), reason=reason)
    return one


@transaction.atomic(durable=True)
def drop_withdrawal(*, viewer: Viewer, accreditation_id: int, reason: str, at: datetime) -> Accreditation:
    """Take the proposal back. Raises NothingProposed."""
    one = locked(viewer, accreditation_id)
    if one.withdrawal_proposed_by_id is None or one.state == State.WITHDRAWN:
        raise NothingProposed()
    one.withdrawal_proposed_by, one.withdrawal_proposed_at, one.withdrawal_reason = None, None, ""
    one.save(update_fields=["withdrawal_proposed_by", "withdrawal_proposed_at", "withdrawal_reason"])
    step(viewer, one, Kind.WITHDRAWAL_DROPPED, at=at, since=clock.day_of(at), reason=reason)
    return one


@transaction.atomic(durable=True)
def confirm_withdrawal(*, viewer: Viewer, accreditation_id: int, at: datetime) -> Accreditation:
    """The second of two: from today on it is no base. Raises NothingProposed, SecondPerson."""
    one = locked(viewer, accreditation_id)
    if one.state == State.WITHDRAWN:
        return one
    if one.withdrawal_proposed_by_id is None:
        raise NothingProposed()
    if one.withdrawal_proposed_by_id == viewer.person_id:
        raise SecondPerson()
    one.withdrawn_by_id = viewer.person_id
    become(one, State.WITHDRAWN, clock.day_of(at), "withdrawn_by")
    step(viewer, one, Kind.WITHDRAWN, at=at, since=clock.day_of(at), reason=one.withdrawal_reason)
    return one
