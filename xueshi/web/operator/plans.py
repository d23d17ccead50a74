"""The annual plan and its exam."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xueshi.exams.actions import ExamInUse
from xueshi.kernel import clock
from xueshi.kernel.errors import NotYours
from xueshi.training import plan_actions, plan_queries
from xueshi.training.plan_actions import ExamTerms, PlanTerms
from xueshi.web import doors
from xueshi.web.operator.establishment import page_of
from xueshi.web.operator.forms import PlanForm, ReasonForm

# What the operator can put right in the same form, with everything typed still there.
REFUSALS = (
    plan_actions.PlanTaken,
    plan_actions.PlanInUse,
    plan_actions.WindowNarrowed,
    plan_actions.PlanNotReady,
    ExamInUse,
)


@require_safe
@doors.operators
def plans(request: doors.SeenRequest) -> HttpResponse:
    return render(request, "operator/plans.html", {"plans": page_of(request, plan_queries.plans())})


@doors.operators
def plan(request: doors.SeenRequest, plan_id: int | None = None) -> HttpResponse:
    """Draft a plan, or change one."""
    known = None if plan_id is None else plan_queries.plan(plan_id)
    if plan_id is not None and known is None:
        raise NotYours()
    form = PlanForm(request.POST or None, initial=_initial(known))
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, form, known)
        if kept:
            return redirect("operator:plan", kept.pk)
    return _shown(request, form, known)


def _kept(request: doors.SeenRequest, form: PlanForm, known: Any) -> Any:
    """The plan as kept; None when it may not be so, with the reason at the head of the form."""
    terms, exam = _terms(form.cleaned_data)
    try:
        if known is None:
            made = plan_actions.draft_plan(viewer=request.viewer, plan=terms, exam=exam, at=clock.now())
            messages.success(request, _("草稿已保存。齐了就可以发布给学员。"))
            return made
        kept = plan_actions.change_plan(viewer=request.viewer, plan_id=known.pk, plan=terms, exam=exam, at=clock.now())
    except REFUSALS as refused:
        form.add_error(None, f"{refused.said}{refused.advice}")
        return None
    messages.success(request, _("修改已保存。"))
    return kept


def _shown(request: doors.SeenRequest, form: PlanForm, known: Any) -> HttpResponse:
    instruments = plan_queries.instruments()
    instrument = known.instrument if known else instruments[0][0] if instruments else ""
    on = clock.day_of(known.opens_at if known else clock.now())
    course = (known.course.category, known.course.kind) if known else ()
    shown = {
        "form": form, "known": known, "reason": ReasonForm(auto_id="id_close_%s"),
        "terms": plan_queries.terms(instrument, on, *course),
    }  # fmt: skip
    if known:
        lacking = plan_actions.missing(known) if known.state != "published" else []
        shown |= {"missing": lacking, "counts": plan_queries.counts(known.pk)}
    return render(request, "operator/plan.html", shown, status=422 if form.errors else 200)


def _initial(plan: Any) -> dict[str, Any]:
    if plan is None:
        year = clock.day_of(clock.now()).year
        begins, ends = (datetime(y, 1, 1, tzinfo=clock.SHANGHAI) for y in (year, year + 1))
        windows = {"opens_at": begins, "closes_at": ends, "exam_opens_at": begins, "exam_closes_at": ends}
        return {"year": year, **windows}
    exam = plan.exam
    names = ("year", "title", "instrument", "opens_at", "closes_at", "hours", "price", "price_basis", "specialty")
    shown = {name: getattr(plan, name) for name in names}
    shown |= {"region": plan.region_id, "course": plan.course_id, "base": plan.base_id, "bank": exam.bank_id}
    shown |= {name: getattr(exam, name) for name in ("singles", "multiples", "judgements", "minutes", "pass_mark")}
    return shown | {"exam_opens_at": exam.opens_at, "exam_closes_at": exam.closes_at}


def _terms(typed: dict[str, Any]) -> tuple[PlanTerms, ExamTerms]:
    plan = PlanTerms(
        year=typed["year"], region_id=typed["region"], title=typed["title"], course_id=typed["course"],
        instrument=typed["instrument"], opens_at=typed["opens_at"], closes_at=typed["closes_at"],
        hours=typed["hours"], price=typed["price"], price_basis=typed["price_basis"],
        base_id=typed["base"], specialty=typed["specialty"],
    )  # fmt: skip
    exam = ExamTerms(
        bank_id=typed["bank"], singles=typed["singles"], multiples=typed["multiples"], judgements=typed["judgements"],
        minutes=typed["minutes"], pass_mark=typed["pass_mark"], opens_at=typed["exam_opens_at"],
        closes_at=typed["exam_closes_at"],
    )  # fmt: skip
    return plan, exam


@require_POST
@doors.operators
def publish(request: doors.SeenRequest, plan_id: int) -> HttpResponse:
    plan_actions.publish_plan(viewer=request.viewer, plan_id=plan_id, at=clock.now())
    messages.success(request, _("已发布，学员从开始那一刻起就能选课。"))
    return redirect("operator:plan", plan_id)


@require_POST
@doors.operators
def close(request: doors.SeenRequest, plan_id: int) -> HttpResponse:
    form, known = ReasonForm(request.POST), plan_queries.plan(plan_id)
    if known is None:
        raise NotYours()
    if not form.is_valid():
        return render(request, "operator/reason.html", {"form": form, "plan": known}, status=422)
    plan_actions.close_plan(viewer=request.viewer, plan_id=plan_id, reason=form.cleaned_data["reason"], at=clock.now())
    messages.success(request, _("计划已关闭，不能再选课；已开通的人照常。"))
    return redirect("operator:plan", plan_id)


urlpatterns: list[URLPattern] = [
    path("plans/", plans, name="plans"),
    path("plans/new/", plan, name="plan_new"),
    path("plans/<int:plan_id>/", plan, name="plan"),
    path("plans/<int:plan_id>/publish/", publish, name="plan_publish"),
    path("plans/<int:plan_id>/close/", close, name="plan_close"),
]
