"""What every floor relies on: lines that stay, secrets at rest, seals, kept bytes."""

import stat
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from xueshi.kernel import audit, clock, files, signing, vault
from xueshi.kernel.models import AuditLine

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("statement", ["UPDATE kernel_auditline SET action = 'x'", "DELETE FROM kernel_auditline"])
def test_an_audit_line_stays_as_it_was_written(db, statement):
    audit.record(None, "probe", "test:1", at=NOON)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditLine.objects.get(action="probe").capacity == "system"


def test_what_is_locked_opens_only_as_what_it_was():
    sealed = vault.lock("id", "11010519491231002X")
    assert b"11010519491231002X" not in sealed
    assert vault.unlock("id", sealed) == "11010519491231002X"
    with pytest.raises(InvalidTag):
        vault.unlock("phone", sealed)
    with pytest.raises(InvalidTag):
        vault.unlock("id", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_same_number_is_found_and_another_is_not():
    assert vault.index("id", "11010519491231002X") == vault.index("id", "11010519491231002X")
    assert vault.index("id", "11010519491231002X") != vault.index("id-tail", "11010519491231002X")


def test_keys_lie_outside_the_database_and_for_their_owner_only(settings):
    vault.index("id", "x")
    path = settings.KEYS_DIR / "index.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size == 32


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 2**53), max_size=3))
def test_a_ticket_says_what_was_put_in_until_it_runs_out(facts):
    text = signing.ticket("probe", facts, until=100)
    assert signing.read_ticket("probe", text, now=100) == {**facts, "until": 100}
    with pytest.raises(signing.BadSeal):
        signing.read_ticket("probe", text, now=101)
    with pytest.raises(signing.BadSeal):
        signing.read_ticket("another", text, now=100)


@given(st.integers(0, 200), st.characters())
def test_a_ticket_with_one_character_changed_is_no_ticket(place, character):
    text = signing.ticket("probe", {"person": 7}, until=100)
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        with pytest.raises(signing.BadSeal):
            signing.read_ticket("probe", changed, now=1)


def test_the_same_bytes_are_kept_once(db):
    first = files.keep(b"one", name="a.txt", content_type="text/plain", at=NOON)
    again = files.keep(b"one", name="b.txt", content_type="text/plain", at=NOON)
    assert again.pk == first.pk
    assert files.content(first) == b"one"


def test_the_databases_clock_is_aware_and_moves(db):
    first, second = clock.database_now(), clock.database_now()
    assert first.tzinfo is not None
    assert second > first


def test_a_day_begins_at_midnight_in_shanghai():
    assert clock.day_of(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)).isoformat() == "2026-12-31"
    assert clock.day_of(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)).isoformat() == "2027-01-01"
