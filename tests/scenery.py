"""A small plan for tests: a course of two lessons, a bank of twelve questions, an exam, all open now."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from xueshi.courses.models import Course, Lesson
from xueshi.exams.models import Bank, Exam, Question
from xueshi.kernel import files
from xueshi.people.models import Region
from xueshi.training.models import Plan

INSTRUMENT = "cn-50/chongqing-2010"


def plan(*, region: Region, seconds: int = 60, year: int | None = None) -> Plan:
    now = datetime.now(UTC)
    course = Course.objects.create(code="innovation", title="专业技术创新理论与案例分析", kind="public_topic")
    video = files.keep(b"not really a video", name="lesson.mp4", content_type="video/mp4", at=now)
    paper = files.keep(b"%PDF-1.4 courseware", name="讲义.pdf", content_type="application/pdf", at=now)
    for number in (1, 2):
        Lesson.objects.create(
            course=course,
            number=number,
            title=f"第 {number} 讲",
            seconds=Decimal(seconds),
            video=video,
            courseware=paper,
        )
    return Plan.objects.create(
        year=year or now.year,
        region=region,
        title="公需科目（示例）",
        course=course,
        exam=exam(now),
        instrument=INSTRUMENT,
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=30),
        state="published",
    )


def exam(now: datetime) -> Exam:
    bank = Bank.objects.create(code="innovation", title="题库（示例）")
    for n in range(6):
        Question.objects.create(
            bank=bank,
            code=f"S{n}",
            kind="single",
            stem=f"单选 {n}？",
            options=["甲", "乙", "丙", "丁"],
            key=[n % 4],
        )
    for n in range(3):
        Question.objects.create(
            bank=bank,
            code=f"M{n}",
            kind="multiple",
            stem=f"多选 {n}？",
            options=["甲", "乙", "丙", "丁"],
            key=[0, n + 1],
        )
    for n in range(3):
        Question.objects.create(
            bank=bank,
            code=f"J{n}",
            kind="judgement",
            stem=f"判断 {n}。",
            options=["正确", "错误"],
            key=[n % 2],
        )
    return Exam.objects.create(
        bank=bank,
        title="公需科目考试（示例）",
        singles=4,
        multiples=2,
        judgements=2,
        minutes=30,
        pass_mark=60,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=10),
    )
