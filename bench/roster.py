"""A roster of 100,000 rows and 12 columns, from the file to the people, beside the usual way in the same run.

`python -m bench.roster [rows]` alone; in `make bench` as one of the figures. Its own database server. The usual way is
openpyxl row by row, the same checks in Python, and executemany into the same tables with the same encryption.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Figure, table

ROWS = 100_000
WRONG = 500  # every so many-th number has a wrong check character
TUNING = "max_connections = 40\nshared_buffers = 256MB\nmax_wal_size = 4GB\nfsync = off\n"
HEADINGS = (
    "姓名", "身份证号", "手机号", "邮箱", "部门", "岗位类别", "职称级别", "取得职称日期", "首次聘用日期",
    "到本单位日期", "档案保管", "学历学位",
)  # fmt: skip
TITLES = ("员级", "助理级", "中级", "副高级", "正高级")
DEGREES = ("大学专科", "大学本科", "硕士研究生", "博士研究生")
SURNAMES, GIVEN = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗曾单仇",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文博宇轩",
)


def figures(rows: int = ROWS) -> list[Figure]:
    """On a database server of its own, in a process of its own, so that its memory is its own."""
    from xueshi.kernel import database

    with tempfile.TemporaryDirectory(prefix="bench-roster-", ignore_cleanup_errors=True) as folder:
        address = database.ensure(Path(folder) / "pg", tuning=TUNING, name="bench_roster")
        environment = os.environ | {
            "DATABASE_URL": address, "XUESHI_ENV": "test", "XUESHI_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.roster", "--measure", str(rows)],
            env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    many = f"roster, {rows:,} rows x {len(HEADINGS)}"
    return [
        Figure(
            f"{many}, file to people", found["rate"], "rows/s", "the usual way, ten times", 10 * found["usual"], True
        ),
        Figure("roster, memory of the job and its child", found["memory"], "MB", "the aim", 400),
        Figure(
            "roster, reading in the child", found["read"], "s", "bare read (calamine), five times", 5 * found["bare"]
        ),
        Figure(
            "roster, applying",
            found["apply"],
            "s",
            "bare COPY of the people, no index, a hundred times",
            100 * found["copy"],
        ),
    ]


# ---- a roster --------------------------------------------------------------------------------------------------------


def people(rows: int, turn: int) -> Iterator[list[str | int]]:
    """Made-up people of a place that does not exist; other ones in each turn. Days are numbers, as Excel keeps them."""
    from xueshi.people.rules import check_character

    start = date(1899, 12, 30)
    for n in range(rows):
        born = date(1960, 1, 1) + timedelta(days=n % 14_000)
        first17 = f"50019{turn % 10}{born:%Y%m%d}{n // 14_000:03d}"
        check = check_character(first17)
        if n % WRONG == WRONG - 1:
            check = "0" if check != "0" else "1"
        hired = date(2005, 1, 1) + timedelta(days=n * 37 % 4_000)
        name = SURNAMES[n % len(SURNAMES)] + GIVEN[n // 7 % len(GIVEN)] + GIVEN[n // 3 % len(GIVEN)]
        yield [
            name, first17 + check, f"13{turn % 10}{n:08d}", f"u{n}@example.com", f"第{n % 40}科",
            "中小学教师" if n % 3 else "其他专业技术岗位", TITLES[n % 5], (hired - start).days + 900, hired.isoformat(),
            (hired - start).days, "所在单位", DEGREES[n % 4],
        ]  # fmt: skip


def workbook(rows: int, turn: int) -> bytes:
    """The roster as openpyxl writes it, made faster."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.create_sheet("人员").append(list(HEADINGS))
    small = io.BytesIO()
    book.save(small)
    out = io.BytesIO()
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            text = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                lines = "".join(_line(number, row) for number, row in enumerate(people(rows, turn), start=2))
                text = text.replace(b"</sheetData>", lines.encode() + b"</sheetData>")
            made.writestr(part.filename, text)
    return out.getvalue()


def _line(number: int, row: list[str | int]) -> str:
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="n"><v>{cell}</v></c>'
        if isinstance(cell, int)
        else f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for place, cell in enumerate(row)
    )
    return f'<row r="{number}">{cells}</row>'


# ---- measuring -------------------------------------------------------------------------------------------------------


