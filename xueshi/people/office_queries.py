"""What operators see: every region, organisation and post; persons masked."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from xueshi.kernel import vault
from xueshi.people.models import Organisation, Person, Post, Region


def regions() -> QuerySet[Region]:
    return Region.objects.select_related("parent").order_by("code")


def person(person_id: int) -> Person | None:
    return Person.objects.select_related("region").filter(pk=person_id).first()


def post(post_id: int) -> Post | None:
    return Post.objects.select_related("person", "organisation").filter(pk=post_id, ended_at=None).first()


def posts(*, at: datetime, role: str = "") -> QuerySet[Post]:
    """Posts held now, by organisation; of one role, if given."""
    found = Post.objects.filter(role=role) if role else Post.objects.all()
    return (
        found.filter(since__lte=at, ended_at=None)
        .filter(Q(until=None) | Q(until__gt=at))
        .select_related("person", "organisation__region")
        .order_by("organisation__region__code", "organisation__name", "role", "pk")
    )


def persons_by(text: str) -> QuerySet[Person]:
    """Persons by full or partial name, or by the last four places of the identity number; at most twenty."""
    text = text.strip()
    if not text:
        return Person.objects.none()
    matches = Q(name__contains=text)
    if len(text) == 4:
        matches |= Q(id_tail_index=vault.index("id-tail", text.upper()))
    return Person.objects.filter(matches).select_related("region").order_by("name", "pk")[:20]


def counts() -> dict[str, int]:
    """How many persons, organisations and regions there are."""
    return {
        "persons": Person.objects.count(),
        "organisations": Organisation.objects.filter(closed_at=None).count(),
        "regions": Region.objects.aggregate(n=Count("pk"))["n"],
    }


def roles() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Post.Role.choices]
