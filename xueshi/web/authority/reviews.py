"""The verifier's queue, one slip beside the score as the platform has it, and look-up by number (CQ-33 to CQ-37)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from xueshi.certificates import actions, queries
from xueshi.kernel import clock, redaction
from xueshi.people.viewer import Viewer
from xueshi.recognition import queries as reviews
from xueshi.web import doors

PAGE = 20
STATES = (
    ("pending", gettext_lazy("待审验")),
    ("verified", gettext_lazy("已通过")),
    ("refused", gettext_lazy("已退回")),
)
METHODS = (
    ("check_slip", gettext_lazy("核查成绩合格单：看着本人交来的纸面")),
    ("look_up_online", gettext_lazy("上网查询核查：看平台上的成绩")),
)


class VerifyForm(forms.Form):
    """How it was checked, and under whose seal."""

    method = forms.ChoiceField(label=gettext_lazy("怎样核查的"), choices=METHODS, widget=forms.RadioSelect)
    seal = forms.CharField(label=gettext_lazy("印章名称"), max_length=120, required=False)

    def __init__(self, *args: Any, sealed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seal"].required = sealed


class RefuseForm(forms.Form):
    """Why it goes back; the person reads it."""

    reason = forms.CharField(
        label=gettext_lazy("退回原因"),
        help_text=gettext_lazy("本人会看到，请写明要改什么。"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LookUpForm(forms.Form):
    """Number and name as they stand on the paper."""

    number = forms.CharField(label=gettext_lazy("合格单编号"), max_length=40)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)


class SeveralForm(VerifyForm):
    """Several slips at once."""

    review = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("先勾选要通过的合格单。")}
    )

    def __init__(self, *args: Any, ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["review"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(str(one), str(one)) for one in ids]


def _verifier(request: doors.SeenRequest) -> Viewer:
    """The counter shares this door; the queue is the verifier's."""
    return doors.only(request, "verifier")


@require_GET
@doors.authorities
def queue(request: doors.SeenRequest) -> HttpResponse:
    """What waits, the oldest first; or what was decided."""
    return _queue(request, _verifier(request), request.GET.get("state", "pending"))


def _queue(
    request: doors.SeenRequest, viewer: Viewer, state: str, form: VerifyForm | None = None, status: int = 200
) -> HttpResponse:
    state = state if state in dict(STATES) else "pending"
    at = clock.now()
    page = Paginator(reviews.queue_for(viewer, state), PAGE).get_page(request.GET.get("page"))
    rows = [(row, row.review.days(at)) for row in queries.rows_of(page.object_list)]
    counts = reviews.counts_for(viewer)
    context = {
        "state": state,
        "chips": [(key, name, counts[key]) for key, name in STATES],
        "waiting": counts["pending"],
        "oldest": max((days for row, days in rows), default=0) if state == "pending" else 0,
        "page": page,
        "rows": rows,
        "form": form or SeveralForm(initial={"seal": request.session.get("seal", "")}, ids=[]),
        "look_up": LookUpForm(prefix="look"),
    }
    return render(request, "authority/reviews.html", context, status=status)


@require_POST
@doors.authorities
def verify_several(request: doors.SeenRequest) -> HttpResponse:
    """Pass the ticked ones; those that cannot pass stay, each with its reason."""
    viewer = _verifier(request)
    ids = [int(one) for one in request.POST.getlist("review") if one.isdecimal() and len(one) < 19][:PAGE]
    form = SeveralForm(request.POST, ids=ids)
    if not form.is_valid():
        return _queue(request, viewer, "pending", form, status=422)
    done = actions.verify_all(
        viewer=viewer, review_ids=ids, method=form.cleaned_data["method"], seal=form.cleaned_data["seal"],
        at=clock.now(),
    )  # fmt: skip
    request.session["seal"] = redaction.mask(form.cleaned_data["seal"])
    passed = [one for one in done if not one.said]
    if passed:
        messages.success(request, _("已通过 %(n)d 张。") % {"n": len(passed)})
    for one in done:
        if one.said:
            messages.warning(request, _("没有通过 1 张：%(why)s") % {"why": one.said})
    return redirect("authority:reviews")


@require_GET
@doors.authorities
def review(request: doors.SeenRequest, review_id: int) -> HttpResponse:
    """One slip: what is printed beside what the platform has (CQ-37)."""
    return _review(request, _verifier(request), review_id)


