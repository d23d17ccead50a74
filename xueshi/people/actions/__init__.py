"""What changes about persons: `registering`, `inviting`, `phone_codes`, `passwords`, `knocking` (how often one asks),
`keeping` (their own data), `recording` (the law's facts)."""

from xueshi.people.actions.correcting import correct
from xueshi.people.actions.inviting import WrongInvitation, activate_invited
from xueshi.people.actions.keeping import (
    PhoneNeeded,
    change_employment,
    check_identity,
    look_at,
    set_title,
    update_contact,
)
from xueshi.people.actions.knocking import forget_knocks, knock
from xueshi.people.actions.passwords import (
    WrongCode,
    WrongPassword,
    change_password,
    reset_password,
    send_due_code,
    send_reset_code,
    sign_in_by_code,
)
from xueshi.people.actions.phone_codes import phone_index, prove_phone, send_phone_code
from xueshi.people.actions.placing import NotBefore
from xueshi.people.actions.recording import (
    FactKeptElsewhere,
    FactMisfilled,
    FactOverlaps,
    FactReasonMissing,
    FactUnknown,
    record_fact,
    withdraw_fact,
)
from xueshi.people.actions.registering import (
    AgencyNeeded,
    EmployerNotThere,
    IdentityTaken,
    NotAName,
    NotAnIdNumber,
    NotAPhone,
    RegionNotOpen,
    TitleNotHeld,
    WeakPassword,
    register,
)

__all__ = [
    "AgencyNeeded",
    "EmployerNotThere",
    "FactKeptElsewhere",
    "FactMisfilled",
    "FactOverlaps",
    "FactReasonMissing",
    "FactUnknown",
    "IdentityTaken",
    "NotAName",
    "NotAPhone",
    "NotAnIdNumber",
    "NotBefore",
    "PhoneNeeded",
    "RegionNotOpen",
    "TitleNotHeld",
    "WeakPassword",
    "WrongCode",
    "WrongInvitation",
    "WrongPassword",
    "activate_invited",
    "change_employment",
    "change_password",
    "check_identity",
    "correct",
    "forget_knocks",
    "knock",
    "look_at",
    "phone_index",
    "prove_phone",
    "record_fact",
    "register",
    "reset_password",
    "send_due_code",
    "send_phone_code",
    "send_reset_code",
    "set_title",
    "sign_in_by_code",
    "update_contact",
    "withdraw_fact",
]
