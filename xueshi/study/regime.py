"""What the plan's notice says of studying and of the exam: read from the law, never written here.

The wording in force when the plan opened holds for the whole plan, so that nothing changes under a learner.
"""

from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.policy.chapters import ExamLaw, StudyLaw
from xueshi.training.models import Plan

DOWNLOADED = "downloaded"  # the law's word for studying the courseware offline
STUDY = "study"  # opens_after: the exam opens when study is complete
NO_SCORE = "no_score"  # on_interruption: who has not handed in when the time ends has no score
RESTUDY = "restudy"  # then: what follows when all attempts have failed


def exam_law(plan: Plan) -> ExamLaw:
    """Attempts, what follows, what opens the exam; an instrument that is silent asks for nothing."""
    book = law.of(plan.instrument)
    return book.exam(clock.day_of(plan.opens_at), plan.course.category) or ExamLaw()


def study_law(plan: Plan) -> StudyLaw:
    """What shows that somebody studied."""
    book = law.of(plan.instrument)
    return book.study(clock.day_of(plan.opens_at), plan.course.category) or StudyLaw()


def cycle_key(cycle_id: int) -> str:
    """The name under which exams count a cycle's chances."""
    return f"cycle:{cycle_id}"


def cycle_id_of(key: str) -> int | None:
    """The cycle behind a key, or None if the attempt belongs to none."""
    kind, _, number = key.partition(":")
    return int(number) if kind == "cycle" and number.isdigit() else None
