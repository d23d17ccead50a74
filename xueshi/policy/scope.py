"""What a verb is read with: the vocabulary, the sentence it renders, and the words and demands it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from xueshi.policy.condition_reading import read_condition
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.reading import Here
from xueshi.policy.window_reading import read_window
from xueshi.policy.windows import YEAR, Window
from xueshi.policy.words import Vocabulary, Word


@dataclass(frozen=True)
class Reference:
    """A demand named somewhere, which must be here, and of one of these units if any are given.

    ``also`` are other names that might have been meant.
    """

    place: Here
    id: str
    units: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """The vocabulary and the sentence. What is named is noted in ``used`` and ``named``, for the whole to check."""

    words: Vocabulary
    provision: str = ""
    article: str = ""
    text: str = ""
    used: dict[str, Word] = field(default_factory=dict)
    named: list[Reference] = field(default_factory=list)

    def person(self, found: Mapping[str, Here], key: str = "when") -> Condition:
        """The condition on a person under ``key``, or always."""
        if key not in found:
            return ALWAYS
        return read_condition(found[key], self.words.facts, self.used)

    def entry(self, found: Mapping[str, Here], key: str = "of") -> Condition:
        """The filter on entries under ``key``, or all of them."""
        if key not in found:
            return ALWAYS
        return read_condition(found[key], self.words.entries, self.used, of_entries=True)

    def purposes(self, found: Mapping[str, Here], key: str, *, least: int = 1) -> tuple[str, ...]:
        """The purposes under ``key``, or none."""
        return found[key].words(self.words.lists["purposes"], "a purpose", least=least) if key in found else ()

    def window(self, found: Mapping[str, Here]) -> Window | None:
        """The window under ``over``; None where it is missing."""
        return read_window(found["over"], self.words.facts, self.used) if "over" in found else None

    def own_window(self, found: Mapping[str, Here]) -> Window | None:
        """The same of a demand, where ``over: year`` says what would hold anyway."""
        return None if (over := self.window(found)) == YEAR else over

    def demands(
        self, found: Mapping[str, Here], key: str, *, least: int = 1, units: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """The demands named under ``key``, or none; ``units``: only those of these units."""
        if key not in found:
            return ()
        names = found[key].texts(least=least)
        self.named.extend(Reference(place, place.text(), units) for place in found[key].items())
        return names

    def needs(self, here: Here) -> tuple[str, ...]:
        """What a document needs: stages of the vocabulary, and demands."""
        names = here.texts()
        stages = self.words.lists["stages"]
        for place in here.items():
            if place.text() not in stages:
                self.named.append(Reference(place, place.text(), also=tuple(stages)))
        return names

    def fact(self, here: Here, kind: str, what: str) -> Word:
        """The fact of one kind named here; ``what`` says which kind."""
        return self._word(here, self.words.facts, (kind,), what)

    def mark(self, here: Here, kinds: Collection[str], what: str) -> Word:
        """The mark of entries named here."""
        return self._word(here, self.words.entries, kinds, what)

    def _word(self, here: Here, words: Mapping[str, Word], kinds: Collection[str], what: str) -> Word:
        name = here.word([name for name, word in words.items() if word.kind in kinds], what)
        self.used[name] = words[name]
        return words[name]
