"""Two officers at the same moment, on connections of their own: one decides, the other is told."""

import pytest

from xueshi.kernel.errors import Refused
from xueshi.training import base_actions, base_change_actions, entrustment_actions
from xueshi.training.base_actions import AlreadyDecided, Scope
from xueshi.training.base_models import Accreditation, AccreditationStep, Entrustment
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import NOW, PUBLIC, TODAY
from xueshi.training.tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(make_person):
    return kaifeng.city_of(make_person)


def told(deed):
    """The state that the deed led to, or the code of the refusal."""

    def run():
        try:
            return deed().state
        except Refused as refused:
            return refused.code

    return run


@pytest.mark.clause("KF-31")
def test_two_officers_decide_the_same_application_once(city):
    one = city.applied()
    made = at_once(
        *[told(lambda: city.approve(one, city.first))] * 3,
        *[told(lambda: base_actions.refuse(
            viewer=city.second, accreditation_id=one.pk, reason="不具备条件", at=NOW
        ))] * 3,
    )  # fmt: skip
    state = Accreditation.objects.get().state
    first, second = set(made[:3]), set(made[3:])
    assert (first, second, state) in [
        ({"approved"}, {AlreadyDecided.code}, "approved"),
        ({AlreadyDecided.code}, {"refused"}, "refused"),
    ]
    assert list(AccreditationStep.objects.order_by("pk").values_list("kind", flat=True)) == ["applied", state]


def test_six_applications_at_once_are_one(city):
    made = at_once(*[told(city.applied)] * 6)
    assert sorted(made) == ["applied", *["base-applied-already"] * 5]
    assert Accreditation.objects.count() == AccreditationStep.objects.count() == 1


def test_two_who_confirm_and_drop_at_once_leave_one_outcome(city):
    one = city.approved()
    base_change_actions.propose_withdrawal(viewer=city.first, accreditation_id=one.pk, reason="违规", at=NOW)
    said = {"accreditation_id": one.pk, "at": NOW}
    at_once(
        told(lambda: base_change_actions.confirm_withdrawal(viewer=city.second, **said)),
        told(lambda: base_change_actions.drop_withdrawal(viewer=city.first, reason="已整改", **said)),
    )
    last = AccreditationStep.objects.order_by("pk").last()
    assert (Accreditation.objects.get().state, last.kind) in [
        ("withdrawn", "withdrawn"),
        ("approved", "withdrawal_dropped"),
    ]


def test_a_county_entrusts_once_however_often_it_clicks(city):
    city.approved(PUBLIC)

    def entrust(viewer):
        try:
            entrustment_actions.entrust(
                viewer=viewer, bureau_id=city.county.pk, base_id=city.university.pk,
                scope=Scope(["public"], [], ["junior"]), since=TODAY, at=NOW,
            )  # fmt: skip
        except entrustment_actions.AlreadyEntrusted as refused:
            return refused.code
        return "made"

    made = at_once(*[lambda: entrust(city.county_first), lambda: entrust(city.county_second)] * 3)
    assert sorted(made) == [*["entrusted-already"] * 5, "made"]
    assert Entrustment.objects.count() == 1
