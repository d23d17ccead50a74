"""What can be seen of courses."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xueshi.courses.models import Course, Lesson
from xueshi.kernel.errors import NotYours


def courses() -> QuerySet[Course]:
    """All courses, the newest first, each with `lesson_count`."""
    counted = Lesson.objects.filter(course=OuterRef("pk")).order_by().values("course").annotate(n=Count("pk"))
    lesson_count = Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
    return Course.objects.annotate(lesson_count=lesson_count).order_by("-pk")


def course(course_id: int) -> Course:
    """One course; NotYours if there is none."""
    found = Course.objects.filter(pk=course_id).first()
    if found is None:
        raise NotYours()
    return found


def lessons_of(course_id: int) -> list[Lesson]:
    """The lessons in their order, with what a page says of their files."""
    return list(
        Lesson.objects.filter(course_id=course_id)
        .select_related("video", "captions", "captions_en", "courseware")
        .order_by("number")
    )


def lesson(lesson_id: int) -> Lesson:
    """One lesson with its files; NotYours if there is none."""
    found = (
        Lesson.objects.filter(pk=lesson_id)
        .select_related("course", "video", "captions", "captions_en", "courseware")
        .first()
    )
    if found is None:
        raise NotYours()
    return found
