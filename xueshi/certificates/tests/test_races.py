"""Two people, or two clicks, at once, over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from xueshi.certificates import actions
from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.certificates.tests.scenery import NOON, seen
from xueshi.kernel.errors import Refused
from xueshi.ledger.models import HoursEntry
from xueshi.recognition.models import Review

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run the deeds together, each on its own connection; a refusal is a result."""
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return deed()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [one.result(30) for one in [pool.submit(run, deed) for deed in deeds]]


def test_a_slip_asked_for_at_once_from_two_tabs_is_one(wang, plan):
    passed, viewer = scenery.passed(wang, plan), seen(wang)
    got = at_once(*[lambda: actions.issue_slip(viewer=viewer, pass_id=passed.pk, at=NOON)] * 4)
    assert len({document.pk for document in got}) == 1
    assert Document.objects.count() == 1


def test_a_slip_sent_at_once_from_two_tabs_is_one_review(wang, plan, county_bureau):
    slip, viewer = scenery.slip_of(wang, plan), seen(wang)
    at_once(*[lambda: actions.send_slip(viewer=viewer, document_id=slip.pk, at=NOON)] * 4)
    assert Review.objects.count() == 1


def test_verified_and_refused_at_once_ends_in_one_decision(wang, plan, verifier, make_person):
    _, review = scenery.sent(wang, plan)
    colleague = make_person("示例同事", 28, post="verifier", at_organisation=review.organisation)
    one, other = seen(verifier, "verifier"), seen(colleague, "verifier")
    got = at_once(
        lambda: actions.decide(viewer=one, review_id=review.pk, verdict="verified", method="check_slip", at=NOON),
        lambda: actions.decide(viewer=other, review_id=review.pk, verdict="refused", reason="有误", at=NOON),
    )
    refusals = [result for result in got if isinstance(result, Refused)]
    assert [refusal.code for refusal in refusals] == ["already-decided"]
    review.refresh_from_db()
    assert review.state in {"verified", "refused"}


@pytest.mark.clause("CQ-32")
def test_hours_confirmed_at_once_by_two_clerks_are_posted_once(wang, plan, verifier, clerk, make_person, county_unit):
    slip, _ = scenery.verified(wang, plan, verifier)
    colleague = make_person("示例另一经办", 34, post="unit_clerk", at_organisation=county_unit)
    deeds = [
        lambda viewer=viewer: actions.confirm_hours(viewer=viewer, document_id=slip.pk, at=NOON)
        for viewer in (seen(clerk, "unit_clerk"), seen(colleague, "unit_clerk")) * 2
    ]
    got = at_once(*deeds)
    assert len({document.pk for document in got}) == 1
    assert (HoursEntry.objects.count(), Document.objects.filter(kind="certificate").count()) == (1, 1)


def test_the_file_drawn_at_once_by_two_is_one_file(wang, plan):
    slip = scenery.slip_of(wang, plan)
    got = at_once(*[lambda: actions.keep_file(document_id=slip.pk, at=NOON)] * 3)
    assert len({file.sha256 for file in got}) == 1
