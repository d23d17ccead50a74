"""Amounts as columns: one function per form, beside ``policy.amounts``, which says what each means.

A figure is read for one person, or for all entries of a kind at once: then it comes multiplied by how many there
are (``Reader.count``), and the hours of an entry are those of all (``Reader.own``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import singledispatch

from xueshi.policy import amounts, whole
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.kleene import Says

ONE = algebra.number(1)
Own = Callable[[Fraction], Node]


@dataclass(frozen=True)
class Reader:
    """What an amount is read with.

    ``share`` says what a share comes to where it is not simply of one of ``bases``.
    ``own`` gives a multiple of the entries' hours, each rounded down by itself; None: they come without.
    ``marks`` are the words that an entry says: if such a word has no row in a table, nobody can ever say it.
    """

    look: Says
    count: Node = ONE
    own: Own | None = None
    bases: Mapping[str, Callable[[], Node]] = field(default_factory=dict)
    share: Callable[[amounts.Share], Node] | None = None
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A number, where it is ``known``; it is ``silent`` where no fact about the person could ever tell it."""

    value: Node
    known: Node = TRUE
    silent: Node = FALSE


@singledispatch
def figure(amount: amounts.Amount, reader: Reader) -> Figure:
    """The amount for everybody."""
    raise Beyond("", f"{type(amount).__name__} is no amount")


@figure.register
def _(amount: amounts.Fixed, reader: Reader) -> Figure:
    return Figure(algebra.scaled(reader.count, amount.is_))


@figure.register
def _(amount: amounts.ByWord, reader: Reader) -> Figure:
    known = reader.look.known(amount.word)
    cases = [
        (reader.look.among(amount.word, [value for value, row in amount.rows.items() if row is one]).sure, one)
        for one in {id(row): row for row in amount.rows.values()}.values()
    ]
    silent = algebra.truth(amount.word.name in reader.marks)
    other = Figure(ZERO, FALSE, silent) if amount.otherwise is None else figure(amount.otherwise, reader)
    unknown = Figure(ZERO, FALSE)
    return _choose(known, _cases(cases, other, reader), unknown)


@figure.register
def _(amount: amounts.BySteps, reader: Reader) -> Figure:
    number = reader.look.figure(amount.word)
    nothing = Figure(ZERO, FALSE, algebra.truth(amount.word.name in reader.marks))
    cases: list[tuple[Node, amounts.Amount]] = []
    for up_to, one in amount.steps:
        over = TRUE if up_to is None else _at_most(number.value, up_to)
        cases.append((over, one))
    told = algebra.and_(number.known, algebra.at_least(number.value, ZERO))
    return _choose(told, _cases(cases, nothing, reader), nothing)


@figure.register
def _(amount: amounts.Rate, reader: Reader) -> Figure:
    if amount.per is None:
        if reader.own is None:
            return Figure(ZERO, FALSE, TRUE)
        return Figure(reader.own(amount.each))
    number = reader.look.figure(amount.per)
    value = number.value
    if amount.less is not None:
        less = reader.look.figure(amount.less)
        taken = algebra.if_(algebra.and_(less.known, algebra.at_least(less.value, ZERO)), less.value, ZERO)
        value = algebra.minus(value, taken)
    told = algebra.and_(number.known, algebra.at_least(number.value, ZERO))
    each = algebra.scaled(algebra.most(value, ZERO), amount.each.numerator, amount.each.denominator * whole.PARTS)
    silent = algebra.truth(amount.per.name in reader.marks)
    return Figure(algebra.times(each, reader.count), told, algebra.and_(silent, algebra.not_(told)))


@figure.register
def _(amount: amounts.Share, reader: Reader) -> Figure:
    if reader.share is not None:
        return Figure(reader.share(amount))
    whole_ = reader.bases[amount.of]()
    return Figure(algebra.scaled(whole_, amount.share.numerator, amount.share.denominator, up=amount.up))


@figure.register
def _(amount: amounts.YearsOf, reader: Reader) -> Figure:
    one = algebra.scaled(reader.bases[amount.demand](), amount.years.numerator, amount.years.denominator)
    return Figure(algebra.times(one, reader.count))


def _at_most(value: Node, bound: Fraction) -> Node:
    exact = bound * whole.PARTS
    return algebra.not_(algebra.at_least(value, algebra.number(exact.numerator // exact.denominator + 1)))


def _cases(cases: list[tuple[Node, amounts.Amount]], other: Figure, reader: Reader) -> Figure:
    for condition, row in reversed(cases):
        if condition is not FALSE:
            other = _choose(condition, figure(row, reader), other)
    return other


def _choose(condition: Node, then: Figure, other: Figure) -> Figure:
    return Figure(
        algebra.if_(condition, then.value, other.value),
        algebra.either(condition, then.known, other.known),
        algebra.either(condition, then.silent, other.silent),
    )


def told(amount: amounts.Amount, reader: Reader, *, owed: bool, generous: bool) -> Node:
    """A figure per person; unknown, it is read against them unless generous, as ``Person.amount`` does."""
    found = figure(amount, reader)
    if found.known is TRUE:
        return found.value
    bound = amount.smallest if owed == generous else amount.largest
    return algebra.if_(found.known, found.value, algebra.number(bound))


def by_leaf(amount: amounts.Amount, look: Says, of: Callable[[amounts.Amount], Node]) -> Node:
    """Something that hangs on which figure, rate or share a table has for a person; see ``amounts.leaf``."""
    if isinstance(amount, amounts.ByWord):
        found = of(amount) if amount.otherwise is None else by_leaf(amount.otherwise, look, of)
        for value, row in amount.rows.items():
            found = algebra.if_(look.among(amount.word, (value,)).sure, by_leaf(row, look, of), found)
        return algebra.if_(look.known(amount.word), found, of(amount))
    if isinstance(amount, amounts.BySteps):
        number = look.figure(amount.word)
        found = of(amount)
        for up_to, row in reversed(amount.steps):
            here = TRUE if up_to is None else _at_most(number.value, up_to)
            found = algebra.if_(here, by_leaf(row, look, of), found)
        told = algebra.and_(number.known, algebra.at_least(number.value, ZERO))
        return algebra.if_(told, found, of(amount))
    return of(amount)
