"""The closed list of words: facts about a person, marks on an entry, and the lists of names.

Every word has its Chinese term, so a page never prints a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xueshi.policy.reading import Here

if TYPE_CHECKING:
    from xueshi.policy.conditions import Condition

KINDS = ("word", "date", "event", "spell", "number", "flag", "name")
LISTS = (
    "purposes",
    "actors",
    "steps",
    "stages",
    "evidence",
    "methods",
    "duties",
    "violations",
    "sanctions",
    "topics",
)


@dataclass(frozen=True)
class Word:
    """One fact or mark. ``absent`` is what a missing record means: ``unknown`` or ``no``.

    A word that an instrument defines itself (用语) has ``rows``, of which the first that holds decides, or is
    the number of full years since an event (``years_since``).
    """

    name: str
    term: str
    kind: str
    absent: str = "unknown"
    values: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordered: bool = False
    rows: tuple[tuple[str, Condition], ...] = ()
    years_since: Word | None = None

    def __hash__(self) -> int:
        """By name: a vocabulary has no two words of one name."""
        return hash(self.name)

    def rank(self, value: str) -> int:
        """Where a value of an ordered word stands, from the lowest."""
        return list(self.values).index(value)


@dataclass(frozen=True)
class Vocabulary:
    """Facts, marks of entries, and named lists (``purposes``, ``actors``, …): key to term."""

    facts: Mapping[str, Word]
    entries: Mapping[str, Word]
    lists: Mapping[str, Mapping[str, str]]

    def term(self, of: str, key: str) -> str:
        """The Chinese term of a name in a list, such as ``term("actors", "county_hrss")``."""
        return self.lists[of][key]


def read_words(here: Here, beneath: Vocabulary | None = None) -> Vocabulary:
    """The vocabulary in ``words.yaml``, or an instrument's own words added to it."""
    allowed = ("facts", "entries") if beneath else ("facts", "entries", "lists")
    found = here.fields(allowed, required=() if beneath else allowed)
    facts = {n: _word(n, h, "fact") for n, h in _within(found, "facts").items()}
    entries = {n: _word(n, h, "entry") for n, h in _within(found, "entries").items()}
    for name in facts.keys() & entries.keys():
        raise here.refuse(f"{name!r} is a fact and a mark of entries; give one another name")
    if beneath is None:
        if "category" not in entries:
            raise found["entries"].refuse("the mark 'category' is missing")
        return Vocabulary(facts, entries, _lists(found["lists"]))
    for name in (*(facts.keys() & beneath.facts), *(entries.keys() & beneath.entries)):
        raise here.refuse(f"{name!r} is already a word of words.yaml")
    return Vocabulary({**beneath.facts, **facts}, {**beneath.entries, **entries}, beneath.lists)


def _within(found: Mapping[str, Here], key: str) -> Mapping[str, Here]:
    return found[key].all_fields() if key in found else {}


def _lists(here: Here) -> dict[str, Mapping[str, str]]:
    found = here.fields(LISTS, required=LISTS)
    return {name: {key: term.text() for key, term in place.all_fields().items()} for name, place in found.items()}


def _word(name: str, here: Here, of: str) -> Word:
    found = here.fields(("term", "kind", "absent", "values", "groups", "ordered", "note"), required=("term", "kind"))
    kind = found["kind"].word(KINDS, "a kind of word")
    absent = found["absent"].word(("unknown", "no"), "unknown or no") if "absent" in found else ""
    if of == "entry" and absent == "unknown":
        raise found["absent"].refuse("a mark that an entry does not carry is always no")
    values = {k: v.text() for k, v in _within(found, "values").items()}
    if (kind == "word") != bool(values):
        raise here.refuse("a word needs its values, and nothing else has any")
    groups = {k: v.words(values, f"a value of {name!r}") for k, v in _within(found, "groups").items()}
    for group in groups:
        if group in values:
            raise found["groups"].refuse(f"{group!r} is both a value and a group")
    return Word(
        name=name,
        term=found["term"].text(),
        kind=kind,
        absent=absent or ("no" if of == "entry" else "unknown"),
        values=values,
        groups=groups,
        ordered="ordered" in found and found["ordered"].flag(),
    )
