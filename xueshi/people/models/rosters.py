"""Spreadsheets of people that a unit brings, invitations to register, and filters that somebody keeps."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RosterImport(models.Model):
    """One spreadsheet of people: received, read, checked, looked at, applied in pieces; each piece once."""

    class State(models.TextChoices):
        RECEIVED = "received", _("已上传")
        CHECKING = "checking", _("正在检查")
        UNREADABLE = "unreadable", _("读不懂")
        CHECKED = "checked", _("待确认")
        WAITING = "waiting", _("待复核")  # large: a second person must agree
        APPLYING = "applying", _("正在写入")
        APPLIED = "applied", _("已完成")
        DISCARDED = "discarded", _("已放弃")

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")  # sealed
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the bytes as they came
    columns = models.JSONField(default=list)  # headings as they stand in the sheet
    mapping = models.JSONField(default=dict)  # field -> index of the column
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    problem = models.CharField(max_length=40, blank=True)  # why it is unreadable, a code
    staged = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")  # checked rows, sealed
    rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # what would happen: new, known, changed, moved, same, refused
    checked_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    second = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    applied = models.PositiveIntegerField(default=0)  # rows done, in order; grows with each piece
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "sent_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("confirmed_by")), name="the_second_look_is_another_persons"
            ),
        ]


class RosterProblem(models.Model):
    """What is wrong with one cell of a roster: a code and how it can be mended; no value that names a person."""

    roster = models.ForeignKey("people.RosterImport", models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()  # as the spreadsheet counts
    column = models.CharField(max_length=40)  # the field
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    mended = models.BooleanField(default=False)  # certain damage that was undone: told, not refused

    class Meta:
        indexes = [models.Index(fields=["roster", "row"])]


class RosterMapping(models.Model):
    """Which heading an organisation uses for which field; remembered from its last roster."""

    organisation = models.OneToOneField("people.Organisation", models.PROTECT, related_name="+")
    headings = models.JSONField(default=dict)  # heading -> field
    kept_at = models.DateTimeField()


class Invitation(models.Model):
    """A code by which a person whom a unit brought sets a first password; good for 72 hours, used once."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    made_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64)
    sent = models.CharField(max_length=8, blank=True)  # sms, mail or paper
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "made_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(used_at=None, withdrawn_at=None), name="one_open_invitation"
            )
        ]


class SavedFilter(models.Model):
    """A filter of a list that somebody keeps under a name; never a text that was searched for."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    page = models.CharField(max_length=40)  # "office:roll"
    name = models.CharField(max_length=40)
    query = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page", "name"], name="a_filter_has_one_name")]
