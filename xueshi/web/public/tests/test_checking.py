"""Anyone checks a document: what is shown, what is not, and how often one may ask (AC17, AC18)."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from xueshi.certificates import checking_actions, rules
from xueshi.certificates.models import CheckTally, Document
from xueshi.certificates.tests import scenery
from xueshi.kernel import signing

CHECK = "/check/"


def asked(number: str, name: str, client: Client | None = None, **extra: str) -> object:
    return (client or Client()).post(CHECK, {"number": number, "name": name}, **extra)


def test_number_and_full_name_lead_to_the_record(wang, plan):
    slip = scenery.slip_of(wang, plan)
    answer = asked(slip.number.lower().replace("-", " "), f" {wang.name} ")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("public:document", args=[slip.code]))


def test_a_wrong_name_a_wrong_number_and_nonsense_are_answered_alike(wang, plan):
    slip = scenery.slip_of(wang, plan)
    absent = rules.number(2026, "500103", "ZZZZZZZZ")
    answers = [asked(slip.number, "示例别人"), asked(absent, wang.name), asked("没有这样的号", wang.name)]
    assert {answer.status_code for answer in answers} == {404}
    shown = [answer.content.decode() for answer in answers]
    assert all("查无此证" in one and "编号与姓名对不上，或者没有这份文件" in one for one in shown)
    assert asked("", "").status_code == 422


def test_a_scanner_that_asks_for_the_head_first_is_answered(wang, plan):
    slip = scenery.slip_of(wang, plan)
    assert Client().head(reverse("public:document", args=[slip.code])).status_code == 200
    assert Client().head(CHECK).status_code == 200


def test_the_record_masks_the_name_and_shows_no_identity_number_and_no_phone(
    wang, plan, verifier, clerk, django_assert_max_num_queries
):
    scenery.confirmed(wang, plan, verifier, clerk)
    for document in Document.objects.all():
        with django_assert_max_num_queries(6):
            answer = Client().get(reverse("public:document", args=[document.code]))
        shown = answer.content.decode()
        for words in ("示***师", "渝中区示例中学", document.number, "有效", "相符", "circle-check"):
            assert words in shown
        for secret in (wang.name, wang.id_masked, wang.id_masked[-4:] + "<", wang.phone):
            assert secret not in shown
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.clause("CQ-18", "CQ-37")
def test_a_slip_shows_how_far_its_verification_is(wang, plan, verifier):
    slip, review = scenery.sent(wang, plan)
    url = reverse("public:document", args=[slip.code])
    assert "审验中" in Client().get(url).content.decode()
    scenery.verify(verifier, review)
    shown = Client().get(url).content.decode()
    assert "审验通过" in shown
    assert review.organisation.name in shown


def test_replaced_and_revoked_documents_say_so(wang, plan, verifier, clerk, operator):
    slip = scenery.confirmed(wang, plan, verifier, clerk)
    scenery.actions.revoke(
        viewer=scenery.seen(operator, "operator"), document_id=slip.pk, reason="替考查实", at=scenery.NOON
    )
    shown = Client().get(reverse("public:document", args=[slip.code])).content.decode()
    assert "已撤销" in shown
    assert "circle-x" in shown
    assert "替考查实" not in shown


def test_a_row_changed_behind_our_back_fails_its_signature(wang, plan):
    """Somebody with the database's own rights may switch a trigger off; the seal still says no."""
    slip = scenery.slip_of(wang, plan)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE certificates_document SET words = jsonb_set(words, '{score}', '\"99\"') WHERE id = %s", [slip.pk]
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    shown = Client().get(reverse("public:document", args=[slip.code])).content.decode()
    assert "记录与签名不符，不要采信" in shown
    assert "没有被撤销" not in shown


def test_a_code_that_leads_nowhere_is_answered_in_words(db):
    answer = Client().get("/v/" + "0" * 32 + "/")
    assert answer.status_code == 404
    assert "查无此证" in answer.content.decode()
    assert Client().get("/v/x/").status_code == 404


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(wang, plan, monkeypatch):
    slip = scenery.slip_of(wang, plan)
    monkeypatch.setattr(checking_actions, "BY_NUMBER", 1000)
    codes = [
        asked(slip.number, f"猜{n}", REMOTE_ADDR="192.0.2.1").status_code
        for n in range(checking_actions.BY_ADDRESS + 5)
    ]
    assert codes == [404] * checking_actions.BY_ADDRESS + [429] * 5
    assert asked(slip.number, wang.name, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert asked(slip.number, wang.name, REMOTE_ADDR="192.0.2.2").status_code == 302


def test_names_are_not_guessed_for_one_number_from_many_addresses(wang, plan):
    slip = scenery.slip_of(wang, plan)
    codes = [asked(slip.number, f"猜{n}", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(15)]
    assert codes == [404] * checking_actions.BY_NUMBER + [429] * (15 - checking_actions.BY_NUMBER)


def test_codes_are_not_guessed_without_end(db):
    codes = [
        Client().get(f"/v/{n:032x}/", REMOTE_ADDR="192.0.2.9").status_code
        for n in range(checking_actions.MISSES_BY_ADDRESS + 2)
    ]
    assert codes[-2:] == [429, 429]
    assert set(codes[:-2]) == {404}


def test_tallies_keep_no_address_and_are_forgotten(db):
    asked("2026-500103-ZZZZZZZZ-0", "示例", REMOTE_ADDR="192.0.2.1")
    assert not CheckTally.objects.filter(key__contains="192.0.2.1").exists()
    tally = CheckTally.objects.first()
    then = scenery.datetime.fromtimestamp(tally.stretch * 600, tz=scenery.UTC)
    assert checking_actions.forget_tallies(at=then + timedelta(hours=23)) == 0
    assert checking_actions.forget_tallies(at=then + timedelta(hours=25)) == CheckTally.objects.count() + 1


def test_a_document_is_checked_offline_with_the_published_key(wang, plan):
    slip = scenery.slip_of(wang, plan)
    published = json.loads(Client().get("/.well-known/xueshi-keys.json").content)
    (key,) = published["keys"]
    raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
    assert signing.unseal(slip.seal, key=raw) == slip.words
    header = json.loads(base64.urlsafe_b64decode(slip.seal.split(".")[0] + "=="))
    assert header == {"alg": "EdDSA", "kid": key["kid"]}
    with pytest.raises(signing.BadSeal):
        signing.unseal(slip.seal, key=bytes(32))
