"""Whom to call about what (CQ-49, CQ-50, ZJ-42)."""

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from xueshi.kernel.errors import NotYours
from xueshi.people import access, rules_organisations
from xueshi.people.models import HelpContact, Person, Region
from xueshi.people.viewer import Viewer

_TOPICS = {topic: place for place, topic in enumerate(HelpContact.Topic.values)}


def present(on: date) -> QuerySet[HelpContact]:
    """Contacts that hold on a day, unless their organisation has been closed."""
    return (
        HelpContact.objects.filter(since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on))
        .filter(Q(organisation=None) | Q(organisation__closed_at=None))
        .select_related("region", "organisation")
    )


def contacts_for(region_code: str, topic: str = "", *, on: date) -> list[HelpContact]:
    """Whom somebody of a region asks: by topic, the narrowest region first, as they were entered. One query."""
    around = [region_code[:places] for places in rules_organisations.REGION_LENGTHS if places <= len(region_code)]
    found = present(on).filter(region__code__in=around)
    if topic:
        found = found.filter(topic=topic)
    return sorted(found, key=lambda one: (_TOPICS.get(one.topic, 99), -len(one.region.code), one.pk))


def region_code(code: str) -> str:
    """The same code if there is such a region, else ""."""
    return Region.objects.filter(code=code).values_list("code", flat=True).first() or ""


def region_of(person_id: int) -> str:
    """The code of the region to which a person belongs; "" for nobody."""
    return Person.objects.filter(pk=person_id).values_list("region__code", flat=True).first() or ""


def contacts_kept(viewer: Viewer, on: date, region_code: str = "") -> QuerySet[HelpContact]:
    """The contacts that the viewer keeps."""
    found = present(on).filter(region__in=access.regions(viewer, "keep_contacts"))
    if region_code:
        found = found.filter(region__code__startswith=region_code)
    return found.annotate(depth=Length("region__code")).order_by("region__code", "topic", "pk")


def contact_kept(viewer: Viewer, contact_id: int) -> HelpContact:
    """One of them; raises NotYours."""
    reach = access.regions(viewer, "keep_contacts")
    found = HelpContact.objects.select_related("region", "organisation").filter(pk=contact_id, region__in=reach).first()
    if found is None:
        raise NotYours()
    return found


def contacts_of(organisation_id: int, on: date) -> list[HelpContact]:
    """The contacts that name an organisation."""
    found = HelpContact.objects.filter(organisation_id=organisation_id, since__lte=on)
    return list(found.filter(Q(until=None) | Q(until__gt=on)).select_related("region").order_by("region__code", "pk"))


def phones(contact: HelpContact) -> tuple[str, ...]:
    """The numbers one by one."""
    return rules_organisations.office_phones(contact.phone) or ()
