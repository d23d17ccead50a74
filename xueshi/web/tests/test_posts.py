"""Posts behind three doors: given, renewed, ended, and agreed to by a second person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from conftest import id_number
from xueshi.kernel import clock
from xueshi.people.models import ChangeRequest, Post


def words(answer) -> str:
    return answer.content.decode()


def at(door: str, name: str, *keys: int) -> str:
    return reverse(f"{door}:{name}", args=keys)


@pytest.fixture
def desk(operator, signed_in):
    return signed_in(operator)


@pytest.fixture
def bureau(officer, signed_in):
    return signed_in(officer)


@pytest.fixture
def head(unit_head, signed_in):
    return signed_in(unit_head)


def test_a_person_is_found_and_given_a_post(desk, stranger, county_bureau):
    found = words(desk.post(at("operator", "posts"), {"text": id_number(4)[-4:].lower(), "place": "渝中区人力"}))
    assert stranger.id_masked in found
    assert id_number(4) not in found
    typed = {"person": stranger.pk, "role": "counter", "organisation": county_bureau.pk}
    assert desk.post(at("operator", "post_grant"), typed).status_code == 303
    post = Post.objects.get(person=stranger, role="counter", ended_at=None)
    assert timedelta(days=364) < post.until - clock.now() < timedelta(days=366)
    nobody = words(desk.post(at("operator", "posts"), {"text": "没有这个人"}))
    assert "没有找到" in nobody
    assert 'value="没有这个人"' in nobody


def test_the_last_day_is_that_day_until_midnight_in_shanghai(desk, stranger, county_bureau):
    today = clock.day_of(clock.now())
    typed = {"person": stranger.pk, "role": "counter", "organisation": county_bureau.pk}
    early = desk.post(at("operator", "post_grant"), typed | {"last": (today - timedelta(days=1)).isoformat()})
    assert (early.status_code, "不能早于今天" in words(early)) == (422, True)
    assert desk.post(at("operator", "post_grant"), typed | {"last": today.isoformat()}).status_code == 303
    end = Post.objects.get(person=stranger).until.astimezone(clock.SHANGHAI)
    assert (end.date(), end.hour) == (today + timedelta(days=1), 0)


def test_a_post_that_does_not_fit_is_said_at_the_field_and_the_choice_stays(desk, stranger, county_unit):
    typed = {"person": stranger.pk, "role": "counter", "organisation": county_unit.pk}
    refused = desk.post(at("operator", "post_grant"), typed)
    assert refused.status_code == 422
    assert "这个岗位不能设在所选的机构" in words(refused)
    assert f'<option value="{county_unit.pk}" selected>' in words(refused)
    assert not Post.objects.filter(person=stranger).exists()
    assert desk.post(at("operator", "post_grant"), typed | {"role": "unit_clerk"}).status_code == 303


@pytest.mark.parametrize("person", ["", "abc", "999999", "9" * 40, "-1"])
def test_a_post_for_nobody_is_refused_in_words(desk, county_bureau, person):
    typed = {"person": person, "role": "counter", "organisation": county_bureau.pk}
    refused = desk.post(at("operator", "post_grant"), typed)
    assert refused.status_code == 422
    assert "还没有选人" in words(refused)


def test_ending_a_post_asks_first_and_why(desk, cashier):
    post = Post.objects.get(person=cashier)
    end = at("operator", "post_end", post.pk)
    assert "结束示例窗口人员的“缴费窗口”岗位？" in words(desk.get(end))
    assert desk.post(end, {"reason": ""}).status_code == 422
    post.refresh_from_db()
    assert post.ended_at is None
    assert desk.post(end, {"reason": "调离窗口"}).status_code == 303
    post.refresh_from_db()
    assert (post.ended_at is not None, post.end_reason) == (True, "调离窗口")
    assert "调离窗口" in words(desk.get(at("operator", "posts"), {"held": "ended"}))


def test_nobody_ends_his_own_post(desk, operator):
    post = Post.objects.get(person=operator)
    assert at("operator", "post_end", post.pk) not in words(desk.get(at("operator", "posts")))
    assert desk.post(at("operator", "post_end", post.pk), {"reason": "不当了"}).status_code == 403
    post.refresh_from_db()
    assert post.ended_at is None


def test_posts_are_filtered_by_role_and_by_when_they_end(desk, cashier, clerk):
    everybody = words(desk.get(at("operator", "posts")))
    assert cashier.name in everybody
    assert clerk.name in everybody
    counters = words(desk.get(at("operator", "posts"), {"role": "counter"}))
    assert cashier.name in counters
    assert clerk.name not in counters
    Post.objects.filter(person=clerk).update(until=clock.now() + timedelta(days=5))
    soon = words(desk.get(at("operator", "posts"), {"held": "soon"}))
    assert clerk.name in soon
    assert cashier.name not in soon
    assert desk.post(at("operator", "post_renew", Post.objects.get(person=clerk).pk)).status_code == 303
    assert clerk.name not in words(desk.get(at("operator", "posts"), {"held": "soon"}))


def test_nothing_personal_stands_in_an_address(desk, cashier, clerk, wang):
    posts = at("operator", "posts")
    for page in (desk.get(posts), desk.post(posts, {"text": "示例"})):
        for address in re.findall(r'(?:href|action)="([^"]*)"', words(page)):
            assert "示例" not in address
            assert not re.search(r"\d{6}", address)
    form = re.search(r'<form[^>]*role="search"[^>]*>', words(desk.get(posts)))
    assert 'method="post"' in form[0]


@pytest.mark.parametrize("many", [2, 12])
def test_posts_cost_the_same_however_many_are_found(
    desk, make_person, county_unit, django_assert_max_num_queries, many
):
    for n in range(many):
        make_person(f"示例同名{n}", 100 + n, post="unit_clerk", at_organisation=county_unit)
    with django_assert_max_num_queries(14):
        found = words(desk.post(at("operator", "posts"), {"text": "示例同名"}))
    assert found.count('type="radio"') == many


# ---- an officer, a head, a second person ---------------------------------------------------------------------------


def test_an_officer_appoints_in_the_county_and_sees_no_other(
    bureau, clerk, other_clerk, stranger, county_unit, other_unit
):
    page = words(bureau.get(at("authority", "posts")))
    assert clerk.name in page
    assert other_clerk.name not in page
    elsewhere = Post.objects.get(person=other_clerk)
    assert bureau.get(at("authority", "post_end", elsewhere.pk)).status_code == 404
    assert bureau.post(at("authority", "post_renew", elsewhere.pk)).status_code == 404
    typed = {"person": stranger.pk, "role": "unit_clerk", "organisation": county_unit.pk}
    assert bureau.post(at("authority", "post_grant"), typed).status_code == 303
    assert bureau.post(at("authority", "post_grant"), typed | {"organisation": other_unit.pk}).status_code == 422
    assert not Post.objects.filter(person=stranger, organisation=other_unit).exists()


def test_a_head_appoints_the_units_own_people(head, wang, stranger, county_unit):
    assert "示例陌生人" not in words(head.post(at("employer", "posts"), {"text": "示例"}))
    typed = {"person": wang.pk, "role": "unit_clerk", "organisation": county_unit.pk}
    assert head.post(at("employer", "post_grant"), typed).status_code == 303
    assert head.post(at("employer", "post_grant"), typed | {"person": stranger.pk}).status_code == 422


def test_a_clerk_appoints_nobody(clerk, wang, county_unit, signed_in):
    client = signed_in(clerk)
    assert client.get(at("employer", "posts")).status_code == 403
    typed = {"person": wang.pk, "role": "unit_clerk", "organisation": county_unit.pk}
    assert client.post(at("employer", "post_grant"), typed).status_code == 403


@pytest.fixture
def waiting(desk, make_person, training_centre, stranger, county_bureau, signed_in):
    """A post that reaches far, proposed by one operator, and the client of another."""
    second = signed_in(make_person("示例另一管理员", 401, post="operator", at_organisation=training_centre))
    typed = {"person": stranger.pk, "role": "officer", "organisation": county_bureau.pk, "reason": "新任科长"}
    assert desk.post(at("operator", "post_grant"), typed).status_code == 303
    return ChangeRequest.objects.get(kind="grant"), second


def test_a_far_reaching_post_waits_for_another_person(desk, waiting, stranger):
    asked, second = waiting
    assert not Post.objects.filter(person=stranger).exists()
    mine = words(desk.get(at("operator", "posts")))
    assert ("新任科长" in mine, "同意任命" in mine) == (True, False)
    assert "同意任命" in words(second.get(at("operator", "posts")))
    decide = at("operator", "post_decide", asked.pk)
    assert desk.post(decide, {"answer": "yes"}).status_code in {403, 404}
    assert second.post(decide, {"answer": "yes"}).status_code == 303
    assert Post.objects.get(person=stranger).role == "officer"
    assert second.post(decide, {"answer": "yes"}, follow=True).status_code == 200  # told that it is decided


def test_a_no_wants_its_reason(waiting, stranger):
    asked, second = waiting
    decide = at("operator", "post_decide", asked.pk)
    assert "请写明原因" in words(second.post(decide, {"answer": "no"}, follow=True))
    second.post(decide, {"answer": "no", "reason": "编制已满"})
    asked.refresh_from_db()
    assert (asked.state, asked.decision) == ("refused", "编制已满")
    assert not Post.objects.filter(person=stranger).exists()
