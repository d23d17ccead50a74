"""The demo's lessons as things to watch, read and import: film, captions, handout, bank sheet.

Every function is pure but for the one file it writes; a film, its captions and its handout are
the same bytes every time. A film is drawn by typst and encoded by the libraries inside PyAV; no
program of the system is needed.
"""

from __future__ import annotations

import io
import json
import math
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import av
import typst
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from demo.content import COURSE_TITLE, COURSE_TITLE_EN, KIND_NAMES, LETTERS, Lesson, questions

FONTS = Path(__file__).parent.parent / "node_modules" / "@expo-google-fonts"
TEMPLATES = Path(__file__).parent / "typst"
MADE_ON = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same text gives the same file

WIDTH, HEIGHT = 1280, 720
FRAMES_PER_SECOND = 5  # still pictures need no more, and a phone on 512 kbps is spared
KEYFRAME_EVERY = 2 * FRAMES_PER_SECOND  # seeking lands within two seconds
SOUND_RATE = 22_050
SOUND_BLOCK = 1024  # samples in one AAC frame

SHEET_HEAD = (
    *("题号", "题型", "题干", "选项A", "选项B", "选项C", "选项D", "选项E"),
    *("答案", "解析", "讲次"),
)

Language = Literal["zh-Hans", "en"]


@dataclass(frozen=True)
class _Shot:
    """One drawn page of a lesson and the frames it stands for; ``first_of_slide`` rings the bell."""

    page: int
    start: int
    frames: int
    first_of_slide: bool


@cache
def _compiler(template: str) -> typst.Compiler:
    """One compiler for each template and process: reading a CJK font is the slow part."""
    fonts = [
        FONTS / family / weight for family in ("noto-sans-sc", "noto-serif-sc") for weight in ("400Regular", "700Bold")
    ]
    return typst.Compiler(input=TEMPLATES / template, root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)


def _inputs(lesson: Lesson) -> dict[str, str]:
    data: dict[str, Any] = asdict(lesson)
    data["name"] = lesson.name
    data["course"] = COURSE_TITLE
    data["ordinal"] = lesson.name.split(" ")[0]
    return {"lesson": json.dumps(data, ensure_ascii=False)}


def _slide_frames(lesson: Lesson, seconds_scale: float) -> list[int]:
    """At which frame each slide begins, and last the number of frames in all.

    Each slide gets at least one frame, however short the film.
    """
    starts, at = [0], 0.0
    for slide in lesson.slides:
        at += slide.seconds * seconds_scale
        starts.append(max(round(at * FRAMES_PER_SECOND), starts[-1] + 1))
    return starts


def _shots(lesson: Lesson, seconds_scale: float) -> Iterator[_Shot]:
    """Lay a slide's lines over the first two thirds of its time, in equal parts.

    A slide too short for that shows all its lines at once.
    """
    starts = _slide_frames(lesson, seconds_scale)
    page = 0
    for slide, start, end in zip(lesson.slides, starts, starts[1:], strict=False):
        last = len(slide.lines) - 1
        pace = (end - start) * 2 // 3 // len(slide.lines)
        for index in range(0 if pace else last, last + 1):
            begin = start + index * pace
            stop = end if index == last else begin + pace
            yield _Shot(page + index, begin, stop - begin, begin == start)
        page += last + 1


def _pages(lesson: Lesson) -> list[bytes]:
    """Draw the lesson: a PNG for every state of every slide."""
    pages = _compiler("slides.typ").compile(format="png", ppi=72, sys_inputs=_inputs(lesson))
    return [page or b"" for page in (pages if isinstance(pages, list) else [pages])]


def _picture(page: bytes) -> VideoFrame:
    """Read a PNG and give it the colours that H.264 players expect."""
    with av.open(io.BytesIO(page), "r", format="png_pipe") as picture:
        frame = next(picture.decode(video=0)).reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
    frame.pict_type = PictureType.NONE  # a PNG is all key; the encoder shall choose
    return frame


def _bell() -> array[int]:
    """A soft falling tone of under a second for the turn of a page."""
    return array(
        "h",
        (
            int(1400 * math.exp(-i / 2600) * math.sin(2 * math.pi * 587.33 * i / SOUND_RATE))
            for i in range(14 * SOUND_BLOCK)
        ),
    )


