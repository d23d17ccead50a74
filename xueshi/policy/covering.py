"""The cheapest choice of items that covers every need: a small exact search over whole numbers.

The planner turns what it hears from the engine into covers (``these offers together bring at most so much
towards that gap``) and asks here for the cheapest set that is not yet ruled out. Nothing here knows of hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_Key = tuple[int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Cover:
    """Of these items, so much is needed in all; each brings at most its weight."""

    weights: Mapping[int, int]
    need: int

    @property
    def key(self) -> _Key:
        """The same for equal covers."""
        return self.need, tuple(sorted(self.weights.items()))


@dataclass
class Patience:
    """How many steps a search may still take; ``out`` once it wanted more."""

    left: int
    out: bool = False

    def step(self) -> bool:
        """Take a step, if there is one left."""
        if self.left <= 0:
            self.out = True
        self.left -= 1
        return not self.out


@dataclass
class Cheapest:
    """The search, with what it has already found for parts of the covers."""

    costs: Sequence[int]
    patience: Patience
    known: dict[object, frozenset[int] | None] = field(default_factory=dict)

    def cover(self, covers: Sequence[Cover], allowed: frozenset[int]) -> frozenset[int] | None:
        """The cheapest of the ``allowed`` items that satisfy every cover, or None if all together do not.

        Exact while patience lasts; after that nothing is said (None, and ``patience.out``). Every cost is above
        nothing, so no item is taken that is not needed. Covers that share no item are searched apart.
        """
        chosen: set[int] = set()
        for part in _apart([_within(cover, allowed) for cover in covers]):
            key = tuple(sorted(cover.key for cover in part))
            if key not in self.known:
                found = _Search(self.costs, self.patience).run(part)
                if self.patience.out:
                    return None
                self.known[key] = found
            best = self.known[key]
            if best is None:
                return None
            chosen |= best
        return frozenset(chosen)


def _within(cover: Cover, allowed: frozenset[int]) -> Cover:
    return Cover({item: weight for item, weight in cover.weights.items() if item in allowed}, cover.need)


def _apart(covers: Sequence[Cover]) -> Iterator[list[Cover]]:
    """The covers in groups that share no item, each once."""
    groups: list[tuple[set[int], dict[_Key, Cover]]] = []
    for cover in covers:
        items, members = set(cover.weights), {cover.key: cover}
        rest: list[tuple[set[int], dict[_Key, Cover]]] = []
        for others, theirs in groups:
            if items & others:
                items, members = items | others, {**theirs, **members}
            else:
                rest.append((others, theirs))
        groups = [*rest, (items, members)]
    for _, members in groups:
        yield [*members.values()]


@dataclass
class _Search:
    """Depth first, the most needed cover first and in it the best bargain; a floor cuts off what cannot win."""

    costs: Sequence[int]
    patience: Patience
    best: frozenset[int] | None = None
    price: int = 0

    def run(self, covers: Sequence[Cover]) -> frozenset[int] | None:
        self._descend(covers, frozenset(), 0)
        return self.best

    def _descend(self, covers: Sequence[Cover], chosen: frozenset[int], cost: int) -> None:
        """Try to satisfy what is left: with the best bargain, then without it."""
        if not covers:
            self.best, self.price = chosen, cost
            return
        if not self.patience.step():
            return
        floors = [self._floor(cover) for cover in covers]
        known = [floor for floor in floors if floor is not None]
        if len(known) < len(floors):
            return
        if self.best is not None and cost + _together(covers, [floor for floor, _ in known]) >= self.price:
            return
        _, item = max(known, key=lambda one: one[0])
        self._descend(
            [one for cover in covers for one in _given(cover, item)], chosen | {item}, cost + self.costs[item]
        )
        self._descend([_without(cover, item) for cover in covers], chosen, cost)

    def _floor(self, cover: Cover) -> tuple[int, int] | None:
        """What a cover costs at least, if items could be divided, and its best bargain; None: it cannot be met."""
        need, cost = cover.need, 0
        bargains = sorted((((self.costs[i] << 64) // min(w, need)), i) for i, w in cover.weights.items())
        for _, item in bargains:
            weight = min(cover.weights[item], cover.need)
            if weight >= need:
                # One less, because bargains are compared to 64 bits only.
                return cost - (-self.costs[item] * need // weight) - 1, bargains[0][1]
            need -= weight
            cost += self.costs[item]
        return None


def _together(covers: Sequence[Cover], floors: Sequence[int]) -> int:
    """The floors of covers without common items add up."""
    total, used = 0, set[int]()
    for floor, cover in sorted(zip(floors, covers, strict=True), key=lambda pair: -pair[0]):
        if used.isdisjoint(cover.weights):
            total += floor
            used |= cover.weights.keys()
    return total


def _given(cover: Cover, item: int) -> Iterator[Cover]:
    """What is left of a cover once an item is taken; nothing, if it is satisfied."""
    need = cover.need - cover.weights.get(item, 0)
    if need > 0:
        yield Cover({i: w for i, w in cover.weights.items() if i != item}, need)


def _without(cover: Cover, item: int) -> Cover:
    return Cover({i: w for i, w in cover.weights.items() if i != item}, cover.need)
