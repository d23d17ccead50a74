"""The unit's desk, through the door (CQ-32)."""

import pytest
from django.urls import reverse

from xueshi.certificates.tests import scenery
from xueshi.ledger.models import HoursEntry

HOME = "/unit/"


@pytest.mark.clause("CQ-32", "CQ-38")
def test_the_clerk_confirms_what_is_ticked_and_sees_who_is_how_far(
    wang, plan, verifier, clerk, signed_in, make_person, county_unit, django_assert_max_num_queries
):
    make_person("示例还没选课", 40, employer=county_unit)
    slip, _ = scenery.verified(wang, plan, verifier)
    client = signed_in(clerk)
    with django_assert_max_num_queries(14):
        shown = client.get(HOME).content.decode()
    for words in (wang.name, wang.id_masked, "等您确认学时", "还没有选课", "达到20学时"):
        assert words in shown
    done = client.post(reverse("employer:confirm"), {"slip": [slip.pk]}, follow=True).content.decode()
    assert "已确认 1 人的学时" in done
    assert "现在没有要确认的学时" in done
    client.post(reverse("employer:confirm"), {"slip": [slip.pk]})
    assert HoursEntry.objects.get().hours == 20


def test_what_cannot_be_confirmed_is_listed_with_its_reason(clerk, plan, verifier, signed_in, wang):
    own, _ = scenery.verified(clerk, plan, verifier)
    waiting, _ = scenery.sent(wang, plan)
    client = signed_in(clerk)
    assert "本人的，请同事办" in client.get(HOME).content.decode()
    done = client.post(reverse("employer:confirm"), {"slip": [own.pk, waiting.pk]}, follow=True).content.decode()
    assert "不能由您自己确认" in done
    assert "还没有审验通过" in done
    for nothing in ([], ["²"], ["9" * 5000]):
        said = client.post(reverse("employer:confirm"), {"slip": nothing}, follow=True).content.decode()
        assert "先勾选要确认的人" in said
    assert not HoursEntry.objects.exists()


def test_another_units_slip_is_not_there(wang, plan, verifier, make_person, make_organisation, signed_in):
    slip, _ = scenery.verified(wang, plan, verifier)
    elsewhere = make_person(
        "示例别的经办", 32, post="unit_clerk", at_organisation=make_organisation("渝中区另一示例中学")
    )
    client = signed_in(elsewhere)
    assert wang.name not in client.get(HOME).content.decode()
    for pk in (slip.pk, 987654):
        done = client.post(reverse("employer:confirm"), {"slip": [pk]}, follow=True).content.decode()
        assert "没有找到这一项，或者它不归您查看" in done
    assert not HoursEntry.objects.exists()


def test_only_a_clerk_enters(wang, signed_in):
    assert signed_in(wang).get(HOME).status_code == 403
