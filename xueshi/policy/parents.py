"""Held parents: the provisions of the instrument above stand after the child's own, where it does not replace them.

A provision of the child with the same id closes the parent's wording from the child's first day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.reading import Here
from xueshi.policy.words import Vocabulary, Word


def inherited(own: Sequence[Provision], parents: Sequence[Rulebook]) -> tuple[Provision, ...]:
    """What remains of the parents' provisions, in their order; each keeps the key of its own instrument.

    A parent that stands above another of them is not asked again: the other has replaced what it replaces.
    """
    starts: dict[str, date] = {}
    for provision in own:
        starts[provision.id] = min(provision.since, starts.get(provision.id, provision.since))
    found: list[Provision] = []
    for parent in parents:
        if any(parent.key in other.parents for other in parents):
            continue
        for provision in parent.provisions:
            if provision.id in starts:
                closed = starts[provision.id] - timedelta(days=1)
                provision = replace(provision, until=min(provision.until, closed))
            if provision.since <= provision.until and provision not in found:
                found.append(provision)
    return tuple(found)


def ancestors(parents: Sequence[Rulebook]) -> tuple[str, ...]:
    """The keys of every held instrument above, the nearest first."""
    return tuple(dict.fromkeys([*(book.key for book in parents), *(key for book in parents for key in book.parents)]))


def words_of(here: Here, words: Vocabulary, parents: Sequence[Rulebook]) -> Vocabulary:
    """The vocabulary with what the parents add to it; ``here`` is where they are named."""
    facts, entries = dict(words.facts), dict(words.entries)
    lists = {name: dict(terms) for name, terms in words.lists.items()}
    for parent in parents:
        for mine, theirs in ((facts, parent.words.facts), (entries, parent.words.entries)):
            for name, word in theirs.items():
                mine[name] = _one(here, mine.get(name, word), word, parent.key)
        for name, terms in parent.words.lists.items():
            lists[name] |= terms
    for name in facts.keys() & entries.keys():
        raise here.refuse(f"{name!r} is a fact above and a mark of entries beside it")
    return Vocabulary(facts, entries, lists)


def _one(here: Here, mine: Word, theirs: Word, key: str) -> Word:
    """The same word, with the values that either has."""
    same = replace(mine, values={}) == replace(theirs, values={}) and not mine.rows
    values = {**mine.values, **theirs.values}
    if mine != theirs and (not same or values != {**theirs.values, **mine.values}):
        raise here.refuse(f"{mine.name!r} means another thing in {key}")
    return mine if mine == theirs else replace(mine, values=values)


def check_years(here: Here, child: Rulebook, parents: Sequence[Rulebook]) -> None:
    """The child counts its parents' years as they do."""
    for parent in parents:
        if parent.calendar != child.calendar:
            raise here.refuse(f"the year of {parent.key} begins on another day; 'year' must say the same")
