"""The demo's course as frozen values, read from ``demo/course/*.yaml``.

The text is our own. Nothing here knows Django, a database or a file format other than YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

COURSE = Path(__file__).parent / "course"
COURSE_TITLE = "专业技术创新理论与案例分析"
COURSE_TITLE_EN = "Innovation for Professionals: Theory and Cases"
LETTERS = "ABCDE"

Kind = Literal["single", "multiple", "judge"]
KIND_NAMES: dict[Kind, str] = {"single": "单选", "multiple": "多选", "judge": "判断"}
TRUE, FALSE = "正确", "错误"


@dataclass(frozen=True)
class Slide:
    """One picture of a lesson and what is said over it."""

    heading: str
    lines: tuple[str, ...]
    narration: str
    english: str
    seconds: float
    flow: tuple[str, ...] = ()  # boxes joined by arrows, drawn under the lines
    table: tuple[tuple[str, ...], ...] = ()  # the first row is the head
    curve: bool = False  # the S-curve, with the words of ``flow`` along it


@dataclass(frozen=True)
class Section:
    """A headed part of a handout; its paragraphs as they are printed."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """One lesson: slides for the film, sections for the handout."""

    number: int
    title: str
    title_en: str
    summary: str
    summary_en: str
    slides: tuple[Slide, ...]
    handout: tuple[Section, ...]
    questions_to_think: tuple[str, ...]

    @property
    def name(self) -> str:
        """The lesson's full name, such as 第一讲 创新的含义与类型."""
        return f"第{'〇一二三四五六七八九'[self.number]}讲 {self.title}"

    @property
    def seconds(self) -> float:
        """How long the film lasts at its natural speed."""
        return sum(slide.seconds for slide in self.slides)


@dataclass(frozen=True)
class Question:
    """One question of the bank.

    ``options`` are empty for a judgement; ``answer`` is letters in order ("B", "ACD") or,
    for a judgement, 正确 or 错误.
    """

    code: str
    kind: Kind
    stem: str
    options: tuple[str, ...]
    answer: str
    explanation: str
    lesson: int


def _slide(data: dict[str, Any]) -> Slide:
    return Slide(
        heading=data["heading"],
        lines=tuple(data["lines"]),
        narration="".join(str(data["narration"]).split("\n")).strip(),
        english=" ".join(str(data["english"]).split()),
        seconds=float(data["seconds"]),
        flow=tuple(data.get("flow", ())),
        table=tuple(tuple(str(cell) for cell in row) for row in data.get("table", ())),
        curve=data.get("curve", False),
    )


def _lesson(path: Path) -> Lesson:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Lesson(
        number=data["number"],
        title=data["title"],
        title_en=data["title_en"],
        summary=data["summary"].strip(),
        summary_en=" ".join(data["summary_en"].split()),
        slides=tuple(_slide(slide) for slide in data["slides"]),
        handout=tuple(
            Section(part["heading"], tuple(text.strip() for text in part["paragraphs"])) for part in data["handout"]
        ),
        questions_to_think=tuple(data["questions_to_think"]),
    )


def _question(data: dict[str, Any]) -> Question:
    return Question(
        code=data["code"],
        kind=data["kind"],
        stem=data["stem"],
        options=tuple(str(option) for option in data.get("options", ())),
        answer=str(data["answer"]),
        explanation=data["explanation"],
        lesson=data["lesson"],
    )


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return the lessons of the course in order."""
    return tuple(_lesson(path) for path in sorted(COURSE.glob("lesson-*.yaml")))


@cache
def questions() -> tuple[Question, ...]:
    """Return the whole question bank in the order of the file."""
    data = yaml.safe_load((COURSE / "questions.yaml").read_text(encoding="utf-8"))
    return tuple(_question(entry) for entry in data)
