"""What could still bring somebody hours, as the planner takes it: plans to choose, courses begun, passes on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from xueshi.certificates.queries import SlipState, slip_states_of
from xueshi.courses import queries as courses
from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people.viewer import Viewer
from xueshi.policy.facts import Entry, Mark
from xueshi.policy.planner import Offer
from xueshi.study import queries as studies
from xueshi.training import queries as training
from xueshi.training.models import Enrolment, Plan

A_DAY = 90  # minutes of study that a working person can be expected to find in a day
TO_SEND = ("printable", "issued", "printed", "refused")
DECIDED_IN = timedelta(days=7)  # how long a slip usually lies with its verifier and the unit


@dataclass(frozen=True)
class Way:
    """Something that could be done or is on its way. `kind`: choose, pay, study, sit, send or wait.

    `entry` is the line as it would stand in the ledger, `ends` the day by which it usually does: after the exam a slip
    is verified and confirmed. `minutes` are those still to study. Money is in yuan.
    """

    kind: str
    entry: Entry
    title: str
    year: int
    price: Decimal
    starts: date
    ends: date
    minutes: int = 0
    plan_id: int | None = None
    order_id: int | None = None
    lesson_id: int | None = None
    slip: SlipState | None = None

    @property
    def pending(self) -> bool:
        """Done, and waiting to be sent, verified or confirmed."""
        return self.kind in ("send", "wait")

    @property
    def offer(self) -> Offer:
        """The same for the planner."""
        return Offer(self.entry, self.price, self.starts, self.ends, self.pending)


def ways_for(viewer: Viewer, at: datetime) -> list[Way]:
    """Everything that could bring the viewer hours: claims on their way, then plans that are open.

    About ten queries, and four more for each course that is being studied.
    """
    slips = slip_states_of([viewer.person_id]).get(viewer.person_id, [])
    claims = _claims(slips, at)
    enrolments = {one.plan_id: one for one in studies.enrolments_of(viewer)}
    passed = {one.enrolment_id for one in slips}
    lengths: dict[int, int] = {}
    ways = []
    for offer in training.plans_for(viewer, at):
        enrolment = enrolments.get(offer.plan.pk)
        if enrolment is not None and enrolment.pk in passed:
            continue
        way = _way(offer, enrolment, lengths, at)
        if way is not None:
            ways.append(way)
    return [*claims, *ways]


def claims_of(person_ids: Iterable[int], at: datetime) -> dict[int, list[Way]]:
    """Passes that are not in the ledger yet, for several persons; the caller has decided whom the viewer may see."""
    return {person_id: _claims(slips, at) for person_id, slips in slip_states_of(person_ids).items()}


def _claims(slips: Iterable[SlipState], at: datetime) -> list[Way]:
    today = clock.day_of(at)
    return [_claim(slip, today) for slip in slips if slip.state != "recorded"]


def _claim(slip: SlipState, today: date) -> Way:
    done = clock.day_of(slip.passed_at) if slip.passed_at else today
    entry = _entry(f"pass:{slip.pass_id}", done, slip.year, slip.instrument, slip.category, slip.kind)
    kind = "send" if slip.state in TO_SEND else "wait"
    return Way(kind, entry, slip.course, slip.year, Decimal(0), today, today + DECIDED_IN, slip=slip)


def _entry(
    id: str, on: date, year: int, instrument: str, category: str, kind: str, hours: Decimal | None = None
) -> Entry:
    award = law.of(instrument).award(kind, on)
    says: dict[str, Mark] = {"category": category, "kind": kind, "passed": True, "verified": True}
    return Entry(id, on, award.hours if award else hours, says, None if on.year == year else year)


def _way(offer: training.Offer, enrolment: Enrolment | None, lengths: dict[int, int], at: datetime) -> Way | None:
    """What a plan still asks of the viewer; None where it is closed, or cannot be done before it closes."""
    plan = offer.plan
    if offer.window not in ("open", "not_yet") or plan.exam.closes_at <= at:
        return None
    if offer.lacking and enrolment is None:
        return None  # nobody can choose it before it has a price
    kind, minutes, lesson = _stage(offer, enrolment, lengths)
    starts = max(clock.day_of(at), clock.day_of(plan.opens_at))
    sits = max(starts + timedelta(days=-(-minutes // A_DAY)), clock.day_of(plan.exam.opens_at))
    if sits > clock.day_of(min(plan.closes_at, plan.exam.closes_at)):
        return None
    entry = _entry(
        f"plan:{plan.pk}", sits, plan.year, plan.instrument, plan.course.category, plan.course.kind, plan.hours
    )
    owed = offer.price.amount if offer.price and kind in ("choose", "pay") else Decimal(0)
    order = offer.order if kind == "pay" else None
    return Way(
        kind, entry, plan.course.title, plan.year, order.amount if order else owed, starts, sits + DECIDED_IN, minutes,
        plan_id=plan.pk, order_id=order.pk if order else None, lesson_id=lesson,
    )  # fmt: skip


def _stage(offer: training.Offer, enrolment: Enrolment | None, lengths: dict[int, int]) -> tuple[str, int, int | None]:
    """What comes next, the minutes still to study, and the lesson to go on with."""
    if enrolment is None or enrolment.opened_at is None:
        kind = "choose" if enrolment is None else "pay"
        return kind, _minutes(offer.plan, lengths), None
    state = studies.state_of(enrolment)
    if state.studied:
        return "sit", 0, None
    lesson = state.next_lesson
    return "study", -(-state.remaining_ms // 60_000), lesson.lesson.pk if lesson else None


def _minutes(plan: Plan, lengths: dict[int, int]) -> int:
    if plan.course_id not in lengths:
        seconds = sum((lesson.seconds for lesson in courses.lessons_of(plan.course_id)), Decimal(0))
        lengths[plan.course_id] = -(-int(seconds) // 60)
    return lengths[plan.course_id]
