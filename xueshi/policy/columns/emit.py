"""Nodes as Narwhals expressions: what several of them share is computed once, in stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import narwhals as nw

from xueshi.policy.columns.algebra import Node, constant

LEAVES = frozenset({"true", "false", "number", "column", "flag"})
NARROW = ((2**7, nw.Int8), (2**15, nw.Int16), (2**31, nw.Int32))


@dataclass(frozen=True)
class Program:
    """Columns to be added, stage by stage, and then those that are wanted."""

    stages: tuple[tuple[nw.Expr, ...], ...]
    wanted: tuple[nw.Expr, ...]

    def run(self, frame: Any, *kept: str) -> Any:
        """The wanted columns, beside those kept, of a Narwhals frame."""
        for stage in self.stages:
            frame = frame.with_columns(*stage)
        return frame.select(*kept, *self.wanted)


def program(wanted: Mapping[str, tuple[Node, Any]]) -> Program:
    """How to compute these nodes, each under a name and of a type."""
    roots = [node for node, _ in wanted.values()]
    names = {node: f"_shared_{n}" for n, node in enumerate(_shared(roots))}
    writer = _Writer(names)
    stages: dict[int, list[nw.Expr]] = {}
    for node, name in names.items():
        stages.setdefault(writer.level(node), []).append(writer.write(node, whole=True).alias(name))
    return Program(
        tuple(tuple(stages[level]) for level in sorted(stages)),
        tuple(writer.write(node).cast(dtype).alias(name) for name, (node, dtype) in wanted.items()),
    )


def _shared(roots: list[Node]) -> list[Node]:
    """What is used more than once, and is worth keeping; parts before what is made of them."""
    used: dict[Node, int] = {}
    order: list[Node] = []

    def visit(node: Node) -> None:
        used[node] = used.get(node, 0) + 1
        if used[node] == 1:
            for part in node.parts:
                visit(part)
            order.append(node)

    for root in roots:
        visit(root)
    return [node for node in order if used[node] > 1 and node.op not in LEAVES]


class _Writer:
    def __init__(self, names: Mapping[Node, str]) -> None:
        self.names = names
        self.levels: dict[Node, int] = {}

    def level(self, node: Node) -> int:
        """In which stage a kept node can be computed: after all kept nodes in it."""
        if node not in self.levels:
            beneath = [self.level(part) for part in node.parts]
            self.levels[node] = max(beneath, default=0) + (node in self.names)
        return self.levels[node]

    def write(self, node: Node, *, whole: bool = False) -> nw.Expr:
        """The node as an expression; a kept one by its name, unless it is to be computed (``whole``)."""
        if node in self.names and not whole:
            return nw.col(self.names[node])
        written: nw.Expr = getattr(self, f"_{node.op}")(node)
        return written

    def _parts(self, node: Node) -> list[nw.Expr]:
        return [self.write(part) for part in node.parts]

    def _true(self, _node: Node) -> nw.Expr:
        return nw.lit(True)

    def _false(self, _node: Node) -> nw.Expr:
        return nw.lit(False)

    def _flag(self, node: Node) -> nw.Expr:
        return _filled(nw.col(str(node.args[0])), node.args[1])

    def _is_null(self, node: Node) -> nw.Expr:
        return nw.col(str(node.args[0])).is_null()

    def _among(self, node: Node) -> nw.Expr:
        name, codes, null = node.args
        assert isinstance(codes, tuple)  # noqa: S101 - see algebra.among
        code = nw.col(str(name))
        if codes and len(codes) == codes[-1] - codes[0] + 1 and len(codes) > 1:
            return _filled(code.is_between(codes[0], codes[-1]), null)
        return _filled(reduce(or_, [code == one for one in codes]) if codes else code < -1, null)

    def _not(self, node: Node) -> nw.Expr:
        part = node.parts[0]
        if part.op == "ge" and part not in self.names:
            left, right = self._parts(part)
            return left < right
        return ~self.write(part)

    def _and(self, node: Node) -> nw.Expr:
        return reduce(and_, self._parts(node))

    def _or(self, node: Node) -> nw.Expr:
        return reduce(or_, self._parts(node))

    def _ge(self, node: Node) -> nw.Expr:
        left, right = node.parts
        return self.write(left) >= (constant(right) if constant(right) is not None else self.write(right))

    def _number(self, node: Node) -> nw.Expr:
        return nw.lit(node.low)

    def _column(self, node: Node) -> nw.Expr:
        return _filled(nw.col(str(node.args[0])), node.args[1])

    def _add(self, node: Node) -> nw.Expr:
        known = [one.low for one in node.parts if constant(one) is not None]
        total = reduce(lambda one, other: one + other, [self.write(p) for p in node.parts if constant(p) is None])
        return total + known[0] if known else total

    def _scaled(self, node: Node) -> nw.Expr:
        part, numerator, denominator, up = node.args
        assert isinstance(part, Node) and isinstance(numerator, int) and isinstance(denominator, int)  # noqa: S101, PT018
        written = self.write(part)
        if numerator == -1 and denominator == 1:
            return -written
        if numerator != 1:
            written = written.cast(nw.Int64) * numerator
        if denominator == 1:
            return written
        return (written + (denominator - 1) if up else written) // denominator

    def _times(self, node: Node) -> nw.Expr:
        left, right = self._parts(node)
        return left.cast(nw.Int64) * right

    def _if(self, node: Node) -> nw.Expr:
        condition, then, other = node.parts
        dtype = next((kind for bound, kind in NARROW if -bound <= node.low and node.high < bound), nw.Int64)
        ways = [nw.lit(one.low, dtype) if constant(one) is not None else self.write(one) for one in (then, other)]
        return nw.when(self.write(condition)).then(ways[0]).otherwise(ways[1])

    def _least(self, node: Node) -> nw.Expr:
        return nw.min_horizontal(*self._parts(node))

    def _most(self, node: Node) -> nw.Expr:
        return nw.max_horizontal(*self._parts(node))


def _filled(written: nw.Expr, null: object) -> nw.Expr:
    return written if null is None else written.fill_null(null)  # type: ignore[arg-type]  # a truth or a number
