"""What the law asks of a person is recorded with evidence, dated, and never edited."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from conftest import NINE, MakeOrganisation, MakePerson
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import actions, dated, queries, rules
from xueshi.people.models import Employment, Fact, Organisation, Person, Region
from xueshi.people.roster import copying
from xueshi.people.viewer import Viewer
from xueshi.policy.words import Word

WORDS = {
    word.name: word
    for word in (
        Word("sector", "单位性质", "word", values={"institution": "事业单位", "non_public": "非公有制"}),
        Word("from_government", "转任", "event", absent="no"),
        Word("covid_treatment", "医疗救治", "flag"),
        Word("leave", "脱产", "spell"),
        Word("points", "积分", "number"),
        Word("ce_since", "发证日期", "date"),
        Word("specialty", "专业", "name"),
        Word("born", "出生日期", "date"),
    )
}
See = Callable[..., Viewer]


@pytest.fixture
def record(wang: Person, cashier: Person, viewer: See) -> Callable[..., Fact]:
    """`record("sector", "institution", date(2020, 1, 1))` by an officer of the bureau of her district."""
    desk = viewer(cashier, "counter")

    def one(word: str, value: str, since: date, until: date | None = None, **changed: object) -> Fact:
        given = {"viewer": desk, "words": WORDS, "person_id": wang.pk, "reason": "示例文件", "at": NINE}
        return actions.record_fact(**given | {"word": word, "value": value, "since": since, "until": until} | changed)

    return one


def read(person: Person, **asked: object) -> dict[str, object]:
    known = queries.law_facts(person.pk, NINE.date(), **asked)
    return {word: value for word, value in known.items() if word in WORDS and word != "born"}


def test_facts_of_every_kind_come_back_as_the_law_reads_them(record: Callable[..., Fact], wang: Person) -> None:
    record("sector", "institution", date(2018, 1, 1))
    record("sector", "non_public", date(2021, 5, 1))
    record("from_government", "yes", date(2020, 6, 1))
    record("covid_treatment", "true", date(2020, 2, 1))
    record("leave", "yes", date(2022, 1, 1), date(2022, 7, 1))
    record("points", "12.50", date(2022, 1, 1))
    record("ce_since", "2019-03-01", date(2019, 3, 1))
    record("specialty", "给排水", date(2019, 3, 1))
    assert read(wang) == {
        "sector": ((date(2018, 1, 1), "institution"), (date(2021, 5, 1), "non_public")),
        "from_government": [date(2020, 6, 1)],
        "covid_treatment": ((date(2020, 2, 1), True),),
        "leave": [(date(2022, 1, 1), date(2022, 6, 30))],
        "points": ((date(2022, 1, 1), Decimal("12.5")),),
        "ce_since": date(2019, 3, 1),
        "specialty": ((date(2019, 3, 1), "给排水"),),
    }


def test_what_has_ended_says_so_and_none_is_not_unknown(record: Callable[..., Fact], wang: Person) -> None:
    record("sector", "institution", date(2018, 1, 1), date(2020, 1, 1))
    record("covid_treatment", "true", date(2020, 2, 1), date(2021, 1, 1))
    record("from_government", "no", date(2020, 2, 1))
    record("leave", "no", date(2020, 2, 1))
    record("ce_since", "2019-03-01", date(2019, 3, 1), date(2020, 1, 1))
    assert read(wang) == {
        "sector": ((date(2018, 1, 1), "institution"), (date(2020, 1, 1), "")),
        "covid_treatment": ((date(2020, 2, 1), True), (date(2021, 1, 1), False)),
        "from_government": [],
        "leave": [],
    }


def test_what_went_on_ends_where_the_next_begins_and_the_past_stays_readable(
    record: Callable[..., Fact], wang: Person
) -> None:
    first = record("sector", "institution", date(2018, 1, 1))
    before = first.recorded_at
    record("sector", "non_public", date(2021, 5, 1))
    assert read(wang, as_of=before)["sector"] == ((date(2018, 1, 1), "institution"),)
    assert [(f.value, f.until) for f in Fact.objects.filter(withdrawn_at=None).order_by("since")] == [
        ("institution", date(2021, 5, 1)),
        ("non_public", None),
    ]
    first.refresh_from_db()
    assert first.withdrawn_at is not None


def test_one_word_has_one_value_on_a_day(record: Callable[..., Fact], wang: Person) -> None:
    record("sector", "institution", date(2018, 1, 1), date(2020, 1, 1))
    with pytest.raises(actions.FactOverlaps):
        record("sector", "non_public", date(2019, 12, 31))
    with pytest.raises(actions.FactOverlaps):
        record("sector", "non_public", date(2017, 1, 1))
    record("sector", "non_public", date(2017, 1, 1), date(2018, 1, 1))
    with pytest.raises(IntegrityError, match="one_value_of_a_word_on_a_day"), transaction.atomic():
        Fact.objects.create(person=wang, word="sector", kind="word", value="non_public", since=date(2019, 1, 1),
                            recorded_at=NINE, reason="x")  # fmt: skip


def test_the_same_again_is_the_same_row(record: Callable[..., Fact]) -> None:
    assert record("sector", "institution", date(2018, 1, 1)) == record("sector", "institution", date(2018, 1, 1))
    assert AuditLine.objects.filter(action="person.record_fact").count() == 1


def test_a_withdrawn_fact_no_longer_holds_and_was_known_until_then(
    record: Callable[..., Fact], wang: Person, cashier: Person, viewer: See
) -> None:
    fact = record("sector", "institution", date(2018, 1, 1))
    desk = viewer(cashier, "counter")
    with pytest.raises(actions.FactReasonMissing):
        actions.withdraw_fact(viewer=desk, fact_id=fact.pk, reason=" ", at=NINE)
    gone = actions.withdraw_fact(viewer=desk, fact_id=fact.pk, reason="登记错人", at=NINE)
    assert actions.withdraw_fact(viewer=desk, fact_id=fact.pk, reason="再来一次", at=NINE) == gone
    assert read(wang) == {}
    assert "sector" in read(wang, as_of=fact.recorded_at)
    assert AuditLine.objects.filter(action="person.withdraw_fact").count() == 1
    assert queries.facts_for(desk, wang.pk) == []
    assert queries.facts_for(desk, wang.pk, as_of=fact.recorded_at) == [fact]
    with pytest.raises(NotYours):
        actions.withdraw_fact(viewer=desk, fact_id=fact.pk + 99, reason="没有的", at=NINE)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"word": "sectr"}, actions.FactUnknown),
        ({"word": "born", "value": "1980-01-01"}, actions.FactKeptElsewhere),
        ({"value": "institutoin"}, actions.FactMisfilled),
        ({"since": date(2026, 6, 2)}, actions.FactMisfilled),
        ({"until": date(2018, 1, 1)}, actions.FactMisfilled),
        ({"reason": "  "}, actions.FactReasonMissing),
    ],
)
def test_what_is_not_a_fact_is_refused(record: Callable[..., Fact], changed: dict[str, object], refused: type) -> None:
    with pytest.raises(refused):
        record(**{"word": "sector", "value": "institution", "since": date(2018, 1, 1)} | changed)
    assert not Fact.objects.exists()


def test_bureau_and_unit_record_for_their_people_and_nobody_else_does(
    record: Callable[..., Fact],
    wang: Person,
    clerk: Person,
    verifier: Person,
    viewer: See,
    make_person: MakePerson,
    make_organisation: MakeOrganisation,
    chongqing: Region,
    training_centre: Organisation,
) -> None:
    far = Region.objects.create(code="500105", name="江北区", parent=chongqing)
    bureau = make_organisation("江北区人力社保局（示例）", "county_hrss", "county", far)
    elsewhere = make_person("示例外区人员", 20, post="counter", at_organisation=bureau)
    cashier_of_centre = make_person("示例中心窗口", 22, post="counter", at_organisation=training_centre)
    other_clerk = make_person("示例别家经办", 24, post="unit_clerk", at_organisation=make_organisation("示例别家"))
    for who, capacity in [(verifier, "verifier"), (clerk, "unit_clerk")]:
        assert record("sector", "institution", date(2018, 1, 1), viewer=viewer(who, capacity))
    for who, capacity in [
        (wang, "learner"),
        (elsewhere, "counter"),
        (cashier_of_centre, "counter"),
        (other_clerk, "unit_clerk"),
        (clerk, "counter"),
    ]:
        with pytest.raises(NotYours):
            record("covid_treatment", "true", date(2020, 1, 1), viewer=viewer(who, capacity))
    with pytest.raises(actions.keeping.OwnCard):
        record("sector", "institution", date(2018, 1, 1), viewer=viewer(clerk, "unit_clerk"), person_id=clerk.pk)


def test_the_database_refuses_to_edit_a_fact_or_to_lose_it(record: Callable[..., Fact]) -> None:
    fact = record("sector", "institution", date(2018, 1, 1))
    for change in (
        "UPDATE people_fact SET value = 'non_public'",
        "UPDATE people_fact SET until = '2020-01-01', withdrawn_at = now()",
        "DELETE FROM people_fact",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    Fact.objects.filter(pk=fact.pk).update(withdrawn_at=NINE)
    fact.refresh_from_db()
    assert fact.withdrawn_at > NINE, "the database's moment, whatever is said"
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(withdrawn_at=None)


def test_many_people_are_read_in_four_queries(
    record: Callable[..., Fact], wang: Person, stranger: Person, django_assert_num_queries: Callable[..., object]
) -> None:
    record("sector", "institution", date(2018, 1, 1))
    with django_assert_num_queries(4):
        many = queries.law_facts_of([wang.pk, stranger.pk], NINE.date())
    assert many == {person.pk: queries.law_facts(person.pk, NINE.date()) for person in (wang, stranger)}


def test_a_group_changes_with_the_employer(wang: Person, municipal_unit: Organisation) -> None:
    Employment.objects.filter(person=wang).update(until=date(2020, 1, 1))
    Employment.objects.create(person=wang, employer=municipal_unit, since=date(2021, 1, 1))
    assert queries.law_facts(wang.pk, NINE.date())["affiliation"] == (
        (date.min, "other"),
        (date(2015, 7, 1), "county_unit"),
        (date(2020, 1, 1), "other"),
        (date(2021, 1, 1), "municipal_unit"),
    )


DAYS = st.dates(date(2020, 1, 1), date(2020, 2, 1))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS, st.sampled_from(["county", "municipal"])), max_size=4), DAYS)
def test_the_job_that_began_last_decides(jobs: list[tuple[date, date | None, str]], day: date) -> None:
    jobs = list({since: (since, until, level) for since, until, level in jobs if not until or until > since}.values())
    found = rules.affiliations(file_keeper="unit", jobs=jobs)
    held = found if isinstance(found, str) else [group for since, group in found if since <= day][-1]
    begun = max((job for job in jobs if job[0] <= day), default=None, key=lambda job: job[0])
    expected = begun[2] if begun and (begun[1] is None or begun[1] > day) else None
    assert held == rules.affiliation(file_keeper="unit", employer_level=expected)


@pytest.mark.parametrize(
    ("word", "typed", "kept"),
    [
        ("points", "12.50", "12.5"),
        ("points", "100", "100"),
        ("points", "-1", None),
        ("points", "NaN", None),
        ("points", "0.001", None),
        ("points", "many", None),
        ("ce_since", "2019-03-01", "2019-03-01"),
        ("ce_since", "2019-02-30", None),
        ("covid_treatment", "true", "true"),
        ("covid_treatment", "yes", None),
        ("from_government", "maybe", None),
        ("sector", "", ""),
        ("specialty", " 给排水 ", "给排水"),
        ("specialty", "长" * 201, None),
    ],
)
def test_a_value_is_written_in_one_way(word: str, typed: str, kept: str | None) -> None:
    assert dated.written(WORDS[word], typed) == kept


def test_two_officers_at_once_record_one_value(wang: Person, cashier: Person, viewer: See, transactional_db) -> None:
    desk, gate = viewer(cashier, "counter"), Barrier(2)

    def run(value: str) -> object:
        try:
            gate.wait(10)
            return actions.record_fact(
                viewer=desk, words=WORDS, person_id=wang.pk, word="sector", value=value, since=date(2020, 1, 1),
                reason="示例文件", at=NINE,
            )  # fmt: skip
        except actions.FactOverlaps as taken:
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, ["institution", "non_public"]))
    assert sorted(type(one).__name__ for one in outcomes) == ["Fact", "FactOverlaps"]


def test_two_copies_at_once_write_one_value(wang: Person, transactional_db) -> None:
    """Many rows in one statement, twice at once: the second waits for the first, and is refused."""
    gate = Barrier(2)
    words = ["sector", "site", "post", "degree"]

    def run(value: str) -> str:
        rows = pl.DataFrame({
            "person_id": [wang.pk] * 4, "word": words, "kind": ["word"] * 4, "value": [value] * 4,
            "since": [date(2020, 1, 1 + n) for n in range(4)] if value == "a" else [date(2019, 5, 1)] * 4,
            "recorded_at": [NINE.isoformat()] * 4, "reason": ["x"] * 4, "withdrawn_reason": [""] * 4,
        })  # fmt: skip
        try:
            with transaction.atomic():
                gate.wait(10)
                copying.copy("people_fact", rows)
        except IntegrityError as refused:
            return str(refused)
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(run, ["a", "b"]), key=len)
    assert outcomes[0] == "written"
    assert "one_value_of_a_word_on_a_day" in outcomes[1]
    assert Fact.objects.count() == 4


def test_what_only_touches_does_not_overlap_and_a_statement_is_asked_as_a_whole(wang: Person) -> None:
    def write(*spans: tuple[date, date | None]) -> None:
        copying.copy("people_fact", pl.DataFrame(
            [(wang.pk, "sector", "word", "x", since, until, NINE.isoformat(), "x", "") for since, until in spans],
            orient="row",
            schema={"person_id": pl.Int64, "word": pl.String, "kind": pl.String, "value": pl.String, "since": pl.Date,
                    "until": pl.Date, "recorded_at": pl.String, "reason": pl.String, "withdrawn_reason": pl.String},
        ))  # fmt: skip

    write((date(2018, 1, 1), date(2019, 1, 1)), (date(2019, 1, 1), date(2020, 1, 1)), (date(2020, 1, 1), None))
    with pytest.raises(IntegrityError, match="one_value_of_a_word_on_a_day"), transaction.atomic():
        write((date(2019, 12, 31), date(2020, 1, 1)))
    with pytest.raises(IntegrityError, match="one_value_of_a_word_on_a_day"), transaction.atomic():
        write((date(2010, 1, 1), date(2012, 1, 1)), (date(2011, 1, 1), date(2013, 1, 1)))
    assert Fact.objects.count() == 3
