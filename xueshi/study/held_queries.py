"""What this floor holds about the viewer: rounds of study, progress by lesson, stretches of watching, passes."""

from django.utils.translation import gettext_lazy as _

from xueshi.kernel.holdings import Column, Holding
from xueshi.people.viewer import Viewer
from xueshi.study.models import CoursePass, LearningCycle, LessonProgress, PlayerLease, WatchSpan


def held_for(viewer: Viewer) -> list[Holding]:
    """The viewer's studies, down to each stretch of watching."""
    me = viewer.person_id
    lesson = (
        Column("course", _("课程"), "lesson__course__title"),
        Column("lesson", _("第几讲"), "lesson__number"),
    )
    return [
        Holding(
            "cycles", _("学习周期"), LearningCycle.objects.filter(person_id=me).order_by("started_at", "pk"),
            (
                Column("course", _("课程"), "enrolment__plan__course__title"), Column("number", _("第几轮")),
                Column("started_at", _("开始时间")), Column("studied_at", _("学完时间")),
                Column("ended_at", _("结束时间")),
                Column("ended_by", _("怎样结束的"), words={"passed": _("考试合格"), "failed_out": _("机会用完")}),
            ),
            ("study.LearningCycle.person",), "cycle",
        ),
        Holding(
            "lessons", _("每一讲的进度"),
            LessonProgress.objects.filter(cycle__person_id=me).order_by("cycle_id", "lesson__number"),
            (
                *lesson, Column("credited_ms", _("已计时（毫秒）")), Column("completed_at", _("学完时间")),
                Column("completed_by", _("怎样学完的"), words=dict(LessonProgress.Evidence.choices)),
                Column("downloaded_at", _("下载课件的时间")),
            ),
            (),
        ),
        Holding(
            "watching", _("每一段观看"), WatchSpan.objects.filter(person_id=me).order_by("started_at", "pk"),
            (
                Column("course", _("课程"), "progress__lesson__course__title"),
                Column("lesson", _("第几讲"), "progress__lesson__number"), Column("started_at", _("开始时间")),
                Column("ended_at", _("结束时间")), Column("credited_ms", _("已计时（毫秒）")),
            ),
            ("study.WatchSpan.person",),
        ),
        Holding(
            "player", _("正在用的播放器"), PlayerLease.objects.filter(person_id=me),
            (
                Column("device", _("用的设备"), words=dict(PlayerLease.Device.choices)),
                Column("opened_at", _("打开时间")), Column("last_at", _("最后一次计时")),
            ),
            ("study.PlayerLease.person",),
        ),
        Holding(
            "passes", _("考试合格的课程"), CoursePass.objects.filter(person_id=me).order_by("passed_at", "pk"),
            (
                Column("course", _("课程"), "enrolment__plan__course__title"), Column("score", _("得分")),
                Column("passed_at", _("合格时间")),
            ),
            ("study.CoursePass.person",), "pass",
        ),
    ]  # fmt: skip
