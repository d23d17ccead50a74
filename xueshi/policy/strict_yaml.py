"""YAML without its surprises, and with the line of everything.

No key twice; ``true`` and ``false`` are the only booleans (``yes``, ``on`` are words); no octal, no
sexagesimal, no anchors, tags or merges; a number is a whole number or an exact decimal; a bare
``2010-10-27`` is a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import yaml

Scalar: TypeAlias = str | int | Decimal | bool | date

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DEEPEST = 60  # levels inside one another; the parser's time grows with their square, and no law needs ten


class NotUnderstood(ValueError):
    """A file of law that we do not wholly understand; the sentence names the place."""


@dataclass(frozen=True)
class Node:
    """A value and the line it stands on; ``lines`` are those of a mapping's keys."""

    value: Scalar | tuple[Node, ...] | dict[str, Node]
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def plain(self) -> object:
        """The same without lines, as canonical JSON would hold it: days and numbers as text."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        if isinstance(self.value, date | Decimal):
            return str(self.value)
        return self.value


def read(text: str, file: str) -> Node:
    """The one document in ``text``; ``file`` is only for the messages."""
    try:
        events = list(_events(text, file))
    except yaml.YAMLError as problem:
        if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark is not None:
            line, said = problem.problem_mark.line + 1, problem.problem
        else:  # a sign that no text has, which has a position only
            line, said = text.count("\n", 0, getattr(problem, "position", 0)) + 1, "a sign that no text has"
        raise NotUnderstood(f"{file} (line {line}): not YAML: {said}") from problem
    if not events:
        raise NotUnderstood(f"{file}: the file is empty")
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) != 1:
        raise NotUnderstood(f"{file}: more than one document in one file")
    return _Builder(file, iter(events[1:])).value()


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    """What the parser meets, the stream's own ends left out; it stops at the first level too many."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent):
            continue
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = getattr(event.start_mark, "line", 0) + 1
            raise NotUnderstood(f"{file} (line {line}): more than {DEEPEST} levels inside one another")
        yield event


@dataclass
class _Builder:
    file: str
    events: Iterator[yaml.Event]

    def value(self) -> Node:
        return self.of(next(self.events))

    def of(self, event: yaml.Event) -> Node:
        line = getattr(event.start_mark, "line", 0) + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refusal(line, "anchors and aliases are not used here; write it out")
        if getattr(event, "tag", None):
            raise self.refusal(line, f"the tag {getattr(event, 'tag', '')!r} is not used here")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(line)
        if isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event, line), line)
        raise self.refusal(line, "something stands here that is not data")  # pragma: no cover

    def mapping(self, line: int) -> Node:
        found: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.of(event)
            if not isinstance(key.value, str | int | Decimal) or isinstance(key.value, bool):
                raise self.refusal(key.line, f"{key.value!r} cannot be a key")
            name = str(key.value)
            if name in found:
                raise self.refusal(key.line, f"the key {name!r} stands twice (first on line {lines[name]})")
            lines[name] = key.line
            found[name] = self.value()
        return Node(found, line, lines)

    def sequence(self, line: int) -> Node:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.of(event))
        return Node(tuple(items), line)

    def scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar:
        text = event.value
        if not isinstance(text, str) or event.style is not None:
            return str(text)
        if text in ("", "~", "null"):
            raise self.refusal(line, "a value is missing (a comma inside {…} splits a sentence; quote it)")
        if text in ("true", "false"):
            return text == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        if _DAY.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise self.refusal(line, f"{text} is not a day of the calendar") from None
        return text

    def refusal(self, line: int, why: str) -> NotUnderstood:
        return NotUnderstood(f"{self.file} (line {line}): {why}")
