"""What this floor holds about the viewer: the courses chosen."""

from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.people.viewer import Viewer
from xueshi.training.models import Enrolment


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's enrolments."""
    return [
        Holding(
            "enrolments", _("选报的课程"),
            Enrolment.objects.filter(person_id=viewer.person_id).order_by("chosen_at", "pk"),
            (
                Column("id", _("编号")), Column("year", _("年度"), "plan__year"),
                Column("course", _("课程"), "plan__course__title"), Column("plan", _("计划"), "plan__title"),
                Column("chosen_at", _("选课时间")), Column("opened_at", _("开通时间")),
                Column("withdrawn_at", _("退选时间")),
            ),
            ("training.Enrolment.person",), "enrolment",
        ),
    ]  # fmt: skip
