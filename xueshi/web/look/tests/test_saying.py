"""How hours, money, moments and numbers are said, in both languages."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from xueshi.web.look import saying

MIDNIGHT = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 2027-01-01 00:00 in Shanghai
moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC))


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("value", "said"),
    [("12.50", "12.5"), ("20", "20"), ("20.0", "20"), ("0.85", "0.85"), ("1E+2", "100"), (12.5, "12.5")],
)
def test_hours_are_said_without_trailing_zeros(value, said):
    assert saying.hours(value) == said


@given(st.decimals(min_value=0, max_value=9999, places=2))
def test_said_hours_are_the_hours(value):
    assert Decimal(saying.hours(value)) == value


def test_money_is_said_with_both_decimals():
    assert saying.yuan(Decimal(70)) == "70.00 元"
    with translation.override("en"):
        assert saying.yuan(Decimal(70)) == "70.00 yuan"


def test_midnight_ends_the_day_before_at_24_00():
    assert saying.moment(MIDNIGHT) == "2026年12月31日（周四）24:00"
    with translation.override("en"):
        assert saying.moment(MIDNIGHT) == "Thursday 31 Dec 2026, 24:00"


def test_an_opening_at_midnight_begins_its_day():
    assert saying.opening(MIDNIGHT) == "2027年1月1日（周五）00:00"
    with translation.override("en"):
        assert saying.opening(MIDNIGHT) == "Friday 1 Jan 2027, 00:00"


@given(moments)
def test_a_said_moment_leads_back_to_its_minute(at):
    with translation.override("zh-hans"):
        said = saying.moment(at)

    year, month, day, hour, minute = map(int, re.findall(r"\d+", said))
    found = datetime(year, month, day, tzinfo=saying.SHANGHAI) + timedelta(hours=hour, minutes=minute)
    assert found.astimezone(UTC) == at.replace(second=0, microsecond=0) or at.second or at.microsecond
    assert abs(found - at) < timedelta(minutes=1)


@given(moments)
def test_english_and_chinese_name_the_same_weekday(at):
    with translation.override("zh-hans"):
        chinese = saying.opening(at)
    with translation.override("en"):
        english = saying.opening(at)

    assert "一二三四五六日"[saying.local(at).weekday()] == re.search(r"周(.)", chinese)[1]
    assert english.startswith(f"{saying.local(at):%A}")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=12, hours=14), "还有 12 天"),
        (timedelta(hours=25), "还有 1 天"),
        (timedelta(hours=5), "还有 5 小时"),
        (timedelta(minutes=20), "还有 20 分钟"),
    ],
)
def test_what_is_left_is_said_in_days_then_hours_then_minutes(left, said):
    assert saying.time_left(MIDNIGHT, MIDNIGHT - left) == said


def test_english_days_know_one_from_many():
    with translation.override("en"):
        assert saying.time_left(MIDNIGHT, MIDNIGHT - timedelta(hours=25)) == "1 day left"
        assert saying.time_left(MIDNIGHT, MIDNIGHT - timedelta(days=12, hours=14)) == "12 days left"


def test_lengths_are_said_as_people_say_them():
    assert saying.minutes(158) == "2 小时 38 分"
    assert saying.minutes(120) == "2 小时"
    assert saying.minutes("44.2") == "45 分"
    assert saying.duration(1185) == "19 分 45 秒"
    assert saying.duration(3605) == "1 小时 5 秒"
    assert saying.duration(0) == "0 秒"
    assert saying.position(1325) == "22:05"
    assert saying.position(3725) == "1:02:05"


def test_identity_and_phone_numbers_show_head_and_tail():
    assert saying.mask_id("32110119800307002X") == "3211**********002X"
    assert saying.mask_phone("13800138000") == "138****8000"


@given(st.text(alphabet="0123456789X", min_size=1, max_size=18))
def test_masking_never_shows_more_than_eight_places_and_changes_nothing_twice(number):
    masked = saying.mask_id(number)

    assert len(masked) == len(number)
    assert len(masked.replace("*", "")) <= 8
    assert "*" in masked
    assert saying.mask_id(masked) == masked
