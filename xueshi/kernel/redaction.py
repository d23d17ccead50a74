"""What must never stand in a log, an audit line or an error page: identity numbers, phones, keys, codes, passwords.

A last line of defence: the house does not write them anywhere on purpose. `everywhere()` masks every log record at its
birth, whoever makes it and whatever handler takes it, together with the text of an exception.
"""

import logging
import re
import traceback
import unicodedata
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

HIDDEN = "******"
_GAP = r"[ \-\u3000]?"
_LONG = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXxＸｘ](?!\d)")
_SHORT = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{14}}(?!\d)")
_PHONE = re.compile(rf"(?<!\d)((?:\+?86|0086){_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_KEY = re.compile(r"(?<![0-9A-Za-z])(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{32}(?![0-9A-Za-z])")  # a session, a capability
_FORM_TOKEN = re.compile(r"(?<!\w)(?=[0-9A-Z]*[a-z])(?=[0-9a-z]*[A-Z])(?:[0-9A-Za-z]{64}|[0-9A-Za-z]{32})(?!\w)")
_NAMED = re.compile(
    r"(?i)((?:\b\w*(?:password|passwd|passphrase|secret|token|sessionid|session_key|otp)|密码|口令)"
    r"[\"']?\s*(?:[:=：]|是)\s*)(\[?[\"'])?((?(2)[^\"']+|[^\s,;&\"']+))"
)
_CODE = re.compile(r"(?i)((?:\bcode|验证码|校验码)[\"']?\s*(?:[:=：]|is\b|是)?\s*[\"']?)(\d{4,10})(?!\d)")
_SENSITIVE_FIELD = re.compile(r"(?i)password|passwd|secret|token|otp|code$|id_number|phone|present")
_LEAST = 6  # shorter values would blot out half a line

# What the present request brought and nobody may repeat; asked only when something is written down.
_brought: ContextVar[Callable[[], Iterable[str]] | None] = ContextVar("brought", default=None)


def mask(text: str, *, brought: bool = True) -> str:
    """The text without identity numbers (15 or 18 places), mainland phones, session keys, codes and passwords.

    Without `brought`, what the present request has in secret fields is told by its shape alone: for its own answer.
    """
    if len(text) < _LEAST:
        return text
    for secret in _secrets() if brought else ():
        text = text.replace(secret, HIDDEN)
    text = numbers_masked(text)
    text = _PHONE.sub(_phone, text)
    text = _NAMED.sub(lambda found: f"{found[1]}{found[2] or ''}{HIDDEN}", text)
    text = _CODE.sub(lambda found: f"{found[1]}{HIDDEN}", text)
    text = _FORM_TOKEN.sub(HIDDEN, text)
    return _KEY.sub(HIDDEN, text)


def numbers_masked(text: str) -> str:
    """The text without identity numbers: for reasons, which are kept and read by people who see numbers masked."""
    return _SHORT.sub(_short, _LONG.sub(_long, text))


def masked(value: Any) -> Any:
    """The same of JSON values, however deep."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask(key) if isinstance(key, str) else key: masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    return value


def _digits(text: str) -> str:
    return re.sub(r"[ \-]", "", unicodedata.normalize("NFKC", text)).upper()


def _is_day(text: str) -> bool:
    try:
        return 1850 <= date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}").year <= 2100
    except ValueError:
        return False


def _long(found: re.Match[str]) -> str:
    """Also with a wrong check character: a number somebody mistyped tells as much as the right one."""
    number = _digits(found[0])
    return f"{number[:4]}**********{number[-4:]}" if _is_day(number[6:14]) else found[0]


def _short(found: re.Match[str]) -> str:
    number = _digits(found[0])
    return f"{number[:4]}********{number[-3:]}" if _is_day(f"19{number[6:12]}") else found[0]


def _phone(found: re.Match[str]) -> str:
    number = _digits(found[0])[-11:]
    return f"{number[:3]}****{number[-4:]}"


# ---- what a request brought ---------------------------------------------------------------------------------------


def remember(request: HttpRequest) -> Callable[[], None]:
    """From now on nothing written down repeats what this request's form carries in its secret fields; undo with ()."""

    def secrets() -> Iterable[str]:
        form = getattr(request, "_post", None)  # only what a view has parsed already
        if form is None:
            return
        for name, values in form.lists():
            if _SENSITIVE_FIELD.search(name):
                yield from (value for value in values if isinstance(value, str) and len(value) >= _LEAST)

    before = _brought.set(secrets)
    return lambda: _brought.reset(before)


def _secrets() -> list[str]:
    brought = _brought.get()
    return sorted(set(brought()), key=len, reverse=True) if brought else []


# ---- logs ---------------------------------------------------------------------------------------------------------


def blot(record: logging.LogRecord) -> logging.LogRecord:
    """A record whose words, and whose exception's words, are masked. Twice is harmless."""
    try:
        said = record.getMessage()
    except (TypeError, ValueError):  # wrong arguments: logging itself would say so on stderr, with all of them
        said = f"{record.msg} (arguments that do not fit)"
    record.msg, record.args = mask(said), None
    if record.exc_info and not record.exc_text:
        kind = record.exc_info if isinstance(record.exc_info, tuple) else (None, None, None)
        record.exc_text = mask("".join(traceback.format_exception(*kind)).rstrip("\n"))
    record.exc_info = None
    if record.stack_info:
        record.stack_info = mask(record.stack_info)
    return record


class Redacted(logging.Filter):
    """For handlers: lets everything pass, masked."""

    def filter(self, record: logging.LogRecord) -> bool:
        blot(record)
        return True


def everywhere() -> None:
    """Every log record of this process is masked when it is made. Calling it again changes nothing."""
    made = logging.getLogRecordFactory()
    if getattr(made, "blots", False):
        return

    def blotted(*given: Any, **named: Any) -> logging.LogRecord:
        return blot(made(*given, **named))

    blotted.blots = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(blotted)


class NothingTyped(SafeExceptionReporterFilter):
    """Django's reports of a bug: where it happened, and nothing of what was typed or held in variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        form = getattr(request, "_post", None) or {}
        return dict.fromkeys(form, HIDDEN)

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        return dict.fromkeys(tb_frame.f_locals, HIDDEN).items()
