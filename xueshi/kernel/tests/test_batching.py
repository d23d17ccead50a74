"""Group commit: many callers, few transactions, everyone answered after the commit and nobody for another."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from xueshi.kernel.batching import Batch, Overloaded

pytestmark = pytest.mark.django_db(transaction=True)


class Counter:
    """Adds numbers to a table in one durable transaction a batch; refuses the number 13."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    @transaction.atomic(durable=True)
    def work(self, numbers: Sequence[int]) -> list[int]:
        self.gate.wait(5)
        self.sizes.append(len(numbers))
        with connection.cursor() as cursor:
            for number in numbers:
                cursor.execute("INSERT INTO batching_numbers VALUES (%s)", [number])
        return [number * 2 for number in numbers]


@pytest.fixture
def counter():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE batching_numbers (n int CHECK (n <> 13))")
    yield Counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE batching_numbers")


@pytest.fixture
def batch(counter):
    made = Batch(counter.work, most=50, waiting=200)
    yield made
    made.close()


def stored() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM batching_numbers ORDER BY n")
        return [n for (n,) in cursor.fetchall()]


def test_each_is_answered_with_its_own_and_after_the_commit(counter, batch) -> None:
    async def ask() -> tuple[int, list[int]]:
        answer = await batch.ask(21)
        return answer, await asyncio.to_thread(seen_by_another)

    def seen_by_another() -> list[int]:
        try:
            return stored()
        finally:
            connection.close()

    assert asyncio.run(ask()) == (42, [21])


def test_what_comes_during_a_commit_shares_the_next_one(counter, batch) -> None:
    async def ask() -> list[int]:
        counter.gate.clear()
        asked = [asyncio.ensure_future(batch.ask(n)) for n in range(100, 201)]
        await asyncio.sleep(0.05)
        counter.gate.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == [n * 2 for n in range(100, 201)]
    assert sum(counter.sizes) == 101
    assert len(counter.sizes) <= 4
    assert stored() == list(range(100, 201))


def test_a_bad_request_fails_alone(counter, batch) -> None:
    async def ask() -> list[object]:
        counter.gate.clear()
        first = asyncio.ensure_future(batch.ask(0))
        await asyncio.sleep(0.05)
        asked = [asyncio.ensure_future(batch.ask(n)) for n in (11, 12, 13, 14)]
        await asyncio.sleep(0.05)
        counter.gate.set()
        return await asyncio.gather(first, *asked, return_exceptions=True)

    answers = asyncio.run(ask())
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 22, 24, 28]
    assert "batching_numbers" in str(answers[3])
    assert stored() == [0, 11, 12, 14]


def test_when_too_many_wait_the_next_is_told_to_come_again(counter) -> None:
    small = Batch(counter.work, most=1, waiting=2)

    async def ask() -> list[object]:
        counter.gate.clear()
        asked = [asyncio.ensure_future(small.ask(n)) for n in range(8)]
        await asyncio.sleep(0.05)
        counter.gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(ask())
    small.close()
    refused = [answer for answer in answers if isinstance(answer, Overloaded)]
    taken = [answer for answer in answers if isinstance(answer, int)]
    assert refused[0].status == 503
    assert len(refused) + len(taken) == 8
    assert stored() == [answer // 2 for answer in taken]


def test_a_lost_connection_is_replaced_and_nothing_is_lost(counter, batch) -> None:
    async def ask(n: int) -> int:
        return await batch.ask(n)

    assert asyncio.run(ask(1)) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert asyncio.run(ask(2)) == 4
    assert stored() == [1, 2]


def test_a_caller_that_hangs_up_harms_nobody(counter, batch) -> None:
    async def ask() -> int:
        counter.gate.clear()
        gone = asyncio.ensure_future(batch.ask(1))
        stays = asyncio.ensure_future(batch.ask(2))
        await asyncio.sleep(0.05)
        gone.cancel()
        counter.gate.set()
        return await stays

    assert asyncio.run(ask()) == 4
    assert stored() == [1, 2]
