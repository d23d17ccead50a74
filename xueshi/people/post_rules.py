"""Where a post may be set up, who may give it to whom, for how long, and which need a second yes: pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

LIFE = timedelta(days=365)  # a post that is not renewed runs out after a year
LONGEST = timedelta(days=3 * 365)
SOON = timedelta(days=30)  # before it runs out, holder and granter are told

_BUREAUS = frozenset({"county_hrss", "municipal_hrss", "provincial_hrss"})
_OFFICES = _BUREAUS | {"industry_authority", "organisation_department"}
_TRAINING = frozenset({"training_base", "training_centre"})

# Where each post may be set up, by the kind of the organisation.
FITTING: Mapping[str, frozenset[str]] = {
    "unit_clerk": frozenset({"unit"}),
    "unit_head": frozenset({"unit"}),
    "base_clerk": frozenset({"training_base", "unit"}),  # a university may itself be a base (KF-40)
    "base_head": frozenset({"training_base", "unit"}),
    "author": _TRAINING,
    "item_author": _TRAINING | _OFFICES,
    "item_reviewer": _TRAINING | _OFFICES,
    "exam_manager": _TRAINING | _OFFICES,
    "proctor": _TRAINING | _OFFICES,
    "industry_officer": frozenset({"industry_authority"}),
    "officer": _BUREAUS,
    "agency_officer": frozenset({"talent_agency", "ce_association"}),
    "counter": frozenset({"county_hrss", "municipal_hrss", "training_centre"}),
    "verifier": _BUREAUS | {"unit", "talent_agency", "ce_association"},
    "finance": _OFFICES | _TRAINING | {"unit"},
    "auditor": _OFFICES | _TRAINING | {"unit", "talent_agency", "ce_association"},
    "operator": frozenset({"training_centre", "municipal_hrss", "provincial_hrss"}),
}

# What sees a whole region or industry, or runs the platform: one person's word is not enough.
TWO_EYES = frozenset({"officer", "industry_officer", "auditor", "operator"})


def needs_two(role: str, kind: str) -> bool:
    """Whether a post at an organisation of this kind needs a second yes; an association sees its whole region."""
    return role in TWO_EYES or (role, kind) == ("agency_officer", "ce_association")


_STAFF = frozenset({"counter", "verifier", "finance", "item_author", "item_reviewer", "exam_manager", "proctor"})
# What each capacity may give at its own organisation, and at those below it. Nobody gives what stands above.
AT_OWN: Mapping[str, frozenset[str]] = {
    "operator": frozenset(FITTING),
    "officer": _STAFF,
    "unit_head": frozenset({"unit_clerk", "verifier", "finance"}),
    "base_head": (_STAFF - {"counter", "verifier"}) | {"base_clerk", "author"},
}
BELOW: Mapping[str, frozenset[str]] = {
    "operator": frozenset(FITTING),
    "officer": frozenset(FITTING) - {"operator"},
    "industry_officer": frozenset({"unit_head", "unit_clerk"}),
}


def grantable(capacity: str, kind: str, *, own: bool) -> frozenset[str]:
    """The roles that this capacity may give at an organisation of this kind, the own one or one below."""
    allowed = (AT_OWN if own else BELOW).get(capacity, frozenset())
    return frozenset(role for role in allowed if kind in FITTING[role])


def runs_until(at: datetime, wanted: datetime | None) -> datetime:
    """When a post that is given or renewed at `at` runs out: as wanted, at most three years, else a year."""
    return min(wanted or at + LIFE, at + LONGEST)
