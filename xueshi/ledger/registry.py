"""The notices as anybody may read them: each article beside the data that renders it, and what they are silent on."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xueshi.ledger import law, wording
from xueshi.ledger.phrases import Plain, Tongue
from xueshi.policy.book import Provision, Rulebook


@dataclass(frozen=True)
class Notice:
    """An instrument in the list. `state` is in_force, ended or ahead on the day asked."""

    book: Rulebook
    state: str

    @property
    def place(self) -> str:
        """The first part of the key, such as cn-50."""
        return self.book.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The second part of the key."""
        return self.book.key.partition("/")[2]

    @property
    def years(self) -> tuple[int, int | None]:
        """The first and the last year encoded; None: no last one."""
        return self.book.known_from, getattr(self.book, "known_to", None) or None

    @property
    def parents(self) -> list["Parent"]:
        """The instruments above it."""
        return list(_parents(law.header_of(self.book)))

    @property
    def open_ended(self) -> bool:
        """No end is known."""
        return self.book.until == date.max


@dataclass(frozen=True)
class Parent:
    """An instrument above this one; `key` where its text is held here."""

    title: str
    number: str = ""
    key: str = ""

    @property
    def parts(self) -> list[str]:
        """The two parts of its address."""
        return self.key.split("/")


@dataclass(frozen=True)
class Article:
    """One wording of a provision: what the article says, and what the system makes of it."""

    provision: Provision
    anchor: str
    chapter: str
    sentence: str
    why: str = ""
    home: str = ""  # the key of the parent in which it stands; "" for the instrument's own
    now: bool = True  # in force on the day asked
    others: tuple["Article", ...] = ()  # its other wordings, the newest first

    @property
    def tongue(self) -> str:
        """The language in which the reading was written down, by its letters."""
        said = self.provision.reading or self.why
        latin = sum("a" <= letter <= "z" for letter in said.lower())
        return "en" if latin > len(said) / 2 else "zh-Hans"

    @property
    def ends(self) -> date | None:
        """The last day of this wording, if it has one."""
        return None if self.provision.until == date.max else self.provision.until


@dataclass(frozen=True)
class Shown:
    """One notice in full."""

    notice: Notice
    parents: tuple[Parent, ...]
    articles: tuple[Article, ...]
    inherited: tuple[tuple[Parent, tuple[Article, ...]], ...]
    definitions: tuple[tuple[str, str], ...]
    binds: str
    see: str
    silent: tuple[str, ...]
    genuine: bool  # the text held has the SHA-256 that the file names


def notices(on: date, *, region: str = "", text: str = "") -> list[Notice]:
    """Every instrument held, by region and then the newest first; narrowed by region code and by part of the words."""
    wanted = text.strip().casefold()
    found = [
        Notice(book, _state(book, on))
        for book in law.library().books.values()
        if book.region.code.startswith(region) and (not wanted or _mentions(book, wanted))
    ]
    return sorted(found, key=lambda one: (one.book.region.code, -one.book.since.toordinal(), one.book.key))


def regions() -> list[tuple[str, str]]:
    """The regions for which something is held, as (code, name)."""
    return sorted({(book.region.code, book.region.name) for book in law.library().books.values()})


def _mentions(book: Rulebook, wanted: str) -> bool:
    said = (book.title, book.number, book.issuer, book.region.name, *(one.text for one in book.provisions))
    return any(wanted in one.casefold() for one in said)


def _state(book: Rulebook, on: date) -> str:
    if on < book.since:
        return "ahead"
    return "in_force" if on <= book.until else "ended"


def notice(key: str, on: date) -> Shown | None:
    """One instrument, article by article; None for one we do not hold."""
    book = law.library().books.get(key)
    if book is None:
        return None
    words = tongue_of(book)
    header = law.header_of(book)
    articles = _articles(book, words, on)
    parents = tuple(_parents(header))
    named = {parent.key: parent for parent in parents}
    homes = list(dict.fromkeys(one.home for one in articles if one.home))
    return Shown(
        notice=Notice(book, _state(book, on)),
        parents=parents,
        articles=tuple(one for one in articles if not one.home),
        inherited=tuple(
            (named.get(home, Parent(home, key=home)), tuple(one for one in articles if one.home == home))
            for home in homes
        ),
        definitions=tuple(_definitions(header, words)),
        binds=words.condition(header["binds"]) if "binds" in header else "",
        see=str(header.get("see", "")),
        silent=tuple(wording.chapter(verb) for verb in _silent(book)),
        genuine=_genuine(book),
    )


def tongue_of(book: Rulebook) -> Tongue:
    """The words and the names of demands of an instrument, in the reader's language."""
    return wording.tongue(book, ((one.id, one.verb, law.written(one, book)) for one in book.provisions))


def anchor_of(provision: Provision, book: Rulebook) -> str:
    """The place of a provision's wording on its notice's page; the newest wording has the plain name."""
    newest = book.provision(provision.id)
    return f"p-{provision.id}" if provision.since == newest.since else f"p-{provision.id}-{provision.since:%Y%m%d}"


def _articles(book: Rulebook, words: Tongue, on: date) -> list[Article]:
    """One article for each id, the wording in force first, in the order of the law."""
    found = []
    for id in dict.fromkeys(one.id for one in book.provisions):
        wordings = sorted(book.wordings(id), key=lambda one: one.since, reverse=True)
        first = next((one for one in wordings if one.in_force(on)), wordings[0])
        rest = tuple(_article(one, book, words, on) for one in wordings if one is not first)
        found.append(_article(first, book, words, on, rest))
    return found


def _article(
    provision: Provision, book: Rulebook, words: Tongue, on: date, others: tuple[Article, ...] = ()
) -> Article:
    says = law.written(provision, book)
    home = law.home_of(provision, book)
    return Article(
        provision=provision,
        anchor=anchor_of(provision, book),
        chapter=wording.chapter(provision.verb),
        sentence=sentence_of(provision, says, words),
        why=str(says.get("why", "")) if isinstance(says, Mapping) else "",
        home="" if home == book.key else home,
        now=provision.in_force(on),
        others=others,
    )


def sentence_of(provision: Provision, says: Plain, words: Tongue) -> str:
    """A provision's data as a sentence."""
    return wording.sentence(provision.verb, says, words)


def _parents(header: Mapping[str, Any]) -> Iterable[Parent]:
    for one in _list(header.get("under", [])):
        key = str(one.get("key", ""))
        yield Parent(str(one["name"]), str(one.get("number", "")), key if key in law.library().books else "")


def _definitions(header: Mapping[str, Any], words: Tongue) -> Iterable[tuple[str, str]]:
    for name, says in header.get("definitions", {}).items():
        yield words.term(name), wording.definition(name, says, words)


def _silent(book: Rulebook) -> list[str]:
    spoken = {one.verb for one in book.provisions}
    return [verb for verb in wording.CHAPTERS if verb not in spoken]


def _genuine(book: Rulebook) -> bool:
    path = law.source_of(book)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == book.source_sha256


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
