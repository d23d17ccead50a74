import re
import struct
from itertools import pairwise

import av
import openpyxl
import pypdf
import pytest

from demo import media
from demo.content import KIND_NAMES, lessons, questions

SCALE = 0.05  # a lesson in about twelve seconds


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "lesson.mp4"
    return path, media.make_lesson_video(lessons()[0], path, seconds_scale=SCALE)


def boxes(path):
    """The names of an MP4's top boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size
    return names


def cues(path):
    seconds = r"(\d+):(\d+):(\d+)\.(\d+)"
    for match in re.finditer(rf"{seconds} --> {seconds}\n(.+)", path.read_text("utf-8")):
        h, m, s, t, h2, m2, s2, t2 = (int(part) for part in match.groups()[:8])
        begin, end = h * 3600 + m * 60 + s + t / 1000, h2 * 3600 + m2 * 60 + s2 + t2 / 1000
        yield begin, end, match.group(9)


def test_a_film_lasts_as_long_as_it_says(film):
    path, seconds = film
    assert seconds == pytest.approx(lessons()[0].seconds * SCALE, abs=0.2)
    with av.open(str(path)) as opened:
        assert opened.duration / av.time_base == pytest.approx(seconds, abs=0.3)


def test_a_film_is_what_every_browser_plays(film):
    with av.open(str(film[0])) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        assert (video.codec_context.name, video.profile) == ("h264", "Main")
        assert (video.pix_fmt, video.width, video.height) == ("yuv420p", 1280, 720)
        assert (audio.codec_context.name, audio.profile) == ("aac", "LC")


def test_the_index_stands_before_the_pictures_so_that_playing_starts_at_once(film):
    names = boxes(film[0])
    assert names.index("moov") < names.index("mdat")


def test_there_is_a_keyframe_at_least_every_two_seconds(film):
    with av.open(str(film[0])) as opened:
        video = opened.streams.video[0]
        keys = [float(p.pts * p.time_base) for p in opened.demux(video) if p.size and p.is_keyframe]
    assert keys[0] == 0
    assert max(b - a for a, b in pairwise(keys)) <= 2.0


def test_the_first_frame_shows_the_red_head_rule_on_white(film):
    with av.open(str(film[0])) as opened:
        frame = next(opened.decode(video=0)).reformat(format="rgb24")
    plane = bytes(frame.planes[0])

    def pixel(x, y):
        at = y * frame.planes[0].line_size + x * 3
        return tuple(plane[at : at + 3])

    assert pixel(640, 4) == pytest.approx((178, 58, 30), abs=12)
    assert pixel(640, 30) == pytest.approx((255, 255, 255), abs=4)


def test_all_frames_decode_and_their_number_is_the_length(film):
    with av.open(str(film[0])) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == round(film[1] * 5)


def test_a_lesson_can_be_as_short_as_a_journey_wants(tmp_path):
    seconds = media.make_lesson_video(lessons()[0], tmp_path / "short.mp4", seconds_scale=0.02)
    assert seconds == pytest.approx(lessons()[0].seconds * 0.02, abs=0.2)
    shortest = media.make_lesson_video(lessons()[0], tmp_path / "least.mp4", seconds_scale=0)
    assert shortest == len(lessons()[0].slides) / 5


def test_the_same_lesson_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        media.make_lesson_video(lessons()[1], tmp_path / f"{name}.mp4", seconds_scale=0.02)
        media.make_courseware(lessons()[1], tmp_path / f"{name}.pdf")
    for kind in ("mp4", "pdf"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("scale", [1.0, SCALE])
def test_captions_cover_the_whole_film_without_a_gap(tmp_path, language, scale):
    path = tmp_path / "captions.vtt"
    lesson = lessons()[2]
    media.make_captions(lesson, path, seconds_scale=scale, language=language)
    assert path.read_text("utf-8").startswith("WEBVTT\n")
    spans = list(cues(path))
    assert spans[0][0] == 0
    assert spans[-1][1] == pytest.approx(media._slide_frames(lesson, scale)[-1] / 5, abs=0.001)
    for before, after in pairwise(spans):
        assert before[1] == after[0]
        assert before[0] < before[1]


def test_captions_say_the_whole_narration_in_pieces_one_can_read(tmp_path):
    path = tmp_path / "captions.vtt"
    for lesson in lessons():
        media.make_captions(lesson, path)
        said = [words for _, _, words in cues(path)]
        assert "".join(said) == "".join(slide.narration for slide in lesson.slides)
        assert max(map(len, said)) <= 40


def test_the_handout_is_a_tagged_pdf_with_its_fonts_inside(tmp_path):
    path = tmp_path / "handout.pdf"
    media.make_courseware(lessons()[0], path)
    pdf = pypdf.PdfReader(path)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("zh")
    assert lessons()[0].name in pdf.metadata.title
    assert "岗位上的创新" in "".join(page.extract_text() for page in pdf.pages)
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(inner.get_object())
            assert "+" in inner.get_object()["/FontName"], "a subset, not the whole font"
    assert path.stat().st_size < 400_000


def test_the_bank_sheet_has_the_import_columns_and_every_question(tmp_path):
    path = tmp_path / "bank.xlsx"
    assert media.make_bank_sheet(path) == len(questions())
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == media.SHEET_HEAD
    assert len(rows) - 1 == len(questions())
    for row, question in zip(rows[1:], questions(), strict=True):
        assert row[:3] == (question.code, KIND_NAMES[question.kind], question.stem)
        assert tuple(filter(None, row[3:8])) == question.options
        assert row[8:] == (question.answer, question.explanation, question.lesson)
