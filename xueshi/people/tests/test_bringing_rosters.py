"""From a spreadsheet to people: what is made, what is left alone, and who may."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from openpyxl import load_workbook

from conftest import NINE
from xueshi.kernel import clock, vault
from xueshi.kernel.errors import NotYours
from xueshi.kernel.models import AuditLine
from xueshi.people import access, roster_actions, roster_queries
from xueshi.people.models import (
    ChangeRequest,
    Employment,
    Fact,
    Organisation,
    Person,
    Placement,
    Post,
    RosterImport,
    RosterProblem,
    Title,
)
from xueshi.people.roster import applying_actions
from xueshi.people.tests import rosters
from xueshi.people.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(clerk: Person, county_unit: Organisation, viewer: Callable[..., Viewer]) -> Callable[..., RosterImport]:
    """Send rows as the unit's clerk, and have them checked."""

    def send(rows: list[list[object]], *, confirm: bool = True) -> RosterImport:
        who = viewer(clerk, "unit_clerk")
        sent = roster_actions.receive(
            viewer=who, organisation_id=county_unit.pk, name="名册.xlsx", data=rosters.workbook(rows), at=NINE
        )
        roster = rosters.jobs_now(sent.pk)
        if confirm:
            roster_actions.confirm(viewer=who, roster_id=roster.pk, at=NINE)
            roster = rosters.jobs_now(roster.pk)
        return roster

    return send


def test_a_roster_makes_people_with_all_that_it_says(bring, county_unit) -> None:
    roster = bring([rosters.row(n) for n in range(20)])
    assert (roster.state, roster.rows, roster.applied) == ("applied", 20, 20)
    assert roster.counts == {"new": 20, "done": {"new": 20}}
    person = Person.objects.get(name=rosters.name(3), phone="13800000003")
    assert vault.unlock("id", bytes(person.id_cipher)) == rosters.number(3)
    assert person.id_index == vault.index("id", rosters.number(3))
    assert person.id_tail_index == vault.index("id-tail", rosters.number(3)[-4:])
    assert person.id_masked == rosters.number(3)[:4] + "*" * 10 + rosters.number(3)[-4:]
    assert len({bytes(one)[1:13] for one in Person.objects.values_list("id_cipher", flat=True)}) == 21  # nonces
    assert Employment.objects.get(person=person).employer == county_unit
    assert Placement.objects.get(person=person).region == county_unit.region
    assert Title.objects.get(person=person).level == "intermediate"
    assert set(Fact.objects.filter(person=person).values_list("word", "value")) == {
        ("post", "school_teacher"), ("first_hired", "yes"), ("degree", "bachelor"),
    }  # fmt: skip


def test_the_page_shows_what_it_would_do_before_anything_is_done(bring, clerk, viewer) -> None:
    rows = [rosters.row(n) for n in range(5)]
    rows.append(rosters.row(5, 身份证号="5001991962011100"))
    rows.append(rosters.row(6, 身份证号=rosters.number(6)[:-1].lower() + "x", 学历学位="MBA"))
    roster = bring(rows, confirm=False)
    who = viewer(clerk, "unit_clerk")
    shown = roster_queries.preview_for(who, roster.pk)
    assert {one.outcome: one.rows for one in shown.outcomes} == {"new": 5, "refused": 2}
    assert shown.ignored == ["部门"]
    assert not Person.objects.filter(phone="13800000001").exists()
    told = {(p.row, p.field, p.code) for p in roster_queries.problems_for(who, roster.pk)}
    assert {(7, "id_number", "id-length"), (8, "degree", "word-unknown")} <= told
    assert rosters.number(0) not in str(shown.sample)
    assert [row.row for row in roster_queries.rows_for(who, roster.pk, outcome="refused")] == [7, 8]
    book = load_workbook(io.BytesIO(roster_queries.problems_xlsx(who, roster.pk)))
    lines = list(book.worksheets[0].values)
    assert lines[0][:3] == ("退回原因", "原表行号", "姓名")
    assert lines[1][1] == "7"
    assert "16 位" in lines[1][0]
    assert load_workbook(io.BytesIO(roster_queries.template_xlsx())).sheetnames == ["人员名册", "填写说明"]


