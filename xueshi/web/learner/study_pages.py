"""What the pages of studying show: which enrolment, who plays elsewhere, how a file is called."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from xueshi.web import pulse_beats
from xueshi.web.look import saying


def chosen(enrolments: Sequence[Any], asked: str, now: datetime) -> Any:
    """The enrolment asked for, else the one that is open now, else the newest; None without any."""
    for one in enrolments:
        if str(one.pk) == asked:
            return one
    return max(
        enrolments,
        key=lambda one: (bool(one.opened_at), one.plan.opens_at <= now < one.plan.closes_at, one.plan.year, one.pk),
        default=None,
    )


def elsewhere(lease: Any) -> str:
    """Where the person is studying at this moment, in a sentence; empty when nowhere."""
    if lease is None or lease.progress is None:
        return ""
    facts = {
        "device": pulse_beats.device_said(lease.device),
        "time": saying.time_of_day(lease.opened_at),
        "n": lease.progress.lesson.number,
    }
    return _("%(device)s %(time)s 打开了第 %(n)s 讲，现在在那里计时。") % facts


def file_name(lesson: Any) -> str:
    """What a downloaded courseware is called: course, number and title, with its own suffix."""
    suffix = lesson.courseware.name.rpartition(".")[2]
    kept = "".join("-" if character in '\\/:*?"<>|' else character for character in lesson.title)
    return f"{lesson.number:02d} {kept}.{suffix}"
