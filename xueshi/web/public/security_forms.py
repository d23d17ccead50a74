"""What is asked about second factors and sessions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _digits(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class SecondFactorForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = _digits(_("验证码"), _("验证器上现在的 6 位数字；手机不在身边时，填一个 8 位恢复码"))


class BindForm(forms.Form):
    """The first code of an app that has just read the key."""

    code = _digits(_("验证器上的 6 位数字"), _("30 秒换一次；快换的时候，等新的出来再填"))


class PasskeyProofForm(forms.Form):
    """What the browser has signed."""

    credential = forms.JSONField(widget=forms.HiddenInput)


class PasskeyForm(PasskeyProofForm):
    """A new passkey and what it is called."""

    name = forms.CharField(
        label=_("给它起个名字"),
        help_text=_("例如：办公室电脑、我的手机"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConfirmForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
