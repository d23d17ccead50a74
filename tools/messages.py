"""Compile the catalogues: every django.po of ours into the django.mo beside it (no system gettext needed)."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def catalogues() -> list[Path]:
    """Our catalogues, not those of installed packages."""
    return sorted([*(ROOT / "locale").rglob("django.po"), *(ROOT / "xueshi").rglob("django.po")])


def compile_all() -> int:
    """Compile what is older than its source; return how many."""
    done = 0
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime > po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        with mo.open("wb") as target:
            write_mo(target, catalogue)
        done += 1
    return done


if __name__ == "__main__":
    print(f"catalogues compiled: {compile_all()}")