def _sound(lesson: Lesson, seconds_scale: float) -> Iterator[AudioFrame]:
    """Silence with a soft tone at each new slide, as long as the film to within one block."""
    total = _slide_frames(lesson, seconds_scale)[-1] * SOUND_RATE // FRAMES_PER_SECOND
    bells = [
        shot.start * SOUND_RATE // FRAMES_PER_SECOND // SOUND_BLOCK
        for shot in _shots(lesson, seconds_scale)
        if shot.first_of_slide
    ]
    tone = _bell().tobytes()
    size = SOUND_BLOCK * 2
    quiet = bytes(size)
    ring: dict[int, bytes] = {}
    for bell in bells:  # a later bell cuts an earlier one off
        ring.update({bell + i: tone[i * size : (i + 1) * size] for i in range(14)})
    for block in range(total // SOUND_BLOCK):
        frame = AudioFrame(format="s16", layout="mono", samples=SOUND_BLOCK)
        frame.planes[0].update(ring.get(block, quiet))
        frame.sample_rate = SOUND_RATE
        frame.pts = block * SOUND_BLOCK
        frame.time_base = Fraction(1, SOUND_RATE)
        yield frame


def _picture_stream(film: av.container.OutputContainer) -> VideoStream:
    stream = film.add_stream("libx264", rate=FRAMES_PER_SECOND)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.profile = "Main"
    stream.thread_count = 2  # said, not left to the machine: the number changes the bytes
    context = stream.codec_context
    context.gop_size = KEYFRAME_EVERY
    context.time_base = Fraction(1, FRAMES_PER_SECOND)
    context.color_range, context.colorspace = 1, 1  # limited range, BT.709
    context.color_primaries, context.color_trc = 1, 1
    stream.options = {"preset": "veryfast", "crf": "24", "sc_threshold": "0"}
    return stream


def _sound_stream(film: av.container.OutputContainer) -> AudioStream:
    stream = film.add_stream("aac", rate=SOUND_RATE)
    stream.layout = "mono"
    stream.bit_rate = 32_000
    return stream


def make_lesson_video(lesson: Lesson, path: Path, *, seconds_scale: float = 1.0) -> float:
    """Write the lesson as an MP4 that any browser plays, and return its length in seconds.

    H.264 Main and AAC, the index in front so that playing starts before the download ends.
    ``seconds_scale`` shortens the same lesson (0.02 gives a few seconds) but never below one
    frame for each slide.
    """
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    starts = _slide_frames(lesson, seconds_scale)
    with av.open(str(path), "w", format="mp4", options=options) as film:
        pictures, sound = _picture_stream(film), _sound_stream(film)
        blocks = _sound(lesson, seconds_scale)
        due = next(blocks, None)
        pages = _pages(lesson)
        for shot in _shots(lesson, seconds_scale):
            picture = _picture(pages[shot.page])
            for number in range(shot.start, shot.start + shot.frames):
                picture.pts, picture.time_base = number, Fraction(1, FRAMES_PER_SECOND)
                film.mux(pictures.encode(picture))
                while due is not None and (due.time or 0) <= number / FRAMES_PER_SECOND:
                    film.mux(sound.encode(due))
                    due = next(blocks, None)
        while due is not None:
            film.mux(sound.encode(due))
            due = next(blocks, None)
        film.mux(pictures.encode(None))
        film.mux(sound.encode(None))
    return starts[-1] / FRAMES_PER_SECOND


def _clauses(words: str, longest: int, marks: str) -> list[str]:
    """Cut a narration after its punctuation into pieces that fit two lines of a caption."""
    pieces, start = [""], 0
    for index, letter in enumerate(words):
        if letter in marks or index + 1 == len(words):
            clause, start = words[start : index + 1], index + 1
            if pieces[-1] and len(pieces[-1]) + len(clause) > longest:
                pieces.append("")
            pieces[-1] += clause
    return [piece.strip() for piece in pieces if piece.strip()]


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"


def make_captions(lesson: Lesson, path: Path, *, seconds_scale: float = 1.0, language: Language = "zh-Hans") -> None:
    """Write WebVTT captions that cover the whole film made with the same ``seconds_scale``.

    A slide's time is shared among its captions by their length.
    """
    chinese = language == "zh-Hans"
    starts = _slide_frames(lesson, seconds_scale)
    title = lesson.name if chinese else f"Lesson {lesson.number}: {lesson.title_en}"
    course = COURSE_TITLE if chinese else COURSE_TITLE_EN
    parts = ["WEBVTT", f"NOTE\n{course}\n{title}"]
    for slide, first, last in zip(lesson.slides, starts, starts[1:], strict=False):
        said = slide.narration if chinese else slide.english
        cues = _clauses(said, 30, "，。；：？") if chinese else _clauses(said, 84, ".;:,?")
        letters, sum_so_far = sum(map(len, cues)), 0
        for cue in cues:
            begin = first + (last - first) * sum_so_far / letters
            sum_so_far += len(cue)
            end = first + (last - first) * sum_so_far / letters
            span = f"{_stamp(begin / FRAMES_PER_SECOND)} --> {_stamp(end / FRAMES_PER_SECOND)}"
            parts.append(f"{span}\n{cue}")
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def make_courseware(lesson: Lesson, path: Path) -> None:
    """Write the lesson's handout (讲义): a tagged A4 PDF with its fonts inside."""
    pdf = _compiler("handout.typ").compile(
        format="pdf", sys_inputs=_inputs(lesson), timestamp=MADE_ON, pdf_standards=["ua-1"]
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gives a PDF as one piece of bytes")
    path.write_bytes(pdf)


def make_bank_sheet(path: Path) -> int:
    """Write the question bank in the columns of the import template; return how many questions."""
    book = Workbook()
    book.properties.created = book.properties.modified = MADE_ON.replace(tzinfo=None)
    sheet = book.worksheets[0]
    sheet.title = "题库"
    sheet.append(SHEET_HEAD)
    for question in questions():
        options = (*question.options, *("",) * (len(LETTERS) - len(question.options)))
        sheet.append(
            (
                *(question.code, KIND_NAMES[question.kind], question.stem),
                *(option or None for option in options),
                *(question.answer, question.explanation, question.lesson),
            )
        )
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0B5C57")
    for column, width in zip("ABCDEFGHIJK", (12, 7, 52, *(24,) * 5, 8, 52, 6), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    book.save(path)
    return len(questions())