def outcomes(roster: RosterImport) -> dict[str, int]:
    return roster.counts["done"]


def test_a_roster_sent_twice_changes_nothing(bring, clerk, county_unit, viewer) -> None:
    rows = [rosters.row(n) for n in range(5)]
    first = bring(rows)
    before = [AuditLine.objects.filter(action="people.bring_person").count(), Fact.objects.count()]
    with pytest.raises(roster_actions.RosterApplied) as told:
        bring(rows)
    assert told.value.facts["roster_id"] == first.pk
    who, data = viewer(clerk, "unit_clerk"), rosters.workbook([*rows, rosters.row(5, 学历学位="")])
    sent = roster_actions.receive(viewer=who, organisation_id=county_unit.pk, name="b.xlsx", data=data, at=NINE)
    assert (
        roster_actions.receive(viewer=who, organisation_id=county_unit.pk, name="c.xlsx", data=data, at=NINE) == sent
    )  # it waits: the same
    assert rosters.jobs_now(sent.pk).counts == {"same": 5, "new": 1}
    roster_actions.confirm(viewer=who, roster_id=sent.pk, at=NINE)
    assert outcomes(rosters.jobs_now(sent.pk)) == {"same": 5, "new": 1}
    assert AuditLine.objects.filter(action="people.bring_person").count() == before[0] + 1
    assert Fact.objects.count() == before[1] + 2
    again = roster_actions.receive(
        viewer=who, organisation_id=county_unit.pk, name="c.xlsx", data=data, at=NINE, again=True
    )
    rosters.jobs_now(again.pk)
    with pytest.raises(roster_actions.NothingToBring):
        roster_actions.confirm(viewer=who, roster_id=again.pk, at=NINE)


def test_people_on_record_keep_what_is_recorded(
    bring, make_person, clerk, county_unit, municipal_unit, viewer, make_organisation, chongqing
) -> None:
    """Here, elsewhere, nowhere, beside, and the clerk: each by the table; a move is asked for, not made."""
    here = make_person("示例甲", 20, employer=county_unit, title="junior", phone="")
    free = make_person("示例乙", 22)
    away = make_person("示例丙", 24, employer=municipal_unit)
    beside = make_person("示例丁", 26, employer=municipal_unit)
    Employment.objects.create(person=beside, employer=county_unit, since=date(2020, 1, 1), main=False)
    other = make_person("示例戊", 28, employer=municipal_unit)
    make_organisation("重庆市人力社保局（示例）", "municipal_hrss", "municipal", chongqing)
    everybody = [here, free, away, beside, clerk, other]
    rows = [
        rosters.row(n, 姓名="示例己" if person == other else person.name,
                    身份证号=vault.unlock("id", bytes(person.id_cipher)))
        for n, person in enumerate(everybody)
    ]  # fmt: skip
    roster = bring(rows)
    assert outcomes(roster) == {"changed": 1, "joined": 1, "moved": 1, "side": 1, "own": 1, "refused": 1}
    here.refresh_from_db()
    assert here.phone == "", "what resets the password of an account is not for a unit to say"
    assert set(Title.objects.filter(person=here).values_list("level", flat=True)) == {"junior", "intermediate"}
    assert Employment.objects.get(person=free, until=None).employer == county_unit
    assert Employment.objects.get(person=away, until=None).employer == municipal_unit
    assert ChangeRequest.objects.get(person=away).kind == "transfer"
    for person in (away, beside, clerk, other):
        assert not Fact.objects.filter(person=person).exists()
        assert person.name == Person.objects.get(pk=person.pk).name
    assert RosterProblem.objects.get(roster=roster, mended=False).code == "name-differs"


