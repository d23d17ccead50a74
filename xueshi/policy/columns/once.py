"""What counts once a year: of several entries the best stays, whoever has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from xueshi.policy import demands
from xueshi.policy.book import Rulebook
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, ZERO
from xueshi.policy.columns.amounts import ONE
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.facts import Mark
from xueshi.policy.question import Question

if TYPE_CHECKING:
    from xueshi.policy.columns.lines import Line


def only_once(question: Question, lines: list[Line]) -> list[Line]:
    """The lines, with only the best of those that count once in a year; of equals it must not matter which."""
    found = [line for line in lines if not line.like.earning.once]
    limited = sorted((line for line in lines if line.like.earning.once), key=_of)
    for _, group in groupby(limited, key=_of):
        found.extend(_best(question, list(group)))
    return found


def _of(line: Line) -> tuple[str, int]:
    assert line.like.provision is not None  # noqa: S101 - an earning has one
    return line.like.provision.id, line.year


def _best(question: Question, lines: list[Line]) -> Iterator[Line]:
    name, year = _of(lines[0])
    same = len({line.each for line in lines}) == 1
    if any(line.each is None or (not same and algebra.constant(line.each) is None) for line in lines):
        raise Beyond(name, f"of several entries of {year} the best counts, and their worth differs from entry to entry")
    lines.sort(key=lambda line: (-line.each.low if line.each else 0, line.days))
    _told_apart(question, name, lines)
    better = FALSE
    for line in lines:
        there = algebra.at_least(line.count, ONE)
        first = algebra.and_(there, algebra.not_(better))
        yield replace(line, count=algebra.as_number(first), parts=algebra.if_(first, line.each or ZERO, ZERO))
        better = algebra.or_(better, there)


def _told_apart(question: Question, name: str, lines: Sequence[Line]) -> None:
    """Of equals the oldest counts; where the days do not tell which that is, they must count for the same."""
    read = marks_read(question.book)
    for one, other in combinations(lines, 2):
        if one.each is other.each and other.days[0] <= one.days[1] and _serves(one, read) != _serves(other, read):
            raise Beyond(
                name, f"of entries of {one.year} worth the same one counts, and they count for different things"
            )


def _serves(line: Line, read: frozenset[str]) -> Mapping[str, Mark]:
    return {mark: said for mark, said in line.like.sight.says.items() if mark in read}


def marks_read(book: Rulebook) -> frozenset[str]:
    """The marks that decide towards what an entry counts, once it counts."""
    laws = (demands.Demand, demands.Cap, demands.Carry)
    found: set[str] = set()
    for provision in book.provisions:
        if isinstance(provision.value, laws):
            found |= words_in(provision.value)
    return frozenset(found & book.words.entries.keys())


def words_in(value: object) -> set[str]:
    """Every word that a verb, a condition or an amount speaks of."""
    if isinstance(value, tuple | frozenset | list):
        return set().union(*(words_in(one) for one in value))
    if isinstance(value, dict):
        return words_in(tuple(value.values()))
    if not is_dataclass(value):
        return set()
    found = {value.name} if hasattr(value, "years_since") and hasattr(value, "name") else set()
    return found.union(*(words_in(getattr(value, one.name)) for one in fields(value)))
