"""What is asked when registering, signing in, recovering a password and keeping one's data."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import clock, vault
from xueshi.people import queries, rules, sentences
from xueshi.web.identity_fields import IdentityField, NameField, PhoneField

FILE_KEEPERS = (
    ("", _("请选择")),
    ("unit", _("所在单位")),
    ("county_hrss", _("区县人力社保局")),
    ("talent_agency", _("人才代理机构")),
    ("other", _("其他，或者不清楚")),
)
TITLES = (
    ("none", _("暂无职称")),
    ("assistant", _("员级")),
    ("junior", _("助理级（初级）")),
    ("intermediate", _("中级")),
    ("deputy_senior", _("副高级")),
    ("full_senior", _("正高级")),
)


class NewPasswordField(forms.CharField):
    """A new password; what others could guess is refused once the person is known."""

    def __init__(self) -> None:
        super().__init__(
            label=_("设一个密码"),
            help_text=_("至少 10 位，可以是一句自己记得住的话，不要求符号"),
            strip=False,
            max_length=200,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )

    def clean(self, value: Any) -> str:
        password: str = super().clean(value)
        weak = sentences.against(password)
        if weak:
            raise forms.ValidationError(weak)
        return password


def _phone() -> PhoneField:
    attrs = {"autocomplete": "tel", "inputmode": "tel"}
    return PhoneField(
        label=_("手机号"),
        help_text=_("收验证码和通知用"),
        max_length=30,
        widget=forms.TextInput(attrs=attrs),
    )


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("电子邮箱"),
        help_text=_("也可以用来找回密码"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("邮箱地址里要有 @，例如 name@example.com。")},
    )


class Workplace(forms.Form):
    """Where one works and where the personnel file is: what decides counter and verifier."""

    region = forms.ChoiceField(
        label=_("所在区县"),
        help_text=_("工作单位所在地；没有单位的选居住地"),
        error_messages={"invalid_choice": _("请选到具体的区县。")},
    )
    employer_search = forms.CharField(
        label=_("找工作单位"),
        required=False,
        max_length=60,
        help_text=_("先选区县，再输名称里的几个字"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    employer = forms.ChoiceField(
        label=_("工作单位"),
        required=False,
        help_text=_("列出所在区县的单位和市级单位"),
        error_messages={"invalid_choice": _("所选单位不在这个区县。请重新选，找不到时选“不在列表中”。")},
    )
    file_keeper = forms.ChoiceField(
        label=_("人事档案在哪里"),
        choices=FILE_KEEPERS,
        help_text=_("决定成绩合格单由谁审验"),
    )
    agency = forms.ChoiceField(label=_("哪一家代理机构"), required=False, help_text=_("档案在人才代理机构时才选"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [
            (above.name, [(leaf.code, leaf.name) for leaf in leaves]) for above, leaves in queries.open_regions()
        ]
        self._offer("region", [("", gettext("请选择")), *regions])
        chosen = str(self["region"].value() or "")
        units = [(unit.pk, unit.name) for unit in queries.employers_at(chosen)]
        self._offer("employer", [("", gettext("不在列表中")), *units])
        agencies = [(agency.pk, agency.name) for agency in queries.agencies_at()]
        self._offer("agency", [("", gettext("不在代理机构")), *agencies])
        wiring = {"hx-get": reverse_lazy("public:employers"), "hx-target": "#id_employer"}
        wiring |= {"hx-include": "#id_region, #id_employer_search"}
        self.fields["region"].widget.attrs |= wiring | {"hx-trigger": "change"}
        self.fields["employer_search"].widget.attrs |= wiring | {"hx-trigger": "input changed delay:300ms"}

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker: they are all above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("file_keeper") == "talent_agency" and not typed.get("agency"):
            self.add_error("agency", gettext("档案在人才代理机构的，请选是哪一家。"))
        return typed

    @property
    def workplace(self) -> dict[str, Any]:
        """The facts as `actions.register` and `actions.change_employment` name them."""
        typed = self.cleaned_data
        return {
            "region_code": typed["region"],
            "employer_id": int(typed["employer"]) if typed["employer"] else None,
            "file_keeper": typed["file_keeper"],
            "file_agency_id": int(typed["agency"]) if typed["agency"] else None,
        }


class TitleForm(forms.Form):
    """The title one holds, and since when."""

    title_level = forms.ChoiceField(label=_("职称级别"), help_text=_("已经取得的最高一级"), choices=TITLES)
    title_obtained_on = forms.DateField(
        label=_("取得日期"),
        required=False,
        help_text=_("职称证书上的日期，例如 2018-11-30"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请按 2018-11-30 的样子填日期。")},
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("title_level", "none") == "none" or "title_obtained_on" in self.errors:
            return typed
        obtained, today = typed.get("title_obtained_on"), clock.day_of(clock.now())
        if obtained is None:
            self.add_error("title_obtained_on", gettext("有职称的，请填取得日期。"))
        elif not self.born(typed) < obtained <= today:
            self.add_error("title_obtained_on", gettext("取得日期应在出生以后、不晚于今天。"))
        return typed

    def born(self, typed: dict[str, Any]) -> date:
        """The day before which nobody has a title."""
        return date.min


def _code(**kwargs: Any) -> forms.RegexField:
    return forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label=_("验证码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"invalid": _("验证码是 6 位数字。")},
        **kwargs,
    )


class PhoneForm(forms.Form):
    """A phone and the code that was sent to it; who has proven the phone a moment ago leaves the code empty."""

    phone = _phone()
    code = _code(help_text=_("短信里的 6 位数字"))

    def __init__(self, *args: Any, proven: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not proven


class RegistrationForm(TitleForm, Workplace, PhoneForm):
    """All that registration asks, on one page."""

    name = NameField(
        label=_("姓名"),
        help_text=_("与身份证一致"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = IdentityField(help_text=_("它就是您的登录名，也用来给学时和证书记名。别人只能看到头尾。"))
    email = _email()
    password = NewPasswordField()
    accurate = forms.BooleanField(label=_("以上都已核对，准确无误"))
    field_order = (
        *("name", "id_number", "phone", "code", "email", "region", "employer_search", "employer"),
        *("file_keeper", "agency", "title_level", "title_obtained_on", "password", "accurate"),
    )

    def born(self, typed: dict[str, Any]) -> date:
        who = typed.get("id_number")
        return who.born_on if isinstance(who, rules.Identity) else date.min

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        who, password = typed.get("id_number"), typed.get("password")
        if isinstance(who, rules.Identity) and password:
            weak = sentences.against(password, number=who.number, phone=typed.get("phone", ""), born_on=who.born_on)
            if weak:
                self.add_error("password", weak)
        return typed

    @property
    def read_back(self) -> rules.Identity | None:
        """The identity number as the server has read it, when it could."""
        if not self.is_bound:
            return None
        self.is_valid()
        found = self.cleaned_data.get("id_number")
        return found if isinstance(found, rules.Identity) else None


class SignInForm(forms.Form):
    """Identity number and password; the answer to a wrong pair is always the same."""

    id_number = IdentityField(help_text=_("15 位、18 位都行，末尾 x 大小写都行"), attrs={"autocomplete": "username"})
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["id_number"].widget.attrs["data-idcard"]  # here it would only take room


class ResetForm(forms.Form):
    """Whose password, and where the code should go."""

    id_number = IdentityField()
    channel = forms.ChoiceField(
        label=_("验证码发到"),
        choices=[("phone", _("登记的手机")), ("mail", _("登记的邮箱"))],
        widget=forms.RadioSelect,
        initial="phone",
    )


class ResetCodeForm(forms.Form):
    """The code that came, and the new password."""

    code = _code()
    password = NewPasswordField()


class CodeSignInForm(forms.Form):
    """Whose phone should get a code to sign in with."""

    id_number = IdentityField(help_text=_("15 位、18 位都行，末尾 x 大小写都行"), attrs={"autocomplete": "username"})


class CameForm(forms.Form):
    """The code that came."""

    code = _code()


class InvitedForm(forms.Form):
    """What somebody holds whom a unit has invited."""

    id_number = IdentityField(help_text=_("它就是您的登录名"))
    invitation = forms.CharField(
        label=_("邀请码"),
        help_text=_("单位给的 8 位字母和数字，大小写都行，横线可以不填"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = NewPasswordField()


class ClaimForm(PhoneForm):
    """Somebody says that a registered number is hers; an office will look at her card."""

    name = NameField(
        label=_("姓名"),
        help_text=_("与身份证一致"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = IdentityField()
    region = forms.ChoiceField(label=_("所在区县"), help_text=_("由这个区县的人力社保局核对"))
    reason = forms.CharField(
        label=_("说明"),
        help_text=_("例如：换了手机号，以前的收不到验证码"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("name", "id_number", "phone", "code", "region", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker: it is above
        regions = [
            (above.name, [(leaf.code, leaf.name) for leaf in leaves]) for above, leaves in queries.open_regions()
        ]
        field.choices = [("", gettext("请选择")), *regions]


class ContactForm(forms.Form):
    """Phone and mailbox."""

    phone = _phone()
    email = _email()


class PasswordForm(forms.Form):
    """The present password and the new one."""

    present = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = NewPasswordField()


def typed_in(request: HttpRequest) -> dict[str, Any]:
    """What has been typed so far, without the password, to show a form again that was not sent yet."""
    return {name: value for name, value in request.POST.items() if name != "password"}


def index_of(who: rules.Identity) -> str:
    """The keyed hash under which the account is found."""
    return vault.index("id", who.number)
