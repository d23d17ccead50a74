"""Reviews: something that somebody must confirm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Review(models.Model):
    """A document with its verifier: who has it, since when, by which route, and what was decided."""

    class State(models.TextChoices):
        PENDING = "pending", _("审验中")
        VERIFIED = "verified", _("审验通过")
        REFUSED = "refused", _("退回")

    class Method(models.TextChoices):
        """CQ-37: by looking at the paper, or by looking the score up; the law's own words."""

        SLIP = "check_slip", _("核查成绩合格单")
        ONLINE = "look_up_online", _("上网查询核查")

    subject = models.CharField(max_length=60)  # "slip:12"
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    route = models.CharField(max_length=24)  # county_hrss, own_unit, talent_agency, ce_association
    sealed = models.BooleanField()  # the route asks for a seal
    instrument = models.CharField(max_length=60)
    provision = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    method = models.CharField(max_length=16, choices=Method.choices, blank=True)
    seal = models.CharField(max_length=120, blank=True)  # whose seal was set
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "submitted_at"]),
            models.Index(fields=["decided_by_id", "decided_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=~Q(state="refused"), name="one_live_review_a_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(decided_at__isnull=False, decided_by_id__isnull=False),
                name="a_decision_has_an_author",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(sealed=False) | ~Q(seal=""),
                name="a_sealed_route_bears_a_seal",
            ),
        ]
