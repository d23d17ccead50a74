"""The unit confirms the hours of a verified slip, and the documents follow (CQ-32)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.certificates import wording
from xueshi.certificates.issuing_actions import issue, live
from xueshi.certificates.models import Document
from xueshi.certificates.records import recorded_lines
from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.ledger import actions as ledger
from xueshi.ledger import law
from xueshi.ledger import queries as hours
from xueshi.ledger.models import HoursEntry
from xueshi.people import access
from xueshi.people import queries as people
from xueshi.people.models import Person
from xueshi.people.viewer import Viewer
from xueshi.policy.book import Rulebook
from xueshi.recognition import queries as reviews

KIND = "public_topic"  # the law's word for the year's topic, studied and examined online


@dataclass(frozen=True)
class Outcome:
    """What became of one of several, by its id; `said` is empty when it was done."""

    id: int
    said: str = ""


class NotVerified(Refused):
    """Hours rest on a verified slip (CQ-32)."""

    code = "slip-not-verified"
    sentence = _("这张合格单还没有审验通过，暂时不能确认学时。")
    next_step = _("审验通过后，它会出现在“待确认”里。")


class OwnHours(Refused):
    """Nobody confirms his or her own hours."""

    status = 403
    code = "own-hours"
    sentence = _("这是您本人的学时，不能由您自己确认。")
    next_step = _("请由本单位另一位经办人办理。")


class SameHand(Refused):
    """Whoever verified a record does not also confirm it."""

    status = 403
    code = "same-hand"
    sentence = _("这张合格单是您审验的，学时要由另一个人确认。")
    next_step = _("请同一机构的另一位同事确认。")


class NoAward(Refused):
    """The instrument does not say what a slip is worth."""

    code = "no-award"
    sentence = _("现行规定没有写明这张合格单计多少学时。")
    next_step = _("请向当地人力社保部门咨询。")


class AwardedThisYear(Refused):
    """The law gives it once a year."""

    code = "awarded-this-year"
    sentence = _("%(year)s 年度的公需科目学时已经按另一张合格单登记过，同一年度只计一次。")


class ReasonMissing(Refused):
    """A revocation says why."""

    code = "revocation-reason-missing"
    sentence = _("撤销要写明原因。")


@transaction.atomic(durable=True)
def confirm_hours(*, viewer: Viewer, document_id: int, at: datetime) -> Document:
    """Post the hours that the law awards for a verified slip, and issue certificate and card anew.

    By the clerk of the person's present unit; for somebody without a unit by whoever verified (decision 10).
    Confirmed again, nothing changes and the same certificate comes back.
    """
    found = Document.objects.filter(pk=document_id, kind=Document.Kind.SLIP).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotYours()
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=person_id)
    slip = Document.objects.select_for_update().get(pk=document_id)
    review = reviews.latest([f"slip:{slip.pk}"]).get(f"slip:{slip.pk}")
    organisation_id = _confirming(viewer, person.pk, review, clock.day_of(at))
    holder = living(person)
    if viewer.person_id in {person.pk, holder.pk}:
        raise OwnHours()
    if review is None or review.state != "verified" or slip.revoked_at:
        raise NotVerified()
    if not access.apart(viewer, review.decided_by_id):
        raise SameHand()
    book = law.of(slip.instrument)
    if hours.live_entry(f"slip:{slip.pk}") is None:
        _post(viewer, slip, holder, book, organisation_id, review.decided_by_id, at)
        reissue(viewer, holder, slip.year, book, at)
    certificate = live(Document.Kind.CERTIFICATE, holder.pk, f"hours:{slip.year}")
    if certificate is None:
        raise NotVerified()
    return certificate


def confirm_all(*, viewer: Viewer, document_ids: Iterable[int], at: datetime) -> list[Outcome]:
    """Confirm several, each in a transaction of its own; those that cannot be are listed with the reason."""
    outcomes = []
    for document_id in dict.fromkeys(document_ids):
        try:
            confirm_hours(viewer=viewer, document_id=document_id, at=at)
        except Refused as refused:
            outcomes.append(Outcome(document_id, refused.said))
        else:
            outcomes.append(Outcome(document_id))
    return outcomes


def _confirming(viewer: Viewer, person_id: int, review: reviews.Standing | None, on: date) -> int:
    """The organisation for which the viewer may confirm; NotYours if there is none."""
    employer = people.present_employer(person_id, on)
    if employer is not None:
        if employer.pk in viewer.organisations("unit_clerk"):
            return employer.pk
    elif review and review.organisation_id in viewer.organisations("verifier"):
        return review.organisation_id
    raise NotYours()


def living(person: Person) -> Person:
    """The account that stands for this one now, held: itself, unless it was merged into another."""
    while person.merged_into_id is not None:
        held = Person.objects.select_for_update(of=("self",)).select_related("region")
        person = held.get(pk=person.merged_into_id)
    return person


def _post(
    viewer: Viewer, slip: Document, holder: Person, book: Rulebook, organisation_id: int, verified_by: int | None,
    at: datetime,
) -> HoursEntry:  # fmt: skip
    earned_on = date.fromisoformat(slip.words["passed_on"])
    award = book.award(KIND, earned_on)
    if award is None:
        raise NoAward()
    if award.once and hours.live_award(holder.pk, slip.year, award.provision):
        raise AwardedThisYear(year=slip.year)
    return ledger.post(
        viewer=viewer,
        person_id=holder.pk,
        year=slip.year,
        category=award.category,
        hours=award.hours,
        kind=KIND,
        title=slip.words["course"],
        earned_on=earned_on,
        source=f"slip:{slip.pk}",
        instrument=book.key,
        provision=award.provision,
        digest=book.digest,
        organisation_id=organisation_id,
        marks={"passed": True, "verified": True},
        verified_by=verified_by,
        at=at,
    )


@transaction.atomic
def reissue(viewer: Viewer, person: Person, year: int, book: Rulebook, at: datetime) -> None:
    """The year's certificate and the card as the ledger now stands; where nothing is left, they are revoked."""
    on = clock.day_of(at)
    holder = wording.holder(person, people.present_employer(person.pk, on))
    lines = recorded_lines(person.pk)
    of_year = [line for line in lines if line.year == str(year)]
    for kind, source, its, word in (
        (Document.Kind.CERTIFICATE, f"hours:{year}", of_year, wording.of_certificate),
        (Document.Kind.CARD, "card", lines, wording.of_card),
    ):
        if its:
            issue(
                viewer=viewer, kind=kind, person=person, year=year, source=source,
                words=word(holder, its, book, on), book=book, at=at,
            )  # fmt: skip
            continue
        old = live(kind, person.pk, source)
        if old:
            _end(viewer, old, "所记学时已全部冲销", at)


