"""What may be seen of documents: by their holder, by the unit, by a verifier, by anyone with code or number."""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from xueshi.certificates import rules
from xueshi.certificates.models import Document
from xueshi.certificates.wording import plain
from xueshi.kernel import clock, signing
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.ledger import queries as hours
from xueshi.people import queries as people
from xueshi.people.viewer import Viewer
from xueshi.recognition import queries as reviews
from xueshi.recognition.models import Review
from xueshi.recognition.queries import Standing
from xueshi.study.models import CoursePass


@dataclass(frozen=True)
class SlipState:
    """A passed course on its way to hours.

    `state`: none (not passed), printable, issued, printed, pending, refused, verified, recorded.
    """

    state: str
    enrolment_id: int
    pass_id: int | None = None
    plan: str = ""
    course: str = ""
    year: int = 0
    instrument: str = ""
    category: str = ""  # the law's words for the course
    kind: str = ""
    score: Decimal | None = None
    passed_at: datetime | None = None
    document: Document | None = None
    review: Standing | None = None


def slip_state_for(viewer: Viewer, enrolment_id: int) -> SlipState:
    """Where the viewer's own enrolment stands after the exam; state "none" before a pass. At most 4 queries."""
    passed = _passes([viewer.person_id]).filter(enrolment_id=enrolment_id)
    return next(iter(_states(passed)), SlipState("none", enrolment_id))


def slip_state_of(passed: CoursePass) -> SlipState:
    """The same for a pass that has been read with its enrolment, plan and course. At most 3 queries."""
    return _states([passed])[0]


def slip_states_for(viewer: Viewer) -> list[SlipState]:
    """All of the viewer's passes, the newest first."""
    return _states(_passes([viewer.person_id]))


def slip_states_of(person_ids: Iterable[int]) -> dict[int, list[SlipState]]:
    """The same for several persons, for their unit; the caller has decided whom the viewer may see. 4 queries."""
    by_person: dict[int, list[SlipState]] = {}
    passes = list(_passes(person_ids))
    for passed, state in zip(passes, _states(passes), strict=True):
        by_person.setdefault(passed.person_id, []).append(state)
    return by_person


def _passes(person_ids: Iterable[int]) -> Any:
    return (
        CoursePass.objects.filter(person_id__in=list(person_ids))
        .select_related("enrolment__plan__course")
        .order_by("-enrolment__plan__year", "-pk")
    )


def _states(passes: Iterable[CoursePass]) -> list[SlipState]:
    known = list(passes)
    if not known:
        return []
    sources = [f"pass:{passed.pk}" for passed in known]
    issued = Document.objects.filter(kind=Document.Kind.SLIP, source__in=sources, revoked_at=None, replaced_at=None)
    slips = {slip.source: slip for slip in issued}
    subjects = [f"slip:{slip.pk}" for slip in slips.values()]
    asked = reviews.latest(subjects) if subjects else {}
    recorded = hours.recorded_sources(subjects) if subjects else set()
    return [_state(passed, slips.get(f"pass:{passed.pk}"), asked, recorded) for passed in known]


def _state(passed: CoursePass, slip: Document | None, asked: dict[str, Standing], recorded: set[str]) -> SlipState:
    subject = f"slip:{slip.pk}" if slip else ""
    review = asked.get(subject)
    plan = passed.enrolment.plan
    return SlipState(
        state=rules.slip_state(
            issued=slip is not None,
            printed=bool(slip and slip.printed_at),
            review=review.state if review else "",
            recorded=subject in recorded,
        ),
        enrolment_id=passed.enrolment_id,
        pass_id=passed.pk,
        plan=plan.title,
        course=plan.course.title,
        year=plan.year,
        instrument=plan.instrument,
        category=plan.course.category,
        kind=plan.course.kind,
        score=passed.score,
        passed_at=passed.passed_at,
        document=slip,
        review=review,
    )


def documents_for(viewer: Viewer) -> list[Document]:
    """The viewer's documents in force: certificates, the newest year first, then the card, then slips."""
    found = Document.objects.filter(person_id=viewer.person_id, revoked_at=None, replaced_at=None)
    order = {Document.Kind.CERTIFICATE: 0, Document.Kind.CARD: 1, Document.Kind.SLIP: 2}
    return sorted(found, key=lambda one: (order[Document.Kind(one.kind)], -one.year, -one.pk))


def document_for(viewer: Viewer, document_id: int, kinds: Iterable[str]) -> Document:
    """One of the viewer's own documents of these kinds, also an old one; NotYours otherwise."""
    mine = Document.objects.filter(person_id=viewer.person_id, kind__in=list(kinds))
    found = mine.filter(pk=document_id).first()
    if found is None:
        raise NotYours()
    return found


def slip_of_review(viewer: Viewer, review_id: int) -> tuple[Standing, Document, CoursePass]:
    """What a verifier judges: the review, the slip as printed, the score as the platform has it (CQ-37)."""
    review = reviews.review_for(viewer, review_id)
    slip = Document.objects.select_related("person").get(pk=_slip_id(review.subject))
    return reviews.standing(review), slip, _behind(slip)


