"""Anybody may check whether a base is one."""

import pytest
from django.urls import reverse
from django.utils import timezone

from xueshi.kernel import clock
from xueshi.training import base_actions, base_change_actions
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import MEDICINE, PUBLIC

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(make_person):
    return kaifeng.city_of(make_person)


@pytest.fixture
def page(client, django_assert_max_num_queries):
    def look(**asked: object) -> str:
        with django_assert_max_num_queries(10):
            answer = client.get(reverse("public:bases"), asked)
        assert answer.status_code == 200
        return answer.content.decode()

    return look


@pytest.mark.clause("KF-19", "KF-37")
def test_everybody_sees_who_is_a_base_for_what_and_who_is_suspended(city, page):
    now, today = timezone.now(), clock.day_of(timezone.now())
    assert "还没有登记继续教育基地" in page()
    one = base_actions.apply(viewer=city.head, base_id=city.university.pk, scope=MEDICINE, at=now)
    assert "开封大学" not in page()  # an application is nobody's business yet
    base_actions.approve(
        viewer=city.first, accreditation_id=one.pk, batch_id=None, since=today, until=None, scope=MEDICINE, at=now
    )
    for code in ("4102", "410225", ""):
        shown = page(region=code)
        assert "开封大学" in shown
        assert "专业科目（临床医学）" in shown
    assert '有 <span class="x-num">1</span> 个基地可以培训' in page(region="4102")
    base_change_actions.suspend(viewer=city.first, accreditation_id=one.pk, since=today, reason="内部原因", at=now)
    suspended = page(region="4102")
    assert "已暂停" in suspended
    assert '有 <span class="x-num">0</span> 个基地可以培训' in suspended
    assert "内部原因" not in suspended  # the reason is for the base and its bureau
    assert page(region="odd\x00")


def test_a_closed_base_is_not_listed(city, page):
    now = timezone.now()
    one = base_actions.apply(viewer=city.head, base_id=city.university.pk, scope=PUBLIC, at=now)
    base_actions.approve(
        viewer=city.first, accreditation_id=one.pk, batch_id=None, since=clock.day_of(now), until=None, at=now
    )
    city.university.closed_at = now
    city.university.save()
    assert "开封大学" not in page(region="4102")
