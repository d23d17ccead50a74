"""Fields that several doors ask with: a number, a name, a phone; what is wrong is said beside them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import clock
from xueshi.people import rules, sentences


class IdentityField(forms.CharField):
    """An identity number however it is typed; cleaned to a `rules.Identity`."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"data-idcard": "", "autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
        widget = forms.TextInput(attrs=attrs | kwargs.pop("attrs", {}))
        super().__init__(label=_("身份证号"), max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> rules.Identity:
        found = rules.identity(super().clean(value), today=clock.day_of(clock.now()))
        if isinstance(found, rules.NotAnIdentity):
            raise forms.ValidationError(sentences.of_identity(found))
        return found


class NameField(forms.CharField):
    """A name as on the card."""

    def clean(self, value: Any) -> str:
        found = rules.name(super().clean(value))
        if found is None:
            raise forms.ValidationError(sentences.of_name())
        return found


class PhoneField(forms.CharField):
    """A mobile number; cleaned to its 11 digits."""

    def clean(self, value: Any) -> str:
        found = rules.phone(super().clean(value))
        if found is None:
            raise forms.ValidationError(sentences.of_phone())
        return found
