"""What operators type. Times are in Asia/Shanghai, as people say them: a day may end at 24:00."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.people import office_queries
from xueshi.training import plan_queries

MEGABYTE = 1024 * 1024
PLAYABLE = ("mp4", "m4v", "webm")
READABLE = ("pdf", "docx", "pptx", "zip")


def _choose(form: forms.Form, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
    form.fields[name].choices = list(rows)  # type: ignore[attr-defined]


class MomentField(forms.DateTimeField):
    """A moment in Asia/Shanghai: the browser's picker or, where it has none, typed as 2026-12-31 24:00."""

    midnight = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[T ]24:00(:00)?")

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        wrong = {
            "invalid": _("请按“2026-12-31 24:00”这样填日期和时刻。"),
            "year": _("年份要在 2000 到 2100 之间。"),
        }
        super().__init__(widget=widget, error_messages=wrong, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        said = self.midnight.fullmatch(value.strip()) if isinstance(value, str) else None
        moment = super().to_python(f"{said[1]} 00:00" if said else value)
        if moment is None:
            return None
        if not 2000 <= moment.year <= 2100:  # at the ends of the calendar no time zone can be reckoned with
            raise ValidationError(self.error_messages["year"], code="year")
        return moment + timedelta(days=1) if said else moment


class LimitedFileField(forms.FileField):
    """A file of some kinds and of at most so many megabytes; another is refused in a sentence."""

    def __init__(self, *, endings: Sequence[str], megabytes: int, **kwargs: Any) -> None:
        self.endings, self.megabytes = tuple(endings), megabytes
        accept = ",".join(f".{ending}" for ending in endings)
        super().__init__(widget=forms.FileInput({"accept": accept}), **kwargs)

    def to_python(self, data: "File[Any] | None") -> "File[Any] | None":
        file = super().to_python(data)
        if file is None:
            return None
        name, size = file.name or "", file.size or 0
        if name.rpartition(".")[2].lower() not in self.endings:
            said = {"name": name, "endings": "、".join(ending.upper() for ending in self.endings)}
            raise ValidationError(gettext("“%(name)s”不能用在这里，请选 %(endings)s 文件。") % said)
        if size > self.megabytes * MEGABYTE:
            said = {"name": name, "size": str(-(-size // MEGABYTE)), "most": str(self.megabytes)}
            raise ValidationError(gettext("“%(name)s”有 %(size)s MB，最多 %(most)s MB。请压缩后再传。") % said)
        return file


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("写一句就够，会记入办理记录"),
        error_messages={"required": _("请写一句为什么关闭。")},
    )


class CourseForm(forms.Form):
    code = forms.SlugField(
        label=_("课程代码"),
        max_length=40,
        help_text=_("字母、数字和连字符，如 innovation-2026"),
        error_messages={"invalid": _("代码只能用字母、数字、连字符和下划线。")},
    )
    title = forms.CharField(label=_("课程名称"), max_length=120, help_text=_("学员选课时看到的名称"))
    summary = forms.CharField(
        label=_("简介"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("学什么、几讲，一两句话"),
    )


class LessonForm(forms.Form):
    number = forms.IntegerField(label=_("第几讲"), min_value=1, max_value=99)
    title = forms.CharField(label=_("标题"), max_length=120)
    summary = forms.CharField(label=_("简介"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    video = LimitedFileField(
        label=_("视频"),
        endings=PLAYABLE,
        megabytes=500,
        help_text=_("MP4（H.264）或 WebM，最多 500 MB；在线学习按 1 Mbps 的网速，一小时约 400 MB"),
    )
    captions = LimitedFileField(
        label=_("中文字幕"), endings=("vtt",), megabytes=2, required=False, help_text=_("WebVTT，最多 2 MB")
    )
    captions_en = LimitedFileField(
        label=_("英文字幕"), endings=("vtt",), megabytes=2, required=False, help_text=_("WebVTT，最多 2 MB")
    )
    courseware = LimitedFileField(
        label=_("课件"),
        endings=READABLE,
        megabytes=100,
        required=False,
        help_text=_("PDF、Word、PowerPoint 或 ZIP，最多 100 MB；供学员下载后线下学习"),
    )


class PlanForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2010, max_value=2100, help_text=_("学时计入这一年"))
    region = forms.TypedChoiceField(label=_("地区"), coerce=int, help_text=_("这个地区和下级地区的人都能选"))
    title = forms.CharField(label=_("计划名称"), max_length=120, help_text=_("学员看到的，如 2026 年度公需科目"))
    course = forms.TypedChoiceField(label=_("课程"), coerce=int, help_text=_("先在“课程”页添加、上传视频"))
    instrument = forms.ChoiceField(label=_("依据的通知"), help_text=_("收费、考试机会和学时都照它"))
    base = forms.TypedChoiceField(
        label=_("由哪个基地承办"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("发布时对照它的核准范围；人力社保部门自己办的不填"),
    )
    specialty = forms.CharField(
        label=_("哪个专业"), max_length=40, required=False, help_text=_("基地承办专业科目时要填")
    )
    hours = forms.DecimalField(
        label=_("计多少学时"),
        min_value=Decimal("0.01"),
        max_value=Decimal("9999"),
        decimal_places=2,
        required=False,
        help_text=_("通知已经定了学时的不填；按学时收费而没有定的要填"),
    )
    price = forms.DecimalField(
        label=_("每人应缴（元）"),
        min_value=Decimal(0),
        max_value=Decimal("99999"),
        decimal_places=2,
        required=False,
        help_text=_("通知写明价格的不填；通知说另定标准的，填主管部门定的价格，免费填 0"),
    )
    price_basis = forms.CharField(
        label=_("定价的文件"),
        max_length=120,
        required=False,
        help_text=_("文件名称或文号，会印在缴费单和收据上"),
    )
    opens_at = MomentField(label=_("选课和学习开始"), help_text=_("北京时间，如 2026-01-01 00:00"))
    closes_at = MomentField(label=_("选课和学习截止"), help_text=_("12月31日 24:00 就是次日 00:00；有人选课后只能推后"))
    bank = forms.TypedChoiceField(label=_("用哪个题库"), coerce=int, help_text=_("每个人从这里随机抽一份试卷"))
    singles = forms.IntegerField(label=_("单选题数"), min_value=0, max_value=200, initial=20)
    multiples = forms.IntegerField(label=_("多选题数"), min_value=0, max_value=200, initial=10)
    judgements = forms.IntegerField(label=_("判断题数"), min_value=0, max_value=200, initial=10)
    minutes = forms.IntegerField(
        label=_("考试时长（分钟）"), min_value=1, max_value=480, initial=60, help_text=_("从进入考场起算，中断也不停")
    )
    pass_mark = forms.IntegerField(
        label=_("合格分"), min_value=1, max_value=100, initial=60, help_text=_("满分 100，每题同分")
    )
    exam_opens_at = MomentField(label=_("考试开放"), help_text=_("在计划的起止时间之内"))
    exam_closes_at = MomentField(label=_("考试截止"), help_text=_("到这一刻，没交的卷子都结束"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "region", [(region.pk, region.name) for region in office_queries.regions()])
        _choose(self, "course", plan_queries.courses())
        _choose(self, "bank", plan_queries.banks())
        _choose(self, "instrument", plan_queries.instruments())
        _choose(self, "base", [("", _("不由基地承办")), *plan_queries.bases()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start, end in (("opens_at", "closes_at"), ("exam_opens_at", "exam_closes_at")):
            if cleaned.get(start) and cleaned.get(end) and cleaned[start] >= cleaned[end]:
                self.add_error(end, _("截止要晚于开始。"))
        if cleaned.get("price") is not None and "price_basis" in cleaned and not cleaned["price_basis"]:
            self.add_error("price_basis", _("填了价格，就要写明是哪份文件定的。"))
        if cleaned.get("price_basis") and "price" in cleaned and cleaned["price"] is None:
            self.add_error("price", _("写了定价的文件，也要填价格；免费填 0。"))
        kinds = ("singles", "multiples", "judgements")
        if all(name in cleaned for name in kinds) and not any(cleaned[name] for name in kinds):
            self.add_error("singles", _("一份试卷至少要有一道题。"))
        return cleaned
