"""From a pass to hours: the slip, its verification, the unit's confirmation (CQ-17, CQ-18, CQ-32 to CQ-37)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xueshi.certificates import wording
from xueshi.certificates.checking_actions import forget_tallies, note_miss, note_question
from xueshi.certificates.hours_actions import NotVerified, Outcome, SameHand, confirm_all, confirm_hours, revoke
from xueshi.certificates.issuing_actions import issue, keep_file, live, note_print
from xueshi.certificates.models import Document
from xueshi.kernel import clock, messages
from xueshi.kernel.errors import NotYours, Refused
from xueshi.kernel.models import StoredFile
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.recognition import actions as recognition
from xueshi.recognition import queries as reviews
from xueshi.recognition.models import Review
from xueshi.study.models import CoursePass

__all__ = [
    "NotVerified",
    "Outcome",
    "SameHand",
    "confirm_all",
    "confirm_hours",
    "decide",
    "forget_tallies",
    "issue_slip",
    "keep_file",
    "note_miss",
    "note_print",
    "note_question",
    "print_file",
    "revoke",
    "send_slip",
    "verify_all",
]


class NoLongerValid(Refused):
    """The document was revoked or replaced."""

    status = 410
    code = "document-not-valid"
    sentence = _("这张合格单已经失效，不能再送审。")
    next_step = _("请在“合格单与证书”里查看现在有效的一张。")


@transaction.atomic(durable=True)
def issue_slip(*, viewer: Viewer, pass_id: int, at: datetime) -> Document:
    """Issue the score slip of the viewer's own pass; asked again, the same slip (CQ-17)."""
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=viewer.person_id)
    passed = _passes(viewer).filter(pk=pass_id).first()
    if passed is None:
        raise NotYours()
    known = live(Document.Kind.SLIP, person.pk, f"pass:{passed.pk}")
    return known or _issue_slip(viewer, person, passed, at)


def _passes(viewer: Viewer) -> QuerySet[CoursePass]:
    mine = CoursePass.objects.filter(person_id=viewer.person_id)
    return mine.select_related("enrolment__plan__course", "enrolment__plan__exam", "attempt")


def _issue_slip(viewer: Viewer, person: Person, passed: CoursePass, at: datetime) -> Document:
    """Issue the slip with the person's data of now; it takes the place of an older one."""
    plan = passed.enrolment.plan
    return issue(
        viewer=viewer, kind=Document.Kind.SLIP, person=person, year=plan.year, source=f"pass:{passed.pk}",
        words=_words_now(person, passed, at), book=law.of(plan.instrument), at=at,
    )  # fmt: skip


def _words_now(person: Person, passed: CoursePass, at: datetime) -> dict[str, Any]:
    plan, on = passed.enrolment.plan, clock.day_of(at)
    slip = wording.Slip(
        plan=plan.title,
        course=plan.course.title,
        score=wording.plain(passed.score),
        pass_mark=str(plan.exam.pass_mark),
        chance=str(passed.attempt.number),
        passed_on=clock.day_of(passed.passed_at).isoformat(),
    )
    unit = people.present_employer(person.pk, on)
    return wording.of_slip(wording.holder(person, unit), slip, law.of(plan.instrument), on)


@transaction.atomic(durable=True)
def print_file(*, viewer: Viewer, document_id: int, at: datetime) -> StoredFile:
    """The holder's PDF, the same bytes every time; counted as a print."""
    note_print(viewer=viewer, document_id=document_id, at=at)
    return keep_file(document_id=document_id, at=at)


@transaction.atomic(durable=True)
def send_slip(*, viewer: Viewer, document_id: int, at: datetime) -> Review:
    """Send the viewer's own slip to the verifier whom the law names (CQ-18, CQ-33 to CQ-36).

    Sent twice, the same review; after a refusal it may be sent again. What was corrected since it was issued
    stands on a new slip, which is sent in its place: a refused name cannot be put right on a frozen paper.
    """
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=viewer.person_id)
    asked = Document.objects.filter(person_id=person.pk, kind=Document.Kind.SLIP, pk=document_id).first()
    if asked is None:
        raise NotYours()
    slip = live(Document.Kind.SLIP, person.pk, asked.source)  # a second click finds the one in its place
    if slip is None or asked.revoked_at:
        raise NoLongerValid()
    slip = _with_data_of_now(viewer, person, slip, at)
    return recognition.ask_review(
        viewer=viewer,
        subject=f"slip:{slip.pk}",
        person_id=slip.person_id,
        instrument=slip.instrument,
        category=_category(slip),
        at=at,
    )


def _category(slip: Document) -> str:
    """公需科目 or 专业科目, as the course was whose exam the slip is about."""
    passes = CoursePass.objects.filter(pk=int(slip.source.removeprefix("pass:")))
    return passes.values_list("enrolment__plan__course__category", flat=True).get()


def _with_data_of_now(viewer: Viewer, person: Person, slip: Document, at: datetime) -> Document:
    """The slip itself while somebody has it or the data are the same, else one issued in its place."""
    review = reviews.latest([f"slip:{slip.pk}"]).get(f"slip:{slip.pk}")
    if review and review.state != Review.State.REFUSED:
        return slip
    passed = _passes(viewer).get(pk=int(slip.source.removeprefix("pass:")))
    now = _words_now(person, passed, at)
    if all(slip.words.get(key) == now[key] for key in wording.HOLDER):
        return slip
    return _issue_slip(viewer, person, passed, at)


@transaction.atomic(durable=True)
def decide(
    *,
    viewer: Viewer,
    review_id: int,
    verdict: str,
    method: str = "",
    seal: str = "",
    reason: str = "",
    at: datetime,
) -> Review:
    """Verify a slip or send it back with a reason; the person is told by mail (CQ-18, CQ-37)."""
    review = recognition.decide(
        viewer=viewer, review_id=review_id, verdict=verdict, method=method, seal=seal, reason=reason, at=at
    )
    person = Person.objects.get(pk=review.person_id)
    if person.email:
        messages.tell(
            key=f"review:{review.pk}:{review.state}",
            channel="mail",
            address=person.email,
            subject=MAIL_SUBJECTS[review.state],
            body=MAIL_BODIES[review.state] % {"name": person.name, "reason": review.reason},
            at=at,
        )
    return review


# Mail is written in Chinese: the reader's language is not known here.
MAIL_SUBJECTS = {"verified": "您的成绩合格单已审验通过", "refused": "您的成绩合格单被退回"}
MAIL_BODIES = {
    "verified": "%(name)s，您好：\n\n您的成绩合格单已审验通过。接下来由单位确认学时，您不用再做什么。\n",
    "refused": "%(name)s，您好：\n\n您的成绩合格单被退回，原因：%(reason)s\n请登录后按原因更正，再重新送审。\n",
}


def verify_all(*, viewer: Viewer, review_ids: Iterable[int], method: str, seal: str, at: datetime) -> list[Outcome]:
    """Verify several, each in a transaction of its own; those that cannot be are listed with the reason."""
    outcomes = []
    for review_id in dict.fromkeys(review_ids):
        try:
            decide(viewer=viewer, review_id=review_id, verdict="verified", method=method, seal=seal, at=at)
        except Refused as refused:
            outcomes.append(Outcome(review_id, refused.said))
        else:
            outcomes.append(Outcome(review_id))
    return outcomes
