"""Is this really what the source says? Compared as letters and digits alone.

Punctuation, spaces and signs are folded, because a text taken from a scan or a document site has
lost or moved many of them; so are page numbers and the site's own slice marks in mid-sentence.
"""

from __future__ import annotations

import re
import unicodedata

_FURNITURE = re.compile(r"\n\s*\n\d+、|-\d-")


def folded(text: str) -> str:
    """Letters and digits only, full-width forms made plain."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")


def stands_in(quotation: str, source: str) -> bool:
    """True if every piece of the quotation (between ``…``) stands in the source, in order."""
    whole = folded(_FURNITURE.sub("", source))
    at = 0
    for piece in quotation.split("…"):
        at = whole.find(folded(piece), at)
        if at < 0:
            return False
        at += len(folded(piece))
    return True
