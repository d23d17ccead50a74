"""Banks, questions, exams, attempts and answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Bank(models.Model):
    """A bank of questions."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.title


class BankImport(models.Model):
    """A sheet of questions: received, checked row by row, confirmed or thrown away."""

    class State(models.TextChoices):
        CHECKED = "checked", _("已检查，待确认")
        CONFIRMED = "confirmed", _("已入库")
        DISCARDED = "discarded", _("已放弃")

    bank = models.ForeignKey("exams.Bank", models.PROTECT, related_name="+")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.CHECKED)
    good = models.JSONField(default=list)  # questions as they would be stored
    # [{"row": 7, "cells": […], "faults": [{"column": "答案", "code": "no_answer", "facts": {…}}]}]
    problems = models.JSONField(default=list)
    received_at = models.DateTimeField()
    received_by_id = models.BigIntegerField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)  # {"added": 3, "changed": 1, "same": 92} once confirmed


class Question(models.Model):
    """One version of one question; a changed question is a new version."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("单选题")
        MULTIPLE = "multiple", _("多选题")
        JUDGEMENT = "judgement", _("判断题")

    bank = models.ForeignKey("exams.Bank", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    stem = models.TextField()
    options = models.JSONField()  # ["…", "…"], in the author's order
    key = models.JSONField()  # indexes of the right options, ascending
    explanation = models.TextField(blank=True)
    section = models.CharField(max_length=40, blank=True)  # the lesson it belongs to
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank", "code", "version"], name="one_question_a_version"),
            models.UniqueConstraint(fields=["bank", "code"], condition=Q(retired_at=None), name="one_version_in_use"),
        ]


class Exam(models.Model):
    """What an attempt is made of: how many questions of each kind, how long, and what passes."""

    bank = models.ForeignKey("exams.Bank", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    singles = models.PositiveSmallIntegerField(default=20)
    multiples = models.PositiveSmallIntegerField(default=10)
    judgements = models.PositiveSmallIntegerField(default=10)
    minutes = models.PositiveSmallIntegerField(default=60)
    pass_mark = models.PositiveSmallIntegerField(default=60)  # of 100
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="a_window_has_length")
        ]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One sitting of one paper by one person."""

    class Kind(models.TextChoices):
        FORMAL = "formal", _("正式考试")
        MOCK = "mock", _("模拟考试")

    class State(models.TextChoices):
        RUNNING = "running", _("考试中")
        SUBMITTED = "submitted", _("已交卷")
        NO_SCORE = "no_score", _("无成绩，登记为不合格")  # CQ-16

    exam = models.ForeignKey("exams.Exam", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    cycle_key = models.CharField(max_length=40)  # "cycle:12": chances are counted within it
    number = models.PositiveSmallIntegerField()  # 1, 2 within the cycle
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    seed = models.CharField(max_length=64)
    paper = models.JSONField()  # frozen: [{"q": question id, "kind": "single", "options": [order]}, …]
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # fixed at the start
    seat_epoch = models.PositiveIntegerField(default=1)  # raised when another device takes the seat
    seat_at = models.DateTimeField()  # since when the present device has it
    seat_device = models.CharField(max_length=60, blank=True)  # in words, for "moved to another device"
    resumes = models.PositiveSmallIntegerField(default=0)
    submit_key = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True)
    right = models.PositiveSmallIntegerField(null=True)  # questions answered rightly
    score = models.DecimalField(max_digits=5, decimal_places=1, null=True)  # of 100; null = no score
    passed = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "exam", "kind"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cycle_key", "number"],
                condition=Q(kind="formal"),
                name="a_chance_is_used_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state="running"),
                name="one_running_attempt_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="no_score") | Q(score=None, passed=False),
                name="no_score_is_failed",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", score__isnull=False, passed__isnull=False, submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(score=None, submitted_at=None)),
                name="only_a_submitted_paper_has_a_score",
            ),
        ]


class Answer(models.Model):
    """The current answer to one slot of a paper."""

    attempt = models.ForeignKey("exams.Attempt", models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField()  # 0-based place in the paper
    seat_epoch = models.PositiveIntegerField()  # each seat counts its own saves
    seq = models.PositiveIntegerField()  # the highest one heard; lower ones are accepted and ignored
    chosen = models.JSONField()  # indexes of the chosen options, as shown on this paper
    flagged = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "slot"], name="one_current_answer_a_slot")]


class AnswerRevision(models.Model):
    """Every accepted save, as evidence. Added, never changed (the database refuses)."""

    attempt = models.ForeignKey("exams.Attempt", models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    seat_epoch = models.PositiveIntegerField()
    chosen = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "slot", "seat_epoch", "seq"], name="a_save_is_heard_once")
        ]
