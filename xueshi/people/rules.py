"""Identity numbers and who belongs where: pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

IdProblem = Literal["length", "characters", "birth", "future", "check"]


@dataclass(frozen=True)
class Identity:
    """A resident identity number, normalised to 18 places, and what it says (GB 11643-1999)."""

    number: str
    born_on: date
    sex: Literal["male", "female"]

    @property
    def masked(self) -> str:
        return f"{self.number[:4]}{'*' * 10}{self.number[-4:]}"

    @property
    def tail(self) -> str:
        return self.number[-4:]


@dataclass(frozen=True)
class NotAnIdentity:
    """Why it is not one; `expected` is the right check character when only that is wrong."""

    problem: IdProblem
    expected: str = ""
    typed: str = ""


def check_character(first17: str) -> str:
    """The 18th place (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def identity(typed: str, *, today: date) -> Identity | NotAnIdentity:
    """Read an identity number of 18 or 15 places, with spaces and a small x allowed (CQ-04).

    The region is not judged: codes are those of first registration, and regions are renamed.
    """
    text = "".join(typed.split()).upper().replace("Ｘ", "X")
    if len(text) not in {15, 18}:
        return NotAnIdentity("length", typed=str(len(text)))
    body = text[:17] if len(text) == 18 else f"{text[:6]}19{text[6:]}"
    if not (body.isascii() and body.isdigit()) or (len(text) == 18 and text[17] not in "0123456789X"):
        return NotAnIdentity("characters")
    try:
        born_on = date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return NotAnIdentity("birth", typed=body[6:14])
    if born_on > today:
        return NotAnIdentity("future", typed=body[6:14])
    right = check_character(body)
    if len(text) == 18 and text[17] != right:
        return NotAnIdentity("check", expected=right, typed=text[17])
    return Identity(body + right, born_on, "male" if int(body[16]) % 2 else "female")


def affiliation(*, file_keeper: str, employer_level: str | None) -> str:
    """Which of the notice's four groups a person belongs to, for review and counters (CQ-33 to CQ-36).

    A hosted file goes before the employer: the notice sends its holder to the agency, whoever employs him.
    """
    if file_keeper == "talent_agency":
        return "hosted_by_agency"
    return {"county": "county_unit", "municipal": "municipal_unit"}.get(employer_level or "", "other")
