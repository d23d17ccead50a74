"""What a base may do on a day: levels and regions, subjects, specialties, titles; and what Hypothesis makes of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.training.base_rules import (
    READINGS,
    Accredited,
    Allowed,
    Entrusted,
    Outside,
    Step,
    Terms,
    due,
    scope,
    word,
)

KAIFENG, LANKAO, GULOU, ZHENGZHOU = "4102", "410225", "410204", "4101"
DAY = date(2013, 8, 5)
CITY_TITLES = READINGS["restored"]["municipal"]
PUBLIC = Terms.of(["public"], titles=CITY_TITLES)
BOTH = Terms.of(["public", "professional"], ["临床医学"], CITY_TITLES)


def base(terms=PUBLIC, *later, level="municipal", region=KAIFENG, since=date(2013, 7, 1), until=None):
    first = (Step("applied", date(2013, 6, 1), terms=terms), Step("approved", since, until, terms))
    return Accredited(level, region, (*first, *later), "汴人社〔2013〕96号 第一批")


def asked(one, entrusted=(), **changes):
    question = {"on": DAY, "region": KAIFENG, "subject": "public", "title_level": "intermediate"} | changes
    return scope([one] if isinstance(one, Accredited) else one, entrusted, **question)


def no(answer):
    assert isinstance(answer, Outside)
    return answer.code


# ---- levels and regions --------------------------------------------------------------------------------


@pytest.mark.clause("KF-31", "KF-32", "KF-40")
def test_a_municipal_base_teaches_the_whole_city_and_cites_its_batch():
    for region in (KAIFENG, LANKAO, GULOU):
        assert asked(base(), region=region) == Allowed("accreditation", "汴人社〔2013〕96号 第一批")
    assert no(asked(base(), region=ZHENGZHOU)) == "region"


@pytest.mark.clause("KF-31", "KF-34")
def test_a_county_base_teaches_its_own_county():
    county = base(Terms.of(["public"], titles=READINGS["restored"]["county"]), level="county", region=LANKAO)
    assert isinstance(asked(county, region=LANKAO), Allowed)
    assert no(asked(county, region=GULOU)) == "region"
    assert no(asked(county, region=KAIFENG)) == "region"  # the city is more than the county


@pytest.mark.clause("KF-32")
def test_the_levels_of_titles_are_data_in_either_reading():
    restored = base(Terms.of(["public"], titles=READINGS["restored"]["municipal"]))
    as_held = base(Terms.of(["public"], titles=READINGS["as_held"]["municipal"]))
    assert isinstance(asked(restored, title_level="intermediate"), Allowed)
    assert no(asked(restored, title_level="junior")) == "title"
    assert isinstance(asked(as_held, title_level="junior"), Allowed)
    assert no(asked(as_held, title_level="intermediate")) == "title"
    assert isinstance(asked(restored, title_level=""), Allowed)  # no level in particular


# ---- subjects and specialties --------------------------------------------------------------------------


@pytest.mark.clause("KF-33")
def test_professional_subjects_need_an_approval_of_their_own():
    assert no(asked(base(), subject="professional", specialty="临床医学")) == "subject"
    assert isinstance(asked(base(BOTH), subject="professional", specialty="临床医学"), Allowed)


@pytest.mark.clause("KF-37")
def test_a_specialty_that_was_not_approved_is_outside_and_the_answer_names_those_that_were():
    answer = asked(base(BOTH), subject="professional", specialty="桥梁工程")
    assert answer == Outside("specialty", "桥梁工程", ("临床医学",))
    assert no(asked(base(BOTH), subject="professional")) == "specialty"  # one must be named
    assert isinstance(asked(base(BOTH), subject="professional", specialty=" 临床医学　"), Allowed)
    assert word("ＡＢ  c") == "ab c"


# ---- entrusting ----------------------------------------------------------------------------------------

JUNIORS = Entrusted(
    LANKAO, Terms.of(["public"], titles=["junior", "assistant"]), date(2013, 7, 1), None, "兰人社〔2013〕7号"
)


@pytest.mark.clause("KF-35")
def test_an_entrusted_base_also_teaches_whom_the_county_entrusts():
    assert no(asked(base(), region=LANKAO, title_level="junior")) == "title"
    yes = asked(base(), [JUNIORS], region=LANKAO, title_level="junior")
    assert yes == Allowed("entrustment", "兰人社〔2013〕7号")
    assert no(asked(base(), [JUNIORS], region=GULOU, title_level="junior")) == "title"  # not the neighbour's


@pytest.mark.clause("KF-35", "KF-37")
def test_an_entrustment_gives_no_specialty_that_the_base_has_not():
    given_too_much = Entrusted(LANKAO, Terms.of(["professional"], ["桥梁工程"], ["junior"]), date(2013, 7, 1))
    question = {"region": LANKAO, "subject": "professional", "specialty": "桥梁工程", "title_level": "junior"}
    assert no(asked(base(BOTH), [given_too_much], **question)) == "specialty"


def test_an_entrustment_holds_from_its_first_day_to_the_one_before_its_last():
    for_a_month = replace(JUNIORS, since=date(2013, 8, 1), until=date(2013, 9, 1))
    question = {"region": LANKAO, "title_level": "junior"}
    for on, allowed in [((7, 31), False), ((8, 1), True), ((8, 31), True), ((9, 1), False)]:
        answer = asked(base(), [for_a_month], on=date(2013, *on), **question)
        assert isinstance(answer, Allowed) == allowed, on


def test_a_county_base_is_not_entrusted_by_another_county():
    county = base(PUBLIC, level="county", region=GULOU)
    assert no(asked(county, [JUNIORS], region=LANKAO, title_level="junior")) == "region"


# ---- the life of an accreditation ----------------------------------------------------------------------


@pytest.mark.clause("KF-19")
def test_without_an_approval_nobody_teaches():
    assert no(scope([], [], on=DAY, region=KAIFENG, subject="public")) == "no_accreditation"
    applied = Accredited("municipal", KAIFENG, (Step("applied", date(2013, 6, 1), terms=PUBLIC),))
    assert no(asked(applied)) == "applied"
    for kind in ("returned", "refused"):
        assert no(asked(replace(applied, steps=(*applied.steps, Step(kind, date(2013, 6, 2)))))) == kind


def test_an_approval_holds_from_its_day_until_its_last():
    one = base(since=date(2013, 7, 1), until=date(2014, 1, 1))
    for on, code in [(date(2013, 6, 30), "not_yet"), (date(2014, 1, 1), "expired")]:
        assert no(asked(one, on=on)) == code
    for on in (date(2013, 7, 1), date(2013, 12, 31)):
        assert isinstance(asked(one, on=on), Allowed)
    renewed = replace(one, steps=(*one.steps, Step("renewed", date(2014, 3, 1), date(2015, 1, 1))))
    assert no(asked(renewed, on=date(2014, 2, 28))) == "expired"  # nobody was accredited in between
    assert isinstance(asked(renewed, on=date(2014, 3, 1)), Allowed)


def test_a_suspension_forbids_what_is_new_and_its_end_allows_it_again():
    one = base(PUBLIC, Step("suspended", date(2013, 8, 1)), Step("lifted", date(2013, 8, 20)))
    for on, allowed in [((7, 31), True), ((8, 1), False), ((8, 19), False), ((8, 20), True)]:
        assert isinstance(asked(one, on=date(2013, *on)), Allowed) == allowed, on
    never_begun = base(PUBLIC, Step("suspended", date(2013, 8, 1)), Step("lifted", date(2013, 7, 25)))
    assert isinstance(asked(never_begun), Allowed)


def test_what_is_withdrawn_stays_withdrawn():
    one = base(PUBLIC, Step("suspended", date(2013, 8, 1)), Step("withdrawn", date(2013, 7, 20)))
    assert isinstance(asked(one, on=date(2013, 7, 19)), Allowed)
    for on in (date(2013, 7, 20), date(2013, 8, 2), date(2020, 1, 1)):
        assert no(asked(one, on=on)) == "withdrawn"


def test_a_scope_holds_from_its_own_day():
    one = base(PUBLIC, Step("rescoped", date(2013, 9, 1), terms=BOTH))
    question = {"subject": "professional", "specialty": "临床医学"}
    assert no(asked(one, on=date(2013, 8, 31), **question)) == "subject"
    assert isinstance(asked(one, on=date(2013, 9, 1), **question), Allowed)


def test_of_two_papers_the_one_nearer_to_a_yes_is_told():
    gone = base(PUBLIC, Step("withdrawn", date(2013, 7, 2)))
    assert no(asked([gone, base()], title_level="junior")) == "title"


def test_a_standard_by_the_hour_needs_the_hours():
    assert due("year", Decimal("120.00"), None) == Decimal("120.00")
    assert due("hour", Decimal("2.50"), Decimal("26")) == Decimal("65.00")
    assert due("hour", Decimal("2.50"), None) is None


# ---- properties ----------------------------------------------------------------------------------------

REGIONS = st.sampled_from([KAIFENG, LANKAO, GULOU, ZHENGZHOU])
DAYS = st.integers(0, 60).map(lambda n: date(2013, 7, 1) + timedelta(days=n))
SUBJECTS = st.sampled_from(["public", "professional"])
WORDS = st.sampled_from(["临床医学", "护理", "桥梁工程"])
TITLES = st.sampled_from(["assistant", "junior", "intermediate", "deputy_senior", "full_senior"])
TERMS = st.builds(Terms, st.frozensets(SUBJECTS), st.frozensets(WORDS), st.frozensets(TITLES))
LATER = st.one_of(
    st.builds(Step, st.sampled_from(["suspended", "lifted", "withdrawn"]), DAYS),
    st.builds(Step, st.just("rescoped"), DAYS, st.none(), TERMS),
    st.builds(Step, st.just("renewed"), DAYS, st.one_of(st.none(), DAYS)),
)
PAPERS = st.builds(
    lambda level, region, terms, since, until, later: base(
        terms, *later, level=level, region=region, since=since, until=until
    ),
    st.sampled_from(["municipal", "county"]), REGIONS, TERMS, DAYS, st.one_of(st.none(), DAYS),
    st.lists(LATER, max_size=4),
)  # fmt: skip
GIVEN = st.builds(Entrusted, REGIONS, TERMS, DAYS, st.one_of(st.none(), DAYS))
QUESTIONS = st.fixed_dictionaries(
    {
        "on": DAYS,
        "region": REGIONS,
        "subject": SUBJECTS,
        "specialty": WORDS,
        "title_level": st.one_of(st.just(""), TITLES),
    }
)


@given(st.lists(PAPERS, max_size=3), st.lists(GIVEN, max_size=3), PAPERS, GIVEN, QUESTIONS)
def test_more_papers_never_forbid(papers, entrusted, paper, more, question):
    if isinstance(scope(papers, entrusted, **question), Allowed):
        assert isinstance(scope([*papers, paper], [more, *entrusted], **question), Allowed)


@given(PAPERS, st.lists(GIVEN, max_size=2), TERMS, QUESTIONS)
def test_a_wider_scope_never_forbids(paper, entrusted, more, question):
    def widened(terms):
        return Terms(
            terms.subjects | more.subjects, terms.specialties | more.specialties, terms.title_levels | more.title_levels
        )

    wider = replace(paper, steps=tuple(replace(s, terms=s.terms and widened(s.terms)) for s in paper.steps))
    if isinstance(scope([paper], entrusted, **question), Allowed):
        assert isinstance(scope([wider], entrusted, **question), Allowed)
        given_more = [replace(one, terms=widened(one.terms)) for one in entrusted]
        assert isinstance(scope([wider], given_more, **question), Allowed)


@given(PAPERS, st.lists(GIVEN, max_size=2), DAYS, QUESTIONS)
def test_a_suspension_forbids_everything_from_its_day_and_nothing_before_it(paper, entrusted, since, question):
    after = replace(paper, steps=(*paper.steps, Step("suspended", since)))
    answer = scope([after], entrusted, **question)
    if question["on"] < since:
        assert answer == scope([paper], entrusted, **question)
    else:
        assert isinstance(answer, Outside)


@given(PAPERS, DAYS, QUESTIONS)
def test_what_is_decided_later_changes_no_earlier_day(paper, since, question):
    for step in (Step("withdrawn", since), Step("rescoped", since, terms=PUBLIC), Step("lifted", since)):
        after = replace(paper, steps=(*paper.steps, step))
        if question["on"] < since:
            assert scope([after], [], **question) == scope([paper], [], **question)


@given(st.lists(PAPERS, max_size=2), st.lists(GIVEN, max_size=2), QUESTIONS)
def test_a_yes_cites_a_paper_that_covers_the_region(papers, entrusted, question):
    answer = scope(papers, entrusted, **question)
    if isinstance(answer, Allowed):
        rows = papers if answer.by == "accreditation" else entrusted
        assert any(question["region"].startswith(one.region) for one in rows)
        assert any(paper.standing(question["on"]) == "approved" for paper in papers)
