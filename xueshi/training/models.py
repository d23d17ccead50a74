"""Annual plans and enrolments."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xueshi.training.base_models import (
    Accreditation,
    AccreditationBatch,
    AccreditationStep,
    Entrustment,
    FeeItem,
    Subject,
)

__all__ = [
    "Accreditation",
    "AccreditationBatch",
    "AccreditationStep",
    "Enrolment",
    "Entrustment",
    "FeeItem",
    "Plan",
    "Subject",
]


class Plan(models.Model):
    """The year's public topic in a region: the course, the exam, the window, the notice it follows (CQ-30)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        CLOSED = "closed", _("已关闭")

    year = models.PositiveSmallIntegerField()
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    course = models.ForeignKey("courses.Course", models.PROTECT, related_name="+")
    exam = models.ForeignKey("exams.Exam", models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=60)  # "cn-50/chongqing-2010"
    # What some notices leave to the plan: how many hours the course has, and a price that is set elsewhere.
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)  # yuan a person
    price_basis = models.CharField(max_length=120, blank=True, default="")  # the document that set it
    base = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")  # who teaches (KF-19)
    specialty = models.CharField(max_length=40, blank=True, default="")  # of a professional course that a base teaches
    opens_at = models.DateTimeField()  # enrolment and study
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "region", "course"], name="a_course_is_planned_once_a_year"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="a_plan_has_length"),
            models.CheckConstraint(condition=Q(hours=None) | Q(hours__gt=0), name="a_course_has_hours"),
            models.CheckConstraint(
                condition=Q(price=None, price_basis="") | Q(price__isnull=False, price__gte=0) & ~Q(price_basis=""),
                name="a_price_has_its_basis",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """A person has chosen a plan's course; `opened_at` says whether study and exam are open."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    plan = models.ForeignKey("training.Plan", models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # taken back before paying; choosing again is a new line

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "plan"], condition=Q(withdrawn_at=None), name="a_plan_is_chosen_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(opened_at=None), name="what_is_open_is_not_withdrawn"
            ),
        ]
