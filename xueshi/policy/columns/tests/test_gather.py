"""A wide frame says what the rows say: beside a plain loop, for random people, facts and entries."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xueshi.policy.calendar import Calendar
from xueshi.policy.columns import gather as door
from xueshi.policy.columns.gather import complete, gather
from xueshi.policy.columns.layout import Layout
from xueshi.policy.columns.tally import TooMany
from xueshi.policy.conditions import days_shared, months_shared
from xueshi.policy.words import Word

YEARS = (2020, 2021, 2022)
ON = date(2022, 12, 31)
ENDS = {year: date(year, 12, 31) for year in YEARS}
WORDS = {
    word.name: word
    for word in (
        Word("sex", "性别", "word", values={"male": "男", "female": "女"}),
        Word("born", "出生", "date"),
        Word("sector", "性质", "word", values={"a": "甲", "b": "乙"}),
        Word("party", "党派", "word", "no", values={"x": "某"}),
        Word("treated", "救治", "flag"),
        Word("excused", "免学", "flag", "no"),
        Word("points", "积分", "number"),
        Word("hired", "聘用", "event"),
        Word("moved", "转任", "event", "no"),
        Word("leave", "脱产", "spell"),
        Word("issued", "发证", "date"),
        Word("specialty", "专业", "name"),
        replace(Word("older", "年长", "word", values={"yes": "是"}), rows=(("yes", None),)),
    )
}
ALIKES = {
    3: {"category": "public", "passed": True},
    5: {"category": "public"},
    9: {"category": "professional", "organiser": ("county", "national")},
    11: {"category": "public"},  # the same as 5
}
SAME = {3: 3, 5: 5, 9: 9, 11: 5}
VALUES = {
    "sector": ["a", "b", ""], "party": ["x", ""], "treated": ["true", "false"], "excused": ["true", "false"],
    "points": ["0", "12.5", ""], "hired": ["yes"], "moved": ["yes"], "leave": ["yes"], "issued": ["2019-03-01", ""],
    "specialty": ["水", "电", ""],
}  # fmt: skip
CUTS = (date(2021, 8, 29), date(2021, 12, 26))

days = st.dates(date(2019, 6, 1), date(2023, 6, 1))
entry = st.tuples(
    st.integers(0, 4), st.sampled_from([3, 5, 9, 11]), days, st.none() | st.sampled_from([2019, 2020, 2021, 2022]),
    st.none() | st.integers(1, 20), st.booleans(),
)  # fmt: skip


@st.composite
def fact_rows(draw: st.DrawFn) -> list[tuple[int, str, str, date | None, date | None]]:
    """Facts that do not overlap, some of them known never to have been."""
    rows: list[tuple[int, str, str, date | None, date | None]] = []
    for person in range(5):
        for word in draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=6)):
            marks = sorted(draw(st.sets(days, min_size=1, max_size=6)))
            if word in {"hired", "moved"}:
                rows += [(person, word, "yes", day, day + timedelta(1)) for day in marks if draw(st.booleans())]
            for since, until in zip(marks[::2], [*marks[1::2], None], strict=False):
                if word not in {"hired", "moved"}:
                    rows.append((person, word, draw(st.sampled_from(VALUES[word])), since, until))
            if word in {"hired", "moved", "leave"} and not any(row[:2] == (person, word) for row in rows):
                rows.append((person, word, "no", marks[0], None))
    return rows


def frames(entries: list[tuple], facts: list[tuple], persons: range | list[int] = range(5)) -> tuple:
    people = pl.DataFrame(
        {
            "person": [10 * p for p in persons],
            "region": [f"50{p}" for p in persons],
            "unit": [None if p % 2 else p for p in persons],
            "sex": ["male" if p % 2 else None for p in persons],
            "born": [date(1960 + p, 2, 29 if p == 0 else 3) if p != 4 else None for p in persons],
        },
        schema={"person": pl.Int64, "region": pl.String, "unit": pl.Int64, "sex": pl.String, "born": pl.Date},
    )
    lines = []
    for person, alike, on, for_year, parts, undone in entries:
        lines.append((10 * person, alike, on, for_year, parts, 1))
        if undone:
            lines.append((10 * person, alike, on, for_year, None if parts is None else -parts, -1))
    held = pl.DataFrame([(10 * p, *rest) for p, *rest in facts], schema=door.FACTS, orient="row")
    return people, pl.DataFrame(lines, schema=door.ENTRIES, orient="row"), held


def make(entries: list[tuple], facts: list[tuple], **changed: object) -> tuple[pl.DataFrame, Layout]:
    given = {"words": WORDS, "alikes": ALIKES, "years": YEARS, "on": ON, "cuts": CUTS}
    return gather(*frames(entries, facts), **given | changed)


def number(day: date | None) -> int:
    return day.year * 10000 + day.month * 100 + day.day if day else 0


def expected(word: Word, rows: list[tuple], year: int, codes: dict[str, int]) -> tuple[object, ...]:
    """A fact at a year's end, by reading the sentences of `layout` and `states`."""
    none = {"flag": False, "number": -1, "date": 0, "event": 0, "spell": 0}.get(word.kind, -1)
    width = {"event": 2, "spell": 3}.get(word.kind, 1)
    if not rows:
        unknown = none if word.absent == "no" else None
        return (unknown,) * width
    end = ON if word.kind == "date" else ENDS[year]
    if word.kind == "event":
        past = sorted(since for _, _, value, since, _ in rows if value == "yes" and since <= end)
        return (number(past[0]), number(past[-1])) if past else (0, 0)
    if word.kind == "spell":
        spells = [
            (since, until - timedelta(1) if until else None) for _, _, value, since, until in rows if value == "yes"
        ]
        year_of = tuple(spells), date(year, 1, 1), date(year, 12, 31)
        return (
            days_shared(*year_of),
            months_shared(*year_of),
            number(max((s for s, _ in spells if s <= end), default=None)),
        )
    begun = [row for row in rows if row[3] <= end]
    if not begun:
        return (None if word.kind == "date" else none,)
    _, _, value, _, until = max(begun, key=lambda row: row[3])
    ended = until is not None and until <= end
    if word.kind == "date":
        return (None if ended else number(date.fromisoformat(value)) if value else 0,)
    if ended or value == "":
        return (none,)
    if word.kind == "number":
        return (int(Decimal(value) * 1800),)
    return (value == "true" if word.kind == "flag" else codes[value],)


