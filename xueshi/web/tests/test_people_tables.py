"""The table of an office's people: who is in it, what it says, and that page, file and ledger say the same."""

import csv
import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from xueshi.kernel.models import AuditLine
from xueshi.ledger import overview, population, snapshot, snapshot_actions, standing
from xueshi.ledger.models import HoursEntry
from xueshi.people.models import Region
from xueshi.people.viewer import Viewer
from xueshi.policy.facts import Asked
from xueshi.policy.findings import Verdict
from xueshi.web import people_tables

NOW = datetime.now(UTC)
YEAR = NOW.year
PEOPLE = "authority:people"


def post_hours(person, hours: str, year: int = YEAR, *, verified: bool = True, n: int = 0) -> HoursEntry:
    return HoursEntry.objects.create(
        person=person, year=year, category="public", hours=Decimal(hours), kind="public_topic", title="示例",
        marks={"passed": True, "verified": verified}, earned_on=date(year, 6, 30), recorded_at=NOW,
        source=f"test:{person.pk}:{year}:{n}:{hours}", instrument="cn-50/chongqing-2010", provision="slip",
        digest="0" * 64, blind=b"0" * 16,
    )  # fmt: skip


@pytest.fixture
def crowd(make_person, county_unit):
    """Seven people of the unit, of whom two have their hours."""
    people = [make_person(f"示例学员{n}", 100 + 2 * n, employer=county_unit, title="intermediate") for n in range(7)]
    for one in people[:2]:
        post_hours(one, "20")
    return people


def page_of(client, name: str = PEOPLE, **params: object) -> str:
    answer = client.get(reverse(name), params)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_the_bureau_sees_everybody_of_its_region_and_how_many_are_short(crowd, verifier, wang, signed_in) -> None:
    said = page_of(signed_in(verifier))
    assert "示例学员0" in said
    assert wang.name in said
    assert wang.id_masked in said
    table = signed_in(verifier).get(reverse(PEOPLE)).context["table"]
    assert table.everybody == 9  # seven, the teacher and the officer
    assert table.counts[Verdict.PASS] == 2
    assert sum(table.counts.values()) == 9


def test_a_unit_sees_its_own_people_and_no_others(crowd, clerk, stranger, signed_in) -> None:
    said = page_of(signed_in(clerk), "employer:people")
    assert "示例学员0" in said
    assert stranger.name not in said


def test_only_an_officer_of_a_bureau_comes_in(make_person, county_unit, training_centre, signed_in) -> None:
    inside = make_person("示例单位审验", 60, employer=county_unit, post="verifier", at_organisation=county_unit)
    centre = make_person("示例中心窗口", 62, post="counter", at_organisation=training_centre)
    for somebody in (inside, centre):
        assert signed_in(somebody).get(reverse(PEOPLE)).status_code == 403
        assert signed_in(somebody).get(reverse("authority:people_export", args=["csv"])).status_code == 403
        assert signed_in(somebody).post(reverse("authority:people_search"), {"text": "王"}).status_code == 403


