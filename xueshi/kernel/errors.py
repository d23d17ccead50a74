"""Refusals: what a person may not do, said in one sentence. Anything else that fails is a bug."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The house says no: a status for the wire, a stable code for the log, a sentence for the person.

    A subclass sets `status`, `code` and `sentence`; the sentence may name facts as `%(name)s`.
    `next_step` says what the person can do now. Rendered in `web/middleware.py` and nowhere else.
    """

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    sentence: ClassVar[str | Promise] = _("现在不能这样做。")
    next_step: ClassVar[str | Promise] = ""

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(self.code)

    @property
    def said(self) -> str:
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)

    @property
    def advice(self) -> str:
        return str(self.next_step) % self.facts if self.facts else str(self.next_step)

    def __str__(self) -> str:
        return f"{self.code}: {self.said}"


class NotYours(Refused):
    """Absent, or not yours: the answer is the same, so that nothing can be probed."""

    status = 404
    code = "not-found"
    sentence = _("没有找到这一项，或者它不归您查看。")
    next_step = _("请从首页重新进入；如果是别人发来的链接，请向对方核对。")


class NotAllowed(Refused):
    """Signed in, but this is another capacity's work."""

    status = 403
    code = "not-allowed"
    sentence = _("这一页由其他岗位办理，您的账号没有这个岗位。")
    next_step = _("需要这个岗位时，请联系平台管理员添加。")


class TooOften(Refused):
    """Asked more often than a person would."""

    status = 429
    code = "too-often"
    sentence = _("请求太频繁了。请在 %(minutes)s 分钟后再试，已填的内容不会丢。")
