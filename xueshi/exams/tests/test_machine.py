"""Sittings as a machine: whatever is done in whatever order, no state that must not be is ever reached (AC9)."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xueshi.exams import actions, rules
from xueshi.exams.models import Answer, Attempt, Exam
from xueshi.exams.tests.sittings import begin, pass_time, right_answers
from xueshi.kernel import clock, vault
from xueshi.kernel.errors import Refused
from xueshi.people.models import Person, Region
from xueshi.people.viewer import Viewer

CHANCES = 2


class Sittings(RuleBasedStateMachine):
    """One learner with two chances, several devices, and time."""

    @initialize()
    def arrive(self):
        self.person = Person.objects.create(
            name="示例考生", id_index=vault.index("id", str(Person.objects.count())), id_cipher=b"", id_masked="5001",
            sex="female", born_on="1980-01-01", region=Region.objects.get(code="50"), registered_at=clock.now(),
        )  # fmt: skip
        self.exam = Exam.objects.get()
        self.viewer = Viewer(self.person.pk)
        self.seats = {}  # attempt -> every epoch that some device believes in
        self.seq = 0
        self.kept = {}  # (attempt, slot) -> what was last acknowledged
        self.scores = {}
        self.ends = {}

    def attempts(self):
        return Attempt.objects.filter(person=self.person).order_by("pk")

    def newest(self):
        return self.attempts().last()

    @rule(number=st.integers(1, CHANCES))
    def start(self, number):
        used = self.attempts().count()
        try:
            sat = begin(self.person, self.exam, number=number, cycle_key=f"cycle:{self.person.pk}")
        except Refused:
            return
        self.seats.setdefault(sat.pk, {1})
        self.ends.setdefault(sat.pk, sat.ends_at)
        assert self.attempts().count() - used in {0, 1}

    @precondition(lambda self: self.seats)
    @rule(data=st.data(), slot=st.integers(0, 8), chosen=st.sets(st.integers(0, 4), max_size=3), back=st.integers(0, 3))
    def save(self, data, slot, chosen, back):
        attempt_id = data.draw(st.sampled_from(sorted(self.seats)))
        epoch = data.draw(st.sampled_from(sorted(self.seats[attempt_id])))
        self.seq += 1
        sent = actions.Save(attempt_id, self.person.pk, epoch, slot, max(1, self.seq - back), tuple(chosen))
        (said,) = actions.save_answers([sent])
        sat = Attempt.objects.get(pk=attempt_id)
        if said.outcome == "saved":
            assert sat.state == "running"
            assert epoch == sat.seat_epoch
            assert said.saved_at < sat.ends_at + rules.GRACE
            self.kept[attempt_id, slot] = sorted(chosen)

    @precondition(lambda self: self.seats)
    @rule(slots=st.sets(st.integers(0, 7), min_size=1))
    def answer_rightly(self, slots):
        sat = self.newest()
        answers = right_answers(sat)
        self.seq += 1
        sent = [
            actions.Save(sat.pk, self.person.pk, sat.seat_epoch, slot, self.seq, answers[slot])
            for slot in sorted(slots)
        ]
        for save, said in zip(sent, actions.save_answers(sent), strict=True):
            if said.outcome == "saved":
                assert said.saved_at < sat.ends_at + rules.GRACE
                self.kept[sat.pk, save.slot] = sorted(save.chosen)

    @precondition(lambda self: self.seats)
    @rule()
    def take_seat(self):
        try:
            sat = actions.take_seat(viewer=self.viewer, attempt_id=self.newest().pk)
        except actions.TimeIsUp:
            return
        self.seats[sat.pk].add(sat.seat_epoch)

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def submit(self, data):
        attempt_id = data.draw(st.sampled_from(sorted(self.seats)))
        before = Attempt.objects.get(pk=attempt_id)
        try:
            done = actions.submit(viewer=self.viewer, attempt_id=attempt_id, submit_key=str(self.seq))
        except actions.TimeIsUp:
            assert before.state == "no_score" or clock.database_now() >= before.ends_at
            return
        answers = dict(Answer.objects.filter(attempt=done).values_list("slot", "chosen"))
        right = sum(1 for slot, chosen in right_answers(done).items() if tuple(answers.get(slot, ())) == chosen)
        assert done.right == right

    @precondition(lambda self: self.seats)
    @rule()
    def close(self):
        sat = self.newest()
        late = clock.database_now() >= sat.ends_at + rules.GRACE
        closed = actions.close(sat.pk, forfeits=True)
        assert closed.state == ("no_score" if late and sat.state == "running" else sat.state)

    @precondition(lambda self: self.seats)
    @rule(minutes=st.sampled_from([1, 10, 29, 31]))
    def time_passes(self, minutes):
        sat = self.newest()
        pass_time(sat, minutes=minutes)
        self.ends[sat.pk] = sat.ends_at

    @invariant()
    def nothing_impossible(self):
        if not hasattr(self, "person"):
            return
        found = list(self.attempts())
        assert sum(1 for one in found if one.state == "running") <= 1
        assert len(found) <= CHANCES
        assert sorted(one.number for one in found) == sorted({one.number for one in found})
        for one in found:
            assert one.ends_at == self.ends[one.pk]  # nothing but time itself moves the end
            assert (one.score is not None) == (one.state == "submitted")
            if one.state == "no_score":
                assert one.passed is False
            if one.state == "submitted":
                assert self.scores.setdefault(one.pk, one.score) == one.score
        kept = {(answer.attempt_id, answer.slot): answer.chosen for answer in Answer.objects.filter(attempt__in=found)}
        assert kept == self.kept  # what was acknowledged is there, and nothing else


@pytest.mark.clause("CQ-13", "CQ-15", "CQ-16")
@pytest.mark.django_db
def test_no_sequence_reaches_a_state_that_must_not_be(plan):
    Sittings.TestCase.settings = settings(
        max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    Sittings.TestCase().runTest()
