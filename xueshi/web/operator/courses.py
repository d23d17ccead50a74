"""Courses and their lessons."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from xueshi.courses import actions, queries
from xueshi.courses.actions import Incoming
from xueshi.kernel import clock
from xueshi.web import doors
from xueshi.web.operator.forms import CourseForm, LessonForm


@doors.operators
def courses(request: doors.SeenRequest) -> HttpResponse:
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        course = actions.add_course(viewer=request.viewer, at=clock.now(), **form.cleaned_data)
        return redirect("operator:course", course.pk)
    shown = {"form": form, "courses": queries.courses()}
    return render(request, "operator/courses.html", shown, status=422 if form.errors else 200)


@doors.operators
def course(request: doors.SeenRequest, course_id: int) -> HttpResponse:
    """A course with its lessons, and the form for the next one."""
    known, lessons = queries.course(course_id), queries.lessons_of(course_id)
    form = LessonForm(request.POST or None, request.FILES or None, initial={"number": len(lessons) + 1})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        actions.add_lesson(
            viewer=request.viewer, course_id=known.pk, number=typed["number"], title=typed["title"],
            summary=typed["summary"], video=_must(typed["video"]), captions=_incoming(typed["captions"]),
            captions_en=_incoming(typed["captions_en"]), courseware=_incoming(typed["courseware"]), at=clock.now(),
        )  # fmt: skip
        return redirect("operator:course", known.pk)
    shown = {"form": form, "course": known, "lessons": lessons}
    return render(request, "operator/course.html", shown, status=422 if form.errors else 200)


def _must(file: UploadedFile) -> Incoming:
    return Incoming(name=file.name or "", data=file.read())


def _incoming(file: UploadedFile | None) -> Incoming | None:
    return _must(file) if file else None


urlpatterns: list[URLPattern] = [
    path("courses/", courses, name="courses"),
    path("courses/<int:course_id>/", course, name="course"),
]
