"""To whom the law sends a slip, and what is said when it does not say."""

from datetime import UTC, datetime

import pytest

from xueshi.recognition import actions
from xueshi.recognition.models import Review

NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


def ask(viewer, person, category="public"):
    return actions.ask_review(
        viewer=viewer(person), subject="slip:1", person_id=person.pk, instrument="cn-50/chongqing-2010",
        category=category, at=NOON,
    )  # fmt: skip


@pytest.mark.clause("CQ-33")
def test_a_districts_teacher_is_sent_to_her_bureau_once(wang, county_bureau, viewer):
    first = ask(viewer, wang)
    assert (first.organisation, first.route, first.sealed) == (county_bureau, "county_hrss", False)
    assert ask(viewer, wang).pk == first.pk


def test_what_the_notice_does_not_send_to_anybody_is_not_sent(wang, county_bureau, viewer):
    with pytest.raises(actions.NobodyVerifies):
        ask(viewer, wang, category="professional")
    assert not Review.objects.exists()


def test_a_fact_that_decides_the_route_is_named_when_it_is_missing(stranger, county_bureau, viewer, law_changed):
    law_changed(
        "review: {of: {category: public}, when: {affiliation: county_unit}, first: county_hrss}",
        "review: {of: {category: public}, when: {title: junior}, first: county_hrss}",
    )
    with pytest.raises(actions.RouteUndecided) as refused:
        ask(viewer, stranger)
    assert "职称" in refused.value.said
