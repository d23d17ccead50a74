"""The people in somebody's reach as a list: found, ordered and counted, by id."""

import re
from typing import Literal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from xueshi.kernel import vault
from xueshi.people import access
from xueshi.people.models import Employment, Person
from xueshi.people.viewer import Viewer

Order = Literal["name", "unit"]


def ids_for(viewer: Viewer, text: str = "", order: Order = "name") -> list[int]:
    """Everybody the viewer may see, by name (or unit and name); narrowed by part of a name, unit or an ID's tail."""
    found = _found(access.persons(viewer), " ".join(text.split()))
    if order == "unit":
        present = Employment.objects.filter(person=OuterRef("pk"), until=None, main=True)
        found = found.annotate(unit=Subquery(present.values("employer__name")[:1])).order_by("unit", "name", "pk")
    else:
        found = found.order_by("name", "pk")
    return list(found.values_list("pk", flat=True))


def _found(persons: QuerySet[Person], wanted: str) -> QuerySet[Person]:
    if not wanted or "\0" in wanted:
        return persons.none() if wanted else persons
    employed = Employment.objects.filter(until=None, employer__name__contains=wanted)
    by = Q(name__contains=wanted) | Q(pk__in=employed.values("person_id"))
    if re.fullmatch(r"[0-9]{3}[0-9Xx]", wanted):
        by |= Q(id_tail_index=vault.index("id-tail", wanted.upper()))
    return persons.filter(by)


__all__ = ["Order", "ids_for"]
