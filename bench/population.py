"""A city's ledger made by SQL alone, bounded and always the same: people, posts, titles, facts, entries."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

PLACES = 40
UNITS = 2_000

PEOPLE = """
INSERT INTO people_region (id, code, name, parent_id)
    SELECT n, CASE WHEN n = 1 THEN '50' ELSE (500100 + n)::text END, '示例地区' || n, CASE WHEN n > 1 THEN 1 END
    FROM generate_series(1, %(places)s) n;
INSERT INTO people_organisation (id, name, kind, level, region_id, credit_code, ownership, grass_roots, address, phone,
        hours)
    SELECT n, '示例单位' || n, 'unit', CASE WHEN n %% 3 = 0 THEN 'municipal' ELSE 'county' END,
        2 + n %% (%(places)s - 1), '', '', false, '', '', ''
    FROM generate_series(1, %(units)s) n;
INSERT INTO people_person (id, name, pinyin, id_index, id_cipher, id_tail_index, id_masked, sex, born_on, phone, email,
        region_id, file_keeper, registered_at)
    SELECT n, name, pinyin, md5(n::text), '', tail, '', CASE WHEN n %% 2 = 0 THEN 'female' ELSE 'male' END,
        date '1962-01-01' + (n * 37 %% 14000)::int, '', '', 2 + n %% (%(places)s - 1),
        CASE WHEN n %% 17 = 0 THEN 'talent_agency' ELSE 'unit' END, now()
    FROM ({names}) named;
INSERT INTO people_employment (person_id, employer_id, since, until, main)
    SELECT n, 1 + n * 31 %% %(units)s, date '2010-01-01' + (n %% 4000)::int, NULL, true
    FROM generate_series(1, %(people)s) n WHERE n %% 10 <> 0;
INSERT INTO people_title (person_id, level, obtained_on)
    SELECT n, (ARRAY['assistant', 'junior', 'intermediate', 'deputy_senior', 'full_senior'])[1 + n %% 5],
        date '2012-01-01' + (n %% 4800)::int
    FROM generate_series(1, %(people)s) n WHERE n %% 5 <> 4;
INSERT INTO people_fact (person_id, word, kind, value, since, recorded_at, reason, withdrawn_reason)
    SELECT n, 'sector', 'word', CASE WHEN n %% 2 = 0 THEN 'institution' ELSE 'non_public' END, date '2015-01-01',
        now(), 'x', ''
    FROM generate_series(1, %(people)s) n WHERE n %% 4 = 0;
INSERT INTO people_fact (person_id, word, kind, value, since, until, recorded_at, reason, withdrawn_reason)
    SELECT n, 'from_government', 'event', 'yes', date '2023-06-01' + (n %% 700)::int,
        date '2023-06-02' + (n %% 700)::int, now(), 'x', ''
    FROM generate_series(1, %(people)s) n WHERE n %% 50 = 0;
INSERT INTO ledger_alike (id, category, kind, marks)
    SELECT n, CASE WHEN n & 1 = 0 THEN 'public' ELSE 'professional' END,
        CASE WHEN n & 2 = 0 THEN 'course' ELSE 'public_topic' END,
        jsonb_build_object('passed', true, 'verified', n & 4 = 0)
    FROM generate_series(1, 8) n;
"""
NAMES = "SELECT n, '示例' || n AS name, 'shi li ' || n AS pinyin, '' AS tail FROM generate_series(1, %(people)s) n"
ENTRIES = """
INSERT INTO ledger_hoursentry (person_id, year, category, hours, kind, title, marks, earned_on, recorded_at, source,
        instrument, provision, digest, blind, alike_id)
    SELECT 1 + abs(hashint8(i)::bigint) %% %(people)s, 2024 + i %% 3, a.category, 1 + (h & 31) + (h & 3) / 4.0,
        a.kind, '示例课程' || i %% 500, a.marks, make_date(2024 + (i %% 3)::int, 1 + (h & 7), 1 + (h >> 3 & 15)), now(),
        'bench:' || i, 'cn-50/chongqing-2010', 'slip-hours', repeat('0', 64), decode(md5(i::text), 'hex'), a.id
    FROM generate_series(1::bigint, %(entries)s) i, LATERAL (SELECT hashint8(i + 1)) AS drawn (h)
        JOIN ledger_alike a ON a.id = 1 + (h >> 7 & 7)
"""
TOUCH = """
INSERT INTO ledger_hoursentry (person_id, year, category, hours, kind, title, marks, earned_on, recorded_at, source,
        instrument, provision, digest, blind)
    SELECT 1 + i * 104729 %% %(people)s, 2026, 'public', 1, 'course', '', '{"passed": true}', '2026-05-01', now(),
        'touch:%(round)s:' || i, 'cn-50/chongqing-2010', 'slip-hours', '', ''
    FROM generate_series(1::bigint, %(many)s) i
"""


def fill(people: int, entries: int, *, places: int = PLACES, units: int = UNITS, names: str = NAMES) -> None:
    """Fill an empty, migrated database; nothing is checked while it is filled, everything is indexed afterwards.

    `names` is a query that gives n, name, pinyin and tail for each person.
    """
    given = {"people": people, "entries": entries, "places": places, "units": units}
    with (
        connection.cursor() as cursor,
        _unindexed(cursor, "ledger_hoursentry"),
        _unindexed(cursor, "people_person"),
        _unindexed(cursor, "people_employment"),
    ):
        cursor.execute("SET session_replication_role = replica")
        for statement in PEOPLE.replace("{names}", names).split(";\n"):
            if statement.strip():
                cursor.execute(statement, given)
        cursor.execute(ENTRIES, given)
        cursor.execute("RESET session_replication_role")
        cursor.execute("SELECT setval('ledger_alike_id_seq', 8)")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def touch(people: int, many: int, turn: int) -> None:
    """Post one line more to so many people, by the ledger's own triggers."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, {"people": people, "many": many, "round": turn})


@contextmanager
def _unindexed(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Without its unique constraints and indexes meanwhile: building them at once is several times faster."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname !~ '_pkey$'", [table])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
