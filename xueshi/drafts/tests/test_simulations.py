"""A draft tried on a bureau's people: asked for, run in pieces, killed, stopped, looked at."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as house

from xueshi.drafts import actions, in_columns, jobs, queries
from xueshi.drafts.models import Simulation
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.ledger import population, snapshot_actions, standing
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Region
from xueshi.policy.findings import Verdict

CHONGQING = "cn-50/chongqing-2010"
NOW = datetime.now(UTC)
YEAR = NOW.year
PASS, FAIL = Verdict.PASS, Verdict.FAIL


def notice(**changes: str) -> str:
    """The notice in force, with other words in it."""
    text = (Path(house.POLICIES_DIR) / f"{CHONGQING}.yaml").read_text(encoding="utf8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def draft() -> str:
    """As in force, but thirty hours a year from this year on."""
    text = (Path(house.POLICIES_DIR) / f"{CHONGQING}.yaml").read_text(encoding="utf8")
    head, mark, rest = text.partition("  - id: public\n")
    assert mark
    first, _, tail = rest.partition("\n  - id: ")
    old = f"{mark}{first}\n    until: {YEAR - 1}-12-31\n"
    new = f"{mark}{first}\n    since: {YEAR}-01-01\n".replace("at_least: 20", "at_least: 30")
    assert new.count("at_least: 30") == 1
    return f"{head}{old}{new}  - id: {tail}"


def hours(person, amount: str, year: int = YEAR) -> None:
    HoursEntry.objects.create(
        person=person, year=year, category="public", hours=Decimal(amount), kind="public_topic", title="示例",
        marks={"passed": True, "verified": True}, earned_on=date(year, 6, 30), recorded_at=NOW,
        source=f"test:{person.pk}:{year}", instrument=CHONGQING, provision="slip", digest="0" * 64, blind=b"0" * 16,
    )  # fmt: skip


@pytest.fixture
def crowd(make_person, county_unit):
    people = [make_person(f"示例学员{n}", 100 + 2 * n, employer=county_unit, title="junior") for n in range(6)]
    for one in people[:3]:
        hours(one, "20")
        hours(one, "20", YEAR - 1)
    return people


@pytest.fixture
def seen(viewer, verifier):
    return viewer(verifier, "verifier")


def ask(seen, text: str, **more: object) -> Simulation:
    wanted = {"replaces": CHONGQING, "purpose": "annual", "years": [YEAR - 1, YEAR]} | more
    return actions.ask(viewer=seen, text=text, at=datetime.now(UTC), **wanted)


def run(one: Simulation) -> Simulation:
    jobs.run(simulation_id=one.pk)
    one.refresh_from_db()
    return one


@pytest.mark.django_db(transaction=True)
class TestRunning:
    def test_those_who_fall_below_are_named_and_the_year_before_does_not_change(self, seen, crowd, draft) -> None:
        one = run(ask(seen, draft))
        assert (one.state, one.done, one.total) == ("done", 14, 14)  # six, and the officer, twice
        before, after = queries.found_of(one)
        assert before.difference.nothing
        assert after.whole.moves[PASS, FAIL] == 3
        assert [cause.id for cause in after.causes] == ["public"]
        assert {p.person_id for p in queries.shown_of(seen, after)[PASS, FAIL]} == {p.pk for p in crowd[:3]}
        assert {p.label: p.group.falls for p in after.parts["unit"]} == {"渝中区示例中学": 3, "": 0}
        assert [p.label for p in after.parts["region"]] == ["渝中区"]

    def test_an_untouched_notice_changes_nothing(self, seen, crowd) -> None:
        one = run(ask(seen, notice()))
        assert all(found.difference.nothing for found in queries.found_of(one))

    def test_pieces_add_up_and_a_killed_worker_loses_one_at_most(self, seen, crowd, draft, monkeypatch) -> None:
        whole = run(ask(seen, draft))
        monkeypatch.setattr(population, "CHUNK", 2)
        one = ask(seen, draft)
        for _ in range(3):  # and then the worker is killed
            assert actions.step(simulation_id=one.pk, at=NOW)
        one.refresh_from_db()
        assert (one.state, one.done) == ("running", 6)
        run(one)
        assert one.differences == whole.differences

    def test_a_whole_region_is_tried_from_the_snapshot_with_the_same_result(
        self, seen, crowd, draft, monkeypatch, settings, tmp_path, make_person, county_unit
    ) -> None:
        walked = run(ask(seen, draft))
        settings.SNAPSHOTS_DIR = tmp_path
        monkeypatch.setattr(actions, "MOST_WALKED", 2)
        assert run(ask(seen, draft)).snapshot_at is None  # there is none
        snapshot_actions.build(at=datetime.now(UTC))
        one = run(ask(seen, draft))
        assert one.snapshot_at is not None
        assert (one.done, one.elsewhere) == (walked.done, walked.elsewhere)
        assert queries.found_of(one) == queries.found_of(walked)
        first = run(ask(seen, draft, replaces=""))
        assert (first.elsewhere, first.snapshot_at is not None) == (first.total, True)
        make_person("示例后来", 400, employer=county_unit)
        later = run(ask(seen, draft))
        assert (later.snapshot_at is not None, queries.found_of(later)[1].whole.people) == (True, 8)
        monkeypatch.setattr(in_columns, "MOST_LATE", 0)
        assert run(ask(seen, draft)).snapshot_at is None  # too old

    def test_two_workers_at_once_count_nobody_twice(self, seen, crowd, draft, monkeypatch) -> None:
        monkeypatch.setattr(population, "CHUNK", 3)
        one = ask(seen, draft, years=[YEAR])
        stale = Simulation.objects.select_related("organisation__region").get(pk=one.pk)
        chunk = actions._chunk(stale)
        assert actions.step(simulation_id=one.pk, at=NOW)
        assert actions._keep(stale, chunk, NOW)  # comes second, and changes nothing
        one.refresh_from_db()
        assert one.done == 3
        assert run(one).done == one.total

    def test_people_who_register_later_are_not_in_it(self, seen, crowd, draft, make_person, county_unit) -> None:
        one = ask(seen, draft, years=[YEAR])
        make_person("示例后来", 400, employer=county_unit)
        assert queries.found_of(run(one))[0].whole.people == 7

    def test_one_that_was_stopped_stays_and_can_go_on(self, seen, crowd, draft, monkeypatch) -> None:
        monkeypatch.setattr(population, "CHUNK", 2)
        one = ask(seen, draft, years=[YEAR])
        actions.step(simulation_id=one.pk, at=NOW)
        stopped = actions.cancel(viewer=seen, simulation_id=one.pk, at=NOW)
        assert stopped.state == "cancelled"
        assert not actions.step(simulation_id=one.pk, at=NOW)
        assert actions.resume(viewer=seen, simulation_id=one.pk, at=NOW).state == "waiting"
        assert run(one).state == "done"
        assert actions.cancel(viewer=seen, simulation_id=one.pk, at=NOW).state == "done"
        assert actions.resume(viewer=seen, simulation_id=one.pk, at=NOW).state == "done"

    def test_a_step_that_comes_after_the_stop_counts_nothing(self, seen, crowd, draft) -> None:
        one = ask(seen, draft, years=[YEAR])
        stale = Simulation.objects.select_related("organisation__region").get(pk=one.pk)
        chunk = actions._chunk(stale)
        actions.cancel(viewer=seen, simulation_id=one.pk, at=NOW)
        assert not actions._keep(stale, chunk, NOW)
        assert not actions._fail(stale, "law-changed", NOW)
        one.refresh_from_db()
        assert (one.state, one.done) == ("cancelled", 0)

    def test_a_law_that_changed_in_the_meantime_is_said(self, seen, crowd, draft) -> None:
        one = ask(seen, draft)
        Simulation.objects.filter(pk=one.pk).update(replaced_digest="0" * 64)
        assert (run(one).state, one.problem) == ("failed", "law-changed")

    @pytest.mark.parametrize(
        ("change", "problem"),
        [({"purpose": "lunch"}, "not-a-question"), ({"text": "nonsense"}, "not-understood")],
    )
    def test_what_cannot_be_asked_or_read_any_more_is_said(self, seen, crowd, draft, change, problem) -> None:
        one = ask(seen, draft)
        Simulation.objects.filter(pk=one.pk).update(**change)
        assert (run(one).state, one.problem) == ("failed", problem)
        assert queries.comparison_of(one) is None or problem == "not-a-question"

    def test_asking_queues_a_job_and_leaves_a_line(self, seen, crowd, draft) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        one = ask(seen, draft)
        assert ProcrastinateJob.objects.filter(args={"simulation_id": one.pk}).count() == 1
        assert AuditLine.objects.get(subject=f"simulation:{one.pk}").action == "simulation.asked"

    def test_where_there_is_no_law_yet_a_draft_can_be_the_first(self, seen, crowd, draft) -> None:
        one = run(ask(seen, draft, replaces=""))
        assert one.elsewhere == one.total  # all of them have one
        assert queries.comparison_of(one) is None

    # ---- refusals ----------------------------------------------------------------------------

    def test_a_draft_that_is_not_understood_is_refused_with_its_line(self, seen, crowd) -> None:
        with pytest.raises(actions.DraftNotUnderstood) as refused:
            ask(seen, notice().replace("known_from: 2010", "known_frm: 2010"))
        assert "known_frm" in refused.value.said
        assert "line" in refused.value.said

    def test_an_instrument_that_is_not_held_cannot_be_replaced(self, seen, crowd, draft) -> None:
        with pytest.raises(NotYours):
            ask(seen, draft, replaces="cn-00/none")

    def test_without_people_there_is_nothing_to_try(self, viewer, make_person, make_organisation, draft) -> None:
        far = Region.objects.create(code="99", name="示例省")
        bureau = make_organisation("示例省厅", "municipal_hrss", "municipal", far)
        lonely = make_person("示例厅员", 500, post="verifier", at_organisation=bureau)
        with pytest.raises(actions.NobodyToTry):
            ask(viewer(lonely, "verifier"), draft)

    def test_a_draft_of_another_place_moves_nobody_here(self, seen, crowd) -> None:
        theirs = (Path(house.POLICIES_DIR) / "cn-37/jinan-2017.yaml").read_text(encoding="utf8")
        with pytest.raises(actions.DraftElsewhere, match="济南"):
            ask(seen, theirs)

    def test_three_at_a_time(self, seen, crowd, draft) -> None:
        for _ in range(actions.MOST_RUNNING):
            one = ask(seen, draft)
        with pytest.raises(actions.TooManySimulations):
            ask(seen, draft)
        actions.cancel(viewer=seen, simulation_id=one.pk, at=NOW)
        assert ask(seen, draft).state == "waiting"

    def test_another_bureaus_simulation_is_not_there(
        self, seen, crowd, draft, viewer, make_person, make_organisation
    ) -> None:
        one = ask(seen, draft)
        other = make_organisation("别区人力社保局（示例）", "county_hrss")
        colleague = viewer(make_person("示例别人", 502, post="verifier", at_organisation=other), "verifier")
        assert list(queries.simulations_for(colleague)) == []
        for use in (actions.cancel, actions.resume):
            with pytest.raises(NotYours):
                use(viewer=colleague, simulation_id=one.pk, at=NOW)

    # ---- one person --------------------------------------------------------------------------

    def test_a_sample_is_both_answers_side_by_side(self, seen, crowd, draft) -> None:
        one = run(ask(seen, draft))
        twice = queries.twice_for(seen, one, crowd[0].pk, YEAR)
        alone = standing.of(crowd[0].pk, "annual", YEAR, one.asked_at)
        assert twice.before is not None
        assert twice.after is not None
        assert twice.before.findings == alone.findings
        assert (twice.before.verdict, twice.after.verdict) == (PASS, FAIL)
        assert [line.same for line in twice.lines] == [False]

    def test_a_sample_out_of_reach_or_of_another_year_is_not_there(self, seen, crowd, draft, make_person) -> None:
        one = run(ask(seen, draft))
        far = make_person("示例远方", 504, region=Region.objects.create(code="99", name="示例省"))
        with pytest.raises(NotYours):
            queries.twice_for(seen, one, far.pk, YEAR)
        with pytest.raises(NotYours):
            queries.twice_for(seen, one, crowd[0].pk, YEAR + 5)

    def test_one_that_stands_still_says_so(self, seen, crowd, draft) -> None:
        one = ask(seen, draft)
        assert not queries.stands_still(one, one.moved_at + timedelta(seconds=30))
        assert queries.stands_still(one, one.moved_at + timedelta(minutes=3))
        assert not queries.stands_still(run(one), one.moved_at + timedelta(hours=3))
