"""Which second factors and sessions a person has, and whose a viewer may take away."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet

from xueshi.people import access
from xueshi.people.models import Person, Post
from xueshi.people.viewer import Viewer

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these


@dataclass(frozen=True)
class Factor:
    """One second factor: an authenticator app or a passkey."""

    id: int
    is_passkey: bool
    name: str  # what a passkey was called
    since: datetime
    last_used_at: datetime | None


def has_second_factor(person_id: int) -> bool:
    """Whether the person has set one up."""
    return bool(Authenticator.objects.filter(user__person_id=person_id, type__in=STRONG).exists())


def has_passkey(account_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.WEBAUTHN).exists())


def factors_of(viewer: Viewer) -> list[Factor]:
    """The viewer's own, the first one first."""
    rows = Authenticator.objects.filter(user__person_id=viewer.person_id, type__in=STRONG).order_by("created_at", "pk")
    return [
        Factor(
            row.pk, row.type == Authenticator.Type.WEBAUTHN, row.data.get("name", ""), row.created_at, row.last_used_at
        )
        for row in rows
    ]


def recovery_codes_of(viewer: Viewer) -> list[str]:
    """The viewer's own recovery codes that were not used yet; who shows them, shows them once."""
    row = _recovery(viewer)
    codes: list[str] = row.wrap().get_unused_codes() if row else []
    return codes


def recovery_codes_left(viewer: Viewer) -> int:
    return len(recovery_codes_of(viewer))


def _recovery(viewer: Viewer) -> Authenticator | None:
    return Authenticator.objects.filter(
        user__person_id=viewer.person_id, type=Authenticator.Type.RECOVERY_CODES
    ).first()


def sessions_of(viewer: Viewer) -> list[UserSession]:
    """The viewer's own sessions that still hold, the one used last first."""
    rows: list[UserSession] = UserSession.objects.filter(user__person_id=viewer.person_id).order_by("-last_seen_at")
    return [row for row in rows if not row.purge()]


def resettable(viewer: Viewer, at: datetime) -> QuerySet[Person]:
    """Others who have a second factor that the viewer may take away, so that they can set up another.

    Whoever may appoint at every organisation at which the person holds a post; of persons without a post, whoever may
    check their identity.
    """
    live = Post.objects.filter(person=OuterRef("pk"), since__lte=at, ended_at=None).filter(
        Q(until=None) | Q(until__gt=at)
    )
    mine = access.organisations(viewer, "appoint").values("pk")
    serves_here = Exists(live.filter(organisation__in=mine)) & ~Exists(live.exclude(organisation__in=mine))
    only_learns = ~Exists(live) & Q(pk__in=access.persons(viewer, "check_identity").values("pk"))
    has_one = Exists(Authenticator.objects.filter(user__person=OuterRef("pk"), type__in=STRONG))
    return Person.objects.filter(has_one).filter(serves_here | only_learns).exclude(pk=viewer.person_id)
