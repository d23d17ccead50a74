"""From files to rulebooks: refuses what it does not wholly understand.

The sentence of a refusal names the file, the provision, the verb and key, the line, and what would
have been understood. Nothing is skipped and nothing is guessed: better no rulebook than a wrong one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from xueshi.policy import parents as above
from xueshi.policy import strict_yaml
from xueshi.policy.book import Provision, Region, Rulebook
from xueshi.policy.chapter_verbs import CHAPTER_VERBS
from xueshi.policy.choosing import Choice, choose
from xueshi.policy.conditions import ALWAYS, AllOf, Condition
from xueshi.policy.consistency import check_whole, names_of
from xueshi.policy.definitions import read_definitions
from xueshi.policy.facts import Facts
from xueshi.policy.header import HEADER, REQUIRED, Parent, read_calendar, read_known, read_parents, read_span
from xueshi.policy.reading import Here, instead
from xueshi.policy.scope import Reference, Scope
from xueshi.policy.strict_yaml import NotUnderstood
from xueshi.policy.verbs import HOUR_VERBS
from xueshi.policy.words import Vocabulary, Word, read_words

__all__ = ["Library", "NotUnderstood", "instrument", "library", "vocabulary"]

_VERBS = {**HOUR_VERBS, **CHAPTER_VERBS}
_PROVISION = ("id", "article", "text", "since", "until", "reading")
Find = Callable[[Here], Rulebook]


@dataclass(frozen=True)
class Library:
    """Every instrument below one folder, by key."""

    books: Mapping[str, Rulebook]
    words: Vocabulary

    def instrument(self, key: str) -> Rulebook:
        """One instrument, as ``cn-50/chongqing-2010``; KeyError if it is not here."""
        return self.books[key]

    def governing(self, region: str, on: date) -> Rulebook | None:
        """The instrument of the narrowest region around ``region`` in force on a day, whoever the person is.

        Of several for the same region, the newest; one of a single field governs nobody at large. None: nothing
        here governs.
        """
        around = [
            book
            for book in self.books.values()
            if region.startswith(book.region.code) and book.since <= on <= book.until and not book.field
        ]
        return max(around, key=lambda b: (len(b.region.code), b.since, b.key), default=None)

    def choose(self, facts: Facts, region: str, on: date, field: str = "") -> Choice:
        """The instrument that governs this person, and why each of the others does not; see ``choosing``."""
        return choose(self.books.values(), facts, region, on, field)

    def draft(self, text: str, key: str) -> Rulebook:
        """An instrument that is not (yet) in the library, read as if it were: it may stand under one that is."""

        def parent(place: Here) -> Rulebook:
            if place.text() not in self.books or place.text() == key:
                raise place.refuse(f"{place.text()!r} is not held here.{instead(place.text(), self.books)}")
            return self.books[place.text()]

        return instrument(text, self.words, key=key, parent=parent)


def library(root: Path) -> Library:
    """Every instrument below ``root`` (``<folder>/<name>.yaml``) with ``words.yaml`` above them.

    Raises ``NotUnderstood`` at the first sentence that is not wholly understood.
    """
    words = vocabulary((root / "words.yaml").read_text(encoding="utf-8"))
    shelf = _Shelf(words, {f"{path.parent.name}/{path.stem}": path for path in sorted(root.glob("*/*.yaml"))})
    return Library({key: shelf.book(key) for key in shelf.paths}, words)


@dataclass
class _Shelf:
    """Reads each instrument once, those above it first."""

    words: Vocabulary
    paths: Mapping[str, Path]
    books: dict[str, Rulebook] = field(default_factory=dict)
    reading: list[str] = field(default_factory=list)

    def book(self, key: str) -> Rulebook:
        if key not in self.books:
            self.reading.append(key)
            text = self.paths[key].read_text(encoding="utf-8")
            self.books[key] = instrument(text, self.words, key=key, parent=self.parent)
            self.reading.pop()
        return self.books[key]

    def parent(self, place: Here) -> Rulebook:
        key = place.text()
        if key not in self.paths:
            raise place.refuse(f"{key!r} is not held here.{instead(key, self.paths)}")
        if key in self.reading:
            raise place.refuse(f"{' → '.join((*self.reading, key))} would be above itself")
        return self.book(key)


def _alone(place: Here) -> Rulebook:
    raise place.refuse("an instrument above another is read with its library")


def vocabulary(text: str, file: str = "words.yaml") -> Vocabulary:
    """The closed list of words."""
    return read_words(Here(strict_yaml.read(text, file), file))


def instrument(text: str, words: Vocabulary, *, key: str, parent: Find = _alone) -> Rulebook:
    """One instrument from its text; ``parent`` finds an instrument above it that is held."""
    file = key.rpartition("/")[2] + ".yaml"
    here = Here(strict_yaml.read(text, file), file)
    found = here.fields(HEADER, required=REQUIRED)
    over = read_parents(found)
    held = [parent(one.place) for one in over if one.place is not None]
    if held:
        words = above.words_of(found["under"], words, held)
    scope = _scope(found, words)
    span = read_span(found, date.min, date.max)
    own = [_provision(place, key, scope, span) for place in found["provisions"].items()]
    rest = [(one, _inherited_from(found["under"], one)) for one in above.inherited([one for one, _ in own], held)]
    named = [Reference(place, id) for one, place in rest for id in names_of(one.value)]
    check_whole([*own, *rest], [*scope.named, *named])
    book = _book(found, key, scope, span, tuple(one for one, _ in (*own, *rest)), over, held)
    if held:
        above.check_years(found["under"], book, held)
    return _with_digest(book, here, scope.used, held)


def _inherited_from(here: Here, provision: Provision) -> Here:
    return here.named(*here.path, f"provision {provision.id!r} of {provision.instrument}")


def _scope(found: Mapping[str, Here], words: Vocabulary) -> Scope:
    """What the provisions are read with: the words, the instrument's own, and its definitions."""
    used: dict[str, Word] = {}
    if "words" in found:
        words = read_words(found["words"], words)
    if "definitions" in found:
        words = read_definitions(found["definitions"], words, used)
    return Scope(words, used=used)


