"""Reads ``over`` from a file."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy.amount_reading import read_count
from xueshi.policy.amounts import Amount, Fixed
from xueshi.policy.reading import Here
from xueshi.policy.windows import YEAR, Window
from xueshi.policy.words import Word

_KINDS = ("last", "each_of_last", "years", "each_of_years", "since", "each_since", "cycle", "spell")
_BEGINNING = ("since", "each_since", "spell")


def read_window(here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Window:
    """``year``, or one of the kinds above; see ``policies/README.md``.

    Any but ``year`` takes ``not_before`` and ``ending: previous``; one that begins with an event or a spell
    also ``at_most``; ``cycle`` needs ``from``.
    """
    if not isinstance(here.node.value, dict):
        here.word(("year",), "a window; write year or, for instance, {last: 3}, {each_of_last: 3}, {since: event}")
        return YEAR
    found = here.fields((*_KINDS, "at_most", "not_before", "ending", "from"))
    kind = here.only_one(found, _KINDS)
    place = found[kind]
    if "at_most" in found and kind not in _BEGINNING:
        raise found["at_most"].refuse(f"'at_most' goes with {', '.join(_BEGINNING)}")
    if ("from" in found) != (kind == "cycle"):
        raise here.refuse("'from' (an event or a year) goes with cycle, as {cycle: 5, from: 2016}")
    if "ending" in found:
        found["ending"].word(("previous",), "an ending")
    window = Window(
        each=kind.startswith("each"),
        last=_last(place, facts, used) if kind.endswith("last") else Fixed(1),
        since=_word(place, "event", facts, used) if kind.endswith("since") else None,
        at_most=found["at_most"].count(least=1) if "at_most" in found else None,
        years=place.years() if kind.endswith("years") else (),
        cycle=place.count(least=2) if kind == "cycle" else 0,
        cycle_from=_cycle_from(found["from"], facts, used) if kind == "cycle" else 0,
        spell=_word(place, "spell", facts, used) if kind == "spell" else None,
        not_before=found["not_before"].year() if "not_before" in found else 0,
        previous="ending" in found,
    )
    if window.years and window.years[-1] < window.not_before:
        raise found["not_before"].refuse(f"no year is left: {window.years[-1]} is the last of them")
    return window


def _last(here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Amount:
    return read_count(here, facts, used, least=1)


def _word(here: Here, kind: str, facts: Mapping[str, Word], used: dict[str, Word]) -> Word:
    names = [name for name, word in facts.items() if word.kind == kind]
    name = here.word(names, f"{'an' if kind == 'event' else 'a'} {kind}")
    used[name] = facts[name]
    return facts[name]


def _cycle_from(here: Here, facts: Mapping[str, Word], used: dict[str, Word]) -> Word | int:
    if isinstance(here.node.value, int):
        return here.year()
    return _word(here, "event", facts, used)
