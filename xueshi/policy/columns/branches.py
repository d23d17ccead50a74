"""Either-or, both, and at least k: of several ways the cheapest, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.amounts import ONE

UNITS = ("hours", "courses", "condition", "branches")
HOURS = algebra.number(UNITS.index("hours"))


@dataclass(frozen=True)
class Way:
    """One way (or several together): what there is, what is needed, and what is missing.

    ``unit`` is an index into ``UNITS``; ``enough`` is true where nothing is missing, ``met`` where nothing would be
    missing without any relief.
    """

    unit: Node
    have: Node
    need: Node
    missing: Node
    enough: Node
    met: Node

    @classmethod
    def of(cls, unit: Node, have: Node, need: Node, written: Node) -> Way:
        """What there is beside what is needed."""
        missing = algebra.most(ZERO, algebra.minus(need, have))
        return cls(unit, have, need, missing, algebra.at_least(have, need), algebra.at_least(have, written))

    @property
    def in_hours(self) -> Node:
        """Where it is counted in hours."""
        return algebra.not_(algebra.at_least(self.unit, ONE))


def cheapest(enough: int, ways: Sequence[Way]) -> Way:
    """Of the ways, the ``enough`` cheapest as one: what is counted in hours before what is not."""
    before = {(i, j): _before(ways[i], ways[j], i < j) for i in range(len(ways)) for j in range(len(ways)) if i != j}
    chosen = [_among_the_first(enough, [before[j, i] for j in range(len(ways)) if j != i]) for i in range(len(ways))]
    lacks = [algebra.not_(way.enough) for way in ways]
    unit = _unit(ways, chosen, lacks, before)
    alike = [algebra.and_(one, _same(way.unit, unit)) for one, way in zip(chosen, ways, strict=True)]

    def total(of: Sequence[Node], whose: Sequence[Node]) -> Node:
        return algebra.add(*(algebra.if_(who, one, ZERO) for one, who in zip(of, whose, strict=True)))

    return Way(
        unit,
        have=total([way.have for way in ways], alike),
        need=total([way.need for way in ways], alike),
        missing=total([way.missing for way in ways], alike),
        enough=algebra.and_(
            *(algebra.or_(algebra.not_(who), way.enough) for who, way in zip(chosen, ways, strict=True))
        ),
        met=algebra.and_(*(algebra.or_(algebra.not_(who), way.met) for who, way in zip(chosen, ways, strict=True))),
    )


def _before(one: Way, other: Way, first: bool) -> Node:
    """Whether one way is taken before the other: nothing missing, then hours, then the least missing, then order."""
    lacks, others = algebra.not_(one.enough), algebra.not_(other.enough)
    less = algebra.at_least(other.missing, one.missing) if first else algebra.below(one.missing, other.missing)
    by_hours = algebra.either(
        one.in_hours, algebra.either(other.in_hours, less, TRUE), algebra.either(other.in_hours, FALSE, less)
    )
    return algebra.either(lacks, algebra.and_(others, by_hours), algebra.or_(others, by_hours))


def _among_the_first(enough: int, ahead: Sequence[Node]) -> Node:
    """Fewer than ``enough`` of the others come before it."""
    if enough > len(ahead):
        return TRUE
    if enough == 1:
        return algebra.and_(*(algebra.not_(one) for one in ahead))
    how_many = algebra.add(*(algebra.as_number(one) for one in ahead))
    return algebra.below(how_many, algebra.number(enough))


def _unit(
    ways: Sequence[Way], chosen: Sequence[Node], lacks: Sequence[Node], before: dict[tuple[int, int], Node]
) -> Node:
    """The unit of the first of them that misses something, or else of the very first."""
    if len({way.unit for way in ways}) == 1:
        return ways[0].unit
    others = range(len(ways))
    unit = ways[0].unit
    for i in others:
        first = algebra.and_(*(algebra.not_(before[j, i]) for j in others if j != i))
        unit = algebra.if_(first, ways[i].unit, unit)
    for i in others:
        none_ahead = (algebra.not_(algebra.and_(chosen[j], lacks[j], before[j, i])) for j in others if j != i)
        unit = algebra.if_(algebra.and_(chosen[i], lacks[i], *none_ahead), ways[i].unit, unit)
    return unit


def _same(one: Node, other: Node) -> Node:
    return algebra.and_(algebra.at_least(one, other), algebra.at_least(other, one))
