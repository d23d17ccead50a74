"""What operators see of plans."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xueshi.courses.models import Course
from xueshi.exams.models import Bank
from xueshi.ledger import law
from xueshi.training.models import Enrolment, Plan


def plans() -> QuerySet[Plan]:
    """Newest year first, each with how many have chosen it (`.chosen`)."""
    chosen = Enrolment.objects.filter(plan=OuterRef("pk")).values("plan").annotate(n=Count("pk")).values("n")
    return (
        Plan.objects.select_related("region", "course", "exam__bank")
        .annotate(chosen=Coalesce(Subquery(chosen), 0))
        .order_by("-year", "region__code", "pk")
    )


def plan(plan_id: int) -> Plan | None:
    return Plan.objects.select_related("region", "course", "exam__bank").filter(pk=plan_id).first()


def counts(plan_id: int) -> dict[str, int]:
    """How many have chosen a plan, and for how many it is open."""
    rows = Enrolment.objects.filter(plan_id=plan_id)
    return {"chosen": rows.count(), "opened": rows.exclude(opened_at=None).count()}


def courses() -> list[tuple[int, str]]:
    return list(Course.objects.order_by("title").values_list("pk", "title"))


def banks() -> list[tuple[int, str]]:
    return list(Bank.objects.order_by("title").values_list("pk", "title"))


def instruments() -> list[tuple[str, str]]:
    """The notices we hold as data: key, and number with title."""
    return [(book.key, f"{book.number} {book.title}") for book in law.library().books.values()]
