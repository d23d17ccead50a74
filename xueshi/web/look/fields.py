"""A form field as the look draws it: label, hint, control, error, wired for those who listen."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SHAPES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "many"),
    (forms.RadioSelect, "one"),
    (forms.CheckboxInput, "yes"),
    (forms.PasswordInput, "secret"),
    (forms.Textarea, "text"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
)

ASKS = {
    "one": gettext_lazy("请选一项"),
    "many": gettext_lazy("请至少选一项"),
    "select": gettext_lazy("请选一项"),
    "yes": gettext_lazy("请先勾选"),
    "file": gettext_lazy("请选一个文件"),
}


@dataclass(frozen=True)
class Choice:
    """One radio or checkbox of a group."""

    control: SafeString
    label: Any
    id: str


def shape(bound: BoundField) -> str:
    """Which drawing a field gets, by its widget."""
    widget = bound.field.widget
    for kind, name in SHAPES:
        if isinstance(widget, kind):
            return name
    return "line"


def described_by(bound: BoundField, hint: str, also: str = "") -> str:
    """The ids that explain the control: hint, error and whatever else the page names."""
    ids = []
    if hint:
        ids.append(f"{bound.auto_id}_hint")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    if also:
        ids.append(also)
    return " ".join(ids)


def attributes(bound: BoundField, hint: str, extra: dict[str, Any]) -> dict[str, Any]:
    """The control's attributes: the look's class, the wiring, and what the page adds."""
    by_shape = {"select": "form-select", "yes": "form-check-input"}
    css = [by_shape.get(shape(bound), "form-control"), bound.field.widget.attrs.get("class", "")]
    if "data-idcard" in {**bound.field.widget.attrs, **extra}:
        css.append("x-idno")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, css))}
    described = described_by(bound, hint, str(extra.pop("describedby", "")))
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs | extra


def complaints(bound: BoundField) -> list[str]:
    """What is wrong with the field, in words; of a missing one, what to do instead of a verdict.

    A form that says it better itself, is heard.
    """
    if not bound.errors:
        return []
    kind = shape(bound)
    said = []
    for problem in bound.errors.as_data():
        if problem.code == "required" and problem.message == forms.Field.default_error_messages["required"]:
            said.append(_("请填写") if kind not in ASKS else str(ASKS[kind]))
        else:
            said += [str(words) for words in problem.messages]
    return said


def choices(bound: BoundField, hint: str) -> list[Choice]:
    """The controls of a radio or checkbox group, each with the look's class."""
    widget = bound.field.widget
    attrs = {**widget.attrs, "id": bound.auto_id, "class": "form-check-input"}
    described = described_by(bound, hint)
    if bound.field.required and isinstance(widget, forms.RadioSelect):
        attrs["required"] = bound.form.use_required_attribute
    found = []
    for data in widget.subwidgets(bound.html_name, bound.value(), attrs=attrs):
        if described:
            data["attrs"]["aria-describedby"] = described
        control = bound.form.renderer.render(
            data["template_name"],
            {
                "widget": {**data, "wrap_label": False},
            },
        )
        found.append(Choice(SafeString(control), data["label"], data["attrs"].get("id", "")))
    return found
