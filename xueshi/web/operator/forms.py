"""What operators type. Times are in Asia/Shanghai, as people say them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xueshi.people import office_queries
from xueshi.training import plan_queries

LATER = {"type": "datetime-local"}


class RegionForm(forms.Form):
    code = forms.RegexField(
        r"^\d{2}(\d{2}){0,5}$",
        label=_("行政区划代码"),
        error_messages={"invalid": _("代码是 2 到 12 位数字，例如 500103。")},
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    parent = forms.TypedChoiceField(label=_("上级地区"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(region.pk, f"{region.name} {region.code}") for region in office_queries.regions()]
        self.fields["parent"].choices = [("", _("没有上级")), *rows]  # type: ignore[attr-defined]


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("全称"), max_length=120)
    kind = forms.ChoiceField(label=_("类别"), choices=office_queries.kinds)
    level = forms.ChoiceField(label=_("级别"), choices=office_queries.levels)
    region = forms.TypedChoiceField(label=_("所在地区"), coerce=int)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    hours = forms.CharField(label=_("窗口开放时间"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(region.pk, f"{region.name} {region.code}") for region in office_queries.regions()]
        self.fields["region"].choices = rows  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class FindPersonForm(forms.Form):
    text = forms.CharField(label=_("姓名，或身份证号末四位"), max_length=60)


class PostForm(forms.Form):
    person = forms.IntegerField(widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("岗位"), choices=office_queries.roles)
    organisation = forms.TypedChoiceField(label=_("机构"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(o.pk, f"{o.name}（{o.region.name}）") for o in office_queries.organisations() if not o.closed_at]
        self.fields["organisation"].choices = rows  # type: ignore[attr-defined]


class CourseForm(forms.Form):
    code = forms.SlugField(label=_("课程代码"), max_length=40)
    title = forms.CharField(label=_("课程名称"), max_length=120)
    summary = forms.CharField(label=_("简介"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class LessonForm(forms.Form):
    number = forms.IntegerField(label=_("第几讲"), min_value=1, max_value=99)
    title = forms.CharField(label=_("标题"), max_length=120)
    summary = forms.CharField(label=_("简介"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    video = forms.FileField(label=_("视频（MP4）"))
    captions = forms.FileField(label=_("中文字幕（WebVTT）"), required=False)
    captions_en = forms.FileField(label=_("英文字幕（WebVTT）"), required=False)
    courseware = forms.FileField(label=_("课件（PDF）"), required=False)


class PlanForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2010, max_value=2100)
    region = forms.TypedChoiceField(label=_("地区"), coerce=int)
    title = forms.CharField(label=_("计划名称"), max_length=120)
    course = forms.TypedChoiceField(label=_("课程"), coerce=int)
    instrument = forms.ChoiceField(label=_("依据的通知"))
    opens_at = forms.DateTimeField(
        label=_("选课和学习开始"), widget=forms.DateTimeInput(LATER, format="%Y-%m-%dT%H:%M")
    )
    closes_at = forms.DateTimeField(
        label=_("选课和学习截止"), widget=forms.DateTimeInput(LATER, format="%Y-%m-%dT%H:%M")
    )
    bank = forms.TypedChoiceField(label=_("题库"), coerce=int)
    singles = forms.IntegerField(label=_("单选题数"), min_value=0, max_value=200, initial=20)
    multiples = forms.IntegerField(label=_("多选题数"), min_value=0, max_value=200, initial=10)
    judgements = forms.IntegerField(label=_("判断题数"), min_value=0, max_value=200, initial=10)
    minutes = forms.IntegerField(label=_("考试时长（分钟）"), min_value=1, max_value=480, initial=60)
    pass_mark = forms.IntegerField(label=_("合格分（满分 100）"), min_value=1, max_value=100, initial=60)
    exam_opens_at = forms.DateTimeField(label=_("考试开放"), widget=forms.DateTimeInput(LATER, format="%Y-%m-%dT%H:%M"))
    exam_closes_at = forms.DateTimeField(
        label=_("考试截止"), widget=forms.DateTimeInput(LATER, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, str]]] = {
            "region": [(region.pk, region.name) for region in office_queries.regions()],
            "course": plan_queries.courses(),
            "bank": plan_queries.banks(),
            "instrument": list(plan_queries.instruments()),
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start, end in (("opens_at", "closes_at"), ("exam_opens_at", "exam_closes_at")):
            if cleaned.get(start) and cleaned.get(end) and cleaned[start] >= cleaned[end]:
                self.add_error(end, _("截止要晚于开始。"))
        if not any(cleaned.get(name) for name in ("singles", "multiples", "judgements")):
            self.add_error("singles", _("一份试卷至少要有一道题。"))
        return cleaned
