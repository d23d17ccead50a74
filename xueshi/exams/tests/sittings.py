"""How the tests of sittings start one, answer, and let time pass."""

from datetime import timedelta

from django.db.models import F

from xueshi.exams import actions
from xueshi.exams.models import Attempt, Exam, Question


def begin(person, exam, *, number=1, kind="formal", cycle_key="cycle:1"):
    return actions.start(person_id=person.pk, exam_id=exam.pk, kind=kind, cycle_key=cycle_key, number=number)


def save(attempt, slot=0, chosen=(0,), *, seq=1, epoch=None, person_id=None, flagged=False):
    """One save, answered."""
    (said,) = actions.save_answers(
        [
            actions.Save(
                attempt.pk,
                person_id or attempt.person_id,
                epoch or attempt.seat_epoch,
                slot,
                seq,
                tuple(chosen),
                flagged,
            )
        ]
    )
    return said


def right_answers(attempt):
    """What has to be chosen, as shown, for each slot."""
    keys = dict(Question.objects.values_list("pk", "key"))
    return {
        place: tuple(n for n, author in enumerate(slot["options"]) if author in keys[slot["q"]])
        for place, slot in enumerate(attempt.paper)
    }


def pass_time(attempt, **length):
    """Let time pass for a sitting: everything about it happened that much earlier."""
    by = timedelta(**length)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=F("started_at") - by, ends_at=F("ends_at") - by, seat_at=F("seat_at") - by
    )
    attempt.refresh_from_db()


def to_the_end(attempt, **after):
    """Let time pass until just so long after the end (negative: before it)."""
    from xueshi.kernel import clock

    pass_time(attempt, seconds=(attempt.ends_at - clock.database_now() + timedelta(**after)).total_seconds())


def move_window(exam, **by):
    Exam.objects.filter(pk=exam.pk).update(
        opens_at=F("opens_at") + timedelta(**by), closes_at=F("closes_at") + timedelta(**by)
    )
    exam.refresh_from_db()
