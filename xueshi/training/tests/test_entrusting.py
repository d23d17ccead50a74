"""A county entrusts a municipal base, an authority sets the fees, a plan names a base: and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import notices
from tests.notices import KAIFENG
from xueshi.kernel.errors import NotAllowed, NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people.models import Organisation, Region
from xueshi.training import (
    actions,
    base_actions,
    base_change_actions,
    base_queries,
    base_words,
    entrustment_actions,
    plan_actions,
    plan_queries,
)
from xueshi.training.base_actions import Scope
from xueshi.training.base_models import Entrustment, FeeItem
from xueshi.training.base_rules import Allowed
from xueshi.training.models import Plan
from xueshi.training.tests import kaifeng
from xueshi.training.tests.kaifeng import MEDICINE, NOW, OF_COUNTY, PUBLIC, TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JUNIORS = Scope(["public"], [], ["junior", "assistant"])


@pytest.fixture
def city(make_person):
    return kaifeng.city_of(make_person)


def entrust(city, **changes):
    said = {
        "viewer": city.county_first, "bureau_id": city.county.pk, "base_id": city.university.pk, "scope": JUNIORS,
        "since": TODAY, "document": "兰人社〔2026〕7号",
    } | changes  # fmt: skip
    return entrustment_actions.entrust(at=NOW, **said)


def may(city, on=TODAY, region="410225", subject="public", specialty="", title="junior"):
    return base_queries.may_open(city.university.pk, on, region, subject, specialty, title)


# ---- entrusting ----------------------------------------------------------------------------------------


@pytest.mark.clause("KF-35")
def test_a_county_without_a_base_entrusts_a_municipal_one(city):
    city.approved()
    assert may(city).code == "title"
    made = entrust(city)
    assert may(city) == Allowed("entrustment", "兰人社〔2026〕7号")
    assert may(city, region="410204").code == "title"  # the neighbours entrusted nothing
    line = AuditLine.objects.get(action="training.entrust_base")
    assert (line.person_id, line.subject) == (city.county_first.person_id, f"entrustment:{made.pk}")
    entrustment_actions.end_entrustment(
        viewer=city.county_second, entrustment_id=made.pk, reason="本县已建基地", at=NOW + 2 * DAY
    )
    ended = entrustment_actions.end_entrustment(
        viewer=city.county_second, entrustment_id=made.pk, reason="又点了一次", at=NOW + 5 * DAY
    )
    assert (ended.until, ended.end_reason) == (TODAY + 2 * DAY, "本县已建基地")
    assert isinstance(may(city, on=TODAY + DAY), Allowed)
    assert may(city, on=TODAY + 2 * DAY).code == "title"


@pytest.mark.clause("KF-35")
def test_where_the_county_has_its_own_base_a_reason_is_needed(city):
    city.approved()
    own = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    city.approve(own, city.county_first)
    with pytest.raises(entrustment_actions.OwnBaseHere, match="兰考县示例进修学校"):
        entrust(city)
    assert entrust(city, reason="本县基地没有信息技术机房").reason == "本县基地没有信息技术机房"
    base_change_actions.suspend(
        viewer=city.county_first, accreditation_id=own.pk, since=TODAY, reason="校舍维修", at=NOW
    )
    Entrustment.objects.update(ended_at=NOW, until=TODAY)
    assert entrust(city).pk  # its own base is suspended: none is there to teach


def test_only_a_county_entrusts_and_only_for_itself(city):
    city.approved()
    with pytest.raises(entrustment_actions.NotACounty):
        entrust(city, viewer=city.first, bureau_id=city.city.pk)
    for stranger in (city.first, city.elsewhere):
        with pytest.raises(NotYours):
            entrust(city, viewer=stranger)
    with pytest.raises(NotAllowed):
        entrust(city, viewer=city.head)
    made = entrust(city)
    for stranger, refused in [(city.first, NotYours), (city.elsewhere, NotYours), (city.head, NotAllowed)]:
        with pytest.raises(refused):
            entrustment_actions.end_entrustment(viewer=stranger, entrustment_id=made.pk, reason="x", at=NOW)


@pytest.mark.clause("KF-31", "KF-35")
def test_only_a_municipal_base_in_force_is_entrusted(city, make_organisation):
    one = city.applied()
    with pytest.raises(entrustment_actions.NotEntrustable, match="待审批"):
        entrust(city)
    city.approve(one)
    base_change_actions.suspend(viewer=city.first, accreditation_id=one.pk, since=TODAY, reason="整改", at=NOW)
    with pytest.raises(entrustment_actions.NotEntrustable, match="已暂停"):
        entrust(city)
    with pytest.raises(NotYours):  # a county base is none to entrust
        entrust(city, base_id=city.school.pk)
    nothing = make_organisation("开封市示例学院", "training_base", "municipal", city.city.region)
    with pytest.raises(entrustment_actions.NotEntrustable, match="不是市级基地"):
        entrust(city, base_id=nothing.pk)


@pytest.mark.clause("KF-37")
def test_nothing_is_entrusted_beyond_what_the_base_is_approved_for(city):
    one = city.approved()
    with pytest.raises(entrustment_actions.BeyondTheBase, match="专业科目"):
        entrust(city, scope=Scope(["public", "professional"], ["临床医学"], ["junior"]))
    base_change_actions.rescope(
        viewer=city.first, accreditation_id=one.pk, scope=MEDICINE, since=TODAY, reason="已具备条件", at=NOW
    )
    with pytest.raises(entrustment_actions.BeyondTheBase, match="桥梁工程"):
        entrust(city, scope=Scope(["professional"], ["临床医学", "桥梁工程"], ["junior"]))
    entrust(city, scope=Scope(["professional"], ["临床医学"], ["junior"]))
    assert isinstance(may(city, subject="professional", specialty="临床医学"), Allowed)


def test_days_of_an_entrustment_go_forward_and_one_is_enough(city):
    city.approved()
    with pytest.raises(entrustment_actions.DayPast):
        entrust(city, since=TODAY - DAY)
    with pytest.raises(entrustment_actions.TermBackwards):
        entrust(city, until=TODAY)
    entrust(city, until=TODAY + DAY)
    with pytest.raises(entrustment_actions.AlreadyEntrusted):
        entrust(city)
    later = entrustment_actions.entrust(
        viewer=city.county_first, bureau_id=city.county.pk, base_id=city.university.pk, scope=JUNIORS,
        since=TODAY + DAY, at=NOW + DAY,
    )  # fmt: skip
    assert Entrustment.objects.count() == 2
    assert isinstance(may(city, on=later.since), Allowed)


@pytest.mark.clause("KF-18")
def test_a_person_of_a_scattered_major_goes_straight_to_a_base_that_teaches_it(city, make_person, viewer):
    """Straight at the base: no industry authority stands between; the base's own approval is all that is asked."""
    city.approved(MEDICINE)
    assert isinstance(may(city, subject="professional", specialty="临床医学", title="intermediate"), Allowed)
    found = base_queries.public_papers("410225", TODAY)
    assert [(one.accreditation.base.name, one.terms.specialties) for one in found] == [("开封大学", ["临床医学"])]
    plan = notices.plan_of(KAIFENG, category="professional", price=Decimal(0), price_basis="示例〔2013〕1号")
    Plan.objects.filter(pk=plan.pk).update(base=city.university, specialty="临床医学")
    doctor = make_person("示例医师", 750, region=city.county.region)
    assert actions.choose(viewer=viewer(doctor), plan_id=plan.pk, at=KAIFENG.at).plan.base == city.university


