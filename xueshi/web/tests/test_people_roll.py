"""The roll: who is on it and in which order; found, narrowed, kept, taken away; nobody's name in an address."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from conftest import NINE, MakePerson
from xueshi.kernel.models import AuditLine
from xueshi.people import pinyin, roll_queries
from xueshi.people.actions import placing
from xueshi.people.models import Account, Employment, Organisation, Person, SavedFilter
from xueshi.people.roll_queries import Filters
from xueshi.web import people_roll

ROLL = "authority:roll"
CANARY = "示例金丝雀"


@pytest.fixture
def crowd(make_person: MakePerson, county_unit: Organisation) -> list[Person]:
    """Sixty people of the school, whose names do not stand in the order of their keys."""
    letters = "张赵钱孙李周吴郑王冯陈褚"
    return [
        make_person(f"{letters[n * 7 % 12]}{'甲乙丙丁戊'[n % 5]}", 100 + 2 * n, employer=county_unit) for n in range(60)
    ]


def rows(answer) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def pages(client: Client, url: str, **given: str) -> list[list[str]]:
    """Every page, by following the link to the next."""
    found = []
    address = url
    while address:
        answer = client.get(address, given if address == url else None)
        found.append(rows(answer))
        address = answer.context["next"] and url + answer.context["next"]
        assert len(found) < 20
    return found


def searched(client: Client, text: str, name: str = ROLL, query: str = "") -> list[str]:
    answer = client.post(reverse(f"{name}_search"), {"text": text, "query": query}, follow=True)
    assert answer.status_code == 200
    return rows(answer)


def test_a_bureau_reads_its_people_in_the_order_of_pinyin_a_page_at_a_time(crowd, officer, signed_in) -> None:
    client = signed_in(officer)
    found = pages(client, reverse(ROLL))
    everybody = [name for page in found for name in page]
    assert [len(page) for page in found] == [25, 25, 11]
    assert sorted(everybody) == sorted([*(one.name for one in crowd), officer.name])
    assert [pinyin.of(name) for name in everybody] == sorted(pinyin.of(name) for name in everybody)


def test_the_page_before_is_the_one_that_was_left(crowd, officer, signed_in) -> None:
    client, url = signed_in(officer), reverse(ROLL)
    first = client.get(url)
    second = client.get(url + first.context["next"])
    third = client.get(url + second.context["next"])
    assert not third.context["next"]
    assert rows(client.get(url + third.context["previous"])) == rows(second)
    back = client.get(url + second.context["previous"])
    assert rows(back) == rows(first)
    assert not back.context["previous"]
    assert not first.context["previous"]


@pytest.mark.parametrize("mark", ["0-1", "9-1", "x", "-1", "0-", "0-99999999999999999999", "0-²"])
def test_a_mark_of_somebody_who_is_not_here_begins_the_list_anew(crowd, officer, stranger, mark, signed_in) -> None:
    client, url = signed_in(officer), reverse(ROLL)
    Person.objects.filter(pk=stranger.pk).update(merged_into=officer)
    for name in ("after", "before"):
        assert rows(client.get(url, {name: mark})) == rows(client.get(url))
        assert rows(client.get(url, {name: f"0-{stranger.pk}"})) == rows(client.get(url))


def test_pages_of_a_search_go_through_everybody_found_once_and_back_again(crowd, officer, signed_in) -> None:
    client, url = signed_in(officer), reverse(ROLL)
    found = searched(client, "中学")  # all sixty, by their unit
    assert len(found) == 25
    there = pages(client, url)
    assert sorted(name for page in there for name in page) == sorted(one.name for one in crowd)
    last = client.get(url + client.get(url + client.get(url).context["next"]).context["next"])
    assert rows(client.get(url + last.context["previous"])) == there[1]


@pytest.mark.parametrize("text", ["张甲", "zhangj", "zj", "甲"])
def test_names_are_found_as_they_are_written_and_as_they_are_read(crowd, officer, text, signed_in) -> None:
    assert "张甲" in searched(signed_in(officer), text)


def test_the_end_of_a_number_finds_one_and_a_whole_number_is_neither_kept_nor_shown(
    crowd, officer, wang, signed_in
) -> None:
    client = signed_in(officer)
    from conftest import id_number

    assert searched(client, id_number(2)) == [wang.name]
    assert client.session[people_roll.TEXT] == id_number(2)[-4:]
    assert id_number(2) not in client.get(reverse(ROLL)).content.decode()


def test_a_clerk_of_another_county_finds_nobody(crowd, wang, clerk, other_clerk, other_officer, signed_in) -> None:
    """Beside the clerk and the officer whose people they are."""
    inside = signed_in(clerk)
    assert wang.name in searched(inside, "王老师", "employer:roll")
    for somebody, name in ((other_clerk, "employer:roll"), (other_officer, ROLL)):
        outside = signed_in(somebody)
        for text in ("王老师", "wls", "示例王", "中学", "张甲"):
            assert not set(searched(outside, text, name)) & {wang.name, "张甲"}
        url = reverse(name)
        assert rows(outside.get(url, {"after": f"0-{wang.pk}"})) == rows(outside.get(url))
        assert wang.name not in outside.get(reverse(f"{name}_export", args=["csv"])).getvalue().decode()
        assert wang.name not in outside.get(reverse(f"{name}_print")).content.decode()


def test_who_left_yesterday_is_on_the_roll_of_the_unit_no_more(wang, clerk, county_unit, signed_in) -> None:
    client = signed_in(clerk)
    assert wang.name in rows(client.get(reverse("employer:roll")))
    Employment.objects.filter(person=wang).update(until=date(2026, 5, 31))
    assert wang.name not in rows(client.get(reverse("employer:roll")))


def test_somebody_with_a_second_job_is_on_both_rolls(wang, other_clerk, clerk, other_unit, signed_in) -> None:
    Employment.objects.create(person=wang, employer=other_unit, since=date(2026, 1, 1), main=False)
    for somebody in (clerk, other_clerk):
        answer = signed_in(somebody).get(reverse("employer:roll"))
        assert wang.name in rows(answer)
        assert {row.unit for row in answer.context["page"].rows if row.name == wang.name} == {"渝中区示例中学"}


def test_who_was_merged_into_another_is_not_listed(wang, stranger, officer, signed_in) -> None:
    Person.objects.filter(pk=stranger.pk).update(merged_into=wang)
    found = rows(signed_in(officer).get(reverse(ROLL)))
    assert wang.name in found
    assert stranger.name not in found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"title": "intermediate"}, {"示例王老师"}),
        ({"title": "none"}, {"示例陌生人", "示例区科室", "示例无号"}),
        ({"unit": "示例中学"}, {"示例王老师"}),
        ({"alone": "1"}, {"示例陌生人", "示例区科室", "示例无号"}),
        ({"account": "none"}, {"示例无号"}),
        ({"account": "closed"}, {"示例陌生人"}),
        ({"account": "open", "alone": "1"}, {"示例区科室"}),
        ({"unchecked": "1"}, {"示例陌生人", "示例区科室", "示例无号"}),
        ({"region": "500103", "title": "intermediate"}, {"示例王老师"}),
        ({"region": "500105"}, set()),
        ({"title": "x", "account": "y", "region": "z"}, {"示例王老师", "示例陌生人", "示例区科室", "示例无号"}),
    ],
)
def test_filters_narrow_the_roll(query, expected, wang, stranger, officer, make_person, signed_in) -> None:
    Account.objects.filter(person=make_person("示例无号", 200)).delete()
    Account.objects.filter(person=stranger).update(is_active=False)
    Person.objects.filter(pk=wang.pk).update(identity_checked_at=NINE)
    assert set(rows(signed_in(officer).get(reverse(ROLL), query))) == expected


def test_a_filter_is_kept_chosen_and_removed_and_is_its_owners_alone(wang, officer, verifier, signed_in) -> None:
    client = signed_in(officer)
    query = "title=intermediate"
    answer = client.post(reverse("authority:roll_keep"), {"name": " 中级  职称 ", "query": query}, follow=True)
    assert answer.redirect_chain == [(f"{reverse(ROLL)}?{query}", 303)]
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query, kept.page) == ("中级 职称", {"title": "intermediate"}, ROLL)
    assert f'href="{reverse(ROLL)}?{query}" aria-current="true"' in answer.content.decode()
    assert "中级 职称" not in signed_in(verifier).get(reverse(ROLL)).content.decode()
    assert signed_in(verifier).post(reverse("authority:roll_remove", args=[kept.pk])).status_code == 404
    assert client.post(reverse("authority:roll_remove", args=[kept.pk])).status_code == 303
    assert not SavedFilter.objects.exists()
    assert list(AuditLine.objects.filter(action__startswith="filter.").values_list("action", flat=True)) == [
        "filter.keep",
        "filter.remove",
    ]


def test_a_kept_filter_never_has_the_text_that_was_searched_for(officer, signed_in) -> None:
    client = signed_in(officer)
    searched(client, CANARY, query="alone=1")
    client.post(reverse("authority:roll_keep"), {"name": "没单位", "query": f"alone=1&text={CANARY}&name={CANARY}"})
    assert SavedFilter.objects.get().query == {"alone": "1"}
    assert CANARY not in str(AuditLine.objects.values())


def test_a_filter_without_a_name_or_without_a_condition_is_not_kept(officer, signed_in) -> None:
    client = signed_in(officer)
    for name, query in (("", "alone=1"), ("名字", ""), ("名字", "title=x")):
        assert client.post(reverse("authority:roll_keep"), {"name": name, "query": query}).status_code == 422
    assert client.post(reverse("authority:roll_keep"), {"name": "名字", "query": "alone=1"}).status_code == 303


def test_twenty_filters_are_kept_and_one_of_them_may_still_be_changed(officer, signed_in) -> None:
    client, url = signed_in(officer), reverse("authority:roll_keep")
    for n in range(20):
        assert client.post(url, {"name": f"第{n}个", "query": "alone=1"}).status_code == 303
    assert client.post(url, {"name": "多一个", "query": "alone=1"}).status_code == 409
    assert client.post(url, {"name": "第3个", "query": "unchecked=1"}).status_code == 303
    assert SavedFilter.objects.get(name="第3个").query == {"unchecked": "1"}
    assert SavedFilter.objects.count() == 20


def test_no_name_and_no_number_ever_stands_in_an_address(make_person, officer, county_unit, signed_in) -> None:
    for n in range(30):
        make_person(f"{CANARY}{n}", 100 + 2 * n, employer=county_unit)
    client = signed_in(officer)
    answer = client.post(reverse("authority:roll_search"), {"text": CANARY}, follow=True)
    addresses = [answer.redirect_chain[0][0], answer.context["next"], answer.context["previous"]]
    body = answer.content.decode()
    addresses += [part.split('"')[0] for mark in ('href="', 'action="') for part in body.split(mark)[1:]]
    assert answer.context["next"]
    for canary in (CANARY, "jin", "%E9%87%91", "500199"):
        assert [one for one in addresses if canary in one and "/vendor/" not in one] == []


def as_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_file_has_what_the_page_shows_in_its_order_and_says_who_took_it(crowd, officer, wang, signed_in) -> None:
    client = signed_in(officer)
    searched(client, "zh")
    shown = [name for page in pages(client, reverse(ROLL)) for name in page]
    table = as_csv(client.get(reverse("authority:roll_export", args=["csv"])))
    assert table[0] == list(people_roll.heading())
    assert [line[0] for line in table[1:]] == shown
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("authority:roll_export", args=["xlsx"])).getvalue()), read_only=True
    )
    assert [[cell or "" for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)] == table
    line = AuditLine.objects.filter(action="person.export").order_by("pk").first()
    assert line.person_id == officer.pk
    assert line.facts == {"people": len(shown), "kind": "csv", "filters": {}, "searched": True}


def test_a_file_has_the_filters_of_the_page(wang, stranger, officer, signed_in) -> None:
    url = reverse("authority:roll_export", args=["csv"])
    table = as_csv(signed_in(officer).get(url, {"title": "intermediate"}))
    assert [line[:4] for line in table[1:]] == [["示例王老师", wang.id_masked, "渝中区示例中学", "中级"]]
    assert AuditLine.objects.get(action="person.export").facts["filters"] == {"title": "intermediate"}
    assert signed_in(officer).get(reverse("authority:roll_export", args=["pdf"])).status_code == 404


def test_a_long_list_is_read_in_blocks_and_sent_as_csv(crowd, officer, monkeypatch, signed_in) -> None:
    monkeypatch.setattr(roll_queries, "BLOCK", 7)
    monkeypatch.setattr("xueshi.web.spreadsheets.MOST_XLSX", 50)
    client = signed_in(officer)
    answer = client.get(reverse("authority:roll_export", args=["xlsx"]))
    assert answer.headers["Content-Type"].startswith("text/csv")
    names = [line[0] for line in as_csv(answer)[1:]]
    assert names == [name for page in pages(client, reverse(ROLL)) for name in page]


def test_a_name_that_begins_like_a_formula_is_a_name_in_both_files(make_person, officer, signed_in) -> None:
    for n, name in enumerate(("=1+1", "+SUM(A1)", "-2", "@SUM(1)")):
        make_person(name, 300 + 2 * n)
    client = signed_in(officer)
    names = [line[0] for line in as_csv(client.get(reverse("authority:roll_export", args=["csv"])))]
    assert {"'=1+1", "'+SUM(A1)", "'-2", "'@SUM(1)"} <= set(names)
    file = client.get(reverse("authority:roll_export", args=["xlsx"])).getvalue()
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(file)).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value in ("=1+1", "-2")} == {"s"}


def test_a_list_on_paper_has_everybody_and_is_recorded_and_a_long_one_is_not_printed(
    crowd, officer, monkeypatch, signed_in
) -> None:
    client, url = signed_in(officer), reverse("authority:roll_print")
    said = client.get(url, {"alone": "1"}).content.decode()
    assert officer.name in said
    assert "没有单位" in said
    assert len(client.get(url).context["rows"]) == 61
    assert AuditLine.objects.filter(action="person.export", facts__kind="paper").count() == 2
    monkeypatch.setattr(people_roll, "MOST_PRINTED", 60)
    answer = client.get(url)
    assert len(answer.context["rows"]) == 0
    assert "一次最多打印 60 人" in answer.content.decode()
    assert AuditLine.objects.filter(action="person.export", facts__kind="paper").count() == 2


def test_a_filter_that_leaves_nobody_finds_nobody_by_any_text(wang, officer, signed_in) -> None:
    client = signed_in(officer)
    for text in ("示例王", "w", "zhang", "002X", "中学"):
        assert searched(client, text, query="unit=没有这个单位&title=junior") == []
        for name in ("authority:roll_print", "authority:roll_export"):
            url = reverse(name, args=["csv"] if name.endswith("export") else [])
            assert wang.name not in client.get(url, {"unit": "没有这个单位"}).getvalue().decode()
    assert searched(client, "示例王") == [wang.name]


def test_an_empty_roll_says_what_will_stand_there(other_officer, clerk, wang, signed_in) -> None:
    assert "没有符合这些条件的人" in signed_in(other_officer).get(reverse(ROLL), {"title": "junior"}).content.decode()
    client = signed_in(clerk)
    assert searched(client, "没有这个人", "employer:roll") == []
    answer = client.get(reverse("employer:roll"))
    assert "没有找到这样的人" in answer.content.decode()


def test_somebody_who_serves_two_units_sees_one_at_a_time(
    make_person, wang, clerk, other_clerk, other_unit, signed_in
) -> None:
    from xueshi.people.models import Post

    Post.objects.create(person=clerk, role="unit_clerk", organisation=other_unit, since=NINE)
    client = signed_in(clerk)
    assert rows(client.get(reverse("employer:roll"))) == [clerk.name, wang.name]
    client.post(reverse("employer:choose_unit"), {"unit": other_unit.pk})
    assert rows(client.get(reverse("employer:roll"))) == [other_clerk.name]


def test_a_page_costs_a_fixed_number_of_queries(
    crowd, officer, clerk, signed_in, django_assert_max_num_queries
) -> None:
    for somebody, name in ((officer, ROLL), (clerk, "employer:roll")):
        client = signed_in(somebody)
        client.get(reverse(name))
        with django_assert_max_num_queries(14):
            client.get(reverse(name))
        searched(client, "zhang", name)
        with django_assert_max_num_queries(20):
            client.get(reverse(name), {"title": "none"})


def test_only_offices_come_in(wang, clerk, officer, industry_officer, agency_officer, auditor, signed_in) -> None:
    assert signed_in(wang).get(reverse(ROLL)).status_code == 403
    assert signed_in(clerk).get(reverse(ROLL)).status_code == 403
    assert signed_in(officer).get(reverse("employer:roll")).status_code == 403
    for somebody in (officer, industry_officer, agency_officer, auditor):
        assert signed_in(somebody).get(reverse(ROLL)).status_code == 200


def test_an_industry_authority_sees_the_people_of_its_units(
    wang, other_clerk, stranger, industry_officer, signed_in
) -> None:
    assert rows(signed_in(industry_officer).get(reverse(ROLL))) == [wang.name]


def test_who_moves_to_another_county_is_on_its_roll_from_now_on(
    wang, officer, other_officer, jiangbei, signed_in
) -> None:
    assert wang.name in rows(signed_in(officer).get(reverse(ROLL)))
    placing.place(wang, jiangbei, "unit", None, date(2026, 6, 1))
    assert wang.name not in rows(signed_in(officer).get(reverse(ROLL)))
    assert wang.name in rows(signed_in(other_officer).get(reverse(ROLL)))


def test_filters_are_what_an_address_says_and_nothing_else() -> None:
    full = {"unit": "示例", "title": "junior", "region": "50", "account": "none", "alone": "1", "unchecked": "1"}
    assert Filters.of(full).query == full
    assert Filters.of({"title": "boss", "region": "50; --", "account": "me", "alone": "yes", "text": "x"}).query == {}
