"""Question banks: list, search, take out of use; receive a sheet, see what is wrong with it, decide."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from xueshi.exams import actions, queries, rules, sheets, wording
from xueshi.kernel import clock
from xueshi.web import doors

PAGE = 25


class BankForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("题库名称"), max_length=120)
    code = forms.RegexField(
        r"^[A-Za-z0-9-]{2,40}$",
        label=gettext_lazy("编号"),
        error_messages={"invalid": gettext_lazy("编号用字母、数字和连字符，2 到 40 个。")},
    )


class SheetForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("题目表（.xlsx）"),
        error_messages={
            "required": gettext_lazy("还没有选文件。"),
            "empty": gettext_lazy("这个文件是空的。"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > sheets.MOST_BYTES:
            raise forms.ValidationError(wording.of_sheet("too_big", {"most": sheets.MOST_BYTES // 1024 // 1024}))
        return file


class FindForm(forms.Form):
    """What to look for; anything odd in the address is no filter at all."""

    q = forms.CharField(label=gettext_lazy("题号或题干里的字"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("题型"), choices=[("", gettext_lazy("全部题型")), *wording.KINDS.items()], required=False
    )
    retired = forms.BooleanField(label=gettext_lazy("看已停用的"), required=False)


@doors.operators
def banks(request: doors.SeenRequest) -> HttpResponse:
    """All banks, and a form for a new one."""
    form = BankForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            bank = actions.add_bank(viewer=request.viewer, at=clock.now(), **form.cleaned_data)
        except actions.CodeTaken as taken:
            form.add_error("code", taken.said)
        else:
            return redirect("operator:bank", bank.pk)
    shown = {"form": form, "banks": queries.banks_for(request.viewer)}
    return render(request, "operator/banks.html", shown, status=422 if form.errors else 200)


@doors.operators
def bank(request: doors.SeenRequest, bank_id: int) -> HttpResponse:
    """A bank: its questions, its sheets, and the way to send a new one."""
    known = queries.bank_for(request.viewer, bank_id)
    form = SheetForm(request.POST or None, request.FILES or None) if request.method == "POST" else SheetForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = actions.receive_sheet(
                viewer=request.viewer, bank_id=known.pk, data=file.read(), name=file.name or "", at=clock.now()
            )
        except actions.SheetUnusable as problem:
            form.add_error("file", problem.said)
        else:
            return redirect("operator:bank_import", sheet.pk)
    find = FindForm(request.GET)
    wanted: dict[str, Any] = find.cleaned_data if find.is_valid() else {}
    found = queries.questions_of(
        known, text=wanted.get("q", ""), kind=wanted.get("kind", ""), retired=wanted.get("retired", False)
    )
    shown = {
        "bank": known,
        "form": form,
        "find": find,
        "kinds": queries.kinds_of(known),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "imports": queries.imports_of(known)[:5],
        "letters": rules.LETTERS,
    }
    return render(request, "operator/bank.html", shown, status=422 if form.errors else 200)


@require_POST
@doors.operators
def question_retire(request: doors.SeenRequest, question_id: int) -> HttpResponse:
    """Take a question out of use; papers that carry it keep it."""
    question = actions.retire_question(viewer=request.viewer, question_id=question_id, at=clock.now())
    return redirect("operator:bank", question.bank_id)


@doors.operators
def bank_import(request: doors.SeenRequest, import_id: int) -> HttpResponse:
    """What a sheet holds and what is wrong with it; confirm or discard it."""
    if request.method == "POST":
        act = actions.discard_import if request.POST.get("decision") == "discard" else actions.confirm_import
        act(viewer=request.viewer, import_id=import_id, at=clock.now())
        return redirect("operator:bank_import", import_id)
    shown = queries.import_for(request.viewer, import_id)
    return render(request, "operator/bank_import.html", {"shown": shown, "sheet": shown.sheet, "bank": shown.bank})


@require_safe
@doors.operators
def bank_problems(request: doors.SeenRequest, import_id: int) -> HttpResponse:
    """The rejected rows as they came, with a column that says why, to be corrected and sent again."""
    shown = queries.import_for(request.viewer, import_id)
    rows = [(*row.cells, _("第 %(row)s 行。") % {"row": row.number} + " ".join(row.reasons)) for row in shown.faulty]
    return _xlsx(sheets.write(rows, also=[sheets.REASON]), f"problems-{import_id}.xlsx")


@require_safe
@doors.operators
def bank_template(request: doors.SeenRequest) -> HttpResponse:
    """The sheet to fill in, with three examples."""
    return _xlsx(sheets.template(), "questions.xlsx")


def _xlsx(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=sheets.XLSX, headers=headers)


urlpatterns: list[URLPattern] = [
    path("banks/", banks, name="banks"),
    path("banks/template.xlsx", bank_template, name="bank_template"),
    path("banks/<int:bank_id>/", bank, name="bank"),
    path("banks/imports/<int:import_id>/", bank_import, name="bank_import"),
    path("banks/imports/<int:import_id>/problems.xlsx", bank_problems, name="bank_problems"),
    path("banks/questions/<int:question_id>/retire/", question_retire, name="question_retire"),
]
