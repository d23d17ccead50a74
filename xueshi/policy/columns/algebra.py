"""Truth and whole numbers per row, as values that simplify themselves before anything is computed.

A ``Node`` is one column to be: ``truth`` (never null) or a number with the bounds ``low`` and ``high``. Nodes of one
meaning are one object, so what is shared is computed once; what is known while planning is folded away. ``emit``
turns nodes into Narwhals expressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from weakref import WeakValueDictionary

FOREVER = 2**62
DEPTH = 3  # so far below are truths simplified by what is known beside them
EXPANDED = 12  # a comparison with a choice of at most so many constants becomes truths


class Node:
    """One column to be: ``op`` applied to ``args``."""

    __slots__ = ("__weakref__", "args", "high", "low", "number", "op", "truth")

    op: str
    args: tuple[object, ...]
    truth: bool
    low: int
    high: int
    number: int

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes it is made of."""
        return tuple(part for part in self.args if isinstance(part, Node))

    def __repr__(self) -> str:
        """For people: ``ge(h2020_1, 54000)``."""
        return f"{self.op}({', '.join(map(repr, self.args))})" if self.args else self.op


_KNOWN: WeakValueDictionary[tuple[object, ...], Node] = WeakValueDictionary()
_made = 0


def _node(op: str, *args: object, truth: bool, low: int = 0, high: int = 1) -> Node:
    global _made  # the order of making makes plans repeatable
    key = (op, truth, low, high, *((id(arg),) if isinstance(arg, Node) else (type(arg), arg) for arg in args))
    found = _KNOWN.get(key)
    if found is None:
        found = Node()
        found.op, found.args, found.truth, found.low, found.high = op, args, truth, low, high
        found.number = _made = _made + 1
        _KNOWN[key] = found
    return found


# ---- truth ----------------------------------------------------------------------------------------

TRUE = _node("true", truth=True)
FALSE = _node("false", truth=True)


def truth(value: bool) -> Node:
    """A truth known while planning."""
    return TRUE if value else FALSE


def flag(column: str, *, null: bool | None) -> Node:
    """A Boolean column; ``null`` is what null reads as, None: it has no null."""
    return _node("flag", column, null, truth=True)


def is_null(column: str) -> Node:
    """The column says nothing of this person."""
    return _node("is_null", column, truth=True)


def among(column: str, codes: Iterable[int], *, null: bool | None) -> Node:
    """The column's code is one of these."""
    wanted = tuple(sorted(set(codes)))
    if not wanted and null is not True:
        return FALSE
    return _node("among", column, wanted, null, truth=True)


def not_(part: Node) -> Node:
    """The opposite."""
    if part is TRUE:
        return FALSE
    if part is FALSE:
        return TRUE
    if part.op == "not":
        return part.parts[0]
    return _node("not", part, truth=True)


def and_(*parts: Node) -> Node:
    """All of them."""
    return _many("and", parts, TRUE, FALSE)


def or_(*parts: Node) -> Node:
    """At least one of them."""
    return _many("or", parts, FALSE, TRUE)


def _many(op: str, parts: Iterable[Node], neutral: Node, final: Node) -> Node:
    flat: dict[Node, None] = {}
    for part in parts:
        for one in part.parts if part.op == op else (part,):
            if one is final or not_(one) in flat:
                return final
            if one is not neutral:
                flat[one] = None
    for one in flat:
        known = {part: holds for two in flat if two is not one for part, holds in _settled_by(two, op == "and")}
        if (given := _given(one, known, DEPTH)) is not one:
            return _many(op, (given, *(two for two in flat if two is not one)), neutral, final)
    other = "or" if op == "and" else "and"
    kept = [one for one in flat if not (one.op == other and any(p in flat for p in one.parts))]
    kept = [one for one in kept if not any(_swallows(op, two, one) for two in kept)]
    if len(kept) < 2:
        return kept[0] if kept else neutral
    if common := [one for one in _terms(kept[0], other) if all(one in _terms(two, other) for two in kept[1:])]:
        rests = (_many(other, (p for p in _terms(one, other) if p not in common), final, neutral) for one in kept)
        return _many(other, (*common, _many(op, rests, neutral, final)), final, neutral)
    return _node(op, *sorted(kept, key=lambda one: one.number), truth=True)


def _settled_by(one: Node, holds: bool) -> Iterator[tuple[Node, bool]]:
    """What is known of other truths where this one holds (or does not)."""
    yield one, holds
    if one.op == "not":
        yield from _settled_by(one.parts[0], not holds)
    elif one.op == ("and" if holds else "or"):
        for part in one.parts:
            yield part, holds


