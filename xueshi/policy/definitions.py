"""Reads ``definitions`` (用语): words that an instrument decides from facts, usable wherever a fact is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xueshi.policy.condition_reading import read_condition
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.reading import Here
from xueshi.policy.words import Vocabulary, Word, check_name


def read_definitions(here: Here, words: Vocabulary, used: dict[str, Word]) -> Vocabulary:
    """The vocabulary with the instrument's own definitions; each may use those above it."""
    facts = dict(words.facts)
    for name, place in here.all_fields().items():
        check_name(place, name)
        if name in facts or name in words.entries:
            raise place.refuse(f"{name!r} is already a word; give the definition another name")
        facts[name] = _definition(name, place, facts, used)
    return replace(words, facts=facts)


def _definition(name: str, here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Word:
    """``{full_years_since: event}``, or rows of which the first that holds decides."""
    if not isinstance(here.node.value, dict):
        return _decided(name, name, here, facts, used)
    found = here.fields(("term", "rows", "full_years_since"))
    term = found["term"].text() if "term" in found else name
    if here.only_one(found, ("rows", "full_years_since")) == "rows":
        return _decided(name, term, found["rows"], facts, used)
    place = found["full_years_since"]
    event = place.word([n for n, word in facts.items() if word.kind == "event"], "an event")
    used[event] = facts[event]
    return Word(name, term, "number", years_since=facts[event])


def _decided(name: str, term: str, here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Word:
    rows: list[tuple[str, Condition]] = []
    values: dict[str, str] = {}
    for place in here.items():
        found = place.fields(("is", "term", "when"), required=("is",))
        if rows and rows[-1][1] is ALWAYS:
            raise place.refuse("the row before holds for everybody, so this one is never read")
        value = found["is"].text()
        when = read_condition(found["when"], facts, used) if "when" in found else ALWAYS
        values.setdefault(value, found["term"].text() if "term" in found else value)
        rows.append((value, when))
    if not rows:
        raise here.refuse("[{is: higher, when: {…}}] is expected here")
    return Word(name, term, "word", values=values, rows=tuple(rows))
