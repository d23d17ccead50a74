"""Documentation that fails when it is wrong."""

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf8")


def test_every_stored_thing_stands_in_the_glossary() -> None:
    ours = [m.__name__ for m in apps.get_models() if m.__module__.startswith("xueshi.")]
    assert [
        name
        for name in ours
        if f"`{name}`" not in GLOSSARY and f"`{name} of kind" not in GLOSSARY and f"`{name}" not in GLOSSARY
    ] == []


def test_one_chinese_word_means_one_thing() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", GLOSSARY, flags=re.MULTILINE)[2:]
    assert sorted({w for w in words if words.count(w) > 1}) == []


def test_every_setting_is_explained_to_operators() -> None:
    read = set()
    for folder in ("config", "xueshi", "tools", "demo", "sandbox"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" not in path.parts:
                read |= set(re.findall(r"\bXUESHI_[A-Z_]+\b", path.read_text(encoding="utf8")))
    assert sorted(name for name in read if name not in OPERATING) == []


def test_every_refusal_code_is_told_to_those_who_help() -> None:
    codes = set()
    for path in (ROOT / "xueshi").rglob("*.py"):
        if "tests" not in path.parts:
            codes |= set(re.findall(r'^    code = "([a-z-]+)"', path.read_text(encoding="utf8"), flags=re.MULTILINE))
    told = (ROOT / "docs" / "refusals.md").read_text(encoding="utf8")
    assert sorted(code for code in codes if f"`{code}`" not in told) == []


def test_decisions_are_numbered_without_gaps_and_fit_on_a_page() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(p.name[:4]) for p in pages] == list(range(1, len(pages) + 1))
    assert [p.name for p in pages if p.read_text(encoding="utf8").count("\n") > 60] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "policies").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf8")):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []
