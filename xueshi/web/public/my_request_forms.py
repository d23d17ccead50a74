"""What a person fills in to have something put right, moved or merged."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.kernel import clock
from xueshi.web.identity_fields import IdentityField, NameField, PhoneField
from xueshi.web.papers import PapersField
from xueshi.web.public.forms import Workplace


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("为什么"), max_length=500, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3})
    )


class _OrNothing(forms.CharField):
    """May stay empty: then it is None, and not something that is wrong."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if str(value or "").strip() else None


class MaybeName(_OrNothing, NameField):
    """A name as on the card, or nothing."""


class MaybeIdentity(_OrNothing, IdentityField):
    """An identity number, or nothing."""


class MaybePhone(_OrNothing, PhoneField):
    """A mobile number, or nothing."""


class CorrectionForm(forms.Form):
    """What is wrong, and how it should be; what stays empty stays as it is."""

    name = MaybeName(
        label=gettext_lazy("对的姓名"), max_length=60, required=False, help_text=gettext_lazy("与身份证一致")
    )
    id_number = MaybeIdentity(
        required=False, help_text=gettext_lazy("性别和出生日期跟着号码走；15 位和 18 位的是同一个号码，不用改")
    )
    phone = MaybePhone(
        label=gettext_lazy("新的手机号"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy("原来的手机收不到验证码时才在这里改"),
    )  # fmt: skip
    reason = _reason(gettext_lazy("例如：登记时看错了一位"))
    papers = PapersField(label=gettext_lazy("身份证的照片或扫描件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_number"].label = _("对的身份证号")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not any(typed.get(name) for name in ("name", "id_number", "phone")):
            raise forms.ValidationError(_("请至少填一项要更正的：姓名、身份证号或手机号。"))
        return typed


class TransferForm(Workplace):
    """Where one works from which day on, and where the file is."""

    day = forms.DateField(
        label=gettext_lazy("从哪天起"), help_text=gettext_lazy("调动通知或合同上的日期，不晚于今天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请按 2018-11-30 的样子填日期。")},
    )  # fmt: skip
    reason = _reason(gettext_lazy("例如：调到新单位工作"))
    papers = PapersField(label=gettext_lazy("调动通知、合同或档案证明"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.day_of(clock.now())


class MergeForm(forms.Form):
    """The other account of the same human."""

    id_number = IdentityField(help_text=gettext_lazy("您另一个账号登录时用的号码"))
    keep = forms.ChoiceField(
        label=gettext_lazy("哪个号码是对的，以后用它登录"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选哪个号码是对的。")},
    )  # fmt: skip
    reason = _reason(gettext_lazy("例如：第一次注册时号码填错了一位，又注册了一次"))
    papers = PapersField(label=gettext_lazy("身份证的照片或扫描件"))

    def __init__(self, *args: Any, masked: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_number"].label = _("另一个账号的身份证号")
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ChoiceField)  # noqa: S101  declared above
        keep.choices = [("mine", _("现在登录的这个：%(number)s") % {"number": masked}), ("other", _("上面填的那个"))]


class ResendForm(forms.Form):
    """What was missing."""

    reason = forms.CharField(
        label=gettext_lazy("补充说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    papers = PapersField(label=gettext_lazy("补充的材料"), required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("reason") and not typed.get("papers"):
            raise forms.ValidationError(_("请写一句说明，或附上补充的材料。"))
        return typed
