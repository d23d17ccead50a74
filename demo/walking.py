"""How a fixture person goes the seven steps: through the same actions as everybody, never past them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from xueshi.certificates import actions as certificates
from xueshi.courses import queries as courses
from xueshi.exams import actions as exams
from xueshi.exams.models import Attempt, Question
from xueshi.kernel import clock
from xueshi.people import actions as people
from xueshi.people.viewer import Viewer
from xueshi.study import actions as study
from xueshi.study import queries as studies
from xueshi.training import actions as training
from xueshi.training.models import Enrolment, Plan


@dataclass
class Offices:
    """Who does what for the learners of the demo: a viewer for each post, and the counters' organisations."""

    counter: Callable[[Viewer], tuple[Viewer, int]]
    verifier: Callable[[int], Viewer]
    clerk: Callable[[Viewer], Viewer]


@dataclass
class Story:
    """One learner's way through one plan. Each method is a step, and ends where a state of the demo ends."""

    viewer: Viewer
    plan: Plan
    offices: Offices
    enrolment: Enrolment | None = None

    STATES = (
        "registered", "chosen", "opened", "studying", "studied", "failed-once", "failed-twice", "passed", "sent",
        "returned", "verified", "confirmed",
    )  # fmt: skip

    @property
    def at(self) -> datetime:
        return clock.now()

    @property
    def enrolled(self) -> Enrolment:
        assert self.enrolment is not None  # noqa: S101  choose() comes first
        return self.enrolment

    def until(self, state: str) -> None:
        """Walk until the named state."""
        steps: dict[str, tuple[Callable[[], None], ...]] = {
            "registered": (),
            "chosen": (self.choose,),
            "opened": (self.choose, self.pay),
            "studying": (self.choose, self.pay, self.study_half),
            "studied": (self.choose, self.pay, self.study),
            "failed-once": (self.choose, self.pay, self.study, self.fail),
            "failed-twice": (self.choose, self.pay, self.study, self.fail, self.fail),
            "passed": (self.choose, self.pay, self.study, self.succeed),
            "sent": (self.choose, self.pay, self.study, self.succeed, self.send),
            "returned": (self.choose, self.pay, self.study, self.succeed, self.send, self.give_back),
            "verified": (self.choose, self.pay, self.study, self.succeed, self.send, self.verify),
            "confirmed": (self.choose, self.pay, self.study, self.succeed, self.send, self.verify, self.confirm),
        }
        for step in steps[state]:
            step()

    def choose(self) -> None:
        self.enrolment = training.choose(viewer=self.viewer, plan_id=self.plan.pk, at=self.at)

    def pay(self) -> None:
        officer, organisation_id = self.offices.counter(self.viewer)
        people.check_identity(viewer=officer, person_id=self.viewer.person_id, at=self.at)
        training.take_fee(viewer=officer, enrolment_id=self.enrolled.pk, organisation_id=organisation_id, at=self.at)

    def _lessons(self) -> list[int]:
        return [lesson.pk for lesson in courses.lessons_of(self.plan.course_id)]

    def _read(self, lesson_id: int) -> None:
        study.note_download(viewer=self.viewer, lesson_id=lesson_id, at=self.at)
        study.declare_offline_study(viewer=self.viewer, lesson_id=lesson_id, at=self.at)

    def study_half(self) -> None:
        self._read(self._lessons()[0])

    def study(self) -> None:
        for lesson_id in self._lessons():
            self._read(lesson_id)

    def fail(self) -> None:
        self._sit(right=False)

    def succeed(self) -> None:
        self._sit(right=True)

    def _sit(self, *, right: bool) -> None:
        attempt = study.start_exam(viewer=self.viewer, enrolment_id=self.enrolled.pk, at=self.at)
        exams.save_answers([self._save(attempt, slot, right=right) for slot in range(len(attempt.paper))])
        study.submit_exam(viewer=self.viewer, attempt_id=attempt.pk, submit_key=f"demo-{attempt.pk}", at=self.at)

    def _save(self, attempt: Attempt, slot: int, *, right: bool) -> exams.Save:
        shown = attempt.paper[slot]
        key = set(Question.objects.get(pk=shown["q"]).key)
        chosen = tuple(place for place, option in enumerate(shown["options"]) if (option in key) == right)
        return exams.Save(
            attempt_id=attempt.pk, person_id=self.viewer.person_id, seat_epoch=attempt.seat_epoch, slot=slot, seq=1,
            chosen=chosen[:1] if not right else chosen,
        )  # fmt: skip

    def _slip(self) -> int:
        state = studies.course_state_for(self.viewer, self.enrolled.pk)
        assert state.pass_id is not None  # noqa: S101  succeed() comes first
        return certificates.issue_slip(viewer=self.viewer, pass_id=state.pass_id, at=self.at).pk

    def send(self) -> None:
        slip = self._slip()
        certificates.print_file(viewer=self.viewer, document_id=slip, at=self.at)
        self.review = certificates.send_slip(viewer=self.viewer, document_id=slip, at=self.at)

    def verify(self) -> None:
        officer = self.offices.verifier(self.review.organisation_id)
        certificates.decide(
            viewer=officer, review_id=self.review.pk, verdict="verified", method="check_slip",
            seal="示例审验章" if self.review.sealed else "", at=self.at,
        )  # fmt: skip

    def give_back(self) -> None:
        officer = self.offices.verifier(self.review.organisation_id)
        certificates.decide(
            viewer=officer, review_id=self.review.pk, verdict="refused", at=self.at,
            reason="合格单上的姓名与证件不一致，请先到窗口更正资料，再送审。",
        )  # fmt: skip

    def confirm(self) -> None:
        clerk = self.offices.clerk(self.viewer)
        certificates.confirm_hours(viewer=clerk, document_id=self._slip(), at=self.at)
