"""Killed in the middle, twice at once, beaten to it: every row is applied once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from conftest import NINE
from xueshi.kernel import clock, vault
from xueshi.kernel.models import AuditLine
from xueshi.people import pinyin, roster_actions
from xueshi.people.models import Employment, Fact, Organisation, Person, Placement, RosterImport, Title
from xueshi.people.roster import applying_actions, checking_actions, staging
from xueshi.people.tests import rosters
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 9
# Every table that a piece writes, and the mark behind it.
FAILPOINTS = (
    "people_person", "people_placement", "people_employment", "people_title", "people_fact", "kernel_auditline",
    "people_rosterimport",
)  # fmt: skip


@pytest.fixture
def confirmed(
    clerk: Person, county_unit: Organisation, viewer: Callable[..., Viewer], monkeypatch: pytest.MonkeyPatch
) -> RosterImport:
    monkeypatch.setattr(applying_actions, "PIECE", 3)
    who = viewer(clerk, "unit_clerk")
    data = rosters.workbook([rosters.row(n) for n in range(ROWS)])
    sent = roster_actions.receive(viewer=who, organisation_id=county_unit.pk, name="a.xlsx", data=data, at=NINE)
    checking_actions.check(roster_id=sent.pk, at=NINE)
    return roster_actions.confirm(viewer=who, roster_id=sent.pk, at=NINE)


def brought() -> list[int]:
    """How many of each there are, apart from the cast."""
    people = Person.objects.filter(email__startswith="person").values("pk")
    return [
        len(people),
        Placement.objects.filter(person__in=people).count(),
        Employment.objects.filter(person__in=people).count(),
        Title.objects.filter(person__in=people).count(),
        Fact.objects.filter(person__in=people).count() // 3,
        AuditLine.objects.filter(action="people.bring_person").count(),
    ]


@pytest.mark.parametrize("table", FAILPOINTS)
@pytest.mark.parametrize("piece", [1, 2])
def test_a_piece_that_fails_anywhere_leaves_nothing_and_the_next_try_does_it_once(
    confirmed: RosterImport, table: str, piece: int
) -> None:
    """The database itself refuses the write, once, in this piece: nothing of the piece stays, nothing is done twice."""
    staged = staging.load(confirmed.staged)
    if piece == 2:
        assert applying_actions.apply_piece(roster_id=confirmed.pk, staged=staged, at=NINE)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'failed here' USING ERRCODE = '57014'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER fail_here AFTER INSERT OR UPDATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION fail_here()"
        )
    try:
        with pytest.raises(DatabaseError, match="failed here"):
            applying_actions.apply_piece(roster_id=confirmed.pk, staged=staged, at=NINE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION fail_here CASCADE")
    assert brought() == [3 * (piece - 1)] * 6
    roster = rosters.jobs_now(confirmed.pk)
    assert (roster.state, roster.applied, roster.counts["done"]) == ("applied", ROWS, {"new": ROWS})
    assert brought() == [ROWS] * 6


WORKER = """
import os, sys, time
import django
django.setup()
from django.conf import settings
from django.db import connection
settings.KEYS_DIR, settings.MEDIA_ROOT = sys.argv[1], sys.argv[2]
connection.settings_dict["NAME"] = sys.argv[3]
from xueshi.kernel import clock
from xueshi.people.roster import applying_actions
applying_actions.PIECE = 3
whole = applying_actions.Work.apply
def slowly(self, rows):
    done = whole(self, rows)
    print(self.roster.applied, flush=True)
    time.sleep(float(sys.argv[5]) if self.roster.applied else 0)  # in the second piece, all of it written
    return done
applying_actions.Work.apply = slowly
applying_actions.apply(roster_id=int(sys.argv[4]), now=clock.now)
"""


def test_a_worker_that_is_killed_in_a_piece_is_followed_by_one_that_goes_on(confirmed: RosterImport) -> None:
    """A real process and a real SIGKILL, while the second piece is written and not committed."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(settings.KEYS_DIR), str(settings.MEDIA_ROOT),
         connection.settings_dict["NAME"], str(confirmed.pk), "60"],
        stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "XUESHI_ENV": "test"},
    )  # fmt: skip
    with worker, worker.stdout as said:
        assert [said.readline().strip(), said.readline().strip()] == ["0", "3"]
        os.kill(worker.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while time.monotonic() < until:  # the server notices that its client is gone
        roster = RosterImport.objects.get(pk=confirmed.pk)
        assert (roster.state, roster.applied) == ("applying", 3)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted OR pid <> pg_backend_pid()"
                           " AND relation = 'people_rosterimport'::regclass")  # fmt: skip
            if cursor.fetchone()[0] == 0:
                break
        time.sleep(0.1)
    assert brought() == [3] * 6
    roster = rosters.jobs_now(confirmed.pk, at=clock.now())
    assert (roster.state, roster.applied) == ("applied", ROWS)
    assert brought() == [ROWS] * 6


