"""What changes about persons: `registering`, `keeping` (their own data), `passwords`."""

from xueshi.people.actions.correcting import correct
from xueshi.people.actions.keeping import (
    PhoneNeeded,
    change_employment,
    check_identity,
    look_at,
    set_title,
    update_contact,
)
from xueshi.people.actions.passwords import (
    WrongCode,
    WrongPassword,
    change_password,
    reset_password,
    send_due_code,
    send_reset_code,
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
    "IdentityTaken",
    "NotAName",
    "NotAPhone",
    "NotAnIdNumber",
    "PhoneNeeded",
    "RegionNotOpen",
    "TitleNotHeld",
    "WeakPassword",
    "WrongCode",
    "WrongPassword",
    "change_employment",
    "change_password",
    "check_identity",
    "correct",
    "look_at",
    "register",
    "reset_password",
    "send_due_code",
    "send_reset_code",
    "set_title",
    "update_contact",
]
