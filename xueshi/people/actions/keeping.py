"""Persons keep their own data; counters look at it and check it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock, messages
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, rules, sentences
from xueshi.people.access import Action
from xueshi.people.actions import placing
from xueshi.people.actions.registering import (
    NotAPhone,
    agency_of,
    employer_at,
    leaf_region,
    title_held,
)
from xueshi.people.models import Person, Title
from xueshi.people.viewer import Viewer


class PhoneNeeded(Refused):
    """Without a phone nobody could send a code or call."""

    status = 422
    code = "phone-needed"
    sentence = _("请留一个手机号，找回密码和通知要用。")


class OwnCard(Refused):
    """Nobody looks at the own card in office."""

    status = 403
    code = "own-card"
    sentence = _("自己的资料不能由自己在窗口核对或改正。")
    next_step = _("请同一窗口的同事对照您的身份证办理。")


def _locked(viewer: Viewer, action: Action, person_id: int) -> Person:
    if not access.may(viewer, action, person_id):
        raise NotYours()
    return Person.objects.select_for_update().get(pk=person_id)


def _locked_at_counter(viewer: Viewer, person_id: int) -> Person:
    person = _locked(viewer, "check_identity", person_id)
    if person.pk == viewer.person_id:
        raise OwnCard()
    return person


@transaction.atomic
def check_identity(*, viewer: Viewer, person_id: int, at: datetime) -> Person:
    """A counter has compared the data with the card (CQ-06); apart from payment (A-18). Harmless when repeated.

    Raises NotYours, OwnCard.
    """
    person = _locked_at_counter(viewer, person_id)
    if person.identity_checked_at is None:
        person.identity_checked_at, person.identity_checked_by_id = at, viewer.person_id
        person.save(update_fields=["identity_checked_at", "identity_checked_by"])
        audit.record(viewer, "person.check_identity", f"person:{person.pk}", at=at)
    return person


@transaction.atomic
def look_at(*, viewer: Viewer, person_id: int, at: datetime) -> Person:
    """A person for an officer's page, with a line that says who looked; the person can read it."""
    person = access.persons(viewer).select_related("region", "file_agency").filter(pk=person_id).first()
    if person is None:
        raise NotYours()
    if viewer.person_id != person.pk:
        audit.record(viewer, "person.look", f"person:{person.pk}", at=at)
    return person


def warn_the_old_phone(person: Person, new: str, at: datetime) -> None:
    """Whoever held the phone so far hears that another one recovers the password now."""
    if not person.phone or person.phone == new:
        return
    with translation.override("zh-hans"):
        words = gettext("您在学时平台的账号已改用另一个手机号。不是您本人申请的，请马上打咨询电话。")
    messages.tell(
        key=f"phone-changed:{person.pk}:{at.isoformat()}", channel="sms", address=person.phone, body=words, at=at
    )


@transaction.atomic(durable=True)
def update_contact(*, viewer: Viewer, phone: str, email: str, at: datetime) -> Person:
    """Change one's own phone and mailbox."""
    person = _locked(viewer, "change", viewer.person_id)
    if not phone.strip():
        raise PhoneNeeded()
    number = rules.phone(phone)
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    wanted = {"phone": number, "email": rules.mail(email)}
    changed = [field for field, value in wanted.items() if getattr(person, field) != value]
    if changed:
        warn_the_old_phone(person, number, at)
        person.phone, person.email = wanted["phone"], wanted["email"]
        person.save(update_fields=["phone", "email"])
        audit.record(viewer, "person.update_contact", f"person:{person.pk}", at=at, changed=changed)
    return person


@transaction.atomic(durable=True)
def change_employment(
    *,
    viewer: Viewer,
    region_code: str,
    employer_id: int | None,
    file_keeper: str,
    file_agency_id: int | None,
    at: datetime,
) -> Person:
    """Change where one works and where the personnel file is, from today on.

    A slip already sent for verification stays with its verifier; the next one follows the new facts.
    """
    person = _locked(viewer, "change", viewer.person_id)
    region = leaf_region(region_code)
    employer = employer_at(region, employer_id)
    agency = agency_of(file_keeper, file_agency_id)
    today = clock.day_of(at)
    moved = placing.employ(person, employer.pk if employer else None, today, viewer=viewer, at=at)
    if not placing.place(person, region, file_keeper, agency, today) and not moved:
        return person
    audit.record(
        viewer,
        "person.change_employment",
        f"person:{person.pk}",
        at=at,
        region=region.code,
        employer=employer.pk if employer else None,
        file_keeper=file_keeper,
    )
    return person


@transaction.atomic(durable=True)
def set_title(*, viewer: Viewer, level: str, obtained_on: date | None, at: datetime) -> Person:
    """Add a title one has obtained, or correct its day."""
    person = _locked(viewer, "change", viewer.person_id)
    title = title_held(level, obtained_on, born_on=person.born_on, at=at)
    if title is None:
        return person
    Title.objects.update_or_create(person=person, level=title[0], defaults={"obtained_on": title[1]})
    audit.record(viewer, "person.set_title", f"person:{person.pk}", at=at, level=level)
    return person
