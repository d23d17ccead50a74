"""Numbers of documents, names as strangers see them, and what a check may say: pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Thirty-two signs without I, L, O and U: what is misread is read right (O is 0, I and L are 1).
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY = 8  # random signs: forty bits
_SHAPE = re.compile(r"[0-9]{4}-?[0-9]{6}-?[0-9A-Z]{8}-?[0-9A-Z]")
_MISREAD = str.maketrans("OIL", "011")


def _times_two(value: int) -> int:
    """Multiply by the generator of GF(32) (x⁵ + x² + 1)."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def check_sign(signs: str) -> str:
    """The last sign of a number: one wrong sign, or two exchanged ones, never give the same."""
    total = 0
    for sign in signs:
        total = _times_two(total ^ SIGNS.index(sign))
    return SIGNS[total]


def number(year: int, region: str, body: str) -> str:
    """2026-500103-7K2M9XQ4-C: year, region (GB/T 2260, six places), eight random signs, check sign."""
    place = region[:6].ljust(6, "0")
    return f"{year:04d}-{place}-{body}-{check_sign(f'{year:04d}{place}{body}')}"


def read_number(typed: str) -> str | None:
    """The number that somebody typed, as we write it; None if it cannot be one.

    Full-width signs, small letters, blanks and missing hyphens are accepted.
    """
    plain = unicodedata.normalize("NFKC", typed).upper().strip()
    plain = re.sub(r"[\s—–_]+", "", plain).translate(_MISREAD)
    if not _SHAPE.fullmatch(plain):
        return None
    signs = plain.replace("-", "")
    if not set(signs) <= set(SIGNS) or check_sign(signs[:-1]) != signs[-1]:
        return None
    return f"{signs[:4]}-{signs[4:10]}-{signs[10:18]}-{signs[18]}"


def read_name(typed: str) -> str:
    """A name for comparing: widths folded, blanks gone, every middle dot the same."""
    plain = unicodedata.normalize("NFKC", typed)
    return re.sub(r"\s+", "", re.sub(r"[・•‧∙⋅]", "·", plain)).casefold()


def masked_name(name: str) -> str:
    """张*三, 张*, 欧**雪: the first and the last sign; of two, the first."""
    if len(name) <= 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def status(*, genuine: bool, revoked_at: datetime | None, replaced_at: datetime | None) -> str:
    """The worst that is true: forged, revoked, replaced, valid."""
    if not genuine:
        return "forged"
    if revoked_at is not None:
        return "revoked"
    return "replaced" if replaced_at is not None else "valid"


def slip_state(*, issued: bool, printed: bool, review: str, recorded: bool) -> str:
    """Where a passed course stands on its way to hours (CQ-17, CQ-18, CQ-32)."""
    if recorded:
        return "recorded"
    if review:
        return review  # pending, verified, refused
    if not issued:
        return "printable"
    return "printed" if printed else "issued"


def shown(words: Mapping[str, Any]) -> dict[str, Any]:
    """What a stranger may read of a document: the name masked, nothing of the identity number."""
    kept = {key: value for key, value in words.items() if key not in {"id_masked", "born_on", "sex"}}
    return kept | {"name": masked_name(str(words["name"]))}
