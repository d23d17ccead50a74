"""Finding people: each by every beginning of his or her name, as it is written and as it is read; nobody else."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import MakeOrganisation, MakePerson, id_number
from xueshi.people import pinyin, roll_queries, searching
from xueshi.people.models import Organisation, Person
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db

NAMES = (
    "示例张伟", "张伟", "张小龙", "曾丽", "欧阳锋", "欧小", "长孙无忌", "单雄信", "吕绿", "𠮷田", "𬎆林", "买买提·艾山",
    "John Smith", "李安", "李昂", "先锋", "西安宁", "万俟卨", "王二麻子",
)  # fmt: skip


@pytest.fixture
def people(make_person: MakePerson) -> dict[str, Person]:
    return {name: make_person(name, 20 + 2 * n) for n, name in enumerate(NAMES)}


def names(text: str) -> set[str]:
    """Who is found, by both ways, which must agree."""
    everybody = Person.objects.filter(merged_into=None)
    one = set(searching.found(everybody, text).values_list("name", flat=True))
    other = searching.first(everybody, text, 100)
    assert len(other) == len(set(other))
    assert set(Person.objects.filter(pk__in=other).values_list("name", flat=True)) == one
    return one


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张伟", {"张伟", "示例张伟"}),
        ("龙", {"张小龙"}),
        ("小", {"张小龙", "欧小"}),
        ("欧", {"欧阳锋", "欧小"}),
        ("长", {"长孙无忌"}),
        ("万", {"万俟卨"}),
        ("单", {"单雄信"}),
        ("𠮷", {"𠮷田"}),
        ("𬎆", {"𬎆林"}),
        ("提·艾", {"买买提·艾山"}),
        ("张w", {"张伟"}),
        ("张xiao", {"张小龙"}),
        ("𠮷 t", {"𠮷田"}),
        ("john", {"John Smith"}),
        ("smi", {"John Smith"}),
        ("zhangw", {"张伟", "示例张伟"}),
        ("zhang w", {"张伟", "示例张伟"}),
        ("zw", {"张伟", "示例张伟"}),
        ("zhw", {"张伟", "示例张伟"}),
        ("zhangxl", {"张小龙"}),
        ("zxl", {"张小龙"}),
        ("xiaol", {"张小龙"}),
        ("xl", {"张小龙"}),
        ("zengli", {"曾丽"}),
        ("cengli", {"曾丽"}),
        ("cl", {"曾丽"}),
        ("danx", {"单雄信"}),
        ("lvlv", {"吕绿"}),
        ("lian", {"李安", "李昂"}),
        ("liang", {"李昂"}),
        ("xianf", {"先锋"}),
        ("xianning", {"西安宁"}),
        ("mmtas", {"买买提·艾山"}),
        ("ZhangWei", {"张伟", "示例张伟"}),
        ("wuji", {"长孙无忌"}),
        ("靐", set()),
        ("qqq", set()),
        ("%", set()),
        ("_", set()),
        ("'", set()),
        ("\\", set()),
        ("张%", set()),
        ("\0", set(NAMES)),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_text_finds_these_and_nobody_else(text: str, found: set[str]) -> None:
    if not text.strip("\0"):
        assert searching.tiers(text) == []
        return
    assert names(text) == found


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_everybody_is_found_by_each_beginning_of_the_name_and_of_its_reading(
    people: dict[str, Person], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(NAMES))
    reading = data.draw(st.sampled_from(pinyin.of(name).split("|")))
    syllables = reading.split(" ")
    joined = " ".join(syllables) if name.isascii() else "".join(syllables)
    initials = "".join(syllable[0] for syllable in syllables)
    written = data.draw(st.sampled_from((name, joined, initials, reading)))
    begun = written[: data.draw(st.integers(1, len(written)))]
    assert name in names(begun)


@given(text=st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_is_typed_is_looked_for_without_harm(people: dict[str, Person], text: str) -> None:
    if searching.cleaned(text):
        names(text)


def test_the_end_of_a_number_finds_its_owner_and_a_whole_number_is_cut_to_its_end(wang: Person, clerk: Person) -> None:
    number = id_number(2)
    assert names(number[-4:]) == {wang.name}
    assert names(number[-4:].lower()) == {wang.name}
    assert searching.cleaned(number) == number[-4:]
    assert searching.cleaned(f" {number[:6]} {number[6:]} ") == number[-4:]
    assert names("9999") == set()


def test_a_units_name_finds_its_people_after_those_of_that_name(
    make_person: MakePerson, make_organisation: MakeOrganisation, county_unit: Organisation
) -> None:
    teacher = make_person("示例教师", 2, employer=county_unit)
    namesake = make_person("渝中人", 4)
    elsewhere = make_person("示例旁人", 6, employer=make_organisation("江北示例医院"))
    assert searching.first(Person.objects.all(), "渝中", 9) == [namesake.pk, teacher.pk]
    assert names("示例中学") == {teacher.name}
    assert elsewhere.pk in searching.first(Person.objects.all(), "江北", 9)


def test_who_begins_with_the_text_stands_before_who_has_it_elsewhere(people: dict[str, Person]) -> None:
    assert searching.first(Person.objects.all(), "张伟", 9) == [people["张伟"].pk, people["示例张伟"].pk]
    assert searching.first(Person.objects.all(), "张伟", 1) == [people["张伟"].pk]


def test_units_are_found_by_any_part_of_their_name(county_unit: Organisation, municipal_unit: Organisation) -> None:
    everything = Organisation.objects.all()
    assert set(searching.units(everything, "示例中")) == {county_unit}
    assert set(searching.units(everything, "设计院")) == {municipal_unit}
    assert searching.units(everything, "").count() == everything.count()
    assert not searching.units(everything, "院设").exists()


# ---- by an index ---------------------------------------------------------------------------------------------------


def _plans(work: Callable[[], object]) -> list[str]:
    """The plans of what is asked of people, where the planner takes an index if there is one that serves."""
    with CaptureQueriesContext(connection) as asked:
        work()
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            if "people_person" in query["sql"]:
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), [])
                found.append("\n".join(line for (line,) in cursor.fetchall()))
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


@pytest.mark.parametrize("text", ["", "张", "张伟", "靐", "zhangwei", "zw", "qqq", "002X", "示例中学"])
def test_lists_and_searches_read_indexes_and_never_a_whole_table(
    text: str, people: dict[str, Person], officer: Person, clerk: Person, viewer: Callable[..., Viewer]
) -> None:
    for somebody, capacity in ((officer, "officer"), (clerk, "unit_clerk")):
        plans = _plans(partial(roll_queries.page_for, viewer(somebody, capacity), text))
        assert plans
        for plan in plans:
            assert "Seq Scan on people_person" not in plan, plan
            assert "Seq Scan on people_employment" not in plan, plan


def test_a_page_of_a_county_begins_in_the_index_where_the_last_one_ended(
    people: dict[str, Person], officer: Person, viewer: Callable[..., Viewer]
) -> None:
    who = viewer(officer, "officer")
    mark = f"0-{people['张伟'].pk}"
    plans = _plans(lambda: roll_queries.page_for(who, after=mark))
    assert any("Index Cond: " in plan and "ROW(" in plan for plan in plans), plans
