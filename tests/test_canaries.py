"""Numbers, phones, keys and passwords go in by every form of the house, and come out nowhere they would be kept.

Neither in a log, an audit line, an address, a key of a message, an argument of a job, a session, a refusal nor the page
of a bug. Forms are found by opening every page of the URL table; what is typed is found again by searching for it.
"""

import io
import itertools
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import resolve
from procrastinate.contrib.django.models import ProcrastinateJob

from conftest import PASSWORD, id_number
from tests.test_permissions import STEPPING_OUT, table, urls
from tests.test_sweep import addresses, here, put_down, staff  # noqa: F401  fixtures
from tests.two_counties import County
from xueshi.kernel.models import AuditLine, Message
from xueshi.people import actions

NUMBER = id_number(935, born=date(1931, 11, 29))
CANARIES = {
    "number": NUMBER,
    "old number": NUMBER[:6] + NUMBER[8:17],
    "phone": "13717171931",
    "key": "c4n4rykeyc4n4rykeyc4n4rykeyc4n4r",
    "password": "金丝雀的密码-9Qz",
}
ENOUGH = 3
REFUSING = {"refused.html", "refused_fragment.html", "404.html", "500.html", "403_csrf.html"}
OF_PEOPLE = re.compile("people|person|roll|registr|request|post|invit|counter|review|look")
NO_SECRET = {"unit", "specialty"}  # what may stand in the address of a list of people: no name and no number of anybody
TEXTS = ("text", "search", "tel", "textarea", "email", "")


@dataclass
class Form:
    """A form as a page has it."""

    action: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> (type, value)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._select = page, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urldefrag(urljoin(self._page, got.get("action", ""))).url
            self.found.append(Form(action, got.get("method", "get").lower()))
        elif self.found and tag in ("input", "textarea", "select", "button") and got.get("name"):
            kind = got.get("type", "text" if tag == "input" else tag)
            self._select = got["name"] if tag == "select" else ""
            known = self.found[-1].fields.get(got["name"])
            if known is None or kind == "radio":
                self.found[-1].fields[got["name"]] = (kind, got.get("value", ""))
        elif self.found and tag == "option" and self._select and got.get("value"):
            kind, value = self.found[-1].fields[self._select]
            self.found[-1].fields[self._select] = (kind, value or got["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def filled(form: Form, canary: str) -> dict[str, object]:
    """What somebody types who puts a secret where it does not belong; the rest as the form would send it."""
    typed: dict[str, object] = {}
    for name, (kind, value) in form.fields.items():
        if kind == "password":
            typed[name] = PASSWORD if name == "present" else CANARIES["password"]
        elif kind == "file":
            typed[name] = SimpleUploadedFile("名单.csv", f"姓名,身份证号\n示例,{NUMBER}\n".encode(), "text/csv")
        elif kind == "email":
            typed[name] = f"{canary}@example.test"
        elif kind in TEXTS:
            typed[name] = canary
        elif kind == "date":
            typed[name] = "2020-01-01"
        elif kind == "number":
            typed[name] = "2026"
        else:
            typed[name] = value or "on"
    return typed


def hits(text: str) -> list[str]:
    return [name for name, canary in CANARIES.items() if canary in text or json.dumps(canary)[1:-1] in text]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, down to the least important."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def doors(request: pytest.FixtureRequest, operator, signed_in) -> dict[str, Client]:
    """A client of every kind."""
    return {**request.getfixturevalue("staff"), "operator": signed_in(operator)}


@pytest.fixture
def forms(request: pytest.FixtureRequest, doors: dict[str, Client]) -> list[tuple[str, Form]]:
    return forms_of(request.getfixturevalue("here"), doors)


def forms_of(county: County, doors: dict[str, Client]) -> list[tuple[str, Form]]:
    """Every form of every page, once: who can send it, and the form. A page is opened until ENOUGH have seen it."""
    found: dict[tuple[object, ...], tuple[str, Form]] = {}
    for name, row in table().items():
        if "GET" not in row.methods or name == STEPPING_OUT:
            continue
        opened = 0
        for who, url in itertools.product(
            [one for one in doors if row.lets_in(one)], addresses(name, urls()[name], county)
        ):
            answer = doors[who].get(url)
            html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
            page = answer.content.decode() if html else ""
            opened += answer.status_code == 200
            put_down(answer)
            for form in _parsed(url, page):
                found.setdefault((named(form), form.method, *sorted(form.fields)), (who, form))
            if opened >= ENOUGH:
                break
    return [one for one in found.values() if named(one[1]) != STEPPING_OUT]


def named(form: Form) -> str:
    """The name of the URL to which a form goes."""
    return resolve(form.action.partition("?")[0]).view_name


def refusal(page: str) -> str:
    """A page without the notices at its head: what the form before has done is said to the one who sent it."""
    head, _notices, rest = page.partition('<div id="notices">')
    return head + (rest.partition("<section")[2] if "<section" in rest else rest)


def _parsed(url: str, page: str) -> list[Form]:
    parser = Forms(url)
    parser.feed(page)
    return parser.found


def kept() -> dict[str, str]:
    """Where words are kept that outlive the request."""
    rows: dict[str, list[object]] = {
        "audit": list(AuditLine.objects.values_list("action", "subject", "reason", "facts")),
        "keys of messages": list(Message.objects.values_list("key", flat=True)),
        "jobs": list(ProcrastinateJob.objects.values_list("args", "lock", "queueing_lock")),
        "sessions": [one.get_decoded() for one in Session.objects.all()],
    }
    with connection.cursor() as cursor:
        for table_name in ("axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"):
            cursor.execute(f"SELECT t::text FROM {table_name} t")  # noqa: S608  three names of ours
            rows[table_name] = list(cursor.fetchall())
    return {name: "\n".join(map(str, found)) for name, found in rows.items()}


@pytest.mark.django_db
def test_what_is_typed_into_any_form_is_kept_in_no_log_audit_line_address_job_or_session(
    doors: dict[str, Client], written: io.StringIO, forms: list[tuple[str, Form]], record_property
) -> None:
    fields = sum(len(form.fields) for _who, form in forms)
    assert len(forms) > 60
    in_address = {(named(form), name) for _who, form in forms for name, (kind, _value) in form.fields.items()
                  if form.method == "get" and kind in TEXTS and OF_PEOPLE.search(named(form))}  # fmt: skip
    assert {one for one in in_address if one[1] not in NO_SECRET} == set()
    places, pages, broken = [], [], []
    for kind, (who, form) in itertools.product(("number", "old number", "phone", "key"), forms):
        client = doors[who]
        client.raise_request_exception = False
        typed = filled(form, CANARIES[kind])
        send = client.post if form.method == "post" else client.get
        answer = send(form.action, typed)
        places.append(answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", ""))
        if answer.status_code == 500:
            broken.append(f"{form.action} {sorted(form.fields)}: {written.getvalue()[-600:]}")
        if REFUSING & {one.name for one in answer.templates}:
            pages.append(f"{form.action} {answer.status_code} {refusal(answer.content.decode())}")
        put_down(answer)
    found = {name: hits(text) for name, text in kept().items()}
    found |= {"addresses": hits("\n".join(places)), "logs": hits(written.getvalue())}
    found |= {page[:80]: hits(page) for page in pages}
    record_property("said", f"canaries: {len(forms)} forms, {fields} fields, {4 * len(forms)} posts")
    assert {name: where for name, where in found.items() if where} == {}
    assert pages
    assert broken == []


@pytest.mark.django_db
def test_the_page_and_the_log_of_a_bug_repeat_nothing(
    wang, signed_in, written: io.StringIO, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise ValueError(f"cannot read {CANARIES['number']} {CANARIES['phone']} {CANARIES['password']}")

    client = signed_in(wang)
    client.raise_request_exception = False
    monkeypatch.setattr(actions, "change_password", broken)
    for debug in (False, True):
        settings.DEBUG = debug
        answer = client.post(
            "/me/password/", {"present": PASSWORD, "password": CANARIES["password"], "again": CANARIES["password"]}
        )
        assert answer.status_code == 500
        assert "Traceback" in written.getvalue()
        assert hits(written.getvalue()) == []
        assert debug or hits(answer.content.decode()) == []
