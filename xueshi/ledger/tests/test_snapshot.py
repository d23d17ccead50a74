"""The snapshot says what the database says: after any changes, late commits, crashes, and for a moment gone by."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import psycopg
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q

from conftest import id_number
from xueshi.ledger import actions, law, snapshot, snapshot_actions, snapshot_files, standing
from xueshi.ledger import snapshot_reading as reading
from xueshi.ledger.models import HoursEntry, Touched
from xueshi.people import population, queries, rules
from xueshi.people.actions import FactOverlaps, record_fact, withdraw_fact
from xueshi.people.models import Employment, Fact, Organisation, Person, Region, Title
from xueshi.people.viewer import Seat, Viewer
from xueshi.policy.columns.gather import ENTRIES, FACTS, gather
from xueshi.policy.columns.plan import VERDICTS, plan
from xueshi.policy.facts import Asked

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 6, 1, 1, tzinfo=UTC)
YEARS = (2024, 2025, 2026)


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
    return tmp_path / "snapshots" / "current"


@pytest.fixture
def people(yuzhong: Region) -> list[Person]:
    """Nine people without accounts, with holes between their ids."""
    made = []
    for serial in range(9):
        number = id_number(100 + serial, born=date(1970 + serial, 2, 28))
        who = rules.identity(number, today=AT.date())
        made.append(
            Person.objects.create(
                pk=1000 + serial * 3, name=f"示例人员{serial}", id_index=number, id_cipher=b"",
                id_tail_index="", id_masked="", sex=who.sex, born_on=who.born_on, region=yuzhong, registered_at=AT,
                file_keeper="talent_agency" if serial == 8 else "unit",
            )
        )  # fmt: skip
    return made


def line(person: Person, hours: object = 20, on: date = date(2026, 5, 20), **changed: object) -> HoursEntry:
    line.made += 1
    given = {
        "viewer": None, "person_id": person.pk, "year": on.year, "category": "public", "hours": Decimal(hours),
        "kind": "public_topic", "title": "示例课程", "earned_on": on, "source": f"slip:{line.made}",
        "instrument": "cn-50/chongqing-2010", "provision": "slip-hours", "digest": "0" * 64,
        "marks": {"passed": True, "verified": True}, "at": AT,
    }  # fmt: skip
    return actions.post(**given | changed)


line.made = 0


def seen() -> list[dict[str, object]]:
    """The snapshot as rows, with what the columns mean instead of their names."""
    return meant(*snapshot.open())


def meant(lazy: pl.LazyFrame, layout: object) -> list[dict[str, object]]:
    names = {}
    for kind in layout.kinds:
        says = json.dumps([kind.says, kind.for_year, kind.first, kind.last], sort_keys=True, default=str)
        for year in kind.years:
            names[layout.hours(year, kind)] = f"hours {year} {says}"
            names[layout.count(year, kind)] = f"count {year} {says}"
    rows = []
    frame = lazy.sort("person").collect()
    assert frame.schema == dict(zip(frame.columns, frame.dtypes, strict=True))
    for row in frame.iter_rows(named=True):
        said = {names[name]: value for name, value in row.items() if name in names and value}
        for fact in layout.facts:
            for part, name in fact.columns.items():
                for year in fact.years:
                    if row[name] is not None and row[name] not in (-1, 0, False):
                        said[f"{fact.word} {part} {year}"] = row[name]
                    elif row[name] is not None:
                        said[f"{fact.word} {part} {year}"] = "none"
        rows.append({"person": row["person"], "region": row["region"], "unit": row["unit"]} | said)
    return rows


def from_nothing() -> list[dict[str, object]]:
    """The same drawn anew, beside the snapshot."""
    made, day = reading.spoken(), AT.date()
    with reading.still() as cursor:
        low, high = population.ids(cursor)
        rows = reading.rows(cursor, range(low, high + 1), day, None)
        frame, layout = reading.wide(rows, made, reading.alikes(cursor), YEARS, day, None)
    return meant(frame.lazy(), layout)


def without_none(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Where absence means no, a fact that nobody has any more may still be a column, and says none."""
    plain = {name for name, word in reading.spoken().words.items() if word.absent == "no"}
    return [{n: v for n, v in row.items() if v != "none" or n.split()[0] not in plain} for row in rows]


