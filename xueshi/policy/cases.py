"""Cases beside an instrument: situations and what must follow, in a form a lawyer can write.

A case asks for an assessment (``asked``, ``expect``), reads chapters on a day (``on``, ``reads``), or asks which
instrument governs (``on``, ``chooses``). ``also`` repeats it with something changed: ``person`` and ``asked``
are added to, the rest is replaced. Every shortfall that is not named must be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.case_chapters import differ, read_chapters, value_of
from xueshi.policy.facts import Asked, Entry, Facts, Mark
from xueshi.policy.findings import Assessment, Finding, Outcome
from xueshi.policy.load import Library
from xueshi.policy.reading import Here
from xueshi.policy.strict_yaml import Node, NotUnderstood, read

__all__ = ["Case", "NotUnderstood", "read_cases"]

_CHANGES = ("person", "entries", "asked", "expect", "on", "reads", "chooses")
_EACH: Mapping[str, Callable[[Finding], object]] = {
    "outcomes": lambda found: str(found.outcome),
    "because": lambda found: found.because,
    "missing": lambda found: str(found.missing),
    "have": lambda found: str(found.have),
    "need": lambda found: str(found.need),
    "relief": lambda found: list(found.relief),
    "branch": lambda found: found.branch,
    "lacking": lambda found: list(found.lacking),
    "carried": lambda found: str(found.carried),
    "moved_in": lambda found: str(found.moved_in),
    "moved_out": lambda found: str(found.moved_out),
}
_WHOLE: Mapping[str, Callable[[Assessment], object]] = {
    "verdict": lambda found: str(found.verdict),
    "least": lambda found: str(found.least),
    "refused": lambda found: {one.entry: one.provision or "no hours" for one in found.refused},
    "effects": lambda found: [one.provision for one in found.effects if not one.lifted],
    "lifted": lambda found: [one.provision for one in found.effects if one.lifted],
    "facts": lambda found: sorted({fact for one in found.findings for fact in one.facts}),
    "lines": lambda found: {
        id: format(sum(one.hours for one in found.lines if one.entry == id), "f")
        for id in {one.entry for one in found.lines}
    },
    "unencoded": lambda found: found.unencoded,
    "bound": lambda found: found.bound,
    "see": lambda found: found.see,
}
_LISTS = ("effects", "lifted", "facts", "relief", "lacking")


@dataclass(frozen=True)
class Case:
    """One situation; ``clauses`` are the clauses of the notice that it shows."""

    name: str
    clauses: tuple[str, ...]
    said: Mapping[str, Here]

    def differences(self, book: Rulebook | None, library: Library | None = None) -> list[str]:
        """What follows and should not, or should and does not; empty when all is as written.

        A case about which instrument governs needs the ``library``, any other the ``book``.
        """
        facts = _facts(self.said["person"]) if "person" in self.said else Facts()
        if "chooses" in self.said:
            if library is None:
                raise ValueError("which instrument governs is asked of a library")
            return list(_chosen(library, facts, self.said["on"].day(), self.said["chooses"]))
        if book is None:
            return ["there is no instrument of this name beside the cases"]
        if "reads" in self.said:
            return list(read_chapters(book, facts, self.said["on"].day(), self.said["reads"]))
        asked = _asked(self.said["asked"])
        unknown = [f"asked: {mark!r} is no mark of an entry" for mark in asked.marks if mark not in book.words.entries]
        assessment = assess(book, facts, _entries(self.said), asked)
        return [*unknown, *_compare(assessment, self.said["expect"])]


def read_cases(path: Path) -> list[Case]:
    """Every case of a file, each followed by its repetitions."""
    here = Here(read(path.read_text(encoding="utf-8"), path.name), path.name)
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
    about = [key for key in ("asked", "reads", "chooses") if key in said]
    if len(about) != 1:
        raise place.refuse(f"case {name!r}: exactly one of asked, reads, chooses is expected here")
    goes_with = "expect" if about == ["asked"] else "on"
    if goes_with not in said:
        raise place.refuse(f"case {name!r}: {about[0]} goes with {goes_with}")
    for other in {"expect", "on"} - {goes_with}:
        if other in said:
            raise said[other].refuse(f"case {name!r}: {other!r} does not go with {about[0]}")
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


def _facts(here: Here) -> Facts:
    """Facts as ``Facts.of`` takes them; a spell is ``{from: …, to: …}``, or several in a list."""
    given = {key: _fact(place) for key, place in here.all_fields().items()}
    return Facts.of(given)  # type: ignore[arg-type]  # assess refuses what does not fit


def _fact(here: Here) -> object:
    places = here.items()
    if places and all(isinstance(place.node.value, dict) and "from" in place.node.value for place in places):
        return [_spell(place) for place in places]
    return value_of(here.node)


def _spell(here: Here) -> tuple[date, date | None]:
    found = here.fields(("from", "to"), required=("from",))
    return found["from"].day(), found["to"].day() if "to" in found else None


def _asked(here: Here) -> Asked:
    """The question; any other key is a mark that the application names."""
    said = here.all_fields()
    for key in ("purpose", "year"):
        if key not in said:
            raise here.refuse(f"{key!r} is missing")
    marks = {key: place.text() for key, place in said.items() if key not in ("purpose", "year", "target", "marks")}
    if "marks" in said:
        marks |= {key: place.text() for key, place in said["marks"].all_fields().items()}
    target = said["target"].text() if "target" in said else None
    return Asked(said["purpose"].text(), said["year"].count(), target, marks)


def _entries(said: Mapping[str, Here]) -> list[Entry]:
    """``on`` is a day; ``in`` are years, one entry for each, on 30 June."""
    found: list[Entry] = []
    for place in said["entries"].items() if "entries" in said else ():
        marks: dict[str, Mark] = {}
        given = place.all_fields()
        for key, mark in given.items():
            value = value_of(mark.node)
            if key not in ("on", "in", "hours", "id", "for_year"):
                marks[key] = tuple(value) if isinstance(value, list) else value  # type: ignore[assignment]
        hours = Decimal(str(given["hours"].node.value)) if "hours" in given else None
        for_year = given["for_year"].year() if "for_year" in given else None
        years = [year.count() for year in given["in"].items()] if "in" in given else []
        days = [date(year, 6, 30) for year in years] or [given["on"].day()]
        for day in days:
            id = given["id"].text() if "id" in given else str(len(found) + 1)
            found.append(Entry(id, day, hours, marks, for_year))
    return found


# ---- an assessment ----------------------------------------------------------------------------


def _compare(found: Assessment, expect: Here) -> Iterator[str]:
    want = expect.fields((*_WHOLE, *_EACH), required=("verdict",))
    for key, read_whole in _WHOLE.items():
        if key in want:
            yield from differ(key, read_whole(found), _wanted(key, want[key]))
    findings = {_name(finding): finding for finding in found.findings}
    for key, read_one in _EACH.items():
        yield from _differ_each(key, findings, want.get(key), read_one)
    named = set(_flat("missing", want["missing"])) if "missing" in want else set()
    for name, finding in findings.items():
        if finding.outcome is Outcome.CANNOT_TELL or not finding.missing or name in named:
            continue
        if finding.provision not in named:
            yield f"missing {name}: {finding.missing}, and the case names no shortfall"


def _wanted(key: str, here: Here) -> object:
    if key in _LISTS:
        texts = [place.text() for place in here.items()]
        return sorted(texts) if key == "facts" else texts
    if key == "lines":
        return {entry: format(Decimal(place.text()), "f") for entry, place in here.all_fields().items()}
    plain = here.node.plain()
    return plain if isinstance(plain, bool | dict) else here.text()


def _name(finding: Finding) -> str:
    return " ".join((finding.provision, *map(str, finding.years)))


def _flat(what: str, here: Here) -> dict[str, object]:
    """``{public: 20}`` or ``{public: {2011: 20}}`` as name to value."""
    found: dict[str, object] = {}
    for id, place in here.all_fields().items():
        if isinstance(place.node.value, dict):
            found |= {f"{id} {year}": _wanted(what, one) for year, one in place.all_fields().items()}
        else:
            found[id] = _wanted(what, place)
    return found


def _differ_each(
    what: str, findings: Mapping[str, Finding], want: Here | None, read_one: Callable[[Finding], object]
) -> Iterator[str]:
    """A name without a year stands for every finding of that provision."""
    for name, value in (_flat(what, want) if want else {}).items():
        meant = [f for key, f in findings.items() if name in (key, f.provision)]
        if not meant:
            yield f"{what} {name}: there is no such finding, but {', '.join(findings) or 'none'}"
        for finding in meant:
            yield from differ(f"{what} {_name(finding)}", read_one(finding), value)


# ---- which instrument governs -----------------------------------------------------------------


def _chosen(library: Library, facts: Facts, on: date, chooses: Here) -> Iterator[str]:
    """``key`` is ``none`` where no instrument here governs."""
    want = chooses.fields(("region", "field", "key", "because", "considered"), required=("region", "key"))
    of = want["field"].text() if "field" in want else ""
    choice = library.choose(facts, want["region"].text(), on, of)
    yield from differ("key", choice.book.key if choice.book else "none", want["key"].text())
    if "because" in want:
        yield from differ("because", choice.because, want["because"].text())
    if "considered" in want:
        why = {one.key: one.why for one in choice.considered}
        for key, place in want["considered"].all_fields().items():
            yield from differ(f"considered {key}", why.get(key, "not here"), place.text())
