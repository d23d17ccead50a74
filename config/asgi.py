"""The pulse (heartbeats and answer saves) beside the pages, one origin.

Django's own ASGI handler is three to four times slower than its WSGI one, so the pages go through a2wsgi.
"""

from typing import Any, cast

from a2wsgi import WSGIMiddleware

from config.wsgi import application as wsgi
from xueshi.web import pulse

_bridge = cast("pulse.Application", WSGIMiddleware(cast("Any", wsgi), workers=16))


async def pages(scope: pulse.Scope, receive: pulse.Receive, send: pulse.Send) -> None:
    """Django's pages. granian's `receive` gives a future, where a2wsgi wants a coroutine to run on the loop."""

    async def heard() -> dict[str, Any]:
        return await receive()

    await _bridge(scope, heard, send)


application = pulse.beside(pages)
