"""What a roster may change about a person, line by line of the one table."""

from dataclasses import replace
from datetime import date

import pytest

from xueshi.people.roster import rules
from xueshi.people.roster.rules import Decision, Known, Row

UNIT, OTHER, SENDER = 1, 2, 77
KNOWN = Known(
    person_id=5, name="示例张·三", phone="13800000000", email="", born_on=date(1980, 1, 1), merged=False, employer=UNIT,
    beside=frozenset(), free_since=None, titles={"junior": date(2010, 1, 1)}, facts={"degree": "bachelor"}, asked=False,
)  # fmt: skip
SAME = Row("示例张·三", phone="13800000000", title=("junior", date(2010, 1, 1)), facts={"degree": "bachelor"})
MORE = Row("示例张三", "13811111111", "a@example.com", ("intermediate", date(2015, 1, 1)), {"post": "other"})


def decided(row: Row, known: Known | None) -> Decision:
    return rules.decide(row, known, unit=UNIT, actors=[SENDER, None])


@pytest.mark.parametrize(
    ("known", "row", "wanted"),
    [
        (None, MORE, Decision("new")),
        (KNOWN, SAME, Decision("same")),
        (KNOWN, MORE, Decision("changed", ("email", "title", "post"), ("phone",))),
        (replace(KNOWN, phone=""), MORE, Decision("changed", ("phone", "email", "title", "post"))),
        (KNOWN, replace(SAME, title=("junior", date(2011, 1, 1))), Decision("same", (), ("title_obtained_on",))),
        (KNOWN, replace(SAME, facts={"degree": "doctor"}), Decision("same", (), ("degree",))),
        (KNOWN, replace(SAME, name="示例李四"), Decision("same", (), ("name",))),
        (replace(KNOWN, employer=None), SAME, Decision("joined", ("employment",))),
        (replace(KNOWN, employer=None), MORE, Decision("joined", ("employment", "email", "title", "post"), ("phone",))),
        (replace(KNOWN, employer=None), replace(SAME, name="示例李四"), Decision("refused", problem="name-differs")),
        (replace(KNOWN, employer=OTHER), MORE, Decision("moved", ("transfer",))),
        (replace(KNOWN, employer=OTHER, asked=True), MORE, Decision("moved")),
        (replace(KNOWN, employer=OTHER), replace(SAME, name="示例李四"), Decision("refused", problem="name-differs")),
        (replace(KNOWN, employer=OTHER, beside=frozenset({UNIT})), MORE, Decision("side")),
        (replace(KNOWN, employer=None, beside=frozenset({UNIT})), MORE, Decision("side")),
        (replace(KNOWN, person_id=SENDER), MORE, Decision("own")),
        (replace(KNOWN, merged=True), SAME, Decision("refused", problem="person-merged")),
        (replace(KNOWN, merged=True, person_id=SENDER), SAME, Decision("refused", problem="person-merged")),
    ],
)  # fmt: skip
def test_a_row_does_what_the_table_says(known: Known | None, row: Row, wanted: Decision) -> None:
    assert decided(row, known) == wanted


def test_no_rule_changes_a_name_a_number_a_birth_or_a_sex() -> None:
    allowed = {"person", "employment", "transfer", "phone", "email", "title", "facts"}
    assert set().union(*(rule.adds for rule in rules.TABLE.values())) <= allowed
    assert [rule.standing for rule in rules.TABLE.values() if "person" in rule.adds] == ["nobody"]


def test_whoever_brings_changes_nothing_about_himself_nor_does_the_second() -> None:
    for place in range(3):
        actors: list[int | None] = [None, None, None]
        actors[place] = KNOWN.person_id
        assert rules.decide(MORE, KNOWN, unit=UNIT, actors=actors).outcome == "own"
