"""Numbers, names and states, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.certificates import rules

NUMBERS = st.builds(
    rules.number,
    st.integers(2000, 2099),
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.text(rules.SIGNS, min_size=8, max_size=8),
)


@given(NUMBERS)
def test_a_number_is_read_as_it_was_written(number: str) -> None:
    assert rules.read_number(number) == number
    assert rules.read_number(f" {number.lower().replace('-', '')} ") == number
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert rules.read_number(full_width) == number


@given(NUMBERS, st.integers(0, 18), st.sampled_from(rules.SIGNS))
def test_one_wrong_sign_is_always_noticed(number: str, at: int, sign: str) -> None:
    signs = list(number.replace("-", ""))
    if signs[at] == sign:
        return
    signs[at] = sign
    assert rules.read_number("".join(signs)) is None


@given(NUMBERS, st.integers(0, 17))
def test_two_neighbours_exchanged_are_always_noticed(number: str, at: int) -> None:
    signs = list(number.replace("-", ""))
    if signs[at] == signs[at + 1]:
        return
    signs[at], signs[at + 1] = signs[at + 1], signs[at]
    assert rules.read_number("".join(signs)) is None


@given(NUMBERS)
def test_letters_that_look_like_figures_are_read_as_figures(number: str) -> None:
    assert rules.read_number(number.replace("0", "O").replace("1", "l")) == number


@given(st.text(max_size=60))
def test_anything_may_be_typed(typed: str) -> None:
    read = rules.read_number(typed)
    assert read is None or rules.read_number(read) == read


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("张小三", "张*三"), ("欧阳雪雪", "欧**雪"), ("张", "*"), ("", "*")]
)
def test_a_stranger_sees_head_and_tail_of_a_name(name: str, masked: str) -> None:
    assert rules.masked_name(name) == masked


def test_names_are_compared_without_blanks_widths_and_sorts_of_dots() -> None:
    assert rules.read_name("阿依古丽・买买提") == rules.read_name("阿依古丽·买买提 ")
    assert rules.read_name("Ａnn") == rules.read_name("ann")
    assert rules.read_name("张三") != rules.read_name("张 四")


@pytest.mark.parametrize(
    ("issued", "printed", "review", "recorded", "state"),
    [
        (False, False, "", False, "printable"),
        (True, False, "", False, "issued"),
        (True, True, "", False, "printed"),
        (True, True, "pending", False, "pending"),
        (True, True, "refused", False, "refused"),
        (True, False, "verified", False, "verified"),
        (True, True, "verified", True, "recorded"),
    ],
)
def test_a_slip_goes_from_printable_to_recorded(
    issued: bool, printed: bool, review: str, recorded: bool, state: str
) -> None:
    assert rules.slip_state(issued=issued, printed=printed, review=review, recorded=recorded) == state


def test_the_worst_that_is_true_of_a_document_is_said() -> None:
    from datetime import UTC, datetime

    then = datetime(2026, 1, 1, tzinfo=UTC)
    assert rules.status(genuine=True, revoked_at=None, replaced_at=None) == "valid"
    assert rules.status(genuine=True, revoked_at=None, replaced_at=then) == "replaced"
    assert rules.status(genuine=True, revoked_at=then, replaced_at=then) == "revoked"
    assert rules.status(genuine=False, revoked_at=then, replaced_at=None) == "forged"


def test_a_stranger_reads_neither_name_nor_identity_number() -> None:
    words = {"name": "示例王老师", "id_masked": "5001**********002X", "sex": "女", "course": "创新"}
    assert rules.shown(words) == {"name": "示***师", "course": "创新"}
