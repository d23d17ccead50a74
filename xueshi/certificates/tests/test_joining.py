"""Certificates, cards and slips when two accounts become one, and come apart again."""

from decimal import Decimal

import pytest

from xueshi.certificates import actions, joining_actions
from xueshi.certificates.hours_actions import AwardedThisYear
from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.certificates.tests.scenery import NOON, seen
from xueshi.kernel import vault
from xueshi.ledger.models import HoursEntry
from xueshi.people import merging_actions
from xueshi.people.tests.asking import CARD


@pytest.fixture
def twin(make_person, county_unit):
    """The same human, registered a second time under a number with one place wrong."""
    return make_person("示例王老师", 80, employer=county_unit)


@pytest.fixture
def second(make_person, county_bureau):
    return make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau)


def number_of(person):
    return vault.unlock("id", bytes(person.id_cipher))


def merged(kept, gone, officer, second):
    request = merging_actions.propose_merge(
        viewer=seen(officer, "officer"), kept_id=number_of(kept), other_id=number_of(gone), reason="同一人",
        papers=(CARD,), at=NOON,
    )  # fmt: skip
    return joining_actions.merge(viewer=seen(second, "officer"), request_id=request.pk, at=NOON)


def undone(merge, officer, second):
    asked = merging_actions.ask_unmerge(
        viewer=seen(officer, "officer"), request_id=merge.pk, reason="不是同一人", at=NOON
    )
    return joining_actions.unmerge(viewer=seen(second, "officer"), request_id=asked.pk, at=NOON)


def hours_of(person):
    return sum(HoursEntry.objects.filter(person=person).values_list("hours", flat=True), Decimal(0))


def certificates_of(person):
    live = Document.objects.filter(person=person, kind__in=("certificate", "card"), revoked_at=None, replaced_at=None)
    return {document.kind: document.words["hours"] for document in live}


def test_certificates_follow_the_hours_into_the_account_that_stays_and_back(
    wang, twin, plan, verifier, clerk, officer, second
):
    scenery.confirmed(twin, plan, verifier, clerk)
    both = {"certificate": "20", "card": "20"}
    assert (certificates_of(twin), certificates_of(wang)) == (both, {})
    merge = merged(wang, twin, officer, second)
    assert (certificates_of(twin), certificates_of(wang)) == ({}, both)
    count = Document.objects.count()
    joining_actions.merge(viewer=seen(second, "officer"), request_id=merge.pk, at=NOON)
    assert Document.objects.count() == count, "a second click issues nothing"
    undone(merge, officer, second)
    assert (certificates_of(twin), certificates_of(wang)) == (both, {})


def test_a_slip_that_is_revoked_takes_its_hours_along_wherever_a_merge_has_moved_them(
    wang, twin, plan, verifier, clerk, officer, second, operator
):
    slip = scenery.confirmed(twin, plan, verifier, clerk)
    merged(wang, twin, officer, second)
    assert hours_of(wang) == 20
    actions.revoke(viewer=seen(operator, "operator"), document_id=slip.pk, reason="替考", at=NOON)
    assert hours_of(wang) == 0
    assert certificates_of(wang) == {}


def test_a_slip_that_was_under_way_is_confirmed_for_the_account_that_stays(
    wang, twin, plan, verifier, clerk, officer, second
):
    slip, _ = scenery.verified(twin, plan, verifier)
    merge = merged(wang, twin, officer, second)
    actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    assert (hours_of(wang), hours_of(twin)) == (20, 0)
    assert certificates_of(wang)["certificate"] == "20"
    undone(merge, officer, second)
    assert (hours_of(wang), hours_of(twin)) == (0, 20), "what came in between belongs to whose slip it is"
    assert (certificates_of(wang), certificates_of(twin)["certificate"]) == ({}, "20")


def test_what_is_given_once_a_year_is_given_once_to_both_accounts_of_one_human(
    wang, twin, plan, verifier, clerk, officer, second
):
    scenery.confirmed(wang, plan, verifier, clerk)
    slip, _ = scenery.verified(twin, plan, verifier)
    merged(wang, twin, officer, second)
    with pytest.raises(AwardedThisYear):
        actions.confirm_hours(viewer=seen(clerk, "unit_clerk"), document_id=slip.pk, at=NOON)
    assert hours_of(wang) == 20
