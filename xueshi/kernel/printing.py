"""Sheets of paper: a typst template and its facts become a PDF, the same bytes for the same facts.

Fonts come from FONTS_DIR (Noto Serif SC and Noto Sans SC); one compiler to a template and process, because
reading a Chinese font is the slow part.
"""

import base64
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

import typst
import zxingcpp
from django.conf import settings

FAMILIES = ("noto-serif-sc", "noto-sans-sc")
WEIGHTS = ("400Regular", "700Bold")

_turn = threading.Lock()  # a compiler serves one caller at a time


class NoFonts(RuntimeError):
    """The fonts are not installed: `make assets` brings them."""


def pdf(template: Path, facts: Mapping[str, str], *, made_at: datetime) -> bytes:
    """Draw a sheet; the template reads `facts` from sys.inputs. `made_at` stands in the file as its date."""
    with _turn:
        drawn = compiler(template).compile(sys_inputs=dict(facts), timestamp=int(made_at.timestamp()))
    return cast("bytes", drawn)


def compiler(template: Path) -> typst.Compiler:
    """The process's compiler of a template; not for two callers at once."""
    return _compiler(template, Path(settings.FONTS_DIR))


@cache
def _compiler(template: Path, fonts: Path) -> typst.Compiler:
    folders: list[str] = [str(fonts / family / weight) for family in FAMILIES for weight in WEIGHTS]
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    if missing:
        raise NoFonts(f"fonts are missing: {', '.join(missing)}; run `make assets`")
    return typst.Compiler(input=str(template), root=str(template.parent), font_paths=folders, ignore_system_fonts=True)


def qr_svg(text: str) -> str:
    """A QR code as SVG, medium error correction, with its quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawing: str = barcode.to_svg(add_quiet_zones=True)
    return drawing


def qr_address(text: str) -> str:
    """The same as a data address for an <img>."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text).encode()).decode()
