"""Courses and lessons: the length comes from the video, and what is no video is refused in words."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache

import av
import pytest

from xueshi.courses import actions, queries
from xueshi.courses.models import Course
from xueshi.kernel import files
from xueshi.kernel.errors import NotAllowed, NotYours

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@cache
def film(codec: str = "libx264", container: str = "mp4", seconds: int = 2) -> bytes:
    """A film of that length; the same bytes each time."""
    kept = io.BytesIO()
    with av.open(kept, "w", format=container) as out:
        stream = out.add_stream(codec, rate=Fraction(5))
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for _ in range(seconds * 5):
            out.mux(stream.encode(av.VideoFrame(64, 36, "yuv420p")))
        out.mux(stream.encode(None))
    return kept.getvalue()


@pytest.fixture
def course(operator, viewer) -> Course:
    return actions.add_course(viewer=viewer(operator, "operator"), code="c", title="课程（示例）", at=NOW)


def add(viewer, course, *, number=1, title="第一讲", video=None, **files_):
    return actions.add_lesson(
        viewer=viewer, course_id=course.pk, number=number, title=title, at=NOW,
        video=video or actions.Incoming("a.mp4", film()), **files_,
    )  # fmt: skip


def test_a_lesson_knows_the_length_of_its_video(operator, course, viewer) -> None:
    lesson = add(
        viewer(operator, "operator"),
        course,
        captions=actions.Incoming("zh.vtt", b"WEBVTT\n"),
        courseware=actions.Incoming("讲义.pdf", b"%PDF-1.7"),
    )
    assert lesson.seconds == Decimal("2.00")
    known = queries.lesson(lesson.pk)
    assert files.content(known.courseware) == b"%PDF-1.7"
    assert (known.video.content_type, known.captions.content_type) == ("video/mp4", "text/vtt; charset=utf-8")
    assert queries.courses()[0].lesson_count == 1
    assert [one.pk for one in queries.lessons_of(course.pk)] == [lesson.pk]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"video": actions.Incoming("说明.mp4", b"not a film")}, actions.NotAVideo),
        ({"video": actions.Incoming("empty.mp4", b"")}, actions.NotAVideo),
        ({"captions": actions.Incoming("a.srt", b"1\n00:00")}, actions.NotCaptions),
        ({"courseware": actions.Incoming("a.exe", b"MZ")}, actions.NotCourseware),
        ({"courseware": actions.Incoming("a.pdf", b"")}, actions.NotCourseware),
    ],
)
def test_files_of_the_wrong_kind_are_refused_by_their_name(operator, course, viewer, wrong, refusal) -> None:
    with pytest.raises(refusal) as refused:
        add(viewer(operator, "operator"), course, **wrong)
    assert next(iter(wrong.values())).name in refused.value.said
    assert add(viewer(operator, "operator"), course)


def test_a_video_that_browsers_cannot_play_is_refused_with_its_codec(operator, course, viewer) -> None:
    old = actions.Incoming("old.avi", film("mpeg4", "avi"))
    with pytest.raises(actions.WrongCodec, match="mpeg4"):
        add(viewer(operator, "operator"), course, video=old)


def test_a_second_click_gives_the_same_lesson_and_another_one_of_that_number_is_refused(
    operator, course, viewer
) -> None:
    first = add(viewer(operator, "operator"), course)
    assert add(viewer(operator, "operator"), course).pk == first.pk
    with pytest.raises(actions.NumberTaken):
        add(viewer(operator, "operator"), course, title="另一讲")
    with pytest.raises(actions.CodeTaken):
        actions.add_course(viewer=viewer(operator, "operator"), code="c", title="另一门", at=NOW)


def test_only_operators_add_courses_and_unknown_ones_are_not_there(operator, wang, course, viewer) -> None:
    with pytest.raises(NotAllowed):
        add(viewer(wang), course)
    with pytest.raises(NotAllowed):
        actions.add_course(viewer=viewer(wang), code="d", title="课程", at=NOW)
    with pytest.raises(NotYours):
        add(viewer(operator, "operator"), Course(pk=10**9))
    for query in (queries.course, queries.lesson):
        with pytest.raises(NotYours):
            query(10**9)
    assert queries.course(course.pk) == course
