"""Answers through the pulse: a sealed ticket, one commit for many, receipts, and words for what was not saved."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from xueshi.exams import actions, queries
from xueshi.exams.models import Answer, AnswerRevision
from xueshi.exams.tests.sittings import begin, right_answers, to_the_end
from xueshi.kernel.batching import Batch
from xueshi.web import pulse, pulse_exams

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sat(wang, plan):
    return begin(wang, plan.exam)


def ticket_of(attempt, **changes):
    facts = {"attempt_id": attempt.pk, "person_id": attempt.person_id, "seat_epoch": attempt.seat_epoch}
    return pulse_exams.ticket(**{**facts, "ends_at": attempt.ends_at, **changes})


def ask(*bodies):
    """Send all bodies at once through one batch; give status and words of each."""

    async def send():
        batch = Batch(actions.save_answers)
        try:
            return await asyncio.gather(*(pulse_exams.answer(body, batch) for body in bodies))
        finally:
            batch.close()

    return [(status, json.loads(said)) for status, said in asyncio.run(send())]


def body_of(attempt, *saves, **changes):
    saves = saves or ({"slot": 0, "seq": 1, "chosen": [1]},)
    return json.dumps({"ticket": ticket_of(attempt), "saves": saves} | changes).encode()


@pytest.mark.clause("CQ-15")
def test_a_save_is_answered_with_a_receipt_after_it_is_kept(sat):
    ((status, said),) = ask(body_of(sat, {"slot": 0, "seq": 1, "chosen": [1], "flagged": True}))
    (answer,) = said["answers"]
    kept = Answer.objects.get()
    assert (status, answer["outcome"], kept.chosen, kept.flagged) == (200, "saved", [1], True)
    assert queries.receipt_of(sat.pk, 0, answer["receipt"]) == AnswerRevision.objects.get()
    assert answer["clock"] == (kept.saved_at + timedelta(hours=8)).strftime("%H:%M:%S")


def test_what_was_kept_while_the_line_was_down_is_sent_again_at_once(sat):
    answers = right_answers(sat)
    saves = [{"slot": slot, "seq": slot + 1, "chosen": list(chosen)} for slot, chosen in answers.items()]
    ((status, said),) = ask(body_of(sat, *saves))
    assert (status, {one["outcome"] for one in said["answers"]}) == (200, {"saved"})
    ((status, said),) = ask(body_of(sat, *saves))
    assert (status, {one["outcome"] for one in said["answers"]}) == (200, {"older"})
    assert {one.slot: tuple(one.chosen) for one in Answer.objects.all()} == answers


def test_many_learners_share_a_commit_and_each_gets_an_answer(make_person, plan):
    sittings = [begin(make_person(f"示例考生{n}", 100 + 2 * n), plan.exam, cycle_key=f"cycle:{n}") for n in range(20)]
    said = ask(*(body_of(sat, {"slot": 0, "seq": 1, "chosen": [n % 4]}) for n, sat in enumerate(sittings)))
    assert {status for status, _ in said} == {200}
    kept = dict(Answer.objects.values_list("attempt_id", "chosen"))
    assert kept == {sat.pk: [n % 4] for n, sat in enumerate(sittings)}


def test_asking_for_the_time_alone_touches_nothing(sat):
    ((status, said),) = ask(json.dumps({"ticket": ticket_of(sat), "saves": []}).encode())
    assert (status, said["answers"]) == (200, [])
    assert abs(datetime.fromisoformat(said["now"]) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({}, 200, id="a good one"),
        pytest.param({"ticket": "x.y"}, 401, id="a forged ticket"),
        pytest.param({"ticket": None}, 401, id="no ticket"),
        pytest.param({"saves": None}, 422, id="no list"),
        pytest.param({"saves": [1]}, 422, id="no saves"),
        pytest.param({"saves": [{"slot": 0, "seq": 1}]}, 422, id="nothing chosen"),
        pytest.param({"saves": [{"slot": -1, "seq": 1, "chosen": []}]}, 422, id="a slot below the first"),
        pytest.param({"saves": [{"slot": True, "seq": 1, "chosen": []}]}, 422, id="no number"),
        pytest.param({"saves": [{"slot": 0, "seq": 2**31, "chosen": []}]}, 422, id="a number too large"),
        pytest.param({"saves": [{"slot": 0, "seq": 1, "chosen": ["A"]}]}, 422, id="a letter"),
        pytest.param({"saves": [{"slot": 0, "seq": 1, "chosen": [0]}] * 201}, 422, id="more than a paper"),
        pytest.param({"saves": [{"slot": 99, "seq": 1, "chosen": [0]}]}, 422, id="no such question"),
        pytest.param({"saves": [{"slot": 0, "seq": 1, "chosen": [0, 1]}]}, 422, id="two answers to one"),
    ],
)
def test_what_cannot_be_meant_is_told_and_not_saved(sat, changes, status):
    ((given, said),) = ask(body_of(sat, **changes))
    assert given == status
    assert Answer.objects.exists() == (status == 200)
    assert status == 200 or said.get("says") or any(one.get("says") for one in said["answers"])


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 100000, b'{"ticket": {}}'])
def test_bytes_that_mean_nothing_get_an_answer(body):
    ((status, said),) = ask(body)
    assert status == 401
    assert said["says"]


def test_a_ticket_of_another_person_or_exam_opens_nothing(sat, stranger):
    ((status, said),) = ask(body_of(sat, ticket=ticket_of(sat, person_id=stranger.pk)))
    assert (status, said["answers"][0]["outcome"]) == (404, "gone")
    ((status, _),) = ask(body_of(sat, ticket=ticket_of(sat, ends_at=datetime.now(UTC) - timedelta(hours=2))))
    assert status == 401
    assert not Answer.objects.exists()


@pytest.mark.clause("CQ-15")
def test_the_seat_before_is_told_in_words(sat, viewer, wang):
    old = body_of(sat)
    actions.take_seat(viewer=viewer(wang), attempt_id=sat.pk)
    ((status, said),) = ask(old)
    assert (status, said["answers"][0]["outcome"]) == (409, "elsewhere")
    assert "另一台设备" in said["answers"][0]["says"]


@pytest.mark.clause("CQ-16")
def test_after_the_end_the_answer_says_why_nothing_was_saved(sat):
    to_the_end(sat, seconds=12)
    ((status, said),) = ask(body_of(sat))
    assert (status, said["answers"][0]["outcome"]) == (410, "over")
    assert "考试时间已到" in said["answers"][0]["says"]
    assert not Answer.objects.exists()


def test_the_pulse_knows_the_way_to_the_exams_and_speaks_the_readers_language(sat, viewer, wang, monkeypatch):
    old = body_of(sat)
    table = pulse.routes()
    monkeypatch.setattr(pulse, "routes", lambda: table)
    actions.take_seat(viewer=viewer(wang), attempt_id=sat.pk)
    said = []

    async def nowhere(*_):
        raise AssertionError("a page")

    async def receive():
        return {"type": "http.request", "body": old, "more_body": False}

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/pulse/answer", "headers": [(b"accept-language", b"en")]}
    asyncio.run(pulse.beside(nowhere)(scope, receive, send))
    for route in table.values():
        route.batch.close()
    assert said[0]["status"] == 409
    assert "moved to another device" in json.loads(said[1]["body"])["answers"][0]["says"]


def test_a_save_in_a_batch_is_quick(make_person, plan):
    """Two hundred saves of twenty people in a second on one connection, with room to spare."""
    sittings = [begin(make_person(f"示例考生{n}", 100 + 2 * n), plan.exam, cycle_key=f"cycle:{n}") for n in range(20)]
    bodies = [body_of(sat, {"slot": slot, "seq": 1, "chosen": [0]}) for slot in range(8) for sat in sittings]
    started = time.perf_counter()
    assert {status for status, _ in ask(*bodies)} == {200}
    assert time.perf_counter() - started < 10