def test_filters_show_those_whom_the_count_counts(crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    for show, verdict in people_tables.SHOWN.items():
        table = client.get(reverse(PEOPLE), {"show": show}).context["table"]
        assert len(table.ids) == table.counts[verdict]
        assert all(one.row.verdict is verdict for one in table.listed)


def test_whoever_lacks_most_comes_first_when_asked(crowd, verifier, signed_in) -> None:
    listed = signed_in(verifier).get(reverse(PEOPLE), {"order": "missing"}).context["table"].listed
    missing = [one.row.missing for one in listed]
    assert missing == sorted(missing, reverse=True)


def test_names_are_looked_for_by_post_and_stay_out_of_addresses(crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    back = client.post(reverse("authority:people_search"), {"text": "示例学员3", "query": "show=all&page=4&year=2020"})
    assert (back.status_code, back["Location"]) == (303, "/office/people/?show=all&year=2020")
    table = client.get(reverse(PEOPLE)).context["table"]
    assert [one.row.known.name for one in table.listed] == ["示例学员3"]
    client.post(reverse("authority:people_search"), {"text": ""})
    assert client.get(reverse(PEOPLE)).context["table"].everybody > 1


@pytest.mark.parametrize("typed", ["11010119900307 123x", "110101900307123"])
def test_a_whole_identity_number_is_neither_kept_nor_shown(typed, crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    said = client.post(f"{reverse(PEOPLE)}search/", {"text": typed}, follow=True).content.decode()
    number = typed.replace(" ", "")
    assert client.session["people_text"] == number[-4:].upper()
    assert number not in said
    assert typed not in said


def test_people_are_found_by_unit_and_by_the_tail_of_their_number(crowd, verifier, signed_in, county_unit) -> None:
    client = signed_in(verifier)
    client.post(reverse("authority:people_search"), {"text": crowd[3].id_masked[-4:]})
    assert crowd[3].pk in client.get(reverse(PEOPLE)).context["table"].ids
    client.post(reverse("authority:people_search"), {"text": county_unit.name[:4]})
    assert client.get(reverse(PEOPLE)).context["table"].everybody >= 7
    client.post(reverse("authority:people_search"), {"text": "没有这样的人"})
    said = client.get(reverse(PEOPLE))
    assert said.context["table"].ids == []
    assert "没有找到" in said.content.decode()


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({}, ("annual", YEAR)), ({"purpose": "lunch", "year": "x"}, ("annual", YEAR)),
        ({"year": "99999"}, ("annual", YEAR)), ({"year": "9999"}, ("annual", YEAR)),
        ({"purpose": "title_review", "year": "2020"}, ("title_review", 2020)),
        ({"show": "x", "order": "y", "page": "z"}, ("annual", YEAR)),
        ({"purpose": "nomination"}, ("annual", YEAR)),  # Kaifeng knows it, the law around this office does not
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_asks_the_usual(params, asked, crowd, verifier, signed_in) -> None:
    table = signed_in(verifier).get(reverse(PEOPLE), params).context["table"]
    assert (table.wanted.asked.purpose, table.wanted.asked.year) == asked
    assert list(table.purposes) == ["annual", "annual_excellent", "appointment", "title_review"]


def test_the_page_asks_the_same_number_of_questions_for_one_person_and_for_many(
    crowd, verifier, signed_in, make_person, county_unit, django_assert_max_num_queries
) -> None:
    client = signed_in(verifier)
    page_of(client)
    with django_assert_max_num_queries(26) as few:
        page_of(client)
    for n in range(40):
        post_hours(make_person(f"示例新人{n}", 200 + 2 * n, employer=county_unit), "20")
    with django_assert_max_num_queries(len(few)):
        page_of(client)


def csv_of(client, name: str, **params: object) -> list[dict[str, str]]:
    answer = client.get(reverse(name, args=["csv"]), params)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_what_the_page_shows_and_who_took_it_is_recorded(crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    table = client.get(reverse(PEOPLE), {"show": "short"}).context["table"]
    rows = csv_of(client, "authority:people_export", show="short")
    assert [row["姓名"] for row in rows] == [one.row.known.name for one in table.listed]
    assert [Decimal(row["还差学时"]) for row in rows] == [one.row.missing for one in table.listed]
    assert AuditLine.objects.get(action="people.exported").facts["people"] == len(rows)


def test_the_workbook_has_people_and_demands_and_no_formulas(
    crowd, verifier, signed_in, make_person, county_unit
) -> None:
    make_person("=1+1", 90, employer=county_unit)
    client = signed_in(verifier)
    answer = client.get(reverse("authority:people_export", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    people, demands = book.worksheets
    assert people.max_row == 1 + 9
    assert demands.max_row > 1
    name = next(cell for cell in people["A"] if cell.value == "=1+1")
    assert name.data_type == "s"
    assert "'=1+1" in [row["姓名"] for row in csv_of(client, "authority:people_export")]


def test_there_is_no_other_kind_of_file(crowd, verifier, clerk, signed_in) -> None:
    assert signed_in(verifier).get(reverse("authority:people_export", args=["pdf"])).status_code == 404
    assert signed_in(clerk).get(reverse("employer:people_export", args=["pdf"])).status_code == 404


def test_too_many_people_without_a_snapshot_are_listed_and_not_counted(crowd, verifier, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(overview, "FEW", 2)
    monkeypatch.setattr(overview, "MOST_WALKED", 3)
    said = signed_in(verifier).get(reverse(PEOPLE), {"show": "short"})
    assert not said.context["table"].counted
    assert "人太多" in said.content.decode()
    assert said.context["table"].listed


@pytest.mark.django_db(transaction=True)  # a snapshot holds what was committed
def test_many_people_are_counted_by_the_snapshot_and_its_moment_is_said(
    crowd, verifier, signed_in, monkeypatch, settings, tmp_path
) -> None:
    settings.SNAPSHOTS_DIR = tmp_path
    snapshot_actions.build(at=datetime.now(UTC))
    client = signed_in(verifier)
    for purpose in ("annual", "title_review"):
        walked = client.get(reverse(PEOPLE), {"purpose": purpose, "order": "missing"}).context["table"]
        monkeypatch.setattr(overview, "FEW", 2)
        said = client.get(reverse(PEOPLE), {"purpose": purpose, "order": "missing"})
        table = said.context["table"]
        assert snapshot.manifest().rows == table.everybody
        assert (table.counts, table.ids, table.at is not None) == (walked.counts, walked.ids, True)
        assert "的快照" in said.content.decode()
        assert not any(one.moved for one in table.listed)
        monkeypatch.setattr(overview, "FEW", 300)


@pytest.mark.django_db(transaction=True)  # a snapshot holds what was committed
def test_what_happened_after_the_snapshot_is_seen_in_the_rows(
    crowd, verifier, signed_in, monkeypatch, settings, tmp_path, make_person, county_unit
) -> None:
    settings.SNAPSHOTS_DIR = tmp_path
    snapshot_actions.build(at=datetime.now(UTC))
    monkeypatch.setattr(overview, "FEW", 2)
    post_hours(crowd[5], "20")
    late = make_person("示例后来", 98, employer=county_unit)
    table = signed_in(verifier).get(reverse(PEOPLE)).context["table"]
    assert [one.row.known.person_id for one in table.listed if one.moved] == [crowd[5].pk]
    assert late.pk in table.ids
    assert sum(table.counts.values()) == table.everybody == 9
    monkeypatch.setattr(overview, "MOST_WALKED", 0)  # too many came since
    assert not signed_in(verifier).get(reverse(PEOPLE)).context["table"].counted


@pytest.mark.django_db(transaction=True)  # a snapshot holds what was committed
def test_whoever_no_instrument_governs_is_counted_as_nobody_can_tell(
    crowd, make_person, monkeypatch, settings, tmp_path
) -> None:
    settings.SNAPSHOTS_DIR = tmp_path
    far = make_person("示例远方", 96, region=Region.objects.create(code="99", name="示例省"))
    snapshot_actions.build(at=datetime.now(UTC))
    asked, now = Asked("annual", YEAR), datetime.now(UTC)
    found = overview.by_snapshot([far.pk, crowd[0].pk], asked, now)
    assert found is not None
    assert found.verdicts == {far.pk: Verdict.UNKNOWN, crowd[0].pk: Verdict.PASS}
    assert overview.by_snapshot([far.pk], Asked("annual", 1999), now).verdicts == {far.pk: Verdict.UNKNOWN}


@pytest.mark.parametrize("seed", range(6))
def test_page_file_and_ledger_say_the_same_number(seed, crowd, verifier, signed_in) -> None:
    dice = random.Random(seed)
    purpose, year = dice.choice(["annual", "title_review", "appointment"]), dice.choice([YEAR, YEAR - 1])
    for person in crowd:
        for n in range(dice.randrange(4)):
            amount = dice.choice(["5", "10", "12.5", "20"])
            post_hours(person, amount, YEAR - n % 2, verified=dice.random() < 0.8, n=n + 10)
    client = signed_in(verifier)
    listed = client.get(reverse(PEOPLE), {"purpose": purpose, "year": year}).context["table"].listed
    rows = csv_of(client, "authority:people_export", purpose=purpose, year=year)
    for one, row in zip(listed, rows, strict=True):
        known = one.row.known
        alone = standing.of(known.person_id, purpose, year, datetime.now(UTC))
        assert (one.row.verdict, one.row.missing) == (alone.verdict, alone.least)
        assert (row["证件号"], Decimal(row["还差学时"])) == (known.id_masked, alone.least)
        assert row["结果"] == people_tables.verdict_name(alone.verdict)


def test_whoever_lives_where_no_law_is_encoded_cannot_be_told(make_person, db) -> None:
    far = make_person("示例远方", 96, region=Region.objects.create(code="99", name="示例省"))
    row = population.rows([far.pk], Asked("annual", YEAR), NOW)[0]
    assert (row.verdict, row.why) == (Verdict.UNKNOWN, "no_law")
    assert people_tables.why(row) == "所在地区的规定还没有录入"
    assert population.read([far.pk, 10**9], YEAR, NOW).keys() == {far.pk}
    assert Viewer(far.pk).organisations("verifier") == ()
