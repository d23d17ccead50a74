"""Reads the verbs that decide about hours; every key is known, or the file is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from xueshi.policy import demands, whole
from xueshi.policy.amount_reading import EARNED, SHARE, read_amount, read_count
from xueshi.policy.amounts import Amount, Share, figures
from xueshi.policy.demand_reading import demand
from xueshi.policy.reading import Here
from xueshi.policy.scope import Reference, Scope

EFFECTS = ("block", "bar_qualified", "bar_excellent", "indicator", "condition")
RELIEFS = ("waived", "complete", "reference", "no_exam", "deferred")


def purpose(here: Here, scope: Scope) -> demands.Purpose:
    """``purpose``: what a decision asks for."""
    found = here.fields(("for", "when", "asks", "over"), required=("for", "asks"))
    law = demands.Purpose(
        purposes=scope.purposes(found, "for"),
        asks=scope.demands(found, "asks", least=0),
        when=scope.person(found),
        over=scope.window(found),
    )
    if "over" in found and not law.asks:
        raise found["over"].refuse("nothing is asked, so no years are meant")
    return law


def relief(here: Here, scope: Scope) -> demands.Relief:
    """``relief``: what lowers a need, or takes its bite away."""
    found = here.fields(("when", "gives", "in", "of"), required=("gives",))
    gives, times = found["gives"], None
    if isinstance(gives.node.value, dict):
        factor = gives.fields(("times",), required=("times",))["times"]
        times = factor.fraction()
        if times >= 1:
            raise factor.refuse("a relief does not raise what is owed; a factor is less than 1, as 1/3")
        if not times:
            raise factor.refuse("nothing of it is owed: write 'gives: waived'")
    law = demands.Relief(
        gives="times" if times else gives.word(RELIEFS, "a relief; write one of these, or {times: 1/3}"),
        purposes=scope.purposes(found, "in"),
        when=scope.person(found),
        of=scope.demands(found, "of", units=("hours",) if gives.node.value == "deferred" else ()),
    )
    return replace(law, times=times) if times else law


def owed(here: Here, scope: Scope) -> demands.Owed:
    """``owed``: the first year owed."""
    found = here.fields(("from", "when", "in", "of"), required=("from",))
    start, year, event, way = found["from"], 0, None, ""
    if isinstance(start.node.value, dict):
        ways = start.fields(("year_of", "year_after"))
        way = start.only_one(ways, ("year_of", "year_after"))
        event = scope.fact(ways[way], "event", "an event")
    else:
        year = start.year()
    return demands.Owed(
        year=year,
        event=event,
        after=way == "year_after",
        purposes=scope.purposes(found, "in"),
        when=scope.person(found),
        of=scope.demands(found, "of"),
    )


def counts(here: Here, scope: Scope) -> demands.Counts:
    """``counts``: which entries count at all."""
    found = here.fields(("of", "only", "after", "done", "in", "when"))
    here.some(found, ("only", "after", "done"))
    done_from, done_to = found["done"].between() if "done" in found else (date.min, date.max)
    return demands.Counts(
        of=scope.entry(found),
        only=scope.entry(found, "only"),
        after=scope.fact(found["after"], "event", "an event") if "after" in found else None,
        done_from=done_from,
        done_to=done_to,
        purposes=scope.purposes(found, "in"),
        when=scope.person(found),
    )


def make_up(here: Here, scope: Scope) -> demands.MakeUp:
    """``make_up``: for which past years an entry may be booked, and when it must be done."""
    found = here.fields(("years", "of", "done"), required=("years",))
    done_from, done_to = found["done"].between() if "done" in found else (date.min, date.max)
    return demands.MakeUp(found["years"].years(), scope.entry(found), done_from, done_to)


def earning(here: Here, scope: Scope) -> demands.Earning:
    """``earning``: what an activity is worth, and as what."""
    found = here.fields(("of", "gives", "at_most", "as", "split", "once", "valid"), required=("gives",))
    if "split" in found and "once" in found:
        raise found["once"].refuse("what counts once a year is not spread over years: leave out once or split")
    if "split" in found and "valid" in found:
        raise found["valid"].refuse("hours are spread over years (split) or count in each of them (valid), not both")
    return demands.Earning(
        of=scope.entry(found),
        gives=_gives(found["gives"], scope),
        at_most=_earned(found["at_most"], scope) if "at_most" in found else None,
        as_=found["as"].words(scope.words.entries["category"].values, "a category") if "as" in found else (),
        once=found["once"].word(("year",), "a limit") if "once" in found else "",
        split=found["split"].count(least=2) if "split" in found else 1,
        valid=found["valid"].count(least=2) if "valid" in found else 1,
    )


def _gives(here: Here, scope: Scope) -> tuple[Amount, ...]:
    """One amount, a sum of several, or none where a reviewer enters the hours."""
    if here.node.value == "undecided":
        return ()
    found = here.items()
    if not found:
        raise here.refuse("an amount is expected here")
    for place in found:
        if place.node.value == "undecided":
            raise place.refuse("a sum has no part that a reviewer enters; write 'gives: undecided' for the whole")
    return tuple(_earned(place, scope) for place in found)


def _earned(here: Here, scope: Scope) -> Amount:
    def demand_named(place: Here) -> str:
        scope.named.append(Reference(place, place.text(), ("hours",)))
        return place.text()

    words = {**scope.words.facts, **scope.words.entries}
    return read_amount(here, words, scope.used, also=EARNED, demand=demand_named)


def hour(here: Here, scope: Scope) -> demands.Hour:
    """``hour``: how many minutes make an hour (学时)."""
    found = here.fields(("minutes", "at_most", "round_down_to"), required=("minutes",))
    for name in ("minutes", "length"):
        if name not in scope.words.entries or scope.words.entries[name].kind != "number":
            raise here.refuse(f"an hour of minutes needs the mark {name!r} (a number) in words.yaml")
    minutes = read_count(found["minutes"], scope.words.entries, scope.used, least=1)
    for each in figures(minutes):
        if whole.PARTS % each:
            raise found["minutes"].refuse(f"{each} minutes to the hour do not come out in whole 1/{whole.PARTS} hours")
    if "at_most" in found:
        found["at_most"].word(("length",), "a ceiling of an entry")
    rounded = found["round_down_to"].parts() if "round_down_to" in found else 1
    if not rounded:
        raise found["round_down_to"].refuse("more than nothing is expected here, as 0.5")
    return demands.Hour(minutes, "at_most" in found, rounded)


def cap(here: Here, scope: Scope) -> demands.Cap:
    """``cap``: hours like these count at most so much towards the demands named."""
    found = here.fields(("at_most", "of", "towards", "when", "per", "shared"), required=("at_most", "towards"))
    if "per" in found:
        found["per"].word(("year",), "what a ceiling is for")
    law = demands.Cap(
        at_most=read_amount(found["at_most"], scope.words.facts, scope.used, also=SHARE, up=False),
        towards=scope.demands(found, "towards", units=("hours", "branches")),
        of=scope.entry(found),
        when=scope.person(found),
        per_year="per" in found,
        shared="shared" in found and found["shared"].flag(),
    )
    if law.shared and len(law.towards) < 2:
        raise found["shared"].refuse("one ceiling is shared by two demands or more")
    if law.shared and law.per_year:
        raise found["per"].refuse("a shared ceiling is one for the whole period; leave out 'per' or 'shared'")
    if law.shared and isinstance(law.at_most, Share):
        raise found["at_most"].refuse("a shared ceiling is no share of one demand; write hours")
    return law


def carry(here: Here, scope: Scope) -> demands.Carry:
    """``carry``: a year's own surplus serves the years after."""
    found = here.fields(("surplus_of", "at_most", "of", "lives"), required=("surplus_of",))
    names = scope.demands(found, "surplus_of", units=("hours",))
    if len(names) != 1:
        raise found["surplus_of"].refuse("one demand is expected here")
    return demands.Carry(
        surplus_of=names[0],
        at_most=read_amount(found["at_most"], scope.words.facts, scope.used) if "at_most" in found else None,
        of=scope.entry(found),
        lives=found["lives"].count(least=1) if "lives" in found else 1,
    )


def consequence(here: Here, scope: Scope) -> demands.Consequence:
    """``consequence``: what follows."""
    found = here.fields(
        ("if_unmet", "effect", "on", "in_principle", "unless"),
        required=("if_unmet", "effect", "on"),
    )
    return demands.Consequence(
        if_unmet=scope.purposes(found, "if_unmet"),
        effect=found["effect"].word(EFFECTS, "an effect"),
        on=found["on"].texts(),
        in_principle="in_principle" in found and found["in_principle"].flag(),
        unless=scope.person(found, "unless") if "unless" in found else None,
    )


HOUR_VERBS: Mapping[str, Callable[[Here, Scope], demands.HourVerb]] = {
    "demand": demand,
    "purpose": purpose,
    "relief": relief,
    "owed": owed,
    "counts": counts,
    "make_up": make_up,
    "earning": earning,
    "hour": hour,
    "cap": cap,
    "carry": carry,
    "consequence": consequence,
}
