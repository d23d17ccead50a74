"""Requests that somebody else decides: corrections, claims, merges, grants; each with its whole history."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ChangeRequest(models.Model):
    """Something asked for that another person decides; the two are never the same (the database refuses)."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("更正姓名或证件号")
        TRANSFER = "transfer", _("单位变动")
        CLAIM = "claim", _("认领账号")
        MERGE = "merge", _("合并账号")
        UNMERGE = "unmerge", _("撤销合并")
        GRANT = "grant", _("任命岗位")
        ROSTER = "roster", _("大批导入人员")
        CLOSING = "closing", _("关闭机构")

    class State(models.TextChoices):
        OPEN = "open", _("待办理")
        RETURNED = "returned", _("退回补充")
        ACCEPTED = "accepted", _("已同意")
        REFUSED = "refused", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # whom it is about
    other = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # the account to merge in
    wanted = models.JSONField(default=dict)  # what is asked for, without numbers of cards or phones
    secret = models.BinaryField(null=True)  # the same of what must not stand in clear: JSON under kernel.vault
    number_index = models.CharField(max_length=64, blank=True)  # keyed hash of the identity number asked for
    asked_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")  # null: not signed in
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    office = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")  # who has it
    with_since = models.DateTimeField()  # since when that office has had it
    decided_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)  # the reason given

    class Meta:
        indexes = [
            models.Index(fields=["office", "state", "with_since"]),
            models.Index(fields=["person", "kind", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ((Q(asked_by=None) | ~Q(decided_by=F("asked_by"))) & (Q(person=None) | ~Q(decided_by=F("person")))),
                name="nobody_decides_his_own_request",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state__in=("open", "returned"), kind__in=("correction", "transfer")),
                name="one_open_request_of_a_kind",
            ),
        ]


class ChangeStep(models.Model):
    """What happened to a request: asked, returned, asked again, handed on, decided. Added, never changed."""

    request = models.ForeignKey("people.ChangeRequest", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=12)  # asked, returned, resent, handed_on, accepted, refused, withdrawn
    reason = models.CharField(max_length=500, blank=True)


class Evidence(models.Model):
    """A file that belongs to a request, sealed at rest."""

    request = models.ForeignKey("people.ChangeRequest", models.PROTECT, related_name="+")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
