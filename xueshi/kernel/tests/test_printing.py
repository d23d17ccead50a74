"""Sheets of paper: the same facts give the same bytes, and a machine without fonts says what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xueshi.kernel import printing

AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.typ"
    sheet.write_text('#set text(font: "Noto Serif SC")\n学时 #sys.inputs.hours', encoding="utf8")
    drawn = printing.pdf(sheet, {"hours": "20"}, made_at=AT)
    assert drawn.startswith(b"%PDF")
    assert printing.pdf(sheet, {"hours": "20"}, made_at=AT) == drawn
    assert printing.pdf(sheet, {"hours": "21"}, made_at=AT) != drawn


def test_without_fonts_it_says_how_to_get_them(tmp_path: Path, settings) -> None:
    settings.FONTS_DIR = tmp_path
    with pytest.raises(printing.NoFonts, match="make assets"):
        printing.pdf(tmp_path / "sheet.typ", {}, made_at=AT)


def test_a_qr_is_a_drawing_that_a_page_may_carry() -> None:
    assert "<svg" in printing.qr_svg("http://127.0.0.1/v/x/")
    assert printing.qr_address("x").startswith("data:image/svg+xml;base64,")
