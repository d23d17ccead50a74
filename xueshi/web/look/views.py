"""A living page of the components, for eyes and tests. Only in the URL table when DEBUG is on."""

from datetime import datetime, timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xueshi.web.look import saying


class Sample(forms.Form):
    """One field of every shape."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    number = forms.CharField(
        label=gettext_lazy("身份证号"),
        help_text=gettext_lazy("它就是您的登录名。别人只能看到头尾。"),
        widget=forms.TextInput(attrs={"data-idcard": "", "autocomplete": "off"}),
    )
    file_kept = forms.ChoiceField(
        label=gettext_lazy("档案在哪里"),
        choices=[("unit", gettext_lazy("本单位")), ("bureau", gettext_lazy("区县人社局"))],
    )
    password = forms.CharField(
        label=gettext_lazy("设一个密码"),
        help_text=gettext_lazy("至少 10 位，可以是一句自己记得住的话"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("怎么办"),
        widget=forms.RadioSelect,
        choices=[("pass", gettext_lazy("通过")), ("back", gettext_lazy("退回本人，写明原因"))],
    )
    reason = forms.CharField(label=gettext_lazy("原因"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sheet = forms.FileField(label=gettext_lazy("成绩单"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("我已看过上面的说明"))


def states(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with the words of an invented plan."""
    now = datetime(2026, 12, 19, 9, 15, 3, tzinfo=saying.SHANGHAI)
    typed = {"name": _("示例学员"), "number": "500199198003070028", "file_kept": "unit"}
    wrong = Sample(typed, auto_id="wrong_%s")
    wrong.is_valid()
    wrong.add_error("number", _("最后一位应是 3，您填的是 8。请看着证件再核对一遍。"))
    context = {
        "now": now,
        "near": datetime(2027, 1, 1, tzinfo=saying.SHANGHAI),
        "far": now + timedelta(days=120),
        "past": now - timedelta(days=3),
        "today": now + timedelta(hours=5),
        "ribbon": _ribbon(),
        "done": [{"title": step["title"], "state": "done"} for step in _ribbon()[:3]],
        "covered": [(0, 850), (990, 1325)],
        "form": Sample(),
        "wrong": wrong,
        "rows": Paginator(range(23), 10).page(1),
    }
    return render(request, "look/states.html", context)


def _ribbon() -> list[dict[str, str]]:
    said = [
        (_("注册"), _("3月2日 已完成"), "done"),
        (_("选课"), _("1 门"), "done"),
        (_("缴费激活"), _("已付 70.00 元"), "done"),
        (_("学习"), _("41.5 / 60 学时"), "now"),
        (_("考试"), _("学完后开放"), "later"),
        (_("打印合格单"), _("考试合格后"), "later"),
        (_("审验"), _("由区人社局"), "later"),
    ]
    return [{"title": title, "note": note, "state": state} for title, note, state in said]
