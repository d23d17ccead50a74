"""The chapters that a case reads on a day; only what the case names is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from xueshi.policy.book import Rulebook, Silent, Undecided
from xueshi.policy.facts import Facts
from xueshi.policy.reading import Here
from xueshi.policy.strict_yaml import Node

_READS = (
    *("exam", "study", "fee", "award", "methods", "documents", "enrolment", "consequences"),
    *("oversight", "contacts", "client", "notes", "route", "counter", "laws", "price"),
)


def read_chapters(book: Rulebook, facts: Facts, on: date, reads: Here) -> Iterator[str]:
    """What differs from what the case reads."""
    for chapter, want in reads.fields(_READS).items():
        yield from _like(chapter, _chapter(book, facts, on, chapter, want), want.node)


def value_of(node: Node) -> object:
    """A plain value with days as days and numbers as numbers."""
    if isinstance(node.value, dict):
        return {key: value_of(item) for key, item in node.value.items()}
    if isinstance(node.value, tuple):
        return [value_of(item) for item in node.value]
    return node.value


def differ(what: str, found: object, wanted: object) -> Iterator[str]:
    """One sentence where the two are not the same."""
    if found != wanted:
        yield f"{what}: {found!r}, but the case says {wanted!r}"


def _chapter(book: Rulebook, facts: Facts, on: date, chapter: str, want: Here) -> object:
    """One law, or several by the provision that says them (documents by their own id)."""
    try:
        return _laws(book, facts, on, chapter, want)
    except Undecided as problem:
        return "undecided for want of " + ", ".join(sorted(problem.facts))
    except Silent:
        return "silent"


def _laws(book: Rulebook, facts: Facts, on: date, chapter: str, want: Here) -> object:
    if chapter == "laws":
        return {law.id: law.value for law in book.provisions if law.in_force(on)}
    if chapter == "price":
        return {category: _prices(book, on, category, place) for category, place in want.all_fields().items()}
    if chapter == "route":
        return book.route_for("public", facts, on)
    if chapter == "counter":
        return book.counter_for(facts, on)
    if chapter == "documents":
        return {law.id: law for law in book.documents(on)}
    if chapter == "contacts":
        return {contact.name: contact for contact in book.contacts(on)}
    if chapter == "client":
        return {one.item: one.value for one in book.client_requirements(on)}
    if chapter in ("enrolment", "consequences", "oversight", "notes"):
        return {law.provision: law for law in getattr(book, chapter)(on)}
    one: dict[str, Callable[[], object]] = {
        "exam": lambda: book.exam(on),
        "study": lambda: book.study(on),
        "fee": lambda: book.fee(on, "public"),
        "award": lambda: book.award("public_topic", on),
        "methods": lambda: book.review_methods("public", on),
    }
    return one[chapter]() or "silent"


def _prices(book: Rulebook, on: date, category: str, hours: Here) -> Mapping[str, object]:
    """The price of so many hours, for each number of hours that the case names."""
    law = book.fee(on, category)
    prices = {number: law.price(Decimal(number)) if law else None for number in hours.all_fields()}
    return {number: "silent" if price is None else price for number, price in prices.items()}


def _like(what: str, found: object, want: Node) -> Iterator[str]:
    """Only what the case names is compared; a list stands for the whole list."""
    if isinstance(want.value, dict):
        for key, node in want.value.items():
            inner = found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)
            if inner is None:
                yield f"{what}: {found!r} has no {key!r}"
            else:
                yield from _like(f"{what} {key}", inner, node)
    elif isinstance(want.value, tuple) and isinstance(found, tuple) and len(found) == len(want.value):
        for number, (inner, node) in enumerate(zip(found, want.value, strict=True), 1):
            yield from _like(f"{what} {number}", inner, node)
    else:
        yield from differ(what, _plain(found), _plain(value_of(want)))


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool) else str(value)
