"""Conditions on a person as columns, one function per form; `policy.conditions` says what each means."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import singledispatch
from math import ceil, floor

from xueshi.policy import conditions, whole
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import TRUE, Node
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.kleene import LAST_DAY, NOBODY_KNOWS, Kleene, Known, Look, ymd


@singledispatch
def column(condition: conditions.Condition, look: Look) -> Kleene:
    """Where the condition surely holds, and where it possibly does."""
    raise Beyond("", f"{type(condition).__name__} is no condition on a person")


@column.register
def _(condition: conditions.Among, look: Look) -> Kleene:
    return look.among(condition.word, condition.values)


@column.register
def _(condition: conditions.IsSo, look: Look) -> Kleene:
    found = look.flag(condition.word)
    return found if condition.so else _not(found)


@column.register
def _(condition: conditions.Between, look: Look) -> Kleene:
    word = condition.word
    if word.kind in ("word", "name"):
        return look.among(word, [v for v in word.values if conditions.within(word.rank(v), condition.bounds)])
    scale = whole.PARTS if word.kind == "number" else 1
    low, high = span(condition.bounds, scale)
    return _lies(look.figure(word), max(low, 1 if word.kind == "date" else 0), high)


@column.register
def _(condition: conditions.Happened, look: Look) -> Kleene:
    first, last, all_ = look.event(condition.word)
    low, high = span(condition.bounds)
    low = max(low, look.first_day if condition.in_year else 1)
    if high >= look.last_day:
        return _lies(last, low, LAST_DAY)
    if low <= 1:
        return _lies(first, 1, high)
    if not all_:
        raise Beyond("", f"somebody has more than two days of {condition.word.name!r}, and a span of days is asked")
    return _or(_lies(first, low, high), _lies(last, low, high))


@column.register
def _(condition: conditions.Lasted, look: Look) -> Kleene:
    shared = look.shared(condition.word, condition.unit or "days")
    return _lies(shared, *(span(condition.bounds) if condition.unit else (1, LAST_DAY)))


@column.register
def _(condition: conditions.Aged, look: Look) -> Kleene:
    born = look.figure(condition.born)
    known = algebra.and_(born.known, algebra.at_least(born.value, algebra.number(1)))

    def reached(limit: int) -> Kleene:
        lies = algebra.not_(algebra.at_least(born.value, algebra.number(look.last_day - limit * 10_000 + 1)))
        return Kleene(algebra.and_(known, lies), algebra.or_(algebra.not_(known), lies))

    answers: list[Kleene] = []
    for sex, limit in condition.limits:
        answers.append(_and(look.among(condition.sex, (sex,)), reached(limit)))
    told = look.known(condition.sex)
    if told is not TRUE:
        without = NOBODY_KNOWS
        if len(condition.limits) == len(condition.sex.values):
            without = Kleene(
                algebra.and_(known, *(reached(limit).sure for _, limit in condition.limits)),
                algebra.or_(algebra.not_(known), *(reached(limit).possible for _, limit in condition.limits)),
            )
        blind = algebra.not_(told)
        answers = [Kleene(algebra.and_(told, one.sure), algebra.and_(told, one.possible)) for one in answers]
        answers.append(Kleene(algebra.and_(blind, without.sure), algebra.and_(blind, without.possible)))
    return _or(*answers)


@column.register
def _(condition: conditions.AllOf, look: Look) -> Kleene:
    return _and(*(column(part, look) for part in condition.parts))


@column.register
def _(condition: conditions.AnyOf, look: Look) -> Kleene:
    return _or(*(column(part, look) for part in condition.parts))


@column.register
def _(condition: conditions.Not, look: Look) -> Kleene:
    return _not(column(condition.part, look))


def span(bounds: conditions.Bounds, scale: int = 1) -> tuple[int, int]:
    """The smallest and the largest whole number within the bounds; days as yyyymmdd."""
    low, high = -algebra.FOREVER, algebra.FOREVER
    for name, bound in bounds:
        exact = Fraction(ymd(bound)) if isinstance(bound, date) else Fraction(bound) * scale
        if name in ("at_least", "since"):
            low = max(low, ceil(exact))
        elif name in ("above", "after"):
            low = max(low, floor(exact) + 1)
        elif name in ("up_to", "by"):
            high = min(high, floor(exact))
        else:
            high = min(high, ceil(exact) - 1)
    return low, high


def _lies(found: Known, low: int, high: int) -> Kleene:
    """A known number within; one that nobody knows possibly is."""
    parts = [algebra.at_least(found.value, algebra.number(low))]
    if high < algebra.FOREVER:
        parts.append(algebra.not_(algebra.at_least(found.value, algebra.number(high + 1))))
    lies = algebra.and_(*parts)
    return Kleene(algebra.and_(found.known, lies), algebra.or_(algebra.not_(found.known), lies))


def _and(*parts: Kleene) -> Kleene:
    return Kleene(algebra.and_(*(one.sure for one in parts)), algebra.and_(*(one.possible for one in parts)))


def _or(*parts: Kleene) -> Kleene:
    return Kleene(algebra.or_(*(one.sure for one in parts)), algebra.or_(*(one.possible for one in parts)))


def _not(part: Kleene) -> Kleene:
    return Kleene(algebra.not_(part.possible), algebra.not_(part.sure))


def holds(condition: conditions.Condition, look: Look, *, favours: bool, generous: bool) -> Node:
    """A condition as one truth, as ``Person.told`` reads it: against the person, or in their favour."""
    answer = column(condition, look)
    return answer.possible if favours == generous else answer.sure
