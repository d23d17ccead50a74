"""What a condition sees: a person as of the end of a year, or one entry.

Both read a word once and remember it: a decision asks the same few facts many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.conditions import UNKNOWN
from xueshi.policy.facts import Asked, Facts, Mark
from xueshi.policy.words import Word

_NOTHING: Mapping[str, int] = {}


class PersonSight:
    """Facts as they stood on the last day of ``year``, and the target asked about.

    ``bases`` are what shares are shares of, while an amount is read.
    """

    __slots__ = ("asked", "bases", "calendar", "facts", "first_day", "last_day", "seen", "year")

    def __init__(self, facts: Facts, asked: Asked, year: int, calendar: Calendar = CIVIL) -> None:
        """See the person at the end of ``year``."""
        self.facts, self.asked, self.year, self.calendar = facts, asked, year, calendar
        born = facts.get("born") if calendar.birth_month else None
        self.first_day = calendar.first_day(year, born if isinstance(born, date) else None)
        self.last_day = calendar.last_day(year, born if isinstance(born, date) else None)
        self.bases: Mapping[str, int] = _NOTHING
        self.seen: dict[str, Any] = {}

    def year_of(self, day: date) -> int:
        """See ``conditions.Sight``."""
        born = self.facts.get("born") if self.calendar.birth_month else None
        return self.calendar.year_of(day, born if isinstance(born, date) else None)

    def asked_for(self, mark: str) -> str | None:
        """See ``conditions.Sight``."""
        return self.asked.marks.get(mark)

    def basis(self, of: str) -> int | None:
        """See ``conditions.Sight``."""
        return self.bases.get(of)

    def value(self, word: Word) -> Any:
        """See ``conditions.Sight``. An event still ahead is known not to have happened."""
        try:
            return self.seen[word.name]
        except KeyError:
            value = self.seen[word.name] = self._read(word)
            return value

    def _read(self, word: Word) -> object:
        if word.rows:
            return self._defined(word)
        if word.years_since is not None:
            return self._full_years(word.years_since)
        known = self.asked.target if word.name == "target" else self.facts.get(word.name)
        if known is None:
            return UNKNOWN if word.absent == "unknown" else none(word)
        if word.kind in ("event", "spell"):
            days = known if isinstance(known, tuple) else (known,)
            return tuple(one for one in days if _began(one) <= self.last_day)
        if word.kind in ("word", "name") or isinstance(known, tuple):
            return _held(word, known, self.last_day)
        return known

    def _defined(self, word: Word) -> object:
        for value, condition in word.rows:
            answer = condition.holds(self)
            if answer:
                return (value,)
            if answer is None:
                return UNKNOWN
        return ()

    def _full_years(self, event: Word) -> object:
        days = self.value(event)
        if days is UNKNOWN or not days:
            return days or None
        began, last = max(days), self.last_day
        return last.year - began.year - ((last.month, last.day) < (began.month, began.day))


class EntrySight:
    """The marks of an entry, one that it does not carry being *no*; and behind them the person, if given."""

    __slots__ = ("bases", "person", "says", "words", "year")

    def __init__(
        self,
        says: Mapping[str, Mark],
        year: int,
        person: PersonSight | None = None,
        words: Mapping[str, Word] | None = None,
        bases: Mapping[str, int] = _NOTHING,
    ) -> None:
        """See an entry; with ``person`` a word that is no mark (not in ``words``) is a fact about them."""
        self.says, self.year, self.person, self.words, self.bases = says, year, person, words, bases

    @property
    def first_day(self) -> date:
        """See ``conditions.Sight``."""
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        """See ``conditions.Sight``."""
        return date(self.year, 12, 31)

    def year_of(self, day: date) -> int:
        """See ``conditions.Sight``."""
        return day.year

    def asked_for(self, mark: str) -> str | None:
        """See ``conditions.Sight``."""
        return None if self.person is None else self.person.asked_for(mark)

    def basis(self, of: str) -> int | None:
        """See ``conditions.Sight``."""
        return self.bases.get(of)

    def value(self, word: Word) -> Any:
        """See ``conditions.Sight``."""
        if self.person is not None and self.words is not None and word.name not in self.words:
            return self.person.value(word)
        said = self.says.get(word.name)
        if said is None:
            return none(word)
        if word.kind in ("word", "event", "name"):
            return said if isinstance(said, tuple) else (said,)
        return said


def none(word: Word) -> object:
    """What a word says when it is known to be none."""
    if word.kind in ("word", "event", "name", "spell"):
        return ()
    return False if word.kind == "flag" else None


def _began(one: object) -> date:
    began = one[0] if isinstance(one, tuple) else one
    assert isinstance(began, date)  # noqa: S101 - checking the facts made sure
    return began


def _held(word: Word, known: object, last: date) -> object:
    """What is held on a day: always this, or the newest that had begun; "" says that it is none from then on."""
    words = word.kind in ("word", "name")
    if not isinstance(known, tuple):
        return (known,) if words else known
    begun = [value for day, value in known if day <= last]
    if not begun or begun[-1] == "":
        return none(word)
    return (begun[-1],) if words else begun[-1]
