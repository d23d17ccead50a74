"""Behind three doors: take away the second factor of somebody who has lost hers, once one has seen that it is her."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from xueshi.kernel import clock
from xueshi.people import searching, second_factor_actions, second_factor_queries
from xueshi.people.viewer import Viewer
from xueshi.web import doors
from xueshi.web.redirects import SeeOther

MOST = 20


class FindForm(forms.Form):
    """Whom: posted, so that no name stands in an address."""

    text = forms.CharField(
        label=gettext_lazy("谁"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("姓名、拼音、单位，或身份证号末四位"),
    )


class ResetForm(forms.Form):
    """Which of those found, and how one knows that it is her."""

    person = forms.TypedChoiceField(label=gettext_lazy("给谁重置"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("怎样核实了本人"),
        max_length=200,
        help_text=gettext_lazy("例如：本人持身份证到窗口。本人和审计看得到这句话"),
    )

    def __init__(self, *args: Any, found: list[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker: it is above
        field.choices = [(one.pk, f"{one.name} · {one.id_masked}") for one in found]
        if len(found) == 1:
            field.initial = found[0].pk


def page(request: doors.SeenRequest, door: str, viewer: Viewer) -> HttpResponse:
    """Find somebody who has a second factor, and reset it with a reason."""
    at = clock.now()
    here = second_factor_queries.resettable(viewer, at)
    shown: dict[str, Any] = {"door": door, "form": FindForm(), "action": reverse(f"{door}:lost_factors")}
    if request.method != "POST":
        return render(request, "lost_factors.html", shown)
    if "person" in request.POST or "reason" in request.POST:
        typed = request.POST.get("person", "")
        chosen = list(here.filter(pk=int(typed))) if typed.isdecimal() and len(typed) < 19 else []
        shown["reset"] = reset = ResetForm(request.POST, found=chosen)
        if reset.is_valid():
            second_factor_actions.reset_for(
                viewer=viewer, at=at, reason=reset.cleaned_data["reason"], person_id=int(typed)
            )
            messages.success(request, _("已重置。本人收到短信，下次登录时重新绑定；原来的登录都已退出。"))
            return SeeOther(reverse(f"{door}:lost_factors"))
        return render(request, "lost_factors.html", shown, status=422)
    shown["form"] = form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "lost_factors.html", shown, status=422)
    found = list(searching.found(here, form.cleaned_data["text"]).order_by("pinyin", "pk")[:MOST])
    shown["nobody"] = not found
    shown["reset"] = ResetForm(found=found) if found else None
    return render(request, "lost_factors.html", shown)


def patterns(door: str, guard: Callable[..., Any], *roles: str) -> list[URLPattern]:
    """The address of this page behind a door, for those of its roles that appoint."""

    @guard
    def view(request: doors.SeenRequest) -> HttpResponse:
        return page(request, door, doors.only(request, *roles))

    return [
        path("posts/second-factors/", require_http_methods(["GET", "HEAD", "POST"])(view), name="lost_factors"),
    ]
