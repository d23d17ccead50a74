"""A passed exam without sitting it, and the way from there, for tests of documents."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from xueshi.certificates import actions
from xueshi.certificates.models import Document
from xueshi.exams.models import Attempt
from xueshi.people.models import Account, Person
from xueshi.people.queries import viewer_of
from xueshi.people.viewer import Viewer
from xueshi.recognition.models import Review
from xueshi.study.models import CoursePass
from xueshi.training.models import Enrolment, Plan

NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai, a Monday
SEAL = "示例审验专用章"


def seen(person: Person, capacity: str = "learner") -> Viewer:
    found = viewer_of(account_id=Account.objects.get(person=person).pk, at=datetime.now(UTC))
    assert found
    return found.acting_as(capacity)


def passed(person: Person, plan: Plan, score: str = "86", at: datetime = NOON) -> CoursePass:
    enrolment = Enrolment.objects.create(person=person, plan=plan, chosen_at=at, opened_at=at)
    attempt = Attempt.objects.create(
        exam=plan.exam,
        person=person,
        kind="formal",
        cycle_key=f"test:{enrolment.pk}",
        number=1,
        state="submitted",
        seed="00",
        paper=[],
        started_at=at - timedelta(hours=1),
        seat_at=at - timedelta(hours=1),
        ends_at=at,
        submitted_at=at,
        score=Decimal(score),
        passed=True,
    )
    return CoursePass.objects.create(
        enrolment=enrolment, person=person, attempt=attempt, score=Decimal(score), passed_at=at
    )


def slip_of(person: Person, plan: Plan, score: str = "86") -> Document:
    return actions.issue_slip(viewer=seen(person), pass_id=passed(person, plan, score).pk, at=NOON)


def sent(person: Person, plan: Plan) -> tuple[Document, Review]:
    slip = slip_of(person, plan)
    return slip, actions.send_slip(viewer=seen(person), document_id=slip.pk, at=NOON)


def verified(person: Person, plan: Plan, verifier: Person) -> tuple[Document, Review]:
    slip, review = sent(person, plan)
    return slip, verify(verifier, review)


def verify(verifier: Person, review: Review, at: datetime = NOON, seal: str = SEAL) -> Review:
    return actions.decide(
        viewer=seen(verifier, "verifier"), review_id=review.pk, verdict="verified", method="check_slip", seal=seal,
        at=at,
    )  # fmt: skip


def confirmed(person: Person, plan: Plan, verifier: Person, clerk: Person) -> Document:
    slip, _ = verified(person, plan, verifier)
    actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    return slip
