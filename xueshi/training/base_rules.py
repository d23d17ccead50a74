"""What a training base may do on a day: pure.

An accreditation says what its steps say. Of those that have begun on a day, the one that was recorded last holds:
so a suspension forbids what is new and leaves what was done before it, and a scope holds from its own day on.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

Level = Literal["municipal", "county"]
Standing = Literal["applied", "returned", "refused", "not_yet", "approved", "suspended", "expired", "withdrawn"]
Why = Literal[
    "no_accreditation",
    "applied",
    "returned",
    "refused",
    "withdrawn",
    "expired",
    "not_yet",
    "suspended",
    "region",
    "subject",
    "specialty",
    "title",
]
# How far one came: of several refusals the last is told, for it is the nearest to a yes.
_ORDER: tuple[Why, ...] = (
    "no_accreditation", "refused", "withdrawn", "returned", "applied", "expired", "not_yet", "suspended",
    "region", "subject", "specialty", "title",
)  # fmt: skip

# the text held says that municipal bases teach "senior and junior", which the rest of it makes senior and
# intermediate. Both readings are data; an approval names the levels it means.
READINGS: dict[str, dict[Level, tuple[str, ...]]] = {
    "restored": {
        "municipal": ("full_senior", "deputy_senior", "intermediate"),
        "county": ("intermediate", "junior", "assistant"),
    },
    "as_held": {
        "municipal": ("full_senior", "deputy_senior", "junior", "assistant"),
        "county": ("intermediate", "junior", "assistant"),
    },
}


def word(typed: str) -> str:
    """A specialty as it is compared: one width, one case, single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", typed)).strip().casefold()


@dataclass(frozen=True)
class Terms:
    """A scope: subjects, specialties (of professional subjects; none named, none approved), levels of titles."""

    subjects: frozenset[str]
    specialties: frozenset[str] = frozenset()
    title_levels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, subjects: Iterable[str], specialties: Iterable[str] = (), titles: Iterable[str] = ()) -> "Terms":
        return cls(frozenset(subjects), frozenset(map(word, specialties)), frozenset(titles))


@dataclass(frozen=True)
class Step:
    """One step, in the order of recording: its kind, from which day it holds, and what it says."""

    kind: str  # AccreditationStep.Kind
    since: date
    until: date | None = None
    terms: Terms | None = None


class Begun(Protocol):
    """What has a kind and a day from which it holds."""

    @property
    def kind(self) -> str: ...
    @property
    def since(self) -> date: ...


S = TypeVar("S", bound=Begun)


def latest(steps: Sequence[S], kinds: Iterable[str], on: date) -> S | None:
    """Of the steps of these kinds that have begun by the day, the one recorded last."""
    return next((step for step in reversed(steps) if step.kind in kinds and step.since <= on), None)


