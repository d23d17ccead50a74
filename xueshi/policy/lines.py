"""From entries to lines: which entries count, in which category and year, and what each is worth.

Every entry is explained once: it becomes a line, or it is refused with the provision why. The
words in force on the last day of the year for which it counts decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from xueshi.policy import demands, whole
from xueshi.policy.amounts import Amount
from xueshi.policy.book import Provision
from xueshi.policy.conditions import ALWAYS, UNKNOWN
from xueshi.policy.facts import Entry
from xueshi.policy.findings import Counted, Refusal
from xueshi.policy.likeness import Likeness, lacks
from xueshi.policy.sight import EntrySight
from xueshi.policy.terms import Person


@dataclass(slots=True)
class Worth:
    """A line inside the engine: the hours of an entry, in parts, for the years ``year`` to ``last``.

    ``counted`` is the same for people; ``forgiven`` the relief without which it would not count (no exam).
    """

    entry: Entry
    like: Likeness
    year: int
    last: int
    parts: int
    counted: Counted
    forgiven: str = ""

    @property
    def order(self) -> tuple[int, date, str]:
        """The best first; then the oldest. So the order of the entries changes nothing."""
        return (-self.parts, self.entry.on, self.entry.id)


@dataclass(slots=True)
class Sorted:
    """Lines, also by year, and refusals; ``pooled`` if hours of some may go to one of several categories."""

    lines: list[Worth] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    by_year: dict[int, list[Worth]] = field(default_factory=dict)
    pooled: bool = False


def sort(person: Person, entries: Iterable[Entry]) -> Sorted:
    """Every entry as a line (or, spread over years, several) or a refusal."""
    found = Sorted()
    once, civil, by_year = False, person.book.calendar.civil, found.by_year
    for entry in sorted(entries, key=_oldest_first):
        natural = entry.on.year if civil else person.now.year_of(entry.on)
        year = natural if entry.for_year is None else entry.for_year
        like = person.question.likeness(entry.says, year)
        once = once or bool(like.earning.once)
        found.pooled = found.pooled or len(like.earning.as_) > 1
        refusal, forgiven = _stopped(person, entry, like, natural) if like.hurdles or year != natural else _FREE
        if refusal is not None:
            found.refused.append(refusal)
            continue
        parts = _worth(person, entry, like)
        if isinstance(parts, int):
            if like.earning.split == 1:
                last = year + like.earning.valid - 1
                found.lines.append(Worth(entry, like, year, last, parts, _counted(entry.id, parts), forgiven))
            else:
                found.lines.extend(_spread(entry, like, parts, forgiven))
        else:
            found.refused.append(_refusal(entry, like.provision, parts))
    if once:
        _only_once(found)
    for line in found.lines:
        for year in range(line.year, line.last + 1):
            by_year.setdefault(year, []).append(line)
    return found


_FREE: tuple[Refusal | None, str] = (None, "")


def _oldest_first(entry: Entry) -> tuple[date, str]:
    return entry.on, entry.id


def _spread(entry: Entry, like: Likeness, parts: int, forgiven: str) -> Iterator[Worth]:
    """``split`` over n years: n lines that add up to the whole."""
    over, year = like.earning.split, like.year
    for n in range(over):
        part = parts * (n + 1) // over - parts * n // over
        yield Worth(entry, like, year + n, year + n, part, _counted(entry.id, part), forgiven)


def _counted(id: str, parts: int) -> Counted:
    return Counted(id, whole.shown(parts))


# ---- what it is worth -------------------------------------------------------------------------


def _worth(person: Person, entry: Entry, like: Likeness) -> int | tuple[str, ...]:
    """Parts, or the marks for want of which nobody can say."""
    law = like.earning
    if like.parts is not None:
        return like.parts
    own = own_hours(entry, like)
    if like.per_hour is not None and own is not None:
        return own * like.per_hour[0] // like.per_hour[1]
    if not law.gives:
        return ("hours",) if own is None else own
    total = 0
    for amount in law.gives:
        value = _amount(person, like, amount, own)
        if isinstance(value, tuple):
            return value
        total += value
    if law.at_most is None:
        return total
    ceiling = _amount(person, like, law.at_most, own)
    return min(total, ceiling) if isinstance(ceiling, int) else ceiling


def own_hours(entry: Entry, like: Likeness) -> int | None:
    """The hours it comes with, or those of its minutes (``hour``)."""
    if entry.hours is not None:
        return whole.recorded(entry.hours)
    if like.hour is None:
        return None
    law, minutes = like.hour, Fraction(str(entry.says["minutes"]))
    if law.at_most_length and "length" in entry.says:
        minutes = min(minutes, Fraction(str(entry.says["length"])))
    to_the_hour = law.minutes.value(like.sight) or law.minutes.largest
    parts = int(minutes * whole.PARTS / to_the_hour)
    return parts // law.round_down_to * law.round_down_to


def _amount(person: Person, like: Likeness, amount: Amount, own: int | None) -> int | tuple[str, ...]:
    sight = EntrySight(
        like.sight.says,
        like.year,
        person.at(like.year),
        person.book.words.entries,
        {**person.yearly_needs(amount, like.year), **({} if own is None else {"hours": own})},
    )
    value = amount.value(sight)
    if value is not None:
        return value
    unknown = amount.unknown(sight)
    facts = {name for name in unknown if name not in person.book.words.entries}
    if not facts:
        return tuple(sorted(unknown)) or ("hours",)
    person.missing |= facts
    return amount.largest if person.generous else amount.smallest


# ---- whether it counts ------------------------------------------------------------------------


def _stopped(person: Person, entry: Entry, like: Likeness, natural: int) -> tuple[Refusal | None, str]:
    """The provision that stops an entry, if one does; else the relief that lets it pass, or ""."""
    if like.year != natural and (stopped := not_made_up(person, entry, like)):
        return stopped, ""
    thanks = ""
    for hurdle in like.hurdles:
        law = hurdle.law
        if law.when is not ALWAYS and not person.told(law.when, person.now, favours=False):
            continue
        missing, unexamined = hurdle.lacks, hurdle.unexamined
        if hurdle.asks:
            missing, unexamined = lacks_beside_the_question(person, like, law)
        if missing and missing != unexamined and (forgiven := _no_exam(person, like)):
            missing, thanks = unexamined, forgiven
        if not law.done_from <= entry.on <= law.done_to:
            missing += ("done",)
        if law.after is not None and not _after(person, law, entry):
            missing += ("after",)
        if missing:
            return _refusal(entry, hurdle.provision, missing), ""
    return None, thanks


def lacks_beside_the_question(
    person: Person, like: Likeness, law: demands.Counts
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the filter lacks for what the question names, as it is and with the exam forgiven."""
    words = person.book.words.entries
    passed = {**like.sight.says, "passed": True} if "passed" in words else like.sight.says
    return (
        lacks(law.only, EntrySight(like.sight.says, like.year, person.now, words)),
        lacks(law.only, EntrySight(passed, like.year, person.now, words)),
    )


