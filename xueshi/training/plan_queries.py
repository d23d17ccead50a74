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
from xueshi.policy.demands import Earning, Relief
from xueshi.training.models import Accreditation, Enrolment, Plan


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


def bases() -> list[tuple[int, str]]:
    """Organisations that are accredited as training bases, or once were."""
    rows = Accreditation.objects.filter(decided_by__isnull=False, base__closed_at=None).exclude(state="refused")
    return list(rows.order_by("base__name").values_list("base_id", "base__name").distinct())


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
    earnings: list[Quote]  # how hours are reckoned, where the notice fixes none for this kind of course
    freed: list[Quote]  # who need not sit the exam

    @property
    def notes(self) -> list[Quote]:
        """Each sentence once, in the order of its number."""
        said = [*self.quotes.values(), *self.earnings, *self.freed]
        return sorted({quote.n: quote for quote in said}.values(), key=lambda quote: quote.n)


def terms(instrument: str, on: date, category: str = "public", kind: str = "public_topic") -> Terms | None:
    """The notice on chances, interruption, fee and hours of a kind of course, with the sentences that say so."""
    book = law.library().books.get(instrument)
    if book is None:
        return None
    exam, study = book.exam(on, category), book.study(on, category)
    fee, award = book.fee(on, category), book.award(kind, on)
    said = {"award": award, "fee": fee, "study": study}
    ids = {about: quoted.provision for about, quoted in said.items() if quoted}
    ids |= dict(exam.said_by) if exam else {}
    earnings = [] if award else [p.id for p, one in book.of(Earning, on) if not one.as_ or category in one.as_]
    freed = [p.id for p, one in book.of(Relief, on) if one.gives == "no_exam"]
    numbers: dict[str, int] = {}

    def quote(id: str) -> Quote:
        n = numbers.setdefault(id, len(numbers) + 1)
        return Quote(n, book.provision(id, on).text, law.cite(book, id, on))

    quotes = {about: quote(ids[about]) for about in ABOUT if about in ids}
    more = [quote(id) for id in earnings], [quote(id) for id in freed]
    return Terms(book, exam, study, fee, award, quotes, *more)


# In the order in which a page speaks of them.
ABOUT = ("fee", "study", "practice", "opens_after", "attempts", "then", "make_up", "resume", "on_interruption", "award")
