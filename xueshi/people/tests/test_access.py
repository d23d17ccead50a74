"""Who may do what with whom: every role and every relation, against a table that can be read."""

from datetime import timedelta

import pytest

from conftest import NINE
from xueshi.kernel import clock
from xueshi.people import access
from xueshi.people.models import Account, Employment, HelpContact, Organisation, Post
from xueshi.people.queries import viewer_of

pytestmark = pytest.mark.django_db

# Whom each role reaches, by how they are related to the office where the role is held:
# unit: a teacher of the district's school; same: another unit's, in the same district; other: of another district;
# hosted: of another district, the file with the agency; free: of the district, employed by nobody; side: a second job
# at the school, the first in the other district.
RELATIONS = ("unit", "same", "other", "hosted", "free", "side")
SEES = """
officer            unit same free
municipal officer  unit same other hosted free side
industry_officer   unit side
agency_officer     hosted
counter            unit same free
verifier           unit same free
unit_clerk         unit side
unit_head          unit side
auditor            unit same free
operator           unit same other hosted free side
author
base_clerk
base_head
exam_manager
finance
item_author
item_reviewer
proctor
"""
ACTIONS = """
check_identity  officer counter
correct         officer counter
record          officer counter verifier unit_clerk unit_head
unmask          officer counter agency_officer unit_clerk unit_head
export          officer industry_officer agency_officer counter verifier unit_clerk unit_head auditor
invite          unit_clerk unit_head
change
"""


def rows(table: str) -> dict[str, set[str]]:
    found = {}
    for line in table.strip().splitlines():
        role, _, rest = line.partition("  ")
        found[role.strip()] = set(rest.split())
    return found


@pytest.fixture
def related(make_person, make_organisation, county_unit, other_unit, agency, jiangbei, authority_of_education):
    clinic = make_organisation("渝中区示例诊所")
    found = {
        "unit": make_person("示例同校", 801, employer=county_unit),
        "same": make_person("示例同区", 802, employer=clinic),
        "other": make_person("示例外区", 803, employer=other_unit, region=jiangbei),
        "hosted": make_person(
            "示例托管", 804, employer=other_unit, region=jiangbei, file_keeper="talent_agency", file_agency=agency
        ),
        "free": make_person("示例自由", 805, file_keeper="other"),
        "side": make_person("示例兼职", 806, employer=other_unit, region=jiangbei),
    }
    Employment.objects.create(person=found["side"], employer=county_unit, since=NINE.date(), main=False)
    return found


@pytest.fixture
def acting(
    make_person, county_unit, county_bureau, municipal_bureau, agency, base, training_centre, authority_of_education
):
    """`acting("officer")` is somebody who holds that post at the fitting office of the district."""
    where = {
        "municipal officer": municipal_bureau, "industry_officer": authority_of_education, "agency_officer": agency,
        "unit_clerk": county_unit, "unit_head": county_unit, "base_clerk": base, "base_head": base,
        "operator": training_centre,
    }  # fmt: skip

    def act(name: str):
        role = name.split()[-1]
        serial = 820 + list(rows(SEES)).index(name)
        holder = make_person(f"示例{name}", serial, post=role, at_organisation=where.get(name, county_bureau))
        found = viewer_of(account_id=Account.objects.get(person=holder).pk, at=NINE)
        assert found
        return found.acting_as(role)

    return act


def test_the_table_names_every_role() -> None:
    assert {name.split()[-1] for name in rows(SEES)} == set(Post.Role.values)


@pytest.mark.parametrize("name", list(rows(SEES)))
def test_each_role_sees_whom_its_office_concerns(name, related, acting) -> None:
    viewer = acting(name)
    seen = {relation for relation, person in related.items() if access.may(viewer, "see", person.pk)}
    assert seen == rows(SEES)[name]
    listed = set(access.listed(viewer).values_list("pk", flat=True))
    assert {relation for relation, person in related.items() if person.pk in listed} == seen


@pytest.mark.parametrize("action", list(rows(ACTIONS)))
@pytest.mark.parametrize("name", list(rows(SEES)))
def test_nobody_does_more_than_he_sees(action, name, related, acting) -> None:
    """An action reaches those whom the role sees, or nobody; a training centre's operator only looks."""
    viewer = acting(name)
    allowed = name.split()[-1] in rows(ACTIONS)[action]
    done = {relation for relation, person in related.items() if access.may(viewer, action, person.pk)}
    assert done == (rows(SEES)[name] if allowed else set())