def _no_exam(person: Person, like: Likeness) -> str:
    def towards(id: str) -> int:
        target = person.question.target(id, like.year)
        return like.belongs(target.key, target.filters)

    return person.no_exam(like.year, towards)


def not_made_up(person: Person, entry: Entry, like: Likeness) -> Refusal | None:
    """A past year may be made up only where a sentence says so, and when it says so."""
    booked = person.question.likeness(entry.says, person.now.year_of(entry.on)).make_up
    laws = {said.id: (said, law) for said, law in (*booked, *like.make_up)}.values()
    meant = [(said, law) for said, law in laws if like.year in law.years]
    if any(law.done_from <= entry.on <= law.done_to for _, law in meant):
        return None
    if not meant:
        return _refusal(entry, next((said for said, _ in laws), None), ("for_year",))
    return _refusal(entry, meant[0][0], ("done",))


def _after(person: Person, law: demands.Counts, entry: Entry) -> bool:
    assert law.after is not None  # noqa: S101 - the caller asked
    days = person.now.value(law.after)
    if days is UNKNOWN:
        person.missing.add(law.after.name)
        return person.generous
    return bool(days) and entry.on > max(days)


def _only_once(found: Sorted) -> None:
    """Of several worth something once a year, the best stays; the others are refused."""
    taken: set[tuple[str, int]] = set()
    for line in sorted((one for one in found.lines if one.like.earning.once), key=lambda one: one.order):
        provision = line.like.provision
        assert provision is not None  # noqa: S101 - an earning has one
        if (provision.id, line.year) in taken:
            found.refused.append(_refusal(line.entry, provision, ("once",)))
            found.lines.remove(line)
        taken.add((provision.id, line.year))


def _refusal(entry: Entry, provision: Provision | None, lacks: tuple[str, ...]) -> Refusal:
    if provision is None:
        return Refusal(entry.id, "", "", lacks)
    return Refusal(entry.id, provision.id, provision.article, lacks)
