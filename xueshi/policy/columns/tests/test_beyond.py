"""What has no form as columns is said while planning, with the provision and why."""

from datetime import date

import narwhals as nw
import polars as pl
import pytest

from xueshi.policy.calendar import Calendar
from xueshi.policy.columns import algebra
from xueshi.policy.columns.algebra import FALSE, TRUE, ZERO, Node
from xueshi.policy.columns.amounts import Reader, figure
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.conditions import column as condition_column
from xueshi.policy.columns.emit import Program
from xueshi.policy.columns.layout import PARTS_OF_FACT, Fact, Kind, Layout
from xueshi.policy.columns.plan import VERDICTS, plan
from xueshi.policy.columns.tests.test_vocabulary import demand
from xueshi.policy.facts import Asked
from xueshi.policy.tests.invented import HEADER, book, provision, year

YEARS = tuple(range(2014, 2021))
ETHICS = {"category": "public", "theme": "ethics"}
SAFETY = {"category": "public", "theme": "safety"}


def layout(*kinds: Kind, few: bool = True, cut: bool = False, without: str = "") -> Layout:
    """A frame with these kinds, and every fact, unknown or not."""
    law = book(year())
    facts = [
        Fact(name, word.kind, YEARS, {part: f"{name}_{part}" for part in PARTS_OF_FACT[word.kind]}, few=few)
        for name, word in law.words.facts.items()
        if name != without
    ]
    years = YEARS[2:] if cut else YEARS
    return Layout(date(2020, 12, 31), years, kinds, tuple(facts), cut=cut)


def beyond(law: object, *kinds: Kind, by: str = "", asked: Asked | None = None, **more: object) -> str:
    """Why it cannot be planned."""
    with pytest.raises(Beyond) as found:
        plan(law, asked or Asked("annual", 2020), layout(*kinds, **more))
    assert found.value.provision == by
    return found.value.why


def kind(n: int = 0, says: dict[str, object] | None = None, **more: object) -> Kind:
    return Kind(n, ETHICS if says is None else says, (2020,), **more)


def test_years_that_are_not_those_of_the_frame() -> None:
    law = book(year(), header=HEADER.replace("known_from", "year: {ends_with: birth_month}\nknown_from"))
    assert "the years of the rulebook" in beyond(law)
    with pytest.raises(Beyond, match="the years of the rulebook"):
        plan(book(year()), Asked("annual", 2020), Layout(date(2020, 1, 1), (2020,), (), (), Calendar(7, 1)))


def test_the_day_of_an_entry() -> None:
    after = book(year(), provision("a", "counts: {of: {theme: ethics}, after: moved}"))
    assert "does not keep the days" in beyond(after, kind(), by="a")
    window = book(year(), provision("w", "counts: {of: {theme: ethics}, done: {from: 2020-03-01, to: 2020-06-30}}"))
    assert "straddles the day" in beyond(window, kind(), by="w")


def test_what_is_rounded_or_cut_off_entry_by_entry() -> None:
    rate = book(year(), provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 4/7}}"))
    assert "rounded by itself" in beyond(rate, kind(), by="e")
    limit = book(year(), provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, at_most: 5}"))
    assert "a ceiling per entry" in beyond(limit, kind(), by="e")
    split = book(year(), provision("e", "earning: {of: {theme: ethics}, gives: undecided, split: 3}"))
    assert "spread over years" in beyond(split, kind(), by="e")


def test_what_counts_once() -> None:
    uneven = book(year(), provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, once: year}"))
    assert "their worth differs" in beyond(uneven, kind(), by="e")
    law = book(
        year(),
        demand("online", "at_least: 1, of: {delivery: online}"),
        provision("e", "earning: {of: {theme: ethics}, gives: 5, once: year}"),
    )
    assert "different things" in beyond(law, kind(), kind(1, {**ETHICS, "delivery": "online"}), by="e")


def test_hours_that_choose_a_category() -> None:
    public = provision("public", "demand: {at_least: 30, of: {category: public}, within: year}")
    both = provision("b", "earning: {of: {category: public}, gives: undecided, as: [public, professional]}")
    apart = demand("s", "at_least: 3, of: {theme: safety}")
    assert "several kinds" in beyond(book(year(), public, apart, both), kind(), kind(1, SAFETY), by="b")
    shared = provision("c", "cap: {at_most: 5, of: {theme: ethics}, towards: [public, year], shared: true}")
    assert "demands share" in beyond(book(year(), public, both, shared), kind(), by="public")


