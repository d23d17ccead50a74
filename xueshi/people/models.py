"""Regions, organisations, persons and the posts they hold."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """A region by its GB/T 2260 code; the first digits are its parent's."""

    code = models.CharField(max_length=12, unique=True)  # "50", "500103"
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A bureau, a unit, an agency, an association or a training centre."""

    class Kind(models.TextChoices):
        MUNICIPAL_HRSS = "municipal_hrss", _("市人力社保局")
        COUNTY_HRSS = "county_hrss", _("区县人力社保局")
        TRAINING_CENTRE = "training_centre", _("人事培训中心")
        TALENT_AGENCY = "talent_agency", _("人才代理机构")
        CE_ASSOCIATION = "ce_association", _("继续教育协会")
        UNIT = "unit", _("用人单位")

    class Level(models.TextChoices):
        MUNICIPAL = "municipal", _("市级")
        COUNTY = "county", _("区县")

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    level = models.CharField(max_length=12, choices=Level.choices)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=100, blank=True)  # when the counter is open, in words
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="one_organisation_of_a_name_in_a_region")
        ]

    def __str__(self) -> str:
        return self.name


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
    id_index = models.CharField(max_length=64, unique=True)  # keyed hash of the 18-place number
    id_cipher = models.BinaryField()  # AES-256-GCM, see kernel.vault
    id_tail_index = models.CharField(max_length=64, db_index=True)  # keyed hash of the last four places
    id_masked = models.CharField(max_length=18)  # 5001**********002X
    sex = models.CharField(max_length=6, choices=Sex.choices)
    born_on = models.DateField()
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    file_keeper = models.CharField(max_length=16, choices=FileKeeper.choices, default=FileKeeper.OTHER)
    file_agency = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField()
    identity_checked_at = models.DateTimeField(null=True)  # CQ-06, apart from payment
    identity_checked_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["name"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(file_agency__isnull=True) | Q(file_keeper="talent_agency"),
                name="only_a_hosted_file_names_an_agency",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Employment(models.Model):
    """A person works for a unit from a day until a day; at most one without an end."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    employer = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day no longer there

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="one_present_employer")]


class Title(models.Model):
    """A title level held from a day on, in the law's words; nobody has a row for having none."""

    class Level(models.TextChoices):
        ASSISTANT = "assistant", _("员级")
        JUNIOR = "junior", _("助理级")
        INTERMEDIATE = "intermediate", _("中级")
        DEPUTY_SENIOR = "deputy_senior", _("副高级")
        FULL_SENIOR = "full_senior", _("正高级")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    level = models.CharField(max_length=16, choices=Level.choices)
    obtained_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "level"], name="a_title_is_obtained_once")]


class Fact(models.Model):
    """What the law asks of a person beyond title and employer: a word of policies/words.yaml from a day until a day.

    Nothing is edited: a correction withdraws the row and records another, so what was known at any moment can be
    told. The database keeps the time, and one value for a word on a day (0002).
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    word = models.CharField(max_length=40)  # sector, post, first_hired, leave, …
    kind = models.CharField(max_length=8)  # of the word: word, date, event, spell, number, flag or name
    value = models.CharField(max_length=200, blank=True)  # as `dated.written` says; "" is known to be none
    since = models.DateField()  # the day of an event
    until = models.DateField(null=True)  # the first day it no longer holds
    recorded_at = models.DateTimeField()  # set by the database, as is withdrawn_at
    recorded_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")  # for whom
    reason = models.CharField(max_length=200)  # the evidence that was seen
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "word"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="a_fact_ends_after_it_began"
            )
        ]


class Post(models.Model):
    """A role that a person holds at an organisation, from a moment until a moment."""

    class Role(models.TextChoices):
        COUNTER = "counter", _("缴费窗口")  # takes fees, checks data, opens permission
        VERIFIER = "verifier", _("审验人")  # verifies score slips
        UNIT_CLERK = "unit_clerk", _("单位经办")  # confirms hours in the unit
        OPERATOR = "operator", _("平台管理员")  # regions, organisations, plans, courses, banks

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=Q(until=None),
                name="a_post_is_held_once",
            )
        ]


class AccountManager(BaseUserManager["Account"]):
    """What Django's sign-in needs; accounts are made by `actions.register`."""


class Account(AbstractBaseUser):
    """What signs in: a keyed hash of the identity number, and a password (CQ-04)."""

    person = models.OneToOneField("people.Person", models.PROTECT, related_name="+")
    id_index = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)

    objects = AccountManager()

    USERNAME_FIELD = "id_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class ResetCode(models.Model):
    """A request for a code, and once it is sent the code's keyed hash; good for minutes and a few tries.

    Kept for every number that is asked for, registered or not, so that both cost and count the same.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("手机短信")
        MAIL = "mail", _("电子邮件")

    id_index = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    asked_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)  # empty until sent
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id_index", "asked_at"])]
