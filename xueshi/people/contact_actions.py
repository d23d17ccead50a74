"""Whom to call about what: kept by the bureau of the region, or of one around it."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import audit, clock
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people import access, rules_organisations
from xueshi.people.models import HelpContact, Organisation, Region
from xueshi.people.viewer import Viewer


class NotAnOfficePhone(Refused):
    status = 422
    code = "not-an-office-phone"
    sentence = _("“%(typed)s”不是电话号码。")
    next_step = _("座机带区号，例如 0511-87319017；有几个号码的用顿号隔开。")


class ContactEnded(Refused):
    code = "contact-ended"
    sentence = _("这条咨询电话已经停用。")
    next_step = _("请另加一条。")


class Facts(TypedDict):
    """What is kept of a contact beside its region."""

    topic: str
    organisation_id: int | None
    office: str
    about: str
    phone: str
    email: str
    address: str
    hours: str


def _region(viewer: Viewer, region_id: int) -> Region:
    """The region, locked, if the viewer keeps its contacts."""
    region = access.regions(viewer, "keep_contacts").select_for_update().filter(pk=region_id).first()
    if region is None:
        raise NotYours()
    return region


@transaction.atomic(durable=True)
def keep_contact(
    *, viewer: Viewer, contact_id: int | None, region_id: int, at: datetime, **facts: Unpack[Facts]
) -> HelpContact:
    """Add a contact of a region, or change one; the same again changes nothing.

    Raises NotYours, NotAnOfficePhone, ContactEnded.
    """
    numbers = rules_organisations.office_phones(facts["phone"])
    if numbers is None:
        raise NotAnOfficePhone(typed=facts["phone"])
    facts["phone"] = "、".join(numbers)
    region = _region(viewer, region_id)
    if facts["organisation_id"] and not _names(viewer, region, facts["organisation_id"]):
        raise NotYours()
    today = clock.day_of(at)
    if contact_id is None:
        there = HelpContact.objects.filter(region=region, **facts).filter(Q(until=None) | Q(until__gt=today)).first()
        if there:
            return there
        made = HelpContact.objects.create(region=region, since=today, **facts)
        audit.record(viewer, "people.add_contact", _subject(made), at=at, office=made.office, topic=made.topic)
        return made
    found = _to_change(viewer, contact_id)
    if found.until is not None and found.until <= today:
        raise ContactEnded()
    wanted = {"region_id": region.pk, **facts}
    changed = sorted(key for key, value in wanted.items() if getattr(found, key) != value)
    if changed:
        for key in changed:
            setattr(found, key, wanted[key])
        found.save(update_fields=changed)
        audit.record(viewer, "people.change_contact", _subject(found), at=at, contact=found.pk, changed=changed)
    return found


def _names(viewer: Viewer, region: Region, organisation_id: int) -> bool:
    """Whether a contact of this region may name that organisation: one in reach, or one that serves from around it."""
    around = [region.code[:places] for places in range(2, len(region.code) + 1)]
    serving = Organisation.objects.filter(region__code__in=around, closed_at=None)
    return (serving | access.organisations(viewer).filter(closed_at=None)).filter(pk=organisation_id).exists()


def _subject(contact: HelpContact) -> str:
    return f"region:{contact.region_id}"


def _to_change(viewer: Viewer, contact_id: int) -> HelpContact:
    reach = access.regions(viewer, "keep_contacts")
    found = HelpContact.objects.select_for_update(of=("self",)).filter(pk=contact_id, region__in=reach).first()
    if found is None:
        raise NotYours()
    return found


@transaction.atomic(durable=True)
def end_contact(*, viewer: Viewer, contact_id: int, at: datetime) -> HelpContact:
    """From today on nobody is sent there."""
    found = _to_change(viewer, contact_id)
    today = clock.day_of(at)
    if found.until is None or found.until > today:
        found.until = today
        found.save(update_fields=["until"])
        audit.record(viewer, "people.end_contact", _subject(found), at=at, contact=found.pk, office=found.office)
    return found
