"""An instrument as one frozen value: its provisions in the order of the law, and its chapters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeVar

from xueshi.policy import chapters, demands, whole
from xueshi.policy.calendar import CIVIL, Calendar
from xueshi.policy.checking import check_facts
from xueshi.policy.conditions import ALWAYS, Condition
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.sight import EntrySight, PersonSight
from xueshi.policy.words import Vocabulary

Value = (
    demands.HourVerb
    | chapters.ExamLaw
    | chapters.StudyLaw
    | chapters.FeeLaw
    | chapters.ReviewRoute
    | chapters.ReviewMethods
    | chapters.EnrolmentLaw
    | chapters.DocumentLaw
    | chapters.OversightLaw
    | chapters.NoteLaw
)
V = TypeVar("V")
R = TypeVar("R", chapters.ReviewRoute, chapters.CounterRoute)


def _like(category: str) -> EntrySight:
    return EntrySight({"category": category}, 0)


class Silent(LookupError):
    """The instrument says nothing about this."""


class Undecided(LookupError):
    """A fact is missing (``facts``), and the answer hangs on it."""

    def __init__(self, facts: frozenset[str]) -> None:
        """Remember which facts would settle it."""
        super().__init__(f"cannot be told without {', '.join(sorted(facts))}")
        self.facts = facts


@dataclass(frozen=True)
class Provision:
    """One normative sentence in force from ``since`` until ``until``, both days included.

    ``instrument`` is the key of the file in which it stands: the rulebook's own, or that of one above it.
    """

    id: str
    article: str
    text: str
    verb: str
    value: Value
    since: date
    until: date = date.max
    reading: str = ""
    instrument: str = ""

    def in_force(self, on: date) -> bool:
        """True on every day from ``since`` to ``until``."""
        return self.since <= on <= self.until


@dataclass(frozen=True)
class Region:
    """A GB/T 2260 code (a prefix covers what lies below it) and the name."""

    code: str
    name: str


@dataclass(frozen=True, repr=False)
class Rulebook:
    """One instrument. ``digest`` is the SHA-256 of its canonical content and of the words it uses.

    ``original`` is False where ``text`` is our restoration of a lost wording. ``known_from`` and ``known_to``
    are the years encoded; ``binds`` says who is bound, and ``see`` where the others must look. ``memo`` keeps
    what others have worked out from the rulebook, which never changes.
    """

    key: str
    title: str
    issuer: str
    number: str
    region: Region
    since: date
    digest: str
    provisions: tuple[Provision, ...]
    words: Vocabulary
    known_from: int
    until: date = date.max
    original: bool = True
    source: str = ""
    source_sha256: str = ""
    under: tuple[str, ...] = ()
    known_to: int | None = None
    binds: Condition = ALWAYS
    see: str = ""
    field: str = ""
    calendar: Calendar = CIVIL
    parents: tuple[str, ...] = ()
    memo: dict[object, object] = dataclass_field(init=False, repr=False, compare=False, default_factory=dict)
    _by_id: Mapping[str, tuple[Provision, ...]] = dataclass_field(
        init=False, repr=False, compare=False, default_factory=lambda: MappingProxyType({})
    )
    _turns: tuple[date, ...] = dataclass_field(init=False, repr=False, compare=False, default=())
    _in_force: dict[tuple[type, int], tuple[tuple[Provision, Any], ...]] = dataclass_field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Index the wordings by id, and the days on which what is in force changes."""
        found: dict[str, tuple[Provision, ...]] = {}
        turns: set[date] = set()
        for provision in self.provisions:
            found[provision.id] = (*found.get(provision.id, ()), provision)
            turns.add(provision.since)
            if provision.until < date.max:
                turns.add(provision.until + timedelta(days=1))
        object.__setattr__(self, "_by_id", MappingProxyType(found))
        object.__setattr__(self, "_turns", tuple(sorted(turns)))

    def __repr__(self) -> str:
        """Its name and wording; a whole law is too long for a log."""
        return f"<Rulebook {self.key} {self.digest[:12]}>"

    def encodes(self, year: int) -> bool:
        """True for a year that somebody has encoded; of any other nothing is said."""
        return self.known_from <= year and (self.known_to is None or year <= self.known_to)

    def provision(self, id: str, on: date | None = None) -> Provision:
        """The provision with this id: the wording in force ``on`` a day, or the newest.

        Raises KeyError if there is none.
        """
        wordings = self._by_id[id]
        if on is None:
            return max(wordings, key=lambda p: p.since)
        for wording in wordings:
            if wording.in_force(on):
                return wording
        raise KeyError(id)

    def wordings(self, id: str) -> tuple[Provision, ...]:
        """Every wording of a provision, in the order of the file."""
        return self._by_id[id]

    def of(self, kind: type[V], on: date) -> tuple[tuple[Provision, V], ...]:
        """Provisions of one verb in force on a day, in the order of the law."""
        known = kind, bisect_right(self._turns, on)
        if known not in self._in_force:
            self._in_force[known] = tuple(
                (provision, provision.value)
                for provision in self.provisions
                if isinstance(provision.value, kind) and provision.in_force(on)
            )
        return self._in_force[known]

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which the law draws a line inside a year: what is done before one may count otherwise.

        The first day of a year is none of them: years are told apart anyway.
        """
        found: set[date] = set()
        for provision in self.provisions:
            if isinstance(law := provision.value, demands.Counts | demands.MakeUp):
                found.add(law.done_from)
                found.add(law.done_to if law.done_to == date.max else law.done_to + timedelta(days=1))
        calendar = self.calendar
        return tuple(
            day for day in sorted(found - {date.min, date.max}) if day != calendar.first_day(calendar.year_of(day))
        )

    # ---- chapters -----------------------------------------------------------------------------

    def exam(self, on: date, category: str = "public") -> chapters.ExamLaw | None:
        """How the examination goes, put together from every sentence on it."""
        found = [law for _, law in self.of(chapters.ExamLaw, on) if law.of.holds(_like(category))]
        if not found:
            return None
        first = next((law for law in found if "attempts" in law.said_by), found[0])
        merged = {key: getattr(law, key) for law in found for key in law.said_by}
        said_by = {key: who for law in found for key, who in law.said_by.items()}
        return replace(first, **merged, said_by=MappingProxyType(said_by))

    def study(self, on: date, category: str = "public") -> chapters.StudyLaw | None:
        """What shows that somebody studied."""
        return self._first(chapters.StudyLaw, on, category)

    def fee(self, on: date, category: str) -> chapters.FeeLaw | None:
        """What is owed for a category."""
        return self._first(chapters.FeeLaw, on, category)

    def routes(self, category: str, on: date) -> tuple[chapters.ReviewRoute, ...]:
        """Who verifies, in the order in which the routes are tried."""
        return tuple(law for _, law in self.of(chapters.ReviewRoute, on) if law.of.holds(_like(category)))

    def route_for(self, category: str, facts: Facts | Mapping[str, str], on: date) -> chapters.ReviewRoute:
        """Who verifies for this person; raises ``Undecided`` or ``Silent``."""
        return self._choose(self.routes(category, on), facts, on)

    def review_methods(self, category: str, on: date) -> chapters.ReviewMethods | None:
        """In which ways a verifier may check."""
        return self._first(chapters.ReviewMethods, on, category)

    def enrolment(self, on: date) -> tuple[chapters.EnrolmentLaw, ...]:
        """The steps of enrolment, in the order of the law."""
        return tuple(law for _, law in self.of(chapters.EnrolmentLaw, on))

    def counters(self, on: date) -> tuple[chapters.CounterRoute, ...]:
        """Where one pays on site, in the order in which the routes are tried."""
        return tuple(route for law in self.enrolment(on) for route in law.counters)

    def counter_for(self, facts: Facts | Mapping[str, str], on: date) -> chapters.CounterRoute:
        """Where this person pays on site; raises ``Undecided`` or ``Silent``."""
        return self._choose(self.counters(on), facts, on)

    def documents(self, on: date) -> tuple[chapters.DocumentLaw, ...]:
        """The documents that exist, and what each needs."""
        return tuple(law for _, law in self.of(chapters.DocumentLaw, on))

    def document(self, id: str, on: date) -> chapters.DocumentLaw | None:
        """One of them, such as ``score_slip``."""
        return next((law for law in self.documents(on) if law.id == id), None)

    def award(self, kind: str, on: date) -> chapters.Award | None:
        """The fixed hours that one entry of a kind is worth, or None where none are fixed."""
        for provision, law in self.of(demands.Earning, on):
            if law.fixed is not None and law.of.holds(EntrySight({"kind": kind}, on.year)):
                return chapters.Award(
                    *(provision.id, provision.article, provision.text),
                    hours=whole.shown(law.fixed),
                    category=law.category,
                    once=law.once,
                )
        return None

    def consequences(self, on: date) -> tuple[chapters.ConsequenceLaw, ...]:
        """What follows from what is not met, in the order of the law."""
        return tuple(
            chapters.ConsequenceLaw(
                *(p.id, p.article, p.text),
                if_unmet=law.if_unmet,
                effect=law.effect,
                on=law.on,
                in_principle=law.in_principle,
            )
            for p, law in self.of(demands.Consequence, on)
        )

    def oversight(self, on: date) -> tuple[chapters.OversightLaw, ...]:
        """Duties, wrongs and sanctions, in the order of the law."""
        return tuple(law for _, law in self.of(chapters.OversightLaw, on))

    def contacts(self, on: date) -> tuple[chapters.Contact, ...]:
        """Whom to ask about what."""
        return tuple(c for note in self.notes(on) for c in note.contacts)

    def client_requirements(self, on: date) -> tuple[chapters.ClientRequirement, ...]:
        """What the instrument asked of a learner's computer."""
        return tuple(c for note in self.notes(on) for c in note.client)

    def notes(self, on: date) -> tuple[chapters.NoteLaw, ...]:
        """Words of law that no rule carries."""
        return tuple(law for _, law in self.of(chapters.NoteLaw, on))

    def _first(self, kind: type[V], on: date, category: str) -> V | None:
        for _, law in self.of(kind, on):
            if isinstance(law, chapters.Scoped) and law.of.holds(_like(category)):
                return law
        return None

    def _choose(self, routes: tuple[R, ...], facts: Facts | Mapping[str, str], on: date) -> R:
        known = facts if isinstance(facts, Facts) else Facts.of(facts)
        check_facts(known, self.words)
        target = known.get("target")
        asked = Asked("", on.year, target if isinstance(target, str) else None)
        sight = PersonSight(known, asked, on.year)
        for route in routes:
            answer = route.when.holds(sight)
            if answer is None:
                raise Undecided(route.when.unknown(sight))
            if answer:
                return route
        raise Silent(f"{self.key} names nobody for this person")