def test_off_duty_everybody_sees_only_himself(related, acting) -> None:
    for name in rows(SEES):
        viewer = acting(name).acting_as("learner")
        assert access.may(viewer, "see", viewer.person_id)
        assert access.may(viewer, "change", viewer.person_id)
        assert not any(access.may(viewer, "see", person.pk) for person in related.values())


def test_a_post_that_is_not_held_gives_nothing(related, wang, viewer) -> None:
    for role in Post.Role.values:
        pretender = viewer(wang, role)
        assert not any(access.may(pretender, "see", person.pk) for person in related.values())
        assert not access.organisations(pretender).exists()
        assert not access.requests(pretender, "decide").exists()


# ---- organisations and regions -------------------------------------------------------------------------------------


@pytest.mark.clause("KF-15", "CQ-25", "ZJ-46")
def test_a_bureau_keeps_what_lies_in_its_region_and_nothing_above(
    acting, county_bureau, municipal_bureau, county_unit, other_unit, municipal_unit, other_bureau
) -> None:
    county, city = acting("officer"), acting("municipal officer")
    kept = {
        one.name for one in (county_bureau, municipal_bureau, county_unit, other_unit, municipal_unit, other_bureau)
    }
    assert {one.name for one in access.organisations(county, "keep") if one.name in kept} == {
        county_bureau.name, county_unit.name,
    }  # fmt: skip
    assert {one.name for one in access.organisations(city, "keep") if one.name in kept} == kept
    assert not access.can(county, "close", county_bureau)
    assert access.can(city, "close", county_bureau)
    assert access.can(county, "keep_duties", county_bureau.region)
    assert not access.can(county, "keep_duties", municipal_bureau.region)


@pytest.mark.clause("KF-16", "CQ-26", "ZJ-38")
def test_an_industry_authority_brings_the_people_of_its_own_units(acting, county_unit, other_unit) -> None:
    authority = acting("industry_officer")
    assert access.can(authority, "bring", county_unit)
    assert not access.can(authority, "bring", other_unit)
    assert access.can(acting("unit_clerk"), "bring", county_unit)
    assert not access.can(acting("officer"), "bring", county_unit)


@pytest.mark.clause("KF-31", "KF-35")
def test_each_level_accredits_its_own_bases_and_a_county_entrusts_the_citys(
    acting, base, make_organisation, other_officer, viewer
) -> None:
    small = make_organisation("渝中区示例基地", "training_base", "county")
    county, city, other = acting("officer"), acting("municipal officer"), viewer(other_officer, "officer")
    assert access.can(city, "accredit", base)
    assert not access.can(county, "accredit", base)
    assert access.can(county, "accredit", small)
    assert not access.can(other, "accredit", small)
    assert access.can(county, "entrust", base)
    assert not access.can(county, "entrust", small)
    assert not access.can(city, "entrust", base)


def test_contacts_are_kept_where_the_region_is(acting, yuzhong, jiangbei) -> None:
    HelpContact.objects.create(region=jiangbei, topic="technical", office="热线", phone="1", since=NINE.date())
    county = acting("officer")
    assert access.can(county, "keep_contacts", yuzhong)
    assert not access.can(county, "keep_contacts", jiangbei)


# ---- after the end -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["ended", "run out", "not begun", "closed"])
def test_after_its_end_a_post_gives_nothing(ending, clerk, wang, county_unit) -> None:
    account = Account.objects.get(person=clerk)
    now = clock.now()
    assert access.may(viewer_of(account_id=account.pk, at=now).acting_as("unit_clerk"), "see", wang.pk)
    post = Post.objects.filter(person=clerk)
    if ending == "closed":
        Organisation.objects.filter(pk=county_unit.pk).update(closed_at=now)
    else:
        post.update(
            **{"ended": {"ended_at": now}, "run out": {"until": now}, "not begun": {"since": now + timedelta(1)}}[
                ending
            ]
        )
    after = viewer_of(account_id=account.pk, at=now)
    assert after.seats == ()
    assert not access.may(after.acting_as("unit_clerk"), "see", wang.pk)
