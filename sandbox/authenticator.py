"""The demo's phone: an authenticator app (RFC 6238) that shows the present code of each member of staff.

It reads names and keys from a file that the demo writes; the keys are printed secrets of a demo and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from dataclasses import dataclass
from pathlib import Path

PERIOD = 30  # seconds


@dataclass(frozen=True)
class Shown:
    """One line of the app: whose, the code now, and how many seconds it still stands."""

    name: str
    role: str
    number: str
    code: str
    seconds_left: int


def code(secret: str, moment: float) -> str:
    """The six digits at that moment."""
    counter = struct.pack(">Q", int(moment) // PERIOD)
    made = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = made[-1] & 0x0F
    (value,) = struct.unpack(">I", made[at : at + 4])
    return f"{(value & 0x7FFFFFFF) % 1_000_000:06d}"


def shown(file: Path) -> list[Shown]:
    """Every line, as of now; none while the demo has written no file."""
    if not file.exists():
        return []
    now = time.time()
    left = PERIOD - int(now) % PERIOD
    members = json.loads(file.read_text(encoding="utf8"))
    return [Shown(one["name"], one["role"], one["number"], code(one["secret"], now), left) for one in members]
