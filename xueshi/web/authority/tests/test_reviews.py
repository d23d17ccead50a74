"""The verifier's queue and desk, through the door (CQ-33 to CQ-37)."""

import pytest
from django.urls import reverse

from xueshi.certificates.tests import scenery
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Employment

QUEUE = "/office/reviews/"


@pytest.mark.clause("CQ-33")
def test_the_queue_shows_printed_and_known_score_side_by_side(
    wang, plan, verifier, signed_in, make_person, county_unit, django_assert_max_num_queries
):
    client = signed_in(verifier)
    assert "这里没有合格单" in client.get(QUEUE).content.decode()
    for n in range(3):
        scenery.sent(make_person(f"示例老师{n}", 60 + 2 * n, employer=county_unit), plan)
    _, review = scenery.sent(wang, plan)
    with django_assert_max_num_queries(11):
        shown = client.get(QUEUE).content.decode()
    for words in (wang.name, wang.id_masked, "一致", "4 张等您", "渝中区示例中学"):
        assert words in shown
    with django_assert_max_num_queries(13):
        one = client.get(reverse("authority:review", args=[review.pk])).content.decode()
    assert "区县所属专技人员" in one


@pytest.mark.clause("CQ-37")
def test_one_slip_is_passed_with_its_method(wang, plan, verifier, signed_in):
    _, review = scenery.sent(wang, plan)
    client, url = signed_in(verifier), reverse("authority:verify", args=[review.pk])
    wrong = client.post(url, {"seal": "示例印章"})
    assert wrong.status_code == 422
    assert "示例印章" in wrong.content.decode()
    done = client.post(url, {"method": "look_up_online"}, follow=True)
    assert "已审验通过" in done.content.decode()
    assert "上网查询核查" in done.content.decode()
    review.refresh_from_db()
    assert (review.state, review.method) == ("verified", "look_up_online")


@pytest.mark.clause("CQ-34")
def test_where_a_seal_is_asked_for_the_form_asks_too(make_person, municipal_unit, plan, signed_in):
    engineer = make_person("示例工程师", 20, employer=municipal_unit)
    colleague = make_person("示例同事", 22, employer=municipal_unit, post="verifier", at_organisation=municipal_unit)
    _, review = scenery.sent(engineer, plan)
    client, url = signed_in(colleague), reverse("authority:verify", args=[review.pk])
    for nothing in ([], ["²"], ["9" * 5000]):
        assert client.post(url, {"method": "check_slip", "review": nothing}).status_code == 422
    assert client.post(url, {"method": "check_slip", "seal": "示例专用章"}).status_code == 302
    assert "示例专用章" in client.get(reverse("authority:review", args=[review.pk])).content.decode()


def test_a_slip_is_sent_back_with_a_reason(wang, plan, verifier, signed_in):
    _, review = scenery.sent(wang, plan)
    client, url = signed_in(verifier), reverse("authority:refuse", args=[review.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "成绩不符"}).status_code == 302
    assert "成绩不符" in client.get(reverse("authority:review", args=[review.pk])).content.decode()
    assert wang.name in client.get(f"{QUEUE}?state=refused").content.decode()


def test_several_are_passed_at_once_and_exceptions_stay_with_a_reason(
    wang, plan, verifier, signed_in, make_person, county_unit
):
    Employment.objects.create(person=verifier, employer=county_unit, since="2015-07-01")
    _, one = scenery.sent(wang, plan)
    _, own = scenery.sent(verifier, plan)
    client, url = signed_in(verifier), reverse("authority:verify_several")
    assert client.post(url, {"method": "check_slip"}).status_code == 422
    done = client.post(url, {"method": "check_slip", "review": [one.pk, own.pk]}, follow=True).content.decode()
    assert "已通过 1 张" in done
    assert "没有通过 1 张：这是您本人的合格单" in done
    assert "本人的，请同事办" in done


def test_the_own_slip_is_refused_in_words(verifier, plan, signed_in, county_unit):
    Employment.objects.create(person=verifier, employer=county_unit, since="2015-07-01")
    _, review = scenery.sent(verifier, plan)
    client = signed_in(verifier)
    shown = client.get(reverse("authority:review", args=[review.pk])).content.decode()
    assert "不能由您自己审验" in shown
    assert reverse("authority:verify", args=[review.pk]) not in shown
    answer = client.post(reverse("authority:verify", args=[review.pk]), {"method": "check_slip"})
    assert answer.status_code == 403
    assert "请由本单位另一位审验人办理" in answer.content.decode()


@pytest.mark.clause("CQ-37")
def test_a_score_is_looked_up_by_number_and_name(wang, plan, verifier, signed_in):
    slip, client = scenery.slip_of(wang, plan, "91.5"), signed_in(verifier)
    found = client.post(reverse("authority:look_up"), {"look-number": slip.number, "look-name": wang.name})
    assert "91.5" in found.content.decode()
    other = client.post(reverse("authority:look_up"), {"look-number": slip.number, "look-name": "示例别人"})
    assert "没有查到" in other.content.decode()
    assert client.post(reverse("authority:look_up"), {"look-number": ""}).status_code == 422


def test_absent_and_another_offices_answer_alike(wang, plan, county_bureau, make_person, association, signed_in):
    _, review = scenery.sent(wang, plan)
    elsewhere = signed_in(make_person("示例协会审验", 30, post="verifier", at_organisation=association))
    for pk in (review.pk, 987654):
        assert elsewhere.get(reverse("authority:review", args=[pk])).status_code == 404
        for name, fields in (("verify", {"method": "check_slip"}), ("refuse", {}), ("confirm_hours", {})):
            assert elsewhere.post(reverse(f"authority:{name}", args=[pk]), fields).status_code == 404
    assert wang.name not in elsewhere.get(QUEUE).content.decode()


def test_the_counter_does_not_verify(cashier, wang, signed_in):
    assert signed_in(cashier).get(QUEUE).status_code == 403
    assert signed_in(wang).get(QUEUE).status_code == 403


def test_for_somebody_without_a_unit_a_colleague_of_the_verifier_confirms(make_person, plan, association, signed_in):
    free = make_person("示例其余人员", 26, file_keeper="other")
    officer, colleague = (
        make_person(f"示例审验{n}", n, post="verifier", at_organisation=association) for n in (30, 32)
    )
    _, review = scenery.verified(free, plan, officer)
    page, confirm = (reverse(f"authority:{name}", args=[review.pk]) for name in ("review", "confirm_hours"))
    assert "代为确认" not in signed_in(officer).get(page).content.decode()
    assert signed_in(officer).post(confirm).status_code == 403
    client = signed_in(colleague)
    assert "学时由审验单位代为确认" in client.get(page).content.decode()
    client.post(confirm)
    assert HoursEntry.objects.get().hours == 20
    assert "代为确认" not in client.get(page).content.decode()
