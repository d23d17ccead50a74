"""One of a unit's people with everything the unit keeps about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xueshi.people import access, invitation_queries
from xueshi.people.models import Employment, Fact, Person, Title
from xueshi.people.viewer import Viewer


@dataclass(frozen=True)
class Kept:
    """Work at this unit, titles and facts with their history, and how the invitation stands."""

    person: Person
    work: Sequence[Employment]
    titles: Sequence[Title]
    facts: Sequence[Fact]
    invitation: invitation_queries.Member | None

    @property
    def here(self) -> Employment | None:
        """The present work at the unit."""
        return next((one for one in self.work if one.until is None), None)


def kept_if_here(viewer: Viewer, person_id: int, organisation_id: int, at: datetime) -> Kept | None:
    """What the unit keeps about somebody who works there now; None for anybody else.

    Facts that were withdrawn stand in it too. Where else the person works is not the unit's business.
    """
    work = list(Employment.objects.filter(person_id=person_id, employer_id=organisation_id).order_by("-since", "-pk"))
    if all(one.until is not None for one in work):
        return None
    person = access.persons(viewer).select_related("region", "file_agency").filter(pk=person_id).first()
    if person is None or person.merged_into_id is not None:
        return None
    facts = Fact.objects.filter(person=person).select_related("recorded_by", "withdrawn_by", "organisation")
    return Kept(
        person=person,
        work=work,
        titles=list(Title.objects.filter(person=person).order_by("-obtained_on")),
        facts=list(facts.order_by("word", "-recorded_at", "-pk")),
        invitation=invitation_queries.state_of(viewer, person.pk, organisation_id, at),
    )


__all__ = ["Kept", "kept_if_here"]
