"""The chapters that other floors read: exam, study, fee, review, enrolment, documents, oversight.

Each value names its provision, so that a page can quote the clause. The engine decides nothing
about them; it only makes sure that every key is known and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xueshi.policy.conditions import ALWAYS, Condition


@dataclass(frozen=True)
class Quoted:
    """The clause a chapter's answer comes from."""

    provision: str = ""
    article: str = ""
    text: str = ""


@dataclass(frozen=True)
class Scoped(Quoted):
    """A clause about the entries ``of`` a kind only."""

    of: Condition = ALWAYS


@dataclass(frozen=True)
class ExamLaw(Scoped):
    """How the examination goes. ``provision`` is the sentence on attempts, if there is one.

    ``attempts`` None: no number is stated. A word that is "" is a matter the instrument leaves
    open, and ``pass_mark`` None is one for the annual plan. ``said_by`` names, for each key that
    is stated, the provision that states it.
    """

    attempts: int | None = None
    then: str = ""
    practice: str = ""
    resume: str = ""
    on_interruption: str = ""
    opens_after: str = ""
    pass_mark: Decimal | None = None
    said_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyLaw(Scoped):
    """What shows that somebody studied; any one of ``evidence`` is enough."""

    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeeLaw(Scoped):
    """What is owed in yuan, per what, approved by which document, and what it covers."""

    amount: Decimal = Decimal(0)
    per: str = ""
    basis: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewRoute(Scoped):
    """Who verifies (审验): ``by`` is an actor of the vocabulary, ``by_name`` its Chinese name."""

    when: Condition = ALWAYS
    by: str = ""
    by_name: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class ReviewMethods(Scoped):
    """In which ways a verifier may check."""

    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class CounterRoute(Quoted):
    """Where somebody pays on site, and who opens their study."""

    when: Condition = ALWAYS
    by: str = ""
    by_name: str = ""
    opened_by: str = ""
    checks_registration: bool = False


@dataclass(frozen=True)
class EnrolmentLaw(Quoted):
    """One step of enrolment: who takes it, and how study is opened when it is the paying."""

    step: str = ""
    by: tuple[str, ...] = ()
    user_name: str = ""
    paid: str = ""
    opened_by: str = ""
    checks_registration: bool = False
    counters: tuple[CounterRoute, ...] = ()


@dataclass(frozen=True)
class DocumentLaw(Quoted):
    """A document: what must be true before it exists, and who prints or makes it."""

    id: str = ""
    name: str = ""
    printed_by: str = ""
    made_by: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Award(Quoted):
    """What one thing done is worth."""

    hours: Decimal = Decimal(0)
    category: str = ""
    once: str = ""


@dataclass(frozen=True)
class ConsequenceLaw(Quoted):
    """What follows when what is owed for one of these purposes is missing."""

    if_unmet: tuple[str, ...] = ()
    effect: str = ""
    on: tuple[str, ...] = ()
    in_principle: bool = False


@dataclass(frozen=True)
class OversightLaw(Quoted):
    """Who must do what for whom, which wrongs are named and what follows from them."""

    by: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    sanctions: tuple[str, ...] = ()
    grave: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contact(Quoted):
    """Whom to ask about a topic (``technical`` or ``policy``)."""

    topic: str = ""
    name: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientRequirement(Quoted):
    """What the instrument asked of a learner's computer; kept as history."""

    item: str = ""
    value: str = ""


@dataclass(frozen=True)
class NoteLaw(Quoted):
    """Words of law that no rule carries, and why not; contacts and client requirements."""

    why: str = ""
    contacts: tuple[Contact, ...] = ()
    client: tuple[ClientRequirement, ...] = ()
