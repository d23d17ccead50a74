"""A counter puts right what a registration got wrong, before the eyes of its owner."""

from datetime import datetime

from django.db import transaction

from xueshi.kernel import audit, clock
from xueshi.people import pinyin, rules, sentences
from xueshi.people.actions import placing
from xueshi.people.actions.keeping import _locked_at_counter, warn_the_old_phone
from xueshi.people.actions.registering import NotAName, NotAPhone, employer_at
from xueshi.people.models import Employment, Person
from xueshi.people.viewer import Viewer


@transaction.atomic(durable=True)
def correct(
    *,
    viewer: Viewer,
    person_id: int,
    name: str,
    phone: str,
    employer_id: int | None,
    reason: str,
    at: datetime,
) -> Person:
    """Correct name, phone or employer by the card, with the reason; the owner sees who did it, and why (CQ-06).

    Within the reach of the viewer's counter only: raises NotYours, OwnCard, and NotAName, NotAPhone, EmployerNotThere.
    """
    person = _locked_at_counter(viewer, person_id)
    said, number = rules.name(name), rules.phone(phone)
    if said is None:
        raise NotAName(why=sentences.of_name())
    if number is None:
        raise NotAPhone(why=sentences.of_phone())
    present = (
        Employment.objects.filter(person=person, until=None, main=True).values_list("employer_id", flat=True).first()
    )
    if employer_id != present:  # who stays may stay, also where nobody new may begin
        employer_at(person.region, employer_id)
    changed = [f for f, value in (("name", said), ("phone", number)) if getattr(person, f) != value]
    warn_the_old_phone(person, number, at)
    person.name, person.phone = said, number
    if changed:
        person.pinyin = pinyin.of(said)
        person.save(update_fields=[*changed, "pinyin"])
    if placing.employ(person, employer_id, clock.day_of(at), viewer=viewer, at=at):
        changed.append("employer")
    if changed:
        audit.record(viewer, "person.correct", f"person:{person.pk}", at=at, reason=reason[:200], changed=changed)
    return person