@given(fact_rows())
def test_facts_stand_as_they_stood_at_each_years_end(rows: list[tuple]) -> None:
    frame, layout = make([], rows)
    assert {fact.word for fact in layout.facts} == WORDS.keys() - {"older"}
    for word in WORDS.values():
        if word.name in {"sex", "born", "older"}:
            continue
        for year in YEARS:
            fact = layout.fact(word.name, year)
            if not fact.columns:
                assert all(row[1] != word.name for row in rows)
                continue
            parts = [
                fact.columns[part]
                for part in ({"event": ["first", "last"], "spell": ["days", "months", "start"]}).get(word.kind, [""])
            ]
            for person in range(5):
                own = [row for row in rows if row[:2] == (person, word.name)]
                assert frame.select(parts).row(person) == expected(word, own, year, fact.codes), (word.name, year)
            assert fact.full == all(frame[name].null_count() == 0 for name in parts)
            if word.kind == "event":
                many = Counter(row[0] for row in rows if row[1] == word.name and row[2] == "yes")
                assert fact.few == (max(many.values(), default=0) <= 2)


@given(st.lists(entry, max_size=40))
@example([(0, 3, date(2021, 8, 28), None, 5, False), (0, 3, date(2021, 8, 29), 2020, 7, False)])
def test_entries_are_counted_by_kind_and_year(rows: list[tuple]) -> None:
    frame, layout = make(rows, [])
    left = Counter()
    hours = Counter()
    worth: dict[tuple, set[int]] = {}
    for person, alike, on, for_year, parts, undone in rows:
        if on.year in YEARS:
            booked = for_year if for_year != on.year else None
            span = sum(1 for cut in CUTS if cut.year == on.year and cut <= on), on.year == 2021
            key = (SAME[alike], booked, parts is not None, span)
            if not undone:
                worth.setdefault(key, set()).add(parts or 0)
                left[person, on.year, key] += 1
                hours[person, on.year, key] += parts or 0
    assert layout.cut == any(row[2].year not in YEARS for row in rows)
    seen = Counter()
    for kind in layout.kinds:
        alike = next(n for n, says in ALIKES.items() if says == kind.says)
        spans = {
            ("01-01", "12-31"): (0, False),
            ("01-01", "08-28"): (0, True),
            ("08-29", "12-25"): (1, True),
            ("12-26", "12-31"): (2, True),
        }
        key = (alike, kind.for_year, kind.hours, spans[kind.first, kind.last])
        if kind.hours:
            assert kind.least <= min(worth[key]) <= max(worth[key]) <= kind.most
            assert all(parts % kind.step == 0 for parts in worth[key])
        for year in kind.years:
            for person in range(5):
                assert frame[layout.count(year, kind)][person] == left[person, year, key]
                if kind.hours:
                    assert frame[layout.hours(year, kind)][person] == hours[person, year, key]
                seen[key, year] += 1
    assert {(key, year) for (_, year, key), n in left.items() if n} == {
        pair for pair in seen if any(left[p, pair[1], pair[0]] for p in range(5))
    }


