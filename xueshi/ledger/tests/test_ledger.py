"""The ledger grows and never changes: by our verbs, and by the database itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.ledger import actions, law, queries, standing
from xueshi.ledger.models import HoursEntry

AT = datetime(2026, 6, 1, 1, tzinfo=UTC)


def line(person_id: int, source: str = "slip:1", **changed: object) -> HoursEntry:
    given = {
        "viewer": None,
        "person_id": person_id,
        "year": 2026,
        "category": "public",
        "hours": Decimal(20),
        "kind": "public_topic",
        "title": "示例课程",
        "earned_on": date(2026, 5, 20),
        "source": source,
        "instrument": "cn-50/chongqing-2010",
        "provision": "slip-hours",
        "digest": "0" * 64,
        "marks": {"passed": True, "verified": True},
        "at": AT,
    }
    return actions.post(**given | changed)


def test_posting_a_source_twice_gives_the_first_line(wang):
    first = line(wang.pk)
    again = line(wang.pk, hours=Decimal(99))
    assert (again.pk, again.hours) == (first.pk, 20)
    assert AuditLine.objects.filter(action="ledger.post").count() == 1
    assert len(bytes(first.blind)) == 16


def test_the_database_says_when_a_line_was_recorded(wang):
    entry = line(wang.pk, at=datetime(1999, 1, 1, tzinfo=UTC))
    assert abs(entry.recorded_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_line_is_undone_once_and_sums_to_nothing(wang):
    entry = line(wang.pk)
    undone = actions.reverse(viewer=None, entry_id=entry.pk, reason="登记有误", at=AT)
    assert (undone.hours, undone.year, undone.reverses_id) == (-20, 2026, entry.pk)
    with pytest.raises(actions.AlreadyReversed):
        actions.reverse(viewer=None, entry_id=entry.pk, reason="再来一次", at=AT)
    with pytest.raises(actions.NotReversible):
        actions.reverse(viewer=None, entry_id=undone.pk, reason="冲销冲销", at=AT)
    with pytest.raises(NotYours):
        actions.reverse(viewer=None, entry_id=undone.pk + 99, reason="没有的", at=AT)
    statement = queries.statement_of(wang.pk)
    assert statement.total(2026, "public") == 0
    assert [one.counts for one in statement.lines] == [False, False]
    assert queries.live_entry("slip:1") is None
    assert queries.recorded_sources(["slip:1"]) == set()
    assert queries.live_award(wang.pk, 2026, "slip-hours") is None
    assert standing.entries(HoursEntry.objects.all()) == []


def test_what_counts_is_found_by_its_source_and_its_provision(wang):
    entry = line(wang.pk)
    assert queries.live_entry("slip:1") == entry
    assert queries.recorded_sources(["slip:1", "slip:2"]) == {"slip:1"}
    assert queries.live_award(wang.pk, 2026, "slip-hours") == entry
    assert queries.live_award(wang.pk, 2025, "slip-hours") is None


def test_a_line_for_another_year_says_when_it_was_done_and_for_which_year(wang):
    made_up = line(wang.pk, year=2025)
    (entry,) = standing.entries(HoursEntry.objects.all())
    assert (entry.on, entry.for_year) == (made_up.earned_on, 2025)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_hoursentry SET hours = 999",
        "UPDATE ledger_hoursentry SET recorded_at = now()",
        "DELETE FROM ledger_hoursentry",
    ],
)
def test_the_database_refuses_to_change_a_line(wang, statement):
    line(wang.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert HoursEntry.objects.get().hours == 20


def test_the_database_refuses_to_empty_the_ledger_outside_of_tests(wang):
    line(wang.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_hoursentry'::regclass AND NOT tgisinternal"
        )
        names = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'xueshi_refuse_truncate'")
        (source,) = cursor.fetchone()
    assert "ledger_hoursentry_no_truncate" in names
    assert "RAISE EXCEPTION" in source


@pytest.mark.parametrize(
    "column", ["hours = -19", "year = 2025", "category = 'professional'", "kind = 'course'", "marks = '{}'"]
)
def test_the_database_refuses_a_reversal_that_is_not_the_opposite(wang, column):
    entry = line(wang.pk)
    changed = dict([column.split(" = ")])
    columns = [field.column for field in HoursEntry._meta.concrete_fields if field.column not in {"id", "parts"}]
    values = {name: name for name in columns}
    values |= {"hours": "-hours", "reverses_id": str(entry.pk), "source": "'reversal:x'"} | changed
    with pytest.raises(DatabaseError, match="exactly one line"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_hoursentry ({', '.join(columns)})"  # noqa: S608
            f" SELECT {', '.join(values[name] for name in columns)} FROM ledger_hoursentry"
        )


def test_only_a_reversal_subtracts(wang):
    with pytest.raises(DatabaseError, match="only_a_reversal_subtracts"), transaction.atomic():
        line(wang.pk, hours=Decimal(-5))


@pytest.mark.django_db(transaction=True)
def test_a_source_posted_at_once_by_many_is_one_line(wang):
    def run(_: int) -> int:
        try:
            return line(wang.pk).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(run, range(12)))) == 1
    assert HoursEntry.objects.count() == 1


def test_the_law_is_read_once_and_known_by_its_key_and_by_its_place():
    book = law.of("cn-50/chongqing-2010")
    assert law.library() is law.library()
    assert law.governing("500103", date(2026, 12, 31)).key == book.key
    assert law.governing("110101", date(2026, 12, 31)) is None
    with pytest.raises(LookupError):
        law.of("cn-00/none")