OF_STATE = ("applied", "returned", "refused", "approved", "suspended", "lifted", "withdrawn")
OF_SCOPE = ("approved", "rescoped")
OF_TERM = ("approved", "renewed")
_STATE: dict[str, Standing] = {
    "applied": "applied",
    "returned": "returned",
    "refused": "refused",
    "approved": "approved",
    "suspended": "suspended",
    "lifted": "approved",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class Accredited:
    """An accreditation as its steps tell it."""

    level: Level
    region: str  # code; the base serves it and what lies below
    steps: tuple[Step, ...]
    basis: str = ""  # the document of its batch
    base: str = ""

    def terms(self, on: date) -> Terms | None:
        """The scope of the day; None before there was one."""
        step = latest(self.steps, OF_SCOPE, on)
        return step.terms if step else None

    def until(self, on: date) -> date | None:
        """The first day no longer accredited, as it was laid down by the day."""
        step = latest(self.steps, OF_TERM, on)
        return step.until if step else None

    def standing(self, on: date) -> Standing:
        """Where it stands on a day."""
        step = latest(self.steps, OF_STATE, on)
        if step is None or _STATE[step.kind] in ("applied", "returned"):
            begins_later = any(s.kind == "approved" for s in self.steps)
            return "not_yet" if begins_later else _STATE[step.kind] if step else "not_yet"
        standing, until = _STATE[step.kind], self.until(on)
        if standing in ("approved", "suspended") and until is not None and on >= until:
            return "expired"
        return standing


@dataclass(frozen=True)
class Entrusted:
    """What a county has entrusted to the base."""

    region: str
    terms: Terms
    since: date
    until: date | None = None
    basis: str = ""

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Allowed:
    """The base may: by its accreditation, or by an entrustment; `cite` is the document."""

    by: Literal["accreditation", "entrustment"]
    cite: str


@dataclass(frozen=True)
class Outside:
    """The base may not. `have` is what it may do instead, by the same measure (base_words says both)."""

    code: Why
    asked: str = ""
    have: tuple[str, ...] = field(default=())


def due(per: str, amount: Decimal, hours: Decimal | None) -> Decimal | None:
    """What a person pays by a standard: an amount by the hour needs the hours of the course."""
    if per == "hour":
        return None if hours is None else (amount * hours).quantize(Decimal("0.01"))
    return amount


def scope(
    accreditations: Sequence[Accredited],
    entrustments: Sequence[Entrusted],
    *,
    on: date,
    region: str,
    subject: str,
    specialty: str = "",
    title_level: str = "",
) -> Allowed | Outside:
    """Whether a base with these papers may teach the people of `region` this subject on a day (KF-31 to KF-37).

    `specialty` is asked for professional subjects only; an empty `title_level` asks for no level in particular.
    More papers or a wider scope never turn a yes into a no.
    """
    asked = _Asked(on, region, subject, word(specialty), title_level)
    answers = [answer for one in accreditations for answer in _answers(one, entrustments, asked)]
    yes = next((answer for answer in answers if isinstance(answer, Allowed)), None)
    if yes:
        return yes
    refusals = [answer for answer in answers if isinstance(answer, Outside)]
    return max(refusals, key=lambda no: _ORDER.index(no.code), default=Outside("no_accreditation"))


@dataclass(frozen=True)
class _Asked:
    on: date
    region: str
    subject: str
    specialty: str
    title_level: str


def _answers(one: Accredited, entrustments: Sequence[Entrusted], asked: _Asked) -> Iterable[Allowed | Outside]:
    standing = one.standing(asked.on)
    terms = one.terms(asked.on)
    if standing != "approved" or terms is None:
        yield Outside("not_yet" if standing == "approved" else standing, one.base)
        return
    if asked.region.startswith(one.region):
        yield _within(terms, asked) or Allowed("accreditation", one.basis)
    else:
        yield Outside("region", asked.region, (one.region, *(e.region for e in entrustments if e.holds(asked.on))))
    if one.level != "municipal":
        return
    for entrusted in entrustments:
        if entrusted.holds(asked.on) and asked.region.startswith(entrusted.region):
            yield _within(_of_both(terms, entrusted.terms), asked) or Allowed("entrustment", entrusted.basis)


def _of_both(base: Terms, county: Terms) -> Terms:
    """What a county entrusts, as far as the base is approved for it; its people may be of other levels (KF-35, 37)."""
    return Terms(
        base.subjects & county.subjects,
        base.specialties & county.specialties,
        base.title_levels | county.title_levels,
    )


def _within(terms: Terms, asked: _Asked) -> Outside | None:
    """The first thing that lies outside, or None."""
    if asked.subject not in terms.subjects:
        return Outside("subject", asked.subject, tuple(sorted(terms.subjects)))
    if asked.subject == "professional" and asked.specialty not in terms.specialties:
        return Outside("specialty", asked.specialty, tuple(sorted(terms.specialties)))
    if asked.title_level and asked.title_level not in terms.title_levels:
        return Outside("title", asked.title_level, tuple(sorted(terms.title_levels)))
    return None
