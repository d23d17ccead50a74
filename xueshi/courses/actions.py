"""What changes courses and lessons."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.courses import probing
from xueshi.courses.models import Course, Lesson
from xueshi.kernel import audit, files
from xueshi.kernel.errors import NotAllowed, NotYours, Refused
from xueshi.kernel.models import StoredFile
from xueshi.people.viewer import Viewer

CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
COURSEWARE = ("pdf", "zip", "docx", "pptx")


class CodeTaken(Refused):
    """Another course has this code."""

    status = 409
    code = "course-code-taken"
    sentence = _("课程代码 %(taken)s 已经有了。")
    next_step = _("请换一个代码，或打开原有的课程。")


class NumberTaken(Refused):
    """The course has a lesson of this number."""

    status = 409
    code = "lesson-number-taken"
    sentence = _("第 %(number)s 讲已经有了。")
    next_step = _("请用下一个讲次。")


class NotAVideo(Refused):
    """The file cannot be played in a browser."""

    status = 422
    code = "not-a-video"
    sentence = _("“%(name)s”不是可以播放的视频。")
    next_step = _("请上传 MP4（H.264）或 WebM 视频文件。")


class WrongCodec(NotAVideo):
    """A video, but none that every browser plays."""

    code = "video-codec"
    sentence = _("“%(name)s”的视频编码是 %(codec)s，浏览器不能直接播放。")
    next_step = _("请转成 MP4（H.264）再上传。")


class NotCaptions(Refused):
    """The file is no WebVTT."""

    status = 422
    code = "not-captions"
    sentence = _("“%(name)s”不是 WebVTT 字幕。")
    next_step = _("字幕文件应是 UTF-8 文本，第一行以 WEBVTT 开头。")


class NotCourseware(Refused):
    """The file is of a kind that learners may not be able to open."""

    status = 422
    code = "not-courseware"
    sentence = _("“%(name)s”不能作为课件。")
    next_step = _("请上传 PDF、Word、PowerPoint 或 ZIP 文件。")


@dataclass(frozen=True)
class Incoming:
    """A file as it came: its name and its bytes."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


@transaction.atomic(durable=True)
def add_course(
    *,
    viewer: Viewer,
    code: str,
    title: str,
    summary: str = "",
    category: str = "public",
    kind: str = "public_topic",
    at: datetime,
) -> Course:
    """Add a course that plans may offer. Raises CodeTaken."""
    _operator(viewer)
    course, made = Course.objects.get_or_create(
        code=code, defaults={"title": title, "summary": summary, "category": category, "kind": kind}
    )
    if not made:
        raise CodeTaken(taken=code)
    audit.record(viewer, "courses.add_course", f"course:{course.pk}", at=at, title=title)
    return course


@transaction.atomic(durable=True)
def add_lesson(
    *,
    viewer: Viewer,
    course_id: int,
    number: int,
    title: str,
    video: Incoming,
    summary: str = "",
    captions: Incoming | None = None,
    captions_en: Incoming | None = None,
    courseware: Incoming | None = None,
    at: datetime,
) -> Lesson:
    """Add a lesson; its length is read from the video. Raises NotAVideo, NotCaptions, NotCourseware, NumberTaken.

    The very same lesson a second time (a double click) gives the first one.
    """
    _operator(viewer)
    course = Course.objects.select_for_update().filter(pk=course_id).first()
    if course is None:
        raise NotYours()
    seconds = _seconds(video)
    film = _kept(video, at)
    others = {
        "captions": _captions(captions, at),
        "captions_en": _captions(captions_en, at),
        "courseware": _courseware(courseware, at),
    }
    lesson, made = Lesson.objects.get_or_create(
        course=course,
        number=number,
        defaults={"title": title, "summary": summary, "seconds": seconds, "video": film, **others},
    )
    if not made and (lesson.title != title or lesson.video_id != film.pk):
        raise NumberTaken(number=number)
    if made:
        audit.record(
            viewer, "courses.add_lesson", f"lesson:{lesson.pk}", at=at, course=course.code, number=number, title=title
        )
    return lesson


def _operator(viewer: Viewer) -> None:
    if viewer.capacity != "operator":
        raise NotAllowed()


def _seconds(video: Incoming) -> Decimal:
    try:
        return probing.seconds_of(video.data)
    except probing.NotPlayable as problem:
        if problem.why == "codec":
            raise WrongCodec(name=video.name, codec=problem.codec) from problem
        raise NotAVideo(name=video.name) from problem


def _kept(incoming: Incoming, at: datetime) -> StoredFile:
    content_type = CONTENT_TYPES.get(incoming.suffix, "application/octet-stream")
    return files.keep(incoming.data, name=incoming.name, content_type=content_type, at=at)


def _captions(incoming: Incoming | None, at: datetime) -> StoredFile | None:
    if incoming is None:
        return None
    if not incoming.data.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise NotCaptions(name=incoming.name)
    return _kept(incoming, at)


def _courseware(incoming: Incoming | None, at: datetime) -> StoredFile | None:
    if incoming is None:
        return None
    if incoming.suffix not in COURSEWARE or not incoming.data:
        raise NotCourseware(name=incoming.name)
    return _kept(incoming, at)
