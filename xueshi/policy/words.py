"""The closed list of words: facts about a person, marks on an entry, and the lists of names.

Every word has its Chinese term, so a page never prints a key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
    "fields",
)
RESERVED = ("any", "not", "age", "says", "matching", "hours", "by", "otherwise", "steps")


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
    """The vocabulary in ``words.yaml``, or an instrument's own words added to it.

    An instrument may add words, names to the lists, and values to a word that is there already
    (``kind: {values: {visit: 考察}}``); it changes nothing that it finds.
    """
    allowed = ("facts", "entries", "lists")
    found = here.fields(allowed, required=() if beneath else allowed)
    if beneath is None:
        beneath = Vocabulary({}, {}, {name: {} for name in found["lists"].fields(LISTS, required=LISTS)})
    facts = _words(found, "facts", beneath.facts, beneath.entries)
    entries = _words(found, "entries", beneath.entries, facts)
    if "category" not in entries:
        raise found["entries"].refuse("the mark 'category' is missing")
    return Vocabulary(facts, entries, _lists(found, beneath.lists))


def check_name(here: Here, name: str) -> None:
    """Refuse a name that means something of its own where words stand."""
    if name in RESERVED:
        raise here.refuse(f"{name!r} has a meaning of its own; give another name")


def _words(
    found: Mapping[str, Here], of: str, beneath: Mapping[str, Word], others: Mapping[str, Word]
) -> dict[str, Word]:
    words = dict(beneath)
    for name, place in _within(found, of).items():
        check_name(place, name)
        if name in others:
            raise place.refuse(f"{name!r} is a fact and a mark of entries; give one another name")
        words[name] = _more_values(words[name], place) if name in words else _word(name, place, of)
    return words


def _more_values(word: Word, here: Here) -> Word:
    said = here.all_fields()
    if set(said) != {"values"}:
        raise here.refuse(f"{word.name!r} is already a word; only values can be added to it, as {{values: {{…}}}}")
    if word.kind != "word" or word.ordered:
        raise here.refuse(f"no value can be added to {word.name!r}: it is a word in a fixed order, or no word at all")
    return replace(word, values=_added(said["values"], word.values, (*word.values, *word.groups)))


def _added(here: Here, beneath: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    more: dict[str, str] = {}
    for key, term in here.all_fields().items():
        check_name(term, key)
        if key in taken:
            raise term.refuse(f"{key!r} is already there")
        more[key] = term.text()
    return {**beneath, **more}


def _within(found: Mapping[str, Here], key: str) -> Mapping[str, Here]:
    return found[key].all_fields() if key in found else {}


def _lists(found: Mapping[str, Here], beneath: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    lists = dict(beneath)
    for name, place in (found["lists"].fields(LISTS) if "lists" in found else {}).items():
        lists[name] = _added(place, lists[name], lists[name])
    return lists


def _word(name: str, here: Here, of: str) -> Word:
    found = here.fields(("term", "kind", "absent", "values", "groups", "ordered", "note"), required=("term", "kind"))
    kind = found["kind"].word(KINDS, "a kind of word")
    absent = found["absent"].word(("unknown", "no"), "unknown or no") if "absent" in found else ""
    if of == "entries" and absent == "unknown":
        raise found["absent"].refuse("a mark that an entry does not carry is always no")
    values = _added(found["values"], {}, ()) if "values" in found else {}
    if (kind == "word") != bool(values):
        raise here.refuse("a word needs its values, and nothing else has any")
    groups = {k: v.words(values, f"a value of {name!r}") for k, v in _within(found, "groups").items()}
    for group in groups:
        if group in values:
            raise found["groups"].refuse(f"{group!r} is both a value and a group")
        check_name(found["groups"], group)
    ordered = "ordered" in found and found["ordered"].flag()
    if ordered and kind != "word":
        raise found["ordered"].refuse("only a word has values in an order")
    return Word(
        name=name,
        term=found["term"].text(),
        kind=kind,
        absent=absent or ("no" if of == "entries" else "unknown"),
        values=values,
        groups=groups,
        ordered=ordered,
    )
