"""Issued documents."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """A document as it was issued: its words frozen and signed, with a code for the check page.

    The database refuses a change of anything certified (0002); it may be printed, replaced and revoked.
    """

    class Kind(models.TextChoices):
        SLIP = "slip", _("成绩合格单")  # CQ-17
        CERTIFICATE = "certificate", _("继续教育证书")  # CQ-32
        CARD = "card", _("继续教育登记卡")  # CQ-32

    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=32, unique=True)  # random, with a check character
    code = models.CharField(max_length=32, unique=True)  # 128 random bits in hex: the QR's capability
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=60)  # "pass:12", "hours:2010", "card"
    words = models.JSONField()  # every certified field as printed; no identity number, only its mask
    instrument = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    seal = models.TextField(blank=True)  # compact JWS over the canonical JSON of `words`
    key_id = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)  # the first time
    prints = models.PositiveIntegerField(default=0)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True)  # when a newer one took its place
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "year"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "source"],
                condition=Q(revoked_at=None, replaced_at=None),
                name="one_live_document_a_source",
            ),
            models.CheckConstraint(condition=Q(revoked_at=None) | ~Q(revoked_reason=""), name="a_revocation_says_why"),
        ]


class CheckTally(models.Model):
    """How often one address, or one number, has been asked about in a stretch of time (hashes, no addresses)."""

    key = models.CharField(max_length=64)
    stretch = models.BigIntegerField()  # ten-minute stretches since the epoch
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["stretch"])]
        constraints = [models.UniqueConstraint(fields=["key", "stretch"], name="one_tally_a_stretch")]
