"""Studying: the lessons and what remains, the player, videos and courseware to stream or download."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from xueshi.kernel import clock
from xueshi.study import actions, queries
from xueshi.training import queries as training
from xueshi.web import doors
from xueshi.web.learner import byte_ranges, study_pages
from xueshi.web.learner.devices import device_of


@require_safe
@doors.learners
def study(request: doors.SeenRequest) -> HttpResponse:
    """The lessons of one enrolment (the one to study now, or ?enrolment=), what remains and what to do next."""
    now = clock.now()
    enrolments = queries.enrolments_of(request.viewer)
    chosen = study_pages.chosen(enrolments, request.GET.get("enrolment", ""), now)
    if chosen is None:
        return render(request, "learner/study_empty.html")
    state = queries.state_of(chosen)
    shown = {
        "state": state,
        "window": state.window(now),
        "exam_over": now >= state.plan.exam.closes_at and state.running_attempt_id is None,
        "others": [one for one in enrolments if one.pk != chosen.pk],
        "clause": training.clause_of(state.plan, queries.study_law_of(state)),
        "chance_clause": training.clause_of(state.plan, queries.exam_law_of(state)),
    }
    _place(request, state)
    return render(request, "learner/study.html", shown)


@require_safe
@doors.learners
def lesson(request: doors.SeenRequest, lesson_id: int) -> HttpResponse:
    """The player of one lesson, which stretches count, and where else the person is studying at this moment."""
    now = clock.now()
    here, state = queries.lesson_for(request.viewer, lesson_id, at=now)
    if not state.opened:
        raise actions.NotOpened()
    timed = state.window(now) == "open" and state.passed is None
    elsewhere = queries.player_of(request.viewer, now=clock.database_now()) if timed else None
    shown = {
        "here": here,
        "state": state,
        "window": state.window(now),
        "timed": timed,
        "elsewhere": study_pages.elsewhere(elsewhere),
        "after": next((one for one in state.lessons if not one.complete and one.lesson.pk != lesson_id), None),
        "clause": training.clause_of(state.plan, queries.study_law_of(state)),
        "english": (get_language() or "").startswith("en"),
    }
    _place(request, state)
    return render(request, "learner/lesson.html", shown)


def _place(request: doors.SeenRequest, state: queries.CourseState) -> None:
    request.region_line = f"{state.plan.region.name} · {state.plan.year}"  # type: ignore[attr-defined]


@require_POST
@doors.learners
def open_lesson(request: doors.SeenRequest, lesson_id: int) -> HttpResponse:
    """The player begins here (and ends wherever else it was): its ticket and where to go on, as JSON."""
    playing = actions.open_lesson(viewer=request.viewer, lesson_id=lesson_id, device=device_of(request), at=clock.now())
    words: dict[str, Any] = {
        "ticket": playing.ticket,
        "position_ms": playing.position_ms,
        "credited_ms": playing.credited_ms,
        "covered": playing.covered,
        "complete": playing.complete,
        "next_in_s": playing.next_in_s,
    }
    return JsonResponse(words)


@require_POST
@doors.learners
def offline(request: doors.SeenRequest, lesson_id: int) -> HttpResponse:
    """Declare a downloaded lesson as studied offline (CQ-09)."""
    actions.declare_offline_study(viewer=request.viewer, lesson_id=lesson_id, at=clock.now())
    return redirect("learner:study")


@require_safe
@doors.learners
def video(request: doors.SeenRequest, lesson_id: int) -> HttpResponseBase:
    """The film, piece by piece as the browser asks for it."""
    film = queries.opened_lesson_for(request.viewer, lesson_id).video
    return byte_ranges.answer(request, film, piece=byte_ranges.PIECE)


@require_safe
@doors.learners
def captions(request: doors.SeenRequest, lesson_id: int, language: str) -> HttpResponseBase:
    """The captions in one of the two languages."""
    found = queries.opened_lesson_for(request.viewer, lesson_id)
    words = found.captions_en if language == "en" else found.captions
    if words is None:
        raise Http404
    return byte_ranges.answer(request, words)


@require_safe
@doors.learners
def courseware(request: doors.SeenRequest, lesson_id: int) -> HttpResponseBase:
    """The courseware as a download that goes on where it broke off (CQ-09, CQ-21)."""
    found = queries.opened_lesson_for(request.viewer, lesson_id)
    if found.courseware is None:
        raise Http404
    if request.method == "GET":
        actions.note_download(viewer=request.viewer, lesson_id=lesson_id, at=clock.now())
    return byte_ranges.answer(request, found.courseware, download=study_pages.file_name(found))


urlpatterns: list[URLPattern] = [
    path("study/", study, name="study"),
    path("study/<int:lesson_id>/", lesson, name="lesson"),
    path("study/<int:lesson_id>/open/", open_lesson, name="open_lesson"),
    path("study/<int:lesson_id>/offline/", offline, name="offline"),
    path("study/<int:lesson_id>/video/", video, name="video"),
    path("study/<int:lesson_id>/captions/<slug:language>/", captions, name="captions"),
    path("study/<int:lesson_id>/courseware/", courseware, name="courseware"),
]
