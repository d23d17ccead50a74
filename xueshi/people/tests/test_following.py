"""What follows from the employer: the sector and the front line, where nobody recorded them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from xueshi.kernel import clock
from xueshi.people import following, queries
from xueshi.people.dated import Row
from xueshi.people.following import Job
from xueshi.people.models import Employment, Fact, Organisation, Person
from xueshi.policy.load import vocabulary

D = date
NON_PUBLIC, PUBLIC = {"sector": "non_public"}, {"sector": "public"}


@pytest.mark.clause("HT-02", "HT-20", "HT-21")
@pytest.mark.parametrize(
    ("ownership", "credit_code", "grass_roots", "says"),
    [
        ("non_public", "91500000MA5U00000X", False, {"sector": "non_public"}),
        ("public", "12500000MA5U00000X", False, {"sector": "institution"}),
        ("public", "91500000MA5U00000X", False, {"sector": "state_enterprise"}),
        ("public", "", False, {"sector": "public"}),
        ("", "12500000MA5U00000X", False, {}),
        ("", "", True, {"site": "grassroots"}),
    ],
)
def test_an_employer_says(ownership: str, credit_code: str, grass_roots: bool, says: dict[str, str]) -> None:
    assert following.says(ownership=ownership, credit_code=credit_code, grass_roots=grass_roots) == says


def test_every_value_that_can_follow_is_a_word_of_the_law(settings: LazySettings) -> None:
    words = vocabulary((Path(settings.POLICIES_DIR) / "words.yaml").read_text(encoding="utf8")).facts
    assert set(following.SECTORS) <= set(words["sector"].values)
    assert set(following.SITES) <= set(words["site"].values)


def test_a_recorded_fact_goes_before_and_the_employer_speaks_on_the_other_days() -> None:
    recorded = [Row("sector", "word", "institution", D(2021, 1, 1), D(2022, 1, 1))]
    assert following.rows([Job(D(2020, 1, 1), None, NON_PUBLIC)], recorded) == [
        Row("sector", "word", "non_public", D(2020, 1, 1), D(2021, 1, 1)),
        Row("sector", "word", "non_public", D(2022, 1, 1), None),
    ]


def test_of_an_employer_of_which_nothing_is_known_nothing_follows_nor_of_those_before() -> None:
    jobs = [Job(D(2018, 1, 1), D(2020, 1, 1), NON_PUBLIC), Job(D(2020, 1, 1), D(2022, 1, 1), {}),
            Job(D(2022, 1, 1), None, PUBLIC)]  # fmt: skip
    assert following.rows(jobs, []) == [Row("sector", "word", "public", D(2022, 1, 1), None)]
    recorded = [Row("sector", "word", "institution", D(2020, 1, 1), D(2022, 1, 1))]  # somebody said it after all
    assert [row.value for row in following.rows(jobs, recorded)] == ["non_public", "public"]


def test_a_job_lasts_until_another_begins() -> None:
    jobs = [Job(D(2018, 1, 1), None, NON_PUBLIC), Job(D(2020, 1, 1), None, PUBLIC)]
    assert [(row.since, row.until) for row in following.rows(jobs, [])] == [
        (D(2018, 1, 1), D(2020, 1, 1)), (D(2020, 1, 1), None),
    ]  # fmt: skip


DAYS = st.integers(0, 60).map(lambda n: D(2020, 1, 1) + timedelta(days=n))
SPELLS = st.tuples(DAYS, st.none() | st.integers(1, 30)).map(
    lambda one: (one[0], None if one[1] is None else one[0] + timedelta(days=one[1]))
)
JOBS = st.lists(st.builds(lambda s, says: Job(*s, says), SPELLS, st.sampled_from([{}, NON_PUBLIC, PUBLIC])), max_size=4)
ROWS = st.lists(st.builds(lambda s: Row("sector", "word", "institution", *s), SPELLS), max_size=3)


@given(JOBS, ROWS)
def test_no_day_has_two_values_and_no_recorded_day_another(jobs: list[Job], recorded: list[Row]) -> None:
    found = following.rows(jobs, recorded)
    for n in range(100):
        day = D(2020, 1, 1) + timedelta(days=n)
        on = [row for row in found if row.since <= day and (row.until is None or row.until > day)]
        said = [row for row in recorded if row.since <= day and (row.until is None or row.until > day)]
        assert len(on) <= (0 if said else 1)
        begun = [job for job in jobs if job.since <= day]
        if on:
            last = max(begun, key=lambda job: job.since)
            among = [job for job in begun if job.since == last.since]
            assert on[0].value in {job.says.get("sector") for job in among}


@pytest.mark.django_db
@pytest.mark.clause("HT-20")
def test_the_law_reads_it_with_the_other_facts(wang: Person, county_unit: Organisation) -> None:
    today = clock.now().date()
    assert "sector" not in queries.law_facts(wang.pk, today)
    Organisation.objects.filter(pk=county_unit.pk).update(ownership="non_public", grass_roots=True)
    since = Employment.objects.get(person=wang).since
    known = queries.law_facts(wang.pk, today)
    assert known["sector"] == ((since, "non_public"),)
    assert known["site"] == ((since, "grassroots"),)
    Employment.objects.filter(person=wang).update(main=False)  # a second job decides nothing
    assert "sector" not in queries.law_facts(wang.pk, today)


@pytest.mark.django_db
def test_what_was_recorded_counts_as_it_was_known_then(wang: Person, county_unit: Organisation) -> None:
    Organisation.objects.filter(pk=county_unit.pk).update(ownership="non_public")
    before = clock.now()
    Fact.objects.create(person=wang, word="sector", kind="word", value="institution", since=D(2020, 1, 1),
                        recorded_at=before, reason="看过合同")  # fmt: skip
    now = queries.law_facts(wang.pk, D(2026, 6, 1))["sector"]
    assert dict(now)[D(2020, 1, 1)] == "institution"
    assert dict(now)[D(2015, 7, 1)] == "non_public"
    assert queries.law_facts(wang.pk, D(2026, 6, 1), before - timedelta(days=1))["sector"] == (
        (D(2015, 7, 1), "non_public"),
    )


@pytest.mark.django_db
@pytest.mark.clause("HT-20")
def test_the_office_is_told_from_which_employer_a_fact_follows_and_a_recorded_one_goes_before(
    wang: Person, clerk: Person, county_unit: Organisation, signed_in
) -> None:
    Organisation.objects.filter(pk=county_unit.pk).update(ownership="non_public")
    address = f"/unit/people/{wang.pk}/facts/"
    page = signed_in(clerk).get(address).content.decode()
    assert "从工作单位推定的" in page
    assert "单位性质：非公有制经济组织" in page
    Fact.objects.create(person=wang, word="sector", kind="word", value="institution", since=D(2000, 1, 1),
                        recorded_at=clock.now(), reason="看过合同")  # fmt: skip
    assert "从工作单位推定的" not in signed_in(clerk).get(address).content.decode()
