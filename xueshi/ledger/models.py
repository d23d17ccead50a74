"""The hours ledger: lines that are added and never changed."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _


class Alike(models.Model):
    """Lines that say the same: category, kind and marks, once. The database finds it for each line (0004)."""

    category = models.CharField(max_length=16)
    kind = models.CharField(max_length=40)
    marks = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "kind", "marks"], name="what_is_alike_stands_once")]


class Touched(models.Model):
    """A person of whom something changed that the snapshot shows, and the transaction that did it; a queue (0004)."""

    person_id = models.BigIntegerField()
    xid = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()


class HoursEntry(models.Model):
    """One line of a person's hours; a mistake is undone by a second line that reverses it."""

    class Category(models.TextChoices):
        PUBLIC = "public", _("公需科目")
        PROFESSIONAL = "professional", _("专业科目")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # the year the hours count for
    category = models.CharField(max_length=16, choices=Category.choices)
    hours = models.DecimalField(max_digits=8, decimal_places=2)  # 学时
    kind = models.CharField(max_length=40)  # the law's word: public_topic, …; or "reversal"
    title = models.CharField(max_length=200)  # what was studied, for people
    marks = models.JSONField(default=dict)  # what else the law asks of it: {"passed": true, "verified": true}
    earned_on = models.DateField()
    recorded_at = models.DateTimeField()  # set by the database, not by us (0002)
    source = models.CharField(max_length=80, unique=True)  # "slip:12", so posting twice is harmless
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    instrument = models.CharField(max_length=60)  # "cn-50/chongqing-2010"
    provision = models.CharField(max_length=60)  # the provision that gave the hours
    digest = models.CharField(max_length=64)  # of the rulebook that was in force
    actor_id = models.BigIntegerField(null=True)  # the person who confirmed
    verified_by_id = models.BigIntegerField(null=True)  # who had verified what the hours rest on: never the same
    organisation_id = models.BigIntegerField(null=True)  # for whom the actor confirmed
    blind = models.BinaryField(max_length=16)  # hides the line in a public log of hashes
    # For reading a million people's lines: set by the database, together in one index, so that the table is not read.
    alike = models.ForeignKey("ledger.Alike", models.PROTECT, related_name="+")
    parts = models.GeneratedField(  # hours in 1/1800, as policy.whole has it
        expression=Cast(F("hours") * 1800, models.IntegerField()), output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        indexes = [
            models.Index(fields=["person", "year"], include=["earned_on", "alike", "parts"], name="hours_of_a_person")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, reverses=None) | Q(hours__lt=0, reverses__isnull=False),
                name="only_a_reversal_subtracts",
            ),
            models.CheckConstraint(
                condition=Q(actor_id=None)
                | (
                    (Q(verified_by_id=None) | ~Q(actor_id=F("verified_by_id")))
                    & (Q(reverses__isnull=False) | ~Q(actor_id=F("person_id")))
                ),
                name="nobody_confirms_what_he_verified_or_his_own",
            ),
        ]
