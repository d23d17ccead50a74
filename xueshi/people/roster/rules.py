"""What a roster may change about a person, by how the person stands when a row is applied. Pure.

One table; the pages print it before anything is applied, and applying decides by nothing else. In no case does a
roster change a name, an identity number, a day of birth, a sex, or what is already recorded: those are requests that
somebody decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

SECOND_LOOK_ABOVE = 500  # new people; beyond this another person must agree

Outcome = Literal["new", "changed", "same", "joined", "moved", "side", "own", "refused"]
Standing = Literal["nobody", "here", "free", "elsewhere", "beside", "oneself", "merged"]


@dataclass(frozen=True)
class Rule:
    """How one stands towards the unit -> what becomes of the row, and what may be added."""

    standing: Standing
    outcome: Outcome
    adds: frozenset[str]  # person, employment, transfer, phone, email, title, facts
    name_must_agree: bool = False


_DATA = frozenset({"phone", "email", "title", "facts"})
TABLE: Mapping[Standing, Rule] = {
    rule.standing: rule
    for rule in (
        Rule("nobody", "new", _DATA | {"person", "employment"}),  # registered, without an account
        Rule("here", "changed", _DATA),  # works here first: what is missing is added ("same" where nothing is)
        Rule("free", "joined", _DATA | {"employment"}, name_must_agree=True),  # known, and works for nobody
        Rule("elsewhere", "moved", frozenset({"transfer"}), name_must_agree=True),  # asked for, not moved
        Rule("beside", "side", frozenset()),  # has a second job here: the first employer keeps the data
        Rule("oneself", "own", frozenset()),  # who brings or agrees changes nothing about himself
        Rule("merged", "refused", frozenset()),  # the number belongs to an account that went into another
    )
}


@dataclass(frozen=True)
class Known:
    """A person on record, as far as a roster is concerned."""

    person_id: int
    name: str
    phone: str
    email: str
    born_on: date
    merged: bool
    employer: int | None  # the first
    beside: frozenset[int]  # further employers
    free_since: date | None  # the day on which the last employment ended
    titles: Mapping[str, date]
    facts: Mapping[str, str]  # word -> value, of what holds or is to hold; an event has its day
    asked: bool  # a move has been asked for and is not decided
    account: bool = False  # signs in already: phone and mailbox recover the password, so they are nobody else's to say


@dataclass(frozen=True)
class Row:
    """What a good row says of a person."""

    name: str
    phone: str = ""
    email: str = ""
    title: tuple[str, date] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What becomes of a row: `adds` names what is added, `differs` what is said otherwise and stays as it is."""

    outcome: Outcome
    adds: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    problem: str = ""  # the code, of a row that is refused


def standing(known: Known | None, unit: int, actors: Sequence[int | None]) -> Standing:
    """How a person stands towards the unit that brings the roster."""
    if known is None:
        return "nobody"
    if known.merged:
        return "merged"
    if known.person_id in actors:
        return "oneself"
    if known.employer == unit:
        return "here"
    if unit in known.beside:
        return "beside"
    return "free" if known.employer is None else "elsewhere"


def decide(row: Row, known: Known | None, *, unit: int, actors: Sequence[int | None]) -> Decision:
    """What a row does; `actors` are those who sent, confirmed and agreed."""
    rule = TABLE[standing(known, unit, actors)]
    if known is None:
        return Decision(rule.outcome)
    if rule.outcome == "refused":
        return Decision("refused", problem="person-merged")
    same_name = _alike(row.name, known.name)
    if rule.name_must_agree and not same_name:
        return Decision("refused", problem="name-differs")
    adds, differs = _data(row, known) if "facts" in rule.adds else ((), ())
    if not same_name:
        differs = ("name", *differs)
    if "transfer" in rule.adds:
        return Decision(rule.outcome, () if known.asked else ("transfer",), differs)
    if "employment" in rule.adds:
        return Decision(rule.outcome, ("employment", *adds), differs)
    outcome: Outcome = "same" if rule.outcome == "changed" and not adds else rule.outcome
    return Decision(outcome, adds, differs)


def _data(row: Row, known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of the row's data are missing on record, and which are there and differ."""
    adds: list[str] = []
    differs: list[str] = []
    for key, said, held in (("phone", row.phone, known.phone), ("email", row.email, known.email)):
        if said and not held and not known.account:
            adds.append(key)
        elif said and said != held:
            differs.append(key)
    if row.title:
        level, day = row.title
        if level not in known.titles:
            adds.append("title")
        elif known.titles[level] != day:
            differs.append("title_obtained_on")
    for word, value in row.facts.items():
        if word not in known.facts:
            adds.append(word)
        elif known.facts[word] != value:
            differs.append(word)
    return tuple(adds), tuple(differs)


def _alike(one: str, other: str) -> bool:
    """The same name, however it is spaced and dotted."""
    return [c for c in one.casefold() if c.isalpha()] == [c for c in other.casefold() if c.isalpha()]