# ---- fees ----------------------------------------------------------------------------------------------


def fee(city, viewer=None, bureau=None, **changes):
    said = {
        "subject": "public", "title_level": "", "per": "year", "amount": Decimal("60.00"), "since": TODAY,
        "basis": "汴发改收费〔2026〕示例1号",
    } | changes  # fmt: skip
    return entrustment_actions.set_fee(viewer=viewer or city.first, bureau_id=(bureau or city.city).pk, at=NOW, **said)


@pytest.mark.clause("KF-39")
def test_the_authority_sets_one_standard_and_the_base_none(city):
    with pytest.raises(NotAllowed):
        fee(city, viewer=city.head)
    with pytest.raises(NotYours):
        fee(city, viewer=city.elsewhere)
    assert not FeeItem.objects.exists()
    fee(city)
    fee(city)  # a double click
    with pytest.raises(entrustment_actions.SetAbove, match="开封市"):
        fee(city, viewer=city.county_first, bureau=city.county)
    assert [(one.amount, one.basis) for one in base_queries.fees_of("410225", TODAY)] == [
        (Decimal("60.00"), "汴发改收费〔2026〕示例1号")
    ]
    assert base_queries.fees_of("410225", TODAY - DAY) == []
    assert base_queries.fees_of("4103", TODAY) == []


