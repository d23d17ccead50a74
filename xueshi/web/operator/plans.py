"""The annual plan and its exam."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from xueshi.kernel import clock
from xueshi.training import plan_actions, plan_queries
from xueshi.training.plan_actions import ExamTerms, PlanTerms
from xueshi.web import doors
from xueshi.web.operator.forms import PlanForm, ReasonForm


@doors.operators
def plans(request: doors.SeenRequest) -> HttpResponse:
    return render(request, "operator/plans.html", {"plans": plan_queries.plans()})


@doors.operators
def plan(request: doors.SeenRequest, plan_id: int | None = None) -> HttpResponse:
    """Draft a plan, or change one."""
    known = plan_queries.plan(plan_id) if plan_id else None
    if plan_id and known is None:
        raise Http404
    form = PlanForm(request.POST or None, initial=_initial(known))
    if request.method == "POST" and form.is_valid():
        terms, exam = _terms(form.cleaned_data)
        if known:
            plan_actions.change_plan(viewer=request.viewer, plan_id=known.pk, plan=terms, exam=exam, at=clock.now())
        else:
            known = plan_actions.draft_plan(viewer=request.viewer, plan=terms, exam=exam, at=clock.now())
        return redirect("operator:plan", known.pk)
    shown = {"form": form, "known": known, "reason": ReasonForm()}
    if known:
        shown |= {"missing": plan_actions.missing(known), "counts": plan_queries.counts(known.pk)}
    return render(request, "operator/plan.html", shown, status=422 if form.errors else 200)


def _initial(plan: Any) -> dict[str, Any]:
    if plan is None:
        return {}
    exam = plan.exam
    shown = {name: getattr(plan, name) for name in ("year", "title", "instrument", "opens_at", "closes_at")}
    shown |= {"region": plan.region_id, "course": plan.course_id, "bank": exam.bank_id}
    shown |= {name: getattr(exam, name) for name in ("singles", "multiples", "judgements", "minutes", "pass_mark")}
    return shown | {"exam_opens_at": exam.opens_at, "exam_closes_at": exam.closes_at}


def _terms(typed: dict[str, Any]) -> tuple[PlanTerms, ExamTerms]:
    plan = PlanTerms(
        year=typed["year"], region_id=typed["region"], title=typed["title"], course_id=typed["course"],
        instrument=typed["instrument"], opens_at=typed["opens_at"], closes_at=typed["closes_at"],
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
    return redirect("operator:plan", plan_id)


@require_POST
@doors.operators
def close(request: doors.SeenRequest, plan_id: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "operator/reason.html", {"form": form}, status=422)
    plan_actions.close_plan(viewer=request.viewer, plan_id=plan_id, reason=form.cleaned_data["reason"], at=clock.now())
    return redirect("operator:plan", plan_id)


urlpatterns: list[URLPattern] = [
    path("plans/", plans, name="plans"),
    path("plans/new/", plan, name="plan_new"),
    path("plans/<int:plan_id>/", plan, name="plan"),
    path("plans/<int:plan_id>/publish/", publish, name="plan_publish"),
    path("plans/<int:plan_id>/close/", close, name="plan_close"),
]