def _given(one: Node, known: Mapping[Node, bool], depth: int) -> Node:
    """A truth, with what is known left out of it."""
    if one in known:
        return truth(known[one])
    if one.op not in ("and", "or", "not") or not depth:
        return one
    parts = [_given(part, known, depth - (one.op != "not")) for part in one.parts]
    if all(new is old for new, old in zip(parts, one.parts, strict=True)):
        return one
    if one.op == "not":
        return not_(parts[0])
    return and_(*parts) if one.op == "and" else or_(*parts)


def _terms(node: Node, op: str) -> tuple[Node, ...]:
    return node.parts if node.op == op else (node,)


def _swallows(op: str, one: Node, other: Node) -> bool:
    """Beside ``one`` the ``other`` says nothing: in an ``and`` it follows from it, in an ``or`` it leads to it."""
    return one is not other and (implies(one, other) if op == "and" else implies(other, one))


# ---- numbers --------------------------------------------------------------------------------------


def number(value: int) -> Node:
    """A number known while planning."""
    return _node("number", value, truth=False, low=value, high=value)


ZERO = number(0)


def column(name: str, *, low: int = 0, high: int = FOREVER, null: int | None = None) -> Node:
    """A column of whole numbers; ``null`` is what null reads as, None: it has no null."""
    if null is not None:
        low, high = min(low, null), max(high, null)
    return _node("column", name, null, truth=False, low=low, high=high)


def constant(node: Node) -> int | None:
    """The number it always is, or None."""
    return node.low if node.low == node.high else None


def add(*parts: Node) -> Node:
    """Their sum."""
    base, rest = 0, []
    for part in parts:
        for one in part.parts if part.op == "add" else (part,):
            if (known := constant(one)) is None:
                rest.append(one)
            else:
                base += known
    if not rest:
        return number(base)
    if base:
        rest.append(number(base))
    if len(rest) == 1:
        return rest[0]
    rest.sort(key=lambda one: one.number)
    return _node("add", *rest, truth=False, low=_clip(sum(p.low for p in rest)), high=_clip(sum(p.high for p in rest)))


def _clip(value: int) -> int:
    return max(-FOREVER, min(FOREVER, value))


