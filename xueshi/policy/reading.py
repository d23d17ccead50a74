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


def instead(word: str, choices: Iterable[str]) -> str:
    """What to write instead: the word that was probably meant, or else the list of what may stand here."""
    known = list(choices)
    if not known:
        return " There is none here."
    if len(known) == 1:
        return f" Write {known[0]!r}."
    more = ", …" if len(known) > _LISTED else "."
    return did_you_mean(word, known) or f" One of: {', '.join(known[:_LISTED])}{more}"


_LISTED = 40
_YEARS = range(1900, 2200)


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

    def unknown(self, key: str, known: Collection[str]) -> NotUnderstood:
        """The error for a key that does not belong here, at its own line."""
        said = f"{key!r} is not a word of the vocabulary here.{instead(key, known)}"
        return self.refuse(said, self.node.lines[key])

    def fields(self, known: Collection[str], *, required: Collection[str] = ()) -> dict[str, Here]:
        """The keys that stand here; an unknown one is refused, and so is a missing required one."""
        found = self.all_fields()
        for key in found:
            if key not in known:
                raise self.unknown(key, known)
        for key in required:
            if key not in found:
                raise self.refuse(f"{key!r} is missing")
        return found

    def only_one(self, found: Collection[str], keys: Collection[str]) -> str:
        """The one of these keys that stands here."""
        said = [key for key in keys if key in found]
        if len(said) != 1:
            raise self.refuse(f"exactly one of {', '.join(keys)} is expected here")
        return said[0]

    def some(self, found: Collection[str], keys: Collection[str]) -> None:
        """At least one of these keys stands here."""
        if not any(key in found for key in keys):
            raise self.refuse(f"one of {', '.join(keys)} is expected here")

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

    def texts(self, *, least: int = 1) -> tuple[str, ...]:
        """Several words, or one; none twice."""
        return self._distinct([item.text() for item in self.items()], least)

    def _distinct(self, found: list[str], least: int) -> tuple[str, ...]:
        if len(found) < least:
            raise self.refuse("the list is empty")
        if len(set(found)) != len(found):
            raise self.refuse("the same word stands twice")
        return tuple(found)

    def word(self, choices: Collection[str], what: str) -> str:
        """One of a closed list; ``what`` says what the list is of."""
        value = self.text()
        if value not in choices:
            raise self.refuse(f"{value!r} is not {what}.{instead(value, choices)}")
        return value

    def words(self, choices: Collection[str], what: str, *, least: int = 1) -> tuple[str, ...]:
        """Several of a closed list, none twice."""
        return self._distinct([item.word(choices, what) for item in self.items()], least)

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

    def year(self) -> int:
        """A year, as 2017."""
        value = self.node.value
        if not isinstance(value, int) or isinstance(value, bool) or value not in _YEARS:
            raise self.refuse("a year is expected here, as 2017")
        return value

    def years(self) -> tuple[int, ...]:
        """Years one by one, or ``{from: 2017, to: 2021}``; oldest first."""
        if isinstance(self.node.value, dict):
            ends = self.fields(("from", "to"), required=("from", "to"))
            found = tuple(range(ends["from"].year(), ends["to"].year() + 1))
        else:
            found = tuple(item.year() for item in self.items())
        if not found or list(found) != sorted(set(found)):
            raise self.refuse("years are expected here, the oldest first, as [2020, 2021] or {from: 2017, to: 2021}")
        return found

    def between(self) -> tuple[date, date]:
        """``{from: 2022-08-29, to: 2022-12-25}``, either of which may be missing."""
        ends = self.fields(("from", "to"))
        self.some(ends, ("from", "to"))
        first = ends["from"].day() if "from" in ends else date.min
        last = ends["to"].day() if "to" in ends else date.max
        if first > last:
            raise self.refuse(f"it would end on {last} before it begins on {first}")
        return first, last

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
