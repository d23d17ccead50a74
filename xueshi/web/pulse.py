"""Heartbeats and answer saves: bare ASGI, signed ticket, group commit, nothing else.

Django's request machinery costs ten times what a beat does, so these two paths go round it. What guards them: the
ticket in the body (sealed, short-lived, for one player or one seat), the same origin, and a limit of size.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from xueshi.exams import actions as exams
from xueshi.kernel.batching import RETRY_AFTER_SECONDS, Batch
from xueshi.kernel.errors import Refused
from xueshi.study import actions as study
from xueshi.web import pulse_beats, pulse_exams

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, bytes]

LARGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class Route:
    """What answers a path, and the batch in which its requests are committed."""

    answer: Callable[[bytes, Any], Awaitable[Answer]]
    batch: Any


def routes() -> dict[str, Route]:
    """The pulse's paths, each with a batch of its own."""
    return {
        "/pulse/beat": Route(pulse_beats.answer, Batch(study.record_beats)),
        "/pulse/answer": Route(pulse_exams.answer, Batch(exams.save_answers)),
    }


def beside(pages: Application) -> Application:
    """An ASGI application that answers the pulse itself and hands every other path to `pages`."""
    table = routes()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/pulse/"):
            await pages(scope, receive, send)
            return
        status, body = await _in_language(_language(_headers(scope)), scope, receive, table)
        await _reply(send, status, body)

    return application


async def _in_language(language: str, scope: Scope, receive: Receive, table: dict[str, Route]) -> Answer:
    if language == settings.LANGUAGE_CODE:
        return await _answer(scope, receive, table)

    async def apart() -> Answer:
        translation.activate(language)
        return await _answer(scope, receive, table)

    # A task has a context of its own: the language of one learner never reaches another.
    return await asyncio.get_running_loop().create_task(apart())


async def _answer(scope: Scope, receive: Receive, table: dict[str, Route]) -> Answer:
    route = table.get(scope["path"])
    if route is None:
        return problem(404, "not-found", _("没有这个地址。"))
    if scope["method"] != "POST":
        return problem(405, "method", _("这个地址只接收页面自己发来的进度。"))
    if not _same_origin(_headers(scope)):
        return problem(403, "origin", _("这个请求不是从本站页面发来的，没有接收。"))
    body = await _body(receive)
    if body is None:
        return problem(413, "too-large", _("发来的内容太大，没有接收。"))
    try:
        return await route.answer(body, route.batch)
    except Refused as refused:
        return problem(refused.status, refused.code, refused.said, refused.advice)


def problem(status: int, code: str, says: str, advice: str = "", **facts: object) -> Answer:
    """A refusal as JSON, in the words that pages use."""
    return status, json.dumps({"code": code, "says": says, "next": advice, **facts}).encode()


async def _body(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """Browsers say where a request comes from; what says nothing of it is no browser, and needs a ticket anyway."""
    if headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
        return False
    origin = headers.get(b"origin", b"").decode("latin1")
    if not origin:
        return True
    host = headers.get(b"host", b"").decode("latin1")
    return urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS


def _language(headers: dict[bytes, bytes]) -> str:
    """The language of the page: its cookie, else what the browser prefers."""
    known = {code for code, _name in settings.LANGUAGES}
    for pair in headers.get(b"cookie", b"").decode("latin1").split(";"):
        name, _sign, value = pair.strip().partition("=")
        if name == settings.LANGUAGE_COOKIE_NAME and value in known:
            return value
    preferred = headers.get(b"accept-language", b"")[:2].decode("latin1")
    return preferred if preferred in known else str(settings.LANGUAGE_CODE)


async def _reply(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store, private"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER_SECONDS).encode()))
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
