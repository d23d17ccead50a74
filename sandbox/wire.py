"""A request and a response as plain values, and the small HTTP server that carries them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 1_000_000


@dataclass(frozen=True)
class Request:
    """One request; header names are lower case, later values of a repeated key win."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """Query and form together, as payment gateways read them."""
        return self.query | self.form


@dataclass(frozen=True)
class Response:
    """One response."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


def page(html: str, status: int = 200) -> Response:
    """Answer with a page."""
    return Response(status, html.encode(), "text/html; charset=utf-8")


def as_json(data: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(status, json.dumps(data, ensure_ascii=False).encode(), "application/json")


def redirect(address: str) -> Response:
    """Send the browser elsewhere by GET."""
    return Response(303, b"", "text/plain", {"Location": address})


Respond = Callable[[Request], Response]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        kind = self.headers.get("Content-Type", "")
        is_form = kind.startswith("application/x-www-form-urlencoded")
        response = self.server.respond(
            Request(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                form=dict(parse_qsl(body.decode(), keep_blank_values=True)) if is_form else {},
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
            )
        )
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.close_connection = True

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815  (the names http.server looks for)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses carry signatures and numbers."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        self.respond = respond
        super().__init__((host, port), _Handler)


def listen(host: str, port: int, respond: Respond) -> ThreadingHTTPServer:
    """Bind (port 0: any free one); the caller runs ``serve_forever`` in a thread of its own."""
    return _Server(host, port, respond)
