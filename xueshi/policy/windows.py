"""Over which years something is owed: ``over`` in a demand or a purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xueshi.policy.amounts import Amount, Fixed, figures, leaf
from xueshi.policy.conditions import UNKNOWN, Sight, lacking
from xueshi.policy.words import Word

ONE = Fixed(1)


@dataclass(frozen=True, slots=True)
class Window:
    """Years up to the one asked about.

    The last ``last``; or those since an event (``since``); or the ``years`` named; or the current round of
    ``cycle`` years counted from an event or a year (``cycle_from``); or those of the latest ``spell``. None of
    these: the year asked about. ``each``: every year on its own, otherwise their sum. ``last`` may be a table.
    """

    each: bool = True
    last: Amount = ONE
    since: Word | None = None
    at_most: int | None = None
    years: tuple[int, ...] = ()
    cycle: int = 0
    cycle_from: Word | int = 0
    spell: Word | None = None
    not_before: int = 0
    previous: bool = False

    @property
    def hangs_on(self) -> Word | None:
        """The event or spell that says where it begins."""
        if isinstance(self.cycle_from, Word):
            return self.cycle_from
        return self.since or self.spell

    def span(self, sight: Sight, earliest: int, *, longest: bool) -> tuple[int, ...]:
        """The years meant, oldest first.

        What nobody recorded leaves the beginning open: ``longest`` says from the earliest year it could be (or
        that we could speak of), else it is the shortest that it could be; with ``ending: previous`` and an event
        of the year asked about, that is no year at all.
        """
        end = sight.year - (1 if self.previous else 0)
        if self.years:
            return tuple(year for year in self.years if max(self.not_before, 1) <= year <= end)
        start = self._start(sight, max(earliest, self.not_before), end, longest=longest)
        if self.at_most is not None:
            start = max(start, end - self.at_most + 1)
        return tuple(range(max(start, self.not_before), end + 1))

    def spans(self, sight: Sight, earliest: int) -> Iterable[tuple[int, ...]]:
        """Every span it could be: one, unless its beginning is open."""
        longest = self.span(sight, earliest, longest=True)
        if not self.unknown(sight):
            return (longest,)
        least = len(self.span(sight, earliest, longest=False))
        possible: Iterable[int] = range(least, len(longest) + 1)
        if self.hangs_on is None:
            possible = {least, *figures(leaf(self.last, sight))}
        return {longest[max(0, len(longest) - number) :] for number in possible}

    def _start(self, sight: Sight, earliest: int, end: int, *, longest: bool) -> int:
        if self.cycle:
            began = self._began(sight)
            if began is None:
                return end - self.cycle + 1 if longest else sight.year
            return began + (end - began) // self.cycle * self.cycle if began <= end else began
        if self.hangs_on is not None:
            began = self._began(sight)
            if began is None:
                return earliest if longest else sight.year
            return began
        years = self.last.value(sight)
        if years is None:
            years = self.last.largest if longest else max(1, self.last.smallest)
        return end - years + 1

    def _began(self, sight: Sight) -> int | None:
        if self.cycle and isinstance(self.cycle_from, int):
            return self.cycle_from
        known = sight.value(self.hangs_on) if self.hangs_on else ()
        days = [day[0] if isinstance(day, tuple) else day for day in known] if isinstance(known, tuple) else []
        starts = [sight.year_of(day) for day in days if isinstance(day, date)]
        return max(starts, default=None)

    def unknown(self, sight: Sight) -> frozenset[str]:
        """The event, if nothing says that it ever happened; or what the table lacks."""
        if self.hangs_on is not None:
            held = sight.value(self.hangs_on)
            return lacking(self.hangs_on, sight) if held is UNKNOWN or not held else frozenset()
        return self.last.unknown(sight)


YEAR = Window()
