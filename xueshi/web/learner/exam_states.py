"""In which state an exam is for a learner, so that the page can say it in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xueshi.exams import queries
from xueshi.exams.queries import Clause
from xueshi.kernel import clock
from xueshi.people.viewer import Viewer
from xueshi.study import queries as courses
from xueshi.study import regime
from xueshi.study.queries import CourseState


@dataclass(frozen=True)
class ExamState:
    """One exam of a learner.

    `kind` is unopened, unstudied, early, closed, used_up, open, running, ending or passed; ending: the time is
    over and the result is being registered.
    """

    kind: str
    course: CourseState
    last: Any  # the newest finished attempt of this cycle, or None
    mock_id: int | None  # the mock exam that runs

    @property
    def exam(self) -> Any:
        return self.course.plan.exam

    @property
    def questions(self) -> int:
        return int(self.exam.singles + self.exam.multiples + self.exam.judgements)

    @property
    def again(self) -> bool:
        """Both chances of an earlier cycle failed, so the course is being studied again (CQ-13)."""
        return self.course.cycle_number > 1


def of(course: CourseState, attempts: Sequence[Any], now: datetime) -> ExamState:
    """The state of one enrolment's exam; `attempts` are the learner's at any exam, the newest first."""
    mocks = [
        one.pk
        for one in attempts
        if one.kind == "mock" and one.state == "running" and one.exam_id == course.plan.exam_id and one.ends_at > now
    ]
    last = course.last_attempt
    key = regime.cycle_key(course.cycle.pk) if course.cycle else ""
    here = last if last is not None and last.cycle_key == key else None
    return ExamState(_kind(course, now), course, here, mocks[0] if mocks else None)


def _kind(course: CourseState, now: datetime) -> str:
    exam = course.plan.exam
    if course.passed:
        return "passed"
    if course.running_attempt_id is not None and course.running_ends_at is not None:
        return "running" if now < course.running_ends_at else "ending"
    if not course.opened:
        return "unopened"
    if now >= exam.closes_at:
        return "closed"
    if not course.studied:
        return "unstudied"
    if now < exam.opens_at:
        return "early"
    return "used_up" if course.chances_left == 0 else "open"


@dataclass(frozen=True)
class Setting:
    """What stands round a paper: the plan it belongs to, how many chances there are, the notice's sentences."""

    title: str
    region: str
    chances: int | None
    clauses: Mapping[str, Clause]


def setting_of(viewer: Viewer, exam_id: int) -> Setting | None:
    """The setting of the learner's exam, or None when no enrolment of his or hers has it."""
    for enrolment in courses.enrolments_of(viewer):
        plan = enrolment.plan
        if plan.exam_id == exam_id:
            on = clock.day_of(plan.opens_at)
            return Setting(
                title=plan.course.title,
                region=plan.region.name,
                chances=regime.chances(regime.exam_law(plan)),
                clauses=queries.clauses(plan.instrument, on, plan.course.category),
            )
    return None