def build(**given: object) -> snapshot_files.Manifest:
    return snapshot_actions.build(at=AT, years=YEARS, **given)


def refresh(minutes: int = 5) -> snapshot_files.Manifest | None:
    return snapshot_actions.refresh(at=AT + timedelta(minutes=minutes))


def test_an_empty_house_has_an_empty_snapshot(folder: Path) -> None:
    with pytest.raises(snapshot.NoSnapshot):
        snapshot.open()
    build()
    assert seen() == []
    _, layout = snapshot.open()
    assert layout.kinds == ()
    assert {fact.word for fact in layout.facts} >= {"sex", "born", "title", "affiliation"}
    assert refresh().deltas == ()


def test_hours_and_facts_stand_in_one_row(people: list[Person], county_unit: Organisation) -> None:
    wang, li, *_, hosted = people
    Employment.objects.create(person=wang, employer=county_unit, since=date(2025, 3, 1))
    Title.objects.create(person=wang, level="junior", obtained_on=date(2020, 1, 1))
    Title.objects.create(person=wang, level="intermediate", obtained_on=date(2025, 1, 1))
    line(wang), line(wang, "2.5", date(2025, 1, 1)), line(wang, 5, date(2026, 2, 1), year=2024)
    gone = line(li, 7)
    actions.reverse(viewer=None, entry_id=gone.pk, reason="登记有误", at=AT)
    build()
    rows = {row["person"]: row for row in seen()}
    assert len(rows) == 9
    assert sorted(value for name, value in rows[wang.pk].items() if name.startswith("hours")) == [4500, 9000, 36000]
    assert [name for name in rows[li.pk] if name.startswith(("hours", "count"))] == []
    assert (rows[wang.pk]["unit"], rows[wang.pk]["region"], rows[li.pk]["unit"]) == (county_unit.pk, "500103", None)
    lazy, layout = snapshot.open()
    title = {code: value for value, code in layout.fact("title", 2024).codes.items()}
    assert [title[rows[wang.pk][f"title  {year}"]] for year in YEARS] == ["junior", "intermediate", "intermediate"]
    groups = {code: value for value, code in layout.fact("affiliation", 2024).codes.items()}
    frame = lazy.collect().rows_by_key("person", named=True, unique=True)
    assert [groups[frame[wang.pk][layout.fact("affiliation", y).columns[""]]] for y in YEARS] == [
        "other", "county_unit", "county_unit",
    ]  # fmt: skip
    assert groups[frame[hosted.pk][layout.fact("affiliation", 2024).columns[""]]] == "hosted_by_agency"
    assert layout.fact("title", 2025).full is False
    assert layout.fact("sex", 2025).full is True
    assert rows[wang.pk]["title_obtained last 2026"] == 20250101


def test_the_frame_is_gathered_from_the_very_facts_and_entries_of_the_page(people: list[Person]) -> None:
    """Person by person: `law_facts` and `standing.entries`, put in the long form, give the same row."""
    change = Changes(people, random.Random(7))
    for _ in range(250):
        change.something()
    build()
    law_says, day = reading.spoken(), AT.date()
    facts, entries, says = [], [], {}
    for person in people:
        for word, value in queries.law_facts(person.pk, day).items():
            if word in {"sex", "born"}:
                continue
            facts += [(person.pk, word, *one) for one in spelled(law_says.words[word].kind, value)]
        for entry in standing.entries(HoursEntry.objects.filter(person=person)):
            number = next((n for n, one in says.items() if one == entry.says), len(says))
            says[number] = entry.says
            entries.append((person.pk, number, entry.on, entry.for_year, int(entry.hours * 1800), 1))
    rows = [(p.pk, p.region.code, None, p.sex, p.born_on) for p in people]
    persons = pl.DataFrame(rows, schema=["person", "region", "unit", "sex", "born"], orient="row")
    frame, layout = gather(
        persons, pl.DataFrame(entries, schema=ENTRIES, orient="row"), pl.DataFrame(facts, schema=FACTS, orient="row"),
        words=law_says.words, alikes=says, years=YEARS, on=day, cuts=law_says.cuts,
    )  # fmt: skip
    units = {row["person"]: row["unit"] for row in seen()}
    expected = [{**row, "unit": units[row["person"]]} for row in meant(frame.lazy(), layout)]
    assert without_none(seen()) == without_none(expected)


