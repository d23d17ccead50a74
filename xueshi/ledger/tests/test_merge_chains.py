"""Merges on top of merges, and what was given in between, undone in turn."""

from decimal import Decimal

import pytest

from xueshi.ledger import merge_actions
from xueshi.ledger.tests.test_merge import line, proposed, sums
from xueshi.people import merging_actions, post_actions
from xueshi.people.models import Employment, Post
from xueshi.people.tests.asking import LATER

pytestmark = pytest.mark.usefixtures("county_bureau")


@pytest.fixture
def twin(make_person):
    """The same human, registered a second time under a number with one place wrong."""
    return make_person("示例王老师", 80)


@pytest.fixture
def second(make_person, county_bureau):
    return make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau)


def merged(kept, gone, one, other, viewer):
    request = proposed(one, viewer, kept, gone)
    return merge_actions.merge(viewer=viewer(other, "officer"), request_id=request.pk, at=LATER)


def undone(merge, one, other, viewer):
    asked = merging_actions.ask_unmerge(
        viewer=viewer(one, "officer"), request_id=merge.pk, reason="不是同一人", at=LATER
    )
    return merge_actions.unmerge(viewer=viewer(other, "officer"), request_id=asked.pk, at=LATER)


def test_hours_come_home_through_a_second_merge_that_was_undone_before(
    wang,
    twin,
    make_person,
    officer,
    second,
    viewer,
):
    third = make_person("示例王老师", 84)
    line(twin, 1, hours="10")
    line(wang, 2, hours="5")
    first = merged(wang, twin, officer, second, viewer)
    then = merged(third, wang, officer, second, viewer)
    assert sums(third) == {2026: Decimal(15)}
    line(third, 3, hours="2")
    undone(then, officer, second, viewer)
    assert (sums(third), sums(wang)) == ({2026: Decimal(2)}, {2026: Decimal(15)})
    undone(first, officer, second, viewer)
    assert (sums(wang), sums(twin)) == ({2026: Decimal(5)}, {2026: Decimal(10)})


def test_merged_and_undone_and_merged_again(wang, twin, officer, second, viewer):
    line(twin, 1, hours="10")
    for _ in range(2):
        merge = merged(wang, twin, officer, second, viewer)
        assert sums(wang) == {2026: Decimal(10)}
        undone(merge, officer, second, viewer)
        twin.refresh_from_db()
        assert (sums(wang), sums(twin)) == ({}, {2026: Decimal(10)})


def test_a_post_given_on_a_job_that_came_by_a_merge_ends_when_the_merge_is_undone(
    stranger,
    make_person,
    county_unit,
    officer,
    second,
    unit_head,
    viewer,
):
    """Otherwise somebody who does not work there goes on seeing everybody of the unit."""
    gone = make_person(stranger.name, 84, employer=county_unit)
    merge = merged(stranger, gone, officer, second, viewer)
    assert Employment.objects.filter(person=stranger, employer=county_unit, until=None).exists()
    post = post_actions.appoint(
        viewer=viewer(unit_head, "unit_head"), person_id=stranger.pk, role="unit_clerk",
        organisation_id=county_unit.pk, at=LATER,
    )  # fmt: skip
    undone(merge, officer, second, viewer)
    assert not Employment.objects.filter(person=stranger, employer=county_unit, until=None).exists()
    assert Post.objects.get(pk=post.pk).ended_at == LATER