def test_windows_that_are_one_year_long_for_some() -> None:
    purpose = provision("p", "purpose: {for: title_review, asks: [year], over: {since: moved, at_most: 2}}")
    asked = Asked("title_review", 2020)
    carry = provision("c", "carry: {surplus_of: year}")
    assert "a surplus" in beyond(book(year("5"), purpose, carry), kind(), by="year", asked=asked)
    deferred = provision("d", "relief: {when: {member: true}, gives: deferred}")
    assert "a shortfall" in beyond(book(year("5"), purpose, deferred), kind(), by="year", asked=asked)


def test_a_window_whose_length_is_a_table_in_a_table() -> None:
    rows = "{by: title, junior: 1, senior: {by: site, urban: 2, county: 3}}"
    purpose = provision("p", f"purpose: {{for: title_review, asks: [year], over: {{last: {rows}}}}}")
    assert "a table in a table" in beyond(book(year("5"), purpose), kind(), asked=Asked("title_review", 2020))


def test_what_the_frame_does_not_have() -> None:
    span = demand("s", "at_least: 5, when: {moved: {after: 2016-01-01, by: 2018-01-01}}")
    assert "more than two days" in beyond(book(span), kind(), by="s", few=False)
    member = demand("m", "at_least: 5, when: {member: true}")
    assert "does not have 'member'" in beyond(book(member), kind(), by="m", without="member")
    assert "does not have 2014" in beyond(book(demand("s", "at_least: 5, over: {last: 7}")), kind(), cut=True)


def test_a_demand_that_changes_its_kind_within_a_sum_of_years() -> None:
    law = book(
        provision("x", "demand: {at_least: 5}", "until: 2019-12-31"),
        provision("x", "demand: {courses: 1}", "since: 2020-01-01"),
        provision("p", "purpose: {for: title_review, asks: [x], over: {last: 2}}"),
    )
    assert "different kinds" in beyond(law, kind(), by="x", asked=Asked("title_review", 2020))


def test_what_is_no_condition_and_no_amount() -> None:
    with pytest.raises(Beyond, match="no condition"):
        condition_column(object(), None)
    with pytest.raises(Beyond, match="no amount"):
        figure(object(), Reader(None))


def test_a_kind_that_can_be_told_apart_has_a_form() -> None:
    law = book(
        year(),
        provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1/2}, at_most: 5}"),
        provision("s", "earning: {of: {theme: safety}, gives: undecided, split: 2}"),
    )
    kinds = (kind(0, ETHICS, least=10 * 1800, most=20 * 1800, step=1800), kind(1, SAFETY, step=1800))
    found = plan(law, Asked("annual", 2020), layout(*kinds))
    assert [(one.provision, one.year) for one in found.found] == [("year", 2020)]
    low = (kind(0, ETHICS, least=1800, most=4 * 1800, step=2), kinds[1])
    assert plan(law, Asked("annual", 2020), layout(*low)).reasons


def test_verdicts_without_reasons_whom_it_binds_and_frames_of_narwhals() -> None:
    law = book(year("10", "when: {age: {male: 50, female: 45}}"), header=HEADER)
    facts = (
        Fact("born", "date", YEARS, {"": "born"}, full=True),
        Fact("sex", "word", YEARS, {"": "sex"}, {"male": 0, "female": 1}, full=True),
    )
    frame = pl.DataFrame(
        {"person": [1, 2], "born": [19600101, 19900101], "sex": [0, 1]} | {"h2020_0": [0, 0], "n2020_0": [0, 0]}
    )
    found = plan(law, Asked("annual", 2020), Layout(date(2020, 12, 31), (2020,), (kind(),), facts))
    bare = found.verdicts(frame, reasons=False)
    assert bare.columns == ["person", "verdict"]
    assert [VERDICTS[one] for one in bare["verdict"]] == ["fail", "nothing_owed"]
    assert found.bound(frame)["bound"].to_list() == [True, True]
    assert found.verdicts(nw.from_native(frame)).equals(found.verdicts(frame))


# ---- the algebra ----------------------------------------------------------------------------------

