"""What only the whole instrument shows: one wording at a time, nothing said twice, every demand named is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xueshi.policy import chapters, demands
from xueshi.policy.amounts import Share, leaves, named_demands
from xueshi.policy.book import Provision, Value
from xueshi.policy.reading import Here, instead
from xueshi.policy.scope import Reference

Placed = tuple[Provision, Here]


def check_whole(placed: Sequence[Placed], named: Sequence[Reference]) -> None:
    """Refuse what contradicts itself; ``placed`` are the provisions and where they stand."""
    for n, (one, here) in enumerate(placed):
        for other, _ in placed[:n]:
            _check_pair(one, other, here)
    _check_names(placed, named)
    _check_shared(placed)


def _check_shared(placed: Sequence[Placed]) -> None:
    """A ceiling that demands share goes by what each lacks; a share of the accumulated lacks what the ceiling gives."""
    circular = {
        one.id
        for one, _ in placed
        if isinstance(one.value, demands.Demand) and one.value.at_least is not None
        for part in leaves(one.value.at_least)
        if isinstance(part, Share) and part.of == "accumulated"
    }
    for one, here in placed:
        if isinstance(one.value, demands.Cap) and one.value.shared and circular.intersection(one.value.towards):
            names = ", ".join(repr(id) for id in one.value.towards if id in circular)
            raise here.refuse(f"a shared ceiling does not go with a share of the accumulated ({names})")


def _check_pair(one: Provision, other: Provision, here: Here) -> None:
    if one.id == other.id and one.verb != other.verb:
        raise here.refuse(f"{one.id!r} is a {other.verb} and a {one.verb}; give one another id")
    if (day := max(one.since, other.since)) > min(one.until, other.until):
        return
    if one.id == other.id:
        raise here.refuse(f"two wordings of {one.id!r} are in force on {day}; close the older one with 'until'")
    claims = list(_claims(other.value))
    for claim in _claims(one.value):
        if claim in claims:
            raise here.refuse(f"{one.id!r} and {other.id!r} both say {claim[0]!r}, on {day}")


def _claims(value: Value) -> Iterator[tuple[str, object]]:
    """What may be said only once at a time, about the same entries."""
    if isinstance(value, chapters.ExamLaw):
        yield from ((key, value.of) for key in value.said_by)
    elif isinstance(value, chapters.FeeLaw):
        yield "fee", value.of
    elif isinstance(value, chapters.StudyLaw):
        yield "study", value.of
    elif isinstance(value, chapters.ReviewMethods):
        yield "methods", value.of
    elif isinstance(value, chapters.DocumentLaw):
        yield f"document {value.id}", ""
    elif isinstance(value, demands.Hour):
        yield "hour", ""
    elif isinstance(value, demands.Carry):
        yield f"carry of {value.surplus_of}", value.of


def _check_names(placed: Sequence[Placed], named: Sequence[Reference]) -> None:
    wordings: dict[str, list[demands.Demand]] = {}
    for provision, _ in placed:
        if isinstance(provision.value, demands.Demand):
            wordings.setdefault(provision.id, []).append(provision.value)
    for reference in named:
        _check_reference(reference, wordings)
    for provision, here in placed:
        if isinstance(provision.value, demands.Demand):
            _check_within(here, wordings, provision.id)
        if isinstance(provision.value, demands.Carry):
            _check_carry(here, wordings[provision.value.surplus_of])


def names_of(value: Value) -> Iterator[str]:
    """The demands that a provision speaks of."""
    if isinstance(value, demands.Demand) and value.within:
        yield value.within
    elif isinstance(value, demands.Purpose):
        yield from value.asks
    elif isinstance(value, demands.Relief | demands.Owed):
        yield from value.of
    elif isinstance(value, demands.Cap):
        yield from value.towards
    elif isinstance(value, demands.Carry):
        yield value.surplus_of
    elif isinstance(value, demands.Earning):
        for amount in value.gives:
            yield from named_demands(amount)


def _check_reference(reference: Reference, wordings: Mapping[str, list[demands.Demand]]) -> None:
    """Every demand that is spoken of is here, and is of the kind that is meant."""
    if reference.id not in wordings:
        what = "no demand here, and no stage" if reference.also else "no demand here"
        meant = instead(reference.id, (*reference.also, *wordings))
        raise reference.place.refuse(f"{reference.id!r} is {what}.{meant}")
    for demand in wordings[reference.id]:
        if reference.units and demand.unit not in reference.units:
            raise reference.place.refuse(f"{reference.id!r} is not a demand of {' or '.join(reference.units)}")


def _check_within(here: Here, wordings: Mapping[str, list[demands.Demand]], id: str) -> None:
    """A part has one whole, in all its wordings, and no part contains itself."""
    seen = [id]
    while True:
        found = {demand.within for demand in wordings[seen[-1]]}
        if len(found) > 1:
            raise here.refuse(f"the wordings of {seen[-1]!r} are parts of different wholes")
        whole = found.pop()
        if not whole:
            return
        if whole in seen:
            raise here.refuse(f"{id!r} would be a part of itself")
        seen.append(whole)


def _check_carry(here: Here, wordings: list[demands.Demand]) -> None:
    if any(demand.over is not None for demand in wordings):
        raise here.refuse("only a demand of the year has a surplus that is carried; this one has years of its own")
