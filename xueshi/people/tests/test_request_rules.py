"""What may happen to a request, walked at random, and papers by their first bytes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from xueshi.people import request_rules as rules
from xueshi.people.joining_rules import Span, without
from xueshi.people.request_rules import MOVES, Paper

ASKER, SUBJECT, OTHER, FIRST, SECOND = 1, 2, 3, 4, 5
PEOPLE = (ASKER, SUBJECT, OTHER, FIRST, SECOND)
KINDS = ("correction", "transfer", "claim", "merge", "unmerge", "grant")


class Walk(RuleBasedStateMachine):
    """Anybody tries any step at any time, with and without a reason; what the rules let through is looked at."""

    @initialize(kind=st.sampled_from(KINDS), asker=st.sampled_from((*PEOPLE, None)))
    def begin(self, kind, asker):
        self.now = rules.asked(kind, asker, {SUBJECT, OTHER})
        self.taken = [("asked", asker)]
        if self.now.first_yes:
            self.taken.append(("proposed", asker))
        self.ends = 0

    @rule(step=st.sampled_from(sorted(MOVES)), by=st.sampled_from(PEOPLE), reason=st.sampled_from(("", "  ", "说明")))
    def try_step(self, step, by, reason):
        before = self.now
        if rules.problem(before, step, by=by, reason=reason) is not None:
            return
        assert before.state in MOVES[step].before
        assert reason.strip() or not MOVES[step].reason
        if MOVES[step].by == "asker":
            assert by == before.asked_by
        else:
            assert by not in {before.asked_by, *before.concerned}
        if step == "accepted" and before.kind in rules.TWO_YESES:
            assert before.first_yes not in {None, by, *before.concerned}
        self.now = rules.after(before, step, by=by)
        self.taken.append((step, by))
        if step == "resent" and self.now.first_yes == by:
            self.taken.append(("proposed", by))
        self.ends += self.now.state not in rules.LIVE

    @invariant()
    def ends_once_and_stays_ended(self):
        assert self.ends <= 1
        assert (self.now.state in rules.LIVE) == (self.ends == 0)

    @invariant()
    def the_first_yes_can_be_read_from_the_steps(self):
        if self.now.kind in rules.TWO_YESES:
            assert rules.first_yes(self.taken) == self.now.first_yes

    @invariant()
    def the_first_yes_is_nobodys_own(self):
        assert self.now.first_yes is None or self.now.first_yes not in self.now.concerned


TestWalk = Walk.TestCase


@pytest.mark.parametrize("step", sorted(MOVES))
def test_what_is_settled_is_settled(step):
    done = rules.after(rules.asked("correction", ASKER, {ASKER}), "accepted", by=FIRST)
    assert rules.problem(done, step, by=SECOND, reason="再办一次") == "finished"


def test_a_request_goes_back_and_forth_until_it_is_decided():
    now = rules.asked("correction", ASKER, {ASKER})
    for step, by in (("returned", FIRST), ("resent", ASKER), ("handed_on", FIRST), ("accepted", SECOND)):
        assert rules.problem(now, step, by=by, reason="缺反面") is None
        now = rules.after(now, step, by=by)
    assert now.state == "accepted"


def test_a_merge_needs_two_officers_and_neither_is_the_person():
    now = rules.asked("merge", SUBJECT, {SUBJECT, OTHER})
    assert rules.problem(now, "accepted", by=FIRST) == "first_yes"
    assert rules.problem(now, "proposed", by=OTHER) == "own"
    now = rules.after(now, "proposed", by=FIRST)
    assert rules.problem(now, "accepted", by=FIRST) == "same_yes"
    assert rules.problem(now, "accepted", by=SECOND) is None
    now = rules.after(rules.after(now, "returned", by=SECOND), "resent", by=SUBJECT)
    assert rules.problem(now, "accepted", by=SECOND) == "first_yes", "what was sent again is looked at anew"


def test_a_request_of_nobody_known_cannot_go_back_to_him():
    now = rules.asked("claim", None, {SUBJECT})
    assert rules.problem(now, "returned", by=FIRST, reason="缺") == "nobody_to_ask"
    assert rules.problem(now, "refused", by=FIRST, reason="带证件来") is None
    assert rules.problem(now, "withdrawn", by=FIRST) == "not_asker"


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("证件.jpg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("证件.JPEG", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("证件.png", b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("证件.pdf", b"%PDF-1.7 rest", "application/pdf"),
        ("证件.pdf", b"", "empty"),
        ("证件.png", b"\xff\xd8\xff\xe0rest", "name"),
        ("证件.html", b"%PDF-<script>", "name"),
        ("证件.svg", b"<svg onload=x>", "kind"),
        ("证件.jpg", b"MZ\x90\x00", "kind"),
        ("证件.pdf", b"%PDF-" + b"0" * rules.MOST_BYTES, "large"),
    ],
)
def test_a_paper_is_what_its_first_bytes_and_its_name_say(name, data, found):
    assert rules.paper_kind(Paper(name, data)) == found


@given(st.text(max_size=300))
def test_a_name_of_a_paper_is_safe_in_a_header(typed):
    name = rules.paper_name(typed)
    assert len(name) <= 100
    assert not set(name) & set("/\\\r\n\0")
    assert not name.startswith(".")


def test_the_ending_of_a_long_name_stays():
    assert rules.paper_name("长" * 300 + ".jpeg").endswith(".jpeg")


days = st.dates(min_value=date(2020, 1, 1), max_value=date(2020, 3, 1))


@st.composite
def spans(draw):
    first, last = sorted((draw(days), draw(days)))
    if first == last:
        return Span(first)
    return Span(first, draw(st.sampled_from((last, None))))


@given(spans(), st.lists(spans(), max_size=4), days)
def test_a_day_is_left_over_exactly_where_nothing_covers_it(span, others, day):
    def on(one):
        return one.since <= day < one.end

    assert any(map(on, without(span, others))) == (on(span) and not any(map(on, others)))
