"""Somebody who studies, a clock that can be moved on, and the beats of a player."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from xueshi.courses.models import Lesson
from xueshi.kernel import clock, signing
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.study import actions
from xueshi.training.models import Enrolment, Plan


class Passing:
    """The database's clock, moved on by what a test says has passed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by = timedelta()
        real = clock.database_now
        monkeypatch.setattr(clock, "database_now", lambda: real() + self.by)

    def __call__(self, seconds: float) -> None:
        self.by += timedelta(seconds=seconds)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    return Passing(monkeypatch)


@pytest.fixture
def enrol(plan: Plan) -> Callable[..., Enrolment]:
    def make(person: Person, *, opened: bool = True, plan: Plan = plan) -> Enrolment:
        now = datetime.now(UTC)
        return Enrolment.objects.create(person=person, plan=plan, chosen_at=now, opened_at=now if opened else None)

    return make


@pytest.fixture
def enrolment(wang: Person, enrol: Callable[..., Enrolment]) -> Enrolment:
    return enrol(wang)


@pytest.fixture
def lessons(plan: Plan) -> list[Lesson]:
    return list(Lesson.objects.filter(course=plan.course).order_by("number"))


class Player:
    """A page that plays a lesson: keeps its ticket and counts its beats, as player.js does."""

    def __init__(self, viewer: Viewer, lesson: Lesson, device: str = "computer") -> None:
        self.playing = actions.open_lesson(viewer=viewer, lesson_id=lesson.pk, device=device, at=datetime.now(UTC))
        self.seq = 0

    def beat(self, *played: tuple[float, float], seq: int = 0, leaving: bool = False) -> actions.Beat:
        self.seq = seq or self.seq + 1
        facts = signing.read_ticket(actions.TICKET, self.playing.ticket, now=0)
        stretches = tuple((int(start * 1000), int(end * 1000)) for start, end in played)
        return actions.Beat(
            person_id=facts["p"],
            epoch=facts["e"],
            progress_id=facts["g"],
            length_ms=facts["n"],
            seq=self.seq,
            position_ms=stretches[-1][1] if stretches else 0,
            played=stretches,
            leaving=leaving,
        )

    def says(self, *played: tuple[float, float], seq: int = 0, leaving: bool = False) -> actions.BeatAnswer:
        return actions.record_beats([self.beat(*played, seq=seq, leaving=leaving)])[0]


@pytest.fixture
def player(viewer: Callable[[Person], Viewer]) -> Callable[..., Player]:
    def play(person: Person, lesson: Lesson, device: str = "computer") -> Player:
        return Player(viewer(person), lesson, device)

    return play


@pytest.fixture
def watched(player: Callable[..., Player], passing: Passing) -> Callable[[Person, Lesson], None]:
    """`watched(wang, lesson)`: she has watched the whole lesson, in beats of fifteen seconds."""

    def watch(person: Person, lesson: Lesson) -> None:
        mine = player(person, lesson)
        for start in range(0, int(lesson.seconds), 15):
            passing(15)
            mine.says((start, start + 15))
        mine.says(leaving=True)

    return watch
