"""Two accounts of one human become one, and come apart again, and no hour is lost or made on the way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import NINE
from xueshi.kernel import vault
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.ledger import actions, merge_actions, merge_queries
from xueshi.ledger.merge_actions import MergeContradicts
from xueshi.ledger.models import HoursEntry
from xueshi.people import merging_actions, queries, request_actions
from xueshi.people.merging_actions import MergeImpossible, NotMerged
from xueshi.people.models import Account, ChangeRequest, Employment, Fact, Post, Title
from xueshi.people.request_actions import OwnRequest, RequestDecided, SecondYesMissing
from xueshi.people.tests.asking import CARD, LATER, correction

pytestmark = pytest.mark.usefixtures("county_bureau")


@pytest.fixture
def twin(make_person):
    """The same human, registered a second time under a number with one place wrong."""
    return make_person("示例王老师", 80, title="junior")


@pytest.fixture
def second(make_person, county_bureau):
    return make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau)


def number_of(person):
    return vault.unlock("id", bytes(person.id_cipher))


def line(person, n, *, year=2026, hours="10", title="", at=NINE):
    return actions.post(
        viewer=None, person_id=person.pk, year=year, category="professional", hours=Decimal(hours), kind="course",
        title=title or f"课程 {n}", earned_on=date(year, 3, 1), source=f"test:{person.pk}:{n}",
        instrument="cn-50/chongqing-2010", provision="four", digest="0" * 64, at=at,
    )  # fmt: skip


def sums(*people):
    """Hours by year over these accounts."""
    found = {}
    for year, hours in HoursEntry.objects.filter(person__in=people).values_list("year", "hours"):
        found[year] = found.get(year, Decimal(0)) + hours
    return {year: hours for year, hours in found.items() if hours}


def proposed(officer, viewer, kept, other, at=NINE):
    return merging_actions.propose_merge(
        viewer=viewer(officer, "officer"), kept_id=number_of(kept), other_id=number_of(other), reason="同一人",
        papers=(CARD,), at=at,
    )  # fmt: skip


def choose(officer, viewer, request, choices):
    """Another first yes, with what was chosen."""
    return request_actions.second(
        viewer=viewer(officer, "officer"), request_id=request.pk, choices=choices, reason="", at=LATER
    )


@pytest.mark.clause("CQ-03", "CQ-04")
def test_hours_facts_titles_and_employers_go_to_the_account_that_stays(
    wang, twin, officer, second, county_unit, municipal_unit, viewer
):
    kept, gone = line(wang, 1), line(twin, 2, hours="12.5")
    Employment.objects.create(person=twin, employer=municipal_unit, since=date(2010, 1, 1), until=date(2012, 1, 1))
    Fact.objects.create(
        person=twin, word="sector", kind="word", value="public", since=date(2015, 7, 1), recorded_at=NINE, reason="聘书"
    )
    request = proposed(officer, viewer, wang, twin)
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    twin.refresh_from_db()
    account = Account.objects.get(person=twin)
    assert twin.merged_into == wang
    assert (account.is_active, account.generation) == (False, 1)
    moved = HoursEntry.objects.get(source=f"merge:{request.pk}/{gone.pk}")
    assert (moved.person, moved.hours, moved.year, moved.marks) == (wang, gone.hours, gone.year, gone.marks)
    assert sums(twin) == {}
    assert sums(wang) == {2026: Decimal("22.5")}
    assert HoursEntry.objects.filter(pk=kept.pk, person=wang).exists()
    assert set(Title.objects.filter(person=wang).values_list("level", flat=True)) == {"intermediate", "junior"}
    assert Fact.objects.get(person=wang, word="sector").reason.endswith("聘书")
    assert Employment.objects.filter(person=wang, employer=municipal_unit, main=True, until=date(2012, 1, 1)).exists()
    told = AuditLine.objects.filter(action="person.merge").values_list("subject", flat=True)
    assert set(told) == {f"person:{wang.pk}", f"person:{twin.pk}"}


def test_one_officer_is_not_enough_and_the_person_is_none(wang, twin, officer, second, stranger, viewer):
    request = merging_actions.ask_merge(
        viewer=viewer(wang), typed_id=number_of(twin), keep="mine", reason="注册了两次", papers=(CARD,), at=NINE
    )
    with pytest.raises(SecondYesMissing):
        merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    choose(officer, viewer, request, {})
    with pytest.raises(SecondYesMissing):
        merge_actions.merge(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    for own in (wang, twin):
        with pytest.raises(OwnRequest):
            merge_actions.merge(viewer=viewer(own), request_id=request.pk, at=LATER)
    with pytest.raises(NotYours):
        merge_actions.merge(viewer=viewer(stranger), request_id=request.pk, at=LATER)
    assert merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER).state == "accepted"


def test_who_proposes_a_merge_does_not_confirm_it(wang, twin, officer, second, viewer):
    request = proposed(officer, viewer, wang, twin)
    with pytest.raises(OwnRequest):
        merge_actions.merge(viewer=viewer(officer, "officer"), request_id=request.pk, at=LATER)
    assert merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)


def test_the_second_click_moves_nothing_and_another_officer_is_told(
    wang, twin, officer, second, make_person, county_bureau, viewer
):
    line(twin, 1)
    request = proposed(officer, viewer, wang, twin)
    for _turn in range(3):
        merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    assert HoursEntry.objects.count() == 3
    third = make_person("示例第三科员", 83, post="officer", at_organisation=county_bureau)
    with pytest.raises(RequestDecided):
        merge_actions.merge(viewer=viewer(third, "officer"), request_id=request.pk, at=LATER)


def test_what_contradicts_stops_it_until_somebody_chooses(
    wang, twin, officer, second, make_person, county_unit, municipal_unit, viewer
):
    Title.objects.create(person=twin, level="intermediate", obtained_on=date(2019, 5, 5))
    Employment.objects.create(person=twin, employer=municipal_unit, since=date(2020, 1, 1))
    facts = [
        Fact.objects.create(
            person=one, word="sector", kind="word", value=value, since=since, recorded_at=NINE, reason="证明"
        )
        for one, value, since in ((wang, "public", date(2015, 1, 1)), (twin, "non_public", date(2018, 1, 1)))
    ]
    line(wang, 1, title="同一门课")
    double = line(twin, 2, title="同一门课")
    request = proposed(officer, viewer, wang, twin)
    found = {one.key for one in merge_queries.contradictions(wang, twin)}
    assert found == {"title:intermediate", "employer", f"fact:{facts[1].pk}", f"hours:{double.pk}"}
    with pytest.raises(MergeContradicts) as told:
        merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    assert told.value.facts["n"] == 4
    assert sums(wang) == sums(twin) == {2026: Decimal(10)}, "nothing was moved"
    before = queries.law_facts(wang.pk, NINE.date())
    third = make_person("示例第三科员", 83, post="officer", at_organisation=officer_bureau(officer))
    choices = dict.fromkeys(found, "there") | {f"hours:{double.pk}": "once"}
    choose(second, viewer, request, choices)
    merge_actions.merge(viewer=viewer(third, "officer"), request_id=request.pk, at=LATER)
    assert sums(wang) == {2026: Decimal(10)}, "the same course once"
    assert Title.objects.get(person=wang, level="intermediate").obtained_on == date(2019, 5, 5)
    assert Employment.objects.get(person=wang, until=None, main=True).employer == municipal_unit
    sector = Fact.objects.filter(person=wang, word="sector", withdrawn_at=None).order_by("since")
    assert [(one.value, one.since, one.until) for one in sector] == [
        ("public", date(2015, 1, 1), date(2018, 1, 1)),
        ("non_public", date(2018, 1, 1), None),
    ]
    undo(officer, second, viewer, request)
    assert queries.law_facts(wang.pk, NINE.date()) == before
    assert Employment.objects.get(person=wang, until=None, main=True).employer == county_unit
    assert sums(wang) == sums(twin) == {2026: Decimal(10)}


def officer_bureau(officer):
    return Post.objects.get(person=officer).organisation


def undo(first, second, viewer, request, at=LATER):
    """Two officers undo a merge."""
    asked = merging_actions.ask_unmerge(
        viewer=viewer(first, "officer"), request_id=request.pk, reason="不是同一人", at=at
    )
    return merge_actions.unmerge(viewer=viewer(second, "officer"), request_id=asked.pk, at=at)


def test_a_merge_that_must_be_undone_leaves_both_as_they_were(wang, twin, officer, second, county_unit, viewer):
    line(wang, 1)
    line(twin, 2, year=2025)
    Post.objects.create(person=twin, role="unit_clerk", organisation=county_unit, since=NINE)
    before = {one.pk: (sums(one), queries.law_facts(one.pk, NINE.date())) for one in (wang, twin)}
    request = proposed(officer, viewer, wang, twin)
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    assert sums(twin) == {}
    undo(officer, second, viewer, request)
    twin.refresh_from_db()
    assert twin.merged_into is None
    assert Account.objects.get(person=twin).is_active
    assert {one.pk: (sums(one), queries.law_facts(one.pk, NINE.date())) for one in (wang, twin)} == before
    assert Post.objects.get(person=twin).ended_at, "a post is granted anew by whoever may"
    with pytest.raises(NotMerged):
        merging_actions.ask_unmerge(viewer=viewer(officer, "officer"), request_id=request.pk, reason="再撤", at=LATER)
    again = proposed(officer, viewer, wang, twin, at=LATER)
    assert again != request
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=again.pk, at=LATER)
    assert sums(twin) == {}


def test_undoing_needs_two_officers_as_well(wang, twin, officer, second, stranger, viewer):
    request = proposed(officer, viewer, wang, twin)
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    with pytest.raises(NotYours):
        merging_actions.ask_unmerge(viewer=viewer(stranger), request_id=request.pk, reason="好奇", at=LATER)
    asked = merging_actions.ask_unmerge(viewer=viewer(wang), request_id=request.pk, reason="不是我", at=LATER)
    with pytest.raises(SecondYesMissing):
        merge_actions.unmerge(viewer=viewer(second, "officer"), request_id=asked.pk, at=LATER)
    with pytest.raises(OwnRequest):
        merge_actions.unmerge(viewer=viewer(wang), request_id=asked.pk, at=LATER)
    choose(officer, viewer, asked, {})
    merge_actions.unmerge(viewer=viewer(second, "officer"), request_id=asked.pk, at=LATER)
    merge_actions.unmerge(viewer=viewer(second, "officer"), request_id=asked.pk, at=LATER)
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_what_was_struck_off_after_the_merge_does_not_come_back(wang, twin, officer, second, viewer):
    entry = line(twin, 1)
    request = proposed(officer, viewer, wang, twin)
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    moved = HoursEntry.objects.get(source=f"merge:{request.pk}/{entry.pk}")
    actions.reverse(viewer=None, entry_id=moved.pk, reason="抽查作废", at=LATER)
    undo(officer, second, viewer, request)
    assert sums(wang, twin) == {}


def test_hours_that_come_later_for_the_account_that_went_reach_the_one_that_stays(wang, twin, officer, second, viewer):
    request = proposed(officer, viewer, wang, twin)
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    assert line(twin, 9, at=LATER).person == wang
    assert line(wang, 9, at=LATER).person == wang


def test_two_accounts_are_merged_once_and_not_in_a_circle(wang, twin, stranger, officer, second, viewer):
    request = proposed(officer, viewer, wang, twin)
    assert proposed(officer, viewer, wang, twin) == request
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    for kept, other in ((twin, wang), (twin, stranger), (stranger, twin), (wang, wang)):
        with pytest.raises(MergeImpossible):
            proposed(officer, viewer, kept, other)


def test_a_correction_to_a_taken_number_goes_on_as_a_merge_with_its_papers(wang, twin, officer, second, viewer):
    line(twin, 1)
    asked = correction(twin, viewer, typed_id=number_of(wang))
    merge = merging_actions.turn_into_merge(viewer=viewer(officer, "officer"), request_id=asked.pk, reason="", at=LATER)
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert (merge.person, merge.other) == (wang, twin), "the right number stays"
    from xueshi.people.request_queries import papers

    assert [one.name for one in papers(merge)] == [CARD.name]
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=merge.pk, at=LATER)
    assert sums(wang) == {2026: Decimal(10)}


def test_a_person_who_names_a_number_that_nobody_has_is_not_told_so(wang, officer, second, viewer):
    from conftest import id_number

    request = merging_actions.ask_merge(
        viewer=viewer(wang), typed_id=id_number(98), keep="mine", reason="注册了两次", papers=(CARD,), at=NINE
    )
    assert request.other is None
    choose(officer, viewer, request, {})
    with pytest.raises(MergeImpossible):
        merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)


entries = st.lists(
    st.tuples(st.booleans(), st.integers(2023, 2026), st.integers(1, 60), st.integers(0, 3), st.booleans()), max_size=8
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=entries, both=st.booleans())
def test_over_both_accounts_the_hours_of_every_year_are_kept(wang, twin, officer, second, viewer, entries, both):
    """Whatever stood, was struck off, or is for the same course: unless somebody chose that it counts once."""
    ChangeRequest.objects.filter(state__in=("open", "returned")).update(state="withdrawn")
    for n, (hers, year, hours, course, struck) in enumerate(entries):
        entry = line(
            twin if hers else wang,
            f"{ChangeRequest.objects.count()}-{n}",
            year=year,
            hours=f"{hours}.5",
            title=f"课 {course}",
        )
        if struck:
            actions.reverse(viewer=None, entry_id=entry.pk, reason="误登", at=NINE)
    before = {one.pk: sums(one) for one in (wang, twin)}
    together = sums(wang, twin)
    request = proposed(officer, viewer, wang, twin)
    choices = {one.key: "both" if both else "once" for one in merge_queries.contradictions(wang, twin)}
    request.wanted |= {"choices": choices}
    request.save()
    merge_actions.merge(viewer=viewer(second, "officer"), request_id=request.pk, at=LATER)
    assert sums(twin) == {}
    if both or not choices:
        assert sums(wang) == together
    undo(officer, second, viewer, request, at=LATER + timedelta(hours=1))
    assert {one.pk: sums(one) for one in (wang, twin)} == before
