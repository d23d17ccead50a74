"""What is typed about regions, industries, organisations, duties and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.people import organisation_queries, rules_organisations
from xueshi.people.kinds import Function, Level, OrganisationKind, Ownership, Topic
from xueshi.people.viewer import Viewer

if TYPE_CHECKING:
    from xueshi.people.models import Organisation


def choose(form: forms.Form, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
    """Offer these in a select."""
    form.fields[name].choices = list(rows)  # type: ignore[attr-defined]


def region_rows(viewer: Viewer) -> list[tuple[int, str]]:
    """The regions of the viewer, indented by their depth."""
    rows = list(organisation_queries.regions_for(viewer))
    top = min((len(region.code) for region in rows), default=2)
    depth = {length: place for place, length in enumerate(rules_organisations.REGION_LENGTHS)}
    return [
        (one.pk, f"{'　' * (depth.get(len(one.code), 0) - depth.get(top, 0))}{one.name} {one.code}") for one in rows
    ]


def industry_rows(viewer: Viewer) -> list[tuple[int, str]]:
    """The industries of the viewer, indented likewise."""
    return [
        (one.pk, f"{'　' * max(0, len(one.code) - 2)}{one.code} {one.name}")
        for one in organisation_queries.industries_for(viewer)
    ]


def _numbered(**kwargs: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(coerce=int, empty_value=None, **kwargs)


def _day(**kwargs: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": _("请按“2026-01-31”这样填日期。")}
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], error_messages=wrong, **kwargs)


class RegionForm(forms.Form):
    code = forms.CharField(
        label=_("行政区划代码"), max_length=12, help_text=_("GB/T 2260，如 500103；开发区也有 6 位代码，如 150172")
    )
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("如 渝中区"))


class IndustryForm(forms.Form):
    code = forms.CharField(label=_("行业代码"), max_length=8, help_text=_("GB/T 4754，带门类字母，如 P83"))
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("如 教育"))


class NameForm(forms.Form):
    name = forms.CharField(label=_("新名称"), max_length=60, help_text=_("代码不变，已办的事都跟着用新名称"))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("写一句就够，会记入办理记录"),
        error_messages={"required": _("请写一句原因。")},
    )


class RefusalForm(ReasonForm):
    """The same, where the one who asked reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = gettext("不同意的原因")
        self.fields["reason"].help_text = gettext("提出申请的人会看到")


class ContactFactsForm(forms.Form):
    """What an officer may change of the own bureau."""

    address = forms.CharField(
        label=_("地址"), max_length=200, required=False, help_text=_("缴费窗口的地址会显示给学员")
    )
    phone = forms.CharField(label=_("电话"), max_length=40, required=False, help_text=_("如 023-86868720"))
    hours = forms.CharField(
        label=_("窗口开放时间"),
        max_length=100,
        required=False,
        help_text=_("例如：工作日 9:00–12:00，14:00–17:30"),
    )


class OrganisationForm(ContactFactsForm):
    name = forms.CharField(label=_("全称"), max_length=120, help_text=_("和公章上的一样；会印在收据和证书上"))
    kind = forms.ChoiceField(label=_("类别"), help_text=_("决定这里能设哪些岗位"))
    level = forms.ChoiceField(label=_("级别"), help_text=_("市级单位的人由本单位审验"))
    region = _numbered(label=_("所在地区"), help_text=_("决定归哪个局管"))
    industry = _numbered(label=_("行业"), required=False, help_text=_("决定归哪个行业主管部门"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("营业执照或法人证书上的 18 位"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    ownership = forms.ChoiceField(label=_("所有制"), required=False)
    grass_roots = forms.BooleanField(
        label=_("基层一线（苏木、乡镇）"), required=False, help_text=_("有的规定对基层一线的人另有要求")
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, levels = offered(viewer)
        choose(self, "kind", kinds)
        choose(self, "level", levels)
        choose(self, "region", [("", gettext("请选择")), *region_rows(viewer)])
        choose(self, "industry", [("", gettext("不清楚")), *industry_rows(viewer)])
        choose(self, "ownership", [("", gettext("不清楚")), *Ownership.choices])


def offered(viewer: Viewer) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """The kinds and levels that this viewer keeps."""
    kinds, levels = OrganisationKind.choices, Level.choices
    if viewer.capacity == "operator":
        return list(kinds), list(levels)
    own = [seat.level for seat in viewer.acting]

    def kept(kind: str, level: str) -> bool:
        fits = rules_organisations.level_fits(kind, level)
        return fits and any(rules_organisations.may_keep(mine, kind, level) for mine in own)

    found = [one for one in kinds if any(kept(one[0], level) for level, _label in levels)]
    if viewer.capacity == "industry_officer":
        found = [one for one in found if one[0] == OrganisationKind.UNIT]
    found.sort(key=lambda one: one[0] != OrganisationKind.UNIT)  # units are what an office adds most
    return found, [one for one in levels if any(kept(kind, one[0]) for kind, _label in found)]


def grouped(organisations: Iterable[Organisation]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Organisations under their kinds, for a select."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for one in organisations:
        groups.setdefault(str(one.get_kind_display()), []).append((one.pk, f"{one.name}（{one.region.name}）"))
    return list(groups.items())


class DutyForm(forms.Form):
    function = forms.ChoiceField(label=_("职责"), choices=Function.choices)
    organisation = _numbered(label=_("由哪个机构承担"), help_text=_("按类别排列；用人单位不在其中"))
    industry = _numbered(label=_("只管一个行业"), required=False, help_text=_("不选就是这个地区的所有行业"))
    since = _day(label=_("从哪一天起"))
    basis = forms.CharField(
        label=_("依据的文件"), max_length=200, required=False, help_text=_("哪份文件定的，例如 渝人社办〔2010〕257号")
    )
    replace = forms.BooleanField(label=_("接替原来的机构"), required=False, help_text=_("原来的机构从这一天起不再承担"))

    def __init__(self, *args: Any, viewer: Viewer, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [("", gettext("请选择")), *grouped(organisations)])
        choose(self, "industry", [("", gettext("所有行业")), *industry_rows(viewer)])


class EndDutyForm(forms.Form):
    until = _day(label=_("从哪一天起停止"), help_text=_("这一天起不再承担；之前办的事不变"))


class HelpContactForm(forms.Form):
    region = _numbered(label=_("哪个地区的人问这里"), help_text=_("下级地区的人也会看到"))
    topic = forms.ChoiceField(label=_("问什么"), choices=Topic.choices, help_text=_("学员按这一栏找"))
    office = forms.CharField(label=_("部门或联系人"), max_length=120, help_text=_("照通知上写的"))
    about = forms.CharField(
        label=_("专管哪些事"),
        max_length=200,
        required=False,
        help_text=_("同一类有几个部门时写明，如 职称评审、岗位聘任"),
    )
    phone = forms.CharField(label=_("电话"), max_length=80, help_text=_("有几个号码的用顿号隔开"))
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("不写就只显示电话"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    hours = forms.CharField(
        label=_("什么时候有人接"), max_length=100, required=False, help_text=_("例如：工作日 9:00–12:00，14:00–17:30")
    )
    organisation = _numbered(label=_("属于哪个机构"), required=False, help_text=_("机构关闭后，这条电话也不再显示"))

    def __init__(self, *args: Any, viewer: Viewer, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "region", [("", gettext("请选择")), *region_rows(viewer)])
        choose(self, "organisation", [("", gettext("不写")), *grouped(organisations)])
