"""A Refused becomes a page or a fragment, here and nowhere else."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xueshi.kernel import redaction
from xueshi.kernel.errors import Refused

log = logging.getLogger("xueshi.refused")
WITHOUT_PEOPLE = "/operate/"  # lessons are large, and speak of nobody: they may lie in a temporary file


class TooMuchSent(Refused):
    """What people send about people is held in memory only, so there is a limit to it."""

    status = 413
    code = "too-much-sent"
    sentence = _("一次最多上传 %(most)s MB，这次超过了，没有收。")
    next_step = _("请分几次上传，或者把图片和扫描件压小。")


class PagesCompressed(GZipMiddleware):
    """Compress pages and nothing else: a video or a download is fetched in ranges, which compression would break.

    Django's middleware adds random bytes, so that the length tells nothing about the secrets in a page (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class refusals:  # noqa: N801  named as it is listed in the settings: a middleware is a function with a hook
    """Answers a Refused with its status: a fragment for htmx, JSON for scripts, a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _too_much(request):  # before anything reads it: Django would put it on the disk, in clear
            return answer(request, TooMuchSent(most=settings.FILE_UPLOAD_MAX_MEMORY_SIZE // 2**20))
        forget = redaction.remember(request)
        try:
            return self.get_response(request)
        finally:
            forget()

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, Refused):
            return None
        log.info(
            "%s %s",
            problem.code,
            request.resolver_match.view_name if request.resolver_match else "",
        )
        return answer(request, problem)


def _too_much(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    sent = int(length) if length.isdigit() else 0
    return sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE and not request.path_info.startswith(WITHOUT_PEOPLE)


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal for a person or a script; what it quotes is masked where it is a number or a key."""
    said, advice = (redaction.mask(words, brought=False) for words in (refused.said, refused.advice))
    if request.headers.get("Accept", "").startswith("application/json"):
        body = {"code": refused.code, "says": said, "next": advice}
        return JsonResponse(body, status=refused.status)
    template = "refused_fragment.html" if request.headers.get("HX-Request") else "refused.html"
    shown = {"refused": {"said": said, "advice": advice}}
    response = HttpResponse(render_to_string(template, shown, request), status=refused.status)
    if template == "refused_fragment.html":  # said at the head of the page; what was there stays
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    response.headers["Cache-Control"] = "no-store, private"
    return response


METHODS = ("GET", "HEAD", "POST")


def few_methods(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Pages are read and posted to; nothing else is answered, whatever a view forgot to say."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware
