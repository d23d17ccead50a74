"""The law in force, as the floors read it: loaded once per process from POLICIES_DIR.

Rulebooks are immutable and known by their digest, so a cached one cannot go stale; a changed folder is read
by the next process.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from xueshi.policy import load, strict_yaml
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.choosing import Choice, Considered
from xueshi.policy.facts import Facts
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


def choose(given: Mapping[str, Any], region: str, on: date) -> Choice:
    """The instrument that governs a person on a day, which others were looked at, and why it is this one.

    `given` are the person's facts, as `people.queries.law_facts` gives them.
    """
    field = given.get("field")
    return library().choose(Facts.of(given), region, on, field if isinstance(field, str) else "")


# ---- the files themselves, for pages that show them ---------------------------------------------------------------


@cache
def _file(root: Path, key: str) -> Mapping[str, Any]:
    text = (root / f"{key}.yaml").read_text(encoding="utf-8")
    found = strict_yaml.read(text, key).plain()
    return found if isinstance(found, dict) else {}


def header_of(book: Rulebook) -> Mapping[str, Any]:
    """The instrument's file as plain data (days as text), without what the loader made of it."""
    return _file(Path(settings.POLICIES_DIR), book.key)


def home_of(provision: Provision, book: Rulebook) -> str:
    """The key of the instrument in which a provision stands: a parent's keeps the parent's."""
    return provision.instrument or book.key


def cite(book: Rulebook, provision_id: str, on: date | None = None) -> str:
    """Where a provision stands, as pages cite it: the notice's number, or its title where it has none, and the article.

    A provision of an instrument above is cited as that one's.
    """
    provision = book.provision(provision_id, on)
    home = library().books.get(home_of(provision, book), book)
    return f"{home.number or home.title} {provision.article}"


def written(provision: Provision, book: Rulebook) -> Any:
    """What stands under the provision's verb in the file, as plain data."""
    wordings = _wordings(Path(settings.POLICIES_DIR), home_of(provision, book))
    return wordings.get((provision.id, provision.since.isoformat()), {}).get(provision.verb)


@cache
def _wordings(root: Path, key: str) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    file = _file(root, key)
    default = file.get("since", "")
    return {(str(one["id"]), str(one.get("since", default))): one for one in file.get("provisions", ())}


def source_of(book: Rulebook) -> Path:
    """The text of the instrument as it is held, never edited; its SHA-256 is `book.source_sha256`."""
    return Path(settings.POLICIES_DIR) / Path(book.key).parent / book.source


__all__ = [
    "Choice",
    "Considered",
    "choose",
    "cite",
    "governing",
    "header_of",
    "home_of",
    "library",
    "of",
    "source_of",
    "written",
]
