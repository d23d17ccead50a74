"""Whom to call about what: the narrowest region first."""

from datetime import timedelta

import pytest

from conftest import NINE
from xueshi.kernel.clock import day_of
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import contact_actions, contact_queries, rules_organisations
from xueshi.people.models import Organisation

TODAY = day_of(NINE)


@pytest.fixture
def desk(operator, viewer):
    return viewer(operator, "operator")


def keep(viewer, region, office, phone, topic="technical", contact=None, **kwargs):
    facts = {"organisation_id": None, "about": "", "email": "", "address": "", "hours": ""} | kwargs
    return contact_actions.keep_contact(
        viewer=viewer, contact_id=contact.pk if contact else None, region_id=region.pk, at=NINE,
        topic=topic, office=office, phone=phone, **facts,
    )  # fmt: skip


def offices(code, topic=""):
    return [one.office for one in contact_queries.contacts_for(code, topic, on=TODAY)]


@pytest.mark.clause("CQ-49")
@pytest.mark.clause("CQ-50")
def test_technical_and_policy_questions_have_their_own_numbers(desk, chongqing, yuzhong, django_assert_num_queries):
    keep(desk, chongqing, "重庆市人事培训中心", "86868720")
    keep(desk, chongqing, "重庆继续教育协会", "86868715")
    keep(desk, chongqing, "专业技术人员管理处", "86868705", "policy", about="职称评审、岗位聘任")
    keep(desk, chongqing, "事业单位人事管理处", "86868707", "policy", about="事业单位")
    with django_assert_num_queries(1):
        assert offices("500103", "policy") == ["专业技术人员管理处", "事业单位人事管理处"]
    assert offices("500103") == ["重庆市人事培训中心", "重庆继续教育协会", "专业技术人员管理处", "事业单位人事管理处"]
    keep(desk, yuzhong, "渝中区继教科", "023-63000000")
    assert offices("500103", "technical")[0] == "渝中区继教科"
    assert "渝中区继教科" not in offices("500105")
    assert offices("51") == []


@pytest.mark.clause("ZJ-42")
def test_one_contact_has_two_numbers(desk, chongqing):
    made = keep(desk, chongqing, "句容市人社局培训中心", "0511-87319017，0511-87319029", "enrolment")
    assert contact_queries.phones(made) == ("0511-87319017", "0511-87319029")
    assert made.phone == "0511-87319017、0511-87319029"


@pytest.mark.parametrize("typed", ["", "没有", "86868720转八", "12", "0511"[:2]])
def test_what_is_no_number_is_refused(desk, chongqing, typed):
    with pytest.raises(contact_actions.NotAnOfficePhone):
        keep(desk, chongqing, "某处", typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("86868720", ("86868720",)), ("(0511) 87319017", ("0511-87319017",)), ("0511 87319017", ("0511-87319017",)),
        ("12333", ("12333",)), ("０２３－８６８６８７２０", ("023-86868720",)), ("1; 2", None),
    ],
)  # fmt: skip
def test_numbers_are_kept_as_one_dials_them(typed, kept):
    assert rules_organisations.office_phones(typed) == kept


def test_the_same_again_adds_nothing_and_a_change_is_told(desk, chongqing):
    made = keep(desk, chongqing, "某处", "86868720")
    assert keep(desk, chongqing, "某处", "86868720").pk == made.pk
    changed = keep(desk, chongqing, "某处", "86868721", contact=made)
    assert (changed.pk, changed.phone) == (made.pk, "86868721")
    keep(desk, chongqing, "某处", "86868721", contact=made)
    assert AuditLine.objects.filter(action="people.change_contact").count() == 1


def test_nobody_is_sent_to_a_number_that_has_ended_or_to_a_closed_office(desk, chongqing, training_centre):
    made = keep(desk, chongqing, "某处", "86868720")
    keep(desk, chongqing, "中心", "86868721", organisation_id=training_centre.pk)
    for _ in range(2):
        contact_actions.end_contact(viewer=desk, contact_id=made.pk, at=NINE)
    assert offices("50") == ["中心"]
    assert AuditLine.objects.filter(action="people.end_contact").count() == 1
    with pytest.raises(contact_actions.ContactEnded):
        keep(desk, chongqing, "某处", "86868722", contact=made)
    Organisation.objects.filter(pk=training_centre.pk).update(closed_at=NINE - timedelta(days=1))
    assert offices("50") == []


@pytest.mark.clause("KF-15")
def test_a_bureau_keeps_the_contacts_of_its_own_region(
    officer,
    other_officer,
    cashier,
    viewer,
    desk,
    chongqing,
    yuzhong,
    jiangbei,
    county_bureau,
    municipal_unit,
    other_unit,
):
    mine = viewer(officer, "officer")
    made = keep(mine, yuzhong, "渝中区继教科", "023-63000000", organisation_id=county_bureau.pk)
    assert [one.pk for one in contact_queries.contacts_kept(mine, TODAY)] == [made.pk]
    assert contact_queries.contacts_of(county_bureau.pk, TODAY) == [made]
    for region in (chongqing, jiangbei):
        with pytest.raises(NotYours):
            keep(mine, region, "某处", "86868720")
    with pytest.raises(NotYours):
        keep(mine, yuzhong, "某处", "86868720", organisation_id=other_unit.pk)
    for other, role in ((other_officer, "officer"), (cashier, "counter")):
        stranger = viewer(other, role)
        with pytest.raises(NotYours):
            contact_actions.end_contact(viewer=stranger, contact_id=made.pk, at=NINE)
        with pytest.raises(NotYours):
            contact_queries.contact_kept(stranger, made.pk)
        assert not contact_queries.contacts_kept(stranger, TODAY)
    wide = keep(desk, chongqing, "市里", "86868720")
    with pytest.raises(NotYours):
        contact_queries.contact_kept(mine, wide.pk)
    assert [one.pk for one in contact_queries.contacts_kept(desk, TODAY, "500103")] == [made.pk]