def record_of(passed: CoursePass) -> dict[str, str]:
    """The platform's own record of a pass, under the names of the slip's words."""
    plan = passed.enrolment.plan
    return {
        "course": plan.course.title,
        "score": plain(passed.score),
        "pass_mark": str(plan.exam.pass_mark),
        "chance": str(passed.attempt.number),
        "passed_on": clock.day_of(passed.passed_at).isoformat(),
    }


@dataclass(frozen=True)
class Waiting:
    """A row of the queue: the slip as printed beside the score as the platform has it."""

    review: Standing
    slip: Document
    score: Decimal
    agrees: bool


def rows_of(page: Iterable[Review]) -> list[Waiting]:
    """The rows of one page of `recognition.queries.queue_for`; two queries, however long it is."""
    found = [reviews.standing(review) for review in page]
    slips = Document.objects.in_bulk([_slip_id(one.subject) for one in found])
    passes = CoursePass.objects.in_bulk([_pass_id(slip) for slip in slips.values()])
    rows = []
    for one in found:
        slip = slips[_slip_id(one.subject)]
        score = passes[_pass_id(slip)].score
        rows.append(Waiting(one, slip, score, agrees=Decimal(slip.words["score"]) == score))
    return rows


def _slip_id(subject: str) -> int:
    return int(subject.removeprefix("slip:"))


def _pass_id(slip: Document) -> int:
    return int(slip.source.removeprefix("pass:"))


def score_by_number(viewer: Viewer, number: str, name: str) -> tuple[Document, CoursePass] | None:
    """The authoritative score of a slip by number and name, for any verifier (CQ-37); None if they do not match."""
    if not viewer.holds("verifier"):
        raise NotAllowed()
    slip = document_by_number(number, name)
    return (slip, _behind(slip)) if slip and slip.kind == Document.Kind.SLIP else None


def _behind(slip: Document) -> CoursePass:
    return CoursePass.objects.select_related("enrolment__plan__course", "enrolment__plan__exam", "attempt").get(
        pk=_pass_id(slip)
    )


def confirmable_without_unit(viewer: Viewer, slip: Document, review: Standing, at: datetime) -> bool:
    """Whether the verifier confirms in place of a unit: the person has none (decision 10)."""
    return (
        review.state == "verified"
        and review.decided_by_id != viewer.person_id
        and review.organisation_id in viewer.organisations("verifier")
        and slip.person_id != viewer.person_id
        and people.present_employer(slip.person_id, clock.day_of(at)) is None
        and hours.live_entry(f"slip:{slip.pk}") is None
    )


# ---- for anyone ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What a stranger reads: `status` is valid, replaced, revoked or forged; `words` are masked."""

    status: str
    kind: str
    words: dict[str, Any]
    issued_at: datetime
    revoked_at: datetime | None
    replaced_at: datetime | None
    replaced_by: str
    review: Standing | None
    recorded: bool
    key_id: str


def document_by_code(code: str) -> Document | None:
    """The document with this code (32 hex places); None if there is none."""
    return Document.objects.filter(code=code).first()


def document_by_number(number: str, name: str) -> Document | None:
    """The document whose number and holder's full name are both right; nothing tells which one was wrong."""
    read = rules.read_number(number) or ""
    found = Document.objects.filter(number=read).first()
    kept = rules.read_name(found.words["name"]) if found else ""
    same = hmac.compare_digest(kept.encode(), rules.read_name(name).encode())
    return found if found and same else None


def checked(document: Document) -> Checked:
    """Check the seal now and say how the document stands. At most 4 queries."""
    newer = Document.objects.filter(replaces=document).values_list("number", flat=True).first()
    subject = f"slip:{document.pk}"
    slip = document.kind == Document.Kind.SLIP
    return Checked(
        status=rules.status(
            genuine=_genuine(document), revoked_at=document.revoked_at, replaced_at=document.replaced_at
        ),
        kind=document.kind,
        words=rules.shown(document.words),
        issued_at=document.issued_at,
        revoked_at=document.revoked_at,
        replaced_at=document.replaced_at,
        replaced_by=newer or "",
        review=reviews.latest([subject]).get(subject) if slip else None,
        recorded=bool(slip and hours.live_entry(subject)),
        key_id=document.key_id,
    )


def _genuine(document: Document) -> bool:
    """The seal belongs to exactly these words, and the words to this row."""
    try:
        sealed = signing.unseal(document.seal)
    except signing.BadSeal:
        return False
    return sealed == document.words and (sealed.get("number"), sealed.get("code"), sealed.get("kind")) == (
        document.number, document.code, document.kind,
    )  # fmt: skip


def published_keys() -> dict[str, Any]:
    """The public halves of our document keys as a JWK set (RFC 7517, RFC 8037)."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": signing.document_key_id(),
                "x": base64.urlsafe_b64encode(signing.public_key()).rstrip(b"=").decode(),
            }
        ]
    }
