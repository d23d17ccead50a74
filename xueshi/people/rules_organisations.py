"""Codes of organisations, regions and industries, and which office keeps which organisation: pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# GB 32100-2015: digits and capital letters without I, O, S, V and Z, which are mistaken for 1, 0, 5, U and 2.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

CodeProblem = Literal["length", "character", "check"]


@dataclass(frozen=True)
class NotACreditCode:
    """Why it is no unified social credit code; places are counted from 1, `expected` is the right last character."""

    problem: CodeProblem
    typed: str = ""  # the character, or how many places were typed
    place: int = 0
    expected: str = ""


def credit_check(first17: str) -> str:
    """The 18th place: what brings the weighted sum to a multiple of 31 (GB 32100-2015)."""
    total = sum(weight * ALPHABET.index(one) for weight, one in zip(_WEIGHTS, first17, strict=True))
    return ALPHABET[-total % 31]


def credit_code(typed: str) -> str | NotACreditCode:
    """A unified social credit code as it is kept: 18 places, capitals, no blanks or hyphens."""
    text = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).upper()
    if len(text) != 18:
        return NotACreditCode("length", typed=str(len(text)))
    for place, one in enumerate(text, 1):
        if one not in ALPHABET:
            return NotACreditCode("character", typed=one, place=place)
    right = credit_check(text[:17])
    if text[17] != right:
        return NotACreditCode("check", typed=text[17], place=18, expected=right)
    return text


# ---- regions: GB/T 2260, and GB/T 10114 below a county -----------------------------------------------------------

REGION_LENGTHS = (2, 4, 6, 9, 12)  # province, city, county or zone, town, village
RegionKind = Literal["province", "city", "county", "zone", "town", "village"]


def is_region_code(code: str) -> bool:
    """Whether this can be the code of a region."""
    return code.isascii() and code.isdigit() and len(code) in REGION_LENGTHS and not code.startswith("0")


def region_kind(code: str) -> RegionKind:
    """What a code stands for; a zone below a city has 70 to 79 where a county has its own number."""
    if len(code) == 6:
        return "zone" if code[4] == "7" else "county"
    return {2: "province", 4: "city", 9: "town"}.get(len(code), "village")  # type: ignore[return-value]


def lies_below(code: str, parent: str) -> bool:
    """Whether one code lies strictly below another, in either tree."""
    return code.startswith(parent) and len(code) > len(parent)


# ---- industries: GB/T 4754-2017 ----------------------------------------------------------------------------------

# The last division of each section.
_LAST = {
    "A": 5, "B": 12, "C": 43, "D": 46, "E": 50, "F": 52, "G": 60, "H": 62, "I": 65, "J": 69,
    "K": 70, "L": 72, "M": 75, "N": 79, "O": 82, "P": 83, "Q": 85, "R": 90, "S": 96, "T": 97,
}  # fmt: skip


def section_of(division: int) -> str:
    """The letter of the section to which a division belongs; "" for none."""
    if division < 1:
        return ""
    return next((letter for letter, last in _LAST.items() if division <= last), "")


def industry_code(typed: str) -> str:
    """An industry's code as it is kept, "P83"; "" where it is none: a letter A to T, then 2 to 4 digits of its own."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed)).upper()
    if not re.fullmatch(r"[A-T]([0-9]{2}[0-9]{0,2})?", text):
        return ""
    return text if len(text) == 1 or section_of(int(text[1:3])) == text[0] else ""


# ---- who keeps what ----------------------------------------------------------------------------------------------

RANK = {"county": 1, "municipal": 2, "provincial": 3}
BUREAUS = {"county_hrss": "county", "municipal_hrss": "municipal", "provincial_hrss": "provincial"}


def level_fits(kind: str, level: str) -> bool:
    """A bureau stands at the level of its name; any other kind may stand at each."""
    return BUREAUS.get(kind, level) == level


def may_keep(own_level: str, kind: str, level: str) -> bool:
    """Whether an officer of this level keeps such an organisation: bureaus only from above, others also beside."""
    own, other = RANK.get(own_level, 0), RANK.get(level, 9)
    return own > other if kind in BUREAUS or kind == "organisation_department" else own >= other


def needs_second(kind: str, people: int) -> bool:
    """Whether closing it takes a second person: a bureau, or a place where people work."""
    return kind in BUREAUS or people > 0


# ---- telephones of offices ---------------------------------------------------------------------------------------


def office_phones(typed: str) -> tuple[str, ...] | None:
    """The numbers of an office as they are kept, "0511-87319017"; None where one is no number, or none is there."""
    text = unicodedata.normalize("NFKC", typed)
    found = [re.sub(r"[\s()]+", "-", one.strip()).strip("-") for one in re.split(r"[、,;/，；]|\s{2,}|\n", text)]
    numbers = tuple(re.sub(r"-+", "-", one) for one in found if one)
    good = all(re.fullmatch(r"\+?[0-9][0-9\-]{2,19}", one) and sum(map(str.isdigit, one)) >= 3 for one in numbers)
    return numbers if numbers and good else None