def scaled(part: Node, numerator: int, denominator: int = 1, *, up: bool = False) -> Node:
    """A fraction of a number, rounded down or ``up``."""

    def exactly(value: int) -> int:
        if abs(value) >= FOREVER:
            return _clip(value * numerator)
        return -(-value * numerator // denominator) if up else value * numerator // denominator

    if (known := constant(part)) is not None:
        return number(exactly(known))
    if numerator == denominator or not numerator:
        return part if numerator else ZERO
    if part.op == "if":
        then, other = part.args[1:]
        return if_(part.parts[0], *(scaled(one, numerator, denominator, up=up) for one in (then, other)))  # type: ignore[arg-type]
    ends = sorted((exactly(part.low), exactly(part.high)))
    return _node("scaled", part, numerator, denominator, up, truth=False, low=ends[0], high=ends[1])


def times(left: Node, right: Node) -> Node:
    """Their product."""
    for one, other in ((left, right), (right, left)):
        if (known := constant(one)) is not None:
            return scaled(other, known)
        if one.op == "if" and leaves(one, EXPANDED) <= EXPANDED:
            return if_(one.parts[0], times(one.parts[1], other), times(one.parts[2], other))
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return _node("times", left, right, truth=False, low=_clip(min(ends)), high=_clip(max(ends)))


def minus(left: Node, right: Node) -> Node:
    """Their difference."""
    return ZERO if left is right else add(left, scaled(right, -1))


def if_(condition: Node, then: Node, other: Node) -> Node:
    """One number where the condition holds, else the other."""
    if condition is TRUE or then is other:
        return then
    if condition is FALSE:
        return other
    if condition.op == "not":
        return if_(condition.parts[0], other, then)
    if other.op == "if" and other.args[0] is condition:
        other = other.parts[2]
    if then.op == "if" and then.args[0] is condition:
        then = then.parts[1]
    low, high = min(then.low, other.low), max(then.high, other.high)
    return _node("if", condition, then, other, truth=False, low=low, high=high)


def least(*parts: Node) -> Node:
    """The smallest of them."""
    return _extreme("least", parts)


def most(*parts: Node) -> Node:
    """The largest of them."""
    return _extreme("most", parts)


def _extreme(op: str, parts: tuple[Node, ...]) -> Node:
    flat = dict.fromkeys(one for part in parts for one in (part.parts if part.op == op else (part,)))
    if op == "least":
        bound = min(one.high for one in flat)
        kept = [one for one in flat if one.low < bound] or [one for one in flat if one.high == bound][:1]
        kept += [one for one in flat if one not in kept and constant(one) == bound][:1]
    else:
        bound = max(one.low for one in flat)
        kept = [one for one in flat if one.high > bound] or [one for one in flat if one.low == bound][:1]
        kept += [one for one in flat if one not in kept and constant(one) == bound][:1]
    if len(kept) == 1:
        return kept[0]
    pick = min if op == "least" else max
    kept.sort(key=lambda one: one.number)
    return _node(op, *kept, truth=False, low=pick(k.low for k in kept), high=pick(k.high for k in kept))


def as_number(part: Node) -> Node:
    """1 where it holds, else 0."""
    return if_(part, number(1), ZERO)


def at_least(left: Node, right: Node) -> Node:
    """``left >= right``; beside a number, always in the form "a plain column is at least so much"."""
    if left is right or left.low >= right.high:
        return TRUE
    if left.high < right.low:
        return FALSE
    if right.op == "if" and leaves(right, EXPANDED) <= EXPANDED:
        return either(right.parts[0], at_least(left, right.parts[1]), at_least(left, right.parts[2]))
    if left.op == "if" and leaves(left, EXPANDED) <= EXPANDED:
        return either(left.parts[0], at_least(left.parts[1], right), at_least(left.parts[2], right))
    if (bound := constant(left)) is not None:
        return not_(at_least(right, number(bound + 1)))
    if (bound := constant(right)) is not None:
        return _reaches(left, bound)
    return _node("ge", left, right, truth=True)


def _reaches(part: Node, bound: int) -> Node:
    """``part >= bound``, with sums, fractions and choices moved to the side of the bound."""
    if part.op == "if":
        return either(part.parts[0], _bounded(part.parts[1], bound), _bounded(part.parts[2], bound))
    if part.op in ("least", "most"):
        combine = and_ if part.op == "least" else or_
        return combine(*(_bounded(one, bound) for one in part.parts))
    if part.op == "add" and (base := [one.low for one in part.parts if constant(one) is not None]):
        rest = [one for one in part.parts if constant(one) is None]
        return _bounded(add(*rest), bound - base[0])
    if part.op == "scaled":
        one, numerator, denominator, up = part.args
        assert isinstance(one, Node) and isinstance(numerator, int) and isinstance(denominator, int)  # noqa: S101, PT018
        if numerator > 0:
            exact = ((bound - 1) * denominator // numerator) + 1 if up else -(-bound * denominator // numerator)
            return _bounded(one, exact)
        if denominator == 1:
            return not_(_bounded(one, bound // numerator + 1))
    return _node("ge", part, number(bound), truth=True)


def _bounded(part: Node, bound: int) -> Node:
    return at_least(part, number(bound))


def either(condition: Node, then: Node, other: Node) -> Node:
    """A truth where the condition holds, else another."""
    if then is other:
        return then
    if implies(then, other):
        return and_(other, or_(not_(condition), then))
    if implies(other, then):
        return and_(then, or_(condition, other))
    return or_(and_(condition, then), and_(not_(condition), other))


def implies(one: Node, other: Node) -> bool:
    """Seen at once: where the one holds, so does the other."""
    if one is FALSE or other is TRUE or one is other:
        return True
    if one.op == other.op == "not":
        return implies(other.parts[0], one.parts[0])
    if one.op == other.op == "ge" and one.args[0] is other.args[0]:
        return one.parts[1].low >= other.parts[1].high
    return False


def leaves(node: Node, enough: int) -> int:
    """How many constants a nest of choices has; more than ``enough`` if something else is in it."""
    if constant(node) is not None:
        return 1
    if node.op != "if" or enough <= 0:
        return FOREVER
    return min(FOREVER, leaves(node.parts[1], enough - 1) + leaves(node.parts[2], enough - 1))


def below(left: Node, right: Node) -> Node:
    """``left < right``."""
    return not_(at_least(left, right))


def first_of(truths: Sequence[Node]) -> Node:
    """The index of the first that holds, or -1; worked out digit by digit, because truths are cheap and numbers not."""
    anybody, digits = _first(truths)
    index = add(*(if_(digit, number(2**n), ZERO) for n, digit in enumerate(digits)))
    return if_(anybody, index, number(-1))


def _first(truths: Sequence[Node]) -> tuple[Node, list[Node]]:
    """Whether any holds, and the binary digits of the index of the first that does, the lowest first."""
    if len(truths) < 2:
        return (truths[0] if truths else FALSE), []
    half = 2 ** ((len(truths) - 1).bit_length() - 1)
    (left, lows), (right, highs) = _first(truths[:half]), _first(truths[half:])
    highs += [FALSE] * (len(lows) - len(highs))
    later = not_(left)
    digits = [or_(low, and_(later, high)) for low, high in zip(lows, highs, strict=True)]
    return or_(left, right), [*digits, and_(later, right)]


def columns_of(*nodes: Node) -> frozenset[str]:
    """The columns of the frame on which they hang."""
    found: set[str] = set()
    seen: set[Node] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(node.parts)
            if node.op in ("column", "flag", "among", "is_null"):
                found.add(str(node.args[0]))
    return frozenset(found)
