"""From files to rulebooks: refuses what it does not wholly understand.

The sentence of a refusal names the file, the provision, the verb and key, the line, and what would
have been understood. Nothing is skipped and nothing is guessed: better no rulebook than a wrong one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xueshi.policy import chapters, demands, strict_yaml
from xueshi.policy.book import Provision, Region, Rulebook, Value
from xueshi.policy.chapter_verbs import CHAPTER_VERBS
from xueshi.policy.reading import Here, did_you_mean
from xueshi.policy.strict_yaml import NotUnderstood
from xueshi.policy.verbs import HOUR_VERBS, LATER_VERBS, Scope
from xueshi.policy.words import Vocabulary, Word, read_words

__all__ = ["Library", "NotUnderstood", "instrument", "library", "vocabulary"]

_VERBS = {**HOUR_VERBS, **CHAPTER_VERBS}
_HEADER = (
    *("instrument", "issuer", "number", "region", "source", "wording", "under"),
    *("since", "until", "known_from", "words", "provisions"),
)
_REQUIRED = (*("instrument", "issuer", "number", "region", "source", "since", "known_from", "provisions"),)
_PROVISION = ("id", "article", "text", "since", "until", "reading")


@dataclass(frozen=True)
class Library:
    """Every instrument below one folder, by key."""

    books: Mapping[str, Rulebook]
    words: Vocabulary

    def instrument(self, key: str) -> Rulebook:
        """One instrument, as ``cn-50/chongqing-2010``; KeyError if it is not here."""
        return self.books[key]

    def governing(self, region: str, on: date) -> Rulebook | None:
        """The instrument of the narrowest region around ``region`` in force on a day.

        Of several for the same region, the newest. None: nothing here governs.
        """
        around = [
            book
            for book in self.books.values()
            if region.startswith(book.region.code) and book.since <= on <= book.until
        ]
        return max(around, key=lambda b: (len(b.region.code), b.since, b.key), default=None)


def library(root: Path) -> Library:
    """Every instrument below ``root`` (``<folder>/<name>.yaml``) with ``words.yaml`` above them.

    Raises ``NotUnderstood`` at the first sentence that is not wholly understood.
    """
    words = vocabulary((root / "words.yaml").read_text(encoding="utf-8"))
    books = {}
    for path in sorted(root.glob("*/*.yaml")):
        key = f"{path.parent.name}/{path.stem}"
        books[key] = instrument(path.read_text(encoding="utf-8"), words, key=key)
    return Library(books, words)


def vocabulary(text: str, file: str = "words.yaml") -> Vocabulary:
    """The closed list of words."""
    return read_words(Here(strict_yaml.read(text, file), file))


def instrument(text: str, words: Vocabulary, *, key: str) -> Rulebook:
    """One instrument from its text."""
    file = key.rpartition("/")[2] + ".yaml"
    here = Here(strict_yaml.read(text, file), file)
    found = here.fields(_HEADER, required=_REQUIRED, later=("binds", "year", "definitions"))
    if "words" in found:
        words = read_words(found["words"], words)
    used: dict[str, Word] = {}
    span = _span(found, date.min, date.max)
    provisions = tuple(_provision(p, words, used, span) for p in found["provisions"].items())
    _check_book(here, provisions)
    region = found["region"].fields(("code", "name"), required=("code", "name"))
    source = found["source"].fields(("file", "sha256"), required=("file", "sha256"))
    wording = (
        found["wording"].word(("original", "restored"), "a kind of wording") if ("wording" in found) else "original"
    )
    return Rulebook(
        key=key,
        title=found["instrument"].text(),
        issuer=found["issuer"].text(),
        number=found["number"].text(),
        region=Region(region["code"].text(), region["name"].text()),
        since=span[0],
        until=span[1],
        digest=_digest(here, used),
        provisions=provisions,
        words=words,
        known_from=found["known_from"].count(least=1),
        original=wording == "original",
        source=source["file"].text(),
        source_sha256=source["sha256"].text(),
        under=_under(found),
    )


def _under(found: Mapping[str, Here]) -> tuple[str, ...]:
    if "under" not in found:
        return ()
    parents = []
    for place in found["under"].items():
        said = place.fields(("name", "number", "held"), required=("name", "held"))
        if said["held"].flag():
            raise said["held"].refuse("a parent that is held here is not understood by this version")
        number = said["number"].text() if "number" in said else ""
        parents.append(f"{said['name'].text()} {number}".strip())
    return tuple(parents)


def _span(found: Mapping[str, Here], since: date, until: date) -> tuple[date, date]:
    start = found["since"].day() if "since" in found else since
    end = found["until"].day() if "until" in found else until
    if start > end:
        place = found["until"] if "until" in found else found["since"]
        raise place.refuse(f"it would end on {end} before it begins on {start}")
    return start, end


def _provision(here: Here, words: Vocabulary, used: dict[str, Word], span: tuple[date, date]) -> Provision:
    said = here.all_fields()
    name = f"provision {said['id'].text()!r}" if "id" in said else "a provision"
    here = here.named(name)
    said = here.all_fields()
    for key in ("id", "article", "text"):
        if key not in said:
            raise here.refuse(f"{key!r} is missing")
    verbs = [key for key in said if key not in _PROVISION]
    for key in verbs:
        if key in LATER_VERBS:
            raise here.refuse(f"{key!r} is not understood by this version", here.node.lines[key])
        if key not in _VERBS:
            meant = did_you_mean(key, (*_VERBS, *_PROVISION))
            line = here.node.lines[key]
            raise here.refuse(f"{key!r} is not a word of the vocabulary here.{meant}", line)
    if len(verbs) != 1:
        known = ", ".join(_VERBS)
        raise here.refuse(f"a provision does exactly one thing, found {verbs}. One of: {known}")
    id, article, text = (said[key].text() for key in ("id", "article", "text"))
    scope = Scope(words, id, article, text, used)
    since, until = _span(said, *span)
    return Provision(
        id=id,
        article=article,
        text=text,
        verb=verbs[0],
        value=_VERBS[verbs[0]](said[verbs[0]], scope),
        since=since,
        until=until,
        reading=said["reading"].text() if "reading" in said else "",
    )


def _check_book(here: Here, provisions: tuple[Provision, ...]) -> None:
    """What only the whole shows: one wording at a time, nothing said twice."""
    for n, one in enumerate(provisions):
        for other in provisions[:n]:
            if one.id == other.id and one.verb != other.verb:
                raise here.refuse(f"{one.id!r} is a {other.verb} and a {one.verb}")
            if (day := max(one.since, other.since)) > min(one.until, other.until):
                continue
            if one.id == other.id:
                raise here.refuse(f"two wordings of {one.id!r} are in force on {day}")
            for said in _said_twice(one.value, other.value):
                raise here.refuse(f"{one.id!r} and {other.id!r} both say {said!r}, on {day}")
    _check_names(here, provisions)


def _said_twice(one: Value, other: Value) -> list[str]:
    claims = list(_claims(other))
    return [claim[0] for claim in _claims(one) if claim in claims]


def _check_names(here: Here, provisions: tuple[Provision, ...]) -> None:
    """Every demand that is spoken of is here."""
    ids = {p.id for p in provisions if isinstance(p.value, demands.Demand)}
    for provision in provisions:
        for name in _names(provision.value):
            if name not in ids:
                meant = did_you_mean(name, ids)
                raise here.refuse(f"provision {provision.id!r}: {name!r} is no demand here.{meant}")
    for id in ids:
        _check_within(here, provisions, id)


def _check_within(here: Here, provisions: tuple[Provision, ...], id: str) -> None:
    """A part has one whole, in all its wordings, and no part contains itself."""
    seen = [id]
    while True:
        found = {p.value.within for p in provisions if p.id == seen[-1] and isinstance(p.value, demands.Demand)}
        if len(found) > 1:
            raise here.refuse(f"the wordings of {seen[-1]!r} are parts of different wholes")
        whole = found.pop()
        if not whole:
            return
        if whole in seen:
            raise here.refuse(f"{id!r} would be a part of itself")
        seen.append(whole)


def _names(value: Value) -> Iterator[str]:
    """The demands that a provision speaks of."""
    if isinstance(value, demands.Demand) and value.within:
        yield value.within
    if isinstance(value, demands.Purpose):
        yield from value.asks
    if isinstance(value, demands.Cap):
        yield from value.towards


def _claims(value: Value) -> Iterator[tuple[str, object]]:
    """What may be said only once at a time, about the same entries."""
    if isinstance(value, chapters.ExamLaw):
        yield from ((key, value.of) for key in value.said_by)
    elif isinstance(value, chapters.FeeLaw):
        yield "fee", value.of
    elif isinstance(value, chapters.StudyLaw):
        yield "study", value.of
    elif isinstance(value, chapters.ReviewMethods):
        yield "methods", value.of
    elif isinstance(value, chapters.DocumentLaw):
        yield f"document {value.id}", ""


def _digest(here: Here, used: Mapping[str, Word]) -> str:
    """SHA-256 of the content, and of the meaning of the words it uses; comments are not content."""
    meaning = {
        name: [word.kind, word.absent, list(word.values), sorted(word.groups.items()), word.ordered]
        for name, word in used.items()
    }
    content = {"instrument": here.node.plain(), "words": meaning}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
