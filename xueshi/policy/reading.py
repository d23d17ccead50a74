"""A place in a file of law, and what may stand there: closed keys, closed words, named places."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from xueshi.policy import whole
from xueshi.policy.strict_yaml import Node, NotUnderstood


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` or nothing."""
    close = get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


@dataclass(frozen=True)
class Here:
    """A value, and the way to it: file, provision, verb, keys."""

    node: Node
    file: str
    path: tuple[str, ...] = ()

    def refuse(self, why: str, line: int | None = None) -> NotUnderstood:
        """The error for this place; the caller raises it."""
        way = ", ".join((self.file, *self.path))
        return NotUnderstood(f"{way} (line {line or self.node.line}): {why}")

    def named(self, *path: str) -> Here:
        """The same place under a clearer name."""
        return replace(self, path=path)

    def all_fields(self) -> dict[str, Here]:
        """Every key with its value, whatever the keys are."""
        if not isinstance(self.node.value, dict):
            raise self.refuse("keys with values are expected here")
        return {k: Here(v, self.file, (*self.path, k)) for k, v in self.node.value.items()}

    def fields(
        self, known: Collection[str], *, required: Collection[str] = (), later: Collection[str] = ()
    ) -> dict[str, Here]:
        """The keys that stand here; an unknown one is refused, and so is a missing required one.

        ``later`` are keys of the vocabulary that this version does not apply: better no rulebook
        than one that leaves a sentence out.
        """
        found = self.all_fields()
        for key in found:
            if key in known:
                continue
            line = self.node.lines[key]
            if key in later:
                raise self.refuse(f"{key!r} is not understood by this version", line)
            meant = did_you_mean(key, known)
            raise self.refuse(f"{key!r} is not a word of the vocabulary here.{meant}", line)
        for key in required:
            if key not in found:
                raise self.refuse(f"{key!r} is missing")
        return found

    def items(self) -> list[Here]:
        """The values of a list; a single value is a list of one."""
        if not isinstance(self.node.value, tuple):
            return [self]
        return [Here(node, self.file, self.path) for node in self.node.value]

    def text(self) -> str:
        """Words; never empty. A number is welcome where words are expected (``issuer: 2010``)."""
        value = self.node.value
        if isinstance(value, dict | tuple | bool) or not str(value).strip():
            raise self.refuse("words are expected here")
        return str(value).strip()

    def texts(self) -> tuple[str, ...]:
        """Several words, or one."""
        return tuple(item.text() for item in self.items())

    def word(self, choices: Collection[str], what: str) -> str:
        """One of a closed list; ``what`` says what the list is of."""
        value = self.text()
        if value not in choices:
            raise self.refuse(f"{value!r} is not {what}.{did_you_mean(value, choices)}")
        return value

    def words(self, choices: Collection[str], what: str) -> tuple[str, ...]:
        """Several of a closed list, none twice."""
        found = tuple(item.word(choices, what) for item in self.items())
        if len(set(found)) != len(found):
            raise self.refuse("the same word stands twice")
        return found

    def flag(self) -> bool:
        """``true`` or ``false``."""
        if not isinstance(self.node.value, bool):
            raise self.refuse("true or false is expected here")
        return self.node.value

    def day(self) -> date:
        """A day, as 2010-10-27."""
        if not isinstance(self.node.value, date):
            raise self.refuse("a day is expected here, as 2010-10-27")
        return self.node.value

    def count(self, *, least: int = 0) -> int:
        """A whole number."""
        value = self.node.value
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.refuse(f"a whole number of at least {least} is expected here")
        return value

    def fraction(self) -> Fraction:
        """A number: 30, 29.5 or 1/3; never below nothing."""
        value = self.node.value
        refusal = self.refuse("a number is expected here, as 30, 29.5 or 1/3")
        if isinstance(value, bool | date | dict | tuple):
            raise refusal
        try:
            found = Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise refusal from None
        if found < 0:
            raise self.refuse("a number below nothing has no meaning here")
        return found

    def parts(self) -> int:
        """Hours, as whole 1/1800ths."""
        try:
            return whole.parts(self.fraction())
        except whole.NotWhole as problem:
            raise self.refuse(str(problem)) from None

    def money(self) -> Decimal:
        """Yuan, quoted so that the zeros stay: "70.00"."""
        value = self.node.value
        whole_part, _, cents = str(value).partition(".")
        if not isinstance(value, str) or not whole_part.isdecimal() or len(cents) != 2:
            raise self.refuse('an amount in yuan is expected here, as "70.00"')
        if not cents.isdecimal():
            raise self.refuse('an amount in yuan is expected here, as "70.00"')
        return Decimal(value)
