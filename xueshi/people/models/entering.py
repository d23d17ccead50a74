"""What stands before an account: codes that prove a phone, and the counting of those who ask too often."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PhoneCode(models.Model):
    """A code sent to a phone that somebody typed, to prove it before anything is said; good for minutes, few tries.

    The phone stands here as a keyed hash alone.
    """

    phone_index = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "asked_at"])]


class Knock(models.Model):
    """One asking that is counted against a limit: what was asked, and the keyed hash of who or whence."""

    class Kind(models.TextChoices):
        REGISTER = "register", _("注册")
        CODE = "code", _("获取验证码")
        SECOND = "second", _("二次验证")
        INVITED = "invited", _("邀请码")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    index = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "index", "at"])]
