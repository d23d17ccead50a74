"""How much of a video has really been watched (pure).

Lengths and moments are whole milliseconds; moments are counted from 1970 and come from the database's clock.
What a player says can only take away: no time is credited that has not passed, no part of a video twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LONGEST_GAP_MS = 90_000  # silence that may still be credited: a dead network for a minute loses nothing
TOLERANCE_MS = 3_000  # what a beat that came late may leave to the next one
COMPLETE_PER_CENT = 95
BEAT_SECONDS = 15

Stretch = tuple[int, int]  # [from, to) of a video


@dataclass(frozen=True, slots=True)
class Span:
    """A closed stretch of time in which something was credited."""

    from_ms: int
    to_ms: int
    credited_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a player stood when the server last heard from it.

    `reserve_ms` is time that has passed and was not yet used; `owed` was played and not yet credited. Both are at
    most TOLERANCE_MS: they let beats come a little late or early without losing anything.
    """

    heard_ms: int
    position_ms: int
    covered: tuple[Stretch, ...] = ()
    span_from_ms: int | None = None  # None: no clock is running
    span_credited_ms: int = 0
    reserve_ms: int = 0
    owed: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A beat: what was played since the last one that was acknowledged, in the order of playing."""

    at_ms: int
    position_ms: int
    played: tuple[Stretch, ...] = ()
    leaving: bool = False  # the page is being left: close the span


@dataclass(frozen=True, slots=True)
class Credit:
    """What a beat earned, where the player stands now, and the span that it closed."""

    ms: int
    standing: Standing
    closed: Span | None = None
    silent: bool = False  # too long unheard: what was played meanwhile does not count


def credit(before: Standing, now: Heard, length_ms: int) -> Credit:
    """Credit what was newly played, but never more than the time that has passed since the last beat."""
    at = max(now.at_ms, before.heard_ms)  # a clock set back earns nothing and costs nothing
    played = clipped(now.played, length_ms)
    position = min(max(now.position_ms, 0), length_ms)
    gap = at - before.heard_ms
    if before.span_from_ms is None or gap > LONGEST_GAP_MS:
        standing = Standing(
            heard_ms=at,
            position_ms=played[0][0] if played else position,
            covered=before.covered,
            span_from_ms=None if now.leaving else at,
        )
        return Credit(0, standing, closed_span(before), silent=bool(played))
    allowed = gap + before.reserve_ms
    fresh = uncovered((*before.owed, *played), before.covered)
    taken, left = first(fresh, allowed)
    earned = measure(taken)
    standing = Standing(
        heard_ms=at,
        position_ms=position,
        covered=merged((*before.covered, *taken)),
        span_from_ms=before.span_from_ms,
        span_credited_ms=before.span_credited_ms + earned,
        reserve_ms=min(TOLERANCE_MS, allowed - earned),
        owed=tuple(first(left, TOLERANCE_MS)[0]),
    )
    if not now.leaving:
        return Credit(earned, standing)
    gone = replace(standing, span_from_ms=None, span_credited_ms=0, reserve_ms=0, owed=())
    return Credit(earned, gone, closed_span(standing))


def closed_span(standing: Standing) -> Span | None:
    """The open span as it ends with the last beat heard; None if nothing was credited in it."""
    if standing.span_from_ms is None or not standing.span_credited_ms:
        return None
    return Span(standing.span_from_ms, standing.heard_ms, standing.span_credited_ms)


def is_complete(length_ms: int, covered: Sequence[Stretch], credited_ms: int) -> bool:
    """Seen and timed: 95 % of the positions covered, and as much time credited."""
    need = COMPLETE_PER_CENT * length_ms
    return measure(covered) * 100 >= need and credited_ms * 100 >= need


def gaps(covered: Sequence[Stretch], length_ms: int, *, shortest_ms: int = 1000) -> list[Stretch]:
    """What was skipped: the holes before the furthest position that counts, those worth showing."""
    reached = max((end for _, end in covered), default=0)
    return [
        (start, end) for start, end in uncovered([(0, min(reached, length_ms))], covered) if end - start >= shortest_ms
    ]


def beat_seconds(length_ms: int) -> int:
    """How often a player reports: every 15 s, and at least four times in a short video."""
    return max(1, min(BEAT_SECONDS, length_ms // 4000))


# ---- stretches -------------------------------------------------------------------------------------


def measure(stretches: Iterable[Stretch]) -> int:
    """The length of stretches that lie apart."""
    return sum(end - start for start, end in stretches)


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same positions as few stretches, ascending and apart."""
    result: list[Stretch] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def clipped(stretches: Iterable[Stretch], length_ms: int) -> list[Stretch]:
    """Those parts that lie within the video; what runs backwards is dropped."""
    inside = [(max(start, 0), min(end, length_ms)) for start, end in stretches]
    return [(start, end) for start, end in inside if start < end]


def uncovered(stretches: Iterable[Stretch], covered: Iterable[Stretch]) -> list[Stretch]:
    """What of these, in their order, neither is covered nor came before in the list."""
    known = merged(covered)
    result: list[Stretch] = []
    for start, end in stretches:
        at = start
        for left, right in known:
            if right <= at:
                continue
            if left >= end:
                break
            if left > at:
                result.append((at, left))
            at = right
        if at < end:
            result.append((at, end))
        known = merged((*known, (start, end)))
    return result


def first(stretches: Iterable[Stretch], ms: int) -> tuple[list[Stretch], list[Stretch]]:
    """The first `ms` of them, and the rest."""
    taken: list[Stretch] = []
    rest: list[Stretch] = []
    for start, end in stretches:
        cut = min(end, start + ms)
        ms -= max(0, cut - start)
        if start < cut:
            taken.append((start, cut))
        if cut < end:
            rest.append((max(cut, start), end))
    return taken, rest