def measure(rows: int) -> dict[str, float]:
    """Ours, the usual way, ours again: the tables that ours meets are fuller on the whole."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    scene = Scene()
    found: dict[str, list[float]] = {"ours": [], "read": [], "check": [], "apply": []}
    memory = 0.0
    for turn in (0, 2):
        peak, took = ours(scene, workbook(rows, turn), rows)
        memory = memory or peak  # before the usual way has left its own behind
        for name, seconds in took.items():
            found[name].append(seconds)
        if turn == 0:
            book = workbook(rows, 1)
            usual = timed(lambda book=book: usual_way(scene, book))  # type: ignore[misc]
            print(f"usual: {usual:.1f} s", file=sys.stderr)
    told = {name: median(values) for name, values in found.items()}
    print({name: round(value, 2) for name, value in told.items()}, f"{memory:.0f} MB", file=sys.stderr)
    return told | {
        "rate": rows / told["ours"], "usual": rows / usual, "memory": memory,
        "bare": timed(lambda: bare_read(book)), "copy": bare_copy(),
    }  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


class Scene:
    """A unit, its clerk and a second person."""

    def __init__(self) -> None:
        from xueshi.people.models import Organisation, Region

        city = Region.objects.create(code="50", name="重庆市")
        self.region = Region.objects.create(code="500103", name="渝中区", parent=city)
        self.unit = Organisation.objects.create(name="示例单位", kind="unit", level="county", region=self.region)
        self.clerk = self.person("示例经办", "unit_clerk", 2)
        self.head = self.person("示例负责人", "unit_head", 4)

    def person(self, name: str, role: str, serial: int) -> Any:
        from xueshi.kernel import clock, vault
        from xueshi.people.models import Account, Person, Post
        from xueshi.people.queries import viewer_behind

        number = f"50010119800307{serial:03d}X"
        index = vault.index("id", number)
        person = Person.objects.create(
            name=name, id_index=index, id_cipher=vault.lock("id", number), id_masked="5001", id_tail_index=index,
            sex="male", born_on=date(1980, 3, 7), region=self.region, registered_at=clock.now(),
        )  # fmt: skip
        account = Account.objects.create(person=person, id_index=index, password="")
        Post.objects.create(person=person, role=role, organisation=self.unit, since=clock.now() - timedelta(days=1))
        return viewer_behind(account, at=clock.now()).acting_as(role)


def ours(scene: Scene, book: bytes, rows: int) -> tuple[float, dict[str, float]]:
    """As the pages and the worker do it; the memory of this process and its child beyond what the roster itself is."""
    from xueshi.kernel import clock
    from xueshi.people import roster_actions
    from xueshi.people.models import RosterImport
    from xueshi.people.roster import applying_actions, checking_actions, child

    watch = Watch()
    began = time.monotonic()
    roster = roster_actions.receive(
        viewer=scene.clerk, organisation_id=scene.unit.pk, name="roster.xlsx", data=book, at=clock.now()
    )
    checking_actions.check(roster_id=roster.pk, at=clock.now())
    checked = time.monotonic()
    roster_actions.confirm(viewer=scene.clerk, roster_id=roster.pk, at=clock.now())
    roster_actions.second_look(viewer=scene.head, roster_id=roster.pk, at=clock.now())
    applying_actions.apply(roster_id=roster.pk, now=clock.now)
    ended = time.monotonic()
    peak = watch.over()
    done = RosterImport.objects.get(pk=roster.pk)
    if done.state != "applied" or done.counts["done"] != {"new": rows - rows // WRONG, "refused": rows // WRONG}:
        raise RuntimeError(f"not what was brought: {done.state} {done.problem} {done.counts}")
    took = {"ours": ended - began, "check": checked - began, "apply": ended - checked}
    return peak, took | {"read": timed(lambda: child.read(book))}


class Watch:
    """The most resident memory of this process and its children together."""

    def __init__(self) -> None:
        import psutil

        self.peak, self.stopped = 0, threading.Event()
        self.process = psutil.Process()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self) -> None:
        import psutil

        while not self.stopped.wait(0.02):
            memory = self.process.memory_info().rss
            for one in self.process.children(recursive=True):
                try:
                    memory += one.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, memory)

    def over(self) -> float:
        self.stopped.set()
        self.thread.join()
        return self.peak / 2**20


# ---- the usual way ---------------------------------------------------------------------------------------------------


def usual_way(scene: Scene, book: bytes) -> int:
    """openpyxl row by row, checks in Python, executemany in batches of 1,000."""
    from django.db import connection, transaction
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(book), read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    next(rows)
    seen: set[str] = set()
    batch: list[dict[str, Any]] = []
    done = 0
    with connection.cursor() as cursor:
        for row in rows:
            person = checked(row, seen)
            if person is not None:
                batch.append(person)
            if len(batch) == 1_000:
                with transaction.atomic():
                    write(cursor, scene, batch)
                done += len(batch)
                batch = []
        with transaction.atomic():
            write(cursor, scene, batch)
    return done + len(batch)


def checked(row: tuple[Any, ...], seen: set[str]) -> dict[str, Any] | None:
    from xueshi.people import rules

    name, number, phone, email, _, post, title, obtained, hired, since, keeper, degree = row
    who = rules.identity(str(number), today=date(2026, 11, 22))
    called, reached = rules.name(str(name)), rules.phone(str(phone))
    if isinstance(who, rules.NotAnIdentity) or called is None or reached is None or who.number in seen:
        return None
    seen.add(who.number)
    levels = dict(zip(TITLES, ("assistant", "junior", "intermediate", "deputy_senior", "full_senior"), strict=True))
    words = dict(zip(DEGREES, ("junior_college", "bachelor", "master", "doctor"), strict=True))
    if title not in levels or degree not in words or keeper != "所在单位" or "@" not in email:
        return None
    start = date(1899, 12, 30)
    return {
        "who": who, "name": called, "phone": reached, "email": rules.mail(email), "title": levels[title],
        "obtained": start + timedelta(days=int(obtained)), "hired": datetime.strptime(hired, "%Y-%m-%d").date(),  # noqa: DTZ007
        "since": start + timedelta(days=int(since)), "degree": words[degree],
        "post": "school_teacher" if post == "中小学教师" else "other",
    }  # fmt: skip


def write(cursor: Any, scene: Scene, batch: list[dict[str, Any]]) -> None:
    from xueshi.kernel import clock, vault
    from xueshi.people import pinyin

    at, unit, clerk = clock.now(), scene.unit.pk, scene.clerk.person_id
    for one in batch:
        one["index"] = vault.index("id", one["who"].number)
    cursor.execute("SELECT id_index FROM people_person WHERE id_index = ANY(%s)", [[one["index"] for one in batch]])
    known = {index for (index,) in cursor.fetchall()}
    batch = [one for one in batch if one["index"] not in known]
    cursor.execute("SELECT nextval('people_person_id_seq') FROM generate_series(1, %s)", [len(batch)])
    for one, (number,) in zip(batch, cursor.fetchall(), strict=True):
        one["id"] = number
    cursor.executemany(
        "INSERT INTO people_person (id, name, pinyin, id_index, id_cipher, id_tail_index, id_masked, sex, born_on,"
        " phone, email, region_id, file_keeper, registered_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,'unit',%s)",
        [
            (p["id"], p["name"], pinyin.of(p["name"]), p["index"], vault.lock("id", p["who"].number),
             vault.index("id-tail", p["who"].tail), p["who"].masked, p["who"].sex, p["who"].born_on, p["phone"],
             p["email"], scene.region.pk, at)
            for p in batch
        ],
    )  # fmt: skip
    cursor.executemany(
        "INSERT INTO people_placement (person_id, region_id, file_keeper, since) VALUES (%s,%s,'unit',%s)",
        [(p["id"], scene.region.pk, at.date()) for p in batch],
    )
    cursor.executemany(
        "INSERT INTO people_employment (person_id, employer_id, since, main) VALUES (%s,%s,%s,true)",
        [(p["id"], unit, p["since"]) for p in batch],
    )
    cursor.executemany(
        "INSERT INTO people_title (person_id, level, obtained_on) VALUES (%s,%s,%s)",
        [(p["id"], p["title"], p["obtained"]) for p in batch],
    )
    facts = [
        ("degree", "word", "degree", "since"),
        ("post", "word", "post", "since"),
        ("first_hired", "event", "", "hired"),
    ]
    cursor.executemany(
        "INSERT INTO people_fact (person_id, word, kind, value, since, until, recorded_at, recorded_by_id,"
        " organisation_id, reason, withdrawn_reason) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,'x','')",
        [
            (p["id"], word, kind, p[of] if of else "yes", p[since], None if of else p[since] + timedelta(days=1), at,
             clerk, unit)
            for p in batch
            for word, kind, of, since in facts
        ],
    )  # fmt: skip
    cursor.executemany(
        "INSERT INTO kernel_auditline (at, person_id, capacity, action, subject, reason, facts)"
        " VALUES (%s,%s,'unit_clerk','people.bring_person',%s,'x','{}')",
        [(at, clerk, f"person:{p['id']}") for p in batch],
    )


# ---- floors ----------------------------------------------------------------------------------------------------------


def bare_read(book: bytes) -> int:
    """The quickest reader there is, its cells thrown away."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def bare_copy() -> float:
    """COPY of as many people into a table without an index, and nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE people_person)")
        cursor.execute("SELECT max(id) FROM people_person")
        with cursor.copy(f"COPY (SELECT * FROM people_person ORDER BY id DESC LIMIT {ROWS}) TO STDOUT") as out:  # noqa: S608
            data = b"".join(bytes(piece) for piece in out)
        began = time.monotonic()
        with cursor.copy("COPY bare FROM STDIN") as into:
            into.write(data)
        return time.monotonic() - began


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    print(table(figures(*(int(word) for word in sys.argv[1:2]))))


if __name__ == "__main__":
    main()
