"""Cases beside an instrument: situations and what must follow, in a form a lawyer can write.

A case asks for an assessment (``asked``, ``expect``) or reads chapters on a day (``on``,
``reads``). ``also`` repeats it with something changed: ``person`` and ``asked`` are added to, the
rest is replaced. Every shortfall that is not named must be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from xueshi.policy import strict_yaml
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook, Silent, Undecided
from xueshi.policy.facts import Asked, Entry, Facts, Mark
from xueshi.policy.findings import Assessment, Finding, Outcome
from xueshi.policy.reading import Here
from xueshi.policy.strict_yaml import Node, NotUnderstood

__all__ = ["Case", "NotUnderstood", "read_cases"]

_CHANGES = ("person", "entries", "asked", "expect", "on", "reads")
_EXPECT = (
    *("verdict", "outcomes", "missing", "refused", "effects", "lifted", "facts", "because"),
    "least",
)


@dataclass(frozen=True)
class Case:
    """One situation; ``clauses`` are the clauses of the notice that it shows."""

    name: str
    clauses: tuple[str, ...]
    said: Mapping[str, Here]

    def differences(self, book: Rulebook) -> list[str]:
        """What follows and should not, or should and does not; empty when all is as written."""
        facts = _facts(self.said["person"]) if "person" in self.said else Facts()
        if "reads" in self.said:
            return list(_read(book, facts, self.said["on"].day(), self.said["reads"]))
        assessment = assess(book, facts, _entries(self.said), _asked(self.said["asked"]))
        return list(_compare(assessment, self.said["expect"]))


def read_cases(path: Path) -> list[Case]:
    """Every case of a file, each followed by its repetitions."""
    here = Here(strict_yaml.read(path.read_text(encoding="utf-8"), path.name), path.name)
    found: list[Case] = []
    for place in here.items():
        said = place.fields(("case", "clauses", "also", *_CHANGES), required=("case", "clauses"))
        name, clauses = said["case"].text(), said["clauses"].texts()
        found.append(_case(place, name, clauses, said))
        for number, more in enumerate(said["also"].items() if "also" in said else (), 1):
            changed = _changed(said, more.fields(_CHANGES))
            found.append(_case(more, f"{name} (also {number})", clauses, changed))
    return found


def _case(place: Here, name: str, clauses: tuple[str, ...], said: Mapping[str, Here]) -> Case:
    for pair in (("asked", "expect"), ("on", "reads")):
        if (pair[0] in said) != (pair[1] in said):
            raise place.refuse(f"case {name!r}: {pair[0]} and {pair[1]} go together")
    if ("asked" in said) == ("on" in said):
        raise place.refuse(f"case {name!r}: exactly one of asked, on is expected here")
    return Case(name, clauses, said)


def _changed(said: Mapping[str, Here], more: Mapping[str, Here]) -> dict[str, Here]:
    changed = {**said, **more}
    for key in ("person", "asked"):
        if key in said and key in more:
            place = more[key]
            both = {**said[key].all_fields(), **place.all_fields()}
            lines = {**said[key].node.lines, **place.node.lines}
            node = Node({name: one.node for name, one in both.items()}, place.node.line, lines)
            changed[key] = Here(node, place.file, place.path)
    return changed


def _value(node: Node) -> object:
    """A plain value with days as days and numbers as numbers."""
    if isinstance(node.value, dict):
        return {key: _value(item) for key, item in node.value.items()}
    if isinstance(node.value, tuple):
        return [_value(item) for item in node.value]
    return node.value


def _facts(here: Here) -> Facts:
    given = {key: _value(place.node) for key, place in here.all_fields().items()}
    return Facts.of(given)  # type: ignore[arg-type]  # assess refuses what does not fit


def _asked(here: Here) -> Asked:
    said = here.fields(("purpose", "year", "target"), required=("purpose", "year"))
    target = said["target"].text() if "target" in said else None
    return Asked(said["purpose"].text(), said["year"].count(), target)


def _entries(said: Mapping[str, Here]) -> list[Entry]:
    """``on`` is a day; ``in`` are years, one entry for each, on 30 June."""
    found: list[Entry] = []
    for place in said["entries"].items() if "entries" in said else ():
        marks: dict[str, Mark] = {}
        given = place.all_fields()
        for key, mark in given.items():
            value = _value(mark.node)
            if key not in ("on", "in", "hours", "id"):
                marks[key] = tuple(value) if isinstance(value, list) else value  # type: ignore[assignment]
        hours = Decimal(str(given["hours"].node.value)) if "hours" in given else None
        years = [year.count() for year in given["in"].items()] if "in" in given else []
        days = [date(year, 6, 30) for year in years] or [given["on"].day()]
        for day in days:
            id = given["id"].text() if "id" in given else str(len(found) + 1)
            found.append(Entry(id, day, hours, marks))
    return found


# ---- an assessment ----------------------------------------------------------------------------


def _compare(found: Assessment, expect: Here) -> Iterator[str]:
    want = expect.fields(_EXPECT, required=("verdict",))
    yield from _differ("verdict", str(found.verdict), want["verdict"].text())
    findings = {_name(finding): finding for finding in found.findings}
    yield from _differ_each("outcome", findings, want.get("outcomes"), lambda f: str(f.outcome))
    yield from _differ_each("because", findings, want.get("because"), lambda f: f.because)
    short = {
        name: finding
        for name, finding in findings.items()
        if finding.outcome is not Outcome.CANNOT_TELL and finding.missing
    }
    named = set(_flat(want["missing"])) if "missing" in want else set()
    yield from _differ_each("missing", findings, want.get("missing"), lambda f: str(f.missing))
    for name in short.keys() - named:
        if name.partition(" ")[0] not in named:
            yield f"missing {name}: {short[name].missing}, and the case names no shortfall"
    if "refused" in want:
        refused = {one.entry: one.provision or "no hours" for one in found.refused}
        yield from _differ("refused", refused, want["refused"].node.plain())
    if "effects" in want:
        effects = [one.provision for one in found.effects if not one.lifted]
        yield from _differ("effects", effects, list(_texts(want["effects"])))
    if "lifted" in want:
        lifted = [one.provision for one in found.effects if one.lifted]
        yield from _differ("lifted", lifted, list(_texts(want["lifted"])))
    if "facts" in want:
        facts = sorted({fact for finding in found.findings for fact in finding.facts})
        yield from _differ("facts", facts, sorted(_texts(want["facts"])))
    if "least" in want:
        yield from _differ("least", str(found.least), want["least"].text())


def _texts(here: Here) -> tuple[str, ...]:
    return tuple(place.text() for place in here.items())


def _name(finding: Finding) -> str:
    return " ".join((finding.provision, *map(str, finding.years)))


def _flat(here: Here) -> dict[str, str]:
    """``{public: 20}`` or ``{public: {2011: 20}}`` as name to value."""
    found: dict[str, str] = {}
    for id, place in here.all_fields().items():
        if isinstance(place.node.value, dict):
            found |= {f"{id} {year}": one.text() for year, one in place.all_fields().items()}
        else:
            found[id] = place.text()
    return found


def _differ(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found!r}, but the case says {wanted!r}"


def _differ_each(
    what: str, findings: Mapping[str, Finding], want: Here | None, read: Callable[[Finding], str]
) -> Iterator[str]:
    """A name without a year stands for every finding of that provision."""
    for name, value in (_flat(want) if want else {}).items():
        meant = [f for key, f in findings.items() if name in (key, f.provision)]
        if not meant:
            yield f"{what} {name}: there is no such finding, but {', '.join(findings) or 'none'}"
        for finding in meant:
            yield from _differ(f"{what} {_name(finding)}", read(finding), value)


# ---- chapters ---------------------------------------------------------------------------------

_READS = (
    *("exam", "study", "fee", "award", "methods", "documents", "enrolment", "consequences"),
    *("oversight", "contacts", "client", "notes", "route", "counter"),
)


def _read(book: Rulebook, facts: Facts, on: date, reads: Here) -> Iterator[str]:
    for chapter, want in reads.fields(_READS).items():
        yield from _like(chapter, _chapter(book, facts, on, chapter), want.node)


def _chapter(book: Rulebook, facts: Facts, on: date, chapter: str) -> object:
    """One law, or several by the provision that says them (documents by their own id)."""
    try:
        return _laws(book, facts, on, chapter)
    except Undecided as problem:
        return "undecided for want of " + ", ".join(sorted(problem.facts))
    except Silent:
        return "silent"


def _laws(book: Rulebook, facts: Facts, on: date, chapter: str) -> object:
    if chapter == "route":
        return book.route_for("public", facts, on)
    if chapter == "counter":
        return book.counter_for(facts, on)
    if chapter == "documents":
        return {law.id: law for law in book.documents(on)}
    if chapter == "contacts":
        return {contact.name: contact for contact in book.contacts(on)}
    if chapter == "client":
        return {one.item: one.value for one in book.client_requirements(on)}
    if chapter in ("enrolment", "consequences", "oversight", "notes"):
        return {law.provision: law for law in getattr(book, chapter)(on)}
    one: dict[str, Callable[[], object]] = {
        "exam": lambda: book.exam(on),
        "study": lambda: book.study(on),
        "fee": lambda: book.fee(on, "public"),
        "award": lambda: book.award("public_topic", on),
        "methods": lambda: book.review_methods("public", on),
    }
    return one[chapter]() or "silent"


def _like(what: str, found: object, want: Node) -> Iterator[str]:
    """Only what the case names is compared."""
    if not isinstance(want.value, dict):
        yield from _differ(what, _plain(found), _plain(_value(want)))
        return
    for key, node in want.value.items():
        inner = found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)
        if inner is None:
            yield f"{what}: {found!r} has no {key!r}"
        else:
            yield from _like(f"{what} {key}", inner, node)


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool) else str(value)