@pytest.mark.parametrize(("purpose", "year"), [("annual", 2025), ("annual", 2026), ("title_review", 2026)])
def test_the_verdict_of_the_table_is_the_verdict_of_the_page(people: list[Person], purpose: str, year: int) -> None:
    change = Changes(people, random.Random(year))
    for _ in range(240):
        change.something()
    snapshot_actions.build(at=AT)
    frame, layout = snapshot.open()
    made = plan(law.of("cn-50/chongqing-2010"), Asked(purpose, year), layout)
    table = made.verdicts(frame).collect().sort("person")
    page = [standing.of(person.pk, purpose, year, datetime.now(UTC)) for person in people]
    assert {one.book for one in page} == {"cn-50/chongqing-2010"}
    assert [VERDICTS[code] for code in table["verdict"]] == [one.verdict for one in page]
    assert purpose == "title_review" or len({one.verdict for one in page}) > 1


def spelled(kind: str, value: object) -> list[tuple[object, ...]]:
    """What the page has, in the long form."""
    if kind == "event":
        return [("yes", day, day + timedelta(1)) for day in value] or [("no", None, None)]
    if isinstance(value, dict):
        value = tuple((day, word) for word, day in value.items())
    if isinstance(value, str):
        return [(value, None, None)]
    return [(str(word).lower() if isinstance(word, bool) else str(word), since, None) for since, word in value]


