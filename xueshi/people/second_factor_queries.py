"""Which second factors a person has."""

from allauth.mfa.models import Authenticator

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these


def has_second_factor(person_id: int) -> bool:
    """Whether the person has set one up."""
    return Authenticator.objects.filter(user__person_id=person_id, type__in=STRONG).exists()
