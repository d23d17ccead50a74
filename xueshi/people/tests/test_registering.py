"""Registration: each refusal beside its success, and two at once."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections

from conftest import NINE, PASSWORD, id_number
from xueshi.kernel import vault
from xueshi.kernel.errors import Refused
from xueshi.kernel.models import AuditLine
from xueshi.people import actions, queries, rules
from xueshi.people.models import Account, Employment, Organisation, Person, Region, Title

pytestmark = pytest.mark.django_db
BORN_1980 = id_number(28)
OLD_STYLE = BORN_1980[:6] + BORN_1980[8:17]


@pytest.fixture
def filled(yuzhong: Region, county_unit: Organisation) -> dict[str, Any]:
    """A form as somebody fills it."""
    return {
        "typed_id": BORN_1980,
        "name": "示例新学员",
        "phone": "138 0000 0001",
        "email": "new@Example.test",
        "region_code": "500103",
        "employer_id": county_unit.pk,
        "file_keeper": "unit",
        "file_agency_id": None,
        "title_level": "intermediate",
        "title_obtained_on": date(2018, 11, 30),
        "password": PASSWORD,
        "at": NINE,
    }


@pytest.mark.clause("CQ-03", "CQ-04")
def test_who_registers_has_an_account_and_the_facts_the_law_asks_for(
    filled: dict[str, Any], county_unit: Organisation
) -> None:
    person = actions.register(**filled)
    assert (person.name, person.phone, person.email) == ("示例新学员", "13800000001", "new@example.test")
    assert person.id_masked == "5001**********" + BORN_1980[-4:]
    assert Account.objects.get(person=person).check_password(PASSWORD)
    assert queries.present_employer(person.pk, NINE.date()) == county_unit
    assert queries.law_facts(person.pk, NINE.date()) == {
        "sex": person.sex,
        "born": date(1980, 3, 7),
        "affiliation": ((date.min, "other"), (NINE.date(), "county_unit")),
        "title": {"intermediate": date(2018, 11, 30)},
        "title_obtained": [date(2018, 11, 30)],
    }


def test_the_number_is_encrypted_and_stands_in_no_table(filled: dict[str, Any]) -> None:
    person = actions.register(**filled)
    assert vault.unlock("id", bytes(person.id_cipher)) == BORN_1980
    assert BORN_1980 not in everything_stored()
    assert BORN_1980[6:] not in everything_stored()


@pytest.mark.clause("CQ-04")
@pytest.mark.parametrize("typed", [BORN_1980, OLD_STYLE, f" {BORN_1980[:6]} {BORN_1980[6:]} ".lower()])
def test_a_number_registers_once_however_it_is_typed(filled: dict[str, Any], typed: str) -> None:
    actions.register(**filled)
    with pytest.raises(actions.IdentityTaken) as refused:
        actions.register(**{**filled, "typed_id": typed, "name": "示例别人"})
    assert "示例新学员" not in refused.value.said + refused.value.advice
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_register_the_same_number_at_once_make_one_account(filled: dict[str, Any]) -> None:
    ready, outcomes = threading.Barrier(2), []

    def one(name: str) -> None:
        ready.wait()
        try:
            actions.register(**{**filled, "name": name})
        except actions.IdentityTaken:
            outcomes.append("taken")
        else:
            outcomes.append("registered")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(name,)) for name in ("示例甲", "示例乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["registered", "taken"]
    assert (Person.objects.count(), Account.objects.count()) == (1, 1)
    assert AuditLine.objects.filter(action="person.register").count() == 1


@pytest.mark.clause("CQ-03")
@pytest.mark.parametrize(
    ("change", "refusal", "says"),
    [
        ({"typed_id": "500199198003070028"}, actions.NotAnIdNumber, "最后一位应是 3，您填的是 8"),
        ({"typed_id": "5001991980"}, actions.NotAnIdNumber, "您填了 10 位"),
        ({"name": "示例3"}, actions.NotAName, "按身份证上的姓名"),
        ({"phone": "023-86868720"}, actions.NotAPhone, "11 位"),
        ({"region_code": "50"}, actions.RegionNotOpen, "具体的区县"),
        ({"region_code": "999999"}, actions.RegionNotOpen, "具体的区县"),
        ({"employer_id": 0}, actions.EmployerNotThere, "不在这个地区"),
        ({"file_keeper": "talent_agency"}, actions.AgencyNeeded, "哪一家"),
        ({"file_keeper": "under the bed"}, actions.AgencyNeeded, "哪一家"),
        ({"title_obtained_on": None}, actions.TitleNotHeld, "日期"),
        ({"title_obtained_on": date(2026, 6, 2)}, actions.TitleNotHeld, "不晚于今天"),
        ({"title_obtained_on": date(1980, 3, 7)}, actions.TitleNotHeld, "日期"),
        ({"title_level": "emperor"}, actions.TitleNotHeld, "日期"),
        ({"password": "好记19800307好记"}, actions.WeakPassword, "生日"),
        ({"password": "1q2w3e4r5t6y"}, actions.WeakPassword, "很多人在用"),
    ],
)
def test_what_cannot_be_so_is_refused_in_a_sentence(
    filled: dict[str, Any], change: dict[str, Any], refusal: type[Refused], says: str
) -> None:
    with pytest.raises(refusal, match=says):
        actions.register(**{**filled, **change})
    assert not Person.objects.exists()


def test_a_unit_of_another_district_is_not_there_and_a_municipal_one_is(
    filled: dict[str, Any], make_organisation: Any, chongqing: Region, municipal_unit: Organisation
) -> None:
    elsewhere = Region.objects.create(code="500105", name="江北区", parent=chongqing)
    other = make_organisation("江北区示例医院", region=elsewhere)
    with pytest.raises(actions.EmployerNotThere):
        actions.register(**{**filled, "employer_id": other.pk})
    person = actions.register(**{**filled, "employer_id": municipal_unit.pk})
    assert queries.affiliation(person.pk, NINE.date()) == "municipal_unit"


def test_a_closed_unit_employs_nobody_new(filled: dict[str, Any], county_unit: Organisation) -> None:
    county_unit.closed_at = NINE
    county_unit.save()
    with pytest.raises(actions.EmployerNotThere):
        actions.register(**filled)


def test_without_employer_and_title_one_still_registers(filled: dict[str, Any]) -> None:
    person = actions.register(**{**filled, "employer_id": None, "title_level": "none", "file_keeper": "other"})
    assert not Employment.objects.exists()
    assert not Title.objects.exists()
    facts = queries.law_facts(person.pk, NINE.date())
    assert (facts["affiliation"], facts["title_obtained"]) == ("other", [])
    assert "title" not in facts


@pytest.mark.clause("CQ-35")
def test_a_hosted_file_names_its_agency_and_no_other_file_does(filled: dict[str, Any], agency: Organisation) -> None:
    hosted = actions.register(**{**filled, "file_keeper": "talent_agency", "file_agency_id": agency.pk})
    assert hosted.file_agency == agency
    assert queries.affiliation(hosted.pk, NINE.date()) == "hosted_by_agency"
    own = actions.register(**{**filled, "typed_id": id_number(30), "file_agency_id": agency.pk})
    assert own.file_agency is None


def test_the_facts_are_words_of_the_law(filled: dict[str, Any], settings: Any) -> None:
    from xueshi.policy import load

    person = actions.register(**filled)
    words = load.library(settings.POLICIES_DIR).instrument("cn-50/chongqing-2010").words.facts
    facts = queries.law_facts(person.pk, NINE.date())
    assert facts.keys() <= words.keys()
    assert set(Title.Level.values) == set(words["title"].values)
    assert {group for _, group in facts["affiliation"]} <= words["affiliation"].values.keys()


def test_the_database_itself_keeps_one_person_to_a_number(filled: dict[str, Any]) -> None:
    person = actions.register(**filled)
    assert rules.identity(OLD_STYLE, today=NINE.date()) == rules.identity(BORN_1980, today=NINE.date())
    assert Person.objects.filter(id_index=vault.index("id", BORN_1980)).get() == person


def everything_stored() -> str:
    """All rows of all tables as text, the ciphers as hex."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        dump = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  names of our own tables
            dump += [row for (row,) in cursor.fetchall()]
    return "\n".join(dump)