def _book(
    found: Mapping[str, Here],
    key: str,
    scope: Scope,
    span: tuple[date, date],
    provisions: tuple[Provision, ...],
    over: Sequence[Parent],
    held: Sequence[Rulebook],
) -> Rulebook:
    region = found["region"].fields(("code", "name"), required=("code", "name"))
    source = found["source"].fields(("file", "sha256"), required=("file", "sha256"))
    wordings = ("original", "restored")
    wording = found["wording"].word(wordings, "a kind of wording") if "wording" in found else "original"
    known_from, known_to = read_known(found)
    if "see" in found and "binds" not in found:
        raise found["see"].refuse("'see' says where those must look whom 'binds' leaves out")
    return Rulebook(
        key=key,
        title=found["instrument"].text(),
        issuer=found["issuer"].text(),
        number=found["number"].text() if "number" in found else "",
        region=Region(region["code"].text(), region["name"].text()),
        since=span[0],
        until=span[1],
        digest="",
        provisions=provisions,
        words=scope.words,
        known_from=known_from,
        known_to=known_to,
        binds=_binds(found, scope, held),
        see=found["see"].text() if "see" in found else "",
        field=found["field"].word(scope.words.lists["fields"], "a field") if "field" in found else "",
        calendar=read_calendar(found, scope),
        original=wording == "original",
        source=source["file"].text(),
        source_sha256=source["sha256"].text(),
        under=tuple(one.shown for one in over),
        parents=above.ancestors(held),
    )


def _binds(found: Mapping[str, Here], scope: Scope, held: Sequence[Rulebook]) -> Condition:
    """Whom it binds: as it says itself, or else as those above it say."""
    if "binds" in found:
        return scope.person(found, "binds")
    said = [book.binds for book in held if book.binds != ALWAYS]
    return AllOf(tuple(said)) if len(said) > 1 else (said or [ALWAYS])[0]


def _provision(here: Here, key: str, scope: Scope, span: tuple[date, date]) -> tuple[Provision, Here]:
    said = here.all_fields()
    here = here.named(f"provision {said['id'].text()!r}" if "id" in said else "a provision")
    said = here.all_fields()
    for name in ("id", "article", "text"):
        if name not in said:
            raise here.refuse(f"{name!r} is missing")
    verbs = [name for name in said if name not in _PROVISION]
    for name in verbs:
        if name not in _VERBS:
            raise here.unknown(name, (*_VERBS, *_PROVISION))
    if len(verbs) != 1:
        raise here.refuse(f"a provision does exactly one thing, found {verbs}. One of: {', '.join(_VERBS)}")
    id, article, text = (said[name].text() for name in ("id", "article", "text"))
    since, until = read_span(said, *span)
    provision = Provision(
        id=id,
        article=article,
        text=text,
        verb=verbs[0],
        value=_VERBS[verbs[0]](said[verbs[0]], replace(scope, provision=id, article=article, text=text)),
        since=since,
        until=until,
        reading=said["reading"].text() if "reading" in said else "",
        instrument=key,
    )
    return provision, here


def _with_digest(book: Rulebook, here: Here, used: Mapping[str, Word], held: Sequence[Rulebook]) -> Rulebook:
    """SHA-256 of the content, of the meaning of the words it uses, and of what is above it.

    Comments are not content.
    """
    meaning = {
        name: [word.kind, word.absent, list(word.values), sorted(word.groups.items()), word.ordered]
        for name, word in used.items()
    }
    content: dict[str, object] = {"instrument": here.node.plain(), "words": meaning}
    if held:
        content["above"] = {one.key: one.digest for one in held}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(book, digest=hashlib.sha256(text.encode()).hexdigest())
