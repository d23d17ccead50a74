"""What the command line says, in two languages, and the bar that shows how far it is."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TextIO


class Two(NamedTuple):
    """One sentence in Chinese and in English; ``{}`` places are filled in either."""

    zh: str
    en: str

    def in_(self, lang: str, **places: object) -> str:
        """The sentence in a language, with its places filled; a place may be a ``Two`` itself."""
        said = {name: place.in_(lang) if isinstance(place, Two) else place for name, place in places.items()}
        text = self.zh if lang == "zh" else self.en
        return text.format(**said) if said else text


class Stop(Exception):
    """The command cannot go on; says why, and what to do instead. Exit status 2."""

    def __init__(self, said: Two, **places: object) -> None:
        """Keep the sentence until the language is known."""
        super().__init__(said.in_("en", **places))
        self.said = said
        self.places = places


@dataclass
class Voice:
    """Speaks to the person at the terminal: results on ``out``, everything else on ``err``."""

    lang: str
    out: TextIO
    err: TextIO

    def text(self, said: Two, **places: object) -> str:
        """A sentence in the language chosen."""
        return said.in_(self.lang, **places)

    def say(self, said: Two | str = "", **places: object) -> None:
        """A line of the result."""
        self.out.write((said if isinstance(said, str) else self.text(said, **places)) + "\n")

    def warn(self, said: Two | str, **places: object) -> None:
        """A line beside the result."""
        self.err.write((said if isinstance(said, str) else self.text(said, **places)) + "\n")

    def bar(self, doing: Two, total: int) -> Callable[[int], None]:
        """A bar on ``err`` that is told how many are done; silent where nobody watches."""
        return _Bar(self, self.text(doing), total) if self.err.isatty() else _nothing

    def table(self, rows: list[list[str]], right: int = 99) -> None:
        """Aligned columns, those from ``right`` on to the right; a Chinese character is two wide."""
        wide = [max(map(width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [
                " " * (wide[i] - width(cell)) + cell if i >= right else cell + " " * (wide[i] - width(cell))
                for i, cell in enumerate(row)
            ]
            self.say("  ".join(cells).rstrip())


def width(text: str) -> int:
    """How many places a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _nothing(done: int) -> None:
    """Nobody watches."""


_EVERY = 0.1  # seconds between two pictures of the bar
_WIDE = 24


@dataclass
class _Bar:
    voice: Voice
    doing: str
    total: int
    began: float = 0.0
    shown: float = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        self.began = self.began or now
        if done < self.total and now - self.shown < _EVERY:
            return
        self.shown = now
        full = _WIDE * done // max(self.total, 1)
        left = (now - self.began) * (self.total - done) / done if done else 0.0
        end = "\n" if done >= self.total else ""
        picture = "█" * full + "░" * (_WIDE - full)
        rest = self.voice.text(Two("剩 {left:.0f} 秒", "{left:.0f} s left"), left=left) if done < self.total else ""
        self.voice.err.write(f"\r\x1b[K{self.doing} {picture} {done:,}/{self.total:,} {rest}{end}")
        self.voice.err.flush()


def terminal(lang: str) -> Voice:
    """The person who typed the command."""
    return Voice(lang, sys.stdout, sys.stderr)
