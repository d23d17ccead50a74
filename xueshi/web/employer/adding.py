"""Add one person by hand: a roster of one row, with the same rules."""

import csv
import io
from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from xueshi.kernel import clock
from xueshi.kernel.errors import Refused
from xueshi.people import registration_queries, roster_actions, roster_queries, rules, sentences
from xueshi.web import doors
from xueshi.web.employer.desk import desk
from xueshi.web.redirects import SeeOther
from xueshi.web.roster_pages import BY_HAND
from xueshi.web.standing_form import DAY_ERROR

DAY = {"type": "date"}


class PersonForm(forms.Form):
    """One row of a roster, typed by hand."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), max_length=30,
        widget=forms.TextInput(attrs={"data-idcard": "", "autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=30, required=False)
    employed_since = forms.DateField(
        label=gettext_lazy("到本单位的日期"),
        required=False,
        error_messages=DAY_ERROR,
        widget=forms.DateInput(attrs=DAY),
    )
    title_level = forms.ChoiceField(
        label=gettext_lazy("职称"),
        required=False,
        choices=[("", gettext_lazy("没有，或者不填")), *registration_queries.TITLE_LEVELS],
    )
    title_obtained_on = forms.DateField(
        label=gettext_lazy("取得职称的日期"),
        required=False,
        error_messages=DAY_ERROR,
        widget=forms.DateInput(attrs=DAY),
    )

    def clean_id_number(self) -> str:
        typed: str = self.cleaned_data["id_number"]
        who = rules.identity(typed, today=clock.day_of(clock.now()))
        if isinstance(who, rules.NotAnIdentity):
            raise forms.ValidationError(sentences.of_identity(who))
        return who.number

    def clean_name(self) -> str:
        called = rules.name(self.cleaned_data["name"])
        if called is None:
            raise forms.ValidationError(sentences.of_name())
        return called

    def clean(self) -> None:
        """A title has its day, and a day its title."""
        data = self.cleaned_data
        if bool(data.get("title_level")) != bool(data.get("title_obtained_on")):
            self.add_error("title_obtained_on", _("职称和取得日期要一起填，日期在证书上。"))

    def sheet(self) -> bytes:
        """The same as a roster of one row."""
        labels = {one.key: str(one.label) for one in roster_queries.FIELDS}
        filled = {key: value for key, value in self.cleaned_data.items() if value and key in labels}
        if "title_level" in filled:
            filled["title_level"] = str(dict(registration_queries.TITLE_LEVELS)[filled["title_level"]])
        file = io.StringIO()
        write = csv.writer(file).writerow
        write([labels[key] for key in filled])
        write([value.isoformat() if isinstance(value, date) else value for value in filled.values()])
        return file.getvalue().encode("utf-8-sig")


@require_http_methods(["GET", "HEAD", "POST"])
@doors.employers
def add_person(request: doors.SeenRequest) -> HttpResponse:
    """Add one person: a roster of one row, checked and confirmed like any other."""
    here, at = desk(request), clock.now()
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            roster = roster_actions.receive(
                viewer=here.viewer, organisation_id=here.unit_id, data=form.sheet(), at=at,
                name=f"{BY_HAND} {form.cleaned_data['name']}.csv", again=True,
            )  # fmt: skip
        except Refused as refused:
            if refused.status not in (409, 422):
                raise
            form.add_error(None, f"{refused.said}{refused.advice}")
        else:
            return SeeOther(reverse("employer:roster", args=[roster.pk]))
    context = {"desk": here, "form": form}
    return render(request, "employer/add_person.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [path("rosters/add/", add_person, name="add_person")]
