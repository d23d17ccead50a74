"""Two operators, or two clicks, at once, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from conftest import NINE
from xueshi.people import organisation_actions, place_actions
from xueshi.people.models import Organisation, Region

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = {"kind": "unit", "level": "county", "address": "", "phone": "", "hours": ""}


def twice_at_once(deed):
    """What came of doing it twice at the same time; a refusal is a result."""
    gate = Barrier(2)

    def run(_turn):
        try:
            gate.wait(10)
            return deed()
        except organisation_actions.OrganisationTaken as taken:
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_a_second_click_on_adding_a_region_or_an_organisation_adds_nothing(operator, viewer, chongqing):
    desk = viewer(operator, "operator")
    for n in range(5):
        code = f"50019{n}"
        twice_at_once(
            lambda code=code: place_actions.add_region(
                viewer=desk, code=code, name="示例新区", parent_id=chongqing.pk, at=NINE
            )
        )
        region = Region.objects.get(code=code)
        twice_at_once(
            lambda region=region: organisation_actions.keep_organisation(
                viewer=desk, organisation_id=None, region_id=region.pk, name="示例单位", at=NINE, **FACTS
            )
        )
        assert Organisation.objects.filter(region=region).count() == 1
