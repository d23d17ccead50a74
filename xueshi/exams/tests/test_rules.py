"""Papers, sittings and marks, without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.exams import rules
from xueshi.exams.rules import GRACE, JUDGEMENT, MULTIPLE, SINGLE, BankTooSmall, Heard, Item, Slot

NINE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)

items = st.builds(
    lambda kind, options: (kind, 2 if kind == JUDGEMENT else options),
    st.sampled_from(rules.KINDS),
    st.integers(2, 5),
)
banks = st.lists(items, min_size=1, max_size=40).map(
    lambda kinds: [Item(n, 1 + n % 3, kind, options) for n, (kind, options) in enumerate(kinds, start=1)]
)
seeds = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(banks, seeds, st.data())
def test_a_paper_has_the_right_counts_and_no_question_twice(bank, seed, data):
    counts = {kind: data.draw(st.integers(0, sum(1 for item in bank if item.kind == kind))) for kind in rules.KINDS}
    paper = rules.draw(seed, bank, counts)
    assert {kind: sum(1 for slot in paper if slot.kind == kind) for kind in rules.KINDS} == counts
    assert len({slot.question for slot in paper}) == len(paper)
    by_id = {item.id: item for item in bank}
    assert all(sorted(slot.options) == list(range(by_id[slot.question].options)) for slot in paper)
    assert [slot.kind for slot in paper] == sorted((slot.kind for slot in paper), key=rules.KINDS.index)


@given(banks, seeds, st.randoms())
def test_a_paper_can_be_drawn_again_from_its_seed_whatever_the_order_of_the_bank(bank, seed, random):
    counts = {kind: sum(1 for item in bank if item.kind == kind) for kind in rules.KINDS}
    shuffled = random.sample(bank, len(bank))
    assert rules.draw(seed, bank, counts) == rules.draw(seed, shuffled, counts)


def test_a_drawn_paper_stays_as_it_was_first_published():
    bank = [Item(n, 1, SINGLE, 4) for n in range(1, 9)]
    paper = rules.draw("00" * 32, bank, {SINGLE: 3})
    assert [(slot.question, slot.options) for slot in paper] == [
        (5, (2, 3, 0, 1)),
        (2, (3, 0, 2, 1)),
        (7, (1, 0, 3, 2)),
    ]


def test_another_seed_draws_another_paper():
    bank = [Item(n, 1, SINGLE, 4) for n in range(1, 41)]
    drawn = {tuple(slot.question for slot in rules.draw(f"{n:064x}", bank, {SINGLE: 10})) for n in range(50)}
    assert len(drawn) == 50


def test_every_question_of_the_bank_has_its_turn():
    bank = [Item(n, 1, SINGLE, 4) for n in range(1, 41)]
    seen = {slot.question for n in range(60) for slot in rules.draw(f"{n:064x}", bank, {SINGLE: 10})}
    assert seen == set(range(1, 41))


def test_a_judgement_keeps_right_before_wrong():
    paper = rules.draw("ab" * 32, [Item(n, 1, JUDGEMENT, 2) for n in range(20)], {JUDGEMENT: 20})
    assert {slot.options for slot in paper} == {(0, 1)}


def test_a_bank_that_is_too_small_says_which_kind_is_missing():
    with pytest.raises(BankTooSmall) as refused:
        rules.draw("ab" * 32, [Item(1, 1, SINGLE, 4)], {SINGLE: 1, MULTIPLE: 2})
    assert (refused.value.kind, refused.value.has, refused.value.needs) == (MULTIPLE, 0, 2)


# ---- the sitting


@pytest.mark.clause("CQ-11")
@pytest.mark.parametrize(
    ("closes_after", "end"),
    [
        pytest.param(timedelta(hours=2), timedelta(minutes=60), id="its own length"),
        pytest.param(timedelta(minutes=20), timedelta(minutes=20), id="the window closes first"),
    ],
)
def test_a_sitting_ends_with_its_length_or_with_the_window(closes_after, end):
    assert rules.ends(NINE, 60, NINE + closes_after) == NINE + end


@pytest.mark.parametrize(
    ("state", "after", "grace", "open_", "why"),
    [
        pytest.param("running", timedelta(seconds=-1), timedelta(0), True, "", id="before the end"),
        pytest.param("running", timedelta(0), timedelta(0), False, "over", id="at the end"),
        pytest.param("running", timedelta(seconds=9), GRACE, True, "", id="on its way at the end"),
        pytest.param("running", timedelta(seconds=10), GRACE, False, "over", id="too late"),
        pytest.param("submitted", timedelta(seconds=-1), GRACE, False, "submitted", id="handed in"),
        pytest.param("no_score", timedelta(seconds=-1), GRACE, False, "no_score", id="closed"),
    ],
)
def test_a_sitting_is_open_until_its_end(state, after, grace, open_, why):
    assert rules.is_open(state, NINE, NINE + after, grace) == rules.Verdict(open_, why)


@pytest.mark.parametrize(
    ("sent", "seat", "before", "why"),
    [
        pytest.param(Heard(1, 1), 1, None, "", id="the first"),
        pytest.param(Heard(1, 3), 1, Heard(1, 2), "", id="a newer one"),
        pytest.param(Heard(1, 2), 1, Heard(1, 2), "older", id="twice"),
        pytest.param(Heard(1, 1), 1, Heard(1, 2), "older", id="late"),
        pytest.param(Heard(1, 9), 2, Heard(1, 2), "elsewhere", id="from the seat before"),
        pytest.param(Heard(2, 1), 2, Heard(1, 9), "", id="a new seat counts anew"),
    ],
)
def test_the_newest_save_of_the_present_seat_counts(sent, seat, before, why):
    assert rules.hear(sent, seat, before) == rules.Verdict(not why, why)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_saves_in_any_order_leave_the_highest(seqs):
    stored = None
    for seq in seqs:
        if rules.hear(Heard(1, seq), 1, stored).open:
            stored = Heard(1, seq)
    assert stored == Heard(1, max(seqs))


# ---- marking

PAPER = (Slot(1, SINGLE, (2, 0, 1)), Slot(2, MULTIPLE, (3, 1, 0, 2)), Slot(3, JUDGEMENT, (0, 1)))
KEYS = {1: (0,), 2: (0, 1, 3), 3: (1,)}


@pytest.mark.parametrize(
    ("answers", "rights"),
    [
        pytest.param({0: (1,), 1: (0, 1, 2), 2: (1,)}, (True, True, True), id="all right, as shown"),
        pytest.param({0: (0,), 1: (0, 1, 2), 2: (0,)}, (False, True, False), id="shown is not the author's order"),
        pytest.param({1: (0, 1)}, (False, False, False), id="one option too few"),
        pytest.param({1: (0, 1, 2, 3)}, (False, False, False), id="one option too many"),
        pytest.param({1: (2, 0, 1)}, (False, True, False), id="in any order"),
        pytest.param({}, (False, False, False), id="nothing answered"),
    ],
)
def test_multiple_choice_is_all_or_nothing(answers, rights):
    assert rules.mark(PAPER, KEYS, answers).rights == rights


def test_the_score_is_of_a_hundred_and_rounded_down():
    assert rules.mark(PAPER, KEYS, {0: (1,), 2: (1,)}).score == Decimal("66.6")
    assert rules.mark(PAPER, KEYS, {0: (1,), 1: (0, 1, 2), 2: (1,)}).score == Decimal("100.0")
    assert rules.mark((), {}, {}).score == 0


answers_to = st.dictionaries(st.integers(0, 2), st.lists(st.integers(0, 1), unique=True, max_size=2), max_size=3)


@given(answers_to, st.randoms())
def test_marking_does_not_depend_on_the_order_of_answers(answers, random):
    shuffled = {
        slot: random.sample(chosen, len(chosen)) for slot, chosen in random.sample(list(answers.items()), len(answers))
    }
    assert rules.mark(PAPER, KEYS, answers) == rules.mark(PAPER, KEYS, shuffled)


@given(st.integers(1, 60), st.data())
def test_a_pass_is_shown_only_where_it_was_reached(total, data):
    right = data.draw(st.integers(0, total))
    paper = tuple(Slot(n, SINGLE, (0, 1)) for n in range(total))
    marked = rules.mark(paper, dict.fromkeys(range(total), (0,)), dict.fromkeys(range(right), (0,)))
    assert (marked.score >= 60) == (100 * right >= 60 * total)
    assert 0 <= marked.score <= 100


@pytest.mark.parametrize(
    ("slot", "chosen", "possible"),
    [
        (PAPER[0], (2,), True),
        (PAPER[0], (), True),
        (PAPER[0], (0, 1), False),
        (PAPER[0], (3,), False),
        (PAPER[1], (0, 1, 2, 3), True),
        (PAPER[1], (0, 0), False),
        (PAPER[1], (-1,), False),
    ],
)
def test_only_possible_answers_are_heard(slot, chosen, possible):
    assert rules.is_answer(slot, chosen) is possible
