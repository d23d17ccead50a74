"""What is printed: real PDFs, opened again; their text, QR, seal and attachment."""

import io
import json
from datetime import timedelta

import av
import pytest
import zxingcpp
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from xueshi.certificates import actions, drawing, issuing_actions
from xueshi.certificates.jobs import draw as draw_later
from xueshi.certificates.models import Document
from xueshi.certificates.tests import scenery
from xueshi.certificates.tests.scenery import NOON, seen
from xueshi.kernel import files, printing, signing


def opened(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(files.content(actions.keep_file(document_id=document.pk, at=NOON))))


@pytest.mark.clause("CQ-17", "CQ-32")
def test_each_sheet_is_one_page_that_names_holder_number_and_matter(wang, plan, verifier, clerk):
    scenery.confirmed(wang, plan, verifier, clerk)
    wanted = {"slip": ["成 绩 合 格 单", "86"], "certificate": ["继续教育证书", "20"], "card": ["继续教育登记卡", "20"]}
    for document in Document.objects.all():
        reader = opened(document)
        text = reader.pages[0].extract_text()
        assert len(reader.pages) == 1
        squeezed = text.replace(" ", "").replace("\n", "")
        for words in (wang.name, wang.id_masked, document.number, "渝中区示例中学", *wanted[document.kind]):
            assert words.replace(" ", "") in squeezed
        fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"]}
        assert fonts
        assert reader.attachments["credential.jws"] == [document.seal.encode()]
        assert signing.unseal(reader.attachments["credential.jws"][0].decode()) == document.words


def test_the_qr_on_the_page_leads_to_the_check_page(wang, plan):
    slip = scenery.slip_of(wang, plan)
    assert slip.words["check"].endswith(reverse("public:document", args=[slip.code]))
    compiler = printing.compiler(drawing.SHEETS / "slip-1.typ")
    png = compiler.compile(
        format="png",
        ppi=200,
        sys_inputs={
            "words": json.dumps(slip.words, ensure_ascii=False),
            "qr": printing.qr_svg(slip.words["check"]),
            "seal": slip.seal,
        },
    )
    assert read_qr(png) == slip.words["check"]


def read_qr(png: bytes) -> str:
    """Decode with a library that knows nothing of our drawing."""
    with av.open(io.BytesIO(png)) as picture:
        plane = next(picture.decode(video=0)).reformat(format="gray").planes[0]
    view = zxingcpp.ImageView(bytes(plane), plane.width, plane.height, zxingcpp.ImageFormat.Lum, plane.line_size)
    (found,) = zxingcpp.read_barcodes(view)
    return str(found.text)


def test_the_same_words_are_drawn_to_the_same_bytes_and_a_changed_template_changes_no_issued_file(
    wang, plan, monkeypatch, tmp_path
):
    slip = scenery.slip_of(wang, plan)
    assert drawing.draw(slip) == drawing.draw(slip)
    first = files.content(actions.print_file(viewer=seen(wang), document_id=slip.pk, at=NOON))
    for sheet in drawing.SHEETS.glob("*.typ"):
        (tmp_path / sheet.name).write_text(sheet.read_text(encoding="utf8").replace("合格", "改了"), encoding="utf8")
    monkeypatch.setattr(drawing, "SHEETS", tmp_path)
    slip.refresh_from_db()
    assert drawing.draw(slip) != first
    again = actions.print_file(viewer=seen(wang), document_id=slip.pk, at=NOON + timedelta(days=400))
    assert files.content(again) == first


def test_the_job_draws_once(wang, plan):
    slip = scenery.slip_of(wang, plan)
    draw_later(document_id=slip.pk)
    slip.refresh_from_db()
    first = slip.file_id
    draw_later(document_id=slip.pk)
    slip.refresh_from_db()
    assert slip.file_id == first is not None


def test_numbers_and_codes_do_not_follow_each_other(wang, plan, verifier, clerk):
    scenery.confirmed(wang, plan, verifier, clerk)
    codes = [document.code for document in Document.objects.all()]
    assert len({code[:4] for code in codes}) == len(codes) == 3
    assert all(len(bytes.fromhex(code)) == 16 for code in codes)
    assert issuing_actions.address("x").endswith("/v/x/")


WORDS = {"number": "2026-500103-7K2M9XQ4-C", "name": "示例王老师", "score": "86", "lines": [{"hours": "20"}]}


@settings(max_examples=1000)
@given(st.data())
def test_a_seal_with_one_character_changed_is_refused(data):
    seal = signing.seal(WORDS)
    assert signing.unseal(seal) == WORDS
    at = data.draw(st.integers(0, len(seal) - 1))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ 示"
    sign = data.draw(st.sampled_from([one for one in alphabet if one != seal[at]]))
    changed = seal[:at] + sign + seal[at + 1 :]
    with pytest.raises(signing.BadSeal):
        signing.unseal(changed)


def test_the_last_character_of_a_seal_has_no_second_spelling():
    """Sixty-four bytes leave four bits of the last character unused: a lax decoder would ignore them."""
    seal = signing.seal(WORDS)
    for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=":
        if sign != seal[-1]:
            with pytest.raises(signing.BadSeal):
                signing.unseal(seal[:-1] + sign)
    for n in range(40):
        seal = signing.seal({**WORDS, "n": str(n)})
        for ours, theirs in (("-", "+"), ("_", "/")):
            if ours in seal:
                with pytest.raises(signing.BadSeal):
                    signing.unseal(seal.replace(ours, theirs, 1))


@given(st.text(max_size=80))
def test_what_is_no_seal_at_all_is_refused(text):
    with pytest.raises(signing.BadSeal):
        signing.unseal(text)