A, B, C = (algebra.flag(name, null=None) for name in "abc")
X, Y = (algebra.column(name, low=0, high=100) for name in "xy")
SEVEN = algebra.number(7)
FRAME = pl.DataFrame(
    {"a": [True, False, True, False], "b": [True, True, False, False], "c": [True, False, False, True]}
    | {"x": [0, 7, 50, 100], "y": [100, 50, 7, 0]}
)


def values(node: Node) -> list[object]:
    return Program({"it": (node, "Boolean" if node.truth else "Int64")}).run(FRAME)["it"].to_list()


def test_truths_fold() -> None:
    assert algebra.and_(A, algebra.not_(A)) is FALSE
    assert algebra.or_(A, algebra.not_(A)) is TRUE
    assert algebra.or_(A, algebra.and_(A, B)) is A
    assert algebra.and_(A, algebra.or_(algebra.not_(A), B)) is algebra.and_(A, B)
    assert algebra.or_(algebra.and_(A, B), algebra.and_(A, algebra.not_(B))) is A
    assert algebra.or_(A, algebra.not_(algebra.or_(A, B))) is algebra.or_(A, algebra.not_(B))
    assert algebra.either(A, B, B) is B
    assert algebra.among("x", (), null=None) is FALSE
    assert repr(algebra.at_least(X, SEVEN)) == "ge(column('x', None), number(7))"
    assert repr(TRUE) == "true"


def test_numbers_fold() -> None:
    assert algebra.at_least(X, X) is TRUE
    assert algebra.at_least(X, ZERO) is TRUE
    assert algebra.at_least(X, algebra.number(101)) is FALSE
    assert algebra.at_least(SEVEN, X) is algebra.not_(algebra.at_least(X, algebra.number(8)))
    assert algebra.and_(algebra.at_least(X, SEVEN), algebra.at_least(X, algebra.number(9))) is algebra.at_least(
        X, algebra.number(9)
    )
    assert algebra.add(X, ZERO) is X
    assert algebra.minus(X, X) is ZERO
    assert algebra.scaled(X, 3, 3) is X
    assert algebra.times(ZERO, X) is ZERO
    assert algebra.if_(A, X, algebra.if_(A, Y, SEVEN)) is algebra.if_(A, X, SEVEN)
    assert algebra.if_(A, algebra.if_(A, X, Y), SEVEN) is algebra.if_(A, X, SEVEN)
    assert algebra.if_(algebra.not_(A), X, Y) is algebra.if_(A, Y, X)
    assert algebra.least(X, algebra.number(200)) is X
    assert algebra.most(X, algebra.number(-1)) is X
    assert algebra.scaled(algebra.number(algebra.FOREVER), 5).low == algebra.FOREVER


def test_what_is_folded_still_says_the_same() -> None:
    half = algebra.scaled(X, 1, 3, up=True)
    assert values(half) == [0, 3, 17, 34]
    assert values(algebra.at_least(half, SEVEN)) == [False, False, True, True]
    assert values(algebra.at_least(algebra.scaled(X, -2), algebra.number(-14))) == [True, True, False, False]
    assert values(algebra.at_least(algebra.scaled(X, -1, 3), algebra.number(-3))) == [True, True, False, False]
    assert values(algebra.at_least(algebra.least(X, Y), SEVEN)) == [False, True, True, False]
    assert values(algebra.at_least(algebra.most(X, Y), algebra.number(60))) == [True, False, False, True]
    assert values(algebra.at_least(algebra.if_(A, X, Y), Y)) == [False, True, True, True]
    assert values(algebra.times(X, Y)) == [0, 350, 350, 0]
    assert values(algebra.times(algebra.if_(A, algebra.number(2), SEVEN), X)) == [0, 49, 100, 700]
    assert values(algebra.add(X, Y, SEVEN)) == [107, 64, 64, 107]
    assert values(algebra.first_of([A, B, C])) == [0, 1, 0, 2]
    assert algebra.constant(algebra.first_of([])) == -1
    assert values(algebra.is_null("x")) == [False] * 4
    assert values(algebra.among("x", (7, 100), null=None)) == [False, True, False, True]
    assert values(algebra.among("x", (6, 7), null=None)) == [False, True, False, False]
    assert values(algebra.among("x", (), null=True)) == [False] * 4
    assert values(TRUE) == [True]
    assert values(FALSE) == [False]
    assert algebra.columns_of(algebra.if_(A, X, Y)) == {"a", "x", "y"}
