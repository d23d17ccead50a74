"""What must not be written down is not, whoever writes and however it is spelled."""

import io
import logging
from datetime import date

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from conftest import id_number
from xueshi.kernel import audit, redaction
from xueshi.kernel.models import AuditLine

NUMBER = id_number(77, born=date(1986, 11, 23))


@pytest.mark.parametrize(
    "said",
    [
        NUMBER,
        NUMBER.lower(),
        f"证件号{NUMBER}的人",
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"{NUMBER[:6]}-{NUMBER[6:14]}-{NUMBER[14:]}",
        NUMBER.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")),
        NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"),  # mistyped: it tells as much
        NUMBER[:6] + NUMBER[8:17],  # the 15 places of old
        f"?id={NUMBER}&x=1",
    ],
)
def test_an_identity_number_is_masked_however_it_is_written(said: str) -> None:
    shown = redaction.mask(said)
    assert "*" in shown
    assert "19861123" not in shown
    assert "861123" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("13812345678", "138****5678"),
        ("打 +86 138 1234 5678 找他", "打 138****5678 找他"),
        ("password=correct-horse next", "password=****** next"),
        ("{'password': 'with blank and 1', 'x': 'y'}", "{'password': '******', 'x': 'y'}"),
        ("new_password: 一句记得住的话", "new_password: ******"),
        ("密码：一句话", "密码：******"),
        ("验证码 123456，10 分钟内有效", "验证码 ******，10 分钟内有效"),
        ("code=482910", "code=******"),
        ("session 0abcdefghijklmnopqrstuvwxyz12345 ended", "session ****** ended"),
        ("csrf aB3" + "x" * 61, "csrf ******"),
    ],
)
def test_phones_keys_codes_and_passwords_are_masked(said: str, shown: str) -> None:
    assert redaction.mask(said) == shown


@pytest.mark.parametrize(
    "said",
    ["2026-06-01 09:00 GET /unit/people/ 200", "order 202606011234567890123", "person:13800", "wrong-code refused",
     "20 学时，2026 年度", "a" * 64, "0" * 64, "5001 0300 0000", "1.5e17"],
)  # fmt: skip
def test_what_is_no_secret_stays_readable(said: str) -> None:
    assert redaction.mask(said) == said


@given(st.dates(date(1900, 1, 1), date(2025, 1, 1)), st.integers(1, 999), st.text(max_size=30))
def test_no_number_comes_through_and_masking_twice_changes_nothing(born: date, serial: int, around: str) -> None:
    number = id_number(serial, born=born)
    around = "".join(c for c in around if not c.isdigit())
    shown = redaction.mask(f"{around} {number} {around}")
    assert number not in shown
    assert redaction.mask(shown) == shown


def test_json_is_masked_however_deep() -> None:
    found = redaction.masked({"a": [{"b": f"看过 {NUMBER}"}], "n": 5, "none": None})
    assert NUMBER not in str(found)
    assert found["n"] == 5
    assert found["none"] is None


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    """A logger of somebody who knows nothing of us, with a handler without our filter."""
    redaction.everywhere()
    stream, log = io.StringIO(), logging.getLogger("somebody.elses")
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return log, stream


def test_a_foreign_logger_with_a_foreign_handler_writes_nothing_secret(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    log, stream = written
    log.info("typed %s by %s", NUMBER, {"phone": "13912345678"})
    try:
        int(f"{NUMBER} 示例")
    except ValueError:
        log.exception("broken for 13912345678")
    log.info("wrong %s %s", NUMBER)  # arguments that do not fit
    said = stream.getvalue()
    assert "ValueError" in said
    assert "typed 5001" in said
    assert NUMBER not in said
    assert "13912345678" not in said


def test_what_a_form_brought_in_secret_fields_is_not_repeated(written: tuple[logging.Logger, io.StringIO]) -> None:
    log, stream = written
    request = RequestFactory().post("/", {"password": "plain words here", "name": "示例某人"})
    log.info("before: plain words here")  # nobody could know
    forget = redaction.remember(request)
    assert request.POST["name"]
    log.info("within: plain words here, 示例某人")
    forget()
    assert stream.getvalue().splitlines() == ["before: plain words here", "within: ******, 示例某人"]


def test_a_report_of_a_bug_shows_where_and_nothing_typed() -> None:
    request = RequestFactory().post("/", {"note": NUMBER})
    assert request.POST
    reporter = redaction.NothingTyped()
    assert reporter.get_post_parameters(request) == {"note": redaction.HIDDEN}
    assert reporter.is_active(None)


@pytest.mark.django_db
def test_a_number_in_a_reason_is_masked_before_it_is_kept() -> None:
    from conftest import NINE

    audit.record(None, "house.note", "person:1", at=NINE, reason=f"核对 {NUMBER}", seen=["电话 13912345678"])
    line = AuditLine.objects.get(action="house.note")
    assert line.reason == f"核对 {NUMBER[:4]}**********{NUMBER[-4:]}"
    assert line.facts == {"seen": ["电话 139****5678"]}
