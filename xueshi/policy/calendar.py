"""When a year of the law begins: on 1 January, on another day, or with a person's birthday month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year begins on ``month``/``day`` and bears the number of the year in which it begins or ends.

    ``birth_month``: it ends with the month in which the person was born; without a birth date it is the
    civil year.
    """

    month: int = 1
    day: int = 1
    named_by_end: bool = False
    birth_month: bool = False

    @property
    def civil(self) -> bool:
        """True for 1 January to 31 December."""
        return (self.month, self.day) == (1, 1) and not self.birth_month

    def first_day(self, year: int, born: date | None = None) -> date:
        """The first day of a year."""
        if self.birth_month and born is not None:
            return _end_of_month(year - 1, born.month) + timedelta(days=1)
        return date(year - (1 if self.named_by_end and not self.civil else 0), self.month, self.day)

    def last_day(self, year: int, born: date | None = None) -> date:
        """The last day of a year."""
        if self.birth_month and born is not None:
            return _end_of_month(year, born.month)
        return self.first_day(year + 1) - timedelta(days=1)

    def year_of(self, day: date, born: date | None = None) -> int:
        """The year to which a day belongs."""
        if self.civil:
            return day.year
        return next(y for y in (day.year - 1, day.year, day.year + 1) if day <= self.last_day(y, born))


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


CIVIL = Calendar()
