"""Simulations: a draft, the question, how far it has come, and what it found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Simulation(models.Model):
    """A draft tried on the people of a bureau. It grows chunk by chunk, so that a killed worker loses one at most."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在算")
        DONE = "done", _("算完了")
        FAILED = "failed", _("没有算成")
        CANCELLED = "cancelled", _("已停止")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")  # who asked
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")  # the bureau
    title = models.CharField(max_length=200)  # of the draft
    text = models.TextField()  # the draft itself, as it was handed in
    replaces = models.CharField(max_length=60, blank=True)  # "cn-50/chongqing-2010"; empty: where no law is encoded
    digest = models.CharField(max_length=64)  # of the draft
    replaced_digest = models.CharField(max_length=64, blank=True)  # of what it replaces, when it was asked
    purpose = models.CharField(max_length=40)
    target = models.CharField(max_length=20, blank=True)
    years = models.JSONField()  # [2026, 2027]
    capacity = models.CharField(max_length=12)  # in which post it was asked: it decides who is looked at
    asked_at = models.DateTimeField()  # also the day whose entries count
    last_person = models.BigIntegerField()  # people who register later are not in it
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField()  # people x years
    done = models.PositiveIntegerField(default=0)
    year_index = models.PositiveSmallIntegerField(default=0)  # which of `years` is being asked
    cursor = models.BigIntegerField(default=0)  # the last person done in that year
    elsewhere = models.PositiveIntegerField(default=0)  # whom another instrument governs
    differences = models.JSONField(default=list)  # one plain `policy.simulate.Difference` per year
    snapshot_at = models.DateTimeField(null=True)  # the snapshot that was read; null: read person by person
    problem = models.CharField(max_length=40, blank=True)  # why it failed, in one word
    moved_at = models.DateTimeField()  # when it last came further
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-asked_at"])]
