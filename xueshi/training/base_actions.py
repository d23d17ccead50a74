"""A base is applied for and decided upon; it is suspended, restored, given another scope, withdrawn (KF-31 to KF-40).

Each deed locks the accreditation, checks, adds a step and an audit line. The bureau that supervises the base decides:
a city's for municipal bases, a county's for county ones (KF-31).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.people import access
from xueshi.people.models import Organisation, Region
from xueshi.people.viewer import Viewer
from xueshi.training import base_rules
from xueshi.training.base_models import Accreditation, AccreditationBatch, AccreditationStep, Subject

State = Accreditation.State
Kind = AccreditationStep.Kind
HEAD = "base_head"
OFFICER = "officer"
SUPERVISORS = {"municipal": "municipal_hrss", "county": "county_hrss"}


class NoSupervisor(Refused):
    code = "base-without-supervisor"
    sentence = _("%(name)s所在的地区还没有主管基地的人力社保局。")
    next_step = _("请平台管理员先登记这一级的人力社保局。")


class AlreadyAccredited(Refused):
    code = "base-applied-already"
    sentence = _("%(name)s已经有一份基地申请或资格：%(state)s。")
    next_step = _("要改范围，请在那一份上办理。")


class AlreadyDecided(Refused):
    code = "base-decided-already"
    sentence = _("这份申请已由%(by)s办理：%(state)s。")
    next_step = _("请看办理记录；有不同意见，请与同事商量后再调整。")


class OwnApplication(Refused):
    status = 403
    code = "base-own-application"
    sentence = _("这份申请是您登记的，要由另一位同事审批。")


class ScopeIncomplete(Refused):
    status = 422
    code = "base-scope-incomplete"
    sentence = _("%(problem)s")


class BatchTaken(Refused):
    code = "base-batch-taken"
    sentence = _("本局已经有“%(name)s”，文号是%(document)s。")
    next_step = _("请直接选用那一批，或者换一个名称。")


class TermBackwards(Refused):
    status = 422
    code = "base-term-backwards"
    sentence = _("截止日要在生效日之后。")


@dataclass(frozen=True)
class Scope:
    """What is asked for or approved: subjects, specialties of professional ones, levels of titles."""

    subjects: Sequence[str]
    specialties: Sequence[str] = ()
    title_levels: Sequence[str] = ()

    def checked(self) -> dict[str, Any]:
        """As it is kept: each word once, specialties only with professional subjects. Raises ScopeIncomplete."""
        professional = Subject.PROFESSIONAL in self.subjects
        named = {base_rules.word(one): " ".join(one.split()) for one in self.specialties if one.strip()}
        if not self.subjects:
            raise ScopeIncomplete(problem=_("至少选一类科目。"))
        if not self.title_levels:
            raise ScopeIncomplete(problem=_("至少选一个职称层次。"))
        if professional and not named:
            raise ScopeIncomplete(problem=_("承担专业科目的，要写明核准的专业。"))
        return {
            "subjects": sorted(set(self.subjects), key=list(Subject.values).index),
            "specialties": list(named.values()) if professional else [],
            "title_levels": list(dict.fromkeys(self.title_levels)),
        }


@dataclass(frozen=True)
class Left:
    """An application that was not approved with the others, and why."""

    accreditation: Accreditation
    why: str


def supervisor_of(base: Organisation) -> Organisation:
    """The bureau for a base of this level in this place; raises NoSupervisor."""
    kind = SUPERVISORS.get(base.level)
    around = [base.region.code[:length] for length in range(2, len(base.region.code) + 1)]
    found = (
        Organisation.objects.filter(kind=kind, region__code__in=around, closed_at=None)
        .select_related("region")
        .order_by("-region__code", "pk")
        .first()
        if kind
        else None
    )
    if found is None:
        raise NoSupervisor(name=base.name)
    return found


def acting_for(viewer: Viewer, bureau_id: int) -> None:
    """The viewer is an officer of this very bureau; raises NotYours (it is another's, or there is none)."""
    if viewer.capacity != OFFICER:
        raise NotAllowed()
    if bureau_id not in viewer.organisations(OFFICER):
        raise NotYours()


def locked(viewer: Viewer, accreditation_id: int) -> Accreditation:
    """The accreditation, locked, for the officer whose bureau supervises it; raises NotYours, NotAllowed."""
    found = (
        Accreditation.objects.select_for_update(of=("self",))
        .select_related("base", "supervisor", "region")
        .filter(pk=accreditation_id)
        .first()
    )
    if viewer.capacity != OFFICER:
        raise NotAllowed()
    if found is None or not access.can(viewer, "accredit", found.base):
        raise NotYours()
    acting_for(viewer, found.supervisor_id)
    return found


def step(
    viewer: Viewer,
    one: Accreditation,
    kind: str,
    *,
    at: datetime,
    since: date,
    for_id: int | None = None,
    **said: Any,
) -> None:
    """Add the step and its audit line."""
    AccreditationStep.objects.create(
        accreditation=one, kind=kind, person_id=viewer.person_id, at=at, since=since,
        organisation_id=for_id or one.supervisor_id, **said,
    )  # fmt: skip
    facts = {key: value.isoformat() if isinstance(value, date) else value for key, value in said.items()}
    reason = str(facts.pop("reason", ""))
    audit.record(
        viewer, f"training.{DEEDS[kind]}", f"accreditation:{one.pk}", at=at, reason=reason, since=since.isoformat(),
        **facts,
    )  # fmt: skip


DEEDS: dict[str, str] = {
    Kind.APPLIED: "apply_accreditation", Kind.RETURNED: "return_accreditation", Kind.REFUSED: "refuse_accreditation",
    Kind.APPROVED: "approve_accreditation", Kind.RESCOPED: "rescope_accreditation", Kind.RENEWED: "renew_accreditation",
    Kind.SUSPENDED: "suspend_accreditation", Kind.LIFTED: "lift_suspension",
    Kind.WITHDRAWAL_PROPOSED: "propose_withdrawal", Kind.WITHDRAWAL_DROPPED: "drop_withdrawal",
    Kind.WITHDRAWN: "withdraw_accreditation",
}  # fmt: skip


def become(one: Accreditation, state: str, since: date, *also: str) -> None:
    """Move on to a state from a day; until then it is what it was."""
    one.state_before, one.state, one.state_since = one.state, state, since
    one.save(update_fields=["state", "state_before", "state_since", *also])


@transaction.atomic(durable=True)
def apply(*, viewer: Viewer, base_id: int, scope: Scope, reason: str = "", at: datetime) -> Accreditation:
    """Apply for a base, or again after it was returned: its head, or the bureau for one that applied on paper.

    Raises NotYours, AlreadyAccredited, NoSupervisor, ScopeIncomplete.
    """
    base = Organisation.objects.select_for_update(of=("self",)).select_related("region").filter(pk=base_id).first()
    if viewer.capacity not in (HEAD, OFFICER):
        raise NotAllowed()
    if base is None or base.closed_at is not None:
        raise NotYours()
    if viewer.capacity == HEAD and base_id not in viewer.organisations(HEAD):
        raise NotYours()
    if viewer.capacity == OFFICER and not access.can(viewer, "accredit", base):
        raise NotYours()
    bureau = supervisor_of(base)
    if viewer.capacity == OFFICER:
        acting_for(viewer, bureau.pk)
    kept = scope.checked()
    today = clock.day_of(at)
    one = Accreditation.objects.filter(base=base).exclude(state__in=[State.REFUSED, State.WITHDRAWN]).first()
    if one is not None and one.state != State.RETURNED:
        raise AlreadyAccredited(name=base.name, state=one.get_state_display())
    if one is None:
        one = Accreditation.objects.create(
            base=base, level=base.level, supervisor=bureau, region=bureau.region, state_since=today,
            applied_at=at, applied_by_id=viewer.person_id,
        )  # fmt: skip
    else:
        one.applied_at, one.applied_by_id = at, viewer.person_id
        become(one, State.APPLIED, today, "applied_at", "applied_by")
    acting = base.pk if viewer.capacity == HEAD else bureau.pk
    step(viewer, one, Kind.APPLIED, at=at, since=today, for_id=acting, reason=reason, **kept)
    return one


@transaction.atomic(durable=True)
def found_batch(*, viewer: Viewer, bureau_id: int, name: str, decided_on: date, document: str, at: datetime) -> int:
    """A batch of the bureau, by its name and document; the same again changes nothing. Raises BatchTaken."""
    acting_for(viewer, bureau_id)
    batch, made = AccreditationBatch.objects.get_or_create(
        bureau_id=bureau_id,
        name=name,
        defaults={"decided_on": decided_on, "document": document, "made_at": at, "made_by_id": viewer.person_id},
    )
    if made:
        audit.record(viewer, "training.found_batch", f"batch:{batch.pk}", at=at, name=name, document=document)
    elif (batch.decided_on, batch.document) != (decided_on, document):
        raise BatchTaken(name=name, document=batch.document)
    return batch.pk


@transaction.atomic(durable=True)
def approve(
    *, viewer: Viewer, accreditation_id: int, batch_id: int | None, since: date, until: date | None = None,
    scope: Scope | None = None, reason: str = "", at: datetime,
) -> Accreditation:  # fmt: skip
    """Accredit a base from a day, with the scope it asked for or another (KF-32 to KF-34, KF-40).

    Raises AlreadyDecided, OwnApplication, ScopeIncomplete, TermBackwards, NotYours.
    """
    one = locked(viewer, accreditation_id)
    return _approve(viewer, one, _batch(viewer, batch_id), since, until, scope, reason, at)


def _batch(viewer: Viewer, batch_id: int | None) -> AccreditationBatch | None:
    if batch_id is None:
        return None
    batch = AccreditationBatch.objects.filter(pk=batch_id).first()
    if batch is None or batch.bureau_id not in viewer.organisations(OFFICER):
        raise NotYours()
    return batch


def _approve(
    viewer: Viewer, one: Accreditation, batch: AccreditationBatch | None, since: date, until: date | None,
    scope: Scope | None, reason: str, at: datetime,
) -> Accreditation:  # fmt: skip
    if one.state == State.APPROVED and one.decided_by_id == viewer.person_id:
        return one
    _undecided(viewer, one)
    if batch is not None and batch.bureau_id != one.supervisor_id:
        raise NotYours()
    if until is not None and until <= since:
        raise TermBackwards()
    asked = AccreditationStep.objects.filter(accreditation=one, kind=Kind.APPLIED).order_by("pk").last()
    wanted = scope or Scope(asked.subjects, asked.specialties, asked.title_levels) if asked else scope
    kept = wanted.checked() if wanted else {}
    one.batch, one.until, one.decided_by_id = batch, until, viewer.person_id
    become(one, State.APPROVED, since, "batch", "until", "decided_by")
    step(viewer, one, Kind.APPROVED, at=at, since=since, until=until, reason=reason, **kept)
    return one


def _undecided(viewer: Viewer, one: Accreditation) -> None:
    """The application waits, and the viewer is not who filed it."""
    if one.state != State.APPLIED:
        last = AccreditationStep.objects.filter(accreditation=one).select_related("person").order_by("pk").last()
        raise AlreadyDecided(by=last.person.name if last else "", state=one.get_state_display())
    if one.applied_by_id == viewer.person_id:
        raise OwnApplication()


@transaction.atomic(durable=True)
def approve_several(
    *, viewer: Viewer, accreditation_ids: Iterable[int], batch_id: int, since: date, until: date | None = None,
    at: datetime,
) -> tuple[list[Accreditation], list[Left]]:  # fmt: skip
    """Accredit several as they asked, in one batch; what cannot be approved is left, each with its reason."""
    batch, done, left = _batch(viewer, batch_id), [], []
    for accreditation_id in sorted(set(accreditation_ids)):
        one = locked(viewer, accreditation_id)
        try:
            with transaction.atomic():
                done.append(_approve(viewer, one, batch, since, until, None, "", at))
        except (AlreadyDecided, OwnApplication, ScopeIncomplete, TermBackwards) as refused:
            left.append(Left(one, f"{refused.said}{refused.advice}"))
    return done, left


@transaction.atomic(durable=True)
def send_back(*, viewer: Viewer, accreditation_id: int, reason: str, at: datetime) -> Accreditation:
    """Return an application to the base, which may complete it and file it again."""
    return _turn_down(viewer, accreditation_id, State.RETURNED, Kind.RETURNED, reason, at)


@transaction.atomic(durable=True)
def refuse(*, viewer: Viewer, accreditation_id: int, reason: str, at: datetime) -> Accreditation:
    """Refuse an application; the base may apply anew."""
    return _turn_down(viewer, accreditation_id, State.REFUSED, Kind.REFUSED, reason, at)


def _turn_down(
    viewer: Viewer, accreditation_id: int, state: str, kind: str, reason: str, at: datetime
) -> Accreditation:
    one = locked(viewer, accreditation_id)
    last = AccreditationStep.objects.filter(accreditation=one).order_by("pk").last()
    if one.state == state and last and last.person_id == viewer.person_id:
        return one
    _undecided(viewer, one)
    if state == State.REFUSED:
        one.decided_by_id = viewer.person_id
    become(one, state, clock.day_of(at), "decided_by")
    step(viewer, one, kind, at=at, since=clock.day_of(at), reason=reason)
    return one


def region_of(viewer: Viewer, bureau_id: int) -> Region:
    """The region of the bureau for which the viewer acts; raises NotYours."""
    acting_for(viewer, bureau_id)
    return Organisation.objects.select_related("region").get(pk=bureau_id).region
