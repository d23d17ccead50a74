"""From entries to lines: which entries count, in which category, and what each is worth.

Every entry is explained once: it becomes a line, or it is refused with the provision why. The
words in force on the last day of the entry's own year decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from xueshi.policy import demands, whole
from xueshi.policy.book import Provision, Rulebook
from xueshi.policy.conditions import UNKNOWN, AllOf, Condition, Sight
from xueshi.policy.facts import Asked, Entry, Mark
from xueshi.policy.findings import Refusal
from xueshi.policy.sight import EntrySight


@dataclass(frozen=True)
class Worth:
    """A line inside the engine: hours in parts, and the marks with the category as earned."""

    entry: Entry
    year: int
    parts: int
    sight: EntrySight
    provision: str = ""
    once: bool = False

    @property
    def category(self) -> str:
        """The category it counts in, or ""."""
        return str(self.sight.says.get("category", ""))

    @property
    def order(self) -> tuple[int, date, str]:
        """The best first; then the oldest. So the order of the entries changes nothing."""
        return (-self.parts, self.entry.on, self.entry.id)


@dataclass
class Sorted:
    """Lines and refusals, and the facts about the person that were looked for and missing."""

    lines: list[Worth] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def sort(book: Rulebook, person: Sight, asked: Asked, entries: Iterable[Entry], *, generous: bool) -> Sorted:
    """Every entry as a line or a refusal; ``generous`` reads missing facts in the person's favour."""
    found = Sorted()
    for entry in sorted(entries, key=lambda e: (e.on, e.id)):
        earning = _earning(book, entry)
        sight = _with_category(entry, earning)
        worth = _worth(entry, earning, sight)
        refusal = _excluded(book, person, asked, entry, sight, found.missing, generous=generous)
        if refusal is not None:
            found.refused.append(refusal)
        elif worth is not None:
            found.lines.append(worth)
        else:
            found.refused.append(_refusal(entry, earning[0] if earning else None, ("hours",)))
    _only_once(book, found)
    return found


def _earning(book: Rulebook, entry: Entry) -> tuple[Provision, demands.Earning] | None:
    sight = EntrySight(entry.says, entry.on.year)
    for provision, law in book.of(demands.Earning, date(entry.on.year, 12, 31)):
        if law.of.holds(sight):
            return provision, law
    return None


def _with_category(entry: Entry, earning: tuple[Provision, demands.Earning] | None) -> EntrySight:
    says: dict[str, Mark] = dict(entry.says)
    if earning is not None and earning[1].category:
        says["category"] = earning[1].category
    return EntrySight(says, entry.on.year)


def _worth(entry: Entry, earning: tuple[Provision, demands.Earning] | None, sight: EntrySight) -> Worth | None:
    provision, law = earning if earning is not None else (None, demands.Earning())
    own = None if entry.hours is None else whole.parts(entry.hours)
    each = [amount.value(EntrySight(entry.says, entry.on.year, bases={} if own is None else {"hours": own})) for amount in law.gives] or [own]
    if None in each:
        return None
    parts = sum(each)  # type: ignore[arg-type]  # none is None
    said_by = provision.id if provision else ""
    return Worth(entry, entry.on.year, parts, sight, said_by, once=law.once == "year")


def _excluded(
    book: Rulebook,
    person: Sight,
    asked: Asked,
    entry: Entry,
    sight: EntrySight,
    missing: set[str],
    *,
    generous: bool,
) -> Refusal | None:
    for provision, law in book.of(demands.Counts, date(entry.on.year, 12, 31)):
        if law.purposes and asked.purpose not in law.purposes:
            continue
        applies = law.when.holds(person)
        if applies is None:
            missing |= law.when.unknown(person)
        if applies is False or (applies is None and generous) or not law.of.holds(sight):
            continue
        lacks = _lacks(law.only, sight)
        if not law.done_from <= entry.on <= law.done_to:
            lacks += ("done",)
        if law.after is not None and not _after(law.after.name, law, entry, person, missing, generous):
            lacks += ("after",)
        if lacks:
            return _refusal(entry, provision, lacks)
    return None


def _after(
    name: str,
    law: demands.Counts,
    entry: Entry,
    person: Sight,
    missing: set[str],
    generous: bool,
) -> bool:
    days = person.value(law.after) if law.after else UNKNOWN
    if days is UNKNOWN:
        missing.add(name)
        return generous
    return isinstance(days, tuple) and bool(days) and entry.on > max(days)


def _lacks(only: Condition, sight: EntrySight) -> tuple[str, ...]:
    """The words of the filter that do not hold."""
    parts = only.parts if type(only) is AllOf else (only,)
    return tuple(
        word.name if (word := getattr(part, "word", None)) else "only" for part in parts if not part.holds(sight)
    )


def _only_once(book: Rulebook, found: Sorted) -> None:
    """Of several worth something once a year, the best stays; the others are refused."""
    taken: set[tuple[str, int]] = set()
    for line in sorted((one for one in found.lines if one.once), key=lambda one: one.order):
        if (line.provision, line.year) in taken:
            provision = book.provision(line.provision, date(line.year, 12, 31))
            found.refused.append(_refusal(line.entry, provision, ("once",)))
            found.lines.remove(line)
        taken.add((line.provision, line.year))


def _refusal(entry: Entry, provision: Provision | None, lacks: tuple[str, ...]) -> Refusal:
    if provision is None:
        return Refusal(entry.id, "", "", lacks)
    return Refusal(entry.id, provision.id, provision.article, lacks)