def test_a_fact_that_never_changed_is_one_column_for_all_years() -> None:
    rows = [(0, "sector", "a", date(2018, 1, 1), None), (1, "sector", "b", None, date(2020, 1, 1))]
    frame, layout = make([], rows)
    assert frame["f_sector"].to_list() == [0, -1, None, None, None]
    assert [layout.fact("sector", year).columns for year in YEARS] == [{"": "f_sector"}] * 3
    assert frame["f_sex"].to_list() == [None, 0, None, 0, None]
    assert frame["f_born"].to_list() == [19600229, 19610203, 19620203, 19630203, None]
    assert frame.columns[:3] == ["person", "region", "unit"]
    no_sex = replace(WORDS["sex"], absent="no"), replace(WORDS["born"], absent="no")
    frame, layout = make([], [], words={word.name: word for word in no_sex})
    assert frame["f_sex"].to_list() == [-1, 0, -1, 0, -1]
    assert frame["f_born"][4] == 0
    assert layout.fact("sex", 2020).full


@given(st.lists(entry, max_size=20), fact_rows())
def test_two_frames_with_one_layout_say_what_one_frame_says(entries: list[tuple], facts: list[tuple]) -> None:
    people, lines, held = frames(entries, facts)
    layout, made = None, []
    asked = {"words": WORDS, "alikes": ALIKES, "years": YEARS, "on": ON, "cuts": CUTS}
    for own in (people[:2], people[2:]):
        mine = pl.col("person").is_in(own["person"].to_list())
        frame, layout = gather(own, lines.filter(mine), held.filter(mine), known=layout, **asked)
        made.append(frame)
    both = pl.concat([complete(frame.lazy(), frame.columns, layout, WORDS) for frame in made]).collect()
    whole, alone = gather(people, lines, held, **asked)
    by_number = {(str(k.says), k.for_year, k.first, k.last, k.hours): k for k in layout.kinds}
    for kind in alone.kinds:
        other = by_number[str(kind.says), kind.for_year, kind.first, kind.last, kind.hours]
        for year in kind.years:
            assert both[layout.count(year, other)].to_list() == whole[alone.count(year, kind)].to_list()
    for fact in alone.facts:
        for year in fact.years:
            twin = layout.fact(fact.word, year)
            assert twin.full == fact.full
            assert twin.few == fact.few
            spelled = {code: value for value, code in twin.codes.items()}, {c: v for v, c in fact.codes.items()}
            for part, name in fact.columns.items():
                one, two = both[twin.columns[part]].to_list(), whole[name].to_list()
                if fact.kind == "name":
                    one, two = [spelled[0].get(c, c) for c in one], [spelled[1].get(c, c) for c in two]
                assert one == two, name
    assert Layout.from_json(layout.to_json()) == layout