@transaction.atomic(durable=True)
def revoke(*, viewer: Viewer, document_id: int, reason: str, at: datetime) -> Document:
    """Revoke a document, with a reason; the hours of a revoked slip are reversed and the others reissued.

    For operators. Nothing is edited: the check page shows it as revoked from now on.
    """
    if not viewer.holds("operator"):
        raise NotAllowed()
    person_id = Document.objects.filter(pk=document_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotYours()
    person = Person.objects.select_for_update(of=("self",)).select_related("region").get(pk=person_id)
    document = Document.objects.select_for_update().get(pk=document_id)
    if not reason.strip():
        raise ReasonMissing()
    if document.revoked_at:
        return document
    _end(viewer, document, reason.strip(), at)
    entry = hours.live_entry(f"slip:{document.pk}") if document.kind == Document.Kind.SLIP else None
    if entry:
        ledger.reverse(viewer=viewer, entry_id=entry.pk, reason=reason.strip(), at=at)
        reissue(viewer, living(person), document.year, law.of(document.instrument), at)
    return document


def _end(viewer: Viewer, document: Document, reason: str, at: datetime) -> None:
    document.revoked_at, document.revoked_reason = at, reason[:200]
    document.save(update_fields=["revoked_at", "revoked_reason"])
    audit.record(viewer, "document.revoke", f"document:{document.pk}", at=at, reason=reason[:200])