def test_a_large_roster_waits_for_another_person(
    bring, clerk, make_person, county_unit, county_bureau, operator, viewer, monkeypatch
) -> None:
    monkeypatch.setattr("xueshi.people.roster.rules.SECOND_LOOK_ABOVE", 3)
    roster = bring([rosters.row(n) for n in range(4)])
    assert (roster.state, roster.applied) == ("waiting", 0)
    with pytest.raises(roster_actions.SamePerson):
        roster_actions.second_look(viewer=viewer(clerk, "unit_clerk"), roster_id=roster.pk, at=NINE)
    with pytest.raises(NotYours):
        roster_actions.second_look(viewer=viewer(operator, "operator"), roster_id=roster.pk, at=NINE)
    officer = make_person("示例科员", 40, post="officer", at_organisation=county_bureau)
    roster_actions.second_look(viewer=viewer(officer, "officer"), roster_id=roster.pk, at=NINE)
    roster_actions.second_look(viewer=viewer(officer, "officer"), roster_id=roster.pk, at=NINE)  # twice is once
    assert rosters.jobs_now(roster.pk).state == "applied"
    with pytest.raises(Exception, match="the_second_look_is_another_persons"):
        RosterImport.objects.filter(pk=roster.pk).update(second=clerk)


def test_only_who_may_bring_sees_and_touches_a_roster(bring, make_person, municipal_unit, county_unit, viewer) -> None:
    roster = bring([rosters.row(0)], confirm=False)
    stranger = make_person("示例别处经办", 42, post="unit_clerk", at_organisation=municipal_unit)
    other = viewer(stranger, "unit_clerk")
    for deed in (roster_actions.confirm, roster_actions.discard, roster_actions.second_look):
        with pytest.raises(NotYours):
            deed(viewer=other, roster_id=roster.pk, at=NINE)
    with pytest.raises(NotYours):
        roster_actions.receive(viewer=other, organisation_id=county_unit.pk, name="a.csv", data=b"x", at=NINE)
    with pytest.raises(NotYours):
        roster_queries.preview_for(other, roster.pk)
    assert list(roster_queries.rosters_for(other)) == []


def test_a_unit_that_was_closed_yesterday_brings_nobody(
    bring, clerk, county_unit, viewer, make_person, make_organisation
) -> None:
    roster = bring([rosters.row(0)], confirm=False)
    who = viewer(clerk, "unit_clerk")
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE - timedelta(days=1))
    with pytest.raises(roster_actions.UnitClosed):
        roster_actions.confirm(viewer=who, roster_id=roster.pk, at=NINE)  # with a page that was open before
    with pytest.raises(roster_actions.UnitClosed):
        roster_actions.receive(viewer=who, organisation_id=county_unit.pk, name="a.csv", data=b"x", at=NINE)
    assert not access.can(viewer(clerk, "unit_clerk"), "bring", county_unit)


@pytest.mark.parametrize("code", ["stopped-post-ended", "stopped-unit-closed"])
def test_applying_stops_before_the_next_piece_and_another_goes_on(
    bring, clerk, make_person, county_unit, viewer, monkeypatch, code
) -> None:
    monkeypatch.setattr(applying_actions, "PIECE", 2)
    roster = bring([rosters.row(n) for n in range(5)], confirm=False)
    roster_actions.confirm(viewer=viewer(clerk, "unit_clerk"), roster_id=roster.pk, at=NINE)
    roster.refresh_from_db()
    staged = applying_actions.staging.load(roster.staged)
    assert applying_actions.apply_piece(roster_id=roster.pk, staged=staged, at=NINE)
    if code == "stopped-unit-closed":
        Organisation.objects.filter(pk=county_unit.pk).update(closed_at=NINE)
    else:
        Post.objects.filter(person=clerk).update(ended_at=NINE, until=NINE)
    now = clock.now()
    assert not applying_actions.apply_piece(roster_id=roster.pk, staged=staged, at=now)
    roster.refresh_from_db()
    assert (roster.state, roster.problem, roster.applied) == ("checked", code, 2)
    assert roster_queries.stopped_sentence(roster)
    Organisation.objects.filter(pk=county_unit.pk).update(closed_at=None)
    head = make_person("示例负责人", 44, post="unit_head", at_organisation=county_unit)
    roster_actions.confirm(viewer=viewer(head, "unit_head"), roster_id=roster.pk, at=now)
    assert rosters.jobs_now(roster.pk, at=now).state == "applied"
    assert Person.objects.filter(phone__startswith="1380000000", name__startswith="示例").exclude(
        pk__in=Post.objects.values("person")
    ).count() == 5  # fmt: skip


