"""Over which years something is owed: ``over`` in a demand or a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xueshi.policy.conditions import UNKNOWN, Sight
from xueshi.policy.reading import Here
from xueshi.policy.words import Word


@dataclass(frozen=True)
class Window:
    """Years up to the one asked about: the last ``n``, or those since an event.

    ``each``: every year on its own, otherwise their sum. Neither ``last`` nor ``since``: the year
    asked about.
    """

    each: bool = True
    last: int = 1
    since: Word | None = None
    at_most: int | None = None
    not_before: int = 0
    previous: bool = False

    def years(self, sight: Sight, earliest: int, *, generous: bool) -> tuple[int, ...]:
        """The years meant, oldest first.

        An event nobody recorded leaves the beginning open: then it is the earliest year we could
        speak of, or, if ``generous``, only the last.
        """
        end = sight.year - (1 if self.previous else 0)
        start = end - self.last + 1
        if self.since is not None:
            start = self._began(sight, earliest, end, generous=generous)
        if self.at_most is not None:
            start = max(start, end - self.at_most + 1)
        return tuple(range(max(start, self.not_before), end + 1))

    def _began(self, sight: Sight, earliest: int, end: int, *, generous: bool) -> int:
        days = sight.value(self.since) if self.since else UNKNOWN
        known = days if isinstance(days, tuple) else ()
        starts = [day.year for day in known if isinstance(day, date)]
        if starts:
            return max(starts)
        return end if generous else max(earliest, self.not_before)

    def unknown(self, sight: Sight) -> frozenset[str]:
        """The event, if nothing says that it ever happened."""
        if self.since is None or sight.value(self.since) not in (UNKNOWN, None, ()):
            return frozenset()
        return frozenset({self.since.name})


YEAR = Window()

_KINDS = ("last", "each_of_last", "since", "each_since")
_LATER = ("years", "each_of_years", "cycle", "spell")


def read_window(here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Window:
    """``year``, ``{last: n}``, ``{each_of_last: n}``, ``{since: event}`` or ``{each_since: event}``.

    Any but ``year`` takes ``not_before`` and ``ending: previous``; ``since`` also ``at_most``.
    """
    if not isinstance(here.node.value, dict):
        here.word(("year",), "a window; one of year, {last: n}, {each_of_last: n}, {since: event}")
        return YEAR
    found = here.fields((*_KINDS, "at_most", "not_before", "ending"), later=_LATER)
    kinds = [key for key in found if key in _KINDS]
    if len(kinds) != 1:
        raise here.refuse(f"exactly one of {', '.join(_KINDS)} is expected here")
    kind = kinds[0]
    since, last = None, 1
    if kind.endswith("since"):
        events = [name for name, word in facts.items() if word.kind == "event"]
        since = facts[found[kind].word(events, "an event")]
        used[since.name] = since
    else:
        last = found[kind].count(least=1)
        if "at_most" in found:
            raise found["at_most"].refuse("'at_most' goes with since")
    if "ending" in found:
        found["ending"].word(("previous",), "an ending; only 'previous'")
    return Window(
        each=kind.startswith("each"),
        last=last,
        since=since,
        at_most=found["at_most"].count(least=1) if "at_most" in found else None,
        not_before=found["not_before"].count() if "not_before" in found else 0,
        previous="ending" in found,
    )
