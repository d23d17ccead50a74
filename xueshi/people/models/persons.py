"""Persons, and what was true of them on which day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """A professional or an officer: one identity number, one person."""

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    class FileKeeper(models.TextChoices):
        """Where the personnel file is kept; it decides who verifies (CQ-33 to CQ-36)."""

        UNIT = "unit", _("所在单位")
        COUNTY_HRSS = "county_hrss", _("区县人力社保局")
        TALENT_AGENCY = "talent_agency", _("人才代理机构")
        OTHER = "other", _("其他或不清楚")

    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=240, default="", blank=True, db_collation="C")  # "zeng li|ceng li"
    id_index = models.CharField(max_length=64)  # keyed hash of the 18-place number
    id_cipher = models.BinaryField()  # AES-256-GCM, see kernel.vault
    id_tail_index = models.CharField(max_length=64)  # keyed hash of the last four places
    id_masked = models.CharField(max_length=18)  # 5001**********002X
    sex = models.CharField(max_length=6, choices=Sex.choices)
    born_on = models.DateField()
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    # Where the person belongs now; since when, and where before, is in Placement.
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", db_index=False)
    file_keeper = models.CharField(max_length=16, choices=FileKeeper.choices, default=FileKeeper.OTHER)
    file_agency = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField()
    identity_checked_at = models.DateTimeField(null=True)  # CQ-06, apart from payment
    identity_checked_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    merged_into = models.ForeignKey(  # the same human
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [  # each costs every person of a roster: none twice, none for nobody's question
            models.Index(fields=["name"]),
            models.Index(fields=["id_tail_index"], name="people_by_last_four"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="people_merged"),
            models.Index(
                fields=["region", "pinyin", "id"], condition=Q(merged_into=None), name="people_of_a_region_in_order"
            ),
            models.Index(fields=["pinyin", "id"], condition=Q(merged_into=None), name="people_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id_index"], name="one_person_of_a_number"),
            models.CheckConstraint(
                condition=Q(file_agency__isnull=True) | Q(file_keeper="talent_agency"),
                name="only_a_hosted_file_names_an_agency",
            ),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="nobody_is_merged_into_himself"),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where a person belonged from a day until a day: the region, and who kept the file; one without an end."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", db_index=False)
    file_keeper = models.CharField(max_length=16, choices=Person.FileKeeper.choices)
    file_agency = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)  # the first day no longer there

    class Meta:
        indexes = [models.Index(fields=["region", "person"])]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="one_present_placement"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="a_placement_ends_after_it_began"
            ),
        ]


class Employment(models.Model):
    """A person works for a unit from a day until a day; at most one main employer without an end, and side ones."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    employer = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day no longer there
    main = models.BooleanField(default=True)  # 人事关系所在; a second employer (兼职) sees, and decides nothing

    class Meta:
        indexes = [
            models.Index(fields=["employer", "person"], condition=Q(until=None), name="people_of_a_unit_now"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None, main=True), name="one_present_employer"),
            models.UniqueConstraint(
                fields=["person", "employer"], condition=Q(until=None), name="employed_once_by_a_unit"
            ),
        ]


class Title(models.Model):
    """A title level held from a day on, in the law's words; nobody has a row for having none."""

    class Level(models.TextChoices):
        ASSISTANT = "assistant", _("员级")
        JUNIOR = "junior", _("助理级")
        INTERMEDIATE = "intermediate", _("中级")
        DEPUTY_SENIOR = "deputy_senior", _("副高级")
        FULL_SENIOR = "full_senior", _("正高级")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=16, choices=Level.choices)
    obtained_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "level"], name="a_title_is_obtained_once")]


class Fact(models.Model):
    """What the law asks of a person beyond title and employer: a word of policies/words.yaml from a day until a day.

    Nothing is edited: a correction withdraws the row and records another, so what was known at any moment can be
    told. The database keeps the time, and one value for a word on a day (0003, 0008).
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", db_index=False)
    word = models.CharField(max_length=40)  # sector, post, first_hired, leave, …
    kind = models.CharField(max_length=8)  # of the word: word, date, event, spell, number, flag or name
    value = models.CharField(max_length=200, blank=True)  # as `dated.written` says; "" is known to be none
    since = models.DateField()  # the day of an event
    until = models.DateField(null=True)  # the first day it no longer holds
    recorded_at = models.DateTimeField()  # set by the database, as is withdrawn_at
    recorded_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(  # for whom
        "people.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200)  # the evidence that was seen
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "word"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="a_fact_ends_after_it_began"
            )
        ]
