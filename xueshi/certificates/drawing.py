"""Frozen words become a sheet of paper. A sheet is never edited: a new form is a new file."""

import json
from pathlib import Path

from xueshi.certificates.models import Document
from xueshi.kernel import printing

SHEETS = Path(__file__).parent / "sheets"


def draw(document: Document) -> bytes:
    """The PDF of a document: the same bytes for the same words and sheet; the seal is attached to it."""
    return printing.pdf(
        SHEETS / f"{document.words['sheet']}.typ",
        {
            "words": json.dumps(document.words, ensure_ascii=False, sort_keys=True),
            "qr": printing.qr_svg(document.words["check"]),
            "seal": document.seal,
        },
        made_at=document.issued_at,
    )
