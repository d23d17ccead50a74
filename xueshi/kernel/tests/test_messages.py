"""A message is told once, after the commit, and a failure is tried again. Over a real queue and a real mail server."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Caught
from django.db import connection, transaction
from procrastinate import App
from procrastinate.contrib.django import app

from xueshi.kernel import jobs, messages
from xueshi.kernel.models import Message

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_queue(transactional_db) -> None:
    """The queue's tables are not Django's to empty."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


class Box(Caught):
    """Keeps every mail that comes."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[str] = []

    def handle_message(self, message: EmailMessage) -> None:
        self.mails.append(str(make_header(decode_header(message["Subject"]))))


@pytest.fixture
def post_office(settings) -> Iterator[Box]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


def tell() -> None:
    messages.tell(
        key="probe:1", channel="mail", address="wang@example.test", subject="提醒", body="验证码 123456", at=NOON
    )


def queued() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status, args FROM procrastinate_jobs WHERE task_name LIKE '%deliver' ORDER BY id")
        return [dict(zip(("id", "status", "args"), row, strict=True)) for row in cursor.fetchall()]


def test_a_mail_goes_out_once_and_forgets_its_words(post_office):
    tell()
    tell()
    message = Message.objects.get(key="probe:1")
    messages.deliver(message_id=message.pk)
    messages.deliver(message_id=message.pk)
    assert post_office.mails == ["提醒"]
    message.refresh_from_db()
    assert (message.state, message.body) == ("sent", "")


def test_what_is_rolled_back_is_never_told():
    def tells_and_fails() -> None:
        with transaction.atomic():
            tell()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        tells_and_fails()
    assert not Message.objects.exists()
    assert queued() == []


def test_a_committed_message_has_its_job_and_names_nobody_in_it():
    tell()
    (job,) = queued()
    assert "wang" not in str(job["args"])


def test_a_mail_server_that_is_away_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell()
    message = Message.objects.get(key="probe:1")
    with pytest.raises(messages.NotDelivered):
        messages.deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.tries, message.body) == ("failed", 1, "验证码 123456")


def test_a_killed_workers_job_is_given_back_to_the_queue():
    tell()
    (job,) = queued()
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with connection.cursor() as cursor:  # what a SIGKILL leaves behind: doing, and a worker that beats no more
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [long_ago])
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job["id"]]
        )
    assert give_back() == 1
    assert queued()[0]["status"] == "todo"
    assert give_back() == 0


def give_back() -> int:
    """What the worker's clock does every minute, over a worker's own connection."""

    async def run(worker: App) -> int:
        async with worker.open_async():
            return await jobs.give_back(worker.job_manager)

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        return asyncio.run(run(worker))
