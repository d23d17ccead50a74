"""What a merge of two accounts would move, and what of it would count twice."""

from xueshi.ledger.models import HoursEntry
from xueshi.people import joining_queries
from xueshi.people.joining_rules import Contradiction
from xueshi.people.models import Person


def live(person: Person) -> list[HoursEntry]:
    """Lines that stand: no reversals, and none that was reversed."""
    reversed_ones = HoursEntry.objects.filter(person=person, reverses__isnull=False).values("reverses")
    return list(HoursEntry.objects.filter(person=person, reverses=None).exclude(pk__in=reversed_ones).order_by("pk"))


def contradictions(survivor: Person, duplicate: Person) -> list[Contradiction]:
    """Where the two accounts contradict each other; hours for the same thing in the same year are asked about."""
    known = {(one.year, one.category, one.kind, one.title): one for one in live(survivor)}
    found = joining_queries.contradictions(survivor, duplicate)
    for entry in live(duplicate):
        twin = known.get((entry.year, entry.category, entry.kind, entry.title))
        if twin is not None:
            found.append(
                Contradiction(
                    f"hours:{entry.pk}", f"{entry.year} {entry.title}", _said(twin), _said(entry), ("once", "both")
                )
            )
    return found


def _said(entry: HoursEntry) -> str:
    return f"{entry.hours.normalize():f} ({entry.earned_on.isoformat()})"
