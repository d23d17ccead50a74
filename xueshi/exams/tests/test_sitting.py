"""A sitting from its start to its mark, each refusal beside its success."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from xueshi.exams import actions, queries
from xueshi.exams.models import Answer, AnswerRevision, Attempt, Exam, Question
from xueshi.exams.tests.sittings import begin, move_window, pass_time, right_answers, save, to_the_end
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine


@pytest.fixture
def exam(plan):
    return plan.exam


@pytest.fixture
def sat(wang, exam):
    return begin(wang, exam)


# ---- starting


@pytest.mark.clause("CQ-11")
def test_a_start_fixes_paper_and_end_once(wang, exam):
    sat = begin(wang, exam)
    assert sat.ends_at - sat.started_at == timedelta(minutes=exam.minutes)
    assert [slot["kind"] for slot in sat.paper] == ["single"] * 4 + ["multiple"] * 2 + ["judgement"] * 2
    Exam.objects.filter(pk=exam.pk).update(minutes=5, closes_at=exam.opens_at + timedelta(days=2))
    again = begin(wang, exam)
    assert (again.pk, again.ends_at, again.paper) == (sat.pk, sat.ends_at, sat.paper)
    assert AuditLine.objects.filter(action="exams.start_attempt").count() == 1


@pytest.mark.clause("CQ-11")
def test_the_window_cuts_a_sitting_short(wang, exam):
    Exam.objects.filter(pk=exam.pk).update(minutes=60 * 24 * 20)
    assert begin(wang, exam).ends_at == exam.closes_at


@pytest.mark.clause("CQ-11")
def test_outside_the_window_nothing_starts(wang, exam):
    move_window(exam, days=30)
    with pytest.raises(actions.ExamNotOpen) as early:
        begin(wang, exam)
    assert "起可以参加" in early.value.said
    move_window(exam, days=-60)
    with pytest.raises(actions.ExamClosed):
        begin(wang, exam)
    assert not Attempt.objects.exists()
    move_window(exam, days=30)
    assert begin(wang, exam).state == Attempt.State.RUNNING


def test_a_bank_without_enough_questions_takes_no_chance(wang, exam):
    Question.objects.filter(kind="multiple").first().delete()
    Question.objects.filter(kind="multiple").first().delete()
    with pytest.raises(actions.PaperNotReady):
        begin(wang, exam)
    assert not Attempt.objects.exists()


def test_questions_out_of_use_are_not_drawn_and_papers_that_carry_them_are_marked(wang, exam, viewer):
    sat = begin(wang, exam)
    Question.objects.filter(kind="single").update(retired_at=sat.started_at)
    with pytest.raises(actions.PaperNotReady):
        begin(wang, exam, kind="mock", cycle_key="mock")
    assert len(queries.paper_for(viewer(wang), sat.pk).questions) == 8
    assert actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k").score == 0


def test_a_used_chance_is_not_used_again(wang, exam, viewer, sat):
    actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    with pytest.raises(actions.ChanceUsed):
        begin(wang, exam)
    assert begin(wang, exam, number=2).pk != sat.pk


def test_one_exam_at_a_time(wang, exam, sat):
    other = Exam.objects.create(
        bank=exam.bank, title="另一场", singles=1, multiples=0, judgements=0,
        opens_at=exam.opens_at, closes_at=exam.closes_at,
    )  # fmt: skip
    with pytest.raises(actions.AnotherRunning):
        begin(wang, other, cycle_key="cycle:2")
    assert begin(wang, other, kind="mock", cycle_key="mock").exam_id == other.pk


# ---- saving


@pytest.mark.clause("CQ-15")
def test_a_saved_answer_gets_a_receipt_that_finds_it_again(sat):
    said = save(sat, 0, (2,), seq=1)
    assert said.outcome == "saved"
    kept = Answer.objects.get(attempt=sat, slot=0)
    assert (kept.chosen, kept.saved_at) == ([2], said.saved_at)
    assert queries.receipt_of(sat.pk, 0, said.receipt) == AnswerRevision.objects.get()
    assert queries.receipt_of(sat.pk, 0, said.receipt[::-1]) is None


def test_saves_out_of_order_or_twice_are_accepted_and_ignored(sat):
    assert [save(sat, 0, (n % 4,), seq=n).outcome for n in (3, 1, 2, 3)] == ["saved", "older", "older", "older"]
    late = save(sat, 0, (0,), seq=2)
    assert (late.seq, late.saved_at) == (3, Answer.objects.get().saved_at)
    assert Answer.objects.get().chosen == [3]
    assert AnswerRevision.objects.count() == 1
    assert save(sat, 0, (0,), seq=4).outcome == "saved"
    assert AnswerRevision.objects.count() == 2


def test_a_batch_hears_everybody_and_a_bad_save_harms_nobody(wang, stranger, exam):
    mine, theirs = begin(wang, exam), begin(stranger, exam, cycle_key="cycle:2")
    said = actions.save_answers(
        [
            actions.Save(mine.pk, wang.pk, 1, 0, 1, (0,)),
            actions.Save(theirs.pk, wang.pk, 1, 0, 1, (0,)),
            actions.Save(0, wang.pk, 1, 0, 1, (0,)),
            actions.Save(mine.pk, wang.pk, 1, 99, 1, (0,)),
            actions.Save(mine.pk, wang.pk, 1, 1, 1, (0, 1)),
            actions.Save(mine.pk, wang.pk, 1, 0, 2, (1,), flagged=True),
            actions.Save(theirs.pk, stranger.pk, 1, 0, 1, (1,)),
        ]
    )
    assert [one.outcome for one in said] == ["saved", "gone", "gone", "malformed", "malformed", "saved", "saved"]
    assert list(Answer.objects.order_by("attempt").values_list("chosen", "flagged")) == [([1], True), ([1], False)]


def test_an_answer_can_be_taken_back(sat, viewer, wang):
    save(sat, 0, (1,), seq=1)
    save(sat, 0, (), seq=2)
    assert 1 in queries.paper_for(viewer(wang), sat.pk).unanswered


@pytest.mark.clause("CQ-15")
@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        pytest.param(timedelta(seconds=-30), "saved", id="before the end"),
        pytest.param(timedelta(seconds=5), "saved", id="on its way at the end"),
        pytest.param(timedelta(seconds=11), "over", id="after the end"),
    ],
)
def test_an_answer_counts_until_the_end_and_the_moment_it_takes_to_arrive(sat, after, outcome):
    to_the_end(sat, seconds=after.total_seconds())
    assert save(sat).outcome == outcome
    assert AnswerRevision.objects.exists() == (outcome == "saved")


def test_after_handing_in_nothing_is_saved(sat, viewer, wang):
    save(sat, 0, right_answers(sat)[0], seq=1)
    score = actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k").score
    assert save(sat, 0, (), seq=2).outcome == "submitted"
    assert Answer.objects.get().seq == 1
    sat.refresh_from_db()
    assert sat.score == score


def test_the_database_refuses_to_change_or_remove_a_revision(sat):
    save(sat)
    for change in ("UPDATE exams_answerrevision SET seq = 9", "DELETE FROM exams_answerrevision"):
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert AnswerRevision.objects.get().seq == 1


# ---- the seat


@pytest.mark.clause("CQ-15")
def test_another_machine_takes_the_seat_with_every_answer_and_the_same_end(sat, viewer, wang):
    answers = right_answers(sat)
    for slot, chosen in answers.items():
        save(sat, slot, chosen, seq=slot + 1)
    moved = actions.take_seat(viewer=viewer(wang), attempt_id=sat.pk, device="phone")
    assert (moved.seat_epoch, moved.resumes, moved.ends_at) == (2, 1, sat.ends_at)
    paper = queries.paper_for(viewer(wang), sat.pk)
    shown = {q.slot: tuple(option.place for option in q.options if option.chosen) for q in paper.questions}
    assert shown == answers


@pytest.mark.clause("CQ-15")
def test_the_seat_before_is_told_that_the_exam_has_moved(sat, viewer, wang):
    assert save(sat, 0, (0,), seq=5).outcome == "saved"
    moved = actions.take_seat(viewer=viewer(wang), attempt_id=sat.pk)
    assert save(sat, 0, (1,), seq=6, epoch=1).outcome == "elsewhere"
    assert Answer.objects.get().chosen == [0]
    assert save(moved, 0, (2,), seq=1).outcome == "saved"
    assert Answer.objects.get().chosen == [2]


@pytest.mark.clause("CQ-15")
def test_after_the_end_nobody_comes_back(sat, viewer, wang, stranger):
    with pytest.raises(NotYours):
        actions.take_seat(viewer=viewer(stranger), attempt_id=sat.pk)
    to_the_end(sat, seconds=1)
    with pytest.raises(actions.TimeIsUp):
        actions.take_seat(viewer=viewer(wang), attempt_id=sat.pk)


# ---- handing in, closing


def test_a_paper_is_marked_from_what_was_saved(sat, viewer, wang):
    answers = right_answers(sat)
    for slot in range(6):
        save(sat, slot, answers[slot], seq=slot + 1)
    done = actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    assert (done.score, done.right, done.passed, done.state) == (Decimal("75.0"), 6, True, "submitted")


def test_handing_in_twice_gives_the_same_result(sat, viewer, wang):
    first = actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="one")
    again = actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="two")
    assert (again.submitted_at, again.submit_key, again.score) == (first.submitted_at, "one", first.score)
    assert AuditLine.objects.filter(action="exams.submit_attempt").count() == 1


def test_a_paper_is_handed_in_by_its_owner_only(sat, viewer, stranger, wang):
    for ask in (actions.submit, actions.submit_mock):
        with pytest.raises(NotYours):
            ask(viewer=viewer(stranger), attempt_id=sat.pk, submit_key="k")
    with pytest.raises(NotYours):  # a formal exam goes through the study it belongs to
        actions.submit_mock(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")


@pytest.mark.clause("CQ-16")
def test_a_paper_that_is_not_handed_in_has_no_score_and_is_failed(sat, viewer, wang):
    for slot, chosen in right_answers(sat).items():
        save(sat, slot, chosen, seq=slot + 1)
    assert actions.close(sat.pk, forfeits=True).state == Attempt.State.RUNNING
    to_the_end(sat, seconds=11)
    with pytest.raises(actions.TimeIsUp):
        actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    assert queries.overdue() == [sat.pk]
    for _ in range(2):
        closed = actions.close(sat.pk, forfeits=True)
        assert (closed.state, closed.score, closed.passed) == (Attempt.State.NO_SCORE, None, False)
    assert AuditLine.objects.filter(action="exams.close_attempt").count() == 1
    assert queries.overdue() == []
    with pytest.raises(actions.TimeIsUp):
        actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    with pytest.raises(actions.ChanceUsed):
        begin(wang, sat.exam)


@pytest.mark.clause("CQ-16")
def test_a_paper_sent_in_the_last_second_counts(sat, viewer, wang):
    to_the_end(sat, seconds=5)
    assert actions.close(sat.pk, forfeits=True).state == Attempt.State.RUNNING
    done = actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    assert (done.state, done.submitted_at) == (Attempt.State.SUBMITTED, done.ends_at)


def test_while_a_sitting_waits_to_be_closed_the_next_one_waits_too(sat, wang):
    to_the_end(sat, seconds=1)
    with pytest.raises(actions.TimeIsUp):
        begin(wang, sat.exam)


# ---- mock exams


@pytest.mark.clause("CQ-10")
def test_mock_exams_are_unlimited_scored_explained_and_never_counted(wang, exam, viewer):
    me = viewer(wang)
    for number in range(1, 6):
        mock = actions.start_mock(viewer=me, exam_id=exam.pk)
        assert mock.number == number
        for slot, chosen in right_answers(mock).items():
            save(mock, slot, chosen, seq=1)
        assert actions.submit_mock(viewer=me, attempt_id=mock.pk, submit_key="k").score == 100
        review = queries.result_for(me, mock.pk).review
        assert len(review) == 8
        assert all(one.right for one in review)
    assert not Attempt.objects.filter(kind="formal").exists()
    assert begin(wang, exam, number=1).number == 1


def test_a_running_mock_exam_is_gone_on_with_and_one_that_ran_out_is_marked(wang, exam, viewer):
    me = viewer(wang)
    mock = actions.start_mock(viewer=me, exam_id=exam.pk)
    assert actions.start_mock(viewer=me, exam_id=exam.pk).pk == mock.pk
    save(mock, 0, right_answers(mock)[0])
    pass_time(mock, hours=2)
    assert actions.start_mock(viewer=me, exam_id=exam.pk).pk != mock.pk
    mock.refresh_from_db()
    assert (mock.state, mock.right, mock.submitted_at) == ("submitted", 1, mock.ends_at)


def test_the_job_marks_mock_exams_that_ran_out_and_leaves_formal_ones(wang, exam, viewer, sat):
    from xueshi.exams import jobs

    mock = actions.start_mock(viewer=viewer(wang), exam_id=exam.pk)
    for one in (mock, sat):
        pass_time(one, hours=2)
    for _ in range(2):
        jobs.close_mocks(0)
    mock.refresh_from_db()
    sat.refresh_from_db()
    assert (mock.state, sat.state) == ("submitted", "running")


# ---- what is seen


def test_a_paper_is_seen_by_its_owner_only_and_a_formal_result_has_no_key(sat, viewer, wang, stranger):
    for ask in (queries.paper_for, queries.result_for, queries.attempt_for):
        assert ask(viewer(wang), sat.pk)
        with pytest.raises(NotYours):
            ask(viewer(stranger), sat.pk)
    actions.submit(viewer=viewer(wang), attempt_id=sat.pk, submit_key="k")
    assert queries.result_for(viewer(wang), sat.pk).review == ()


def test_a_running_mock_exam_has_no_review(wang, exam, viewer):
    mock = actions.start_mock(viewer=viewer(wang), exam_id=exam.pk)
    assert queries.result_for(viewer(wang), mock.pk).review == ()


@pytest.mark.clause("CQ-12")
def test_every_attempt_can_be_looked_up(wang, exam, viewer, sat):
    mock = actions.start_mock(viewer=viewer(wang), exam_id=exam.pk)
    assert [one.pk for one in queries.attempts_for(viewer(wang), [exam.pk])] == [mock.pk, sat.pk]
