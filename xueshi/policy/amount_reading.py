"""Reads amounts from a file: a number, a table, a rate, a share, or a year's worth of a demand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from xueshi.policy.amounts import Amount, BySteps, ByWord, Fixed, Rate, Share, YearsOf
from xueshi.policy.reading import Here
from xueshi.policy.words import Word

SHARE: Collection[str] = ("share",)
EARNED: Collection[str] = ("per", "years")

_EXAMPLES = {
    "by": "{by: title, senior: 90, otherwise: 60}",
    "share": "{share: 2/5, of: required}",
    "per": "{per: days, is: 5}",
    "years": "{years: 1, of: professional}",
}


def read_amount(
    here: Here,
    words: Mapping[str, Word],
    used: dict[str, Word],
    *,
    also: Collection[str] = (),
    up: bool = True,
    demand: Callable[[Here], str] = Here.text,
) -> Amount:
    """Hours: a number or a table by one of ``words``, and those of the other forms that are ``also`` welcome.

    A share rounds ``up`` where it is needed, down where it is a ceiling. ``demand`` reads the name of a
    demand, of which so many years' worth are meant.
    """
    return _Reader(words, used, also, demand, lambda place: place.parts(), up).amount(here)


def read_count(here: Here, words: Mapping[str, Word], used: dict[str, Word], *, least: int) -> Amount:
    """A plain count, or a table of counts."""
    return _Reader(words, used, (), Here.text, lambda place: place.count(least=least)).amount(here)


@dataclass(frozen=True)
class _Reader:
    words: Mapping[str, Word]
    used: dict[str, Word]
    also: Collection[str]
    demand: Callable[[Here], str]
    number: Callable[[Here], int]
    up: bool = True

    def amount(self, here: Here) -> Amount:
        if not isinstance(here.node.value, dict):
            return Fixed(self.number(here))
        found = here.all_fields()
        if "by" in found:
            return self.table(here, found)
        if "share" in found and "share" in self.also:
            return self.share(here)
        if "per" in found and "per" in self.also:
            return self.rate(here)
        if "years" in found and "years" in self.also:
            return self.years(here)
        forms = " or ".join(_EXAMPLES[key] for key in ("by", *self.also))
        raise here.refuse(f"'by' is missing: write a number or {forms}" if found else "an amount is expected here")

    def table(self, here: Here, found: dict[str, Here]) -> Amount:
        kind = "number" if "steps" in found else "word"
        what = "a number" if kind == "number" else "a word with values; a table by a number has 'steps'"
        by = self.word(found["by"], kind, what)
        if kind == "number":
            here.fields(("by", "steps"))
            return BySteps(by, self.steps(found["steps"]))
        here.fields(("by", "otherwise", *by.values, *by.groups))
        rows: dict[str, Amount] = {}
        for key, place in found.items():
            for value in () if key in ("by", "otherwise") else by.groups.get(key, (key,)):
                if value in rows:
                    raise place.refuse(f"{value!r} has two rows")
                rows[value] = self.amount(place)
        if not rows:
            raise here.refuse(f"a table needs a row, as {_EXAMPLES['by']}")
        return ByWord(by, rows, self.amount(found["otherwise"]) if "otherwise" in found else None)

    def steps(self, here: Here) -> tuple[tuple[Fraction | None, Amount], ...]:
        steps: list[tuple[Fraction | None, Amount]] = []
        for place in here.items():
            said = place.fields(("up_to", "is"), required=("is",))
            up_to = said["up_to"].fraction() if "up_to" in said else None
            before = steps[-1][0] if steps else Fraction(-1)
            if before is None:
                raise place.refuse("the step without 'up_to' is the last one")
            if up_to is not None and up_to <= before:
                raise place.refuse("the steps ascend: each 'up_to' is above the one before")
            steps.append((up_to, self.amount(said["is"])))
        if not steps:
            raise here.refuse("a step is expected here, as [{up_to: 3, is: 10}, {is: 20}]")
        return tuple(steps)

    def share(self, here: Here) -> Amount:
        found = here.fields(("share", "of"), required=("share", "of"))
        of = found["of"].word(("required", "accumulated"), "something to take a share of")
        share = found["share"].fraction()
        most = Fraction(1) if of == "required" else Fraction(99, 100)
        if not 0 < share <= most:
            raise found["share"].refuse("a share lies between nothing and the whole, as 2/5")
        return Share(share, of, self.up)

    def rate(self, here: Here) -> Amount:
        """So much for each unit of a number, or for each hour of the entry itself."""
        found = here.fields(("per", "is", "less"), required=("per", "is"))
        if found["per"].node.value == "hours":
            if "less" in found:
                raise found["less"].refuse("'less' goes with a number that the entry carries")
            return Rate(None, found["is"].fraction())
        per = self.word(found["per"], "number", "a rate; write hours or a number that the entry carries")
        less = self.word(found["less"], "number", "a number that the entry carries") if "less" in found else None
        return Rate(per, Fraction(found["is"].parts()), less)

    def years(self, here: Here) -> Amount:
        found = here.fields(("years", "of"), required=("years", "of"))
        years = found["years"].fraction()
        if not years:
            raise found["years"].refuse("more than nothing is expected here, as 1 or 1/2")
        return YearsOf(years, self.demand(found["of"]))

    def word(self, here: Here, kind: str, what: str) -> Word:
        name = here.word([name for name, word in self.words.items() if word.kind == kind], what)
        self.used[name] = self.words[name]
        return self.words[name]
