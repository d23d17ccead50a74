"""Mock and formal exams: what is open, the check before, the paper, handing in, results (CQ-10 to CQ-16)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from xueshi.exams import actions as exams
from xueshi.exams import queries
from xueshi.exams.queries import Paper
from xueshi.kernel import clock, signing
from xueshi.kernel.errors import NotYours
from xueshi.people.viewer import Viewer
from xueshi.study import actions as study
from xueshi.study import queries as courses
from xueshi.study import regime
from xueshi.training import queries as training
from xueshi.web import doors, pulse_exams
from xueshi.web.learner import exam_states
from xueshi.web.learner.devices import device_of
from xueshi.web.look import saying

SEATS = "exam_seats"  # in the session: which seat of an attempt this browser has


@require_safe
@doors.learners
def exam_home(request: doors.SeenRequest) -> HttpResponse:
    """Every exam of the learner: may it be sat, and if not why; and all results (CQ-12)."""
    now = clock.now()
    states = [courses.state_of(one) for one in courses.enrolments_of(request.viewer)]
    attempts = queries.attempts_for(request.viewer, {one.plan.exam_id for one in states})
    shown = [exam_states.of(one, attempts, now) for one in states]
    plan = states[0].plan if states else None
    facts = {
        "exams": shown,
        "attempts": attempts,
        "seated": {int(key) for key in request.session.get(SEATS, {})},
        "clauses": _clauses(plan) if plan else {},
        "freed": _freed(states[0]) if states else None,
        "now": now,
    }
    return render(request, "learner/exams.html", facts)


def _clauses(plan: Any) -> Mapping[str, queries.Clause]:
    return queries.clauses(plan.instrument, clock.day_of(plan.opens_at), plan.course.category)


def _freed(state: courses.CourseState) -> training.Clause | None:
    """The sentence that frees the learner from this exam, as long as it has not been passed."""
    return None if state.passed else training.clause_of(state.plan, regime.freed(state.enrolment))


class ReadyForm(forms.Form):
    """The confirmation before an exam (CQ-14)."""

    ready = forms.BooleanField(
        label=_("我已确认电脑运行正常、网络通畅，知道开始以后时间不停"),
        error_messages={"required": _("请先看过上面的检查和规则，再勾选这一项。")},
    )


@doors.learners
def exam_check(request: doors.SeenRequest, enrolment_id: int) -> HttpResponse:
    """Check computer and network, read the rules, confirm; then start (CQ-14)."""
    state = courses.course_state_for(request.viewer, enrolment_id)
    form = ReadyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked_at = clock.database_now()
        attempt = study.start_exam(
            viewer=request.viewer, enrolment_id=enrolment_id, device=device_of(request), at=clock.now()
        )
        _sit(request, attempt.pk, attempt.seat_epoch, fresh=attempt.started_at >= asked_at)
        return redirect("learner:attempt", attempt.pk)
    shown = {
        "form": form,
        "state": state,
        "exam": state.plan.exam,
        "standing": exam_states.of(state, [], clock.now()),
        "clauses": _clauses(state.plan),
        "now": clock.database_now(),
        "ticket": pulse_exams.ticket(
            attempt_id=0, person_id=request.viewer.person_id, seat_epoch=0, ends_at=clock.now()
        ),
    }
    return render(request, "learner/exam_check.html", shown, status=422 if form.errors else 200)


@require_POST
@doors.learners
def mock_start(request: doors.SeenRequest, enrolment_id: int) -> HttpResponse:
    """Begin a mock exam, or go on with the one that runs (CQ-10)."""
    asked_at = clock.database_now()
    attempt = study.start_mock(
        viewer=request.viewer, enrolment_id=enrolment_id, device=device_of(request), at=clock.now()
    )
    _sit(request, attempt.pk, attempt.seat_epoch, fresh=attempt.started_at >= asked_at)
    return redirect("learner:attempt", attempt.pk)


def _sit(request: doors.SeenRequest, attempt_id: int, epoch: int, *, fresh: bool) -> None:
    """Remember that this browser has the seat; never for an attempt that began elsewhere."""
    if fresh:
        request.session[SEATS] = {**request.session.get(SEATS, {}), str(attempt_id): epoch}


@require_POST
@doors.learners
def exam_seat(request: doors.SeenRequest, attempt_id: int) -> HttpResponse:
    """Go on here: after an interruption, or instead of another device (CQ-15)."""
    attempt = exams.take_seat(viewer=request.viewer, attempt_id=attempt_id, device=device_of(request))
    _sit(request, attempt.pk, attempt.seat_epoch, fresh=True)
    return redirect("learner:attempt", attempt.pk)


@doors.learners
def attempt(request: doors.SeenRequest, attempt_id: int) -> HttpResponse:
    """The paper with the answers that the server holds. Without the script a POST saves them all."""
    paper = queries.paper_for(request.viewer, attempt_id)
    if not paper.open:
        return redirect("learner:exam_result", attempt_id)
    if not _seated(request, paper):
        return render(request, "learner/exam_elsewhere.html", _about(request, paper))
    if request.method == "POST":
        exams.save_answers(_typed(request, paper))
        hand_in = request.POST.get("then") == "hand-in"
        return redirect("learner:exam_hand_in" if hand_in else "learner:attempt", attempt_id)
    return render(request, "learner/attempt.html", _about(request, paper) | {"ticket": _ticket(request, paper)})


def _seated(request: doors.SeenRequest, paper: Paper) -> bool:
    seats = request.session.get(SEATS, {})
    return bool(seats.get(str(paper.attempt.pk)) == paper.attempt.seat_epoch)


def _ticket(request: doors.SeenRequest, paper: Paper) -> str:
    return pulse_exams.ticket(
        attempt_id=paper.attempt.pk,
        person_id=request.viewer.person_id,
        seat_epoch=paper.attempt.seat_epoch,
        ends_at=paper.attempt.ends_at,
    )


def _about(request: doors.SeenRequest, paper: Paper) -> dict[str, Any]:
    """What every page of a running attempt shows. No navigation: the way out is to hand in."""
    minutes_left = max(1, -(-paper.seconds_left // 60))
    return {
        "paper": paper,
        "attempt": paper.attempt,
        "exam": paper.exam,
        "mock": paper.attempt.kind == "mock",
        "answered": len(paper.questions) - len(paper.unanswered),
        "submit_key": secrets.token_urlsafe(16),
        "minutes_left": minutes_left,
        "left": saying.minutes(minutes_left),
        "setting": exam_states.setting_of(request.viewer, paper.exam.pk),
        "device": device_said(paper.attempt.seat_device),
        "nav": [],
    }


def _typed(request: doors.SeenRequest, paper: Paper) -> list[exams.Save]:
    """The saves that a form without script means: what differs from what the server holds."""
    saves = []
    for question in paper.questions:
        typed = request.POST.getlist(f"q{question.slot}")
        chosen = tuple(sorted({int(place) for place in typed if place.isdecimal() and len(place) < 4}))
        flagged = f"f{question.slot}" in request.POST
        if (chosen, flagged) == (tuple(o.place for o in question.options if o.chosen), question.flagged):
            continue
        epoch = paper.attempt.seat_epoch
        seq = question.seq + 1 if question.seat_epoch == epoch else 1
        saves.append(exams.Save(paper.attempt.pk, request.viewer.person_id, epoch, question.slot, seq, chosen, flagged))
    return saves


@doors.learners
def exam_hand_in(request: doors.SeenRequest, attempt_id: int) -> HttpResponse:
    """Name what is unanswered and flagged, then hand in; a second click finds the same result."""
    if request.method == "POST":
        key = request.POST.get("submit_key", "")[:64]
        _hand_in(request.viewer, attempt_id, key, at=clock.now())
        return redirect("learner:exam_result", attempt_id)
    paper = queries.paper_for(request.viewer, attempt_id)
    if not paper.open:
        return redirect("learner:exam_result", attempt_id)
    if not _seated(request, paper):
        return render(request, "learner/exam_elsewhere.html", _about(request, paper))
    return render(request, "learner/hand_in.html", _about(request, paper) | {"ticket": _ticket(request, paper)})


@csrf_exempt
@doors.machines
@require_POST
def exam_end(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """The open page hands in by itself when the time is up (CQ-15).

    The ticket of its seat is its pass, as it is for its answers: a sign-in that has ended, or begun anew in another
    tab, must not cost a chance. The result is shown behind the learners' door.
    """
    try:
        typed = request.POST.get("ticket", "")
        facts = signing.read_ticket(pulse_exams.PURPOSE, typed, now=int(clock.now().timestamp()))
    except signing.BadSeal as bad:
        raise NotYours() from bad
    if facts["a"] != attempt_id:
        raise NotYours()
    _hand_in(Viewer(facts["p"]), attempt_id, request.POST.get("submit_key", "")[:64], at=clock.now())
    return redirect("learner:exam_result", attempt_id)


def _hand_in(viewer: Viewer, attempt_id: int, key: str, *, at: datetime) -> None:
    sat = queries.attempt_for(viewer, attempt_id)
    if sat.kind == "mock":
        exams.submit_mock(viewer=viewer, attempt_id=attempt_id, submit_key=key)
    else:
        study.submit_exam(viewer=viewer, attempt_id=attempt_id, submit_key=key, at=at)


@require_safe
@doors.learners
def exam_result(request: doors.SeenRequest, attempt_id: int) -> HttpResponse:
    """The result with the next step; for a mock exam every question with its explanation."""
    result = queries.result_for(request.viewer, attempt_id)
    if result.attempt.state == "running" and clock.database_now() < result.attempt.ends_at:
        return redirect("learner:attempt", attempt_id)
    mine = [one for one in courses.enrolments_of(request.viewer) if one.plan.exam_id == result.exam.pk]
    state = courses.state_of(mine[0]) if mine else None
    shown = {
        "result": result,
        "attempt": result.attempt,
        "exam": result.exam,
        "state": state,
        "closed": state is not None and clock.now() >= result.exam.closes_at,
        "mock": result.attempt.kind == "mock",
        "setting": exam_states.setting_of(request.viewer, result.exam.pk),
    }
    return render(request, "learner/exam_result.html", shown)


def device_said(device: str) -> str:
    """Where somebody answers, by the kind of machine."""
    return str({"phone": _("手机上"), "tablet": _("平板上"), "computer": _("电脑上")}.get(device, _("另一台设备上")))


urlpatterns = [
    path("exams/", exam_home, name="exams"),
    path("exams/check/<int:enrolment_id>/", exam_check, name="exam_check"),
    path("exams/mock/<int:enrolment_id>/", mock_start, name="mock_start"),
    path("exams/<int:attempt_id>/", attempt, name="attempt"),
    path("exams/<int:attempt_id>/seat/", exam_seat, name="exam_seat"),
    path("exams/<int:attempt_id>/hand-in/", exam_hand_in, name="exam_hand_in"),
    path("exams/<int:attempt_id>/end/", exam_end, name="exam_end"),
    path("exams/<int:attempt_id>/result/", exam_result, name="exam_result"),
]
