"""What an office fills in to decide a request, to propose a merge, to look for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.people import request_rules
from xueshi.people.joining_rules import Contradiction
from xueshi.web.identity_fields import IdentityField
from xueshi.web.papers import PapersField

if TYPE_CHECKING:
    from xueshi.people.models import ChangeRequest, Organisation

SAYS = {
    "correction": gettext_lazy("同意，按申请更正"),
    "transfer": gettext_lazy("同意，从填的日期起变动"),
    "claim": gettext_lazy("同意，把账号交还给他"),
    "merge": gettext_lazy("复核同意，合并这两个账号"),
    "unmerge": gettext_lazy("复核同意，撤销合并"),
    "grant": gettext_lazy("同意，岗位即时生效"),
}


class SearchForm(forms.Form):
    """Whom one looks for: posted, so that no name stands in an address."""

    text = forms.CharField(label=gettext_lazy("姓名、拼音、单位、证号后四位"), max_length=60, required=False)


class DecideForm(forms.Form):
    """How an office settles a request, or passes it on."""

    step = forms.ChoiceField(
        label=gettext_lazy("怎么办"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选怎么办。")},
    )  # fmt: skip
    office = forms.TypedChoiceField(
        label=gettext_lazy("转给哪个单位"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("选“转给别的单位”时才填"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("原因或意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("退回、不同意、转出时必填；本人会看到"),
    )  # fmt: skip

    def __init__(self, *args: Any, request: ChangeRequest, first: bool, offices: Iterable[Organisation],
                 contradictions: Iterable[Contradiction] = (), **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        places = [(str(one.pk), one.name) for one in offices]
        self._offer("step", _steps(request, first, bool(places)))
        self._offer("office", [("", _("请选择")), *places])
        if not places:
            del self.fields["office"]
        self.asked = [f"choice-{one.key}" for one in contradictions]
        for one in contradictions:
            self.fields[f"choice-{one.key}"] = forms.ChoiceField(
                label=choice_label(one), choices=choices_of(one), widget=forms.RadioSelect, required=False,
                initial=request.wanted.get("choices", {}).get(one.key),
            )  # fmt: skip

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @property
    def questions(self) -> list[forms.BoundField]:
        """What contradicts, each with its answers."""
        return [self[name] for name in self.asked]

    def choices(self) -> dict[str, str]:
        """The answers that were given."""
        given = {name.removeprefix("choice-"): self.cleaned_data.get(name, "") for name in self.asked}
        return {key: value for key, value in given.items() if value}


def _steps(request: ChangeRequest, first: bool, others: bool) -> list[tuple[str, Any]]:
    """What may be done with it, the usual first; `first` where a first officer has still to agree."""
    if first:
        found: list[tuple[str, Any]] = [("proposed", _("核对无误，提请另一位同事复核"))]
    else:
        found = [("accepted", SAYS.get(request.kind, _("同意")))]
    if request.asked_by_id is not None:
        found.append(("returned", _("退回补充，写明缺什么")))
    found.append(("refused", _("不同意，写明原因")))
    if others:
        found.append(("handed_on", _("转给别的单位办")))
    if request.state == request_rules.RETURNED:
        return [("refused", _("不同意，写明原因"))]
    return found


def choice_label(one: Contradiction) -> str:
    """What two accounts contradict each other about."""
    if one.key.startswith("hours:"):
        return _("同一门课两边都有学时：%(about)s") % {"about": one.about}
    return _("现在的工作单位") if one.key == "employer" else one.about


def choices_of(one: Contradiction) -> list[tuple[str, str]]:
    """The two answers, each with what it means."""
    if one.key.startswith("hours:"):
        return [("once", _("只算一次：%(here)s") % {"here": one.here}),
                ("both", _("是两次，都算：%(here)s，%(there)s") % {"here": one.here, "there": one.there})]  # fmt: skip
    return [("here", _("以保留的账号为准：%(here)s") % {"here": one.here}),
            ("there", _("以并入的账号为准：%(there)s") % {"there": one.there})]  # fmt: skip


class ProposeMergeForm(forms.Form):
    """Two numbers of one human, as they stand on papers that somebody has seen."""

    kept = IdentityField(help_text=gettext_lazy("证件上的号码，以后用它登录"))
    other = IdentityField(help_text=gettext_lazy("填错的或重复注册的号码，合并后停用"))
    reason = forms.CharField(
        label=gettext_lazy("为什么是同一个人"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如：看过户口簿，两个号码的姓名、单位、照片一致"),
    )  # fmt: skip
    papers = PapersField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].label = _("保留哪个身份证号")
        self.fields["other"].label = _("并入的身份证号")


class WhyForm(forms.Form):
    """A reason that the person can read."""

    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200,
        help_text=gettext_lazy("本人看得到是谁、什么时候、为什么。"),
        error_messages={"required": gettext_lazy("请写一句原因，本人看得到。")},
    )  # fmt: skip