def test_a_roster_given_up_is_not_applied_and_one_applied_is_not_given_up(bring, clerk, viewer) -> None:
    who = viewer(clerk, "unit_clerk")
    roster = bring([rosters.row(0)], confirm=False)
    roster_actions.discard(viewer=who, roster_id=roster.pk, at=NINE)
    roster_actions.discard(viewer=who, roster_id=roster.pk, at=NINE)
    with pytest.raises(roster_actions.RosterNotOpen):
        roster_actions.confirm(viewer=who, roster_id=roster.pk, at=NINE)
    done = bring([rosters.row(1)])
    with pytest.raises(roster_actions.RosterNotOpen):
        roster_actions.discard(viewer=who, roster_id=done.pk, at=NINE)


def test_unknown_headings_are_mapped_once_and_remembered(clerk, county_unit, viewer) -> None:
    who = viewer(clerk, "unit_clerk")
    rows, headings = [[rosters.name(n), rosters.number(n), "x"] for n in range(7)], ["谁", "号", "余"]

    def send(more: int) -> RosterImport:
        sent = roster_actions.receive(
            viewer=who,
            organisation_id=county_unit.pk,
            name="a.xlsx",
            data=rosters.workbook(rows[more:], headings),
            at=NINE,
        )
        return rosters.jobs_now(sent.pk)

    roster = send(0)
    assert (roster.state, roster.problem, roster.columns) == ("received", "mapping", headings)
    assert len(roster_queries.preview_for(who, roster.pk).sample) == 5
    with pytest.raises(roster_actions.MappingIncomplete):
        roster_actions.set_mapping(viewer=who, roster_id=roster.pk, mapping={"name": 0}, at=NINE)
    with pytest.raises(roster_actions.MappingTwice):
        roster_actions.set_mapping(viewer=who, roster_id=roster.pk, mapping={"name": 0, "id_number": 0}, at=NINE)
    roster_actions.set_mapping(viewer=who, roster_id=roster.pk, mapping={"name": 0, "id_number": 1}, at=NINE)
    assert rosters.jobs_now(roster.pk).counts == {"new": 7}
    assert send(1).counts == {"new": 6}


@pytest.mark.parametrize(
    ("name", "data", "refused"),
    [
        ("a.xlsx", b"", roster_actions.RosterEmpty),
        ("a.xlsx", b"no workbook", roster_actions.NotASpreadsheet),
        ("a.pdf", b"%PDF", roster_actions.NotASpreadsheet),
        ("a.csv", b" " * (20 * 2**20 + 1), roster_actions.RosterTooBig),
    ],
)
def test_what_is_no_spreadsheet_is_refused_at_the_door(clerk, county_unit, viewer, name, data, refused) -> None:
    who = viewer(clerk, "unit_clerk")
    with pytest.raises(refused):
        roster_actions.receive(viewer=who, organisation_id=county_unit.pk, name=name, data=data, at=NINE)
    assert roster_actions.receive(
        viewer=who, organisation_id=county_unit.pk, name="../../a.csv", data="姓名,身份证号\n甲,1".encode(), at=NINE
    ).file_name == "a.csv"  # fmt: skip


def test_a_file_that_cannot_be_read_says_why(clerk, county_unit, viewer) -> None:
    who = viewer(clerk, "unit_clerk")
    sent = roster_actions.receive(
        viewer=who, organisation_id=county_unit.pk, name="a.xlsx", data=b"PK\x03\x04 no", at=NINE
    )
    roster = rosters.jobs_now(sent.pk)
    assert (roster.state, roster.problem) == ("unreadable", "damaged")
    assert "另存为" in roster_queries.unreadable_sentence(roster)


