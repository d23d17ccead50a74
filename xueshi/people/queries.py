"""Who is there, and what a viewer may see of them."""

from datetime import datetime

from django.db.models import Q

from xueshi.people.models import Account, Post
from xueshi.people.viewer import Seat, Viewer


def viewer_of(*, account_id: int, at: datetime) -> Viewer | None:
    """The viewer behind an account, with the posts held at that moment; None if there is no such person."""
    account = Account.objects.select_related("person").filter(pk=account_id).first()
    if account is None:
        return None
    posts = (
        Post.objects.filter(person_id=account.person_id, since__lte=at)
        .filter(Q(until=None) | Q(until__gt=at), organisation__closed_at=None)
        .select_related("organisation__region")
        .order_by("pk")
    )
    return Viewer(
        person_id=account.person_id,
        name=account.person.name,
        seats=tuple(
            Seat(
                role=post.role,
                organisation_id=post.organisation_id,
                organisation=post.organisation.name,
                kind=post.organisation.kind,
                region=post.organisation.region.code,
            )
            for post in posts
        ),
    )