def test_a_county_sets_what_the_city_has_not_until_the_city_does(city):
    fee(city, viewer=city.county_first, bureau=city.county, amount=Decimal("50.00"))
    assert [one.amount for one in base_queries.fees_of("410225", TODAY)] == [Decimal("50.00")]
    fee(city)
    assert [one.amount for one in base_queries.fees_of("410225", TODAY)] == [Decimal("60.00")]


def test_a_later_standard_takes_the_place_of_the_earlier_and_none_reaches_back(city):
    fee(city)
    with pytest.raises(entrustment_actions.FeeNotLater):
        fee(city, amount=Decimal("80.00"))
    fee(city, amount=Decimal("80.00"), since=TODAY + 10 * DAY)
    fee(city, amount=Decimal("75.00"), since=TODAY + 10 * DAY)  # not in force yet: put right
    assert [base_queries.fees_of("4102", TODAY + n * DAY)[0].amount for n in (0, 9, 10)] == [60, 60, 75]


# ---- plans ---------------------------------------------------------------------------------------------


def lacking(plan):
    return [one for one in plan_actions.missing(plan) if "承办" in one or "统一标准" in one]


@pytest.mark.clause("KF-19", "KF-38")
def test_a_plan_names_only_a_base_that_may_teach_it(city, operator, viewer):
    plan = notices.plan_of(KAIFENG, price=Decimal("60.00"), price_basis="示例〔2013〕1号")
    Plan.objects.filter(pk=plan.pk).update(base=city.university, state="draft")
    plan.refresh_from_db()
    assert lacking(plan) == ["开封大学不能承办：它不是核准的继续教育基地"]
    desk = viewer(operator, "operator")
    with pytest.raises(plan_actions.PlanNotReady, match="不是核准的继续教育基地"):
        plan_actions.publish_plan(viewer=desk, plan_id=plan.pk, at=KAIFENG.at)
    city.approved(since=date(2013, 6, 15))
    assert lacking(plan) == []
    assert plan_actions.publish_plan(viewer=desk, plan_id=plan.pk, at=KAIFENG.at).state == "published"


@pytest.mark.clause("KF-37")
def test_a_suspended_base_gets_no_new_plan_even_one_that_reaches_back(city, operator, viewer):
    one = city.approved(since=date(2013, 6, 15))
    base_change_actions.suspend(viewer=city.first, accreditation_id=one.pk, since=TODAY, reason="整改", at=NOW)
    plan = notices.plan_of(KAIFENG, price=Decimal("60.00"), price_basis="示例〔2013〕1号")
    Plan.objects.filter(pk=plan.pk).update(base=city.university, state="draft")
    with pytest.raises(plan_actions.PlanNotReady, match="处于暂停"):
        plan_actions.publish_plan(viewer=viewer(operator, "operator"), plan_id=plan.pk, at=NOW)
    assert Plan.objects.get(pk=plan.pk).state == "draft"


