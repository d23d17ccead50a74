"""What an officer types about bases."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.training import base_words
from xueshi.web.base_pages import ScopeForm, day_field, reason_field


def choose(form: forms.Form, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
    form.fields[name].choices = list(rows)  # type: ignore[attr-defined]


NEW = "new"


def _key_of(value: str) -> int | None:
    """The key of a batch; None for a new one."""
    return None if value == NEW else int(value)


class DecideForm(ScopeForm):
    """Approve with a scope, return, or refuse."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("怎么办"),
        choices=[
            ("approve", gettext_lazy("批准，范围见下")),
            ("return", gettext_lazy("退回补正")),
            ("refuse", gettext_lazy("不予批准")),
        ],
        widget=forms.RadioSelect,
    )
    reason = reason_field(
        label=gettext_lazy("退回或不予批准的原因"),
        required=False,
        help_text=gettext_lazy("退回、不予批准时必须写，基地看得到"),
    )
    batch = forms.TypedChoiceField(
        label=gettext_lazy("哪一批"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("批次在“成批批准”里建"),
    )
    since = day_field(gettext_lazy("从哪一天起"), help_text=gettext_lazy("按批文，可以是过去的一天"))
    last_day = day_field(gettext_lazy("到哪一天为止"), required=False, help_text=gettext_lazy("不填就是长期"))

    field_order = ("verdict", "reason", "subjects", "specialties", "title_levels", "batch", "since", "last_day")

    def __init__(self, *args: Any, batches: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "batch", [("", _("不归入批次")), *((b.pk, f"{b.name} {b.document}") for b in batches)])

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        verdict = found.get("verdict")
        if verdict in ("return", "refuse"):
            for name in [name for name in self.errors if name not in ("verdict", "reason")]:
                del self.errors[name]  # only an approval has a scope
            if not found.get("reason"):
                self.add_error("reason", _("请写明原因，基地按它补正。"))
        return found


class SuspendForm(forms.Form):
    since = day_field(gettext_lazy("从哪一天起"), help_text=gettext_lazy("今天或以后；在这以前办的班不受影响"))
    reason = reason_field()


class ReasonForm(forms.Form):
    reason = reason_field()


class RescopeForm(ScopeForm):
    since = day_field(gettext_lazy("从哪一天起"), help_text=gettext_lazy("今天或以后"))
    reason = reason_field()

    field_order = ("subjects", "specialties", "title_levels", "since", "reason")


class RenewForm(forms.Form):
    last_day = day_field(gettext_lazy("到哪一天为止"), required=False, help_text=gettext_lazy("不填就是长期"))
    reason = reason_field()


class NewBaseForm(ScopeForm):
    """An application that came on paper."""

    base = forms.TypedChoiceField(
        label=gettext_lazy("哪个机构"),
        coerce=int,
        help_text=gettext_lazy("本局这一级、还没有基地资格的机构；没有的，请先在机构里添加。"),
    )
    reason = reason_field(
        label=gettext_lazy("申请材料"), required=False, help_text=gettext_lazy("例如：纸质申请 2013 年 6 月 3 日收到")
    )

    field_order = ("base", "subjects", "specialties", "title_levels", "reason")

    def __init__(self, *args: Any, candidates: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "base", [("", _("请选一项")), *((one.pk, one.name) for one in candidates)])


class ApprovalsForm(forms.Form):
    """Several applications, one batch: a known one or a new one."""

    picked = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("请至少勾选一份申请。")}
    )
    batch = forms.TypedChoiceField(label=gettext_lazy("哪一批"), coerce=_key_of)
    name = forms.CharField(
        label=gettext_lazy("新批次的名称"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("新的一批才填，例如：第一批市级基地"),
    )
    document = forms.CharField(
        label=gettext_lazy("批文的文号"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("新的一批才填，例如：汴人社〔2013〕96号"),
    )
    decided_on = day_field(gettext_lazy("批文日期"), required=False, help_text=gettext_lazy("新的一批才填"))
    since = day_field(gettext_lazy("从哪一天起"))
    last_day = day_field(gettext_lazy("到哪一天为止"), required=False, help_text=gettext_lazy("不填就是长期"))

    def __init__(self, *args: Any, waiting: Iterable[int], batches: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "picked", [(pk, "") for pk in waiting])
        choose(self, "batch", [(NEW, _("新的一批")), *((b.pk, f"{b.name} {b.document}") for b in batches)])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("batch") is None and "batch" not in self.errors:
            for name, said in (
                ("name", _("新的一批要有名称。")),
                ("document", _("请填批文的文号。")),
                ("decided_on", _("请填批文的日期。")),
            ):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, said)
        return found


class EntrustForm(ScopeForm):
    """Which municipal base is entrusted with what."""

    base = forms.TypedChoiceField(
        label=gettext_lazy("委托哪个市级基地"), coerce=int, help_text=gettext_lazy("只列资格有效的")
    )
    since = day_field(gettext_lazy("从哪一天起"), help_text=gettext_lazy("今天或以后"))
    last_day = day_field(gettext_lazy("到哪一天为止"), required=False, help_text=gettext_lazy("不填就是到结束委托为止"))
    document = forms.CharField(label=gettext_lazy("委托书或文号"), max_length=200)
    reason = reason_field(
        label=gettext_lazy("为什么委托"), required=False, help_text=gettext_lazy("本地区有自己的基地时必须写")
    )

    field_order = (
        "base", "subjects", "specialties", "title_levels", "since", "last_day", "document", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, papers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "base", [(p.accreditation.base_id, p.accreditation.base.name) for p in papers])


class FeeForm(forms.Form):
    """One line of the unified standard."""

    subject = forms.ChoiceField(label=gettext_lazy("科目"), choices=base_words.SUBJECTS)
    title_level = forms.ChoiceField(
        label=gettext_lazy("职称层次"),
        required=False,
        choices=[("", gettext_lazy("不分层次")), *base_words.TITLES],
    )
    per = forms.ChoiceField(label=gettext_lazy("按什么收"), choices=base_words.CHARGED)
    amount = forms.DecimalField(label=gettext_lazy("金额（元）"), min_value=0, max_digits=10, decimal_places=2)
    since = day_field(gettext_lazy("从哪一天起"))
    basis = forms.CharField(label=gettext_lazy("定价文件"), max_length=200, help_text=gettext_lazy("文号和名称"))
