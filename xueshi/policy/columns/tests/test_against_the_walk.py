"""The columns and the walk are one law: the same outcomes and numbers for everybody."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from xueshi.policy import whole
from xueshi.policy.assess import assess
from xueshi.policy.book import Rulebook
from xueshi.policy.checking import Contradiction
from xueshi.policy.columns.beyond import Beyond
from xueshi.policy.columns.branches import UNITS
from xueshi.policy.columns.plan import OUTCOMES, VERDICTS, Plan, plan
from xueshi.policy.columns.tests.worlds import Human, frame_of, humans
from xueshi.policy.facts import Asked, Facts
from xueshi.policy.findings import Assessment, Outcome, Verdict
from xueshi.policy.load import library
from xueshi.policy.tests.invented import POLICIES, book, entry, provision, year

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a shrunk population is no clearer, and takes minutes
EXAMPLES = settings(
    deadline=None, max_examples=100, phases=PHASES, report_multiple_bugs=False, suppress_health_check=list(HealthCheck)
)
BOOKS = library(POLICIES).books


def check(
    law: Rulebook,
    people: Sequence[Human],
    asked: Asked,
    *,
    by_day: bool = False,
    beyond: bool = False,
    given: Callable[[pl.DataFrame], Any] = pl.DataFrame.lazy,
    collect: Callable[[Any], list[dict[str, object]]] = lambda frame: frame.collect().to_dicts(),
) -> None:
    """Judge everybody twice; ``beyond``: it may be that the frame says too little."""
    try:
        answers = [assess(law, one.facts, one.entries, asked) for one in people]
    except Contradiction:
        assume(False)
    frame, layout = frame_of(people, law, by_day=by_day)
    try:
        planned = plan(law, asked, layout)
    except Beyond:
        assume(not beyond)
        raise
    rows = sorted(collect(planned.findings(given(frame))), key=itemgetter("person"))
    verdicts = sorted(collect(planned.verdicts(given(frame))), key=itemgetter("person"))
    for answer, row, lean in zip(answers, rows, verdicts, strict=True):
        compare(planned, answer, row, lean)


def compare(planned: Plan, answer: Assessment, row: dict[str, object], lean: dict[str, object]) -> None:
    assert VERDICTS[row["verdict"]] == answer.verdict, (answer, row)
    assert lean["verdict"] == row["verdict"]
    here = {(one.provision, one.year): one for one in planned.found if row[one.outcome] != -1}
    seen = set()
    for finding in answer.findings:
        key = finding.provision, finding.years[0] if len(finding.years) == 1 else 0
        if key not in here and len(finding.years) == 1:
            older = [k for k in here if k[0] == finding.provision and 0 < k[1] <= finding.years[0]]
            key = older[0] if older and finding.years[0] < 2015 else (finding.provision, 0)
        one = here.get(key) or min((o for k, o in here.items() if k[0] == finding.provision), key=lambda o: o.year)
        seen.add((one.provision, one.year))
        outcome = OUTCOMES[row[one.outcome]]
        assert outcome == finding.outcome, (finding, row)
        unit = finding.unit
        if one.unit != "branches":
            assert unit == one.unit
        elif outcome not in (Outcome.NOT_APPLICABLE,):
            assert unit == UNITS[row[one.counted_in]]
        assert shown(row[one.have], unit) == finding.have, (finding, row)
        assert shown(row[one.missing], unit, up=True) == finding.missing, (finding, row)
        need = row[one.need]
        if finding.need is None or need == -1:
            assert (need == -1 and finding.need is None) or outcome is Outcome.CANNOT_TELL, (finding, row)
        else:
            assert shown(need, unit, up=True) == finding.need, (finding, row)
    assert seen == set(here)
    outcomes = {key: OUTCOMES[row[one.outcome]] for key, one in here.items()}
    if lean["reason"] == -1:
        assert set(outcomes.values()) <= {Outcome.MET, Outcome.NOT_APPLICABLE}
    else:
        reason = planned.reasons[lean["reason"]]
        if reason.provision:
            stopping = [key for key, outcome in outcomes.items() if outcome is reason.outcome]
            assert stopping[0] == (reason.provision, reason.year)
        else:
            assert reason.outcome in outcomes.values()
            assert answer.verdict is Verdict.PASS or not planned.book.encodes(planned.asked.year)


def shown(number: int, unit: str, *, up: bool = False) -> object:
    return whole.shown(number, up=up) if unit == "hours" else number


def asked_of(law: Rulebook, first: int, last: int) -> st.SearchStrategy[Asked]:
    targets = sorted(law.words.facts["target"].values)
    return st.builds(
        Asked,
        purpose=st.sampled_from(sorted(law.words.lists["purposes"])),
        year=st.integers(first, last),
        target=st.none() | st.sampled_from(targets),
    )


@pytest.mark.parametrize("key", BOOKS)
@EXAMPLES
@given(data=st.data())
def test_every_notice_judges_a_population_as_it_judges_one(key, data) -> None:
    law = BOOKS[key]
    first = max(2011, law.known_from - 1)
    people = data.draw(st.lists(humans(law, first, first + 6), min_size=1, max_size=12))
    asked = data.draw(asked_of(law, first, first + 6))
    check(law, people, asked)


def test_a_table_by_the_title_applied_for_needs_no_column() -> None:
    law = book(year("{by: target, senior: 20, otherwise: 5}"))
    people = [Human(Facts(), (entry(2020, "10"),)), Human(Facts(), ())]
    for target in ("full_senior", "junior"):
        check(law, people, Asked("annual", 2020, target))


def test_hours_of_two_years_that_may_go_either_way_are_sent_where_they_are_missing_together() -> None:
    law = book(
        provision("public", "demand: {at_least: 20, of: {category: public}, over: {last: 2}}"),
        provision("professional", "demand: {at_least: 20, of: {category: professional}, over: {last: 2}}"),
        provision("e", "earning: {of: {theme: ethics}, gives: {per: hours, is: 1}, as: [public, professional]}"),
    )
    people = [
        Human(Facts(), tuple(entry(y, hours, theme="ethics") for y, hours in ((2019, a), (2020, b)) if hours))
        for a, b in (("15", "25"), ("15", "15"), ("", "30"), ("40", ""))
    ]
    check(law, people, Asked("annual", 2020))