def at_once(*deeds: Callable[[], object]) -> list[object]:
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return deed()
        except roster_actions.RosterNotOpen as late:
            return late
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_workers_at_once_apply_each_row_once(confirmed: RosterImport) -> None:
    def work() -> None:
        applying_actions.apply(roster_id=confirmed.pk, now=lambda: NINE)

    at_once(work, work)
    assert RosterImport.objects.get(pk=confirmed.pk).counts["done"] == {"new": ROWS}
    assert brought() == [ROWS] * 6


def test_two_confirmations_at_once_are_one(
    clerk: Person, make_person: Callable[..., Person], county_unit: Organisation, viewer: Callable[..., Viewer]
) -> None:
    head = make_person("示例负责人", 44, post="unit_head", at_organisation=county_unit)
    desk, other = viewer(clerk, "unit_clerk"), viewer(head, "unit_head")
    data = rosters.workbook([rosters.row(0)])
    sent = roster_actions.receive(viewer=desk, organisation_id=county_unit.pk, name="a.xlsx", data=data, at=NINE)
    checking_actions.check(roster_id=sent.pk, at=NINE)
    before = queued()
    at_once(
        lambda: roster_actions.confirm(viewer=desk, roster_id=sent.pk, at=NINE),
        lambda: roster_actions.confirm(viewer=other, roster_id=sent.pk, at=NINE),
    )
    assert AuditLine.objects.filter(action="people.confirm_roster").count() == 1
    assert queued() == before + 1


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%apply_roster'")
        return int(cursor.fetchone()[0])


def test_the_same_file_twice_at_once_is_one_roster(
    clerk: Person, county_unit: Organisation, viewer: Callable[..., Viewer]
) -> None:
    desk, data = viewer(clerk, "unit_clerk"), rosters.workbook([rosters.row(0)])

    def send() -> int:
        return roster_actions.receive(viewer=desk, organisation_id=county_unit.pk, name="a.xlsx", data=data, at=NINE).pk

    assert len(set(at_once(send, send))) == 1
    assert RosterImport.objects.count() == 1


def test_who_registers_in_the_middle_is_decided_anew(
    confirmed: RosterImport, yuzhong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the writing somebody takes a number of the piece: the piece begins anew and knows him."""
    number, asked = rosters.number(1), []

    def registers(table: str, count: int) -> list[int]:
        if not asked:
            asked.append(table)

            def register() -> None:
                Person.objects.create(
                    name="示例先到", pinyin=pinyin.of("示例先到"), id_index=vault.index("id", number),
                    id_cipher=vault.lock("id", number), id_tail_index="x", id_masked="x", sex="male",
                    born_on="1962-01-11", region=yuzhong, registered_at=NINE, phone="13900000000",
                )  # fmt: skip

            at_once(register)
        return numbers(table, count)

    numbers = applying_actions.copying.numbers
    monkeypatch.setattr(applying_actions.copying, "numbers", registers)
    roster = rosters.jobs_now(confirmed.pk)
    assert (roster.state, roster.counts["done"]) == ("applied", {"new": ROWS - 1, "refused": 1})  # another name
    assert Person.objects.get(id_index=vault.index("id", number)).name == "示例先到"


def test_a_check_that_was_killed_is_done_again_and_one_given_up_meanwhile_is_dropped(
    clerk: Person, county_unit: Organisation, viewer: Callable[..., Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, data = viewer(clerk, "unit_clerk"), rosters.workbook([rosters.row(0)])
    sent = roster_actions.receive(viewer=desk, organisation_id=county_unit.pk, name="a.xlsx", data=data, at=NINE)
    monkeypatch.setattr(checking_actions, "_write", lambda *_: None)
    checking_actions.check(roster_id=sent.pk, at=NINE)  # as far as a kill before the end
    assert RosterImport.objects.get(pk=sent.pk).state == "checking"
    monkeypatch.undo()
    checking_actions.check(roster_id=sent.pk, at=NINE)
    assert RosterImport.objects.get(pk=sent.pk).state == "checked"
    other = rosters.workbook([rosters.row(1)])
    sent = roster_actions.receive(viewer=desk, organisation_id=county_unit.pk, name="b.xlsx", data=other, at=NINE)
    read = checking_actions.child.read

    def given_up(data: bytes) -> object:
        roster_actions.discard(viewer=desk, roster_id=sent.pk, at=NINE)
        return read(data)

    monkeypatch.setattr(checking_actions.child, "read", given_up)
    checking_actions.check(roster_id=sent.pk, at=NINE)
    assert RosterImport.objects.get(pk=sent.pk).state == "discarded"
