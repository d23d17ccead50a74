"""Reads the heading of an instrument: when it begins, whom it binds, when its year begins, what is above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.reading import Here
from xueshi.policy.scope import Scope

HEADER = (
    *("instrument", "issuer", "number", "region", "source", "wording", "under", "since", "until"),
    *("known_from", "known_to", "binds", "see", "field", "year", "words", "definitions", "provisions"),
)
REQUIRED = (*("instrument", "issuer", "region", "source", "since", "known_from", "provisions"),)


@dataclass(frozen=True)
class Parent:
    """An instrument above this one; ``place`` is that of its key, where its text is held here too."""

    name: str
    number: str
    place: Here | None = None

    @property
    def shown(self) -> str:
        """Its name and number, for show."""
        return f"{self.name} {self.number}".strip()


def read_span(found: Mapping[str, Here], since: date, until: date) -> tuple[date, date]:
    """``since`` and ``until``, where they differ from these."""
    start = found["since"].day() if "since" in found else since
    end = found["until"].day() if "until" in found else until
    if start > end:
        place = found["until"] if "until" in found else found["since"]
        raise place.refuse(f"it would end on {end} before it begins on {start}")
    return start, end


def read_parents(found: Mapping[str, Here]) -> tuple[Parent, ...]:
    """``under``: the instruments above, with their text here (``held: true`` and its ``key``) or without."""
    parents = []
    for place in found["under"].items() if "under" in found else ():
        said = place.fields(("name", "number", "held", "key"), required=("name", "held"))
        if said["held"].flag() != ("key" in said):
            raise place.refuse("a parent that is held has a key, and no other has: {name: …, held: true, key: cn-15/x}")
        number = said["number"].text() if "number" in said else ""
        parents.append(Parent(said["name"].text(), number, said.get("key")))
    return tuple(parents)


def read_known(found: Mapping[str, Here]) -> tuple[int, int | None]:
    """The first and the last year encoded; None: it is still kept up."""
    first = found["known_from"].year()
    last = found["known_to"].year() if "known_to" in found else None
    if last is not None and last < first:
        raise found["known_to"].refuse(f"no year is left: the first is {first}")
    return first, last


def read_calendar(found: Mapping[str, Here], scope: Scope) -> Calendar:
    """``year``: when a year begins, if not on 1 January."""
    if "year" not in found:
        return CIVIL
    said = found["year"].fields(("starts", "named_by", "ends_with"))
    if found["year"].only_one(said, ("starts", "ends_with")) == "ends_with":
        found["year"].fields(("ends_with",))
        said["ends_with"].word(("birth_month",), "an end of a year")
        if "born" not in scope.words.facts:
            raise said["ends_with"].refuse("a year by the birth month needs the fact 'born' in words.yaml")
        scope.used["born"] = scope.words.facts["born"]
        return Calendar(birth_month=True)
    if "named_by" not in said:
        raise found["year"].refuse("'named_by' is missing: start or end, the year whose number it bears")
    try:
        starts = date.fromisoformat(f"2001-{said['starts'].text()}")
    except ValueError:
        raise said["starts"].refuse('a month and a day are expected here, as "07-01"') from None
    named_by = said["named_by"].word(("start", "end"), "start or end")
    return Calendar(starts.month, starts.day, named_by_end=named_by == "end")
