"""What this floor holds about the viewer: attempts and their results. Papers and keys are not given out."""

from django.utils.translation import gettext_lazy as _

from xueshi.exams.models import Attempt
from xueshi.kernel.holdings import Column, Holding
from xueshi.people.viewer import Viewer


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's attempts."""
    return [
        Holding(
            "attempts", _("考试"), Attempt.objects.filter(person_id=viewer.person_id).order_by("started_at", "pk"),
            (
                Column("id", _("编号")), Column("exam", _("考试名称"), "exam__title"),
                Column("kind", _("考试类别"), words=dict(Attempt.Kind.choices)), Column("number", _("第几次")),
                Column("state", _("状态"), words=dict(Attempt.State.choices)), Column("started_at", _("开始时间")),
                Column("ends_at", _("最晚交卷")), Column("submitted_at", _("交卷时间")),
                Column("right", _("答对题数")), Column("score", _("得分")),
                Column("passed", _("合格"), words={True: _("是"), False: _("不是")}),
                Column("device", _("用的设备"), "seat_device"), Column("resumes", _("断线后继续的次数")),
            ),
            ("exams.Attempt.person",), "attempt",
        ),
    ]  # fmt: skip
