"""Learning cycles, the player's lease, watched spans and completions."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LearningCycle(models.Model):
    """One pass through the course; a new one begins when both chances failed (CQ-13). The old one is kept."""

    enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1, 2 …
    started_at = models.DateTimeField()
    studied_at = models.DateTimeField(null=True)  # every lesson complete: the exam opens
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=12, blank=True)  # "passed" or "failed_out"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="one_cycle_a_number"),
            models.UniqueConstraint(fields=["enrolment"], condition=Q(ended_at=None), name="one_open_cycle"),
        ]


class LessonProgress(models.Model):
    """How much of a lesson counts in a cycle, and how it was completed (CQ-09)."""

    class Evidence(models.TextChoices):
        TIMED = "timed", _("在线计时学习")
        DOWNLOADED = "downloaded", _("下载课件线下学习")

    cycle = models.ForeignKey("study.LearningCycle", models.PROTECT, related_name="+")
    lesson = models.ForeignKey("courses.Lesson", models.PROTECT, related_name="+")
    credited_ms = models.PositiveBigIntegerField(default=0)
    covered = models.JSONField(default=list)  # [[from_ms, to_ms], …] ascending, apart: what has been seen
    position_ms = models.PositiveBigIntegerField(default=0)  # where to go on
    downloaded_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=12, choices=Evidence.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "lesson"], name="one_progress_a_lesson")]


class PlayerLease(models.Model):
    """The one player a person may have at a time; `epoch` fences off the older ones."""

    class Device(models.TextChoices):
        COMPUTER = "computer", _("电脑")
        PHONE = "phone", _("手机")
        TABLET = "tablet", _("平板")

    person = models.OneToOneField("people.Person", models.PROTECT, related_name="+", primary_key=True)
    epoch = models.PositiveIntegerField(default=0)
    seq = models.PositiveIntegerField(default=0)
    progress = models.ForeignKey("study.LessonProgress", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)  # when this epoch began
    device = models.CharField(max_length=12, choices=Device.choices, default=Device.COMPUTER)
    position_ms = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # the last beat, by the database's clock
    span_started_at = models.DateTimeField(null=True)  # the open span, inserted when it closes; null: no clock runs
    span_ms = models.PositiveBigIntegerField(default=0)  # credited in the open span
    reserve_ms = models.PositiveIntegerField(default=0)  # time passed and not used, see rules.Standing
    owed = models.JSONField(default=list)  # played and not credited, see rules.Standing


class WatchSpan(models.Model):
    """A closed stretch of watching. The database refuses two that overlap for one person, and changes.

    `packed` is person id × 10¹³ + milliseconds of the epoch: one column, so that no extension is needed to
    exclude overlaps. The database checks that it says the same as the other columns.
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    progress = models.ForeignKey("study.LessonProgress", models.PROTECT, related_name="+")
    packed = DecimalRangeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    credited_ms = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_second_is_credited_once",
                expressions=[("packed", RangeOperators.OVERLAPS)],
            ),
        ]


class CoursePass(models.Model):
    """The exam of a plan has been passed: what a score slip certifies."""

    enrolment = models.OneToOneField("training.Enrolment", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    attempt = models.OneToOneField("exams.Attempt", models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=5, decimal_places=1)
    passed_at = models.DateTimeField()
