"""The counter: find a registrant, check the data against the card, take the fee, hand over the day's cash."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.payments import queries as payments
from xueshi.people import actions as people
from xueshi.people import queries as persons
from xueshi.people import rules, sentences
from xueshi.training import actions, queries
from xueshi.web import unmasking
from xueshi.web.doors import SeenRequest, authorities, only
from xueshi.web.look import saying
from xueshi.web.redirects import SeeOther

P = ParamSpec("P")
DeskView = Callable[Concatenate[SeenRequest, P], HttpResponse]


class SearchForm(forms.Form):
    """A name or the last four places of an identity number: posted, so that neither stands in an address."""

    text = forms.CharField(
        label=gettext_lazy("姓名，或身份证号后四位"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填姓名，或身份证号的后四位，例如 002X。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class CorrectForm(forms.Form):
    """What a counter may put right by the card; the officer says why."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("手机"), max_length=20)
    employer = forms.TypedChoiceField(
        label=gettext_lazy("单位"), coerce=int, empty_value=None, required=False, choices=()
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么改"),
        help_text=gettext_lazy("例如：身份证上是“晓”，注册时填了“小”。本人看得到。"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写一句为什么改，本人看得到。")},
    )

    def __init__(self, *args: Any, employers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["employer"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  as declared above
        field.choices = [("", _("没有单位，或不在名单里")), *employers]

    def clean_name(self) -> str:
        name = rules.name(self.cleaned_data["name"])
        if name is None:
            raise forms.ValidationError(sentences.of_name())
        return name

    def clean_phone(self) -> str:
        number = rules.phone(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(sentences.of_phone())
        return number


class DayForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("哪一天"),
        error_messages={"invalid": gettext_lazy("请按 2026-06-01 的样子填日期。")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not 2000 <= on.year <= 2100:  # the last day of the calendar has no end
            raise forms.ValidationError(self.fields["on"].error_messages["invalid"])
        return on


def at_counter(view: DeskView[P]) -> DeskView[P]:
    """Only for those who sit at a counter; verifiers share the door but not this desk."""

    @wraps(view)
    def guarded(request: SeenRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        only(request, "counter")
        return view(request, *args, **kwargs)

    return cast("DeskView[P]", guarded)


@authorities
@at_counter
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: SeenRequest) -> HttpResponse:
    form = SearchForm(request.POST if request.method == "POST" else None)
    today = clock.day_of(clock.now())
    facts: dict[str, object] = {"form": form, "taken": payments.taken_by(request.viewer, today), "today": today}
    status = 200
    if form.is_bound:
        if form.is_valid():
            facts["found"] = _found(request, form.cleaned_data["text"])
        else:
            status = 422
    return render(request, "authority/counter.html", facts, status=status)


def _found(request: SeenRequest, text: str) -> list[dict[str, object]]:
    registrants = persons.registrants_for(request.viewer, text)
    standings = queries.standings_of(person.pk for person in registrants)
    return [{"person": person, "standing": standings.get(person.pk, queries.Standing())} for person in registrants]


@authorities
@at_counter
@require_safe
def registrant(request: SeenRequest, person_id: int) -> HttpResponse:
    at = clock.now()
    people.look_at(viewer=request.viewer, person_id=person_id, at=at)
    found = queries.registrant_for(request.viewer, person_id, clock.day_of(at))
    mine = request.viewer.organisations("counter")
    facts = {"found": found, "person": found.person, "mine": mine, "dues": [_desk(due, mine) for due in found.dues]}
    facts |= unmasking.offered(request.viewer, ("counter",), person_id, "authority")
    return render(request, "authority/registrant.html", facts)


def _desk(due: queries.Due, mine: tuple[int, ...]) -> dict[str, object]:
    """What the officer can do about one fee: which own counter takes it, if any."""
    right = set(due.counter.all_of_them) if due.counter else set()
    return {"due": due, "here": next((one for one in mine if one in right), None)}


@authorities
@at_counter
@require_POST
def check_registrant(request: SeenRequest, person_id: int) -> HttpResponse:
    people.check_identity(viewer=request.viewer, person_id=person_id, at=clock.now())
    return _seen(request, person_id, _("已记下：资料与身份证一致。"))


@authorities
@at_counter
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SeenRequest, person_id: int) -> HttpResponse:
    at = clock.now()
    person = people.look_at(viewer=request.viewer, person_id=person_id, at=at)
    employer = persons.present_employer(person.pk, clock.day_of(at))
    offered = {one.pk: one.name for one in persons.employers_at(person.region.code)}
    if employer:  # also one that has closed or lies elsewhere: a new phone number ends no employment
        offered |= {employer.pk: employer.name}
    employers = list(offered.items())
    present = {"name": person.name, "phone": person.phone, "employer": employer.pk if employer else ""}
    form = CorrectForm(request.POST or None, initial=present, employers=employers)
    if not form.is_valid():
        facts = {"form": form, "person": person}
        return render(request, "authority/correct.html", facts, status=422 if form.is_bound else 200)
    wanted = form.cleaned_data
    people.correct(
        viewer=request.viewer, person_id=person.pk, name=wanted["name"], phone=wanted["phone"],
        employer_id=wanted["employer"], reason=wanted["reason"], at=at,
    )  # fmt: skip
    return _seen(request, person_id, _("已改正，原因已记下，本人看得到。"))


@authorities
@at_counter
@require_POST
def take_fee(request: SeenRequest, person_id: int, enrolment_id: int) -> HttpResponse:
    mine = request.viewer.organisations("counter")
    here = request.POST.get("organisation", "")
    organisation_id = int(here) if here.isdecimal() and len(here) < 19 else mine[0]
    if queries.person_id_of(enrolment_id) != person_id:
        raise NotYours()
    receipt = actions.take_fee(
        viewer=request.viewer, enrolment_id=enrolment_id, organisation_id=organisation_id, at=clock.now()
    )
    said = _("已收 %(amount)s，学习和考试权限已开通。收据 %(number)s。") % {
        "amount": saying.yuan(receipt.payment.amount),
        "number": receipt.number,
    }
    return _seen(request, person_id, said)


def _seen(request: SeenRequest, person_id: int, said: str) -> HttpResponse:
    messages.info(request, said)
    return SeeOther(reverse("authority:registrant", args=[person_id]))


@authorities
@at_counter
@require_safe
def day(request: SeenRequest) -> HttpResponse:
    """The receipts of a day with their sum, for handing over the cash."""
    today = clock.day_of(clock.now())
    form = DayForm(request.GET if "on" in request.GET else {"on": today.isoformat()})
    on: date = form.cleaned_data["on"] if form.is_valid() else today
    facts = {"form": form, "day": payments.day_for(request.viewer, on), "today": today}
    return render(request, "authority/day.html", facts, status=200 if form.is_valid() else 422)


@authorities
@at_counter
@require_safe
def receipt(request: SeenRequest, receipt_id: int) -> HttpResponse:
    found = payments.receipt_for(request.viewer, receipt_id)
    return render(
        request,
        "authority/receipt.html",
        {"receipt": found, "words": found.words, "person_id": found.payment.order.person_id},
    )


urlpatterns = [
    path("counter/", counter, name="counter"),
    path("counter/day/", day, name="counter_day"),
    path("counter/<int:person_id>/", registrant, name="registrant"),
    path("counter/<int:person_id>/check", check_registrant, name="check_registrant"),
    path("counter/<int:person_id>/correct/", correct, name="correct"),
    path("counter/<int:person_id>/fee/<int:enrolment_id>", take_fee, name="take_fee"),
    path("receipts/<int:receipt_id>/", receipt, name="receipt"),
]
