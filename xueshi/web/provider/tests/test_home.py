"""A base sees its own papers and nobody else's; its head applies."""

import pytest
from django.urls import reverse
from django.utils import timezone

from xueshi.kernel import clock
from xueshi.training import base_actions, entrustment_actions
from xueshi.training.base_actions import Scope
from xueshi.training.base_models import Accreditation
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import OF_COUNTY, PUBLIC

pytestmark = pytest.mark.django_db
SENT = {"subjects": ["public"], "title_levels": ["intermediate"], "specialties": "", "reason": "两间机房"}


@pytest.fixture
def city(make_person):
    return kaifeng.city_of(make_person)


def today():
    return clock.day_of(timezone.now())


@pytest.fixture
def page(city, signed_in, django_assert_max_num_queries):
    def look(who: str, name: str = "home", *, status: int = 200, sent=None, **asked: object) -> str:
        client, url = signed_in(city.people[who]), reverse(f"provider:{name}")
        with django_assert_max_num_queries(25):
            answer = client.get(url, asked) if sent is None else client.post(url, sent)
        assert answer.status_code == status
        return answer.content.decode() if status != 303 else client.get(answer.url).content.decode()

    return look


def approve(city, one, **changes):
    said = {"viewer": city.first, "batch_id": None, "since": today(), "until": None} | changes
    return base_actions.approve(accreditation_id=one.pk, at=timezone.now(), **said)


def test_the_head_applies_and_follows_the_application(city, page):
    assert "开封大学还不是继续教育基地。" in page("开大负责人")
    assert "承担专业科目的，要写明核准的专业。" in page(
        "开大负责人", "apply", sent=SENT | {"subjects": ["professional"]}, status=422
    )
    shown = page("开大负责人", "apply", sent=SENT, status=303)
    for words in ("申请在审批中", "在开封市人力资源和社会保障局审批", "两间机房", "公需科目；中级"):
        assert words in shown
    again = page("开大负责人", "apply", sent=SENT, status=422)
    assert "已经有一份基地申请或资格：待审批。" in again
    one = Accreditation.objects.get()
    base_actions.send_back(viewer=city.first, accreditation_id=one.pk, reason="请补场地证明", at=timezone.now())
    back = page("开大负责人")
    assert "请补场地证明" in back
    assert "补正申请" in back
    assert "请补场地证明" in page("开大负责人", "apply")
    page("开大负责人", "apply", sent=SENT, status=303)
    assert Accreditation.objects.get().state == "applied"


def test_a_clerk_of_the_base_looks_and_does_not_apply(page):
    assert "申请成为基地" not in page("开大经办")
    page("开大经办", "apply", status=403)
    page("开大经办", "apply", sent=SENT, status=403)


@pytest.mark.clause("KF-35", "KF-39")
def test_a_base_sees_its_scope_counties_and_fees(city, page):
    approve(city, base_actions.apply(viewer=city.head, base_id=city.university.pk, scope=PUBLIC, at=timezone.now()))
    entrustment_actions.entrust(
        viewer=city.county_first, bureau_id=city.county.pk, base_id=city.university.pk,
        scope=Scope(["public"], [], ["junior"]), since=today(), document="兰人社〔2026〕7号", at=timezone.now(),
    )  # fmt: skip
    entrustment_actions.set_fee(
        viewer=city.first, bureau_id=city.city.pk, subject="public", title_level="", per="year", amount=60,
        since=today(), basis="示例价费〔2026〕1号", at=timezone.now(),
    )  # fmt: skip
    shown = page("开大经办")
    for words in ("资格有效，可以在核准的范围里开班。", "兰考县", "兰人社〔2026〕7号", "60.00 元", "由主管部门统一定"):
        assert words in shown
    yes = page("开大经办", region="410225", subject="public", title_level="junior", on=today())
    assert "依据区县的委托：兰人社〔2026〕7号" in yes


def test_a_base_sees_only_its_own(city, page):
    approve(city, base_actions.apply(viewer=city.head, base_id=city.university.pk, scope=PUBLIC, at=timezone.now()))
    base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=timezone.now())
    mine = page("进修负责人")
    assert "兰考县示例进修学校" in mine
    assert "开封大学" not in mine
    page("进修负责人", base=city.university.pk, status=404)
    page("进修负责人", base="odd", status=404)


def test_others_have_no_key_to_this_door(city, signed_in, wang, officer, clerk):
    for person in (wang, officer, clerk, city.people["市局甲"]):
        for name in ("home", "apply"):
            assert signed_in(person).get(reverse(f"provider:{name}")).status_code == 403
