"""The chapters that other floors read: exam, study, fee, review, enrolment, documents, oversight.

Each value names its provision, so that a page can quote the clause. The engine decides nothing
about them; it only makes sure that every key is known and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from xueshi.policy.conditions import ALWAYS, Condition

_FEN = Decimal("0.01")


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
class MakeUpExam:
    """An exam after a failed one (补考): who asks for it, and how often; None: as often as they like."""

    by: str
    attempts: int | None = None


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
    make_up: MakeUpExam | None = None
    said_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyLaw(Scoped):
    """What shows that somebody studied; any one of ``evidence`` is enough."""

    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeeLaw(Scoped):
    """What is owed in yuan, for what, approved by which document, what it covers and who pays (负担).

    Exactly one of: ``amount`` ``per`` person and year; ``per_hour``; ``package_price`` for each
    ``package_hours`` begun; ``free``; or ``by_schedule``, the actor who sets it elsewhere.
    """

    amount: Decimal = Decimal(0)
    per: str = ""
    basis: str = ""
    covers: tuple[str, ...] = ()
    per_hour: Decimal | None = None
    package_hours: Decimal = Decimal(0)
    package_price: Decimal | None = None
    free: bool = False
    by_schedule: str = ""
    payers: tuple[str, ...] = ()

    def price(self, hours: Decimal) -> Decimal | None:
        """Yuan for so many hours in one year, to the fen; None where the instrument names no price."""
        if self.free:
            return Decimal("0.00")
        if self.per_hour is not None:
            return (self.per_hour * hours).quantize(_FEN, ROUND_HALF_UP)
        if self.package_price is not None:
            return self.package_price * (hours / self.package_hours).to_integral_value(ROUND_CEILING)
        return None if self.by_schedule else self.amount


@dataclass(frozen=True)
class ReviewRoute(Scoped):
    """Who verifies (审验): ``by`` is an actor of the vocabulary, ``by_name`` its Chinese name.

    Any one of ``first`` may (``by`` is the first of them), and after them any one of ``then``; ``result`` is
    what they enter.
    """

    when: Condition = ALWAYS
    by: str = ""
    by_name: str = ""
    sealed: bool = False
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    result: str = ""


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
    """One step of enrolment: who takes it, and how study is opened when it is the paying.

    Or the whole way of it: ``steps`` are the actors through whose hands a list goes, from ``opens`` to
    ``closes``; ``collective``: by the unit, on its ``form``; ``activated_by``: what opens study.
    """

    step: str = ""
    by: tuple[str, ...] = ()
    user_name: str = ""
    paid: str = ""
    opened_by: str = ""
    checks_registration: bool = False
    counters: tuple[CounterRoute, ...] = ()
    steps: tuple[str, ...] = ()
    opens: date | None = None
    closes: date | None = None
    collective: bool = False
    form: str = ""
    activated_by: str = ""


@dataclass(frozen=True)
class DocumentLaw(Quoted):
    """A document: what must be true before it exists, who prints or makes it, and who issues it.

    ``needs`` are stages of the vocabulary and ids of demands; ``origin`` is where one gets it.
    """

    id: str = ""
    name: str = ""
    printed_by: str = ""
    made_by: str = ""
    needs: tuple[str, ...] = ()
    issuer: str = ""
    form: str = ""
    origin: str = ""


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
class Sample:
    """A draw of ``units``, and in each of them a share of its persons, rounded ``up`` or to the nearest."""

    units: str
    least: Fraction
    most: Fraction
    up: bool = False


@dataclass(frozen=True)
class Reduction:
    """A quota (``excellent``) that is reduced by so many hundredths of the staff."""

    quota: str
    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class OversightLaw(Quoted):
    """Who must do what for whom, which wrongs are named and what follows from them.

    Or how a ``sample`` is drawn, how those drawn sit an exam, what is measured and what it ``reduces``.
    """

    by: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    sanctions: tuple[str, ...] = ()
    grave: tuple[str, ...] = ()
    sample: Sample | None = None
    sitting: str = ""
    measure: str = ""
    reduces: Reduction | None = None


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
