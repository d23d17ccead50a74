"""What operators see of plans."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xueshi.courses.models import Course
from xueshi.exams.models import Bank
from xueshi.ledger import law
from xueshi.policy.book import Rulebook
from xueshi.policy.chapters import Award, ExamLaw, FeeLaw, StudyLaw
from xueshi.training.models import Enrolment, Plan


def plans() -> QuerySet[Plan]:
    """Newest year first, each with how many have chosen it (`.chosen`)."""
    chosen = (
        Enrolment.objects.filter(plan=OuterRef("pk"), withdrawn_at=None)
        .values("plan")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Plan.objects.select_related("region", "course", "exam__bank")
        .annotate(chosen=Coalesce(Subquery(chosen), 0))
        .order_by("-year", "region__code", "pk")
    )


def plan(plan_id: int) -> Plan | None:
    return Plan.objects.select_related("region", "course", "exam__bank").filter(pk=plan_id).first()


def counts(plan_id: int) -> dict[str, int]:
    """How many have chosen a plan, and for how many it is open."""
    rows = Enrolment.objects.filter(plan_id=plan_id, withdrawn_at=None)
    return {"chosen": rows.count(), "opened": rows.exclude(opened_at=None).count()}


def courses() -> list[tuple[int, str]]:
    return list(Course.objects.order_by("title").values_list("pk", "title"))


def banks() -> list[tuple[int, str]]:
    return list(Bank.objects.order_by("title").values_list("pk", "title"))


def instruments() -> list[tuple[str, str]]:
    """The notices we hold as data: key, and number with title."""
    return [(book.key, f"{book.number} {book.title}".strip()) for book in law.library().books.values()]


@dataclass(frozen=True)
class Quote:
    """A sentence of the notice, its number on the page, and where it stands."""

    n: int
    text: str
    cite: str


@dataclass(frozen=True)
class Terms:
    """What the notice itself fixes for a plan, so that nobody need decide it; None where it is silent."""

    book: Rulebook
    exam: ExamLaw | None
    study: StudyLaw | None
    fee: FeeLaw | None
    award: Award | None
    quotes: dict[str, Quote]  # by what they are about: attempts, resume, fee, …; equal sentences share a number

    @property
    def notes(self) -> list[Quote]:
        """Each sentence once, in the order of its number."""
        return sorted({quote.n: quote for quote in self.quotes.values()}.values(), key=lambda quote: quote.n)


def terms(instrument: str, on: date) -> Terms | None:
    """The notice on chances, interruption, fee and hours on a day, with the sentences that say so."""
    book = law.library().books.get(instrument)
    if book is None:
        return None
    exam, study = book.exam(on), book.study(on)
    fee, award = book.fee(on, "public"), book.award("public_topic", on)
    said = {"award": award, "fee": fee, "study": study}
    ids = {about: quoted.provision for about, quoted in said.items() if quoted}
    ids |= dict(exam.said_by) if exam else {}
    numbers: dict[str, int] = {}
    quotes = {}
    for about in ABOUT:
        if about in ids:
            provision = book.provision(ids[about], on)
            n = numbers.setdefault(provision.id, len(numbers) + 1)
            quotes[about] = Quote(n, provision.text, f"{book.number} {provision.article}")
    return Terms(book, exam, study, fee, award, quotes)


# In the order in which a page speaks of them.
ABOUT = ("fee", "study", "practice", "opens_after", "attempts", "then", "resume", "on_interruption", "award")