class Changes:
    """Random deeds of the house on some people."""

    def __init__(self, people: list[Person], chance: random.Random) -> None:
        self.people, self.chance = people, chance
        region = people[0].region
        self.units = [
            Organisation.objects.get_or_create(
                region=region, name=f"示例单位{level}", defaults={"kind": "unit", "level": level}
            )[0]
            for level in ("county", "municipal")
        ]
        bureau = Organisation.objects.get_or_create(
            region=region, name="示例人力社保局", defaults={"kind": "county_hrss", "level": "county"}
        )[0]
        seat = Seat("counter", bureau.pk, bureau.name, bureau.kind, region.code)
        self.desk = Viewer(people[-1].pk, capacity="counter", seats=(seat,))

    def something(self) -> None:
        person = self.chance.choice(self.people)
        on = date(self.chance.choice([2023, 2024, 2025, 2026]), self.chance.randint(1, 5), self.chance.randint(1, 28))
        deeds = [self.post, self.post, self.undo, self.title, self.job, self.fact, self.unfact, self.move, self.level,
                 self.unit]  # fmt: skip
        self.chance.choice(deeds)(person, on)

    def post(self, person: Person, on: date) -> None:
        marks = self.chance.choice([{"passed": True}, {"passed": True, "verified": True}, {}])
        late = self.chance.random() < 0.2
        line(
            person, self.chance.randint(1, 400) / Decimal(4), on, marks=marks,
            category=self.chance.choice(["public", "professional"]), year=on.year - 1 if late else on.year,
        )  # fmt: skip

    def undo(self, person: Person, on: date) -> None:
        undone = HoursEntry.objects.filter(reverses__isnull=False).values("reverses")
        found = HoursEntry.objects.filter(person=person, reverses=None).exclude(pk__in=undone).first()
        if found:
            actions.reverse(viewer=None, entry_id=found.pk, reason="登记有误", at=AT)

    def title(self, person: Person, on: date) -> None:
        level = self.chance.choice(["junior", "intermediate"])
        on = on.replace(day=on.day // 3 + (1 if level == "junior" else 15))  # never both on one day
        Title.objects.update_or_create(person=person, level=level, defaults={"obtained_on": on})

    def job(self, person: Person, on: date) -> None:
        unit, main = self.chance.choice(self.units), self.chance.random() < 0.8
        Employment.objects.filter(person=person, until=None, since__lt=on, main=main).update(until=on)
        if not Employment.objects.filter(Q(main=main) | Q(employer=unit), person=person, until=None).exists():
            Employment.objects.create(person=person, employer=unit, since=on, main=main)

    def fact(self, person: Person, on: date) -> None:
        words = law.library().words.facts
        word, value = self.chance.choice(
            [
                ("sector", "institution"),
                ("sector", "non_public"),
                ("covid_treatment", "true"),
                ("from_government", "yes"),
            ]
        )
        if person == self.people[-1]:
            return  # the officer herself
        with suppress(FactOverlaps):
            record_fact(
                viewer=self.desk, words=words, person_id=person.pk, word=word, value=value, since=on, reason="x", at=AT,
            )  # fmt: skip

    def unfact(self, person: Person, on: date) -> None:
        found = Fact.objects.filter(person=person, withdrawn_at=None).first()
        if found and person != self.people[-1]:
            withdraw_fact(viewer=self.desk, fact_id=found.pk, reason="登记错了", at=AT)

    def move(self, person: Person, on: date) -> None:
        keeper = self.chance.choice(["unit", "talent_agency", "other"])
        Person.objects.filter(pk=person.pk).update(file_keeper=keeper, phone=str(self.chance.random()))

    def level(self, person: Person, on: date) -> None:
        unit = self.chance.choice(self.units)
        Organisation.objects.filter(pk=unit.pk).update(level=self.chance.choice(["county", "municipal"]))

    def unit(self, person: Person, on: date) -> None:
        """What is known of the unit changes, and with it what follows for those who work there."""
        unit = self.chance.choice(self.units)
        code = self.chance.choice(["", f"12{unit.pk:016d}", f"91{unit.pk:016d}"])
        Organisation.objects.filter(pk=unit.pk).update(
            ownership=self.chance.choice(["", "public", "public", "non_public"]),
            credit_code=code, grass_roots=self.chance.random() < 0.5,
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_a_refresh_is_like_drawing_it_anew(
    people: list[Person], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(snapshot_actions, "PIECE", 4 + seed)  # several pieces, many small files, compactions
    monkeypatch.setattr(snapshot_actions, "MOST_DELTAS", 2)
    monkeypatch.setattr(snapshot_actions, "SHARE", 1 + seed % 2)
    change = Changes(people, random.Random(seed))
    build()
    for turn in range(10):
        for _ in range(change.chance.randint(0, 5)):
            change.something()
        made = refresh(turn)
        assert len(made.deltas) <= 4
        assert without_none(seen()) == without_none(from_nothing())


def quiet() -> None:
    """Until every transaction of the server that is older than what was put down has ended, also a neighbour's."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xid) FROM ledger_touched"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("a transaction that is older than the test is still running")


def test_what_did_not_change_is_not_read_again(people: list[Person], folder: Path) -> None:
    quiet()
    build()
    Person.objects.filter(pk=people[0].pk).update(phone="13800000009")
    assert refresh().deltas == ()
    line(people[0])
    quiet()
    (delta,) = refresh().deltas
    assert delta.rows == 1
    again = refresh()
    assert again.deltas == (delta,), "seen once, not again"
    assert Touched.objects.exists()
    assert snapshot_actions.forget(at=AT) == 0
    assert snapshot_actions.forget(at=datetime.now(UTC) + timedelta(days=8)) > 0


def test_a_line_that_is_committed_late_is_not_missed(people: list[Person]) -> None:
    """Its number was given before the others'; a watermark by number or time would have gone past it."""
    build()
    with psycopg.connect(**params()) as slow:
        insert = (
            "INSERT INTO ledger_hoursentry (person_id, year, category, hours, kind, title, marks, earned_on,"
            " recorded_at, source, instrument, provision, digest, blind)"
            " VALUES (%s, 2026, 'public', 20, 'public_topic', '', '{}', '2026-05-01', now(), 'late', '', '', '', '')"
        )
        slow.execute(insert, [people[0].pk])
        line(people[1])
        assert hours(refresh()) == {people[1].pk: 36000}
        line(people[2])
        assert hours(refresh()) == {people[1].pk: 36000, people[2].pk: 36000}
        slow.commit()
    assert hours(refresh()) == {person.pk: 36000 for person in people[:3]}
    assert without_none(seen()) == without_none(from_nothing())


def params() -> dict[str, object]:
    held = connection.get_connection_params()
    return {name: held[name] for name in ("dbname", "user", "password", "host", "port") if held.get(name)}


def hours(made: object) -> dict[int, int]:
    assert made
    return {r["person"]: v for r in seen() for name, v in r.items() if name.startswith("hours")}


CRASH = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from datetime import datetime, UTC
settings.SNAPSHOTS_DIR = sys.argv[1]
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[2]
from xueshi.ledger import snapshot_files, snapshot_actions
step = sys.argv[3]
def die(*args, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "published":
    settle = snapshot_files._settle
    snapshot_files._settle = lambda aside, path: die() if path.name == "layout.json" else settle(aside, path)
else:
    snapshot_files._settle = die
snapshot_actions.refresh(at=datetime(2026, 6, 1, 2, tzinfo=UTC))
"""


@pytest.mark.parametrize("step", ["written", "published"])
def test_a_killed_refresh_leaves_the_old_snapshot_and_the_next_one_mends_it(
    people: list[Person], folder: Path, step: str
) -> None:
    line(people[0])
    build()
    before = seen()
    line(people[1])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "XUESHI_ENV": "test"}
    name = connection.settings_dict["NAME"]
    killed = subprocess.run([sys.executable, "-c", CRASH, str(folder.parent), name, step], env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert seen() == before
    assert refresh() is not None
    assert without_none(seen()) == without_none(from_nothing())
    named = {file.name for file in (*snapshot.manifest().base, *snapshot.manifest().deltas)}
    assert {path.name for path in folder.glob("*.parquet")} | {path.name for path in folder.glob(".*.parquet")} == named


HOLD = """
import sys, time
from pathlib import Path
from xueshi.ledger.snapshot_files import Folder
with Folder(Path(sys.argv[1])).locked(wait=True):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_of_two_writers_one_gives_way_and_a_builder_waits(people: list[Person], folder: Path) -> None:
    build()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "XUESHI_ENV": "test"}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), "1.5"], stdout=subprocess.PIPE, text=True, env=environment
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert refresh() is None
        began = time.monotonic()
        build()
        assert time.monotonic() - began > 0.5
    assert refresh() is not None


def test_a_reader_keeps_what_it_opened(people: list[Person], folder: Path) -> None:
    line(people[0])
    build()
    lazy, _ = snapshot.open()
    line(people[0])
    snapshot_actions.build(at=AT + timedelta(minutes=10), years=YEARS)
    assert len(lazy.collect()) == 9
    assert len(list(folder.glob("base-*"))) == 2
    snapshot_actions.build(at=AT + timedelta(hours=2), years=YEARS)
    assert len(list(folder.glob("base-*"))) == 2, "the first has been gone for longer than an hour"


def test_what_was_known_at_a_moment_can_be_kept(people: list[Person]) -> None:
    first = line(people[0])
    change = Changes(people, random.Random(1))
    change.fact(people[1], date(2025, 1, 1))
    moment = datetime.now(UTC)
    actions.reverse(viewer=None, entry_id=first.pk, reason="登记有误", at=AT)
    Fact.objects.filter(withdrawn_at=None).update(withdrawn_at=AT)
    line(people[2])
    build()
    with pytest.raises(snapshot.NoSnapshot):
        snapshot.open(moment)
    build(as_of=moment)
    then = meant(*snapshot.open(moment))
    assert {r["person"] for r in then for name in r if name.startswith("hours")} == {people[0].pk}
    assert {r["person"] for r in seen() for name in r if name.startswith("hours")} == {people[2].pk}
    recorded = {"sector", "covid_treatment", "from_government"}
    held = [n for n, v in then[1].items() if n.split()[0] in recorded and v != "none"]
    now = [n for n, v in seen()[1].items() if n.split()[0] in recorded and v != "none"]
    assert held
    assert now == []
    assert snapshot.manifest(moment).as_of == moment


def test_it_is_built_anew_when_it_cannot_be_brought_up_to_date(
    people: list[Person], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anew(made: snapshot_files.Manifest | None) -> bool:
        nonlocal base
        before, base = base, made.base
        return made.base != before and made.deltas == ()

    assert snapshot_actions.refresh(at=AT).rows == 9, "there was none"
    base = snapshot.manifest().base
    assert snapshot.manifest().layout.years[-1] == 2026 + snapshot_actions.AHEAD
    line(people[0])
    assert not anew(refresh())
    assert anew(snapshot_actions.refresh(at=AT + timedelta(days=6, hours=1))), "nobody knows any more who was touched"
    assert anew(snapshot_actions.refresh(at=datetime(2027, 1, 2, tzinfo=UTC))), "a new year"
    text = json.loads((folder / "layout.json").read_text(encoding="utf8"))
    for change in (
        {"mark": {"xid": 1, "database": "another/1"}},
        {"mark": {"xid": 2**60, "database": text["mark"]["database"]}},
        {"spoken": "other words"},
        {"version": 0},
    ):
        (folder / "layout.json").write_text(json.dumps(text | change), encoding="utf8")
        assert anew(snapshot_actions.refresh(at=datetime(2027, 1, 2, 1, tzinfo=UTC))), change
    (folder / base[0].name).unlink()
    with pytest.raises(snapshot.NoSnapshot):
        snapshot.open()
    assert anew(snapshot_actions.refresh(at=datetime(2027, 1, 2, 1, 30, tzinfo=UTC))), "a file was lost"
    monkeypatch.setattr(snapshot_actions, "PIECE", 1)
    for person in people:
        line(person)
    assert anew(snapshot_actions.refresh(at=datetime(2027, 1, 2, 2, tzinfo=UTC))), "most people changed"


def test_somebody_who_comes_or_goes(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_actions, "MOST_DELTAS", 1)
    build()
    Person.objects.filter(pk=people[3].pk).delete()
    Person.objects.filter(pk=people[0].pk).update(file_keeper="other")
    for turn in range(3):  # alone, then among merged small files
        refresh(turn)
        assert [row["person"] for row in seen()] == [p.pk for p in people if p != people[3]]
        line(people[0])
    people[3].save(force_insert=True)
    Person.objects.create(
        pk=5000, name="示例新人", id_index="n", id_cipher=b"", id_tail_index="", id_masked="", sex="female",
        born_on=date(1990, 1, 1), region=people[0].region, registered_at=AT,
    )  # fmt: skip
    refresh()
    assert [row["person"] for row in seen()] == [*(p.pk for p in people), 5000]
    monkeypatch.setattr(snapshot_actions, "PIECE", 1)
    monkeypatch.setattr(snapshot_actions, "SHARE", 100)
    line(people[0])
    assert refresh().deltas == ()
    assert without_none(seen()) == without_none(from_nothing())


def test_the_command_says_what_stands_there(
    people: list[Person], capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    call_command("snapshot", full=True)
    assert "9 people" in capsys.readouterr().out
    call_command("snapshot")
    assert "9 people" in capsys.readouterr().out
    call_command("snapshot", as_of=AT)
    assert "as-of" in capsys.readouterr().out
    with pytest.raises(CommandError, match="offset"):
        call_command("snapshot", as_of=datetime(2026, 6, 1))
    with snapshot_files.Folder(folder).locked(wait=True):
        call_command("snapshot")
    assert "another process" in capsys.readouterr().out


def test_the_jobs_are_known_to_the_worker(people: list[Person]) -> None:
    from xueshi.ledger import jobs

    jobs.refresh_snapshot(timestamp=0)
    jobs.forget_touched(timestamp=0)
    assert len(seen()) == 9


def test_the_law_draws_its_lines_inside_a_year(law_changed: Callable[[str, str], None]) -> None:
    plain = reading.spoken()
    assert all((cut.month, cut.day) != (1, 1) for cut in plain.cuts)
    assert plain.first <= 2020
    assert "title" in plain.words
