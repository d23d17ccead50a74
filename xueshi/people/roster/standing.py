"""Who of a roster is known, and as what: read in blocks, four queries each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.db import connection

from xueshi.people.roster.rules import Known

BLOCK = 10_000
_PERSONS = """
SELECT id, id_index, name, phone, email, born_on, merged_into_id IS NOT NULL,
    EXISTS (SELECT FROM people_account WHERE people_account.person_id = people_person.id)
FROM people_person WHERE id_index = ANY(%s) ORDER BY id
"""
_JOBS = "SELECT person_id, employer_id, main, until FROM people_employment WHERE person_id = ANY(%s)"
_TITLES = "SELECT person_id, level, obtained_on FROM people_title WHERE person_id = ANY(%s)"
_FACTS = """
SELECT person_id, word, CASE WHEN kind = 'event' AND value = 'yes' THEN since::text ELSE value END FROM people_fact
WHERE person_id = ANY(%s) AND withdrawn_at IS NULL ORDER BY since, id
"""
_ASKED = """
SELECT person_id FROM people_changerequest
WHERE person_id = ANY(%s) AND kind = 'transfer' AND state IN ('open', 'returned')
"""


def known(indexes: Sequence[str], *, lock: bool = False) -> dict[str, Known]:
    """The persons of these keyed hashes, by hash; with `lock` their rows are held, in the order of their ids."""
    found: dict[str, Known] = {}
    for start in range(0, len(indexes), BLOCK):
        found |= _block(list(indexes[start : start + BLOCK]), lock=lock)
    return found


def _block(indexes: list[str], *, lock: bool) -> dict[str, Known]:
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS + ("FOR NO KEY UPDATE" if lock else ""), [indexes])
        persons = cursor.fetchall()
        ids = [row[0] for row in persons]
        if not ids:
            return {}

        def rows(sql: str) -> Iterator[tuple[int, ...]]:
            cursor.execute(sql, [ids])
            yield from cursor.fetchall()

        jobs: dict[int, list[tuple[int, bool, date | None]]] = {}
        for person, employer, main, until in rows(_JOBS):
            jobs.setdefault(person, []).append((employer, bool(main), until))  # type: ignore[arg-type]
        titles: dict[int, dict[str, date]] = {}
        for person, level, day in rows(_TITLES):
            titles.setdefault(person, {})[level] = day  # type: ignore[index, assignment]
        facts: dict[int, dict[str, str]] = {}
        for person, word, value in rows(_FACTS):
            facts.setdefault(person, {})[word] = value  # type: ignore[index, assignment]
        asked = {person for (person,) in rows(_ASKED)}
    return {
        index: _person(tuple(row), jobs.get(row[0], []), titles.get(row[0], {}), facts.get(row[0], {}), row[0] in asked)
        for row in persons
        for index in (row[1],)
    }


def _person(
    row: tuple[int, str, str, str, str, date, bool, bool],
    jobs: Sequence[tuple[int, bool, date | None]],
    titles: Mapping[str, date],
    facts: Mapping[str, str],
    asked: bool,
) -> Known:
    person_id, _, name, phone, email, born_on, merged, account = row
    return Known(
        person_id=person_id, name=name, phone=phone, email=email, born_on=born_on, merged=merged,
        employer=next((employer for employer, main, until in jobs if main and until is None), None),
        beside=frozenset(employer for employer, main, until in jobs if not main and until is None),
        free_since=max((until for _, main, until in jobs if main and until is not None), default=None),
        titles=titles, facts=facts, asked=asked, account=account,
    )  # fmt: skip
