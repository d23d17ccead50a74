"""Requests on their pages: asked, queued, decided, searched for, exported, and closed to everybody else."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from conftest import NINE, id_number
from xueshi.kernel import clock, vault
from xueshi.people import claim_actions, request_actions
from xueshi.people.models import ChangeRequest, Evidence, Person
from xueshi.people.tests.asking import CARD, RIGHT, correction

pytestmark = pytest.mark.usefixtures("county_bureau")


def card(name="身份证.jpg"):
    return SimpleUploadedFile(name, CARD.data, content_type="image/jpeg")


def text(answer):
    return answer.content.decode()


@pytest.mark.clause("CQ-03", "CQ-04")
def test_a_correction_is_asked_for_returned_sent_again_and_decided(wang, officer, signed_in):
    me, desk = signed_in(wang), signed_in(officer)
    answer = me.post(
        "/me/requests/correction/", {"id_number": RIGHT, "reason": "看错一位", "papers": card()}, follow=True
    )
    assert "在渝中区人力社保局（示例）手里" in text(answer)
    request = ChangeRequest.objects.get()
    assert f"{RIGHT[:4]}**********{RIGHT[-4:]}" in text(answer)
    queue = text(desk.get("/office/requests/"))
    assert "示例王老师" in queue
    assert "1 件等您办" in queue
    page = f"/office/requests/{request.pk}/"
    assert desk.post(f"{page}decide/", {"step": "returned", "reason": ""}).status_code == 422
    desk.post(f"{page}decide/", {"step": "returned", "reason": "缺反面"})
    answer = text(me.get(f"/me/requests/{request.pk}/"))
    assert "退回来了，等您补充" in answer
    assert "缺反面" in answer
    assert me.post(f"/me/requests/{request.pk}/resend/", {}).status_code == 422
    me.post(f"/me/requests/{request.pk}/resend/", {"reason": "补了", "papers": card("反面.jpg")})
    desk.post(f"{page}decide/", {"step": "accepted"})
    wang.refresh_from_db()
    assert wang.id_index == vault.index("id", RIGHT)
    assert Evidence.objects.filter(request=request).count() == 2
    assert me.get("/me/requests/").status_code == 302, "every session has ended"


def test_what_was_typed_stays_and_what_is_wrong_is_said_beside_it(wang, signed_in):
    me = signed_in(wang)
    answer = me.post("/me/requests/correction/", {"id_number": "123", "name": "示例汪老师", "reason": "错字"})
    assert answer.status_code == 422
    assert "示例汪老师" in text(answer)
    for sent, says in (
        ({"reason": "错字", "papers": card()}, "请至少填一项"),
        ({"name": "示例汪老师", "reason": "错字"}, "请附上证件"),
        (
            {"name": "示例汪老师", "reason": "错字", "papers": SimpleUploadedFile("a.jpg", b"GIF89a")},
            "不是 JPG、PNG 或 PDF",
        ),
        ({"name": "示例王老师", "reason": "错字", "papers": card()}, "没有要更正的"),
    ):
        answer = me.post("/me/requests/correction/", sent)
        assert answer.status_code == 422
        assert says in text(answer)
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("page", ["correction", "transfer", "merge"])
def test_the_pages_that_ask_open(wang, signed_in, page):
    assert signed_in(wang).get(f"/me/requests/{page}/").status_code == 200


def test_a_move_and_a_merge_are_asked_for(wang, stranger, clerk, other_unit, make_organisation, signed_in):
    me = signed_in(wang)
    unit = make_organisation("渝中区示例小学")
    move = {
        "region": "500103",
        "employer": unit.pk,
        "file_keeper": "unit",
        "day": clock.day_of(clock.now()).isoformat(),
    }
    assert me.post("/me/requests/transfer/", move | {"reason": "调动"}).status_code == 303
    number = vault.unlock("id", bytes(stranger.id_cipher))
    merge = {"id_number": number, "keep": "mine", "reason": "注册两次", "papers": card()}
    assert me.post("/me/requests/merge/", merge).status_code == 303
    assert set(ChangeRequest.objects.values_list("kind", flat=True)) == {"transfer", "merge"}
    listed = text(me.get("/me/requests/"))
    assert "单位变动" in listed
    assert "合并账号" in listed
    assert number not in listed


def test_two_officers_merge_and_undo_it_on_the_page(wang, stranger, officer, make_person, county_bureau, signed_in):
    second = make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau)
    one, other = signed_in(officer), signed_in(second)
    numbers = [vault.unlock("id", bytes(person.id_cipher)) for person in (wang, stranger)]
    sent = {"kept": numbers[0], "other": numbers[1], "reason": "看过户口簿", "papers": card()}
    answer = one.post("/office/requests/merge/", sent, follow=True)
    assert not [number for number in numbers if number in text(answer)]
    merge = ChangeRequest.objects.get()
    assert "与您本人有关" in text(one.get(f"/office/requests/{merge.pk}/"))
    assert one.post(f"/office/requests/{merge.pk}/decide/", {"step": "accepted"}).status_code in {403, 422}
    assert "复核同意" in text(other.get(f"/office/requests/{merge.pk}/"))
    other.post(f"/office/requests/{merge.pk}/decide/", {"step": "accepted"})
    stranger.refresh_from_db()
    assert stranger.merged_into == wang
    assert one.post(f"/office/requests/{merge.pk}/undo/", {"reason": ""}).status_code == 422
    one.post(f"/office/requests/{merge.pk}/undo/", {"reason": "不是同一人"})
    undo = ChangeRequest.objects.get(kind="unmerge")
    other.post(f"/office/requests/{undo.pk}/decide/", {"step": "accepted"})
    stranger.refresh_from_db()
    assert stranger.merged_into is None


def test_contradictions_are_asked_one_by_one(wang, stranger, officer, make_person, county_bureau, signed_in, viewer):
    from datetime import date

    from xueshi.people.models import Title

    Title.objects.create(person=stranger, level="intermediate", obtained_on=date(2020, 2, 2))
    number = vault.unlock("id", bytes(stranger.id_cipher))
    signed_in(wang).post(
        "/me/requests/merge/", {"id_number": number, "keep": "mine", "reason": "两次", "papers": card()}
    )
    merge = ChangeRequest.objects.get()
    desk = signed_in(officer)
    page = text(desk.get(f"/office/requests/{merge.pk}/"))
    assert "以保留的账号为准：2018-01-01" in page
    desk.post(f"/office/requests/{merge.pk}/decide/", {"step": "proposed"})
    second = signed_in(make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau))
    answer = second.post(f"/office/requests/{merge.pk}/decide/", {"step": "accepted"})
    assert answer.status_code == 422
    assert "还没有选定" in text(answer)
    second.post(f"/office/requests/{merge.pk}/decide/", {"step": "returned", "reason": "请说明取得日期"})
    assert ChangeRequest.objects.get().state == "returned"


def test_a_taken_number_goes_on_as_a_merge(wang, stranger, officer, signed_in, viewer):
    request = correction(wang, viewer, typed_id=vault.unlock("id", bytes(stranger.id_cipher)))
    desk = signed_in(officer)
    assert "这个身份证号已有账号" in text(desk.get(f"/office/requests/{request.pk}/"))
    answer = desk.post(f"/office/requests/{request.pk}/decide/", {"step": "accepted"})
    assert answer.status_code == 422
    assert "不能改成它" in text(answer)
    assert desk.post(f"/office/requests/{request.pk}/merge/", {}, follow=True).status_code == 200
    assert ChangeRequest.objects.filter(kind="merge", person=stranger, other=wang).exists()


def test_the_second_of_two_officers_is_told_on_the_page(wang, officer, make_person, county_bureau, signed_in, viewer):
    request = correction(wang, viewer)
    second = signed_in(make_person("示例第二科员", 82, post="officer", at_organisation=county_bureau))
    signed_in(officer).post(f"/office/requests/{request.pk}/decide/", {"step": "accepted"})
    answer = second.post(f"/office/requests/{request.pk}/decide/", {"step": "refused", "reason": "否"}, follow=True)
    assert f"已经由{officer.name}在" in text(answer)


def test_the_number_is_shown_once_with_a_reason_and_never_in_an_address(wang, officer, signed_in, viewer):
    request = correction(wang, viewer)
    desk = signed_in(officer)
    page = f"/office/requests/{request.pk}/"
    assert RIGHT not in text(desk.get(page))
    assert desk.post(f"{page}number/", {"reason": ""}).status_code == 422
    answer = desk.post(f"{page}number/", {"reason": "对照证件"})
    assert RIGHT in text(answer)
    assert "no-store" in answer.headers["Cache-Control"]


def test_papers_are_downloads_for_those_who_decide_and_for_the_asker(
    wang, officer, cashier, other_officer, auditor, stranger, signed_in, viewer
):
    request = correction(wang, viewer)
    paper = Evidence.objects.get().pk
    office = f"/office/requests/{request.pk}/papers/{paper}/"
    for person in (officer, cashier):
        answer = signed_in(person).get(office)
        assert answer.content == CARD.data
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(wang).get(f"/me/requests/{request.pk}/papers/{paper}/").content == CARD.data
    for person in (other_officer, auditor):
        assert signed_in(person).get(office).status_code == 404
    assert signed_in(stranger).get(f"/me/requests/{request.pk}/papers/{paper}/").status_code == 404


def test_others_find_nothing(wang, other_officer, other_clerk, stranger, signed_in, viewer):
    request = correction(wang, viewer)
    for client, door in ((signed_in(other_officer), "office"), (signed_in(other_clerk), "unit")):
        assert client.get(f"/{door}/requests/{request.pk}/").status_code == 404
        assert client.post(f"/{door}/requests/{request.pk}/decide/", {"step": "accepted"}).status_code == 404
        assert "示例王老师" not in text(client.get(f"/{door}/requests/?show=live"))
    me = signed_in(stranger)
    assert me.get(f"/me/requests/{request.pk}/").status_code == 404
    assert me.post(f"/me/requests/{request.pk}/withdraw/").status_code == 404


def test_who_is_looked_for_stands_in_no_address(wang, stranger, officer, signed_in, viewer):
    Person.objects.filter(pk=wang.pk).update(pinyin="shi li wang lao shi")
    correction(wang, viewer)
    correction(stranger, viewer, typed_id=id_number(43))
    desk = signed_in(officer)
    for typed in ("王老师", wang.id_masked[-4:], vault.unlock("id", bytes(wang.id_cipher)), "shiliwang"):
        answer = desk.post("/office/requests/search/", {"text": typed, "show": "mine"}, follow=True)
        assert typed not in answer.redirect_chain[0][0]
        assert "示例王老师" in text(answer), typed
        assert "示例陌生人" not in text(answer), typed
    assert "没有找到" in text(desk.post("/office/requests/search/", {"text": "查无此人"}, follow=True))
    assert "示例陌生人" in text(desk.post("/office/requests/search/", {"text": ""}, follow=True))


def test_pages_follow_each_other_by_key_and_the_export_has_them_all(make_person, officer, signed_in, viewer):
    from datetime import timedelta

    for n in range(30):
        person = make_person(f"示例第{n}人", 200 + n)
        correction(person, viewer, at=NINE + timedelta(minutes=n), name="示例改名")
    desk = signed_in(officer)
    first = text(desk.get("/office/requests/"))
    assert first.count("示例第") == 25
    after = first.split("after=")[1].split('"')[0]
    second = text(desk.get(f"/office/requests/?show=mine&kind=&after={after}"))
    assert second.count("示例第") == 5
    sheet = load_workbook(BytesIO(b"".join(desk.get("/office/requests/export.xlsx").streaming_content))).active
    assert sheet.max_row == 31
    csv = b"".join(desk.get("/office/requests/export.csv?show=live").streaming_content).decode()
    assert csv.count("示例第") == 30
    assert desk.get("/office/requests/export.exe").status_code == 404
    for junk in ("x", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x", "_", "2026-01-01T00:00:00+00:00_" + "9" * 30):
        assert desk.get("/office/requests/", {"after": junk}).status_code == 200


def test_the_queue_costs_the_same_for_one_and_for_many(
    make_person, officer, signed_in, viewer, django_assert_max_num_queries
):
    for n in range(12):
        correction(make_person(f"示例第{n}人", 200 + n), viewer, name="示例改名")
    desk = signed_in(officer)
    desk.get("/office/requests/")
    with django_assert_max_num_queries(9):
        desk.get("/office/requests/")


def test_the_unit_agrees_to_a_move_on_its_page(wang, clerk, new_unit_clerk, signed_in):
    unit, arriving = new_unit_clerk
    me, desk = signed_in(wang), signed_in(arriving)
    move = {
        "region": "500103",
        "employer": unit.pk,
        "file_keeper": "unit",
        "day": clock.day_of(clock.now()).isoformat(),
    }
    me.post("/me/requests/transfer/", move | {"reason": "调动"})
    request = ChangeRequest.objects.get()
    page = text(desk.get(f"/unit/requests/{request.pk}/"))
    assert "渝中区示例中学" in page
    assert "渝中区示例小学" in page
    desk.post(f"/unit/requests/{request.pk}/decide/", {"step": "accepted"})
    request.refresh_from_db()
    assert request.state == "accepted"


@pytest.fixture
def new_unit_clerk(make_person, make_organisation):
    unit = make_organisation("渝中区示例小学")
    return unit, make_person("示例小学经办", 70, employer=unit, post="unit_clerk", at_organisation=unit)


def test_a_claim_is_decided_and_the_operator_sees_who_has_it(wang, officer, operator, signed_in):
    claim_actions.ask_claim(
        typed_id=vault.unlock("id", bytes(wang.id_cipher)), name="示例王老师", phone="13900000002",
        region_code="500103", reason="不是我注册的", at=NINE,
    )  # fmt: skip
    request = ChangeRequest.objects.get()
    assert "渝中区人力社保局（示例）" in text(signed_in(operator).get("/operate/requests/?show=live"))
    desk = signed_in(officer)
    page = text(desk.get(f"/office/requests/{request.pk}/"))
    assert "未登录的申请人" in page
    assert 'value="returned"' not in page
    desk.post(f"/office/requests/{request.pk}/decide/", {"step": "accepted"})
    wang.refresh_from_db()
    assert wang.phone == "13900000002"


def test_a_withdrawal_is_one_press(wang, signed_in, viewer):
    request = correction(wang, viewer)
    answer = signed_in(wang).post(f"/me/requests/{request.pk}/withdraw/", follow=True)
    assert "已撤回" in text(answer)


@pytest.mark.parametrize("path", ["", "{pk}/"])
def test_the_pages_are_there_in_english(wang, officer, signed_in, viewer, path):
    request = correction(wang, viewer)
    request_actions.give_back(viewer=viewer(officer, "officer"), request_id=request.pk, reason="缺反面", at=NINE)
    for client, start in ((signed_in(wang), "/me/requests/"), (signed_in(officer), "/office/requests/")):
        answer = client.get(start + path.format(pk=request.pk), headers={"accept-language": "en"})
        assert answer.status_code == 200
