"""Reads conditions and filters from a file; every key is a word, or the file is refused."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy.conditions import AllOf, Among, AnyOf, Between, Bound, Condition, Happened, IsSo, Not
from xueshi.policy.reading import Here, did_you_mean
from xueshi.policy.words import Word

_LATER = ("age", "matching", "says", "course")


def read_condition(here: Here, words: Mapping[str, Word], used: dict[str, Word]) -> Condition:
    """The condition that stands here; every word it uses is noted in ``used``."""
    parts: list[Condition] = []
    for key, place in here.all_fields().items():
        if key == "any":
            parts.append(AnyOf(tuple(read_condition(p, words, used) for p in place.items())))
        elif key == "not":
            parts.append(Not(read_condition(place, words, used)))
        elif key in words:
            used[key] = words[key]
            parts.append(_of_word(words[key], place))
        elif key in _LATER:
            raise place.refuse(f"{key!r} is not understood by this version")
        else:
            meant = did_you_mean(key, (*words, "any", "not"))
            raise here.refuse(f"{key!r} is not a word of the vocabulary here.{meant}")
    if not parts:
        raise here.refuse("a condition is expected here")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _of_word(word: Word, here: Here) -> Condition:
    if word.kind == "flag":
        return IsSo(word, here.flag())
    if word.kind == "event":
        return _event(word, here)
    if word.kind == "word" and not (word.ordered and isinstance(here.node.value, dict)):
        return Among(word, _values(word, here))
    if word.kind == "number" and not isinstance(here.node.value, dict):
        same = here.fraction()
        return Between(word, (("at_least", same), ("up_to", same)))
    return Between(word, _bounds(word, here))


def _values(word: Word, here: Here) -> frozenset[str]:
    named = here.words((*word.values, *word.groups), f"a value of {word.name!r}")
    return frozenset(v for name in named for v in word.groups.get(name, (name,)))


def _bounds(word: Word, here: Here) -> tuple[tuple[str, Bound], ...]:
    days = word.kind in ("date", "event")
    names = ("since", "after", "by", "before") if days else ("at_least", "above", "up_to", "below")
    found = here.fields(names)
    if not found:
        raise here.refuse(f"one of {', '.join(names)} is expected here")
    return tuple((name, _bound(word, place)) for name, place in found.items())


def _bound(word: Word, here: Here) -> Bound:
    if word.kind == "word":
        return word.rank(here.word(word.values, f"a value of {word.name!r}"))
    return here.fraction() if word.kind == "number" else here.day()


def _event(word: Word, here: Here) -> Condition:
    found = here.all_fields()
    if set(found) == {"in"}:
        found["in"].word(("year",), "year")
        return Happened(word, (), in_year=True)
    return Happened(word, _bounds(word, here), in_year=False)
