"""The pulse: beats over bare ASGI and over a real server, guarded, in words, and never losing what it confirmed."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections

from xueshi.courses.models import Lesson
from xueshi.kernel import clock, signing
from xueshi.study import actions
from xueshi.study.models import LessonProgress, PlayerLease
from xueshi.training.models import Enrolment
from xueshi.web import pulse

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # for those whose beats reach the writer's own connection
BASE = Path(settings.BASE)


@pytest.fixture
def lesson(wang, plan) -> Lesson:
    now = datetime.now(UTC)
    Enrolment.objects.create(person=wang, plan=plan, chosen_at=now, opened_at=now)
    return Lesson.objects.filter(course=plan.course).first()


@pytest.fixture
def ticket(wang, lesson, viewer) -> str:
    return opened(viewer(wang), lesson)


def opened(viewer, lesson: Lesson, device: str = "computer") -> str:
    return actions.open_lesson(viewer=viewer, lesson_id=lesson.pk, device=device, at=datetime.now(UTC)).ticket


def minutes_pass(seconds: float) -> None:
    """As if the last beat had been so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE study_playerlease SET last_at = last_at - make_interval(secs => %s),"
            " span_started_at = span_started_at - make_interval(secs => %s)",
            [seconds, seconds],
        )


class Pulse:
    """The application as a server calls it."""

    def __init__(self) -> None:
        self.table = pulse.routes()
        self.application = pulse.beside(self.pages)
        self.paths: list[str] = []

    async def pages(self, scope, receive, send) -> None:
        self.paths.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def post(self, path: str, body: bytes, *, method: str = "POST", **headers: str) -> tuple[int, dict]:
        status, found, answer = asyncio.run(self.call(path, body, method, headers))
        return status, json.loads(answer) if answer else found

    async def call(self, path: str, body: bytes, method: str, headers: dict[str, str]):
        sent: list[dict] = []
        told = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict:
            return told.pop(0)

        async def send(message: dict) -> None:
            sent.append(message)

        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "path": path, "method": method, "headers": [(b"host", b"testserver"), *named],
        }  # fmt: skip
        await self.application(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]

    def beat(self, ticket: str, seq: int = 1, played=((0, 15),), **headers: str) -> tuple[int, dict]:
        return self.post("/pulse/beat", said(ticket, seq, played), **headers)


def said(ticket: str, seq: int = 1, played=((0, 15),)) -> bytes:
    stretches = [[int(start * 1000), int(end * 1000)] for start, end in played]
    position = stretches[-1][1] if stretches else 0
    return json.dumps({"ticket": ticket, "seq": seq, "position_ms": position, "played": stretches}).encode()


@pytest.fixture
def beats() -> Iterator[Pulse]:
    made = Pulse()
    yield made
    application = made.application
    for cell in application.__closure__ or ():
        if isinstance(cell.cell_contents, dict):
            for route in cell.cell_contents.values():
                route.batch.close()


@committed
def test_a_beat_is_answered_with_a_receipt_in_server_time(ticket, beats) -> None:
    minutes_pass(15)
    status, answer = beats.beat(ticket)
    assert status == 200
    assert answer["credited_ms"] == 15_000
    lease = PlayerLease.objects.get()
    assert answer["saved"] == f"{lease.last_at.astimezone(clock.SHANGHAI):%H:%M:%S}"


def test_every_other_path_goes_to_the_pages(beats) -> None:
    assert beats.post("/learn/study/", b"")[0] == 204
    assert beats.paths == ["/learn/study/"]
    assert beats.post("/pulse/nothing", b"")[0] == 404
    assert beats.paths == ["/learn/study/"]


@committed
def test_a_forged_a_damaged_and_an_expired_ticket_are_told_apart_and_none_is_taken(ticket, beats) -> None:
    body, _, seal = ticket.partition(".")
    for bad in ("", "x", f"{body}.{'A' * len(seal)}", f"{body}A.{seal}"):
        status, answer = beats.beat(bad)
        assert (status, answer["code"]) == (401, "ticket")
    old = signing.ticket(actions.TICKET, {"p": 1, "e": 1, "g": 1, "n": 1}, until=int(time.time()) - 1)
    status, answer = beats.beat(old)
    assert (status, answer["code"]) == (401, "expired")
    assert "重新登录" in answer["says"]
    assert beats.beat(ticket)[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "1"},
        {"seq": -1},
        {"seq": True},
        {"seq": 2**40},
        {"position_ms": 1.5},
        {"position_ms": None},
        {"played": "all"},
        {"played": [[1, 2, 3]]},
        {"played": [["0", "1"]]},
        {"played": [[0, 1]] * 500},
        {"ticket": 7},
        {"ticket": "\ud800.x"},
    ],
)
def test_malformed_beats_are_answered_in_a_sentence_and_change_nothing(ticket, beats, change) -> None:
    words = json.loads(said(ticket)) | change
    status, answer = beats.post("/pulse/beat", json.dumps(words).encode())
    assert (status, answer["code"]) == (400, "malformed")
    assert "刷新" in answer["next"]
    assert PlayerLease.objects.get().seq == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 60_000])
