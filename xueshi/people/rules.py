"""Identity numbers and who belongs where: pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

LEAST_PASSWORD = 10  # places
_RUN = 6  # so many places in a row of one's own number give it away
_SITE_WORDS = ("xueshi", "学时", "继续教育")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

IdProblem = Literal["length", "characters", "birth", "future", "check"]
PasswordProblem = Literal["short", "digits", "one_place", "own_number", "phone", "birthday", "site"]


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
    typed: str = ""  # the check character, the birth date or the number of places that was typed


def check_character(first17: str) -> str:
    """The 18th place (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def identity(typed: str, *, today: date) -> Identity | NotAnIdentity:
    """Read an identity number of 18 or 15 places, with spaces and a small x allowed (CQ-04).

    The region is not judged: codes are those of first registration, and regions are renamed.
    """
    text = unicodedata.normalize("NFKC", "".join(typed.split())).upper()
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


def affiliations(
    *, file_keeper: str, jobs: Iterable[tuple[date, date | None, str]]
) -> str | tuple[tuple[date, str], ...]:
    """The same as it changed: (from this day, this group), or one group that has always been.

    `jobs` are (from, first day no longer, level of the employer); of two at once the one that began last counts.
    """
    without = affiliation(file_keeper=file_keeper, employer_level=None)
    days: dict[date, str] = {}
    for since, until, level in sorted(jobs, key=lambda job: job[0]):
        days = {day: group for day, group in days.items() if day < since}
        days[since] = affiliation(file_keeper=file_keeper, employer_level=level)
        if until is not None:
            days[until] = without
    if set(days.values()) <= {without}:
        return without
    return ((date.min, without), *sorted(days.items()))


def phone(typed: str) -> str | None:
    """A mobile number of the mainland as 11 digits, however it was spaced; None if it is not one."""
    text = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    text = re.sub(r"^(\+86|0086)", "", text)
    return text if re.fullmatch(r"1[3-9][0-9]{9}", text) else None


def mail(typed: str) -> str:
    """An address as it is kept: no blanks around it, the domain in small letters."""
    name, at, domain = typed.strip().rpartition("@")
    return f"{name}{at}{domain.lower()}"


def name(typed: str) -> str | None:
    """A name as written on the card, blanks trimmed; None where it holds digits, signs or nothing."""
    text = " ".join(unicodedata.normalize("NFC", typed).replace("•", "·").replace("．", "·").split())
    fits = 2 <= len(text) <= 60 and all(c in " ·-'." or c.isalpha() for c in text)
    return text if fits and any(c.isalpha() for c in text) else None


def password_problem(
    password: str, *, number: str = "", phone: str = "", born_on: date | None = None
) -> PasswordProblem | None:
    """Why a password would be guessed by somebody who has seen the card or the phone; None if it is good.

    Length is the only demand on its form: a sentence is as good as signs.
    """
    if len(password) < LEAST_PASSWORD:
        return "short"
    plain = re.sub(r"[\s\-_.]", "", unicodedata.normalize("NFKC", password)).lower()
    if len(set(plain)) < 3:
        return "one_place"
    if born_on and any(f"{born_on:{shape}}" in plain for shape in ("%Y%m%d", "%y%m%d", "%d%m%Y", "%m%d%Y")):
        return "birthday"
    if _shares_a_run(number.lower(), plain):
        return "own_number"
    if _shares_a_run(phone, plain):
        return "phone"
    if any(word in plain for word in _SITE_WORDS):
        return "site"
    return "digits" if plain.isdigit() else None


def _shares_a_run(own: str, password: str) -> bool:
    return any(own[i : i + _RUN] in password for i in range(len(own) - _RUN + 1))
