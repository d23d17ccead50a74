"""Kept files over HTTP in parts (RFC 9110, 14): videos that can be sought, downloads that can be resumed (CQ-21)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date

from xueshi.kernel import files

if TYPE_CHECKING:
    from xueshi.kernel.models import StoredFile

BLOCK = 64 * 1024
# A browser asks for a film "from here to the end" and then takes its time. Answering with the next piece only keeps a
# worker busy for moments, not for the whole lesson; the browser asks again when it needs more.
PIECE = 1024 * 1024


class Unsatisfiable(ValueError):
    """The part asked for does not exist in the file."""


def part(header: str, size: int) -> tuple[int, int] | None:
    """The [start, stop) that a Range header means; None for "everything" or what may be ignored."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if found is None or not any(found.groups()):
        return None  # several parts at once, or another unit: the whole file is a correct answer
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= stop:
        raise Unsatisfiable(header)
    return start, stop


def answer(
    request: HttpRequest, stored: "StoredFile", *, piece: int | None = None, download: str = ""
) -> HttpResponseBase:
    """The file, or the part of it that the request asks for; a `piece` limits what one answer carries.

    `download` is the name under which a browser keeps it.
    """
    etag = f'"{stored.sha256[:32]}"'
    try:
        wanted = part(request.headers.get("Range", ""), stored.size) if _still_the_same(request, etag) else None
    except Unsatisfiable:
        refused = HttpResponse(status=416)
        refused.headers["Content-Range"] = f"bytes */{stored.size}"
        return refused
    if wanted is None and request.headers.get("If-None-Match") == etag:
        return _headed(HttpResponse(status=304), stored, etag, download)
    start, stop = wanted or (0, stored.size)
    if wanted and piece:
        stop = min(stop, start + piece)
    body = iter(()) if request.method == "HEAD" else blocks(stored, start, stop)
    response = StreamingHttpResponse(body, status=206 if wanted else 200, content_type=stored.content_type)
    response.headers["Content-Length"] = str(stop - start)
    if wanted:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size}"
    return _headed(response, stored, etag, download)


def _still_the_same(request: HttpRequest, etag: str) -> bool:
    return request.headers.get("If-Range", etag) == etag


def _headed(response: HttpResponseBase, stored: "StoredFile", etag: str, download: str) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(stored.kept_at.timestamp())
    response.headers["Cache-Control"] = "private, max-age=3600"
    if download:
        response.headers["Content-Disposition"] = _disposition(download)
    return response


def _disposition(name: str) -> str:
    suffix = re.sub(r"[^A-Za-z0-9.]", "", name.rpartition(".")[2])
    return f"attachment; filename=\"courseware.{suffix}\"; filename*=UTF-8''{quote(name)}"


def blocks(stored: "StoredFile", start: int, stop: int) -> Iterator[bytes]:
    """The bytes of [start, stop), a block at a time; the file is closed at the end or when nobody listens."""
    with files.reading(stored) as file:  # opened at the first block, so that nobody listening leaves nothing open
        file.seek(start)
        while start < stop and (block := file.read(min(BLOCK, stop - start))):
            start += len(block)
            yield block
