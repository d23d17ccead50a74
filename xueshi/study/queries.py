"""What can be seen of study: the state of a course, of a lesson, and of the player."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef

from xueshi.courses.models import Lesson
from xueshi.courses.queries import lessons_of
from xueshi.exams.models import Attempt
from xueshi.kernel.errors import NotYours
from xueshi.people.viewer import Viewer
from xueshi.policy.chapters import ExamLaw, StudyLaw
from xueshi.study import regime, rules
from xueshi.study.models import CoursePass, LearningCycle, LessonProgress, PlayerLease
from xueshi.training.models import Enrolment, Plan

PLAYING = timedelta(milliseconds=rules.LONGEST_GAP_MS)  # heard within this time: somebody is there


@dataclass(frozen=True)
class LessonState:
    """A lesson as it stands in the present cycle."""

    lesson: Lesson
    length_ms: int
    credited_ms: int = 0
    covered: tuple[rules.Stretch, ...] = ()
    position_ms: int = 0
    downloaded_at: datetime | None = None
    completed_at: datetime | None = None
    completed_by: str = ""  # LessonProgress.Evidence

    @property
    def complete(self) -> bool:
        return self.completed_at is not None

    @property
    def begun(self) -> bool:
        return bool(self.credited_ms or self.position_ms)

    @property
    def position_seconds(self) -> int:
        return self.position_ms // 1000

    @property
    def remaining_ms(self) -> int:
        """What has still to be watched; nothing when complete, by whichever evidence."""
        return 0 if self.complete else max(0, self.length_ms - self.credited_ms)

    @property
    def gaps(self) -> list[rules.Stretch]:
        return rules.gaps(self.covered, self.length_ms)


@dataclass(frozen=True)
class CourseState:
    """Everything a learner's pages say of one enrolment's course and exam."""

    enrolment: Enrolment  # with plan, course, exam and region
    lessons: tuple[LessonState, ...]
    cycle: LearningCycle | None  # the present one; None before the first lesson is opened
    chances: int | None  # how many the notice gives a cycle; None: it names no number
    chances_used: int
    offline: bool  # the notice takes a download as evidence of study
    studied: bool  # the exam is open as far as study goes
    courses_left: tuple[str, ...]  # other courses that must be studied before, where the notice asks for all
    may_repeat: bool  # whoever failed may sit again by the notice's own words
    running_attempt_id: int | None
    running_ends_at: datetime | None
    last_attempt: Attempt | None  # the newest finished formal one, of any cycle
    passed: CoursePass | None

    @property
    def plan(self) -> Plan:
        return self.enrolment.plan

    @property
    def opened(self) -> bool:
        return self.enrolment.opened_at is not None

    @property
    def cycle_number(self) -> int:
        return self.cycle.number if self.cycle else 1

    @property
    def chances_left(self) -> int | None:
        return None if self.chances is None else max(0, self.chances - self.chances_used)

    @property
    def pass_id(self) -> int | None:
        return self.passed.pk if self.passed else None

    @property
    def score(self) -> Decimal | None:
        return self.passed.score if self.passed else None

    @property
    def length_ms(self) -> int:
        return sum(one.length_ms for one in self.lessons)

    @property
    def credited_ms(self) -> int:
        """Milliseconds that count: a lesson complete by either evidence counts whole."""
        return sum(one.length_ms - one.remaining_ms for one in self.lessons)

    @property
    def remaining_ms(self) -> int:
        return sum(one.remaining_ms for one in self.lessons)

    @property
    def lessons_left(self) -> int:
        return sum(1 for one in self.lessons if not one.complete)

    @property
    def next_lesson(self) -> LessonState | None:
        """The lesson to go on with: one that is begun, else the first that is not complete."""
        left = [one for one in self.lessons if not one.complete]
        return next((one for one in left if one.begun), left[0] if left else None)

    def window(self, at: datetime) -> str:
        """Whether study counts now: "early", "open" or "closed"."""
        if at < self.plan.opens_at:
            return "early"
        is_open = self.plan.state == Plan.State.PUBLISHED and at < self.plan.closes_at
        return "open" if is_open else "closed"


def enrolments_of(viewer: Viewer) -> list[Enrolment]:
    """The viewer's enrolments that are paid for or still may be, the newest year first."""
    return list(
        Enrolment.objects.filter(person_id=viewer.person_id, withdrawn_at=None)
        .select_related("plan__course", "plan__exam", "plan__region", "person__region")
        .order_by("-plan__year", "-pk")
    )


def course_state_for(viewer: Viewer, enrolment_id: int) -> CourseState:
    """The state of one enrolment of the viewer, in five queries; NotYours for anybody else's."""
    for enrolment in enrolments_of(viewer):
        if enrolment.pk == enrolment_id:
            return state_of(enrolment)
    raise NotYours()


