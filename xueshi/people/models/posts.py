"""Who may act for whom, and how a person signs in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Post(models.Model):
    """A role that a person holds at an organisation, from a moment until a moment; renewed, or it runs out."""

    class Role(models.TextChoices):
        UNIT_CLERK = "unit_clerk", _("单位经办")  # rosters, confirms hours in the unit
        UNIT_HEAD = "unit_head", _("单位负责人")  # appoints clerks, gives the second yes
        BASE_CLERK = "base_clerk", _("基地经办")
        BASE_HEAD = "base_head", _("基地负责人")
        AUTHOR = "author", _("课程教师")
        ITEM_AUTHOR = "item_author", _("命题人")
        ITEM_REVIEWER = "item_reviewer", _("审题人")
        EXAM_MANAGER = "exam_manager", _("考务管理")
        PROCTOR = "proctor", _("监考人")
        INDUSTRY_OFFICER = "industry_officer", _("行业主管人员")
        OFFICER = "officer", _("主管科室")  # of a bureau; its level is the organisation's
        AGENCY_OFFICER = "agency_officer", _("代理机构人员")  # of a talent agency or the association
        COUNTER = "counter", _("缴费窗口")  # takes fees, checks data, opens permission
        VERIFIER = "verifier", _("审验人")  # verifies score slips
        FINANCE = "finance", _("财务")
        AUDITOR = "auditor", _("审计")  # reads everything in scope, writes nothing
        OPERATOR = "operator", _("平台管理员")  # regions, organisations, plans, courses, banks

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # when it runs out or was ended; null: not before it is ended
    granted_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # who gave the second yes
    rests_on = models.ForeignKey("people.Employment", models.SET_NULL, null=True, related_name="+")  # ends with it
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # null: the house
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "role"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=Q(ended_at=None),
                name="a_post_is_held_once",
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="nobody_grants_himself_a_post"
            ),
            models.CheckConstraint(
                condition=Q(second=None) | (~Q(second=F("granted_by")) & ~Q(second=F("person"))),
                name="the_second_yes_is_another_persons",
            ),
        ]


class AccountManager(BaseUserManager["Account"]):
    """What Django's sign-in needs; accounts are made by `actions.register`."""


class Account(AbstractBaseUser):
    """What signs in: a keyed hash of the identity number, and a password (CQ-04)."""

    person = models.OneToOneField("people.Person", models.PROTECT, related_name="+")
    id_index = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    generation = models.PositiveIntegerField(default=0)  # raised to end every session that began before

    objects = AccountManager()

    USERNAME_FIELD = "id_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session carries; sessions with another one have ended."""
        salt = "xueshi.people.models.Account.session"
        return salted_hmac(salt, f"{self.generation}:{self.password}", secret=secret, algorithm="sha256").hexdigest()


class ResetCode(models.Model):
    """A request for a code, and once it is sent the code's keyed hash; good for minutes and a few tries.

    Kept for every number that is asked for, registered or not, so that both cost and count the same.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("手机短信")
        MAIL = "mail", _("电子邮件")

    class Purpose(models.TextChoices):
        RESET = "reset", _("找回密码")
        SIGN_IN = "sign_in", _("登录")

    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.RESET)
    id_index = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    asked_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)  # empty until sent
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id_index", "asked_at"])]
