"""Reads ``demand``: what is owed."""

from __future__ import annotations

from collections.abc import Mapping

from xueshi.policy import demands
from xueshi.policy.amount_reading import SHARE, read_amount
from xueshi.policy.amounts import Amount, BySteps, ByWord, Share
from xueshi.policy.reading import Here
from xueshi.policy.scope import Reference, Scope
from xueshi.policy.windows import YEAR, Window

_UNITS = ("at_least", "courses", "one_of_each", "holds", "any_of", "all_of", "some_of")
_BRANCHES = ("any_of", "all_of", "some_of")
_ENTRIES = ("of", "same", "with")


def demand(here: Here, scope: Scope) -> demands.Demand:
    """``demand``: exactly one thing owed, of which entries, within which whole, over which years, when, for what."""
    found = here.fields((*_UNITS, *_ENTRIES, "within", "over", "for", "when"))
    unit = here.only_one(found, _UNITS)
    within = found["within"].text() if "within" in found else ""
    if within:
        scope.named.append(Reference(found["within"], within))
    if within and "over" in found:
        raise found["over"].refuse("a part has the window of its whole")
    if within and unit == "holds":
        raise found["within"].refuse("a condition is no part of hours")
    return _read(here, found, unit, scope, within=within)


def _read(here: Here, found: Mapping[str, Here], unit: str, scope: Scope, *, within: str) -> demands.Demand:
    """A demand or a branch of one."""
    place = found[unit]
    _check_keys(found, unit)
    branches = _branches(place, unit, scope, within) if unit in _BRANCHES else ()
    return demands.Demand(
        at_least=_hours(place, scope, found, within) if unit == "at_least" else None,
        courses=place.count(least=1) if unit == "courses" else 0,
        each=_each(place, scope) if unit == "one_of_each" else None,
        holds=scope.person(found, "holds") if unit == "holds" else None,
        branches=branches,
        enough=_enough(place, unit, len(branches)),
        of=scope.entry(found),
        same=scope.mark(found["same"], ("word", "name"), "a mark with a subject") if "same" in found else None,
        reach=_reach(found["with"], scope) if "with" in found else (),
        within=within if "within" in found else "",
        over=scope.own_window(found),
        purposes=scope.purposes(found, "for", least=0) if "for" in found else ("annual",),
        when=scope.person(found),
    )


def _check_keys(found: Mapping[str, Here], unit: str) -> None:
    """What goes with which kind of demand."""
    for key in _ENTRIES:
        if key in found and unit == "holds":
            raise found[key].refuse(f"{key!r} goes with entries, and 'holds' is about the person")
        if key in found and unit in _BRANCHES and key != "of":
            raise found[key].refuse(f"{key!r} goes with each of the branches")
    if "same" in found and unit == "one_of_each":
        raise found["same"].refuse("'same' goes with at_least or courses")


def _hours(here: Here, scope: Scope, found: Mapping[str, Here], within: str) -> Amount:
    amount = read_amount(here, scope.words.facts, scope.used, also=SHARE)
    if _shares(amount):
        if not within:
            raise here.refuse("a share is of a whole: 'within' is missing")
        scope.named.append(Reference(found.get("within", here), within, ("hours",)))
    return amount


def _shares(amount: Amount | None) -> bool:
    if isinstance(amount, ByWord):
        return any(_shares(row) for row in (*amount.rows.values(), amount.otherwise))
    if isinstance(amount, BySteps):
        return any(_shares(row) for _, row in amount.steps)
    return isinstance(amount, Share)


def _each(here: Here, scope: Scope) -> demands.Each:
    marks = here.all_fields()
    if len(marks) != 1:
        raise here.refuse("one mark with its names is expected here, as {course: [a, b]}")
    ((name, place),) = marks.items()
    known = {mark: word for mark, word in scope.words.entries.items() if word.kind in ("word", "name")}
    if name not in known:
        raise here.unknown(name, known)
    word = scope.used[name] = known[name]
    names = place.words(word.values, f"a value of {name!r}") if word.kind == "word" else place.texts()
    return demands.Each(word, names)


def _branches(here: Here, unit: str, scope: Scope, within: str) -> tuple[demands.Branch, ...]:
    if unit == "some_of":
        here = here.fields(("at_least", "demands"), required=("at_least", "demands"))["demands"]
    branches: list[demands.Branch] = []
    for place in here.items():
        found = place.fields(("name", *_UNITS, *_ENTRIES, "over"), required=("name",))
        name = found["name"].text()
        if name in (branch.name for branch in branches):
            raise found["name"].refuse(f"two branches are called {name!r}")
        said = _read(place, found, place.only_one(found, _UNITS), scope, within=within)
        if "over" in found:
            _summed(found["over"], said.over)
        branches.append(demands.Branch(name, said))
    if len(branches) < 2:
        raise here.refuse("two branches or more are expected here")
    return tuple(branches)


def _enough(here: Here, unit: str, branches: int) -> int:
    if unit not in _BRANCHES:
        return 0
    if unit != "some_of":
        return 1 if unit == "any_of" else branches
    place = here.all_fields()["at_least"]
    if (enough := place.count(least=1)) > branches:
        raise place.refuse(f"{enough} of {branches} branches can never be met")
    return enough


def _reach(here: Here, scope: Scope) -> tuple[demands.Reach, ...]:
    reach = []
    for place in here.items():
        found = place.fields(("of", "over"), required=("of", "over"))
        over = scope.window(found)
        _summed(found["over"], over)
        reach.append(demands.Reach(scope.entry(found), over or YEAR))
    if not reach:
        raise here.refuse("[{of: …, over: …}] is expected here")
    return tuple(reach)


def _summed(here: Here, over: Window | None) -> None:
    """Inside one demand the years of a window are added, not asked one by one."""
    if over is not None and over != YEAR and over.each:
        raise here.refuse("the years are added here; write last, years, since, cycle or spell")
