"""Many at once, with real connections and real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from xueshi.exams import actions
from xueshi.exams.models import Answer, AnswerRevision, Attempt
from xueshi.exams.tests.sittings import begin, right_answers, save
from xueshi.kernel.models import AuditLine

pytestmark = pytest.mark.django_db(transaction=True)


def together(count, work):
    """Run `work(n)` in so many threads, all let go at the same moment; give what each returned or raised."""
    gate = Barrier(count)

    def one(n):
        try:
            gate.wait(30)
            return work(n)
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_fifty_starts_at_once_are_one_attempt(wang, plan):
    started = together(50, lambda n: begin(wang, plan.exam).pk)
    assert len(set(started)) == 1
    assert Attempt.objects.count() == AuditLine.objects.filter(action="exams.start_attempt").count() == 1


def test_handing_in_many_times_at_once_is_one_result(wang, plan, viewer):
    sat, me = begin(wang, plan.exam), viewer(wang)
    for slot, chosen in right_answers(sat).items():
        save(sat, slot, chosen, seq=1)
    done = together(20, lambda n: actions.submit(viewer=me, attempt_id=sat.pk, submit_key=f"key-{n}"))
    assert {(one.score, one.submitted_at, one.submit_key) for one in done} == {
        (done[0].score, done[0].submitted_at, done[0].submit_key)
    }
    assert AuditLine.objects.filter(action="exams.submit_attempt").count() == 1


def test_an_answer_acknowledged_while_the_paper_is_handed_in_is_marked(wang, plan, viewer):
    """A save that is answered "saved" was committed before the mark, so the mark has seen it."""
    sat, me = begin(wang, plan.exam), viewer(wang)
    answers = right_answers(sat)

    def work(n):
        if n == len(answers):
            return actions.submit(viewer=me, attempt_id=sat.pk, submit_key="k")
        return save(sat, n, answers[n], seq=1)

    *saved, done = together(len(answers) + 1, work)
    assert {one.outcome for one in saved} <= {"saved", "submitted"}
    assert done.right == sum(1 for one in saved if one.outcome == "saved") == Answer.objects.count()


def test_saves_of_one_slot_at_once_leave_the_newest(wang, plan):
    sat = begin(wang, plan.exam)
    said = together(20, lambda n: save(sat, 0, (n % 4,), seq=n + 1))
    assert {one.outcome for one in said} <= {"saved", "older"}
    kept = Answer.objects.get()
    assert (kept.seq, kept.chosen) == (20, [19 % 4])
    assert AnswerRevision.objects.count() == sum(1 for one in said if one.outcome == "saved")


def test_two_machines_that_take_the_seat_at_once_get_two_seats(wang, plan, viewer):
    sat, me = begin(wang, plan.exam), viewer(wang)
    seats = together(2, lambda n: actions.take_seat(viewer=me, attempt_id=sat.pk).seat_epoch)
    assert sorted(seats) == [2, 3]
    assert [save(sat, 0, (0,), epoch=epoch).outcome for epoch in (2, 3)] == ["elsewhere", "saved"]
