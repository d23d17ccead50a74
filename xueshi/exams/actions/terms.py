"""What an exam is made of. Called by the plan that it belongs to."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xueshi.exams.models import Attempt, Exam
from xueshi.kernel import audit
from xueshi.kernel.errors import NotYours, Refused
from xueshi.people.viewer import Viewer


class ExamInUse(Refused):
    code = "exam-in-use"
    sentence = _("已经有人正在参加这场考试，现在不能改它的题量、时长和及格线。")
    next_step = _("等考试中的人都交卷以后再改。已经交的卷子不受影响。")


@transaction.atomic
def add_exam(*, viewer: Viewer, bank_id: int, at: datetime, **terms: Any) -> Exam:
    """A new exam: title, singles, multiples, judgements, minutes, pass_mark, opens_at, closes_at."""
    exam = Exam.objects.create(bank_id=bank_id, **terms)
    audit.record(viewer, "exams.add_exam", f"exam:{exam.pk}", at=at)
    return exam


@transaction.atomic
def change_exam(*, viewer: Viewer, exam_id: int, at: datetime, **terms: Any) -> Exam:
    """Change the terms; running sittings keep their end. Raises ExamInUse where they would lose their pass mark."""
    exam = Exam.objects.select_for_update().filter(pk=exam_id).first()
    if exam is None:
        raise NotYours()
    fixed = [name for name in terms if name not in {"title", "opens_at", "closes_at"}]
    moved = any(getattr(exam, name) != terms[name] for name in fixed)
    if moved and Attempt.objects.filter(exam=exam, state=Attempt.State.RUNNING).exists():
        raise ExamInUse()
    for name, value in terms.items():
        setattr(exam, name, value)
    exam.save(update_fields=list(terms))
    audit.record(viewer, "exams.change_exam", f"exam:{exam.pk}", at=at, changed=sorted(terms))
    return exam
