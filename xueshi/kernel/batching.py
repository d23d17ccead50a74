"""Group commit: concurrent requests share one transaction, and each is answered after it.

While one batch is being committed the next one gathers, so a lone request waits for nothing and ten thousand
share their commits. There is no fixed wait: it would cost both throughput and latency.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import close_old_connections, connections
from django.utils.translation import gettext_lazy as _

from xueshi.kernel.errors import Refused

Request = TypeVar("Request")
Answer = TypeVar("Answer")
Waiting = tuple[Request, asyncio.Future[Answer]]

RETRY_AFTER_SECONDS = 5


class Overloaded(Refused):
    """More is waiting than could be answered soon; nothing was taken in, ask again."""

    status = 503
    code = "overloaded"
    sentence = _("现在同时学习的人太多，这一次还没有收到。")
    next_step = _("页面会自己再试，已保存的不受影响。")


class Batch(Generic[Request, Answer]):
    """Gathers requests for `work`, which is one durable transaction and answers them in their order.

    One writer thread with one database connection; `work` runs there and nowhere else. If a batch fails, its
    requests are tried one by one, so that a bad one fails alone: `ask` raises what its own try raised.
    """

    def __init__(
        self, work: Callable[[Sequence[Request]], Sequence[Answer]], *, most: int = 500, waiting: int = 5000
    ) -> None:
        self._work = work
        self._most = most  # requests in one transaction
        self._limit = waiting  # requests that may wait; one more is refused
        self._queue: list[Waiting[Request, Answer]] = []
        self._writer: ThreadPoolExecutor | None = None
        self._running: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        """The answer to one request, after COMMIT. Raises Overloaded at once when too many wait."""
        if len(self._queue) >= self._limit:
            raise Overloaded()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._queue.append((request, answer))
        if self._running is None or self._running.done() or self._running.get_loop() is not loop:
            self._running = loop.create_task(self._drain())
        return await answer

    async def _drain(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[: self._most], self._queue[self._most :]
            answers, problem = await self._try([request for request, _ in batch])
            if problem is None:
                for (_, waiting), answer in zip(batch, answers, strict=True):
                    if not waiting.done():  # its caller may have hung up
                        waiting.set_result(answer)
            else:
                await self._one_by_one(batch, problem)

    async def _one_by_one(self, batch: list[Waiting[Request, Answer]], problem: BaseException) -> None:
        for request, waiting in batch:
            answers: Sequence[Answer] = ()
            if len(batch) > 1:
                answers, problem_alone = await self._try([request])
            else:
                problem_alone = problem
            if waiting.done():
                continue
            if problem_alone is None:
                waiting.set_result(answers[0])
            else:
                waiting.set_exception(problem_alone)

    async def _try(self, requests: list[Request]) -> tuple[Sequence[Answer], BaseException | None]:
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="batch")
        done = asyncio.get_running_loop().run_in_executor(self._writer, self._commit, requests)
        await asyncio.wait([done])  # keeps whatever was raised, for the caller it belongs to
        problem = done.exception()
        return ((), problem) if problem else (done.result(), None)

    def _commit(self, requests: list[Request]) -> Sequence[Answer]:
        close_old_connections()  # a connection that broke is replaced before the next try
        answers = self._work(requests)
        if len(answers) != len(requests):
            raise AssertionError("a batch answers each of its requests, in their order")
        return answers

    def close(self) -> None:
        """End the writer thread and its connection; the next `ask` starts another."""
        if self._writer is not None:
            self._writer.submit(connections.close_all).result()
            self._writer.shutdown()
            self._writer = None
