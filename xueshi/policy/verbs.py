"""Reads the verbs that decide about hours; every key is known, or the file is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from xueshi.policy import demands
from xueshi.policy.amounts import Amount, ByWord, Fixed, Rate
from xueshi.policy.condition_reading import read_condition
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.reading import Here
from xueshi.policy.window_reading import read_window
from xueshi.policy.windows import YEAR, Window
from xueshi.policy.words import Vocabulary, Word

EFFECTS = ("block", "bar_qualified", "bar_excellent", "indicator", "condition")


@dataclass(frozen=True)
class Scope:
    """What a verb is read with: the vocabulary, the sentence it renders, and the words it uses."""

    words: Vocabulary
    provision: str = ""
    article: str = ""
    text: str = ""
    used: dict[str, Word] = field(default_factory=dict)

    def person(self, found: Mapping[str, Here], key: str = "when") -> Condition:
        """The condition on a person under ``key``, or always."""
        if key not in found:
            return ALWAYS
        return read_condition(found[key], self.words.facts, self.used)

    def entry(self, found: Mapping[str, Here], key: str = "of") -> Condition:
        """The filter on entries under ``key``, or all of them."""
        if key not in found:
            return ALWAYS
        return read_condition(found[key], self.words.entries, self.used)

    def purposes(self, found: Mapping[str, Here], key: str) -> tuple[str, ...]:
        """The purposes under ``key``, or none."""
        return found[key].words(self.words.lists["purposes"], "a purpose") if key in found else ()

    def window(self, found: Mapping[str, Here]) -> Window | None:
        """The window under ``over``, if there is one."""
        if "over" not in found:
            return None
        return read_window(found["over"], self.words.facts, self.used)

    def event(self, here: Here) -> Word:
        """The event named here."""
        events = [name for name, word in self.words.facts.items() if word.kind == "event"]
        name = here.word(events, "an event")
        self.used[name] = self.words.facts[name]
        return self.words.facts[name]


def read_amount(here: Here, scope: Scope) -> Amount:
    """A number of hours, or ``{by: word, value: hours, …, otherwise: hours}``."""
    if not isinstance(here.node.value, dict):
        return Fixed(here.parts())
    found = here.all_fields()
    if "by" not in found:
        raise here.refuse("'by' is missing: a table says by which word it goes")
    tables = [name for name, word in scope.words.facts.items() if word.kind == "word"]
    by = scope.words.facts[found.pop("by").word(tables, "a word with values")]
    scope.used[by.name] = by
    here.fields(("by", "otherwise", *by.values, *by.groups), later=("steps",))
    otherwise = Fixed(found.pop("otherwise").parts()) if "otherwise" in found else None
    rows: dict[str, Amount] = {}
    for key, place in found.items():
        for value in by.groups.get(key, (key,)):
            if value in rows:
                raise place.refuse(f"{value!r} has two rows")
            rows[value] = Fixed(place.parts())
    if not rows:
        raise here.refuse("a table needs a row")
    return ByWord(by, rows, otherwise)


def demand(here: Here, scope: Scope) -> demands.Demand:
    """``demand``: what is owed."""
    found = here.fields(
        ("at_least", "courses", "of", "within", "over", "for", "when"),
        later=("one_of_each", "holds", "any_of", "all_of", "some_of", "same"),
    )
    if ("at_least" in found) == ("courses" in found):
        raise here.refuse("exactly one of at_least, courses is expected here")
    within = found["within"].text() if "within" in found else ""
    if within and "over" in found:
        raise found["over"].refuse("a part has the window of its whole")
    return demands.Demand(
        at_least=read_amount(found["at_least"], scope) if "at_least" in found else None,
        courses=found["courses"].count(least=1) if "courses" in found else 0,
        of=scope.entry(found),
        within=within,
        over=None if (over := scope.window(found)) == YEAR else over,
        purposes=scope.purposes(found, "for") if "for" in found else ("annual",),
        when=scope.person(found),
    )


def purpose(here: Here, scope: Scope) -> demands.Purpose:
    """``purpose``: what a decision asks for."""
    found = here.fields(("for", "when", "asks", "over"), required=("for", "asks"))
    return demands.Purpose(
        purposes=scope.purposes(found, "for"),
        asks=found["asks"].texts(),
        when=scope.person(found),
        over=scope.window(found),
    )


def relief(here: Here, scope: Scope) -> demands.Relief:
    """``relief``: what lowers a need, or takes its bite away."""
    found = here.fields(("when", "gives", "in"), required=("gives",), later=("of",))
    gives = found["gives"]
    purposes, when = scope.purposes(found, "in"), scope.person(found)
    if isinstance(gives.node.value, dict):
        factor = gives.fields(("times",), required=("times",))["times"]
        if (times := factor.fraction()) > 1:
            raise factor.refuse("a relief does not raise what is owed")
        return demands.Relief("times", times, purposes, when)
    if gives.text() in ("no_exam", "deferred"):
        raise gives.refuse(f"{gives.text()!r} is not understood by this version")
    kind = gives.word(("waived", "complete", "reference"), "a relief")
    return demands.Relief(kind, purposes=purposes, when=when)


def owed(here: Here, scope: Scope) -> demands.Owed:
    """``owed``: the first year owed."""
    found = here.fields(("from", "when", "in"), required=("from",), later=("of",))
    purposes, when = scope.purposes(found, "in"), scope.person(found)
    start = found["from"]
    if not isinstance(start.node.value, dict):
        return demands.Owed(start.count(least=1), purposes=purposes, when=when)
    ways = start.fields(("year_of", "year_after"))
    if len(ways) != 1:
        raise start.refuse("one of year_of, year_after is expected here")
    ((way, place),) = ways.items()
    event = scope.event(place)
    return demands.Owed(event=event, after=way == "year_after", purposes=purposes, when=when)


def counts(here: Here, scope: Scope) -> demands.Counts:
    """``counts``: which entries count at all."""
    found = here.fields(("of", "only", "after", "done", "in", "when"))
    if not found.keys() & {"only", "after", "done"}:
        raise here.refuse("one of only, after, done is expected here")
    done = found["done"].fields(("from", "to")) if "done" in found else {}
    if "done" in found and not done:
        raise found["done"].refuse("one of from, to is expected here")
    return demands.Counts(
        of=scope.entry(found),
        only=scope.entry(found, "only"),
        after=scope.event(found["after"]) if "after" in found else None,
        done_from=done["from"].day() if "from" in done else date.min,
        done_to=done["to"].day() if "to" in done else date.max,
        purposes=scope.purposes(found, "in"),
        when=scope.person(found),
    )


def earning(here: Here, scope: Scope) -> demands.Earning:
    """``earning``: what an activity is worth, and as what."""
    found = here.fields(("of", "gives", "as", "once"), required=("gives",), later=("at_most", "split", "valid"))
    gives = found["gives"]
    worth: tuple[Amount, ...] = ()
    if isinstance(gives.node.value, dict):
        rate = gives.fields(("per", "is"), required=("per", "is"), later=("years", "of", "by", "less"))
        rate["per"].word(("hours",), "a rate; only 'hours'")
        worth = (Rate(None, rate["is"].fraction()),)
    elif isinstance(gives.node.value, tuple):
        raise gives.refuse("a sum of several is not understood by this version")
    elif gives.node.value != "undecided":
        worth = (Fixed(gives.parts()),)
    categories = scope.words.entries["category"].values
    return demands.Earning(
        of=scope.entry(found),
        gives=worth,
        as_=(found["as"].word(categories, "a category"),) if "as" in found else (),
        once=found["once"].word(("year",), "a limit; only 'year'") if "once" in found else "",
    )


def cap(here: Here, scope: Scope) -> demands.Cap:
    """``cap``: hours like these count at most so much towards the demands named."""
    found = here.fields(("at_most", "of", "towards", "when"), required=("at_most", "towards"))
    if isinstance(found["at_most"].node.value, dict) and "share" in found["at_most"].all_fields():
        raise found["at_most"].refuse("'share' is not understood by this version")
    return demands.Cap(
        at_most=read_amount(found["at_most"], scope),
        towards=found["towards"].texts(),
        of=scope.entry(found),
        when=scope.person(found),
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
    "earning": earning,
    "cap": cap,
    "consequence": consequence,
}
LATER_VERBS = ("make_up", "hour", "carry")
