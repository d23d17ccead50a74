"""What operators change about an exam, below the plan that it belongs to."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from xueshi.exams.models import Exam


@dataclass(frozen=True)
class ExamTerms:
    """How many questions of each kind, how many minutes, the pass mark of 100, and the window."""

    bank_id: int
    singles: int
    multiples: int
    judgements: int
    minutes: int
    pass_mark: int
    opens_at: datetime
    closes_at: datetime

    @property
    def content(self) -> tuple[int, ...]:
        """What may not change once somebody counts on it; the window may."""
        return (self.bank_id, self.singles, self.multiples, self.judgements, self.minutes, self.pass_mark)


def terms_of(exam: Exam) -> ExamTerms:
    return ExamTerms(**{name: getattr(exam, name) for name in ExamTerms.__dataclass_fields__})


@transaction.atomic
def keep_exam(*, exam_id: int | None, title: str, terms: ExamTerms) -> Exam:
    """Add an exam, or change the one with this id."""
    if exam_id is None:
        return Exam.objects.create(title=title, **asdict(terms))
    exam = Exam.objects.select_for_update().get(pk=exam_id)
    exam.title = title
    for name, value in asdict(terms).items():
        setattr(exam, name, value)
    exam.save()
    return exam
