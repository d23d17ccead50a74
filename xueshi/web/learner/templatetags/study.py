"""How the pages of studying say lengths: stored in milliseconds, shown in minutes and seconds."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext as _

from xueshi.web.look import saying

register = template.Library()


@register.filter
def seconds(ms: int) -> int:
    """Whole seconds, begun ones dropped."""
    return ms // 1000


@register.filter
def milliseconds(ms: int) -> str:
    """A length in words: 19 分 45 秒."""
    return saying.duration(ms // 1000) if ms >= 1000 else _("0 秒")


@register.filter
def place(ms: int) -> str:
    """A place in a video: 22:05."""
    return saying.position(ms // 1000)


@register.filter
def stretches(covered: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in seconds, for {% trace %}."""
    return [(start // 1000, end // 1000) for start, end in covered]


@register.simple_tag
def said_trace(one: Any) -> str:
    """What the trace of a lesson shows, for those who listen."""
    facts = {"length": milliseconds(one.length_ms), "done": milliseconds(one.credited_ms)}
    said = _("%(length)s的视频，已计 %(done)s") % facts
    skipped = _("，").join(f"{place(start)}–{place(end)}" for start, end in one.gaps)
    return said + (_("；跳过了 %(places)s") % {"places": skipped} if skipped else "")
