"""Two officers at once, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from conftest import NINE
from xueshi.kernel.errors import Refused
from xueshi.people import duty_actions, organisation_actions, rules_organisations
from xueshi.people.models import ChangeRequest, Duty, Employment, Organisation

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "91500103MA5U00000"
CODE = FIRST + rules_organisations.credit_check(FIRST)


def at_once(*deeds):
    """What came of doing them at the same time; a refusal is a result."""
    gate = Barrier(len(deeds))

    def run(deed):
        try:
            gate.wait(10)
            return deed()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def adding(viewer, region, name, code):
    return lambda: organisation_actions.keep_organisation(
        viewer=viewer, organisation_id=None, region_id=region.pk, name=name, at=NINE, kind="unit", level="county",
        credit_code=code,
    )  # fmt: skip


def test_two_officers_add_one_credit_code_at_once_and_one_is_told(officer, other_officer, viewer, yuzhong, jiangbei):
    mine, other = viewer(officer, "officer"), viewer(other_officer, "officer")
    for n in range(3):
        Organisation.objects.filter(credit_code=CODE).update(credit_code="")
        came = at_once(adding(mine, yuzhong, f"甲{n}", CODE), adding(other, jiangbei, f"乙{n}", CODE))
        assert came.count("credit-code-taken") == 1
        assert Organisation.objects.filter(credit_code=CODE).count() == 1


def test_two_officers_add_one_name_at_once_and_one_is_told(officer, municipal_officer, viewer, yuzhong):
    mine, above = viewer(officer, "officer"), viewer(municipal_officer, "officer")
    for n in range(3):
        came = at_once(adding(mine, yuzhong, f"示例{n}", ""), adding(above, yuzhong, f"示例{n}", ""))
        assert came.count("organisation-taken") == 1
        assert Organisation.objects.filter(name=f"示例{n}").count() == 1


def test_a_duty_given_to_two_at_once_is_one_organisations(
    operator, viewer, chongqing, municipal_bureau, training_centre
):
    desk = viewer(operator, "operator")

    def giving(organisation):
        return lambda: duty_actions.give_duty(
            viewer=desk, organisation_id=organisation.pk, function="fees", region_id=chongqing.pk, industry_id=None,
            since=date(2026, 1, 1), basis="", replace=False, at=NINE,
        )  # fmt: skip

    came = at_once(giving(municipal_bureau), giving(training_centre))
    assert came.count("duty-taken") == 1
    assert Duty.objects.count() == 1


def test_closing_is_asked_for_once_and_agreed_to_once(
    operator, viewer, make_person, municipal_officer, municipal_bureau, county_unit, wang
):
    first = viewer(municipal_officer, "officer")
    others = [
        viewer(make_person(f"示例同事{name}", serial, post="officer", at_organisation=municipal_bureau), "officer")
        for name, serial in (("甲", 50), ("乙", 52))
    ]
    assert Employment.objects.filter(employer=county_unit).exists()

    def asking():
        return organisation_actions.propose_closing(
            viewer=first, organisation_id=county_unit.pk, reason="合并", at=NINE
        )

    at_once(asking, asking)
    request = ChangeRequest.objects.get()
    came = at_once(*[
        lambda who=who: organisation_actions.confirm_closing(viewer=who, request_id=request.pk, at=NINE)
        for who in others
    ])  # fmt: skip
    assert came.count("request-decided") == 1
    county_unit.refresh_from_db()
    assert county_unit.closed_at == NINE