def _review(
    request: doors.SeenRequest,
    viewer: Viewer,
    review_id: int,
    verify: VerifyForm | None = None,
    refuse: RefuseForm | None = None,
) -> HttpResponse:
    at = clock.now()
    found, slip, passed = queries.slip_of_review(viewer, review_id)
    context = {
        "review": found,
        "slip": slip,
        "passed": passed,
        "rows": _compared(slip.words, queries.record_of(passed)),
        "days": found.days(at),
        "own": slip.person_id == viewer.person_id,
        "can_confirm": queries.confirmable_without_unit(viewer, slip, found, at),
        "verify": verify or VerifyForm(initial={"seal": request.session.get("seal", "")}, sealed=found.clause.sealed),
        "refuse": refuse or RefuseForm(),
    }
    wrong = (verify and verify.errors) or (refuse and refuse.errors)
    return render(request, "authority/review.html", context, status=422 if wrong else 200)


def _compared(words: dict[str, str], record: dict[str, str]) -> list[dict[str, object]]:
    """The slip as printed beside the record, line by line; `same` says whether they agree."""
    labels = {
        "course": _("课程"),
        "score": _("考试成绩"),
        "pass_mark": _("合格线"),
        "chance": _("第几次"),
        "passed_on": _("考试日期"),
    }
    return [
        {"label": label, "printed": words[key], "known": record[key], "same": words[key] == record[key]}
        for key, label in labels.items()
    ]


@require_POST
@doors.authorities
def verify(request: doors.SeenRequest, review_id: int) -> HttpResponse:
    """Pass one slip, under the seal where the route asks for one (CQ-34 to CQ-36)."""
    viewer = _verifier(request)
    sealed = reviews.standing(reviews.review_for(viewer, review_id)).clause.sealed
    form = VerifyForm(request.POST, sealed=sealed)
    if not form.is_valid():
        return _review(request, viewer, review_id, verify=form)
    actions.decide(viewer=viewer, review_id=review_id, verdict="verified", at=clock.now(), **form.cleaned_data)
    request.session["seal"] = redaction.mask(form.cleaned_data["seal"])
    messages.success(request, _("已审验通过，接下来由单位确认学时。"))
    return redirect("authority:review", review_id)


@require_POST
@doors.authorities
def refuse(request: doors.SeenRequest, review_id: int) -> HttpResponse:
    """Send one slip back, with the reason."""
    viewer = _verifier(request)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        reviews.review_for(viewer, review_id)
        return _review(request, viewer, review_id, refuse=form)
    actions.decide(viewer=viewer, review_id=review_id, verdict="refused", at=clock.now(), **form.cleaned_data)
    messages.success(request, _("已退回本人，原因已写明。"))
    return redirect("authority:review", review_id)


@require_POST
@doors.authorities
def confirm_hours(request: doors.SeenRequest, review_id: int) -> HttpResponse:
    """Confirm the hours of somebody who has no unit, in its place."""
    viewer = _verifier(request)
    _found, slip, _passed = queries.slip_of_review(viewer, review_id)
    actions.confirm_hours(viewer=viewer, document_id=slip.pk, at=clock.now())
    messages.success(request, _("学时已登记，证书和登记卡已签发。"))
    return redirect("authority:review", review_id)


@require_POST
@doors.authorities
def look_up(request: doors.SeenRequest) -> HttpResponse:
    """The platform's score for a slip number and a name (CQ-37); a form by POST, so that no name is in a log."""
    viewer = _verifier(request)
    form = LookUpForm(request.POST, prefix="look")
    if not form.is_valid():
        return render(request, "authority/look_up.html", {"look_up": form}, status=422)
    found = queries.score_by_number(viewer, form.cleaned_data["number"], form.cleaned_data["name"])
    context = {"look_up": form, "asked": True}
    if found:
        slip, passed = found
        context |= {"slip": slip, "passed": passed, "checked": queries.checked(slip)}
    return render(request, "authority/look_up.html", context)


urlpatterns: list[URLPattern] = [
    path("reviews/", queue, name="reviews"),
    path("reviews/verify/", verify_several, name="verify_several"),
    path("reviews/look-up/", look_up, name="look_up"),
    path("reviews/<int:review_id>/", review, name="review"),
    path("reviews/<int:review_id>/verify/", verify, name="verify"),
    path("reviews/<int:review_id>/refuse/", refuse, name="refuse"),
    path("reviews/<int:review_id>/confirm/", confirm_hours, name="confirm_hours"),
]
