"""The law in force, as the floors read it: loaded once per process from POLICIES_DIR.

Rulebooks are immutable and known by their digest, so a cached one cannot go stale; a changed folder is read
by the next process.
"""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from xueshi.policy import load
from xueshi.policy.book import Rulebook
from xueshi.policy.load import Library


@cache
def _library(root: Path) -> Library:
    return load.library(root)


def library() -> Library:
    """Every instrument below POLICIES_DIR; raises policy's NotUnderstood for a folder that says nonsense."""
    return _library(Path(settings.POLICIES_DIR))


def of(instrument_key: str) -> Rulebook:
    """The rulebook of one instrument, e.g. "cn-50/chongqing-2010"; raises KeyError for one we do not hold."""
    return library().instrument(instrument_key)


def governing(region_code: str, on: date) -> Rulebook | None:
    """The instrument that governs a region (GB/T 2260 code) on a day, or None where no law is encoded."""
    return library().governing(region_code, on)


__all__ = ["governing", "library", "of"]
