"""Which engine answers. All give the same ``Answers``; only here is one exchanged for another."""

from __future__ import annotations

from collections.abc import Callable

from xueshi.command.judging import Answers, Laws, Question, walk
from xueshi.command.population import Population
from xueshi.command.speech import Stop, Two, Voice

ENGINES = ("walk", "polars", "spark")
Engine = Callable[[Population, Laws, Question, Voice, Callable[[int], None]], Answers]


def chosen(name: str) -> Engine:
    """The engine of this name; ``Stop`` where it is not installed."""
    if name == "walk":
        return walk
    raise Stop(Two("引擎 {name} 还不能用，请用 walk。", "The engine {name} is not available; use walk."), name=name)
