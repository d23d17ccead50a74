"""Every sentence a person may read in Chinese has its English."""

import ast
import io
import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tools.messages import catalogues

ROOT = Path(__file__).resolve().parent.parent
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def strings_in(source: str) -> set[str]:
    """The message ids in Python source: literal arguments of gettext calls."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in CALLS:
            continue
        arguments = node.args[1:] if name.startswith("pgettext") else node.args[: 2 if name.startswith("n") else 1]
        found |= {a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def strings_in_template(text: str) -> set[str]:
    """The message ids in a template, through Django's own extraction."""
    found = set()
    for call in re.finditer(
        r"""\b(?:n?gettext|_)\(\s*(u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))(?:\s*,\s*(u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")))?""",
        templatize(text),
    ):
        found |= {ast.literal_eval(part) for part in call.groups() if part}
    return found


def ours() -> set[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "xueshi").rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            found |= strings_in(path.read_text(encoding="utf8"))
    for path in sorted((ROOT / "xueshi").rglob("templates/**/*.html")):
        found |= strings_in_template(path.read_text(encoding="utf8"))
    return {text for text in found if CHINESE.search(text)}


def english() -> dict[str, str]:
    known: dict[str, str] = {}
    for path in catalogues():
        if path.parent.parent.name != "en":
            continue
        for message in read_po(io.BytesIO(path.read_bytes()), locale="en", abort_invalid=True):
            ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
            strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
            for identity in ids:
                if identity and all(strings) and not message.fuzzy:
                    known[str(identity)] = str(strings[0])
    return known


def test_every_chinese_sentence_has_its_english() -> None:
    assert sorted(ours() - english().keys()) == []


def test_the_placeholders_survive_translation() -> None:
    """A date is put together anew in English (a month has a name there); everything else keeps its holes."""
    holes = re.compile(r"%\((\w+)\)[sd]|%[sd]")
    differing = [
        one
        for one, other in english().items()
        if sorted(holes.findall(one)) != sorted(holes.findall(other)) and "%(month)d月" not in one
    ]
    assert differing == []


def test_chinese_in_templates_is_always_translatable() -> None:
    """Chinese that stands in a template outside a translation tag would stay Chinese in English."""
    guilty = []
    for path in sorted((ROOT / "xueshi").rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf8")
        # A document is Chinese whatever language its reader prefers; the last error page speaks both.
        if path.name == "500.html" or path.name.startswith("_a4_"):
            continue
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
        text = re.sub(r"{%\s*blocktrans(?:late)?.*?{%\s*endblocktrans(?:late)?\s*%}", "", text, flags=re.DOTALL)
        text = re.sub(r"<(\w+)[^>]*\blang=\"zh[^\"]*\"[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
        text = re.sub(r"<track[^>]*srclang=\"zh[^>]*>", "", text)
        guilty += [
            f"{path.relative_to(ROOT)}: {found}" for found in re.findall(r"[^\s<>]*[\u4e00-\u9fff][^\s<>]*", text)
        ]
    assert guilty == []
