"""Reads ``over`` from a file."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy.amounts import Amount, Fixed
from xueshi.policy.reading import Here
from xueshi.policy.windows import YEAR, Window
from xueshi.policy.words import Word

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
    since: Word | None = None
    last: Amount = Fixed(1)
    if kind.endswith("since"):
        events = [name for name, word in facts.items() if word.kind == "event"]
        since = facts[found[kind].word(events, "an event")]
        used[since.name] = since
    else:
        last = Fixed(found[kind].count(least=1))
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