@pytest.mark.parametrize(
    ("facts", "words", "said"),
    [
        ([(0, "sector", "c", date(2020, 1, 1), None)], WORDS, "'c' is not a value of 'sector'"),
        ([(0, "treated", "yes", date(2020, 1, 1), None)], WORDS, "'yes' is not a value of 'treated'"),
        ([(0, "hired", "true", date(2020, 1, 1), None)], WORDS, "'true' is not a value of 'hired'"),
        ([(0, "sectr", "a", date(2020, 1, 1), None)], WORDS, "'sectr' is no fact"),
        ([(7, "sector", "a", date(2020, 1, 1), None)], WORDS, "not among the persons"),
    ],
)
def test_what_is_not_a_fact_is_refused(facts: list[tuple], words: dict, said: str) -> None:
    with pytest.raises(door.NotAFact, match=said):
        make([], facts, words=words)


def test_an_entry_of_nobody_is_refused_and_too_much_too() -> None:
    one = (0, 3, date(2021, 1, 1), None, 5, False)
    people, lines, held = frames([one], [])
    asked = {"words": WORDS, "alikes": ALIKES, "years": YEARS, "on": ON}
    for persons in (
        people[1:],
        people[:0],
        people[:1].with_columns(person=5),
        people.with_columns(person=pl.col("person") * 100_000 + 7),
    ):
        with pytest.raises(door.NotAFact):
            gather(persons, lines.with_columns(person=100_000), held, **asked)
    with pytest.raises(door.NotAFact):
        gather(people, lines.with_columns(person=11), held, **asked)
    far = people.with_columns(person=pl.col("person") * 100_000)
    assert gather(far, lines, held, **asked)[0]["n2021_0"].to_list() == [1, 0, 0, 0, 0]
    with pytest.raises(TooMany):
        gather(people, pl.concat([lines] * 40_000), held, **asked)
    assert gather(people, lines, held, **asked | {"alikes": {3: {"points": 7}, 2_000_000: {}}})[1].kinds[0].says == {
        "points": 7
    }


def test_very_many_marks_are_told_apart_too() -> None:
    rows = [(0, 3, date(2021, 1, 1), 3000, 5, False), (1, 3, date(2021, 3, 1), 1, 5, False)]
    lines = frames(rows, [])[1]
    lines = lines.with_columns(alike=pl.Series([0, 5_000], dtype=pl.Int32))
    alikes = {n: {"points": n} for n in range(5_001)}
    frame, layout = gather(frames([], [])[0], lines, frames([], [])[2], words={}, alikes=alikes, years=YEARS, on=ON)
    assert [(kind.says["points"], kind.for_year) for kind in layout.kinds] == [(0, 3000), (5000, 1)]
    assert frame["n2021_1"].to_list() == [0, 1, 0, 0, 0]


def test_a_year_may_begin_in_july() -> None:
    rows = [(0, 3, date(2021, 6, 30), None, 5, False), (0, 3, date(2021, 7, 1), None, 7, False)]
    frame, layout = make(rows, [(0, "sector", "a", date(2021, 1, 1), None)], calendar=Calendar(7, 1), cuts=())
    assert frame.select("h2020_0", "h2021_0").row(0) == (5, 7)
    assert [frame[layout.fact("sector", year).columns[""]][0] for year in YEARS] == [0, 0, 0]
    assert layout.kinds[0].days(2021, layout.calendar) == (date(2021, 7, 1), date(2022, 6, 30))
