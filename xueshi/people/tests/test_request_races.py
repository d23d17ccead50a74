"""Two officers, or two clicks, at once, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from conftest import NINE, id_number
from xueshi.kernel import vault
from xueshi.kernel.errors import Refused
from xueshi.people import correction_actions, request_actions
from xueshi.people.actions import register
from xueshi.people.models import ChangeRequest, ChangeStep, Person
from xueshi.people.request_actions import RequestDecided
from xueshi.people.tests.asking import LATER, RIGHT, correction

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """What came of doing these at the same time, in order; a refusal is a result."""
    gate = Barrier(len(deeds))

    def run(deed):
        try:
            gate.wait(10)
            return deed()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.fixture
def colleague(make_person, county_bureau):
    return make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_officers_the_first_stands_and_the_second_is_told(wang, officer, colleague, viewer, turn):
    request = correction(wang, viewer)
    one, other = viewer(officer, "officer"), viewer(colleague, "officer")
    results = at_once(
        lambda: correction_actions.accept_correction(viewer=one, request_id=request.pk, at=LATER),
        lambda: request_actions.refuse(viewer=other, request_id=request.pk, reason="证件看不清", at=LATER),
    )
    told = [one for one in results if isinstance(one, RequestDecided)]
    assert len(told) == 1
    request.refresh_from_db()
    assert told[0].facts["who"] == {officer.pk: officer.name, colleague.pk: colleague.name}[request.decided_by_id]
    assert ChangeStep.objects.filter(request=request).count() == 2
    wang.refresh_from_db()
    assert (wang.id_index == vault.index("id", RIGHT)) == (request.state == "accepted")


def test_two_clicks_ask_once(wang, county_bureau, viewer):
    first, second = at_once(lambda: correction(wang, viewer), lambda: correction(wang, viewer))
    assert first == second
    assert ChangeRequest.objects.count() == 1


def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(wang, officer, viewer):
    request = correction(wang, viewer)
    me, desk = viewer(wang), viewer(officer, "officer")
    results = at_once(
        lambda: request_actions.withdraw(viewer=me, request_id=request.pk, at=LATER),
        lambda: correction_actions.accept_correction(viewer=desk, request_id=request.pk, at=LATER),
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    request.refresh_from_db()
    assert request.state in {"withdrawn", "accepted"}


def test_a_number_is_corrected_to_and_registered_at_once_by_one_of_them(wang, officer, viewer):
    request = correction(wang, viewer)
    desk = viewer(officer, "officer")

    def registers():
        return register(
            typed_id=RIGHT, name="示例新人", phone="13900000009", email="", region_code="500103", employer_id=None,
            file_keeper="other", file_agency_id=None, title_level="", title_obtained_on=None,
            password="一句自己记得住的话2026", at=NINE,
        )  # fmt: skip

    results = at_once(
        registers, lambda: correction_actions.accept_correction(viewer=desk, request_id=request.pk, at=LATER)
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert Person.objects.filter(id_index=vault.index("id", RIGHT)).count() == 1


def test_two_corrections_to_one_number_at_once_give_it_to_one(wang, stranger, officer, colleague, viewer):
    number = id_number(41)
    requests = [correction(person, viewer, typed_id=number) for person in (wang, stranger)]
    desks = [viewer(officer, "officer"), viewer(colleague, "officer")]
    results = at_once(
        lambda: correction_actions.accept_correction(viewer=desks[0], request_id=requests[0].pk, at=LATER),
        lambda: correction_actions.accept_correction(viewer=desks[1], request_id=requests[1].pk, at=LATER),
    )
    assert sorted(type(one).__name__ for one in results) == ["ChangeRequest", "NumberTaken"]
