"""What one can ask of an instrument: for which decisions, towards which titles, and what an application may name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xueshi.ledger import law
from xueshi.policy.book import Rulebook

# Where a verb names the decisions that it is about.
_FOR = {"demand": "for", "purpose": "for", "counts": "in", "relief": "in", "owed": "in", "consequence": "if_unmet"}


@dataclass(frozen=True)
class Purpose:
    """A decision that the instrument asks hours for; `targets` where it makes a difference towards which title."""

    name: str
    targets: tuple[str, ...] = ()


def purposes_of(book: Rulebook, on: date) -> list[Purpose]:
    """Every decision for which the words in force on a day ask something, the yearly duty first."""
    written = [(one.verb, law.written(one, book)) for one in book.provisions if one.in_force(on)]
    telling = {"target", *_defined_by_target(book)}
    asked = {name: False for verb, says in written if verb in ("demand", "purpose") for name in _named(verb, says)}
    for verb, says in written:
        if telling & set(_words(says)):
            asked |= dict.fromkeys((name for name in _named(verb, says) if name in asked), True)
    order = list(book.words.lists["purposes"])
    levels = book.words.facts["target"].values if "target" in book.words.facts else {}
    return [Purpose(name, tuple(levels) if asked[name] else ()) for name in sorted(asked, key=order.index)]


def purposes_around(region: str, on: date) -> list[str]:
    """The decisions for which an instrument around a region, or of a part of it, asks something on a day."""
    books = [b for b in law.library().books.values() if _meet(region, b.region.code) and b.since <= on <= b.until]
    found = {one.name for book in books for one in purposes_of(book, on)}
    return [name for name in law.library().words.lists["purposes"] if name in found]


def _meet(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def marks_asked(book: Rulebook) -> list[str]:
    """What an application may name because entries must match it, such as the specialty."""
    found: dict[str, None] = {}
    for one in book.provisions:
        for key, value in _pairs(law.written(one, book)):
            if key == "matching":
                found[str(value)] = None
    return list(found)


def _named(verb: str, says: Any) -> list[str]:
    if not isinstance(says, Mapping) or verb not in _FOR:
        return []
    named = says.get(_FOR[verb], ["annual"] if verb == "demand" else [])
    return [str(one) for one in (named if isinstance(named, list) else [named])]


def _defined_by_target(book: Rulebook) -> list[str]:
    """Words that the instrument defines by the title aimed at."""
    defined = law.header_of(book).get("definitions", {})
    return [name for name, says in defined.items() if "target" in set(_words(says))]


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key), inner
            yield from _pairs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner)


def _words(value: Any) -> Iterator[str]:
    """Every key, and the word by which a table goes."""
    for key, inner in _pairs(value):
        yield key
        if key == "by":
            yield str(inner)
