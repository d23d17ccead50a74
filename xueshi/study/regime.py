"""What the plan's notice says of studying and of the exam: read from the law, never written here.

The wording in force when the plan opened holds for the whole plan, so that nothing changes under a learner.
"""

from xueshi.kernel import clock
from xueshi.ledger import law
from xueshi.people import queries as people
from xueshi.policy.chapters import ExamLaw, Quoted, StudyLaw
from xueshi.policy.demands import Relief
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.sight import PersonSight
from xueshi.training.models import Enrolment, Plan

DOWNLOADED = "downloaded"  # the law's word for studying the courseware offline
STUDY = "study"  # opens_after: the exam opens when study is complete
ALL_COURSES = "all_courses"  # opens_after: when all the courses chosen for the year are
NO_SCORE = "no_score"  # on_interruption: who has not handed in when the time ends has no score
RESTUDY = "restudy"  # then: what follows when all attempts have failed
LEARNER = "learner"  # make_up.by: whoever failed asks for it, which is to sit again
NO_EXAM = "no_exam"  # relief: study is owed, the exam is not


def exam_law(plan: Plan) -> ExamLaw:
    """Attempts, what follows, what opens the exam; an instrument that is silent asks for nothing."""
    book = law.of(plan.instrument)
    return book.exam(clock.day_of(plan.opens_at), plan.course.category) or ExamLaw()


def study_law(plan: Plan) -> StudyLaw:
    """What shows that somebody studied."""
    book = law.of(plan.instrument)
    return book.study(clock.day_of(plan.opens_at), plan.course.category) or StudyLaw()


def chances(law: ExamLaw) -> int | None:
    """How often somebody may sit without anybody's leave; None: as often as they like.

    A number of attempts and make-up exams add up. A make-up that somebody else arranges is not the learner's to begin.
    """
    if law.make_up is None:
        return law.attempts
    if law.make_up.by != LEARNER:
        return law.attempts or 1
    return None if law.make_up.attempts is None else (law.attempts or 1) + law.make_up.attempts


def freed(enrolment: Enrolment) -> Quoted | None:
    """The sentence by which the person need not sit the exam; None where there is none. Asks only if there may be."""
    plan = enrolment.plan
    book, on = law.of(plan.instrument), clock.day_of(plan.opens_at)
    reliefs = [(p, one) for p, one in book.of(Relief, on) if one.gives == NO_EXAM and not one.purposes]
    if not reliefs:
        return None
    facts = Facts.of(people.law_facts(enrolment.person_id, on))  # type: ignore[arg-type]
    sight = PersonSight(facts, Asked("", plan.year), plan.year, book.calendar)
    found = (p for p, one in reliefs if one.when.holds(sight))
    return next((Quoted(p.id, p.article, p.text) for p in found), None)


def cycle_key(cycle_id: int) -> str:
    """The name under which exams count a cycle's chances."""
    return f"cycle:{cycle_id}"


def cycle_id_of(key: str) -> int | None:
    """The cycle behind a key, or None if the attempt belongs to none."""
    kind, _, number = key.partition(":")
    return int(number) if kind == "cycle" and number.isdigit() else None
