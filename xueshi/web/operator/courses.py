"""Courses and their lessons."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from xueshi.courses import actions, queries
from xueshi.courses.actions import Incoming
from xueshi.kernel import clock
from xueshi.web import doors
from xueshi.web.operator.forms import CourseForm, LessonForm


@doors.operators
def courses(request: doors.SeenRequest) -> HttpResponse:
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            course = actions.add_course(viewer=request.viewer, at=clock.now(), **form.cleaned_data)
            return redirect("operator:course", course.pk)
        except actions.CodeTaken as refused:
            form.add_error("code", f"{refused.said}{refused.advice}")
    shown = {"form": form, "courses": queries.courses()}
    return render(request, "operator/courses.html", shown, status=422 if form.errors else 200)


@doors.operators
def course(request: doors.SeenRequest, course_id: int) -> HttpResponse:
    """A course with its lessons, and the form for the next one."""
    known, lessons = queries.course(course_id), queries.lessons_of(course_id)
    form = LessonForm(request.POST or None, request.FILES or None, initial={"number": _next(lessons)})
    if request.method == "POST" and form.is_valid() and _kept(request, form, known.pk):
        messages.success(request, _("第 %(number)s 讲已上传。") % {"number": form.cleaned_data["number"]})
        return redirect("operator:course", known.pk)
    shown = {"form": form, "course": known, "lessons": lessons, "length": sum(lesson.seconds for lesson in lessons)}
    return render(request, "operator/course.html", shown, status=422 if form.errors else 200)


def _next(lessons: Sequence[Any]) -> int:
    return max((lesson.number for lesson in lessons), default=0) + 1


def _kept(request: doors.SeenRequest, form: LessonForm, course_id: int) -> bool:
    """Whether the lesson was kept; if not, what is wrong stands at its field and the words typed stay."""
    typed = form.cleaned_data
    try:
        actions.add_lesson(
            viewer=request.viewer, course_id=course_id, number=typed["number"], title=typed["title"],
            summary=typed["summary"], video=_must(typed["video"]), captions=_incoming(typed["captions"]),
            captions_en=_incoming(typed["captions_en"]), courseware=_incoming(typed["courseware"]), at=clock.now(),
        )  # fmt: skip
    except actions.NumberTaken as refused:
        form.add_error("number", f"{refused.said}{refused.advice}")
    except actions.NotAVideo as refused:
        form.add_error("video", f"{refused.said}{refused.advice}")
    except actions.NotCaptions as refused:
        form.add_error(_whose(typed, refused), f"{refused.said}{refused.advice}")
    except actions.NotCourseware as refused:
        form.add_error("courseware", f"{refused.said}{refused.advice}")
    return form.is_valid()


def _whose(typed: dict[str, Any], refused: actions.NotCaptions) -> str:
    """Which of the two caption files is meant."""
    chinese = typed["captions"]
    return "captions" if chinese and chinese.name == refused.facts.get("name") else "captions_en"


def _must(file: "UploadedFile[bytes]") -> Incoming:
    return Incoming(name=file.name or "", data=file.read())


def _incoming(file: "UploadedFile[bytes] | None") -> Incoming | None:
    return _must(file) if file else None


urlpatterns: list[URLPattern] = [
    path("courses/", courses, name="courses"),
    path("courses/<int:course_id>/", course, name="course"),
]