@pytest.mark.clause("KF-37")
def test_a_plan_of_a_profession_needs_one_that_the_base_was_approved_for(city):
    city.approved(MEDICINE, since=date(2013, 6, 15))
    plan = notices.plan_of(KAIFENG, category="professional")
    Plan.objects.filter(pk=plan.pk).update(base=city.university, specialty="桥梁工程")
    plan.refresh_from_db()
    assert lacking(plan) == ["开封大学不能承办：“桥梁工程”不在它核准的专业之内"]
    plan.specialty = "临床医学"
    assert lacking(plan) == []


@pytest.mark.clause("KF-39")
def test_a_base_asks_the_standard_fee_and_no_other(city):
    city.approved(since=date(2013, 6, 15))
    fee(city, since=date(2013, 7, 1))
    plan = notices.plan_of(KAIFENG, price=Decimal("90.00"), price_basis="示例〔2013〕1号")
    Plan.objects.filter(pk=plan.pk).update(base=city.university)
    plan.refresh_from_db()
    assert lacking(plan) == ["基地要按统一标准收费，价格和主管部门定的标准不一样"]
    plan.price = Decimal("60.00")
    assert lacking(plan) == []


# ---- in words ------------------------------------------------------------------------------------------


def test_a_no_says_why_and_what_would_make_it_a_yes(city):
    city.approved()
    Region.objects.get_or_create(code="4101", defaults={"name": "郑州市"})
    said = {
        "region": (may(city, region="4101"), "郑州市不在它服务的地区之内", "它服务开封市；其他区县可以委托市级基地。"),
        "title": (may(city), "它没有核准培训助理级人员", "它可以培训正高级、副高级、中级；区县委托时可以另定层次。"),
        "subject": (
            may(city, subject="professional"),
            "它没有核准承担专业科目",
            "它可以承担公需科目；要增加，请主管的人力社保局调整范围。",
        ),
    }
    for code, (answer, why, would) in said.items():
        assert (answer.code, base_words.why(answer), base_words.what_would(answer)) == (code, why, would)
    assert base_words.said(MEDICINE) == "公需科目；专业科目（临床医学）；正高级、副高级、中级"
    assert base_words.said(PUBLIC) == "公需科目；正高级、副高级、中级"


@pytest.mark.clause("KF-36")
def test_the_bureau_sees_all_of_its_bases_and_another_citys_officer_none(city):
    one = city.approved()
    own = base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    entrust(city)

    def seen(viewer):
        return [row.base.name for row in base_queries.bases_for(viewer, TODAY)]

    assert seen(city.first) == ["兰考县示例进修学校", "开封大学"]  # what waits first; the county's is below the city
    assert seen(city.county_first) == ["兰考县示例进修学校"]
    assert seen(city.elsewhere) == []
    assert seen(city.head) == ["开封大学"]
    assert [len(base_queries.entrustments_for(v)) for v in (city.first, city.county_first, city.head)] == [1, 1, 1]
    assert [len(base_queries.entrustments_for(v)) for v in (city.elsewhere, city.school_head)] == [0, 0]
    for viewer, row in [(city.elsewhere, one), (city.county_first, one), (city.school_head, one), (city.head, own)]:
        with pytest.raises(NotYours):
            base_queries.paper_for(viewer, row.pk, TODAY)
    assert [step.kind for step in base_queries.paper_for(city.first, one.pk, TODAY).steps] == ["applied", "approved"]
    assert base_queries.decides(city.first, base_queries.paper_for(city.first, one.pk, TODAY))
    assert not base_queries.decides(city.first, base_queries.paper_for(city.first, own.pk, TODAY))


def test_a_closed_organisation_is_no_base(city):
    city.approved()
    Organisation.objects.filter(pk=city.university.pk).update(closed_at=NOW)
    assert may(city).code == "no_accreditation"
    assert base_queries.public_papers("4102", TODAY) == []


@pytest.mark.clause("KF-19")
def test_an_operator_names_the_base_of_a_plan_among_those_accredited(city):
    base_actions.apply(viewer=city.school_head, base_id=city.school.pk, scope=OF_COUNTY, at=NOW)
    city.approved(since=date(2013, 6, 15))
    assert [name for _, name in plan_queries.bases()] == ["开封大学"]