def state_of(enrolment: Enrolment) -> CourseState:
    """The state of an enrolment that came from `enrolments_of`, in four queries."""
    known = list(
        LessonProgress.objects.filter(cycle__enrolment=enrolment).select_related("cycle").order_by("-cycle__number")
    )
    cycle = known[0].cycle if known else None
    progress = {one.lesson_id: one for one in known if cycle and one.cycle_id == cycle.pk}
    lessons = tuple(_lesson_state(one, progress.get(one.pk)) for one in lessons_of(enrolment.plan.course_id))
    attempts = list(
        Attempt.objects.filter(
            person_id=enrolment.person_id,
            kind=Attempt.Kind.FORMAL,
            cycle_key__in={regime.cycle_key(one.cycle_id) for one in known},
        )
        .defer("paper")
        .order_by("pk")
    )
    key = regime.cycle_key(cycle.pk) if cycle else ""
    running = next((one for one in attempts if one.state == Attempt.State.RUNNING), None)
    law = regime.exam_law(enrolment.plan)
    study_law = regime.study_law(enrolment.plan)
    left = courses_left(enrolment) if law.opens_after == regime.ALL_COURSES else ()
    return CourseState(
        enrolment=enrolment,
        lessons=lessons,
        cycle=cycle,
        chances=regime.chances(law),
        chances_used=sum(1 for one in attempts if one.cycle_key == key),
        offline=regime.DOWNLOADED in study_law.evidence,
        studied=_is_open(law, cycle) and not left,
        courses_left=left,
        may_repeat=law.make_up is not None and law.make_up.by == regime.LEARNER,
        running_attempt_id=running.pk if running else None,
        running_ends_at=running.ends_at if running else None,
        last_attempt=next((one for one in reversed(attempts) if one.state != Attempt.State.RUNNING), None),
        passed=_pass_of(enrolment),
    )


def _is_open(law: ExamLaw, cycle: LearningCycle | None) -> bool:
    """Whether the exam waits for no lesson of this course."""
    waits = law.opens_after in (regime.STUDY, regime.ALL_COURSES)
    return not waits or bool(cycle and cycle.studied_at)


def courses_left(enrolment: Enrolment) -> tuple[str, ...]:
    """The person's other courses of the year and category, under the same notice, that are open and never finished."""
    plan = enrolment.plan
    finished = LearningCycle.objects.filter(enrolment=OuterRef("pk")).exclude(studied_at=None)
    others = Enrolment.objects.filter(
        ~Exists(finished), person_id=enrolment.person_id, withdrawn_at=None, opened_at__isnull=False,
        plan__year=plan.year, plan__instrument=plan.instrument, plan__course__category=plan.course.category,
    ).exclude(pk=enrolment.pk)  # fmt: skip
    return tuple(others.order_by("pk").values_list("plan__course__title", flat=True))


def study_law_of(state: CourseState) -> StudyLaw:
    """What the plan's notice says of studying, with its words."""
    return regime.study_law(state.plan)


def exam_law_of(state: CourseState) -> ExamLaw:
    """What the plan's notice says of the exam, with the words on its chances."""
    return regime.exam_law(state.plan)


def _pass_of(enrolment: Enrolment) -> CoursePass | None:
    """The pass, knowing the enrolment it was read for, so that nobody asks for it again."""
    passed = CoursePass.objects.filter(enrolment=enrolment).first()
    if passed:
        passed.enrolment = enrolment
    return passed


def _lesson_state(lesson: Lesson, progress: LessonProgress | None) -> LessonState:
    length_ms = int(lesson.seconds * 1000)
    if progress is None:
        return LessonState(lesson, length_ms)
    return LessonState(
        lesson,
        length_ms,
        credited_ms=progress.credited_ms,
        covered=tuple((start, end) for start, end in progress.covered),
        position_ms=progress.position_ms,
        downloaded_at=progress.downloaded_at,
        completed_at=progress.completed_at,
        completed_by=progress.completed_by,
    )


def lesson_for(viewer: Viewer, lesson_id: int, *, at: datetime) -> tuple[LessonState, CourseState]:
    """A lesson and its course as the viewer studies it now; NotYours if no enrolment of the viewer has it."""
    course_ids = set(Lesson.objects.filter(pk=lesson_id).values_list("course_id", flat=True))
    with_it = [one for one in enrolments_of(viewer) if one.plan.course_id in course_ids]
    if not with_it:
        raise NotYours()
    chosen = max(
        with_it,
        key=lambda one: (
            one.opened_at is not None,
            one.plan.opens_at <= at < one.plan.closes_at and one.plan.state == Plan.State.PUBLISHED,
            one.plan.year,
            one.pk,
        ),
    )
    state = state_of(chosen)
    return next(one for one in state.lessons if one.lesson.pk == lesson_id), state


def opened_lesson_for(viewer: Viewer, lesson_id: int) -> Lesson:
    """A lesson with its files, if the viewer has paid for a plan that has it; NotYours otherwise."""
    mine = Enrolment.objects.filter(person_id=viewer.person_id).exclude(opened_at=None)
    found = (
        Lesson.objects.filter(pk=lesson_id, course__in=mine.values("plan__course"))
        .select_related("video", "captions", "captions_en", "courseware")
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def player_of(viewer: Viewer, *, now: datetime) -> PlayerLease | None:
    """Where the viewer is studying at this moment, with the lesson; None when nothing was heard lately."""
    return (
        PlayerLease.objects.filter(person_id=viewer.person_id, last_at__gt=now - PLAYING, span_started_at__isnull=False)
        .select_related("progress__lesson")
        .first()
    )
