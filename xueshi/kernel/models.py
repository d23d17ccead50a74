"""Audit lines, messages to people and kept files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditLine(models.Model):
    """Who did what to what, when and why. Added, never changed (the database refuses)."""

    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)  # null: the house itself (a job)
    capacity = models.CharField(max_length=40)  # learner, county_officer, …, or "system"
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)  # "order:12"
    reason = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)  # never an identity number, a phone number or a secret

    class Meta:
        indexes = [models.Index(fields=["subject", "at"]), models.Index(fields=["person_id", "at"])]


class Message(models.Model):
    """One mail or text to a person, sent once, after the commit that needed it."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("电子邮件")
        SMS = "sms", _("短信")

    class State(models.TextChoices):
        QUEUED = "queued", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未送达")

    key = models.CharField(max_length=80, unique=True)  # telling the same thing twice is harmless
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)  # emptied once sent: it may carry a code
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)


class StoredFile(models.Model):
    """Bytes kept behind Django's storage, known by their hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=200)  # within the storage
    name = models.CharField(max_length=200)  # what a person calls it
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField()