@pytest.mark.parametrize("first", [rosters.number(1), "5.00199E+17", "１３８０００００００１"])
def test_a_table_without_headings_is_told_of_and_names_no_column_by_somebodys_number(
    clerk, county_unit, viewer, first: str
) -> None:
    data = f"示例甲,{first}\n示例乙,{rosters.number(2)}".encode()
    sent = roster_actions.receive(
        viewer=viewer(clerk, "unit_clerk"), organisation_id=county_unit.pk, name="a.csv", data=data, at=NINE
    )
    roster = rosters.jobs_now(sent.pk)
    assert (roster.state, roster.problem, roster.columns) == ("unreadable", "no-headings", [])
    assert "没有列名" in roster_queries.unreadable_sentence(roster)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("１３８１２３４５６７８", "138****5678"),
        ("5001\u200b99198003070020", "5001**********0020"),
        ("138.1234.5678", "138****5678"),
        ("5.00199198E+17", "5.0*******E+17"),
        ("2015-07-01", "2015-07-01"),
        ("2015年7月1日", "2015年7月1日"),
        ("20150701", "20150701"),
        ("初中二年级3班", "初中二年级3班"),
    ],
)
def test_samples_show_days_and_words_and_of_numbers_their_ends(typed: str, shown: str) -> None:
    assert roster_queries._masked(typed) == shown


def test_headings_that_stand_on_every_printed_page_are_no_people(bring) -> None:
    roster = bring([rosters.row(1), rosters.HEADINGS, rosters.row(2)])
    assert (roster.rows, roster.counts) == (2, {"new": 2, "done": {"new": 2}})


@pytest.mark.parametrize(
    ("name", "called"),
    [
        (f"C:\\x/{rosters.number(1)}.csv", f"{rosters.number(1)[:4]}**********{rosters.number(1)[-4:]}.csv"),
        ("名" * 250 + ".csv", "名" * 196 + ".csv"),
        ("名册.csv", "名册.csv"),
    ],
)
def test_a_files_name_is_kept_without_anybodys_number_and_with_its_ending(
    clerk, county_unit, viewer, name: str, called: str
) -> None:
    sent = roster_actions.receive(
        viewer=viewer(clerk, "unit_clerk"), organisation_id=county_unit.pk, name=name, data=b"a,b\n1,2", at=NINE
    )
    assert sent.file_name == called


def test_rejected_rows_come_back_as_text_and_compute_nothing(bring, clerk, viewer) -> None:
    formula = '=HYPERLINK("http://127.0.0.1/x","a")'
    roster = bring([rosters.row(0, 部门=formula, 姓名=formula)], confirm=False)
    book = load_workbook(io.BytesIO(roster_queries.problems_xlsx(viewer(clerk, "unit_clerk"), roster.pk)))
    cells = next(book.worksheets[0].iter_rows(min_row=2))
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert formula not in [cell.value for cell in cells if cell.data_type == "f"]


@pytest.mark.clause("CQ-04")
def test_no_number_of_a_card_lies_about_in_clear(bring) -> None:
    """In no row of any table, no kept file, no queued job (AC23)."""
    rows = [rosters.row(n) for n in range(6)]
    rows[5][1] = rows[5][1][:-1] + ("1" if rows[5][1][-1] != "1" else "2")
    bring(rows)
    numbers = [str(row[1]) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  a name from the catalogue
            text = "".join(row[0] for row in cursor.fetchall())
            assert [number for number in numbers if number in text] == [], table
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%roster'")
        assert cursor.fetchone()[0] >= 2
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        assert not any(number.encode() in data for number in numbers), path
        assert path.suffix != ".sealed" or not data.startswith(b"PK\x03\x04")


def test_problems_name_nobody(bring) -> None:
    rows = [rosters.row(0, 身份证号="5001991962011100"), rosters.row(1), rosters.row(2, 身份证号=rosters.number(1))]
    roster = bring(rows, confirm=False)
    facts = [line.facts for line in RosterProblem.objects.filter(roster=roster)]
    assert facts == [{"is": "16"}, {"is": "4"}, {"is": "3"}]


def test_a_move_that_nobody_can_decide_is_told_and_not_counted(bring, make_person, municipal_unit) -> None:
    away = make_person("示例丙", 24, employer=municipal_unit)
    number = vault.unlock("id", bytes(away.id_cipher))
    roster = bring([rosters.row(0), rosters.row(1, 姓名="示例丙", 身份证号=number)])
    assert outcomes(roster) == {"new": 1, "refused": 1}
    assert RosterProblem.objects.get(roster=roster).code == "nobody-to-ask"
    assert not ChangeRequest.objects.exists()
