"""The pages on which an officer tries a draft."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xueshi.drafts import actions, jobs
from xueshi.drafts.models import Simulation
from xueshi.drafts.tests.test_simulations import CHONGQING, YEAR, crowd, draft, notice, seen
from xueshi.kernel import clock
from xueshi.people.models import Region

__all__ = ["crowd", "draft", "seen"]  # fixtures
NEW = "/office/simulations/new/"
pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(client, text: str = "", **more: object):
    question = {"text": text, "replaces": CHONGQING, "purpose": "annual", "years": [YEAR - 1, YEAR]}
    return client.post(NEW, question | more)


def page(client, name: str, *ids: object, **params: object) -> str:
    answer = client.get(reverse(f"authority:{name}", args=ids), params)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_draft_is_handed_in_watched_and_read(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    assert "还没有试算过" in page(client, "simulations")
    answer = hand_in(client, draft)
    one = Simulation.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/office/simulations/{one.pk}/")
    waiting = page(client, "simulation", one.pk)
    assert "在排队" in waiting
    assert f'hx-get="/office/simulations/{one.pk}/state"' in waiting
    assert "已算 0，共 14 人次" in page(client, "simulation_state", one.pk)
    jobs.run(simulation_id=one.pk)
    done = client.get(reverse("authority:simulation_state", args=[one.pk]))
    assert (done.status_code, done["HX-Redirect"]) == (204, f"/office/simulations/{one.pk}/")
    assert "不改变任何人的结果" in page(client, "simulation", one.pk)  # last year, before the draft begins
    result = page(client, "simulation", one.pk, year=YEAR)
    assert '<span class="x-num">3</span> 人的结果变差' in result
    assert "改了内容" in result
    assert crowd[0].name in result
    assert one.title in page(client, "simulations")


def test_a_file_may_be_handed_in_and_its_text_is_kept_when_it_is_wrong(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    wrong = notice().replace("known_from: 2010", "known_frm: 2010")
    answer = hand_in(client, file=SimpleUploadedFile("草案.yaml", b"\xef\xbb\xbf" + wrong.encode()))
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "known_frm" in said
    line = wrong.splitlines().index("known_frm: 2010") + 1
    assert f"第 {line} 行看不懂" in said
    assert answer.context["form"]["text"].value() == wrong
    assert answer.context["form"]["years"].value() == [str(YEAR - 1), str(YEAR)]
    assert Simulation.objects.count() == 0
    fine = hand_in(client, file=SimpleUploadedFile("草案.yaml", draft.encode()))
    assert fine.status_code == 303


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"file": SimpleUploadedFile("a.yaml", b"\xff\xfe\x00")}, "不是 UTF-8"),
        ({"file": SimpleUploadedFile("a.yaml", b"a" * 1_000_001)}, "文件太大"),
        ({"file": SimpleUploadedFile("a.yaml", b"a" * 300_001)}, "文件太大"),
        ({"text": "  "}, "请选一个文件"),
        ({"text": "x: 1", "years": []}, "至少选一个年度"),
        ({"text": "x: 1", "purpose": "lunch"}, "lunch"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(more, said, crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    if file := more.get("file"):
        file.seek(0)
    answer = hand_in(client, **more)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_draft_may_be_the_first_of_its_region(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    form = client.get(NEW).context["form"]
    none = next(value for value, name in form.fields["replaces"].choices if "第一份" in name)
    assert hand_in(client, draft, replaces=none).status_code == 303
    one = Simulation.objects.get()
    assert one.replaces == ""
    jobs.run(simulation_id=one.pk)
    assert "没有人归这份草案管" in page(client, "simulation", one.pk, year=YEAR)  # the notice in force governs them all


def test_words_that_stand_as_they_were_are_not_struck_out(crowd, verifier, signed_in) -> None:
    client = signed_in(verifier)
    changed = notice(
        **{"demand: {at_least: 20, of: {category: public}": "demand: {at_least: 40, of: {category: public}"}
    )
    assert hand_in(client, changed).status_code == 303
    shown = page(client, "simulation", Simulation.objects.get().pk)
    assert "原文没有改" in shown
    assert "<del>" not in shown


def test_a_line_without_end_is_shown_by_its_beginning(crowd, verifier, signed_in) -> None:
    shown = hand_in(signed_in(verifier), "x" * 100_000).context["written"]
    assert shown == "x" * 200


def test_a_refusal_of_the_bureau_keeps_the_text_too(crowd, verifier, draft, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_RUNNING", 0)
    answer = hand_in(signed_in(verifier), draft)
    assert answer.status_code == 422
    assert "算完再开新的" in answer.content.decode()
    assert answer.context["form"]["text"].value() == draft


def test_a_trial_can_be_stopped_and_gone_on_with(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    hand_in(client, draft)
    one = Simulation.objects.get()
    stopped = client.post(reverse("authority:simulation_cancel", args=[one.pk]), follow=True)
    assert "停在开头" in stopped.content.decode()
    client.post(reverse("authority:simulation_resume", args=[one.pk]))
    jobs.run(simulation_id=one.pk)
    one.refresh_from_db()
    assert one.state == "done"


def test_one_that_stands_still_or_failed_says_what_to_do(crowd, verifier, draft, signed_in, time_machine) -> None:
    client = signed_in(verifier)
    hand_in(client, draft)
    one = Simulation.objects.get()
    Simulation.objects.update(moved_at=clock.now() - timedelta(minutes=5))
    assert "接着算" in page(client, "simulation_state", one.pk)
    Simulation.objects.update(replaced_digest="0" * 64)
    jobs.run(simulation_id=one.pk)
    assert "被取代的规定在试算时有了改动" in page(client, "simulation", one.pk)


def test_revising_begins_with_the_same_text_and_question(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    hand_in(client, draft, purpose="title_review", target="intermediate")
    one = Simulation.objects.get()
    form = client.get(NEW, {"from": one.pk}).context["form"]
    asked = [form[name].value() for name in ("text", "purpose", "target")]
    assert asked == [draft, "title_review", "intermediate"]
    assert "职称评审 · 中级" in page(client, "simulation", one.pk)
    assert client.get(NEW).context["form"]["replaces"].value() == CHONGQING
    assert client.get(NEW, {"from": "x"}).status_code == 200


def test_the_file_has_the_numbers_of_the_page(crowd, verifier, draft, signed_in) -> None:
    client = signed_in(verifier)
    hand_in(client, draft)
    one = Simulation.objects.get()
    jobs.run(simulation_id=one.pk)
    shown = client.get(reverse("authority:simulation", args=[one.pk]), {"year": YEAR}).context["shown"]
    book = openpyxl.load_workbook(
        io.BytesIO(
            b"".join(client.get(reverse("authority:simulation_export", args=[one.pk, "xlsx"])).streaming_content)
        )
    )
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    whole = dict(zip(head, next(row for row in rows if row[0] == YEAR and row[1] == "全部"), strict=True))
    assert (whole["变差"], whole["人数"]) == (shown.whole.falls, shown.whole.people)
    assert Decimal(str(whole["草案下还差学时"])) == shown.whole.missing_after
    assert book.worksheets[1].max_row == 1 + len(shown.causes)
    text = b"".join(client.get(reverse("authority:simulation_export", args=[one.pk, "csv"])).streaming_content).decode(
        "utf-8-sig"
    )
    assert len(text.splitlines()) == 1 + len(rows)
    assert client.get(reverse("authority:simulation_export", args=[one.pk, "pdf"])).status_code == 404


def test_a_sample_shows_both_sides_and_only_people_in_reach(crowd, verifier, draft, signed_in, make_person) -> None:
    client = signed_in(verifier)
    hand_in(client, draft)
    one = Simulation.objects.get()
    jobs.run(simulation_id=one.pk)
    said = page(client, "simulation_person", one.pk, crowd[0].pk, year=YEAR)
    assert "20 / 20" in said
    assert "20 / 30" in said
    far = make_person("示例远方", 600, region=Region.objects.create(code="99", name="示例省"))
    for person, year in ((far.pk, YEAR), (crowd[0].pk, 2000)):
        answer = client.get(reverse("authority:simulation_person", args=[one.pk, person]), {"year": year})
        assert answer.status_code == 404


def test_only_officers_of_the_bureau_and_only_its_own(
    crowd, verifier, draft, signed_in, make_person, county_unit, training_centre, make_organisation
) -> None:
    hand_in(signed_in(verifier), draft)
    one = Simulation.objects.get()
    inside = make_person("示例单位审验", 602, employer=county_unit, post="verifier", at_organisation=county_unit)
    centre = make_person("示例中心窗口", 604, post="counter", at_organisation=training_centre)
    other = make_organisation("别区人力社保局（示例）", "county_hrss")
    colleague = make_person("示例别人", 606, post="counter", at_organisation=other)
    for somebody, status in ((inside, 403), (centre, 403), (colleague, 404)):
        client = signed_in(somebody)
        for name in ("simulation", "simulation_state"):
            assert client.get(reverse(f"authority:{name}", args=[one.pk])).status_code == status
        assert client.get(reverse("authority:simulation_export", args=[one.pk, "csv"])).status_code == status
        for name in ("simulation_cancel", "simulation_resume"):
            assert client.post(reverse(f"authority:{name}", args=[one.pk])).status_code == status


def test_the_pages_ask_few_questions(crowd, verifier, draft, signed_in, django_assert_max_num_queries) -> None:
    client = signed_in(verifier)
    hand_in(client, draft)
    one = Simulation.objects.get()
    with django_assert_max_num_queries(6):
        page(client, "simulation_state", one.pk)
    jobs.run(simulation_id=one.pk)
    with django_assert_max_num_queries(9):
        page(client, "simulation", one.pk, year=YEAR)
    with django_assert_max_num_queries(7):
        page(client, "simulations")