def test_what_is_no_beat_at_all_is_malformed(beats, body: bytes) -> None:
    assert beats.post("/pulse/beat", body)[0] == 400


@committed
def test_other_sites_other_methods_and_large_bodies_are_turned_away(ticket, beats) -> None:
    assert beats.beat(ticket, origin="https://elsewhere.example")[1]["code"] == "origin"
    assert beats.beat(ticket, sec_fetch_site="cross-site")[0] == 403
    assert beats.post("/pulse/beat", b"x" * 70_000)[0] == 413
    assert beats.post("/pulse/beat", b"", method="GET")[0] == 405
    assert PlayerLease.objects.get().seq == 0
    assert beats.beat(ticket, origin="http://testserver", sec_fetch_site="same-origin")[0] == 200


@committed
def test_a_second_device_takes_over_and_the_first_is_told_in_its_language(wang, lesson, ticket, viewer, beats) -> None:
    assert beats.beat(ticket)[0] == 200
    opened(viewer(wang), lesson, "phone")
    status, answer = beats.beat(ticket, seq=2)
    assert (status, answer["code"]) == (409, "elsewhere")
    assert answer["says"].startswith("手机上")
    _, english = beats.beat(ticket, seq=2, cookie="a=b; django_language=en")
    assert english["says"].startswith("On your phone")
    _, chinese = beats.beat(ticket, seq=2, accept_language="zh-CN")
    assert chinese["says"] == answer["says"]


@committed
def test_the_browsers_clock_is_of_no_interest(ticket, beats) -> None:
    """A beat carries no time at all; even this machine's own clock an hour off earns nothing."""
    minutes_pass(10)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=True):
        _, answer = beats.beat(ticket, played=((0, 60),))
    assert 10_000 <= answer["credited_ms"] < 14_000


@committed
def test_eight_players_at_once_earn_no_more_than_the_clock(wang, lesson, viewer) -> None:
    seen = viewer(wang)
    began = time.monotonic()
    start = threading.Barrier(8)

    def play(n: int) -> int:
        try:
            start.wait()
            taken = 0
            for turn in range(6):
                facts = signing.read_ticket(actions.TICKET, opened(seen, lesson), now=0)
                for seq in range(1, 6):
                    beat = actions.Beat(
                        facts["p"], facts["e"], facts["g"], facts["n"], seq, 60_000, ((n * 100 + turn, 60_000),)
                    )
                    taken += actions.record_beats([beat])[0].kind == "heard"
            return taken
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        heard = sum(pool.map(play, range(8)))
    elapsed_ms = (time.monotonic() - began) * 1000
    credited = sum(LessonProgress.objects.values_list("credited_ms", flat=True))
    assert heard > 0
    assert credited <= elapsed_ms
    assert LessonProgress.objects.filter(lesson=lesson).count() == 1


@pytest.fixture
def server(tmp_path: Path) -> Iterator["Server"]:
    made = Server(tmp_path)
    made.start()
    yield made
    made.kill()


class Server:
    """A real server on the test's own database and keys."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        here = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
        self.environment = os.environ | {
            "DATABASE_URL": here.geturl(),
            "XUESHI_ENV": "test",
            "XUESHI_KEYS_DIR": str(settings.KEYS_DIR),
            "XUESHI_VAR": str(var),
        }

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "asgi", "config.asgi:application",
                "--host", "127.0.0.1", "--port", str(self.port),
            ],
            cwd=BASE, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.post(f"http://127.0.0.1:{self.port}/pulse/beat", content=b"{}")
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@committed
def test_what_was_confirmed_survives_the_kill_of_the_server(ticket, server) -> None:
    address = f"http://127.0.0.1:{server.port}/pulse/beat"
    minutes_pass(30)
    confirmed = []
    with httpx.Client() as client:
        for seq in range(1, 21):
            body = said(ticket, seq, [(0, seq * 1.5)])
            confirmed.append(client.post(address, content=body).raise_for_status().json())
    server.kill()
    progress = LessonProgress.objects.get(pk=PlayerLease.objects.get().progress_id)
    assert progress.credited_ms == confirmed[-1]["credited_ms"] > 1500
    server.start()
    again = httpx.post(address, content=said(ticket, 20, [(0, 30)])).json()
    assert again == confirmed[-1]
