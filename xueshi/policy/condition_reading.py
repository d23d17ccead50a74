"""Reads conditions and filters from a file; every key is a word, or the file is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xueshi.policy.conditions import (
    Aged,
    AllOf,
    Among,
    AnyOf,
    Between,
    Bound,
    Bounds,
    Condition,
    Happened,
    IsSo,
    Lasted,
    Matches,
    Not,
    Says,
    within,
)
from xueshi.policy.reading import Here
from xueshi.policy.words import Word

_NUMBERS = ("at_least", "above", "up_to", "below")
_DAYS = ("since", "after", "by", "before")


def read_condition(
    here: Here, words: Mapping[str, Word], used: dict[str, Word], *, of_entries: bool = False
) -> Condition:
    """The condition that stands here; every word it uses is noted in ``used``.

    Several in a list: any of them. ``of_entries``: it is a filter on entries, which may ask what an entry
    ``says``; otherwise it is about a person, who has an ``age``.
    """
    return _Reader(words, used, of_entries).condition(here)


@dataclass(frozen=True)
class _Reader:
    words: Mapping[str, Word]
    used: dict[str, Word]
    of_entries: bool

    def condition(self, here: Here) -> Condition:
        if isinstance(here.node.value, tuple):
            return self.any(here)
        parts = [self.key(key, place, here) for key, place in here.all_fields().items()]
        if not parts:
            raise here.refuse("a condition is expected here")
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def any(self, here: Here) -> Condition:
        parts = tuple(self.condition(place) for place in here.items())
        if not parts:
            raise here.refuse("a condition is expected here")
        return AnyOf(parts)

    def key(self, key: str, place: Here, here: Here) -> Condition:
        if key == "any":
            return self.any(place)
        if key == "not":
            return Not(self.condition(place))
        if key in self.words:
            return _of_word(self.word(key), place)
        if key == "age" and not self.of_entries:
            return self.age(place)
        if key == "says" and self.of_entries:
            marks = [self.named(item) for item in place.items()]
            return Says(marks[0]) if len(marks) == 1 else AllOf(tuple(Says(mark) for mark in marks))
        if key == "matching" and self.of_entries:
            return Matches(self.named(place, ("word", "name")))
        more = ("says", "matching") if self.of_entries else ("age",)
        raise here.unknown(key, (*self.words, "any", "not", *more))

    def word(self, name: str) -> Word:
        self.used[name] = self.words[name]
        return self.words[name]

    def named(self, here: Here, kinds: tuple[str, ...] = ()) -> Word:
        names = [name for name, word in self.words.items() if not kinds or word.kind in kinds]
        return self.word(here.word(names, "a mark of entries"))

    def age(self, here: Here) -> Condition:
        """``{male: 55, female: 50}``, or one age for everybody."""
        for name, kind in (("born", "date"), ("sex", "word")):
            if name not in self.words or self.words[name].kind != kind:
                raise here.refuse(f"an age needs the fact {name!r} (a {kind}) in words.yaml")
        sex = self.word("sex")
        limits = [(name, here) for name in sex.values]
        if isinstance(here.node.value, dict):
            limits = list(here.fields(sex.values).items())
        if not limits:
            raise here.refuse("an age is expected here, as {male: 55, female: 50}")
        return Aged(self.word("born"), sex, tuple((name, place.count(least=1)) for name, place in limits))


def _of_word(word: Word, here: Here) -> Condition:
    if word.kind == "flag":
        return IsSo(word, here.flag())
    if word.kind == "event":
        return _event(word, here)
    if word.kind == "spell":
        return _spell(word, here)
    if word.kind == "name":
        return Among(word, frozenset(here.texts()))
    if word.kind == "word" and not (word.ordered and isinstance(here.node.value, dict)):
        return Among(word, _values(word, here))
    if word.kind == "number" and not isinstance(here.node.value, dict):
        same = here.fraction()
        return Between(word, (("at_least", same), ("up_to", same)))
    return Between(word, _bounds(word, here))


def _values(word: Word, here: Here) -> frozenset[str]:
    named = here.words((*word.values, *word.groups), f"a value of {word.name!r}")
    return frozenset(v for name in named for v in word.groups.get(name, (name,)))


def _bounds(word: Word, here: Here) -> Bounds:
    names = _DAYS if word.kind in ("date", "event") else _NUMBERS
    found = here.fields(names)
    here.some(found, names)
    return _sensible(here, tuple((name, _bound(word, place)) for name, place in found.items()))


def _bound(word: Word, here: Here) -> Bound:
    if word.kind == "word":
        return word.rank(here.word(word.values, f"a value of {word.name!r}"))
    return here.fraction() if word.kind == "number" else here.day()


def _sensible(here: Here, bounds: Bounds) -> Bounds:
    """Bounds within which something can lie: each keeps an end of its own, and they do not cross."""
    lower = [value for name, value in bounds if name in ("at_least", "above", "since", "after")]
    upper = [value for name, value in bounds if name in ("up_to", "below", "by", "before")]
    if max(len(lower), len(upper)) > 1:
        raise here.refuse("one lower and one upper bound are enough")
    if lower and upper and lower[0] > upper[0]:  # type: ignore[operator]  # both are bounds of one word
        raise here.refuse("nothing lies within these bounds")
    if lower and upper and lower[0] == upper[0] and not within(lower[0], bounds):
        raise here.refuse("nothing lies within these bounds")
    return bounds


def _event(word: Word, here: Here) -> Condition:
    """On a day within bounds, in the year judged, or both."""
    found = here.fields(("in", *_DAYS))
    here.some(found, ("in", *_DAYS))
    if "in" in found:
        found["in"].word(("year",), "a time of an event")
    days = {name: place.day() for name, place in found.items() if name != "in"}
    return Happened(word, _sensible(here, tuple(days.items())), in_year="in" in found)


def _spell(word: Word, here: Here) -> Condition:
    """So many months or days of the year judged, or any day of it."""
    found = here.fields(("in", "months", "days"))
    how = here.only_one(found, ("in", "months", "days"))
    if how == "in":
        found["in"].word(("year",), "a time of a spell")
        return Lasted(word, "", ())
    bounds = found[how].fields(_NUMBERS)
    found[how].some(bounds, _NUMBERS)
    return Lasted(word, how, _sensible(found[how], tuple((n, place.fraction()) for n, place in bounds.items())))
