"""Nodes as expressions of Narwhals or Polars: what several of them share is computed once, in stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any

import narwhals as nw
import polars as pl

from xueshi.policy.columns.algebra import Node, constant

LEAVES = frozenset({"true", "false", "number", "column", "flag"})
Wanted = Mapping[str, tuple[Node, str]]


@dataclass(frozen=True)
class Program:
    """What to compute: columns under a name, each of a type (``Int8``), worked out in stages.

    The expressions are written once for Narwhals, which runs them on Spark and others, and once for Polars itself:
    the two have the same words, and to go through Narwhals would cost more than a small frame does.
    """

    wanted: Wanted

    def run(self, frame: Any, *kept: str) -> Any:
        """The wanted columns, beside those kept; what comes is of the kind of what is given."""
        if isinstance(frame, pl.DataFrame | pl.LazyFrame):
            return self._through(frame, self._polars, kept)
        return self._through(nw.from_native(frame), self._narwhals, kept).to_native()

    def _through(self, frame: Any, written: Stages, kept: tuple[str, ...]) -> Any:
        for stage in written[:-1]:
            frame = frame.with_columns(*stage)
        return frame.select(*kept, *written[-1])

    @cached_property
    def _polars(self) -> Stages:
        return _written(self.wanted, pl)

    @cached_property
    def _narwhals(self) -> Stages:
        return _written(self.wanted, nw)


Stages = list[list[Any]]


def _written(wanted: Wanted, words: Any) -> Stages:
    """The expressions, stage by stage; the last are those wanted."""
    names = {node: f"_shared_{n}" for n, node in enumerate(_shared([node for node, _ in wanted.values()]))}
    writer = _Writer(names, words)
    stages: dict[int, list[Any]] = {}
    for node, name in names.items():
        stages.setdefault(writer.level(node), []).append(writer.write(node, whole=True).alias(name))
    last = [writer.write(node).cast(getattr(words, kind)).alias(name) for name, (node, kind) in wanted.items()]
    return [*(stages[level] for level in sorted(stages)), last]


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
    def __init__(self, names: Mapping[Node, str], words: Any) -> None:
        self.names, self.words = names, words
        self.levels: dict[Node, int] = {}

    def level(self, node: Node) -> int:
        """In which stage a kept node can be computed: after all kept nodes in it."""
        if node not in self.levels:
            beneath = [self.level(part) for part in node.parts]
            self.levels[node] = max(beneath, default=0) + (node in self.names)
        return self.levels[node]

    def write(self, node: Node, *, whole: bool = False) -> Any:
        """The node as an expression; a kept one by its name, unless it is to be computed (``whole``)."""
        if node in self.names and not whole:
            return self.words.col(self.names[node])
        return getattr(self, f"_{node.op}")(node)

    def _parts(self, node: Node) -> list[Any]:
        return [self.write(part) for part in node.parts]

    def _true(self, _node: Node) -> Any:
        return self.words.lit(True)

    def _false(self, _node: Node) -> Any:
        return self.words.lit(False)

    def _flag(self, node: Node) -> Any:
        return _filled(self.words.col(str(node.args[0])), node.args[1])

    def _is_null(self, node: Node) -> Any:
        return self.words.col(str(node.args[0])).is_null()

    def _among(self, node: Node) -> Any:
        name, codes, null = node.args
        assert isinstance(codes, tuple)  # noqa: S101 - see algebra.among
        code = self.words.col(str(name))
        if codes and len(codes) == codes[-1] - codes[0] + 1 and len(codes) > 1:
            return _filled(code.is_between(codes[0], codes[-1]), null)
        return _filled(reduce(or_, [code == one for one in codes]) if codes else code < -1, null)

    def _not(self, node: Node) -> Any:
        part = node.parts[0]
        if part.op == "ge" and part not in self.names:
            left, right = self._parts(part)
            return left < right
        return ~self.write(part)

    def _and(self, node: Node) -> Any:
        return reduce(and_, self._parts(node))

    def _or(self, node: Node) -> Any:
        return reduce(or_, self._parts(node))

    def _ge(self, node: Node) -> Any:
        left, right = node.parts
        return self.write(left) >= (constant(right) if constant(right) is not None else self.write(right))

    def _number(self, node: Node) -> Any:
        return self.words.lit(node.low)

    def _column(self, node: Node) -> Any:
        return _filled(self.words.col(str(node.args[0])), node.args[1])

    def _add(self, node: Node) -> Any:
        known = [one.low for one in node.parts if constant(one) is not None]
        each = [self.write(part) for part in node.parts if constant(part) is None]
        wide = _width(node)
        if wide > max(_width(part) for part in node.parts):
            each[0] = each[0].cast(getattr(self.words, f"Int{wide}"))
        total = reduce(lambda one, other: one + other, each)
        return total + known[0] if known else total

    def _scaled(self, node: Node) -> Any:
        part, numerator, denominator, up = node.args
        assert isinstance(part, Node) and isinstance(numerator, int) and isinstance(denominator, int)  # noqa: S101, PT018
        written = self.write(part)
        if numerator == -1 and denominator == 1:
            return -written
        if numerator != 1:
            written = written.cast(self.words.Int64) * numerator
        if denominator == 1:
            return written
        return (written + (denominator - 1) if up else written) // denominator

    def _times(self, node: Node) -> Any:
        left, right = self._parts(node)
        return left.cast(self.words.Int64) * right

    def _if(self, node: Node) -> Any:
        condition, then, other = node.parts
        dtype = getattr(self.words, f"Int{_width(node)}")
        ways = [
            self.words.lit(one.low, dtype) if constant(one) is not None else self.write(one) for one in (then, other)
        ]
        return self.words.when(self.write(condition)).then(ways[0]).otherwise(ways[1])

    def _least(self, node: Node) -> Any:
        return self.words.min_horizontal(*self._parts(node))

    def _most(self, node: Node) -> Any:
        return self.words.max_horizontal(*self._parts(node))


def _width(node: Node) -> int:
    """How many bits hold whatever it may be."""
    return next((bits for bits in (8, 16, 32) if -(2 ** (bits - 1)) <= node.low and node.high < 2 ** (bits - 1)), 64)


def _filled(written: Any, null: object) -> Any:
    return written if null is None else written.fill_null(null)
