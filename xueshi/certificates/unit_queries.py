"""A unit's people, and how far each is on the way to hours (CQ-32, CQ-38)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from xueshi.certificates.hours_actions import KIND
from xueshi.certificates.queries import SlipState, slip_states_of
from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people.models import Employment
from xueshi.people.viewer import Viewer
from xueshi.training.models import Enrolment


@dataclass(frozen=True)
class Member:
    """One of the unit's people. `state` is one of `SlipState.state`, or not_chosen, unpaid, studying."""

    person_id: int
    name: str
    id_masked: str
    unit: str
    state: str
    plan: str
    slip: SlipState | None
    own: bool


@dataclass(frozen=True)
class Unit:
    """The people of the viewer's units, and the clause under which the first slip is confirmed."""

    members: tuple[Member, ...]

    @property
    def clause(self) -> tuple[str, str] | None:
        """The words and where they stand; None while nothing waits."""
        for member in self.to_confirm:
            if member.slip and member.slip.document:
                book = law.of(member.slip.instrument)
                award = book.award(KIND, date.fromisoformat(member.slip.document.words["passed_on"]))
                return (award.text, law.cite(book, award.provision)) if award else None
        return None

    @property
    def to_confirm(self) -> list[Member]:
        return [member for member in self.members if member.state == "verified"]

    @property
    def recorded(self) -> list[Member]:
        return [member for member in self.members if member.state == "recorded"]

    @property
    def others(self) -> list[Member]:
        return [member for member in self.members if member.state not in ("verified", "recorded")]


def unit_for(viewer: Viewer, at: datetime) -> Unit:
    """The present people of the units at which the viewer is clerk. At most 6 queries, however many people."""
    on = clock.day_of(at)
    employed = list(
        Employment.objects.filter(employer_id__in=viewer.organisations("unit_clerk"), since__lte=on, main=True)
        .filter(Q(until=None) | Q(until__gt=on))
        .select_related("person", "employer")
        .order_by("person__name", "pk")
    )
    ids = [one.person_id for one in employed]
    slips = slip_states_of(ids)
    chosen: dict[int, Enrolment] = {}
    for enrolment in (
        Enrolment.objects.filter(person_id__in=ids, withdrawn_at=None)
        .select_related("plan")
        .order_by("plan__year", "pk")
    ):
        chosen[enrolment.person_id] = enrolment
    return Unit(
        tuple(
            member
            for one in employed
            for member in _members(viewer, one, slips.get(one.person_id, []), chosen.get(one.person_id))
        )
    )


def _members(viewer: Viewer, employed: Employment, slips: list[SlipState], newest: Enrolment | None) -> list[Member]:
    """A line for every verified slip that waits, and one for where the person stands now."""
    shown = [slip for slip in slips if slip.state == "verified"]
    current = slips[0] if slips else None
    lines: list[tuple[str, str, SlipState | None]] = [("verified", slip.plan, slip) for slip in shown]
    if newest is None:
        lines.append(("not_chosen", "", None))
    elif current is None or current.enrolment_id != newest.pk:
        lines.append(("studying" if newest.opened_at else "unpaid", newest.plan.title, None))
    elif current.state != "verified":
        lines.append((current.state, current.plan, current))
    person = employed.person
    return [
        Member(
            person_id=person.pk,
            name=person.name,
            id_masked=person.id_masked,
            unit=employed.employer.name,
            state=state,
            plan=plan,
            slip=slip,
            own=person.pk == viewer.person_id,
        )
        for state, plan, slip in lines
    ]
