"""Training bases: who may teach whom, by whose approval, since when; and what may be asked for it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xueshi.people.models import Title


class Subject(models.TextChoices):
    PUBLIC = "public", _("公需科目")
    PROFESSIONAL = "professional", _("专业科目")


def _words(length: int) -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=length), default=list, blank=True)


class AccreditationBatch(models.Model):
    """Bases that a bureau accredits together, by one document (KF-40)."""

    bureau = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)  # 第一批
    decided_on = models.DateField()
    document = models.CharField(max_length=200)  # its number and title
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bureau", "name"], name="a_batch_has_a_name_of_its_own")]

    def __str__(self) -> str:
        return self.name


class Accreditation(models.Model):
    """An organisation as a training base: applied for, approved, suspended, withdrawn (KF-31 to KF-37).

    What was decided, for which scope and from which day, stands in the steps; here is where it has come to. A
    suspension may begin later: until `state_since` the accreditation is still `state_before`.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("待审批")
        RETURNED = "returned", _("已退回")
        REFUSED = "refused", _("未批准")
        APPROVED = "approved", _("有效")
        SUSPENDED = "suspended", _("已暂停")
        WITHDRAWN = "withdrawn", _("已撤销")

    class Level(models.TextChoices):
        MUNICIPAL = "municipal", _("市级基地")
        COUNTY = "county", _("区县级基地")

    base = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    level = models.CharField(max_length=12, choices=Level.choices)
    supervisor = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")  # the bureau that decides
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")  # whose people it teaches
    batch = models.ForeignKey("training.AccreditationBatch", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    state_since = models.DateField()
    state_before = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    until = models.DateField(null=True)  # the first day no longer accredited; null: until withdrawn
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    withdrawal_proposed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    withdrawal_proposed_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)
    withdrawn_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["supervisor", "state"]), models.Index(fields=["region"])]
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=~Q(state__in=["refused", "withdrawn"]), name="a_base_is_accredited_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applied_by")), name="nobody_decides_what_he_applied_for"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None) | ~Q(withdrawn_by=F("withdrawal_proposed_by")),
                name="an_accreditation_is_withdrawn_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_by__isnull=False, withdrawal_proposed_by__isnull=False),
                name="what_is_withdrawn_says_by_whom",
            ),
        ]


class AccreditationStep(models.Model):
    """One thing that was done about an accreditation: by whom, for whom, from which day. Never changed."""

    class Kind(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("step", "申请")
        RETURNED = "returned", pgettext_lazy("step", "退回")
        REFUSED = "refused", pgettext_lazy("step", "不予批准")
        APPROVED = "approved", pgettext_lazy("step", "批准")
        RESCOPED = "rescoped", pgettext_lazy("step", "调整范围")
        RENEWED = "renewed", pgettext_lazy("step", "延期")
        SUSPENDED = "suspended", pgettext_lazy("step", "暂停")
        LIFTED = "lifted", pgettext_lazy("step", "恢复")
        WITHDRAWAL_PROPOSED = "withdrawal_proposed", pgettext_lazy("step", "提出撤销")
        WITHDRAWAL_DROPPED = "withdrawal_dropped", pgettext_lazy("step", "不再撤销")
        WITHDRAWN = "withdrawn", pgettext_lazy("step", "撤销")

    accreditation = models.ForeignKey("training.Accreditation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")  # for whom he acted
    at = models.DateTimeField()
    since = models.DateField()  # from which day it holds
    until = models.DateField(null=True)  # of an approval or a renewal
    subjects = _words(16)
    specialties = _words(40)
    title_levels = _words(16)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["accreditation", "id"])]


class Entrustment(models.Model):
    """A county has its training done by a municipal base (KF-35): which part, from a day until a day."""

    bureau = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")  # of the county
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    base = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    subjects = _words(16)
    specialties = _words(40)
    title_levels = _words(16)
    since = models.DateField()
    until = models.DateField(null=True)  # the first day no longer
    reason = models.CharField(max_length=200, blank=True)  # why, where the county has a base of its own
    document = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)  # when it was ended before its time, from `until` on
    ended_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["base"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "base"], condition=Q(ended_at=None), name="a_base_is_entrusted_once_by_a_county"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="an_entrustment_ends_after_it_began"
            ),
        ]


class FeeItem(models.Model):
    """What a base may ask, as the authority has set it for its region (KF-39). A later line takes its place."""

    class Per(models.TextChoices):
        YEAR = "year", _("每人每年")
        HOUR = "hour", _("每学时")
        CLASS = "class", _("每人每期")

    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    bureau = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=16, choices=Subject.choices)
    title_level = models.CharField(max_length=16, choices=Title.Level.choices, blank=True)  # empty: any
    per = models.CharField(max_length=8, choices=Per.choices)
    amount = models.DecimalField(max_digits=10, decimal_places=2)  # yuan
    since = models.DateField()
    basis = models.CharField(max_length=200)  # the document that sets it
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["region", "subject"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_standard_fee_is_not_negative"),
            models.CheckConstraint(condition=~Q(basis=""), name="a_standard_fee_has_its_basis"),
        ]
